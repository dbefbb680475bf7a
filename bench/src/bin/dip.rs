//! DIP: stays matched per second in memory, and a catalogue rebuilt from stays drawn from the published one.
//!
//! ```text
//! YIBAO_DATA=… cargo run --release -p yibao-bench --bin dip -- --date 2026-01-01 [--stays 1870844] [--results bench/results]
//! ```

use std::fmt::Write as _;
use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, anyhow};
use clap::Parser;
use yibao_batch::dip::{BuildFile, Built, Gathered, KeyList, build};
use yibao_bench::{machine, published};
use yibao_grouping::dip::{DipCase, Kind, ProcedureTypes, Row};
use yibao_kernel::Ratio;
use yibao_policy::Folder;
use yibao_synth::dip::DipRegion;

/// Measures DIP.
#[derive(Parser)]
struct Args {
    /// Number of stays drawn: by default as many as the statistics count.
    #[arg(long, default_value_t = 1_847_239)]
    stays: u64,
    /// Seed.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// Date of the results, as they print it.
    #[arg(long, default_value = "undated")]
    date: String,
    /// Folder of the results pages; nothing is written without it.
    #[arg(long)]
    results: Option<PathBuf>,
}

/// How the catalogue is rebuilt; the year weights are filled in.
const PLAN: &str = r#"
[build]
id = "rebuilt"
title = { zh = "重建目录", en = "rebuilt catalogue" }
version = "2025"
from = 2025-01-01
years = [{ year = 2022, weight = "W0" }, { year = 2023, weight = "W1" }, { year = 2024, weight = "W2" }]
weighting_of = "means"
core = { cases = 15, inclusive = true }
comprehensive = { cases = 15, inclusive = true }
dx_length = 5
comprehensive_dx_length = 3
blank_row = "KBBZ"
criteria = ["contains_principal_procedure", "most_terms", "most_procedures_matched", "highest_points"]
scale = "1000"
reference = { to = "quota", amount = "5718.15" }
trim = { method = "none" }
trim_scope = "group"
dp = 6
trust = "derived"
"#;

struct Drawn {
    gathered: Gathered,
    /// Stays drawn per published row.
    counts: Vec<u64>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let (rows, types, _) = published::rows()?;
    let (places, groups): (Vec<usize>, Vec<_>) = published::drawn(&rows).into_iter().unzip();
    let region = DipRegion::new(groups, published::pools(&rows, &types), vec![2022, 2023, 2024], args.seed)?;
    let mut drawn = Drawn { gathered: Gathered::default(), counts: vec![0; rows.len()] };
    for number in 0..args.stays {
        let stay = region.stay(number);
        drawn.gathered.push(&stay.dx, &stay.procedures, stay.year, stay.cost, Some(stay.los_days));
        if let Some(count) = places.get(stay.group).and_then(|at| drawn.counts.get_mut(*at)) {
            *count += 1;
        }
    }
    let speed = speed(&args, &drawn)?;
    println!("{speed}");
    let mut page = head(&args, &drawn);
    for (title, weights) in [("Year weights 1 : 2 : 7", ["1", "2", "7"]), ("Year weights 1 : 1 : 1", ["1", "1", "1"])] {
        let built = rebuild(weights, &drawn.gathered, &types)?;
        write!(page, "\n## {title}\n\n{}", compare(&rows, &built, &drawn)?)?;
    }
    page.push_str(include_str!("dip_rebuild_limits.md"));
    println!("{page}");
    if let Some(results) = &args.results {
        std::fs::create_dir_all(results)?;
        std::fs::write(results.join("dip.md"), speed)?;
        std::fs::write(results.join("dip_rebuild.md"), page)?;
    }
    Ok(())
}

/// Matches the drawn stays in memory, in the order drawn, on one thread.
fn speed(args: &Args, drawn: &Drawn) -> Result<String> {
    let catalogue = published::catalogue()?;
    let mut matcher = catalogue.matcher();
    let pairs = &drawn.gathered.pairs;
    let mut lines = String::new();
    for run in 1..=3 {
        let (mut grouped, mut ties) = (0_u64, 0_u64);
        let start = Instant::now();
        for stay in &drawn.gathered.stays {
            let Some(pair) = pairs.get(stay.pair as usize) else { continue };
            let answer = matcher.assign(black_box(&DipCase {
                dx: pair.dx.as_bytes(),
                procedures: pair.procedures.as_bytes(),
                cost: Some(stay.cost),
                los_days: stay.los_days,
                ..DipCase::default()
            }));
            grouped += u64::from(answer.row.is_some());
            ties += u64::from(answer.tie);
        }
        let micros = u64::try_from(start.elapsed().as_micros())?.max(1);
        let count = drawn.gathered.stays.len() as u64;
        writeln!(
            lines,
            "| {run} | {}.{:03} | {} | {} | {ties} |",
            micros / 1_000_000,
            micros / 1000 % 1000,
            machine::grouped(count * 1_000_000 / micros),
            machine::grouped(grouped)
        )?;
    }
    Ok(format!(
        "# DIP matching\n\n{}, {}. Release build. {} stays drawn from the published catalogue of {} rows by seed {} \
         (`crates/synth/src/dip.rs`), {} distinct pairs of diagnosis and procedures, in memory as texts, one thread, in \
         the order drawn.\n\n| run | seconds | stays per second | with a group | decided by order |\n|---|---:|---:|---:|---:|\n{lines}\n{}",
        args.date,
        machine::description(),
        machine::grouped(drawn.gathered.stays.len() as u64),
        catalogue.rows().len(),
        args.seed,
        machine::grouped(pairs.len() as u64),
        include_str!("dip_limits.md"),
    ))
}

