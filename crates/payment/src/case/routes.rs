//! The steps that choose a route: `route`, `outlier_band`, `special_review`.

use yibao_kernel::explain::Writer;
use yibao_kernel::{Fen, Mode, Ratio};

use super::decision::{Candidate, QuotaAnswer, QuotaKind};
use super::evaluator::{Run, Stop, short};
use super::outlier::cost_ratio;
use super::panel::Panel;
use super::refusal::Refused;
use crate::pack::step::RouteTo;
use crate::plan::{CaseFields, CompiledStep, CompiledVerb, Outlier};

impl Run<'_, '_> {
    /// Takes a route.
    pub(super) fn go(&mut self, at: usize, to: RouteTo) -> Result<(), Stop> {
        match to {
            RouteTo::Refuse => Err(Stop::Refused(Refused::ByRule(short(at)))),
            RouteTo::SpecialReview => self.review(),
            to => {
                self.view.state.route = Some(to);
                Ok(())
            }
        }
    }

    /// `route`: the first match wins.
    pub(super) fn route(&mut self, at: usize, step: &CompiledStep, to: RouteTo, times: Ratio) -> Result<(), Stop> {
        Writer::new(self.explanation).step(step.rule);
        self.view.state.times = times;
        self.go(at, to)
    }

    /// `outlier_band` (spec §1.8).
    pub(super) fn outlier(&mut self, at: usize, step: &CompiledStep, rule: &Outlier) -> Result<(), Stop> {
        let mut chosen = None;
        for (number, set) in (0_u8..).zip(&rule.sets) {
            let holds = set.when.as_ref().map_or(Ok(true), |when| when.holds(&self.view, &self.view.plan.tables));
            if holds.map_err(|missing| Stop::Refused(Refused::NotGiven(short(at), missing.0)))? {
                chosen = Some((number, set));
                break;
            }
        }
        let Some((set_number, set)) = chosen else { return Ok(()) };
        let less = rule.less.and_then(|field| self.view.number(field)).map_or(Fen::ZERO, Fen::new);
        let cost = self.view.cost.checked_sub(less)?.max(Fen::ZERO);
        let denominator = self.denominator(at, rule.over)?;
        self.view.state.mean_used = Some(denominator);
        self.view.state.coefficient_on = rule.coefficient_on;
        let r = cost_ratio(cost, denominator.ratio())?;
        let (segment, factor) = set.curve.eval(r)?;
        let Some(band) = set.bands.get(segment) else { return Ok(()) };
        if let Some(to) = band.to {
            let answer = band.quota.is_some().then_some(self.decision.outlier);
            if !matches!(answer, None | Some(Some(_))) {
                let place = (u8::try_from(segment).unwrap_or(u8::MAX), set_number);
                self.ask(QuotaKind::Outlier, short(at), place);
            }
            let answer = answer.flatten();
            if band.quota.is_none() || answer.is_some_and(|answer| answer.accepted) {
                exactly(Writer::new(self.explanation).step(step.rule_other).fen(cost).fen(denominator), r);
                self.tell_quota(answer);
                return self.go(at, to);
            }
            self.tell_quota(answer);
        }
        self.view.state.outlier = Some(factor);
        self.view.state.band_coefficient = (band.coefficient, band.plus_coefficient);
        exactly(exactly(Writer::new(self.explanation).step(step.rule).fen(cost).fen(denominator), r), factor);
        Ok(())
    }

    fn tell_quota(&mut self, answer: Option<QuotaAnswer>) {
        let Some(answer) = answer else { return };
        let rules = &self.evaluator.rules;
        let rule = if answer.accepted { rules.quota_accepted } else { rules.quota_full };
        write_answer(Writer::new(self.explanation).step(rule), answer);
    }

    /// Asks for a place in a quota; what the case costs above its standard is known at the end.
    fn ask(&mut self, kind: QuotaKind, step: u16, band: (u8, u8)) {
        let cost = self.view.cost;
        self.view.state.candidate = Some(Candidate { kind, step, band, cost, over_standard: cost });
    }

