//! Settlements and voids in any order.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use yibao_benefit::pack::header::VoidRule;
use yibao_benefit::{Engine, History, divide};
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use super::{config, engines, samples, says_something};

/// What stands: the bills in the order they were settled.
type Standing = Vec<(String, Vec<Bill>)>;

fn settled(engine: &Engine, person: &PersonState, standing: &Standing) -> PersonState {
    let mut history = History::new(engine, person.clone()).unwrap();
    for (id, parts) in standing {
        history.settle_parts(0, id, parts.clone()).unwrap_or_else(|refusal| panic!("{id}: {refusal}"));
    }
    history.state().unwrap()
}

/// Every bill of a pack's examples for one person: whatever the person is not entitled to is refused.
fn bills(engine: &Engine) -> (Vec<PersonState>, Vec<Bill>) {
    let (persons, bills): (Vec<_>, Vec<_>) = samples(engine).into_iter().unzip();
    (persons, bills.into_iter().flatten().collect())
}

#[test]
fn settlements_and_voids_in_any_order_leave_what_stands() {
    let all: Vec<(Vec<PersonState>, Vec<Bill>)> = engines().iter().map(bills).collect();
    let steps = prop::collection::vec((any::<bool>(), any::<u16>(), 0_u8..3), 1..14);
    let strategy = (0..all.len(), any::<u16>(), steps);
    let run = TestRunner::new(config(160, file!())).run(&strategy, |(pack, who, steps)| {
        let (engine, (persons, bills)) = (&engines()[pack], &all[pack]);
        let person = &persons[usize::from(who) % persons.len()];
        let Ok(mut history) = History::new(engine, person.clone()) else { return Ok(()) };
        let mut standing: Standing = Vec::new();
        let mut voided: Vec<String> = Vec::new();
        for (number, (settle, which, stay)) in steps.into_iter().enumerate() {
            let before = history.state().unwrap();
            if settle || standing.is_empty() {
                let mut bill = bills[usize::from(which) % bills.len()].clone();
                bill.id = format!("B{number}");
                bill.stay = (stay > 0).then(|| format!("S{}", number / usize::from(stay)));
                let parts = match divide::divide(engine, &bill, &before) {
                    Ok(parts) => parts,
                    Err(refusal) => {
                        says_something(&refusal);
                        continue;
                    }
                };
                match history.settle_parts(0, &bill.id, parts.clone()) {
                    Ok(_) => {
                        let after = history.state().unwrap();
                        // Taken back at once, nothing happened; then it is settled again under another name.
                        history.take_back(0, &bill.id).unwrap_or_else(|refusal| panic!("{refusal}"));
                        assert_eq!(history.state().unwrap(), before);
                        let again = format!("{}-again", bill.id);
                        history.settle_parts(0, &again, parts.clone()).unwrap_or_else(|refusal| panic!("{refusal}"));
                        assert_eq!(history.state().unwrap(), after);
                        voided.push(bill.id);
                        standing.push((again, parts));
                    }
                    Err(refusal) => {
                        says_something(&refusal);
                        assert_eq!(history.state().unwrap(), before);
                    }
                }
            } else {
                let at = usize::from(which) % standing.len();
                let last = at + 1 == standing.len();
                match history.take_back(0, &standing[at].0) {
                    Ok(_) => {
                        assert!(last || engine.pack.benefit.void == VoidRule::Resettle);
                        voided.push(standing.remove(at).0);
                        assert_eq!(history.state().unwrap(), settled(engine, person, &standing));
                    }
                    Err(refusal) => {
                        says_something(&refusal);
                        assert!(["not_last", "void_refused"].contains(&refusal.code), "{refusal:?}");
                        assert!(!last);
                        assert_eq!(history.state().unwrap(), before);
                    }
                }
            }
            for id in &voided {
                assert_eq!(history.take_back(0, id).unwrap_err().code, "voided");
            }
        }
        while let Some((id, _)) = standing.pop() {
            history.take_back(0, &id).unwrap_or_else(|refusal| panic!("{refusal}"));
        }
        let fresh = History::new(engine, person.clone()).unwrap().state();
        assert_eq!(history.state(), fresh);
        Ok(())
    });
    run.unwrap_or_else(|failed| panic!("{failed}"));
}
