//! The published budget of the worked example.

use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use yibao_kernel::Day;
use yibao_payment::settled::Bilingual;

use super::*;

fn pack() -> Pack {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/packs/good/budget_region");
    yibao_payment::pack::load(&root).unwrap().1
}

fn publication() -> BudgetPublication {
    let both = |zh: &str, en: &str| Bilingual { zh: zh.into(), en: en.into() };
    BudgetPublication {
        pack: HeaderView {
            id: "budget-region".into(),
            title: both("预算", "Budget"),
            region: both("示例市", "Example City"),
            illustrative: true,
            ..HeaderView::default()
        },
        pack_hash: "abc".into(),
        program_version: "0".into(),
        year: 2025,
        known: None,
    }
}

#[test]
fn the_table_reads_from_income_to_the_pools() {
    let pack = pack();
    let waterfall = Waterfall::of(&pack.budget[0], Day::MAX).unwrap();
    let rows = rows(&pack, &waterfall);
    let titles: Vec<&str> = rows.iter().map(|row| row.title.en.as_str()).collect();
    assert_eq!(titles[..6], ["contributions", "subsidies", "interest", "income", "planned surplus", "spending budget"]);
    let points = rows.iter().find(|row| row.id == "employee-points").unwrap();
    assert_eq!(points.basis.en, "2/3 of \"groups by points\"");
    assert_eq!(points.basis.zh, "“按病组点数”的 2/3");
    assert_eq!(points.to.en, "pool employee-points");
    let printed: Vec<String> = points.cells.iter().map(cell_text).collect();
    assert_eq!(printed, ["150,319.73", "146,968.13", "147,653.07", "147,310.60"]);
    assert_eq!(rows[5].basis.en, "last year 270,000.00 × (1 + 7%)");
}

#[test]
fn the_csv_has_every_figure_with_its_stage_and_day() {
    let pack = pack();
    let waterfall = Waterfall::of(&pack.budget[0], Day::MAX).unwrap();
    let text = String::from_utf8(budget_csv(&[waterfall])).unwrap();
    let has = |line: &str| assert!(text.lines().any(|found| found == line), "{line}\nnot in\n{text}");
    has("fund,2025,income,contributions,,缴费收入,contributions,,estimate,2024-09-30,,,,250000.00,,,");
    has(
        "fund,2025,line,cross-region,,异地就医,care in other regions,outside,adopted,2024-12-20,2025-01-05,医保部门、财政部门,the authority and the finance department,42000.00,,增幅 7%,growth of 7%",
    );
    has(
        "fund,2025,line,adjustment,,调剂金,adjustment reserve,reserve:adjustment,change,2025-07-01,2025-06-20,,,-3000.00,,就诊人数：上半年就诊人数增长；经办提出，医保、财政部门核准,\"number of patients: more patients in the first half; put forward by the agency, approved by the authority and finance\"",
    );
    has("fund,2025,reserve,adjustment,,调剂金,adjustment reserve,,available,,,,,6489.10,,,");
    assert_eq!(text, String::from_utf8(budget_csv(&[Waterfall::of(&pack.budget[0], Day::MAX).unwrap()])).unwrap());
}

#[test]
fn the_workbook_holds_the_amounts_as_numbers_and_the_page_both_languages() {
    let pack = pack();
    let waterfalls = [Waterfall::of(&pack.budget[0], Day::MAX).unwrap()];
    let bytes = budget_xlsx(&pack, &waterfalls, &publication()).unwrap();
    assert_eq!(bytes, budget_xlsx(&pack, &waterfalls, &publication()).unwrap());
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["预算 Budget", "版本 Versions", "调整 Changes", "储备 Reserves"]);
    let sheet = book.worksheet_range("预算 Budget").unwrap();
    let budget = sheet.rows().find(|row| row[0].to_string().contains("spending budget")).unwrap();
    let numbers: Vec<f64> =
        budget.iter().filter_map(|cell| if let Data::Float(number) = cell { Some(*number) } else { None }).collect();
    assert_eq!(numbers, [291_600.0, 286_200.0, 288_900.0, 1_500.0, 290_400.0]);
    let page = budget_html(&pack, &waterfalls, &publication());
    for text in ["以收定支", "income first", "Budget waterfall", "拟定 2024-10-08", "adopted 2024-12-20", "→", "虚构"]
    {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("https://") && !page.contains("src="), "no outside resource");
}

#[test]
fn before_adoption_the_page_shows_the_proposal() {
    let pack = pack();
    let early = [Waterfall::of(&pack.budget[0], Day::parse("2024-11-30").unwrap()).unwrap()];
    let page = budget_html(&pack, &early, &publication());
    assert!(page.contains("尚未定案") && page.contains("291,600.00"));
    let csv = String::from_utf8(budget_csv(&early)).unwrap();
    assert!(!csv.contains("in_force") && !csv.contains("adopted"));
}
