//! The stored reasons of every group inside the page: each rule's words once, a row's numbers only. The page puts them
//! together when a row is clicked.

use serde_json::{Value as Json, json};
use yibao_kernel::explain::{Value, read};
use yibao_payment::weigh::WeightTable;

use crate::error::DisclosureError;
use crate::page::money;

/// `{ rules: [[zh, en, source]], groups: { code: [[rule, value…]…] } }`, safe inside a script element.
pub(super) fn data(table: &WeightTable) -> Result<String, DisclosureError> {
    let rules: Vec<Json> = table
        .book
        .rules()
        .iter()
        .map(|rule| {
            let source = rule.source.as_ref().map_or_else(String::new, |source| {
                [Some(source.document.as_str()), source.article.as_deref(), source.quote.as_deref()]
                    .into_iter()
                    .flatten()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(" · ")
            });
            json!([rule.zh, rule.en, source])
        })
        .collect();
    let mut groups = serde_json::Map::new();
    for row in &table.rows {
        let wrong = |source| DisclosureError::Explanation { what: format!("group {}", row.group), source };
        let steps = read(&row.explanation).map_err(wrong)?;
        let steps: Vec<Json> = steps
            .iter()
            .map(|step| {
                let values = step.values.iter().map(|value| Json::String(printed(value, table)));
                Json::Array(std::iter::once(json!(step.rule.0)).chain(values).collect())
            })
            .collect();
        groups.insert(row.group.clone(), Json::Array(steps));
    }
    // No text can close the element: `<` is written as an escape.
    Ok(json!({ "rules": rules, "groups": groups }).to_string().replace('<', "\\u003c"))
}

fn printed(value: &Value, table: &WeightTable) -> String {
    match value {
        Value::Int(number) => number.to_string(),
        Value::Fen(amount) => money(*amount),
        Value::Decimal(number) => number.to_string(),
        Value::Ratio(ratio) => ratio.to_string(),
        Value::Day(day) => day.to_string(),
        Value::Symbol(symbol) => {
            let symbols = table.book.symbols();
            usize::try_from(*symbol).ok().and_then(|at| symbols.get(at)).cloned().unwrap_or_default()
        }
        Value::Text(text) => text.clone(),
    }
}
