//! `[weigh]`: how a weight table is made for a later year.

use std::collections::BTreeMap;

use serde::Deserialize;
use yibao_kernel::rounding::Mode;
use yibao_kernel::statistics::Spread;
use yibao_kernel::{Fen, Ratio};
use yibao_policy::source::SourceRef;
use yibao_record::mapping::{RowTest, StayFile};

/// `[weigh]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weigh {
    /// The year the table is made for.
    pub year: i32,
    /// Own input files; absent = `[input]`'s.
    pub stays: Option<Vec<StayFile>>,
    /// Own selection; absent = `[input]`'s.
    pub select: Option<RowTest>,
    /// Data years, by discharge date.
    pub years: Vec<DataYear>,
    /// Whether means or totals of the years are weighted.
    pub weighting_of: WeightingOf,
    /// Trimming.
    pub trim: Trim,
    /// Trimming inside each group and year, or each group over all years.
    pub trim_scope: TrimScope,
    /// Stability test.
    pub stable: Stable,
    /// Fallbacks of an unstable group, in order.
    pub unstable: Vec<Fallback>,
    /// Table group → parent group; absent = first three characters.
    pub parent: Option<String>,
    /// What the weight is a ratio to.
    pub reference: Reference,
    /// Scale: 1, 100, 1000.
    pub scale: Ratio,
    /// Five-class variant.
    pub five_class: Option<FiveClass>,
    /// Table group → adjustment factor.
    pub adjust: Option<String>,
    /// List table of groups that may not be adjusted.
    pub frozen: Option<String>,
    /// Decimal places; default 4.
    pub dp: Option<u8>,
    /// Rounding; default half-up.
    pub mode: Option<Mode>,
    /// Last published version to compare with.
    pub previous: Option<String>,
    /// Source.
    pub source: SourceRef,
}

/// One data year and its weight.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataYear {
    /// Year.
    pub year: i32,
    /// Weight.
    pub weight: Ratio,
}

/// What is weighted over the years.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightingOf {
    /// Yearly means.
    Means,
    /// Yearly totals and counts.
    Totals,
}

/// Trimming as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trim {
    /// Q1 − k·IQR … Q3 + k·IQR.
    Iqr {
        /// k.
        k: Ratio,
        /// What IQR = 0 does; default `skip`.
        when_zero: Option<IqrZero>,
    },
    /// |C − mean| ≤ k s.
    Sigma {
        /// k.
        k: Ratio,
        /// Sample or population s.
        spread: Spread,
        /// Passes; absent = until stable.
        passes: Option<u32>,
    },
    /// a × median … b × median.
    MedianMultiple {
        /// a.
        low: Ratio,
        /// b.
        high: Ratio,
    },
    /// a × mean … b × mean.
    MeanMultiple {
        /// a.
        low: Ratio,
        /// b.
        high: Ratio,
    },
    /// Quantiles.
    Percentile {
        /// Lower.
        low: Ratio,
        /// Upper.
        high: Ratio,
    },
    /// No trimming.
    None {},
}

/// IQR of zero.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IqrZero {
    /// Keep only equal costs.
    KeepEqual,
    /// Do not trim.
    Skip,
    /// Use this share of the median as the IQR.
    Floor(Ratio),
}

/// Where trimming happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrimScope {
    /// Inside each group and year.
    GroupYear,
    /// Inside each group.
    Group,
}

/// Stability (spec §1.3).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stable {
    /// Fewest cases.
    pub min_cases: u64,
    /// Bound of the coefficient of variation.
    pub cv: Ratio,
    /// Whether the bound itself is stable.
    pub inclusive: bool,
    /// Sample or population.
    pub spread: Spread,
}

/// What an unstable group gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// The parent's weight, if the parent is stable.
    Parent,
    /// The median instead of the mean.
    Median,
    /// The group's own mean all the same.
    Own,
    /// No weight: stays go to special review.
    SpecialReview,
    /// No weight: cost points.
    CostPoints,
}

/// What a weight is a ratio to (spec §1.4).
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "to", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reference {
    /// The mean of all kept cases.
    Mean {},
    /// The mean of a benchmark group.
    Benchmark {
        /// The group.
        group: String,
    },
    /// A standard quota, yuan.
    Quota {
        /// The quota.
        amount: Fen,
    },
}

/// Five fee classes, each with the same weight (spec §1.4).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FiveClass {
    /// Class → extra field in yuan.
    pub fields: BTreeMap<String, String>,
    /// Weight of each class; they sum to one.
    pub weight: Ratio,
}
