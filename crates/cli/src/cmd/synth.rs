//! `yibao synth`: a seeded region with a known answer key.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use yibao_batch::{AtomicFile, pipeline};
use yibao_kernel::Fen;
use yibao_synth::stays::{Region, Wanted};
use yibao_synth::tables::Tables;
use yibao_synth::weights::{Choice, Weights};
use yibao_synth::write;

use crate::job;

mod bills;
mod composite;

/// Stays made by one thread at a time.
const BLOCK: u64 = 4096;

/// Arguments of `yibao synth`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Make stays from a scheme's own code sets, with costs around weight × rate 合成病例
    ///
    /// Beside the stays it writes institutions.csv (with institutions.csv.source.toml) and key.csv, the
    /// group each stay has by a second, independent reading of the tables. Same seed, same bytes.
    Stays(StaysArgs),
    /// Make the bills, persons and settlement lists of a city's employees, before anybody has split a bill 合成费用单
    Bills(bills::Args),
    /// Make the stays, visits and roster of a region-year in which every method pays somebody 合成复合式支付的一年
    Composite(composite::Args),
}

/// What stays are drawn from.
#[derive(clap::Args)]
pub struct Drawn {
    /// Folder of a scheme's tables
    #[arg(long, value_name = "FOLDER")]
    scheme: PathBuf,
    /// Published weights: FILE.csv[:group_col:weight_col[:column=text]]
    #[arg(long, value_name = "FILE")]
    weights: String,
    /// Price of a weight of 1, in yuan
    #[arg(long, value_name = "YUAN")]
    rate: String,
    /// How many stays are drawn
    #[arg(long, value_name = "N")]
    cases: u64,
    /// Seed
    #[arg(long, value_name = "K", default_value_t = 1)]
    seed: u64,
    /// Year of the discharges
    #[arg(long, value_name = "YEAR")]
    year: i32,
}

impl Drawn {
    fn wanted(&self, institutions: usize) -> anyhow::Result<Wanted> {
        let rate = Fen::parse_yuan(self.rate.as_bytes()).map_err(|error| anyhow!("--rate {}: {error}", self.rate))?;
        Ok(Wanted { cases: self.cases, seed: self.seed, year: self.year, rate, institutions })
    }
}

#[derive(clap::Args)]
struct StaysArgs {
    #[command(flatten)]
    drawn: Drawn,
    /// How many institutions
    #[arg(long, value_name = "N", default_value_t = 60)]
    institutions: usize,
    /// Threads; the result does not depend on it
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// The stays (CSV); the other files go into the same folder
    #[arg(short, long, value_name = "FILE.csv")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.what {
        What::Stays(args) => stays(&args),
        What::Bills(args) => bills::run(&args),
        What::Composite(args) => composite::run(&args),
    }
}

fn stays(args: &StaysArgs) -> anyhow::Result<ExitCode> {
    if args.output.extension().is_none_or(|extension| extension != "csv") {
        bail!("{}: stays are written as CSV\n  hint: name a file that ends in .csv", args.output.display());
    }
    let wanted = args.drawn.wanted(args.institutions)?;
    let tables = Tables::read(&args.drawn.scheme)?;
    let weights = Weights::read(&Choice::parse(&args.drawn.weights)?)?;
    let region = Region::new(&tables, &weights, wanted)?;

    let folder = args.output.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    let mut stays = AtomicFile::create(&args.output)?;
    let mut key = AtomicFile::create(&folder.join("key.csv"))?;
    write_stays(&region, job::threads(args.threads), &mut stays, &mut key)?;
    let table = folder.join("institutions.csv");
    write_text(&table, &write::institutions(region.institutions()))?;
    write_text(&folder.join("institutions.csv.source.toml"), &write::institutions_source(&region))?;
    key.commit()?;
    stays.commit()?;
    say!(
        "{} stays of {} in {} institutions -> {}",
        args.drawn.cases,
        args.drawn.year,
        region.institutions().len(),
        args.output.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Makes the stays block by block, on several threads, and writes them in their order.
fn write_stays(
    region: &Region<'_>,
    threads: usize,
    stays: &mut AtomicFile,
    key: &mut AtomicFile,
) -> anyhow::Result<()> {
    let cancel = job::cancel_on_signal()?;
    let bar = job::progress("making stays 合成病例");
    let cases = region.wanted().cases;
    stays.write_all(write::STAYS_HEADER.as_bytes())?;
    key.write_all(write::KEY_HEADER.as_bytes())?;
    let mut from = 0;
    pipeline::in_order(
        threads,
        || {
            if cancel.is_cancelled() {
                bail!("interrupted; nothing was written");
            }
            let block = from..(from + BLOCK).min(cases);
            from = block.end;
            Ok((!block.is_empty()).then_some(block))
        },
        || (),
        |(), block| {
            let (mut lines, mut answers) = (String::new(), String::new());
            for number in block.clone() {
                let stay = region.stay(number);
                write::stay_line(region, &stay, &mut lines)?;
                write::key_line(region, &stay, &mut answers)?;
            }
            Ok((block.end, lines, answers))
        },
        |(end, lines, answers)| {
            bar.set_position(end);
            stays.write_all(lines.as_bytes())?;
            key.write_all(answers.as_bytes())?;
            Ok(())
        },
    )?;
    bar.finish_and_clear();
    Ok(())
}

fn write_text(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(text.as_bytes())?;
    file.commit()?;
    Ok(())
}
