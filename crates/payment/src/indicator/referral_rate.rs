//! Referral rate.

use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition};
use super::spec::Spec;

/// Cases with the pack's referral field given over all stays and visits (转诊率).
pub(super) fn indicator(spec: &Spec) -> Option<Indicator> {
    spec.referral.as_ref()?;
    Some(Indicator {
        definition: definition(
            "referral_rate",
            ("转诊率", "referral rate"),
            ("转诊人次 ÷ 住院与门诊人次", "referred cases ÷ stays and visits"),
            Unit::Share,
            super::SPEC,
        )
        .cited(spec, "referral"),
        query,
        at: 0,
    })
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let [stays, visits, _] = &view.slice.kinds;
    let referred = stays.referred + visits.referred;
    Ok(Measure::of_counts(referred, stays.cases + visits.cases, Unit::Share)?.map(|found| found.with_events(referred)))
}
