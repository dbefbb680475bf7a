//! Lines that are looked at together: items that exclude each other, ceilings per day, one rounding per bill. Only
//! packs that say so come here.

use rustc_hash::FxHashMap;
use yibao_catalogue::line::{LineRule, limited, within};
use yibao_kernel::explain::RuleId;
use yibao_kernel::{Decimal, Mode, Ratio, RatioError};
use yibao_record::bill::{Class, Line};

use super::lines::{LineContext, Seen, Terms, wrong};
use super::once::Once;
use super::outcome::LineSplit;
use super::values::holds;
use crate::pack::{Keep, ReviewAs, Within};
use crate::plan::across::{DailyMost, ExclusivePlan};
use crate::plan::lines::LinePlan;
use crate::refusal::{Refusal, too_large};

/// What is kept from bill to bill, so that nothing is allocated for one.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    /// The lines of the bill.
    seen: Vec<Seen>,
    /// The lines one exclusive rule looks at.
    beside: Vec<Beside>,
    /// Amounts by code, in the order of the lines.
    sums: Vec<(u32, i64)>,
    /// What daily ceilings counted: by rule and day.
    counted: FxHashMap<(usize, i32), Counted>,
    /// The ceilings on amounts that fit the line at hand.
    amounts: Vec<usize>,
    /// First self-pay of class B before it is rounded once per bill.
    once: Once,
}

/// A line an exclusive rule looks at.
#[derive(Clone, Copy, Debug)]
struct Beside {
    /// Day of service; 0 over the whole bill.
    day: i32,
    line: usize,
    /// Place of its code in the rule.
    code: u32,
}

/// What a daily ceiling counted on a day.
#[derive(Clone, Copy, Debug)]
struct Counted {
    fen: i64,
    quantity: Ratio,
}

