//! Ranked indicators: institutions by each of them, the highest first. A hidden figure has no rank, and ranks are counted
//! over the shown ones only.

use yibao_payment::indicator::facts::{By, level};

use super::Source;
use crate::grid::{Grid, Value, number_head, text_head};
use crate::indicators::{Figure, Row};
use crate::page::words;

/// Positions of the indicators that are ranked and that some institution has.
pub(super) fn positions(source: &Source<'_>) -> Vec<usize> {
    let ranked = |at: &usize| source.tables.indicators.get(*at).is_some_and(|one| one.definition.ranked);
    source.tables.used().into_iter().filter(ranked).collect()
}

fn rank(rows: &[Row], at: usize, own: &Figure) -> Option<u64> {
    let value = own.open()?.value;
    let higher = rows.iter().filter_map(|row| row.figures.get(at)?.open()).filter(|other| other.value > value);
    Some(higher.count() as u64 + 1)
}

/// A row per institution; per indicator its value and its rank.
pub(super) fn grid(source: &Source<'_>) -> Grid {
    let rows = source.tables.cut(By::Institution);
    let used = positions(source);
    let mut heads = vec![
        text_head("institution", "机构代码", "id"),
        text_head("name", "医疗机构", "institution"),
        text_head("level", "等级", "level"),
    ];
    for at in &used {
        if let Some(one) = source.tables.indicators.get(*at).map(|one| &one.definition) {
            heads.push(number_head(&one.id, &one.title.zh, &one.title.en));
            heads.push(number_head(&format!("{}_rank", one.id), "位次", "rank"));
        }
    }
    let line = |row: &Row, ranks: bool| {
        let institution = source.stored.facts.institution(&row.key);
        let level_id = institution.map_or("", |one| one.level.as_str());
        let title = level(level_id);
        let mut cells = vec![
            Value::Text(row.key.clone()),
            Value::Titled(row.name.zh.clone(), words(&row.name.zh, &row.name.en)),
            Value::Titled(level_id.to_owned(), words(title.zh, title.en)),
        ];
        for at in &used {
            let Some((figure, one)) = row.figures.get(*at).zip(source.tables.indicators.get(*at)) else { continue };
            cells.push(value(figure, one.definition.unit));
            cells.push(match rank(rows, *at, figure).filter(|_| ranks) {
                Some(place) => Value::Count(place),
                None => Value::Blank,
            });
        }
        cells
    };
    let mut lines: Vec<Vec<Value>> = rows.iter().map(|row| line(row, true)).collect();
    lines.push(line(&source.tables.region, false));
    Grid { id: "ranked-table", title: words("指标排名", "Ranked indicators"), heads, rows: lines }
}

/// A figure as a value.
pub(super) fn value(figure: &Figure, unit: yibao_payment::indicator::Unit) -> Value {
    match (&figure.measure, figure.open()) {
        (None, _) => Value::Blank,
        (Some(_), None) => Value::Hidden,
        (Some(_), Some(measure)) => Value::Indicator(measure.value, unit),
    }
}
