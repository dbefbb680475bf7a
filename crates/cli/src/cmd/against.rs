//! `yibao against` and `yibao settle --against`: who gains, who loses, which numbers of the packs differ.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use comfy_table::{Cell, CellAlignment, Table, presets};
use yibao_batch::settled::facts::SettledFolder;
use yibao_batch::settled::values::{PackValues, VALUES};
use yibao_disclosure::against::{Change, Comparison, Side, compare};
use yibao_disclosure::stored::Stored;

use super::stored::PROGRAM;

/// Arguments of `yibao against`.
#[derive(clap::Args)]
pub struct Args {
    /// The new settled folder 新结算目录
    new: PathBuf,
    /// The settled folder to compare it with 旧结算目录
    old: PathBuf,
    /// The folder to write; absent: print only 输出目录
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Compare different periods nevertheless 允许不同期间
    #[arg(long)]
    other_period: bool,
}

/// Files that a comparison writes.
pub const FILES: [&str; 3] = ["against.csv", "against.html", "against_pack.csv"];

/// Institutions printed at each end.
const SHOWN: usize = 8;
/// Differing values printed.
const CHANGES_SHOWN: usize = 12;

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let (new, old) = (super::stored::clearing(&args.new)?, super::stored::clearing(&args.old)?);
    let comparison = comparison(&values_of(&new.0)?, side(&new.1), &old, args.other_period)?;
    if let Some(output) = &args.output {
        super::derived::write(output, "comparison", &[&new.0, &old.0], &files(&comparison))?;
    }
    print(&comparison, args.output.as_deref());
    Ok(ExitCode::SUCCESS)
}

/// What a settlement is compared with: opened before anything is settled, so that a wrong folder costs no time.
pub struct Old(SettledFolder, Stored);

impl Old {
    /// Opens the folder.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let (folder, stored) = super::stored::clearing(path)?;
        Ok(Old(folder, stored))
    }

    /// Compares a settlement that was just made with it.
    pub fn compare(&self, values: &PackValues, new: Side<'_>, other_period: bool) -> anyhow::Result<Comparison> {
        comparison_of(values, new, &self.0, &self.1, other_period)
    }
}

fn comparison(
    values: &PackValues,
    new: Side<'_>,
    old: &(SettledFolder, Stored),
    other_period: bool,
) -> anyhow::Result<Comparison> {
    comparison_of(values, new, &old.0, &old.1, other_period)
}

fn comparison_of(
    values: &PackValues,
    new: Side<'_>,
    folder: &SettledFolder,
    old: &Stored,
    other_period: bool,
) -> anyhow::Result<Comparison> {
    let changes = values.against(&values_of(folder)?).into_iter().map(|change| Change {
        place: change.place,
        old: change.old,
        new: change.new,
    });
    Ok(compare(new, side(old), changes.collect(), other_period)?)
}

fn side(stored: &Stored) -> Side<'_> {
    Side { facts: &stored.facts, rows: &stored.rows, pack_sha256: &stored.pack_sha256 }
}

fn values_of(folder: &SettledFolder) -> anyhow::Result<PackValues> {
    let folder = SettledFolder::open(&folder.path, &[VALUES])?;
    Ok(PackValues::read(&folder)?)
}

/// The files of a comparison.
pub fn files(comparison: &Comparison) -> Vec<(String, Vec<u8>)> {
    let [rows, page, changes] = FILES;
    vec![
        (rows.to_owned(), comparison.csv()),
        (page.to_owned(), comparison.html(PROGRAM).into_bytes()),
        (changes.to_owned(), comparison.changes_csv()),
    ]
}

/// Prints who gains and who loses.
pub fn print(comparison: &Comparison, output: Option<&Path>) {
    let [old, new] = &comparison.names;
    say!("旧 old: {old}   新 new: {new}");
    if comparison.same_pack {
        say!("同一政策包 both by the same pack");
    }
    for change in comparison.changes.iter().take(CHANGES_SHOWN) {
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "—".to_owned());
        say!("  {}  {} → {}", change.place, text(&change.old), text(&change.new));
    }
    if comparison.changes.len() > CHANGES_SHOWN {
        say!("  … {} values differ; all in against_pack.csv", comparison.changes.len());
    }
    for by in ["institution", "level", "insurance", "method", "pool"] {
        let all: Vec<_> = comparison.of(by).collect();
        let mut table = Table::new();
        table.load_preset(presets::UTF8_BORDERS_ONLY);
        table.set_header([by, "旧 old", "新 new", "新 − 旧 difference"]);
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let middle = SHOWN..all.len().saturating_sub(SHOWN);
        for (at, one) in all.iter().enumerate() {
            if middle.contains(&at) {
                continue;
            }
            let name = if one.name.0.is_empty() { &one.key } else { &one.name.0 };
            table.add_row(vec![Cell::new(name), Cell::new(one.old), Cell::new(one.new), Cell::new(one.difference)]);
        }
        say!("{table}");
    }
    if let Some(total) = comparison.of("total").next() {
        say!("合计 total: {} → {}, {}", total.old, total.new, total.difference);
    }
    if let Some(output) = output {
        say!("打开 open: {}/against.html", output.display());
    }
}
