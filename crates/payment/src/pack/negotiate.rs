//! `[negotiate]`: a negotiated standard per disease out of past stays and the fund's ability (spec §4.5).

use serde::Deserialize;
use yibao_kernel::{Fen, Ratio};
use yibao_policy::source::SourceRef;
use yibao_record::mapping::{RowTest, StayFile};

use super::weigh::Trim;

/// `[negotiate]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Negotiate {
    /// Name of the `[[standard]]` it proposes.
    pub standard: String,
    /// The year it proposes for.
    pub year: i32,
    /// Key columns: the disease first, then level or others.
    pub key: Vec<String>,
    /// What the key columns mean; default their own names.
    pub key_fields: Option<Vec<String>>,
    /// Value column of the proposed table; default `standard`.
    pub value: Option<String>,
    /// Only these diseases; absent = every value of the first key.
    pub diseases: Option<Vec<String>>,
    /// What a standard is compared with.
    pub of: NegotiateOf,
    /// Years of past stays, by discharge.
    pub years: Vec<i32>,
    /// Trimming of the trimmed mean.
    pub trim: Trim,
    /// Lowest and highest end of the proposed range.
    pub range: [Measure; 2],
    /// The measure written into the proposal.
    pub propose: Measure,
    /// Standards are rounded to this many yuan; default 0.01.
    pub round_to: Option<Fen>,
    /// What else is tried: shares up and down from the proposal, like `["0.05", "0.10"]`.
    #[serde(default)]
    pub steps: Vec<Ratio>,
    /// Fewest cases for a figure to be shown; default 5.
    pub min_cases: Option<u32>,
    /// The budget lines that are the fund's ability together: `BUDGET.LINE`.
    pub budget: Option<Vec<String>>,
    /// Own input files; absent = `[input]`'s.
    pub stays: Option<Vec<StayFile>>,
    /// Own selection; absent = `[input]`'s.
    pub select: Option<RowTest>,
    /// Source.
    pub source: SourceRef,
}

/// What a standard is compared with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NegotiateOf {
    /// The whole cost; the fund pays its past share of a standard.
    Cost,
    /// The fund's part.
    Fund,
}

/// A measure of past amounts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// First quartile.
    P25,
    /// Median.
    Median,
    /// Mean after trimming.
    TrimmedMean,
    /// Mean.
    Mean,
    /// Third quartile.
    P75,
}

impl Measure {
    /// All, in the order printed.
    pub const ALL: [Self; 5] = [Self::P25, Self::Median, Self::TrimmedMean, Self::Mean, Self::P75];

    /// The word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::P25 => "p25",
            Self::Median => "median",
            Self::TrimmedMean => "trimmed_mean",
            Self::Mean => "mean",
            Self::P75 => "p75",
        }
    }

    /// The words printed, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::P25 => ("25% 分位", "P25"),
            Self::Median => ("中位数", "median"),
            Self::TrimmedMean => ("裁剪均值", "trimmed mean"),
            Self::Mean => ("均值", "mean"),
            Self::P75 => ("75% 分位", "P75"),
        }
    }
}
