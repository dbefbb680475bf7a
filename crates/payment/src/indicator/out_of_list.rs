//! Out-of-list share.

use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition};
use super::spec::Spec;

/// Cost outside the insurance lists over the cost of the stays that state it (目录外费用占比).
pub(super) fn indicator(spec: &Spec) -> Option<Indicator> {
    spec.out_of_list.as_ref()?;
    Some(Indicator {
        definition: definition(
            "out_of_list",
            ("目录外费用占比", "out-of-list share"),
            ("目录外费用 ÷ 住院总费用", "cost outside the lists ÷ cost of stays"),
            Unit::Share,
            super::SPEC,
        )
        .ranked()
        .cited(spec, "out_of_list"),
        query,
        at: 0,
    })
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let part = view.slice.stays().out_of_list;
    Measure::of_amounts(part.amount, part.cost, part.cases)
}
