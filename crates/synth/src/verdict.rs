//! What the tables say of a case, decided rule by rule in the stated order.
//!
//! Plain on purpose: it is the second opinion on the compiled grouper, so it shares nothing with it.

use crate::condition::{Condition, Look, Number};
use crate::tables::{Codes, Tables};

/// A case before it is written: codes by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// 1 male, 2 female.
    pub sex: u8,
    /// Whole years.
    pub age_years: i32,
    /// Days, when younger than a year.
    pub age_days: Option<i32>,
    /// Grams, when at most 28 days old.
    pub weight_g: Option<i32>,
    /// Days of stay.
    pub los_days: i32,
    /// Hours in intensive care.
    pub icu_hours: i32,
    /// Discharge status.
    pub discharge: String,
    /// Department.
    pub dept: String,
    /// Diagnoses, the principal one first.
    pub dx: Vec<u32>,
    /// Procedures, the principal one first.
    pub proc: Vec<u32>,
}

/// The answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// A rule and the DRG row of it; no row = the bare ADRG.
    Group {
        /// Index of the rule.
        rule: usize,
        /// Index of its row.
        row: Option<usize>,
    },
    /// The ambiguous group of a rule.
    Ambiguous {
        /// Index of the rule.
        rule: usize,
    },
    /// Nothing.
    Ungrouped,
}

impl Verdict {
    /// The rule that was taken.
    pub fn rule(self) -> Option<usize> {
        match self {
            Verdict::Group { rule, .. } | Verdict::Ambiguous { rule } => Some(rule),
            Verdict::Ungrouped => None,
        }
    }
}

/// Decides a case. Input checks are not repeated: every draft has a sex, an age and a diagnosis.
pub fn decide(tables: &Tables, case: &Draft) -> Verdict {
    let found = walk(tables, case, &case.proc);
    if found != Verdict::Ungrouped || !tables.retry {
        return found;
    }
    for proc in case.proc.iter().skip(1) {
        let found = walk(tables, case, std::slice::from_ref(proc));
        if found != Verdict::Ungrouped {
            return found;
        }
    }
    Verdict::Ungrouped
}

fn walk(tables: &Tables, case: &Draft, proc: &[u32]) -> Verdict {
    for mdc in &tables.mdcs {
        if !holds(tables, case, proc, &mdc.gate) {
            continue;
        }
        for &index in &mdc.rules {
            let Some(rule) = tables.rules.get(index) else {
                continue;
            };
            if !holds(tables, case, proc, &rule.condition) {
                continue;
            }
            if rule.ambiguous {
                return Verdict::Ambiguous { rule: index };
            }
            let row = rule.rows.iter().position(|&(_, condition)| {
                tables.row_conditions.get(condition).is_some_and(|c| holds(tables, case, proc, c))
            });
            if row.is_some() || rule.stops {
                return Verdict::Group { rule: index, row };
            }
        }
    }
    Verdict::Ungrouped
}

fn holds(tables: &Tables, case: &Draft, proc: &[u32], condition: &Condition) -> bool {
    match condition {
        Condition::Always(always) => *always,
        Condition::All(parts) => parts.iter().all(|part| holds(tables, case, proc, part)),
        Condition::Any(parts) => parts.iter().any(|part| holds(tables, case, proc, part)),
        Condition::Not(part) => !holds(tables, case, proc, part),
        Condition::Diagnosis(look, set) => looks(&tables.dx, &case.dx, *look, *set),
        Condition::Procedure(look, set) => looks(&tables.proc, proc, *look, *set),
        Condition::Prefix(prefix) => case.dx.iter().any(|&code| tables.dx.text(code).starts_with(prefix)),
        Condition::Regions(least) => regions(tables, case) >= *least,
        Condition::Major => severe(tables, case, |severity| severity.major),
        Condition::Minor => severe(tables, case, |severity| severity.minor),
        Condition::Between(number, low, high) => {
            value(case, *number).is_some_and(|value| (*low..=*high).contains(&value))
        }
        Condition::Sex(sex) => sex.parse() == Ok(case.sex),
        Condition::Dept(dept) => case.dept == *dept,
        Condition::Discharge(list) => list.contains(&case.discharge),
    }
}

fn looks(codes: &Codes, list: &[u32], look: Look, set: u32) -> bool {
    match look {
        Look::First => list.first().is_some_and(|&code| codes.is_in(code, set)),
        Look::Any => list.iter().any(|&code| codes.is_in(code, set)),
        Look::Later => list.iter().skip(1).any(|&code| codes.is_in(code, set)),
    }
}

fn value(case: &Draft, number: Number) -> Option<i32> {
    match number {
        Number::Age => Some(case.age_years),
        Number::AgeDays => case.age_days,
        Number::Weight => case.weight_g,
        Number::Los => Some(case.los_days),
        Number::IcuHours => Some(case.icu_hours),
    }
}

fn regions(tables: &Tables, case: &Draft) -> usize {
    let mut seen: Vec<u32> =
        case.dx.iter().filter_map(|&code| tables.region.get(code as usize).copied().flatten()).collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len()
}

fn severe(tables: &Tables, case: &Draft, table: impl Fn(&crate::tables::Severity) -> Option<u32>) -> bool {
    let principal = case.dx.first().and_then(|&code| tables.exclusion.get(code as usize).copied().flatten());
    case.dx.iter().skip(1).any(|&code| {
        let own = tables.severity.get(code as usize).and_then(&table);
        own.is_some() && own != principal
    })
}

#[cfg(test)]
mod tests;
