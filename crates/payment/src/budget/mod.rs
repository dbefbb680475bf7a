//! A pack's budget worked out: income, spending budget, lines, as proposed, as heard, as adopted, as changed since.

pub mod divide;
pub mod waterfall;

use thiserror::Error;
use yibao_kernel::{Fen, Mode, Overflow, Ratio, RatioError, sum};
use yibao_policy::Path;

use self::divide::{DivideError, Part, Share, divide};
use crate::pack::budget::{BaseFrom, Budget, BudgetChange, BudgetValues, LineBasis};

pub use self::waterfall::{Cell, Column, LineView, ReserveView, Waterfall};

/// Something wrong with a budget: where below `[[budget]]`, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}\n  hint: {hint}")]
pub struct BudgetFault {
    /// Path below the budget.
    pub path: Path,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl BudgetFault {
    pub(crate) fn new(path: Path, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { path, message: message.into(), hint: hint.into() }
    }
}

/// A version of a budget, worked out. Lines in the order of the pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worked {
    /// Sum of the income lines.
    pub income: Fen,
    /// The spending budget: what the lines divide.
    pub budget: Fen,
    /// The lines.
    pub parts: Vec<Part>,
}

/// The spending budget of a base: last year × (1 + growth), or income × (1 − surplus target), half-up to the fen.
///
/// # Errors
/// Amounts that do not fit.
pub fn spending(from: Fen, change: Ratio) -> Result<Fen, RatioError> {
    from.ratio().checked_mul(Ratio::ONE.checked_add(change)?)?.to_fen(Mode::HalfUp)
}

/// Works a version out; `values` is what the version states, nothing for the lines as written.
///
/// # Errors
/// The first thing wrong with it.
pub fn work_out(budget: &Budget, values: &BudgetValues, here: &Path) -> Result<Worked, BudgetFault> {
    let income = income(budget)?;
    let amount = base(budget, values, income, here)?;
    let mut shares = Vec::with_capacity(budget.line.len());
    for (at, line) in budget.line.iter().enumerate() {
        let stated = values.line.get(&line.id).copied().or(line.value);
        let value = match (line.basis, stated) {
            (LineBasis::Remainder, _) => Ratio::ZERO,
            (_, None) => {
                let message = format!("line \"{}\" has no value", line.id);
                let hint = "state `value` in yuan or as a share, or let every version state it";
                return Err(BudgetFault::new(line_path(at), message, hint));
            }
            (LineBasis::Fixed, Some(yuan)) => {
                yuan.checked_mul(Ratio::from_int(100)).map_err(|error| arithmetic(&error, here))?
            }
            (_, Some(share)) => share,
        };
        let of = line.of.as_deref().and_then(|id| budget.line.iter().take(at).position(|earlier| earlier.id == id));
        shares.push(Share { of, basis: line.basis, value });
    }
    let parts = divide(amount, income, &shares).map_err(|error| told(budget, values, &error, here))?;
    Ok(Worked { income, budget: amount, parts })
}

fn line_path(at: usize) -> Path {
    Path::of("line").at(at)
}

fn arithmetic(error: &dyn std::error::Error, at: &Path) -> BudgetFault {
    BudgetFault::new(at.clone(), error.to_string(), "look for an absurd amount")
}

fn income(budget: &Budget) -> Result<Fen, BudgetFault> {
    let path = Path::of("income");
    if budget.income.is_empty() {
        let hint = "income decides spending: add [[budget.income]] lines (contributions, subsidies, interest)";
        return Err(BudgetFault::new(path, format!("budget \"{}\" has no income", budget.id), hint));
    }
    if let Some(at) = budget.income.iter().position(|line| line.amount.is_negative()) {
        return Err(BudgetFault::new(
            path.at(at).key("amount"),
            "a negative income",
            "state what is expected to come in",
        ));
    }
    sum(budget.income.iter().map(|line| line.amount)).map_err(|error: Overflow| arithmetic(&error, &path))
}

