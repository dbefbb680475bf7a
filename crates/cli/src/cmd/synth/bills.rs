//! `yibao synth bills`: what a fictional city settles, before anybody has split a bill.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use yibao_kernel::Fen;
use yibao_synth::bills::{files, institutions};
use yibao_synth::stays::{Region, Wanted};
use yibao_synth::tables::Tables;
use yibao_synth::weights::{Choice, Weights};
use yibao_synth::write;

use super::write_text;

/// Arguments of `yibao synth bills`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of a scheme's tables
    #[arg(long, value_name = "FOLDER")]
    scheme: PathBuf,
    /// Published weights: FILE.csv[:group_col:weight_col[:column=text]]
    #[arg(long, value_name = "FILE")]
    weights: String,
    /// Price of a weight of 1, in yuan
    #[arg(long, value_name = "YUAN")]
    rate: String,
    /// How many stays are drawn; those of employees of 18 years and more are billed
    #[arg(long, value_name = "N")]
    cases: u64,
    /// Seed
    #[arg(long, value_name = "K", default_value_t = 1)]
    seed: u64,
    /// Year of the discharges
    #[arg(long, value_name = "YEAR")]
    year: i32,
    /// How many institutions
    #[arg(long, value_name = "N", default_value_t = 18)]
    institutions: usize,
    /// The folder of the files
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let rate = Fen::parse_yuan(args.rate.as_bytes()).map_err(|error| anyhow!("--rate {}: {error}", args.rate))?;
    let tables = Tables::read(&args.scheme)?;
    let weights = Weights::read(&Choice::parse(&args.weights)?)?;
    let wanted = Wanted { cases: args.cases, seed: args.seed, year: args.year, rate, institutions: args.institutions };
    let region = Region::new(&tables, &weights, wanted)?;
    let made = files(&region, args.seed)?;
    std::fs::create_dir_all(&args.output).with_context(|| format!("cannot make {}", args.output.display()))?;
    for (name, text) in [
        ("bills.csv", made.bills.as_str()),
        ("persons.jsonl", &made.persons),
        ("lists.csv", &made.lists),
        ("institutions.csv", &institutions(region.institutions())),
        ("institutions.csv.source.toml", &write::institutions_source(&region)),
    ] {
        write_text(&args.output.join(name), text)?;
    }
    say!("{} bills -> {}", made.count, args.output.display());
    Ok(ExitCode::SUCCESS)
}
