//! `[[standard]]` and `[[total_control]]`: yuan that are proposed, heard and adopted before a year, and then looked up
//! by the steps as a table of that name.

use std::collections::BTreeMap;

use serde::Deserialize;
use yibao_policy::scalar::Scalar;
use yibao_policy::source::SourceRef;

use super::table::{TableDeclaration, Unit};
use super::version::Version;
use crate::settled::Bilingual;

/// `[[standard]]`: negotiated standards per disease. `[[total_control]]`: yuan per institution and year.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// Id; also the table's name unless `name` says otherwise.
    pub id: String,
    /// Name of the table in steps: the same over years.
    pub name: Option<String>,
    /// Title.
    pub title: Bilingual,
    /// The year it is for.
    pub year: i32,
    /// Key columns.
    pub key: Vec<String>,
    /// What the key columns mean; default their own names.
    pub key_fields: Option<Vec<String>>,
    /// Value column, yuan.
    pub value: String,
    /// Proposal, opinions, adopted version.
    #[serde(default)]
    pub version: Vec<Version<Rows>>,
    /// Source.
    pub source: SourceRef,
}

/// The rows of a version. Exactly one of `file`, `rows` where the version is adopted; an opinion may be words alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rows {
    /// CSV in the pack (sidecar required).
    pub file: Option<String>,
    /// Rows written here.
    pub rows: Option<Vec<BTreeMap<String, Scalar>>>,
}

impl Agreed {
    /// The name steps use.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// A version's rows as a table of yuan.
    #[must_use]
    pub fn table(&self, version: &Version<Rows>) -> TableDeclaration {
        TableDeclaration {
            name: Some(self.name().to_owned()),
            file: version.values.file.clone(),
            reference: None,
            obtain: None,
            rows: version.values.rows.clone(),
            key: self.key.clone(),
            key_fields: self.key_fields.clone(),
            value: Some(self.value.clone()),
            unit: Unit::Fen,
            dp: None,
            r#where: BTreeMap::new(),
            from: None,
            until: None,
            known: Some(version.known()),
            supersedes: None,
            source: version.source.clone(),
        }
    }
}
