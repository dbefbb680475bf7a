//! `yibao synth bills`: what a fictional city settles, before anybody has split a bill.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use yibao_synth::bills::{files, institutions};
use yibao_synth::stays::Region;
use yibao_synth::tables::Tables;
use yibao_synth::weights::{Choice, Weights};
use yibao_synth::write;

use super::{Drawn, write_text};

/// Arguments of `yibao synth bills`.
#[derive(clap::Args)]
pub struct Args {
    /// What is drawn: of the stays, those of employees of 18 years and more are billed
    #[command(flatten)]
    drawn: Drawn,
    /// How many institutions
    #[arg(long, value_name = "N", default_value_t = 18)]
    institutions: usize,
    /// The folder of the files
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let wanted = args.drawn.wanted(args.institutions)?;
    let tables = Tables::read(&args.drawn.scheme)?;
    let weights = Weights::read(&Choice::parse(&args.drawn.weights)?)?;
    let region = Region::new(&tables, &weights, wanted)?;
    let made = files(&region, args.drawn.seed)?;
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
