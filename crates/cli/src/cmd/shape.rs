//! What is wrong with a JSON text, as a person reads it: where, what, and what to do.

use std::path::Path;

use anyhow::{Context, bail};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// What is wrong, without its place.
pub fn wrong(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).map_or_else(|| text.clone(), str::to_owned)
}

/// What to do about it.
pub fn hint(error: &serde_json::Error, page: &str) -> String {
    let text = error.to_string();
    match error.classify() {
        Category::Syntax => "this is not JSON: look at the quotes, commas and brackets there".to_owned(),
        Category::Eof => "the text ends before it is complete: a bracket or a quote is missing".to_owned(),
        _ => {
            let mut quoted = text.split('`').skip(1).step_by(2);
            match (text.starts_with("unknown field"), quoted.next()) {
                (true, Some(word)) => {
                    let known: Vec<&str> = quoted.collect();
                    yibao_policy::suggest::hint(word, known)
                }
                _ => format!("{page} says what stands there"),
            }
        }
    }
}

/// A file of one JSON object.
///
/// # Errors
/// It cannot be read, or is of another shape: with line and column.
pub fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    match serde_json::from_str(&text) {
        Ok(read) => Ok(read),
        Err(error) => bail!(
            "{}:{}:{}: {}\n  hint: {}",
            path.display(),
            error.line(),
            error.column(),
            wrong(&error),
            hint(&error, PAGE)
        ),
    }
}

/// Where bills and persons are described.
pub const PAGE: &str = "docs/reference/cli.md#splitting-bills";
