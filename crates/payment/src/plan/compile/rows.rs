//! Rows of value tables: from CSV of the pack, CSV of the reference data, or written in the pack.

use std::collections::BTreeSet;

use yibao_kernel::{Decimal, Fen, Ratio};
use yibao_policy::scalar::Scalar;
use yibao_policy::source::SourceRef;
use yibao_policy::{CsvTable, Path, Place, suggest};
use yibao_record::stays::Symbol;

use super::Compiler;
use crate::pack::table::TableDeclaration;
use crate::plan::table::Unit;
use crate::plan::{Cell, FieldRef, Lookup};

/// One row as text: key texts, value text, line (or 1-based place in the list).
struct Row {
    key: Vec<String>,
    value: Option<String>,
    line: u32,
}

/// Where rows stand.
enum Origin {
    /// In this file.
    File {
        file: String,
        /// Public file: it may list codes the pack does not use.
        public: bool,
    },
    /// In the pack.
    Inline(Path),
}

impl Compiler<'_> {
    pub(super) fn load_rows(
        &mut self,
        id: &str,
        declared: &TableDeclaration,
        fields: &[FieldRef],
        at: &Path,
    ) -> Lookup {
        match (declared.unit, &declared.value) {
            (Unit::List, Some(_)) => {
                self.error(&at.key("value"), "a list has no value column", "take `value` away, or state another `unit`")
            }
            (Unit::List, None) | (_, Some(_)) => {}
            (_, None) => {
                self.error(
                    at,
                    format!("table \"{id}\" has no `value`"),
                    "name the column of the value, or state unit = \"list\"",
                );
                return Lookup::default();
            }
        }
        let rows = match (&declared.file, &declared.reference, &declared.rows) {
            (Some(file), None, None) if !self.is_in_pack(file) => {
                let message = format!("the table \"{file}\" is not in the pack");
                self.error(&at.key("file"), message, "correct the path: it is relative to the pack's folder");
                None
            }
            (Some(file), None, None) => match self.folder.csv(file) {
                Ok(table) => {
                    self.check_sidecar(&table);
                    self.csv_rows(declared, &table, false)
                }
                Err(found) => {
                    self.found.append(found);
                    None
                }
            },
            (None, Some(reference), None) => self.reference_rows(declared, reference, at),
            (None, None, Some(rows)) => Some(self.inline_rows(declared, rows, at)),
            _ => {
                self.error(
                    at,
                    format!("table \"{id}\" has none or several of `file`, `reference`, `rows`"),
                    "state exactly one of them",
                );
                None
            }
        };
        rows.map(|(rows, origin)| self.lookup(declared, fields, &rows, &origin)).unwrap_or_default()
    }

    pub(super) fn is_in_pack(&self, file: &str) -> bool {
        self.folder.inside(file).is_some_and(|path| path.is_file())
    }

    pub(super) fn check_sidecar(&mut self, table: &CsvTable) {
        if let Some(SourceRef::Named { name, .. }) = &table.source
            && !self.pack.sources.contains_key(name)
        {
            let hint = suggest::hint(name, self.pack.sources.keys().map(String::as_str));
            let place = Place { file: format!("{}{}", table.file, yibao_policy::folder::SIDECAR), line: None };
            self.found.error(format!("unknown source \"{name}\""), Some(place), hint);
        }
    }

    fn reference_rows(
        &mut self,
        declared: &TableDeclaration,
        reference: &str,
        at: &Path,
    ) -> Option<(Vec<Row>, Origin)> {
        let obtain = declared.obtain.clone().unwrap_or_default();
        if obtain.is_empty() {
            self.error(
                &at.key("reference"),
                "a public file without `obtain`",
                "add obtain = \"where anyone gets the file\"",
            );
        }
        let Some(path) = self.reference.find(reference) else {
            let hint = format!("obtain it ({obtain}) and name its folder with --data or YIBAO_DATA");
            let message = format!("the public file \"{reference}\" is not in the reference-data folder");
            match self.reference.is_given() {
                true => self.error(&at.key("reference"), message, hint),
                false => self.open(&at.key("reference"), message, hint),
            }
            return None;
        };
        match CsvTable::read(&path, &path.to_string_lossy()) {
            Ok(table) => self.csv_rows(declared, &table, true),
            Err(found) => {
                self.found.append(found);
                None
            }
        }
    }

    fn csv_rows(&mut self, declared: &TableDeclaration, table: &CsvTable, public: bool) -> Option<(Vec<Row>, Origin)> {
        let mut column = |name: &str| match table.column(name) {
            Ok(at) => Some(at),
            Err(found) => {
                self.found.append(found);
                None
            }
        };
        let keys: Vec<Option<usize>> = declared.key.iter().map(|name| column(name)).collect();
        let value = declared.value.as_ref().map(|name| column(name));
        let filters: Vec<(Option<usize>, &String)> =
            declared.r#where.iter().map(|(name, text)| (column(name), text)).collect();
        let keys: Vec<usize> = keys.into_iter().collect::<Option<_>>()?;
        let value = match value {
            Some(found) => Some(found?),
            None => None,
        };
        let field = |fields: &[String], at: usize| fields.get(at).cloned().unwrap_or_default();
        let kept = table
            .rows
            .iter()
            .filter(|row| filters.iter().all(|(at, text)| at.is_some_and(|at| row.fields.get(at) == Some(text))));
        let rows: Vec<Row> = kept
            .map(|row| Row {
                key: keys.iter().map(|at| field(&row.fields, *at)).collect(),
                value: value.map(|at| field(&row.fields, at)),
                line: row.line,
            })
            .collect();
        if rows.is_empty() && !filters.is_empty() {
            let tests: Vec<String> =
                declared.r#where.iter().map(|(name, text)| format!("{name} = \"{text}\"")).collect();
            let message = format!("no row has {}", tests.join(" and "));
            self.found.error(message, Some(table.place(1)), "correct `where` of the table");
        }
        Some((rows, Origin::File { file: table.file.clone(), public }))
    }

    fn inline_rows(
        &mut self,
        declared: &TableDeclaration,
        rows: &[std::collections::BTreeMap<String, Scalar>],
        at: &Path,
    ) -> (Vec<Row>, Origin) {
        let path = at.key("rows");
        let known: Vec<&str> = declared.key.iter().chain(&declared.value).map(String::as_str).collect();
        let mut read = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let here = path.at(index);
            for key in row.keys().filter(|key| !known.contains(&key.as_str())) {
                let hint = suggest::hint(key, known.iter().copied());
                self.error(&here.key(key), format!("unknown key \"{key}\" in {here}"), hint);
            }
            let missing: Vec<&str> = known.iter().copied().filter(|name| !row.contains_key(*name)).collect();
            if let Some(name) = missing.first() {
                self.error(&here, format!("no key \"{name}\" in {here}"), format!("add `{name} = …`"));
                continue;
            }
            let text = |name: &String| row.get(name).map(ToString::to_string).unwrap_or_default();
            read.push(Row {
                key: declared.key.iter().map(text).collect(),
                value: declared.value.as_ref().map(text),
                line: u32::try_from(index + 1).unwrap_or(u32::MAX),
            });
        }
        (read, Origin::Inline(path))
    }

    fn row_place(&self, origin: &Origin, line: u32) -> Place {
        match origin {
            Origin::File { file, .. } => Place { file: file.clone(), line: Some(line) },
            Origin::Inline(path) => self.place(&path.at((line as usize).saturating_sub(1))),
        }
    }

    fn lookup(&mut self, declared: &TableDeclaration, fields: &[FieldRef], rows: &[Row], origin: &Origin) -> Lookup {
        let public = matches!(origin, Origin::File { public: true, .. });
        let codes: Vec<Option<BTreeSet<String>>> =
            fields.iter().map(|field| if public { None } else { self.codes(*field) }).collect();
        let mut cells: Vec<(Vec<Symbol>, Cell, u32)> = Vec::with_capacity(rows.len());
        for row in rows {
            for ((text, codes), name) in row.key.iter().zip(&codes).zip(&declared.key) {
                let place = || Some(self.row_place(origin, row.line));
                if text.is_empty() {
                    self.found.error(format!("no \"{name}\""), place(), "fill the key column, or take the row away");
                } else if let Some(codes) = codes
                    && !codes.contains(text)
                {
                    let hint = suggest::hint(text, codes.iter().map(String::as_str));
                    self.found.error(format!("unknown {name} \"{text}\""), place(), hint);
                }
            }
            let cell = match cell(declared, row.value.as_deref()) {
                Ok(cell) => cell,
                Err(message) => {
                    let place = self.row_place(origin, row.line);
                    let column = declared.value.as_deref().unwrap_or_default();
                    self.found.error_text(&format!("\"{column}\": {message}"), Some(place), "correct the value");
                    continue;
                }
            };
            let key = row.key.iter().map(|text| self.symbols.intern(text)).collect();
            cells.push((key, cell, row.line));
        }
        self.note_open(&cells, origin);
        let (lookup, duplicates) = Lookup::new(&cells);
        for duplicate in duplicates {
            let first = self.row_place(origin, duplicate.first);
            let place = self.row_place(origin, duplicate.second);
            let key =
                rows.iter().find(|row| row.line == duplicate.second).map(|row| row.key.join(", ")).unwrap_or_default();
            self.found.error(
                format!("the key {key} stands twice"),
                Some(place),
                format!("it is already at {first}; keep one row"),
            );
        }
        lookup
    }
}

