//! `yibao scheme`: import, list, show, check.

use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use comfy_table::{Table, presets};
use yibao_grouping::{Finding, Problem, Scheme};

/// Arguments of `yibao scheme`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Turn a folder of tables into one precompiled scheme file
    Import {
        /// Folder of tables (mdc.csv, adrg.csv, drg.csv, adrg_rules.json, code_sets.csv, cc.csv, exclusion.csv, meta.json)
        #[arg(value_name = "DIR")]
        tables: PathBuf,
        /// The scheme file
        #[arg(short, long, value_name = "SCHEME")]
        output: PathBuf,
    },
    /// List the schemes in ./schemes and in the reference-data folder (`YIBAO_DATA`/drg/schemes)
    List {
        /// Folders to look in instead
        #[arg(value_name = "DIR")]
        folders: Vec<PathBuf>,
    },
    /// Show what a scheme holds
    Show {
        /// Folder, file or name of the scheme
        #[arg(value_name = "SCHEME")]
        scheme: String,
        /// Print every group as well
        #[arg(long)]
        groups: bool,
    },
    /// Report what can never be reached; exit code 3 when a rule or a group is dead
    ///
    /// Dead rules, dead rows and conditions that hold for no case make the exit code 3. Codes in several MDCs and sets that
    /// nothing reads are reported and leave it 0.
    Check {
        /// Folder, file or name of the scheme
        #[arg(value_name = "SCHEME")]
        scheme: String,
        /// Print the findings as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::Import { tables, output } => import(&tables, &output),
        Action::List { folders } => list(&folders),
        Action::Show { scheme, groups } => show(&find(&scheme)?, groups),
        Action::Check { scheme, json } => check(&open(&scheme)?, json),
    }
}

/// Opens a scheme by its path, or by its name in one of the folders of schemes.
pub fn open(scheme: &str) -> anyhow::Result<Scheme> {
    Ok(Scheme::open(&find(scheme)?)?)
}

/// Where a scheme stands, by its path, or by its name in one of the folders of schemes.
fn find(scheme: &str) -> anyhow::Result<PathBuf> {
    let path = PathBuf::from(scheme);
    if path.exists() {
        return Ok(path);
    }
    let folders = default_folders();
    if let Some(found) = folders.iter().map(|folder| folder.join(scheme)).find(|inside| inside.exists()) {
        return Ok(found);
    }
    let looked: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
    anyhow::bail!(
        "no scheme {scheme:?}\n  hint: name a folder of tables, a scheme file, or a scheme in {}; `yibao scheme list` shows them",
        looked.join(", ")
    )
}

/// Where schemes are looked for.
fn default_folders() -> Vec<PathBuf> {
    let mut folders = vec![PathBuf::from("schemes")];
    if let Some(data) = std::env::var_os("YIBAO_DATA") {
        folders.push(PathBuf::from(data).join("drg/schemes"));
    }
    folders
}

/// Prints text and a line end on standard output; a reader that has gone away is no error.
pub fn print(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error).context("cannot write to standard output"),
        _ => Ok(()),
    }
}

fn import(tables: &Path, output: &Path) -> anyhow::Result<ExitCode> {
    let scheme = Scheme::load_tables(tables)?;
    scheme.save(output)?;
    print(&format!("{} {} -> {}", scheme.name(), scheme.content_hash(), output.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn list(folders: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let folders = if folders.is_empty() { default_folders() } else { folders.to_vec() };
    let mut table = plain_table(&["scheme", "MDC", "ADRG", "DRG", "content", "place"]);
    let mut found = 0;
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        for place in schemes_in(folder)? {
            match Scheme::open(&place) {
                Ok(scheme) => {
                    found += 1;
                    let counts = Counts::of(&scheme);
                    table.add_row([
                        scheme.name().to_owned(),
                        counts.mdcs.to_string(),
                        counts.adrgs.to_string(),
                        counts.drgs.to_string(),
                        scheme.content_hash().to_string().chars().take(12).collect(),
                        place.display().to_string(),
                    ]);
                }
                Err(error) => eprintln!("{}: {error}", place.display()),
            }
        }
    }
    anyhow::ensure!(
        found > 0,
        "no scheme in {}\n  hint: name a folder, or set YIBAO_DATA to the reference-data folder",
        folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
    );
    print(&table.trim_fmt())?;
    Ok(ExitCode::SUCCESS)
}

/// Folders of tables and scheme files in a folder, by name.
fn schemes_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut places: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|place| place.join("adrg.csv").is_file() || place.extension().is_some_and(|kind| kind == "scheme"))
        .collect();
    places.sort();
    Ok(places)
}

