//! One pool from its budget to its rows: composition, clearing, assessment, residual, sharing, deposit, prepayment, due.

use yibao_kernel::allocate::largest_remainder;
use yibao_kernel::explain::Writer;
use yibao_kernel::{Fen, Ratio, sum};

use super::budget::{Composition, DeductionLine, DeductionOf, compose};
use super::charge::{Charge, claim_of, explain};
use super::clearing::{ClearedPool, ClearingRule, RowClaim, clear};
use super::entries::BookedRow;
use super::error::SettleError;
use super::key::RowKey;
use super::options::Period;
use super::payable::Columns;
use super::point_value::{ValueBand, printed};
use super::reserve::Reserve;
use super::rules::YearRules;
use super::sums::{MonthSums, RowSums, money};
use crate::pack::entries::DifferenceBearer;
use crate::plan::pool::{BorneBy, DeductionBasis};
use crate::plan::{Basis, CompiledStep, CompiledVerb, Method, Plan, Pool, PriceKind};
use crate::settled::PoolRow;

/// A clearing row in the making.
pub struct RowWork {
    /// Its key.
    pub key: RowKey,
    /// Sums over its cases.
    pub sums: RowSums,
    /// Sums over its months.
    pub months: Vec<MonthSums>,
    /// Share of the pool by points, before the patient part; what its cases divide.
    pub share: Fen,
    /// Patient part taken off.
    pub patient: Fen,
    /// Claims under a total: what the cases of each part of the year divide; empty for other rows.
    pub parts: Vec<Fen>,
    /// Care elsewhere that the row pays for.
    pub charges: Vec<Charge>,
    /// The columns.
    pub columns: Columns,
    /// What sharing asked for.
    pub share_wanted: Fen,
    /// Differences of closed periods booked in it.
    pub booked: BookedRow,
    /// Prepaid by month.
    pub prepaid: Vec<Fen>,
    /// What is due.
    pub due: Fen,
    /// Packed explanation.
    pub explanation: Vec<u8>,
}

/// What a pool is settled with.
pub struct PoolYear<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The pool.
    pub pool: &'a Pool,
    /// The period.
    pub period: &'a Period,
    /// The engine's rules.
    pub rules: &'a YearRules,
}

/// The state of a pool while its year steps run.
pub(super) struct PoolState {
    pub(super) reserve: Reserve,
    /// Savings left in the pool beside its residual.
    pub(super) left_over: Fen,
    /// Carried to the next year; of a month: not distributed yet.
    pub(super) carried: Fen,
    pub(super) explanation: Vec<u8>,
}

