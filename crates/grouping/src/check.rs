//! What a scheme says in vain: rules and rows that can never be reached, conditions that can
//! never hold, sets that nothing reads, diagnoses that open several MDCs.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::expression::{Expr, Look};
use crate::implication::Prover;
use crate::model::{Model, NoDrg, Rule, RuleKind};
use crate::scheme::Scheme;

/// What is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Problem {
    /// An earlier rule of the MDC takes every case that this one would take.
    DeadRule {
        /// The rule.
        rule: String,
        /// The earlier rule.
        by: String,
        /// Line of the earlier rule in adrg.csv.
        by_line: u32,
    },
    /// An earlier row of the rule takes every case that this one would take.
    DeadRow {
        /// The rule.
        rule: String,
        /// The DRG of the row.
        drg: String,
        /// The DRG of the earlier row.
        by: String,
        /// Line of the earlier row in drg.csv.
        by_line: u32,
    },
    /// The condition of a rule or row holds for no case (an empty set, an empty interval).
    NeverTrue {
        /// The rule, or the DRG of the row.
        subject: String,
    },
    /// Principal diagnoses that open more than one MDC; the first in order is tried first.
    SharedDiagnoses {
        /// The MDC tried first.
        first: String,
        /// The MDC tried later.
        later: String,
        /// How many codes.
        codes: usize,
        /// The first of them.
        example: String,
    },
    /// A set that no condition reads.
    UnusedSet {
        /// The set.
        set: String,
    },
}

/// One finding with its place in the scheme's tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// File of the scheme.
    pub file: &'static str,
    /// Line, from 1.
    pub line: u32,
    /// What is found.
    #[serde(flatten)]
    pub problem: Problem,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: ", self.file, self.line)?;
        match &self.problem {
            Problem::DeadRule { rule, by, by_line } => {
                write!(out, "rule {rule} can never be reached: {by} (line {by_line}) takes its cases")
            }
            Problem::DeadRow { rule, drg, by, by_line } => {
                write!(out, "row {drg} of rule {rule} can never be reached: {by} (line {by_line}) takes its cases")
            }
            Problem::NeverTrue { subject } => {
                write!(out, "the condition of {subject} holds for no case")
            }
            Problem::SharedDiagnoses { first, later, codes, example } => {
                write!(out, "{codes} principal diagnoses open {first} and {later}, for example {example}")
            }
            Problem::UnusedSet { set } => write!(out, "set {set} is read by no condition"),
        }
    }
}

impl Scheme {
    /// Reports what the scheme says in vain, in the order of its tables.
    ///
    /// A rule or row counts as dead when an earlier one of the same list is implied by it (with
    /// the gate of its MDC) for every case; the test is inclusion of sets and intervals, so
    /// everything reported is dead, but something dead for subtler reasons may be missed.
    #[must_use]
    pub fn check(&self) -> Vec<Finding> {
        let prover = Prover::new(&self.model, &self.engine.membership);
        let checker = Checker { model: &self.model, prover };
        let mut findings = Vec::new();
        checker.rules(&mut findings);
        checker.rows(&mut findings);
        checker.shared(&mut findings);
        checker.unused(&mut findings);
        findings
    }
}

struct Checker<'a> {
    model: &'a Model,
    prover: Prover<'a>,
}

