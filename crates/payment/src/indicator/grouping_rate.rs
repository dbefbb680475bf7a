//! Grouping rate.

use super::EXCLUSIONS;
use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition};
use super::spec::Spec;

/// Grouped over all cases but those the pack leaves out (often stays above 60 days, costs below 5 yuan).
pub(super) fn indicator(spec: &Spec) -> Indicator {
    Indicator {
        definition: definition(
            "grouping_rate",
            ("入组率", "grouping rate"),
            ("入组病例 ÷ (全部病例 − 按规则剔除的病例)", "grouped cases ÷ (all cases − those left out by rule)"),
            Unit::Share,
            EXCLUSIONS,
        )
        .cited(spec, "grouping"),
        query,
        at: 0,
    }
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let stays = view.slice.stays();
    Measure::of_counts(stays.countable_grouped, stays.countable, Unit::Share)
}
