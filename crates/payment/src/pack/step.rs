//! The verbs of a method. One step = common keys (`id`, `use`, `source` …) + the keys of its verb.

use std::collections::BTreeMap;

use serde::Deserialize;
use yibao_kernel::rounding::Mode;
use yibao_kernel::{Day, Fen, Ratio};
use yibao_policy::source::SourceRef;
use yibao_policy::stated::Stated;

use super::case_step::{
    AtLeast, BandCoefficient, BedDayStep, CapStep, CaseQuotaStep, FactorTerm, LimitStep, PriceLine, TransferStep,
    UnitsStep,
};
use super::predicate::Predicate;
use super::year_step::{ChargeStep, ClearOver, ClearPer, CompensateStep, InnerSplitStep};
use crate::settled::Bilingual;

/// One step of a method.
#[derive(Clone, Debug)]
pub struct Step {
    /// Unique in its method.
    pub id: String,
    /// Title; default the verb's own.
    pub title: Option<Bilingual>,
    /// Applies to these cases only.
    pub when: Option<Predicate>,
    /// By discharge date.
    pub from: Option<Day>,
    /// First day after.
    pub until: Option<Day>,
    /// Source.
    pub source: SourceRef,
    /// The verb and its parameters.
    pub verb: Verb,
}

/// The verbs.
#[derive(Clone, Debug)]
pub enum Verb {
    /// `scope`: `when` says which stays the method claims.
    Scope,
    /// `route`: first match wins.
    Route(RouteStep),
    /// `weight`.
    Weight(LookupStep),
    /// `base_points`.
    BasePoints(BasePointsStep),
    /// `group_mean`.
    GroupMean(MeanStep),
    /// `all_mean`.
    AllMean(AllMeanStep),
    /// `coefficient`.
    Coefficient(CoefficientStep),
    /// `factor`.
    Factor(FactorStep),
    /// `outlier_band`.
    OutlierBand(OutlierStep),
    /// `add_on`.
    AddOn(AddOnStep),
    /// `special_review`.
    SpecialReview(SpecialReviewStep),
    /// `readmission`.
    Readmission(ReadmissionStep),
    /// `units`.
    Units(UnitsStep),
    /// `bed_day`.
    BedDay(BedDayStep),
    /// `quota`.
    Quota(CaseQuotaStep),
    /// `transfer`.
    Transfer(TransferStep),
    /// `cap`.
    Cap(CapStep),
    /// `limit`.
    Limit(LimitStep),
    /// `points`.
    Points(RoundStep),
    /// `price`.
    Price(PriceStep),
    /// `standard`.
    Standard(RoundStep),
    /// `fund`.
    Fund(FundStep),
    /// `monthly_prepay`.
    MonthlyPrepay(PrepayStep),
    /// `clear`.
    Clear(ClearStep),
    /// `charge`.
    Charge(ChargeStep),
    /// `assess`.
    Assess(AssessStep),
    /// `share`.
    Share(ShareStep),
    /// `compensate`.
    Compensate(CompensateStep),
    /// `inner_split`.
    InnerSplit(InnerSplitStep),
    /// `deposit`.
    Deposit(DepositStep),
    /// `offset`.
    Offset(OffsetStep),
}

macro_rules! parameters {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident : $type:ty,)* })*) => {
        $($(#[$doc])* #[derive(Clone, Debug, Deserialize)] #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* })*
    };
}

/// Where a routed case goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouteTo {
    /// Paid by item.
    Items,
    /// Special-case review.
    SpecialReview,
    /// Points from its own cost.
    CostPoints,
    /// Incomplete stay.
    Incomplete,
    /// Paid nothing here.
    Nothing,
    /// Refused and reported.
    Refuse,
    /// Paid at the standard (the answer of a quota that is full).
    Standard,
    /// Waits: paid nothing now, listed.
    Held,
}

