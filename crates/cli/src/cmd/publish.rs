//! `yibao publish`: what institutions and the public get to see of a settled folder.

use std::path::PathBuf;
use std::process::ExitCode;

use super::stored::PROGRAM;

/// Arguments of `yibao publish`.
#[derive(clap::Args)]
pub struct Args {
    /// The settled folder 结算目录
    folder: PathBuf,
    /// The folder to write; it appears whole or not at all 输出目录
    #[arg(short, long)]
    output: PathBuf,
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let (folder, stored) = super::stored::whole(&args.folder)?;
    let files = yibao_disclosure::publish::publication(&stored, PROGRAM)?;
    super::derived::write(&args.output, "publication", &[&folder], &files)?;
    let institutions = files.iter().filter(|(name, _)| name.ends_with("/statement.xlsx")).count();
    say!("公开 for the public: {}/public/index.html", args.output.display());
    say!("机构 for {institutions} institutions: {}/institutions/", args.output.display());
    let below = stored.facts.spec.small_sample;
    say!("少于 {below} 例者隐去 figures of fewer than {below} cases are hidden");
    Ok(ExitCode::SUCCESS)
}
