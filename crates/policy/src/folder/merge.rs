//! TOML texts into trees, trees into one.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::is_map_of_tables;
use crate::diagnostics::{Diagnostics, Place};
use crate::node::{Node, Position, Value};

/// The tree of one file.
///
/// # Errors
/// Line and message of everything that is not TOML.
pub(super) fn tree_of_file(text: &str, file: u16) -> Result<Node, Vec<(u32, String)>> {
    let lines = Lines::of(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let mut told: Vec<(u32, String)> = errors.iter().map(|error| error_line(error, &lines)).collect();
        // The rest of a broken line is no news.
        told.dedup_by_key(|(line, _)| *line);
        return Err(told);
    }
    let mut wrong = Vec::new();
    let reader = TreeReader { lines, file };
    let node = Node { position: Position { file, line: 1 }, value: reader.table(table.get_ref(), &mut wrong) };
    if wrong.is_empty() { Ok(node) } else { Err(wrong) }
}

fn error_line(error: &toml::de::Error, lines: &Lines) -> (u32, String) {
    let at = error.span().map_or(0, |span| span.start);
    (lines.at(at), error.message().replace('\n', ", "))
}

/// Byte offsets of the starts of lines.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(breaks).collect())
    }

    /// 1-based line of a byte.
    fn at(&self, byte: usize) -> u32 {
        u32::try_from(self.0.partition_point(|start| *start <= byte)).unwrap_or(u32::MAX)
    }
}

struct TreeReader {
    lines: Lines,
    file: u16,
}

impl TreeReader {
    fn position(&self, at: usize) -> Position {
        Position { file: self.file, line: self.lines.at(at) }
    }

    fn table(&self, table: &DeTable<'_>, wrong: &mut Vec<(u32, String)>) -> Value {
        let mut entries = Vec::with_capacity(table.len());
        for (key, value) in table {
            let position = self.position(key.span().start);
            let value = self.value(value, wrong);
            entries.push((key.get_ref().to_string(), Node { position, value }));
        }
        Value::Table(entries)
    }

    fn value(&self, spanned: &Spanned<DeValue<'_>>, wrong: &mut Vec<(u32, String)>) -> Value {
        match spanned.get_ref() {
            DeValue::String(text) => Value::Text(Cow::to_string(text)),
            DeValue::Integer(number) => {
                let digits = number.as_str().replace('_', "");
                i64::from_str_radix(&digits, number.radix()).map_or_else(
                    |_| {
                        wrong.push((
                            self.lines.at(spanned.span().start),
                            format!("the number {} is too large", number.as_str()),
                        ));
                        Value::Integer(0)
                    },
                    Value::Integer,
                )
            }
            DeValue::Float(number) => Value::Float(number.as_str().to_owned()),
            DeValue::Boolean(truth) => Value::Boolean(*truth),
            DeValue::Datetime(date) => Value::Date(date.to_string()),
            DeValue::Array(entries) => Value::List(
                entries
                    .iter()
                    .map(|entry| Node { position: self.position(entry.span().start), value: self.value(entry, wrong) })
                    .collect(),
            ),
            DeValue::Table(table) => self.table(table, wrong),
        }
    }
}

/// Puts the part of one file into the whole. Lists of tables are joined; tables of tables are joined key by key; any
/// other key may stand in one file only.
pub(super) fn merge(whole: &mut Node, part: Node, files: &[String], found: &mut Diagnostics) {
    let (Value::Table(entries), Value::Table(more)) = (&mut whole.value, part.value) else { return };
    for (key, node) in more {
        let Some(at) = entries.iter().position(|(name, _)| *name == key) else {
            entries.push((key, node));
            continue;
        };
        let Some((_, own)) = entries.get_mut(at) else { continue };
        let maps = is_map_of_tables(own) && is_map_of_tables(&node);
        match (&mut own.value, node.value) {
            (Value::List(list), Value::List(other)) => list.extend(other),
            (Value::Table(_), value @ Value::Table(_)) if maps => {
                merge_map(own, Node { position: node.position, value }, &key, files, found);
            }
            _ => twice(&key, own.position, node.position, files, found),
        }
    }
}

fn merge_map(own: &mut Node, other: Node, key: &str, files: &[String], found: &mut Diagnostics) {
    let (Value::Table(entries), Value::Table(more)) = (&mut own.value, other.value) else { return };
    for (name, node) in more {
        match entries.iter().find(|(known, _)| *known == name) {
            Some((_, first)) => twice(&format!("{key}.{name}"), first.position, node.position, files, found),
            None => entries.push((name, node)),
        }
    }
}

fn twice(key: &str, first: Position, second: Position, files: &[String], found: &mut Diagnostics) {
    let place = |position: Position| Place {
        file: files.get(usize::from(position.file)).cloned().unwrap_or_default(),
        line: Some(position.line),
    };
    found.error(
        format!("`{key}` stands in two files"),
        Some(place(second)),
        format!("it is already at {}; keep it in one file", place(first)),
    );
}
