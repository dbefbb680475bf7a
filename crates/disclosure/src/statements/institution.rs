//! The statement of one institution.

use super::cells::{Formats, Paper};
use super::inner;
use super::lists;
use super::overview::mark;
use super::{Account, Source};
use crate::error::DisclosureError;
use crate::render::{clearing_amounts, identity};
use crate::tables::id_of;
use rust_xlsxwriter::Worksheet;
use yibao_payment::settled::{ClearingRow, Named};

const WIDTHS: [u16; 17] = [20, 16, 16, 13, 10, 16, 16, 16, 16, 15, 15, 15, 15, 15, 16, 16, 90];

pub(super) fn sheet(
    source: &Source<'_>,
    formats: &Formats,
    index: u32,
    account: &Account<'_>,
) -> Result<Worksheet, DisclosureError> {
    let mut paper = Paper::new(&WIDTHS)?;
    let settled = source.settled;
    let (id, name, level) = settled
        .institutions
        .get(index as usize)
        .map_or(("", "", ""), |view| (view.id.as_str(), view.name.as_str(), view.level.as_str()));
    paper.line(&format!("{name} {id}"), &formats.title)?;
    let region = &settled.pack.region;
    let period = format!(
        "{} {}　清算期间 period {}　等级 level {level}　政策包 pack {}",
        region.zh, region.en, settled.period, settled.pack.id
    );
    paper.line(&period, &formats.note)?;
    mark(&mut paper, source, formats)?;
    paper.row += 1;
    clearing(&mut paper, source, formats, account)?;
    months(&mut paper, source, formats, account)?;
    receivables(&mut paper, source, formats, index)?;
    inner::members(&mut paper, source, formats, index)?;
    lists::groups(&mut paper, source, formats, index)?;
    lists::cases(&mut paper, source, formats, account)?;
    Ok(paper.sheet)
}

fn clearing(
    paper: &mut Paper,
    source: &Source<'_>,
    formats: &Formats,
    account: &Account<'_>,
) -> Result<(), DisclosureError> {
    paper.line("清算 Clearing", &formats.heading)?;
    let heads = [
        ("险种", "insurance"),
        ("支付方式", "method"),
        ("区县", "district"),
        ("期间", "period"),
        ("病例", "cases"),
        ("点数或权重", "units"),
        ("记账基金", "accounted"),
        ("个人及其他", "patient"),
        ("清算", "cleared"),
        ("外出扣付", "charged"),
        ("考核", "assessed"),
        ("分担", "shared"),
        ("往期差额", "difference"),
        ("扣留", "withheld"),
        ("预付", "prepaid"),
        ("应付", "due"),
    ];
    paper.heads(&heads, 4, formats)?;
    for (_, row) in &account.rows {
        key(paper, source, formats, row)?;
        paper.text(3, &row.period, &formats.text)?;
        paper.count(4, row.cases, &formats.count)?;
        paper.units(5, row.units, &formats.units)?;
        for (column, (_, amount)) in (6..).zip(clearing_amounts(row)) {
            paper.money(column, amount, &formats.money)?;
        }
        paper.money(15, row.due, &formats.money)?;
        paper.row += 1;
    }
    paper.line(
        "应付 = 清算 + 外出扣付 + 考核 + 分担 + 往期差额 − 扣留 − 预付　due = cleared + charged + assessed + shared + difference − withheld − prepaid",
        &formats.note,
    )?;
    for (_, row) in &account.rows {
        paper.line(&identity(row), &formats.note)?;
    }
    paper.row += 1;
    Ok(())
}

fn months(
    paper: &mut Paper,
    source: &Source<'_>,
    formats: &Formats,
    account: &Account<'_>,
) -> Result<(), DisclosureError> {
    if account.months.is_empty() {
        return Ok(());
    }
    paper.line("分月 Months", &formats.heading)?;
    let heads = [
        ("险种", "insurance"),
        ("支付方式", "method"),
        ("区县", "district"),
        ("月份", "month"),
        ("病例", "cases"),
        ("点数或权重", "units"),
        ("记账基金", "accounted"),
        ("个人及其他", "patient"),
        ("预付", "prepaid"),
    ];
    paper.heads(&heads, 4, formats)?;
    for month in &account.months {
        if let Some((_, row)) = account.rows.iter().find(|(at, _)| *at == month.row) {
            key(paper, source, formats, row)?;
        }
        paper.text(3, &month.period, &formats.text)?;
        paper.count(4, month.cases, &formats.count)?;
        paper.units(5, month.units, &formats.units)?;
        for (column, amount) in (6..).zip([month.accounted, month.patient, month.prepaid]) {
            paper.money(column, amount, &formats.money)?;
        }
        paper.row += 1;
    }
    paper.row += 1;
    Ok(())
}

/// Prepaid working capital.
fn receivables(paper: &mut Paper, source: &Source<'_>, formats: &Formats, index: u32) -> Result<(), DisclosureError> {
    let settled = source.settled;
    let own: Vec<_> = settled.entries.receivables.iter().filter(|one| one.institution == index).collect();
    if own.is_empty() {
        return Ok(());
    }
    paper.line(
        "预付周转金（应收款，不在应付之内） Prepaid working capital (a receivable, never part of due)",
        &formats.heading,
    )?;
    let heads =
        [("险种", "insurance"), ("期初", "opening"), ("拨付", "given"), ("归还", "repaid"), ("期末", "closing")];
    paper.heads(&heads, 1, formats)?;
    for one in own {
        paper.text(0, &titled(&settled.insurances, one.insurance), &formats.text)?;
        for (column, amount) in (1..).zip([one.opening, one.given, one.repaid, one.closing]) {
            paper.money(column, amount, &formats.money)?;
        }
        paper.row += 1;
    }
    paper.row += 1;
    Ok(())
}

/// Insurance, method and district of a row, each with its title.
fn key(paper: &mut Paper, source: &Source<'_>, formats: &Formats, row: &ClearingRow) -> Result<(), DisclosureError> {
    let settled = source.settled;
    let parts =
        [(&settled.insurances, row.insurance), (&settled.methods, row.method), (&settled.districts, row.district)];
    for (column, (names, index)) in (0..).zip(parts) {
        paper.text(column, &titled(names, index), &formats.text)?;
    }
    Ok(())
}

fn titled(names: &[Named], index: u16) -> String {
    let id = id_of(names, index);
    match names.get(usize::from(index)) {
        Some(named) if !named.title.zh.is_empty() && named.title.zh != id => format!("{} {id}", named.title.zh),
        _ => id.to_owned(),
    }
}
