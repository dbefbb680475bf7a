//! Why no weight table can be published.

use thiserror::Error;
use yibao_kernel::explain::ExplainError;
use yibao_kernel::statistics::TrimError;
use yibao_kernel::{Fen, Overflow, Ratio, RatioError};

/// A refusal. Nothing is published.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum WeighError {
    /// The pack makes no weights.
    #[error("the pack has no [weigh] table\n  hint: add one with its data years, trimming, stability and reference")]
    NotDeclared,
    /// A fee class that no column of amounts holds.
    #[error(
        "weigh.five_class: class \"{class}\" reads \"{field}\", which is not a field of amounts\n  hint: declare [fields.{field}] with kind = \"fen\" and map it under [columns]"
    )]
    ClassField {
        /// The class.
        class: String,
        /// The field.
        field: String,
    },
    /// A stay without the amount of a fee class.
    #[error(
        "row {row}: no amount of fee class \"{class}\"\n  hint: write 0 where a stay has none, or refuse the row under [[input.refuse]]"
    )]
    ClassMissing {
        /// The class.
        class: String,
        /// Line or row of the source.
        row: u64,
    },
    /// A table of the pack that the run reads.
    #[error("weigh.{field}: table \"{table}\": {cause}\n  hint: correct the table, or take `{field}` out of [weigh]")]
    Table {
        /// The field of `[weigh]`.
        field: &'static str,
        /// The table's id.
        table: String,
        /// What is wrong.
        cause: String,
    },
    /// Year weights that are all zero, or no data year.
    #[error(
        "weigh.years: no data year has a weight above zero\n  hint: list the data years, oldest to newest, with their weights, e.g. 2 : 3 : 5"
    )]
    NoYearWeight,
    /// A negative year weight.
    #[error(
        "weigh.years: weight {weight} of {year} is below zero\n  hint: a year that does not count has weight \"0\", or is left out"
    )]
    YearWeight {
        /// The year.
        year: i32,
        /// Its weight.
        weight: Ratio,
    },
    /// A year stated twice.
    #[error("weigh.years: {year} stands twice\n  hint: keep one row per data year")]
    YearTwice {
        /// The year.
        year: i32,
    },
    /// A data year without a single stay.
    #[error(
        "no stays in data year {year}\n  hint: add the stays of {year} to the inputs, or take {year} out of weigh.years"
    )]
    YearWithoutStays {
        /// The year.
        year: i32,
    },
    /// Scale not above zero.
    #[error(
        "weigh.scale: {scale} is not above zero\n  hint: write \"1\" for weights, \"100\" for points, \"1000\" for scores"
    )]
    Scale {
        /// The scale.
        scale: Ratio,
    },
    /// Too many decimal places.
    #[error("weigh.dp: {dp} decimal places are too many\n  hint: at most 9; weights are published with 4")]
    Places {
        /// The places.
        dp: u8,
    },
    /// A quota not above zero.
    #[error("weigh.reference: quota {amount} is not above zero\n  hint: write the standard quota in yuan")]
    Quota {
        /// The quota.
        amount: Fen,
    },
    /// Class weights that do not sum to one.
    #[error(
        "weigh.five_class: {classes} classes of weight {weight} sum to {total}, not 1\n  hint: five classes weigh \"0.2\" each"
    )]
    ClassWeights {
        /// Number of classes.
        classes: usize,
        /// Weight of each.
        weight: Ratio,
        /// Their sum.
        total: Ratio,
    },
    /// Fee classes against a quota.
    #[error(
        "weigh.five_class: a quota has no fee classes\n  hint: use reference = {{ to = \"mean\" }} or a benchmark group"
    )]
    ClassQuota,
    /// A class without a single amount to be a ratio to.
    #[error(
        "weigh.five_class: class \"{class}\" has no cost in the reference\n  hint: check the column mapped to \"{class}\""
    )]
    ClassWithoutCost {
        /// The class.
        class: String,
    },
    /// Columns that do not belong together.
    #[error("column \"{column}\" has {found} rows where the groups have {expected}\n  hint: give one value per case")]
    Columns {
        /// The column.
        column: String,
        /// Its rows.
        found: usize,
        /// The rows of the groups.
        expected: usize,
    },
    /// Fallbacks that may leave a group without an answer.
    #[error(
        "weigh.unstable: nothing is said for a group whose parent is not stable either\n  hint: end the list with \"median\", \"own\", \"special_review\" or \"cost_points\""
    )]
    FallbackMissing,
    /// Fallbacks after one that always answers.
    #[error("weigh.unstable: nothing after \"{before}\" is ever reached\n  hint: put \"{before}\" last")]
    FallbackNeverReached {
        /// The word that always answers.
        before: &'static str,
    },
    /// A group whose mean and median are not above zero.
    #[error(
        "group \"{group}\" has no cost above zero to make a weight of\n  hint: end weigh.unstable with \"special_review\" or \"cost_points\""
    )]
    NoWeight {
        /// The group.
        group: String,
    },
    /// The benchmark group has no kept case.
    #[error(
        "benchmark group \"{group}\" has no case in the data years\n  hint: name a group of the stays in weigh.reference, or add its stays"
    )]
    BenchmarkAbsent {
        /// The group.
        group: String,
    },
    /// Nothing to be a ratio to.
    #[error("the reference mean is not above zero\n  hint: check the column mapped to the amount; it is read in yuan")]
    ReferenceNotPositive,
    /// An adjustment factor not above zero.
    #[error(
        "weigh.adjust: factor {factor} of group \"{group}\" is not above zero\n  hint: \"1.10\" raises the weight by a tenth"
    )]
    AdjustFactor {
        /// The group.
        group: String,
        /// The factor.
        factor: Ratio,
    },
    /// An adjustment of a group that has no cases.
    #[error(
        "weigh.adjust: group \"{group}\" has no case in the data years\n  hint: correct the group's code, or take its row out of the table"
    )]
    AdjustUnknown {
        /// The group.
        group: String,
    },
    /// An adjustment of a group without a weight of its own.
    #[error(
        "weigh.adjust: group \"{group}\" gets no weight ({basis}), so there is nothing to adjust\n  hint: take its row out of the table, or give it a weight by weigh.unstable"
    )]
    AdjustWithoutWeight {
        /// The group.
        group: String,
        /// Why it has none.
        basis: &'static str,
    },
    /// A frozen group with an adjustment.
    #[error(
        "weigh.adjust: group \"{group}\" is frozen (weigh.frozen) and adjusted\n  hint: take it out of one of the two tables"
    )]
    FrozenAdjusted {
        /// The group.
        group: String,
    },
    /// Trimming of a group.
    #[error("weigh.trim: group \"{group}\": {cause}")]
    Trim {
        /// The group.
        group: String,
        /// What is wrong.
        cause: TrimError,
    },
    /// A published number that does not fit.
    #[error(
        "{what} of group \"{group}\" does not fit a published number\n  hint: check the unit of the amounts and weigh.scale"
    )]
    TooLarge {
        /// Which number.
        what: &'static str,
        /// The group; `*` for all.
        group: String,
    },
    /// Exact figures beyond their width.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A ratio that does not exist.
    #[error(transparent)]
    Ratio(#[from] RatioError),
    /// The explanation cannot be recorded.
    #[error(transparent)]
    Explain(#[from] ExplainError),
}
