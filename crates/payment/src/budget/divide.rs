//! A budget divided into ordered lines, lines into further lines: every fen goes somewhere (spec §3.1, §3.2).

use thiserror::Error;
use yibao_kernel::{Fen, Mode, Overflow, Ratio, RatioError};

use crate::pack::budget::LineBasis;

/// One line, as numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// The line it divides, which stands before it; `None` = the budget.
    pub of: Option<usize>,
    /// What `value` is.
    pub basis: LineBasis,
    /// Fen (fixed) or a share; nothing for the remainder.
    pub value: Ratio,
}

/// A line's amount.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Part {
    /// The amount.
    pub amount: Fen,
    /// The fen it got or gave so that the lines sum to what they divide; included in `amount`.
    pub rounding: Fen,
}

/// Why a budget cannot be divided so.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum DivideError {
    /// A negative value or amount.
    #[error("the line is negative: {amount}")]
    Negative {
        /// Which line.
        line: usize,
        /// Its amount, or its share.
        amount: Ratio,
    },
    /// A share above one.
    #[error("the share {value} is above 1")]
    AboveOne {
        /// Which line.
        line: usize,
        /// Its share.
        value: Ratio,
    },
    /// Parts of a fen.
    #[error("a fixed line has parts of a fen")]
    PartsOfFen {
        /// Which line.
        line: usize,
    },
    /// A line that takes more than there is.
    #[error("the line takes {amount} of the {left} that earlier lines left of {whole}")]
    TooMuch {
        /// Which line.
        line: usize,
        /// What it takes.
        amount: Fen,
        /// What there is.
        left: Fen,
        /// What is divided.
        whole: Fen,
    },
    /// Lines that do not use up what they divide.
    #[error("the lines sum to {given}, what they divide is {whole}: {left} goes nowhere")]
    NotAll {
        /// The last line.
        line: usize,
        /// Their sum.
        given: Fen,
        /// What is divided.
        whole: Fen,
        /// What is left.
        left: Fen,
    },
    /// Two remainders.
    #[error("a second remainder: line {first} takes all that is left already")]
    SecondRemainder {
        /// Which line.
        line: usize,
        /// The first remainder.
        first: usize,
    },
    /// A line after the remainder.
    #[error("a line after the remainder {remainder}, which leaves nothing")]
    AfterRemainder {
        /// Which line.
        line: usize,
        /// The remainder.
        remainder: usize,
    },
    /// Arithmetic.
    #[error(transparent)]
    Ratio(#[from] RatioError),
    /// Arithmetic.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

impl DivideError {
    /// The line it is about; `None` for arithmetic.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        match self {
            Self::Negative { line, .. }
            | Self::AboveOne { line, .. }
            | Self::PartsOfFen { line }
            | Self::TooMuch { line, .. }
            | Self::NotAll { line, .. }
            | Self::SecondRemainder { line, .. }
            | Self::AfterRemainder { line, .. } => Some(*line),
            Self::Ratio(_) | Self::Overflow(_) => None,
        }
    }
}

/// Divides a budget by its lines: each amount is rounded half-up to the fen when its turn comes, and a share of what
/// is left is a share of that rounded rest. Where shares use up what they divide exactly and their rounded amounts miss
/// it, the fen missing are put on, or taken off, single lines from the last one back and named in [`Part::rounding`].
///
/// # Errors
/// [`DivideError`].
pub fn divide(budget: Fen, income: Fen, lines: &[Share]) -> Result<Vec<Part>, DivideError> {
    let mut parts = vec![Part::default(); lines.len()];
    let of = |whole: Option<usize>| -> Vec<(usize, Share)> {
        lines.iter().copied().enumerate().filter(|(_, line)| line.of == whole).collect()
    };
    divide_one(budget, income, &of(None), &mut parts)?;
    for at in 0..lines.len() {
        let below = of(Some(at));
        let whole = parts.get(at).map_or(Fen::ZERO, |part| part.amount);
        if !below.is_empty() {
            divide_one(whole, income, &below, &mut parts)?;
        }
    }
    Ok(parts)
}

