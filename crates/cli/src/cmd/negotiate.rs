//! `yibao negotiate`: past stays in, a proposed standard per disease and what each choice costs out.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::anyhow;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use yibao_batch::settled::folder::NewFolder;
use yibao_batch::settled::manifest::{Counts, FileHash, Manifest};
use yibao_disclosure::negotiate::{FILES, NegotiatePublication, files};
use yibao_disclosure::page::money;
use yibao_kernel::Day;
use yibao_payment::negotiate::{Choice, NegotiateError, NegotiatePlan, Negotiated, Past, negotiate};
use yibao_payment::pack::check::check;
use yibao_payment::pack::reference::ReferenceFolder;

use crate::job::{self, Job};

/// Arguments of `yibao negotiate`.
#[derive(clap::Args)]
pub struct Args {
    /// The policy pack with a [negotiate] table (a folder) 政策包
    pack: PathBuf,
    /// The folder to write; it appears whole or not at all; absent: only printed 输出目录
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Day the proposal is put forward, like 2024-10-08 拟定日
    #[arg(long, value_name = "DAY")]
    on: Option<String>,
    /// Files of stays, instead of the pack's own 病例文件
    #[arg(long, num_args = 1..)]
    stays: Vec<PathBuf>,
    /// The reference-data folder (else YIBAO_DATA) 参考数据目录
    #[arg(long)]
    data: Option<PathBuf>,
    /// Threads; the result does not depend on it 线程数
    #[arg(long)]
    threads: Option<usize>,
}

/// Runs the command. Exit code 3: proposed, and some rows were refused.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let cancel = job::cancel_on_signal()?;
    let threads = job::threads(args.threads);
    let on = match &args.on {
        Some(text) => Some(
            Day::parse(text).map_err(|error| anyhow!("--on {text}: {error}\n  hint: write a day like 2024-10-08"))?,
        ),
        None => None,
    };
    let job = Job::open(&args.pack, job::data_folder(args.data.clone()))?;
    let found = check(&job.folder, &job.pack, &ReferenceFolder(job.data.clone()));
    if found.has_errors() {
        return Err(job::unusable(found));
    }
    let plan = NegotiatePlan::of_pack(&job.folder, &job.pack)?;
    let declared = job.pack.negotiate.as_ref().ok_or(NegotiateError::NotDeclared)?;
    let scheme = job.scheme(job.pack.year_declaration(declared.year).and_then(|year| year.scheme.as_ref()))?;
    let paths = job.stay_files(&args.stays, declared.stays.as_deref())?;
    let read = job.read(&paths, declared.select.as_ref(), scheme.as_ref(), threads, &cancel)?;
    job::stop_if(&cancel)?;
    let past = Past::of_stays(declared, &job.folder, &job.pack, &read.stays, &read.symbols)?;
    let result = negotiate(plan, &past)?;
    print(&result);
    let counts = Counts {
        read: read.rows,
        settled: read.stays.len() as u64,
        refused: read.refused.len() as u64,
        not_selected: read.not_selected,
    };
    say!("\nrows read {}: {} refused, {} not selected", counts.read, counts.refused, counts.not_selected);
    if let Some(output) = &args.output {
        write(&job, &result, counts, &paths, on, output)?;
        say!("{} -> {}", FILES.join(" "), output.display());
    }
    Ok(if counts.refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn print(result: &Negotiated) {
    let plan = &result.plan;
    let table = |heads: Vec<String>, texts: usize| {
        let mut table = Table::new();
        table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Disabled);
        super::budget::without_lines_between(&mut table);
        table.set_header(heads);
        for column in table.column_iter_mut().skip(texts) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table
    };
    let mut heads = plan.key.clone();
    heads.extend(
        [
            "病例\ncases",
            "中位数\nmedian",
            "均值\nmean",
            "区间 range",
            "现行\ncurrent",
            "拟定\nproposed",
            "年基金支付\nfund a year",
        ]
        .map(str::to_owned),
    );
    let mut diseases = table(heads, plan.key.len());
    for row in &result.rows {
        let of = |choice: Choice| row.choices.iter().find(|one| one.choice == choice);
        let [_, median, _, mean, _] = row.measures;
        let [low, high] = row.range;
        let mut cells = row.key.clone();
        cells.extend([
            row.cases.to_string(),
            money(median),
            money(mean),
            format!("{} … {}", money(low), money(high)),
            of(Choice::Current).map(|one| money(one.standard)).unwrap_or_default(),
            money(row.proposed),
            of(Choice::Measure(plan.propose)).map(|one| money(one.fund_a_year)).unwrap_or_default(),
        ]);
        diseases.add_row(cells);
    }
    say!("{} {}: 拟定 proposed standards\n{}", plan.standard, plan.year, lines(&diseases));
    let mut choices = table(
        vec!["选择 choice".to_owned(), "基金年支付\nfund a year".to_owned(), "余缺\nleft or short".to_owned()],
        1,
    );
    for (choice, total) in &result.totals {
        let (zh, en) = choice.words();
        let left =
            plan.ability.as_ref().zip(*total).and_then(|(ability, total)| ability.amount.checked_sub(total).ok());
        choices.add_row(vec![
            format!("{zh}  {en}"),
            total.map(money).unwrap_or_default(),
            left.map(money).unwrap_or_default(),
        ]);
    }
    say!("\n{}", lines(&choices));
    if let Some(ability) = &plan.ability {
        say!("基金可承受 the fund's ability: {} {} ({})", ability.line, money(ability.amount), ability.stage);
    }
    let (few, cases) = result.few;
    if few > 0 {
        say!("病例少于 {} 的 {few} 行未列 rows with too few cases: {few} ({cases} cases)", plan.min_cases);
    }
}

fn lines(table: &Table) -> String {
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn write(
    job: &Job,
    result: &Negotiated,
    counts: Counts,
    paths: &[PathBuf],
    on: Option<Day>,
    output: &Path,
) -> anyhow::Result<()> {
    let inputs = paths.iter().map(|file| FileHash::of(file)).collect::<Result<Vec<_>, _>>()?;
    let publication = NegotiatePublication {
        pack: job.header_view(),
        pack_hash: job.folder.hash().to_owned(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        inputs: inputs.iter().map(|file| (file.name.clone(), file.sha256.clone())).collect(),
        on: on.map(|day| day.to_string()),
    };
    let folder = NewFolder::create(output)?;
    for (name, bytes) in files(result, &publication)? {
        folder.write(name, &bytes)?;
    }
    Manifest {
        format: 1,
        program: concat!("yibao ", env!("CARGO_PKG_VERSION")).to_owned(),
        made: "negotiate".to_owned(),
        pack: job.pack.pack.id.clone(),
        pack_sha256: job.folder.hash().to_owned(),
        scheme: None,
        scheme_sha256: None,
        period: result.plan.year.to_string(),
        methods: Vec::new(),
        known: None,
        inputs,
        counts,
        feeds: Vec::new(),
        bills: Vec::new(),
        outputs: Vec::new(),
    }
    .write(&folder, &FILES)?;
    folder.commit()?;
    Ok(())
}
