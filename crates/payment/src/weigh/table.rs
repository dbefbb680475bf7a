//! A published weight table: what is written and shown. Nothing here is computed again later.

use yibao_kernel::explain::RuleBook;
use yibao_kernel::{Decimal, Fen, Ratio};

use super::changes::Changes;
use super::plan::{Fallback, fallback_word};

/// A published table.
#[derive(Clone, Debug)]
pub struct WeightTable {
    /// The year it is made for.
    pub year: i32,
    /// The data years that counted.
    pub years: Vec<YearLine>,
    /// What the weights are a ratio to.
    pub reference: ReferenceLine,
    /// Scale of the ratio.
    pub scale: Ratio,
    /// The groups, ascending.
    pub rows: Vec<WeightRow>,
    /// Sums over the groups.
    pub totals: Totals,
    /// Against the last published version, where the pack names one.
    pub changes: Option<Changes>,
    /// The words of the rows' explanations.
    pub book: RuleBook,
}

/// A data year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearLine {
    /// The year.
    pub year: i32,
    /// Its weight.
    pub weight: Ratio,
    /// Grouped cases.
    pub cases: u64,
    /// Cases kept by trimming.
    pub kept: u64,
    /// Mean of the kept.
    pub mean: Option<Fen>,
}

/// The reference of the ratio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceLine {
    /// `mean`, `benchmark` or `quota`.
    pub to: &'static str,
    /// The benchmark group.
    pub group: Option<String>,
    /// The amount that a weight of one (of `scale`) stands for, rounded to the fen for showing.
    pub amount: Fen,
    /// Mean of each fee class, in the fee-class variant.
    pub classes: Vec<(String, Fen)>,
}

/// Where a weight comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Basis {
    /// The group's own mean.
    Own,
    /// The parent's weight.
    Parent,
    /// The group's median instead of its mean.
    Median,
    /// None: stays go to special review.
    SpecialReview,
    /// None: stays get points from their own cost.
    CostPoints,
}

impl Basis {
    /// The word used in files.
    pub const fn word(self) -> &'static str {
        match self {
            Basis::Own => fallback_word(Fallback::Own),
            Basis::Parent => fallback_word(Fallback::Parent),
            Basis::Median => fallback_word(Fallback::Median),
            Basis::SpecialReview => fallback_word(Fallback::SpecialReview),
            Basis::CostPoints => fallback_word(Fallback::CostPoints),
        }
    }
}

/// A group's line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WeightRow {
    /// The group.
    pub group: String,
    /// The published weight; `None` when the basis gives none.
    pub weight: Option<Decimal>,
    /// Cases in the data years.
    pub cases: u64,
    /// Cases kept by trimming.
    pub cases_kept: u64,
    /// Cases trimmed for costing too little.
    pub trimmed_low: u64,
    /// Cases trimmed for costing too much.
    pub trimmed_high: u64,
    /// Mean of the kept over the weighted years, rounded to the fen for showing.
    pub mean: Option<Fen>,
    /// Median of the kept, rounded to the fen for showing.
    pub median: Option<Fen>,
    /// Coefficient of variation of the kept, 4 places, for showing.
    pub cv: Option<Decimal>,
    /// The stability test's answer.
    pub stable: bool,
    /// Where the weight comes from.
    pub basis: Basis,
    /// The parent asked, where one was.
    pub parent: Option<String>,
    /// The experts' factor, where there is one.
    pub adjust: Option<Ratio>,
    /// Whether the group may not be adjusted.
    pub frozen: bool,
    /// Quantiles of all amounts before trimming, fen: 2.5, 25, 50, 75, 97.5 %.
    pub quantiles: Option<[Fen; 5]>,
    /// The lowest and the highest kept amount.
    pub kept_range: Option<(Fen, Fen)>,
    /// Short remark, free of language: `n 3 < 5`.
    pub note: String,
    /// Packed explanation.
    pub explanation: Vec<u8>,
}

/// Sums of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Totals {
    /// Groups with a case.
    pub groups: u64,
    /// Groups that passed the stability test.
    pub stable: u64,
    /// Groups with a published weight.
    pub weighted: u64,
    /// Grouped cases in the data years.
    pub cases: u64,
    /// Cases kept by trimming.
    pub cases_kept: u64,
    /// Cases trimmed for costing too little.
    pub trimmed_low: u64,
    /// Cases trimmed for costing too much.
    pub trimmed_high: u64,
    /// Cases outside the data years: not used.
    pub outside_years: u64,
    /// Cases in the data years without a group: not used.
    pub without_group: u64,
    /// Σ n·RW before adjustment and rounding, rounded to the places of a weight for showing.
    pub weight_before: Decimal,
    /// Σ n·round(RW″) of the published weights, exact.
    pub weight_after: Decimal,
    /// Σ n·round(RW″) − Σ n·RW, four places finer than a weight.
    pub drift: Decimal,
    /// λ of the expert adjustment, 9 places, for showing; `None` without adjustment.
    pub lambda: Option<Decimal>,
}
