//! A scheme's tables, read plainly for making and judging cases.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::condition::Condition;
use crate::error::SynthError;

/// The number of a code that no table knows: in no set.
pub const UNKNOWN: u32 = u32::MAX;

/// The codes of one kind (diagnoses or procedures), each with its sets.
#[derive(Debug, Default)]
pub struct Codes {
    texts: Vec<String>,
    numbers: FxHashMap<String, u32>,
    /// Sorted sets of each code.
    sets: Vec<Vec<u32>>,
}

impl Codes {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(&number) = self.numbers.get(text) {
            return number;
        }
        let number = self.texts.len() as u32;
        self.texts.push(text.to_owned());
        self.sets.push(Vec::new());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    /// The code itself.
    pub fn text(&self, code: u32) -> &str {
        self.texts.get(code as usize).map_or("", String::as_str)
    }

    /// The number of a code; [`UNKNOWN`] for one that no table knows.
    pub fn find(&self, text: &str) -> u32 {
        self.numbers.get(text).copied().unwrap_or(UNKNOWN)
    }

    /// Whether the code is in the set.
    pub fn is_in(&self, code: u32, set: u32) -> bool {
        self.sets.get(code as usize).is_some_and(|sets| sets.binary_search(&set).is_ok())
    }
}

/// A named set of codes.
#[derive(Debug)]
pub struct CodeSet {
    /// Its codes.
    pub codes: Vec<u32>,
}

/// One MDC.
#[derive(Debug)]
pub struct Mdc {
    /// `MDCB`.
    pub name: String,
    /// When it is opened.
    pub gate: Condition,
    /// Its rules, in order: indices of [`Tables::rules`].
    pub rules: Vec<usize>,
}

/// One ADRG rule.
#[derive(Debug)]
pub struct Rule {
    /// Index of [`Tables::mdcs`].
    pub mdc: usize,
    /// `BR1`, or the ambiguous group `BQY`.
    pub adrg: String,
    /// Whether it is the ambiguous group.
    pub ambiguous: bool,
    /// Whether grouping stops with the bare ADRG when no row holds.
    pub stops: bool,
    /// When it is taken.
    pub condition: Condition,
    /// DRG and its condition (index of [`Tables::row_conditions`]), in order.
    pub rows: Vec<(String, usize)>,
}

/// Severity of a diagnosis: table of exclusion as major complication, as complication.
#[derive(Clone, Copy, Debug, Default)]
pub struct Severity {
    /// As major complication.
    pub major: Option<u32>,
    /// As complication.
    pub minor: Option<u32>,
}

/// The tables of a scheme.
#[derive(Debug)]
pub struct Tables {
    /// Its name.
    pub name: String,
    /// Diagnoses.
    pub dx: Codes,
    /// Procedures.
    pub proc: Codes,
    /// Sets, by number.
    pub sets: Vec<CodeSet>,
    /// MDCs in the order they are tried.
    pub mdcs: Vec<Mdc>,
    /// Rules in the order of their table.
    pub rules: Vec<Rule>,
    /// Conditions of DRG rows.
    pub row_conditions: Vec<Condition>,
    /// Severity of each diagnosis.
    pub severity: Vec<Severity>,
    /// Exclusion table of each diagnosis as the principal one.
    pub exclusion: Vec<Option<u32>>,
    /// Body region of each diagnosis, for multiple trauma.
    pub region: Vec<Option<u32>>,
    /// The codes of each body region.
    pub regions: Vec<Vec<u32>>,
    /// Major complications.
    pub major: Vec<u32>,
    /// Complications.
    pub minor: Vec<u32>,
    /// Whether an ungrouped case is tried again with each other procedure alone.
    pub retry: bool,
    /// DRG of an ungrouped case.
    pub ungrouped: String,
}

impl Tables {
    /// Reads the folder of tables.
    ///
    /// # Errors
    /// A missing file, a line or a condition that cannot be used.
    pub fn read(folder: &Path) -> Result<Self, SynthError> {
        if !folder.join("adrg_rules.json").is_file() {
            return Err(SynthError::NotTables { path: folder.display().to_string() });
        }
        let mut reader = Reader {
            folder: folder.to_owned(),
            dx: Codes::default(),
            proc: Codes::default(),
            sets: Vec::new(),
            set_numbers: FxHashMap::default(),
        };
        let meta = reader.json("meta.json")?;
        reader.read_sets()?;
        let (severity, major, minor) = reader.read_severity()?;
        let exclusion = reader.read_exclusion()?;
        let (mdcs, rules, row_conditions) = reader.read_rules()?;
        let (region, regions) = reader.read_regions(&meta);
        let Reader { mut dx, mut proc, sets, .. } = reader;
        for codes in [&mut dx, &mut proc] {
            for list in &mut codes.sets {
                list.sort_unstable();
                list.dedup();
            }
        }
        let mut tables = Self {
            name: meta.get("scheme").and_then(Value::as_str).unwrap_or("scheme").to_owned(),
            retry: meta.get("retry_each_other_proc_when_ungrouped").and_then(Value::as_bool).unwrap_or(false),
            ungrouped: meta.get("ungrouped_code").and_then(Value::as_str).unwrap_or("0000").to_owned(),
            dx,
            proc,
            sets,
            mdcs,
            rules,
            row_conditions,
            severity,
            exclusion,
            region,
            regions,
            major,
            minor,
        };
        let count = tables.dx.texts.len();
        tables.severity.resize(count, Severity::default());
        tables.exclusion.resize(count, None);
        tables.region.resize(count, None);
        Ok(tables)
    }

