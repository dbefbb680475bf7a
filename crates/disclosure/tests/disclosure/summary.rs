//! The sums behind the pages.

use crate::sample::{points_region, region, yuan};
use yibao_disclosure::DisclosureError;
use yibao_disclosure::summary::{Summary, fen};

#[test]
fn the_gap_of_a_hospital_is_accounted_less_cleared_to_the_fen() {
    let run = points_region();
    let summary = Summary::of(&run.settled, &run.stays).unwrap();
    for (sums, row) in summary.institutions.iter().zip(&run.settled.rows) {
        assert_eq!(sums.gap.total(), i128::from(row.accounted.get() - row.cleared.get()));
        assert_eq!(sums.all.paid, i128::from(row.cleared.get()));
        assert_eq!(sums.all.units, row.units);
        assert_eq!(sums.all.cases, row.cases);
    }
    let first = &summary.institutions[0];
    assert!(first.gap.outliers > 0, "the 90,000 yuan stay costs more than it brings in");
    assert!(first.gap.coefficient < 0, "a coefficient of 1.1 lowers the gap");
    assert_eq!(first.classes, [2, 1, 1, 0, 0], "normal, low, high, by item, other");
}

#[test]
fn case_mix_and_cost_index_follow_their_definitions() {
    let run = points_region();
    let summary = Summary::of(&run.settled, &run.stays).unwrap();
    let second = &summary.institutions[1];
    // Base points 80 and 200: weights 0.8 and 2.
    assert_eq!(second.all.case_mix_index(), Some(14_000));
    // G1: 7,000 against a mean of 20,800 / 3; G2: 18,000 against 129,000 / 3; by hand (1.009615 + 0.418604) / 2.
    assert_eq!(second.cost_index_micro, Some(714_110));
}

#[test]
fn the_dearest_outliers_come_first() {
    let run = points_region();
    let summary = Summary::of(&run.settled, &run.stays).unwrap();
    assert_eq!(summary.outlier_count, 2);
    let listed: Vec<(&str, i64)> =
        summary.outliers.iter().map(|one| (run.stays.case_id.get(one.case), one.over.get())).collect();
    assert_eq!(listed, [("C4", yuan("24440.37").get())], "the low outlier is not over its standard");
}

#[test]
fn the_sums_do_not_depend_on_the_number_of_threads() {
    let run = region(23, 61, 5_000);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| format!("{:?}", Summary::of(&run.settled, &run.stays).unwrap()))
    };
    let alone = with(1);
    assert_eq!(alone, with(2));
    assert_eq!(alone, with(7));
}

#[test]
fn a_refused_case_is_counted_and_in_no_sum() {
    let mut run = points_region();
    run.settled.cases.row[1] = u32::MAX;
    let summary = Summary::of(&run.settled, &run.stays).unwrap();
    assert_eq!((summary.refused, summary.all.cases), (1, 5));
}

#[test]
fn stays_of_another_run_are_refused() {
    let run = points_region();
    let error = Summary::of(&run.settled, &region(1, 1, 2).stays).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the settled result has 6 cases, the stays are 2: they are not of the same run\n  hint: pass the stays the result was settled from"
    );
}

#[test]
fn a_sum_beyond_an_amount_is_refused_by_name() {
    let error = fen(i128::from(i64::MAX) + 1, "a group's costs").unwrap_err();
    assert!(matches!(error, DisclosureError::Overflow { what: "a group's costs" }));
    assert_eq!(
        error.to_string(),
        "the sum of a group's costs does not fit an amount\n  hint: look for an absurd amount in the input; `yibao settle` lists the largest stays"
    );
}