impl PoolYear<'_> {
    /// Settles the pool and fills the columns of its rows, which stand in rank order.
    ///
    /// # Errors
    /// [`SettleError`].
    pub fn settle(&self, rows: &mut [RowWork]) -> Result<PoolRow, SettleError> {
        let mut state = PoolState {
            reserve: Reserve::default(),
            left_over: Fen::ZERO,
            carried: Fen::ZERO,
            explanation: Vec::new(),
        };
        let parts = self.compose(&mut state)?;
        let cleared = self.clear(&parts, rows, &mut state)?;
        self.book_differences(rows, &mut state)?;
        if self.period.month.is_none() {
            self.tell_assessments(rows);
            self.assess(rows, &mut state)?;
            self.bear_residual(&cleared, rows, &mut state)?;
            self.share(rows, &mut state)?;
            self.compensate(rows, &mut state)?;
            self.deposit(rows)?;
        } else {
            let differences = sum(rows.iter().map(|row| row.columns.difference))?;
            state.carried = cleared.residual.checked_add(cleared.raised)?.checked_sub(differences)?;
        }
        check_identity(&parts, rows, &state);
        self.prepay(rows)?;
        self.offset(rows)?;
        // A price by points divides by the points it pays; under rates the pool counts the weights of its rows.
        let units = match cleared.value {
            Some(_) => cleared.points,
            None => rows.iter().map(|row| row.sums.units).sum(),
        };
        self.row_of(&parts, &cleared, units, rows, &mut state)
    }

    pub(super) fn method(&self, key: RowKey) -> Option<&Method> {
        self.plan.methods.get(usize::from(key.method))
    }

    /// The first year step of a row's method that `choose` recognises.
    pub(super) fn step<'s, T>(
        &'s self,
        key: RowKey,
        choose: impl Fn(&'s CompiledVerb) -> Option<T>,
    ) -> Option<(&'s CompiledStep, T)> {
        let steps = &self.plan.methods.get(usize::from(key.method))?.year_steps;
        steps.iter().find_map(|step| choose(&step.verb).map(|found| (step, found)))
    }

    /// Budget, dated changes, ordered deductions; the month's share of each part.
    fn compose(&self, state: &mut PoolState) -> Result<Composition, SettleError> {
        let pool = self.pool;
        let mut budget = pool.amount;
        let last_day = self.period.last_day();
        let mut changes = Vec::new();
        // A month is settled before later changes take effect.
        for change in pool.adjustments.iter().filter(|change| change.on <= last_day) {
            budget = budget.checked_add(change.amount)?;
            changes.push((change.rule, change.amount));
        }
        Writer::new(&mut state.explanation).step(pool.rule).fen(pool.amount).fen(budget);
        for (rule, amount) in changes {
            Writer::new(&mut state.explanation).step(rule).fen(amount);
        }
        let lines: Vec<DeductionLine> = pool
            .deductions
            .iter()
            .map(|deduction| {
                let of = match deduction.basis {
                    DeductionBasis::Fixed => DeductionOf::Fixed(deduction.value.to_fen(yibao_kernel::Mode::HalfUp)?),
                    DeductionBasis::ShareOfAmount => DeductionOf::ShareOfAmount(deduction.value),
                    DeductionBasis::ShareOfLeft => DeductionOf::ShareOfLeft(deduction.value),
                };
                Ok(DeductionLine { of, to_reserve: deduction.to_reserve })
            })
            .collect::<Result<_, SettleError>>()?;
        let refused = |cause| SettleError::Budget { pool: pool.id.clone(), cause };
        let mut parts = compose(budget, &lines).map_err(refused)?;
        for (deduction, amount) in pool.deductions.iter().zip(&parts.amounts) {
            Writer::new(&mut state.explanation).step(deduction.rule).fen(*amount);
        }
        let mut opening = pool.reserve_opening;
        if let Some(month) = self.period.month {
            parts.deducted = self.share_of_month(parts.deducted, month)?;
            parts.reserve_in = self.share_of_month(parts.reserve_in, month)?;
            parts.distributable = self.share_of_month(parts.distributable, month)?;
            parts.budget = sum([parts.deducted, parts.reserve_in, parts.distributable])?;
            opening = self.share_of_month(opening, month)?;
            Writer::new(&mut state.explanation).step(self.rules.pool_month).fen(parts.budget);
        }
        state.reserve = Reserve { opening, put_in: parts.reserve_in, ..Reserve::default() };
        self.draw_into(&mut parts, state)?;
        Writer::new(&mut state.explanation)
            .step(self.rules.pool_parts)
            .fen(parts.deducted)
            .fen(parts.reserve_in)
            .fen(parts.distributable);
        Ok(parts)
    }

    /// Dated draws from the reserve into what is distributed.
    fn draw_into(&self, parts: &mut Composition, state: &mut PoolState) -> Result<(), SettleError> {
        let last_day = self.period.last_day();
        for draw in self.pool.draws.iter().filter(|draw| draw.on <= last_day) {
            let amount = match self.period.month {
                Some(month) => self.share_of_month(draw.amount, month)?,
                None => draw.amount,
            };
            state.reserve.draw(&self.pool.id, amount, "a dated draw", "draw less, or put more into the reserve")?;
            parts.drawn = parts.drawn.checked_add(amount)?;
            Writer::new(&mut state.explanation).step(draw.rule).fen(amount);
        }
        parts.distributable = parts.distributable.checked_add(parts.drawn)?;
        Ok(())
    }

    /// The month's part of an amount, by largest remainder over the pool's twelve shares.
    pub(super) fn share_of_month(&self, amount: Fen, month: usize) -> Result<Fen, SettleError> {
        let shares = weights(&self.pool.months)?;
        let rank: Vec<u32> = (0_u32..).take(shares.len()).collect();
        let parts = largest_remainder(amount, &shares, &rank)?;
        Ok(parts.get(month).copied().unwrap_or(Fen::ZERO))
    }

    fn clear(
        &self,
        parts: &Composition,
        rows: &mut [RowWork],
        state: &mut PoolState,
    ) -> Result<ClearedPool, SettleError> {
        let clear_step = |key| {
            self.step(key, |verb| match verb {
                CompiledVerb::Clear { band, floor_zero, .. } => Some((*band, *floor_zero)),
                _ => None,
            })
        };
        self.scale_claims(parts, rows, state)?;
        let mut claims = Vec::with_capacity(rows.len());
        for row in rows.iter_mut() {
            let fixed = match row.parts.is_empty() {
                true => money(row.sums.fixed)?,
                false => sum(row.parts.iter().copied())?,
            };
            let cost_basis = self.method(row.key).is_some_and(|method| method.basis == Basis::Cost);
            row.patient = if cost_basis { money(row.sums.point_patient)? } else { Fen::ZERO };
            claims.push(RowClaim {
                fixed,
                charged: claim_of(&row.charges)?,
                points: row.sums.points,
                patient: row.patient,
                floor_zero: clear_step(row.key).is_some_and(|(_, (_, floor_zero))| floor_zero),
            });
        }
        let methods = || self.pool.methods.iter().filter_map(|at| self.plan.methods.get(usize::from(*at)));
        let band = self.pool.methods.iter().find_map(|method| {
            clear_step(RowKey { method: *method, ..RowKey::default() }).and_then(|(_, (band, _))| band)
        });
        let rule = ClearingRule {
            pool: &self.pool.id,
            distributable: parts.distributable,
            by_points: methods().any(|method| method.price == PriceKind::Points),
            band: band.map(|band| ValueBand { previous: band.previous, low: band.low, high: band.high }),
            reserve: state.reserve.balance()?,
        };
        let cleared = clear(&rule, &claims)?;
        if !cleared.raised.is_zero() {
            let what = "raising the point value to the floor of its band";
            state.reserve.draw(&self.pool.id, cleared.raised, what, "put more into the reserve")?;
        }
        self.explain_clearing(parts, &cleared, state)?;
        let columns = cleared.shares.iter().zip(&cleared.floored).zip(&cleared.cleared).zip(&cleared.charged);
        for (row, (((share, floored), amount), charged)) in rows.iter_mut().zip(columns) {
            (row.share, row.columns.cleared, row.columns.charged) = (*share, *amount, *charged);
            let step = self.step(row.key, |verb| matches!(verb, CompiledVerb::Clear { .. }).then_some(()));
            self.explain_row(row, step.map(|(step, ())| step.rule), &cleared, *floored)?;
            explain(&row.charges, *charged, self.rules.row_charged, &mut row.explanation)?;
        }
        Ok(cleared)
    }

    /// Who bears what is left, or overspent: named by the pool (spec §0.4).
    fn bear_residual(
        &self,
        cleared: &ClearedPool,
        rows: &mut [RowWork],
        state: &mut PoolState,
    ) -> Result<(), SettleError> {
        // What the reserve has paid to raise the point value is borne already; differences of closed periods that the
        // residual bears: a recovery adds to it, a late payment takes from it.
        let differences = self.differences_of(rows, DifferenceBearer::Residual)?;
        let rest = cleared.residual.checked_add(cleared.raised)?.checked_add(state.left_over)?;
        let rest = rest.checked_sub(differences)?;
        if !differences.is_zero() {
            Writer::new(&mut state.explanation).step(self.rules.pool_difference).fen(differences);
        }
        if rest.is_zero() {
            return Ok(());
        }
        let pool = self.pool.id.as_str();
        let rule = match self.pool.borne_by {
            BorneBy::Reserve => {
                let hint = "raise the reserve, lower the rates, or let `borne_by` be \"next_year\"";
                state.reserve.bear(pool, rest, "bearing the pool's residual", hint)?;
                self.rules.pool_reserve_bears
            }
            BorneBy::NextYear => {
                state.carried = state.carried.checked_add(rest)?;
                self.rules.pool_next_year
            }
            BorneBy::Institutions => {
                let net = |row: &RowWork| Ok(i128::from(row.columns.net()?.get().max(0)));
                let shares: Vec<i128> = rows.iter().map(net).collect::<Result<_, SettleError>>()?;
                if shares.iter().all(|share| *share == 0) {
                    return Err(SettleError::NobodyToBear { pool: pool.to_owned(), residual: rest });
                }
                let rank: Vec<u32> = (0_u32..).take(shares.len()).collect();
                for (row, part) in rows.iter_mut().zip(largest_remainder(rest, &shares, &rank)?) {
                    row.columns.shared = row.columns.shared.checked_add(part)?;
                    Writer::new(&mut row.explanation).step(self.rules.row_residual).fen(part);
                }
                self.rules.pool_institutions
            }
        };
        Writer::new(&mut state.explanation).step(rule).fen(rest);
        Ok(())
    }

    /// Books savings that the sharing rule gives back to the pool: its bearer gets them.
    pub(super) fn book_given_back(&self, saving: Fen, state: &mut PoolState) -> Result<(), SettleError> {
        if saving.is_zero() {
            return Ok(());
        }
        let rule = match self.pool.borne_by {
            BorneBy::Reserve => {
                state.reserve.save(saving)?;
                self.rules.pool_reserve_bears
            }
            BorneBy::NextYear => {
                state.carried = state.carried.checked_add(saving)?;
                self.rules.pool_next_year
            }
            // Refused when the pack is compiled: the institutions would get back what they give back.
            BorneBy::Institutions => {
                return Err(SettleError::GivenBackToInstitutions { pool: self.pool.id.clone() });
            }
        };
        Writer::new(&mut state.explanation).step(self.rules.pool_given_back).fen(saving).step(rule).fen(saving);
        Ok(())
    }

    fn row_of(
        &self,
        parts: &Composition,
        cleared: &ClearedPool,
        units: i128,
        rows: &[RowWork],
        state: &mut PoolState,
    ) -> Result<PoolRow, SettleError> {
        let reserve = state.reserve;
        let closing = reserve.balance()?;
        assert!(!closing.is_negative(), "a reserve never closes below zero");
        assert!(
            sum([parts.deducted, parts.reserve_in, parts.distributable]) == sum([parts.budget, parts.drawn]),
            "budget + drawn = deducted + reserve_in + distributable"
        );
        let charged = sum(rows.iter().map(|row| row.columns.charged))?;
        assert!(
            sum([cleared.total, charged, cleared.residual]) == Ok(parts.distributable),
            "distributable = cleared + charged + residual"
        );
        Writer::new(&mut state.explanation)
            .step(self.rules.pool_reserve)
            .fen(reserve.opening)
            .fen(reserve.put_in)
            .fen(reserve.saved)
            .fen(reserve.out)
            .fen(closing);
        Ok(PoolRow {
            id: self.pool.id.clone(),
            title: self.pool.title.clone(),
            budget: parts.budget,
            deducted: parts.deducted,
            drawn: parts.drawn,
            reserve_in: parts.reserve_in,
            reserve_out: reserve.out,
            distributable: parts.distributable,
            cleared: cleared.total,
            charged,
            residual: cleared.residual,
            borne_by: self.pool.borne_by.word().to_owned(),
            price: cleared.value.map(printed).transpose()?,
            units,
            difference: sum(rows.iter().map(|row| row.columns.difference))?,
            reserve_opening: reserve.opening,
            reserve_saved: reserve.saved,
            reserve_closing: closing,
            carried: state.carried,
            explanation: std::mem::take(&mut state.explanation),
        })
    }
}