impl Compiler<'_> {
    /// Open cells refuse only when a case needs them: worth a note.
    fn note_open(&mut self, cells: &[(Vec<Symbol>, Cell, u32)], origin: &Origin) {
        let mut open = cells.iter().filter(|(_, cell, _)| *cell == Cell::Open);
        let Some((_, _, line)) = open.next() else { return };
        let message = match open.count() {
            0 => "an open value: whoever needs it is refused".to_owned(),
            more => format!("{} open values: whoever needs one is refused", more + 1),
        };
        let place = self.row_place(origin, *line);
        self.found.note(message, Some(place), "replace \"open\" by the value and cite where it is stated");
    }
}

/// The value of a row.
fn cell(declared: &TableDeclaration, text: Option<&str>) -> Result<Cell, String> {
    let Some(text) = text else { return Ok(Cell::Member) };
    match (declared.unit, text) {
        (Unit::List, _) => Ok(Cell::Member),
        (_, "open") => Ok(Cell::Open),
        (_, "") => {
            Err("no value\n  hint: fill it, write \"open\" if the source leaves it open, or take the row away"
                .to_owned())
        }
        (Unit::Fen, text) => Fen::parse_yuan(text.as_bytes()).map(Cell::Fen).map_err(|error| error.to_string()),
        (Unit::Ratio, text) => Ratio::parse(text).map(Cell::Ratio).map_err(|error| error.to_string()),
        (Unit::Decimal, text) => {
            let decimal = Decimal::parse(text, declared.dp.unwrap_or(4)).map_err(|error| error.to_string())?;
            four_places(decimal).map(Cell::Decimal).ok_or_else(|| "the number is too large".to_owned())
        }
    }
}

/// A number with fewer than four places, with four: the same value.
pub(super) fn four_places(decimal: Decimal) -> Option<Decimal> {
    let Some(missing) = 4_u8.checked_sub(decimal.dp()) else { return Some(decimal) };
    let units = decimal.units().checked_mul(10_i64.checked_pow(u32::from(missing))?)?;
    Some(Decimal::new(units, 4))
}
