use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Cursor;
use std::num::NonZeroUsize;

use calamine::{Data, Reader, Xlsx};
use yibao_kernel::explain::Citation;
use yibao_kernel::statistics::{IqrZero, Spread, Trim};
use yibao_kernel::{Decimal, Fen, Mode, Ratio, Rounding};
use yibao_payment::weigh::plan::{DataYear, Fallback, Previous, Reference, Stable, TrimScope, WeighPlan, WeightingOf};
use yibao_payment::weigh::{WeighInput, publish};
use yibao_record::stays::Symbols;

use super::*;

fn plan() -> WeighPlan {
    let ratio = |text| Ratio::parse(text).unwrap();
    let previous = [("A11", "0.5000"), ("X99", "2.0000")]
        .map(|(group, weight)| (group.to_owned(), Decimal::parse_as_written(weight).unwrap()));
    WeighPlan {
        year: 2025,
        years: vec![DataYear { year: 2024, weight: Ratio::ONE }],
        weighting_of: WeightingOf::Means,
        trim: Trim::Iqr { k: ratio("1.5"), when_zero: IqrZero::Skip },
        trim_scope: TrimScope::GroupYear,
        stable: Stable { min_cases: 5, cv: Ratio::ONE, inclusive: false, spread: Spread::Sample },
        unstable: vec![Fallback::Parent, Fallback::SpecialReview],
        parent: None,
        reference: Reference::Mean {},
        scale: Ratio::ONE,
        five_class: None,
        adjust: BTreeMap::from([("A11".to_owned(), ratio("1.1"))]),
        frozen: ["B12".to_owned()].into(),
        rounding: Rounding { dp: 4, mode: Mode::HalfUp },
        previous: Some(Previous { name: "weights-2024".to_owned(), weights: previous.into() }),
        source: Some(Citation { document: "医保发〔2024〕1号".to_owned(), ..Citation::default() }),
    }
}

/// A11: 8,000 to 12,000 and one of 60,000; B12: 20,000 each; a strange code with two cases.
fn table() -> WeightTable {
    let mut names = Symbols::default();
    let costs: [(&str, &[i64]); 3] = [
        ("B12", &[20_000; 5]),
        ("A11", &[8_000, 9_000, 60_000, 10_000, 11_000, 12_000]),
        ("</script><b>", &[100, 200]),
    ];
    let (mut group, mut year, mut amount) = (vec![], vec![], vec![]);
    for (code, yuan) in costs {
        let symbol = names.intern(code);
        for yuan in yuan {
            group.push(symbol);
            year.push(2024);
            amount.push(Fen::new(yuan * 100));
        }
    }
    let input = WeighInput {
        names: &names,
        group: Cow::Owned(group),
        year: Cow::Owned(year),
        amount: Cow::Owned(amount),
        classes: vec![],
    };
    publish(&plan(), &input, NonZeroUsize::MIN).unwrap()
}

fn publication() -> Publication {
    let both = |zh: &str, en: &str| Bilingual { zh: zh.to_owned(), en: en.to_owned() };
    Publication {
        pack: HeaderView {
            id: "demo".to_owned(),
            title: both("示范", "Demo"),
            region: both("示范市", "Demo City"),
            trust: "fictional".to_owned(),
            currency: "CNY".to_owned(),
            illustrative: true,
        },
        pack_hash: "ab12".to_owned(),
        program_version: "0.1.0".to_owned(),
        inputs: vec![SourceFile { name: "stays \"2024\".csv".to_owned(), bytes: 1300, sha256: "cd34".to_owned() }],
        refused: 1,
        not_selected: 2,
        group_titles: BTreeMap::from([("A11".to_owned(), both("某病组", "Some group"))]),
    }
}

