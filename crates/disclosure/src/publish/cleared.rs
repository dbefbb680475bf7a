//! Points and cleared amount of the institutions.

use std::collections::BTreeMap;

use yibao_payment::indicator::facts::{Titled, level};
use yibao_payment::indicator::suppression::{Cell, Shown, protect};

use super::Source;
use super::budget::sum;
use crate::grid::{Grid, Head, Value, number_head, text_head};
use crate::page::{Words, words};
use crate::stored::StoredRow;

/// The amounts an institution sees of itself: what it was cleared, and what was taken off or added.
const OWN: [(&str, &str, &str); 9] = [
    ("accounted", "记账基金", "accounted"),
    ("cleared", "清算", "cleared"),
    ("charged", "外出扣付", "charged"),
    ("assessed", "考核", "assessed"),
    ("shared", "分担", "shared"),
    ("difference", "往期差额", "difference"),
    ("withheld", "扣留", "withheld"),
    ("prepaid", "预付", "prepaid"),
    ("due", "应付", "due"),
];

fn key_heads() -> Vec<Head> {
    vec![
        text_head("insurance", "险种", "insurance"),
        text_head("method", "支付方式", "method"),
        text_head("district", "区县", "district"),
        number_head("cases", "病例", "cases"),
        number_head("units", "点数或权重", "points or weights"),
    ]
}

fn titled(list: &[Titled], id: &str) -> Words {
    match list.iter().find(|one| one.id == id) {
        Some(one) if !one.title.zh.is_empty() => words(&one.title.zh, &one.title.en),
        _ => words(id, id),
    }
}

fn key_cells(source: &Source<'_>, row: &StoredRow) -> Vec<Value> {
    let facts = &source.stored.facts;
    let method = facts.methods.iter().find(|one| one.id == row.key.method);
    let method =
        method.map_or_else(|| words(&row.key.method, &row.key.method), |one| words(&one.title.zh, &one.title.en));
    vec![
        Value::Titled(row.key.insurance.clone(), titled(&facts.insurances, &row.key.insurance)),
        Value::Titled(row.key.method.clone(), method),
        Value::Titled(row.key.district.clone(), titled(&facts.districts, &row.key.district)),
    ]
}

fn units(row: &StoredRow) -> Value {
    let text = row.figures.text("units");
    let number = yibao_kernel::Decimal::parse(text, 4).map(|number| i128::from(number.units()));
    number.map_or_else(|_| Value::Printed(text.to_owned()), Value::Units)
}

/// Of every institution: points and cleared amount, by insurance, method and district. Institutions and pools are the
/// sums between which a hidden row must not be found.
pub(super) fn of_all(source: &Source<'_>) -> Grid {
    let mut heads = vec![text_head("institution", "机构代码", "id"), text_head("name", "医疗机构", "institution")];
    heads.extend(key_heads());
    heads.push(number_head("cleared", "清算", "cleared"));
    let shown = shown(source);
    let any = shown.iter().any(|one| one.is_hidden());
    if any {
        heads.push(text_head("hidden", "隐去", "hidden"));
    }
    let rows = source.stored.rows.iter().zip(shown).map(|(row, shown)| {
        let name = source.stored.facts.institution(&row.key.institution).map_or("", |one| one.name.as_str());
        let mut cells = vec![Value::Text(row.key.institution.clone()), Value::Text(name.to_owned())];
        cells.extend(key_cells(source, row));
        if shown.is_hidden() {
            cells.extend([Value::Hidden, Value::Hidden, Value::Hidden, Value::Text(shown.word().to_owned())]);
        } else {
            let cases = Value::Count(row.figures.count("cases"));
            cells.extend([cases, units(row), Value::Money(row.figures.fen("cleared")), Value::Blank]);
        }
        cells.truncate(if any { 9 } else { 8 });
        cells
    });
    Grid { id: "cleared-table", title: words("各机构点数", "Points and cleared"), heads, rows: rows.collect() }
}

