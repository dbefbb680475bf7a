//! Runs the case steps of a method over one stay, in their order.

use thiserror::Error;
use yibao_kernel::piecewise::PiecewiseError;
use yibao_kernel::{Day, Decimal, Fen, Mode, Overflow, Ratio, RatioError, Rounding};
use yibao_record::stays::{Stays, Symbol, Symbols};

use super::decision::{Candidate, Decision, LIMITS_MAX};
use super::panel::{Panel, PanelWords};
use super::refusal::Refused;
use super::rules::CaseRules;
use super::state::{FAMILIES_MAX, MEANS_MAX, State, View};
use super::unit_steps::LimitAsk;
use crate::pack::step::RouteTo;
use crate::plan::{
    CapOf, CaseFields, CompiledStep, CompiledVerb, Condition, FieldRef, LimitOf, Method, Plan, PriceKind,
};
use crate::settle::entries::{Applied, CaseEntries};
use crate::settle::key::RowKey;
use crate::settled::CaseOutcome;

/// Evaluates the stays of a plan. Pure: the same stay and decision give the same outcome and explanation.
pub struct Evaluator<'a> {
    pub(super) plan: &'a Plan,
    pub(super) stays: &'a Stays,
    pub(super) rules: CaseRules,
    methods: Vec<MethodFacts>,
    pub(super) panel: PanelWords,
    entries: Option<&'a Applied>,
}

/// What the evaluator looks up once per method.
#[derive(Clone, Debug)]
pub(super) struct MethodFacts {
    /// Steps that state the mean of all cases.
    all_means: Vec<usize>,
    /// The special-case review step.
    pub(super) review: Option<u16>,
    /// Rounding of the standard.
    pub(super) money: Rounding,
    /// No step gives a weight or base points: the base is one.
    from_one: bool,
    /// The mean an incomplete stay is compared with.
    pub(super) group_mean: usize,
}

/// The result for one stay.
#[derive(Clone, Copy, Debug)]
pub struct Evaluated {
    /// What was decided; the default for a refused stay.
    pub outcome: CaseOutcome,
    /// Why the stay is refused.
    pub refused: Option<Refused>,
    /// The quota it asks for, while nothing is decided about it.
    pub candidate: Option<Candidate>,
    /// What it asks of the yearly limit that is being asked.
    pub limit_ask: Option<LimitAsk>,
}

/// Why a case cannot be computed at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum CaseFailure {
    /// Arithmetic.
    #[error(transparent)]
    Ratio(#[from] RatioError),
    /// Arithmetic.
    #[error(transparent)]
    Overflow(#[from] Overflow),
    /// A curve without a value.
    #[error(transparent)]
    Curve(#[from] PiecewiseError),
    /// Points below zero.
    #[error(
        "the points are negative: {points}\n  hint: check the bands of the method; a factor may not fall below zero"
    )]
    NegativePoints {
        /// The points.
        points: Decimal,
    },
}

/// A failure and the step it happened in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StepFailure {
    /// Index of the step in the method's case steps.
    pub step: usize,
    /// Why.
    pub cause: CaseFailure,
}

/// Ends the run over the steps.
pub(super) enum Stop {
    Refused(Refused),
    Failed(CaseFailure),
}

impl<E: Into<CaseFailure>> From<E> for Stop {
    fn from(cause: E) -> Self {
        Stop::Failed(cause.into())
    }
}

/// A method that has more than the engine keeps per case.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("method \"{method}\" has more than {max} {what}\n  hint: split the method")]
pub struct TooMany {
    /// The method.
    pub method: String,
    /// Of what.
    pub what: &'static str,
    /// The limit.
    pub max: usize,
}

impl<'a> Evaluator<'a> {
    /// An evaluator of the plan's methods over the stays.
    ///
    /// # Errors
    /// [`TooMany`].
    pub fn new(plan: &'a Plan, stays: &'a Stays, symbols: &Symbols, rules: CaseRules) -> Result<Self, TooMany> {
        let methods = plan.methods.iter().map(MethodFacts::of).collect::<Result<Vec<_>, _>>()?;
        let panel = PanelWords::of(plan, symbols);
        Ok(Self { plan, stays, rules, methods, panel, entries: None })
    }

