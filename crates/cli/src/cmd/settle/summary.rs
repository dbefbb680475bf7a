//! What a person sees after settling: the pools, the clearing (the largest differences first), where the rest is.

use std::path::Path;

use comfy_table::{Cell, CellAlignment, Table, presets};
use yibao_batch::settled::manifest::{Counts, FeedEntry};
use yibao_kernel::Fen;
use yibao_payment::settled::entries::EntryStatus;
use yibao_payment::settled::{ClearingRow, Settled};

/// Rows of the clearing that are printed.
const ROWS_SHOWN: usize = 12;

/// Prints the summary.
pub fn print(settled: &Settled, counts: Counts, feeds: &[FeedEntry], folder: &Path) {
    let pack = &settled.pack;
    say!("{} · {} · {}", pack.title.zh, pack.title.en, settled.period);
    if pack.illustrative {
        say!("示例政策，未经核实，不得作为结算依据 · illustrative policy, not for real settlement");
    }
    say!(
        "病例 rows {} = 结算 settled {} + 拒绝 refused {} + 非本期 not of this job {}",
        grouped(counts.read),
        grouped(counts.settled),
        grouped(counts.refused),
        grouped(counts.not_selected)
    );
    for feed in feeds.iter().filter(|_| feeds.len() > 1) {
        say!(
            "  {} ({}) {} = {} + {} + {}",
            feed.id,
            feed.kind,
            grouped(feed.counts.read),
            grouped(feed.counts.settled),
            grouped(feed.counts.refused),
            grouped(feed.counts.not_selected)
        );
    }
    entries(settled);
    say!("\n基金池 Pools\n{}", pools(settled));
    say!("\n恒等式 Identity\n{}", identity(settled));
    say!("\n清算 Clearing\n{}", clearing(settled));
    if settled.rows.len() > ROWS_SHOWN {
        say!("most over budget first, {ROWS_SHOWN} of {} rows; all in clearing.csv 超支最多者在前", settled.rows.len());
    }
    refusals(settled);
    say!(
        "\n打开 open: {}/report.html   逐例 cases: cases.parquet   逐院 statements: statements.xlsx",
        folder.display()
    );
    say!("问为什么 ask why: yibao explain --settled {} --institution ID | --case ID", folder.display());
}

fn refusals(settled: &Settled) {
    let mut counts: std::collections::BTreeMap<&str, (u64, &str)> = std::collections::BTreeMap::new();
    for one in &settled.refused {
        counts.entry(&one.code).or_insert((0, &one.reason.en)).0 += 1;
    }
    for (code, (count, first)) in counts {
        say!("拒绝 refused {code}: {} (e.g. {first})", grouped(count));
    }
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_BORDERS_ONLY);
    table.set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn pools(settled: &Settled) -> Table {
    let mut table = table(&[
        "池 pool",
        "预算 budget",
        "可分配 distributable",
        "清算 cleared",
        "扣付 charged",
        "余额 residual",
        "归属 borne by",
        "价 price",
    ]);
    for pool in &settled.pools {
        table.add_row(vec![
            Cell::new(&pool.id),
            Cell::new(money(pool.budget)),
            Cell::new(money(pool.distributable)),
            Cell::new(money(pool.cleared)),
            Cell::new(money(pool.charged)),
            Cell::new(money(pool.residual)),
            Cell::new(&pool.borne_by),
            Cell::new(pool.price.map(|price| price.to_string()).unwrap_or_default()),
        ]);
    }
    table
}

/// How many entries count, and which are refused: file, line, reason.
fn entries(settled: &Settled) {
    if !settled.entries.declared {
        return;
    }
    let refused = settled.entries.refused();
    say!("登记 entries {} · 不受理 refused {}", grouped(settled.entries.entries.len() as u64), grouped(refused));
    const SHOWN: usize = 10;
    let told = settled.entries.entries.iter().filter(|entry| entry.status == EntryStatus::Refused);
    for entry in told.take(SHOWN) {
        say!("  {}:{} {} {}", entry.file, entry.line, entry.subject, entry.reason.en);
    }
    if refused > SHOWN as u64 {
        say!("  … all in entries.csv 全部见 entries.csv");
    }
}

/// What came in and where all of it went; lines of nothing are left out.
fn identity(settled: &Settled) -> Table {
    let mut table = table(&["恒等式 identity", "来 in", "去 out"]);
    let mut sums = [0_i128; 2];
    for line in &settled.identity {
        let side = usize::from(!line.is_source);
        if let Some(sum) = sums.get_mut(side) {
            *sum += i128::from(line.amount.get());
        }
        if line.amount.is_zero() && line.id != "budget" {
            continue;
        }
        let mut cells = [Cell::new(""), Cell::new("")];
        if let Some(cell) = cells.get_mut(side) {
            *cell = Cell::new(money(line.amount));
        }
        let [come, gone] = cells;
        table.add_row(vec![Cell::new(format!("{} {}", line.title.zh, line.title.en)), come, gone]);
    }
    let total = |sum: i128| Cell::new(money(Fen::new(i64::try_from(sum).unwrap_or(i64::MAX))));
    table.add_row(vec![Cell::new("合计 total"), total(sums[0]), total(sums[1])]);
    table
}

fn clearing(settled: &Settled) -> Table {
    let mut table = table(&[
        "机构 institution",
        "险种 ins.",
        "例 cases",
        "记账 accounted",
        "清算 cleared",
        "差额 over(-)",
        "分担 shared",
        "预付 prepaid",
        "应付 due",
    ]);
    let mut rows: Vec<&ClearingRow> = settled.rows.iter().collect();
    let difference = |row: &ClearingRow| i128::from(row.cleared.get()) - i128::from(row.accounted.get());
    if rows.len() > ROWS_SHOWN {
        rows.sort_by_key(|row| (difference(row), row.institution, row.insurance, row.method));
        rows.truncate(ROWS_SHOWN);
    }
    for row in rows {
        let name = settled.institutions.get(row.institution as usize);
        let name = name.map_or("", |one| if one.name.is_empty() { &one.id } else { &one.name });
        let insurance = settled.insurances.get(row.insurance as usize).map_or("", |one| &one.id);
        let over = i64::try_from(difference(row)).unwrap_or(i64::MAX);
        table.add_row(vec![
            Cell::new(name),
            Cell::new(insurance),
            Cell::new(grouped(row.cases)),
            Cell::new(money(row.accounted)),
            Cell::new(money(row.cleared)),
            Cell::new(money(Fen::new(over))),
            Cell::new(money(row.shared)),
            Cell::new(money(row.prepaid)),
            Cell::new(money(row.due)),
        ]);
    }
    table
}

/// Thousands separated.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Yuan with thousands separated.
pub fn money(fen: Fen) -> String {
    let value = fen.get().unsigned_abs();
    let sign = if fen.is_negative() { "-" } else { "" };
    format!("{sign}{}.{:02}", grouped(value / 100), value % 100)
}