#[test]
fn weights_csv_has_every_group_and_count() {
    assert_eq!(
        String::from_utf8(weights_csv(&table())).unwrap(),
        "group,weight,cases,cases_kept,trimmed_low,trimmed_high,mean,median,cv,stable,basis,adjust,note\n\
         A11,0.7984,6,5,0,1,10000.00,10000.00,0.1581,true,own,1.1,\n\
         B12,1.5968,5,5,0,0,20000.00,20000.00,0.0000,true,own,,frozen\n"
    );
    assert_eq!(
        String::from_utf8(unweighted_csv(&table())).unwrap(),
        "group,weight,cases,cases_kept,trimmed_low,trimmed_high,mean,median,cv,stable,basis,adjust,note\n\
         </script><b>,,2,2,0,0,150.00,150.00,0.4714,false,special_review,,n 2 < 5\n"
    );
    let names: Vec<&str> = files(&table(), &publication()).unwrap().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, FILES);
}

#[test]
fn the_sidecar_says_where_the_rows_come_from() {
    assert_eq!(
        weights_source(&table(), &publication()),
        "about = \"2025年病组权重；relative weights for 2025, Demo City\"\n\n\
         [source]\n\
         document = \"yibao weigh demo, weights for 2025\"\n\
         note = \"derived from stays \\\"2024\\\".csv (sha256 cd34); data years 2024 (weight 1); 12 of 13 cases kept; \
         drift of rounding -0.00005110; pack demo (trust fictional) sha256 ab12; yibao 0.1.0\"\n\
         trust = \"derived\"\n"
    );
}

#[test]
fn the_spreadsheet_reads_back_and_is_the_same_bytes_again() {
    let bytes = weights_xlsx(&table(), &publication()).unwrap();
    assert_eq!(bytes, weights_xlsx(&table(), &publication()).unwrap());
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["权重 Weights", "汇总 Summary", "变化 Changes"]);
    let weights = book.worksheet_range("权重 Weights").unwrap();
    assert_eq!(weights.get_value((0, 2)), Some(&Data::String("权重\nweight".to_owned())));
    assert_eq!(weights.get_value((2, 1)), Some(&Data::String("某病组".to_owned())));
    assert_eq!(weights.get_value((2, 2)), Some(&Data::Float(0.7984)));
    assert_eq!(weights.get_value((1, 2)).cloned().unwrap_or_default(), Data::Empty);
    let summary = book.worksheet_range("汇总 Summary").unwrap();
    assert!(summary.rows().any(|row| row[0] == Data::String("示例 illustrative".to_owned())));
    let changes = book.worksheet_range("变化 Changes").unwrap();
    let kinds: Vec<String> = changes.rows().skip(1).map(|row| format!("{} {}", row[0], row[4])).collect();
    assert_eq!(kinds, ["A11 变化 changed", "B12 新增 new", "X99 消失 gone"]);
}

#[test]
fn the_page_stands_alone_in_two_languages() {
    let page = weights_html(&table(), &publication()).unwrap();
    assert_eq!(page, weights_html(&table(), &publication()).unwrap());
    for resource in ["src=\"http", "href=\"http", "<link", "@import", "url("] {
        assert!(!page.contains(resource), "{resource}");
    }
    for said in [
        "示范市 2025 年病组权重",
        "Demo City: relative weights for 2025",
        "取整漂移",
        "与上一版的变化",
        "Illustrative",
        "医保发〔2024〕1号",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert_eq!(page.matches("<tr data-g=").count(), 3);
}

#[test]
fn a_code_cannot_break_out_of_the_page() {
    let page = weights_html(&table(), &publication()).unwrap();
    assert!(!page.contains("</script><b>"));
    assert!(page.contains("&lt;/script&gt;&lt;b&gt;"));
    assert!(page.contains("\\u003c/script>\\u003cb>") || page.contains("\\u003c/script\\u003e"));
}

#[test]
fn damaged_reasons_are_refused() {
    let mut table = table();
    table.rows[1].explanation.push(9);
    let refused = weights_html(&table, &publication()).unwrap_err().to_string();
    assert!(
        refused.starts_with("the stored reasons of group A11 cannot be shown: explanation is damaged at byte "),
        "{refused}"
    );
}
