//! What entries and assessments add to a pool's year: differences of closed periods with their bearer, and the
//! indicators behind every score that a row is paid by.

use yibao_kernel::explain::Writer;
use yibao_kernel::{Fen, sum};

use super::error::SettleError;
use super::pool_year::{PoolState, PoolYear, RowWork};
use crate::pack::entries::DifferenceBearer;
use crate::plan::{CompiledVerb, TableId};

impl PoolYear<'_> {
    /// The sum of the differences that one bearer bears.
    pub(super) fn differences_of(&self, rows: &[RowWork], bearer: DifferenceBearer) -> Result<Fen, SettleError> {
        let of = |row: &RowWork| row.booked.by_bearer.get(bearer as usize).copied().unwrap_or(Fen::ZERO);
        Ok(sum(rows.iter().map(of))?)
    }

    /// Books the differences of closed periods: what is paid comes from its bearer, what is recovered goes to it. What
    /// the residual bears is part of it.
    pub(super) fn book_differences(&self, rows: &mut [RowWork], state: &mut PoolState) -> Result<(), SettleError> {
        let rule = rows.iter().find_map(|row| row.booked.rules).map(|(_, rule)| rule);
        for row in rows.iter_mut() {
            row.booked.tell(&mut row.explanation)?;
        }
        let Some(rule) = rule.filter(|_| self.period.month.is_none()) else { return Ok(()) };
        for (bearer, word) in [
            (DifferenceBearer::Residual, self.pool.borne_by.word()),
            (DifferenceBearer::Reserve, "reserve"),
            (DifferenceBearer::NextYear, "next_year"),
        ] {
            let amount = self.differences_of(rows, bearer)?;
            if amount.is_zero() {
                continue;
            }
            Writer::new(&mut state.explanation).step(rule).fen(amount).text(word);
            match bearer {
                DifferenceBearer::Residual => {}
                DifferenceBearer::Reserve => {
                    let hint = "put more into the reserve, or let `borne_by` of the entries be \"next_year\"";
                    let what = "the differences of closed periods";
                    state.reserve.bear(&self.pool.id, amount.checked_neg()?, what, hint)?;
                }
                DifferenceBearer::NextYear => state.carried = state.carried.checked_sub(amount)?,
            }
        }
        Ok(())
    }

    /// Writes the indicators of every score that the steps of a row's method use.
    pub(super) fn tell_assessments(&self, rows: &mut [RowWork]) {
        if self.plan.assessments.is_empty() {
            return;
        }
        for row in rows {
            let Some(method) = self.plan.methods.get(usize::from(row.key.method)) else { continue };
            let used: Vec<TableId> = method.year_steps.iter().filter_map(|step| score_table(&step.verb)).collect();
            for assessed in self.plan.assessments.iter().filter(|assessed| used.contains(&assessed.table)) {
                let Some((parts, total)) = assessed.scores.get(row.key.institution as usize) else { continue };
                let mut writer = Writer::new(&mut row.explanation);
                for ((_, _, rule), part) in assessed.indicators.iter().zip(parts) {
                    if let Some(part) = part {
                        writer.step(*rule).ratio(part.value).ratio(part.score).ratio(part.weight);
                    }
                }
                writer.step(assessed.rule).decimal(*total);
            }
        }
    }
}

/// The table of scores of a year step.
fn score_table(verb: &CompiledVerb) -> Option<TableId> {
    match verb {
        CompiledVerb::Assess { table, .. } | CompiledVerb::Deposit { table, .. } => Some(*table),
        CompiledVerb::Share { keep_table, .. } => *keep_table,
        CompiledVerb::Compensate(compensate) => compensate.score.map(|(table, _)| table),
        _ => None,
    }
}
