//! The steps of a method, compiled: fields, tables, curves and constants resolved.

use yibao_kernel::explain::RuleId;
use yibao_kernel::piecewise::{Piecewise, Segment};
use yibao_kernel::{Decimal, Fen, Ratio, Rounding, Window};

use super::case_verb::{
    AmountFrom, AtLeast, BandCoefficient, BedDay, Cap, CaseQuota, Limit, NumberOf, PriceLine, Units,
};
use super::condition::Condition;
use super::field::FieldRef;
use super::table::TableId;
pub use crate::pack::step::{
    CoefficientOn, DepositBelow, FundMode, Quota, QuotaScope, RankBy, RouteTo, SameInstitution, SameWhat, SavingTo,
};
pub use crate::pack::year_step::{ClearPer, Workload};

/// One step.
#[derive(Clone, Debug)]
pub struct CompiledStep {
    /// Its id in the pack.
    pub id: String,
    /// The rule written when the step does its main work.
    pub rule: RuleId,
    /// The rule of the step's other outcome; see PLAN_API (equal to `rule` for verbs with one outcome).
    pub rule_other: RuleId,
    /// The cases it applies to; `None` = all.
    pub when: Option<Condition>,
    /// The discharge days it applies to.
    pub window: Window,
    /// What it does.
    pub verb: CompiledVerb,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum CompiledVerb {
    /// The stays of the method: `when` says which.
    Scope,
    /// Route: first match wins.
    Route {
        /// Where to.
        to: RouteTo,
        /// Multiplier of cost points.
        times: Ratio,
    },
    /// Weight of the group.
    Weight {
        /// Table of weights (decimal).
        table: TableId,
        /// Not less than this.
        at_least: Option<AtLeast>,
        /// What a missing row does.
        missing: RouteTo,
    },
    /// Base points of the group.
    BasePoints {
        /// From where.
        from: BasePointsFrom,
        /// Rounding of computed base points.
        rounding: Rounding,
        /// Not less than this.
        at_least: Option<AtLeast>,
        /// What a missing row does.
        missing: RouteTo,
    },
    /// A denominator.
    GroupMean {
        /// Table of means (fen).
        table: TableId,
        /// Which of [`super::Method::means`] it fills.
        slot: u8,
        /// What a missing row does.
        missing: RouteTo,
    },
    /// The mean of all cases.
    AllMean {
        /// Fen.
        value: Fen,
    },
    /// Hospital coefficient.
    Coefficient(Box<Coefficient>),
    /// Extra multiplier.
    Factor(Factor),
    /// Outlier bands.
    OutlierBand(Box<Outlier>),
    /// New technology outside the standard.
    AddOn(Box<AddOn>),
    /// Special-case review with its quota.
    SpecialReview {
        /// The cap.
        quota: Quota,
        /// Candidates over the cap.
        over_quota: RouteTo,
        /// Accepted cases without a panel decision.
        accepted: RouteTo,
    },
    /// Readmission.
    Readmission(Box<Readmission>),
    /// A count that multiplies the base.
    Units(Units),
    /// Standard or base points from days.
    BedDay(Box<BedDay>),
    /// A negotiated standard.
    CaseQuota(Box<CaseQuota>),
    /// Legs of a transfer: the text field that links them.
    Transfer(FieldRef),
    /// A ceiling.
    Cap(Box<Cap>),
    /// A yearly limit per person.
    Limit(Box<Limit>),
    /// Case points: a published number.
    Points {
        /// Rounding.
        rounding: Rounding,
    },
    /// Yuan per weight.
    Price(PriceFrom),
    /// Payment standard: a published number.
    Standard {
        /// Rounding (2 places: fen).
        rounding: Rounding,
    },
    /// From standard to fund.
    Fund(Fund),
    /// Monthly prepayment.
    MonthlyPrepay(PrepayFrom),
    /// Clearing.
    Clear {
        /// Band of the point value.
        band: Option<PriceBand>,
        /// Whether negative results become 0.
        floor_zero: bool,
        /// Claims are scaled to the pool's money, in these parts of the year.
        pro_rata: Option<ClearPer>,
        /// Amount taken off a claim first.
        deduct: Option<FieldRef>,
    },
    /// Care elsewhere charged to this method's rows; the plan's [`super::Payer`]s are made from it.
    Charge {
        /// Indices of the methods whose cases are charged.
        methods: Vec<u16>,
        /// Text field with the institution that pays.
        by: FieldRef,
        /// Times this.
        times: Ratio,
    },
    /// Growth of the workload paid from the reserve.
    Compensate(Box<Compensate>),
    /// A lead's amount over its members.
    InnerSplit(Box<InnerSplit>),
    /// Assessment.
    Assess {
        /// Score or factor by institution (and further year keys).
        table: TableId,
        /// Factor as a function of the score; absent: the table holds factors.
        curve: Option<Piecewise>,
        /// Where the saving goes.
        saving_to: SavingTo,
    },
    /// Sharing of surplus and overrun.
    Share {
        /// y = final / cleared as a function of x = accounted / cleared.
        curve: Piecewise,
        /// Quota (fen) instead of cleared as the denominator.
        over_table: Option<TableId>,
        /// Scores: the part in a hundred of a saving that is kept.
        keep_table: Option<TableId>,
        /// Where returned savings go.
        saving_to: SavingTo,
    },
    /// Quality deposit.
    Deposit {
        /// Share of cleared.
        rate: Ratio,
        /// Score by institution.
        table: TableId,
        /// Score from which all is returned.
        full_at: Ratio,
        /// Below.
        below: DepositBelow,
    },
    /// Offset of the prepayment.
    Offset {
        /// A negative due becomes 0.
        floor_zero: bool,
    },
}

/// Growth of the workload paid from the reserve (spec §3.4).
#[derive(Clone, Debug)]
pub struct Compensate {
    /// Last year's workload.
    pub previous: TableId,
    /// What the workload is.
    pub of: Workload,
    /// Growth that is not compensated.
    pub above: Ratio,
    /// Share of the growth beyond it.
    pub share: Ratio,
    /// Scores, and the score from which anything is paid.
    pub score: Option<(TableId, Ratio)>,
}

/// The split of a lead's amount over its members (spec §4.7).
#[derive(Clone, Debug)]
pub struct InnerSplit {
    /// Tier of each institution, in rank order: index into `tiers`.
    pub tier_of: Vec<Option<u16>>,
    /// Tiers by name, with their shares as whole numbers over a common denominator.
    pub tiers: Vec<(String, i128)>,
}

/// Where base points come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BasePointsFrom {
    /// A table of base points (decimal).
    Table(TableId),
    /// A table of group means (fen): BP = m / M × 100, M from the `all_mean` step.
    Means(TableId),
}

