//! `groups.csv` and `procedure_types.csv`: the rows of a catalogue.

use std::collections::BTreeMap;

use serde::Serialize;
use yibao_kernel::Decimal;
use yibao_policy::{CsvRow, CsvTable, Diagnostics, suggest};

use super::code::Code;
use super::expression::Expression;
use super::treatment::Treatment;

/// Columns of `groups.csv`, in the order written.
pub const GROUP_COLUMNS: [&str; 11] =
    ["code", "name", "kind", "dx", "procedures", "type", "points", "mean", "cases", "cv", "los_days"];

/// Columns that must be there.
const GROUP_COLUMNS_NEEDED: [&str; 6] = ["code", "kind", "dx", "procedures", "type", "points"];

/// Errors told for one table before giving up.
const ERRORS_MAX: usize = 100;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A diagnosis with its procedures (核心病种).
    Core,
    /// A core group paid alike at every level (基层病种).
    PrimaryCare,
    /// Diagnoses by treatment type (综合病种).
    Comprehensive,
    /// What stays get that no other row takes.
    Fallback,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Core, Self::PrimaryCare, Self::Comprehensive, Self::Fallback];

    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::PrimaryCare => "primary_care",
            Self::Comprehensive => "comprehensive",
            Self::Fallback => "fallback",
        }
    }
}

/// The diagnoses of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Diagnoses {
    /// Codes that begin so.
    Prefix(Code),
    /// Codes cut to this length that lie between two, both included.
    Range(Code, Code),
    /// Any (the blank row).
    Any,
}

impl Diagnoses {
    /// Reads `K31.7`, `A00-A09` or nothing.
    ///
    /// # Errors
    /// What is wrong, with a hint.
    pub fn parse(text: &str) -> Result<Self, String> {
        let code = |part: &str| {
            let plain = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
            Code::fold(part.as_bytes())
                .filter(|_| plain)
                .ok_or_else(|| format!("\"{part}\" is no diagnosis code\n  hint: write K31.7, K31 or A00-A09"))
        };
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::Any);
        }
        let Some((from, to)) = text.split_once('-') else { return code(text).map(Self::Prefix) };
        let (from, to) = (code(from.trim())?, code(to.trim())?);
        if from.len() != to.len() || from > to {
            return Err(format!(
                "{from}-{to} is no range of diagnoses\n  hint: both ends have the same number of characters, the lower one first"
            ));
        }
        Ok(Self::Range(from, to))
    }

    /// Whether a diagnosis is one of them.
    #[must_use]
    pub fn hold(self, code: Code) -> bool {
        match self {
            Self::Prefix(prefix) => code.cut(prefix.len()) == prefix,
            Self::Range(from, to) => (from..=to).contains(&code.cut(from.len())),
            Self::Any => true,
        }
    }
}

impl std::fmt::Display for Diagnoses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Prefix(prefix) => write!(f, "{prefix}"),
            Self::Range(from, to) => write!(f, "{from}-{to}"),
            Self::Any => Ok(()),
        }
    }
}

/// One row of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The group.
    pub code: String,
    /// Its printed name; may be empty.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its diagnoses.
    pub dx: Diagnoses,
    /// Its procedures.
    pub procedures: Expression,
    /// The type stated, if one is.
    pub treatment: Option<Treatment>,
    /// Points; `None` where the catalogue states none.
    pub points: Option<Decimal>,
    /// Mean cost in yuan.
    pub mean: Option<Decimal>,
    /// Cases it was made from.
    pub cases: Option<u64>,
    /// Coefficient of variation.
    pub cv: Option<Decimal>,
    /// Mean length of stay.
    pub los_days: Option<Decimal>,
    /// 1-based line of the table; 0 for a row made in memory.
    pub line: u32,
}

