//! `[benefit]`: who and what the pack is, and what holds for all of it.

use schemars::JsonSchema;
use serde::Deserialize;
use yibao_kernel::{Day, Mode};
use yibao_policy::source::{SourceRef, Trust};

use super::step::AsOf;

/// A text in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// `[benefit]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Id of the pack.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// Region.
    pub region: Bilingual,
    /// Administrative division of the pooling area.
    pub area: String,
    /// How many leading digits of a division make one pooling area: 4 a prefecture, 2 a province.
    pub area_digits: u8,
    /// Trust level of the pack as a whole.
    #[schemars(with = "String")]
    pub trust: Trust,
    /// Not confirmed against its documents: every output says so. Follows from the trust level where that is weak.
    #[serde(default)]
    pub illustrative: bool,
    /// First day the pack speaks for.
    #[schemars(with = "String")]
    pub from: Day,
    /// First day it no longer speaks for.
    #[schemars(with = "String")]
    pub until: Day,
    /// Day and month the insurance year starts, `07-01`; default `01-01`.
    pub year_starts: Option<String>,
    /// Length of a settlement period in days, for windows `period`.
    pub period_days: Option<u32>,
    /// A stay that crosses the end of the insurance year.
    #[serde(default)]
    pub cross_year: CrossYear,
    /// A settlement voided while later ones stand.
    pub void: VoidRule,
    /// Day on which insurance, status and every other fact of a bill is taken.
    #[serde(default)]
    pub facts_on: AsOf,
    /// Which filing counts where several hold; default `long_term`, `emergency`, `referral`.
    #[serde(default = "filing_order")]
    pub filing_order: Vec<FiledAs>,
    /// Rounding of what is paid.
    pub rounding: RoundingRule,
    /// Source.
    #[schemars(with = "serde_json::Value")]
    pub source: SourceRef,
}

/// How care elsewhere counts as filed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FiledAs {
    /// A long-term resident there.
    LongTerm,
    /// An emergency.
    Emergency,
    /// A referral.
    Referral,
}

impl FiledAs {
    /// Its word in a pack.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::LongTerm => "long_term",
            Self::Emergency => "emergency",
            Self::Referral => "referral",
        }
    }
}

/// An emergency never lowers what a long-term resident gets.
fn filing_order() -> Vec<FiledAs> {
    vec![FiledAs::LongTerm, FiledAs::Emergency, FiledAs::Referral]
}

impl Header {
    /// Whether every output says that the pack is not confirmed.
    #[must_use]
    pub const fn is_illustrative(&self) -> bool {
        self.illustrative || self.trust.illustrative()
    }
}

/// A stay that crosses the end of the insurance year.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CrossYear {
    /// One bill, of the year of discharge.
    #[default]
    Discharge,
    /// A bill up to the last day of the year, then another of the same stay.
    Interim,
    /// One bill, its in-scope amount divided over the years by days.
    DailyAverage,
}

/// A settlement voided while later ones stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VoidRule {
    /// Only the last one may be voided.
    LastOnly,
    /// Those that followed are settled again.
    Resettle,
}

/// Rounding of what is paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoundingRule {
    /// Whose part of a band is rounded; the other's is the rest.
    pub side: Side,
    /// Which way; `half-up` when not stated.
    #[serde(default)]
    #[schemars(with = "String")]
    pub mode: Mode,
}

/// Whose part is rounded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The fund's.
    Fund,
    /// The person's.
    Person,
}
