//! Visits per head (人次人头比): how often the same patients come.

use super::SPEC;
use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition};

/// Stays over distinct patients, and the same for outpatient visits.
pub(super) fn indicators() -> [Indicator; 2] {
    let stays = definition(
        "visits_per_head",
        ("住院人次人头比", "stays per patient"),
        ("住院人次 ÷ 住院人数", "stays ÷ distinct patients"),
        Unit::PerHead,
        SPEC,
    );
    let visits = definition(
        "outpatient_visits_per_head",
        ("门诊人次人头比", "visits per patient"),
        ("门诊人次 ÷ 门诊人数", "outpatient visits ÷ distinct patients"),
        Unit::PerHead,
        SPEC,
    );
    [
        Indicator { definition: stays.ranked(), query: of_stays, at: 0 },
        Indicator { definition: visits.ranked(), query: of_visits, at: 0 },
    ]
}

fn of_stays(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let Some(persons) = &view.slice.persons else { return Ok(None) };
    Measure::of_counts(persons.stays, persons.patients, Unit::PerHead)
}

fn of_visits(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let Some(persons) = &view.slice.persons else { return Ok(None) };
    Measure::of_counts(persons.visits, persons.visitors, Unit::PerHead)
}
