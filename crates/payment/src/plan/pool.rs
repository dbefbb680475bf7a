//! Pools, compiled.

use yibao_kernel::explain::RuleId;
use yibao_kernel::{Day, Fen, Ratio};

pub use crate::pack::pool::{BorneBy, DeductionBasis};
use crate::settled::Bilingual;

/// A pool.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Id.
    pub id: String,
    /// Title; default the id.
    pub title: Bilingual,
    /// Rule of the budget.
    pub rule: RuleId,
    /// Indices of the methods it pays.
    pub methods: Vec<u16>,
    /// Indices of the insurance schemes it pays.
    pub insurances: Vec<u16>,
    /// Indices of the districts it pays.
    pub districts: Vec<u16>,
    /// Budget as stated at the start.
    pub amount: Fen,
    /// Dated changes known by the plan's day, in order.
    pub adjustments: Vec<Adjustment>,
    /// `amount` and all adjustments: the budget.
    pub budget: Fen,
    /// Ordered deductions; `ShareOfAmount` is a share of `budget`.
    pub deductions: Vec<Deduction>,
    /// Reserve at the start.
    pub reserve_opening: Fen,
    /// Dated draws from the reserve into the pool, known by the plan's day, in order.
    pub draws: Vec<Adjustment>,
    /// Shares of the twelve months; they sum to one.
    pub months: Vec<Ratio>,
    /// Who bears the residual.
    pub borne_by: BorneBy,
}

/// The money of a year's budgets that no pool gets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OutsidePools {
    /// Paid outside the methods: other regions, separately paid drugs.
    pub outside: Fen,
    /// Put into the budgets' reserves.
    pub reserves: Fen,
}

/// A deduction.
#[derive(Clone, Debug)]
pub struct Deduction {
    /// Id.
    pub id: String,
    /// Rule written with the amount.
    pub rule: RuleId,
    /// Basis.
    pub basis: DeductionBasis,
    /// Fixed: fen. Else a share.
    pub value: Ratio,
    /// Into the reserve, else out of the pool.
    pub to_reserve: bool,
}

/// A dated change.
#[derive(Clone, Debug)]
pub struct Adjustment {
    /// Effective day.
    pub on: Day,
    /// Signed amount.
    pub amount: Fen,
    /// Why.
    pub reason: Bilingual,
    /// Rule written with the amount.
    pub rule: RuleId,
}
