//! Case-mix index.

use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition, number};
use super::{EXPLAINER, TO_WEIGHT};

/// Total weight over the grouped cases; ambiguous and ungrouped cases are in neither.
pub(super) fn indicator() -> Indicator {
    Indicator {
        definition: definition(
            "cmi",
            ("病例组合指数 CMI", "case-mix index (CMI)"),
            (
                "总权重 ÷ 入组病例数（歧义组、未入组病例不计）",
                "total weight ÷ grouped cases (ambiguous and ungrouped left out)",
            ),
            Unit::Weight,
            EXPLAINER,
        )
        .ranked(),
        query,
        at: 0,
    }
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let stays = view.slice.stays();
    let weight = number(stays.weight, TO_WEIGHT)?;
    Measure::quotient(weight, number(i128::from(stays.weighted), 0)?, Unit::Weight, stays.weighted)
}
