//! Text expressions of a mapping, compiled to column positions.

use std::collections::BTreeMap;

use yibao_record::mapping::{Compound, Expression};

use super::refusal::RowRefusal;
use crate::Record;

/// How a date is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DateFormat {
    /// `2025-03-01`, a time after it allowed.
    Iso,
    /// `20250301`.
    Compact,
    /// `2025/3/1`.
    Slashed,
}

/// A compiled text expression.
pub enum Text {
    /// A column as it stands.
    Column(usize),
    /// A column through a value map.
    Mapped { column: usize, name: String, map: BTreeMap<Vec<u8>, Vec<u8>>, otherwise: Option<Vec<u8>> },
    /// The same text on every row.
    Constant(Vec<u8>),
    /// A text and the row's number.
    Row(Vec<u8>),
    /// Parts joined.
    Concat { parts: Vec<Text>, by: Vec<u8> },
}

/// Finds the position of a source column, or says why not.
pub type FindColumn<'a> = dyn Fn(&str) -> Result<usize, String> + 'a;

impl Text {
    /// Compiles an expression that yields a text.
    pub fn new(expression: &Expression, find: &FindColumn<'_>) -> Result<Self, String> {
        match expression {
            Expression::Column(name) => Ok(Text::Column(find(name)?)),
            Expression::Compound(compound) => Text::compound(compound, find),
        }
    }

    fn compound(compound: &Compound, find: &FindColumn<'_>) -> Result<Self, String> {
        if let Some(text) = &compound.constant {
            return Ok(Text::Constant(text.as_bytes().to_vec()));
        }
        if let Some(prefix) = &compound.row {
            return Ok(Text::Row(prefix.as_bytes().to_vec()));
        }
        if let Some(parts) = &compound.concat {
            let parts = parts.iter().map(|part| Text::new(part, find)).collect::<Result<Vec<_>, _>>()?;
            let by = compound.by.as_deref().unwrap_or("").as_bytes().to_vec();
            return Ok(Text::Concat { parts, by });
        }
        let Some(name) = &compound.column else {
            return Err("a text needs `column`, `const` or `concat`".to_owned());
        };
        let column = find(name)?;
        let Some(map) = &compound.map else { return Ok(Text::Column(column)) };
        let bytes = |text: &String| text.as_bytes().to_vec();
        Ok(Text::Mapped {
            column,
            name: name.clone(),
            map: map.iter().map(|(from, to)| (bytes(from), bytes(to))).collect(),
            otherwise: compound.otherwise.as_ref().map(bytes),
        })
    }

    /// The text of a record: borrowed from it, or built in `scratch`.
    pub fn read<'a>(&'a self, record: &Record<'a>, scratch: &'a mut Vec<u8>) -> Result<&'a [u8], RowRefusal> {
        match self {
            Text::Column(at) => Ok(record.field(*at)),
            Text::Constant(text) => Ok(text),
            Text::Mapped { .. } => self.mapped(record),
            Text::Row(_) | Text::Concat { .. } => {
                scratch.clear();
                self.append(record, scratch)?;
                Ok(scratch)
            }
        }
    }

    fn mapped<'a>(&'a self, record: &Record<'a>) -> Result<&'a [u8], RowRefusal> {
        let Text::Mapped { column, name, map, otherwise } = self else { return Ok(&[]) };
        let field = record.field(*column);
        match map.get(field).or(otherwise.as_ref()) {
            Some(text) => Ok(text),
            None => {
                let shown = super::refusal::shorten(field);
                Err(RowRefusal::new(
                    "unmapped_value",
                    format!("列 {name} 的值“{shown}”不在政策包的对照表中"),
                    format!("column {name}: \"{shown}\" is not in the pack's value map"),
                ))
            }
        }
    }

    fn append(&self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), RowRefusal> {
        match self {
            Text::Column(at) => out.extend_from_slice(record.field(*at)),
            Text::Constant(text) => out.extend_from_slice(text),
            Text::Row(prefix) => {
                out.extend_from_slice(prefix);
                out.extend_from_slice(record.line.to_string().as_bytes());
            }
            Text::Mapped { .. } => out.extend_from_slice(self.mapped(record)?),
            Text::Concat { parts, by } => {
                for (position, part) in parts.iter().enumerate() {
                    if position > 0 {
                        out.extend_from_slice(by);
                    }
                    part.append(record, out)?;
                }
            }
        }
        Ok(())
    }
}

/// The date format an expression names.
pub fn date_format(expression: &Expression) -> Result<DateFormat, String> {
    let Expression::Compound(compound) = expression else { return Ok(DateFormat::Iso) };
    match compound.date.as_deref() {
        None | Some("yyyy-mm-dd") => Ok(DateFormat::Iso),
        Some("yyyymmdd") => Ok(DateFormat::Compact),
        Some("yyyy/m/d") => Ok(DateFormat::Slashed),
        Some(other) => Err(format!("date format \"{other}\" is not one of yyyy-mm-dd, yyyymmdd, yyyy/m/d")),
    }
}