parameters! {
    /// `route`.
    RouteStep {
        /// Where to.
        to: RouteTo,
        /// Multiplier of cost points (1 − discount).
        times: Option<Ratio>,
    }
    /// A look-up in a table.
    LookupStep {
        /// Table name.
        table: String,
        /// Not less than a share of another group's weight.
        at_least: Option<AtLeast>,
        /// What a missing row does; default `refuse`.
        missing: Option<RouteTo>,
    }
    /// `base_points`: from a table, or from means.
    BasePointsStep {
        /// Table of base points.
        table: Option<String>,
        /// Table of group means: BP = m / M × 100.
        mean_table: Option<String>,
        /// Decimal places; default 4.
        dp: Option<u8>,
        /// Rounding; default half-up.
        mode: Option<Mode>,
        /// Not less than a share of another group's base points.
        at_least: Option<AtLeast>,
        /// What a missing row does; default `refuse`.
        missing: Option<RouteTo>,
    }
    /// `group_mean`: a denominator.
    MeanStep {
        /// Table of means, yuan.
        table: String,
        /// Under which name later steps use it; default `group_mean`.
        name: Option<String>,
        /// What a missing row does; default `refuse`.
        missing: Option<RouteTo>,
    }
    /// `all_mean`: the mean of all cases.
    AllMeanStep {
        /// Yuan.
        value: Stated<Fen>,
    }
    /// `factor`.
    FactorStep {
        /// Multiplier.
        times: Option<Ratio>,
        /// Or a table of multipliers.
        table: Option<String>,
        /// Or a function of a number: this field …
        field: Option<String>,
        /// … divided by this one …
        over: Option<String>,
        /// … through this curve.
        curve: Option<Vec<CurvePiece>>,
        /// Or a sum of numbers of the case, each times a constant.
        sum: Option<Vec<FactorTerm>>,
        /// Row missing in the table: `refuse` (default) or a multiplier of one.
        missing_is_one: Option<bool>,
        /// Factors of one family are combined by `max` instead of product.
        family: Option<String>,
    }
    /// `points` and `standard`: the rounding of a published number.
    RoundStep {
        /// Decimal places; default 4 (points) or 2 (standard).
        dp: Option<u8>,
        /// Rounding; default half-up.
        mode: Option<Mode>,
    }
    /// `price`: yuan per weight.
    PriceStep {
        /// Table of rates.
        table: Option<String>,
        /// Or one rate.
        value: Option<Stated<Fen>>,
        /// Or the sum of these.
        lines: Option<Vec<PriceLine>>,
    }
    /// A ranked quota.
    Quota {
        /// Accepted share.
        share: Ratio,
        /// Of what: only `discharges`.
        of: QuotaOf,
        /// Counted over the region or per institution.
        scope: QuotaScope,
        /// Ranking key, descending.
        rank_by: RankBy,
    }
    /// A linear part: `slope × r + plus`.
    Linear {
        /// Slope.
        slope: Ratio,
        /// Constant.
        plus: Ratio,
    }
    /// One band of an outlier rule.
    Band {
        /// Strict lower bound.
        above: Option<Ratio>,
        /// Inclusive lower bound.
        from: Option<Ratio>,
        /// Inclusive upper bound.
        upto: Option<Ratio>,
        /// Strict upper bound.
        below: Option<Ratio>,
        /// Factor in the band.
        times: Option<Linear>,
        /// Or a route.
        to: Option<RouteTo>,
        /// Limits a route.
        quota: Option<Quota>,
        /// Factor for those the quota does not accept; default 1.
        otherwise: Option<Linear>,
        /// Whether K multiplies the band; default `applies`.
        coefficient: Option<BandCoefficient>,
        /// K is added to the factor (r − 2 + K).
        plus_coefficient: Option<bool>,
        /// The band is for these cases only.
        when: Option<Predicate>,
    }
    /// `outlier_band`.
    OutlierStep {
        /// Denominator of r: `group_mean`, `std`, `std_before_coefficient`, or the name of a `group_mean` step.
        over: String,
        /// The bands.
        bands: Vec<Band>,
        /// Whether K multiplies all (default) or only the standard part.
        coefficient_on: Option<CoefficientOn>,
        /// Field taken out of C first.
        less: Option<String>,
        /// What holds for ratios no band covers: `full` (factor 1). Not stated: every ratio must be covered.
        elsewhere: Option<Elsewhere>,
    }
    /// `add_on`: new technology outside the standard.
    AddOnStep {
        /// Who is eligible.
        eligible: Predicate,
        /// Field with the extra cost.
        field: String,
        /// Taken off: a field …
        less_field: Option<String>,
        /// … or a table in yuan by group.
        less_table: Option<String>,
        /// Result not below; default 0.
        floor: Option<Fen>,
    }
    /// `special_review`.
    SpecialReviewStep {
        /// The cap.
        quota: Quota,
        /// What happens to candidates over the cap.
        over_quota: RouteTo,
        /// What an accepted case without a panel decision gets; default `items`.
        accepted: Option<RouteTo>,
    }
    /// `readmission`.
    ReadmissionStep {
        /// Days between discharge and the next admission.
        window_days: i32,
        /// Whether the last day counts.
        inclusive: bool,
        /// Same what.
        same: SameWhat,
        /// Same institution or any.
        institution: SameInstitution,
        /// Later stays that do not count.
        exempt: Option<Predicate>,
        /// Multiplier of the earlier stay.
        earlier_times: Option<Ratio>,
        /// Multiplier of the later stay.
        later_times: Option<Ratio>,
    }
    /// `fund`.
    FundStep {
        /// How the standard becomes fund money.
        mode: FundMode,
        /// Fund ratio (`avg_ratio`).
        ratio: Option<Ratio>,
        /// Or a table of ratios.
        table: Option<String>,
        /// Fields of `policy_ratio`: what is taken off the standard.
        less: Option<Vec<String>>,
        /// Field of `policy_ratio` with the case's ratio (kind ratio).
        ratio_field: Option<String>,
        /// Whether a negative result becomes 0 (the difference stays in the pool).
        floor_zero: Option<bool>,
    }
    /// `monthly_prepay`.
    PrepayStep {
        /// Share of the accounted fund.
        rate: Option<Ratio>,
        /// A lower rate is an invalid policy.
        floor: Option<Ratio>,
        /// Or a table of amounts paid, yuan, by institution (and insurance, month).
        table: Option<String>,
    }
    /// Band of the point value.
    PriceBand {
        /// Last year's (or budget) point value.
        previous: Ratio,
        /// Lowest share of it.
        low: Ratio,
        /// Highest share of it.
        high: Ratio,
        /// Where a raise is paid from: only `reserve`.
        raise_from: RaiseFrom,
    }
    /// `clear`.
    ClearStep {
        /// Keep the point value in a band.
        band: Option<PriceBand>,
        /// Negative cleared becomes 0; the difference is borne by the pool's bearer.
        floor_zero: Option<bool>,
        /// Rates and items: the claims are scaled when they exceed the pool.
        over: Option<ClearOver>,
        /// With `over`: compared per year (default) or per quarter.
        per: Option<ClearPer>,
        /// With `over`: amount taken off a claim first, a field of kind `fen` (audit).
        deduct_field: Option<String>,
    }
    /// One piece of a curve.
    CurvePiece {
        /// Strict lower bound.
        above: Option<Ratio>,
        /// Inclusive lower bound.
        from: Option<Ratio>,
        /// Inclusive upper bound.
        upto: Option<Ratio>,
        /// Strict upper bound.
        below: Option<Ratio>,
        /// Value in the piece.
        times: Linear,
    }
    /// `assess`.
    AssessStep {
        /// Table institution → score or factor.
        table: String,
        /// Factor as a function of the score; absent: the table holds factors.
        curve: Option<Vec<CurvePiece>>,
        /// Where the saving goes.
        saving_to: SavingTo,
    }
    /// `share`.
    ShareStep {
        /// x = accounted / base, y = final / base; the base is cleared + charged.
        curve: Vec<CurvePiece>,
        /// Quota table instead of `cleared` as the denominator, yuan by institution.
        over_table: Option<String>,
        /// Scores, 0 to 100: of a saving that the curve leaves, this part in a hundred is kept.
        keep_table: Option<String>,
        /// Overruns are paid from the reserve.
        overrun_from: RaiseFrom,
        /// Where returned savings go.
        saving_to: SavingTo,
    }
    /// `deposit`.
    DepositStep {
        /// Share of cleared that is withheld.
        rate: Ratio,
        /// Table institution → score.
        table: String,
        /// Score from which all is returned.
        full_at: Ratio,
        /// Below: in proportion to the threshold, to 100, or nothing.
        below: DepositBelow,
    }
    /// `offset`.
    OffsetStep {
        /// A negative due becomes 0 here and the difference is carried; default false.
        floor_zero: Option<bool>,
    }
    /// A factor of the weighted coefficient.
    WeightedFactor {
        /// Institution column with the factor.
        column: String,
        /// Its weight.
        weight: Ratio,
        /// Legal lower bound of the weight.
        at_least: Option<Ratio>,
        /// Legal upper bound of the weight.
        at_most: Option<Ratio>,
    }
    /// A part of the additive coefficient: `add` per `per` of deviation.
    AdditivePart {
        /// Id.
        id: String,
        /// Institution column with the indicator.
        column: String,
        /// Reference value: an institution column …
        reference_column: Option<String>,
        /// … or one value.
        reference: Option<Ratio>,
        /// Deviation relative to the reference, or absolute.
        deviation: Deviation,
        /// Step width.
        per: Ratio,
        /// Added per step.
        add: Ratio,
        /// Whole steps or linear.
        steps: Steps,
        /// Added once when above the reference.
        above_add: Option<Ratio>,
        /// Caps by institution level.
        caps: BTreeMap<String, Ratio>,
        /// Only these levels.
        levels: Option<Vec<String>>,
    }
}

