//! Reading a foreign list (CSV, gzip CSV, xlsx) as a catalogue: its columns, its words, and what it does not say.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path as FilePath;

use calamine::{Data, Reader, open_workbook_auto};
use serde::Deserialize;
use yibao_policy::{CsvRow, CsvTable, Diagnostics, Place};

use crate::item::{COLUMNS, Catalogue};

/// How a foreign list is read.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Our column to its column, or to several joined by `|`.
    pub columns: BTreeMap<String, String>,
    /// Our column to one value for every row.
    #[serde(default)]
    pub constant: BTreeMap<String, String>,
    /// Our column to its words and ours. A word that is not listed is refused.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Sheet of a workbook; default the first.
    pub sheet: Option<String>,
}

/// A foreign list, read.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Its good rows in our columns and words, each under its line of the file.
    pub table: CsvTable,
    /// Its items.
    pub catalogue: Catalogue,
    /// The rows left out, by line.
    pub refused: Vec<RefusedRow>,
}

/// A row that is no item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedRow {
    /// Line of the file; of a workbook, row of the sheet.
    pub line: u32,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Reads a file of another shape, all of it or nothing.
///
/// # Errors
/// The file cannot be read, a column is missing, a word is not listed, or a row is no item.
pub fn read(path: &FilePath, mapping: &Mapping) -> Result<Catalogue, Diagnostics> {
    let imported = import(path, mapping)?;
    let mut found = Diagnostics::default();
    for row in imported.refused {
        found.error(row.message, Some(imported.table.place(row.line)), row.hint);
    }
    if found.has_errors() { Err(found) } else { Ok(imported.catalogue) }
}

/// Reads a file of another shape; rows that are no items are left out and said.
///
/// # Errors
/// The file cannot be read, the mapping names what is not there, or no column says what every item has.
pub fn import(path: &FilePath, mapping: &Mapping) -> Result<Imported, Diagnostics> {
    let (table, mut refused) = table(path, mapping.sheet.as_deref())?;
    let mut table = mapped(&table, mapping, &mut refused)?;
    let empty = CsvTable { rows: Vec::new(), ..table.clone() };
    // The columns alone: what is wrong with them is wrong with the mapping, not with a row.
    Catalogue::of_table(&empty)?;
    table.rows.retain(|row| match Catalogue::of_table(&CsvTable { rows: vec![row.clone()], ..empty.clone() }) {
        Ok(_) => true,
        Err(found) => {
            refused.extend(rows_of(found, row.line));
            false
        }
    });
    // What two rows say of one item and one day: the later row is left out.
    let catalogue = loop {
        match Catalogue::of_table(&table) {
            Ok(catalogue) => break catalogue,
            Err(found) => {
                let lines: Vec<u32> =
                    found.0.iter().filter_map(|one| one.place.as_ref().and_then(|place| place.line)).collect();
                let before = table.rows.len();
                table.rows.retain(|row| !lines.contains(&row.line));
                if table.rows.len() == before {
                    return Err(found);
                }
                refused.extend(rows_of(found, 0));
            }
        }
    };
    refused.sort_by_key(|row| row.line);
    refused.dedup_by_key(|row| row.line);
    Ok(Imported { table, catalogue, refused })
}

/// The findings as rows; one without a line gets `line`.
fn rows_of(found: Diagnostics, line: u32) -> impl Iterator<Item = RefusedRow> {
    found.0.into_iter().map(move |one| RefusedRow {
        line: one.place.and_then(|place| place.line).unwrap_or(line),
        message: one.message,
        hint: one.hint.unwrap_or_default(),
    })
}

/// A file as a table of texts, and its rows that are none.
fn table(path: &FilePath, sheet: Option<&str>) -> Result<(CsvTable, Vec<RefusedRow>), Diagnostics> {
    let shown = path.to_string_lossy().replace('\\', "/");
    let refused = |message: String, hint: &str| {
        let mut found = Diagnostics::default();
        found.error(message, Some(Place { file: shown.clone(), line: None }), hint);
        found
    };
    let lower = shown.to_ascii_lowercase();
    if lower.ends_with(".xlsx") || lower.ends_with(".xls") || lower.ends_with(".ods") {
        let table = workbook(path, &shown, sheet)
            .map_err(|message| refused(message, "save it as CSV in UTF-8, or name the sheet"))?;
        return Ok((table, Vec::new()));
    }
    let cannot = |error: std::io::Error| refused(format!("cannot read the list: {}", error.kind()), "check its path");
    let mut bytes = std::fs::read(path).map_err(cannot)?;
    if lower.ends_with(".gz") {
        let mut unpacked = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes.as_slice())
            .read_to_end(&mut unpacked)
            .map_err(|error| refused(error.kind().to_string(), "gzip of CSV in UTF-8 is read"))?;
        bytes = unpacked;
    }
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes));
    let text = text.map_err(|_| refused("the list is not UTF-8".to_owned(), "save it as CSV in UTF-8"))?;
    texts(text, &shown).map_err(|message| refused(message, "the first line names the columns"))
}

