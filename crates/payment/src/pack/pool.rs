//! Pools: the budget, its ordered deductions, dated changes, its reserve.

use serde::Deserialize;
use yibao_kernel::{Day, Fen, Ratio};
use yibao_policy::source::SourceRef;
use yibao_policy::stated::Stated;

use crate::settled::Bilingual;

/// `[[pool]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Option<Bilingual>,
    /// Year.
    pub year: i32,
    /// Methods it pays.
    pub methods: Vec<String>,
    /// Insurance schemes it pays; absent = all.
    pub insurance: Option<Vec<String>>,
    /// Districts it pays; absent = all.
    pub districts: Option<Vec<String>>,
    /// Fund budget, yuan. Exactly one of `amount` and `budget`.
    pub amount: Option<Stated<Fen>>,
    /// The budget line it is: `BUDGET.LINE`; the line's adopted amount and its dated changes.
    pub budget: Option<String>,
    /// Who bears the residual.
    pub borne_by: BorneBy,
    /// Ordered deductions.
    #[serde(default)]
    pub deduct: Vec<Deduction>,
    /// Dated changes inside the year.
    #[serde(default)]
    pub adjust: Vec<Adjustment>,
    /// The reserve.
    pub reserve: Option<Reserve>,
    /// Shares of the months, twelve of them; absent = a twelfth each.
    pub months: Option<Vec<Ratio>>,
    /// Source.
    pub source: SourceRef,
}

/// Who bears what a pool has left or overspent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BorneBy {
    /// The pool's reserve.
    Reserve,
    /// Carried to the next year.
    NextYear,
    /// The institutions, in proportion to what was cleared, as `shared`.
    Institutions,
}

impl BorneBy {
    /// The word used in files.
    pub const fn word(self) -> &'static str {
        match self {
            BorneBy::Reserve => "reserve",
            BorneBy::NextYear => "next_year",
            BorneBy::Institutions => "institutions",
        }
    }
}

/// `[[pool.deduct]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deduction {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Option<Bilingual>,
    /// What `value` is a share of, or a fixed amount.
    pub basis: DeductionBasis,
    /// Yuan (fixed) or a ratio.
    pub value: Stated<Ratio>,
    /// `reserve`, or absent: leaves the pool.
    pub to: Option<DeductionTo>,
    /// Source.
    pub source: SourceRef,
}

/// Basis of a deduction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeductionBasis {
    /// Yuan.
    Fixed,
    /// Share of the budget.
    ShareOfAmount,
    /// Share of what earlier deductions left.
    ShareOfLeft,
}

/// Target of a deduction.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeductionTo {
    /// The pool's reserve.
    Reserve,
}

/// `[[pool.adjust]]`: an entry, never an overwrite.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// Effective day.
    pub on: Day,
    /// Known from.
    pub known: Option<Day>,
    /// Signed yuan.
    pub amount: Fen,
    /// Where the money comes from: absent, the budget itself changes.
    pub from: Option<AdjustFrom>,
    /// Why.
    pub reason: Bilingual,
    /// Source.
    pub source: SourceRef,
}

/// Source of a dated change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustFrom {
    /// The pool's reserve.
    Reserve,
}

/// `[[pool.reserve.draw]]`: money of the reserve that the pool distributes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draw {
    /// Effective day.
    pub on: Day,
    /// Known from.
    pub known: Option<Day>,
    /// Yuan.
    pub amount: Fen,
    /// Why.
    pub reason: Bilingual,
    /// Source.
    pub source: SourceRef,
}

/// `[pool.reserve]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reserve {
    /// Opening balance, yuan.
    pub opening: Fen,
    /// Dated draws into the pool.
    #[serde(default)]
    pub draw: Vec<Draw>,
    /// Source.
    pub source: SourceRef,
}
