//! Published numbers: an integer count of units with a fixed number of decimal places.

use std::cmp::Ordering;
use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::ratio::Ratio;

/// A published number, `units / 10^dp`: a weight of 1.5000 is 15000 units with 4 places. What is
/// published is what is used from then on.
///
/// Equality includes the places: 1.5 and 1.50 are different publications. The order is by value,
/// then by places.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub struct Decimal {
    units: i64,
    dp: u8,
}

/// Why a text is not a published number.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
pub enum DecimalError {
    /// Not digits with at most one point.
    #[error("not a decimal number\n  hint: write digits with a point, like 1.5000; no spaces, no exponent")]
    NotADecimal,
    /// Digits other than zero beyond the places the number is published with.
    #[error(
        "more than {dp} decimal places\n  hint: this number is published with {dp}; round it where it is published, not here"
    )]
    TooManyPlaces {
        /// The places allowed.
        dp: u8,
    },
    /// Does not fit.
    #[error("decimal number is too large\n  hint: check the unit of the column")]
    TooLarge,
}

impl Decimal {
    /// The most decimal places a published number can have.
    pub const MAX_DP: u8 = 18;

    /// `units / 10^dp`. At most [`Decimal::MAX_DP`] places, asserted: places come from a checked
    /// [`crate::Rounding`] or from a constant.
    #[must_use]
    pub const fn new(units: i64, dp: u8) -> Self {
        assert!(dp <= Self::MAX_DP, "a published number has at most 18 decimal places");
        Self { units, dp }
    }

    /// The number as a count of its last place.
    #[must_use]
    pub const fn units(self) -> i64 {
        self.units
    }

    /// The number of decimal places.
    #[must_use]
    pub const fn dp(self) -> u8 {
        self.dp
    }

    /// The exact value.
    #[must_use]
    pub fn ratio(self) -> Ratio {
        let value = Ratio::new(i128::from(self.units), self.scale());
        assert!(value.is_ok(), "64-bit units over a power of ten are a ratio");
        value.unwrap_or_default()
    }

    fn scale(self) -> i128 {
        10_i128.pow(u32::from(self.dp))
    }

    /// Reads a number published with `dp` places: fewer digits are filled with zeros, more are
    /// refused unless they are zeros.
    ///
    /// # Errors
    /// [`DecimalError`].
    pub fn parse(text: &str, dp: u8) -> Result<Self, DecimalError> {
        if dp > Self::MAX_DP {
            return Err(DecimalError::TooManyPlaces { dp: Self::MAX_DP });
        }
        let number = Written::read(text.as_bytes()).ok_or(DecimalError::NotADecimal)?;
        let written = number.signed().ok_or(DecimalError::TooLarge)?;
        let units = match u32::from(dp).checked_sub(number.dp) {
            Some(missing) => 10_i128.checked_pow(missing).and_then(|scale| written.checked_mul(scale)),
            None => {
                let scale = 10_i128.checked_pow(number.dp - u32::from(dp)).ok_or(DecimalError::TooLarge)?;
                if written % scale != 0 {
                    return Err(DecimalError::TooManyPlaces { dp });
                }
                Some(written / scale)
            }
        };
        let units = units.and_then(|units| i64::try_from(units).ok()).ok_or(DecimalError::TooLarge)?;
        Ok(Self { units, dp })
    }

    /// Reads a number with the places it is written with: `1.5000` has four.
    ///
    /// # Errors
    /// [`DecimalError`].
    pub fn parse_as_written(text: &str) -> Result<Self, DecimalError> {
        let written = Written::read(text.as_bytes()).ok_or(DecimalError::NotADecimal)?;
        let dp = u8::try_from(written.dp).map_err(|_| DecimalError::TooManyPlaces { dp: Self::MAX_DP })?;
        if dp > Self::MAX_DP {
            return Err(DecimalError::TooManyPlaces { dp: Self::MAX_DP });
        }
        let units = written.signed().and_then(|units| i64::try_from(units).ok());
        Ok(Self { units: units.ok_or(DecimalError::TooLarge)?, dp })
    }
}

/// A decimal number as written: an optional minus, digits, optionally a point and digits.
pub(crate) struct Written {
    pub(crate) negative: bool,
    /// All digits with the point removed.
    digits: u128,
    /// Digits after the point.
    pub(crate) dp: u32,
}

