//! A pack's own examples: bills, and what the pack makes of them. This is how an official checks a pack.

use yibao_policy::decode::from_node;
use yibao_policy::node::{Node, Value};
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use crate::answer;
use crate::pack::Example;
use crate::plan::Engine;

/// How an example came out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// Figures compared.
    pub figures: usize,
    /// What differs, one line each.
    pub differs: Vec<String>,
}

/// Runs every example.
#[must_use]
pub fn run(engine: &Engine) -> Vec<Outcome> {
    engine.pack.example.iter().map(|example| one(engine, example)).collect()
}

fn one(engine: &Engine, example: &Example) -> Outcome {
    let mut outcome = Outcome { id: example.id.clone(), figures: 0, differs: Vec::new() };
    let mut state = match from_node::<PersonState>(&example.person) {
        Ok(state) => state,
        Err(error) => {
            outcome.differs.push(format!("person: {}", error.message()));
            return outcome;
        }
    };
    if example.bill.len() != example.expect.len() || example.bill.is_empty() {
        outcome.differs.push(format!("{} bills, {} expectations", example.bill.len(), example.expect.len()));
        return outcome;
    }
    for (number, (bill, expect)) in (1..).zip(example.bill.iter().zip(&example.expect)) {
        let bill = match from_node::<Bill>(bill) {
            Ok(bill) => bill,
            Err(error) => {
                outcome.differs.push(format!("bill {number}: {} ({})", error.message(), error.path));
                return outcome;
            }
        };
        match answer::split(engine, None, &bill, &state) {
            Ok((answer, after, _)) => {
                state = after;
                compare(engine, &answer, expect, number, "", &mut outcome);
            }
            Err(refusal) => {
                outcome.figures += 1;
                if expect.get("refused").and_then(Node::text) != Some(refusal.code) {
                    outcome.differs.push(format!("bill {number}: refused ({}): {}", refusal.code, refusal.message));
                }
            }
        }
    }
    outcome
}

/// Every figure stated; `fund` and `bears` are tables of their own.
fn compare(engine: &Engine, answer: &answer::Answer, expect: &Node, number: usize, above: &str, outcome: &mut Outcome) {
    let Value::Table(entries) = &expect.value else {
        outcome.differs.push(format!("expectation {number} is no table"));
        return;
    };
    for (key, value) in entries {
        let name = format!("{above}{key}");
        match &value.value {
            Value::Table(_) => compare(engine, answer, value, number, &format!("{name}."), outcome),
            Value::Text(text) => {
                outcome.figures += 1;
                let found = answer.amount(engine, &name).map(|amount| amount.to_string());
                let wanted = yibao_kernel::Fen::parse_yuan(text.as_bytes()).map(|amount| amount.to_string()).ok();
                if found.is_none() || found != wanted {
                    let found = found.unwrap_or_else(|| "no such figure".to_owned());
                    outcome.differs.push(format!("bill {number}: {name} is {found}, expected {text}"));
                }
            }
            _ => outcome.differs.push(format!("bill {number}: {name} stands without quotes")),
        }
    }
}
