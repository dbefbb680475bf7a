//! Count, sum and sum of squares; mean, variance, standard deviation and coefficient of variation.

use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;
use crate::money::Overflow;
use crate::ratio::Ratio;
use crate::wide::{Wide, root_rounded};

/// Which variance: of a sample (divided by n - 1) or of a population (divided by n).
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spread {
    /// Divided by n - 1.
    Sample,
    /// Divided by n.
    Population,
}

/// Count, sum and sum of squares of integers, usually costs in fen. Merging is exact, so parts may
/// be gathered in any order on any number of threads.
///
/// Count times sum of squares stays within 127 bits, which [`Moments::add`] checks: 10 million
/// cases of 1 million yuan use 107 of them. Mean and variance then always fit.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Moments {
    n: u64,
    sum: i128,
    sum_squares: u128,
}

const OVERFLOW: Overflow = Overflow { operation: "sum of squares" };

impl Moments {
    /// The moments of the values.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn of(values: &[i64]) -> Result<Self, Overflow> {
        let mut moments = Self::default();
        for value in values {
            moments.add(*value)?;
        }
        Ok(moments)
    }

    /// Adds one value.
    ///
    /// # Errors
    /// [`Overflow`]; the moments are then unchanged.
    pub fn add(&mut self, value: i64) -> Result<(), Overflow> {
        let magnitude = u128::from(value.unsigned_abs());
        self.merge(&Self { n: 1, sum: i128::from(value), sum_squares: magnitude * magnitude })
    }

    /// Adds the values gathered elsewhere.
    ///
    /// # Errors
    /// [`Overflow`]; the moments are then unchanged.
    pub fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        let n = self.n.checked_add(other.n).filter(|n| *n <= MAX_COUNT).ok_or(OVERFLOW)?;
        let sum_squares = self.sum_squares.checked_add(other.sum_squares).ok_or(OVERFLOW)?;
        sum_squares
            .checked_mul(u128::from(n))
            .filter(|product| *product <= i128::MAX.unsigned_abs())
            .ok_or(OVERFLOW)?;
        // The square of the sum is at most n times the sum of squares, so the sum fits too.
        *self = Self { n, sum: self.sum + other.sum, sum_squares };
        Ok(())
    }

    /// Takes out a value that was added before.
    pub(super) fn remove(&mut self, value: i64) {
        let magnitude = u128::from(value.unsigned_abs());
        assert!(self.n > 0 && self.sum_squares >= magnitude * magnitude, "only an added value is removed");
        self.n -= 1;
        self.sum -= i128::from(value);
        self.sum_squares -= magnitude * magnitude;
    }

    /// The number of values.
    #[must_use]
    pub const fn n(&self) -> u64 {
        self.n
    }

    /// Their sum.
    #[must_use]
    pub const fn sum(&self) -> i128 {
        self.sum
    }

    /// The sum of their squares.
    #[must_use]
    pub const fn sum_squares(&self) -> u128 {
        self.sum_squares
    }

    /// The mean; `None` without values.
    #[must_use]
    pub fn mean(&self) -> Option<Ratio> {
        Ratio::new(self.sum, i128::from(self.n)).ok()
    }

    /// `n * sum of squares - square of the sum`, the variance times `n * divisor`.
    pub(super) fn scaled_variance(&self) -> u128 {
        let sum = self.sum.unsigned_abs();
        u128::from(self.n) * self.sum_squares - sum * sum
    }

    /// n or n - 1; `None` when that leaves nothing to divide by.
    pub(super) fn divisor(&self, spread: Spread) -> Option<u64> {
        match spread {
            Spread::Population => Some(self.n),
            Spread::Sample => self.n.checked_sub(1),
        }
        .filter(|divisor| *divisor > 0)
    }

    /// The variance; `None` with too few values (none, or one of a sample).
    #[must_use]
    pub fn variance(&self, spread: Spread) -> Option<Ratio> {
        let divisor = self.divisor(spread)?;
        let denominator = i128::from(self.n) * i128::from(divisor);
        Ratio::new(i128::try_from(self.scaled_variance()).ok()?, denominator).ok()
    }

    /// The standard deviation, correctly rounded half-up to `dp` places; `None` with too few values
    /// or when it does not fit a published number.
    #[must_use]
    pub fn sd_decimal(&self, spread: Spread, dp: u8) -> Option<Decimal> {
        let divisor = self.divisor(spread)?;
        let scale = square_of_scale(dp)?;
        let root = root_rounded(&[self.scaled_variance(), scale], &[u128::from(self.n), u128::from(divisor)])?;
        Some(Decimal::new(i64::try_from(root).ok()?, dp))
    }

    /// The coefficient of variation, standard deviation by mean, correctly rounded half-up to `dp`
    /// places; `None` with too few values, for a mean that is not positive, or when it does not fit.
    #[must_use]
    pub fn cv(&self, spread: Spread, dp: u8) -> Option<Decimal> {
        let (numerator, denominator) = self.squared_cv(spread)?;
        let [deviation, n] = numerator;
        let root = root_rounded(&[deviation, n, square_of_scale(dp)?], &denominator)?;
        Some(Decimal::new(i64::try_from(root).ok()?, dp))
    }

    /// Whether the coefficient of variation lies below the bound (or on it, when `inclusive`),
    /// decided exactly by comparing squares; `None` where [`Moments::cv`] is undefined.
    #[must_use]
    pub fn cv_below(&self, spread: Spread, bound: Ratio, inclusive: bool) -> Option<bool> {
        let ([deviation, n], [divisor, sum, again]) = self.squared_cv(spread)?;
        if bound.is_negative() {
            return Some(false);
        }
        let (num, den) = (bound.num().unsigned_abs(), bound.den().unsigned_abs());
        // The square of the sum, at most n times the sum of squares, fits 127 bits: so do all
        // products here fit 640.
        let left = Wide::product(&[deviation, n, den, den]);
        let right = Wide::product(&[divisor, sum * again, num, num]);
        Some(left < right || (inclusive && left == right))
    }

    /// Numerator and denominator of the squared coefficient of variation, as factors:
    /// `deviation * n / (divisor * sum * sum)`.
    fn squared_cv(&self, spread: Spread) -> Option<([u128; 2], [u128; 3])> {
        let divisor = self.divisor(spread)?;
        if self.sum <= 0 {
            return None;
        }
        let sum = self.sum.unsigned_abs();
        Some(([self.scaled_variance(), u128::from(self.n)], [u128::from(divisor), sum, sum]))
    }
}

/// n * (n - 1) stays within 127 bits.
const MAX_COUNT: u64 = 1 << 63;

/// 10^(2 dp).
fn square_of_scale(dp: u8) -> Option<u128> {
    (dp <= Decimal::MAX_DP).then(|| 10_u128.pow(2 * u32::from(dp)))
}

#[cfg(test)]
mod tests;
