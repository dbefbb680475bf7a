//! The `yibao` program: thin. Each command reads its arguments, calls the boxes and prints.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// `println!` for results: a reader that has gone away (`yibao … | head`) ends the printing, never the work.
macro_rules! say {
    ($($words:tt)*) => { $crate::cmd::say(format_args!($($words)*)) };
}

mod bills;
mod cmd;
mod feeds;
mod job;
mod made;

/// OpenYibao: the open engine of basic medical insurance payment.
///
/// 开放的基本医疗保险支付引擎：分组、权重、结算、清算，每个数都说得出理由。
#[derive(Parser)]
#[command(name = "yibao", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Split a bill, or a table of bills, between the funds and the person 待遇结算
    Split(cmd::split::Args),
    /// Credit the personal accounts for a month 个人账户划入
    Credit(cmd::credit::Args),
    /// Import, compare and ask catalogues of drugs, services and consumables 医保目录
    Catalogue(cmd::catalogue::Args),
    /// Group stays by a scheme (CSV or Parquet) 分组
    Group(cmd::group::Args),
    /// Import, list, show and check grouping schemes 分组方案
    Scheme(cmd::scheme::Args),
    /// Import, build, check, show and ask DIP catalogues 病种分值目录
    Dip(cmd::dip::Args),
    /// Publish the weights of a later year from past stays 测算权重
    Weigh(cmd::weigh::Args),
    /// Check and show policy packs 政策包
    Policy(cmd::policy::Args),
    /// Propose standards per disease from past stays 病种谈判标准
    Negotiate(cmd::negotiate::Args),
    /// Print a year's budget from income to the pools 总额预算
    Budget(cmd::budget::Args),
    /// Pay and clear a year (or settle a month) 结算与清算
    Settle(cmd::settle::Args),
    /// Preview a month to the institutions, with the dispute window 月度预览
    Preview(cmd::preview::Args),
    /// Enter late lists, appeals and recoveries of a closed year as differences 往期差额
    Difference(cmd::difference::Args),
    /// Say why: a case's group, a settled case, an institution, a split bill 解释
    Explain(cmd::explain::Args),
    /// Count what a settled folder stores: case mix, efficiency, quality, structure 指标
    Indicators(cmd::indicators::Args),
    /// Write what institutions and the public get to see 公开
    Publish(cmd::publish::Args),
    /// Compare two settled folders: who gains, who loses 比较
    Against(cmd::against::Args),
    /// Make a seeded synthetic region 合成数据
    Synth(cmd::synth::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Split(args) => cmd::split::run(args),
        Command::Credit(args) => cmd::credit::run(args),
        Command::Catalogue(args) => cmd::catalogue::run(args),
        Command::Group(args) => cmd::group::run(args),
        Command::Scheme(args) => cmd::scheme::run(args),
        Command::Dip(args) => cmd::dip::run(args),
        Command::Weigh(args) => cmd::weigh::run(args),
        Command::Policy(args) => cmd::policy::run(args),
        Command::Negotiate(args) => cmd::negotiate::run(args),
        Command::Budget(args) => cmd::budget::run(args),
        Command::Settle(args) => cmd::settle::run(args),
        Command::Preview(args) => cmd::preview::run(args),
        Command::Difference(args) => cmd::difference::run(args),
        Command::Explain(args) => cmd::explain::run(args),
        Command::Indicators(args) => cmd::indicators::run(args),
        Command::Publish(args) => cmd::publish::run(args),
        Command::Against(args) => cmd::against::run(args),
        Command::Synth(args) => cmd::synth::run(args),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{}", cmd::report(&error));
            // 130 is what a shell expects of a program that Ctrl-C ended.
            ExitCode::from(if error.is::<job::Interrupted>() { 130 } else { 2 })
        }
    }
}
