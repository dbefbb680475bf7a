//! Benchmark of grouping: in memory, CSV to CSV, Parquet to Parquet, on one and two threads.
//!
//! ```text
//! YIBAO_DATA=… cargo run --release -p yibao-bench --bin group -- --date 2026-01-01 [--cases 5000000] [--results bench/results]
//! ```
//! Every part runs in a process of its own, so that its peak of memory is its own.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Parser;
use yibao_batch::group::{GroupOptions, Summary, group_file};
use yibao_batch::rejects::Rejects;
use yibao_bench::cases::{self, Case, Perturbed};
use yibao_bench::machine;
use yibao_grouping::{CodeId, Scheme, Sex, TextId};

/// Measures grouping.
#[derive(Parser, Clone)]
struct Args {
    /// Number of cases.
    #[arg(long, default_value_t = 5_000_000)]
    cases: usize,
    /// Date of the results, as they print it.
    #[arg(long, default_value = "undated")]
    date: String,
    /// Folder of the results page; nothing is written without it.
    #[arg(long)]
    results: Option<PathBuf>,
    /// Folder for the files of the run.
    #[arg(long, default_value_os_t = std::env::temp_dir().join("yibao-bench-group"))]
    folder: PathBuf,
    /// Seed of the perturbation.
    #[arg(long, default_value_t = 2026)]
    seed: u64,
    /// Runs one part (for the program itself).
    #[arg(long, hide = true)]
    part: Option<String>,
}

/// The parts in their order: name, what it is.
const PARTS: [(&str, &str); 7] = [
    ("make", "make the input"),
    ("memory:chs_drg_11", "in memory, interned columns, `chs_drg_11`"),
    ("memory:chs_drg_20", "in memory, interned columns, `chs_drg_20`"),
    ("csv:1", "CSV to CSV, 1 thread"),
    ("csv:2", "CSV to CSV, 2 threads"),
    ("parquet:1", "Parquet to Parquet, 1 thread"),
    ("parquet:2", "Parquet to Parquet, 2 threads"),
];

fn main() -> Result<()> {
    let args = Args::parse();
    match &args.part {
        Some(part) => run_part(&args, part),
        None => run_all(&args),
    }
}

fn data() -> Result<PathBuf> {
    let folder = std::env::var_os("YIBAO_DATA").context("set YIBAO_DATA to the reference-data folder")?;
    Ok(PathBuf::from(folder).join("drg"))
}

