//! Claims under a total, draws from the reserve, growth of the workload, pools of several methods.

use super::*;

/// Claims by item under a total.
fn items(clear: &str, pool_rest: &str) -> String {
    let mut text = head("\"ffs\"");
    text += "\n[fields.audit]\nkind = \"fen\"\n";
    text += &method("ffs", "fund", "rate");
    text += &step("ffs", "items", "route", "to = \"items\"\nwhen = { field = \"cost\", ge = \"0\" }");
    text += &step("ffs", "clear", "clear", clear);
    text + &pool("pool", "\"ffs\"", "900.00", "next_year", pool_rest)
}

fn claim(case_id: &str, institution: &str, yuan: i64, month: u8) -> Row {
    let discharge = format!("2025-{month:02}-08");
    Row { patient: 0, discharge, extras: vec![None], ..stay(case_id, institution, "G1", yuan) }
}

const PRO_RATA: &str = "over = \"pro_rata\"";

#[test]
fn claims_over_the_total_are_scaled_and_cases_add_up() {
    let rows = [claim("A", "H1", 600, 3), claim("B", "H2", 399, 3), claim("C", "H2", 1, 9)];
    let settled = settled(&items(PRO_RATA, ""), &rows);
    assert_eq!(cleared(&settled), ["540", "360"].map(yuan));
    assert_eq!(settled.cases.paid, ["540", "359.10", "0.90"].map(yuan));
    assert_eq!(settled.pools[0].residual, yuan("0"));
    let words = pool_words(&settled);
    assert!(words.contains("total 900.00, claims 1000.00, factor min(1, total / claims) = 0.900000"), "{words}");
    let under = super::settled(&items(PRO_RATA, ""), &rows[..2][..1]);
    assert_eq!((cleared(&under)[0], under.pools[0].residual), (yuan("600"), yuan("300")));
}

#[test]
fn each_quarter_has_its_own_factor() {
    // 225 a quarter.
    let rows = [claim("A", "H1", 300, 2), claim("B", "H2", 150, 3), claim("C", "H2", 100, 7)];
    let settled = settled(&items(&format!("{PRO_RATA}\nper = \"quarter\""), ""), &rows);
    assert_eq!(cleared(&settled), ["150", "175"].map(yuan));
    assert_eq!(settled.cases.paid, ["150", "75", "100"].map(yuan));
    assert_eq!(settled.pools[0].residual, yuan("575"));
    let words = row_words(&settled, 1);
    assert!(words.contains("part 1 of the year: claims 150.00 × 0.500000 = 75.00"), "{words}");
}

#[test]
fn audit_deductions_come_before_the_factor() {
    let rows = [Row { extras: vec![Some(20_000)], ..claim("A", "H1", 800, 2) }, claim("B", "H2", 400, 3)];
    let settled = settled(&items(&format!("{PRO_RATA}\ndeduct_field = \"audit\""), ""), &rows);
    assert_eq!(cleared(&settled), ["540", "360"].map(yuan));
    assert!(words(&settled, 0).contains("claim 800.00 − audit deduction 200.00 = 600.00"), "{}", words(&settled, 0));
}

#[test]
fn a_dated_draw_from_the_reserve_is_distributed() {
    let rest = r#"
[[pool.adjust]]
on = 2025-06-01
amount = "30.00"
from = "reserve"
reason = { zh = "补", en = "more" }
{source}

[pool.reserve]
opening = "100.00"
{source}

[[pool.reserve.draw]]
on = 2025-10-01
amount = "50.00"
reason = { zh = "疫情", en = "an outbreak" }
{source}"#;
    let settled = settled(&items(PRO_RATA, rest), &[claim("A", "H1", 5_000, 3)]);
    let pool = &settled.pools[0];
    assert_eq!((pool.budget, pool.drawn, pool.distributable), (yuan("900"), yuan("80"), yuan("980")));
    assert_eq!((pool.cleared, pool.reserve_out, pool.reserve_closing), (yuan("980"), yuan("80"), yuan("20")));
    let words = pool_words(&settled);
    assert!(words.contains("on 2025-10-01 from the reserve 50.00, an outbreak"), "{words}");
}

