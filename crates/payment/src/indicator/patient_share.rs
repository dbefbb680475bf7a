//! Burden on patients.

use super::SPEC;
use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition};

/// What patients and other payers paid over the cost of stays (患者负担).
pub(super) fn indicator() -> Indicator {
    Indicator {
        definition: definition(
            "patient_share",
            ("患者负担率", "burden on patients"),
            ("个人及其他支付 ÷ 住院总费用", "paid by patients and others ÷ cost of stays"),
            Unit::Share,
            SPEC,
        )
        .ranked(),
        query,
        at: 0,
    }
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let stays = view.slice.stays();
    Measure::of_amounts(stays.patient, stays.cost, stays.cases)
}
