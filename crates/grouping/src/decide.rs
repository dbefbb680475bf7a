//! The decision: one function says which group a case falls in.

use std::cell::Cell;

use crate::answer::{Answer, Rejection};
use crate::case::{Case, CodeId, Sex, TextId};
use crate::engine::{Engine, Line, RULES_PER_LINE, RowTest, RuleHead, age_span, spans};
use crate::expression::{Expr, Field, Look};
use crate::labels::Labels;
use crate::model::{InputChecks, Model};

/// The parts of a scheme that decide.
#[derive(Clone, Copy)]
pub(crate) struct Decider<'s> {
    pub model: &'s Model,
    pub engine: &'s Engine,
    pub labels: &'s Labels,
}

/// Where a decision ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decision {
    pub answer: Answer,
    /// The rule taken, if one was.
    pub rule: Option<usize>,
    /// The DRG row taken, if one was.
    pub row: Option<usize>,
    /// The procedure that stood alone when the grouping was repeated.
    pub alone: Option<usize>,
}

impl<'s> Decider<'s> {
    /// Decides one case.
    #[inline]
    pub(crate) fn decide(self, case: &Case<'_>) -> Decision {
        match self.model.checks {
            InputChecks::Full => self.decide_checked(case),
            InputChecks::SexAndDiagnosis => self.decide_checked(&zeros_for_missing(case)),
        }
    }

    #[inline]
    fn decide_checked(self, case: &Case<'_>) -> Decision {
        let fixed = |answer| Decision { answer, rule: None, row: None, alone: None };
        if let Some(reason) = rejection(self.model.checks, case) {
            return fixed(self.labels.rejected(reason));
        }
        if let Some(decision) = self.walk(case, case.proc) {
            return decision;
        }
        if self.model.retry {
            for (at, only) in case.proc.iter().enumerate().skip(1) {
                if let Some(found) = self.walk(case, std::slice::from_ref(only)) {
                    return Decision { alone: Some(at), ..found };
                }
            }
        }
        fixed(self.labels.ungrouped)
    }

    /// The first rule that holds and leads to an answer.
    #[inline]
    fn walk(self, case: &Case<'_>, proc: &[CodeId]) -> Option<Decision> {
        let Self { model, engine, .. } = self;
        let facts = Facts::new(self, case, proc);
        let patient = case.sex as usize * spans(&engine.age_cuts) + age_span(&engine.age_cuts, case.age);
        let no_proc = model.proc.class_sets.len();
        let by_proc = if proc.is_empty() { no_proc } else { facts.first_proc };
        let dx_row = bits_of(&engine.by_dx, facts.first_dx, engine.lines);
        let proc_row = bits_of(&engine.by_proc, by_proc, engine.lines);
        let patient_row = bits_of(&engine.by_patient, patient, engine.lines);
        let mut gates = Gates { tested: 0, shut: 0 };
        for (at, ((dx, proc), patient)) in dx_row.iter().zip(proc_row).zip(patient_row).enumerate() {
            let mut words = Line::words(dx, proc, patient);
            while words != 0 {
                let word = words.trailing_zeros() as usize;
                words &= words - 1;
                let mut rules = Line::rules(dx, proc, patient, word);
                while rules != 0 {
                    let rule = rules.trailing_zeros() as usize;
                    rules &= rules - 1;
                    let number = at * RULES_PER_LINE + word * 64 + rule;
                    if let Some(decision) = self.try_rule(&facts, &mut gates, number) {
                        return Some(decision);
                    }
                }
            }
        }
        None
    }

    /// Tests what the rows of bits left open of a rule, and follows it.
    #[inline]
    fn try_rule(self, facts: &Facts<'_>, gates: &mut Gates, number: usize) -> Option<Decision> {
        let rule = *self.engine.rules.get(number)?;
        let mdc = 1_u64 << (rule.mdc & 63);
        if gates.tested & mdc == 0 {
            gates.tested |= mdc;
            if let Some(Some(gate)) = self.engine.gates.get(usize::from(rule.mdc))
                && !facts.holds(gate)
            {
                gates.shut |= mdc;
            }
        }
        if gates.shut & mdc != 0 {
            return None;
        }
        if rule.open
            && let Some(Some(rest)) = self.engine.rests.get(number)
            && !facts.holds(rest)
        {
            return None;
        }
        self.lead(facts, number, rule)
    }

    /// Where a rule that holds leads; `None` when the next rule is to be tried.
    #[inline]
    fn lead(self, facts: &Facts<'_>, number: usize, rule: RuleHead) -> Option<Decision> {
        for row in rule.rows() {
            let holds = match self.engine.rows.get(row)? {
                RowTest::Always => true,
                RowTest::Mcc => facts.severity().0,
                RowTest::MccOrCc => {
                    let (mcc, cc) = facts.severity();
                    mcc || cc
                }
                RowTest::Other => {
                    let condition = self.model.rows.get(row)?.condition;
                    facts.holds(&self.model.conditions.get(usize::from(condition))?.expr)
                }
            };
            if holds {
                let answer = *self.labels.rows.get(row)?;
                return Some(Decision { answer, rule: Some(number), row: Some(row), alone: None });
            }
        }
        let answer = (*self.labels.rules.get(number)?)?;
        Some(Decision { answer, rule: Some(number), row: None, alone: None })
    }
}

/// Gates whose rest has been tested: bit of the MDC.
struct Gates {
    tested: u64,
    shut: u64,
}

#[inline]
fn bits_of(rows: &[Line], cell: usize, lines: usize) -> &[Line] {
    rows.get(cell * lines..cell * lines + lines).unwrap_or_default()
}