#[test]
fn growth_beyond_the_total_is_compensated_by_assessment() {
    let compensate = step(
        "m",
        "growth",
        "compensate",
        "previous_table = \"last\"\nof = \"cases\"\nabove = \"0.05\"\nshare = \"0.5\"\nscore_table = \"scores\"\nscore_at_least = \"80\"",
    );
    let reserve = "[pool.reserve]\nopening = \"100.00\"\n{source}";
    let text = points_pack("fund", &(chain("") + &clear() + &compensate), "3200.00", reserve)
        + &table("last", "institution", "ratio", &[("H1", "1"), ("H2", "1")])
        + &table("scores", "institution", "ratio", &[("H1", "90"), ("H2", "79")]);
    let rows = [
        stay("A", "H1", "G1", 900),
        stay("B", "H1", "G1", 900),
        stay("C", "H2", "G1", 900),
        stay("D", "H2", "G1", 900),
    ];
    let settled = settled(&text, &rows);
    // 2 cases against 1: 0.95 of 2 are beyond; 1,600 × 0.475 × 0.5 = 380, the reserve holds 100; H2's score is too low.
    let shared: Vec<(Fen, Fen)> = settled.rows.iter().map(|row| (row.share_wanted, row.shared)).collect();
    assert_eq!(shared, [("380", "100"), ("0", "0")].map(|(a, b)| (yuan(a), yuan(b))));
    assert!(row_words(&settled, 1).contains("the score 79 is too low"), "{}", row_words(&settled, 1));
}

/// Group points, bed-day points and heads by amount in one pool.
#[test]
fn points_and_rates_share_one_pool() {
    let mut text = head("\"drg\", \"beds\", \"heads\"");
    text += &table("points", "group", "decimal", &[("G1", "80"), ("G2", "200")]);
    text += &table("bed", "group", "decimal", &[("BED", "10")]);
    text += &table("weights", "group", "decimal", &[("HEAD", "1")]);
    for (id, points, group) in [("drg", "points", "in = [\"G1\", \"G2\"]"), ("beds", "bed", "is = \"BED\"")] {
        text += &method(id, "fund", "points");
        text += &step(id, "scope", "scope", &format!("when = {{ field = \"group\", {group} }}"));
        text += &step(id, "base", "base_points", &format!("table = \"{points}\""));
        text += &(step(id, "points", "points", "") + &step(id, "clear", "clear", ""));
    }
    text += &method("heads", "fund", "rate");
    for (id, verb, rest) in [
        ("scope", "scope", "when = { field = \"group\", is = \"HEAD\" }"),
        ("weight", "weight", "table = \"weights\""),
        ("price", "price", "value = \"100.00\""),
        ("standard", "standard", ""),
        ("fund", "fund", "mode = \"whole\""),
    ] {
        text += &step("heads", id, verb, rest);
    }
    text += &pool("pool", "\"drg\", \"beds\", \"heads\"", "3100.00", "next_year", "");
    let rows = [
        stay("A", "H1", "G1", 1),
        stay("B", "H1", "BED", 1),
        stay("C", "H2", "G2", 1),
        stay("D", "H2", "HEAD", 1),
        stay("E", "H3", "BED", 1),
    ];
    let settled = settled(&text, &rows);
    // 3,000 over 80 + 10 + 200 + 10 points.
    assert_eq!(settled.pools[0].price.unwrap().to_string(), "10.000000");
    assert_eq!(cleared(&settled), ["800", "100", "2000", "100", "100"].map(yuan));
    assert_eq!(settled.pools[0].residual, yuan("0"));
    let came: i128 =
        settled.identity.iter().filter(|line| line.is_source).map(|line| i128::from(line.amount.get())).sum();
    let gone: i128 =
        settled.identity.iter().filter(|line| !line.is_source).map(|line| i128::from(line.amount.get())).sum();
    assert_eq!((came, gone), (310_000, 310_000));
}
