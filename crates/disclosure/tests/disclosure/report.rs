//! The report page.

use crate::sample::{Run, bilingual, institution, points_region, region};
use yibao_disclosure::{DisclosureError, ReportInputs, report_html};

fn page(run: &Run) -> String {
    report_html(&run.settled, &run.stays, &run.symbols, &ReportInputs::default()).unwrap()
}

#[test]
fn the_page_carries_the_figures_of_the_settlement() {
    let page = page(&points_region());
    let figures = [
        "100,000.00",
        "119.199319",
        "1,174.0000",
        "914.0000",
        "260.0000",
        "71,508.18",
        "23,491.82",
        "87,360.00",
        "5,000.00",
        "74,256.00",
        "2,252.18",
        "8,616.82",
        "24,440.37",
    ];
    for figure in figures {
        assert!(page.contains(figure), "{figure} is not on the page");
    }
}

#[test]
fn the_page_speaks_both_languages_and_repeats_the_illustrative_mark() {
    let mut run = points_region();
    let with_mark = page(&run);
    for words in [
        "示例区 2025年度 医保支付清算报告",
        "Sample region: provider payment and clearing, 2025",
        "清算表",
        "Over budget, why",
    ] {
        assert!(with_mark.contains(words), "{words}");
    }
    assert_eq!(with_mark.matches("class=\"mark\"").count(), 2, "at the head and at the foot");
    run.settled.pack.illustrative = false;
    assert!(!page(&run).contains("class=\"mark\""));
}

#[test]
fn the_page_asks_nothing_of_the_network() {
    let page = page(&points_region());
    for outside in ["http://", "https://", "src=", "<link", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn stored_reasons_stand_beside_the_outlier() {
    let page = page(&points_region());
    assert!(page.contains("机构系数 1.1000，病例点数 550.0000"));
    assert!(page.contains("hospital coefficient 1.1000, case points 550.0000"));
}

#[test]
fn hostile_names_are_shown_as_text() {
    let mut run = points_region();
    let hostile = "<script>alert(1)</script>\"'&";
    run.settled.institutions[0] = institution(hostile, hostile, hostile);
    run.settled.pack.region = bilingual(hostile, hostile);
    run.settled.pack.title = bilingual(hostile, hostile);
    run.settled.pools[0].id = hostile.to_owned();
    run.settled.refused[0].case_id = hostile.to_owned();
    run.settled.refused[0].code = hostile.to_owned();
    run.settled.refused[0].reason = bilingual(hostile, hostile);
    let page = page(&run);
    assert!(!page.contains("<script>alert"), "a name became markup");
    assert!(!page.contains("\"'&"), "a name left its attribute");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[test]
fn two_runs_give_the_same_bytes() {
    let make = || page(&region(12, 40, 2_000));
    assert_eq!(make(), make());
}

#[test]
fn the_page_of_an_empty_year_still_stands() {
    let mut run = points_region();
    run.settled.rows.clear();
    run.settled.monthly.clear();
    run.settled.pools.clear();
    run.settled.refused.clear();
    run.settled.cases = yibao_payment::settled::Cases::default();
    run.stays = yibao_record::stays::Stays::default();
    let page = page(&run);
    assert!(page.contains("没有拒付病例。"));
    assert!(page.contains("No months in this period."));
    for odd in ["\"NaN", "\"inf", ">NaN", "\"-inf"] {
        assert!(!page.contains(odd), "{odd}");
    }
}

#[test]
fn damaged_reasons_are_refused_not_shown() {
    let mut run = points_region();
    run.damage_reasons();
    let error = report_html(&run.settled, &run.stays, &run.symbols, &ReportInputs::default()).unwrap_err();
    assert!(matches!(error, DisclosureError::Explanation { .. }), "{error}");
}

#[test]
fn two_thousand_five_hundred_institutions_fit_one_page() {
    let page = page(&region(2_500, 80, 12_000));
    assert!(page.contains("H02500"));
    assert!(page.len() < 8_000_000, "{} bytes", page.len());
}