impl LineContext<'_> {
    /// All lines of a bill by a pack with rules across lines.
    pub(super) fn split_together(&self, buffers: &mut Buffers, out: &mut Vec<LineSplit>) -> Result<(), Refusal> {
        buffers.seen.clear();
        buffers.counted.clear();
        buffers.once.clear();
        for line in &self.bill.lines {
            let (seen, _) = self.see(line).map_err(|refusal| refusal.of_line(&self.line_name(line)))?;
            buffers.seen.push(seen);
        }
        for rule in &self.engine.across.exclusive {
            self.exclude(rule, buffers)?;
        }
        for (at, line) in self.bill.lines.iter().enumerate() {
            let Some(mut seen) = buffers.seen.get(at).copied() else { continue };
            if !matches!(seen.terms, Terms::Given) {
                self.take_parts(at, line, &mut seen, buffers)
                    .map_err(|refusal| refusal.of_line(&self.line_name(line)))?;
            }
            out.push(seen.split);
        }
        if self.engine.across.once_per_bill {
            buffers.once.round(out, self.mode()).map_err(|_| too_large())?;
        }
        Ok(())
    }

    /// One rule of items that exclude each other.
    fn exclude(&self, rule: &ExclusivePlan, buffers: &mut Buffers) -> Result<(), Refusal> {
        let Buffers { seen, beside, sums, .. } = buffers;
        beside.clear();
        for (line, one) in seen.iter().enumerate() {
            let item = one.split.item.and_then(|at| usize::try_from(at).ok());
            let code = item.and_then(|at| rule.codes.get(at)).copied().flatten();
            if let (Some(code), Terms::Item, false) = (code, one.terms, one.put_out) {
                let day = if rule.within == Within::Day { one.day.days() } else { 0 };
                beside.push(Beside { day, line, code });
            }
        }
        beside.sort_unstable_by_key(|one| (one.day, one.line));
        for group in beside.chunk_by(|one, next| one.day == next.day) {
            let Some(kept) = self.kept(rule.keep, group, sums) else { continue };
            for one in group.iter().filter(|one| one.code != kept) {
                if let (Some(seen), Some(line)) = (seen.get_mut(one.line), self.bill.lines.get(one.line)) {
                    self.put_out(rule, line, seen)?;
                }
            }
        }
        Ok(())
    }

    /// The code that is kept of lines that stand beside each other.
    fn kept(&self, keep: Keep, group: &[Beside], sums: &mut Vec<(u32, i64)>) -> Option<u32> {
        let first = group.first()?.code;
        if keep == Keep::First {
            return Some(first);
        }
        sums.clear();
        for one in group {
            let amount = self.bill.lines.get(one.line).map_or(0, |line| line.amount.get());
            match sums.iter_mut().find(|(code, _)| *code == one.code) {
                Some((_, sum)) => *sum = sum.saturating_add(amount),
                None => sums.push((one.code, amount)),
            }
        }
        let most = sums.iter().map(|(_, sum)| *sum).max()?;
        sums.iter().find(|(_, sum)| *sum == most).map(|(code, _)| *code)
    }

    /// A line beside another that is kept.
    fn put_out(&self, rule: &ExclusivePlan, line: &Line, seen: &mut Seen) -> Result<(), Refusal> {
        let counts_as = rule.counts_as(self.engine.pack.lines.review);
        let undecided = rule.outcome == crate::pack::ExclusiveOutcome::Review && seen.class != Class::C;
        if undecided && counts_as == ReviewAs::Refuse {
            let code = line.item.as_deref().unwrap_or("");
            return Err(Refusal::new(
                "review",
                format!("item {code} is charged beside one that excludes it, and nobody has decided"),
                "take the line out, or let somebody decide which of the two is charged",
            )
            .of_line(&self.line_name(line)));
        }
        seen.split.review |= undecided;
        seen.split.why.by = Some(rule.rule);
        if counts_as == ReviewAs::Out {
            (seen.class, seen.put_out) = (Class::C, true);
        }
        Ok(())
    }

    /// The parts of a line, under its own limit and the ceilings of its day.
    fn take_parts(&self, at: usize, line: &Line, seen: &mut Seen, buffers: &mut Buffers) -> Result<(), Refusal> {
        let plan = self.plan(seen.day)?;
        let (ratio, price) = self.terms(line, seen, plan)?;
        seen.split.why.class = Some(seen.class);
        seen.split.why.terms = (Some(ratio), price);
        let rule = LineRule { class: seen.class, ratio, limit: price, order: plan.order, mode: self.mode() };
        let mut limit = match price {
            Some(price) if seen.class != Class::C => {
                limited(price, line.quantity, rule.mode).map_err(|error| wrong(&error))?
            }
            _ => i64::MAX,
        };
        buffers.amounts.clear();
        if matches!(seen.terms, Terms::Item) && seen.class != Class::C {
            let (left, by) = self.daily(line, seen, plan, price, buffers)?;
            if left < limit && left < line.amount.get() {
                seen.split.why.by = by;
            }
            limit = limit.min(left);
        }
        let parts = within(line.amount, limit, &rule).map_err(|error| wrong(&error))?;
        let over = parts.over_limit.get() + if self.first_before() { parts.first_self.get() } else { 0 };
        for rule in &buffers.amounts {
            if let Some(counted) = buffers.counted.get_mut(&(*rule, seen.day.days())) {
                counted.fen = counted.fen.saturating_add(line.amount.get() - over);
            }
        }
        if self.engine.across.once_per_bill && seen.class == Class::B {
            buffers.once.add(at, line.amount.get() - parts.over_limit.get(), ratio);
        }
        seen.split.parts = parts;
        Ok(())
    }

    /// Whether the first self-pay comes before the limit: then it is no part of what passed it.
    fn first_before(&self) -> bool {
        self.engine.pack.lines.order == crate::pack::LineOrder::RatioFirst
    }

    /// The most of a line that the ceilings of its day leave, and which of them leaves the least.
    fn daily(
        &self,
        line: &Line,
        seen: &Seen,
        plan: &LinePlan,
        price: Option<Decimal>,
        buffers: &mut Buffers,
    ) -> Result<(i64, Option<RuleId>), Refusal> {
        let (mut limit, mut by) = (i64::MAX, None);
        let item = seen.split.item.and_then(|at| usize::try_from(at).ok());
        for (number, (daily, items)) in plan.daily.iter().zip(&self.engine.across.daily).enumerate() {
            let fits = item.and_then(|at| items.get(at)).copied().unwrap_or(false);
            if !fits || !holds(self.engine, &daily.when, self.facts)? {
                continue;
            }
            let nothing = Counted { fen: 0, quantity: Ratio::ZERO };
            let counted = buffers.counted.entry((number, seen.day.days())).or_insert(nothing);
            let left = match &daily.most {
                DailyMost::Amount(table) => {
                    buffers.amounts.push(number);
                    match self.amount(table)? {
                        i64::MAX => i64::MAX,
                        most => most.saturating_sub(counted.fen).max(0),
                    }
                }
                DailyMost::Quantity(most) => {
                    units(line, price, *most, counted, self.mode()).map_err(|_| too_large())?
                }
            };
            if left < limit {
                (limit, by) = (left, Some(daily.rule));
            }
        }
        Ok((limit, by))
    }
}

/// What the units that are left of a day's quantity come to: at the limit price, or in proportion.
fn units(
    line: &Line,
    price: Option<Decimal>,
    most: Ratio,
    counted: &mut Counted,
    mode: Mode,
) -> Result<i64, RatioError> {
    let quantity = line.quantity.ratio();
    let left = most.checked_sub(counted.quantity)?.max(Ratio::ZERO).min(quantity);
    counted.quantity = counted.quantity.checked_add(left)?;
    let share = Ratio::from_int(line.amount.get()).checked_mul(left)?.checked_div(quantity)?.to_fen(mode)?.get();
    Ok(match price {
        None => share,
        Some(price) => {
            price.ratio().checked_mul(Ratio::from_int(100))?.checked_mul(left)?.to_fen(mode)?.get().min(share)
        }
    })
}