/// Hospital coefficient.
#[derive(Clone, Debug)]
pub struct Coefficient {
    /// From where.
    pub from: CoefficientFrom,
    /// Groups with one price everywhere: K = 1, written with `rule_other`.
    pub same_price: Option<TableId>,
    /// Rounding of a computed coefficient.
    pub rounding: Rounding,
    /// Lowest.
    pub min: Option<Ratio>,
    /// Highest.
    pub max: Option<Ratio>,
}

/// Where a coefficient comes from.
#[derive(Clone, Debug)]
pub enum CoefficientFrom {
    /// A table.
    Table {
        /// Of decimals or ratios.
        table: TableId,
        /// A missing row means 1, else the case is refused.
        missing_is_one: bool,
    },
    /// Computed once per institution (weighted, additive), rounded and clamped already; in rank order. `None`: the
    /// institution has no value in a column it needs, its cases are refused.
    Institutions(Vec<Option<InstitutionCoefficient>>),
    /// Hospital mean / city mean of the group; 1 when the hospital has no mean.
    MeanRatio {
        /// By institution and group (fen).
        hospital: TableId,
        /// By group (fen).
        city: TableId,
    },
}

/// A coefficient computed for one institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstitutionCoefficient {
    /// The coefficient, rounded.
    pub value: Decimal,
    /// The packed explanation of the step with all parts, to be appended to a case's explanation as it is.
    pub explanation: Vec<u8>,
}

/// An extra multiplier.
#[derive(Clone, Debug)]
pub struct Factor {
    /// Its value.
    pub from: FactorFrom,
    /// Factors of one family are combined by `max`: index, the same for all of the family; `None`: by product.
    pub family: Option<u8>,
}

