//! Standards from past cost, and what each would cost the fund.

use std::collections::BTreeMap;

use super::*;

fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text.as_bytes()).unwrap()
}

fn ratio(text: &str) -> Ratio {
    Ratio::parse(text).unwrap()
}

fn plan() -> NegotiatePlan {
    NegotiatePlan {
        standard: "negotiated".into(),
        year: 2025,
        key: vec!["disease".into(), "level".into()],
        value: "standard".into(),
        of: NegotiateOf::Cost,
        years: vec![2023, 2024],
        trim: yibao_kernel::statistics::Trim::MedianMultiple { low: ratio("0.5"), high: ratio("2") },
        range: [Measure::P25, Measure::Median],
        propose: Measure::Median,
        round_to: yuan("10.00"),
        steps: vec![ratio("0.05"), ratio("0.1")],
        min_cases: 5,
        current: BTreeMap::from([(vec!["hernia".to_owned(), "secondary".to_owned()], yuan("4000.00"))]),
        ability: None,
    }
}

fn past(costs: &[i64]) -> Past {
    let cases = costs.iter().map(|cost| PastCase { cost: Fen::new(cost * 100), fund: Fen::new(cost * 70) }).collect();
    let few = vec![PastCase { cost: Fen::new(100), fund: Fen::new(70) }; 4];
    let key = |disease: &str| vec![disease.to_owned(), "secondary".to_owned()];
    Past { cases: BTreeMap::from([(key("hernia"), cases), (key("rare"), few)]), ..Past::default() }
}

#[test]
fn each_choice_is_costed_against_the_past() {
    let result = negotiate(plan(), &past(&[3000, 3500, 4104, 4500, 9000, 4200])).unwrap();
    let row = result.rows.first().unwrap();
    assert_eq!((result.rows.len(), result.few), (1, (1, 4)), "four cases are too few to show");
    assert_eq!(
        (row.cases, row.cases_a_year.to_string().as_str(), row.kept),
        (6, "3.00", 5),
        "9000 is over twice the median"
    );
    let printed: Vec<String> = row.measures.iter().map(ToString::to_string).collect();
    assert_eq!(printed, ["3651.00", "4152.00", "3860.80", "4717.33", "4425.00"]);
    assert_eq!((row.range, row.proposed), ([yuan("3650.00"), yuan("4150.00")], yuan("4150.00")));
    assert_eq!(row.fund_ratio.to_string(), "0.7000");
    let costed: Vec<String> =
        row.choices.iter().map(|one| format!("{} {} {}", one.choice.word(), one.standard, one.fund_a_year)).collect();
    assert_eq!(
        costed,
        [
            "p25 3650.00 7665.00",
            "median 4150.00 8715.00",
            "trimmed_mean 3860.00 8106.00",
            "mean 4720.00 9912.00",
            "p75 4430.00 9303.00",
            "current 4000.00 8400.00",
            "proposed-10% 3740.00 7854.00",
            "proposed-5% 3940.00 8274.00",
            "proposed+5% 4360.00 9156.00",
            "proposed+10% 4570.00 9597.00"
        ]
    );
    assert_eq!(result.fund_a_year, yuan("9906.40"), "28,304 yuan × 0.7 over two years");
}

#[test]
fn a_standard_of_the_fund_part_is_paid_whole() {
    let plan = NegotiatePlan { of: NegotiateOf::Fund, current: BTreeMap::new(), steps: Vec::new(), ..plan() };
    let result = negotiate(plan, &past(&[1000, 1000, 1000, 1000, 1000])).unwrap();
    let median = &result.rows[0].choices[1];
    assert_eq!((median.standard, median.fund_a_year), (yuan("700.00"), yuan("1750.00")), "two and a half cases a year");
    assert_eq!(result.totals[5], (Choice::Current, None), "no standard in force");
}

#[test]
fn too_few_cases_propose_nothing() {
    let refused = negotiate(plan(), &past(&[1000])).unwrap_err().to_string();
    assert_eq!(
        refused,
        "no disease has 5 cases in 2023, 2024: 0 stays of other years, 0 without a disease asked for\n  hint: check `years`, `diseases` and `key` of [negotiate]"
    );
}