    /// `special_review` for a case that a panel has seen.
    pub(super) fn flagged_for_review(&mut self, at: usize) -> Result<(), Stop> {
        match self.evaluator.panel(self.view.row) {
            Panel::None => Ok(()),
            Panel::Waiting => self.go(at, RouteTo::Held),
            Panel::Refused => {
                Writer::new(self.explanation).step(self.evaluator.rules.review_refused);
                Ok(())
            }
            Panel::Unknown | Panel::Items | Panel::Standard | Panel::Adjusted => self.review(),
        }
    }

    /// The panel set the standard of the case itself; the chain of the group no longer concerns it.
    fn adjust(&mut self, at: u16) -> Result<(), Stop> {
        let amount = self.evaluator.adjusted_standard(self.view.row);
        let amount = amount.ok_or(Stop::Refused(Refused::NoAdjustedStandard(at)))?;
        let state = &mut self.view.state;
        (state.route, state.adjusted) = (Some(RouteTo::Standard), Some(amount));
        // What steps before the review have computed from the group.
        (state.points, state.standard, state.fund) = (None, None, None);
        Ok(())
    }

    /// Special-case review with its quota (spec §1.14). Without a `special_review` step the case waits.
    fn review(&mut self) -> Result<(), Stop> {
        let step = self.facts.review.and_then(|at| Some((at, self.method.case_steps.get(usize::from(at))?)));
        let Some((at, step)) = step else {
            self.view.state.route = Some(RouteTo::Held);
            return Ok(());
        };
        let CompiledVerb::SpecialReview { over_quota, accepted, .. } = step.verb else { return Ok(()) };
        let panel = self.evaluator.panel(self.view.row);
        if panel == Panel::Refused {
            Writer::new(self.explanation).step(self.evaluator.rules.review_refused);
            self.view.state.route = Some(RouteTo::Standard);
            return Ok(());
        }
        if panel == Panel::Waiting {
            self.view.state.route = Some(RouteTo::Held);
            return Ok(());
        }
        let Some(answer) = self.decision.review else {
            self.view.state.route = Some(RouteTo::Held);
            self.ask(QuotaKind::Review, at, (0, 0));
            return Ok(());
        };
        let rule = if answer.accepted { step.rule } else { step.rule_other };
        write_answer(Writer::new(self.explanation).step(rule), answer);
        self.view.state.reviewed = answer.accepted;
        let to = match panel {
            _ if !answer.accepted => over_quota,
            Panel::Items => RouteTo::Items,
            Panel::Standard => {
                Writer::new(self.explanation).step(self.evaluator.rules.review_standard);
                RouteTo::Standard
            }
            Panel::Adjusted => return self.adjust(at),
            Panel::None | Panel::Waiting | Panel::Refused | Panel::Unknown => accepted,
        };
        match to {
            RouteTo::Refuse => return Err(Stop::Refused(Refused::ByRule(at))),
            RouteTo::SpecialReview => self.view.state.route = Some(RouteTo::Held),
            to => self.view.state.route = Some(to),
        }
        Ok(())
    }
}

/// A ratio by which the reader can recompute what follows: four decimals where they are exact, else all of it.
fn exactly<'w, 'b>(writer: &'w mut Writer<'b>, ratio: Ratio) -> &'w mut Writer<'b> {
    match ratio.to_decimal(4, Mode::HalfUp) {
        Ok(number) if number.ratio() == ratio => writer.decimal(number),
        _ => writer.ratio(ratio),
    }
}

/// Rank, limit and discharges, in the order of the templates.
fn write_answer(writer: &mut Writer<'_>, answer: QuotaAnswer) {
    for number in [answer.rank, answer.limit, answer.discharges] {
        writer.int(i64::try_from(number).unwrap_or(i64::MAX));
    }
}