    /// The same, with the entries applied to the stays.
    #[must_use]
    pub const fn with_entries(mut self, entries: Option<&'a Applied>) -> Self {
        self.entries = entries;
        self
    }

    /// The entries of a stay.
    pub(super) fn entries_of(&self, row: usize) -> Option<&CaseEntries> {
        self.entries?.of(u32::try_from(row).ok()?)
    }

    /// Runs the steps of the key's method over a stay and appends the explanation.
    ///
    /// # Errors
    /// [`StepFailure`] when the numbers do not work out; a stay that is merely not payable is `refused`.
    pub fn evaluate(
        &self,
        row: usize,
        key: RowKey,
        decision: &Decision,
        explanation: &mut Vec<u8>,
    ) -> Result<Evaluated, StepFailure> {
        let method_at = usize::from(key.method);
        let (Some(method), Some(facts)) = (self.plan.methods.get(method_at), self.methods.get(method_at)) else {
            return Ok(refused(Refused::NoMethod, key.method));
        };
        if let Some(review) = facts.review.filter(|_| self.panel(row) == Panel::Unknown) {
            return Ok(refused(Refused::UnknownDecision(review), key.method));
        }
        if let Some(entries) = self.entries_of(row) {
            entries.tell(explanation);
        }
        let view = View { from_one: facts.from_one, money: facts.money, ..self.view(row, key) };
        let mut run = Run { evaluator: self, method, facts, decision, view, explanation };
        run.view.state.all_mean = run.all_mean();
        for (at, step) in method.case_steps.iter().enumerate() {
            match run.step(at, step) {
                Ok(()) => {}
                Err(Stop::Refused(reason)) => return Ok(refused(reason, key.method)),
                Err(Stop::Failed(cause)) => return Err(StepFailure { step: at, cause }),
            }
        }
        let last = method.case_steps.len().saturating_sub(1);
        match run.finish(last) {
            Ok(evaluated) => Ok(evaluated),
            Err(Stop::Refused(reason)) => Ok(refused(reason, key.method)),
            Err(Stop::Failed(cause)) => Err(StepFailure { step: last, cause }),
        }
    }

