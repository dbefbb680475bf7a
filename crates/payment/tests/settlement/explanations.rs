//! What the explanations say can be recomputed from the figures they show.

use super::*;

/// Stays of at most 2 days by item, the others by points.
fn short_by_item(basis: &str, clear: &str) -> String {
    let short = step("m", "short", "route", "to = \"items\"\nwhen = { field = \"los_days\", le = 2 }");
    points_pack(basis, &(short + &chain("") + clear), "5000.00", "")
}

fn by_item(case_id: &str) -> Row {
    Row { los_days: 2, ..stay(case_id, "H1", "G1", 1000) }
}

#[test]
fn a_row_with_items_shows_its_points_part_and_then_the_items() {
    let rows = [by_item("A"), Row { patient: 0, ..stay("B", "H1", "G1", 1000) }];
    let settled = settled(&short_by_item("cost", &clear()), &rows);
    assert_eq!(cleared(&settled), [yuan("5000")]);
    let words = row_words(&settled, 0);
    assert_eq!(
        words,
        "1. 80.0000 points × point value 53.750000 − patient and others 0.00 = by points 4300.00 (test)\n\
         2. + by item 700.00 = cleared 5000.00\n\
         3. due 5000.00\n"
    );
}

#[test]
fn where_the_printed_point_value_does_not_give_the_share_the_split_is_shown() {
    // Three equal rows share 1,000,000,000.00: the first gets the odd fen, which the printed point value happens to give.
    let rows: Vec<Row> =
        (0..300).map(|at| stay(&format!("C{at:03}"), ["H1", "H2", "H3"][at % 3], "G2", 8000)).collect();
    let settled = settled(&points_pack("fund", &(chain("") + &clear()), "1000000000.00", ""), &rows);
    assert_eq!(cleared(&settled), ["333333333.34", "333333333.33", "333333333.33"].map(yuan));
    assert_eq!(
        row_words(&settled, 0),
        "1. 20000.0000 points × point value 16666.666667 − patient and others 0.00 = by points 333333333.34 (test)\n\
         2. cleared 333333333.34\n\
         3. due 333333333.34\n"
    );
    assert_eq!(
        row_words(&settled, 1),
        "1. 20000.0000 points × point value 16666.666667 − patient and others 0.00 = by points 333333333.33 (test)\n\
         2. the point value is printed with six decimals and not multiplied: 1000000000.00 × 20000.0000 points / all 60000.0000 points, by largest remainder = 333333333.33\n\
         3. cleared 333333333.33\n\
         4. due 333333333.33\n"
    );
}

#[test]
fn a_row_paid_as_zero_says_what_the_pool_bears() {
    let rows = [Row { patient: 900_000, ..stay("A", "H1", "G1", 10000) }, stay("B", "H2", "G2", 10000)];
    let text = points_pack("cost", &(chain("") + &step("m", "clear", "clear", "floor_zero = true")), "8000.00", "");
    let settled = settled(&text, &rows);
    assert_eq!(
        row_words(&settled, 0),
        "1. 80.0000 points × point value 71.428571 − patient and others 9000.00 = by points -3285.71 (test)\n\
         2. a negative result is paid as 0.00: the pool bears 3285.71\n\
         3. cleared 0.00\n\
         4. due 0.00\n"
    );
}

#[test]
fn the_clear_step_of_a_rate_method_adds_up_its_stays() {
    let mut text =
        head("\"r\"") + &table("weights", "group", "decimal", &[("G1", "0.8")]) + &method("r", "fund", "rate");
    for (id, verb, rest) in [
        ("scope", "scope", "when = { field = \"los_days\", le = 365 }"),
        ("weight", "weight", "table = \"weights\""),
        ("price", "price", "value = \"100.00\""),
        ("standard", "standard", ""),
        ("fund", "fund", "mode = \"whole\""),
        ("clear", "clear", ""),
    ] {
        text += &step("r", id, verb, rest);
    }
    text += &pool("pool", "\"r\"", "250.00", "next_year", "");
    let settled = settled(&text, &[stay("A", "H1", "G1", 8000), stay("B", "H1", "G1", 8000)]);
    assert_eq!(
        row_words(&settled, 0),
        "1. 1.6000 weights, the amounts of its stays add up to cleared 160.00 (test)\n2. due 160.00\n"
    );
}

#[test]
fn the_outlier_ratio_and_factor_are_exact() {
    let bands = r#"over = "group_mean"
bands = [
  { upto = "3", times = { slope = "0", plus = "1" } },
  { above = "3", times = { slope = "1", plus = "-2" } },
]"#;
    let mut text = head("\"m\"");
    text += &table("points", "group", "decimal", &[("G1", "110"), ("G2", "90")]);
    text += &table("means", "group", "fen", &[("G1", "10000"), ("G2", "9000")]);
    text += &method("m", "fund", "points");
    text += &step("m", "scope", "scope", "when = { field = \"los_days\", le = 365 }");
    text += &(chain(&step("m", "high", "outlier_band", bands)) + &clear());
    text += &pool("pool", "\"m\"", "5000.00", "next_year", "");
    let rows = [
        Row { cost: 3_000_001, ..stay("A", "H1", "G1", 0) },
        stay("B", "H1", "G2", 31000),
        stay("C", "H1", "G1", 5000),
    ];
    let settled = settled(&text, &rows);
    assert_eq!(points_of(&settled), [1_100_001, 1_300_000, 1_100_000]);
    let said = |case: usize, what: &str| {
        let words = words(&settled, case);
        assert!(words.contains(what), "{words}");
    };
    said(0, "cost 30000.01 ÷ group mean 10000.00 = 3.000001, factor 1.000001");
    said(1, "cost 31000.00 ÷ group mean 9000.00 = ≈3.444444 (31/9), factor ≈1.444444 (13/9)");
    said(2, "cost 5000.00 ÷ group mean 10000.00 = 0.5000, factor 1.0000");
}

#[test]
fn a_case_paid_by_points_says_where_its_money_comes_from() {
    let rows = [by_item("A"), stay("B", "H1", "G1", 1000)];
    let settled = settled(&short_by_item("fund", &clear()), &rows);
    let last = |case: usize| words(&settled, case).lines().last().unwrap().to_owned();
    assert_eq!(last(1), "4. paid by the point value of its pool; see the clearing row");
    assert_eq!(last(0), "2. paid by item: accounted fund 700.00");
}
