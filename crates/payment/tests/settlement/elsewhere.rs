//! Care elsewhere charged to who answers for the person; leads and their members.

use super::support::text_extras;
use super::*;

/// Heads at H1 (a package by rate), visits by points, a field with the signed institution.
fn package(pool_rest: &str, charge: &str, more: &str) -> String {
    let mut text = head("\"package\", \"visits\"");
    text += "\n[fields.signed]\nkind = \"symbol\"\n";
    text += &table("weights", "group", "decimal", &[("HEAD", "1")]);
    text += &table("points", "group", "decimal", &[("G1", "80"), ("G2", "200")]);
    text += &method("package", "fund", "rate");
    for (id, verb, rest) in [
        ("scope", "scope", "when = { field = \"group\", is = \"HEAD\" }"),
        ("weight", "weight", "table = \"weights\""),
        ("price", "price", "value = \"1000.00\""),
        ("standard", "standard", ""),
        ("fund", "fund", "mode = \"whole\""),
        ("outside", "charge", charge),
    ] {
        text += &step("package", id, verb, rest);
    }
    text += &method("visits", "fund", "points");
    text += &step("visits", "scope", "scope", "when = { field = \"group\", in = [\"G1\", \"G2\"] }");
    text += &step("visits", "base", "base_points", "table = \"points\"");
    text += &step("visits", "points", "points", "");
    text += &step("visits", "clear", "clear", "");
    text + more + &pool("pool", "\"package\", \"visits\"", "3000.00", "next_year", pool_rest)
}

const CHARGE: &str = "methods = [\"visits\"]\nby = \"signed\"";

fn region_with(text: &str, rows: &[Row], signed: &[&str]) -> Region {
    let mut region = region_of(text, rows);
    text_extras(&mut region, &[signed]);
    region
}

fn head_of(institution: &str) -> Row {
    Row { cost: 0, patient: 0, ..stay(&format!("head-{institution}"), institution, "HEAD", 0) }
}

#[test]
fn points_elsewhere_are_charged_to_the_signed_institution() {
    // A at H2 is signed with H1; B at H2 with H2 itself; C at H3 with nobody.
    let rows = [head_of("H1"), stay("A", "H2", "G1", 900), stay("B", "H2", "G2", 900), stay("C", "H3", "G2", 900)];
    let settled = region_with(&package("", CHARGE, ""), &rows, &["", "H1", "H2", ""]).settled();
    // (3,000 − 1,000) over 480 − 80 points = 5 a point; A's 80 points are 400.
    assert_eq!(settled.pools[0].price.unwrap().to_string(), "5.000000");
    let figures: Vec<(Fen, Fen)> = settled.rows.iter().map(|row| (row.cleared, row.charged)).collect();
    assert_eq!(figures, [("1000", "-400"), ("1400", "0"), ("1000", "0")].map(|(a, b)| (yuan(a), yuan(b))));
    assert_eq!((settled.pools[0].charged, settled.pools[0].residual), (yuan("-400"), yuan("0")));
    assert_eq!(settled.rows[0].due, yuan("600"));
    let words = row_words(&settled, 0);
    assert!(words.contains("care elsewhere, 1 cases: fixed amounts 0.00, points 80.0000"), "{words}");
    assert!(words.contains("charged in all -400.00"), "{words}");
    assert!(super::words(&settled, 1).contains("care elsewhere: charged to H1"), "{}", super::words(&settled, 1));
    assert!(!super::words(&settled, 2).contains("charged"), "care at home is not charged");
}

#[test]
fn a_row_is_made_for_an_institution_that_only_pays() {
    let rows = [head_of("H1"), stay("A", "H2", "G1", 900), stay("B", "H2", "G1", 900)];
    let settled = region_with(&package("", CHARGE, ""), &rows, &["", "H3", "H2"]).settled();
    let row = settled.rows.iter().find(|row| row.institution == 2).unwrap();
    assert_eq!((row.cases, row.cleared, row.charged), (0, yuan("0"), yuan("-2000")));
    assert_eq!(row.due, yuan("-2000"));
    let half = region_with(&package("", &format!("{CHARGE}\ntimes = \"0.5\""), ""), &rows, &["", "H3", "H2"]).settled();
    // 160 points less half of 80.
    assert_eq!(half.rows.iter().map(|row| row.charged).min(), Some(yuan("-666.67")));
    assert_eq!(half.pools[0].residual, yuan("0"));
}

#[test]
fn an_unknown_payer_refuses_the_case() {
    let rows = [head_of("H1"), stay("A", "H2", "G1", 900), stay("B", "H2", "G1", 900)];
    let settled = region_with(&package("", CHARGE, ""), &rows, &["", "H9", "H2"]).settled();
    assert_eq!(settled.refused[0].code, "unknown_payer");
    assert_eq!(
        settled.refused[0].reason.en,
        "`signed` \"H9\" is no institution that can be charged; hint: add it to the institutions' table (with its lead), or leave the field blank"
    );
}

