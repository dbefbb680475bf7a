//! From cleared to due: monthly prepayment, quality deposit, offset (spec §3.5, §3.6, §7.1).

use yibao_kernel::{Fen, Mode, Overflow, Ratio, RatioError};

use crate::pack::step::DepositBelow;

/// The prepayment of a month: a share of the fund part accounted in it (spec §3.5).
///
/// # Errors
/// Overflow.
pub fn prepayment(accounted: Fen, rate: Ratio) -> Result<Fen, RatioError> {
    accounted.ratio().checked_mul(rate)?.to_fen(Mode::HalfUp)
}

/// Whether a rate of prepayment keeps its legal floor (Zhejiang: at least 85%).
#[must_use]
pub fn keeps_floor(rate: Ratio, floor: Option<Ratio>) -> bool {
    floor.is_none_or(|floor| rate >= floor)
}

/// A quality deposit (spec §3.6).
#[derive(Clone, Copy, Debug)]
pub struct DepositRule {
    /// Share that is withheld.
    pub rate: Ratio,
    /// Score from which all is returned.
    pub full_at: Ratio,
    /// What is returned below it: the texts say "in proportion" without the base.
    pub below: DepositBelow,
}

impl DepositRule {
    /// The deposit on an amount. Nothing is withheld from a receivable.
    ///
    /// # Errors
    /// Overflow.
    pub fn deposit(&self, amount: Fen) -> Result<Fen, RatioError> {
        amount.max(Fen::ZERO).ratio().checked_mul(self.rate)?.to_fen(Mode::HalfUp)
    }

    /// What is returned of a deposit at a score.
    ///
    /// # Errors
    /// [`RatioError::DivisionByZero`] for a threshold of 0; overflow.
    pub fn returned(&self, deposit: Fen, score: Ratio) -> Result<Fen, RatioError> {
        if score >= self.full_at {
            return Ok(deposit);
        }
        let base = match self.below {
            DepositBelow::None => return Ok(Fen::ZERO),
            DepositBelow::ScoreOverThreshold => self.full_at,
            DepositBelow::ScoreOver100 => Ratio::from_int(100),
        };
        deposit.ratio().checked_mul(score.max(Ratio::ZERO))?.checked_div(base)?.to_fen(Mode::HalfUp)
    }
}

/// The columns of a clearing row that add up to what is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Columns {
    /// What the method gives.
    pub cleared: Fen,
    /// Care elsewhere charged to the row.
    pub charged: Fen,
    /// Effect of the assessment.
    pub assessed: Fen,
    /// Sharing.
    pub shared: Fen,
    /// Entries about closed periods.
    pub difference: Fen,
    /// Deposit not returned.
    pub withheld: Fen,
    /// Paid in advance.
    pub prepaid: Fen,
}

impl Columns {
    /// What the method gives after care elsewhere: cleared + charged.
    ///
    /// # Errors
    /// Overflow.
    pub fn net(&self) -> Result<Fen, Overflow> {
        self.cleared.checked_add(self.charged)
    }

    /// What the row is entitled to before deposits and prepayments: cleared + charged + assessed + shared + difference.
    ///
    /// # Errors
    /// Overflow.
    pub fn entitled(&self) -> Result<Fen, Overflow> {
        self.net()?.checked_add(self.assessed)?.checked_add(self.shared)?.checked_add(self.difference)
    }
}

/// due = cleared + charged + assessed + shared + difference − withheld − prepaid. Below 0 it is a receivable, kept as a
/// negative figure (spec §0.4).
///
/// # Errors
/// Overflow.
pub fn due(columns: &Columns) -> Result<Fen, Overflow> {
    columns.entitled()?.checked_sub(columns.withheld)?.checked_sub(columns.prepaid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        Ratio::parse(text).unwrap()
    }

    fn yuan(text: &str) -> Fen {
        Fen::parse_yuan(text.as_bytes()).unwrap()
    }

    #[test]
    fn below_the_threshold_the_base_of_the_proportion_is_a_policy_choice() {
        let returned = |below| {
            let rule = DepositRule { rate: ratio("5%"), full_at: ratio("95"), below };
            let deposit = rule.deposit(yuan("20000000")).unwrap();
            rule.returned(deposit, ratio("76")).unwrap()
        };
        assert_eq!(returned(DepositBelow::ScoreOverThreshold), yuan("800000"));
        assert_eq!(returned(DepositBelow::ScoreOver100), yuan("760000"));
        assert_eq!(returned(DepositBelow::None), Fen::ZERO);
    }

    #[test]
    fn nothing_is_withheld_from_a_receivable() {
        let rule = DepositRule { rate: ratio("5%"), full_at: ratio("95"), below: DepositBelow::None };
        assert_eq!(rule.deposit(yuan("-100")), Ok(Fen::ZERO));
    }

    #[test]
    fn a_negative_due_is_kept() {
        let columns = Columns { cleared: yuan("10"), prepaid: yuan("15"), withheld: yuan("1"), ..Columns::default() };
        assert_eq!(due(&columns), Ok(yuan("-6")));
    }
}
