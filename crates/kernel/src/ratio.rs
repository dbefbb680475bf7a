//! Exact ratios: what numbers are between two roundings.

use std::cmp::Ordering;

use thiserror::Error;

use crate::decimal::Decimal;
use crate::money::{Fen, Overflow};
use crate::rounding::Mode;
use crate::wide::Wide;

mod divisor;
mod text;

use divisor::{gcd, gcd_wide};

/// An exact rational number, always reduced, the denominator positive.
///
/// Numerator and denominator are 128 bits wide. While both fit 64 bits, as money, weights and
/// percentages do, operations take a path without any 128-bit division.
#[derive(Copy, Clone, PartialEq, Eq, Hash)]
pub struct Ratio {
    num: i128,
    den: i128,
}

/// Why there is no exact ratio.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
pub enum RatioError {
    /// The result needs more than 128 bits.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// The denominator, or the divisor, is zero.
    #[error("division by zero\n  hint: say what happens when the denominator is zero before dividing by it")]
    DivisionByZero,
    /// The text is not a number.
    #[error("not a ratio\n  hint: write \"0.85\", \"17/20\", \"85%\" or \"850‰\"")]
    NotARatio,
    /// More decimal places than a published number can have.
    #[error("{dp} decimal places are too many\n  hint: at most {max}", max = Decimal::MAX_DP)]
    TooManyPlaces {
        /// The places asked for.
        dp: u8,
    },
}

const fn overflow(operation: &'static str) -> RatioError {
    RatioError::Overflow(Overflow { operation })
}

impl Ratio {
    /// 0.
    pub const ZERO: Self = Self::from_int(0);
    /// 1.
    pub const ONE: Self = Self::from_int(1);

    /// `num / den`, reduced.
    ///
    /// # Errors
    /// [`RatioError::DivisionByZero`]; [`RatioError::Overflow`] for the one integer without an
    /// opposite.
    pub fn new(num: i128, den: i128) -> Result<Self, RatioError> {
        if den == 0 {
            return Err(RatioError::DivisionByZero);
        }
        if num == i128::MIN || den == i128::MIN {
            return Err(overflow("ratio"));
        }
        let (num, den) = if den < 0 { (-num, -den) } else { (num, den) };
        let common = gcd_wide(num.unsigned_abs(), den.unsigned_abs());
        // The divisor of a positive den <= i128::MAX fits i128.
        let common = i128::try_from(common).map_err(|_| overflow("ratio"))?;
        Ok(Self { num: num / common, den: den / common })
    }

    /// The integer as a ratio.
    #[must_use]
    pub const fn from_int(value: i64) -> Self {
        // `From` is not const; widening is lossless.
        Self { num: value as i128, den: 1 }
    }

    /// The numerator of the reduced ratio; carries the sign.
    #[must_use]
    pub const fn num(self) -> i128 {
        self.num
    }

    /// The denominator of the reduced ratio; positive.
    #[must_use]
    pub const fn den(self) -> i128 {
        self.den
    }