/// Where a factor comes from.
#[derive(Clone, Debug)]
pub enum FactorFrom {
    /// A function of a number of the case.
    Curve {
        /// The number.
        x: NumberOf,
        /// The function.
        curve: Box<Piecewise>,
    },
    /// Σ number × constant.
    Sum(Vec<(NumberOf, Ratio)>),
    /// Stated.
    Times(Ratio),
    /// A table.
    Table {
        /// Of decimals or ratios.
        table: TableId,
        /// A missing row means 1, else the case is refused.
        missing_is_one: bool,
    },
}

/// Outlier bands.
#[derive(Clone, Debug)]
pub struct Outlier {
    /// Denominator of r.
    pub over: FieldRef,
    /// Band sets; the first whose `when` holds (or has none) is used. Each covers every r ≥ 0 exactly once.
    pub sets: Vec<BandSet>,
    /// What K multiplies.
    pub coefficient_on: CoefficientOn,
    /// Field (fen) taken out of C first.
    pub less: Option<FieldRef>,
}

/// Bands for some cases.
#[derive(Clone, Debug)]
pub struct BandSet {
    /// Which cases.
    pub when: Option<Condition>,
    /// The factor of the standard as a function of r (routed bands: the factor of those the quota does not accept).
    pub curve: Piecewise,
    /// What each segment of the curve does, same order.
    pub bands: Vec<CompiledBand>,
}

/// One band.
#[derive(Clone, Debug)]
pub struct CompiledBand {
    /// Its bounds and line.
    pub segment: Segment,
    /// Where its cases go; `None`: paid by the factor.
    pub to: Option<RouteTo>,
    /// Limit of the route.
    pub quota: Option<Quota>,
    /// Whether K multiplies the factor.
    pub coefficient: BandCoefficient,
    /// Whether K is added to the factor.
    pub plus_coefficient: bool,
    /// Place in the pack's list of bands; `None`: a part the bands leave out (factor 1).
    pub index: Option<u8>,
}

/// New technology outside the standard.
#[derive(Clone, Debug)]
pub struct AddOn {
    /// Who is eligible.
    pub eligible: Condition,
    /// Extra cost (fen).
    pub field: FieldRef,
    /// Taken off.
    pub less: Option<AddOnLess>,
    /// Result not below.
    pub floor: Fen,
}

/// What is taken off an add-on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AddOnLess {
    /// A field (fen).
    Field(FieldRef),
    /// A table (fen).
    Table(TableId),
}

/// Readmission.
#[derive(Clone, Debug)]
pub struct Readmission {
    /// Days between discharge and the next admission.
    pub window_days: i32,
    /// Whether the last day counts.
    pub inclusive: bool,
    /// Same what.
    pub same: SameWhat,
    /// Same institution or any.
    pub institution: SameInstitution,
    /// Later stays that do not count.
    pub exempt: Option<Condition>,
    /// Multiplier of the earlier stay.
    pub earlier_times: Ratio,
    /// Multiplier of the later stay.
    pub later_times: Ratio,
}

/// Where a rate comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PriceFrom {
    /// A table, or one rate.
    One(AmountFrom),
    /// The sum of these.
    Lines(Vec<PriceLine>),
}

/// From standard to fund.
#[derive(Clone, Debug)]
pub struct Fund {
    /// How.
    pub mode: FundMode,
    /// The ratio of `avg_ratio` (and of `policy_ratio` without a field).
    pub ratio: Option<Ratio>,
    /// Or a table of ratios.
    pub table: Option<TableId>,
    /// Fields (fen) taken off the standard.
    pub less: Vec<FieldRef>,
    /// Field with the case's own ratio (millionths).
    pub ratio_field: Option<FieldRef>,
    /// Whether a negative result becomes 0.
    pub floor_zero: bool,
}

/// Where a prepayment comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrepayFrom {
    /// A share of the accounted fund.
    Rate(Ratio),
    /// Amounts paid (fen), by institution and further year keys.
    Table(TableId),
}

/// Band of the point value; a raise is paid from the reserve.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PriceBand {
    /// Last year's point value, yuan per point.
    pub previous: Ratio,
    /// Lowest share of it.
    pub low: Ratio,
    /// Highest share of it.
    pub high: Ratio,
}
