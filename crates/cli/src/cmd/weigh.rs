//! `yibao weigh`: past stays in, the weight table of a later year out, as one folder.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::anyhow;
use yibao_batch::settled::folder::NewFolder;
use yibao_batch::settled::manifest::{Counts, FileHash, Manifest};
use yibao_batch::stays::StayRead;
use yibao_disclosure::weights::{FILES, Publication, SourceFile, files};
use yibao_payment::pack::reference::ReferenceFolder;
use yibao_payment::pack::weigh::Weigh;
use yibao_payment::settled::HeaderView;
use yibao_payment::weigh::{WeighInput, WeighPlan, WeightTable, publish};

use crate::job::{self, Job};

/// Arguments of `yibao weigh`.
#[derive(clap::Args)]
pub struct Args {
    /// The policy pack with a [weigh] table (a folder) 政策包
    pack: PathBuf,
    /// The folder to write; it appears whole or not at all; default weights-YEAR here 输出目录
    #[arg(short, long)]
    output: Option<PathBuf>,
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

/// Runs the command. Exit code 3: published, and some rows were refused.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let cancel = job::cancel_on_signal()?;
    let threads = job::threads(args.threads);
    let job = Job::open(&args.pack, job::data_folder(args.data.clone()))?;
    let plan = WeighPlan::of_pack(&job.folder, &job.pack, &ReferenceFolder(job.data.clone()))?;
    let weigh = job.pack.weigh.as_ref().ok_or_else(|| anyhow!("the pack has no [weigh] table"))?;
    let scheme = job.scheme(job.pack.year_declaration(weigh.year).and_then(|year| year.scheme.as_ref()))?;
    let paths = job.stay_files(&args.stays, weigh.stays.as_deref())?;
    let output = args.output.unwrap_or_else(|| PathBuf::from(format!("weights-{}", plan.year)));
    let folder = NewFolder::create(&output)?;
    let inputs = paths.iter().map(|file| FileHash::of(file)).collect::<Result<Vec<_>, _>>()?;
    let read = job.read(&paths, weigh.select.as_ref(), scheme.as_ref(), threads, &cancel)?;
    job::stop_if(&cancel)?;
    let table = weigh_stays(&plan, weigh, &job, &read, threads)?;
    job::stop_if(&cancel)?;
    let publication = publication(&job, &read, &inputs);
    for (name, bytes) in files(&table, &publication)? {
        folder.write(name, &bytes)?;
    }
    folder.write(REFUSED, &refused_csv(&read))?;
    let counts = Counts {
        read: read.rows,
        settled: read.stays.len() as u64,
        refused: read.refused.len() as u64,
        not_selected: read.not_selected,
    };
    let outputs: Vec<&str> = FILES.into_iter().chain([REFUSED]).collect();
    Manifest {
        format: 1,
        program: concat!("yibao ", env!("CARGO_PKG_VERSION")).to_owned(),
        made: "weights".to_owned(),
        pack: job.pack.pack.id.clone(),
        pack_sha256: job.folder.hash().to_owned(),
        scheme: scheme.as_ref().map(|scheme| scheme.name().to_owned()),
        scheme_sha256: scheme.as_ref().map(|scheme| scheme.content_hash().to_string()),
        period: plan.year.to_string(),
        methods: Vec::new(),
        known: None,
        inputs,
        counts,
        feeds: Vec::new(),
        bills: Vec::new(),
        outputs: Vec::new(),
    }
    .write(&folder, &outputs)?;
    job::stop_if(&cancel)?;
    folder.commit()?;
    summary(&table, counts, &output);
    Ok(if counts.refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// Rows that could not be read as stays.
const REFUSED: &str = "refused.csv";

fn weigh_stays(
    plan: &WeighPlan,
    weigh: &Weigh,
    job: &Job,
    read: &StayRead,
    threads: usize,
) -> anyhow::Result<WeightTable> {
    let input = WeighInput::of_stays(weigh, &job.pack.fields, &read.stays, &read.symbols)?;
    let threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
    let bar = job::progress("weighing 测算权重");
    let table = publish(plan, &input, threads);
    bar.finish_and_clear();
    Ok(table?)
}

fn publication(job: &Job, read: &StayRead, inputs: &[FileHash]) -> Publication {
    let header = &job.pack.pack;
    let file = |hash: &FileHash| SourceFile { name: hash.name.clone(), bytes: hash.bytes, sha256: hash.sha256.clone() };
    Publication {
        pack: HeaderView {
            id: header.id.clone(),
            title: header.title.clone(),
            region: header.region.clone(),
            trust: header.trust.word().to_owned(),
            currency: header.currency.clone().unwrap_or_else(|| "CNY".to_owned()),
            illustrative: header.trust.illustrative(),
        },
        pack_hash: job.folder.hash().to_owned(),
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        inputs: inputs.iter().map(file).collect(),
        refused: read.refused.len() as u64,
        not_selected: read.not_selected,
        ..Publication::default()
    }
}

fn refused_csv(read: &StayRead) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing rows of one width into memory does not fail.
    let _ = writer.write_record(yibao_disclosure::tables::REFUSED);
    for refusal in &read.refused {
        let row = refusal.source_row.to_string();
        let source = read.stays.sources.get(usize::from(refusal.source));
        let (feed, file) = source.map_or(("", ""), |source| (yibao_record::feed::STAYS, source.file.as_str()));
        let _ = writer.write_record([
            &row,
            &refusal.case_id,
            &refusal.code,
            &refusal.reason.zh,
            &refusal.reason.en,
            feed,
            file,
        ]);
    }
    writer.into_inner().unwrap_or_default()
}

/// What was published, in a few lines.
fn summary(table: &WeightTable, counts: Counts, output: &Path) {
    let totals = &table.totals;
    say!("weights for {} in {}", table.year, output.display());
    say!(
        "  groups {}: {} stable, {} with a weight, {} without (unweighted.csv)",
        totals.groups,
        totals.stable,
        totals.weighted,
        totals.groups.saturating_sub(totals.weighted)
    );
    say!(
        "  cases {}: {} kept, {} trimmed low, {} trimmed high; not used: {} outside the data years, {} without a group",
        totals.cases,
        totals.cases_kept,
        totals.trimmed_low,
        totals.trimmed_high,
        totals.outside_years,
        totals.without_group
    );
    say!("  rows read {}: {} refused (refused.csv), {} not selected", counts.read, counts.refused, counts.not_selected);
    say!("  total weight {}, drift of rounding {}", totals.weight_after, totals.drift);
    if let Some(changes) = &table.changes {
        say!(
            "  against {}: {} changed, {} the same, {} new, {} gone",
            changes.name,
            changes.changed.len(),
            changes.same,
            changes.added.len(),
            changes.gone.len()
        );
    }
}
