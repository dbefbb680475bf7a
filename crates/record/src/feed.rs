//! The feeds a region's year is made of: which facts their rows are, and from which files they came.

use serde::Deserialize;

use crate::stays::Symbol;

/// The feed that `[input]`, `[columns]` and `[[year]].scheme` describe.
pub const STAYS: &str = "stays";

/// What a row of a feed is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedKind {
    /// A stay in hospital.
    #[default]
    Stays,
    /// An outpatient visit: one day.
    Visits,
    /// A person registered at an institution for the year, with the months that count.
    Heads,
}

impl FeedKind {
    /// Every kind.
    pub const ALL: [FeedKind; 3] = [FeedKind::Stays, FeedKind::Visits, FeedKind::Heads];

    /// The word used in packs and files.
    pub const fn word(self) -> &'static str {
        match self {
            FeedKind::Stays => "stays",
            FeedKind::Visits => "visits",
            FeedKind::Heads => "heads",
        }
    }

    /// Fields that only the mapping of this kind has.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            FeedKind::Stays => &[],
            FeedKind::Visits => &["visit"],
            FeedKind::Heads => &["head_months", "from", "until"],
        }
    }
}

/// A feed whose rows stand among the stays.
#[derive(Clone, Debug)]
pub struct FeedFacts {
    /// Its id.
    pub id: String,
    /// What its rows are.
    pub kind: FeedKind,
    /// The id, interned.
    pub symbol: Symbol,
    /// The word of the kind, interned.
    pub kind_symbol: Symbol,
}

/// A file whose rows stand one after the other.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Index of its feed.
    pub feed: u8,
    /// Name without its folder.
    pub file: String,
    /// First row after it.
    pub end: usize,
}

/// Text fields that a DIP catalogue fills, with their titles: what kind of group it is, how the case was treated, and the
/// levels of the auxiliary catalogue. A pack that names a catalogue has them, unless it declares its own.
pub const CATALOGUE_FIELDS: [(&str, &str, &str); 7] = [
    ("dip_kind", "病种类别", "kind of DIP group"),
    ("dip_type", "治疗方式", "treatment"),
    ("aux_cci", "并发症合并症指数分级", "level of comorbidity (CCI)"),
    ("aux_severity", "疾病严重程度分级", "level of severity"),
    ("aux_tumour", "肿瘤严重程度分级", "level of tumour treatment"),
    ("aux_age", "年龄特征分级", "level of age"),
    ("aux_icu", "重症监护分级", "level of intensive care"),
];
