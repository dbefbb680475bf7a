//! Special-case review and outlier quotas: ranked, capped, the rest at the standard.

use yibao_payment::settled::Route;

use super::*;

/// 20 ordinary stays at the mean and these: 5% of all discharges is one place for 20 to 39 stays.
fn with_ordinary(rows: Vec<Row>) -> Vec<Row> {
    let ordinary = (0..20).map(|at| stay(&format!("N{at:02}"), if at % 2 == 0 { "H1" } else { "H2" }, "G1", 8000));
    rows.into_iter().chain(ordinary).collect()
}

fn high_by_item(scope: &str) -> String {
    let bands = format!(
        r#"over = "group_mean"
bands = [
  {{ upto = "3", times = {{ slope = "0", plus = "1" }} }},
  {{ above = "3", to = "items", quota = {{ share = "0.05", of = "discharges", scope = "{scope}", rank_by = "over_standard" }} }},
]"#
    );
    points_pack("fund", &(chain(&step("m", "high", "outlier_band", &bands)) + &clear()), "500000.00", "")
}

fn routes(settled: &Settled, cases: usize) -> Vec<Route> {
    settled.cases.outcome.iter().take(cases).map(|outcome| outcome.route).collect()
}

#[test]
fn only_the_costliest_share_of_discharges_goes_by_item() {
    let rows = with_ordinary(vec![stay("A", "H1", "G1", 30000), stay("B", "H2", "G1", 50000)]);
    let region = settled(&high_by_item("region"), &rows);
    assert_eq!(routes(&region, 2), [Route::Group, Route::Items]);
    assert!(words(&region, 1).contains("rank 1 of a quota of 1 (22 discharges): accepted"), "{}", words(&region, 1));
    assert!(words(&region, 0).contains("rank 2 of a quota of 1 (22 discharges): over the quota"));
    assert_eq!(region.cases.outcome.get(0).unwrap().points, 800_000);
    // Eleven discharges each: floor(0.55) places.
    let institution = settled(&high_by_item("institution"), &rows);
    assert_eq!(routes(&institution, 2), [Route::Group, Route::Group]);
}

#[test]
fn equal_keys_go_by_case_id_whatever_the_row_order() {
    let mut rows = with_ordinary(vec![stay("B", "H1", "G1", 30000), stay("A", "H2", "G1", 30000)]);
    let first = settled(&high_by_item("region"), &rows);
    assert_eq!(routes(&first, 2), [Route::Group, Route::Items]);
    rows.swap(0, 1);
    let second = settled(&high_by_item("region"), &rows);
    assert_eq!(routes(&second, 2), [Route::Items, Route::Group]);
}

fn review(over_quota: &str) -> String {
    let steps = step(
        "m",
        "review",
        "special_review",
        &format!(
            "quota = {{ share = \"0.05\", of = \"discharges\", scope = \"region\", rank_by = \"cost\" }}\nover_quota = \"{over_quota}\""
        ),
    ) + &chain("")
        + &clear();
    points_pack("fund", &steps, "500000.00", "")
}

#[test]
fn a_panel_decides_inside_the_quota_and_the_rest_is_paid_at_the_standard() {
    let flagged = |id: &str, cost, special: &str| Row { special: special.to_owned(), ..stay(id, "H1", "G1", cost) };
    let rows =
        with_ordinary(vec![flagged("A", 90000, "items"), flagged("B", 30000, "items"), flagged("C", 99000, "refused")]);
    let settled = settled(&review("standard"), &rows);
    assert_eq!(routes(&settled, 3), [Route::SpecialReview, Route::Group, Route::Group]);
    assert_eq!(settled.cases.paid[0], yuan("63000"));
    assert_eq!(settled.cases.outcome.get(1).unwrap().points, 800_000);
    assert!(words(&settled, 2).contains("special-case review refused"), "{}", words(&settled, 2));
}

#[test]
fn a_group_without_base_points_goes_to_review_or_is_held() {
    let steps = step("m", "base", "base_points", "table = \"points\"\nmissing = \"special_review\"")
        + &step("m", "points", "points", "")
        + &clear();
    let rows = [stay("A", "H1", "G9", 9000), stay("B", "H1", "G1", 8000)];
    let held = settled(&points_pack("fund", &steps, "1000.00", ""), &rows);
    assert_eq!(routes(&held, 2), [Route::Held, Route::Group]);
    assert_eq!(held.cases.paid, ["0", "1000"].map(yuan));
}
