//! Reading a published catalogue: which column is what is data (`import.toml`).

use std::collections::BTreeMap;

use serde::Deserialize;
use yibao_kernel::Decimal;
use yibao_policy::{CsvRow, CsvTable, Diagnostics};

use super::expression::Expression;
use super::rows::{Diagnoses, Kind, Row};
use super::treatment::Treatment;

/// Errors told before giving up.
const ERRORS_MAX: usize = 50;

/// `import.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportMap {
    /// The first file: one row per group.
    pub groups: GroupColumns,
    /// The second file, where there is one: means, counts, lengths of stay by group.
    pub statistics: Option<NumberColumns>,
    /// Rows of the second file that the first one does not have and that are taken over.
    #[serde(default)]
    pub extra: Vec<ExtraRows>,
}

/// `[groups]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupColumns {
    /// Columns of the group's code and of its numbers.
    pub numbers: NumberColumns,
    /// Columns of the name, joined by a space.
    #[serde(default)]
    pub name: Vec<String>,
    /// Column of the kind.
    pub kind: KindColumn,
    /// Column of the diagnosis.
    pub dx: String,
    /// Columns of procedures: all of them are asked for.
    pub procedures: Vec<String>,
    /// Texts that mean "all of" inside a column.
    #[serde(default)]
    pub all_of: Vec<String>,
    /// Texts that mean "any of" inside a column.
    #[serde(default)]
    pub any_of: Vec<String>,
    /// Column of the treatment type.
    pub r#type: Option<TypeColumn>,
}

/// `[statistics]` and `[groups.numbers]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberColumns {
    /// Column of the group's code.
    pub code: String,
    /// Column of the points.
    pub points: Option<String>,
    /// Column of the mean cost.
    pub mean: Option<String>,
    /// Column of the number of cases.
    pub cases: Option<String>,
    /// Column of the coefficient of variation.
    pub cv: Option<String>,
    /// Column of the mean length of stay.
    pub los_days: Option<String>,
}

/// The kind of a row by the text of a column.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindColumn {
    /// The column.
    pub column: String,
    /// Texts that mean core.
    pub core: Vec<String>,
    /// Texts that mean comprehensive.
    pub comprehensive: Vec<String>,
    /// Texts that mean primary care.
    #[serde(default)]
    pub primary_care: Vec<String>,
}

/// The treatment type of a row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeColumn {
    /// The column.
    pub column: String,
    /// Only the text behind the last of these is the type.
    pub after: Option<String>,
}

/// Rows of the statistics that become rows of the catalogue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtraRows {
    /// Codes that begin so.
    pub prefix: String,
    /// What they are: `comprehensive` or `fallback`.
    pub kind: String,
    /// Their diagnoses; absent is any.
    pub dx: Option<String>,
}

/// What an import made.
#[derive(Clone, Debug, Default)]
pub struct Imported {
    /// The rows, in the order of the first file, the extra ones behind.
    pub rows: Vec<Row>,
    /// Codes of the statistics that no row and no rule took.
    pub left_out: Vec<String>,
    /// Groups whose points differ between the two files.
    pub points_differ: Vec<String>,
    /// Rows of the first file without statistics.
    pub without_statistics: usize,
}

/// Reads the files of a published catalogue.
#[derive(Debug)]
pub struct Import<'a> {
    map: &'a ImportMap,
    groups: &'a CsvTable,
    statistics: Option<&'a CsvTable>,
}

/// The numbers of a row.
#[derive(Clone, Default)]
struct Numbers {
    points: Option<Decimal>,
    mean: Option<Decimal>,
    cases: Option<u64>,
    cv: Option<Decimal>,
    los_days: Option<Decimal>,
}

/// A column that may be named and must then be there.
fn optional(table: &CsvTable, name: Option<&String>) -> Result<Option<usize>, Diagnostics> {
    name.map(|name| table.column(name)).transpose()
}

/// Where the numbers of a file stand.
struct NumbersAt {
    code: usize,
    at: [Option<usize>; 5],
}

impl NumbersAt {
    fn find(table: &CsvTable, columns: &NumberColumns) -> Result<Self, Diagnostics> {
        let c = columns;
        let mut at = [None; 5];
        for (slot, name) in at.iter_mut().zip([&c.points, &c.mean, &c.cases, &c.cv, &c.los_days]) {
            *slot = optional(table, name.as_ref())?;
        }
        Ok(Self { code: table.column(&c.code)?, at })
    }

