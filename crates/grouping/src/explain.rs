//! The same decision, step by step: which gates opened, which rule matched and on which code,
//! which came close, which complications counted.
//!
//! The answer comes from the one decision function; the steps are walked beside it, and that
//! both agree is asserted.

use serde::Serialize;

use crate::answer::{Answer, Rejection, Status};
use crate::case::{Case, CodeKind, RawCase};
use crate::decide::{Decision, Facts, zeros_for_missing};
use crate::error::SchemeError;
use crate::expression::{Expr, Look};
use crate::model::{InputChecks, Rule};
use crate::phrase::phrase;
use crate::render::Language;
use crate::scheme::{CodeNames, Interned, Scheme};

/// Most rules listed as close.
const NEAR_MAX: usize = 5;

/// A code of the case with its printed name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedCode {
    /// Diagnosis or procedure.
    pub kind: CodeKind,
    /// Position in its list, from 1; 1 is the principal one.
    pub position: usize,
    /// The code as given.
    pub code: String,
    /// Its name in the scheme's tables.
    pub name: Option<String>,
}

/// A phrase in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Phrase {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One conjunct of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conjunct {
    /// The conjunct in words.
    pub text: Phrase,
    /// Whether it holds.
    pub holds: bool,
    /// The codes of the case that make it hold.
    pub codes: Vec<NamedCode>,
}

/// A gate that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GateStep {
    /// MDC.
    pub mdc: String,
    /// Whether it opened.
    pub opened: bool,
    /// Its conjuncts.
    pub condition: Vec<Conjunct>,
    /// How many of its rules were tried.
    pub rules_tried: usize,
    /// Line of the gate in adrg_rules.json.
    pub line: u32,
}

/// A DRG row of the rule that matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowStep {
    /// DRG.
    pub drg: String,
    /// Its printed name.
    pub name: String,
    /// Its condition.
    pub condition: Vec<Conjunct>,
    /// Whether it was taken.
    pub taken: bool,
    /// Line in drg.csv.
    pub line: u32,
}

/// A rule of an opened MDC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleStep {
    /// MDC.
    pub mdc: String,
    /// Rule.
    pub rule: String,
    /// ADRG.
    pub adrg: String,
    /// Its conjuncts.
    pub condition: Vec<Conjunct>,
    /// Line in adrg.csv.
    pub line: u32,
}

/// A secondary diagnosis that is a complication or comorbidity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeverityStep {
    /// The diagnosis.
    pub code: NamedCode,
    /// `MCC` or `CC`.
    pub level: &'static str,
    /// Its exclusion table.
    pub table: u16,
    /// Whether it counts; if not, the principal diagnosis is in the same table.
    pub counts: bool,
}

/// The texts of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerTexts {
    /// How the decision ended.
    pub status: Status,
    /// Why it was rejected, when it was.
    pub rejection: Option<Rejection>,
    /// MDC.
    pub mdc: String,
    /// ADRG.
    pub adrg: String,
    /// DRG.
    pub drg: String,
    /// Printed name of the DRG.
    pub drg_name: Option<String>,
}

/// One decision, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseExplanation {
    /// Name of the scheme.
    pub scheme: String,
    /// Which tables decided.
    pub content_hash: String,
    /// The answer, from [`Scheme::group`].
    pub answer: AnswerTexts,
    /// The principal diagnosis.
    pub principal: Option<NamedCode>,
    /// The procedure that stood alone when the grouping was repeated for an ungrouped case.
    pub alone: Option<NamedCode>,
    /// The gates tried, in order, up to the decision.
    pub gates: Vec<GateStep>,
    /// The rule that decided.
    pub matched: Option<RuleStep>,
    /// The DRG rows of that rule, in order, up to the one taken.
    pub rows: Vec<RowStep>,
    /// Rules of opened MDCs that failed by one conjunct only.
    pub near: Vec<RuleStep>,
    /// The exclusion table of the principal diagnosis.
    pub principal_table: Option<u16>,
    /// Complications and comorbidities among the secondary diagnoses.
    pub severity: Vec<SeverityStep>,
}

impl Scheme {
    /// Explains one case given as texts.
    ///
    /// # Errors
    /// The names of codes cannot be read.
    pub fn explain(&self, case: &RawCase<'_>) -> Result<CaseExplanation, SchemeError> {
        let names = self.names()?;
        let mut codes = self.intern(case);
        let decision = self.decide_raw(case, &codes);
        let mut raw = case.clone();
        if let Some(alone) = decision.alone {
            raw.proc = raw.proc.get(alone).copied().into_iter().collect();
            codes = self.intern(&raw);
        }
        let tracer = Tracer { scheme: self, names, raw: &raw, codes: &codes, alone: decision.alone };
        Ok(tracer.explain(case, decision))
    }
}

