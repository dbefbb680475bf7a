//! `yibao preview`: a month's stays with groups, points or weights and interim amounts, one page and one CSV for every
//! institution, with the last day on which a group may be disputed.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use yibao_batch::settled::folder::NewFolder;
use yibao_batch::settled::manifest::Manifest;
use yibao_disclosure::preview::Preview;
use yibao_payment::settled::Settled;

use super::prepare::{Prepared, Wanted, day};
use super::settle::{PROGRAM, counts, settle_stays};
use crate::feeds::FeedFile;
use crate::job;

/// Arguments of `yibao preview`.
#[derive(clap::Args)]
pub struct Args {
    /// The policy pack (a folder) 政策包
    pack: PathBuf,
    /// The month: 1 to 12 月份
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=12))]
    month: u8,
    /// The folder to write; it appears whole or not at all 输出目录
    #[arg(short, long)]
    output: PathBuf,
    /// Files of stays, instead of the pack's own input 病例文件
    #[arg(long, num_args = 1..)]
    stays: Vec<PathBuf>,
    /// Files of a further feed, instead of the pack's own: ID=FILE 其他数据源
    #[arg(long, value_name = "ID=FILE")]
    feed: Vec<FeedFile>,
    /// The year; default the pack's latest 年度
    #[arg(long)]
    year: Option<i32>,
    /// As known on this day: later entries and corrections are not seen 知悉日期
    #[arg(long)]
    known: Option<String>,
    /// The reference-data folder (else YIBAO_DATA) 参考数据目录
    #[arg(long)]
    data: Option<PathBuf>,
    /// Threads; the result does not depend on it 线程数
    #[arg(long)]
    threads: Option<usize>,
}

/// Runs the command. Exit code 3: previewed, and some rows or entries were refused.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let cancel = job::cancel_on_signal()?;
    let known = args.known.as_deref().map(|text| day("--known", text)).transpose()?;
    let wanted = Wanted {
        pack: args.pack,
        stays: args.stays,
        feed: args.feed,
        year: args.year,
        known,
        data: args.data,
        threads: args.threads,
    };
    let mut prepared = wanted.prepare(&cancel)?;
    let folder = NewFolder::create(&args.output)?;
    let settled = settle_stays(&prepared.plan, &mut prepared.read, &prepared.applied, Some(args.month), None, &cancel)?;
    let counts = counts(&settled, &prepared.read);
    let mut names = BTreeSet::new();
    write(&folder, &prepared, &settled, &mut names)?;
    job::stop_if(&cancel)?;
    let outputs: Vec<&str> = names.iter().map(String::as_str).collect();
    manifest(&prepared, &settled, counts).write(&folder, &outputs)?;
    folder.commit()?;
    let window = prepared.plan.entries.window.as_ref().and_then(|window| window.of_month(&settled.period));
    say!("预览 preview {} → {}", settled.period, args.output.display());
    match window {
        Some((published, last)) => say!("异议期 disputes: 公布 published {published}, 至 until {last}"),
        None => say!("异议期 disputes: 未公布 no [[preview]] of {} is stated", settled.period),
    }
    let refused = settled.refused.len() as u64 + settled.entries.refused();
    say!(
        "病例 cases {} · 拒绝 refused {} · 不受理的登记 refused entries {}",
        counts.settled,
        counts.refused,
        settled.entries.refused()
    );
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn write(
    folder: &NewFolder,
    prepared: &Prepared,
    settled: &Settled,
    names: &mut BTreeSet<String>,
) -> anyhow::Result<()> {
    let (stays, symbols) = (&prepared.read.stays, &prepared.read.symbols);
    let window = prepared.plan.entries.window.as_ref().and_then(|window| window.of_month(&settled.period));
    let before = |row: u32| prepared.applied.group_before(row);
    let preview = Preview::new(settled, stays, symbols, window, &before);
    let mut put = |name: String, bytes: &[u8]| -> anyhow::Result<()> {
        folder.write(&name, bytes)?;
        names.insert(name);
        Ok(())
    };
    put("preview.csv".to_owned(), &preview.preview_csv())?;
    put("refused.csv".to_owned(), &yibao_disclosure::tables::refused_csv(settled))?;
    put("entries.csv".to_owned(), &yibao_disclosure::year_tables::entries_csv(settled))?;
    let mut taken = BTreeSet::new();
    for institution in preview.institutions() {
        let id = settled.institutions.get(institution).map_or("", |view| view.id.as_str());
        let name = file_name(id, &mut taken);
        put(format!("{name}.csv"), &preview.cases_csv(institution))?;
        put(format!("{name}.html"), preview.page(institution, PROGRAM).as_bytes())?;
    }
    Ok(())
}

/// A file name made of an institution's id; never that of another.
fn file_name(id: &str, taken: &mut BTreeSet<String>) -> String {
    let plain: String =
        id.chars().map(|letter| if letter.is_alphanumeric() || letter == '-' { letter } else { '_' }).collect();
    let mut name = format!("institution-{plain}");
    let mut number = 2;
    // Some file systems do not tell capitals.
    while !taken.insert(name.to_lowercase()) {
        name = format!("institution-{plain}-{number}");
        number += 1;
    }
    name
}

fn manifest(prepared: &Prepared, settled: &Settled, counts: yibao_batch::settled::manifest::Counts) -> Manifest {
    let scheme = prepared.scheme.as_ref();
    Manifest {
        format: 1,
        program: PROGRAM.to_owned(),
        made: "preview".to_owned(),
        pack: settled.pack.id.clone(),
        pack_sha256: prepared.job.folder.hash().to_owned(),
        scheme: scheme.map(|(name, _)| name.clone()),
        scheme_sha256: scheme.map(|(_, hash)| hash.clone()),
        period: settled.period.clone(),
        methods: settled.methods.iter().map(|method| method.id.clone()).collect(),
        known: prepared.known(),
        inputs: prepared.inputs.clone(),
        counts,
        feeds: Vec::new(),
        bills: Vec::new(),
        outputs: Vec::new(),
    }
}