/// One row per institution: what it was cleared by all methods together. The rows of [`of_all`] are hidden as if these
/// sums were all known.
pub(super) fn of_institutions(source: &Source<'_>) -> Grid {
    let facts = &source.stored.facts;
    let rows_of = |id: &str| source.stored.rows.iter().filter(move |row| row.key.institution == id).collect::<Vec<_>>();
    let all: Vec<_> =
        facts.institutions.iter().map(|one| (one, rows_of(&one.id))).filter(|(_, rows)| !rows.is_empty()).collect();
    let cases = |rows: &[&StoredRow]| rows.iter().map(|row| row.figures.count("cases")).sum::<u64>();
    let list: Vec<Cell> = all.iter().map(|(_, rows)| Cell::of_list(cases(rows))).collect();
    let lines = all.iter().zip(protect(&list, source.below)).map(|((one, rows), shown)| {
        let title = level(&one.level);
        let mut cells = vec![
            Value::Text(one.id.clone()),
            Value::Text(one.name.clone()),
            Value::Titled(one.level.clone(), words(title.zh, title.en)),
        ];
        if shown.is_hidden() {
            cells.extend([Value::Hidden, Value::Hidden]);
        } else {
            let cleared = sum(rows.iter().map(|row| row.figures.fen("cleared")));
            cells.extend([Value::Count(cases(rows)), Value::Money(cleared)]);
        }
        cells
    });
    let heads = vec![
        text_head("institution", "机构代码", "id"),
        text_head("name", "医疗机构", "institution"),
        text_head("level", "等级", "level"),
        number_head("cases", "病例", "cases"),
        number_head("cleared", "清算", "cleared"),
    ];
    Grid {
        id: "institutions-table",
        title: words("各机构清算", "Cleared by institution"),
        heads,
        rows: lines.collect(),
    }
}

fn shown(source: &Source<'_>) -> Vec<Shown> {
    let mut institutions: BTreeMap<&str, u32> = BTreeMap::new();
    let mut pools: BTreeMap<&str, u32> = BTreeMap::new();
    let next = |of: &BTreeMap<&str, u32>| u32::try_from(of.len()).unwrap_or(u32::MAX - 1);
    let mut cells = Vec::new();
    for row in &source.stored.rows {
        let new = next(&institutions);
        let institution = *institutions.entry(&row.key.institution).or_insert(new);
        let new = next(&pools);
        let pool = *pools.entry(&row.key.pool).or_insert(new);
        cells.push(Cell { row: institution, column: pool, cases: row.figures.count("cases") });
    }
    protect(&cells, source.below)
}

/// One institution's rows with every deduction, then their sum.
pub(super) fn of_one(source: &Source<'_>, institution: &str) -> Grid {
    let mut heads = key_heads();
    heads.extend(OWN.iter().map(|(name, zh, en)| number_head(name, zh, en)));
    let own: Vec<&StoredRow> = source.stored.rows.iter().filter(|row| row.key.institution == institution).collect();
    let cases: Vec<u64> = own.iter().map(|row| row.figures.count("cases")).collect();
    let list: Vec<Cell> = cases.iter().map(|cases| Cell::of_list(*cases)).collect();
    let mut rows: Vec<Vec<Value>> = own
        .iter()
        .zip(protect(&list, source.below))
        .map(|(row, shown)| {
            let mut cells = key_cells(source, row);
            if shown.is_hidden() {
                cells.extend(std::iter::repeat_n(Value::Hidden, 2 + OWN.len()));
            } else {
                cells.extend([Value::Count(row.figures.count("cases")), units(row)]);
                cells.extend(OWN.map(|(name, ..)| Value::Money(row.figures.fen(name))));
            }
            cells
        })
        .collect();
    let total: u64 = cases.iter().sum();
    if own.len() > 1 && (total == 0 || total >= source.below) {
        let mut cells = vec![Value::Titled("total".to_owned(), words("合计", "total")), Value::Blank, Value::Blank];
        // Points of different methods do not add up to anything.
        cells.extend([Value::Count(total), Value::Blank]);
        cells.extend(OWN.map(|(name, ..)| Value::Money(sum(own.iter().map(|row| row.figures.fen(name))))));
        rows.push(cells);
    }
    Grid { id: "clearing-table", title: words("清算", "Clearing"), heads, rows }
}
