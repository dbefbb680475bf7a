//! Readmission rates, one per definition of the pack: window, what is shared, where.

use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition};
use super::spec::Spec;
use crate::pack::indicators::{Place, Same};
use crate::settled::Bilingual;

/// Stays followed by a readmission over stays that name a person.
pub(super) fn indicators(spec: &Spec) -> Vec<Indicator> {
    let all = spec.readmission.iter().enumerate().map(|(at, rate)| {
        let (same_zh, same_en) = match rate.same {
            Same::Group => ("同病组", "same group"),
            Same::Adrg => ("同核心组", "same core group"),
            Same::Any => ("不限病组", "any group"),
        };
        let (place_zh, place_en) = match rate.institution {
            Place::Same => ("同一机构", "same institution"),
            Place::Any => ("不限机构", "any institution"),
        };
        let bound = if rate.inclusive { "≤" } else { "<" };
        let days = rate.window_days;
        let zh = format!("出院后 {bound} {days} 日再入院（{same_zh}，{place_zh}）的出院人次 ÷ 出院人次");
        let en = format!("stays followed within {bound} {days} days by another ({same_en}, {place_en}) ÷ stays");
        let mut words = definition(
            &format!("readmission.{}", rate.id),
            (&rate.title.zh, &rate.title.en),
            ("", ""),
            Unit::Share,
            super::SPEC,
        );
        words.formula = Bilingual { zh, en };
        let place = format!("readmission.{}", rate.id);
        Indicator { definition: words.ranked().cited(spec, &place), query, at }
    });
    all.collect()
}

fn query(view: &View<'_>, at: usize) -> Result<Option<Measure>, TooLarge> {
    let Some(persons) = &view.slice.persons else { return Ok(None) };
    let Some(readmitted) = persons.readmitted.get(at).copied() else { return Ok(None) };
    Ok(Measure::of_counts(readmitted, persons.stays, Unit::Share)?.map(|found| found.with_events(readmitted)))
}