/// Where the columns of `groups.csv` stand.
struct Columns(BTreeMap<&'static str, usize>);

impl Columns {
    fn find(table: &CsvTable) -> Result<Self, Diagnostics> {
        let mut found = Diagnostics::default();
        for name in &table.header {
            if !GROUP_COLUMNS.contains(&name.as_str()) {
                let hint = suggest::hint(name, GROUP_COLUMNS);
                found.error(format!("unknown column \"{name}\""), Some(table.place(1)), hint);
            }
        }
        let mut columns = BTreeMap::new();
        for name in GROUP_COLUMNS {
            match table.column(name) {
                Ok(at) => {
                    columns.insert(name, at);
                }
                Err(missing) if GROUP_COLUMNS_NEEDED.contains(&name) => found.append(missing),
                Err(_) => {}
            }
        }
        if found.has_errors() { Err(found) } else { Ok(Self(columns)) }
    }

    fn text<'r>(&self, row: &'r CsvRow, name: &str) -> &'r str {
        self.0.get(name).and_then(|at| row.fields.get(*at)).map_or("", String::as_str)
    }
}

/// Reads `groups.csv`.
///
/// # Errors
/// Everything wrong with it, with file and line.
pub fn read_groups(table: &CsvTable) -> Result<Vec<Row>, Diagnostics> {
    let columns = Columns::find(table)?;
    let mut found = Diagnostics::default();
    let mut lines: BTreeMap<&str, u32> = BTreeMap::new();
    let mut rows = Vec::with_capacity(table.rows.len());
    for line in &table.rows {
        if found.errors() >= ERRORS_MAX {
            break;
        }
        let place = Some(table.place(line.line));
        let code = columns.text(line, "code");
        if let Some(first) = lines.insert(code, line.line) {
            let hint = "every group has one row; two ways into a group are one expression with /";
            found.error(format!("group \"{code}\" stands on line {first} already"), place.clone(), hint);
        }
        match read_row(&columns, line) {
            Ok(row) => rows.push(row),
            Err(text) => found.error_text(&text, place, ""),
        }
    }
    if table.rows.is_empty() {
        found.error("the catalogue has no rows", Some(table.place(1)), "a catalogue has at least one group");
    }
    if found.has_errors() { Err(found) } else { Ok(rows) }
}

fn read_row(columns: &Columns, line: &CsvRow) -> Result<Row, String> {
    let text = |name: &str| columns.text(line, name);
    let code = text("code");
    if code.is_empty() {
        return Err("the row has no code\n  hint: every group has a code".to_owned());
    }
    let word = text("kind");
    let kind = Kind::ALL.into_iter().find(|kind| kind.word() == word).ok_or_else(|| {
        format!("unknown kind \"{word}\"\n  hint: {}", suggest::hint(word, Kind::ALL.map(Kind::word)))
    })?;
    let treatment = match text("type") {
        "" => None,
        word => Some(Treatment::read(word).ok_or_else(|| {
            format!("unknown type \"{word}\"\n  hint: {}", suggest::hint(word, Treatment::ALL.map(Treatment::word)))
        })?),
    };
    let row = Row {
        code: code.to_owned(),
        name: text("name").to_owned(),
        kind,
        dx: Diagnoses::parse(text("dx"))?,
        procedures: Expression::parse(text("procedures")).map_err(|error| error.to_string())?,
        treatment,
        points: number(text("points"), "points")?,
        mean: number(text("mean"), "mean")?,
        cases: whole(text("cases"))?,
        cv: number(text("cv"), "cv")?,
        los_days: number(text("los_days"), "los_days")?,
        line: line.line,
    };
    fits(&row)?;
    Ok(row)
}

