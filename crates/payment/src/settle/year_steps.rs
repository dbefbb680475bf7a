//! The year steps of a pool's rows: assessment, sharing, deposit, prepayment, offset.

use std::collections::BTreeMap;

use yibao_kernel::allocate::largest_remainder;
use yibao_kernel::explain::Writer;
use yibao_kernel::{Day, Fen, Ratio};
use yibao_record::stays::Symbol;

use super::error::SettleError;
use super::growth::kept;
use super::payable::{DepositRule, due, prepayment};
use super::pool_year::{PoolState, PoolYear, RowWork};
use super::sharing::{SharingError, assessed, assessed_renormalised, pay_claims, wanted};
use super::sums::money;
use crate::pack::step::SavingTo;
use crate::plan::{CompiledStep, CompiledVerb, FieldRef, PrepayFrom, TableId};

impl PoolYear<'_> {
    /// A row's value in a table of a year step, by what the table's key names.
    fn year_cell(&self, table: TableId, row: &RowWork, month: Option<usize>) -> Option<Ratio> {
        let table = self.plan.table(table)?;
        let month_symbol = month.and_then(|month| self.plan.months.get(month)).map(|(_, symbol)| *symbol);
        let key: Vec<Symbol> = table
            .key
            .iter()
            .map(|field| self.year_text(*field, row).or(month_symbol).unwrap_or(Symbol::NONE))
            .collect();
        let day = month.and_then(|month| self.first_day(month)).unwrap_or(self.period.last_day());
        table.get(day, &key)?.ratio()
    }

    fn first_day(&self, month: usize) -> Option<Day> {
        let (label, _) = self.plan.months.get(month)?;
        Day::parse(&format!("{label}-01")).ok().map(|day| day.max(self.plan.window.from))
    }

    /// The text of a year key; `None` for the month.
    fn year_text(&self, field: FieldRef, row: &RowWork) -> Option<Symbol> {
        let institution = self.plan.institutions.get(row.key.institution as usize);
        match field {
            FieldRef::Month => None,
            FieldRef::Institution => institution.map(|institution| institution.symbol),
            FieldRef::Level => institution.map(|institution| institution.level),
            FieldRef::Insurance => self.plan.insurances.get(usize::from(row.key.insurance)).map(|part| part.symbol),
            FieldRef::District => self.plan.districts.get(usize::from(row.key.district)).map(|part| part.symbol),
            _ => Some(Symbol::NONE),
        }
    }

    fn institution_id(&self, row: &RowWork) -> String {
        let institution = self.plan.institutions.get(row.key.institution as usize);
        institution.map_or_else(String::new, |institution| institution.view.id.clone())
    }

    pub(super) fn needed(&self, step: &CompiledStep, table: TableId, row: &RowWork) -> Result<Ratio, SettleError> {
        self.year_cell(table, row, None).ok_or_else(|| SettleError::NoInstitutionValue {
            step: step.id.clone(),
            institution: self.institution_id(row),
        })
    }

    fn refuse_row(&self, step: &CompiledStep, row: &RowWork, cause: impl Into<SharingError>) -> SettleError {
        SettleError::Row { step: step.id.clone(), institution: self.institution_id(row), cause: cause.into() }
    }

    /// `assess`: cleared × q − cleared; the saving goes where the step says (spec §1.15).
    pub(super) fn assess(&self, rows: &mut [RowWork], state: &mut PoolState) -> Result<(), SettleError> {
        let mut renormalised = Vec::new();
        for (at, row) in rows.iter_mut().enumerate() {
            let found = self.step(row.key, |verb| match verb {
                CompiledVerb::Assess { table, curve, saving_to } => Some((*table, curve.as_ref(), *saving_to)),
                _ => None,
            });
            let Some((step, (table, curve, saving_to))) = found else { continue };
            let score = self.needed(step, table, row)?;
            let quality = match curve {
                None => score,
                Some(curve) => curve.eval(score).map_err(|cause| self.refuse_row(step, row, cause))?.1,
            };
            if saving_to == SavingTo::Renormalise {
                renormalised.push((at, step, score, quality));
                continue;
            }
            let effect = assessed(row.columns.net()?, quality)?;
            row.columns.assessed = effect;
            Writer::new(&mut row.explanation).step(step.rule).ratio(score).ratio(quality).fen(effect);
            let saving = effect.checked_neg()?;
            Writer::new(&mut state.explanation).step(self.rules.pool_assessed).fen(saving);
            if saving_to == SavingTo::Reserve {
                let hint = "lower the factors above 1, or put more into the reserve";
                state.reserve.bear(&self.pool.id, saving, "the assessment", hint)?;
            } else {
                state.left_over = state.left_over.checked_add(saving)?;
            }
        }
        let mut by_row: Vec<(usize, &CompiledStep, Ratio, Ratio)> = renormalised;
        by_row.sort_by_key(|(at, ..)| *at);
        let net = by_row.iter().filter_map(|(at, ..)| rows.get(*at)).map(|row| row.columns.net());
        let cleared: Vec<Fen> = net.collect::<Result<_, _>>()?;
        let quality: Vec<Ratio> = by_row.iter().map(|(.., quality)| *quality).collect();
        let rank: Vec<u32> = (0_u32..).take(cleared.len()).collect();
        let Some((_, step, ..)) = by_row.first() else { return Ok(()) };
        let effects = assessed_renormalised(&cleared, &quality, &rank).map_err(|cause| SettleError::Row {
            step: step.id.clone(),
            institution: "all".to_owned(),
            cause,
        })?;
        for ((at, step, score, quality), effect) in by_row.iter().zip(effects) {
            if let Some(row) = rows.get_mut(*at) {
                row.columns.assessed = effect;
                Writer::new(&mut row.explanation).step(step.rule).ratio(*score).ratio(*quality).fen(effect);
            }
        }
        Ok(())
    }

    /// `share`: overruns are paid from the reserve as far as it reaches, savings are given back (spec §1.16). With a
    /// quota table the curve is of the quota: final = y × quota.
    pub(super) fn share(&self, rows: &mut [RowWork], state: &mut PoolState) -> Result<(), SettleError> {
        let mut asked = vec![Fen::ZERO; rows.len()];
        let mut bases = vec![None; rows.len()];
        let mut given_back = Fen::ZERO;
        for ((row, asked), base) in rows.iter().zip(&mut asked).zip(&mut bases) {
            let found = self.step(row.key, |verb| match verb {
                CompiledVerb::Share { curve, over_table, keep_table, saving_to } => {
                    Some((curve, *over_table, *keep_table, *saving_to))
                }
                _ => None,
            });
            let Some((step, (curve, over_table, keep_table, saving_to))) = found else { continue };
            let mut kept_at = None;
            let cleared = row.columns.net()?;
            let denominator = match over_table {
                None => cleared,
                Some(table) => self.needed(step, table, row)?.to_fen(yibao_kernel::Mode::HalfUp)?,
            };
            let accounted = money(row.sums.accounted)?;
            let over = wanted(curve, accounted, denominator);
            let mut over = over.map_err(|cause| self.refuse_row(step, row, cause))?;
            if let Some(table) = keep_table.filter(|_| denominator > Fen::ZERO) {
                let score = self.needed(step, table, row)?;
                over = kept(accounted, over.checked_add(denominator)?, score)?.checked_sub(denominator)?;
                kept_at = Some(score);
            }
            *asked = if over_table.is_some() { over.checked_add(denominator)?.checked_sub(cleared)? } else { over };
            *base = Some((step, denominator, kept_at));
            let saving = asked.checked_neg()?.max(Fen::ZERO);
            match saving_to {
                SavingTo::Reserve => state.reserve.save(saving)?,
                // `renormalise` is refused when the pack is compiled.
                SavingTo::Residual | SavingTo::Renormalise => given_back = given_back.checked_add(saving)?,
            }
        }
        self.book_given_back(given_back, state)?;
        let rank: Vec<u32> = (0_u32..).take(rows.len()).collect();
        let available = state.reserve.balance()?;
        let paid = pay_claims(&asked, available, &rank).map_err(|cause| SettleError::Row {
            step: "share".to_owned(),
            institution: "all".to_owned(),
            cause,
        })?;
        let claims = yibao_kernel::sum(asked.iter().map(|asked| (*asked).max(Fen::ZERO)))?;
        let out = yibao_kernel::sum(paid.iter().map(|paid| (*paid).max(Fen::ZERO)))?;
        if !claims.is_zero() {
            state.reserve.draw(&self.pool.id, out, "sharing overruns", "lower the shares of the curve")?;
            Writer::new(&mut state.explanation).step(self.rules.pool_claims).fen(claims).fen(available).fen(out);
        }
        for (((row, asked), paid), base) in rows.iter_mut().zip(asked).zip(paid).zip(bases) {
            let Some((step, denominator, kept_at)) = base else { continue };
            row.share_wanted = asked;
            row.columns.shared = row.columns.shared.checked_add(paid)?;
            let accounted = money(row.sums.accounted)?;
            let mut writer = Writer::new(&mut row.explanation);
            writer.step(step.rule).fen(accounted).fen(denominator).fen(asked).fen(paid);
            if let Some(score) = kept_at {
                writer.step(step.rule_other).ratio(score);
            }
        }
        Ok(())
    }

    /// `deposit`: withheld = deposit − returned (spec §3.6).
    pub(super) fn deposit(&self, rows: &mut [RowWork]) -> Result<(), SettleError> {
        for row in rows {
            let found = self.step(row.key, |verb| match verb {
                CompiledVerb::Deposit { rate, table, full_at, below } => {
                    Some((*table, DepositRule { rate: *rate, full_at: *full_at, below: *below }))
                }
                _ => None,
            });
            let Some((step, (table, rule))) = found else { continue };
            let score = self.needed(step, table, row)?;
            let deposit = rule.deposit(row.columns.net()?)?;
            let returned = rule.returned(deposit, score)?;
            row.columns.withheld = deposit.checked_sub(returned)?;
            let withheld = row.columns.withheld;
            Writer::new(&mut row.explanation).step(step.rule).ratio(score).fen(deposit).fen(returned).fen(withheld);
        }
        Ok(())
    }

    /// `monthly_prepay`: per row and month (spec §3.5).
    pub(super) fn prepay(&self, rows: &mut [RowWork]) -> Result<(), SettleError> {
        let mut tables: BTreeMap<u16, (TableId, Vec<usize>)> = BTreeMap::new();
        for (at, row) in rows.iter_mut().enumerate() {
            row.prepaid = vec![Fen::ZERO; row.months.len()];
            let found = self.step(row.key, |verb| match verb {
                CompiledVerb::MonthlyPrepay(from) => Some(*from),
                _ => None,
            });
            match found.map(|(_, from)| from) {
                Some(PrepayFrom::Rate(rate)) => {
                    for (month, prepaid) in row.months.iter().zip(&mut row.prepaid) {
                        *prepaid = prepayment(money(month.accounted)?, rate)?;
                    }
                }
                Some(PrepayFrom::Table(table)) => {
                    tables.entry(row.key.method).or_insert_with(|| (table, Vec::new())).1.push(at);
                }
                None => {}
            }
        }
        for (table, of_method) in tables.values() {
            self.prepaid_by_table(rows, *table, of_method)?;
        }
        for row in rows.iter_mut() {
            row.columns.prepaid = yibao_kernel::sum(row.prepaid.iter().copied())?;
            let found = self.step(row.key, |verb| matches!(verb, CompiledVerb::MonthlyPrepay(_)).then_some(()));
            if let Some((step, ())) = found {
                let (accounted, prepaid) = (money(row.sums.accounted)?, row.columns.prepaid);
                Writer::new(&mut row.explanation).step(step.rule).fen(accounted).fen(prepaid);
            }
        }
        Ok(())
    }

    /// Amounts already paid. A table that names less than a row's key (an institution, not its insurance schemes) is
    /// split over the rows it covers in proportion to their accounted fund. A table without months books in the first.
    fn prepaid_by_table(&self, rows: &mut [RowWork], table: TableId, of_method: &[usize]) -> Result<(), SettleError> {
        let Some(declared) = self.plan.table(table) else { return Ok(()) };
        let monthly = declared.key.contains(&FieldRef::Month);
        let mut groups: BTreeMap<Vec<Symbol>, Vec<usize>> = BTreeMap::new();
        for at in of_method {
            let Some(row) = rows.get(*at) else { continue };
            let key = declared.key.iter().map(|field| self.year_text(*field, row).unwrap_or(Symbol::NONE)).collect();
            groups.entry(key).or_default().push(*at);
        }
        let months = if monthly { self.plan.months.len() } else { 1 };
        for members in groups.values() {
            let Some(first) = members.first().and_then(|at| rows.get(*at)) else { continue };
            let paid: Vec<Option<Ratio>> =
                (0..months).map(|month| self.year_cell(table, first, monthly.then_some(month))).collect();
            for (month, paid) in paid.into_iter().enumerate().filter(|(month, _)| self.in_period(*month, monthly)) {
                let Some(paid) = paid else { continue };
                let mut shares: Vec<i128> =
                    members.iter().filter_map(|at| rows.get(*at)).map(|row| row.sums.accounted.max(0)).collect();
                if shares.iter().all(|share| *share == 0) {
                    shares.iter_mut().for_each(|share| *share = 1);
                }
                let rank: Vec<u32> = (0_u32..).take(shares.len()).collect();
                let parts = largest_remainder(paid.to_fen(yibao_kernel::Mode::HalfUp)?, &shares, &rank)?;
                for (at, part) in members.iter().zip(parts) {
                    if let Some(slot) = rows.get_mut(*at).and_then(|row| row.prepaid.get_mut(month)) {
                        *slot = slot.checked_add(part)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn in_period(&self, month: usize, monthly: bool) -> bool {
        !monthly || self.period.month.is_none_or(|settled| settled == month)
    }

    /// `offset`: what is due; negative figures are kept unless the step floors them (spec §0.4).
    pub(super) fn offset(&self, rows: &mut [RowWork]) -> Result<(), SettleError> {
        for row in rows {
            let amount = due(&row.columns)?;
            let before = amount.checked_add(row.columns.prepaid)?;
            let found = self.step(row.key, |verb| match verb {
                CompiledVerb::Offset { floor_zero } => Some(*floor_zero),
                _ => None,
            });
            let prepaid = row.columns.prepaid;
            match found {
                Some((step, floor_zero)) => {
                    row.due = if floor_zero { amount.max(Fen::ZERO) } else { amount };
                    Writer::new(&mut row.explanation).step(step.rule).fen(before).fen(prepaid).fen(row.due);
                }
                None => {
                    row.due = amount;
                    Writer::new(&mut row.explanation).step(self.rules.row_due).fen(amount);
                }
            }
        }
        Ok(())
    }
}
