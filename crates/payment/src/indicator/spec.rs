//! The chosen definitions, resolved: what a settled folder stores beside its cases, so that indicators can be computed
//! from the folder alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yibao_kernel::{Fen, Ratio};
use yibao_policy::scalar::Scalar;
use yibao_record::stays::{Stays, Symbols};

use crate::pack::Pack;
use crate::pack::indicators::{
    CountTarget, Coverage, Exclusion, ExclusionField, IndexForm, Indicators, Place, Same, ShareTarget,
};
use crate::plan::Plan;
use crate::plan::compile::citation;
use crate::settled::Bilingual;

/// Threshold when a pack states none: figures from fewer cases are not shown.
pub const SMALL_SAMPLE: u64 = 10;

/// Base points of a weight of one when a pack states none: a group that costs the mean has 100.
pub const POINTS_PER_WEIGHT: u32 = 100;

/// The definitions in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// A figure from fewer cases is not shown.
    pub small_sample: u64,
    /// The definition that ranks.
    pub index: IndexForm,
    /// Base points of a weight of one, by method; where a method is not named, [`POINTS_PER_WEIGHT`].
    pub points_per_weight: BTreeMap<String, u32>,
    /// What the grouping rate leaves out.
    pub exclude: Vec<Excluded>,
    /// Readmission rates.
    pub readmission: Vec<ReadmissionRate>,
    /// Low-risk mortality.
    pub low_risk: Option<LowRiskGroups>,
    /// Parts of the cost.
    pub structure: Vec<Part>,
    /// Field with the cost outside the lists.
    pub out_of_list: Option<String>,
    /// Field that is given on referred cases.
    pub referral: Option<String>,
    /// Insured persons stated by the pack.
    pub insured: Option<u64>,
    /// The three-year plan.
    pub plan: Option<PlanTargets>,
    /// Source of each definition the pack states, by its place under `[indicators]`.
    pub sources: BTreeMap<String, String>,
}

impl Default for Spec {
    fn default() -> Self {
        Spec {
            small_sample: SMALL_SAMPLE,
            index: IndexForm::MeanOfRatios,
            points_per_weight: BTreeMap::new(),
            exclude: Vec::new(),
            readmission: Vec::new(),
            low_risk: None,
            structure: Vec::new(),
            out_of_list: None,
            referral: None,
            insured: None,
            plan: None,
            sources: BTreeMap::new(),
        }
    }
}

/// How a number is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Below.
    Lt,
    /// Below or equal.
    Le,
    /// Above.
    Gt,
    /// Above or equal.
    Ge,
}

/// An exclusion: days as days, cost in fen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excluded {
    /// What is compared.
    pub field: ExclusionField,
    /// How.
    pub comparison: Comparison,
    /// With what.
    pub value: i64,
}

impl Excluded {
    /// Whether a case of so many days and so much cost is left out.
    #[must_use]
    pub const fn leaves_out(&self, los_days: i32, cost_fen: i64) -> bool {
        let number = match self.field {
            ExclusionField::LosDays => los_days as i64,
            ExclusionField::Cost => cost_fen,
        };
        match self.comparison {
            Comparison::Lt => number < self.value,
            Comparison::Le => number <= self.value,
            Comparison::Gt => number > self.value,
            Comparison::Ge => number >= self.value,
        }
    }

    /// The one comparison of a written exclusion; what is wrong with it otherwise.
    ///
    /// # Errors
    /// Message and hint.
    pub fn of(written: &Exclusion) -> Result<Self, (String, &'static str)> {
        let stated = [
            (Comparison::Lt, &written.lt),
            (Comparison::Le, &written.le),
            (Comparison::Gt, &written.gt),
            (Comparison::Ge, &written.ge),
        ];
        let mut stated =
            stated.into_iter().filter_map(|(comparison, value)| value.as_ref().map(|one| (comparison, one)));
        let (Some((comparison, value)), None) = (stated.next(), stated.next()) else {
            return Err(("an exclusion has exactly one comparison".to_owned(), "state one of lt, le, gt, ge"));
        };
        let number = match (written.field, value) {
            (ExclusionField::LosDays, value) => value.to_string().parse::<i64>().ok(),
            (ExclusionField::Cost, Scalar::Text(text)) => Fen::parse_yuan(text.as_bytes()).ok().map(Fen::get),
            (ExclusionField::Cost, Scalar::Integer(yuan)) => yuan.checked_mul(100),
            (ExclusionField::Cost, Scalar::Boolean(_)) => None,
        };
        let Some(value) = number else {
            let hint = match written.field {
                ExclusionField::LosDays => "write whole days, like 60",
                ExclusionField::Cost => "write yuan, like \"5.00\"",
            };
            return Err((format!("{value} cannot be compared with this field"), hint));
        };
        Ok(Excluded { field: written.field, comparison, value })
    }
}