fn rebuild(weights: [&str; 3], gathered: &Gathered, types: &ProcedureTypes) -> Result<Built> {
    let [first, second, third] = weights;
    let text = PLAN.replace("W0", first).replace("W1", second).replace("W2", third);
    let file: BuildFile =
        Folder::of_text("build.toml", &text).and_then(|folder| folder.decode()).map_err(|found| anyhow!("{found}"))?;
    let none = KeyList::default();
    Ok(build(&file.build, gathered, types, &none, &none, NonZeroUsize::MIN)?)
}

fn head(args: &Args, drawn: &Drawn) -> String {
    format!(
        "# A catalogue rebuilt\n\n{}. {} stays drawn by seed {} from the published groups by their share, mean cost, \
         coefficient of variation and length of stay (`bench/src/bin/dip.rs`, `crates/synth/src/dip.rs`), a third in \
         each of three years; the catalogue made from them by `build` (core from 15 cases, no trimming, points against \
         5718.15 yuan) and compared with the published points, by the number of stays drawn for the group.\n",
        args.date,
        machine::grouped(drawn.gathered.stays.len() as u64),
        args.seed
    )
}

/// Bands of a group's size.
const BANDS: [(u64, u64); 6] = [(1, 29), (30, 99), (100, 299), (300, 999), (1000, 9999), (10_000, u64::MAX)];

/// The published groups found again, by size: how far the points are off.
fn compare(rows: &[Row], built: &Built, drawn: &Drawn) -> Result<String> {
    let mut by_size: Vec<Vec<u64>> = vec![Vec::new(); BANDS.len()];
    let mut missing = vec![0_u64; BANDS.len()];
    let mut weighted = (0_u128, 0_u128);
    for (row, count) in rows.iter().zip(&drawn.counts).filter(|(_, count)| **count > 0) {
        let band = BANDS.iter().position(|(low, high)| (low..=high).contains(&count)).unwrap_or(0);
        match found(row, built) {
            Some(off) => {
                weighted = (weighted.0 + u128::from(off) * u128::from(*count), weighted.1 + u128::from(*count));
                if let Some(list) = by_size.get_mut(band) {
                    list.push(off);
                }
            }
            None => {
                if let Some(count) = missing.get_mut(band) {
                    *count += 1;
                }
            }
        }
    }
    let mut text = String::from(
        "| stays of the group | groups | found again | within 1% | within 5% | within 10% | median | largest |\n|---|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    let mut all: Vec<u64> = Vec::new();
    for (((low, high), list), missing) in BANDS.iter().zip(&mut by_size).zip(&missing) {
        let name = if *high == u64::MAX { format!("{low} and more") } else { format!("{low} to {high}") };
        text.push_str(&line(&name, list, *missing));
        all.append(list);
    }
    text.push_str(&line("all", &mut all, missing.iter().sum()));
    let of = |kind: Kind| built.rows.iter().filter(|row| row.kind == kind).count();
    writeln!(
        text,
        "\nRebuilt: {} core, {} comprehensive rows, {} rounds of matching; {} stays in the blank row. Mean deviation by stays: {}.",
        of(Kind::Core),
        of(Kind::Comprehensive),
        built.rounds,
        built.rows.iter().filter(|row| row.kind == Kind::Fallback).filter_map(|row| row.cases).sum::<u64>(),
        percent(u64::try_from(weighted.0 / weighted.1.max(1))?)
    )?;
    Ok(text)
}

fn line(name: &str, list: &mut [u64], missing: u64) -> String {
    list.sort_unstable();
    let total = list.len() as u64;
    let within = |bound: u64| {
        let count = list.iter().filter(|off| **off <= bound).count() as u64;
        percent(count * 1_000_000 / total.max(1))
    };
    format!(
        "| {name} | {} | {total} | {} | {} | {} | {} | {} |\n",
        total + missing,
        within(10_000),
        within(50_000),
        within(100_000),
        percent(list.get(list.len() / 2).copied().unwrap_or(0)),
        percent(list.last().copied().unwrap_or(0))
    )
}

/// Millionths as per cent with two decimals.
fn percent(micro: u64) -> String {
    format!("{}.{:02}%", micro / 10_000, micro / 100 % 100)
}

/// How far the rebuilt points of a published row are off, in millionths; `None` when no rebuilt row is the same.
fn found(row: &Row, built: &Built) -> Option<u64> {
    let same = |other: &&Row| {
        let kind = (row.kind == Kind::Comprehensive) == (other.kind == Kind::Comprehensive);
        kind && other.kind != Kind::Fallback
            && other.dx == row.dx
            && (row.kind != Kind::Comprehensive || other.treatment == row.treatment)
            && other.procedures.sorted() == row.procedures.sorted()
    };
    let other = built.rows.iter().filter(|other| other.dx == row.dx).find(same)?;
    let ratio = other.points?.ratio().checked_div(row.points?.ratio()).ok()?.checked_sub(Ratio::ONE).ok()?;
    let size = if ratio.is_negative() { ratio.negated() } else { ratio };
    u64::try_from(size.round(6, yibao_kernel::Mode::HalfUp).ok()?).ok()
}
