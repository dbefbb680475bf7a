//! Trimming inside a payment group: which costs enter the group's mean. A trimmed case leaves the
//! mean, never the payment.

use std::cmp::Ordering;
use std::ops::Range;

use thiserror::Error;

use super::moments::{Moments, Spread};
use super::quantile::{median, quantile_r7};
use crate::money::Overflow;
use crate::ratio::{Ratio, RatioError};
use crate::wide::Wide;

/// A trimming rule. Every bound keeps the values that lie on it.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum Trim {
    /// From Q1 - k (Q3 - Q1) to Q3 + k (Q3 - Q1), quartiles by R-7.
    Iqr {
        /// The multiple of the interquartile range, often 1.5.
        k: Ratio,
        /// What to do when the interquartile range is zero.
        when_zero: IqrZero,
    },
    /// Within k standard deviations of the mean.
    Sigma {
        /// The multiple of the standard deviation, often 3.
        k: Ratio,
        /// Of the sample or of the population.
        spread: Spread,
        /// How often to repeat on what was kept; `None` until nothing more is removed.
        passes: Option<u32>,
    },
    /// From `low` to `high` times the median.
    MedianMultiple {
        /// The lower multiple.
        low: Ratio,
        /// The upper multiple.
        high: Ratio,
    },
    /// From `low` to `high` times the mean.
    MeanMultiple {
        /// The lower multiple.
        low: Ratio,
        /// The upper multiple.
        high: Ratio,
    },
    /// From one quantile to another, by R-7.
    Percentile {
        /// The lower quantile, 0 to 1.
        low: Ratio,
        /// The upper quantile, 0 to 1.
        high: Ratio,
    },
    /// Keeps everything.
    None,
}

/// What to do when half of a group's costs are equal, so that the interquartile range is zero.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug)]
pub enum IqrZero {
    /// Keep only the costs equal to the quartiles: what the formula says.
    KeepEqual,
    /// Do not trim.
    Skip,
    /// Use this multiple of the median in place of the interquartile range.
    Floor(Ratio),
}

/// What a trimming kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trimmed {
    /// The lower fence. `None` when the rule set none, and for [`Trim::Sigma`], whose fences are
    /// irrational.
    pub lower: Option<Ratio>,
    /// The upper fence, as `lower`.
    pub upper: Option<Ratio>,
    /// The kept part of the ascending values.
    pub kept: Range<usize>,
    /// How many passes removed something; at most 1 for every rule but [`Trim::Sigma`].
    pub passes: u32,
    /// The first quartile, for [`Trim::Iqr`].
    pub q1: Option<Ratio>,
    /// The third quartile, for [`Trim::Iqr`].
    pub q3: Option<Ratio>,
}

