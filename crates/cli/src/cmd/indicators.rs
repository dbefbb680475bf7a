//! `yibao indicators`: queries over a settled folder. Nothing is paid again; what is stored is counted.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use comfy_table::{Cell, CellAlignment, Table, presets};
use yibao_disclosure::indicators::{
    Rule, Tables, definitions_csv, groups_csv, indicators_csv, indicators_html, indicators_xlsx,
};
use yibao_payment::indicator::facts::By;

use super::stored::PROGRAM;

/// Arguments of `yibao indicators`.
#[derive(clap::Args)]
pub struct Args {
    /// The settled folder 结算目录
    folder: PathBuf,
    /// The folder to write; absent: print the region's figures only 输出目录
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Dimensions, separated by commas: institution, level, insurance, method, district, month 维度
    #[arg(long, value_delimiter = ',', default_value = "institution,level,insurance,method,month")]
    by: Vec<String>,
    /// Hide figures from fewer cases than this, instead of the pack's threshold 小样本阈值
    #[arg(long)]
    small_sample: Option<u64>,
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let by = dimensions(&args.by)?;
    let (folder, stored) = super::stored::whole(&args.folder)?;
    let below = args.small_sample.unwrap_or(stored.facts.spec.small_sample);
    let tables = Tables::of(&stored.facts, &stored.cells, &by, Rule { below, events: false })?;
    if let Some(output) = &args.output {
        let files = [
            ("indicators.csv".to_owned(), indicators_csv(&tables)),
            ("definitions.csv".to_owned(), definitions_csv(&tables)),
            ("groups.csv".to_owned(), groups_csv(&tables)),
            ("indicators.xlsx".to_owned(), indicators_xlsx(&stored.facts, &tables)?),
            ("indicators.html".to_owned(), indicators_html(&stored.facts, &tables, PROGRAM).into_bytes()),
        ];
        super::derived::write(output, "indicators", &[&folder], &files)?;
    }
    print(&tables, &stored.facts.period, args.output.as_deref());
    Ok(ExitCode::SUCCESS)
}

fn dimensions(words: &[String]) -> anyhow::Result<Vec<By>> {
    let mut found = Vec::new();
    for word in words {
        match By::ALL.into_iter().find(|by| by.word() == word.trim()) {
            Some(by) if found.contains(&by) => {}
            Some(by) => found.push(by),
            None => {
                let known: Vec<&str> = By::ALL.iter().map(|by| by.word()).collect();
                bail!("unknown dimension \"{word}\"\n  hint: --by takes {}", known.join(", "));
            }
        }
    }
    Ok(found)
}

fn print(tables: &Tables, period: &str, output: Option<&Path>) {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_BORDERS_ONLY);
    table.set_header(["指标 indicator", "值 value", "分子 numerator", "分母 denominator"]);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for (indicator, figure) in tables.indicators.iter().zip(&tables.region.figures) {
        let one = &indicator.definition;
        let title = format!("{} {}", one.title.zh, one.title.en);
        match (&figure.measure, figure.open()) {
            (None, _) => {}
            (Some(_), None) => {
                table.add_row(vec![Cell::new(title), Cell::new("·")]);
            }
            (Some(_), Some(measure)) => {
                table.add_row(vec![
                    Cell::new(title),
                    Cell::new(measure.value),
                    Cell::new(measure.numerator),
                    Cell::new(measure.denominator),
                ]);
            }
        }
    }
    say!("{} {} · {period}\n{table}", tables.region.name.zh, tables.region.name.en);
    if let Some(output) = output {
        say!(
            "打开 open: {}/indicators.html   表格 tables: indicators.csv, groups.csv, indicators.xlsx",
            output.display()
        );
    }
}
