//! The statements, read back.

use crate::sample::{Run, institution, points_region, region};
use calamine::{Data, Range, Reader, Xlsx};
use std::io::Cursor;
use yibao_disclosure::statements::CASES_ON_A_SHEET;
use yibao_disclosure::statements_xlsx;

type Book = Xlsx<Cursor<Vec<u8>>>;

fn bytes(run: &Run) -> Vec<u8> {
    statements_xlsx(&run.settled, &run.stays, &run.symbols).unwrap()
}

fn book(run: &Run) -> Book {
    Xlsx::new(Cursor::new(bytes(run))).unwrap()
}

fn sheet(book: &mut Book, at: usize) -> Range<Data> {
    let name = book.sheet_names()[at].clone();
    book.worksheet_range(&name).unwrap()
}

/// Every cell as text.
fn cells(range: &Range<Data>) -> Vec<String> {
    range.used_cells().map(|(_, _, cell)| cell.to_string()).collect()
}

#[test]
fn a_statement_reads_back_the_figures_of_its_row() {
    let mut book = book(&points_region());
    assert_eq!(book.sheet_names(), ["总览 Overview", "H1 第一医院", "H2 第二医院"]);
    let sheet = sheet(&mut book, 1);
    let row = sheet.rows().find(|row| row[1] == Data::String("DRG 点数 drg_points".to_owned())).unwrap();
    let numbers: Vec<f64> =
        row.iter().filter_map(|cell| if let Data::Float(number) = cell { Some(*number) } else { None }).collect();
    assert_eq!(numbers, [4.0, 914.0, 87360.00, 37440.00, 71508.18, 0.0, 0.0, 5000.00, 0.0, 0.0, 74256.00, 2252.18]);
}

#[test]
fn a_statement_carries_the_identity_of_due_the_months_groups_and_special_cases() {
    let mut book = book(&points_region());
    let cells = cells(&sheet(&mut book, 1));
    let wanted = [
        "2,252.18 = 71,508.18 + 0.00 + 5,000.00 \u{2212} 0.00 \u{2212} 74,256.00",
        "2025-01",
        "G1",
        "G2",
        "C4",
        "极值 outlier",
        "1. 基准点数 200.0000（示例市医保发〔2025〕1号，第八条）；2. 机构系数 1.1000，病例点数 550.0000（示例市医保发〔2025〕1号，第八条）",
    ];
    for text in wanted {
        assert!(cells.iter().any(|cell| cell == text), "{text} is missing in {cells:?}");
    }
    assert!(cells.iter().any(|cell| cell.starts_with("示例 Illustrative：")));
}

#[test]
fn the_overview_adds_up_and_links_to_the_sheets() {
    let mut book = book(&points_region());
    let overview = sheet(&mut book, 0);
    let total = overview.rows().find(|row| row[0] == Data::String("合计 Total".to_owned())).unwrap();
    assert_eq!(total[6], Data::Float(95000.0));
    assert_eq!(total[13], Data::Float(10869.0));
}

#[test]
fn a_refused_case_is_on_the_sheet_of_its_institution_with_the_reason() {
    let mut run = points_region();
    run.settled.cases.row[5] = u32::MAX;
    run.settled.refused[0].case_id = "C6".to_owned();
    let cells = cells(&sheet(&mut book(&run), 2));
    assert!(cells.iter().any(|cell| cell == "拒付 refused"));
    assert!(cells.iter().any(|cell| cell == "机构 H9 不在机构表中 institution H9 is not in the table"));
}

#[test]
fn two_runs_give_the_same_bytes() {
    assert!(bytes(&points_region()) == bytes(&points_region()));
    assert!(bytes(&region(5, 20, 500)) == bytes(&region(5, 20, 500)));
}

#[test]
fn what_looks_like_a_formula_stays_text() {
    let mut run = points_region();
    let hostile = "=cmd|'/c calc'!A1";
    run.settled.institutions[0] = institution("=1+1", hostile, "@SUM(A1)");
    run.settled.pools[0].id = "+2".to_owned();
    let mut book = book(&run);
    let names = book.sheet_names();
    assert_eq!(names[1], "=1+1 =cmd|'_c calc'!A1");
    for name in &names {
        assert_eq!(book.worksheet_formula(name).unwrap().used_cells().count(), 0, "{name} has a formula");
    }
    assert!(cells(&sheet(&mut book, 0)).iter().any(|cell| cell == hostile));
}

#[test]
fn a_long_list_is_cut_and_says_where_the_rest_is() {
    let run = region(1, 8, 9_000);
    let cells = cells(&sheet(&mut book(&run), 1));
    let note = cells.iter().find(|cell| cell.contains("按来源顺序列出前")).unwrap();
    assert!(note.contains(&format!("The first {CASES_ON_A_SHEET} of 1,")), "{note}");
    assert!(note.ends_with("all are in cases.parquet and refused.csv."), "{note}");
    assert_eq!(cells.iter().filter(|cell| cell.starts_with("S0")).count(), CASES_ON_A_SHEET);
}

#[test]
fn an_amount_of_more_than_fifteen_digits_is_written_as_text() {
    let mut run = points_region();
    run.settled.rows[0].due = yibao_kernel::Fen::new(123_456_789_012_345_678);
    let cells = cells(&sheet(&mut book(&run), 1));
    assert!(cells.iter().any(|cell| cell == "1234567890123456.78"));
}

#[test]
fn two_thousand_five_hundred_institutions_fit_one_book() {
    let mut book = book(&region(2_500, 30, 8_000));
    assert_eq!(book.sheet_names().len(), 2_501);
    assert!(cells(&sheet(&mut book, 2_500)).iter().any(|cell| cell.ends_with("H02500")));
}