fn run_all(args: &Args) -> Result<()> {
    std::fs::create_dir_all(&args.folder)?;
    let program = std::env::current_exe()?;
    let mut rows = Vec::new();
    let mut facts = BTreeMap::new();
    for (part, what) in PARTS {
        let output = Command::new(&program)
            .args(["--part", part, "--cases", &args.cases.to_string(), "--seed", &args.seed.to_string()])
            .arg("--folder")
            .arg(&args.folder)
            .output()?;
        if !output.status.success() {
            bail!("part {part}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let text = String::from_utf8(output.stdout)?;
        let found: BTreeMap<&str, &str> = text.lines().filter_map(|line| line.split_once('=')).collect();
        for (name, value) in &found {
            facts.insert(format!("{part}.{name}"), (*value).to_owned());
        }
        let get = |name: &str| found.get(name).copied().unwrap_or("").to_owned();
        let row =
            format!("| {what} | {} | {} | {} | {} |", get("seconds"), get("rate"), get("cpu_seconds"), get("peak_mib"));
        eprintln!("{row}");
        if part != "make" {
            rows.push(row);
        }
    }
    if let Some(results) = &args.results {
        std::fs::create_dir_all(results)?;
        std::fs::write(results.join("group.md"), page(args, &rows, &facts)?)?;
    }
    std::fs::remove_dir_all(&args.folder)?;
    Ok(())
}

fn page(args: &Args, rows: &[String], facts: &BTreeMap<String, String>) -> Result<String> {
    let get = |name: &str| facts.get(name).cloned().unwrap_or_default();
    let ratio = |kind: &str| -> Result<String> {
        let rate = |threads: &str| get(&format!("{kind}:{threads}.rate")).replace(' ', "").parse::<u64>();
        Ok(machine::ratio(rate("2")?, rate("1")?))
    };
    let rows = rows.join("\n");
    Ok(format!(
        "# Grouping\n\n{}, {}. Release build, {} cases made from the golden cases of `chs_drg_11` by seed {} \
         (`bench/src/cases.rs`), in random order, {} of them distinct.\n\n\
         | part | seconds | cases per second | CPU seconds | peak memory, MiB |\n|---|---:|---:|---:|---:|\n{rows}\n\n\
         Two threads against one: CSV {}x, Parquet {}x.\n\n{}",
        args.date,
        machine::description(),
        machine::grouped(args.cases as u64),
        args.seed,
        get("make.distinct"),
        ratio("csv")?,
        ratio("parquet")?,
        LIMITS,
    ))
}

const LIMITS: &str = include_str!("group_limits.md");

fn run_part(args: &Args, part: &str) -> Result<()> {
    let (kind, what) = part.split_once(':').unwrap_or((part, ""));
    match kind {
        "make" => make(args),
        "memory" => memory(args, what),
        "csv" => file(args, "csv", what.parse()?),
        "parquet" => file(args, "parquet", what.parse()?),
        _ => bail!("no part {part}"),
    }
}

/// Writes the input as CSV and as Parquet.
fn make(args: &Args) -> Result<()> {
    let golden = cases::golden(&data()?.join("golden/chs_drg_11.csv"))?;
    let mut stream = Perturbed::new(&golden, args.seed);
    let place = args.folder.join("in.csv");
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(&place)?);
    writeln!(out, "{}", cases::HEADER)?;
    let mut seen = rustc_hash::FxHashSet::default();
    let mut case = Case::default();
    let mut row = Vec::new();
    for id in 1..=args.cases {
        stream.next_into(&mut case);
        row.clear();
        cases::push_row(&mut row, &case);
        seen.insert(hash(&row));
        write!(out, "{id},")?;
        out.write_all(&row)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    yibao_bench::columns::csv_to_parquet(&place, &args.folder.join("in.parquet"))?;
    println!("distinct={}", machine::grouped(seen.len() as u64));
    Ok(())
}

fn hash(bytes: &[u8]) -> u64 {
    use std::hash::Hasher;
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(bytes);
    hasher.finish()
}

/// Sex, age in years, age in days, weight in grams, stay in days, discharge, department.
type Facts = (Sex, Option<i32>, Option<i32>, Option<i32>, i32, TextId, TextId);

/// Cases on interned columns.
#[derive(Default)]
struct Columns {
    facts: Vec<Facts>,
    dx: Vec<CodeId>,
    dx_ends: Vec<u32>,
    proc: Vec<CodeId>,
    proc_ends: Vec<u32>,
}

fn memory(args: &Args, name: &str) -> Result<()> {
    let data = data()?;
    let scheme = Scheme::open(&data.join("schemes").join(name))?;
    let golden = cases::golden(&data.join("golden").join(format!("{name}.csv")))?;
    let mut stream = Perturbed::new(&golden, args.seed);
    let mut columns = Columns::default();
    let mut case = Case::default();
    for _ in 0..args.cases {
        stream.next_into(&mut case);
        columns.push(&scheme, &case);
    }
    let start = Instant::now();
    let mut grouped = 0_u64;
    let (mut dx_start, mut proc_start) = (0, 0);
    for ((facts, dx_end), proc_end) in columns.facts.iter().zip(&columns.dx_ends).zip(&columns.proc_ends) {
        let (sex, age, age_days, weight_g, los_days, discharge, dept) = *facts;
        let dx = columns.dx.get(dx_start..*dx_end as usize).unwrap_or_default();
        let proc = columns.proc.get(proc_start..*proc_end as usize).unwrap_or_default();
        (dx_start, proc_start) = (*dx_end as usize, *proc_end as usize);
        let case =
            yibao_grouping::Case { sex, age, age_days, weight_g, los_days, discharge, dept, icu_hours: 0, dx, proc };
        let answer = scheme.group(&case);
        grouped += u64::from(answer.status == yibao_grouping::Status::Grouped) + u64::from(answer.drg == u16::MAX);
    }
    report(start, args.cases, grouped);
    Ok(())
}

impl Columns {
    fn push(&mut self, scheme: &Scheme, case: &Case) {
        let number = |text: &str| text.parse::<i32>().ok();
        self.facts.push((
            Sex::from_text(case.sex.as_bytes()),
            number(&case.age_years),
            number(&case.age_days),
            number(&case.birth_weight_g),
            number(&case.los_days).unwrap_or(0),
            scheme.discharge(case.discharge_status.as_bytes()),
            scheme.dept(case.dept.as_bytes()),
        ));
        self.dx.extend(case.dx.iter().map(|code| scheme.dx_code(code.as_bytes())));
        self.dx_ends.push(self.dx.len() as u32);
        self.proc.extend(case.proc.iter().map(|code| scheme.proc_code(code.as_bytes())));
        self.proc_ends.push(self.proc.len() as u32);
    }
}

fn file(args: &Args, extension: &str, threads: usize) -> Result<()> {
    let scheme = Scheme::open(&data()?.join("schemes/chs_drg_11"))?;
    let input = args.folder.join(format!("in.{extension}"));
    let output = args.folder.join(format!("out.{threads}.{extension}"));
    warm(&input)?;
    let options = GroupOptions { threads, ..GroupOptions::default() };
    let start = Instant::now();
    let summary: Summary = group_file(&scheme, &input, &output, Rejects::beside(&output), &options, &|_progress| ())?;
    report(start, args.cases, summary.grouped);
    anyhow::ensure!(summary.rows == args.cases as u64 && summary.is_clean(), "{summary:?}");
    if threads == 2 {
        let one = args.folder.join(format!("out.1.{extension}"));
        anyhow::ensure!(same(&one, &output)?, "one and two threads differ");
    }
    Ok(())
}

/// Reads a file once, so that every part starts with it in the system's cache.
fn warm(path: &Path) -> Result<()> {
    std::io::copy(&mut std::fs::File::open(path)?, &mut std::io::sink())?;
    Ok(())
}

fn same(one: &Path, other: &Path) -> Result<bool> {
    Ok(!one.exists() || std::fs::read(one)? == std::fs::read(other)?)
}

fn report(start: Instant, cases: usize, grouped: u64) {
    let micros = start.elapsed().as_micros().max(1);
    println!("seconds={}.{:03}", micros / 1_000_000, micros / 1000 % 1000);
    println!("rate={}", machine::grouped((cases as u128 * 1_000_000 / micros) as u64));
    println!("cpu_seconds={}", machine::cpu_seconds());
    println!("peak_mib={}", machine::peak_memory_mib());
    println!("grouped={grouped}");
}