    fn read(&self, row: &CsvRow) -> Result<Numbers, String> {
        let [points, mean, cases, cv, los_days] = self.at.map(|at| field(row, at));
        let decimal = |text: &str| match text {
            "" => Ok(None),
            text => Decimal::parse_as_written(text)
                .ok()
                .filter(|value| value.units() >= 0 && value.dp() <= 9)
                .map(Some)
                .ok_or_else(|| {
                    format!("\"{text}\" is not a number of a catalogue\n  hint: at least 0, at most 9 places")
                }),
        };
        let cases = match cases {
            "" => None,
            text => {
                Some(text.parse().map_err(|_| format!("\"{text}\" is not a number of cases\n  hint: digits only"))?)
            }
        };
        Ok(Numbers {
            points: decimal(points)?,
            mean: decimal(mean)?,
            cases,
            cv: decimal(cv)?,
            los_days: decimal(los_days)?,
        })
    }
}

fn field(row: &CsvRow, at: Option<usize>) -> &str {
    at.and_then(|at| row.fields.get(at)).map_or("", String::as_str)
}

/// Where the columns of the first file stand.
struct GroupsAt {
    numbers: NumbersAt,
    name: Vec<usize>,
    kind: usize,
    dx: usize,
    procedures: Vec<usize>,
    treatment: Option<usize>,
}

impl<'a> Import<'a> {
    /// An import of one or two files.
    #[must_use]
    pub const fn new(map: &'a ImportMap, groups: &'a CsvTable, statistics: Option<&'a CsvTable>) -> Self {
        Self { map, groups, statistics }
    }

    /// Reads them.
    ///
    /// # Errors
    /// A column that is not there, a row that is none: with file, line and hint.
    pub fn run(&self) -> Result<Imported, Diagnostics> {
        let mut found = Diagnostics::default();
        let mut made = Imported { rows: self.rows(&mut found)?, ..Imported::default() };
        if let (Some(table), Some(columns)) = (self.statistics, &self.map.statistics) {
            self.statistics(table, columns, &mut made, &mut found)?;
        }
        if found.has_errors() { Err(found) } else { Ok(made) }
    }

    fn columns(&self) -> Result<GroupsAt, Diagnostics> {
        let (table, map) = (self.groups, &self.map.groups);
        let all = |names: &[String]| names.iter().map(|name| table.column(name)).collect::<Result<Vec<_>, _>>();
        Ok(GroupsAt {
            numbers: NumbersAt::find(table, &map.numbers)?,
            name: all(&map.name)?,
            kind: table.column(&map.kind.column)?,
            dx: table.column(&map.dx)?,
            procedures: all(&map.procedures)?,
            treatment: optional(table, map.r#type.as_ref().map(|one| &one.column))?,
        })
    }

    fn rows(&self, found: &mut Diagnostics) -> Result<Vec<Row>, Diagnostics> {
        let at = self.columns()?;
        let mut rows = Vec::with_capacity(self.groups.rows.len());
        for line in &self.groups.rows {
            if found.errors() >= ERRORS_MAX {
                break;
            }
            match self.row(&at, line) {
                Ok(row) => rows.push(row),
                Err(text) => found.error_text(&text, Some(self.groups.place(line.line)), ""),
            }
        }
        Ok(rows)
    }

    fn row(&self, at: &GroupsAt, line: &CsvRow) -> Result<Row, String> {
        let map = &self.map.groups;
        let text = |at: usize| field(line, Some(at));
        let word = text(at.kind).to_owned();
        let kind = match &map.kind {
            kind if kind.core.contains(&word) => Kind::Core,
            kind if kind.comprehensive.contains(&word) => Kind::Comprehensive,
            kind if kind.primary_care.contains(&word) => Kind::PrimaryCare,
            kind => {
                let hint = "add the text to groups.kind in import.toml";
                return Err(format!("{} is \"{word}\", which is no kind\n  hint: {hint}", kind.column));
            }
        };
        let treatment = at.treatment.map(text).and_then(|text| match map.r#type.as_ref()?.after.as_ref() {
            Some(after) => Treatment::read(text.rsplit_once(after.as_str())?.1),
            None => Treatment::read(text),
        });
        let numbers = at.numbers.read(line)?;
        Ok(Row {
            code: text(at.numbers.code).to_owned(),
            name: joined(at.name.iter().map(|at| text(*at)), " "),
            kind,
            dx: Diagnoses::parse(text(at.dx))?,
            procedures: self.expression(at.procedures.iter().map(|at| text(*at)))?,
            treatment,
            points: numbers.points,
            mean: numbers.mean,
            cases: numbers.cases,
            cv: numbers.cv,
            los_days: numbers.los_days,
            line: line.line,
        })
    }

