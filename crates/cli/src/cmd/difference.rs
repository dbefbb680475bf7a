//! `yibao difference`: late lists, upheld appeals and audit recoveries of a closed year, paid at its published prices and
//! compared with what the closed folder paid. One entry per case and clearing key is appended to a file of entries that
//! the open year books; the closed folder is read and never written.

mod compute;
mod ledger;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use yibao_batch::settled::closed;
use yibao_batch::settled::reasons::Reasons;
use yibao_kernel::{Decimal, Fen};

use self::compute::{Closed, Found};
use self::ledger::Ledger;
use super::prepare::{Wanted, day};
use crate::feeds::FeedFile;
use crate::job;

/// Arguments of `yibao difference`.
#[derive(clap::Args)]
pub struct Args {
    /// The policy pack (a folder) 政策包
    pack: PathBuf,
    /// The settled folder of the closed year; never changed 已关账年度的清算目录
    #[arg(long, value_name = "DIR")]
    closed: PathBuf,
    /// The closed year 已关账年度
    #[arg(long)]
    year: i32,
    /// The day on which the differences are entered; later entries are not seen 登记（知悉）日期
    #[arg(long)]
    known: String,
    /// The file of entries to append to, made when absent 差额登记文件
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Files of stays, instead of the pack's own input 病例文件
    #[arg(long, num_args = 1..)]
    stays: Vec<PathBuf>,
    /// Files of a further feed, instead of the pack's own: ID=FILE 其他数据源
    #[arg(long, value_name = "ID=FILE")]
    feed: Vec<FeedFile>,
    /// The reference-data folder (else YIBAO_DATA) 参考数据目录
    #[arg(long)]
    data: Option<PathBuf>,
    /// Threads; the result does not depend on it 线程数
    #[arg(long)]
    threads: Option<usize>,
}

/// Runs the command. Exit code 3: appended, and some cases or entries were refused.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let cancel = job::cancel_on_signal()?;
    let known = day("--known", &args.known)?;
    let manifest = closed::manifest(&args.closed)?;
    if manifest.made != "settlement" || manifest.period != args.year.to_string() {
        bail!(
            "{} holds the {} of {}, not the settlement of {}\n  hint: name the folder that `yibao settle --year {}` wrote",
            args.closed.display(),
            manifest.made,
            manifest.period,
            args.year,
            args.year
        );
    }
    let mut ledger = Ledger::open(&args.output, known)?;
    let wanted = Wanted {
        pack: args.pack,
        stays: args.stays,
        feed: args.feed,
        year: Some(args.year),
        known: Some(known),
        data: args.data,
        threads: args.threads,
    };
    let mut prepared = wanted.prepare(&cancel)?;
    // The closed year's tables are those known when it was closed; only entries are known later.
    let closed_known = manifest.known.as_deref().map(|text| day("--known", text)).transpose()?;
    let plan = prepared.plan_known_on(closed_known)?;
    if manifest.pack != plan.header.id {
        bail!(
            "{} was settled by the pack \"{}\", this pack is \"{}\"\n  hint: name the pack of the closed year, with its later entries",
            args.closed.display(),
            manifest.pack,
            plan.header.id
        );
    }
    let reasons = Reasons::read(&args.closed)?;
    let closed = Closed::read(&args.closed, &plan, &prepared.read.stays, &reasons, prices(&reasons)?)?;
    let Found { lines, refused } = compute::differences(&plan, &prepared, &closed, &ledger, &args.year.to_string())?;
    job::stop_if(&cancel)?;
    for line in &lines {
        ledger.add(line);
    }
    ledger.write(&plan.header.id, &args.closed)?;
    print(&lines, &refused, &args.output);
    Ok(if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// The printed point value of every pool that has one.
fn prices(reasons: &Reasons) -> anyhow::Result<std::collections::BTreeMap<String, Decimal>> {
    let mut prices = std::collections::BTreeMap::new();
    for pool in &reasons.pools {
        if let Some((_, price)) = pool.figures.iter().find(|(name, _)| name == "price") {
            prices.insert(pool.id.clone(), Decimal::parse_as_written(price)?);
        }
    }
    Ok(prices)
}

fn print(lines: &[ledger::Line], refused: &[String], output: &std::path::Path) {
    let total = |of: fn(&Fen) -> bool| {
        lines.iter().map(|line| line.amount).filter(of).map(|amount| i128::from(amount.get())).sum::<i128>()
    };
    let shown = |fen: i128| i64::try_from(fen).map_or_else(|_| fen.to_string(), |fen| Fen::new(fen).to_string());
    say!(
        "差额 differences {} → {}：补付 to pay {}，追回 to recover {}",
        lines.len(),
        output.display(),
        shown(total(|amount| !amount.is_negative())),
        shown(-total(|amount| amount.is_negative()))
    );
    for line in lines {
        say!("  {} {} {} {}", line.reason, line.case_id, line.key.join(" "), line.amount);
    }
    for reason in refused {
        say!("拒绝 refused: {reason}");
    }
}
