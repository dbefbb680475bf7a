//! `yibao dip import` and `build`: a catalogue's folder from published tables, or from past stays.

use std::io::Read as _;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow, bail, ensure};
use yibao_batch::dip::{self, BuildFile, Built, GatherRequest, KeyList};
use yibao_batch::rejects::Rejects;
use yibao_batch::settled::folder::NewFolder;
use yibao_batch::settled::manifest::{Counts, FileHash, Manifest};
use yibao_grouping::dip::{
    Catalogue, Code, Import, ImportMap, ProcedureTypes, Treatment, read_types, write_groups, write_types,
};
use yibao_policy::{CsvTable, Folder};

use crate::cmd::group::TextArgs;
use crate::job;

/// Arguments of `yibao dip import`.
#[derive(clap::Args)]
pub struct ImportArgs {
    /// The published tables: the catalogue, then its statistics where there are any (.csv or .csv.gz)
    #[arg(value_name = "FILE", num_args = 1..=2, required = true)]
    files: Vec<PathBuf>,
    /// Folder with import.toml (which column is what) and catalogue.toml (what the tables do not state)
    #[arg(long, value_name = "FOLDER")]
    recipe: PathBuf,
    /// Types of procedures: CSV with code and type (SS, ZLXCZ, ZDXCZ, BSZL)
    #[arg(long, value_name = "FILE.csv")]
    types: Option<PathBuf>,
    /// Folder of a CHS-DRG scheme whose set OR holds the surgical procedures; --types goes first
    #[arg(long, value_name = "FOLDER")]
    surgery_from: Option<PathBuf>,
    /// The folder to write; it appears whole or not at all
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

/// Arguments of `yibao dip build`.
#[derive(clap::Args)]
pub struct BuildArgs {
    /// How the catalogue is made
    #[arg(long, value_name = "build.toml")]
    plan: PathBuf,
    /// Past stays: .csv, .csv.gz, .parquet, with case_id, dx, proc, cost, discharge, los_days
    #[arg(value_name = "STAYS", num_args = 1.., required = true)]
    stays: Vec<PathBuf>,
    /// The folder to write; it appears whole or not at all
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Threads; the result does not depend on it
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    #[command(flatten)]
    text: TextArgs,
}

/// A table from a file, gzip or not.
fn table(path: &Path) -> anyhow::Result<CsvTable> {
    let shown = path.display().to_string();
    if path.extension().is_none_or(|kind| kind != "gz") {
        return CsvTable::read(path, &shown).map_err(|found| anyhow!("{found}"));
    }
    let file = std::fs::File::open(path).with_context(|| format!("cannot read {shown}"))?;
    let mut text = String::new();
    // A catalogue is a few megabytes; what is larger is none.
    let mut reader = flate2::read::MultiGzDecoder::new(file).take(512 << 20);
    reader.read_to_string(&mut text).with_context(|| format!("{shown} is not gzip of UTF-8 text"))?;
    CsvTable::parse(text.trim_start_matches('\u{feff}'), &shown).map_err(|found| anyhow!("{found}"))
}

fn toml<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
    let folder = Folder::of_text(&shown, &text).map_err(|found| anyhow!("{found}"))?;
    folder.decode().map_err(|found| anyhow!("{found}"))
}

/// The surgical procedures of a CHS-DRG scheme: its set OR.
fn surgical(scheme: &Path) -> anyhow::Result<Vec<Code>> {
    let table = table(&scheme.join("code_sets.csv"))?;
    let (set, codes) = (table.column("set"), table.column("codes"));
    let (Ok(set), Ok(codes)) = (set, codes) else { bail!("{}: no columns set and codes", table.file) };
    let row = table.rows.iter().find(|row| row.fields.get(set).is_some_and(|name| name == "OR"));
    let list = row.and_then(|row| row.fields.get(codes));
    let list = list.ok_or_else(|| {
        anyhow!("{}: no set OR\n  hint: the set of surgical procedures is called OR in CHS-DRG tables", table.file)
    })?;
    Ok(list.split('|').filter_map(|code| Code::fold(code.as_bytes())).collect())
}

