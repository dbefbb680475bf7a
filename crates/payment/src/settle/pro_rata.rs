//! Claims under a total (spec §4.6): factor = min(1, total / Σ claims), per year or per quarter; split over rows and
//! cases by largest remainder, so that cases add up to rows and rows to the total.

use yibao_kernel::allocate::{AllocationError, largest_remainder};
use yibao_kernel::{Fen, Overflow, Ratio, RatioError, sum};

/// Claims of one part of the year, scaled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scaled {
    /// Sum of the claims.
    pub claims: Fen,
    /// What there is for them.
    pub total: Fen,
    /// min(1, total / claims), exact; 1 without claims.
    pub factor: Ratio,
    /// What each claimant gets.
    pub paid: Vec<Fen>,
}

/// Why claims cannot be scaled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ScaleError {
    /// Splitting; a negative claim.
    #[error(transparent)]
    Allocation(#[from] AllocationError),
    /// Arithmetic.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// Arithmetic.
    #[error(transparent)]
    Ratio(#[from] RatioError),
}

/// Scales claims to a total. The claimants stand in rank order, which breaks ties. Nothing is paid from a total below
/// zero.
///
/// # Errors
/// [`ScaleError`].
pub fn scale(total: Fen, claims: &[Fen]) -> Result<Scaled, ScaleError> {
    let asked = sum(claims.iter().copied())?;
    let total = total.max(Fen::ZERO);
    let shares: Vec<i128> = claims.iter().map(|claim| i128::from(claim.get())).collect();
    let rank: Vec<u32> = (0_u32..).take(shares.len()).collect();
    let to_pay = asked.min(total);
    let paid = largest_remainder(to_pay, &shares, &rank)?;
    let factor = if asked.is_zero() { Ratio::ONE } else { to_pay.ratio().checked_div(asked.ratio())? };
    assert!(sum(paid.iter().copied()) == Ok(to_pay), "what claimants are paid is what there is to pay");
    Ok(Scaled { claims: asked, total, factor, paid })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(text: &str) -> Fen {
        Fen::parse_yuan(text.as_bytes()).unwrap()
    }

    #[test]
    fn claims_over_the_total_are_scaled_and_claims_under_it_are_not() {
        let over = scale(yuan("900000"), &["600000", "400000"].map(yuan)).unwrap();
        assert_eq!(over.paid, ["540000", "360000"].map(yuan));
        assert_eq!(over.factor, Ratio::parse("0.9").unwrap());
        let under = scale(yuan("900000"), &["600000", "200000"].map(yuan)).unwrap();
        assert_eq!((under.paid, under.factor), (["600000", "200000"].map(yuan).to_vec(), Ratio::ONE));
    }

    #[test]
    fn the_last_fen_goes_by_largest_remainder_and_nothing_is_paid_from_nothing() {
        assert_eq!(scale(yuan("0.02"), &["1", "1", "1"].map(yuan)).unwrap().paid, ["0.01", "0.01", "0"].map(yuan));
        assert_eq!(scale(yuan("-5"), &[yuan("1")]).unwrap().paid, [Fen::ZERO]);
        assert_eq!(scale(yuan("5"), &[]).unwrap().factor, Ratio::ONE);
        assert!(scale(yuan("5"), &[yuan("-1"), yuan("3")]).is_err());
    }
}
