//! Low-risk mortality.

use super::EXPLAINER;
use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition};
use super::spec::Spec;

/// Deaths over cases in the groups of low risk. Which groups those are is data: the usual rule, the logarithm of a
/// group's death rate against the mean less one standard deviation, has no exact form.
pub(super) fn indicator(spec: &Spec) -> Option<Indicator> {
    spec.low_risk.as_ref()?;
    Some(Indicator {
        definition: definition(
            "low_risk_mortality",
            ("低风险组死亡率", "low-risk mortality"),
            ("低风险组死亡病例 ÷ 低风险组病例", "deaths ÷ cases, in the groups of low risk"),
            Unit::Share,
            EXPLAINER,
        )
        .cited(spec, "low_risk"),
        query,
        at: 0,
    })
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let stays = view.slice.stays();
    let (deaths, cases) = (stays.low_risk_deaths, stays.low_risk);
    Ok(Measure::of_counts(deaths, cases, Unit::Share)?.map(|found| found.with_events(deaths)))
}
