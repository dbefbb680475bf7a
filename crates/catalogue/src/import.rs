//! Reading a foreign list (CSV, gzip CSV, xlsx) as a catalogue: its columns, its words, and what it does not say.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path as FilePath;

use calamine::{Reader, open_workbook_auto};
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

/// Reads a file of another shape.
///
/// # Errors
/// The file cannot be read, a column is missing, a word is not listed, or a row is no item.
pub fn read(path: &FilePath, mapping: &Mapping) -> Result<Catalogue, Diagnostics> {
    let table = table(path, mapping.sheet.as_deref())?;
    Catalogue::of_table(&mapped(&table, mapping)?)
}

/// A file as a table of texts.
///
/// # Errors
/// The file cannot be read.
pub fn table(path: &FilePath, sheet: Option<&str>) -> Result<CsvTable, Diagnostics> {
    let shown = path.to_string_lossy().replace('\\', "/");
    let refused = |message: String, hint: &str| {
        let mut found = Diagnostics::default();
        found.error(message, Some(Place { file: shown.clone(), line: None }), hint);
        found
    };
    let lower = shown.to_ascii_lowercase();
    if lower.ends_with(".xlsx") || lower.ends_with(".xls") || lower.ends_with(".ods") {
        return workbook(path, &shown, sheet)
            .map_err(|message| refused(message, "save it as CSV in UTF-8, or name the sheet"));
    }
    if lower.ends_with(".gz") {
        let mut text = String::new();
        let file = std::fs::File::open(path).map_err(|error| refused(error.kind().to_string(), "check its path"))?;
        let read = flate2::read::GzDecoder::new(file).read_to_string(&mut text);
        read.map_err(|error| refused(error.kind().to_string(), "gzip of CSV in UTF-8 is read"))?;
        return CsvTable::parse(&text, &shown);
    }
    CsvTable::read(path, &shown)
}

fn workbook(path: &FilePath, shown: &str, sheet: Option<&str>) -> Result<CsvTable, String> {
    let mut book = open_workbook_auto(path).map_err(|error| format!("cannot read the workbook: {error}"))?;
    let names = book.sheet_names();
    let name = match sheet {
        Some(sheet) => sheet.to_owned(),
        None => names.first().cloned().ok_or("the workbook has no sheet")?,
    };
    let range = book.worksheet_range(&name).map_err(|error| format!("cannot read sheet \"{name}\": {error}"))?;
    let mut rows =
        range.rows().map(|row| row.iter().map(|cell| cell.to_string().trim().to_owned()).collect::<Vec<_>>());
    let header = rows.next().ok_or("the sheet is empty")?;
    let rows = (2..).zip(rows).map(|(line, fields)| CsvRow { line, fields }).collect();
    Ok(CsvTable { file: shown.to_owned(), header, rows, source: None, about: None })
}

/// The table in our columns and words.
fn mapped(table: &CsvTable, mapping: &Mapping) -> Result<CsvTable, Diagnostics> {
    let mut found = Diagnostics::default();
    let mut columns = Vec::new();
    for ours in mapping.columns.keys().chain(mapping.constant.keys()).chain(mapping.values.keys()) {
        if !COLUMNS.contains(&ours.as_str()) {
            let hint = yibao_policy::suggest::hint(ours, COLUMNS);
            found.error(format!("unknown column \"{ours}\" of a catalogue"), None, hint);
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
    let header = columns.iter().map(|(ours, _)| (*ours).clone()).chain(mapping.constant.keys().cloned()).collect();
    let mut rows = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
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
                        found.error(
                            format!("unknown word \"{text}\" for \"{ours}\""),
                            Some(table.place(row.line)),
                            hint,
                        );
                    }
                },
            }
        }
        fields.extend(mapping.constant.values().cloned());
        rows.push(CsvRow { line: row.line, fields });
    }
    if found.has_errors() {
        return Err(found);
    }
    Ok(CsvTable { file: table.file.clone(), header, rows, source: None, about: None })
}
