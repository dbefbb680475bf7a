//! What the explanations of a pool and of its rows say about the clearing.

use yibao_kernel::explain::{RuleId, Writer};
use yibao_kernel::{Decimal, Fen, Mode, Ratio, sum};

use super::budget::Composition;
use super::clearing::ClearedPool;
use super::error::SettleError;
use super::point_value::{printed, worth};
use super::pool_year::{PoolState, PoolYear, RowWork};
use super::sums::money;
use crate::plan::PriceKind;

impl PoolYear<'_> {
    /// The clearing of the pool: first charge, patient payments, point value, residual.
    pub(super) fn explain_clearing(
        &self,
        parts: &Composition,
        cleared: &ClearedPool,
        state: &mut PoolState,
    ) -> Result<(), SettleError> {
        let rules = self.rules;
        let mut writer = Writer::new(&mut state.explanation);
        if !cleared.first_charge.is_zero() {
            writer.step(rules.pool_first_charge).fen(cleared.first_charge);
        }
        if !cleared.patient.is_zero() {
            writer.step(rules.pool_patient).fen(cleared.patient);
        }
        if let Some(value) = cleared.value {
            let before = printed(cleared.value_before_band.unwrap_or(value))?;
            let net = i128::from(cleared.net_points.to_decimal(0, Mode::HalfUp)?.units());
            writer.step(rules.pool_value).fen(cleared.amount).decimal(units(net)).decimal(before);
            if cleared.value_before_band.is_some() {
                writer.step(rules.pool_band).decimal(before).decimal(printed(value)?).fen(cleared.raised);
            }
        }
        let charged = sum(cleared.charged.iter().copied())?;
        if !charged.is_zero() {
            let points = Ratio::new(cleared.points, 1)?.checked_sub(cleared.net_points)?;
            let points = match cleared.value {
                Some(_) => i128::from(points.to_decimal(0, Mode::HalfUp)?.units()),
                None => 0,
            };
            writer.step(rules.pool_charged).decimal(units(points)).fen(charged);
        }
        let total = cleared.total.checked_add(charged)?;
        writer.step(rules.pool_residual).fen(parts.distributable).fen(total).fen(cleared.residual);
        Ok(())
    }

    /// The clearing of a row: by the method's `clear` step, or in the engine's words. Every equation it writes holds
    /// for the figures beside it.
    pub(super) fn explain_row(
        &self,
        row: &mut RowWork,
        rule: Option<RuleId>,
        pool: &ClearedPool,
        floored: Fen,
    ) -> Result<(), SettleError> {
        let cleared = row.columns.cleared;
        let by_points = self.method(row.key).is_some_and(|method| method.price == PriceKind::Points);
        if !row.parts.is_empty() {
            // The parts of the year are written where they were scaled.
            let claims = money(row.sums.fixed)?;
            let rule = rule.unwrap_or(self.rules.row_cleared);
            Writer::new(&mut row.explanation).step(rule).fen(claims).fen(cleared);
            return Ok(());
        }
        let mut writer = Writer::new(&mut row.explanation);
        // A method paid by points always has a clear step: checked with the pack.
        let (rule, value) = match (rule, pool.value.filter(|_| by_points)) {
            (Some(rule), Some(value)) => (rule, value),
            (Some(rule), None) => {
                writer.step(rule).decimal(units(row.sums.units)).fen(cleared);
                return Ok(());
            }
            (None, _) => {
                writer.step(self.rules.row_cleared).fen(cleared);
                return Ok(());
            }
        };
        let (points, value) = (units(row.sums.points), printed(value)?);
        let share = row.share.checked_sub(floored)?;
        let after_patient = share.checked_sub(row.patient)?;
        writer.step(rule).decimal(points).decimal(value).fen(row.patient).fen(after_patient);
        if worth(value.ratio(), row.sums.points) != Ok(share) {
            let amount = sum(pool.shares.iter().copied())?.checked_sub(sum(pool.floored.iter().copied())?)?;
            writer.step(self.rules.row_split).fen(amount).decimal(points).decimal(units(pool.points)).fen(share);
        }
        if !floored.is_zero() {
            writer.step(self.rules.row_floor).fen(floored);
        }
        if row.sums.fixed != 0 {
            writer.step(self.rules.row_fixed).fen(money(row.sums.fixed)?).fen(cleared);
        } else {
            writer.step(self.rules.row_cleared).fen(cleared);
        }
        Ok(())
    }
}

/// Ten-thousandths as a printed number; beyond 64 bits the largest that prints.
fn units(ten_thousandths: i128) -> Decimal {
    Decimal::new(i64::try_from(ten_thousandths).unwrap_or(i64::MAX), 4)
}
