//! Mortality: the outcome that every record has.

use super::SPEC;
use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition};
use super::spec::Spec;

/// Deaths over stays; only where the pack says which discharge status is death.
pub(super) fn indicator(spec: &Spec) -> Option<Indicator> {
    spec.low_risk.as_ref()?;
    Some(Indicator {
        definition: definition(
            "mortality",
            ("住院死亡率", "mortality"),
            ("死亡病例 ÷ 住院人次", "deaths ÷ stays"),
            Unit::Share,
            SPEC,
        )
        .cited(spec, "low_risk"),
        query,
        at: 0,
    })
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let stays = view.slice.stays();
    Ok(Measure::of_counts(stays.deaths, stays.cases, Unit::Share)?.map(|found| found.with_events(stays.deaths)))
}
