//! `build.toml`: how a catalogue is made from past stays.

use serde::Deserialize;
use yibao_grouping::dip::{Code, CoreBound, Criterion, Expression, Title};
use yibao_kernel::{Day, Ratio};
use yibao_payment::pack::weigh::{DataYear, Reference, Trim, TrimScope, WeightingOf};
use yibao_policy::source::Trust;
use yibao_policy::{CsvTable, Diagnostics};

/// `[build]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildPlan {
    /// Short name of the catalogue.
    pub id: String,
    /// What it is.
    pub title: Title,
    /// Version.
    pub version: String,
    /// First day of discharge it is for.
    pub from: Day,
    /// First day it is no longer for.
    pub until: Option<Day>,
    /// Data years with their weights, such as 1, 2, 7.
    pub years: Vec<DataYear>,
    /// Whether yearly means or totals are weighted.
    pub weighting_of: WeightingOf,
    /// From how many cases on a diagnosis with its procedures is a core group.
    pub core: CoreBound,
    /// From how many cases on a comprehensive group stands; the rest goes to the blank row.
    pub comprehensive: CoreBound,
    /// Characters of a core group's diagnosis.
    pub dx_length: usize,
    /// Characters of a comprehensive group's diagnosis.
    pub comprehensive_dx_length: usize,
    /// Code of the row of the rest; absent: stays without a group are refused.
    pub blank_row: Option<String>,
    /// Choice among candidates.
    pub criteria: Vec<Criterion>,
    /// Scale of the points.
    pub scale: Ratio,
    /// What `scale` points are: the mean of all, a benchmark group, a sum of money.
    pub reference: Reference,
    /// Trimming inside a group.
    pub trim: Trim,
    /// Per group and year, or per group.
    pub trim_scope: TrimScope,
    /// Decimal places of the points.
    pub dp: u8,
    /// CSV of types: `code`, `type`.
    pub procedure_types: Option<String>,
    /// CSV of core groups that go before local ones: `dx`, `procedures`, and `code` and `name` where known.
    pub national: Option<String>,
    /// CSV of core groups that are primary-care groups: `dx`, `procedures`.
    pub primary_care: Option<String>,
    /// How far the stays can be trusted.
    pub trust: Trust,
    /// The document that asks for the catalogue; absent: it is invented.
    pub document: Option<String>,
}

/// The whole of `build.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuildFile {
    /// `[build]`.
    pub build: BuildPlan,
}

/// A core group of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// Its code; empty: made from the diagnosis and procedures.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Diagnosis prefix.
    pub dx: Code,
    /// Procedures.
    pub procedures: Expression,
}

/// A list of core groups.
#[derive(Clone, Debug, Default)]
pub struct KeyList {
    /// The groups in order.
    pub rows: Vec<ListRow>,
}

impl KeyList {
    /// Reads a list.
    ///
    /// # Errors
    /// A column is missing, a diagnosis or an expression is none: with file and line.
    pub fn read(table: &CsvTable) -> Result<Self, Diagnostics> {
        let (dx_at, procedures_at) = (table.column("dx")?, table.column("procedures")?);
        let (code_at, name_at) = (table.column("code").ok(), table.column("name").ok());
        let mut found = Diagnostics::default();
        let mut rows = Vec::new();
        for line in &table.rows {
            let text = |at: usize| line.fields.get(at).map_or("", String::as_str);
            let place = Some(table.place(line.line));
            let Some(dx) = Code::fold(text(dx_at).as_bytes()) else {
                found.error(format!("\"{}\" is no diagnosis", text(dx_at)), place, "write a prefix such as K35.3");
                continue;
            };
            match Expression::parse(text(procedures_at)) {
                Ok(procedures) => rows.push(ListRow {
                    code: code_at.map(text).unwrap_or_default().to_owned(),
                    name: name_at.map(text).unwrap_or_default().to_owned(),
                    dx,
                    procedures,
                }),
                Err(error) => found.error_text(&error.to_string(), place, ""),
            }
            if found.errors() >= 50 {
                break;
            }
        }
        if found.has_errors() { Err(found) } else { Ok(Self { rows }) }
    }
}
