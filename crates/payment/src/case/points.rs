//! Points of a case (spec §1.8, §1.9, §1.11): base points, points from the case's own cost, bed-day points.

use yibao_kernel::{Decimal, Fen, Overflow, Ratio, RatioError, Rounding};

/// Base points are a hundredth of the mean of all cases each: BP = m / M × 100.
const SCALE: Ratio = Ratio::from_int(100);

/// BP = m / M × 100, a published number (spec §1.11).
///
/// # Errors
/// [`RatioError::DivisionByZero`] when the mean of all cases is zero; overflow.
pub fn base_points(group_mean: Ratio, all_mean: Ratio, rounding: Rounding) -> Result<Decimal, RatioError> {
    group_mean.checked_div(all_mean)?.checked_mul(SCALE)?.to_decimal(rounding.dp, rounding.mode)
}

/// Points from the case's own cost, C / M × 100 × times, exact: ambiguous (QY), ungrouped and unstable groups
/// (spec §1.9). `times` is 1 − discount.
///
/// # Errors
/// As [`base_points`].
pub fn own_cost_points(cost: Fen, all_mean: Ratio, times: Ratio) -> Result<Ratio, RatioError> {
    cost.ratio().checked_div(all_mean)?.checked_mul(SCALE)?.checked_mul(times)
}

/// Base points of one day times the days (spec §1.11): the published base is what is multiplied.
///
/// # Errors
/// Overflow.
pub fn bed_day_points(base: Decimal, days: i64, rounding: Rounding) -> Result<Decimal, RatioError> {
    base.ratio().checked_mul(Ratio::from_int(days))?.to_decimal(rounding.dp, rounding.mode)
}

/// BP × K × factor chain, or any other exact points, as the published number of the case.
///
/// # Errors
/// Overflow.
pub fn case_points(exact: Ratio, rounding: Rounding) -> Result<Decimal, RatioError> {
    exact.to_decimal(rounding.dp, rounding.mode)
}

/// The incomplete stay: min(BP, BP × K × C / m). The cap is BP, without K (spec §1.9).
///
/// # Errors
/// [`RatioError::DivisionByZero`] when the group mean is zero; overflow.
pub fn incomplete_points(base: Ratio, coefficient: Ratio, cost: Fen, group_mean: Ratio) -> Result<Ratio, RatioError> {
    let own_share = cost.ratio().checked_div(group_mean)?;
    Ok(base.checked_mul(coefficient)?.checked_mul(own_share)?.min(base))
}

/// A number with at most four decimal places as ten-thousandths, the unit in which cases are stored and points added.
///
/// # Errors
/// [`RatioError::TooManyPlaces`] beyond four places; overflow.
pub fn ten_thousandths(number: Decimal) -> Result<i64, RatioError> {
    let missing = 4_u8.checked_sub(number.dp()).ok_or(RatioError::TooManyPlaces { dp: number.dp() })?;
    number
        .units()
        .checked_mul(10_i64.pow(u32::from(missing)))
        .ok_or(RatioError::Overflow(Overflow { operation: "points in ten-thousandths" }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use yibao_kernel::Mode;

    const POINTS: Rounding = Rounding { dp: 4, mode: Mode::HalfUp };

    fn yuan(text: &str) -> Fen {
        Fen::parse_yuan(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_bed_day_multiplies_the_published_base() {
        let base = base_points(yuan("380").ratio(), yuan("12000").ratio(), POINTS).unwrap();
        assert_eq!(base.to_string(), "3.1667");
        assert_eq!(bed_day_points(base, 45, POINTS).unwrap().to_string(), "142.5015");
    }

    #[test]
    fn an_incomplete_stay_never_exceeds_the_base_without_coefficient() {
        let points = |cost: &str| {
            let base = Ratio::from_int(80);
            let coefficient = Ratio::parse("1.1").unwrap();
            incomplete_points(base, coefficient, yuan(cost), yuan("8000").ratio()).unwrap()
        };
        assert_eq!(points("4000"), Ratio::from_int(44));
        assert_eq!(points("8000"), Ratio::from_int(80));
        assert_eq!(points("80000"), Ratio::from_int(80));
    }

    #[test]
    fn a_mean_of_zero_is_refused() {
        let refused = base_points(yuan("380").ratio(), Ratio::ZERO, POINTS).unwrap_err();
        assert_eq!(refused, RatioError::DivisionByZero);
    }

    #[test]
    fn five_places_do_not_fit_the_stored_unit() {
        assert_eq!(ten_thousandths(Decimal::new(15, 1)), Ok(15_000));
        assert_eq!(ten_thousandths(Decimal::new(15, 5)), Err(RatioError::TooManyPlaces { dp: 5 }));
    }
}
