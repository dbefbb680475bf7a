//! `yibao catalogue`: a foreign list as a catalogue, what changed between two, what holds of an item on a day.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use comfy_table::{Table, presets};
use yibao_batch::AtomicFile;
use yibao_catalogue::import::{self, Imported, Mapping};
use yibao_catalogue::item::COLUMNS;
use yibao_catalogue::{Catalogue, Change, Item, diff};
use yibao_kernel::Day;
use yibao_policy::CsvTable;

/// Exit code of an import that left rows out, and of an item that is not there.
const REFUSED: u8 = 3;
/// Refused rows printed; the file has all.
const SHOWN: usize = 10;

/// Arguments of `yibao catalogue`.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Read a list of drugs, services or consumables of another shape 导入目录
    Import {
        /// The list: .csv, .csv.gz, .xlsx
        list: PathBuf,
        /// Its columns and words, and ours (TOML)
        #[arg(long, value_name = "MAP.toml")]
        map: PathBuf,
        /// The catalogue to write; rows left out stand beside it in NAME.refused.csv
        #[arg(short, long, value_name = "CATALOGUE.csv")]
        output: PathBuf,
    },
    /// Say what changed between two catalogues 目录变化
    Diff {
        /// Before
        before: PathBuf,
        /// After
        after: PathBuf,
        /// Day of service looked at (default: the day the latest version of either begins)
        #[arg(long, value_name = "DAY")]
        on: Option<String>,
        /// Day of service of the catalogue before (default: the same day)
        #[arg(long, value_name = "DAY")]
        before_on: Option<String>,
        /// Write the changes as CSV
        #[arg(short, long, value_name = "OUT.csv")]
        output: Option<PathBuf>,
    },
    /// Show the versions of an item, and the one that holds on a day 查询项目
    Show {
        /// The catalogue
        catalogue: PathBuf,
        /// Code of the item
        code: String,
        /// Day of service
        #[arg(long, value_name = "DAY")]
        on: Option<String>,
        /// Day of knowledge (default: all is known)
        #[arg(long, value_name = "DAY")]
        known: Option<String>,
    },
}

/// Runs the command.
///
/// # Errors
/// Files that cannot be read or written.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.action {
        Action::Import { list, map, output } => run_import(&list, &map, &output),
        Action::Diff { before, after, on, before_on, output } => {
            let (on, before_on) = (day("--on", on.as_deref())?, day("--before-on", before_on.as_deref())?);
            run_diff(&before, &after, on, before_on, output.as_deref())
        }
        Action::Show { catalogue, code, on, known } => {
            run_show(&read(&catalogue)?, &code, day("--on", on.as_deref())?, day("--known", known.as_deref())?)
        }
    }
}

fn day(name: &str, text: Option<&str>) -> anyhow::Result<Option<Day>> {
    text.map(|text| {
        Day::parse(text).map_err(|error| anyhow!("{name} {text}: {error}\n  hint: write a day like 2025-12-31"))
    })
    .transpose()
}

fn read(path: &Path) -> anyhow::Result<Catalogue> {
    let table = CsvTable::read(path, &path.display().to_string()).map_err(|found| anyhow!("{found}"))?;
    Catalogue::of_table(&table).map_err(|found| anyhow!("{found}"))
}

fn run_import(list: &Path, map: &Path, output: &Path) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(map).with_context(|| format!("cannot read {}", map.display()))?;
    let mapping: Mapping = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| 1 + text.get(..span.start).unwrap_or("").matches('\n').count());
        anyhow!(
            "{}:{line}: {}\n  hint: a mapping has [columns], [constant], [values.COLUMN] and sheet",
            map.display(),
            error.message()
        )
    })?;
    let imported = import::import(list, &mapping).map_err(|found| anyhow!("{found}"))?;
    if imported.table.rows.is_empty() {
        let first = imported.refused.first().map(|row| format!(": line {}: {}", row.line, row.message));
        bail!("{}: no row is an item{}\n  hint: correct the mapping", list.display(), first.unwrap_or_default());
    }
    let mut file = csv::Writer::from_writer(AtomicFile::create(output)?);
    write_items(&mut file, &imported)?;
    file.into_inner().map_err(|error| anyhow!("cannot write: {}", error.error()))?.commit()?;
    let beside = output.with_extension("refused.csv");
    if imported.refused.is_empty() {
        // Those of an earlier import of this list are no longer true.
        let _ = std::fs::remove_file(&beside);
    } else {
        let mut file = csv::Writer::from_writer(AtomicFile::create(&beside)?);
        file.write_record(["line", "message", "hint"])?;
        for row in &imported.refused {
            file.write_record([&row.line.to_string(), &row.message, &row.hint])?;
        }
        file.into_inner().map_err(|error| anyhow!("cannot write: {}", error.error()))?.commit()?;
    }
    say!(
        "{} 个版本 versions of {} 个项目 items → {}",
        imported.catalogue.items().len(),
        codes(&imported.catalogue),
        output.display()
    );
    if imported.refused.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    say!("{} 行未导入 rows left out → {}", imported.refused.len(), beside.display());
    for row in imported.refused.iter().take(SHOWN) {
        say!("  {}:{}: {}", list.display(), row.line, row.message);
    }
    if imported.refused.len() > SHOWN {
        say!("  …");
    }
    Ok(ExitCode::from(REFUSED))
}