/// The input checks that come before grouping.
#[inline]
pub(crate) fn rejection(checks: InputChecks, case: &Case<'_>) -> Option<Rejection> {
    if checks == InputChecks::SexAndDiagnosis {
        return match case {
            _ if case.sex == Sex::Missing => Some(Rejection::BadSex),
            _ if case.dx.is_empty() => Some(Rejection::NoDiagnosis),
            _ => None,
        };
    }
    if !matches!(case.sex, Sex::Male | Sex::Female) {
        return Some(Rejection::BadSex);
    }
    match (case.age, case.age_days) {
        (None, _) => return Some(Rejection::NoAge),
        (Some(0), None) => return Some(Rejection::NoAgeDays),
        (Some(0), Some(days)) if days <= 28 && case.weight_g.is_none() => {
            return Some(Rejection::NoWeight);
        }
        _ => {}
    }
    case.dx.is_empty().then_some(Rejection::NoDiagnosis)
}

/// The case as the Java edition reads it.
pub(crate) fn zeros_for_missing<'a>(case: &Case<'a>) -> Case<'a> {
    Case {
        age: Some(case.age.unwrap_or(0)),
        age_days: Some(case.age_days.unwrap_or(0)),
        weight_g: Some(case.weight_g.unwrap_or(0)),
        ..*case
    }
}

/// A case while it is being decided.
pub(crate) struct Facts<'a> {
    model: &'a Model,
    engine: &'a Engine,
    case: &'a Case<'a>,
    proc: &'a [CodeId],
    /// Class of the principal diagnosis.
    pub first_dx: usize,
    /// Class of the principal procedure; meaningless without one.
    pub first_proc: usize,
    /// Has MCC, has CC; found when first asked for.
    severity: Cell<Option<(bool, bool)>>,
}

impl<'a> Facts<'a> {
    /// The case with `proc` as its procedures.
    #[inline]
    pub(crate) fn new(decider: Decider<'a>, case: &'a Case<'a>, proc: &'a [CodeId]) -> Self {
        let Decider { model, engine, .. } = decider;
        let first = |list: &[CodeId]| list.first().copied().unwrap_or_default();
        Self {
            model,
            engine,
            case,
            proc,
            first_dx: first(case.dx).class(),
            first_proc: first(proc).class(),
            severity: Cell::new(None),
        }
    }

    /// Whether the case has an MCC, and a CC, that its principal diagnosis does not exclude.
    #[inline]
    pub(crate) fn severity(&self) -> (bool, bool) {
        if let Some(known) = self.severity.get() {
            return known;
        }
        let mut found = (false, false);
        if let Some((first, later)) = self.case.dx.split_first() {
            let own = self.model.exclusion.get(first.number()).copied().unwrap_or(0);
            for code in later {
                if let Some(severity) = self.model.severity.get(code.number()) {
                    found.0 |= severity.mcc != 0 && severity.mcc != own;
                    found.1 |= severity.cc != 0 && severity.cc != own;
                }
            }
        }
        self.severity.set(Some(found));
        found
    }

    /// Whether the condition holds.
    pub(crate) fn holds(&self, expr: &Expr) -> bool {
        match expr {
            Expr::True => true,
            Expr::False => false,
            Expr::And(parts) => parts.iter().all(|part| self.holds(part)),
            Expr::Or(parts) => parts.iter().any(|part| self.holds(part)),
            Expr::Not(part) => !self.holds(part),
            Expr::Member(look, set) => self.member(*look, *set),
            Expr::Prefix(prefix) => self.case.dx.iter().any(|&code| {
                let class = code.class();
                self.model.dx.class_prefixes.get(class).is_some_and(|p| p >> prefix & 1 == 1)
            }),
            Expr::Regions { group, least } => {
                let membership = &self.engine.membership;
                let count = membership.region_count(*group, self.case.dx);
                count >= u32::from(*least)
            }
            Expr::Mcc => self.severity().0,
            Expr::Cc => self.severity().1,
            Expr::Number(field, sign, value) => self.number(*field).is_some_and(|number| sign.holds(number, *value)),
            Expr::Male(male) => self.case.sex == if *male { Sex::Male } else { Sex::Female },
            Expr::Dept(dept) => self.case.dept == text_id(*dept),
            Expr::Discharge(list) => list.iter().any(|&text| self.case.discharge == text_id(text)),
        }
    }

    /// A number of the case, `None` when missing.
    pub(crate) fn number(&self, field: Field) -> Option<i32> {
        match field {
            Field::Age => self.case.age,
            Field::AgeDays => self.case.age_days,
            Field::Weight => self.case.weight_g,
            Field::Los => Some(self.case.los_days),
            Field::IcuHours => Some(self.case.icu_hours),
        }
    }

    #[inline]
    fn member(&self, look: Look, set: u16) -> bool {
        let membership = &self.engine.membership;
        let some = |list: &[CodeId]| list.iter().any(|&code| membership.has(set, code.class()));
        match look {
            Look::FirstDx => !self.case.dx.is_empty() && membership.has(set, self.first_dx),
            Look::AnyDx => some(self.case.dx),
            Look::LaterDx => some(self.case.dx.get(1..).unwrap_or_default()),
            Look::FirstProc => !self.proc.is_empty() && membership.has(set, self.first_proc),
            Look::AnyProc => some(self.proc),
            Look::LaterProc => some(self.proc.get(1..).unwrap_or_default()),
        }
    }
}

/// The number of a text in the model's list, as cases carry it.
pub(crate) fn text_id(index: u16) -> TextId {
    TextId(u8::try_from(index + 1).unwrap_or(0))
}
