//! `compensate`: growth of the workload beyond the total, paid from the reserve as far as it reaches (spec §3.4).

use yibao_kernel::explain::Writer;
use yibao_kernel::{Fen, Mode, Ratio, sum};

use super::error::SettleError;
use super::growth::compensation;
use super::pool_year::{PoolState, PoolYear, RowWork};
use super::sharing::{SharingError, pay_claims};
use crate::plan::{CompiledVerb, Workload};

impl PoolYear<'_> {
    /// What each row asks for is paid from the reserve, in proportion where it runs out; booked as `shared`.
    pub(super) fn compensate(&self, rows: &mut [RowWork], state: &mut PoolState) -> Result<(), SettleError> {
        let mut asked = vec![Fen::ZERO; rows.len()];
        let mut told = vec![None; rows.len()];
        for ((row, asked), told) in rows.iter().zip(&mut asked).zip(&mut told) {
            let found = self.step(row.key, |verb| match verb {
                CompiledVerb::Compensate(rule) => Some(rule.as_ref()),
                _ => None,
            });
            // A row that only pays for care elsewhere has no workload.
            let Some((step, rule)) = found.filter(|_| row.sums.cases > 0) else { continue };
            let previous = self.needed(step, rule.previous, row)?;
            let workload = match rule.of {
                Workload::Units => Ratio::new(row.sums.units, 10_000)?,
                Workload::Cases => Ratio::new(i128::from(row.sums.cases), 1)?,
            };
            let low = match rule.score {
                Some((table, at_least)) => Some(self.needed(step, table, row)?).filter(|score| *score < at_least),
                None => None,
            };
            if low.is_none() {
                *asked = compensation(workload, previous, rule.above, rule.share, row.columns.net()?)?;
            }
            *told = Some((step, workload, previous, low));
        }
        let rank: Vec<u32> = (0_u32..).take(rows.len()).collect();
        let available = state.reserve.balance()?;
        let refused = |cause: SharingError| SettleError::Row {
            step: "compensate".to_owned(),
            institution: "all".to_owned(),
            cause,
        };
        let paid = pay_claims(&asked, available, &rank).map_err(refused)?;
        let claims = sum(asked.iter().copied())?;
        if !claims.is_zero() {
            let out = sum(paid.iter().copied())?;
            state.reserve.draw(&self.pool.id, out, "compensating workload growth", "lower the share")?;
            Writer::new(&mut state.explanation).step(self.rules.pool_growth).fen(claims).fen(available).fen(out);
        }
        for (((row, asked), paid), told) in rows.iter_mut().zip(asked).zip(paid).zip(told) {
            let Some((step, workload, previous, low)) = told else { continue };
            row.share_wanted = row.share_wanted.checked_add(asked)?;
            row.columns.shared = row.columns.shared.checked_add(paid)?;
            let (workload, previous) = (workload.to_decimal(4, Mode::HalfUp)?, previous.to_decimal(4, Mode::HalfUp)?);
            let mut writer = Writer::new(&mut row.explanation);
            match low {
                None => writer.step(step.rule).decimal(workload).decimal(previous).fen(asked).fen(paid),
                Some(score) => writer.step(step.rule_other).decimal(workload).decimal(previous).ratio(score),
            };
        }
        Ok(())
    }
}
