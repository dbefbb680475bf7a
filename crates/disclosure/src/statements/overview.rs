//! The first sheet: the pools, and one row per institution with a link to its sheet.

use super::cells::{Formats, Paper};
use super::{Account, Source};
use crate::error::DisclosureError;
use crate::page::{ILLUSTRATIVE_EN, ILLUSTRATIVE_ZH};
use crate::summary::fen;
use rust_xlsxwriter::{Url, Worksheet};
use yibao_kernel::Fen;
use yibao_payment::settled::ClearingRow;

/// The format allows this many links on a sheet.
const LINKS_MOST: usize = 65_000;

const WIDTHS: [u16; 14] = [16, 28, 12, 10, 17, 17, 17, 15, 15, 15, 15, 17, 17, 17];
const AMOUNTS: [fn(&ClearingRow) -> Fen; 10] = [
    |row| row.accounted,
    |row| row.patient,
    |row| row.cleared,
    |row| row.charged,
    |row| row.assessed,
    |row| row.shared,
    |row| row.difference,
    |row| row.withheld,
    |row| row.prepaid,
    |row| row.due,
];

pub(super) fn sheet(
    source: &Source<'_>,
    formats: &Formats,
    accounts: &[Account<'_>],
    names: &[Option<String>],
) -> Result<Worksheet, DisclosureError> {
    let mut paper = Paper::new(&WIDTHS)?;
    let settled = source.settled;
    let region = &settled.pack.region;
    paper.line(
        &format!("{} {} 清算总览　{}: clearing, {}", region.zh, settled.period, region.en, settled.period),
        &formats.title,
    )?;
    paper.line(&format!("{}　{}", settled.pack.title.zh, settled.pack.title.en), &formats.note)?;
    mark(&mut paper, source, formats)?;
    paper.row += 1;
    pools(&mut paper, source, formats)?;
    paper.row += 1;
    institutions(&mut paper, source, formats, accounts, names)?;
    Ok(paper.sheet)
}

/// The illustrative mark, where the pack asks for it.
pub(super) fn mark(paper: &mut Paper, source: &Source<'_>, formats: &Formats) -> Result<(), DisclosureError> {
    if source.settled.pack.illustrative {
        paper.line(&format!("示例 Illustrative：{ILLUSTRATIVE_ZH} {ILLUSTRATIVE_EN}"), &formats.mark)?;
    }
    Ok(())
}

fn pools(paper: &mut Paper, source: &Source<'_>, formats: &Formats) -> Result<(), DisclosureError> {
    paper.line("基金池 Pools", &formats.heading)?;
    let heads = [
        ("基金池", "pool"),
        ("结余承担", "borne by"),
        ("点值或费率", "price"),
        ("", ""),
        ("预算", "budget"),
        ("扣除", "deducted"),
        ("划入调节金", "to reserve"),
        ("动用调节金", "from reserve"),
        ("可分配", "distributable"),
        ("清算", "cleared"),
        ("外出扣付", "charged"),
        ("结余", "residual"),
        ("点数或权重", "units"),
    ];
    paper.heads(&heads, 4, formats)?;
    for pool in &source.settled.pools {
        paper.text(0, &pool.id, &formats.text)?;
        paper.text(1, &pool.borne_by, &formats.text)?;
        paper.text(2, &pool.price.map(|price| price.to_string()).unwrap_or_default(), &formats.text)?;
        paper.text(3, "", &formats.text)?;
        let amounts = [
            pool.budget,
            pool.deducted,
            pool.reserve_in,
            pool.reserve_out,
            pool.distributable,
            pool.cleared,
            pool.charged,
            pool.residual,
        ];
        for (column, amount) in (4..).zip(amounts) {
            paper.money(column, amount, &formats.money)?;
        }
        paper.units(12, pool.units, &formats.units)?;
        paper.row += 1;
    }
    Ok(())
}

fn institutions(
    paper: &mut Paper,
    source: &Source<'_>,
    formats: &Formats,
    accounts: &[Account<'_>],
    names: &[Option<String>],
) -> Result<(), DisclosureError> {
    paper.line("机构 Institutions", &formats.heading)?;
    let heads = [
        ("代码", "id"),
        ("机构", "institution"),
        ("等级", "level"),
        ("病例", "cases"),
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
    paper.heads(&heads, 3, formats)?;
    let mut links = 0;
    for (view, (account, name)) in source.settled.institutions.iter().zip(accounts.iter().zip(names)) {
        let Some(name) = name else { continue };
        if links < LINKS_MOST {
            let target = format!("internal:'{}'!A1", name.replace('\'', "''"));
            paper.sheet.write_url_with_format(paper.row, 0, Url::new(target).set_text(&view.id), &formats.link)?;
            links += 1;
        } else {
            paper.text(0, &view.id, &formats.text)?;
        }
        paper.text(1, &view.name, &formats.text)?;
        paper.text(2, &view.level, &formats.text)?;
        let rows = || account.rows.iter().map(|(_, row)| *row);
        paper.count(3, rows().map(|row| row.cases).sum(), &formats.count)?;
        for (column, amount) in (4..).zip(AMOUNTS) {
            paper.money(column, total(rows(), amount)?, &formats.money)?;
        }
        paper.row += 1;
    }
    let rows = || source.settled.rows.iter();
    paper.text(0, "合计 Total", &formats.total)?;
    (1..3).try_for_each(|column| paper.text(column, "", &formats.total))?;
    paper.count(3, rows().map(|row| row.cases).sum(), &formats.total)?;
    for (column, amount) in (4..).zip(AMOUNTS) {
        paper.money(column, total(rows(), amount)?, &formats.money_total)?;
    }
    paper.row += 1;
    Ok(())
}

fn total<'a>(
    rows: impl Iterator<Item = &'a ClearingRow>,
    amount: fn(&ClearingRow) -> Fen,
) -> Result<Fen, DisclosureError> {
    fen(rows.map(|row| i128::from(amount(row).get())).sum(), "the clearing rows")
}
