//! Heads: the denominator of the outpatient and the hospitalisation rate.

use yibao_kernel::Decimal;

use super::measure::{TooLarge, View, number};
use super::sums::Kind;

/// Head-months of the slice ÷ 12; for the whole region the stated number of insured where there is one. In twelfths, so
/// that it stays whole.
pub(super) fn twelfths(view: &View<'_>) -> i128 {
    match view.spec.insured {
        Some(insured) if view.whole => i128::from(insured) * 12,
        _ => view.slice.of(Kind::Heads).days,
    }
}

/// Twelve times a count, to divide by [`twelfths`].
pub(super) fn over_heads(count: u64) -> Result<Decimal, TooLarge> {
    number(i128::from(count) * 12, 0)
}
