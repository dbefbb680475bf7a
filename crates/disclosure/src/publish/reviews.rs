//! Results of special-case review, as counts.

use std::collections::BTreeMap;

use yibao_payment::indicator::suppression::{Cell, protect};

use super::Source;
use crate::grid::{Grid, Value, number_head, text_head};
use crate::page::{Words, words};

fn decision(word: &str) -> Words {
    match word {
        "items" => words("同意，按项目", "accepted, by item"),
        "standard" => words("同意，按标准", "accepted, at the standard"),
        "adjusted" => words("同意，调整标准", "accepted, adjusted standard"),
        "refused" => words("不同意，按原规则", "refused, original rule"),
        "accepted" => words("纳入", "accepted"),
        "held" => words("超出名额，待定", "over the quota, held"),
        other => words(other, other),
    }
}

/// Counts by decision, of the region or of one institution, then their sum.
pub(super) fn grid(source: &Source<'_>, institution: Option<&str>) -> Grid {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for one in &source.stored.facts.reviews {
        if institution.is_none_or(|id| id == one.institution) {
            *counts.entry(one.decision.as_str()).or_default() += one.cases;
        }
    }
    let cells: Vec<Cell> = counts.values().map(|cases| Cell::of_list(*cases)).collect();
    let value = |hidden: bool, cases: u64| if hidden { Value::Hidden } else { Value::Count(cases) };
    let mut rows: Vec<Vec<Value>> = counts
        .iter()
        .zip(protect(&cells, source.below))
        .map(|((word, cases), shown)| {
            vec![Value::Titled((*word).to_owned(), decision(word)), value(shown.is_hidden(), *cases)]
        })
        .collect();
    let total: u64 = counts.values().sum();
    if counts.len() > 1 {
        let hidden = total > 0 && total < source.below;
        rows.push(vec![Value::Titled("total".to_owned(), words("合计", "total")), value(hidden, total)]);
    }
    let heads = vec![text_head("decision", "结果", "decision"), number_head("cases", "病例", "cases")];
    Grid { id: "reviews-table", title: words("特例单议", "Special review"), heads, rows }
}