    /// Whether the key's method claims a stay: it is in force, and its `scope` holds.
    ///
    /// # Errors
    /// The refusal of a stay without a field that the scope needs.
    pub fn claims(&self, row: usize, key: RowKey) -> Result<bool, Refused> {
        let Some(method) = self.plan.methods.get(usize::from(key.method)) else { return Ok(false) };
        let discharge = self.stays.discharge.get(row).copied().unwrap_or(Day::MIN);
        if !method.window.contains(discharge) {
            return Ok(false);
        }
        let scopes = method.case_steps.iter().enumerate().filter(|(_, step)| matches!(step.verb, CompiledVerb::Scope));
        for (at, step) in scopes {
            let holds = match &step.when {
                _ if !step.window.contains(discharge) => false,
                None => true,
                Some(condition) => {
                    self.holds(condition, row, key).map_err(|field| Refused::NotGiven(short(at), field))?
                }
            };
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The text of a field of a stay; none when not given.
    pub fn text_of(&self, row: usize, key: RowKey, field: FieldRef) -> Symbol {
        self.view(row, key).text(field)
    }

    /// A stay before any step has run.
    fn view(&self, row: usize, key: RowKey) -> View<'a> {
        View {
            plan: self.plan,
            stays: self.stays,
            row,
            key,
            discharge: self.stays.discharge.get(row).copied().unwrap_or(Day::MIN),
            cost: self.stays.cost.get(row).copied().unwrap_or(Fen::ZERO),
            from_one: false,
            money: Rounding { dp: 2, mode: Mode::HalfUp },
            state: State::new(None),
        }
    }

    /// Whether a condition over the stay's own fields holds.
    ///
    /// # Errors
    /// The field that is not given.
    pub fn holds(&self, condition: &Condition, row: usize, key: RowKey) -> Result<bool, FieldRef> {
        condition.holds(&self.view(row, key), &self.plan.tables).map_err(|missing| missing.0)
    }
}

fn refused(reason: Refused, method: u16) -> Evaluated {
    let outcome = CaseOutcome { method, ..CaseOutcome::default() };
    Evaluated { outcome, refused: Some(reason), candidate: None, limit_ask: None }
}

impl MethodFacts {
    fn of(method: &Method) -> Result<Self, TooMany> {
        let too_many = |what, max| TooMany { method: method.id.clone(), what, max };
        if method.means.len() > MEANS_MAX {
            return Err(too_many("group means", MEANS_MAX));
        }
        if usize::from(method.families) > FAMILIES_MAX {
            return Err(too_many("factor families", FAMILIES_MAX));
        }
        if method.case_steps.len() > usize::from(u16::MAX) {
            return Err(too_many("steps", usize::from(u16::MAX)));
        }
        let limits = method.case_steps.iter().filter(|step| matches!(step.verb, CompiledVerb::Limit(_)));
        if limits.count() > LIMITS_MAX {
            return Err(too_many("yearly limits", LIMITS_MAX));
        }
        let steps = || method.case_steps.iter().enumerate();
        let by_points = method.price == PriceKind::Points;
        let gives_base = |verb: &CompiledVerb| match verb {
            CompiledVerb::Weight { .. } => true,
            CompiledVerb::BasePoints { .. } | CompiledVerb::BedDay(_) => by_points,
            _ => false,
        };
        let all_means = steps().filter(|(_, step)| matches!(step.verb, CompiledVerb::AllMean { .. }));
        let review = steps().find(|(_, step)| matches!(step.verb, CompiledVerb::SpecialReview { .. }));
        let money = method.case_steps.iter().find_map(|step| match step.verb {
            CompiledVerb::Standard { rounding } => Some(rounding),
            _ => None,
        });
        Ok(Self {
            all_means: all_means.map(|(at, _)| at).collect(),
            from_one: !method.case_steps.iter().any(|step| gives_base(&step.verb)),
            review: review.and_then(|(at, _)| u16::try_from(at).ok()),
            money: money.unwrap_or(Rounding { dp: 2, mode: Mode::HalfUp }),
            group_mean: method.means.iter().position(|name| name == "group_mean").unwrap_or(0),
        })
    }
}

/// The run over the steps of one stay.
pub(super) struct Run<'r, 'a> {
    pub(super) evaluator: &'r Evaluator<'a>,
    pub(super) method: &'a Method,
    pub(super) facts: &'r MethodFacts,
    pub(super) decision: &'r Decision,
    pub(super) view: View<'a>,
    pub(super) explanation: &'r mut Vec<u8>,
}

impl Run<'_, '_> {
    /// Whether the case is paid by its group's weight or points.
    pub(super) fn in_chain(&self) -> bool {
        let state = &self.view.state;
        state.adjusted.is_none() && matches!(state.route, None | Some(RouteTo::Standard | RouteTo::Incomplete))
    }

    /// Whether the case has points or a standard: of its group, of its own cost, or as a panel set it.
    pub(super) fn is_priced(&self) -> bool {
        let state = &self.view.state;
        self.in_chain() || state.route == Some(RouteTo::CostPoints) || state.adjusted.is_some()
    }

    /// Whether a step applies to this case.
    pub(super) fn applies(&self, at: usize, step: &CompiledStep) -> Result<bool, Stop> {
        if !step.window.contains(self.view.discharge) {
            return Ok(false);
        }
        let Some(condition) = &step.when else { return Ok(true) };
        let holds = condition.holds(&self.view, &self.view.plan.tables);
        holds.map_err(|missing| Stop::Refused(Refused::NotGiven(short(at), missing.0)))
    }

    /// The mean of all cases, which steps before its own may need.
    fn all_mean(&self) -> Option<Fen> {
        self.facts.all_means.iter().find_map(|at| {
            let step = self.method.case_steps.get(*at)?;
            match step.verb {
                CompiledVerb::AllMean { value } if matches!(self.applies(*at, step), Ok(true)) => Some(value),
                _ => None,
            }
        })
    }