impl Written {
    /// `None` when the text is not a number or has more digits than 128 bits hold.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let (negative, body) = match text {
            [b'-', body @ ..] => (true, body),
            body => (false, body),
        };
        let (mut digits, mut dp, mut seen_point) = (0_u128, 0, false);
        for byte in body {
            match byte {
                b'0'..=b'9' => {
                    digits = digits.checked_mul(10)?.checked_add(u128::from(byte - b'0'))?;
                    dp += u32::from(seen_point);
                }
                b'.' if !seen_point => seen_point = true,
                _ => return None,
            }
        }
        let digit_at = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
        (digit_at(body.first()) && digit_at(body.last())).then_some(Self { negative, digits, dp })
    }

    /// The digits with their sign; `None` beyond 127 bits.
    pub(crate) fn signed(&self) -> Option<i128> {
        let magnitude = i128::try_from(self.digits).ok()?;
        Some(if self.negative { -magnitude } else { magnitude })
    }
}

/// Writes `units / 10^dp` with exactly `dp` places.
pub(crate) fn write_scaled(f: &mut fmt::Formatter<'_>, units: i128, dp: u8) -> fmt::Result {
    let sign = if units < 0 { "-" } else { "" };
    let magnitude = units.unsigned_abs();
    if dp == 0 {
        return write!(f, "{sign}{magnitude}");
    }
    let scale = 10_u128.pow(u32::from(dp.min(Decimal::MAX_DP)));
    write!(f, "{sign}{}.{:0width$}", magnitude / scale, magnitude % scale, width = usize::from(dp))
}

/// The number with all its places, `1.5000`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_scaled(f, i128::from(self.units), self.dp)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        // 64-bit units times at most 10^18 stay within 127 bits.
        let left = i128::from(self.units) * other.scale();
        let right = i128::from(other.units) * self.scale();
        left.cmp(&right).then(self.dp.cmp(&other.dp))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Decimal;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number in quotes, like \"1.5000\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
                Decimal::parse_as_written(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_weight_is_published_with_four_places() {
        let weight = Decimal::parse("1.5", 4).unwrap();
        assert_eq!((weight.units(), weight.dp()), (15_000, 4));
        assert_eq!(weight.to_string(), "1.5000");
        assert_eq!(weight.ratio(), Ratio::new(3, 2).unwrap());
        assert_eq!(Decimal::parse("-0.05000", 4).unwrap().to_string(), "-0.0500");
        assert_eq!(Decimal::parse("12", 0).unwrap().to_string(), "12");
        assert_eq!(Decimal::parse("-3.0", 0).unwrap().units(), -3);
    }

    #[test]
    fn refusals() {
        let refused = |text: &str, dp| Decimal::parse(text, dp).unwrap_err();
        for text in ["", "-", ".", ".5", "5.", "1.2.3", "1e4", " 1", "+1", "1,000"] {
            assert_eq!(refused(text, 4), DecimalError::NotADecimal, "{text}");
        }
        assert_eq!(refused("1.50001", 4), DecimalError::TooManyPlaces { dp: 4 });
        assert_eq!(refused("9223372036854775808", 0), DecimalError::TooLarge);
        assert_eq!(refused("1", 19), DecimalError::TooManyPlaces { dp: 18 });
        assert_eq!(
            refused("1.50001", 4).to_string(),
            "more than 4 decimal places\n  hint: this number is published with 4; round it where it is published, not here"
        );
    }

    #[test]
    fn the_order_is_by_value_and_then_by_places() {
        let read = |text| Decimal::parse_as_written(text).unwrap();
        assert!(read("1.5") < read("1.50"));
        assert!(read("1.49") < read("1.5"));
        assert!(read("-2") < read("-1.99"));
        assert_ne!(read("1.5"), read("1.50"));
    }

    proptest! {
        #[test]
        fn printed_numbers_read_back(units: i64, dp in 0..=Decimal::MAX_DP) {
            let number = Decimal::new(units, dp);
            prop_assert_eq!(Decimal::parse(&number.to_string(), dp), Ok(number));
            let json = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(serde_json::from_str::<Decimal>(&json).unwrap(), number);
        }

        #[test]
        fn the_order_agrees_with_the_exact_value(
            a: i64, b: i64, a_dp in 0..=Decimal::MAX_DP, b_dp in 0..=Decimal::MAX_DP,
        ) {
            let (a, b) = (Decimal::new(a, a_dp), Decimal::new(b, b_dp));
            prop_assert_eq!(a.cmp(&b), a.ratio().cmp(&b.ratio()).then(a_dp.cmp(&b_dp)));
        }
    }
}
