//! `yibao synth composite`: the feeds of a region-year in which every method pays somebody.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use yibao_batch::{AtomicFile, Cancel, pipeline};
use yibao_synth::composite::{
    Composite, Feed, HEADS_HEADER, STAYS_HEADER, Sizes, VISITS_HEADER, institutions_csv, stay_line, visit_line,
};
use yibao_synth::tables::Tables;
use yibao_synth::weights::{Choice, Weights};

use crate::job;

/// Rows made by one thread at a time.
const BLOCK: u64 = 4096;

/// Arguments of `yibao synth composite`.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of the inpatient scheme's tables
    #[arg(long, value_name = "FOLDER")]
    scheme: PathBuf,
    /// Its usual weights: FILE.csv[:group_col:weight_col[:column=text]]
    #[arg(long, value_name = "FILE")]
    weights: String,
    /// Folder of the outpatient scheme's tables
    #[arg(long, value_name = "FOLDER")]
    outpatient: PathBuf,
    /// Its usual weights
    #[arg(long, value_name = "FILE")]
    outpatient_weights: String,
    /// Stays 住院病例
    #[arg(long, value_name = "N")]
    stays: u64,
    /// Stays of the district that pays by DIP
    #[arg(long, value_name = "N")]
    dip_stays: u64,
    /// Outpatient visits 门诊人次
    #[arg(long, value_name = "N")]
    visits: u64,
    /// Insured persons 参保人
    #[arg(long, value_name = "N")]
    heads: u64,
    /// How many institutions
    #[arg(long, value_name = "N", default_value_t = 30)]
    institutions: usize,
    /// Seed
    #[arg(long, value_name = "K", default_value_t = 1)]
    seed: u64,
    /// Year
    #[arg(long, value_name = "YEAR")]
    year: i32,
    /// Threads; the result does not depend on it
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// The folder of the files
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (inpatient, outpatient) = (Tables::read(&args.scheme)?, Tables::read(&args.outpatient)?);
    let weights = Weights::read(&Choice::parse(&args.weights)?)?;
    let outpatient_weights = Weights::read(&Choice::parse(&args.outpatient_weights)?)?;
    let sizes = Sizes {
        stays: args.stays,
        dip_stays: args.dip_stays,
        visits: args.visits,
        heads: args.heads,
        institutions: args.institutions,
        seed: args.seed,
        year: args.year,
    };
    let region = Composite::new((&inpatient, &weights), (&outpatient, &outpatient_weights), sizes)?;
    std::fs::create_dir_all(&args.output).with_context(|| format!("cannot make {}", args.output.display()))?;
    let writing =
        Writing { folder: &args.output, threads: job::threads(args.threads), cancel: &job::cancel_on_signal()? };
    let stays = |feed| {
        let region = &region;
        move |number, out: &mut String| stay_line(region, feed, number, out)
    };
    writing.file("stays.csv", STAYS_HEADER, args.stays, stays(Feed::Stays))?;
    writing.file("dip_stays.csv", STAYS_HEADER, args.dip_stays, stays(Feed::Dip))?;
    writing.file("visits.csv", VISITS_HEADER, args.visits, |number, out| visit_line(&region, number, out))?;
    writing.file("heads.csv", HEADS_HEADER, args.heads, |number, out| {
        region.people().lines(number, region.places(), out)
    })?;
    let mut source = String::from("about = \"Institutions of a made-up region\"\n");
    writeln!(source, "source = {{ fictional = true, note = \"yibao synth composite, seed {}\" }}", args.seed)?;
    writing.text("institutions.csv", &institutions_csv(region.places(), args.seed))?;
    writing.text("institutions.csv.source.toml", &source)?;
    say!(
        "{} stays, {} stays by DIP, {} visits, {} persons -> {}",
        args.stays,
        args.dip_stays,
        args.visits,
        args.heads,
        args.output.display()
    );
    Ok(ExitCode::SUCCESS)
}

struct Writing<'a> {
    folder: &'a Path,
    threads: usize,
    cancel: &'a Cancel,
}

impl Writing<'_> {
    /// Makes the rows of a file block by block, on several threads, and writes them in their order.
    fn file(
        &self,
        name: &str,
        header: &str,
        rows: u64,
        line: impl Fn(u64, &mut String) -> std::fmt::Result + Sync,
    ) -> anyhow::Result<()> {
        let mut file = AtomicFile::create(&self.folder.join(name))?;
        file.write_all(header.as_bytes())?;
        let bar = job::progress("making rows 合成");
        let mut from = 0;
        pipeline::in_order(
            self.threads,
            || {
                if self.cancel.is_cancelled() {
                    bail!("interrupted; {name} was not written");
                }
                let block = from..(from + BLOCK).min(rows);
                from = block.end;
                Ok((!block.is_empty()).then_some(block))
            },
            || (),
            |(), block| {
                let mut lines = String::new();
                for number in block.clone() {
                    line(number, &mut lines)?;
                }
                Ok((block.end, lines))
            },
            |(end, lines)| {
                bar.set_position(end);
                file.write_all(lines.as_bytes())?;
                Ok(())
            },
        )?;
        bar.finish_and_clear();
        file.commit()?;
        Ok(())
    }

    fn text(&self, name: &str, text: &str) -> anyhow::Result<()> {
        let mut file = AtomicFile::create(&self.folder.join(name))?;
        file.write_all(text.as_bytes())?;
        file.commit()?;
        Ok(())
    }
}
