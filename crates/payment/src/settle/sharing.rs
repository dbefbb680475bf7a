//! Sharing of overruns and savings along one piecewise-linear curve, from a reserve that may run out (spec §1.16, §3.4).

use thiserror::Error;
use yibao_kernel::allocate::{AllocationError, largest_remainder};
use yibao_kernel::piecewise::{Piecewise, PiecewiseError};
use yibao_kernel::{Fen, Mode, Overflow, Ratio, RatioError};

/// Why nothing can be shared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum SharingError {
    /// The curve has no value there.
    #[error(transparent)]
    Curve(#[from] PiecewiseError),
    /// Arithmetic.
    #[error(transparent)]
    Ratio(#[from] RatioError),
    /// Arithmetic.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// Claims do not add up.
    #[error(transparent)]
    Allocation(#[from] AllocationError),
}

/// What the curve says is paid in the end: y(x) × base with x = actual / base, to the fen. `base` is the cleared amount
/// or a quota and is positive.
///
/// # Errors
/// [`SharingError`].
pub fn final_amount(curve: &Piecewise, actual: Fen, base: Fen) -> Result<Fen, SharingError> {
    let x = actual.ratio().checked_div(base.ratio())?;
    let (_, y) = curve.eval(x)?;
    Ok(y.checked_mul(base.ratio())?.to_fen(Mode::HalfUp)?)
}

/// Final − base: above 0 a share of an overrun that is asked for, below 0 a share of a saving that is given back.
/// Nothing is shared on a base that is not positive.
///
/// # Errors
/// [`SharingError`].
pub fn wanted(curve: &Piecewise, actual: Fen, base: Fen) -> Result<Fen, SharingError> {
    if base <= Fen::ZERO {
        return Ok(Fen::ZERO);
    }
    Ok(final_amount(curve, actual, base)?.checked_sub(base)?)
}

/// What is paid of the claims: all of them when the reserve holds enough, else the reserve in proportion to the claims,
/// by largest remainder in rank order (spec §1.16). Negative entries (savings) pass unchanged.
///
/// # Errors
/// [`SharingError`].
pub fn pay_claims(wanted: &[Fen], available: Fen, rank: &[u32]) -> Result<Vec<Fen>, SharingError> {
    let claims: Vec<i128> = wanted.iter().map(|claim| i128::from(claim.get().max(0))).collect();
    let total: i128 = claims.iter().sum();
    let available = available.max(Fen::ZERO);
    if total <= i128::from(available.get()) {
        return Ok(wanted.to_vec());
    }
    let paid = largest_remainder(available, &claims, rank)?;
    Ok(wanted.iter().zip(paid).map(|(wanted, paid)| if wanted.is_negative() { *wanted } else { paid }).collect())
}

/// The effect of an assessment: cleared × q − cleared, to the fen (spec §1.15).
///
/// # Errors
/// Overflow.
pub fn assessed(cleared: Fen, quality: Ratio) -> Result<Fen, RatioError> {
    Ok(cleared.ratio().checked_mul(quality)?.to_fen(Mode::HalfUp)?.checked_sub(cleared)?)
}

/// An assessment whose saving goes back to the institutions: the sum of what was cleared, split in proportion to
/// cleared × q; the effects add up to 0 (spec §1.15).
///
/// # Errors
/// [`SharingError`]; a negative cleared amount cannot be a share.
pub fn assessed_renormalised(cleared: &[Fen], quality: &[Ratio], rank: &[u32]) -> Result<Vec<Fen>, SharingError> {
    let total = yibao_kernel::sum(cleared.iter().copied())?;
    let mut common = 1_i128;
    for factor in quality {
        common = least_common_multiple(common, factor.den())?;
    }
    let mut shares = Vec::with_capacity(cleared.len());
    for (amount, factor) in cleared.iter().zip(quality) {
        let weight = factor.num().checked_mul(common / factor.den()).ok_or(TOO_WIDE)?;
        shares.push(i128::from(amount.get()).checked_mul(weight).ok_or(TOO_WIDE)?);
    }
    let parts = largest_remainder(total, &shares, rank)?;
    parts.into_iter().zip(cleared).map(|(part, before)| Ok(part.checked_sub(*before)?)).collect()
}

const TOO_WIDE: Overflow = Overflow { operation: "product of assessment factors" };

fn least_common_multiple(a: i128, b: i128) -> Result<i128, Overflow> {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x.max(1)).checked_mul(b).ok_or(TOO_WIDE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yibao_kernel::piecewise::{Bound, Segment};

    fn ratio(text: &str) -> Ratio {
        Ratio::parse(text).unwrap()
    }

    fn yuan(text: &str) -> Fen {
        Fen::parse_yuan(text.as_bytes()).unwrap()
    }

    /// Savings are kept; half of an overrun up to 20% is asked for.
    fn half_up_to_twenty() -> Piecewise {
        let piece = |lower, upper, slope, plus| Segment { lower, upper, slope: ratio(slope), plus: ratio(plus) };
        let (one, end) = (ratio("1"), ratio("1.2"));
        Piecewise::new(vec![
            piece(Bound::Open, Bound::Inclusive(one), "0", "1"),
            piece(Bound::Exclusive(one), Bound::Inclusive(end), "0.5", "0.5"),
            piece(Bound::Exclusive(end), Bound::Open, "0", "1.1"),
        ])
        .unwrap()
    }

    #[test]
    fn an_overrun_asks_for_its_share_and_a_saving_is_kept() {
        let curve = half_up_to_twenty();
        assert_eq!(wanted(&curve, yuan("87360"), yuan("71508.18")), Ok(yuan("7150.82")));
        assert_eq!(wanted(&curve, yuan("17500"), yuan("23491.82")), Ok(Fen::ZERO));
        assert_eq!(wanted(&curve, yuan("17500"), yuan("-1")), Ok(Fen::ZERO));
    }

    #[test]
    fn a_reserve_that_runs_out_is_split_in_proportion_to_the_claims() {
        let claims = ["300", "0", "-50", "100"].map(yuan);
        assert_eq!(pay_claims(&claims, yuan("400"), &[0, 1, 2, 3]).unwrap(), claims);
        let scaled = pay_claims(&claims, yuan("0.03"), &[0, 1, 2, 3]).unwrap();
        assert_eq!(scaled, ["0.02", "0.00", "-50", "0.01"].map(yuan));
        assert_eq!(pay_claims(&claims, yuan("-1"), &[0, 1, 2, 3]).unwrap(), ["0", "0", "-50", "0"].map(yuan));
    }

    #[test]
    fn a_renormalised_assessment_adds_up_to_nothing() {
        let effects = assessed_renormalised(&["100", "100"].map(yuan), &[ratio("0.9"), ratio("1")], &[0, 1]).unwrap();
        assert_eq!(effects, ["-5.26", "5.26"].map(yuan));
        assert_eq!(assessed(yuan("100.01"), ratio("0.95")), Ok(yuan("-5")));
    }

    #[test]
    fn a_curve_without_a_value_is_refused() {
        let one = Ratio::ONE;
        let only_above = Piecewise::new(vec![Segment {
            lower: Bound::Inclusive(one),
            upper: Bound::Open,
            slope: Ratio::ZERO,
            plus: one,
        }])
        .unwrap();
        assert_eq!(
            wanted(&only_above, yuan("1"), yuan("2")).unwrap_err().to_string(),
            "0.5 lies outside the function\n  hint: add a band that covers it"
        );
    }
}