fn codes(catalogue: &Catalogue) -> usize {
    let items = catalogue.items();
    items.iter().zip(items.iter().skip(1)).filter(|(one, next)| one.code != next.code).count()
        + usize::from(!items.is_empty())
}

/// Our columns, in our order, in the order of the list.
fn write_items<W: std::io::Write>(file: &mut csv::Writer<W>, imported: &Imported) -> anyhow::Result<()> {
    let header = &imported.table.header;
    let places: Vec<(&str, usize)> =
        COLUMNS.iter().filter_map(|name| Some((*name, header.iter().position(|column| column == name)?))).collect();
    file.write_record(places.iter().map(|(name, _)| name))?;
    for row in &imported.table.rows {
        file.write_record(places.iter().map(|(_, at)| row.fields.get(*at).map_or("", String::as_str)))?;
    }
    Ok(())
}

fn run_diff(
    before: &Path,
    after: &Path,
    on: Option<Day>,
    before_on: Option<Day>,
    output: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    let (old, new) = (read(before)?, read(after)?);
    let latest = || old.items().iter().chain(new.items()).map(|item| item.window.from).max();
    let Some(on) = on.or_else(latest) else {
        bail!("both catalogues are empty\n  hint: a catalogue has a row per version of an item");
    };
    let changes = diff((&old, before_on.unwrap_or(on)), (&new, on));
    if let Some(output) = output {
        let mut file = csv::Writer::from_writer(AtomicFile::create(output)?);
        file.write_record(["code", "name", "field", "before", "after"])?;
        for change in &changes {
            file.write_record([&*change.code, &change.name, change.field, &change.before, &change.after])?;
        }
        file.into_inner().map_err(|error| anyhow!("cannot write: {}", error.error()))?.commit()?;
    }
    let count = |which: fn(&Change) -> bool| changes.iter().filter(|change| which(change)).count();
    let came = count(|change| change.field == "item" && change.before.is_empty());
    let went = count(|change| change.field == "item" && change.after.is_empty());
    if output.is_none() && !changes.is_empty() {
        let mut table = Table::new();
        table.load_preset(presets::NOTHING);
        table.set_header(["code", "name", "field", "before", "after"]);
        for change in &changes {
            table.add_row([&*change.code, &change.name, change.field, &change.before, &change.after]);
        }
        table.lines().for_each(|line| say!("{}", line.trim_end()));
    }
    say!(
        "{on}: {came} 个新增 came, {went} 个退出 went, {} 处变化 fields changed",
        changes.len().saturating_sub(came + went)
    );
    Ok(ExitCode::SUCCESS)
}

fn run_show(catalogue: &Catalogue, code: &str, on: Option<Day>, known: Option<Day>) -> anyhow::Result<ExitCode> {
    let known = known.unwrap_or(Day::MAX);
    let versions: Vec<&Item> = catalogue.items().iter().filter(|item| item.code == code).collect();
    if versions.is_empty() {
        let hint = yibao_policy::suggest::nearest(code, catalogue.items().iter().map(|item| item.code.as_str()))
            .map_or_else(|| "codes are compared byte by byte".to_owned(), |near| format!("did you mean \"{near}\"?"));
        eprintln!("error: item {code} is not in the catalogue\n  hint: {hint}");
        return Ok(ExitCode::from(REFUSED));
    }
    let holds = on.map(|on| catalogue.find(code, on, known).map(|(_, item)| item));
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_header([&[""][..], &COLUMNS[1..]].concat());
    for item in &versions {
        let is_held = matches!(&holds, Some(Ok(held)) if held.line == item.line);
        let mut row = vec![if is_held { "→".to_owned() } else { String::new() }];
        row.extend(cells(item));
        table.add_row(row);
    }
    say!("{code}");
    table.lines().for_each(|line| say!("{}", line.trim_end()));
    match holds {
        Some(Err(error)) => {
            eprintln!("error: {error}");
            Ok(ExitCode::from(REFUSED))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// A version as its columns, without the code.
fn cells(item: &Item) -> Vec<String> {
    let mut cells: Vec<String> = diff::fields(item).into_iter().map(|(_, text)| text).collect();
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let known = Some(item.known).filter(|known| *known != Day::MIN);
    cells.extend([item.window.from.to_string(), day(item.window.until), day(known)]);
    cells
}
