//! The point value and its band (spec §1.15, §2.7), and rates per level (spec §1.6).

use yibao_kernel::{Decimal, Fen, Mode, Overflow, Ratio, RatioError};

/// Decimal places of a printed point value. Nobody is paid by multiplying with the printed number (spec §0.4).
pub const PRINTED_DP: u8 = 6;

/// PV = amount / points, exact, in yuan per point. Points are in ten-thousandths.
///
/// # Errors
/// [`RatioError::DivisionByZero`] without points: then there is no point value.
pub fn point_value(amount: Fen, points: i128) -> Result<Ratio, RatioError> {
    // Fen per ten-thousandth of a point are hundreds of yuan per point.
    let fen = i128::from(amount.get());
    let scaled = fen.checked_mul(100).ok_or(RatioError::Overflow(Overflow { operation: "point value" }))?;
    Ratio::new(scaled, points)
}

/// The point value as printed.
///
/// # Errors
/// Overflow.
pub fn printed(value: Ratio) -> Result<Decimal, RatioError> {
    value.to_decimal(PRINTED_DP, Mode::HalfUp)
}

/// The amount that points are worth at a value, to the fen.
///
/// # Errors
/// Overflow.
pub fn worth(value: Ratio, points: i128) -> Result<Fen, RatioError> {
    value.checked_mul(Ratio::new(points, 100)?)?.to_fen(Mode::HalfUp)
}

/// A band of the point value around last year's, or the budget's, value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ValueBand {
    /// The value it is measured against.
    pub previous: Ratio,
    /// Lowest share of it.
    pub low: Ratio,
    /// Highest share of it.
    pub high: Ratio,
}

impl ValueBand {
    /// The value kept inside the band; both ends belong to it. Raising to the floor needs money (spec §2.7, §3.4).
    ///
    /// # Errors
    /// Overflow.
    pub fn keep(&self, value: Ratio) -> Result<Ratio, RatioError> {
        let (floor, ceiling) = (self.previous.checked_mul(self.low)?, self.previous.checked_mul(self.high)?);
        Ok(value.max(floor).min(ceiling.max(floor)))
    }
}

/// Fund money grossed up to total medical cost by the fund's share of it (spec §1.6 step 1, §2.7).
///
/// # Errors
/// [`RatioError::DivisionByZero`] for a share of 0.
pub fn gross_up(fund: Fen, fund_ratio: Ratio) -> Result<Ratio, RatioError> {
    fund.ratio().checked_div(fund_ratio)
}

/// The rate of a level: forecast cost × the level's historic share / the level's total weight, to the fen (spec §1.6
/// steps 2 and 3). One rate for all levels is the case of one level with the share 1.
///
/// # Errors
/// [`RatioError::DivisionByZero`] for a level without weight.
pub fn rate_of_level(forecast_fen: Ratio, share: Ratio, total_weight: Ratio) -> Result<Fen, RatioError> {
    forecast_fen.checked_mul(share)?.checked_div(total_weight)?.to_fen(Mode::HalfUp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        Ratio::parse(text).unwrap()
    }

    #[test]
    fn the_band_keeps_both_ends() {
        let band = ValueBand { previous: ratio("10"), low: ratio("0.9"), high: ratio("1.1") };
        let kept = |value| band.keep(ratio(value)).unwrap();
        assert_eq!(
            (kept("8"), kept("9"), kept("10"), kept("11"), kept("12")),
            (ratio("9"), ratio("9"), ratio("10"), ratio("11"), ratio("11"))
        );
    }

    #[test]
    fn a_printed_value_has_six_places_and_no_points_no_value() {
        let value = point_value(Fen::new(13_994_000), 11_740_000).unwrap();
        assert_eq!(printed(value).unwrap().to_string(), "119.199319");
        assert_eq!(point_value(Fen::new(1), 0), Err(RatioError::DivisionByZero));
    }

    #[test]
    fn points_at_the_exact_value_are_worth_the_pool_again() {
        let value = point_value(Fen::new(13_994_000), 11_740_000).unwrap();
        assert_eq!(worth(value, 11_740_000), Ok(Fen::new(13_994_000)));
    }
}
