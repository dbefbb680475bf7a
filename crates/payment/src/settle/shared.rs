//! What cases share with other cases: the legs of a transfer, the yearly limit of a person.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use yibao_kernel::{Day, Fen, Window};
use yibao_record::stays::{Stays, Symbol};

use super::claims::CHUNK;
use super::decide::Deciding;
use super::error::SettleError;
use super::key::{NO_ROW, RowKey};
use crate::case::decision::Legs;
use crate::case::limit::{Ask, cuts};
use crate::case::{Decision, Decisions};
use crate::plan::{CompiledStep, CompiledVerb, FieldRef, Limit, Plan};

/// Person and up to three texts that have a limit of their own.
type Taker = [u32; 4];

/// Stays per wave of asking: what a wave found is folded before the next.
const WAVE: usize = CHUNK * 32;

/// Whether a method of the plan has a step of this kind.
fn has(plan: &Plan, is: impl Fn(&CompiledVerb) -> bool) -> bool {
    plan.methods.iter().any(|method| method.case_steps.iter().any(|step| is(&step.verb)))
}

/// Whether a case of the plan may depend on cases of earlier months.
pub(super) fn looks_back(plan: &Plan) -> bool {
    has(plan, |verb| matches!(verb, CompiledVerb::Limit(_) | CompiledVerb::Transfer(_)))
}

/// The days from the start of the year to the end of a period of it.
pub(super) const fn year_to_date(plan: &Plan, period: Window) -> Window {
    Window { from: plan.window.from, until: period.until }
}

/// A yearly limit in a month's settlement needs the months before it: a month without any stay read is taken for a
/// file that is not there.
///
/// # Errors
/// [`SettleError::MonthsNotRead`].
pub(super) fn earlier_months_are_read(plan: &Plan, stays: &Stays, period: Window) -> Result<(), SettleError> {
    let limited = plan.methods.iter().flat_map(|method| &method.case_steps);
    let Some(step) = limited.into_iter().find(|step| matches!(step.verb, CompiledVerb::Limit(_))) else {
        return Ok(());
    };
    let month = |day: Day| (day.year(), day.month());
    let mut read: Vec<(i32, u8)> = Vec::new();
    for day in stays.discharge.iter().filter(|day| **day >= plan.window.from && **day < period.from) {
        let month = month(*day);
        if !read.contains(&month) {
            read.push(month);
        }
    }
    let (mut year, mut at) = month(plan.window.from);
    let mut missing = Vec::new();
    while (year, at) < month(period.from) {
        if !read.contains(&(year, at)) {
            missing.push(format!("{year:04}-{at:02}"));
        }
        (year, at) = if at == 12 { (year + 1, 1) } else { (year, at + 1) };
    }
    match missing.is_empty() {
        true => Ok(()),
        false => Err(SettleError::MonthsNotRead { step: step.id.clone(), months: missing.join(", ") }),
    }
}