struct Tracer<'a> {
    scheme: &'a Scheme,
    names: &'a CodeNames,
    /// The case as the deciding walk saw it.
    raw: &'a RawCase<'a>,
    codes: &'a Interned,
    alone: Option<usize>,
}

/// The steps of the deciding walk.
#[derive(Default)]
struct Walk {
    gates: Vec<GateStep>,
    matched: Option<(usize, Option<usize>)>,
    near: Vec<RuleStep>,
}

impl Tracer<'_> {
    fn explain(&self, given: &RawCase<'_>, decision: Decision) -> CaseExplanation {
        let scheme = self.scheme;
        let mut case = scheme.case(self.raw, self.codes);
        if scheme.model.checks == InputChecks::SexAndDiagnosis {
            case = zeros_for_missing(&case);
        }
        let facts = Facts::new(scheme.decider(), &case, &self.codes.proc);
        let walk = match decision.answer.status {
            Status::Rejected => Walk::default(),
            _ => self.walk(&facts),
        };
        let decided = decision.rule.map(|rule| (rule, decision.row));
        assert!(walk.matched == decided, "the steps lead where the decision went");
        let alone =
            decision.alone.and_then(|at| Some(self.named(CodeKind::Procedure, at, given.proc.get(at).copied()?)));
        CaseExplanation {
            scheme: scheme.name().to_owned(),
            content_hash: scheme.content_hash().to_string(),
            answer: self.texts(decision.answer),
            principal: given.dx.first().map(|code| self.named(CodeKind::Diagnosis, 0, code)),
            alone,
            matched: walk.matched.and_then(|(rule, _)| self.rule_step(&facts, rule)),
            rows: walk.matched.map_or(Vec::new(), |(rule, row)| self.rows(&facts, rule, row)),
            gates: walk.gates,
            near: walk.near,
            principal_table: self.principal_table(&case),
            severity: self.severity(&case),
        }
    }

    fn texts(&self, answer: Answer) -> AnswerTexts {
        let scheme = self.scheme;
        AnswerTexts {
            status: answer.status,
            rejection: answer.rejection,
            mdc: scheme.mdc(answer).to_owned(),
            adrg: scheme.adrg(answer).to_owned(),
            drg: scheme.drg(answer).to_owned(),
            drg_name: scheme.drg_name(answer.drg).map(str::to_owned),
        }
    }

    /// Gates and rules in order, without the rows of bits.
    fn walk(&self, facts: &Facts<'_>) -> Walk {
        let model = &self.scheme.model;
        let mut walk = Walk::default();
        for mdc in &model.mdcs {
            let opened = facts.holds(&mdc.gate);
            let mut step = GateStep {
                mdc: mdc.code.clone(),
                opened,
                condition: self.conjuncts(facts, &mdc.gate),
                rules_tried: 0,
                line: mdc.gate_line,
            };
            for number in mdc.rules.clone().filter(|_| opened) {
                step.rules_tried += 1;
                walk.matched = self.follow(facts, number);
                if walk.matched.is_some() {
                    break;
                }
                if walk.near.len() < NEAR_MAX && self.is_near(facts, number) {
                    walk.near.extend(self.rule_step(facts, number));
                }
            }
            walk.gates.push(step);
            if walk.matched.is_some() {
                break;
            }
        }
        walk
    }

    fn rule(&self, number: usize) -> Option<&Rule> {
        self.scheme.model.rules.get(number)
    }

    fn row_expr(&self, row: usize) -> &Expr {
        let model = &self.scheme.model;
        let condition = model.rows.get(row).map(|row| usize::from(row.condition));
        let condition = condition.and_then(|at| model.conditions.get(at));
        condition.map_or(&Expr::False, |condition| &condition.expr)
    }

    /// The rule and row taken, when the rule holds and leads to an answer.
    fn follow(&self, facts: &Facts<'_>, number: usize) -> Option<(usize, Option<usize>)> {
        let rule = self.rule(number).filter(|rule| facts.holds(&rule.condition))?;
        let row = rule.rows.clone().find(|&row| facts.holds(self.row_expr(row)));
        let bare = self.scheme.labels.rules.get(number).is_some_and(Option::is_some);
        (row.is_some() || bare).then_some((number, row))
    }

    /// Whether exactly one conjunct of several fails.
    fn is_near(&self, facts: &Facts<'_>, number: usize) -> bool {
        let Some(rule) = self.rule(number) else { return false };
        let mut conjuncts = Vec::new();
        rule.condition.conjuncts(&mut conjuncts);
        let failed = conjuncts.iter().filter(|part| !facts.holds(part)).count();
        conjuncts.len() > 1 && failed == 1
    }

    fn rule_step(&self, facts: &Facts<'_>, number: usize) -> Option<RuleStep> {
        let rule = self.rule(number)?;
        let mdc = self.scheme.model.mdcs.get(usize::from(rule.mdc))?;
        Some(RuleStep {
            mdc: mdc.code.clone(),
            rule: rule.id.clone(),
            adrg: rule.adrg.clone(),
            condition: self.conjuncts(facts, &rule.condition),
            line: rule.line,
        })
    }

    fn rows(&self, facts: &Facts<'_>, rule: usize, taken: Option<usize>) -> Vec<RowStep> {
        let Some(rule) = self.rule(rule) else { return Vec::new() };
        let end = taken.map_or(rule.rows.end, |row| row + 1);
        let step = |at: usize| {
            let row = self.scheme.model.rows.get(at)?;
            Some(RowStep {
                drg: row.drg.clone(),
                name: row.name.clone(),
                condition: self.conjuncts(facts, self.row_expr(at)),
                taken: taken == Some(at),
                line: row.line,
            })
        };
        (rule.rows.start..end).filter_map(step).collect()
    }

    fn conjuncts(&self, facts: &Facts<'_>, expr: &Expr) -> Vec<Conjunct> {
        let mut parts = Vec::new();
        expr.conjuncts(&mut parts);
        if parts.is_empty() {
            parts.push(expr);
        }
        let model = &self.scheme.model;
        let one = |part: &&Expr| Conjunct {
            text: Phrase { zh: phrase(model, part, Language::Zh), en: phrase(model, part, Language::En) },
            holds: facts.holds(part),
            codes: self.evidence(part),
        };
        parts.iter().map(one).collect()
    }

    /// The codes of the case that memberships of a condition find.
    fn evidence(&self, expr: &Expr) -> Vec<NamedCode> {
        let mut found = Vec::new();
        expr.walk(&mut |part| match part {
            Expr::Member(look, set) => self.members(*look, *set, &mut found),
            Expr::Prefix(prefix) => {
                let prefix = self.scheme.model.prefixes.get(usize::from(*prefix));
                let starts = |code: &str| prefix.is_some_and(|p| code.starts_with(p.as_str()));
                let codes = self.raw.dx.iter().enumerate().filter(|(_, code)| starts(code));
                found.extend(codes.map(|(at, code)| self.named(CodeKind::Diagnosis, at, code)));
            }
            Expr::Regions { group, .. } => {
                let membership = &self.scheme.engine.membership;
                for (at, (code, id)) in self.raw.dx.iter().zip(&self.codes.dx).enumerate() {
                    if membership.region_bit(*group, id.class()) != 0 {
                        found.push(self.named(CodeKind::Diagnosis, at, code));
                    }
                }
            }
            _ => {}
        });
        found
    }

    fn members(&self, look: Look, set: u16, found: &mut Vec<NamedCode>) {
        let (kind, raw, ids) = if look.at_dx() {
            (CodeKind::Diagnosis, &self.raw.dx, &self.codes.dx)
        } else {
            (CodeKind::Procedure, &self.raw.proc, &self.codes.proc)
        };
        let looked = |at: usize| match look {
            Look::FirstDx | Look::FirstProc => at == 0,
            Look::AnyDx | Look::AnyProc => true,
            Look::LaterDx | Look::LaterProc => at > 0,
        };
        for (at, (code, id)) in raw.iter().zip(ids).enumerate() {
            if looked(at) && self.scheme.engine.membership.has(set, id.class()) {
                found.push(self.named(kind, at, code));
            }
        }
    }

    fn named(&self, kind: CodeKind, at: usize, code: &str) -> NamedCode {
        let (name, shift) = match kind {
            CodeKind::Diagnosis => (self.names.dx(code), 0),
            CodeKind::Procedure => (self.names.proc(code), self.alone.filter(|_| at == 0).unwrap_or(0)),
        };
        let (code, name) = (code.to_owned(), name.map(str::to_owned));
        NamedCode { kind, position: at + shift + 1, code, name }
    }

    fn principal_table(&self, case: &Case<'_>) -> Option<u16> {
        let first = case.dx.first()?;
        let table = self.scheme.model.exclusion.get(first.number()).copied();
        table.filter(|&table| table != 0)
    }

    fn severity(&self, case: &Case<'_>) -> Vec<SeverityStep> {
        let principal = self.principal_table(case);
        let mut steps = Vec::new();
        for (at, (code, id)) in self.raw.dx.iter().zip(case.dx).enumerate().skip(1) {
            let Some(severity) = self.scheme.model.severity.get(id.number()) else { continue };
            for (level, table) in [("MCC", severity.mcc), ("CC", severity.cc)] {
                if table != 0 {
                    let code = self.named(CodeKind::Diagnosis, at, code);
                    steps.push(SeverityStep { code, level, table, counts: principal != Some(table) });
                }
            }
        }
        steps
    }
}