/// The spending budget of a version: within the growth cap, within the income.
fn base(budget: &Budget, values: &BudgetValues, income: Fen, here: &Path) -> Result<Fen, BudgetFault> {
    let base = &budget.base;
    // Where a value stands: in the version that states it, else in the base.
    let place = |stated: bool, key: &str| match stated {
        true => here.key("values").key(key),
        false => Path::of("base").key(key),
    };
    let missing = |key: &str| {
        let message = format!("the base has no `{key}`");
        let hint = "from = \"last_year\" needs last_year and growth, from = \"income\" needs surplus_target";
        BudgetFault::new(Path::of("base"), message, hint)
    };
    let (amount, at) = match base.from {
        BaseFrom::LastYear => {
            let last = base.last_year.ok_or_else(|| missing("last_year"))?;
            let growth = values.growth.or(base.growth).ok_or_else(|| missing("growth"))?;
            let at = place(values.growth.is_some(), "growth");
            if let Some(cap) = base.growth_cap.filter(|cap| growth > *cap) {
                let message = format!("growth {} is above the cap {}", percent(growth), percent(cap));
                return Err(BudgetFault::new(at, message, "lower the growth; the cap binds every version"));
            }
            (spending(last, growth), at)
        }
        BaseFrom::Income => {
            let target = values.surplus_target.or(base.surplus_target).ok_or_else(|| missing("surplus_target"))?;
            let at = place(values.surplus_target.is_some(), "surplus_target");
            if target.is_negative() || target > Ratio::ONE {
                let message = format!("the surplus target {target} is not a share of the income");
                return Err(BudgetFault::new(at, message, "state a share from 0 to 1, like \"0.02\""));
            }
            (spending(income, target.negated()), at)
        }
    };
    let amount = amount.map_err(|error| arithmetic(&error, &at))?;
    if amount.is_negative() {
        return Err(BudgetFault::new(at, format!("the budget is negative: {amount}"), "check last_year and growth"));
    }
    match amount.checked_sub(income) {
        Ok(over) if amount > income => {
            let message = format!("the budget {amount} exceeds the income {income} by {over}");
            let hint =
                "income decides spending: lower the growth, or add the income that pays for it (a subsidy, interest)";
            Err(BudgetFault::new(at, message, hint))
        }
        _ => Ok(amount),
    }
}

/// A share as a percentage.
fn percent(share: Ratio) -> String {
    share.checked_mul(Ratio::from_int(100)).map_or_else(|_| share.to_string(), |share| format!("{share}%"))
}

/// What cannot be divided, told in the words of the pack, at the value that did it.
fn told(budget: &Budget, values: &BudgetValues, error: &DivideError, here: &Path) -> BudgetFault {
    let Some((at, line)) = error.line().and_then(|at| budget.line.get(at).map(|line| (at, line))) else {
        return arithmetic(error, here);
    };
    let path = match values.line.contains_key(&line.id) {
        true => here.key("values").key("line").key(&line.id),
        false => line_path(at),
    };
    let name = |at: usize| budget.line.get(at).map_or("", |line| line.id.as_str());
    let whole = || match &line.of {
        Some(of) => format!("line \"{of}\""),
        None => "the budget".to_owned(),
    };
    let (message, hint) = match error {
        DivideError::Negative { .. } => (
            format!("line \"{}\" is negative", line.id),
            "what a line gives up after adoption is a [[budget.change]] with a negative amount".to_owned(),
        ),
        DivideError::AboveOne { value, .. } => (
            format!("line \"{}\" takes a share of {value}", line.id),
            "a share lies between 0 and 1; yuan are basis = \"fixed\"".to_owned(),
        ),
        DivideError::PartsOfFen { .. } => {
            (format!("line \"{}\" has parts of a fen", line.id), "state yuan with at most two decimals".to_owned())
        }
        DivideError::TooMuch { amount, left, .. } => (
            format!("line \"{}\" takes {amount} of the {left} left of {}", line.id, whole()),
            "lower it or the lines before it; a fixed line is in yuan".to_owned(),
        ),
        DivideError::NotAll { given, whole: all, left, .. } => (
            format!("the lines that divide {} sum to {given}, not {all}: {left} goes nowhere", whole()),
            "raise a line, or let the last one be basis = \"remainder\"".to_owned(),
        ),
        DivideError::SecondRemainder { first, .. } => (
            format!("lines \"{}\" and \"{}\" are both the remainder of {}", name(*first), line.id, whole()),
            "one line takes what is left; give the other a value".to_owned(),
        ),
        DivideError::AfterRemainder { remainder, .. } => (
            format!("line \"{}\" stands after the remainder \"{}\"", line.id, name(*remainder)),
            "put the remainder last".to_owned(),
        ),
        DivideError::Ratio(_) | DivideError::Overflow(_) => (error.to_string(), "look for an absurd amount".to_owned()),
    };
    BudgetFault::new(path, message, hint)
}

/// What every line changed by, its own changes and those of the lines below it.
///
/// # Errors
/// Amounts that do not fit.
pub fn changed(budget: &Budget, changes: &[&BudgetChange]) -> Result<Vec<Fen>, Overflow> {
    let mut sums = vec![Fen::ZERO; budget.line.len()];
    for change in changes {
        let moved = [(Some(&change.line), change.amount), (change.from.as_ref(), change.amount.checked_neg()?)];
        for (id, amount) in moved {
            let mut next = id.map(String::as_str);
            // A line names one that stands before it, so the way up ends.
            for _ in 0..=budget.line.len() {
                let Some((at, line)) = next.and_then(|id| budget.line(id)) else { break };
                if let Some(sum) = sums.get_mut(at) {
                    *sum = sum.checked_add(amount)?;
                }
                next = line.of.as_deref();
            }
        }
    }
    Ok(sums)
}

#[cfg(test)]
mod tests;