impl Deciding<'_> {
    /// The legs of every transfer: the stays of a method that name the same link.
    pub(super) fn transfers(&self, method: u16, link: FieldRef, decisions: &mut Decisions) -> Result<(), SettleError> {
        let mut legs: FxHashMap<Symbol, Legs> = FxHashMap::default();
        let mut linked: Vec<(u32, Symbol)> = Vec::new();
        for row in 0..self.stays.len() {
            let Some(key) = self.key(row).filter(|key| key.method == method) else { continue };
            let symbol = self.evaluator.text_of(row, key, link);
            if !symbol.is_some() {
                continue;
            }
            let cost = self.stays.cost.get(row).copied().unwrap_or(Fen::ZERO);
            let all = legs.entry(symbol).or_insert(Legs { legs: 0, cost: Fen::ZERO });
            (all.legs, all.cost) = (all.legs.saturating_add(1), all.cost.checked_add(cost)?);
            linked.push((u32::try_from(row).unwrap_or(NO_ROW), symbol));
        }
        for (row, symbol) in linked {
            decisions.entry(row).transfer = legs.get(&symbol).copied().filter(|legs| legs.legs > 1);
        }
        Ok(())
    }

    /// The cases that a yearly limit cuts, in order of discharge and case id.
    pub(super) fn limits(
        &self,
        method: u16,
        (at, step): (u16, &CompiledStep),
        rule: &Limit,
        decisions: &mut Decisions,
    ) -> Result<(), SettleError> {
        let asks = self.asks(method, (at, step), rule, decisions)?;
        for (row, answer) in cuts(&asks, at) {
            let free = decisions.entry(row).limits.iter_mut().find(|slot| slot.is_none());
            if let Some(slot) = free {
                *slot = Some(answer);
            }
        }
        Ok(())
    }

    /// What the cases of exceeded limits ask, in the order in which they take.
    fn asks(
        &self,
        method: u16,
        (at, step): (u16, &CompiledStep),
        rule: &Limit,
        decisions: &Decisions,
    ) -> Result<Vec<Ask>, SettleError> {
        let mut numbers: FxHashMap<Taker, u32> = FxHashMap::default();
        // By taker: what all ask together, and the lowest limit.
        let mut sums: Vec<(i64, i64)> = Vec::new();
        let mut asks: Vec<Ask> = Vec::new();
        for (wave, keys) in self.keys.chunks(WAVE).enumerate() {
            let chunks: Vec<Result<Vec<(Taker, Ask)>, SettleError>> = keys
                .par_chunks(CHUNK)
                .enumerate()
                .map(|(chunk, keys)| {
                    let first = wave * WAVE + chunk * CHUNK;
                    let (mut found, mut unread) = (Vec::new(), Vec::new());
                    for row in (first..).take(keys.len()) {
                        let Some(key) = self.key(row).filter(|key| key.method == method) else { continue };
                        found.extend(self.ask((row, key), (at, step), rule, (decisions, &mut unread))?);
                    }
                    Ok(found)
                })
                .collect();
            for chunk in chunks {
                for (taker, ask) in chunk? {
                    let next = u32::try_from(sums.len()).unwrap_or(u32::MAX);
                    let number = *numbers.entry(taker).or_insert(next);
                    if number == next {
                        sums.push((0, ask.limit));
                    }
                    if let Some((sum, lowest)) = sums.get_mut(number as usize) {
                        (*sum, *lowest) = (sum.saturating_add(ask.amount.max(0)), ask.limit.min(*lowest));
                    }
                    asks.push(Ask { taker: number, ..ask });
                }
            }
        }
        asks.retain(|ask| sums.get(ask.taker as usize).is_some_and(|(sum, lowest)| sum > lowest));
        let day = |ask: &Ask| self.stays.discharge.get(ask.row as usize).copied();
        let id = |ask: &Ask| self.stays.case_id.get(ask.row as usize);
        asks.sort_by(|a, b| (a.taker, day(a)).cmp(&(b.taker, day(b))).then_with(|| id(a).cmp(id(b))));
        Ok(asks)
    }

    /// What one case asks of a limit; none when the step does not concern it.
    fn ask(
        &self,
        (row, key): (usize, RowKey),
        (at, step): (u16, &CompiledStep),
        rule: &Limit,
        (decisions, unread): (&Decisions, &mut Vec<u8>),
    ) -> Result<Option<(Taker, Ask)>, SettleError> {
        let number = u32::try_from(row).unwrap_or(NO_ROW);
        let decision = Decision { asking_limit: Some(at), ..decisions.of(number) };
        unread.clear();
        let evaluated = self
            .evaluator
            .evaluate(row, key, &decision, unread)
            .map_err(|failure| SettleError::of_case(self.plan, self.stays, key.method, row, &failure))?;
        let Some(asked) = evaluated.limit_ask else { return Ok(None) };
        let person = self.stays.person.get(row).copied().filter(|symbol| symbol.is_some());
        let person = person.ok_or_else(|| SettleError::MissingField {
            step: step.id.clone(),
            what: "person",
            case_id: self.stays.case_id.get(row).to_owned(),
            source_row: self.stays.source_row.get(row).copied().unwrap_or_default(),
        })?;
        let mut taker: Taker = [person.0, 0, 0, 0];
        for (slot, field) in taker.iter_mut().skip(1).zip(&rule.per) {
            *slot = self.evaluator.text_of(row, key, *field).0;
        }
        Ok(Some((taker, Ask { row: number, taker: 0, amount: asked.amount, limit: asked.limit })))
    }
}
