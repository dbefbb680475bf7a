//! Per disease: quotas in every form, exit from the pathway, day surgery, TCM advantage diseases, same-price groups,
//! single-disease quotas at actuals.

use yibao_payment::settled::Route;

use super::*;

fn quota_of(rest: &str) -> String {
    let steps = step("r", "quota", "quota", &format!("table = \"quotas\"\n{rest}")) + &standard_and_fund();
    rate_pack(&table("quotas", "group", "fen", &[("D1", "8000")]), &steps)
}

/// The worked examples `disease.quota.*`: a quota of 8,000.
#[test]
fn a_quota_is_fixed_capped_shared_or_a_corridor() {
    let rows = [stay("A", "H1", "D1", 7400), stay("B", "H1", "D1", 9000), stay("C", "H2", "D1", 7000)];
    let of = |rest: &str| standards(&settled(&quota_of(rest), &rows));
    assert_eq!(of("mode = \"fixed\""), ["8000.00", "8000.00", "8000.00"]);
    assert_eq!(of("mode = \"cap\""), ["7400.00", "8000.00", "7000.00"]);
    assert_eq!(of("mode = \"share\"\nshare = \"0.5\""), ["7700.00", "8000.00", "7500.00"]);
    assert_eq!(of("mode = \"corridor\"\nshare = \"0.5\"\ncorridor = \"0.1\""), ["7400.00", "8900.00", "7100.00"]);
    // The general form: the actual below 90%, then the quota, half of the overrun up to 120%.
    let curve = "curve = [\n  { below = \"0.9\", times = { slope = \"1\", plus = \"0\" } },\n  { from = \"0.9\", upto = \"1\", times = { slope = \"0\", plus = \"1\" } },\n  { above = \"1\", upto = \"1.2\", times = { slope = \"0.5\", plus = \"0.5\" } },\n  { above = \"1.2\", times = { slope = \"0\", plus = \"1.1\" } },\n]";
    assert_eq!(of(curve), ["8000.00", "8500.00", "7000.00"]);
}

#[test]
fn the_explanation_of_a_quota_shows_what_was_compared() {
    let settled =
        settled(&quota_of("mode = \"share\"\nshare = \"0.5\"\nof = \"fund\""), &[stay("A", "H1", "D1", 10000)]);
    let words = words(&settled, 0);
    assert!(words.contains("actual fund 7000.00 ÷ quota 8000.00 = 0.875, standard 7500.00"), "{words}");
}

#[test]
fn a_disease_without_a_quota_is_refused_or_goes_where_the_pack_says() {
    let rows = [stay("A", "H1", "D1", 7400), stay("B", "H1", "D2", 9000)];
    let refused = settled(&quota_of("mode = \"fixed\""), &rows);
    assert_eq!(refused.refused[0].code, "no_quota");
    let items = settled(&quota_of("mode = \"fixed\"\nmissing = \"items\""), &rows);
    assert_eq!(paid(&items), ["8000.00", "6300.00"]);
    assert_eq!(items.cases.outcome.get(1).unwrap().route, Route::Items);
}

/// Who leaves the pathway goes back to the general rule: weight × rate, or items.
#[test]
fn exit_from_the_pathway_returns_the_case_to_the_general_rule() {
    let tables = field("exit", "symbol")
        + &table("quotas", "group", "fen", &[("D1", "8000")])
        + &table("weights", "group", "decimal", &[("D1", "1.1")]);
    let steps = step("r", "to-items", "route", "to = \"items\"\nwhen = { field = \"exit\", is = \"died\" }")
        + &step("r", "weight", "weight", "table = \"weights\"")
        + &step("r", "rate", "price", "value = \"10000\"")
        + &step(
            "r",
            "quota",
            "quota",
            "table = \"quotas\"\nmode = \"fixed\"\nwhen = { not = { field = \"exit\", present = true } }",
        )
        + &standard_and_fund();
    let of = |id: &str, exit| Row { more: vec![More::Text(exit)], ..stay(id, "H1", "D1", 9000) };
    let settled = settled(&rate_pack(&tables, &steps), &[of("A", ""), of("B", "complication"), of("C", "died")]);
    assert_eq!(paid(&settled), ["8000.00", "11000.00", "6300.00"]);
}

/// Hubei 2018: the price covers the whole stay; listed implants are paid apart
/// (<http://www.yierziben.com/artwj/13352/8>).
#[test]
fn what_is_paid_apart_leaves_the_comparison_and_is_added() {
    let tables = field("implants", "fen") + &table("quotas", "group", "fen", &[("D1", "8000")]);
    let steps = step("r", "quota", "quota", "table = \"quotas\"\nmode = \"cap\"\nless = \"implants\"")
        + &step("r", "implants", "add_on", "eligible = { field = \"implants\", gt = \"0\" }\nfield = \"implants\"")
        + &standard_and_fund();
    let row = Row { more: vec![More::Fen(Some(200_000))], ..stay("A", "H1", "D1", 9500) };
    assert_eq!(paid(&settled(&rate_pack(&tables, &steps), &[row])), ["9500.00"]);
}

