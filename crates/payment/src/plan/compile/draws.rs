//! Dated draws from a pool's reserve, and pools or reserves that would go negative.

use yibao_kernel::{Day, Fen, Window, sum};
use yibao_policy::Path;
use yibao_policy::source::SourceRef;

use super::Compiler;
use super::rule_words::plain;
use crate::pack::pool::{DeductionBasis, Pool as WrittenPool};
use crate::plan::{Adjustment, Deduction};
use crate::settle::budget::{DeductionLine, DeductionOf, compose};
use crate::settled::Bilingual;

/// A draw as written, by either of its two forms.
struct Written<'a> {
    on: Day,
    known: Option<Day>,
    amount: Fen,
    reason: &'a Bilingual,
    source: &'a SourceRef,
    path: Path,
    id: String,
}

fn written<'a>(pool: &'a WrittenPool, path: &Path) -> Vec<Written<'a>> {
    let mut all = Vec::new();
    for (at, draw) in pool.reserve.iter().flat_map(|reserve| &reserve.draw).enumerate() {
        let (reason, source) = (&draw.reason, &draw.source);
        let (path, id) = (path.key("reserve").key("draw").at(at), format!("pool/{}/draw-{}", pool.id, at + 1));
        all.push(Written { on: draw.on, known: draw.known, amount: draw.amount, reason, source, path, id });
    }
    for (at, change) in pool.adjust.iter().enumerate().filter(|(_, change)| change.from.is_some()) {
        let (reason, source) = (&change.reason, &change.source);
        let (path, id) = (path.key("adjust").at(at), format!("pool/{}/adjust-{}", pool.id, at + 1));
        all.push(Written { on: change.on, known: change.known, amount: change.amount, reason, source, path, id });
    }
    all
}

impl Compiler<'_> {
    /// The draws known by the plan's day, by day.
    pub(super) fn draws(
        &mut self,
        pool: &WrittenPool,
        window: &Window,
        title: &Bilingual,
        path: &Path,
    ) -> Vec<Adjustment> {
        let mut draws = Vec::new();
        for draw in written(pool, path) {
            if !window.contains(draw.on) {
                let message = format!("the draw of {} is outside the year", draw.on);
                self.error(&draw.path.key("on"), message, "state a day of the pool's year");
            }
            if draw.amount.is_negative() {
                let hint = "money goes into the reserve by a [[pool.deduct]] with to = \"reserve\"";
                self.error(&draw.path.key("amount"), format!("the draw is negative: {} yuan", draw.amount), hint);
            }
            if draw.known.is_some_and(|known| known > self.known) {
                continue;
            }
            let words = Bilingual {
                zh: format!("{}：{} 动用调剂金 {{0}} 元，{}", plain(&title.zh), draw.on, plain(&draw.reason.zh)),
                en: format!("{}: on {} from the reserve {{0}}, {}", plain(&title.en), draw.on, plain(&draw.reason.en)),
            };
            let rule = self.pool_rule(&draw.id, &words, draw.source, &draw.path);
            draws.push(Adjustment { on: draw.on, amount: draw.amount, reason: draw.reason.clone(), rule });
        }
        draws.sort_by_key(|draw| draw.on);
        draws
    }

    /// Draws are paid by what the reserve holds at the start and gets from the budget.
    pub(super) fn check_draws(
        &mut self,
        pool: &WrittenPool,
        budget: Fen,
        deductions: &[Deduction],
        draws: &[Adjustment],
        path: &Path,
    ) {
        let lines = deductions.iter().map(|deduction| {
            let of = match deduction.basis {
                DeductionBasis::Fixed => {
                    DeductionOf::Fixed(deduction.value.to_fen(yibao_kernel::Mode::HalfUp).unwrap_or(Fen::ZERO))
                }
                DeductionBasis::ShareOfAmount => DeductionOf::ShareOfAmount(deduction.value),
                DeductionBasis::ShareOfLeft => DeductionOf::ShareOfLeft(deduction.value),
            };
            DeductionLine { of, to_reserve: deduction.to_reserve }
        });
        // Budgets and deductions that do not work out have been told already.
        let Ok(parts) = compose(budget, &lines.collect::<Vec<_>>()) else { return };
        let opening = pool.reserve.as_ref().map_or(Fen::ZERO, |reserve| reserve.opening);
        let Ok(mut left) = opening.checked_add(parts.reserve_in) else { return };
        let holds = left;
        let places = written(pool, path);
        for draw in draws {
            let Ok(after) = left.checked_sub(draw.amount) else { return };
            left = after;
            if !left.is_negative() {
                continue;
            }
            let here = places.iter().find(|one| self.book.rule_id(&one.id) == Some(draw.rule));
            let here = here.map_or_else(|| path.clone(), |one| one.path.clone());
            let message = format!(
                "the draw of {} takes the reserve of pool \"{}\" below zero: it holds {holds} yuan and {} yuan are drawn by then",
                draw.on,
                pool.id,
                holds.checked_sub(left).unwrap_or(holds)
            );
            self.error(&here.key("amount"), message, "draw less, or put more into the reserve by a [[pool.deduct]]");
            return;
        }
    }

    /// A budget may not fall below zero on any day of its changes.
    pub(super) fn check_never_negative(
        &mut self,
        pool: &WrittenPool,
        amount: Fen,
        changes: &[Adjustment],
        path: &Path,
    ) {
        let mut by_day: Vec<&Adjustment> = changes.iter().collect();
        by_day.sort_by_key(|change| change.on);
        for (at, change) in by_day.iter().enumerate() {
            let so_far = by_day.iter().take(at + 1).map(|change| change.amount);
            let Ok(left) = sum(so_far.chain([amount])) else { return };
            if !left.is_negative() {
                continue;
            }
            let written = pool.adjust.iter().position(|one| one.on == change.on && one.amount == change.amount);
            let here = written.map_or_else(|| path.key("amount"), |at| path.key("adjust").at(at).key("amount"));
            let message = format!(
                "the change of {} takes the budget of pool \"{}\" below zero: {left} yuan are left",
                change.on, pool.id
            );
            self.error(&here, message, "lower the change, or raise the budget");
            return;
        }
    }
}
