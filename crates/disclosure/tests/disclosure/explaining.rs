//! Stored reasons, rendered.

use crate::sample::points_region;
use yibao_disclosure::render::{self, Form};
use yibao_kernel::explain::Lang;

#[test]
fn a_case_tells_its_steps_in_both_languages() {
    let run = points_region();
    let reasons = run.settled.cases.explanations.get(3).unwrap();
    assert_eq!(
        render::case(&run.settled.book, &reasons, Lang::En).unwrap(),
        "1. base points 200.0000 (示例市医保发〔2025〕1号, article 八)\n\
         2. hospital coefficient 1.1000, case points 550.0000 (示例市医保发〔2025〕1号, article 八)\n"
    );
    assert!(render::case(&run.settled.book, &reasons, Lang::Zh).unwrap().starts_with("1. 基准点数 200.0000（"));
}

#[test]
fn a_clearing_row_tells_its_figures_and_the_identity_of_due() {
    let run = points_region();
    assert_eq!(
        render::clearing_row(&run.settled, &run.settled.rows[1], Lang::Zh, Form::Text).unwrap(),
        "机构: H2 第二医院\n险种: 310\n支付方式: drg_points\n区县: all\n期间: 2025\n病例: 2\n点数或权重: 260.0000\n\
         记账基金: 17,500.00\n个人及其他: 7,500.00\n清算: 23,491.82\n外出扣付: 0.00\n考核: 0.00\n\
         分担: 0.00\n往期差额: 0.00\n扣留: 0.00\n预付: 14,875.00\n\
         应付: 8,616.82 = 23,491.82 + 0.00 + 0.00 \u{2212} 0.00 \u{2212} 14,875.00\n"
    );
}

#[test]
fn json_carries_plain_figures() {
    let run = points_region();
    let text = render::clearing_row(&run.settled, &run.settled.rows[0], Lang::En, Form::Json).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["cleared"], "71508.18");
    assert_eq!(value["due"], "2252.18");
    assert_eq!(value["steps"], serde_json::json!([]));
}

#[test]
fn a_pool_tells_its_price() {
    let run = points_region();
    let text = render::pool_row(&run.settled, &run.settled.pools[0], Lang::En, Form::Text).unwrap();
    assert!(
        text.contains(
            "distributable: 95,000.00\ncleared: 95,000.00\ncharged: 0.00\nresidual: 0.00\nborne_by: reserve\nprice: 119.199319\n"
        ),
        "{text}"
    );
}

#[test]
fn html_escapes_what_it_is_given() {
    let mut run = points_region();
    run.settled.institutions[0].name = "<b>甲</b>".to_owned();
    let html = render::clearing_row(&run.settled, &run.settled.rows[0], Lang::Zh, Form::Html).unwrap();
    assert!(html.contains("H1 &lt;b&gt;甲&lt;/b&gt;") && !html.contains("<b>"), "{html}");
}

#[test]
fn reasons_of_another_book_are_refused() {
    let run = points_region();
    let error = render::case(&run.settled.book, &[0xff, 0xff, 0xff], Lang::En).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("the stored reasons of the case cannot be shown: "), "{text}");
    assert!(text.ends_with("hint: the rule book and the reasons must come from the same settled folder"), "{text}");
}
