//! `[indicators]`: which definitions are chosen, with which windows, exclusions, lists and thresholds (spec §5, §8).

use std::collections::BTreeMap;

use serde::Deserialize;
use yibao_kernel::Ratio;
use yibao_policy::Path;
use yibao_policy::scalar::Scalar;
use yibao_policy::source::SourceRef;

use crate::settled::Bilingual;

/// `[indicators]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicators {
    /// A figure from fewer cases than this is not shown; default 10.
    pub small_sample: Option<u64>,
    /// The definition by which institutions are ranked; both are computed.
    #[serde(default)]
    pub index: IndexForm,
    /// Whether distinct persons are counted (visits per head).
    #[serde(default)]
    pub persons: bool,
    /// Base points of a weight of one, by method, where a method has points and no weights; default 100.
    #[serde(default)]
    pub points_per_weight: BTreeMap<String, u32>,
    /// What the grouping rate leaves out.
    pub grouping: Option<Grouping>,
    /// Readmission rates, each with its own window.
    #[serde(default)]
    pub readmission: Vec<Readmission>,
    /// Low-risk mortality.
    pub low_risk: Option<LowRisk>,
    /// Parts of the cost.
    #[serde(default)]
    pub structure: Vec<CostPart>,
    /// Cost outside the insurance lists.
    pub out_of_list: Option<FieldName>,
    /// Cases that were referred elsewhere.
    pub referral: Option<FieldName>,
    /// The heads that outpatient and hospitalisation rates are counted over.
    pub heads: Option<Heads>,
    /// Coverage targets of the three-year plan.
    pub plan: Option<Coverage>,
    /// Source.
    pub source: SourceRef,
}

impl Indicators {
    /// Every source of the table, with the path of what it is the source of.
    #[must_use]
    pub fn sources(&self) -> Vec<(Path, &SourceRef)> {
        let path = Path::of("indicators");
        let list = |list: &str, at: usize| path.key(list).at(at);
        let mut all = vec![(path.clone(), &self.source)];
        all.extend(self.grouping.iter().map(|one| (path.key("grouping"), &one.source)));
        all.extend(self.readmission.iter().enumerate().map(|(at, one)| (list("readmission", at), &one.source)));
        all.extend(self.low_risk.iter().map(|one| (path.key("low_risk"), &one.source)));
        all.extend(self.structure.iter().enumerate().map(|(at, one)| (list("structure", at), &one.source)));
        all.extend(self.out_of_list.iter().map(|one| (path.key("out_of_list"), &one.source)));
        all.extend(self.referral.iter().map(|one| (path.key("referral"), &one.source)));
        all.extend(self.heads.iter().map(|one| (path.key("heads"), &one.source)));
        all.extend(self.plan.iter().map(|one| (path.key("plan"), &one.source)));
        all
    }
}

/// The two definitions of the cost and the time index; they differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexForm {
    /// The case-weighted mean, over groups, of own mean ÷ region mean.
    #[default]
    MeanOfRatios,
    /// Own total ÷ what the same cases would have had at the region's means.
    TotalOverExpected,
}

/// `[indicators.grouping]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grouping {
    /// Cases outside both numerator and denominator; a case that meets one of them is left out.
    pub exclude: Vec<Exclusion>,
    /// Source.
    pub source: SourceRef,
}

/// `{ field = "los_days", gt = "60" }`: exactly one of the four comparisons.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// What is compared.
    pub field: ExclusionField,
    /// Below.
    pub lt: Option<Scalar>,
    /// Below or equal.
    pub le: Option<Scalar>,
    /// Above.
    pub gt: Option<Scalar>,
    /// Above or equal.
    pub ge: Option<Scalar>,
}

/// A number every stored case has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionField {
    /// Length of stay, days.
    LosDays,
    /// Total cost, yuan.
    Cost,
}

/// `[[indicators.readmission]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readmission {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// Days from discharge to the next admission.
    pub window_days: u16,
    /// Whether the last day counts.
    pub inclusive: bool,
    /// What both stays share.
    pub same: Same,
    /// Whether both are in the same institution.
    pub institution: Place,
    /// Source.
    pub source: SourceRef,
}

/// What two stays must share to count as a readmission.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Same {
    /// The group.
    Group,
    /// The core group.
    Adrg,
    /// Nothing.
    Any,
}

/// Where the second stay is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// In the same institution.
    Same,
    /// Anywhere in the region.
    Any,
}

/// `[indicators.low_risk]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LowRisk {
    /// List table of the groups of low risk, keyed by `group`.
    pub table: String,
    /// Discharge statuses that mean death.
    pub died: Vec<String>,
    /// Source.
    pub source: SourceRef,
}

/// `[[indicators.structure]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostPart {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// An extra field of kind `fen`.
    pub field: String,
    /// Source.
    pub source: SourceRef,
}

/// A field with its source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldName {
    /// An extra field.
    pub field: String,
    /// Source.
    pub source: SourceRef,
}

/// `[indicators.heads]`. Exactly one of `insured` and `from`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heads {
    /// Average number of insured persons of the region.
    pub insured: Option<u64>,
    /// Counted from the facts: head-months of the `heads` rows ÷ 12.
    pub from: Option<HeadsFrom>,
    /// Source.
    pub source: SourceRef,
}

/// Where heads are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeadsFrom {
    /// In the rows of kind `heads`.
    Facts,
}

/// `[indicators.plan]`: the three-year plan of payment reform.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// Programme year, 1 to 3.
    pub programme_year: u8,
    /// Methods that count as payment by disease (DRG, DIP).
    pub methods: Vec<String>,
    /// Regions of the province: covered and all.
    pub regions: Option<CountTarget>,
    /// Institutions of the region that treat inpatients.
    pub institutions: Option<CountTarget>,
    /// Groups of the scheme.
    pub diseases: Option<CountTarget>,
    /// Share of the inpatient fund.
    pub fund: Option<ShareTarget>,
    /// Grouping rate encouraged.
    pub grouping_rate: Option<Ratio>,
    /// Source.
    pub source: SourceRef,
}

/// A target of which the denominator is data.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountTarget {
    /// How many are covered; absent: counted from the facts.
    pub covered: Option<u64>,
    /// How many there are.
    pub all: u64,
    /// Share to add in each programme year; the target is their sum so far.
    pub added: Option<Vec<Ratio>>,
    /// Share to reach in each programme year.
    pub at_least: Option<Vec<Ratio>>,
}

/// A target of which numerator and denominator are facts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareTarget {
    /// Share to add in each programme year.
    pub added: Option<Vec<Ratio>>,
    /// Share to reach in each programme year.
    pub at_least: Option<Vec<Ratio>>,
}
