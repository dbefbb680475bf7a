//! The claims of a pool under a total, by part of the year: the year, its quarters, or the settled month.

use yibao_kernel::explain::Writer;
use yibao_kernel::{Fen, Mode, sum};

use super::budget::Composition;
use super::error::SettleError;
use super::pool_year::{PoolState, PoolYear, RowWork};
use super::pro_rata::scale;
use super::sums::money;
use crate::plan::{ClearPer, CompiledVerb};

/// Months of a quarter.
const QUARTER: usize = 3;

/// The part of the year a month belongs to.
pub const fn part_of(per: ClearPer, month: usize, settled_month: bool) -> usize {
    match per {
        ClearPer::Quarter if !settled_month => month / QUARTER,
        _ => 0,
    }
}

impl PoolYear<'_> {
    pub(super) fn under_a_total(&self, row: &RowWork) -> Option<ClearPer> {
        let found = self.step(row.key, |verb| match verb {
            CompiledVerb::Clear { pro_rata: Some(per), .. } => Some(*per),
            _ => None,
        });
        found.map(|(_, per)| per)
    }

    /// Scales the claims of the pool's rows; each row gets what its cases divide by part of the year. The other rows of
    /// the pool are paid first.
    pub(super) fn scale_claims(
        &self,
        parts: &Composition,
        rows: &mut [RowWork],
        state: &mut PoolState,
    ) -> Result<(), SettleError> {
        let Some(per) = rows.iter().find_map(|row| self.under_a_total(row)) else { return Ok(()) };
        let one_month = self.period.month.is_some();
        let months = self.plan.months.len();
        let count = part_of(per, months.saturating_sub(1), one_month) + 1;
        let totals = self.totals(parts, per, count)?;
        for row in rows.iter_mut().filter(|row| self.under_a_total(row).is_some()) {
            row.parts = vec![Fen::ZERO; count];
        }
        for (part, total) in totals.into_iter().enumerate() {
            let mut first = Fen::ZERO;
            let (mut at, mut claims) = (Vec::new(), Vec::new());
            for (number, row) in rows.iter().enumerate() {
                let of_part =
                    row.months.iter().enumerate().filter(|(month, _)| part_of(per, *month, one_month) == part);
                let fixed = money(of_part.map(|(_, sums)| sums.fixed).sum())?;
                if row.parts.is_empty() {
                    first = first.checked_add(fixed)?;
                } else if fixed.is_negative() {
                    return Err(self.negative_claim(row));
                } else {
                    at.push(number);
                    claims.push(fixed);
                }
            }
            let refused = |cause| SettleError::Scale { pool: self.pool.id.clone(), cause };
            let scaled = scale(total.checked_sub(first)?, &claims).map_err(refused)?;
            let factor = scaled.factor.to_decimal(6, Mode::HalfUp)?;
            let number = i64::try_from(part + 1).unwrap_or(i64::MAX);
            let paid = sum(scaled.paid.iter().copied())?;
            let mut writer = Writer::new(&mut state.explanation);
            writer
                .step(self.rules.pool_factor)
                .int(number)
                .fen(scaled.total)
                .fen(scaled.claims)
                .decimal(factor)
                .fen(paid);
            for ((row, claim), paid) in at.into_iter().zip(claims).zip(scaled.paid) {
                let Some(row) = rows.get_mut(row) else { continue };
                if let Some(slot) = row.parts.get_mut(part) {
                    *slot = paid;
                }
                if !claim.is_zero() {
                    let mut writer = Writer::new(&mut row.explanation);
                    writer.step(self.rules.row_part).int(number).fen(claim).decimal(factor).fen(paid);
                }
            }
        }
        Ok(())
    }

    pub(super) fn negative_claim(&self, row: &RowWork) -> SettleError {
        let method = self.method(row.key).map_or_else(String::new, |method| method.id.clone());
        SettleError::NegativeClaim { pool: self.pool.id.clone(), method }
    }

    /// What there is for each part of the year.
    fn totals(&self, parts: &Composition, per: ClearPer, count: usize) -> Result<Vec<Fen>, SettleError> {
        if count == 1 {
            return Ok(vec![parts.distributable]);
        }
        let mut totals = vec![Fen::ZERO; count];
        for month in 0..self.pool.months.len() {
            let share = self.share_of_month(parts.distributable, month)?;
            let part = part_of(per, month, false).min(count - 1);
            if let Some(total) = totals.get_mut(part) {
                *total = total.checked_add(share)?;
            }
        }
        Ok(totals)
    }
}
