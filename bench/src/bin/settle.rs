//! Settling at size: stays of a whole region, grouped and cleared by the program itself, one process a run.
//!
//! `cargo run --release -p yibao-bench --bin settle -- --date YYYY-MM-DD` makes the stays with `yibao synth stays`, runs
//! `yibao settle examples/harbin` on each size, and writes `bench/results/settle.md`. It needs the reference data of the
//! example (`YIBAO_DATA`) and a release build of `yibao` beside this program.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use clap::Parser;
use yibao_bench::machine;
use yibao_bench::process::{Measured, measure};

/// Arguments.
#[derive(Parser)]
struct Args {
    /// Date of the run, printed in the results.
    #[arg(long)]
    date: String,
    /// Sizes, stays.
    #[arg(long, num_args = 1.., default_values_t = [1_000_000_u64, 10_000_000])]
    cases: Vec<u64>,
    /// Where the stays are made (several GB) and the results of the runs go.
    #[arg(long)]
    scratch: Option<PathBuf>,
    /// Where the table is written.
    #[arg(long, default_value = "bench/results/settle.md")]
    results: PathBuf,
}

/// Budget of each of the two pools, so that any number of stays can be paid.
const BUDGET_YUAN_A_STAY: u64 = 12_000;

/// One run.
struct Run {
    cases: u64,
    threads: usize,
    milliseconds: u64,
    peak_mib: u64,
    bytes_in: u64,
    bytes_out: u64,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let data = PathBuf::from(std::env::var_os("YIBAO_DATA").context("set YIBAO_DATA to the reference-data folder")?);
    let program = std::env::current_exe()?.with_file_name("yibao");
    if !program.is_file() {
        bail!("{} is missing\n  hint: cargo build --release -p yibao-cli", program.display());
    }
    let scratch = args.scratch.clone().unwrap_or_else(std::env::temp_dir).join("yibao-bench-settle");
    let mut runs = Vec::new();
    for &cases in &args.cases {
        let stays = make(&program, &data, &scratch, cases)?;
        runs.push(settle(&program, &scratch, &stays, cases, 2)?);
        if args.cases.first() == Some(&cases) {
            runs.push(settle(&program, &scratch, &stays, cases, 1)?);
        }
        fs::remove_dir_all(scratch.join(cases.to_string()))?;
    }
    let text = table(&args.date, &runs)?;
    print!("{text}");
    if let Some(folder) = args.results.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&args.results, text)?;
    Ok(())
}

/// Makes the stays and a copy of the pack with their institutions.
fn make(program: &Path, data: &Path, scratch: &Path, cases: u64) -> anyhow::Result<PathBuf> {
    let folder = scratch.join(cases.to_string());
    fs::create_dir_all(&folder)?;
    let pack = fs::read_to_string("examples/harbin/pack.toml")?;
    let budget = format!("amount = \"{}.00\"", cases * BUDGET_YUAN_A_STAY);
    let sized = |line: &str| if line.starts_with("amount = ") { budget.clone() } else { line.to_owned() };
    let pack: Vec<String> = pack.lines().map(sized).collect();
    fs::write(folder.join("pack.toml"), pack.join("\n"))?;
    let stays = folder.join("stays.csv");
    let status = Command::new(program)
        .args(["synth", "stays", "--rate", "12165.26", "--seed", "7", "--year", "2023", "--institutions", "60"])
        .arg("--cases")
        .arg(cases.to_string())
        .arg("--scheme")
        .arg(data.join("drg/schemes/haerbin_2022"))
        .arg("--weights")
        .arg(format!("{}:drg_code:weight:year=2022", data.join("drg_weights_harbin/drg_weights.csv").display()))
        .arg("-o")
        .arg(&stays)
        .status()?;
    if !status.success() {
        bail!("making the stays failed");
    }
    Ok(stays)
}

fn settle(program: &Path, scratch: &Path, stays: &Path, cases: u64, threads: usize) -> anyhow::Result<Run> {
    let out = scratch.join("out");
    let pack = stays.parent().context("the stays are in a folder")?;
    let mut command = Command::new(program);
    command.arg("settle").arg(pack).arg("-o").arg(&out).arg("--threads").arg(threads.to_string());
    let Measured { status, milliseconds, peak_mib } = measure(&mut command)?;
    if !matches!(status.code(), Some(0 | 3)) {
        bail!("settling {cases} stays failed: {status}");
    }
    let mut bytes_out = 0;
    for entry in fs::read_dir(&out)? {
        bytes_out += entry?.metadata()?.len();
    }
    fs::remove_dir_all(&out)?;
    Ok(Run { cases, threads, milliseconds, peak_mib, bytes_in: fs::metadata(stays)?.len(), bytes_out })
}

fn table(date: &str, runs: &[Run]) -> anyhow::Result<String> {
    let mut text = String::from("# Settling a region's year\n\n");
    writeln!(text, "{date}, {}.\n", machine::description())?;
    text.push_str(
        "`yibao settle`: stays read from CSV, grouped by haerbin_2022, weights and rates given, cleared, every file of\n\
         the settled folder written (cases.parquet with the packed reasons, statements, report, hashes). Wall time of the\n\
         whole process; peak is the process's VmHWM. Stays are synthetic, made by `yibao synth stays --seed 7`.\n\n\
         | stays | threads | seconds | stays/s | peak MiB | in MB | out MB |\n|---|---|---|---|---|---|---|\n",
    );
    for run in runs {
        writeln!(
            text,
            "| {} | {} | {}.{:02} | {} | {} | {} | {} |",
            run.cases,
            run.threads,
            run.milliseconds / 1000,
            run.milliseconds % 1000 / 10,
            run.cases * 1000 / run.milliseconds,
            run.peak_mib,
            run.bytes_in / 1_000_000,
            run.bytes_out / 1_000_000
        )?;
    }
    Ok(text)
}