    /// Whether the ratio is 0.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.num == 0
    }

    /// Whether the ratio is below 0.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.num < 0
    }

    /// Numerator, and denominator as unsigned, when both fit 64 bits.
    #[inline]
    fn small(self) -> Option<(i64, u64)> {
        let num = i64::try_from(self.num).ok()?;
        let den = i64::try_from(self.den).ok()?;
        Some((num, den.unsigned_abs()))
    }

    /// The sum.
    ///
    /// # Errors
    /// [`RatioError::Overflow`].
    #[inline]
    pub fn checked_add(self, other: Self) -> Result<Self, RatioError> {
        match (self.small(), other.small()) {
            (Some((a, b)), Some((c, d))) => Ok(add_small(a, b, c, d)),
            _ => self.add_wide(other).ok_or(overflow("sum of ratios")),
        }
    }

    /// The difference.
    ///
    /// # Errors
    /// [`RatioError::Overflow`].
    #[inline]
    pub fn checked_sub(self, other: Self) -> Result<Self, RatioError> {
        self.checked_add(other.negated())
    }

    /// The product.
    ///
    /// # Errors
    /// [`RatioError::Overflow`].
    #[inline]
    pub fn checked_mul(self, other: Self) -> Result<Self, RatioError> {
        match (self.small(), other.small()) {
            (Some((a, b)), Some((c, d))) => Ok(mul_small(a, b, c, d)),
            _ => self.mul_wide(other).ok_or(overflow("product of ratios")),
        }
    }

    /// The quotient.
    ///
    /// # Errors
    /// [`RatioError::DivisionByZero`], [`RatioError::Overflow`].
    #[inline]
    pub fn checked_div(self, other: Self) -> Result<Self, RatioError> {
        if other.num == 0 {
            return Err(RatioError::DivisionByZero);
        }
        // No numerator is i128::MIN, so the swapped and negated parts exist.
        let inverse = if other.num < 0 {
            Self { num: -other.den, den: -other.num }
        } else {
            Self { num: other.den, den: other.num }
        };
        self.checked_mul(inverse)
    }

    /// The ratio with the opposite sign.
    #[must_use]
    pub const fn negated(self) -> Self {
        // No numerator is i128::MIN: every constructor refuses it.
        Self { num: -self.num, den: self.den }
    }

    fn add_wide(self, other: Self) -> Option<Self> {
        let common = i128::try_from(gcd_wide(self.den.unsigned_abs(), other.den.unsigned_abs())).ok()?;
        let (left, right) = (self.den / common, other.den / common);
        let num = self.num.checked_mul(right)?.checked_add(other.num.checked_mul(left)?)?;
        let again = i128::try_from(gcd_wide(num.unsigned_abs(), common.unsigned_abs())).ok()?;
        let den = left.checked_mul(other.den / again)?;
        Self::reduced(num / again, den)
    }

    fn mul_wide(self, other: Self) -> Option<Self> {
        let first = i128::try_from(gcd_wide(self.num.unsigned_abs(), other.den.unsigned_abs())).ok()?;
        let second = i128::try_from(gcd_wide(other.num.unsigned_abs(), self.den.unsigned_abs())).ok()?;
        let num = (self.num / first).checked_mul(other.num / second)?;
        let den = (self.den / second).checked_mul(other.den / first)?;
        Self::reduced(num, den)
    }

    /// Parts known to be reduced; only the integer without an opposite is refused.
    fn reduced(num: i128, den: i128) -> Option<Self> {
        (num != i128::MIN).then_some(Self { num, den })
    }

    /// `self * 10^dp` as an integer, rounded: 2.345 at 2 places is 235 (half-up).
    ///
    /// # Errors
    /// [`RatioError::Overflow`] when it does not fit; [`RatioError::TooManyPlaces`].
    #[inline]
    pub fn round(self, dp: u8, mode: Mode) -> Result<i128, RatioError> {
        let scale = power_of_ten(dp).ok_or(RatioError::TooManyPlaces { dp })?;
        if let Some(scaled) = self.num.checked_mul(scale) {
            return Ok(mode.divide(scaled, self.den));
        }
        // Take the whole part out first and shorten the scale against the denominator.
        let (whole, rest) = (self.num / self.den, self.num % self.den);
        let common = i128::try_from(gcd_wide(scale.unsigned_abs(), self.den.unsigned_abs()))
            .map_err(|_| overflow("rounding"))?;
        let scaled = rest.checked_mul(scale / common).ok_or(overflow("rounding"))?;
        // 10^dp is even here (10^0 never overflows), so the fraction alone decides ties to even.
        let fraction = mode.divide(scaled, self.den / common);
        whole.checked_mul(scale).and_then(|whole| whole.checked_add(fraction)).ok_or(overflow("rounding"))
    }

    /// The number as published, with `dp` decimal places.
    ///
    /// # Errors
    /// [`RatioError::Overflow`], [`RatioError::TooManyPlaces`].
    #[inline]
    pub fn to_decimal(self, dp: u8, mode: Mode) -> Result<Decimal, RatioError> {
        let units = i64::try_from(self.round(dp, mode)?).map_err(|_| overflow("published number"))?;
        Ok(Decimal::new(units, dp))
    }

    /// The amount of money; the ratio counts fen (1 is one fen).
    ///
    /// # Errors
    /// [`RatioError::Overflow`].
    #[inline]
    pub fn to_fen(self, mode: Mode) -> Result<Fen, RatioError> {
        let fen = mode.divide(self.num, self.den);
        i64::try_from(fen).map(Fen::new).map_err(|_| overflow("amount of money"))
    }
}

