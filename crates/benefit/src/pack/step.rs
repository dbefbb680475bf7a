//! Packages and their ordered steps.

use schemars::JsonSchema;
use serde::Deserialize;
use yibao_policy::node::Node;
use yibao_policy::source::SourceRef;

use super::header::{Bilingual, RoundingRule};
use super::values::{Adjust, Value};

/// `[package.NAME]`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Title.
    pub title: Bilingual,
    /// Which day decides on values and facts; default the last day of the bill.
    #[serde(default)]
    pub as_of: AsOf,
    /// Its steps, in order.
    #[serde(default)]
    pub step: Vec<Step>,
}

/// Which day decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AsOf {
    /// The last day of the bill.
    #[default]
    End,
    /// The first day of the stay.
    Start,
}

/// One step.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Id, unique in its package.
    pub id: String,
    /// The verb.
    pub r#use: Verb,
    /// Title.
    pub title: Option<Bilingual>,
    /// When it applies; always when absent.
    #[schemars(with = "Option<serde_json::Value>")]
    pub when: Option<Node>,
    /// `layer`, `top_up`: who pays.
    pub fund: Option<String>,
    /// `layer`, `top_up`, `account`: what may be paid, in order.
    #[serde(default)]
    pub base: Vec<Bucket>,
    /// `layer`: counted on the sum of a window, paying `F(after) − F(before)`.
    pub cumulative: Option<Cumulative>,
    /// `layer`: what the person bears first.
    pub deductible: Option<Deductible>,
    /// `layer`: bands and ratios.
    pub bands: Option<Bands>,
    /// `layer`: highest amounts.
    #[serde(default)]
    pub cap: Vec<Cap>,
    /// `layer` on what others left: where what it looked at and does not pay goes; by default it stays.
    pub left: Option<Bucket>,
    /// `layer`: the amount is decided elsewhere and stated by the bill.
    #[serde(default)]
    pub given: bool,
    /// `first_self`: share of the in-scope amount. `top_up`: the most the person bears, as a share.
    pub ratio: Option<Value>,
    /// `top_up`: of what the share is taken; default `in_scope`.
    pub of: Option<TopUpOf>,
    /// `account`: balances in the order they are used.
    #[serde(default)]
    pub order: Vec<Balance>,
    /// `account`: the most one bill may take.
    pub most: Option<Value>,
    /// `include`: the chain whose steps stand here.
    pub chain: Option<String>,
    /// Source.
    #[schemars(with = "Option<serde_json::Value>")]
    pub source: Option<SourceRef>,
}

/// What a step does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// A first share of the in-scope amount stays with the person.
    FirstSelf,
    /// A fund pays.
    Layer,
    /// A fund pays what the person would bear above a share.
    TopUp,
    /// Personal accounts pay.
    Account,
    /// The steps of a chain.
    Include,
}

/// What the person still bears, by the reason.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// Outside the catalogue, class C, restriction not met.
    FullSelf,
    /// Above a limit.
    OverLimit,
    /// First self-pay of class B.
    FirstSelf,
    /// First self-pay for care out of area.
    AreaFirstSelf,
    /// In scope, not yet looked at by the pooled fund.
    InScope,
    /// Deductible.
    Deductible,
    /// The person's share of bands.
    Copay,
    /// Beyond a cap.
    OverCap,
    /// Payable by nobody but the person in cash.
    Barred,
}

impl Bucket {
    /// All, in order.
    pub const ALL: [Self; 9] = [
        Self::FullSelf,
        Self::OverLimit,
        Self::FirstSelf,
        Self::AreaFirstSelf,
        Self::InScope,
        Self::Deductible,
        Self::Copay,
        Self::OverCap,
        Self::Barred,
    ];

    /// The word used in packs and files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::FullSelf => "full_self",
            Self::OverLimit => "over_limit",
            Self::FirstSelf => "first_self",
            Self::AreaFirstSelf => "area_first_self",
            Self::InScope => "in_scope",
            Self::Deductible => "deductible",
            Self::Copay => "copay",
            Self::OverCap => "over_cap",
            Self::Barred => "barred",
        }
    }
}

/// A stretch of time something is counted over.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// This bill alone.
    Bill,
    /// A day.
    Day,
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// An insurance year.
    Year,
    /// A stay, over its interim bills.
    Stay,
    /// A settlement period within a stay.
    Period,
    /// A registration of the bill's disease.
    Registration,
    /// For ever.
    Lifetime,
}

