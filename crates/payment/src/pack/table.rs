//! Value tables and the institutions' table.

use std::collections::BTreeMap;

use serde::Deserialize;
use yibao_kernel::Day;
use yibao_policy::scalar::Scalar;
use yibao_policy::source::SourceRef;

/// `[table.ID]`. Exactly one of `file`, `reference`, `rows`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableDeclaration {
    /// Versions of one table share a name; default the id.
    pub name: Option<String>,
    /// CSV in the pack (sidecar required).
    pub file: Option<String>,
    /// CSV in the reference-data folder.
    pub reference: Option<String>,
    /// Where anyone gets the reference file.
    pub obtain: Option<String>,
    /// Rows written here.
    pub rows: Option<Vec<BTreeMap<String, Scalar>>>,
    /// Key columns.
    pub key: Vec<String>,
    /// What the key columns mean; default their own names.
    pub key_fields: Option<Vec<String>>,
    /// Value column; absent for `unit = "list"`.
    pub value: Option<String>,
    /// What the value is.
    pub unit: Unit,
    /// Decimal places of `unit = "decimal"`; default 4.
    pub dp: Option<u8>,
    /// Only rows with these exact texts.
    #[serde(default)]
    pub r#where: BTreeMap<String, String>,
    /// Effective from.
    pub from: Option<Day>,
    /// Effective until (first day after).
    pub until: Option<Day>,
    /// Known from.
    pub known: Option<Day>,
    /// Id of the table this one replaces once known.
    pub supersedes: Option<String>,
    /// Source.
    pub source: SourceRef,
}

/// Unit of a table's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A published number with fixed decimal places.
    Decimal,
    /// Yuan in the file, fen in memory.
    Fen,
    /// An exact ratio.
    Ratio,
    /// No value: membership.
    List,
}

/// `[institutions]`. Exactly one of `file`, `from_stays`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institutions {
    /// CSV in the pack with `institution,name,level,district` and any factor columns.
    pub file: Option<String>,
    /// Declared by the stays themselves, ranked by id ascending.
    #[serde(default)]
    pub from_stays: bool,
    /// Level of all institutions declared by the stays.
    pub level: Option<String>,
    /// Source.
    pub source: SourceRef,
}