struct Counts {
    mdcs: usize,
    adrgs: usize,
    drgs: usize,
}

impl Counts {
    fn of(scheme: &Scheme) -> Counts {
        let distinct = |texts: Vec<&str>| {
            let mut texts = texts;
            texts.sort_unstable();
            texts.dedup();
            texts.len()
        };
        Counts {
            mdcs: scheme.mdc_order().count(),
            adrgs: distinct(scheme.drgs().map(|drg| drg.adrg).collect()),
            drgs: distinct(scheme.drgs().map(|drg| drg.code).collect()),
        }
    }
}

/// The page that says where the tables come from: in their folder, or in one of the two above.
fn provenance(place: &Path) -> Option<PathBuf> {
    place.ancestors().take(3).map(|folder| folder.join("SOURCE.md")).find(|page| page.is_file())
}

fn show(place: &Path, groups: bool) -> anyhow::Result<ExitCode> {
    let scheme = &Scheme::open(place)?;
    let counts = Counts::of(scheme);
    let mut page = String::new();
    writeln!(page, "scheme   {}", scheme.name())?;
    writeln!(page, "content  {}", scheme.content_hash())?;
    writeln!(page, "place    {}", place.display())?;
    if let Some(source) = provenance(place) {
        writeln!(page, "source   {}", source.display())?;
    }
    writeln!(page, "groups   {} MDC, {} ADRG, {} DRG", counts.mdcs, counts.adrgs, counts.drgs)?;
    let maps = if scheme.translation().is_ok() { "with" } else { "without" };
    writeln!(page, "codes    {maps} maps from clinical to payer codes")?;
    let mut table = plain_table(&["MDC, in the order of trial", "ADRG", "DRG"]);
    for mdc in scheme.mdc_order() {
        let of =
            |drg: &yibao_grouping::DrgEntry<'_>| drg.mdc.trim_start_matches("MDC") == mdc.trim_start_matches("MDC");
        let drgs: Vec<_> = scheme.drgs().filter(of).collect();
        let mut adrgs: Vec<&str> = drgs.iter().map(|drg| drg.adrg).collect();
        adrgs.sort_unstable();
        adrgs.dedup();
        table.add_row([mdc.to_owned(), adrgs.len().to_string(), drgs.len().to_string()]);
    }
    writeln!(page, "{}", table.trim_fmt())?;
    if groups {
        let mut table = plain_table(&["DRG", "ADRG", "MDC", "name"]);
        for drg in scheme.drgs() {
            table.add_row([drg.code, drg.adrg, drg.mdc, drg.name]);
        }
        writeln!(page, "{}", table.trim_fmt())?;
    }
    print(page.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

fn check(scheme: &Scheme, json: bool) -> anyhow::Result<ExitCode> {
    let findings = scheme.check();
    if json {
        print(&serde_json::to_string_pretty(&findings)?)?;
    } else {
        let mut page = String::new();
        for finding in &findings {
            writeln!(page, "{finding}")?;
        }
        let dead = findings.iter().filter(|finding| is_dead(finding)).count();
        write!(page, "{}: {} findings, {dead} of them dead rules, rows or conditions", scheme.name(), findings.len())?;
        print(&page)?;
    }
    let dead = findings.iter().any(is_dead);
    Ok(if dead { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// Whether a finding means that a part of the scheme can never decide a case.
fn is_dead(finding: &Finding) -> bool {
    matches!(finding.problem, Problem::DeadRule { .. } | Problem::DeadRow { .. } | Problem::NeverTrue { .. })
}

fn plain_table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(header);
    table
}