/// `cumulative` of a layer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cumulative {
    /// Over which time.
    pub window: WindowKind,
    /// Name shared with other layers that count together.
    pub group: Option<String>,
}

/// `deductible` of a layer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deductible {
    /// Over which time it is borne once; not stated for a cumulative layer.
    pub window: Option<WindowKind>,
    /// Name shared with other layers.
    pub group: Option<String>,
    /// Dimensions it is kept apart by.
    #[serde(default)]
    pub per: Vec<String>,
    /// Rows.
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Value>")]
    pub rows: Vec<Node>,
    /// Adjustments.
    #[serde(default)]
    pub adjust: Vec<Adjust>,
    /// A named value instead of rows.
    pub value: Option<String>,
    /// Borne again for every so many days of the stay.
    pub every_days: Option<u32>,
    /// Consecutive calculation on referral.
    pub referral: Option<ReferralRule>,
    /// The most of all deductibles in a window.
    pub ceiling: Option<Ceiling>,
    /// Source.
    #[schemars(with = "Option<serde_json::Value>")]
    pub source: Option<SourceRef>,
}

/// The deductible of a referred stay.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReferralRule {
    /// To a higher level.
    pub up: ReferralDeductible,
    /// To a lower level.
    pub down: ReferralDeductible,
}

/// The deductible of a referred stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReferralDeductible {
    /// Its own, in full.
    Full,
    /// Only what lies above that of the stay it came from.
    Difference,
    /// None.
    Waived,
}

/// `ceiling` of a deductible.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ceiling {
    /// Over which time.
    pub window: WindowKind,
    /// Name shared with other layers.
    pub group: Option<String>,
    /// Rows.
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Value>")]
    pub rows: Vec<Node>,
    /// A named value instead of rows.
    pub value: Option<String>,
}

/// `bands` of a layer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bands {
    /// Where the first band begins: at zero with the deductible inside, or after the deductible.
    #[serde(default)]
    pub from: BandsFrom,
    /// Over which time the position is counted; default this bill.
    pub window: Option<WindowKind>,
    /// Name shared with other layers.
    pub group: Option<String>,
    /// Rows: `bands = [{ upto = "30000.00", pays = "0.85" }, { pays = "0.90" }]`, or `pays = "0.85"`.
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Value>")]
    pub rows: Vec<Node>,
    /// Adjustments of every ratio.
    #[serde(default)]
    pub adjust: Vec<Adjust>,
    /// A named value instead of rows.
    pub value: Option<String>,
    /// Rounding; default that of the pack.
    pub rounding: Option<RoundingRule>,
    /// Source.
    #[schemars(with = "Option<serde_json::Value>")]
    pub source: Option<SourceRef>,
}

/// Where the first band begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BandsFrom {
    /// At zero: the deductible lies inside the first bands.
    Zero,
    /// After the deductible.
    #[default]
    Deductible,
}

/// One of `cap` of a layer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// What is capped.
    pub on: CapOn,
    /// Over which time.
    pub window: WindowKind,
    /// Name shared with other layers.
    pub group: Option<String>,
    /// Dimensions it is kept apart by.
    #[serde(default)]
    pub per: Vec<String>,
    /// Rows; `value = "none"` for no cap.
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Value>")]
    pub rows: Vec<Node>,
    /// Adjustments.
    #[serde(default)]
    pub adjust: Vec<Adjust>,
    /// A named value instead of rows.
    pub value: Option<String>,
    /// Several registered diseases together.
    pub several: Option<Several>,
    /// Source.
    #[schemars(with = "Option<serde_json::Value>")]
    pub source: Option<SourceRef>,
}

/// What a cap is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CapOn {
    /// What the fund pays.
    Payment,
    /// The base, with the deductible.
    Base,
    /// The base after the deductible.
    Payable,
}

/// Quotas of several diseases as one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Several {
    /// The dimension of diseases.
    pub dimension: String,
    /// The words that count; all when absent. A registration of another word does not.
    pub of: Option<Vec<String>>,
    /// What counts of the highest quota, the next, …; the last holds for all further ones.
    pub ranks: Vec<String>,
    /// The most of all.
    pub at_most: Option<String>,
}

/// Of what a top-up takes its share.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TopUpOf {
    /// The in-scope amount.
    InScope,
    /// The bill's total.
    Total,
}

/// A kind of balance.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Balance {
    /// This year's credit.
    Current,
    /// Earlier years.
    Earlier,
    /// Family members' accounts.
    Family,
}