    /// The codes of a set; empty for a number that is none.
    pub fn codes(&self, set: u32) -> &[u32] {
        self.sets.get(set as usize).map_or(&[], |set| set.codes.as_slice())
    }
}

struct Reader {
    folder: PathBuf,
    dx: Codes,
    proc: Codes,
    sets: Vec<CodeSet>,
    set_numbers: FxHashMap<String, u32>,
}

/// A row of a CSV table with its line.
struct Row {
    line: u64,
    fields: csv::StringRecord,
}

impl Row {
    fn get(&self, at: usize) -> &str {
        self.fields.get(at).unwrap_or("")
    }
}

type Severities = (Vec<Severity>, Vec<u32>, Vec<u32>);
type Rules = (Vec<Mdc>, Vec<Rule>, Vec<Condition>);

impl Reader {
    fn rows(&self, name: &str, columns: &[&str]) -> Result<Vec<Row>, SynthError> {
        let path = self.folder.join(name);
        let bytes = std::fs::read(&path).map_err(|cause| SynthError::unreadable(&path, cause))?;
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(bytes.as_slice());
        let malformed = |error: &csv::Error| {
            let line = error.position().map_or(0, csv::Position::line);
            SynthError::table(&path, line, format!("malformed row: {error}"), "give every row the fields of the header")
        };
        let header = reader.headers().map_err(|error| malformed(&error))?.clone();
        let places = columns
            .iter()
            .map(|column| {
                header.iter().position(|name| name == *column).ok_or_else(|| {
                    SynthError::table(
                        &path,
                        1,
                        format!("no column {column:?}"),
                        format!("the columns are {}", columns.join(", ")),
                    )
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| malformed(&error))?;
            let line = record.position().map_or(0, csv::Position::line);
            let fields = places.iter().map(|&place| record.get(place).unwrap_or("")).collect();
            rows.push(Row { line, fields });
        }
        Ok(rows)
    }

    fn json(&self, name: &str) -> Result<Value, SynthError> {
        let path = self.folder.join(name);
        let bytes = std::fs::read(&path).map_err(|cause| SynthError::unreadable(&path, cause))?;
        serde_json::from_slice(&bytes).map_err(|error| {
            SynthError::table(&path, error.line() as u64, format!("not JSON: {error}"), "restore the file")
        })
    }

    fn read_sets(&mut self) -> Result<(), SynthError> {
        let path = self.folder.join("code_sets.csv");
        for row in self.rows("code_sets.csv", &["set", "kind", "codes"])? {
            let codes = match row.get(1) {
                "dx" => &mut self.dx,
                "proc" => &mut self.proc,
                other => {
                    return Err(SynthError::table(
                        &path,
                        row.line,
                        format!("unknown kind {other:?}"),
                        "a set is of kind dx or proc",
                    ));
                }
            };
            let set = self.sets.len() as u32;
            let mut members = Vec::new();
            for code in row.get(2).split('|').filter(|code| !code.is_empty()) {
                if code.contains([',', '"', '\n', '\r']) {
                    let what = format!("a code of set {:?} with a comma, a quote or a line end", row.get(0));
                    return Err(SynthError::table(
                        &path,
                        row.line,
                        what,
                        "codes are written without them; they are joined by |",
                    ));
                }
                let number = codes.number(code);
                if let Some(list) = codes.sets.get_mut(number as usize) {
                    list.push(set);
                }
                members.push(number);
            }
            self.sets.push(CodeSet { codes: members });
            self.set_numbers.insert(row.get(0).to_owned(), set);
        }
        Ok(())
    }

    fn read_severity(&mut self) -> Result<Severities, SynthError> {
        let path = self.folder.join("cc.csv");
        let (mut severity, mut major, mut minor) = (Vec::new(), Vec::new(), Vec::new());
        for row in self.rows("cc.csv", &["code", "level", "table"])? {
            let code = self.dx.number(row.get(0));
            let table = whole(&path, &row, 2)?;
            if severity.len() <= code as usize {
                severity.resize(code as usize + 1, Severity::default());
            }
            let Some(entry) = severity.get_mut(code as usize) else {
                continue;
            };
            match row.get(1) {
                "MCC" => {
                    entry.major = Some(table);
                    major.push(code);
                }
                "CC" => {
                    entry.minor = Some(table);
                    minor.push(code);
                }
                other => {
                    return Err(SynthError::table(
                        &path,
                        row.line,
                        format!("unknown level {other:?}"),
                        "a level is CC or MCC",
                    ));
                }
            }
        }
        Ok((severity, major, minor))
    }

    fn read_exclusion(&mut self) -> Result<Vec<Option<u32>>, SynthError> {
        let path = self.folder.join("exclusion.csv");
        let mut exclusion = Vec::new();
        for row in self.rows("exclusion.csv", &["table", "code"])? {
            let table = whole(&path, &row, 0)?;
            let code = self.dx.number(row.get(1)) as usize;
            if exclusion.len() <= code {
                exclusion.resize(code + 1, None);
            }
            if let Some(entry) = exclusion.get_mut(code) {
                *entry = Some(table);
            }
        }
        Ok(exclusion)
    }

    fn condition(&self, rules: &Value, part: &str, key: &str) -> Result<Condition, SynthError> {
        let path = self.folder.join("adrg_rules.json");
        let Some(value) = rules.get(part).and_then(|map| map.get(key)) else {
            return Err(SynthError::table(
                &path,
                1,
                format!("no {part} condition {key:?}"),
                "every rule of the tables needs its condition here",
            ));
        };
        Condition::read(value, &|name| self.set_numbers.get(name).copied()).map_err(|what| {
            let line = std::fs::read_to_string(&path)
                .ok()
                .and_then(|text| text.lines().position(|line| line.trim_start().starts_with(&format!("\"{key}\""))))
                .map_or(1, |line| line as u64 + 1);
            SynthError::table(&path, line, what, "the grammar of conditions is closed; see docs/reference/scheme.md")
        })
    }

    fn read_rules(&self) -> Result<Rules, SynthError> {
        let json = self.json("adrg_rules.json")?;
        let mut mdcs = Vec::new();
        for row in self.rows("mdc.csv", &["mdc"])? {
            let name = row.get(0).to_owned();
            mdcs.push(Mdc { gate: self.condition(&json, "mdc", &name)?, name, rules: Vec::new() });
        }
        let (mut rules, mut by_name) = (Vec::new(), FxHashMap::default());
        let path = self.folder.join("adrg.csv");
        for row in self.rows("adrg.csv", &["mdc", "rule", "adrg", "kind", "no_drg"])? {
            let Some(mdc) = mdcs.iter().position(|mdc: &Mdc| mdc.name == row.get(0)) else {
                return Err(SynthError::table(
                    &path,
                    row.line,
                    format!("unknown MDC {:?}", row.get(0)),
                    "name an MDC of mdc.csv",
                ));
            };
            by_name.insert(row.get(1).to_owned(), rules.len());
            if let Some(mdc) = mdcs.get_mut(mdc) {
                mdc.rules.push(rules.len());
            }
            rules.push(Rule {
                mdc,
                adrg: row.get(2).to_owned(),
                ambiguous: row.get(3) == "qy",
                stops: row.get(4) == "stop",
                condition: self.condition(&json, "adrg", row.get(1))?,
                rows: Vec::new(),
            });
        }
        let (mut conditions, mut keys) = (Vec::new(), FxHashMap::default());
        let path = self.folder.join("drg.csv");
        for row in self.rows("drg.csv", &["rule", "drg", "cond"])? {
            let key = row.get(2);
            let condition = match keys.get(key) {
                Some(&condition) => condition,
                None => {
                    conditions.push(self.condition(&json, "drg", key)?);
                    keys.insert(key.to_owned(), conditions.len() - 1);
                    conditions.len() - 1
                }
            };
            let rule: Option<&mut Rule> = by_name.get(row.get(0)).and_then(|&rule: &usize| rules.get_mut(rule));
            let Some(rule) = rule else {
                return Err(SynthError::table(
                    &path,
                    row.line,
                    format!("unknown rule {:?}", row.get(0)),
                    "name a rule of adrg.csv",
                ));
            };
            rule.rows.push((row.get(1).to_owned(), condition));
        }
        Ok((mdcs, rules, conditions))
    }

    /// A code printed under two regions belongs to the last.
    fn read_regions(&self, meta: &Value) -> (Vec<Option<u32>>, Vec<Vec<u32>>) {
        let mut region = vec![None; self.dx.texts.len()];
        let names = meta.get("trauma_regions").and_then(Value::as_object);
        let mut count = 0;
        for (number, name) in names.into_iter().flat_map(|map| map.keys()).enumerate() {
            count = number + 1;
            let Some(&set) = self.set_numbers.get(name.as_str()) else {
                continue;
            };
            for &code in self.sets.get(set as usize).map_or(&[][..], |set| &set.codes) {
                if let Some(entry) = region.get_mut(code as usize) {
                    *entry = Some(number as u32);
                }
            }
        }
        let mut regions = vec![Vec::new(); count];
        for (code, place) in region.iter().enumerate() {
            if let Some(list) = place.and_then(|place: u32| regions.get_mut(place as usize)) {
                list.push(code as u32);
            }
        }
        (region, regions)
    }
}

fn whole(path: &Path, row: &Row, at: usize) -> Result<u32, SynthError> {
    row.get(at)
        .parse()
        .map_err(|_| SynthError::table(path, row.line, "a table number that is not a whole number", "write digits"))
}
