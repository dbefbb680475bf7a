//! The compiled verbs beside DRG and DIP: units, bed-days, quotas per disease, caps, yearly limits, transfers.

use yibao_kernel::explain::RuleId;
use yibao_kernel::piecewise::Piecewise;
use yibao_kernel::{Fen, Ratio};

use super::field::FieldRef;
use super::table::TableId;
pub use crate::pack::case_step::{BandCoefficient, CapOf, LimitOf};
use crate::pack::step::RouteTo;

/// Where an amount comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AmountFrom {
    /// A table (fen).
    Table(TableId),
    /// Stated.
    Value(Fen),
}

/// A count that multiplies the base of a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Units {
    /// Of what.
    pub of: UnitsOf,
    /// Divisor.
    pub per: Ratio,
}

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnitsOf {
    /// The case is one.
    Cases,
    /// Days; a yearly limit of days lowers them.
    Days,
    /// Another whole number.
    Field(FieldRef),
}

/// Standard or base points from days.
#[derive(Clone, Debug)]
pub struct BedDay {
    /// Marginal tiers, ascending; only the last has no end.
    pub tiers: Vec<Tier>,
    /// The days.
    pub days: FieldRef,
    /// Whether the days become base points (else fen).
    pub points: bool,
    /// What a missing row does.
    pub missing: RouteTo,
}

/// A tier of bed-days.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tier {
    /// Last day; `None`: no end.
    pub upto: Option<i64>,
    /// Fee of a day.
    pub fee: AmountFrom,
}

/// A negotiated standard per case.
#[derive(Clone, Debug)]
pub struct CaseQuota {
    /// The quota.
    pub from: AmountFrom,
    /// What is compared with it (fen).
    pub of: FieldRef,
    /// Taken out of it first (fen).
    pub less: Option<FieldRef>,
    /// y = standard / quota as a function of x = actual / quota.
    pub curve: Piecewise,
    /// What a missing row does.
    pub missing: RouteTo,
}

/// A ceiling.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cap {
    /// What is lowered.
    pub of: CapOf,
    /// The ceiling before `times`.
    pub over: CapOver,
    /// Times this.
    pub times: Ratio,
}

/// Where a ceiling comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CapOver {
    /// A number of the case.
    Field(FieldRef),
    /// A table (fen).
    Table(TableId),
}

/// What one person may take in a year.
#[derive(Clone, Debug)]
pub struct Limit {
    /// What is limited.
    pub of: LimitOf,
    /// Text fields beside the person.
    pub per: Vec<FieldRef>,
    /// The limit.
    pub from: LimitFrom,
    /// The days (`of = "days"`).
    pub days: FieldRef,
}

/// Where a yearly limit comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LimitFrom {
    /// A table: fen, or whole days.
    Table(TableId),
    /// Fen, or days.
    Value(i64),
}

/// A line of a price.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PriceLine {
    /// Its rule.
    pub rule: RuleId,
    /// Its amount.
    pub from: AmountFrom,
}

/// A floor of a weight or of base points.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AtLeast {
    /// The other group's number.
    pub table: TableId,
    /// Times this.
    pub times: Ratio,
}

/// A number of the case, as pack curves see it: yuan, years, shares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NumberOf {
    /// The number.
    pub field: FieldRef,
    /// Divided by this.
    pub over: Option<FieldRef>,
}