/// Day surgery: own group with its own weight, the same at every level.
#[test]
fn day_surgery_has_its_own_weight_and_the_same_price_everywhere() {
    let tables = field("day_surgery", "int")
        + &table("weights", "group", "decimal", &[("G1", "1.2")])
        + &table("day_weights", "group", "decimal", &[("G1", "0.9")])
        + &table("coefficients", "institution", "decimal", &[("H1", "1.1"), ("H2", "0.9")])
        + &table("same_price", "group", "list", &[("G9", "")]);
    let day = "when = { field = \"day_surgery\", is = 1 }";
    let other = "when = { field = \"day_surgery\", is = 0 }";
    let steps = step("r", "day-weight", "weight", &format!("table = \"day_weights\"\n{day}"))
        + &step("r", "weight", "weight", &format!("table = \"weights\"\n{other}"))
        + &step(
            "r",
            "k",
            "coefficient",
            &format!("form = \"table\"\ntable = \"coefficients\"\nsame_price = \"same_price\"\n{other}"),
        )
        + &step("r", "rate", "price", "value = \"10000\"")
        + &standard_and_fund();
    let of = |id: &str, institution: &str, day| Row {
        more: vec![More::Int(Some(day))],
        ..stay(id, institution, "G1", 9000)
    };
    let rows = [of("A", "H1", 1), of("B", "H2", 1), of("C", "H1", 0), of("D", "H2", 0)];
    assert_eq!(paid(&settled(&rate_pack(&tables, &steps), &rows)), ["9000.00", "9000.00", "13200.00", "10800.00"]);
}

/// Same-price groups: the coefficient is 1 wherever the case was.
#[test]
fn a_group_of_the_same_price_list_ignores_the_coefficient() {
    let tables = table("weights", "group", "decimal", &[("G1", "1"), ("G2", "1")])
        + &table("coefficients", "institution", "decimal", &[("H1", "1.1"), ("H2", "0.9")])
        + &table("same_price", "group", "list", &[("G1", "")]);
    let steps = step("r", "weight", "weight", "table = \"weights\"")
        + &step("r", "k", "coefficient", "form = \"table\"\ntable = \"coefficients\"\nsame_price = \"same_price\"")
        + &step("r", "rate", "price", "value = \"10000\"")
        + &standard_and_fund();
    let rows = [stay("A", "H1", "G1", 9000), stay("B", "H2", "G1", 9000), stay("C", "H1", "G2", 9000)];
    assert_eq!(paid(&settled(&rate_pack(&tables, &steps), &rows)), ["10000.00", "10000.00", "11000.00"]);
}

/// TCM advantage diseases: at least 70% of the matching western group, named by a column of the case.
#[test]
fn a_tcm_disease_is_raised_to_a_share_of_its_matching_group() {
    let west = "\n[table.west]\nkey = [\"group\"]\nkey_fields = [\"western_group\"]\nunit = \"decimal\"\nvalue = \"value\"\ndp = 4\n{source}\nrows = [{ group = \"G1\", value = \"2.0005\" }]\n";
    let tables =
        field("western_group", "symbol") + west + &table("weights", "group", "decimal", &[("T1", "1"), ("T2", "1.6")]);
    let steps = step("r", "weight", "weight", "table = \"weights\"\nat_least = { table = \"west\", times = \"0.70\" }")
        + &step("r", "rate", "price", "value = \"10000\"")
        + &standard_and_fund();
    let of = |id: &str, group: &str, western| Row { more: vec![More::Text(western)], ..stay(id, "H1", group, 9000) };
    let rows = [of("A", "T1", "G1"), of("B", "T2", "G1"), of("C", "T1", "")];
    let settled = settled(&rate_pack(&tables, &steps), &rows);
    // 0.70 × 2.0005 = 1.40035, published as 1.4004.
    assert_eq!(paid(&settled), ["14004.00", "16000.00", "10000.00"]);
    let words = words(&settled, 0);
    assert!(words.contains("1.0000 is below the matching group's 2.0005 × 0.7: raised to 1.4004"), "{words}");
}

/// Huludao: each disease has a yearly limit of a person; the institution is settled at actuals up to it and bears what
/// exceeds it.
#[test]
fn a_single_disease_quota_pays_actuals_up_to_the_limit_of_the_year() {
    let tables =
        field("disease", "symbol") + &table("limits", "disease", "fen", &[("diabetes", "1000"), ("stroke", "1500")]);
    let steps = step("r", "actuals", "route", "to = \"items\"\nwhen = { field = \"cost\", ge = \"0\" }")
        + &step("r", "year", "limit", "of = \"fund\"\nper = [\"person\", \"disease\"]\ntable = \"limits\"");
    let of = |id: &str, disease, cost: i64, discharge: &str| Row {
        person: "P1".to_owned(),
        discharge: discharge.to_owned(),
        more: vec![More::Text(disease)],
        ..stay(id, "H1", "", cost)
    };
    let rows = [
        of("A", "diabetes", 1000, "2025-02-01"),
        of("B", "diabetes", 1000, "2025-06-01"),
        of("C", "stroke", 1000, "2025-06-01"),
        of("D", "diabetes", 1000, "2025-07-01"),
    ];
    let settled = settled(&rate_pack(&tables, &steps), &rows);
    assert_eq!(paid(&settled), ["700.00", "300.00", "700.00", "0.00"]);
    let words = words(&settled, 1);
    assert!(
        words.contains("yearly limit of fund money 1000.00, used before 700.00, this case 700.00: 300.00"),
        "{words}"
    );
}