/// A readmission rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReadmissionRate {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// Window.
    pub window_days: u16,
    /// Whether its last day counts.
    pub inclusive: bool,
    /// What both stays share.
    pub same: Same,
    /// Where the second is.
    pub institution: Place,
}

/// Groups of low risk, and what counts as death.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LowRiskGroups {
    /// The groups of this settlement that are on the list, ascending.
    pub groups: Vec<String>,
    /// Discharge statuses.
    pub died: Vec<String>,
}

/// A part of the cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// Field.
    pub field: String,
}

/// The targets of the three-year plan, for one programme year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanTargets {
    /// Programme year.
    pub programme_year: u8,
    /// Methods by disease.
    pub methods: Vec<String>,
    /// Regions: covered, all, target.
    pub regions: Option<Target>,
    /// Institutions.
    pub institutions: Option<Target>,
    /// Diseases.
    pub diseases: Option<Target>,
    /// Fund.
    pub fund: Option<Target>,
    /// Grouping rate.
    pub grouping_rate: Option<String>,
}

/// One target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Stated number covered.
    pub covered: Option<u64>,
    /// Stated number there is.
    pub all: Option<u64>,
    /// The share to reach, an exact number as text.
    pub share: String,
}

/// The share to reach in a programme year: the value of the year, or the sum of what was added so far.
///
/// # Errors
/// Why there is none: message and hint.
pub fn target_share(
    year: u8,
    added: Option<&[Ratio]>,
    at_least: Option<&[Ratio]>,
) -> Result<Ratio, (String, &'static str)> {
    let number = usize::from(year);
    let missing = || {
        (
            format!("no target for programme year {year}"),
            "state one value per programme year, like [ \"0.30\", \"0.50\", \"0.70\" ]",
        )
    };
    match (added, at_least) {
        (None, Some(list)) => list.get(number.wrapping_sub(1)).copied().ok_or_else(missing),
        (Some(list), None) => {
            let so_far = list.get(..number).filter(|_| number > 0).ok_or_else(missing)?;
            let sum = so_far.iter().try_fold(Ratio::ZERO, |sum, one| sum.checked_add(*one));
            sum.map_err(|_| ("the added shares are absurd".to_owned(), "write shares like \"0.40\""))
        }
        _ => Err((
            "a target has exactly one of `added` and `at_least`".to_owned(),
            "state one list, a share per programme year",
        )),
    }
}

/// Whether an indicator asks who the patient was.
#[must_use]
pub fn needs_persons(chosen: &Indicators) -> bool {
    chosen.persons || !chosen.readmission.is_empty()
}

impl Spec {
    /// The definitions a pack chose, or the defaults. The pack was checked.
    #[must_use]
    pub fn of(pack: &Pack, plan: &Plan, stays: &Stays, symbols: &Symbols) -> Self {
        let Some(chosen) = &pack.indicators else { return Spec::default() };
        Spec {
            small_sample: chosen.small_sample.unwrap_or(SMALL_SAMPLE),
            index: chosen.index,
            points_per_weight: chosen.points_per_weight.clone(),
            exclude: chosen
                .grouping
                .iter()
                .flat_map(|grouping| grouping.exclude.iter().filter_map(|one| Excluded::of(one).ok()))
                .collect(),
            readmission: chosen
                .readmission
                .iter()
                .map(|one| ReadmissionRate {
                    id: one.id.clone(),
                    title: one.title.clone(),
                    window_days: one.window_days,
                    inclusive: one.inclusive,
                    same: one.same,
                    institution: one.institution,
                })
                .collect(),
            low_risk: chosen
                .low_risk
                .as_ref()
                .map(|low| LowRiskGroups { groups: listed(plan, &low.table, stays, symbols), died: low.died.clone() }),
            structure: chosen
                .structure
                .iter()
                .map(|part| Part { id: part.id.clone(), title: part.title.clone(), field: part.field.clone() })
                .collect(),
            out_of_list: chosen.out_of_list.as_ref().map(|one| one.field.clone()),
            referral: chosen.referral.as_ref().map(|one| one.field.clone()),
            insured: chosen.heads.as_ref().and_then(|heads| heads.insured),
            plan: chosen.plan.as_ref().and_then(targets),
            sources: sources(pack, chosen),
        }
    }