/// A county: H1 leads H2 and H3; heads and inside stays are claimed by one method, outside care is paid by item.
fn county(share: &str, more: &str) -> String {
    let mut text = head("\"package\", \"outside\"");
    text += "\n[fields.home]\nkind = \"symbol\"\n";
    text += &table("weights", "group", "decimal", &[("HEAD", "1")]);
    text += &table("scores", "institution", "ratio", &[("H1", "90")]);
    text += &method("package", "fund", "rate").replace("price = \"rate\"", "price = \"rate\"\npays = \"community\"");
    for (id, verb, rest) in [
        ("scope", "scope", "when = { field = \"group\", in = [\"HEAD\", \"IN\"] }"),
        ("inside", "route", "to = \"nothing\"\nwhen = { field = \"group\", is = \"IN\" }"),
        ("weight", "weight", "table = \"weights\"\nmissing = \"nothing\""),
        ("price", "price", "value = \"1000.00\""),
        ("standard", "standard", ""),
        ("fund", "fund", "mode = \"whole\""),
        ("charge", "charge", "methods = [\"outside\"]\nby = \"home\""),
        ("share", "share", share),
        ("split", "inner_split", "by = \"tier\"\nshares = { county = \"6\", town = \"3\", village = \"1\" }"),
    ] {
        text += &step("package", id, verb, rest);
    }
    text += &method("outside", "fund", "rate");
    text += &step("outside", "scope", "scope", "when = { field = \"group\", is = \"OUT\" }");
    text += &step("outside", "items", "route", "to = \"items\"\nwhen = { field = \"cost\", ge = \"0\" }");
    text += more;
    let reserve = "[pool.reserve]\nopening = \"500.00\"\n{source}";
    text + &pool("pool", "\"package\", \"outside\"", "3000.00", "next_year", reserve)
}

const COUNTY: &str = "institution,name,level,district,community,tier\nH1,First,county,all,H1,county\nH2,Second,town,all,H1,town\nH3,Third,town,all,H1,town\nX,City,tertiary,all,,\n";

const KEEP: &str = r#"overrun_from = "reserve"
saving_to = "reserve"
keep_table = "scores"
curve = [
  { upto = "1", times = { slope = "0", plus = "1" } },
  { above = "1", upto = "1.1", times = { slope = "0.5", plus = "0.5" } },
  { above = "1.1", times = { slope = "0", plus = "1.05" } },
]"#;

fn county_region(text: &str, inside: &[(&str, i64)], outside: i64) -> Region {
    let mut rows: Vec<Row> = (0..3).map(|at| Row { case_id: format!("head-{at}"), ..head_of("H2") }).collect();
    let whole = |row: Row| Row { patient: 0, ..row };
    rows.extend(inside.iter().map(|(at, cost)| whole(stay(&format!("in-{at}"), at, "IN", *cost))));
    rows.push(whole(stay("out", "X", "OUT", outside)));
    let mut home = vec![""; rows.len() - 1];
    home.push("H3");
    let mut region = support::region(text, COUNTY, &rows);
    text_extras(&mut region, &[&home]);
    region
}

#[test]
fn a_surplus_is_kept_by_score_and_split_inside() {
    // Package 3 × 1,000 − 800 outside = 2,200; used inside 1,200: 1,000 left, 90 in a hundred kept.
    let settled = county_region(&county(KEEP, ""), &[("H1", 600), ("H2", 400), ("H3", 200)], 800).settled();
    let lead = &settled.rows[0];
    assert_eq!((lead.cleared, lead.charged, lead.accounted), (yuan("3000"), yuan("-800"), yuan("1200")));
    assert_eq!((lead.shared, lead.due), (yuan("-100"), yuan("2100")));
    let inner: Vec<(u32, Fen, Fen)> = settled.inner.iter().map(|row| (row.member, row.used, row.amount)).collect();
    // 900 of surplus: 6 : 3 for county and towns (no village), the towns by use 400 : 200.
    let expected = [(0, "600", "1200"), (1, "400", "600"), (2, "200", "300")];
    assert_eq!(inner, expected.map(|(member, used, amount)| (member, yuan(used), yuan(amount))));
    let words = row_words(&settled, 0);
    assert!(words.contains("score 90: of a saving 90 in a hundred is kept"), "{words}");
    assert!(
        words.contains("2100.00: used inside 1200.00, surplus (deficit below 0) 900.00, over 3 members"),
        "{words}"
    );
}

#[test]
fn a_deficit_is_shared_with_the_fund_and_borne_inside() {
    let settled = county_region(&county(KEEP, ""), &[("H1", 1_900), ("H2", 400)], 800).settled();
    let lead = &settled.rows[0];
    // 2,300 used of 2,200: the fund bears half of the 100.
    assert_eq!((lead.shared, lead.due), (yuan("50"), yuan("2250")));
    let inner: Vec<Fen> = settled.inner.iter().map(|row| row.amount).collect();
    assert_eq!(inner, ["1866.67", "383.33", "0"].map(yuan));
}

#[test]
fn an_institution_without_a_lead_is_refused() {
    let rows = [head_of("X"), Row { patient: 0, ..stay("out", "X", "OUT", 1) }];
    let mut region = support::region(&county(KEEP, ""), COUNTY, &rows);
    text_extras(&mut region, &[&["", ""]]);
    let settled = region.settled();
    assert_eq!(settled.refused[0].code, "no_lead");
    assert!(
        settled.refused[0].reason.en.starts_with("institution \"X\" has no lead"),
        "{}",
        settled.refused[0].reason.en
    );
}
