//! A small table of a pack: CSV in UTF-8, a header, every row with its line.

use std::path::Path as FilePath;

use crate::diagnostics::{Diagnostics, Place};
use crate::folder::{plain, utf8};
use crate::source::SourceRef;
use crate::suggest;

/// Largest table read, bytes.
const CSV_BYTES_MAX: u64 = 512 << 20;

/// A row and its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvRow {
    /// 1-based line of the file.
    pub line: u32,
    /// Fields in the order of the header, blanks around them taken off.
    pub fields: Vec<String>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvTable {
    /// The file as a person finds it.
    pub file: String,
    /// Column names.
    pub header: Vec<String>,
    /// Rows in file order.
    pub rows: Vec<CsvRow>,
    /// Where the rows come from; `None` for a file outside the pack.
    pub source: Option<SourceRef>,
    /// What the table is.
    pub about: Option<String>,
}

impl CsvTable {
    /// Reads a table; `shown` is how messages name it.
    ///
    /// # Errors
    /// Missing, empty, not UTF-8, with a byte order mark, a repeated column, rows of another length than the header.
    pub fn read(path: &FilePath, shown: &str) -> Result<Self, Diagnostics> {
        let mut found = Diagnostics::default();
        let whole = || Some(Place { file: shown.to_owned(), line: None });
        if std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > CSV_BYTES_MAX) {
            found.error("the table is larger than 512 MiB", whole(), "is this a file of stays? name it under [input]");
            return Err(found);
        }
        match std::fs::read(path).map_err(|error| plain(&error)).map(utf8) {
            Ok(Ok(text)) => Self::parse(&text, shown),
            Ok(Err((message, hint))) => {
                found.error(message, whole(), hint);
                Err(found)
            }
            Err(error) => {
                found.error(format!("cannot read the table: {error}"), whole(), "check its path");
                Err(found)
            }
        }
    }

    /// Reads a table from text.
    ///
    /// # Errors
    /// As [`CsvTable::read`].
    pub fn parse(text: &str, shown: &str) -> Result<Self, Diagnostics> {
        let mut found = Diagnostics::default();
        let place = |line: u32| Some(Place { file: shown.to_owned(), line: Some(line) });
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut header: Option<Vec<String>> = None;
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(1, csv::Position::line);
                    found.error("the row cannot be read as CSV", place(line_number(line)), "check its quotes");
                    continue;
                }
            };
            let line = record.position().map_or(1, |position| first_line(text, position));
            let fields: Vec<String> = record.iter().map(str::to_owned).collect();
            match &header {
                None => header = Some(fields),
                Some(names) if names.len() != fields.len() => found.error(
                    format!("{} fields where the header has {}", fields.len(), names.len()),
                    place(line),
                    "check the commas; a field with a comma stands in quotes",
                ),
                Some(_) => rows.push(CsvRow { line, fields }),
            }
        }
        let Some(header) = header else {
            found.error("the table is empty", place(1), "the first line names the columns");
            return Err(found);
        };
        for (at, name) in header.iter().enumerate() {
            if header.iter().take(at).any(|earlier| earlier == name) {
                found.error(format!("column \"{name}\" stands twice"), place(1), "give every column its own name");
            }
        }
        match found.has_errors() {
            true => Err(found),
            false => Ok(Self { file: shown.to_owned(), header, rows, source: None, about: None }),
        }
    }

    /// The table with the source its sidecar states.
    #[must_use]
    pub fn with_source(mut self, source: SourceRef, about: Option<String>) -> Self {
        self.source = Some(source);
        self.about = about;
        self
    }

    /// Index of a column.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn column(&self, name: &str) -> Result<usize, Diagnostics> {
        self.header.iter().position(|column| column == name).ok_or_else(|| {
            let mut found = Diagnostics::default();
            found.error(
                format!("no column \"{name}\""),
                Some(self.place(1)),
                suggest::hint(name, self.header.iter().map(String::as_str)),
            );
            found
        })
    }

    /// The place of a line.
    #[must_use]
    pub fn place(&self, line: u32) -> Place {
        Place { file: self.file.clone(), line: Some(line) }
    }
}

/// The line of a record's first character: the reader counts blank lines before it as part of it.
fn first_line(text: &str, position: &csv::Position) -> u32 {
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).filter(|byte| **byte == b'\n').count();
    line_number(position.line().saturating_add(blank as u64))
}

fn line_number(line: u64) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_know_their_lines() {
        let table = CsvTable::parse("group,weight\nG1, 0.8 \n\n\"G,2\",2.0\n", "weights.csv").unwrap();
        assert_eq!(table.header, ["group", "weight"]);
        assert_eq!(table.rows.first().map(|row| (row.line, row.fields.join("|"))), Some((2, "G1|0.8".to_owned())));
        assert_eq!(table.rows.last().map(|row| (row.line, row.fields.join("|"))), Some((4, "G,2|2.0".to_owned())));
        assert_eq!(table.column("weight"), Ok(1));
    }

    #[test]
    fn malformed_tables_are_refused() {
        let refused = |text: &str| CsvTable::parse(text, "t.csv").unwrap_err().to_string();
        assert_eq!(refused(""), "error: the table is empty\n  --> t.csv:1\n  hint: the first line names the columns");
        assert_eq!(
            refused("a,b\n1,2\n3\n"),
            "error: 1 fields where the header has 2\n  --> t.csv:3\n  hint: check the commas; a field with a comma stands in quotes"
        );
        assert_eq!(
            refused("a,a\n"),
            "error: column \"a\" stands twice\n  --> t.csv:1\n  hint: give every column its own name"
        );
        let table = CsvTable::parse("group,wieght\n", "t.csv").unwrap();
        assert_eq!(
            table.column("weight").unwrap_err().to_string(),
            "error: no column \"weight\"\n  --> t.csv:1\n  hint: did you mean \"wieght\"?"
        );
    }
}
