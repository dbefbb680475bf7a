//! Splitting tables of bills from file to file, and the whole chain from bills to the cleared year, one process a run.
//!
//! `cargo run --release -p yibao-bench --bin split_table -- --date YYYY-MM-DD` draws the bills of a fictional city with `yibao
//! synth bills`, a tenth and the whole, splits them with and without reasons, settles the year that begins with them, and
//! writes `bench/results/split_table.md`. It needs a release build of `yibao` beside this program.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use clap::Parser;
use yibao_bench::machine;
use yibao_bench::process::measure;

/// Arguments.
#[derive(Parser)]
struct Args {
    /// Date of the run, printed in the results.
    #[arg(long)]
    date: String,
    /// Stays drawn; a little less than half of them are billed, with about three bills each.
    #[arg(long, default_value_t = 400_000)]
    cases: u64,
    /// Where the results are written.
    #[arg(long, default_value = "bench/results/split_table.md")]
    results: PathBuf,
}

/// Stays drawn for the shipped example, for which its pools are made.
const SHIPPED_CASES: u64 = 1_400;

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let program = std::env::current_exe()?.with_file_name("yibao");
    if !program.is_file() {
        bail!("{} is missing\n  hint: cargo build --release -p yibao-cli", program.display());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let scratch = std::env::temp_dir().join("yibao-bench-split");
    let mut table =
        String::from("| run | bills | rows | MB in | seconds | bills/s | peak MiB |\n|---|---|---|---|---|---|---|\n");
    for cases in [args.cases / 10, args.cases] {
        let folder = scratch.join(cases.to_string());
        let city = city(&program, &root, &folder, cases)?;
        let pack = root.join("policies/demo-coast");
        let split = |more: &[&str]| {
            let mut command = Command::new(&program);
            command.arg("split").arg(folder.join("bills.csv")).arg("--pack").arg(&pack);
            command.arg("--person").arg(folder.join("persons.jsonl")).arg("-o").arg(folder.join("out")).args(more);
            command
        };
        let mut settle = Command::new(&program);
        settle.arg("settle").arg(&folder).arg("-o").arg(folder.join("year"));
        for (name, mut command) in [
            ("split", split(&[])),
            ("split --explain", split(&["--explain"])),
            ("settle: split, group, pay, clear", settle),
        ] {
            let measured = measure(&mut command)?;
            // 3: done, and some bills were refused.
            if !matches!(measured.status.code(), Some(0 | 3)) {
                bail!("{name} ended with {}", measured.status);
            }
            let line = format!(
                "| {name} | {} | {} | {} | {}.{:01} | {} | {} |",
                machine::grouped(city.bills),
                machine::grouped(city.rows),
                machine::grouped(city.bytes / 1_000_000),
                measured.milliseconds / 1000,
                measured.milliseconds % 1000 / 100,
                machine::grouped(city.bills * 1000 / measured.milliseconds),
                machine::grouped(measured.peak_mib)
            );
            println!("{line}");
            writeln!(table, "{line}")?;
        }
        fs::remove_dir_all(&folder)?;
    }
    let page = format!(
        "# Splitting tables of bills\n\n{}, {}. All cores, from file to file, every output written and hashed; bills of `yibao synth bills` by\n`policies/demo-coast`, about nine lines a bill of a stay and two of a visit, voids and households among them; the last run of\neach size settles `examples/chain` with these bills.\n\n{table}",
        args.date,
        machine::description()
    );
    fs::write(&args.results, page)?;
    Ok(())
}

struct City {
    bills: u64,
    rows: u64,
    bytes: u64,
}

/// Draws a city into a folder, with the pack that clears it.
fn city(program: &Path, root: &Path, folder: &Path, cases: u64) -> anyhow::Result<City> {
    fs::create_dir_all(folder)?;
    let weights = format!("{}:group:weight", root.join("examples/demo/seed_weights.csv").display());
    let status = Command::new(program)
        .args(["synth", "bills", "--rate", "5200.00", "--seed", "2025", "--year", "2025", "--institutions", "60"])
        .args(["--weights", &weights, "--cases", &cases.to_string()])
        .arg("--scheme")
        .arg(root.join("schemes/teaching"))
        .arg("-o")
        .arg(folder)
        .status()?;
    if !status.success() {
        bail!("drawing the bills ended with {status}");
    }
    let example = root.join("examples/chain");
    for name in ["weights.csv", "weights.csv.source.toml"] {
        fs::copy(example.join(name), folder.join(name)).with_context(|| name.to_owned())?;
    }
    let place = |name: &str| root.join(name).display().to_string();
    let pack = fs::read_to_string(example.join("pack.toml"))?;
    let pack = pack.replace("../../schemes", &place("schemes")).replace("../../policies", &place("policies"));
    fs::write(folder.join("pack.toml"), scaled(&pack, cases.div_ceil(SHIPPED_CASES)))?;
    let bills = fs::read(folder.join("bills.csv"))?;
    let rows = bills.iter().filter(|byte| **byte == b'\n').count() as u64 - 1;
    let text = String::from_utf8_lossy(&bills);
    let (mut count, mut last) = (0, "");
    for id in text.lines().skip(1).filter_map(|line| line.split(',').next()) {
        if id != last {
            count += 1;
            last = id;
        }
    }
    Ok(City { bills: count, rows, bytes: bills.len() as u64 })
}

/// The pools of the example, so many times.
fn scaled(pack: &str, times: u64) -> String {
    let mut out = String::new();
    for line in pack.lines() {
        let amount = line.strip_prefix("amount = \"").and_then(|rest| rest.strip_suffix(".00\""));
        match amount.and_then(|text| text.parse::<u64>().ok()) {
            Some(amount) => out.push_str(&format!("amount = \"{}.00\"\n", amount * times)),
            None => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out
}
