//! Mean stay.

use super::SPEC;
use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition, number};

/// Days over stays (平均住院日).
pub(super) fn indicator() -> Indicator {
    Indicator {
        definition: definition(
            "mean_stay",
            ("平均住院日", "mean stay"),
            ("住院日数 ÷ 住院人次", "days ÷ stays"),
            Unit::Days,
            SPEC,
        ),
        query,
        at: 0,
    }
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let stays = view.slice.stays();
    Measure::quotient(number(stays.days, 0)?, number(i128::from(stays.cases), 0)?, Unit::Days, stays.cases)
}
