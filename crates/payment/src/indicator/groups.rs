//! Number of groups.

use super::EXPLAINER;
use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition};

/// Distinct groups with at least one case: the breadth of what is treated.
pub(super) fn indicator() -> Indicator {
    Indicator {
        definition: definition(
            "groups",
            ("组数", "number of groups"),
            ("至少有一例的病组个数", "distinct groups with at least one case"),
            Unit::Count,
            EXPLAINER,
        ),
        query,
        at: 0,
    }
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    Measure::count(view.slice.groups.len() as u64, view.slice.stays().grouped)
}