    /// Extra fields that must be stored with the cases, in order, each once.
    #[must_use]
    pub fn fields(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let all = self.structure.iter().map(|part| &part.field).chain(&self.out_of_list).chain(&self.referral);
        for name in all {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }
}

/// The groups of these stays that a list table holds on the last settled day.
fn listed(plan: &Plan, table: &str, stays: &Stays, symbols: &Symbols) -> Vec<String> {
    let day = plan.window.until.and_then(|day| day.add_days(-1).ok()).unwrap_or(plan.window.from);
    let Some(rows) = plan.tables.0.iter().find(|one| one.name == table).and_then(|table| table.on(day)) else {
        return Vec::new();
    };
    let mut seen = vec![false; symbols.len()];
    for at in stays.group.iter().filter_map(|group| group.index()) {
        if let Some(flag) = seen.get_mut(at) {
            *flag = true;
        }
    }
    let ids = (0..u32::try_from(seen.len()).unwrap_or(u32::MAX)).map(yibao_record::stays::Symbol);
    let mut groups: Vec<String> = ids
        .zip(seen)
        .filter(|(symbol, seen)| *seen && rows.get(&[*symbol]).is_some())
        .map(|(symbol, _)| symbols.text(symbol).to_owned())
        .collect();
    groups.sort();
    groups
}

fn targets(plan: &Coverage) -> Option<PlanTargets> {
    let year = plan.programme_year;
    let count = |target: &CountTarget| {
        let share = target_share(year, target.added.as_deref(), target.at_least.as_deref()).ok()?;
        Some(Target { covered: target.covered, all: Some(target.all), share: share.to_string() })
    };
    let share = |target: &ShareTarget| {
        let share = target_share(year, target.added.as_deref(), target.at_least.as_deref()).ok()?;
        Some(Target { covered: None, all: None, share: share.to_string() })
    };
    Some(PlanTargets {
        programme_year: year,
        methods: plan.methods.clone(),
        regions: plan.regions.as_ref().and_then(count),
        institutions: plan.institutions.as_ref().and_then(count),
        diseases: plan.diseases.as_ref().and_then(count),
        fund: plan.fund.as_ref().and_then(share),
        grouping_rate: plan.grouping_rate.map(|share| share.to_string()),
    })
}

fn sources(pack: &Pack, chosen: &Indicators) -> BTreeMap<String, String> {
    let mut all: Vec<(String, &yibao_policy::source::SourceRef)> = vec![("indicators".to_owned(), &chosen.source)];
    all.extend(chosen.grouping.iter().map(|one| ("grouping".to_owned(), &one.source)));
    all.extend(chosen.readmission.iter().map(|one| (format!("readmission.{}", one.id), &one.source)));
    all.extend(chosen.low_risk.iter().map(|one| ("low_risk".to_owned(), &one.source)));
    all.extend(chosen.structure.iter().map(|one| (format!("structure.{}", one.id), &one.source)));
    all.extend(chosen.out_of_list.iter().map(|one| ("out_of_list".to_owned(), &one.source)));
    all.extend(chosen.referral.iter().map(|one| ("referral".to_owned(), &one.source)));
    all.extend(chosen.heads.iter().map(|one| ("heads".to_owned(), &one.source)));
    all.extend(chosen.plan.iter().map(|one| ("plan".to_owned(), &one.source)));
    let words = |source| {
        let cited = citation(pack, source)?;
        let parts = [Some(cited.document), cited.article, cited.url];
        Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
    };
    all.into_iter().filter_map(|(place, source)| Some((place, words(source)?))).collect()
}
