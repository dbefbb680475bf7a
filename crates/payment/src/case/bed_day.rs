//! Bed-days (spec §1.11, §4.1): marginal tiers of daily fees, in money or in points.

use yibao_kernel::{Decimal, Fen, Overflow, Ratio, RatioError, Rounding};

use super::points::{base_points, bed_day_points};

/// The days of each tier: tiers end at these days, in ascending order, the last has no end. Marginal: a day is paid at
/// the fee of the tier it falls into, never the whole stay at the last fee.
#[must_use]
pub fn days_by_tier(ends: impl IntoIterator<Item = Option<i64>>, days: i64) -> Vec<i64> {
    let (days, mut before) = (days.max(0), 0);
    let of_tier = |end: Option<i64>| {
        let upto = end.map_or(days, |end| end.min(days));
        let own = (upto - before).max(0);
        before = before.max(upto);
        own
    };
    ends.into_iter().map(of_tier).collect()
}

/// Σ days × fee.
///
/// # Errors
/// Overflow.
pub fn fee(tiers: &[(i64, Fen)]) -> Result<Fen, Overflow> {
    let overflow = Overflow { operation: "bed-day fees" };
    let mut total = Fen::ZERO;
    for (days, fee) in tiers {
        let own = fee.get().checked_mul(*days).ok_or(overflow)?;
        total = total.checked_add(Fen::new(own))?;
    }
    Ok(total)
}

/// Points of the days of one tier: the published points of a day times the days.
///
/// # Errors
/// As [`base_points`].
pub fn tier_points(days: i64, fee: Fen, all_mean: Ratio, rounding: Rounding) -> Result<(Decimal, Decimal), RatioError> {
    let day = base_points(fee.ratio(), all_mean, rounding)?;
    Ok((day, bed_day_points(day, days, rounding)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use yibao_kernel::Mode;

    #[test]
    fn the_days_of_a_long_stay_fall_into_their_tiers() {
        let of = |days| days_by_tier([Some(30), Some(60), None], days);
        assert_eq!(of(0), [0, 0, 0]);
        assert_eq!(of(30), [30, 0, 0]);
        assert_eq!(of(45), [30, 15, 0]);
        assert_eq!(of(100), [30, 30, 40]);
    }

    #[test]
    fn days_are_paid_at_the_fee_of_their_own_tier() {
        let fees = [38_000, 32_000, 28_000].map(Fen::new);
        let tiers: Vec<(i64, Fen)> = days_by_tier([Some(30), Some(60), None], 100).into_iter().zip(fees).collect();
        assert_eq!(fee(&tiers).unwrap().to_string(), "32200.00");
    }

    #[test]
    fn points_of_a_day_are_published_before_they_are_multiplied() {
        let rounding = Rounding { dp: 4, mode: Mode::HalfUp };
        let (day, stay) = tier_points(45, Fen::new(38_000), Fen::new(1_200_000).ratio(), rounding).unwrap();
        assert_eq!((day.to_string(), stay.to_string()), ("3.1667".to_owned(), "142.5015".to_owned()));
    }
}
