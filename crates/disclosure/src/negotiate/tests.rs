//! A proposal as files.

use std::collections::BTreeMap;

use yibao_kernel::statistics::Trim;
use yibao_kernel::{Fen, Ratio};
use yibao_payment::negotiate::{Ability, NegotiatePlan, Past, PastCase, negotiate};
use yibao_payment::pack::negotiate::{Measure, NegotiateOf};
use yibao_payment::settled::Bilingual;

use super::*;

fn result() -> Negotiated {
    let plan = NegotiatePlan {
        standard: "negotiated".into(),
        year: 2025,
        key: vec!["disease".into(), "level".into()],
        value: "standard".into(),
        of: NegotiateOf::Cost,
        years: vec![2024],
        trim: Trim::None,
        range: [Measure::P25, Measure::Median],
        propose: Measure::Median,
        round_to: Fen::new(1000),
        steps: vec![Ratio::parse("0.05").unwrap()],
        min_cases: 3,
        current: BTreeMap::new(),
        ability: Some(Ability { line: "fund.single".into(), amount: Fen::new(900_000), stage: "adopted" }),
    };
    let case = |cost: i64| PastCase { cost: Fen::new(cost * 100), fund: Fen::new(cost * 70) };
    let key = vec!["疝气".to_owned(), "secondary".to_owned()];
    let past = Past { cases: BTreeMap::from([(key, [3000, 4000, 5000].map(case).to_vec())]), ..Past::default() };
    negotiate(plan, &past).unwrap()
}

fn publication() -> NegotiatePublication {
    let both = |zh: &str, en: &str| Bilingual { zh: zh.into(), en: en.into() };
    NegotiatePublication {
        pack: HeaderView {
            id: "demo".into(),
            title: both("演示", "Demo"),
            region: both("示例市", "Example City"),
            illustrative: true,
            ..HeaderView::default()
        },
        on: Some("2024-10-08".into()),
        ..NegotiatePublication::default()
    }
}

#[test]
fn the_proposal_is_a_table_a_pack_reads() {
    let result = result();
    assert_eq!(String::from_utf8(standards_csv(&result)).unwrap(), "disease,level,standard\n疝气,secondary,4000.00\n");
    let toml = proposal_toml(&result, &publication());
    for line in [
        "name = \"negotiated\"",
        "stage = \"proposal\"",
        "on = 2024-10-08",
        "key = [\"disease\", \"level\"]",
        "values = { file = \"standards.csv\" }",
    ] {
        assert!(toml.lines().any(|found| found == line), "{line}\n{toml}");
    }
    assert!(
        standards_source(&result, &publication())
            .contains("median of the cost of stays of 2024, rounded to 10.00 yuan")
    );
}

#[test]
fn every_choice_has_its_row_and_its_cost() {
    let text = String::from_utf8(choices_csv(&result())).unwrap();
    assert_eq!(text.lines().count(), 1 + 7);
    assert!(
        text.contains("疝气,secondary,3,3.00,3,0.7000,8400.00,3500.00,4000.00,proposed+5%,4200.00,8820.00\n"),
        "{text}"
    );
    let page = negotiate_html(&result(), &publication());
    for text in ["每种选择的代价", "What each choice costs", "8,400.00", "93.3%", "600.00"] {
        assert!(page.contains(text), "{text}");
    }
    let bytes = negotiate_xlsx(&result(), &publication()).unwrap();
    assert_eq!(bytes, negotiate_xlsx(&result(), &publication()).unwrap());
}
