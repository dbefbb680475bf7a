//! Routes, coefficients, bands, add-ons, readmission: what one case is paid and why.

use yibao_payment::settled::Route;

use super::*;

fn routes(settled: &Settled) -> Vec<Route> {
    settled.cases.outcome.iter().map(|outcome| outcome.route).collect()
}

#[test]
fn the_first_route_that_matches_wins_and_items_get_their_accounted_fund() {
    let steps = step("m", "short", "route", "to = \"items\"\nwhen = { field = \"los_days\", le = 2 }")
        + &step("m", "all-short", "route", "to = \"nothing\"\nwhen = { field = \"los_days\", le = 7 }")
        + &chain("")
        + &clear();
    let rows = [
        Row { los_days: 2, ..stay("A", "H1", "G1", 1000) },
        Row { los_days: 3, ..stay("B", "H1", "G1", 1000) },
        Row { los_days: 9, ..stay("C", "H1", "G1", 1000) },
    ];
    let settled = settled(&points_pack("fund", &steps, "5000.00", ""), &rows);
    assert_eq!(routes(&settled), [Route::Items, Route::Nothing, Route::Group]);
    // Items are a first charge: 700 of 5,000; the rest goes to the only points.
    assert_eq!(settled.cases.paid, ["700", "0", "4300"].map(yuan));
    assert_eq!(points_of(&settled), [0, 0, 800_000]);
    let words = words(&settled, 0);
    assert!(words.contains("paid by item: accounted fund 700.00"), "{words}");
}

#[test]
fn an_ungrouped_stay_gets_points_from_its_own_cost_at_a_discount() {
    let steps = step("m", "mean-of-all", "all_mean", "value = \"12000.00\"")
        + &step(
            "m",
            "qy",
            "route",
            "to = \"cost_points\"\ntimes = \"0.9\"\nwhen = { field = \"group_status\", is = \"ambiguous\" }",
        )
        + &chain("")
        + &clear();
    let ambiguous = Row { status: yibao_record::stays::GroupStatus::Ambiguous, ..stay("A", "H1", "", 9000) };
    let settled = settled(&points_pack("fund", &steps, "5000.00", ""), &[ambiguous]);
    assert_eq!((points_of(&settled), routes(&settled)), (vec![675_000], vec![Route::CostPoints]));
}

#[test]
fn an_incomplete_stay_is_capped_at_its_base_without_the_coefficient() {
    let steps = step("m", "broken-off", "route", "to = \"incomplete\"\nwhen = { field = \"incomplete\", is = true }")
        + &chain(&step("m", "k", "factor", "times = \"1\""))
        + &clear();
    let incomplete = |id: &str, cost| Row { incomplete: true, ..stay(id, "H1", "G1", cost) };
    let settled =
        settled(&points_pack("fund", &steps, "5000.00", ""), &[incomplete("A", 4000), incomplete("B", 16000)]);
    assert_eq!(points_of(&settled), [400_000, 800_000]);
    assert_eq!(routes(&settled), [Route::Incomplete; 2]);
}

#[test]
fn high_limits_differ_by_level_and_the_bound_is_strict() {
    let bands = r#"over = "group_mean"
elsewhere = "full"
bands = [
  { upto = "3", times = { slope = "0", plus = "1" }, when = { field = "level", is = "tertiary" } },
  { above = "3", times = { slope = "1", plus = "-2" }, when = { field = "level", is = "tertiary" } },
  { upto = "2", times = { slope = "0", plus = "1" }, when = { field = "level", is = "secondary" } },
  { above = "2", times = { slope = "1", plus = "-1" }, when = { field = "level", is = "secondary" } },
]"#;
    let steps = chain(&step("m", "bands", "outlier_band", bands)) + &clear();
    let rows = [
        stay("A", "H1", "G1", 24000),
        stay("B", "H1", "G1", 32000),
        stay("C", "H2", "G1", 16000),
        stay("D", "H2", "G1", 20000),
    ];
    let settled = settled(&points_pack("fund", &steps, "5000.00", ""), &rows);
    assert_eq!(points_of(&settled), [800_000, 1_600_000, 800_000, 1_200_000]);
    assert_eq!(routes(&settled), [Route::Group, Route::Outlier, Route::Group, Route::Outlier]);
    let words = words(&settled, 3);
    assert!(words.contains("20000.00") && words.contains("2.5000") && words.contains("1.5000"), "{words}");
}

#[test]
fn a_factor_of_a_family_is_the_largest_and_others_multiply() {
    let factor = |id: &str, rest: &str| step("m", id, "factor", rest);
    let steps = chain(
        &(factor("cci", "times = \"1.10\"\nfamily = \"aux\"")
            + &factor("severity", "times = \"1.30\"\nfamily = \"aux\"")
            + &factor("tcm", "times = \"1.05\"")),
    ) + &clear();
    let settled = settled(&points_pack("fund", &steps, "5000.00", ""), &[stay("A", "H1", "G1", 8000)]);
    // 80 × 1.3 × 1.05
    assert_eq!(points_of(&settled), [1_092_000]);
    assert_eq!(settled.cases.outcome.get(0).unwrap().factor, 1_365_000);
}

#[test]
fn a_readmission_within_fifteen_days_halves_the_earlier_stay() {
    let rule = "window_days = 15\ninclusive = true\nsame = \"group\"\ninstitution = \"same\"\nearlier_times = \"0.5\"";
    let steps = chain(&step("m", "again", "readmission", rule)) + &clear();
    let of = |id: &str, person: &str, admission: &str, discharge: &str| Row {
        person: person.to_owned(),
        admission: admission.to_owned(),
        discharge: discharge.to_owned(),
        ..stay(id, "H1", "G1", 8000)
    };
    let rows = [
        of("A", "P1", "2025-02-20", "2025-03-01"),
        of("B", "P1", "2025-03-16", "2025-03-20"),
        of("C", "P2", "2025-02-20", "2025-03-01"),
        of("D", "P2", "2025-03-17", "2025-03-20"),
    ];
    let settled = settled(&points_pack("fund", &steps, "5000.00", ""), &rows);
    assert_eq!(points_of(&settled), [400_000, 800_000, 800_000, 800_000]);
    assert!(words(&settled, 0).contains("15"));
}

#[test]
fn a_rate_pays_the_standard_less_what_the_patient_paid() {
    let mut text = head("\"r\"");
    text += &table("weights", "group", "decimal", &[("G1", "0.8"), ("G2", "2")]);
    text += &method("r", "cost", "rate");
    for (id, verb, rest) in [
        ("scope", "scope", "when = { field = \"los_days\", le = 365 }"),
        ("weight", "weight", "table = \"weights\""),
        ("price", "price", "value = \"10000.00\""),
        ("standard", "standard", ""),
        ("fund", "fund", "mode = \"minus_patient\"\nfloor_zero = true"),
    ] {
        text += &step("r", id, verb, rest);
    }
    text += &pool("pool", "\"r\"", "30000.00", "next_year", "");
    let rows = [stay("A", "H1", "G1", 10000), stay("B", "H2", "G2", 20000), stay("C", "H3", "G1", 40000)];
    let settled = settled(&text, &rows);
    assert_eq!(settled.cases.paid, ["5000", "14000", "0"].map(yuan));
    assert_eq!(settled.cases.outcome.get(0).unwrap().standard, yuan("8000"));
    let pool = &settled.pools[0];
    assert_eq!((pool.cleared, pool.residual), (yuan("19000"), yuan("11000")));
    assert_eq!(points_of(&settled), [8_000, 20_000, 8_000]);
}
