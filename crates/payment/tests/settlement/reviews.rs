//! Decisions of the special-case review panel: by item, at the standard, at an adjusted standard, refused.

use yibao_payment::settled::Route;

use super::*;

const FIELD: &str = "\n[fields.special_amount]\nkind = \"fen\"\nzh = \"调整后标准\"\nen = \"adjusted\"\n";

const REVIEW: &str = "quota = { share = \"0.5\", of = \"discharges\", scope = \"region\", rank_by = \"cost\" }\nover_quota = \"standard\"";

fn review() -> String {
    step("m", "review", "special_review", REVIEW)
}

fn by_points(steps: &str) -> String {
    let all_mean = step("m", "all", "all_mean", "value = \"10000.00\"");
    points_pack("fund", &(all_mean + steps + &clear()), "5000.00", "") + FIELD
}

fn by_rate(before: &str, after: &str) -> String {
    let mut text = head("\"m\"") + FIELD;
    text += &table("weights", "group", "decimal", &[("G1", "0.8")]);
    text += &method("m", "cost", "rate");
    text += &step("m", "scope", "scope", "when = { field = \"los_days\", le = 365 }");
    text += before;
    for (id, verb, rest) in [
        ("weight", "weight", "table = \"weights\""),
        ("price", "price", "value = \"10000.00\""),
        ("standard", "standard", ""),
        ("fund", "fund", "mode = \"avg_ratio\"\nratio = \"0.7\""),
    ] {
        text += &step("m", id, verb, rest);
    }
    text += after;
    text + &pool("pool", "\"m\"", "90000.00", "next_year", "")
}

fn decided(case_id: &str, group: &str, special: &str, amount: Option<i64>) -> Row {
    Row { special: special.to_owned(), extras: vec![amount], ..stay(case_id, "H1", group, 40000) }
}

/// Refused stays with code and reason.
fn refused(settled: &Settled) -> Vec<(&str, &str, &str)> {
    settled.refused.iter().map(|one| (one.case_id.as_str(), one.code.as_str(), one.reason.en.as_str())).collect()
}

#[test]
fn an_adjusted_standard_becomes_points_at_the_mean_of_all_cases() {
    // G9 has no base points: the panel's amount does not need them.
    let rows = [
        decided("A", "G9", "adjusted", Some(2_500_000)),
        decided("B", "G1", "", None),
        decided("C", "G1", "none", None),
    ];
    let settled = settled(&by_points(&(review() + &chain(""))), &rows);
    assert_eq!(points_of(&settled), [2_500_000, 800_000, 800_000]);
    assert_eq!(settled.cases.outcome.get(0).unwrap().route, Route::SpecialReview);
    assert_eq!(settled.cases.paid, ["3048.78", "975.61", "975.61"].map(yuan));
    let words = words(&settled, 0);
    assert!(
        words.contains("the standard is adjusted to 25000.00; points = 25000.00 / mean of all cases 10000.00 × 100"),
        "{words}"
    );
}

#[test]
fn an_adjusted_standard_goes_through_the_fund_step() {
    let rows = [decided("A", "G1", "adjusted", Some(2_500_000)), decided("B", "G1", "standard", None)];
    let rows = [rows[0].clone(), rows[1].clone(), stay("C", "H1", "G1", 8000), stay("D", "H1", "G1", 8000)];
    for text in [by_rate(&review(), ""), by_rate("", &review())] {
        let settled = settled(&text, &rows);
        assert_eq!(settled.cases.outcome.get(0).unwrap().standard, yuan("25000"));
        assert_eq!(settled.cases.paid, ["17500", "5600", "5600", "5600"].map(yuan));
        let words = words(&settled, 0);
        assert!(words.contains("special-case review: the standard is adjusted to 25000.00"), "{words}");
    }
}

#[test]
fn over_the_quota_an_adjusted_standard_does_not_count() {
    let rows = [
        decided("A", "G1", "adjusted", Some(2_500_000)),
        Row { cost: 9_000_000, ..decided("B", "G1", "adjusted", Some(3_000_000)) },
    ];
    let settled = settled(&by_points(&(review() + &chain(""))), &rows);
    assert_eq!(points_of(&settled), [800_000, 3_000_000]);
}

#[test]
fn a_word_that_is_no_decision_refuses_the_stay() {
    let rows = [decided("A", "G1", "approved", None), decided("B", "G1", "", None)];
    let settled = settled(&by_points(&(review() + &chain(""))), &rows);
    assert_eq!(
        refused(&settled),
        [(
            "A",
            "unknown_decision",
            "the decision \"approved\" of the special-case review is none of items, standard, adjusted, refused, none (step \"review\"); hint: map the words of the column `special` under [columns]"
        )]
    );
}

#[test]
fn an_adjusted_standard_without_its_amount_refuses_the_stay() {
    let rows = [
        decided("A", "G1", "adjusted", None),
        decided("B", "G1", "adjusted", Some(-1)),
        decided("C", "G1", "", None),
        decided("D", "G1", "", None),
    ];
    let settled = settled(&by_points(&(review() + &chain(""))), &rows);
    let reason = "the panel adjusted the standard of step \"review\", but the stay has no `special_amount` of 0 or more; hint: declare [fields.special_amount] of kind \"fen\" and map its column";
    assert_eq!(refused(&settled), [("A", "missing_field", reason), ("B", "missing_field", reason)]);
}