/// Conservation, asserted in production: what the pool distributes and draws from its reserve is what the rows get, what
/// the reserve saves and what is carried, to the fen.
fn check_identity(parts: &Composition, rows: &[RowWork], state: &PoolState) {
    let got = rows.iter().flat_map(|row| {
        let columns = &row.columns;
        [columns.cleared, columns.charged, columns.assessed, columns.shared, columns.difference]
    });
    let exact = |amount: Fen| i128::from(amount.get());
    let kept = exact(state.reserve.saved) + exact(state.carried);
    // What was drawn into the pool is in the distributable already.
    let from_reserve = exact(state.reserve.out) - exact(parts.drawn);
    assert!(
        exact(parts.distributable) + from_reserve == got.map(exact).sum::<i128>() + kept,
        "distributable + reserve_out = cleared + charged + assessed + shared + difference + reserve savings + carried"
    );
}

/// Exact shares as whole numbers over their common denominator.
pub(crate) fn weights(shares: &[Ratio]) -> Result<Vec<i128>, SettleError> {
    let mut common = Ratio::ONE;
    for share in shares {
        common = common.checked_mul(Ratio::new(share.den(), gcd(common.num(), share.den()))?)?;
    }
    shares.iter().map(|share| Ok(share.checked_mul(common)?.num())).collect()
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}