impl Checker<'_> {
    /// The condition of a rule together with the gate of its MDC.
    fn whole(&self, rule: &Rule) -> Expr {
        let gate = self.model.mdcs.get(usize::from(rule.mdc)).map(|mdc| mdc.gate.clone());
        Expr::And(gate.into_iter().chain([rule.condition.clone()]).collect())
    }

    /// Whether a rule that holds always ends the decision.
    fn ends(&self, rule: &Rule) -> bool {
        let stops = rule.kind == RuleKind::Ambiguous || rule.no_drg == NoDrg::Stop;
        stops || rule.rows.clone().any(|row| self.row_expr(row) == &Expr::True)
    }

    fn row_expr(&self, row: usize) -> &Expr {
        let row = self.model.rows.get(row);
        let condition = row.and_then(|row| self.model.conditions.get(usize::from(row.condition)));
        condition.map_or(&Expr::False, |condition| &condition.expr)
    }

    fn rules(&self, findings: &mut Vec<Finding>) {
        for mdc in &self.model.mdcs {
            let rules = self.model.rules.get(mdc.rules.clone()).unwrap_or_default();
            for (at, rule) in rules.iter().enumerate() {
                let whole = self.whole(rule);
                let earlier = rules.get(..at).unwrap_or_default().iter();
                let by = earlier.filter(|by| self.ends(by)).find(|by| self.prover.implies(&whole, &by.condition));
                let problem = if self.prover.never(&rule.condition) {
                    Problem::NeverTrue { subject: format!("rule {}", rule.id) }
                } else if let Some(by) = by {
                    Problem::DeadRule { rule: rule.id.clone(), by: by.id.clone(), by_line: by.line }
                } else {
                    continue;
                };
                findings.push(Finding { file: "adrg.csv", line: rule.line, problem });
            }
        }
    }

    fn rows(&self, findings: &mut Vec<Finding>) {
        for rule in &self.model.rules {
            let rows = self.model.rows.get(rule.rows.clone()).unwrap_or_default();
            for (at, row) in rows.iter().enumerate() {
                let own = self.row_expr(rule.rows.start + at);
                let given = Expr::And(vec![self.whole(rule), own.clone()]);
                let by = rows
                    .iter()
                    .enumerate()
                    .take(at)
                    .find(|(earlier, _)| self.prover.implies(&given, self.row_expr(rule.rows.start + earlier)));
                let problem = if self.prover.never(own) {
                    Problem::NeverTrue { subject: format!("row {} of rule {}", row.drg, rule.id) }
                } else if let Some((_, by)) = by {
                    Problem::DeadRow {
                        rule: rule.id.clone(),
                        drg: row.drg.clone(),
                        by: by.drg.clone(),
                        by_line: by.line,
                    }
                } else {
                    continue;
                };
                findings.push(Finding { file: "drg.csv", line: row.line, problem });
            }
        }
    }

    /// Pairs of MDCs whose gates look at the principal diagnosis and share codes.
    fn shared(&self, findings: &mut Vec<Finding>) {
        let codes = &self.model.dx;
        let opens: Vec<Vec<u16>> = self.model.mdcs.iter().map(|mdc| principal(&mdc.gate)).collect();
        let mut pairs: BTreeMap<(usize, usize), (usize, String)> = BTreeMap::new();
        for number in 0..codes.len() {
            let class = codes.class.get(number).copied().map_or(0, usize::from);
            let sets = codes.class_sets.get(class).map_or(&[][..], Vec::as_slice);
            let open = |sets_of: &Vec<u16>| sets_of.iter().any(|s| sets.binary_search(s).is_ok());
            let mdcs: Vec<usize> = opens.iter().enumerate().filter(|(_, s)| open(s)).map(|(at, _)| at).collect();
            for (at, &first) in mdcs.iter().enumerate() {
                for &later in mdcs.iter().skip(at + 1) {
                    let entry = pairs.entry((first, later)).or_insert_with(|| {
                        let number = u16::try_from(number).unwrap_or(u16::MAX);
                        (0, String::from_utf8_lossy(codes.code(number)).into_owned())
                    });
                    entry.0 += 1;
                }
            }
        }
        for ((first, later), (codes, example)) in pairs {
            let (Some(first), Some(later)) = (self.model.mdcs.get(first), self.model.mdcs.get(later)) else {
                continue;
            };
            findings.push(Finding {
                file: "adrg_rules.json",
                line: later.gate_line,
                problem: Problem::SharedDiagnoses {
                    first: first.code.clone(),
                    later: later.code.clone(),
                    codes,
                    example,
                },
            });
        }
    }

    fn unused(&self, findings: &mut Vec<Finding>) {
        let mut used = vec![false; self.model.sets.len()];
        let mut mark = |set: u16| {
            if let Some(slot) = used.get_mut(usize::from(set)) {
                *slot = true;
            }
        };
        let regions = self.model.regions.iter().flat_map(|group| &group.regions);
        regions.for_each(|(set, _)| mark(*set));
        let gates = self.model.mdcs.iter().map(|mdc| &mdc.gate);
        let rules = self.model.rules.iter().map(|rule| &rule.condition);
        let rows = self.model.conditions.iter().map(|condition| &condition.expr);
        for expr in gates.chain(rules).chain(rows) {
            expr.walk(&mut |part| {
                if let Expr::Member(_, set) = part {
                    mark(*set);
                }
            });
        }
        let mut unused: Vec<_> =
            self.model.sets.iter().zip(used).filter(|(_, used)| !used).map(|(set, _)| set).collect();
        unused.sort_by_key(|set| set.line);
        findings.extend(unused.into_iter().map(|set| Finding {
            file: "code_sets.csv",
            line: set.line,
            problem: Problem::UnusedSet { set: set.name.clone() },
        }));
    }
}

/// The sets of principal diagnoses that open a gate.
fn principal(gate: &Expr) -> Vec<u16> {
    let mut sets = Vec::new();
    gate.walk(&mut |part| {
        if let Expr::Member(Look::FirstDx, set) = part {
            sets.push(*set);
        }
    });
    sets
}
