//! Settlement rate.

use super::SPEC;
use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition, number};

/// Cleared over accounted fund (清算率), all kinds of cases together.
pub(super) fn indicator() -> Indicator {
    Indicator {
        definition: definition(
            "settlement_rate",
            ("清算率", "settlement rate"),
            ("清算额 ÷ 记账基金", "cleared ÷ accounted fund"),
            Unit::Share,
            SPEC,
        ),
        query,
        at: 0,
    }
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let kinds = &view.slice.kinds;
    let paid: i128 = kinds.iter().map(|sums| sums.paid).sum();
    let fund: i128 = kinds.iter().map(|sums| sums.fund).sum();
    Measure::quotient(number(paid, 2)?, number(fund, 2)?, Unit::Share, view.slice.rows())
}