/// 10^dp for the places a published number can have.
fn power_of_ten(dp: u8) -> Option<i128> {
    (dp <= Decimal::MAX_DP).then(|| 10_i128.pow(u32::from(dp)))
}

/// a/b + c/d, all within 64 bits: the products stay within 127 bits.
#[inline]
fn add_small(a: i64, b: u64, c: i64, d: u64) -> Ratio {
    let wide = |x: i64, y: u64| i128::from(x) * i128::from(y);
    let common = if b == d { b } else { gcd(b, d) };
    if common == 1 {
        return Ratio { num: wide(a, d) + wide(c, b), den: i128::from(b) * i128::from(d) };
    }
    // Knuth, The Art of Computer Programming 2, 4.5.1: only the common part can still cancel.
    let (left, right) = (b / common, d / common);
    let num = wide(a, right) + wide(c, left);
    let again = match i64::try_from(num) {
        Ok(num) => gcd(num.unsigned_abs(), common),
        Err(_) => {
            let rest = u64::try_from(num.unsigned_abs() % u128::from(common)).unwrap_or(0);
            gcd(rest, common)
        }
    };
    if again == 1 {
        return Ratio { num, den: i128::from(left) * i128::from(d) };
    }
    Ratio { num: num / i128::from(again), den: i128::from(left) * i128::from(d / again) }
}

/// A division that is usually by one, which is cheaper to test for than to do.
#[inline]
const fn divided(value: u64, divisor: u64) -> u64 {
    if divisor == 1 { value } else { value / divisor }
}

/// a/b * c/d, all within 64 bits: cancelling first leaves a reduced product within 127 bits.
#[inline]
fn mul_small(a: i64, b: u64, c: i64, d: u64) -> Ratio {
    let first = gcd(a.unsigned_abs(), d);
    let second = gcd(c.unsigned_abs(), b);
    let signed = |value: i64, divisor: u64| {
        let magnitude = i128::from(divided(value.unsigned_abs(), divisor));
        if value < 0 { -magnitude } else { magnitude }
    };
    Ratio {
        num: signed(a, first) * signed(c, second),
        den: i128::from(divided(b, second)) * i128::from(divided(d, first)),
    }
}

impl Ord for Ratio {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        if self.den == other.den {
            return self.num.cmp(&other.num);
        }
        if let (Some((a, b)), Some((c, d))) = (self.small(), other.small()) {
            return (i128::from(a) * i128::from(d)).cmp(&(i128::from(c) * i128::from(b)));
        }
        let sign = self.num.signum();
        sign.cmp(&other.num.signum()).then_with(|| {
            let left = Wide::product(&[self.num.unsigned_abs(), other.den.unsigned_abs()]);
            let right = Wide::product(&[other.num.unsigned_abs(), self.den.unsigned_abs()]);
            if sign < 0 { right.cmp(&left) } else { left.cmp(&right) }
        })
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Default for Ratio {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<Fen> for Ratio {
    fn from(amount: Fen) -> Self {
        amount.ratio()
    }
}

#[cfg(test)]
mod tests;
