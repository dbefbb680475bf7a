//! Allocation by largest remainder: an amount is split in proportion to shares, to the fen, and the
//! parts add up to the amount.
//!
//! Every part is first cut down to the fen; the fen still missing go to the largest remainders, one
//! each, ties by an explicit rank (Hamilton's method).

use std::cmp::Ordering;

use thiserror::Error;

use crate::money::Fen;
use crate::ranked::mark_largest;

/// Why an amount cannot be allocated.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
pub enum AllocationError {
    /// There is money but nobody to receive it.
    #[error(
        "{total} yuan cannot be allocated: every share is zero\n  hint: say who bears the amount when there are no claims"
    )]
    NoShares {
        /// The amount to allocate.
        total: Fen,
    },
    /// A share below zero.
    #[error(
        "share number {position} is negative\n  hint: shares are counts of points, days or cost; correct the claim first"
    )]
    NegativeShare {
        /// Which share, counted from 1.
        position: usize,
    },
    /// Not one rank for every share.
    #[error("{shares} shares but {ranks} ranks\n  hint: every claimant has one rank")]
    RankCount {
        /// Number of shares.
        shares: usize,
        /// Number of ranks.
        ranks: usize,
    },
    /// The shares do not add up within 127 bits.
    #[error("the sum of the shares does not fit\n  hint: state the shares in a larger unit")]
    Overflow,
}

/// Splits `total` over `shares`; a tie between equal remainders goes to the smaller rank, then to
/// the smaller index. A negative total is the mirror image of the positive one.
///
/// # Errors
/// [`AllocationError`].
pub fn largest_remainder(total: Fen, shares: &[i128], rank: &[u32]) -> Result<Vec<Fen>, AllocationError> {
    if rank.len() != shares.len() {
        return Err(AllocationError::RankCount { shares: shares.len(), ranks: rank.len() });
    }
    largest_remainder_by(total, shares, |a, b| rank.get(a).cmp(&rank.get(b)))
}

/// As [`largest_remainder`], with the tie order given as a comparison of two claimants' indices
/// (`Less` is served first). Where it says `Equal`, the smaller index is served first.
///
/// # Errors
/// [`AllocationError`].
pub fn largest_remainder_by(
    total: Fen,
    shares: &[i128],
    cmp: impl Fn(usize, usize) -> Ordering,
) -> Result<Vec<Fen>, AllocationError> {
    let sum = sum_of_shares(shares)?;
    if sum == 0 {
        return if total.is_zero() {
            Ok(vec![Fen::ZERO; shares.len()])
        } else {
            Err(AllocationError::NoShares { total })
        };
    }
    let amount = total.get().unsigned_abs();
    let parts = match u64::try_from(sum) {
        Ok(sum) => split(amount, shares, cmp, |share| divide_narrow(amount, share, sum)),
        Err(_) => split(amount, shares, cmp, |share| divide_wide(amount, share, sum)),
    };
    let sign: i128 = if total.is_negative() { -1 } else { 1 };
    let signed = |part: u64| {
        let part = i64::try_from(sign * i128::from(part));
        assert!(part.is_ok(), "a part is never larger than the amount");
        Fen::new(part.unwrap_or_default())
    };
    Ok(parts.into_iter().map(signed).collect())
}

fn sum_of_shares(shares: &[i128]) -> Result<u128, AllocationError> {
    let mut sum = 0_u128;
    for (index, share) in shares.iter().enumerate() {
        let share = u128::try_from(*share).map_err(|_| AllocationError::NegativeShare { position: index + 1 })?;
        sum = sum.checked_add(share).ok_or(AllocationError::Overflow)?;
    }
    // One spare bit keeps a doubled remainder within 128 bits.
    if sum > i128::MAX.unsigned_abs() { Err(AllocationError::Overflow) } else { Ok(sum) }
}

/// Cuts every part down, then gives the missing fen by descending remainder.
fn split<R: Ord + Copy>(
    amount: u64,
    shares: &[i128],
    cmp: impl Fn(usize, usize) -> Ordering,
    divide: impl Fn(u128) -> (u64, R),
) -> Vec<u64> {
    let mut parts = Vec::with_capacity(shares.len());
    let mut remainders = Vec::with_capacity(shares.len());
    let mut given = 0_u64;
    for share in shares {
        // Shares were seen not to be negative.
        let (part, remainder) = divide(share.unsigned_abs());
        given += part;
        parts.push(part);
        remainders.push(remainder);
    }
    let missing = usize::try_from(amount - given).unwrap_or(usize::MAX);
    assert!(missing == 0 || missing < shares.len(), "less than one fen is missing per share");
    mark_largest(&remainders, missing, cmp, |index| {
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
        }
    });
    assert!(parts.iter().sum::<u64>() == amount, "an allocation adds up to its total");
    parts
}

/// Quotient and remainder of `amount * share / sum`, for a sum within 64 bits.
fn divide_narrow(amount: u64, share: u128, sum: u64) -> (u64, u64) {
    let product = u128::from(amount) * share;
    if let Ok(product) = u64::try_from(product) {
        return (product / sum, product % sum);
    }
    let sum = u128::from(sum);
    narrow(product / sum, product % sum)
}

/// share <= sum, so the quotient is at most the amount and the remainder is below the sum.
fn narrow(quotient: u128, remainder: u128) -> (u64, u64) {
    let (quotient, remainder) = (u64::try_from(quotient), u64::try_from(remainder));
    assert!(quotient.is_ok() && remainder.is_ok(), "a part is never larger than the amount");
    (quotient.unwrap_or_default(), remainder.unwrap_or_default())
}

/// As [`divide_narrow`], for a sum within 127 bits: multiplies bit by bit and keeps only the
/// remainder, which never leaves 128 bits.
fn divide_wide(amount: u64, share: u128, sum: u128) -> (u64, u128) {
    let (mut quotient, mut remainder) = (0_u64, 0_u128);
    for bit in (0..u64::BITS).rev() {
        quotient <<= 1;
        remainder <<= 1;
        if remainder >= sum {
            remainder -= sum;
            quotient += 1;
        }
        if (amount >> bit) & 1 == 1 {
            remainder += share;
            if remainder >= sum {
                remainder -= sum;
                quotient += 1;
            }
        }
    }
    (quotient, remainder)
}

#[cfg(test)]
mod tests;
