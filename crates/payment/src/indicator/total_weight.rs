//! Total weight.

use yibao_kernel::Decimal;

use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition, number};
use super::{EXPLAINER, TO_WEIGHT};

/// The sum of the weights of the grouped cases.
pub(super) fn indicator() -> Indicator {
    Indicator {
        definition: definition(
            "total_weight",
            ("总权重", "total weight"),
            ("Σ 各组病例数 × 权重", "sum over groups of cases × weight"),
            Unit::Weight,
            EXPLAINER,
        ),
        query,
        at: 0,
    }
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let stays = view.slice.stays();
    Ok(Measure::quotient(number(stays.weight, TO_WEIGHT)?, Decimal::new(1, 0), Unit::Weight, stays.weighted)?
        .filter(|_| stays.weighted > 0))
}