/// `coefficient`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoefficientStep {
    /// Which form.
    pub form: CoefficientForm,
    /// `table`: the table.
    pub table: Option<String>,
    /// `table`: row missing means 1.
    pub missing_is_one: Option<bool>,
    /// `weighted`: factors by name.
    pub factors: Option<BTreeMap<String, WeightedFactor>>,
    /// `additive`: base by institution level.
    pub base: Option<BTreeMap<String, Ratio>>,
    /// `additive`: the parts.
    pub parts: Option<Vec<AdditivePart>>,
    /// `mean_ratio`: table of hospital means by institution and group, yuan.
    pub hospital_means: Option<String>,
    /// `mean_ratio`: table of city means by group, yuan.
    pub city_means: Option<String>,
    /// Groups with one price everywhere: K = 1.
    pub same_price: Option<String>,
    /// Decimal places; default 4.
    pub dp: Option<u8>,
    /// Lowest.
    pub min: Option<Ratio>,
    /// Highest.
    pub max: Option<Ratio>,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)* })*) => {
        $($(#[$doc])* #[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)] #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* })*
    };
}

words! {
    /// Form of a hospital coefficient (spec §1.10, §2.4).
    CoefficientForm {
        /// A table.
        Table,
        /// Weighted sum of factors.
        Weighted,
        /// Base and steps.
        Additive,
        /// Hospital mean / city mean.
        MeanRatio,
    }
    /// What K multiplies in an outlier.
    CoefficientOn {
        /// Everything.
        All,
        /// The standard part only.
        Standard,
    }
    /// What holds where no band does.
    Elsewhere {
        /// The whole standard: factor 1.
        Full,
    }
    /// What a quota is a share of.
    QuotaOf {
        /// All discharges of the method.
        Discharges,
    }
    /// Where a quota is counted.
    QuotaScope {
        /// The whole region.
        Region,
        /// Each institution.
        Institution,
    }
    /// Ranking key of a quota, descending.
    RankBy {
        /// Cost above the standard.
        OverStandard,
        /// Cost.
        Cost,
    }
    /// What a readmission shares with the earlier stay.
    SameWhat {
        /// The payment group.
        Group,
        /// The ADRG.
        Adrg,
        /// Nothing.
        Any,
    }
    /// Which institution a readmission is to.
    SameInstitution {
        /// The same.
        Same,
        /// Any.
        Any,
    }
    /// From standard to fund (spec §1.7).
    FundMode {
        /// STD − P.
        MinusPatient,
        /// (STD − fields) × ratio.
        PolicyRatio,
        /// STD × ratio.
        AvgRatio,
        /// STD is fund money.
        Whole,
    }
    /// Source of a raise.
    RaiseFrom {
        /// The pool's reserve.
        Reserve,
    }
    /// Target of a saving.
    SavingTo {
        /// The pool's reserve.
        Reserve,
        /// The pool's residual.
        Residual,
        /// Back to the institutions in proportion.
        Renormalise,
    }
    /// Return of a deposit below the threshold.
    DepositBelow {
        /// score / threshold.
        ScoreOverThreshold,
        /// score / 100.
        #[serde(rename = "score_over_100")]
        ScoreOver100,
        /// Nothing.
        None,
    }
    /// Deviation of an indicator.
    Deviation {
        /// (value − reference) / reference.
        Relative,
        /// value − reference.
        Absolute,
    }
    /// Step counting.
    Steps {
        /// Whole steps.
        Whole,
        /// Linear.
        Linear,
    }
}