/// Why values cannot be trimmed.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
pub enum TrimError {
    /// The values are not in ascending order.
    #[error(
        "value number {position} is smaller than the one before\n  hint: sort the costs of a group before trimming"
    )]
    Unsorted {
        /// Which value, counted from 1.
        position: usize,
    },
    /// A multiple below zero, a quantile outside 0 to 1, or a lower bound above the upper.
    #[error(
        "trimming from {low} to {high} is not a rule\n  hint: the lower number is at least 0 and at most the upper; quantiles are at most 1"
    )]
    BadBounds {
        /// The lower number of the rule.
        low: Ratio,
        /// The upper number of the rule.
        high: Ratio,
    },
    /// The exact figures do not fit.
    #[error(transparent)]
    Ratio(#[from] RatioError),
    /// The sum of squares does not fit.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Trims ascending values. All comparisons are exact.
///
/// # Errors
/// [`TrimError`].
pub fn trim(sorted: &[i64], rule: &Trim) -> Result<Trimmed, TrimError> {
    check_rule(rule)?;
    let unsorted = sorted.windows(2).position(|pair| matches!(pair, [a, b] if a > b));
    if let Some(index) = unsorted {
        return Err(TrimError::Unsorted { position: index + 2 });
    }
    let everything = Trimmed { lower: None, upper: None, kept: 0..sorted.len(), passes: 0, q1: None, q3: None };
    if sorted.is_empty() {
        return Ok(everything);
    }
    let multiples = |center: Option<Ratio>, low: Ratio, high: Ratio| {
        let center = center.ok_or(FIGURES_TOO_WIDE)?;
        Ok(between(sorted, center.checked_mul(low)?, center.checked_mul(high)?))
    };
    match *rule {
        Trim::None => Ok(everything),
        Trim::Iqr { k, when_zero } => trim_iqr(sorted, k, when_zero),
        Trim::Sigma { k, spread, passes } => trim_sigma(sorted, k, spread, passes),
        Trim::MedianMultiple { low, high } => multiples(median(sorted), low, high),
        Trim::MeanMultiple { low, high } => multiples(Moments::of(sorted)?.mean(), low, high),
        Trim::Percentile { low, high } => {
            let (lower, upper) = (quantile(sorted, low)?, quantile(sorted, high)?);
            Ok(between(sorted, lower, upper))
        }
    }
}

const FIGURES_TOO_WIDE: TrimError = TrimError::Overflow(Overflow { operation: "quantile" });

fn quantile(sorted: &[i64], p: Ratio) -> Result<Ratio, TrimError> {
    quantile_r7(sorted, p).ok_or(FIGURES_TOO_WIDE)
}

fn check_rule(rule: &Trim) -> Result<(), TrimError> {
    let (low, high, most) = match *rule {
        Trim::None => return Ok(()),
        Trim::Iqr { k, when_zero: IqrZero::Floor(floor) } => (k.min(floor), k.max(floor), None),
        Trim::Iqr { k, .. } | Trim::Sigma { k, .. } => (k, k, None),
        Trim::MedianMultiple { low, high } | Trim::MeanMultiple { low, high } => (low, high, None),
        Trim::Percentile { low, high } => (low, high, Some(Ratio::ONE)),
    };
    if low.is_negative() || low > high || most.is_some_and(|most| high > most) {
        return Err(TrimError::BadBounds { low, high });
    }
    Ok(())
}

/// Keeps the values from `lower` to `upper`, both included.
fn between(sorted: &[i64], lower: Ratio, upper: Ratio) -> Trimmed {
    let start = sorted.partition_point(|value| Ratio::from_int(*value) < lower);
    let end = sorted.partition_point(|value| Ratio::from_int(*value) <= upper).max(start);
    let passes = u32::from(end - start < sorted.len());
    Trimmed { lower: Some(lower), upper: Some(upper), kept: start..end, passes, q1: None, q3: None }
}

fn trim_iqr(sorted: &[i64], k: Ratio, when_zero: IqrZero) -> Result<Trimmed, TrimError> {
    let q1 = quantile(sorted, Ratio::new(1, 4)?)?;
    let q3 = quantile(sorted, Ratio::new(3, 4)?)?;
    let mut range = q3.checked_sub(q1)?;
    if range.is_zero() {
        match when_zero {
            IqrZero::KeepEqual => {}
            IqrZero::Skip => {
                let kept = 0..sorted.len();
                return Ok(Trimmed { lower: None, upper: None, kept, passes: 0, q1: Some(q1), q3: Some(q3) });
            }
            IqrZero::Floor(share) => {
                range = median(sorted).ok_or(FIGURES_TOO_WIDE)?.checked_mul(share)?;
            }
        }
    }
    let reach = range.checked_mul(k)?;
    let trimmed = between(sorted, q1.checked_sub(reach)?, q3.checked_add(reach)?);
    Ok(Trimmed { q1: Some(q1), q3: Some(q3), ..trimmed })
}

fn trim_sigma(sorted: &[i64], k: Ratio, spread: Spread, passes: Option<u32>) -> Result<Trimmed, TrimError> {
    let mut moments = Moments::of(sorted)?;
    let mut kept = 0..sorted.len();
    let mut removing = 0;
    while passes.is_none_or(|passes| removing < passes) {
        let Some(fence) = SigmaFence::new(&moments, k, spread) else {
            break;
        };
        let values = sorted.get(kept.clone()).unwrap_or_default();
        let start = values.partition_point(|value| fence.side(*value).is_lt());
        let end = values.partition_point(|value| fence.side(*value).is_le()).max(start);
        if end - start == values.len() {
            break;
        }
        let (below, rest) = values.split_at(start);
        let (_, above) = rest.split_at(end - start);
        below.iter().chain(above).for_each(|value| moments.remove(*value));
        kept = kept.start + start..kept.start + end;
        removing += 1;
    }
    Ok(Trimmed { lower: None, upper: None, kept, passes: removing, q1: None, q3: None })
}

/// Whether a value lies within k standard deviations of the mean, by squares: with S the sum,
/// V = n * sum of squares - S^2 and d the divisor of the variance, `|x - S/n| <= k sqrt(V / (n d))`
/// is `(n x - S)^2 d <= k^2 V n`.
struct SigmaFence {
    n: i128,
    sum: i128,
    divisor: u128,
    k_den: u128,
    reach: Wide,
}

impl SigmaFence {
    /// `None` with too few values for a standard deviation.
    fn new(moments: &Moments, k: Ratio, spread: Spread) -> Option<Self> {
        let n = u128::from(moments.n());
        let (num, den) = (k.num().unsigned_abs(), k.den().unsigned_abs());
        Some(Self {
            n: i128::from(moments.n()),
            sum: moments.sum(),
            divisor: u128::from(moments.divisor(spread)?),
            k_den: den,
            reach: Wide::product(&[num, num, moments.scaled_variance(), n]),
        })
    }

    /// `Less` below the fence, `Equal` inside it, `Greater` above it.
    fn side(&self, value: i64) -> Ordering {
        // n x: 64 by 64 bits; the sum is below the root of 127 bits times n.
        let distance = i128::from(value) * self.n - self.sum;
        let magnitude = distance.unsigned_abs();
        let squared = Wide::product(&[self.divisor, self.k_den, self.k_den, magnitude, magnitude]);
        if squared > self.reach { distance.cmp(&0) } else { Ordering::Equal }
    }
}

#[cfg(test)]
mod tests;
