//! What the funds do not pay, and kinds of benefit the list does not know.

use super::Verdict;
use super::judge::Judged;
use crate::pack::GateOutcome;
use crate::plan::Engine;
use crate::plan::dimension::MISSING;
use crate::plan::steps::Act;
use crate::plan::when::{Test, Truth, When};

/// Kinds of visit that a route of the pack lets a fund pay and the list does not know.
pub fn visits(local: &Engine, listed: &[String]) -> Judged {
    let national = format!("{} kinds", listed.len());
    let Some((at, dim)) = local.dims.0.iter().enumerate().find(|(_, dim)| dim.name == "visit") else {
        return Judged::without(Verdict::NotFound, String::new(), national);
    };
    let mut more = Vec::new();
    for (word, visit) in dim.values.iter().enumerate().filter(|(_, visit)| !listed.contains(visit)) {
        let mut facts = vec![MISSING; local.dims.0.len()];
        if let (Some(fact), Ok(word)) = (facts.get_mut(at), i64::try_from(word)) {
            *fact = word;
        }
        if paid(local, &facts) {
            more.push(visit.as_str());
        }
    }
    let verdict = if more.is_empty() { Verdict::Meets } else { Verdict::Beyond };
    Judged::without(verdict, more.join(", "), national)
}

/// Whether a fund may pay bills with these facts.
fn paid(local: &Engine, facts: &[i64]) -> bool {
    let Some(plan) = local.plans.last() else { return false };
    plan.routes.iter().filter(|route| route.when.test(facts) != Truth::No).any(|route| {
        plan.packages.get(route.package).is_some_and(|package| {
            package.steps.iter().any(|step| matches!(step.act, Act::Layer(_) | Act::TopUp { .. }))
        })
    })
}

/// Care that the funds do not pay: a gate must stop one of the words.
pub fn not_payable(local: &Engine, words: &[String]) -> Judged {
    let national = "不予支付 not payable".to_owned();
    let Some(plan) = local.plans.last() else { return Judged::without(Verdict::NotFound, String::new(), national) };
    for gate in &plan.gates {
        if words.iter().any(|word| names(local, &gate.when, word)) {
            let verdict = if gate.outcome == GateOutcome::Pass { Verdict::Beyond } else { Verdict::Meets };
            return Judged { verdict, local: format!("gate {}", gate.id), national, rule: Some(gate.rule) };
        }
    }
    match local.dims.0.iter().find(|dim| words.iter().any(|word| dim.word(word).is_some())) {
        Some(dim) => {
            Judged::without(Verdict::Beyond, format!("a word of \"{}\" that no gate stops", dim.name), national)
        }
        None => Judged::without(Verdict::NotFound, "没有准入规则 no gate".to_owned(), national),
    }
}

/// Whether a condition asks for this word.
fn names(local: &Engine, when: &When, word: &str) -> bool {
    when.0.iter().any(|test| match test {
        Test::Words(dim, flags) => {
            let word = local.dims.0.get(*dim).and_then(|dim| dim.word(word)).and_then(|at| usize::try_from(at).ok());
            word.and_then(|at| flags.get(at)).copied().unwrap_or(false)
        }
        Test::Any(list) => list.iter().any(|inner| names(local, inner, word)),
        Test::Not(_) | Test::Range(..) => false,
    })
}

/// A gate that stops every bill with these facts before any value is looked at.
pub fn stopped(local: &Engine, facts: &[i64]) -> Option<Judged> {
    let gate = local.plans.last()?.gates.iter().find(|gate| gate.when.test(facts) == Truth::Yes)?;
    let verdict = match gate.outcome {
        GateOutcome::Pass | GateOutcome::Advance => return None,
        GateOutcome::Refuse => Verdict::CannotTell,
        GateOutcome::FullSelf | GateOutcome::Barred => Verdict::Below,
    };
    let local = format!("gate {} stops such bills", gate.id);
    Some(Judged { verdict, local, national: String::new(), rule: Some(gate.rule) })
}