/// Divides one whole by the lines below it.
fn divide_one(whole: Fen, income: Fen, lines: &[(usize, Share)], parts: &mut [Part]) -> Result<(), DivideError> {
    let Some((last, _)) = lines.last() else { return Ok(()) };
    let mut left = whole;
    let mut exact_left = whole.ratio();
    let mut remainder: Option<usize> = None;
    let mut exact: Vec<(usize, Ratio)> = Vec::with_capacity(lines.len());
    for (at, line) in lines {
        if let Some(first) = remainder {
            return Err(match line.basis {
                LineBasis::Remainder => DivideError::SecondRemainder { line: *at, first },
                _ => DivideError::AfterRemainder { line: *at, remainder: first },
            });
        }
        if left.is_negative() && line.basis == LineBasis::Remainder {
            left = put_right(left, &exact, parts)?;
        }
        let wanted = amount(*at, line, whole, income, left.max(Fen::ZERO))?;
        let mut part = Part { amount: wanted.to_fen(Mode::HalfUp)?, rounding: Fen::ZERO };
        if line.basis == LineBasis::Remainder {
            remainder = Some(*at);
            let unrounded = exact_left.to_fen(Mode::HalfUp)?;
            part = Part { amount: left, rounding: left.checked_sub(unrounded)? };
        } else {
            exact_left = exact_left.checked_sub(wanted)?;
            exact.push((*at, wanted));
        }
        let rest = left.checked_sub(part.amount)?;
        // Half a fen too much from rounding shares that fit is put right at the end.
        if rest.is_negative() && exact_left.is_negative() {
            return Err(DivideError::TooMuch { line: *at, amount: part.amount, left, whole });
        }
        left = rest;
        set(parts, *at, part);
    }
    if !left.is_zero() {
        if !exact_left.is_zero() {
            return Err(DivideError::NotAll { line: *last, given: whole.checked_sub(left)?, whole, left });
        }
        left = put_right(left, &exact, parts)?;
    }
    let given = yibao_kernel::sum(lines.iter().filter_map(|(at, _)| parts.get(*at)).map(|part| part.amount))?;
    assert!(left.is_zero() && given == whole, "the lines sum to what they divide");
    Ok(())
}

fn set(parts: &mut [Part], at: usize, part: Part) {
    if let Some(place) = parts.get_mut(at) {
        *place = part;
    }
}

/// What a line takes, before rounding.
fn amount(at: usize, line: &Share, whole: Fen, income: Fen, left: Fen) -> Result<Ratio, DivideError> {
    let value = line.value;
    if value.is_negative() {
        return Err(DivideError::Negative { line: at, amount: value });
    }
    let share_of = |of: Fen| match value > Ratio::ONE {
        true => Err(DivideError::AboveOne { line: at, value }),
        false => Ok(of.ratio().checked_mul(value)?),
    };
    match line.basis {
        LineBasis::Fixed if value.den() != 1 => Err(DivideError::PartsOfFen { line: at }),
        LineBasis::Fixed => Ok(value),
        LineBasis::ShareOfIncome => share_of(income),
        LineBasis::ShareOfAmount => share_of(whole),
        LineBasis::ShareOfLeft => share_of(left),
        LineBasis::Remainder => Ok(left.ratio()),
    }
}

/// Puts the fen that rounding left over on lines that were rounded down (or takes those missing off lines that were
/// rounded up), one each, from the last line back.
fn put_right(left: Fen, exact: &[(usize, Ratio)], parts: &mut [Part]) -> Result<Fen, DivideError> {
    let mut left = left;
    let one = Fen::new(if left.is_negative() { -1 } else { 1 });
    for (at, wanted) in exact.iter().rev() {
        let Some(part) = parts.get_mut(*at) else { continue };
        let rounded_up = part.amount.ratio() > *wanted;
        let rounded_down = part.amount.ratio() < *wanted;
        if !left.is_zero() && (if one.is_negative() { rounded_up } else { rounded_down }) {
            part.amount = part.amount.checked_add(one)?;
            part.rounding = one;
            left = left.checked_sub(one)?;
        }
    }
    Ok(left)
}

#[cfg(test)]
mod tests;
