//! Time index (时间消耗指数), in both definitions.

use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition};
use super::{BOTH_DEFINITIONS, index};
use crate::pack::indicators::IndexForm;

/// Both definitions; the one the pack chose is ranked.
pub(super) fn indicators(form: IndexForm) -> [Indicator; 2] {
    let mean = definition(
        "time_index",
        ("时间消耗指数（比值均值）", "time index (mean of ratios)"),
        (
            "Σ 病例数 × (本院组均住院日 ÷ 全区组均住院日) ÷ Σ 病例数",
            "sum of cases × (own group mean stay ÷ region's) ÷ cases",
        ),
        Unit::Index,
        BOTH_DEFINITIONS,
    );
    let total = definition(
        "time_index_expected",
        ("时间消耗指数（总日数÷期望）", "time index (total ÷ expected)"),
        ("总住院日 ÷ Σ 病例数 × 全区组均住院日", "own days ÷ sum of cases × region's group mean stay"),
        Unit::Index,
        BOTH_DEFINITIONS,
    );
    let (mean, total) = match form {
        IndexForm::MeanOfRatios => (mean.ranked(), total),
        IndexForm::TotalOverExpected => (mean, total.ranked()),
    };
    [
        Indicator { definition: mean, query: mean_of_ratios, at: 0 },
        Indicator { definition: total, query: total_over_expected, at: 0 },
    ]
}

fn mean_of_ratios(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    index::mean_of_ratios(view, |sums| sums.days)
}

fn total_over_expected(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    index::total_over_expected(view, |sums| sums.days, 0)
}
