//! Settling a whole region-year of every method at size: stays by DRG and DIP, outpatient visits, registered persons.
//!
//! `cargo run --release -p yibao-bench --bin composite -- --date YYYY-MM-DD` makes the feeds of `examples/composite` with
//! `yibao synth composite`, runs `yibao settle` on a tenth and on the whole, one process a run, and writes
//! `bench/results/composite.md`. It needs a release build of `yibao` beside this program.

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
    /// Parts of the whole that are settled: 10 is a tenth.
    #[arg(long, num_args = 1.., default_values_t = [10_u64, 1])]
    parts: Vec<u64>,
    /// Threads.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Where the feeds are made (some GB) and the results of the runs go; not a file system in memory.
    #[arg(long)]
    scratch: Option<PathBuf>,
    /// Where the table is written.
    #[arg(long, default_value = "bench/results/composite.md")]
    results: PathBuf,
    /// Keep the feeds and the settled folders.
    #[arg(long)]
    keep: bool,
}

/// Rows of the whole.
const WHOLE: Sizes = Sizes { stays: 4_000_000, dip_stays: 1_000_000, visits: 20_000_000, heads: 1_000_000 };
/// Rows of the shipped example, for which its budgets are made.
const SHIPPED: Sizes = Sizes { stays: 2_000, dip_stays: 800, visits: 6_000, heads: 6_000 };

#[derive(Clone, Copy)]
struct Sizes {
    stays: u64,
    dip_stays: u64,
    visits: u64,
    heads: u64,
}

impl Sizes {
    const fn part(self, part: u64) -> Self {
        let Sizes { stays, dip_stays, visits, heads } = self;
        Sizes { stays: stays / part, dip_stays: dip_stays / part, visits: visits / part, heads: heads / part }
    }

    /// How many times the money of the example is needed.
    fn times(self) -> u64 {
        let of = |rows: u64, shipped: u64| rows.div_ceil(shipped);
        [
            of(self.stays, SHIPPED.stays),
            of(self.dip_stays, SHIPPED.dip_stays),
            of(self.visits, SHIPPED.visits),
            of(self.heads, SHIPPED.heads),
        ]
        .into_iter()
        .max()
        .unwrap_or(1)
    }
}

