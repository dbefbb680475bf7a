//! Structure of the cost: drugs, consumables, tests, services, traditional Chinese medicine … as the pack names its fields.

use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition};
use super::spec::Spec;
use crate::settled::Bilingual;

/// Each part over the cost of the stays that state it.
pub(super) fn indicators(spec: &Spec) -> Vec<Indicator> {
    let all = spec.structure.iter().enumerate().map(|(at, part)| {
        let id = format!("structure.{}", part.id);
        let mut words = definition(&id, (&part.title.zh, &part.title.en), ("", ""), Unit::Share, super::SPEC);
        words.formula = Bilingual {
            zh: format!("{} ÷ 住院总费用", part.title.zh),
            en: format!("{} ÷ cost of stays", part.title.en),
        };
        Indicator { definition: words.ranked().cited(spec, &id), query, at }
    });
    all.collect()
}

fn query(view: &View<'_>, at: usize) -> Result<Option<Measure>, TooLarge> {
    match view.slice.stays().parts.get(at) {
        Some(part) => Measure::of_amounts(part.amount, part.cost, part.cases),
        None => Ok(None),
    }
}
