//! DIP cost deviation (spec §2.5, §2.10 step 6): every variant known is data.

use yibao_payment::settled::Route;

use super::*;

/// Score 1,250, same-level mean of last year 10,000, K 1.1 at H1.
fn pack(bands: &str, coefficient_on: &str) -> String {
    let mut text = head("\"m\"");
    text += &table("scores", "group", "decimal", &[("D1", "1250")]);
    text += &table("level_means", "group", "fen", &[("D1", "10000")]);
    text += &table("coefficients", "institution", "decimal", &[("H1", "1.1")]);
    text += &method("m", "fund", "points");
    text += &step("m", "scope", "scope", "when = { field = \"los_days\", le = 365 }");
    text += &step("m", "score", "base_points", "table = \"scores\"");
    text += &step("m", "mean", "group_mean", "table = \"level_means\"\nname = \"level_mean\"");
    text += &step("m", "k", "coefficient", "form = \"table\"\ntable = \"coefficients\"");
    text +=
        &step("m", "deviation", "outlier_band", &format!("over = \"level_mean\"\n{coefficient_on}bands = [\n{bands}]"));
    text += &step("m", "points", "points", "");
    text + &clear() + &pool("pool", "\"m\"", "5000.00", "next_year", "")
}

fn scores(bands: &str, costs: &[i64]) -> Vec<i64> {
    let rows: Vec<Row> = (0..).zip(costs).map(|(at, cost)| stay(&format!("C{at}"), "H1", "D1", *cost)).collect();
    points_of(&settled(&pack(bands, ""), &rows))
}

const NORMAL_TO_TWO: &str = "  { from = \"0.5\", upto = \"2\", times = { slope = \"0\", plus = \"1\" } },\n";

/// The specification as digested: r < 0.5 → r, r > 2 → (r − 2) + 1, r > 5 → panel; K multiplies everything.
#[test]
fn below_a_half_above_two_and_a_panel_above_five() {
    let bands = "  { below = \"0.5\", times = { slope = \"1\", plus = \"0\" } },\n".to_owned()
        + NORMAL_TO_TWO
        + "  { above = \"2\", upto = \"5\", times = { slope = \"1\", plus = \"-1\" } },\n  { above = \"5\", to = \"special_review\" },\n";
    // 1,250 × K 1.1 × 0.45, 1, 1, 1.6, 4, held.
    assert_eq!(
        scores(&bands, &[4500, 5000, 20000, 26000, 50000, 50001]),
        [6_187_500, 13_750_000, 13_750_000, 22_000_000, 55_000_000, 0]
    );
    let rows = [stay("A", "H1", "D1", 50001), stay("B", "H1", "D1", 10000)];
    assert_eq!(settled(&pack(&bands, ""), &rows).cases.outcome.get(0).unwrap().route, Route::Held);
}

/// One city: its bound below is r ≤ 0.5; above 2 and up to 5 the factor is r − 2 + K and K is not applied again; above 5
/// only K.
#[test]
fn the_coefficient_is_added_above_two_and_stands_alone_above_five() {
    let bands = "  { upto = \"0.5\", times = { slope = \"1\", plus = \"0\" } },\n  { above = \"0.5\", upto = \"2\", times = { slope = \"0\", plus = \"1\" } },\n  { above = \"2\", upto = \"5\", times = { slope = \"1\", plus = \"-2\" }, plus_coefficient = true, coefficient = \"none\" },\n  { above = \"5\", times = { slope = \"0\", plus = \"1\" } },\n";
    // 0.5 × 1.1; 1.1; 2.6 − 2 + 1.1 = 1.7; 5 − 2 + 1.1 = 4.1; 1.1.
    assert_eq!(
        scores(bands, &[5000, 20000, 26000, 50000, 50001]),
        [6_875_000, 13_750_000, 21_250_000, 51_250_000, 13_750_000]
    );
    let settled = settled(&pack(bands, ""), &[stay("A", "H1", "D1", 26000)]);
    let words = words(&settled, 0);
    assert!(
        words.contains("outlier factor 0.6 + hospital coefficient 1.1 = 1.7; the coefficient does not multiply again"),
        "{words}"
    );
    // Base × coefficient × factor is still the score: the coefficient told is the one that multiplied.
    let outcome = settled.cases.outcome.get(0).unwrap();
    assert_eq!((outcome.coefficient, outcome.factor), (10_000, 1_700_000));
}

/// Another: from r ≥ 2 on.
#[test]
fn the_bound_above_may_be_inclusive() {
    let bands = "  { below = \"0.5\", times = { slope = \"1\", plus = \"0\" } },\n  { from = \"0.5\", below = \"2\", times = { slope = \"0\", plus = \"1\" } },\n  { from = \"2\", times = { slope = \"1\", plus = \"-0.9\" } },\n";
    assert_eq!(scores(bands, &[19999, 20000]), [13_750_000, 15_125_000]);
}

/// K does not multiply a low case: its denominator is of the same level already.
#[test]
fn the_coefficient_may_leave_a_deviation_alone() {
    let bands = "  { below = \"0.5\", times = { slope = \"1\", plus = \"0\" }, coefficient = \"none\" },\n".to_owned()
        + NORMAL_TO_TWO
        + "  { above = \"2\", times = { slope = \"1\", plus = \"-1\" }, plus_coefficient = true },\n";
    // 1,250 × 0.45; 1,250 × (1.6 + 1.1) × 1.1.
    assert_eq!(scores(&bands, &[4500, 26000]), [5_625_000, 37_125_000]);
}