    fn step(&mut self, at: usize, step: &CompiledStep) -> Result<(), Stop> {
        // Steps that cannot change anything any more are not asked whether they apply: a field that is not given
        // refuses only the cases that need it.
        if !self.concerns(&step.verb) || !self.applies(at, step)? {
            return Ok(());
        }
        match &step.verb {
            CompiledVerb::Route { to, times } => self.route(at, step, *to, *times),
            CompiledVerb::Weight { table, at_least, missing } => self.weight(at, step, *table, *at_least, *missing),
            CompiledVerb::BasePoints { from, rounding, at_least, missing } => {
                self.base_points(at, step, *from, *rounding, *at_least, *missing)
            }
            CompiledVerb::GroupMean { table, slot, missing } => self.group_mean(at, step, *table, *slot, *missing),
            CompiledVerb::Coefficient(coefficient) => self.coefficient(at, step, coefficient),
            CompiledVerb::Factor(factor) => self.factor(at, step, factor),
            CompiledVerb::OutlierBand(outlier) => self.outlier(at, step, outlier),
            CompiledVerb::AddOn(add_on) => self.add_on(at, step, add_on),
            CompiledVerb::SpecialReview { .. } => self.flagged_for_review(at),
            CompiledVerb::Readmission(readmission) => self.readmission(step, readmission),
            CompiledVerb::Units(units) => self.units(at, step, *units),
            CompiledVerb::BedDay(bed_day) => self.bed_day(at, step, bed_day),
            CompiledVerb::CaseQuota(quota) => self.case_quota(at, step, quota),
            CompiledVerb::Transfer(_) => self.transfer(at, step),
            CompiledVerb::Cap(cap) => self.cap(at, step, cap),
            CompiledVerb::Limit(limit) => self.limit(at, step, limit),
            CompiledVerb::Points { rounding } => self.points(at, Some(step.rule), *rounding),
            CompiledVerb::Price(from) => self.price(at, step, from),
            CompiledVerb::Standard { rounding } => self.standard(at, Some(step.rule), *rounding),
            CompiledVerb::Fund(fund) => self.fund(at, step, fund),
            _ => Ok(()),
        }
    }

    /// Whether a verb still concerns the case, after the routes so far.
    fn concerns(&self, verb: &CompiledVerb) -> bool {
        let state = &self.view.state;
        let own_cost = state.route == Some(RouteTo::CostPoints);
        let by_item = state.route == Some(RouteTo::Items);
        let ranked = state.candidate.is_some();
        match verb {
            CompiledVerb::Route { .. } | CompiledVerb::SpecialReview { .. } | CompiledVerb::OutlierBand(_) => {
                state.route.is_none()
            }
            // The weight of a case paid by item still counts in the case mix.
            CompiledVerb::Weight { .. } => true,
            CompiledVerb::BasePoints { .. }
            | CompiledVerb::GroupMean { .. }
            | CompiledVerb::Coefficient(_)
            | CompiledVerb::Units(_)
            | CompiledVerb::BedDay(_)
            | CompiledVerb::CaseQuota(_) => self.in_chain() || ranked,
            // A ceiling on fund money holds for items too. What a panel has set is no more capped, but a year is a year.
            CompiledVerb::Cap(cap) => self.in_chain() || own_cost || (cap.of == CapOf::Fund && by_item),
            CompiledVerb::Limit(limit) => self.is_priced() || (limit.of == LimitOf::Fund && by_item),
            CompiledVerb::Price(_) => self.in_chain() || ranked || own_cost,
            CompiledVerb::Factor(_) | CompiledVerb::AddOn(_) | CompiledVerb::Transfer(_) => self.in_chain(),
            CompiledVerb::Readmission(_) => self.in_chain() || own_cost,
            CompiledVerb::Points { .. } | CompiledVerb::Standard { .. } | CompiledVerb::Fund(_) => self.is_priced(),
            _ => false,
        }
    }
}

/// A step's index as stored in refusals; methods have fewer than 65,536 steps, checked when the evaluator is made.
pub(super) fn short(step: usize) -> u16 {
    u16::try_from(step).unwrap_or(u16::MAX)
}

/// a × b, without arithmetic where one of them is 1.
pub(super) fn times(a: Ratio, b: Ratio) -> Result<Ratio, RatioError> {
    if a == Ratio::ONE {
        return Ok(b);
    }
    if b == Ratio::ONE {
        return Ok(a);
    }
    a.checked_mul(b)
}
