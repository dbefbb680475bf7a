//! From a budget to what the methods may distribute: dated changes, then ordered deductions (spec §3.1, §3.3, §3.4).

use thiserror::Error;
use yibao_kernel::{Fen, Mode, Overflow, Ratio, RatioError};

/// One ordered deduction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeductionOf {
    /// A fixed amount.
    Fixed(Fen),
    /// A share of the whole budget.
    ShareOfAmount(Ratio),
    /// A share of what the earlier deductions left.
    ShareOfLeft(Ratio),
}

/// A deduction and where it goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeductionLine {
    /// How much.
    pub of: DeductionOf,
    /// Into the pool's reserve, else out of the pool.
    pub to_reserve: bool,
}

/// A budget taken apart: `budget = deducted + reserve_in + distributable`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Composition {
    /// After dated changes.
    pub budget: Fen,
    /// The amount of each deduction, in order.
    pub amounts: Vec<Fen>,
    /// Sum of those that leave the pool.
    pub deducted: Fen,
    /// Sum of those that go into the reserve.
    pub reserve_in: Fen,
    /// What is left for the methods.
    pub distributable: Fen,
    /// Drawn from the reserve on top: `budget + drawn = deducted + reserve_in + distributable`.
    pub drawn: Fen,
}

/// Why a budget cannot be taken apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum BudgetError {
    /// A budget below zero, usually by a dated change.
    #[error("the budget is negative: {budget} yuan\n  hint: check the amounts of the pool and of its `adjust` entries")]
    Negative {
        /// The budget.
        budget: Fen,
    },
    /// More is deducted than there is.
    #[error(
        "the budget of {budget} yuan is smaller than its deductions: deduction {position} takes {amount} yuan of the {left} yuan left\n  hint: lower the deductions or raise the budget; a fixed deduction is in yuan"
    )]
    SmallerThanDeductions {
        /// The budget.
        budget: Fen,
        /// Which deduction, counted from 1.
        position: usize,
        /// What it takes.
        amount: Fen,
        /// What the earlier ones left.
        left: Fen,
    },
    /// A deduction below zero.
    #[error("deduction {position} is negative: {amount} yuan\n  hint: an addition to a budget is an `adjust` entry")]
    NegativeDeduction {
        /// Which deduction, counted from 1.
        position: usize,
        /// What it takes.
        amount: Fen,
    },
    /// Arithmetic.
    #[error(transparent)]
    Ratio(#[from] RatioError),
    /// Arithmetic.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Takes the deductions out of the budget in their order, each rounded half-up to the fen.
///
/// # Errors
/// [`BudgetError`].
pub fn compose(budget: Fen, lines: &[DeductionLine]) -> Result<Composition, BudgetError> {
    if budget.is_negative() {
        return Err(BudgetError::Negative { budget });
    }
    let (mut left, mut deducted, mut reserve_in) = (budget, Fen::ZERO, Fen::ZERO);
    let mut amounts = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let position = index + 1;
        let share = |of: Fen, share: Ratio| of.ratio().checked_mul(share)?.to_fen(Mode::HalfUp);
        let amount = match line.of {
            DeductionOf::Fixed(amount) => amount,
            DeductionOf::ShareOfAmount(ratio) => share(budget, ratio)?,
            DeductionOf::ShareOfLeft(ratio) => share(left, ratio)?,
        };
        if amount.is_negative() {
            return Err(BudgetError::NegativeDeduction { position, amount });
        }
        if amount > left {
            return Err(BudgetError::SmallerThanDeductions { budget, position, amount, left });
        }
        left = left.checked_sub(amount)?;
        let target = if line.to_reserve { &mut reserve_in } else { &mut deducted };
        *target = target.checked_add(amount)?;
        amounts.push(amount);
    }
    assert!(
        deducted.checked_add(reserve_in).and_then(|out| out.checked_add(left)) == Ok(budget),
        "budget = deducted + reserve_in + distributable"
    );
    Ok(Composition { budget, amounts, deducted, reserve_in, distributable: left, drawn: Fen::ZERO })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(text: &str) -> Fen {
        Fen::parse_yuan(text.as_bytes()).unwrap()
    }

    fn line(of: DeductionOf, to_reserve: bool) -> DeductionLine {
        DeductionLine { of, to_reserve }
    }

    #[test]
    fn deductions_are_taken_in_their_order() {
        let five_percent = Ratio::parse("5%").unwrap();
        let lines = [
            line(DeductionOf::Fixed(yuan("20000")), false),
            line(DeductionOf::ShareOfAmount(five_percent), true),
            line(DeductionOf::ShareOfLeft(five_percent), false),
        ];
        let parts = compose(yuan("100000"), &lines).unwrap();
        assert_eq!(parts.amounts, [yuan("20000"), yuan("5000"), yuan("3750")]);
        assert_eq!(
            (parts.deducted, parts.reserve_in, parts.distributable),
            (yuan("23750"), yuan("5000"), yuan("71250"))
        );
    }

    #[test]
    fn a_budget_smaller_than_its_deductions_is_refused() {
        let lines = [line(DeductionOf::Fixed(yuan("70")), false), line(DeductionOf::Fixed(yuan("40")), true)];
        assert_eq!(
            compose(yuan("100"), &lines).unwrap_err().to_string(),
            "the budget of 100.00 yuan is smaller than its deductions: deduction 2 takes 40.00 yuan of the 30.00 yuan left\n  hint: lower the deductions or raise the budget; a fixed deduction is in yuan"
        );
        let negative = [line(DeductionOf::Fixed(yuan("-1")), false)];
        assert_eq!(
            compose(yuan("100"), &negative).unwrap_err().to_string(),
            "deduction 1 is negative: -1.00 yuan\n  hint: an addition to a budget is an `adjust` entry"
        );
        assert_eq!(
            compose(yuan("-100"), &[]).unwrap_err().to_string(),
            "the budget is negative: -100.00 yuan\n  hint: check the amounts of the pool and of its `adjust` entries"
        );
    }
}
