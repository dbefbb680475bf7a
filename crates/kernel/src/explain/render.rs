//! Packed explanations as text, HTML and JSON.

use std::fmt::Write as _;

use serde_json::{Map, json};

use super::ExplainError;
use super::book::{Citation, Lang, Rule, RuleBook};
use super::packed::{Step, Value, read};
use crate::{Mode, Ratio};

/// A piece of a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// The value of this number.
    Placeholder(usize),
}

/// The pieces of a template; `None` for a brace that is neither a placeholder nor doubled.
pub(super) fn placeholders(template: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let (words, brace) = rest.split_at(at);
        pieces.push(Piece::Words(words));
        if let Some(after) = brace.strip_prefix("{{") {
            pieces.push(Piece::Words("{"));
            rest = after;
        } else if let Some(after) = brace.strip_prefix("}}") {
            pieces.push(Piece::Words("}"));
            rest = after;
        } else {
            let (number, after) = brace.strip_prefix('{')?.split_once('}')?;
            let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            pieces.push(Piece::Placeholder(number.parse().ok().filter(|_| digits)?));
            rest = after;
        }
    }
    pieces.push(Piece::Words(rest));
    Some(pieces)
}

impl RuleBook {
    /// One numbered line per step, the source in parentheses.
    ///
    /// # Errors
    /// [`ExplainError`] for damaged bytes, or a book that does not belong to them.
    pub fn render_text(&self, bytes: &[u8], lang: Lang) -> Result<String, ExplainError> {
        let mut text = String::new();
        for (number, step) in (1..).zip(read(bytes)?) {
            let rule = self.rule(step.rule)?;
            let words = self.words(rule, &step, lang)?;
            let source = rule.source.as_ref().map(|source| in_parentheses(source, lang));
            // Writing to a String does not fail.
            let _ = writeln!(text, "{number}. {words}{}", source.unwrap_or_default());
        }
        Ok(text)
    }

    /// An ordered list; every text is escaped, and only web addresses become links.
    ///
    /// # Errors
    /// As [`RuleBook::render_text`].
    pub fn render_html(&self, bytes: &[u8], lang: Lang) -> Result<String, ExplainError> {
        let mut html = String::from("<ol class=\"explanation\">\n");
        for step in read(bytes)? {
            let rule = self.rule(step.rule)?;
            let words = escaped(&self.words(rule, &step, lang)?);
            let source = rule.source.as_ref().map(|source| cite(source, lang)).unwrap_or_default();
            let _ = writeln!(html, "<li>{words}{source}</li>");
        }
        html.push_str("</ol>\n");
        Ok(html)
    }

    /// An array with one object per step: rule id, text, values, source.
    ///
    /// # Errors
    /// As [`RuleBook::render_text`].
    pub fn render_json(&self, bytes: &[u8], lang: Lang) -> Result<serde_json::Value, ExplainError> {
        let mut steps = Vec::new();
        for step in read(bytes)? {
            let rule = self.rule(step.rule)?;
            let mut object = Map::new();
            object.insert("rule".to_owned(), json!(rule.id));
            object.insert("text".to_owned(), json!(self.words(rule, &step, lang)?));
            let values: Result<Vec<_>, _> = step.values.iter().map(|value| self.json_value(value)).collect();
            object.insert("values".to_owned(), values?.into());
            if let Some(source) = &rule.source {
                object.insert("source".to_owned(), json!(source));
            }
            steps.push(object.into());
        }
        Ok(serde_json::Value::Array(steps))
    }

    fn words(&self, rule: &Rule, step: &Step, lang: Lang) -> Result<String, ExplainError> {
        let pieces =
            placeholders(rule.template(lang)).ok_or_else(|| ExplainError::BadTemplate { rule: rule.id.clone() })?;
        let mut words = String::new();
        for piece in pieces {
            match piece {
                Piece::Words(text) => words.push_str(text),
                Piece::Placeholder(index) => {
                    let value = step.values.get(index).ok_or_else(|| ExplainError::MissingValue {
                        rule: rule.id.clone(),
                        index,
                        count: step.values.len(),
                    })?;
                    words.push_str(&self.value_text(value)?);
                }
            }
        }
        Ok(words)
    }

    fn value_text(&self, value: &Value) -> Result<String, ExplainError> {
        Ok(match value {
            Value::Int(value) => value.to_string(),
            Value::Fen(value) => value.to_string(),
            Value::Decimal(value) => value.to_string(),
            Value::Ratio(value) => ratio_text(*value),
            Value::Day(value) => value.to_string(),
            Value::Symbol(symbol) => self.symbol_text(*symbol)?.to_owned(),
            Value::Text(text) => text.clone(),
        })
    }

    /// Counts as numbers, everything else as the text it is printed as: amounts and ratios would
    /// lose digits in a reader that knows only floating point.
    fn json_value(&self, value: &Value) -> Result<serde_json::Value, ExplainError> {
        match value {
            Value::Int(value) => Ok(json!(value)),
            Value::Ratio(value) => Ok(json!(value.to_string())),
            other => Ok(json!(self.value_text(other)?)),
        }
    }
}

/// A ratio as a person reads it: a decimal where it ends, else six places with the exact fraction behind them.
fn ratio_text(ratio: Ratio) -> String {
    let exact = ratio.to_string();
    match ratio.to_decimal(6, Mode::HalfUp) {
        Ok(near) if exact.contains('/') => format!("≈{near} ({exact})"),
        _ => exact,
    }
}

fn in_parentheses(source: &Citation, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("（{}）", reference(source, lang)),
        Lang::En => format!(" ({})", reference(source, lang)),
    }
}

/// Document and article.
fn reference(source: &Citation, lang: Lang) -> String {
    match (&source.article, lang) {
        (None, _) => source.document.clone(),
        (Some(article), Lang::Zh) if is_number(article) => format!("{}，第{article}条", source.document),
        (Some(article), Lang::Zh) => format!("{}，{article}", source.document),
        (Some(article), Lang::En) => format!("{}, article {article}", source.document),
    }
}

/// `八`, `十二`, `12`: an article by number, not by heading.
fn is_number(article: &str) -> bool {
    article.chars().all(|one| one.is_ascii_digit() || "零〇一二三四五六七八九十百".contains(one))
}

fn cite(source: &Citation, lang: Lang) -> String {
    let title = source.quote.as_deref().map(|quote| format!(" title=\"{}\"", escaped(quote))).unwrap_or_default();
    let words = escaped(&reference(source, lang));
    match source.url.as_deref() {
        Some(url) if url.starts_with("https://") || url.starts_with("http://") => {
            format!(" <cite{title}><a href=\"{}\">{words}</a></cite>", escaped(url))
        }
        _ => format!(" <cite{title}>{words}</cite>"),
    }
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}
