//! How fast a year settles: `cargo test --release -p yibao-payment --test speed -- --ignored --nocapture`.
//! `STAYS` sets the number of stays (default 2,000,000).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::time::Instant;

use support::{Region, head, method, plan_of, pool, step, table};
use yibao_kernel::{Day, Fen};
use yibao_record::stays::{GroupStatus, Stays, Symbol, Symbols};

const GROUPS: u64 = 700;
const INSTITUTIONS: u64 = 300;

/// SplitMix64: a fixed sequence, no dependency.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn mean_yuan(group: u64) -> u64 {
    3_000 + group * 37
}

fn pack(quota: bool) -> String {
    let names: Vec<String> = (0..GROUPS).map(|group| format!("G{group}")).collect();
    let means: Vec<String> = (0..GROUPS).map(|group| mean_yuan(group).to_string()).collect();
    let rows: Vec<(&str, &str)> = names.iter().zip(&means).map(|(name, mean)| (name.as_str(), mean.as_str())).collect();
    let hospitals: Vec<(String, String)> =
        (0..INSTITUTIONS).map(|at| (format!("H{at}"), format!("1.{:04}", at * 7 % 3000))).collect();
    let coefficients: Vec<(&str, &str)> =
        hospitals.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let high = if quota {
        r#"to = "items", quota = { share = "0.05", of = "discharges", scope = "institution", rank_by = "over_standard" }"#
    } else {
        r#"times = { slope = "1", plus = "-2" }"#
    };
    let bands = format!(
        r#"over = "group_mean"
bands = [
  {{ upto = "0.4", times = {{ slope = "1", plus = "0" }} }},
  {{ above = "0.4", upto = "0.8", times = {{ slope = "1", plus = "0.2" }} }},
  {{ above = "0.8", upto = "3", times = {{ slope = "0", plus = "1" }} }},
  {{ above = "3", {high} }},
]"#
    );
    let curve = r#"overrun_from = "reserve"
saving_to = "reserve"
curve = [
  { upto = "1", times = { slope = "0", plus = "1" } },
  { above = "1", upto = "1.2", times = { slope = "0.5", plus = "0.5" } },
  { above = "1.2", times = { slope = "0", plus = "1.1" } },
]"#;
    let one = |id: &str, verb: &str, rest: &str| step("drg", id, verb, rest);
    let mut text = head("\"drg\"");
    text += &table("means", "group", "fen", &rows);
    text += &table("coefficients", "institution", "decimal", &coefficients);
    text += &method("drg", "cost", "points");
    text += &one("scope", "scope", "when = { field = \"los_days\", le = 60 }");
    text += &one("all", "all_mean", "value = \"12000.00\"");
    text += &one("short", "route", "to = \"items\"\nwhen = { field = \"los_days\", le = 1 }");
    text += &one("base", "base_points", "mean_table = \"means\"");
    text += &one("mean", "group_mean", "table = \"means\"");
    text += &one("coefficient", "coefficient", "form = \"table\"\ntable = \"coefficients\"");
    text += &one("bands", "outlier_band", &bands);
    text += &one("points", "points", "");
    text += &one("prepay", "monthly_prepay", "rate = \"0.85\"");
    text += &one("clear", "clear", "");
    text += &one("share", "share", curve);
    text += &one("offset", "offset", "");
    let reserve =
        "[[pool.deduct]]\nid = \"adjust\"\nbasis = \"share_of_amount\"\nvalue = \"5%\"\nto = \"reserve\"\n{source}";
    text + &pool("inpatient", "\"drg\"", "9000000000000.00", "reserve", reserve)
}

fn stays(count: usize, symbols: &mut Symbols) -> Stays {
    let mut stays = Stays::default();
    let mut state = 7;
    let groups: Vec<Symbol> = (0..GROUPS).map(|group| symbols.intern(&format!("G{group}"))).collect();
    let hospitals: Vec<Symbol> = (0..INSTITUTIONS).map(|at| symbols.intern(&format!("H{at}"))).collect();
    let first = Day::parse("2025-01-01").unwrap();
    for case in 0..count {
        let draw = next(&mut state);
        let group = draw % GROUPS;
        let spread = 30 + (draw >> 20) % 120 + if draw >> 60 == 0 { 250 } else { 0 };
        let cost = i64::try_from(mean_yuan(group) * spread + (draw >> 40) % 100).unwrap();
        let discharge = first.add_days(i32::try_from((draw >> 10) % 365).unwrap()).unwrap();
        stays.case_id.push(&format!("{case:010}"));
        stays.source_row.push(case as u64);
        stays.person.push(Symbol::NONE);
        stays.institution.push(hospitals[usize::try_from((draw >> 30) % INSTITUTIONS).unwrap()]);
        stays.insurance.push(Symbol::NONE);
        stays.district.push(Symbol::NONE);
        stays.admission.push(None);
        stays.discharge.push(discharge);
        stays.los_days.push(i32::try_from(1 + (draw >> 5) % 30).unwrap());
        stays.age_years.push(None);
        stays.sex.push(0);
        stays.cost.push(Fen::new(cost));
        stays.fund.push(Fen::new(cost - cost * 3 / 10));
        stays.patient.push(Fen::new(cost * 3 / 10));
        stays.group.push(groups[usize::try_from(group).unwrap()]);
        stays.adrg.push(Symbol::NONE);
        stays.mdc.push(Symbol::NONE);
        stays.group_status.push(GroupStatus::Grouped);
        stays.discharge_status.push(Symbol::NONE);
        stays.dept.push(Symbol::NONE);
        stays.incomplete.push(false);
        stays.special.push(Symbol::NONE);
    }
    stays
}

fn peak_kib() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_whitespace().nth(1).unwrap_or("?").to_owned()
    };
    format!("resident {} KiB, peak {} KiB", value("VmRSS:"), value("VmHWM:"))
}

/// Processor time of all threads so far, in hundredths of a second: what a busy machine does not distort.
fn processor_ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.split_whitespace().collect();
    [13, 14].iter().filter_map(|at| fields.get(*at)?.parse::<u64>().ok()).sum()
}

#[test]
#[ignore = "a measurement"]
fn a_year_settles() {
    let count = std::env::var("STAYS").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000_000);
    for quota in [false, true] {
        let mut symbols = Symbols::default();
        let institutions: String = (0..INSTITUTIONS).map(|at| format!("H{at},H{at},tertiary,all\n")).collect();
        let plan = plan_of(&pack(quota), &format!("institution,name,level,district\n{institutions}"), &mut symbols);
        let stays = stays(count, &mut symbols);
        println!("{count} stays made: {}", peak_kib());
        let region = Region { plan, symbols, stays };
        let (start, ticks) = (Instant::now(), processor_ticks());
        let settled = region.settled();
        println!(
            "quota {quota}: settled in {} ms ({}0 ms of processor time), {} explanation bytes a case, point value {}, {}",
            start.elapsed().as_millis(),
            processor_ticks() - ticks,
            settled.cases.explanation.len() / count,
            settled.pools[0].price.unwrap(),
            peak_kib(),
        );
        assert!(settled.refused.is_empty());
    }
}