    fn expression<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Result<Expression, String> {
        let mut text = joined(texts, "+");
        for (marks, sign) in [(&self.map.groups.all_of, "+"), (&self.map.groups.any_of, "/")] {
            for mark in marks.iter().filter(|mark| !mark.is_empty()) {
                text = text.replace(mark.as_str(), sign);
            }
        }
        Expression::parse(&text).map_err(|error| format!("procedures \"{text}\": {error}"))
    }

    fn statistics(
        &self,
        table: &CsvTable,
        columns: &NumberColumns,
        made: &mut Imported,
        found: &mut Diagnostics,
    ) -> Result<(), Diagnostics> {
        let at = NumbersAt::find(table, columns)?;
        let places: BTreeMap<String, usize> =
            made.rows.iter().enumerate().map(|(place, row)| (row.code.clone(), place)).collect();
        let mut seen = vec![false; made.rows.len()];
        for line in &table.rows {
            let code = field(line, Some(at.code));
            let numbers = match at.read(line) {
                Ok(numbers) => numbers,
                Err(text) => {
                    found.error_text(&text, Some(table.place(line.line)), "");
                    continue;
                }
            };
            match places.get(code) {
                Some(place) => {
                    if let Some(row) = made.rows.get_mut(*place) {
                        fill(row, &numbers, &mut made.points_differ);
                    }
                    if let Some(seen) = seen.get_mut(*place) {
                        *seen = true;
                    }
                }
                None => match self.extra(code, &numbers, line.line) {
                    Ok(Some(row)) => made.rows.push(row),
                    Ok(None) => made.left_out.push(code.to_owned()),
                    Err(text) => found.error_text(&text, Some(table.place(line.line)), ""),
                },
            }
        }
        made.without_statistics = seen.iter().filter(|seen| !**seen).count();
        Ok(())
    }

    fn extra(&self, code: &str, numbers: &Numbers, line: u32) -> Result<Option<Row>, String> {
        let Some(rule) = self.map.extra.iter().find(|rule| code.starts_with(rule.prefix.as_str())) else {
            return Ok(None);
        };
        let kind = [Kind::Comprehensive, Kind::Fallback]
            .into_iter()
            .find(|kind| kind.word() == rule.kind)
            .ok_or_else(|| format!("extra rows of kind \"{}\"\n  hint: write comprehensive or fallback", rule.kind))?;
        let after = self.map.groups.r#type.as_ref().and_then(|one| one.after.as_deref());
        Ok(Some(Row {
            code: code.to_owned(),
            name: String::new(),
            kind,
            dx: Diagnoses::parse(rule.dx.as_deref().unwrap_or_default())?,
            procedures: Expression::default(),
            treatment: after.and_then(|after| code.rsplit_once(after)).and_then(|(_, word)| Treatment::read(word)),
            points: numbers.points,
            mean: numbers.mean,
            cases: numbers.cases,
            cv: numbers.cv,
            los_days: numbers.los_days,
            line,
        }))
    }
}

/// Fills what the first file does not state.
fn fill(row: &mut Row, numbers: &Numbers, differ: &mut Vec<String>) {
    if let (Some(own), Some(other)) = (row.points, numbers.points)
        && own.ratio() != other.ratio()
    {
        differ.push(row.code.clone());
    }
    row.points = row.points.or(numbers.points);
    row.mean = row.mean.or(numbers.mean);
    row.cases = row.cases.or(numbers.cases);
    row.cv = row.cv.or(numbers.cv);
    row.los_days = row.los_days.or(numbers.los_days);
}

fn joined<'t>(texts: impl Iterator<Item = &'t str>, by: &str) -> String {
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(by)
}
