//! Cost outliers (spec §0.3, §1.8, §2.5): the ratio of cost to a denominator, and what a factor of it multiplies.

use yibao_kernel::{Fen, Ratio, RatioError};

use crate::pack::step::CoefficientOn;

/// r = C / denominator. The denominator is a policy choice and always stored with the threshold (spec §0.3).
///
/// # Errors
/// [`RatioError::DivisionByZero`].
pub fn cost_ratio(cost: Fen, denominator: Ratio) -> Result<Ratio, RatioError> {
    cost.ratio().checked_div(denominator)
}

/// A standard (base points, or weight × rate) with its coefficient and its outlier factor (spec §1.8).
/// K multiplies everything, base × K × f, or the standard part only, base × K + base × (f − 1): a policy flag.
///
/// # Errors
/// Overflow.
pub fn with_factor(
    base: Ratio,
    coefficient: Ratio,
    factor: Ratio,
    coefficient_on: CoefficientOn,
) -> Result<Ratio, RatioError> {
    let standard = base.checked_mul(coefficient)?;
    match coefficient_on {
        CoefficientOn::All => standard.checked_mul(factor),
        CoefficientOn::Standard => standard.checked_add(base.checked_mul(factor.checked_sub(Ratio::ONE)?)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        Ratio::parse(text).unwrap()
    }

    #[test]
    fn the_coefficient_multiplies_all_or_the_standard_part_only() {
        // BP 200, K 1.1, C 90,000 over a mean of 20,000, high points 1 + r − 3.
        let r = cost_ratio(Fen::new(9_000_000), Fen::new(2_000_000).ratio()).unwrap();
        let factor = r.checked_add(ratio("-2")).unwrap();
        let points = |on| with_factor(ratio("200"), ratio("1.1"), factor, on).unwrap();
        assert_eq!(points(CoefficientOn::All), ratio("550"));
        assert_eq!(points(CoefficientOn::Standard), ratio("520"));
    }

    #[test]
    fn a_denominator_of_zero_is_refused() {
        assert_eq!(cost_ratio(Fen::new(1), Ratio::ZERO), Err(RatioError::DivisionByZero));
    }
}
