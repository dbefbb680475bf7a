//! `catalogue.toml`: what a catalogue states about itself.

use serde::Deserialize;
use yibao_kernel::{Day, Decimal, Ratio};
use yibao_policy::source::{SourceRef, Trust};

use super::auxiliary::AuxiliaryTables;

/// Everything the TOML files of a catalogue's folder may hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `[catalogue]`.
    pub catalogue: Header,
    /// `[auxiliary]`, usually in `auxiliary.toml`.
    pub auxiliary: Option<AuxiliaryTables>,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// `[catalogue]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Short name in files and messages.
    pub id: String,
    /// What it is.
    pub title: Title,
    /// Version as published.
    pub version: String,
    /// First day of discharge it is for.
    pub from: Day,
    /// First day of discharge it is no longer for.
    pub until: Option<Day>,
    /// Points of a group whose mean cost is `mean`: 1, 100, 1000.
    pub scale: Ratio,
    /// The mean cost, in yuan, that `scale` points stand for: an input, not a by-product.
    pub mean: Decimal,
    /// How to choose among core candidates, in order.
    pub criteria: Vec<Criterion>,
    /// Which kind and type goes first; absent = the order of [`KINDS_ORDER`].
    pub kinds_order: Option<Vec<String>>,
    /// What a stay gets that no row takes.
    pub fallback: Fallback,
    /// From how many cases on a group is a core group.
    pub core: Option<CoreBound>,
    /// How far the catalogue can be trusted.
    pub trust: Trust,
    /// Where it comes from.
    pub source: SourceRef,
}

/// From how many cases on a diagnosis with its procedures is a core group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoreBound {
    /// Cases.
    pub cases: u64,
    /// Whether a group with just so many cases is one.
    pub inclusive: bool,
}

/// One criterion of the choice among core candidates: those that fare worse leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// The row asks for the stay's principal procedure.
    ContainsPrincipalProcedure,
    /// The row's type is that of the stay's principal procedure.
    TypeOfPrincipalProcedure,
    /// Most terms joined by `+`.
    MostTerms,
    /// Most of the stay's procedures stand in the row's expression.
    MostProceduresMatched,
    /// Mean cost nearest to the stay's cost.
    NearestMeanCost,
    /// Highest points.
    HighestPoints,
}

impl Criterion {
    /// The word used in catalogues.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ContainsPrincipalProcedure => "contains_principal_procedure",
            Self::TypeOfPrincipalProcedure => "type_of_principal_procedure",
            Self::MostTerms => "most_terms",
            Self::MostProceduresMatched => "most_procedures_matched",
            Self::NearestMeanCost => "nearest_mean_cost",
            Self::HighestPoints => "highest_points",
        }
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::ContainsPrincipalProcedure => "含主要手术操作",
            Self::TypeOfPrincipalProcedure => "与主要手术操作类型相同",
            Self::MostTerms => "组合项最多",
            Self::MostProceduresMatched => "匹配的手术操作最多",
            Self::NearestMeanCost => "均费与本例费用最近",
            Self::HighestPoints => "分值最高",
        }
    }

    /// In English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::ContainsPrincipalProcedure => "contains the principal procedure",
            Self::TypeOfPrincipalProcedure => "type of the principal procedure",
            Self::MostTerms => "most terms",
            Self::MostProceduresMatched => "most procedures matched",
            Self::NearestMeanCost => "mean cost nearest to the stay's cost",
            Self::HighestPoints => "highest points",
        }
    }
}

/// What a stay gets that no row takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "use", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fallback {
    /// One row for all of them.
    BlankRow {
        /// Its code: a row of kind `fallback`.
        group: String,
    },
    /// The row of kind `fallback` whose diagnoses and type are the stay's.
    ChapterDefault {},
    /// No group.
    Refuse {},
}

/// The usual order: core rows (primary-care rows count as such) by type, comprehensive rows by type, then the
/// conservative ones (spec §2.10, step 4).
pub const KINDS_ORDER: [&str; 8] = [
    "core:SS",
    "core:ZLXCZ",
    "core:ZDXCZ",
    "comprehensive:SS",
    "comprehensive:ZLXCZ",
    "comprehensive:ZDXCZ",
    "core:BSZL",
    "comprehensive:BSZL",
];
