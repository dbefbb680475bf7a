//! Example `e2e.points_region` of the reference data through the program: one region, two hospitals, from stays to due.
//! The pack is written from the example's inputs, so that any example of this shape passes.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::program::{Desk, reference_data};
use super::settled::{Folder, Row};

const EXAMPLE: &str = "e2e.points_region";

fn example(data: &std::path::Path) -> Value {
    let text = std::fs::read_to_string(data.join("payment/examples.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let examples = all["examples"].as_array().unwrap();
    examples.iter().find(|one| one["id"] == EXAMPLE).unwrap().clone()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} is a text in {value}"))
}

fn entries<'a>(value: &'a Value, key: &str) -> &'a Map<String, Value> {
    value[key].as_object().unwrap_or_else(|| panic!("{key} is a table in {value}"))
}

/// A decimal text in ten-thousandths.
fn scaled(text: &str) -> i64 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(fraction.len() <= 4, "{text}");
    sign * format!("{whole}{fraction:0<4}").parse::<i64>().unwrap()
}

/// Ten-thousandths as a decimal text.
fn unscaled(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}.{:04}", value.abs() / 10_000, value.abs() % 10_000)
}

/// 1 + the product of two numbers in ten-thousandths, exact.
fn product_and_one(left: i64, right: i64) -> String {
    let value = 100_000_000 + left * right;
    format!("{}.{:08}", value / 100_000_000, value % 100_000_000)
}

/// The pack: groups, coefficients, bands, budget, sharing, prepayment of the example.
fn pack(inputs: &Value) -> String {
    let mut tables = String::new();
    let mut row = |table: &str, key: &str, name: &str, value: &str| {
        writeln!(tables, "[[table.{table}.rows]]\n{key} = \"{name}\"\nvalue = \"{value}\"\n").unwrap();
    };
    for (name, group) in entries(inputs, "groups") {
        row("base_points", "group", name, text(group, "base_points"));
        row("means", "group", name, text(group, "mean"));
    }
    for (name, value) in entries(inputs, "coef") {
        row("coefficients", "institution", name, value.as_str().unwrap());
    }
    for (name, _) in entries(inputs, "groups").iter().filter(|(_, group)| group["same_price"] == true) {
        writeln!(tables, "[[table.same_price.rows]]\ngroup = \"{name}\"\n").unwrap();
    }
    let coefficient_on = if inputs["coef_applies_to_outliers"] == true { "all" } else { "standard" };
    let template = include_str!("points_region.toml");
    let one = 10_000;
    let high_plus = one - scaled(text(inputs, "high_limit"));
    let share = scaled(text(inputs, "overrun_share"));
    let cap = scaled(text(inputs, "overrun_cap"));
    let keep = scaled(text(inputs, "surplus_keep"));
    let values = [
        ("LOW_AT", text(inputs, "low_at").to_owned()),
        ("BAND_TO", text(inputs, "band_to").to_owned()),
        ("BAND_ADD", text(inputs, "band_add").to_owned()),
        ("HIGH_LIMIT", text(inputs, "high_limit").to_owned()),
        ("HIGH_PLUS", unscaled(high_plus)),
        ("COEFFICIENT_ON", coefficient_on.to_owned()),
        ("PATIENT_SHARE", text(inputs, "patient_share").to_owned()),
        ("BUDGET", text(inputs, "budget").to_owned()),
        ("ADJUST_RATE", text(inputs, "adjust_rate").to_owned()),
        // Of a saving the hospital keeps `surplus_keep`: y = x + keep (1 - x).
        ("SAVING_SLOPE", unscaled(one - keep)),
        ("SAVING_PLUS", unscaled(keep)),
        // Of an overrun `overrun_share` is paid, up to `overrun_cap` of what was cleared.
        ("OVERRUN_SHARE", unscaled(share)),
        ("OVERRUN_PLUS", unscaled(one - share)),
        ("OVERRUN_END", unscaled(one + cap)),
        ("OVERRUN_MOST", product_and_one(share, cap)),
        ("PREPAY_RATE", text(inputs, "prepay_rate").to_owned()),
    ];
    let pack = values.iter().fold(template.to_owned(), |pack, (name, value)| {
        let mark = format!("@{name}@");
        assert!(pack.contains(&mark), "{mark}");
        pack.replace(&mark, value)
    });
    assert!(!pack.contains('@'), "every mark is filled in");
    pack + "\n" + &tables
}