/// What a row of its kind must and may not state.
fn fits(row: &Row) -> Result<(), String> {
    let fail = |what: &str, hint: &str| Err(format!("group \"{}\" {what}\n  hint: {hint}", row.code));
    match row.kind {
        Kind::Core | Kind::PrimaryCare => {
            if row.dx == Diagnoses::Any {
                return fail("has no diagnosis", "a core group is a diagnosis with its procedures");
            }
            if row.procedures.is_empty() && row.treatment.is_some_and(|stated| stated != Treatment::Conservative) {
                return fail("states a type of procedure and no procedure", "give `procedures`, or leave `type` empty");
            }
        }
        Kind::Comprehensive | Kind::Fallback => {
            if !row.procedures.is_empty() {
                return fail(
                    "names procedures",
                    "only core and primary-care groups do; a comprehensive one has a `type`",
                );
            }
        }
    }
    if row.kind == Kind::Comprehensive {
        if row.dx == Diagnoses::Any {
            return fail("has no diagnosis", "write a prefix such as K31 or a range such as A00-A09");
        }
        if row.treatment.is_none() {
            return fail("has no type", "write SS, ZLXCZ, ZDXCZ or BSZL");
        }
    }
    Ok(())
}

fn number(text: &str, name: &str) -> Result<Option<Decimal>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let value = Decimal::parse_as_written(text).map_err(|_| {
        format!("{name} is \"{text}\", not a number\n  hint: write digits with a point, like 385.357870")
    })?;
    if value.units() < 0 {
        return Err(format!("{name} is {value}, below 0\n  hint: correct the number"));
    }
    if value.dp() > 9 {
        return Err(format!("{name} has {} decimal places\n  hint: at most 9", value.dp()));
    }
    Ok(Some(value))
}

fn whole(text: &str) -> Result<Option<u64>, String> {
    match text {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| format!("cases is \"{text}\", not a whole number\n  hint: write digits only")),
    }
}

/// Writes `groups.csv`.
#[must_use]
pub fn write_groups(rows: &[Row]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing rows of one width into memory does not fail.
    let _ = writer.write_record(GROUP_COLUMNS);
    let shown = |value: Option<Decimal>| value.map(|value| value.to_string()).unwrap_or_default();
    for row in rows {
        let _ = writer.write_record([
            row.code.as_str(),
            &row.name,
            row.kind.word(),
            &row.dx.to_string(),
            &row.procedures.to_string(),
            row.treatment.map_or("", Treatment::word),
            &shown(row.points),
            &shown(row.mean),
            &row.cases.map(|cases| cases.to_string()).unwrap_or_default(),
            &shown(row.cv),
            &shown(row.los_days),
        ]);
    }
    writer.into_inner().unwrap_or_default()
}

/// Types of procedures, by code.
pub type ProcedureTypes = BTreeMap<Code, Treatment>;

/// Reads `procedure_types.csv`: `code`, `type`, and a `name` nobody reads. `BSZL` states that a code counts as none.
///
/// # Errors
/// Everything wrong with it, with file and line.
pub fn read_types(table: &CsvTable) -> Result<ProcedureTypes, Diagnostics> {
    let (code_at, type_at) = (table.column("code")?, table.column("type")?);
    let mut found = Diagnostics::default();
    let mut types = ProcedureTypes::new();
    for line in &table.rows {
        if found.errors() >= ERRORS_MAX {
            break;
        }
        let place = Some(table.place(line.line));
        let text = |at: usize| line.fields.get(at).map_or("", String::as_str);
        let Some(code) = Code::fold(text(code_at).as_bytes()) else {
            found.error(format!("\"{}\" is no procedure code", text(code_at)), place, "one code per line");
            continue;
        };
        let word = text(type_at);
        let Some(treatment) = Treatment::read(word) else {
            let hint = suggest::hint(word, Treatment::ALL.map(Treatment::word));
            found.error(format!("unknown type \"{word}\""), place, hint);
            continue;
        };
        if types.insert(code, treatment).is_some_and(|earlier| earlier != treatment) {
            found.error(format!("procedure {code} has two types"), place, "case does not matter; keep one line");
        }
    }
    if found.has_errors() { Err(found) } else { Ok(types) }
}

/// Writes `procedure_types.csv`.
#[must_use]
pub fn write_types(types: &ProcedureTypes) -> Vec<u8> {
    let mut text = String::from("code,type\n");
    for (code, treatment) in types {
        text.push_str(&format!("{code},{}\n", treatment.word()));
    }
    text.into_bytes()
}
