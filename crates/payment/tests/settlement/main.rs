//! Settlements of small regions: methods through the real loader, compiler and engine.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod capitation;
mod ceilings;
mod chains;
mod days;
mod deviation;
mod diseases;
mod elsewhere;
mod entries;
mod explanations;
mod pools;
mod printed;
mod properties;
mod quotas;
mod refusals;
mod reviews;
mod routes;
#[path = "../support/mod.rs"]
mod support;
mod totals;
mod unit_laws;
mod year;
mod year_laws;

use support::{More, Region, Row, field, head, method, pool, region, step, table};
use yibao_kernel::Fen;
use yibao_kernel::explain::Lang;
use yibao_payment::settled::Settled;

/// Three institutions in rank order.
const INSTITUTIONS: &str =
    "institution,name,level,district\nH1,First,tertiary,all\nH2,Second,secondary,all\nH3,Third,secondary,all\n";

fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text.as_bytes()).unwrap()
}

/// A rate method `r` on the fund basis with these steps behind its scope, the standard paid whole; `tables` first.
fn rate_pack(tables: &str, steps: &str) -> String {
    let mut text = head("\"r\"") + tables + &method("r", "fund", "rate");
    text += &step("r", "scope", "scope", "when = { field = \"los_days\", le = 3650 }");
    text += steps;
    text + &pool("pool", "\"r\"", "90000000.00", "next_year", "")
}

/// `standard` and `fund`, whole.
fn standard_and_fund() -> String {
    step("r", "standard", "standard", "") + &step("r", "fund", "fund", "mode = \"whole\"")
}

fn standards(settled: &Settled) -> Vec<String> {
    settled.cases.outcome.iter().map(|outcome| outcome.standard.to_string()).collect()
}

fn paid(settled: &Settled) -> Vec<String> {
    settled.cases.paid.iter().map(ToString::to_string).collect()
}

/// Cost in yuan.
fn stay(case_id: &str, institution: &str, group: &str, cost_yuan: i64) -> Row {
    Row::new(case_id, institution, group, cost_yuan * 100)
}

/// A points method `m` with these steps between scope and clearing; base points 80 and 200, means 8,000 and 20,000.
fn points_pack(basis: &str, steps: &str, budget: &str, pool_rest: &str) -> String {
    let mut text = head("\"m\"");
    text += &table("points", "group", "decimal", &[("G1", "80"), ("G2", "200")]);
    text += &table("means", "group", "fen", &[("G1", "8000"), ("G2", "20000")]);
    text += &method("m", basis, "points");
    text += &step("m", "scope", "scope", "when = { field = \"los_days\", le = 365 }");
    text += steps;
    text + &pool("pool", "\"m\"", budget, "next_year", pool_rest)
}

/// The chain of a points method: base points, mean, points, then these.
fn chain(rest: &str) -> String {
    step("m", "base", "base_points", "table = \"points\"")
        + &step("m", "mean", "group_mean", "table = \"means\"")
        + rest
        + &step("m", "points", "points", "")
}

fn clear() -> String {
    step("m", "clear", "clear", "")
}

fn cleared(settled: &Settled) -> Vec<Fen> {
    settled.rows.iter().map(|row| row.cleared).collect()
}

fn points_of(settled: &Settled) -> Vec<i64> {
    settled.cases.outcome.iter().map(|outcome| outcome.points).collect()
}

fn words(settled: &Settled, case: usize) -> String {
    settled.book.render_text(&settled.cases.explanations.get(case).unwrap(), Lang::En).unwrap()
}

fn settled(text: &str, rows: &[Row]) -> Settled {
    region(text, INSTITUTIONS, rows).settled()
}

/// The explanation of a clearing row.
fn row_words(settled: &Settled, row: usize) -> String {
    settled.book.render_text(&settled.rows[row].explanation, Lang::En).unwrap()
}

/// The explanation of the pool.
fn pool_words(settled: &Settled) -> String {
    settled.book.render_text(&settled.pools[0].explanation, Lang::En).unwrap()
}

fn refusal(text: &str, rows: &[Row]) -> String {
    region(text, INSTITUTIONS, rows).refusal()
}

fn region_of(text: &str, rows: &[Row]) -> Region {
    region(text, INSTITUTIONS, rows)
}
