//! `yibao settle`: stays in, a cleared year out, as one folder.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::anyhow;
use yibao_batch::Cancel;
use yibao_batch::settled::extras::ExtraColumn;
use yibao_batch::settled::facts::FACTS;
use yibao_batch::settled::folder::NewFolder;
use yibao_batch::settled::manifest::{BillsEntry, Counts, FeedEntry, FileHash, Manifest};
use yibao_batch::settled::reasons::{REASONS, Reasons};
use yibao_batch::settled::store::Waiting;
use yibao_batch::settled::values::VALUES;
use yibao_batch::stays::StayRead;
use yibao_disclosure::report::{InputFile, ReportInputs, report_of};
use yibao_disclosure::statements::statements_of;
use yibao_disclosure::summary::Summary;
use yibao_grouping::Scheme;
use yibao_kernel::Day;
use yibao_payment::pack::reference::ReferenceFolder;
use yibao_payment::plan::{CompileInput, Plan};
use yibao_payment::settle::entries::{Applied, apply};
use yibao_payment::settle::{Options, settle};
use yibao_payment::settled::explanations::Store;
use yibao_payment::settled::{Bilingual, Settled};
use yibao_record::feed::STAYS;

use super::against::Old;
use crate::bills;
use crate::feeds::{self, FeedFile, OpenFeed};
use crate::job::{self, Job};

mod kept;
pub mod summary;

/// Arguments of `yibao settle`.
#[derive(clap::Args)]
pub struct Args {
    /// The policy pack (a folder) 政策包
    pack: PathBuf,
    /// The folder to write; it appears whole or not at all 输出目录
    #[arg(short, long)]
    output: PathBuf,
    /// Files of stays, instead of the pack's own input 病例文件
    #[arg(long, num_args = 1..)]
    stays: Vec<PathBuf>,
    /// Files of another feed of the pack, instead of its own: ID=FILE 其他数据来源
    #[arg(long, num_args = 1.., value_name = "ID=FILE")]
    feed: Vec<FeedFile>,
    /// The year to settle; default the pack's latest 年度
    #[arg(long)]
    year: Option<i32>,
    /// Settle one month, interim: 1 to 12 月结
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=12))]
    month: Option<u8>,
    /// Methods in force, instead of the year's list 付费方式
    #[arg(long)]
    method: Vec<String>,
    /// As known on this day: later corrections are not seen 知悉日期
    #[arg(long)]
    known: Option<String>,
    /// Compare with this settled folder: who gains, who loses 与既有结算比较
    #[arg(long, value_name = "OLD")]
    against: Option<PathBuf>,
    /// With --against: compare different periods nevertheless 允许不同期间
    #[arg(long, requires = "against")]
    other_period: bool,
    /// The reference-data folder (else YIBAO_DATA) 参考数据目录
    #[arg(long)]
    data: Option<PathBuf>,
    /// Threads; the result does not depend on it 线程数
    #[arg(long)]
    threads: Option<usize>,
}

/// Runs the command. Exit code 3: settled, and some rows were refused.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let cancel = job::cancel_on_signal()?;
    let threads = job::threads(args.threads);
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    let mut job = Job::open(&args.pack, job::data_folder(args.data.clone()))?;
    let reference = ReferenceFolder(job.data.clone());
    let found = yibao_payment::pack::check::check(&job.folder, &job.pack, &reference);
    if found.has_errors() {
        return Err(job::unusable(found));
    }
    let known = known(args.known.as_deref())?;
    let old = args.against.as_deref().map(Old::open).transpose()?;
    let folder = NewFolder::create(&args.output)?;
    let (splits, bills) = split_bills(&mut job, &args.output, known, &cancel)?;
    let year = job.year(args.year)?;
    let feeds = job.feeds(year, &args.stays, &args.feed)?;
    let (inputs, read) = std::thread::scope(|scope| {
        let hashes = scope.spawn(|| {
            let files = feeds.iter().flat_map(|feed| &feed.files);
            files.map(|file| FileHash::of(file)).collect::<Result<Vec<_>, _>>()
        });
        let read = job.read_feeds(&feeds, year, threads, &cancel);
        (hashes.join(), read)
    });
    let mut inputs = inputs.map_err(|_| anyhow!("hashing the inputs failed"))??;
    let mut read = read?;
    let institutions = institutions_of(&read);
    let methods = (!args.method.is_empty()).then_some(args.method.as_slice());
    let input = CompileInput {
        folder: &job.folder,
        pack: &job.pack,
        year: year.year,
        methods,
        known,
        reference: &reference,
        institutions_of_stays: &institutions,
    };
    let plan = Plan::compile(&input, &mut read.symbols).map_err(job::unusable)?;
    let reasons: Arc<dyn Store> = Arc::new(Waiting::in_folder(folder.path())?);
    let applied = apply(&plan, &mut read.stays, &mut read.symbols);
    let settled = settle_stays(&plan, &mut read, &applied, args.month, Some(&reasons), &cancel)?;
    let counts = counts(&settled, &read);
    let entries = feeds::entries(&feeds, &inputs, &read, &settled);
    inputs.extend(job.bill_inputs()?);
    let kept = kept::Kept::of(&settled, &job, &plan, &read);
    write_all(&folder, &settled, &read, &job, &feeds, &inputs, &kept.extras)?;
    let comparison = kept.write(&folder, &settled, &job, old.as_ref(), args.other_period)?;
    job::stop_if(&cancel)?;
    let mut outputs = OUTPUTS.to_vec();
    outputs.extend(comparison.iter().flat_map(|_| super::against::FILES));
    let entries_shown = entries.clone();
    let manifest = manifest(&args, &job, &settled, &feeds, inputs, counts, entries);
    Manifest { bills: bills.clone(), ..manifest }.write(&folder, &outputs)?;
    job::stop_if(&cancel)?;
    if let Some(splits) = splits {
        bills::manifest(&job, &bills, &splits)?;
        splits.commit()?;
    }
    folder.commit()?;
    bills::print(&bills, &bills::beside(&args.output));
    summary::print(&settled, counts, &entries_shown, &args.output);
    if let Some(comparison) = &comparison {
        super::against::print(comparison, Some(&args.output));
    }
    let all = settled.refused.is_empty() && settled.entries.refused() == 0 && !bills::any_refused(&bills);
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// Splits the pack's bills into a folder beside the output, where the pack has bills.
fn split_bills(
    job: &mut Job,
    output: &std::path::Path,
    known: Option<Day>,
    cancel: &Cancel,
) -> anyhow::Result<(Option<NewFolder>, Vec<BillsEntry>)> {
    if job.pack.bills.is_empty() {
        return Ok((None, Vec::new()));
    }
    let folder = NewFolder::create(&bills::beside(output))?;
    let entries = job.split_bills(folder.path(), known, cancel)?;
    Ok((Some(folder), entries))
}