/// The rows of a CSV; one that cannot be read, or of another length than the header, is left out.
fn texts(text: &str, shown: &str) -> Result<(CsvTable, Vec<RefusedRow>), String> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    let (mut header, mut rows, mut refused) = (None::<Vec<String>>, Vec::new(), Vec::new());
    for record in reader.records() {
        // A text that is UTF-8 gives records only.
        let Ok(record) = record else { continue };
        let line = record.position().map_or(1, |position| lines.of(position));
        let fields: Vec<String> = record.iter().map(str::to_owned).collect();
        match &header {
            None => header = Some(fields),
            Some(names) if names.len() != fields.len() => refused.push(RefusedRow {
                line,
                message: format!("{} fields where the header has {}", fields.len(), names.len()),
                hint: "check the commas; a field with a comma stands in quotes".to_owned(),
            }),
            Some(_) => rows.push(CsvRow { line, fields }),
        }
    }
    let header = header.ok_or("the list is empty")?;
    Ok((CsvTable { file: shown.to_owned(), header, rows, source: None, about: None }, refused))
}

/// Counts the lines of a text as far as it was read, whatever ends them: `\n`, `\r\n`, or `\r` alone. The reader itself
/// counts `\n` only, and takes blank lines before a record as part of it.
struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line of the first character of the record that begins at a place, not before one asked for earlier.
    fn of(&mut self, position: &csv::Position) -> u32 {
        let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
        while let Some(byte) = self.text.get(self.at) {
            let ends = match byte {
                b'\n' => true,
                b'\r' => self.text.get(self.at + 1) != Some(&b'\n'),
                _ if self.at >= start => break,
                _ => false,
            };
            self.line = self.line.saturating_add(u32::from(ends));
            self.at += 1;
        }
        self.line
    }
}

fn workbook(path: &FilePath, shown: &str, sheet: Option<&str>) -> Result<CsvTable, String> {
    let mut book = open_workbook_auto(path).map_err(|error| format!("cannot read the workbook: {error}"))?;
    let names = book.sheet_names();
    let name = match sheet {
        Some(sheet) => sheet.to_owned(),
        None => names.first().cloned().ok_or("the workbook has no sheet")?,
    };
    let range = book
        .worksheet_range(&name)
        .map_err(|error| format!("cannot read sheet \"{name}\" of {}: {error}", names.join(", ")))?;
    let first = range.start().map_or(1, |(row, _)| row.saturating_add(1));
    let mut rows = (first..).zip(range.rows().map(|row| row.iter().map(cell).collect::<Vec<_>>()));
    let (_, header) = rows.next().ok_or("the sheet is empty")?;
    let filled = rows.filter(|(_, fields)| fields.iter().any(|field| !field.is_empty()));
    let rows = filled.map(|(line, fields)| CsvRow { line, fields }).collect();
    Ok(CsvTable { file: shown.to_owned(), header, rows, source: None, about: None })
}

/// A cell as text; a date as its day.
fn cell(cell: &Data) -> String {
    match cell {
        Data::DateTime(date) if date.is_datetime() => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::DateTimeIso(text) => text.get(..10).unwrap_or(text).to_owned(),
        other => other.to_string().trim().to_owned(),
    }
}

/// The table in our columns and words; rows with a word that is not listed are left out.
fn mapped(table: &CsvTable, mapping: &Mapping, refused: &mut Vec<RefusedRow>) -> Result<CsvTable, Diagnostics> {
    let columns = columns(table, mapping)?;
    let header = columns.iter().map(|(ours, _)| (*ours).clone()).chain(mapping.constant.keys().cloned()).collect();
    let mut rows = Vec::with_capacity(table.rows.len());
    'rows: for row in &table.rows {
        let mut fields = Vec::with_capacity(COLUMNS.len());
        for (ours, places) in &columns {
            let parts: Vec<&str> = places.iter().filter_map(|at| row.fields.get(*at)).map(String::as_str).collect();
            let text = parts.join("|");
            match mapping.values.get(*ours) {
                None => fields.push(text),
                Some(words) => match words.get(&text) {
                    Some(word) => fields.push(word.clone()),
                    None => {
                        let hint = yibao_policy::suggest::hint(&text, words.keys().map(String::as_str));
                        let message = format!("unknown word \"{text}\" for \"{ours}\"");
                        refused.push(RefusedRow { line: row.line, message, hint });
                        continue 'rows;
                    }
                },
            }
        }
        fields.extend(mapping.constant.values().cloned());
        rows.push(CsvRow { line: row.line, fields });
    }
    Ok(CsvTable { file: table.file.clone(), header, rows, source: None, about: None })
}

/// Our columns and the places of theirs.
fn columns<'m>(table: &CsvTable, mapping: &'m Mapping) -> Result<Vec<(&'m String, Vec<usize>)>, Diagnostics> {
    let mut found = Diagnostics::default();
    let mut columns = Vec::new();
    for ours in mapping.columns.keys().chain(mapping.constant.keys()).chain(mapping.values.keys()) {
        if !COLUMNS.contains(&ours.as_str()) {
            let hint = yibao_policy::suggest::hint(ours, COLUMNS);
            found.error(format!("unknown column \"{ours}\" of a catalogue"), None, hint);
        }
        if mapping.columns.contains_key(ours) && mapping.constant.contains_key(ours) {
            found.error(
                format!("\"{ours}\" is both a column and one value for all rows"),
                None,
                "take one of the two out of the mapping",
            );
        }
    }
    for (ours, theirs) in &mapping.columns {
        let mut places = Vec::new();
        for name in theirs.split('|') {
            match table.column(name) {
                Ok(at) => places.push(at),
                Err(missing) => found.append(missing),
            }
        }
        columns.push((ours, places));
    }
    if found.has_errors() { Err(found) } else { Ok(columns) }
}