fn types(list: Option<&Path>, surgery_from: Option<&Path>) -> anyhow::Result<ProcedureTypes> {
    let mut types = ProcedureTypes::new();
    if let Some(scheme) = surgery_from {
        types.extend(surgical(scheme)?.into_iter().map(|code| (code, Treatment::Surgery)));
    }
    if let Some(path) = list {
        types.extend(read_types(&table(path)?).map_err(|found| anyhow!("{found}"))?);
    }
    Ok(types)
}

/// Files of a recipe that belong to the catalogue: everything but import.toml.
fn recipe_files(recipe: &Path) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let entries = std::fs::read_dir(recipe).with_context(|| format!("cannot read {}", recipe.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let kind = path.extension().is_some_and(|kind| kind == "toml" || kind == "csv");
        if path.is_file() && kind && name != "import.toml" {
            files.push((name, std::fs::read(&path)?));
        }
    }
    files.sort();
    ensure!(
        files.iter().any(|(name, _)| name == "catalogue.toml"),
        "{}: no catalogue.toml\n  hint: write one beside import.toml; see docs/reference/dip.md",
        recipe.display()
    );
    Ok(files)
}

/// Runs `yibao dip import`.
pub fn import(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let map: ImportMap = toml(&args.recipe.join("import.toml"))?;
    let recipe = recipe_files(&args.recipe)?;
    let tables = args.files.iter().map(|path| table(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let groups = tables.first().ok_or_else(|| anyhow!("no file to import"))?;
    if map.statistics.is_some() != (tables.len() == 2) {
        bail!(
            "{} files, and import.toml {} [statistics]\n  hint: name the catalogue, then its statistics",
            tables.len(),
            if map.statistics.is_some() { "has" } else { "has no" }
        );
    }
    let made = Import::new(&map, groups, tables.get(1)).run().map_err(|found| anyhow!("{found}"))?;
    let types = types(args.types.as_deref(), args.surgery_from.as_deref())?;
    let inputs = args.files.iter().map(|file| FileHash::of(file)).collect::<Result<Vec<_>, _>>()?;
    let folder = NewFolder::create(&args.output)?;
    let mut outputs = vec!["groups.csv", "procedure_types.csv"];
    for (name, bytes) in &recipe {
        folder.write(name, bytes)?;
        if !outputs.contains(&name.as_str()) {
            outputs.push(name);
        }
    }
    folder.write("groups.csv", &write_groups(&made.rows))?;
    if !types.is_empty() || !recipe.iter().any(|(name, _)| name == "procedure_types.csv") {
        folder.write("procedure_types.csv", &write_types(&types))?;
    }
    let catalogue = Catalogue::open(&folder.file("")).map_err(|found| anyhow!("{found}"))?;
    let rows = made.rows.len() as u64;
    manifest(&catalogue, inputs, Counts { read: rows, settled: rows, refused: 0, not_selected: 0 })
        .write(&folder, &outputs)?;
    folder.commit()?;
    say!("{} rows in {}", made.rows.len(), args.output.display());
    if !made.left_out.is_empty() {
        let some: Vec<&str> = made.left_out.iter().take(5).map(String::as_str).collect();
        say!("  left out of the statistics: {} groups ({}, …)", made.left_out.len(), some.join(", "));
    }
    if !made.points_differ.is_empty() {
        say!("  points differ between the files: {}", made.points_differ.join(", "));
    }
    say!("  without statistics: {}; procedures with a type: {}", made.without_statistics, types.len());
    say!("  next: yibao dip check {}", args.output.display());
    Ok(ExitCode::SUCCESS)
}

fn manifest(catalogue: &Catalogue, inputs: Vec<FileHash>, counts: Counts) -> Manifest {
    Manifest {
        format: 1,
        program: concat!("yibao ", env!("CARGO_PKG_VERSION")).to_owned(),
        made: "dip_catalogue".to_owned(),
        pack: catalogue.header().id.clone(),
        pack_sha256: catalogue.content_hash().to_owned(),
        scheme: None,
        scheme_sha256: None,
        period: catalogue.header().version.clone(),
        methods: Vec::new(),
        known: None,
        inputs,
        counts,
        feeds: Vec::new(),
        bills: Vec::new(),
        outputs: Vec::new(),
    }
}

/// Runs `yibao dip build`. Exit code 3: made, and some rows of stays were refused.
pub fn build(args: &BuildArgs) -> anyhow::Result<ExitCode> {
    let cancel = job::cancel_on_signal()?;
    let plan = toml::<BuildFile>(&args.plan)?.build;
    let beside = |name: &String| args.plan.parent().unwrap_or(Path::new("")).join(name);
    let list = |name: &Option<String>| match name {
        Some(name) => KeyList::read(&table(&beside(name))?).map_err(|found| anyhow!("{found}")),
        None => Ok(KeyList::default()),
    };
    let types = types(plan.procedure_types.as_ref().map(beside).as_deref(), None)?;
    let (national, primary_care) = (list(&plan.national)?, list(&plan.primary_care)?);
    let inputs = args.stays.iter().map(|file| FileHash::of(file)).collect::<Result<Vec<_>, _>>()?;
    let folder = NewFolder::create(&args.output)?;
    let bar = job::progress("reading stays 读取病例");
    let request = GatherRequest {
        files: &args.stays,
        read: args.text.options(),
        cancel: cancel.clone(),
        progress: &|rows| bar.set_position(rows),
    };
    let mut rejects = Rejects::at(folder.file("refused.csv"));
    let gathered = dip::gather(&request, &mut rejects);
    bar.finish_and_clear();
    job::stop_if(&cancel)?;
    let gathered = gathered?;
    let refused = rejects.finish()?.is_some();
    let threads = NonZeroUsize::new(job::threads(args.threads)).unwrap_or(NonZeroUsize::MIN);
    let built = dip::build(&plan, &gathered, &types, &national, &primary_care, threads)?;
    job::stop_if(&cancel)?;
    let remark = "Made by `yibao dip build`; the points come from past stays.";
    folder.write("catalogue.toml", dip::header_text(&built.header, remark).as_bytes())?;
    folder.write("groups.csv", &write_groups(&built.rows))?;
    folder.write("procedure_types.csv", &write_types(&built.types))?;
    let catalogue = Catalogue::open(&folder.file("")).map_err(|found| anyhow!("{found}"))?;
    let counts = Counts {
        read: gathered.rows,
        settled: built.stays - built.without_group,
        refused: gathered.refused,
        not_selected: built.outside_years,
    };
    let mut outputs = vec!["catalogue.toml", "groups.csv", "procedure_types.csv"];
    if refused {
        outputs.push("refused.csv");
    }
    manifest(&catalogue, inputs, counts).write(&folder, &outputs)?;
    folder.commit()?;
    summary(&built, &catalogue, args);
    Ok(if gathered.refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn summary(built: &Built, catalogue: &Catalogue, args: &BuildArgs) {
    use yibao_grouping::dip::Kind;
    let of = |kind: Kind| built.rows.iter().filter(|row| row.kind == kind).count();
    say!("{} {} in {}", catalogue.header().id, catalogue.header().version, args.output.display());
    say!(
        "  rows: {} core, {} primary care, {} comprehensive, {} fallback; matched {} times",
        of(Kind::Core),
        of(Kind::PrimaryCare),
        of(Kind::Comprehensive),
        of(Kind::Fallback),
        built.rounds
    );
    say!(
        "  stays: {} in the data years, {} outside, {} without a group, {} decided by order",
        built.stays,
        built.outside_years,
        built.without_group,
        built.ties
    );
    say!("  {} points stand for {} yuan", built.header.scale, built.header.mean);
    if !built.untyped.is_empty() {
        let some: Vec<String> =
            built.untyped.iter().take(5).map(|(code, stays)| format!("{code} ({stays} stays)")).collect();
        say!("  procedures without a type: {}: {}", built.untyped.len(), some.join(", "));
    }
}