/// Program and version, as the outputs name it.
pub const PROGRAM: &str = concat!("yibao ", env!("CARGO_PKG_VERSION"));

/// Every file of the folder but the manifest.
const OUTPUTS: [&str; 16] = [
    "assessment.csv",
    "cases.parquet",
    "clearing.csv",
    "entries.csv",
    FACTS,
    "final.csv",
    "identity.csv",
    "inner.csv",
    "monthly.csv",
    VALUES,
    "pools.csv",
    REASONS,
    "receivables.csv",
    "refused.csv",
    "report.html",
    "statements.xlsx",
];

fn known(text: Option<&str>) -> anyhow::Result<Option<Day>> {
    text.map(|text| {
        Day::parse(text).map_err(|error| anyhow!("--known {text}: {error}\n  hint: write a day like 2025-12-31"))
    })
    .transpose()
}

/// The institutions named by the stays, ascending by id.
pub(super) fn institutions_of(read: &StayRead) -> Vec<yibao_record::stays::Symbol> {
    let mut seen = vec![false; read.symbols.len()];
    for at in read.stays.institution.iter().filter_map(|one| one.index()) {
        if let Some(flag) = seen.get_mut(at) {
            *flag = true;
        }
    }
    let ids = (0..u32::try_from(seen.len()).unwrap_or(u32::MAX)).map(yibao_record::stays::Symbol);
    let mut found: Vec<_> = ids.zip(seen).filter(|(_, seen)| *seen).map(|(symbol, _)| symbol).collect();
    found.sort_by(|a, b| read.symbols.text(*a).cmp(read.symbols.text(*b)));
    found
}

pub(super) fn settle_stays(
    plan: &Plan,
    read: &mut StayRead,
    applied: &Applied,
    month: Option<u8>,
    reasons: Option<&Arc<dyn Store>>,
    cancel: &Cancel,
) -> anyhow::Result<Settled> {
    let bar = job::progress("settling 结算");
    let shown = |done: u64, _all: u64| {
        bar.set_position(done);
        !cancel.is_cancelled()
    };
    let options = Options {
        month: month.map(|month| (plan.year, month)),
        progress: Some(&shown),
        entries: Some(applied),
        reasons,
        ..Options::new(&read.symbols)
    };
    let settled = settle(plan, &read.stays, &options);
    bar.finish_and_clear();
    job::stop_if(cancel)?;
    let mut settled = settled.map_err(|error| anyhow!("{error}"))?;
    settled.refused.append(&mut read.refused);
    settled.refused.sort_by(|a, b| {
        (a.source, a.source_row, &a.case_id, &a.code).cmp(&(b.source, b.source_row, &b.case_id, &b.code))
    });
    settled.not_selected += read.not_selected;
    Ok(settled)
}