/// One run.
struct Run {
    sizes: Sizes,
    rows: u64,
    measured: Measured,
    bytes_in: u64,
    bytes_out: u64,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let program = std::env::current_exe()?.with_file_name("yibao");
    if !program.is_file() {
        bail!("{} is missing\n  hint: cargo build --release -p yibao-cli", program.display());
    }
    let scratch = args.scratch.clone().unwrap_or_else(std::env::temp_dir).join("yibao-bench-composite");
    let mut runs = Vec::new();
    for &part in &args.parts {
        let sizes = WHOLE.part(part.max(1));
        let folder = scratch.join(part.to_string());
        let pack = make(&program, &folder, sizes)?;
        runs.push(settle(&program, &folder, &pack, sizes, args.threads)?);
        if !args.keep {
            fs::remove_dir_all(&folder)?;
        }
    }
    let text = table(&args.date, args.threads, &runs)?;
    print!("{text}");
    if let Some(folder) = args.results.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&args.results, text)?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("{}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// Makes the feeds and a copy of the pack with as much money as they need.
fn make(program: &Path, folder: &Path, sizes: Sizes) -> anyhow::Result<PathBuf> {
    let pack = folder.join("examples/composite");
    copy(Path::new("examples/composite"), &pack)?;
    copy(Path::new("schemes"), &folder.join("schemes"))?;
    let budget = fs::read_to_string(pack.join("budget.toml"))?;
    let scaled: Vec<String> = budget.lines().map(|line| scaled(line, sizes.times())).collect();
    fs::write(pack.join("budget.toml"), scaled.join("\n") + "\n")?;
    let status = Command::new(program)
        .args(["synth", "composite", "--seed", "2025", "--year", "2025", "--institutions", "30"])
        .args(["--scheme", "schemes/teaching", "--weights", "examples/demo/seed_weights.csv:group:weight"])
        .args(["--outpatient", "schemes/outpatient"])
        .args(["--outpatient-weights", "examples/composite/seed_weights_outpatient.csv:group:weight"])
        .args(["--stays", &sizes.stays.to_string(), "--dip-stays", &sizes.dip_stays.to_string()])
        .args(["--visits", &sizes.visits.to_string(), "--heads", &sizes.heads.to_string()])
        .arg("-o")
        .arg(&pack)
        .status()?;
    if !status.success() {
        bail!("making the feeds failed");
    }
    Ok(pack)
}

/// A line of the budget with its amounts of yuan so many times as large; shares and growth stay.
fn scaled(line: &str, times: u64) -> String {
    let parts = line.split('"').enumerate().map(|(at, part)| {
        let yuan = part.strip_suffix(".00").filter(|yuan| at % 2 == 1 && yuan.len() >= 4);
        match yuan.and_then(|yuan| yuan.parse::<u64>().ok()) {
            Some(yuan) => format!("{}.00", yuan * times),
            None => part.to_owned(),
        }
    });
    parts.collect::<Vec<_>>().join("\"")
}

fn bytes_of(folder: &Path, wanted: impl Fn(&str) -> bool) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().is_file() && wanted(&entry.file_name().to_string_lossy()) {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

fn settle(program: &Path, folder: &Path, pack: &Path, sizes: Sizes, threads: usize) -> anyhow::Result<Run> {
    let out = folder.join("out");
    let mut command = Command::new(program);
    command.arg("settle").arg(pack).arg("-o").arg(&out).arg("--threads").arg(threads.to_string());
    let measured = measure(&mut command)?;
    if !matches!(measured.status.code(), Some(0 | 3)) {
        bail!("settling failed: {}", measured.status);
    }
    let feeds = ["stays.csv", "dip_stays.csv", "visits.csv", "heads.csv"];
    Ok(Run {
        sizes,
        rows: sizes.stays + sizes.dip_stays + sizes.visits + sizes.heads,
        measured,
        bytes_in: bytes_of(pack, |name| feeds.contains(&name))?,
        bytes_out: bytes_of(&out, |_| true)?,
    })
}

fn table(date: &str, threads: usize, runs: &[Run]) -> anyhow::Result<String> {
    let mut text = String::from("# Settling a region's year of every method\n\n");
    writeln!(text, "{date}, {}.\n", machine::description())?;
    writeln!(
        text,
        "`yibao settle` on `examples/composite` with feeds made by `yibao synth composite --seed 2025`: stays grouped by the\n\
         teaching DRG scheme and matched to the teaching DIP catalogue, visits grouped by the outpatient scheme, registered\n\
         persons per head; every method, pool and file of the settled folder. {threads} threads. Wall time of the whole\n\
         process; peak is the process's VmHWM.\n"
    )?;
    text.push_str(
        "| stays | of them DIP | visits | persons | seconds | rows/s | peak MiB | bytes/row | in MB | out MB |\n",
    );
    text.push_str("|---|---|---|---|---|---|---|---|---|---|\n");
    for Run { sizes, rows, measured, bytes_in, bytes_out } in runs {
        writeln!(
            text,
            "| {} | {} | {} | {} | {}.{:02} | {} | {} | {} | {} | {} |",
            sizes.stays + sizes.dip_stays,
            sizes.dip_stays,
            sizes.visits,
            sizes.heads,
            measured.milliseconds / 1000,
            measured.milliseconds % 1000 / 10,
            rows * 1000 / measured.milliseconds,
            measured.peak_mib,
            measured.peak_mib * 1024 * 1024 / rows,
            bytes_in / 1_000_000,
            bytes_out / 1_000_000
        )?;
    }
    Ok(text)
}
