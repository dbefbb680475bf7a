//! Cost per stay.

use super::SPEC;
use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition, number};

/// Total cost over stays (次均费用).
pub(super) fn indicator() -> Indicator {
    Indicator {
        definition: definition(
            "cost_per_stay",
            ("次均住院费用", "cost per stay"),
            ("住院总费用 ÷ 住院人次", "total cost of stays ÷ stays"),
            Unit::Yuan,
            SPEC,
        )
        .ranked(),
        query,
        at: 0,
    }
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let stays = view.slice.stays();
    Measure::quotient(number(stays.cost, 2)?, number(i128::from(stays.cases), 0)?, Unit::Yuan, stays.cases)
}
