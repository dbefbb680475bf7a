//! `yibao dip`: DIP catalogues imported, built, checked, shown, asked.

mod make;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{anyhow, bail, ensure};
use yibao_batch::dip::{DipSummary, find_case, group_dip_file};
use yibao_batch::group::GroupOptions;
use yibao_batch::rejects::{Rejects, place_beside};
use yibao_grouping::Language;
use yibao_grouping::dip::{Catalogue, DipCase, Fallback, Kind};
use yibao_kernel::Fen;

use crate::cmd::group::TextArgs;
use crate::job;

/// Arguments of `yibao dip`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Read a published catalogue through a recipe 导入目录
    Import(make::ImportArgs),
    /// Make a catalogue from past stays 测算目录
    Build(make::BuildArgs),
    /// What a catalogue leaves to chance or says in vain; 3 when a row is dead 检查目录
    Check(CheckArgs),
    /// What a catalogue holds 查看目录
    Show(ShowArgs),
    /// Why a stay has its group 解释入组
    Explain(ExplainArgs),
    /// Group stays by a catalogue 入组
    Group(GroupArgs),
}

#[derive(clap::Args)]
struct CheckArgs {
    /// Folder of the catalogue
    catalogue: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct ShowArgs {
    /// Folder of the catalogue
    catalogue: PathBuf,
    /// All rows too
    #[arg(long)]
    groups: bool,
}

#[derive(clap::Args)]
struct ExplainArgs {
    /// Folder of the catalogue
    #[arg(long, value_name = "FOLDER")]
    catalogue: PathBuf,
    /// File of stays; not needed with --dx
    #[arg(value_name = "IN")]
    input: Option<PathBuf>,
    /// The stay's id in IN
    #[arg(long, value_name = "ID")]
    case: Option<String>,
    /// Diagnoses joined by |, instead of a file
    #[arg(long, conflicts_with_all = ["case", "input"])]
    dx: Option<String>,
    /// Procedures joined by |
    #[arg(long, requires = "dx", default_value = "")]
    proc: String,
    /// Cost in yuan
    #[arg(long, requires = "dx")]
    cost: Option<String>,
    /// Language: zh or en
    #[arg(long, default_value = "zh", value_parser = ["zh", "en"])]
    lang: String,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    text: TextArgs,
}

const GROUP_HELP: &str = "\
Columns: case_id, dx, proc; where the catalogue asks for them also cost, discharge, age_years, los_days, icu_hours,
discharge_status, by our names or the national ones. Added behind the other columns, or replaced: dip_status, dip,
dip_kind, dip_type, dip_points, dip_tie, dip_untyped, dip_reason; with an auxiliary catalogue one dip_KIND per kind,
and k_aux.

Exit code 0: every row was read. 3: rows were malformed, or ids came twice; see OUT.rejects.csv. 2: nothing was written.";

#[derive(clap::Args)]
#[command(after_help = GROUP_HELP)]
struct GroupArgs {
    /// Folder of the catalogue
    #[arg(long, value_name = "FOLDER")]
    catalogue: PathBuf,
    /// Stays: .csv, .csv.gz or .parquet; - is CSV on standard input
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Result: .csv; - is standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Threads; the result is the same at any number [default: all]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Where malformed rows go [default: OUT.rejects.csv]
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    #[command(flatten)]
    text: TextArgs,
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.what {
        What::Import(args) => make::import(&args),
        What::Build(args) => make::build(&args),
        What::Check(args) => check(&args),
        What::Show(args) => show(&args),
        What::Explain(args) => explain(&args),
        What::Group(args) => group(&args),
    }
}

fn open(folder: &Path) -> anyhow::Result<Catalogue> {
    ensure!(
        folder.join("catalogue.toml").is_file(),
        "{} is not a DIP catalogue\n  hint: name the folder that holds catalogue.toml and groups.csv",
        folder.display()
    );
    Catalogue::open(folder).map_err(|found| anyhow!("{found}"))
}

fn check(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let catalogue = open(&args.catalogue)?;
    let findings = catalogue.check();
    let dead = findings.iter().filter(|finding| finding.is_dead()).count();
    if args.json {
        say!("{}", serde_json::to_string_pretty(&findings)?);
    } else {
        for finding in &findings {
            say!("{finding}");
        }
        say!("{}: {} findings, {dead} of them rows in vain", catalogue.header().id, findings.len());
    }
    Ok(if dead > 0 { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

fn show(args: &ShowArgs) -> anyhow::Result<ExitCode> {
    let catalogue = open(&args.catalogue)?;
    let header = catalogue.header();
    let of = |kind: Kind| catalogue.rows().iter().filter(|row| row.kind == kind).count();
    let mut page = String::new();
    writeln!(page, "catalogue  {} {}  {} / {}", header.id, header.version, header.title.zh, header.title.en)?;
    writeln!(page, "content    {}", catalogue.content_hash())?;
    writeln!(page, "trust      {}", header.trust.word())?;
    let until = header.until.map(|day| format!(" until {day} (not included)")).unwrap_or_default();
    writeln!(page, "days       from {}{until}", header.from)?;
    writeln!(page, "points     {} for a mean cost of {} yuan", header.scale, header.mean)?;
    let counts = [Kind::Core, Kind::PrimaryCare, Kind::Comprehensive, Kind::Fallback].map(of);
    let [core, primary, comprehensive, fallback] = counts;
    writeln!(
        page,
        "rows       {core} core, {primary} primary care, {comprehensive} comprehensive, {fallback} fallback"
    )?;
    writeln!(page, "types      {} procedures", catalogue.types().len())?;
    let criteria: Vec<&str> = header.criteria.iter().map(|criterion| criterion.en()).collect();
    writeln!(page, "choice     {}; then the order of the catalogue", criteria.join("; "))?;
    let rest = match &header.fallback {
        Fallback::BlankRow { group } => format!("the blank row {group}"),
        Fallback::ChapterDefault {} => "the fallback row of diagnosis and type".to_owned(),
        Fallback::Refuse {} => "refused".to_owned(),
    };
    writeln!(page, "the rest   {rest}")?;
    if let Some(auxiliary) = catalogue.auxiliary() {
        let kinds: Vec<&str> = auxiliary.kinds().iter().map(|kind| kind.id.as_str()).collect();
        writeln!(page, "auxiliary  {}", kinds.join(", "))?;
    }
    if args.groups {
        for row in catalogue.rows() {
            let points = row.points.map(|points| points.to_string()).unwrap_or_default();
            writeln!(
                page,
                "{}\t{}\t{}\t{}\t{points}\t{}",
                row.code,
                row.kind.word(),
                row.dx,
                row.procedures,
                row.name
            )?;
        }
    }
    say!("{}", page.trim_end());
    Ok(ExitCode::SUCCESS)
}

fn explain(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let catalogue = open(&args.catalogue)?;
    let explanation = match (&args.dx, &args.input, &args.case) {
        (Some(dx), _, _) => {
            let cost = args.cost.as_ref().map(|text| Fen::parse_yuan(text.as_bytes())).transpose();
            let cost = cost.map_err(|error| anyhow!("--cost: {error}"))?;
            catalogue.explain(&DipCase {
                dx: dx.as_bytes(),
                procedures: args.proc.as_bytes(),
                cost,
                ..DipCase::default()
            })
        }
        (None, Some(input), Some(id)) => {
            let found = find_case(input, id, &args.text.options(), |case| catalogue.explain(case))?;
            found.ok_or_else(|| anyhow!("no stay \"{id}\" in {}\n  hint: check the id", input.display()))?
        }
        _ => bail!("which stay?\n  hint: give IN and --case ID, or --dx CODES --proc CODES"),
    };
    if args.json {
        say!("{}", serde_json::to_string_pretty(&explanation)?);
    } else {
        let language = if args.lang == "en" { Language::En } else { Language::Zh };
        say!("{}", explanation.render(language).trim_end());
    }
    Ok(ExitCode::SUCCESS)
}

fn group(args: &GroupArgs) -> anyhow::Result<ExitCode> {
    let start = Instant::now();
    let cancel = job::cancel_on_signal()?;
    let catalogue = open(&args.catalogue)?;
    let same =
        matches!((args.input.canonicalize(), args.output.canonicalize()), (Ok(input), Ok(output)) if input == output);
    ensure!(!same, "IN and OUT are the same file\n  --> {}\n  hint: name another output", args.input.display());
    let threads = job::threads(args.threads);
    let options = GroupOptions { translate: false, threads, read: args.text.options(), cancel };
    let place = match &args.rejects {
        Some(place) => Some(place.clone()),
        None if args.output == Path::new("-") => None,
        None => Some(place_beside(&args.output)),
    };
    let rejects = match &place {
        Some(place) => Rejects::at(place.clone()),
        None => Rejects::to("standard error", Box::new(std::io::stderr())),
    };
    let bar = job::progress("grouping 入组");
    let done = group_dip_file(&catalogue, &args.input, &args.output, rejects, &options, &|progress| {
        bar.set_position(progress.rows);
    });
    bar.finish_and_clear();
    job::stop_if(&options.cancel)?;
    let summary = done?;
    let time = start.elapsed();
    eprintln!("{}; {}.{:03} s", summary_line(&summary), time.as_secs(), time.subsec_millis());
    if summary.is_clean() {
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(place) = place {
        eprintln!("rows set aside: see {}", place.display());
    }
    Ok(ExitCode::from(3))
}

/// `5000 rows: 4100 core, 20 primary care, 700 comprehensive, 180 fallback, 0 ungrouped, 0 malformed`
fn summary_line(summary: &DipSummary) -> String {
    let s = summary;
    let mut line = format!(
        "{} rows: {} core, {} primary care, {} comprehensive, {} fallback, {} ungrouped, {} malformed",
        s.rows, s.core, s.primary_care, s.comprehensive, s.fallback, s.ungrouped, s.malformed
    );
    for (count, words) in
        [(s.ties, "decided by order"), (s.untyped, "with an untyped procedure"), (s.duplicates, "ids again")]
    {
        if count > 0 {
            line.push_str(&format!(", {count} {words}"));
        }
    }
    line
}
