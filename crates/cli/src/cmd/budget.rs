//! `yibao budget`: a year's budget from income to the pools, as proposed, heard, adopted and changed.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use comfy_table::{CellAlignment, ContentArrangement, Table, TableComponent, presets};
use yibao_batch::settled::folder::NewFolder;
use yibao_batch::settled::manifest::{Counts, Manifest};
use yibao_disclosure::budget::{BudgetPublication, BudgetRow, FILES, cell_text, column_words, files, rows};
use yibao_disclosure::page::{Words, money};
use yibao_kernel::Day;
use yibao_payment::budget::Waterfall;
use yibao_payment::pack::check::check;
use yibao_payment::pack::reference::ReferenceFolder;
use yibao_policy::diagnostics::Severity;

use crate::job::{self, Job};

/// Arguments of `yibao budget`.
#[derive(clap::Args)]
pub struct Args {
    /// The policy pack (a folder) 政策包
    pack: PathBuf,
    /// The year (default: the latest that has a budget) 年度
    #[arg(long)]
    year: Option<i32>,
    /// As known on this day, like 2025-01-31 知悉日
    #[arg(long, value_name = "DAY")]
    known: Option<String>,
    /// Write budget.csv, budget.xlsx and budget.html into this folder 输出目录
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// The reference-data folder (else YIBAO_DATA) 参考数据目录
    #[arg(long)]
    data: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let job = Job::open(&args.pack, job::data_folder(args.data))?;
    let known = match &args.known {
        Some(text) => Some(
            Day::parse(text)
                .map_err(|error| anyhow!("--known {text}: {error}\n  hint: write a day like 2025-12-31"))?,
        ),
        None => None,
    };
    let found = check(&job.folder, &job.pack, &ReferenceFolder(job.data.clone()));
    if found.has_errors() {
        return Err(job::unusable(found));
    }
    let year = year(&job, args.year)?;
    let budgets: Vec<_> = job.pack.budget.iter().filter(|budget| budget.year == year).collect();
    let waterfalls = budgets.iter().map(|budget| Waterfall::of(budget, known.unwrap_or(Day::MAX)));
    let waterfalls: Vec<Waterfall<'_>> = waterfalls.collect::<Result<_, _>>().map_err(|fault| anyhow!("{fault}"))?;
    for (at, waterfall) in waterfalls.iter().enumerate() {
        if at > 0 {
            say!("");
        }
        print(&job, waterfall);
    }
    for note in found.0.iter().filter(|note| note.severity == Severity::Note && note.message.contains("adopted")) {
        say!("\n{note}");
    }
    if let Some(output) = &args.output {
        write(&job, &waterfalls, year, known, output)?;
        say!("\n{} {} {} -> {}", FILES[0], FILES[1], FILES[2], output.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// The year asked for, else the latest with a budget.
fn year(job: &Job, asked: Option<i32>) -> anyhow::Result<i32> {
    let mut years: Vec<i32> = job.pack.budget.iter().map(|budget| budget.year).collect();
    years.sort_unstable();
    years.dedup();
    let Some(latest) = years.last() else {
        bail!(
            "the pack has no [[budget]]\n  hint: a pool's `amount` is its budget; see docs/methods/budget.md for a budget that divides into pools"
        );
    };
    match asked {
        Some(year) if !years.contains(&year) => {
            let known = years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            bail!("the pack has no budget of {year}\n  hint: it has {known}")
        }
        Some(year) => Ok(year),
        None => Ok(*latest),
    }
}

/// Chinese first, English below it.
fn pair(words: &Words, indent: &str) -> String {
    if words.zh.is_empty() { String::new() } else { format!("{indent}{}\n{indent}{}", words.zh, words.en) }
}

/// Rows of a table stand close together.
pub fn without_lines_between(table: &mut Table) {
    for component in [
        TableComponent::HorizontalLines,
        TableComponent::MiddleIntersections,
        TableComponent::LeftBorderIntersections,
        TableComponent::RightBorderIntersections,
    ] {
        table.remove_style(component);
    }
}

fn print(job: &Job, waterfall: &Waterfall<'_>) {
    let (budget, header) = (waterfall.budget, &job.pack.pack);
    let mark = if header.trust.illustrative() { "（示意，非官方 illustrative）" } else { "" };
    say!("{} {} {} {mark}", header.region.zh, budget.year, budget.title.zh);
    say!("{} {} {}\n", header.region.en, budget.year, budget.title.en);
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Disabled);
    without_lines_between(&mut table);
    let mut heads = vec!["项目\nitem".to_owned(), "口径\nbasis".to_owned(), "去向\ngoes to".to_owned()];
    for column in &waterfall.columns {
        let (zh, en) = column.version.stage.words();
        heads.push(format!("{zh} {en}\n{}", column.version.on));
    }
    heads.extend(["年中调整\nchanges".to_owned(), "现行\nin force".to_owned()]);
    table.set_header(heads);
    for row in rows(&job.pack, waterfall) {
        table.add_row(cells(&row));
    }
    for column in table.column_iter_mut().skip(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    say!("{}", table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n"));
    for view in waterfall.roundings() {
        say!("尾差 rounding: {} {} {}", view.line.title.zh, view.line.title.en, view.rounding);
    }
    for view in &waterfall.reserves {
        say!(
            "储备 reserve {} {}: 期初 opening {} + 划入 put in {} + 调整 changes {} = 可用 available {}",
            view.reserve.title.zh,
            view.reserve.title.en,
            money(view.reserve.opening),
            money(view.put_in),
            money(view.changed),
            money(view.available)
        );
    }
    for column in &waterfall.columns {
        let version = column.version;
        let text = version.text.as_ref().map(|text| format!("：{}  {}", text.zh, text.en)).unwrap_or_default();
        let heading = column_words(column);
        say!("{}  {} · {}  {}{text}", heading.zh, version.stage.words().1, version.by.zh, version.by.en);
    }
    for change in &waterfall.changes {
        let words = change.words();
        say!(
            "调整 change {} {} {}: {}  {}（{}  {}）",
            change.on,
            change.line,
            money(change.amount),
            words.zh,
            words.en,
            change.procedure.zh,
            change.procedure.en
        );
    }
}

fn cells(row: &BudgetRow) -> Vec<String> {
    let indent = "  ".repeat(row.depth);
    let amount = |amount: Option<yibao_kernel::Fen>| amount.map(money).unwrap_or_default();
    let mut cells = vec![pair(&row.title, &indent), pair(&row.basis, ""), pair(&row.to, "")];
    cells.extend(row.cells.iter().map(cell_text));
    cells.push(amount(row.changed.filter(|amount| !amount.is_zero())));
    cells.push(amount(row.in_force));
    cells
}

fn write(job: &Job, waterfalls: &[Waterfall<'_>], year: i32, known: Option<Day>, output: &Path) -> anyhow::Result<()> {
    let publication = BudgetPublication {
        pack: job.header_view(),
        pack_hash: job.folder.hash().to_owned(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        year,
        known: known.map(|day| day.to_string()),
    };
    let folder = NewFolder::create(output)?;
    for (name, bytes) in files(&job.pack, waterfalls, &publication)? {
        folder.write(name, &bytes)?;
    }
    Manifest {
        format: 1,
        program: concat!("yibao ", env!("CARGO_PKG_VERSION")).to_owned(),
        made: "budget".to_owned(),
        pack: job.pack.pack.id.clone(),
        pack_sha256: job.folder.hash().to_owned(),
        scheme: None,
        scheme_sha256: None,
        period: year.to_string(),
        methods: Vec::new(),
        known: known.map(|day| day.to_string()),
        inputs: Vec::new(),
        counts: Counts::default(),
        feeds: Vec::new(),
        bills: Vec::new(),
        outputs: Vec::new(),
    }
    .write(&folder, &FILES)?;
    folder.commit()?;
    Ok(())
}