fn institutions(inputs: &Value) -> String {
    let rows = entries(inputs, "coef").keys().map(|name| format!("{name},{name},all,all\n"));
    std::iter::once("institution,name,level,district\n".to_owned()).chain(rows).collect()
}

fn stays(inputs: &Value) -> String {
    let mut text_of = String::from("case_id,institution,group,discharge,los_days,cost\n");
    for (at, case) in (1..).zip(inputs["cases"].as_array().unwrap()) {
        let (hospital, group, cost) = (text(case, "hospital"), text(case, "group"), text(case, "cost"));
        writeln!(text_of, "C{at},{hospital},{group},2025-06-30,5,{cost}").unwrap();
    }
    text_of
}

fn row_of<'a>(rows: &'a [Row], hospital: &str) -> &'a Row {
    rows.iter().find(|row| row["institution"] == hospital).unwrap_or_else(|| panic!("a row of {hospital}"))
}

#[track_caller]
fn column_is(rows: &[Row], column: &str, expected: &Value) {
    for (hospital, value) in expected.as_object().unwrap() {
        assert_eq!(row_of(rows, hospital)[column], value.as_str().unwrap(), "{column} of {hospital}");
    }
}

#[test]
fn the_example_region_is_cleared_to_the_fen() {
    let Some(data) = reference_data() else { return };
    let example = example(&data);
    let (inputs, expected) = (&example["inputs"], &example["expected"]);
    let desk = Desk::empty();
    desk.write("region/pack.toml", pack(inputs));
    desk.write("region/institutions.csv", institutions(inputs));
    desk.write("region/institutions.csv.source.toml", "source = { fictional = true }\n");
    desk.write("region/stays.csv", stays(inputs));
    desk.settle(&[]).ended(0);

    let folder = Folder(desk.path("out"));
    let points: Vec<Value> = folder.cases(&["points"]).into_iter().map(|case| case["points"].clone().into()).collect();
    assert_eq!(Value::Array(points), expected["case_points"]);
    let rows = folder.csv("clearing.csv");
    for (column, name) in [
        ("units", "points"),
        ("cleared", "cleared"),
        ("accounted", "actual_fund"),
        ("shared", "share_paid"),
        ("prepaid", "prepaid"),
        ("due", "balance_due"),
    ] {
        column_is(&rows, column, &expected[name]);
    }
    reasons_say(&folder, expected);
    let fen = |row: &Row, column| super::settled::fen(row, column);
    let finals = rows.iter().map(|row| (row["institution"].clone(), fen(row, "cleared") + fen(row, "shared")));
    let finals: Vec<(String, i128)> = finals.collect();
    for (hospital, amount) in &finals {
        assert_eq!(*amount, super::settled::number(text(&expected["final"], hospital), 2), "final of {hospital}");
    }
    let sum: i128 = finals.iter().map(|(_, amount)| amount).sum();
    assert_eq!(sum, super::settled::number(text(expected, "sum_final"), 2));
    folder.adds_up();
}

/// The point value, and what the sharing rule asked for, stand in the stored reasons.
fn reasons_say(folder: &Folder, expected: &Value) {
    let reasons = folder.json("reasons.json");
    let figure = |entry: &Value, name: &str| {
        let figures = entry["figures"].as_array().unwrap();
        let found = figures.iter().find(|figure| figure[0] == name).unwrap_or_else(|| panic!("{name} in {entry}"));
        found[1].clone()
    };
    assert_eq!(figure(&reasons["pools"][0], "price"), expected["pv"]);
    for row in reasons["rows"].as_array().unwrap() {
        let hospital = text(row, "institution");
        assert_eq!(figure(row, "share_wanted"), expected["share_wanted"][hospital], "{hospital}");
    }
}
