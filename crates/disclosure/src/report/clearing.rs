//! The clearing table.

use super::headline::named;
use super::{View, bilingual, unit_words};
use crate::error::DisclosureError;
use crate::page::{Column, Section, Table, count, decimal, money_cell, number_cell, number_column, text_column, words};
use crate::summary::fen;
use crate::tables::amounts_of;
use maud::{Markup, html};
use std::collections::BTreeSet;
use yibao_kernel::Fen;
use yibao_payment::settled::{ClearingRow, Named};

/// How many rows the page carries; `clearing.csv` has all.
const ROWS_IN_PAGE: usize = 5_000;

/// Which parts of the key differ between rows: a part that is the same everywhere is left out.
struct Parts {
    insurance: bool,
    method: bool,
    district: bool,
    period: bool,
    level: bool,
}

pub(super) fn section(view: &View<'_>) -> Result<Section, DisclosureError> {
    let settled = view.settled;
    let parts = Parts {
        insurance: several(settled.rows.iter().map(|row| row.insurance)),
        method: several(settled.rows.iter().map(|row| row.method)),
        district: several(settled.rows.iter().map(|row| row.district)),
        period: several(settled.rows.iter().map(|row| row.period.as_str())),
        level: several(settled.institutions.iter().map(|view| view.level.as_str())),
    };
    let table = Table {
        id: "clearing-table",
        columns: columns(view, &parts),
        rows: settled.rows.iter().take(ROWS_IN_PAGE).map(|row| table_row(view, &parts, row)).collect(),
        totals: Some(totals(view, &parts)?),
        filter: true,
        first: 100,
        dense: true,
    };
    let body = html! {
        (table.render())
        @if settled.rows.len() > ROWS_IN_PAGE { p.small { (words(
            format!("本页列出前 {ROWS_IN_PAGE} 行，合计含全部 {} 行；全部见 clearing.csv。", settled.rows.len()),
            format!("The page lists the first {ROWS_IN_PAGE} rows, the totals are of all {}; all are in clearing.csv.", settled.rows.len()))) } }
    };
    Ok(Section {
        id: "clearing",
        title: words("清算表", "Clearing"),
        lead: words(
            "应付 = 清算 + 外出扣付 + 考核 + 分担 + 往期差额 − 扣留 − 预付。清算为扣除个人及其他支付后的基金应得额，可为负；点击表头排序，输入文字筛选。每行的依据可用 yibao explain 查看。",
            "Due = cleared + charged + assessed + shared + difference − withheld − prepaid. Cleared is after what patients and others paid and may be negative. Click a heading to sort, type to filter; yibao explain tells the reasons of a row.",
        ),
        body,
    })
}

fn several<T: Ord>(values: impl Iterator<Item = T>) -> bool {
    values.collect::<BTreeSet<T>>().len() > 1
}

fn columns(view: &View<'_>, parts: &Parts) -> Vec<Column> {
    let mut columns = vec![text_column("代码", "id"), text_column("机构", "institution")];
    let keys = [
        (parts.level, text_column("等级", "level")),
        (parts.insurance, text_column("险种", "insurance")),
        (parts.method, text_column("支付方式", "method")),
        (parts.district, text_column("区县", "district")),
        (parts.period, text_column("期间", "period")),
    ];
    columns.extend(keys.into_iter().filter(|(several, _)| *several).map(|(_, column)| column));
    let units = unit_words(view.settled);
    columns.extend([
        number_column("病例", "cases"),
        number_column(&units.zh, &units.en),
        number_column("记账基金", "accounted"),
        number_column("个人及其他", "patient"),
        number_column("清算", "cleared"),
        number_column("外出扣付", "charged"),
        number_column("考核", "assessed"),
        number_column("分担", "shared"),
        number_column("往期差额", "difference"),
        number_column("扣留", "withheld"),
        number_column("预付", "prepaid"),
        number_column("应付", "due"),
    ]);
    columns
}

fn table_row(view: &View<'_>, parts: &Parts, row: &ClearingRow) -> Markup {
    let settled = view.settled;
    let level = settled.institutions.get(row.institution as usize).map_or("", |view| view.level.as_str());
    html! { tr {
        td.id { (view.institution_id(row.institution)) }
        td.name { (view.institution(row.institution).zh) }
        @if parts.level { td.id { (level_words(level)) } }
        @if parts.insurance { (name_cell(&settled.insurances, row.insurance)) }
        @if parts.method { (name_cell(&settled.methods, row.method)) }
        @if parts.district { (name_cell(&settled.districts, row.district)) }
        @if parts.period { td.id { (row.period) } }
        (number_cell(&count(row.cases)))
        (number_cell(&decimal(row.units, 4)))
        @for amount in amounts_of(row) { (money_cell(amount)) }
    } }
}

fn name_cell(names: &[Named], index: u16) -> Markup {
    html! { td { @if let Some(name) = names.get(usize::from(index)) { (named(&name.id, &bilingual(&name.title))) } } }
}

/// The usual levels in words.
pub(super) fn level_words(level: &str) -> crate::page::Words {
    match level {
        "tertiary" => words("三级", "tertiary"),
        "secondary" => words("二级", "secondary"),
        "primary" => words("一级及以下", "primary"),
        other => words(other, other),
    }
}

fn totals(view: &View<'_>, parts: &Parts) -> Result<Markup, DisclosureError> {
    let rows = &view.settled.rows;
    let mut sums = [0i128; 10];
    for row in rows {
        sums.iter_mut().zip(amounts_of(row)).for_each(|(sum, amount)| *sum += i128::from(amount.get()));
    }
    let sums: Vec<Fen> = sums.iter().map(|sum| fen(*sum, "the clearing rows")).collect::<Result<_, _>>()?;
    let keys = [parts.level, parts.insurance, parts.method, parts.district, parts.period];
    let span = 2 + keys.iter().filter(|several| **several).count();
    Ok(html! { tr {
        td colspan=(span) { (words("合计", "Total")) }
        (number_cell(&count(rows.iter().map(|row| row.cases).sum())))
        (number_cell(&decimal(rows.iter().map(|row| row.units).sum(), 4)))
        @for sum in sums { (money_cell(sum)) }
    } })
}
