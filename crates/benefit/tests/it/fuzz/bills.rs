//! Bills and persons with something wrong in them.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use yibao_benefit::Engine;
use yibao_benefit::divide;
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use super::edits::{altered, edits, mended};
use super::{config, credited, engines, samples, says_something, tried};

/// A bill of an example and the person as the bills before it left the year: pack, person, bill.
fn cases() -> &'static Vec<(usize, Value, Value)> {
    static CASES: std::sync::OnceLock<Vec<(usize, Value, Value)>> = std::sync::OnceLock::new();
    CASES.get_or_init(|| {
        let mut cases = Vec::new();
        for (pack, engine) in engines().iter().enumerate() {
            for (person, bills) in samples(engine) {
                let mut year = person;
                for bill in bills {
                    cases.push((pack, serde_json::to_value(&year).unwrap(), serde_json::to_value(&bill).unwrap()));
                    year = tried(engine, None, &bill, &year).unwrap_or(year);
                    // Once more, now with what it left behind.
                    cases.push((pack, serde_json::to_value(&year).unwrap(), serde_json::to_value(&bill).unwrap()));
                }
            }
        }
        let split = cases.iter().filter(|(_, year, _)| year.get("accumulators").is_some()).count();
        assert!(cases.len() > 200 && split > 100, "{} cases, {split} with a year so far", cases.len());
        cases
    })
}

/// The bill as it is, and divided where the pack divides it.
fn whole_and_divided(engine: &Engine, care: Option<&Engine>, bill: &Bill, person: &PersonState) -> bool {
    credited(engine, person, bill.end);
    let whole = tried(engine, care, bill, person);
    match divide::divide_at(engine, care, bill, person) {
        Ok(parts) => {
            let mut year = person.clone();
            for part in &parts {
                year = tried(engine, care, part, &year).unwrap_or(year);
            }
        }
        Err(refusal) => says_something(&refusal),
    }
    whole.is_some()
}

#[test]
fn an_altered_bill_is_split_or_refused() {
    let cases = cases();
    let (split, refused, unread) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let strategy = (0..cases.len(), edits(3), 0_u8..4, any::<bool>());
    let run = TestRunner::new(config(1500, file!())).run(&strategy, |(at, edits, mend, elsewhere)| {
        let (pack, person, bill) = &cases[at];
        let engine = &engines()[*pack];
        let person: PersonState = serde_json::from_value(person.clone()).unwrap();
        let bill = altered(bill, &edits);
        let bill = if mend > 0 { mended(bill) } else { bill };
        let care = (elsewhere && mend == 1).then(|| &engines()[(pack + 1) % engines().len()]);
        match serde_json::from_value::<Bill>(bill) {
            Ok(bill) if whole_and_divided(engine, care, &bill, &person) => split.set(split.get() + 1),
            Ok(_) => refused.set(refused.get() + 1),
            Err(error) => {
                assert!(!error.to_string().is_empty());
                unread.set(unread.get() + 1);
            }
        }
        Ok(())
    });
    run.unwrap_or_else(|failed| panic!("{failed}"));
    let seen = (split.get(), refused.get(), unread.get());
    assert!(seen.0 > 100 && seen.1 > 100 && seen.2 > 100, "split, refused, unread: {seen:?}");
}

#[test]
fn an_altered_person_is_served_or_refused() {
    let cases = cases();
    let (split, refused, unread) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let strategy = (0..cases.len(), edits(2));
    let run = TestRunner::new(config(1000, file!())).run(&strategy, |(at, edits)| {
        let (pack, person, bill) = &cases[at];
        let bill: Bill = serde_json::from_value(bill.clone()).unwrap();
        match serde_json::from_value::<PersonState>(altered(person, &edits)) {
            Ok(person) if whole_and_divided(&engines()[*pack], None, &bill, &person) => split.set(split.get() + 1),
            Ok(_) => refused.set(refused.get() + 1),
            Err(error) => {
                assert!(!error.to_string().is_empty());
                unread.set(unread.get() + 1);
            }
        }
        Ok(())
    });
    run.unwrap_or_else(|failed| panic!("{failed}"));
    let seen = (split.get(), refused.get(), unread.get());
    assert!(seen.0 > 100 && seen.1 > 100 && seen.2 > 100, "split, refused, unread: {seen:?}");
}
