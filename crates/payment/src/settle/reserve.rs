//! The reserve of a pool: opening + in + savings = out + closing, never below zero (spec §3.4).

use yibao_kernel::{Fen, Overflow};

use super::error::SettleError;

/// A reserve and what moved it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reserve {
    /// Balance at the start.
    pub opening: Fen,
    /// From the budget.
    pub put_in: Fen,
    /// From residuals, assessments and returned savings.
    pub saved: Fen,
    /// Paid out.
    pub out: Fen,
}

impl Reserve {
    /// What it holds.
    ///
    /// # Errors
    /// Overflow.
    pub fn balance(&self) -> Result<Fen, Overflow> {
        self.opening.checked_add(self.put_in)?.checked_add(self.saved)?.checked_sub(self.out)
    }

    /// Adds a saving.
    ///
    /// # Errors
    /// Overflow.
    pub fn save(&mut self, amount: Fen) -> Result<(), Overflow> {
        self.saved = self.saved.checked_add(amount)?;
        Ok(())
    }

    /// Pays out, when there is enough.
    ///
    /// # Errors
    /// [`SettleError::ReserveNegative`].
    pub fn draw(&mut self, pool: &str, amount: Fen, what: &'static str, hint: &'static str) -> Result<(), SettleError> {
        let available = self.balance()?;
        if amount > available {
            return Err(SettleError::ReserveNegative { pool: pool.to_owned(), available, what, needed: amount, hint });
        }
        self.out = self.out.checked_add(amount)?;
        Ok(())
    }

    /// Saves a positive amount, draws a negative one.
    ///
    /// # Errors
    /// [`SettleError::ReserveNegative`].
    pub fn bear(&mut self, pool: &str, amount: Fen, what: &'static str, hint: &'static str) -> Result<(), SettleError> {
        if amount.is_negative() {
            return self.draw(pool, amount.checked_neg()?, what, hint);
        }
        Ok(self.save(amount)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_never_goes_below_zero() {
        let mut reserve = Reserve { opening: Fen::new(100), ..Reserve::default() };
        reserve.bear("p", Fen::new(50), "the residual", "wait").unwrap();
        reserve.bear("p", Fen::new(-120), "the residual", "wait").unwrap();
        assert_eq!(reserve.balance(), Ok(Fen::new(30)));
        assert_eq!(
            reserve.draw("p", Fen::new(31), "the residual", "let `borne_by` be \"next_year\"").unwrap_err().to_string(),
            "the reserve of pool \"p\" would go negative: it holds 0.30 yuan and the residual takes 0.31 yuan\n  hint: let `borne_by` be \"next_year\""
        );
    }
}
