//! `yibao group`: cases in, the same cases with their group out.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use yibao_batch::group::{GroupOptions, Progress, Summary, group_file};
use yibao_batch::rejects::{Rejects, place_beside};
use yibao_batch::{Encoding, ReadOptions};

use crate::cmd::scheme;
use crate::job;

const AFTER_HELP: &str = "\
Columns: case_id, sex, age_years, age_days, birth_weight_g, dept, los_days, discharge_status, dx, proc, icu_hours.
The names of the national settlement list are read as well: mdtrt_id, gend, age, nwb_age, nwb_adm_wt, dscg_caty,
act_ipt_days, dscg_way, diag_code, oprn_oprt_code. Codes of a list are joined by |, the principal one first.
Other columns are passed through. Added, or replaced in place: status, mdc, adrg, drg, and reason for rows that
grouping rejects.

Exit code 0: every row was read. 3: rows were malformed, or ids came twice; see OUT.rejects.csv (standard error when
OUT is -). 2: nothing was written.";

/// Arguments of `yibao group`.
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Scheme: a folder of tables, an imported scheme file, or the name of a scheme (`yibao scheme list`)
    #[arg(long, value_name = "SCHEME")]
    scheme: String,
    /// Cases: .csv, .csv.gz or .parquet; - is CSV on standard input
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Result: .csv or .parquet; - is CSV on standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Translate clinical codes to payer codes first, by the maps of the scheme
    #[arg(long)]
    translate: bool,
    /// Threads; the result is the same at any number [default: all]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Where malformed rows go [default: OUT.rejects.csv]
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    #[command(flatten)]
    text: TextArgs,
}

/// How delimited text is read.
#[derive(clap::Args, Clone, Default)]
pub struct TextArgs {
    /// Delimiter of CSV input: one character, or `tab`
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    delimiter: Option<u8>,
    /// Encoding of CSV input: utf-8 or gbk [default: utf-8]
    #[arg(long, value_name = "NAME")]
    encoding: Option<Encoding>,
}

impl TextArgs {
    /// As the reader takes it.
    pub fn options(&self) -> ReadOptions {
        ReadOptions { delimiter: self.delimiter, encoding: self.encoding, ..ReadOptions::default() }
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        _ if text.eq_ignore_ascii_case("tab") || text == "\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | b'0'..=b'9') => Ok(*byte),
        _ => Err("a delimiter is one ASCII character such as ; or the word tab".to_owned()),
    }
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let start = Instant::now();
    let cancel = job::cancel_on_signal()?;
    let scheme = scheme::open(&args.scheme)?;
    let threads = job::threads(args.threads);
    refuse_same_file(&args.input, &args.output)?;
    let options = GroupOptions { translate: args.translate, threads, read: args.text.options(), cancel };
    let bar = Bar::new(&args.input);
    let summary =
        group_file(&scheme, &args.input, &args.output, rejects(&args), &options, &|progress| bar.show(progress))?;
    bar.finish();
    eprintln!("{}", summary_line(&summary, start.elapsed()));
    if summary.is_clean() {
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(place) = rejects_place(&args) {
        eprintln!("rows set aside: see {}", place.display());
    }
    Ok(ExitCode::from(3))
}

/// Where rejects go; `None` is standard error.
fn rejects_place(args: &Args) -> Option<PathBuf> {
    match &args.rejects {
        Some(place) => Some(place.clone()),
        None if args.output == Path::new("-") => None,
        None => Some(place_beside(&args.output)),
    }
}

fn rejects(args: &Args) -> Rejects {
    match rejects_place(args) {
        Some(place) => Rejects::at(place),
        None => Rejects::to("standard error", Box::new(std::io::stderr())),
    }
}

fn refuse_same_file(input: &Path, output: &Path) -> anyhow::Result<()> {
    let same = match (input.canonicalize(), output.canonicalize()) {
        (Ok(input), Ok(output)) => input == output,
        _ => false,
    };
    anyhow::ensure!(!same, "IN and OUT are the same file\n  --> {}\n  hint: name another output", input.display());
    Ok(())
}

/// `5000 rows: 4894 grouped, 0 ambiguous, 80 ungrouped, 26 rejected, 0 malformed; 0.021 s`
fn summary_line(summary: &Summary, time: Duration) -> String {
    let mut line = format!(
        "{} rows: {} grouped, {} ambiguous, {} ungrouped, {} rejected, {} malformed",
        summary.rows, summary.grouped, summary.ambiguous, summary.ungrouped, summary.rejected, summary.malformed
    );
    let not_mapped = summary.dx_not_mapped + summary.proc_not_mapped;
    if not_mapped > 0 {
        line.push_str(&format!(
            ", {not_mapped} not translated ({} by diagnosis, {} by procedure)",
            summary.dx_not_mapped, summary.proc_not_mapped
        ));
    }
    if summary.duplicates > 0 {
        line.push_str(&format!(", {} ids again", summary.duplicates));
    }
    line.push_str(&format!("; {}.{:03} s", time.as_secs(), time.subsec_millis()));
    line
}

/// The progress on a terminal; nothing elsewhere.
struct Bar {
    bar: ProgressBar,
}

impl Bar {
    fn new(input: &Path) -> Bar {
        if !std::io::stderr().is_terminal() {
            return Bar { bar: ProgressBar::hidden() };
        }
        let plain = input.extension().is_some_and(|extension| extension == "csv");
        let bytes = std::fs::metadata(input).map_or(0, |metadata| metadata.len());
        let bar = if plain { ProgressBar::new(bytes) } else { ProgressBar::new_spinner() };
        let template = if plain { "{bar:40} {percent}% {msg}" } else { "{spinner} {msg}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Bar { bar }
    }

    fn show(&self, progress: Progress) {
        self.bar.set_position(progress.bytes);
        self.bar.set_message(format!("{} rows", progress.rows));
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
        let _flushed = std::io::stderr().flush();
    }
}
