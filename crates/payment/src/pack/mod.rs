//! The types of a policy pack as the payment box owns them. `yibao-policy` loads them; `check` verifies them.

pub mod agreed;
pub mod bills;
pub mod budget;
pub mod capitation;
pub mod case_step;
pub mod check;
pub mod entries;
pub mod feed;
pub mod header;
pub mod indicators;
pub mod method;
pub mod negotiate;
pub(crate) mod part_known;
pub mod pool;
pub mod predicate;
pub mod reference;
pub mod step;
mod step_reader;
pub mod table;
pub mod version;
pub mod weigh;
pub mod words;
pub mod year_step;

use std::collections::BTreeMap;

use serde::Deserialize;
use yibao_policy::{Diagnostics, Folder};
use yibao_record::feed::CATALOGUE_FIELDS;
use yibao_record::mapping::{Columns, FieldDeclaration, FieldKind, Input};

use self::agreed::Agreed;
use self::bills::Bills;
use self::budget::Budget;
use self::entries::{AdvanceRules, Assessment, DisputeRules, EntriesDeclaration, PreviewDay};
use self::feed::Feed;
use self::header::{Header, NamedPart, YearDeclaration};
use self::indicators::Indicators;
use self::method::Method;
use self::negotiate::Negotiate;
use self::pool::Pool;
pub use self::step_reader::VERBS;
use self::table::{Institutions, TableDeclaration};
use self::weigh::Weigh;

/// A whole pack: every `*.toml` of its folder, merged.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Who and what the pack is.
    pub pack: Header,
    /// Named documents.
    #[serde(default)]
    pub sources: BTreeMap<String, yibao_policy::source::Document>,
    /// Settled years.
    #[serde(default)]
    pub year: Vec<YearDeclaration>,
    /// Insurance schemes; empty means the single scheme `all`.
    #[serde(default)]
    pub insurance: Vec<NamedPart>,
    /// Districts; empty means the single district `all`.
    #[serde(default)]
    pub district: Vec<NamedPart>,
    /// The institutions' table.
    pub institutions: Option<Institutions>,
    /// Value tables by id.
    #[serde(default)]
    pub table: BTreeMap<String, TableDeclaration>,
    /// Extra fields by name.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldDeclaration>,
    /// Methods by id.
    #[serde(default)]
    pub method: BTreeMap<String, Method>,
    /// Pools.
    #[serde(default)]
    pub pool: Vec<Pool>,
    /// Budgets the pools are lines of.
    #[serde(default)]
    pub budget: Vec<Budget>,
    /// Negotiated standards per disease.
    #[serde(default)]
    pub standard: Vec<Agreed>,
    /// Total-control indexes per institution.
    #[serde(default)]
    pub total_control: Vec<Agreed>,
    /// Where the stays come from.
    pub input: Option<Input>,
    /// Foreign columns to ours.
    pub columns: Option<Columns>,
    /// Bills whose split makes the rows of feeds.
    #[serde(default)]
    pub bills: Vec<Bills>,
    /// Feeds beside the stays, by id.
    #[serde(default)]
    pub feed: BTreeMap<String, Feed>,
    /// How a negotiated standard is proposed.
    pub negotiate: Option<Negotiate>,
    /// How a weight table is made.
    pub weigh: Option<Weigh>,
    /// Files of dated entries.
    #[serde(default)]
    pub entries: Vec<EntriesDeclaration>,
    /// The dispute window.
    pub dispute: Option<DisputeRules>,
    /// Publication days of the monthly previews.
    #[serde(default)]
    pub preview: Vec<PreviewDay>,
    /// The test of prepaid working capital.
    pub advance: Option<AdvanceRules>,
    /// Assessments by id.
    #[serde(default)]
    pub assessment: BTreeMap<String, Assessment>,
    /// Which indicators, in which definitions.
    pub indicators: Option<Indicators>,
}

/// Reads a pack's folder and its types.
///
/// # Errors
/// Everything wrong with the files, or everything that does not fit the types.
pub fn load(folder: &std::path::Path) -> Result<(Folder, Pack), Diagnostics> {
    let folder = Folder::read(folder)?;
    let mut pack = folder.decode::<Pack>()?;
    pack.complete();
    Ok((folder, pack))
}

impl Pack {
    /// Declares what naming a DIP catalogue brings: the fields it fills.
    pub fn complete(&mut self) {
        let of_years = self.year.iter().any(|year| year.catalogue.is_some());
        if !of_years && self.feed.values().all(|feed| feed.catalogue.is_none()) {
            return;
        }
        for (name, zh, en) in CATALOGUE_FIELDS {
            let field = FieldDeclaration { kind: FieldKind::Symbol, zh: Some(zh.to_owned()), en: Some(en.to_owned()) };
            self.fields.entry(name.to_owned()).or_insert(field);
        }
    }

    /// The declaration of a year.
    #[must_use]
    pub fn year_declaration(&self, year: i32) -> Option<&YearDeclaration> {
        self.year.iter().find(|declared| declared.year == year)
    }

    /// A source with its named document filled in; `None` when the name is unknown.
    #[must_use]
    pub fn document(&self, source: &yibao_policy::source::SourceRef) -> Option<yibao_policy::source::Document> {
        source.resolve(|name| self.sources.get(name))
    }
}