pub(super) fn counts(settled: &Settled, read: &StayRead) -> Counts {
    let counts = Counts {
        read: read.rows,
        settled: settled.rows.iter().map(|row| row.cases).sum(),
        refused: settled.refused.len() as u64,
        not_selected: settled.not_selected,
    };
    assert!(
        counts.read == counts.settled + counts.refused + counts.not_selected,
        "every row read is settled, refused or not of this job: {counts:?}"
    );
    counts
}

fn write_all(
    folder: &NewFolder,
    settled: &Settled,
    read: &StayRead,
    job: &Job,
    feeds: &[OpenFeed<'_>],
    inputs: &[FileHash],
    extras: &[ExtraColumn],
) -> anyhow::Result<()> {
    let bar = job::progress("writing 写出");
    yibao_batch::settled::cases::write(&folder.file("cases.parquet"), settled, &read.stays, &read.symbols, extras)?;
    folder.write("clearing.csv", &yibao_disclosure::tables::clearing_csv(settled))?;
    folder.write("identity.csv", &yibao_disclosure::tables::identity_csv(settled))?;
    folder.write("inner.csv", &yibao_disclosure::tables::inner_csv(settled))?;
    folder.write("monthly.csv", &yibao_disclosure::tables::monthly_csv(settled))?;
    folder.write("pools.csv", &yibao_disclosure::tables::pools_csv(settled))?;
    folder.write("assessment.csv", &yibao_disclosure::year_tables::assessment_csv(settled))?;
    folder.write("entries.csv", &yibao_disclosure::year_tables::entries_csv(settled))?;
    folder.write("final.csv", &yibao_disclosure::year_tables::final_csv(settled))?;
    folder.write("receivables.csv", &yibao_disclosure::year_tables::receivables_csv(settled))?;
    folder.write("refused.csv", &yibao_disclosure::tables::refused_csv(settled))?;
    let reasons = serde_json::to_vec(&Reasons::of(settled))?;
    folder.write(REASONS, &reasons)?;
    let about = ReportInputs {
        pack_hash: job.folder.hash().to_owned(),
        scheme: scheme_of_stays(feeds).map(|scheme| (scheme.name().to_owned(), scheme.content_hash().to_string())),
        program_version: PROGRAM.to_owned(),
        inputs: inputs
            .iter()
            .map(|file| InputFile { name: file.name.clone(), sha256: file.sha256.clone(), rows: 0 })
            .collect(),
        group_titles: feeds
            .iter()
            .rev()
            .filter_map(|feed| feed.scheme.as_ref())
            .flat_map(group_titles)
            .chain(dip_titles(feeds))
            .collect(),
    };
    let summary = Summary::of(settled, &read.stays)?;
    let html = report_of(settled, &read.stays, &read.symbols, &summary, &about)?;
    folder.write("report.html", html.as_bytes())?;
    let workbook = statements_of(settled, &read.stays, &read.symbols, &summary)?;
    folder.write("statements.xlsx", &workbook)?;
    bar.finish_and_clear();
    Ok(())
}

/// The scheme of the stays: of the other feeds, the manifest has theirs.
pub(super) fn scheme_of_stays<'f>(feeds: &'f [OpenFeed<'_>]) -> Option<&'f Scheme> {
    feeds.iter().find(|feed| feed.id == STAYS).and_then(|feed| feed.scheme.as_ref())
}

/// The names of the groups of the catalogues.
fn dip_titles<'f>(feeds: &'f [OpenFeed<'_>]) -> impl Iterator<Item = (String, Bilingual)> + 'f {
    let rows = feeds.iter().filter_map(|feed| feed.catalogue.as_ref()).flat_map(|catalogue| catalogue.rows());
    let named = rows.filter(|row| !row.name.is_empty());
    named.map(|row| (row.code.clone(), Bilingual { zh: row.name.clone(), en: row.name.clone() }))
}

/// The names of the scheme's groups.
fn group_titles(scheme: &Scheme) -> BTreeMap<String, Bilingual> {
    let title = |name: &str| Bilingual { zh: name.to_owned(), en: name.to_owned() };
    scheme.drgs().map(|drg| (drg.code.to_owned(), title(drg.name))).collect()
}

fn manifest(
    args: &Args,
    job: &Job,
    settled: &Settled,
    feeds: &[OpenFeed<'_>],
    inputs: Vec<FileHash>,
    counts: Counts,
    entries: Vec<FeedEntry>,
) -> Manifest {
    let scheme = scheme_of_stays(feeds);
    Manifest {
        format: 1,
        program: PROGRAM.to_owned(),
        made: "settlement".to_owned(),
        pack: settled.pack.id.clone(),
        pack_sha256: job.folder.hash().to_owned(),
        scheme: scheme.map(|scheme| scheme.name().to_owned()),
        scheme_sha256: scheme.map(|scheme| scheme.content_hash().to_string()),
        period: settled.period.clone(),
        methods: settled.methods.iter().map(|method| method.id.clone()).collect(),
        known: args.known.clone(),
        inputs,
        counts,
        feeds: entries,
        bills: Vec::new(),
        outputs: Vec::new(),
    }
}
