//! Indicators (spec §5): queries over settled facts, one file each. Numerator and denominator are kept; the value is exact
//! until it is published; the definition is named and cited, and where two are in use both are computed.

mod cmi;
mod cost_index;
mod cost_per_day;
mod cost_per_stay;
pub mod facts;
mod grouping_rate;
mod groups;
mod heads;
mod hospitalisation_rate;
mod index;
mod low_risk_mortality;
mod mean_stay;
mod measure;
mod mortality;
mod out_of_list;
mod outpatient_rate;
mod patient_share;
pub mod persons;
mod plan_coverage;
mod readmission;
mod referral_rate;
mod settlement_rate;
pub mod spec;
mod structure;
pub mod sums;
pub mod suppression;
mod time_index;
mod total_weight;
mod visits_per_head;

pub use measure::{Definition, Indicator, Measure, TooLarge, Unit, View};
pub use plan_coverage::coverage;
pub use spec::Spec;
pub use sums::{Given, Kind, Persons, Slice, Sums};

/// Decimal places of the sums of weights.
const TO_WEIGHT: u8 = 8;

/// Public explainer of group counts, total weight, CMI and low-risk mortality.
const EXPLAINER: &str = "DRG 绩效指标公开解读 · https://kpfans.com/article/bOWYA1k4WG.html";
/// Public explainer of what the grouping rate leaves out.
const EXCLUSIONS: &str = "入组率口径公开解读 · https://www.rehr.cn/seogonglue/8657.html";
/// Where two definitions of the index stand side by side.
const BOTH_DEFINITIONS: &str =
    "两种口径并存，均列出 · both definitions are in use and shown · https://kpfans.com/article/bOWYA1k4WG.html";
/// The three-year plan.
const PLAN: &str = "DRG/DIP 支付方式改革三年行动计划 · http://caijing.eeju.com/shichang/2021/1126/16235.html";
/// Definitions that need no source beyond their words.
const SPEC: &str = "定义即公式 · the formula is the definition";

/// Every indicator the definitions allow, in the order of the tables.
#[must_use]
pub fn catalogue(spec: &Spec) -> Vec<Indicator> {
    let mut all = vec![groups::indicator(), total_weight::indicator(), cmi::indicator()];
    all.extend(cost_index::indicators(spec.index));
    all.extend(time_index::indicators(spec.index));
    all.extend([cost_per_stay::indicator(), cost_per_day::indicator(), mean_stay::indicator()]);
    all.extend(visits_per_head::indicators());
    all.extend(readmission::indicators(spec));
    all.extend(low_risk_mortality::indicator(spec));
    all.extend(mortality::indicator(spec));
    all.extend(structure::indicators(spec));
    all.extend(out_of_list::indicator(spec));
    all.extend([patient_share::indicator(), grouping_rate::indicator(spec)]);
    all.extend([outpatient_rate::indicator(spec), hospitalisation_rate::indicator(spec)]);
    all.extend(referral_rate::indicator(spec));
    all.push(settlement_rate::indicator());
    all.extend(plan_coverage::indicators(spec));
    all
}

#[cfg(test)]
mod tests;
