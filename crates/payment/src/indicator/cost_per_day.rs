//! Cost per day of stay, which the assessment of bed-day payment looks at beside the mean stay.

use super::SPEC;
use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition, number};

/// Total cost over days of stay (日均费用).
pub(super) fn indicator() -> Indicator {
    Indicator {
        definition: definition(
            "cost_per_day",
            ("床日均费用", "cost per day of stay"),
            ("住院总费用 ÷ 住院日数", "total cost of stays ÷ days"),
            Unit::Yuan,
            SPEC,
        ),
        query,
        at: 0,
    }
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let stays = view.slice.stays();
    Measure::quotient(number(stays.cost, 2)?, number(stays.days, 0)?, Unit::Yuan, stays.cases)
}
