//! What holds for every bill, whatever the pack.

use proptest::prelude::*;
use serde_json::json;
use yibao_benefit::answer::{self};
use yibao_benefit::{Engine, Split, Splitter, State};
use yibao_kernel::Fen;
use yibao_kernel::explain::Explanation;
use yibao_record::bill::{Bill, Line};
use yibao_record::person::PersonState;

use crate::packs::shipped_pack;

/// A kind of visit of a shipped pack with what it needs.
fn visits() -> Vec<(&'static str, &'static str, &'static str, &'static str, &'static str)> {
    vec![
        ("demo-coast", "employee", "active", "inpatient", "level3"),
        ("demo-coast", "employee", "retiree", "outpatient", "primary"),
        ("demo-coast", "employee", "active", "accident", "level2"),
        ("demo-coast", "employee", "retiree", "prenatal", "level2"),
        ("demo-hill", "resident", "adult", "inpatient", "level3"),
        ("demo-hill", "resident", "minor", "inpatient", "township"),
        ("demo-hill", "resident", "adult", "outpatient", "township"),
        ("beijing-employee", "employee", "retiree", "inpatient", "level3"),
        ("nanchang", "resident", "adult", "inpatient", "level2"),
        ("nanchang", "employee", "retiree", "outpatient", "level3"),
    ]
}

fn engines() -> &'static Vec<Engine> {
    static ENGINES: std::sync::OnceLock<Vec<Engine>> = std::sync::OnceLock::new();
    ENGINES.get_or_init(|| visits().iter().map(|(pack, ..)| shipped_pack(pack)).collect())
}

fn person(at: usize, group: Option<&str>, balance: i64) -> PersonState {
    let (pack, scheme, status, ..) = visits()[at];
    let area = match pack {
        "beijing-employee" => "110101",
        "nanchang" => "360102",
        "demo-coast" => "990101",
        _ => "990201",
    };
    let groups: Vec<_> = group.map(|group| json!({ "value": group, "from": "2000-01-01" })).into_iter().collect();
    serde_json::from_value(json!({
        "person": { "id": "P", "birth": "1950-06-01", "sex": "1", "groups": groups,
            "insured": [{ "scheme": scheme, "area": area, "status": status, "from": "2000-01-01" }],
            "facts": { "tenure_years": [{ "value": "3", "from": "2000-01-01" }], "enrolled_years": [{ "value": "7", "from": "2000-01-01" }] } },
        "accounts": [{ "id": "A", "kind": "current", "balance": Fen::new(balance).to_string() }],
    }))
    .unwrap()
}

/// Lines of three sorts: in scope, class B with a limit, class C.
fn bill(at: usize, number: usize, lines: &[(u8, i64)], area: u8, account: bool) -> Bill {
    let (pack, _, _, visit, level) = visits()[at];
    let local = match pack {
        "beijing-employee" => "110101",
        "nanchang" => "360102",
        "demo-coast" => "990101",
        _ => "990201",
    };
    let area = if pack == "beijing-employee" || area > 0 || visit != "inpatient" { local } else { "440101" };
    let line = |(sort, fen): &(u8, i64)| -> Line {
        let amount = Fen::new(*fen).to_string();
        let stated = match sort {
            0 => json!({ "class": "A" }),
            1 => json!({ "class": "B", "first_self_ratio": "0.15", "limit": "300" }),
            _ => json!({ "class": "C" }),
        };
        serde_json::from_value(json!({ "quantity": "1", "price": amount, "amount": amount, "stated": stated })).unwrap()
    };
    let lines: Vec<Line> = lines.iter().map(line).collect();
    serde_json::from_value(json!({
        "id": format!("B{number}"), "institution": { "code": "H", "level": level, "area": area }, "visit": visit,
        "start": format!("2025-{:02}-03", 1 + number % 6), "end": format!("2025-{:02}-20", 1 + number % 6),
        "stay": format!("S{number}"), "account": if account { "own" } else { "none" },
        "amount": yibao_kernel::sum(lines.iter().map(|line| line.amount)).unwrap(), "lines": lines,
    }))
    .unwrap()
}

fn lines() -> impl Strategy<Value = Vec<(u8, i64)>> {
    prop::collection::vec((0_u8..3, prop_oneof![1_i64..5_000, 1_i64..3_000_000, 1_i64..60_000_000]), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn sums_hold_explanations_change_nothing_and_a_void_restores(
        at in 0_usize..10, bills in prop::collection::vec((lines(), 0_u8..3, any::<bool>()), 1..5), balance in 0_i64..500_000,
    ) {
        let engine = &engines()[at];
        let state = person(at, None, balance);
        let mut year = State::read(engine, &state.accumulators, &state.accounts).unwrap();
        let mut splitter = Splitter::new(engine);
        let mut done = Vec::new();
        for (number, (lines, area, account)) in bills.iter().enumerate() {
            let one = bill(at, number, lines, *area, *account);
            let before = (year.write(engine), year.accounts.clone());
            let (mut split, mut silent, mut reasons) = (Split::default(), Split::default(), Explanation::default());
            let mut other = year.clone();
            let first = splitter.split(&one, &state.person, &mut year, &mut split, Some(&mut reasons));
            let second = splitter.split(&one, &state.person, &mut other, &mut silent, None);
            prop_assert_eq!(first.is_ok(), second.is_ok());
            if first.is_err() {
                prop_assert_eq!(first.unwrap_err().code, "open");
                prop_assert_eq!((year.write(engine), year.accounts.clone()), before);
                continue;
            }
            prop_assert_eq!(&split, &silent);
            prop_assert_eq!(year.write(engine), other.write(engine));
            // Buckets at least zero, sums, nobody below zero.
            prop_assert!(split.buckets.iter().all(|amount| *amount >= 0));
            let parts = split.parts;
            prop_assert_eq!(yibao_kernel::sum([parts.full_self, parts.over_limit, parts.first_self, parts.in_scope]).unwrap(), one.amount);
            prop_assert_eq!(split.paid().get() + split.person().get(), one.amount.get());
            prop_assert_eq!(split.buckets.iter().sum::<i64>(), split.person().get());
            prop_assert!(split.paid() <= parts.in_scope);
            prop_assert!(year.accounts.iter().all(|account| !account.balance.is_negative()));
            let mut undone = year.clone();
            undone.undo(&split);
            prop_assert_eq!((undone.write(engine), undone.accounts.clone()), before);
            // What is written is read back as it was.
            let again = State::read(engine, &year.write(engine), &year.accounts).unwrap();
            prop_assert_eq!(again.write(engine), year.write(engine));
            done.push(split);
        }
        for split in done.iter().rev() {
            year.undo(split);
        }
        prop_assert!(year.write(engine).is_empty());
    }

    #[test]
    fn more_cost_never_means_less_fund_and_class_c_changes_full_self_pay_only(
        at in 0_usize..10, mut lines in lines(), area in 0_u8..3, more in 1_i64..10_000_000, which in 0_u8..2,
    ) {
        let engine = &engines()[at];
        let state = person(at, None, 0);
        let split = |lines: &[(u8, i64)]| {
            let one = bill(at, 1, lines, area, false);
            answer::split(engine, None, &one, &state).map(|(answer, ..)| answer)
        };
        let before = split(&lines);
        let mut with_c = lines.clone();
        with_c.push((2, more));
        let with_c = split(&with_c);
        lines.push((which, more));
        let after = split(&lines);
        // What the pack leaves open refuses; then there is nothing to compare.
        if let (Ok(before), Ok(with_c), Ok(after)) = (before, with_c, after) {
            let funds = |answer: &answer::Answer| answer.funds.iter().map(|fund| fund.paid.get()).sum::<i64>();
            prop_assert!(funds(&after) >= funds(&before));
            prop_assert_eq!(&with_c.funds, &before.funds);
            prop_assert_eq!(with_c.cash.get() - before.cash.get(), more);
            prop_assert_eq!(with_c.parts.full_self.get() - before.parts.full_self.get(), more);
            prop_assert_eq!(with_c.deductible, before.deductible);
        }
    }

    #[test]
    fn splitting_a_bill_does_not_change_a_yearly_layer(amounts in prop::collection::vec(1_i64..40_000_000, 1..6)) {
        // The critical illness layer of a pack whose basic layer is stated by the bill.
        let engine = shandong();
        let state: PersonState = serde_json::from_value(json!({ "person": { "id": "P", "birth": "1960-01-01", "sex": "1",
            "insured": [{ "scheme": "resident", "area": "370100", "status": "adult", "from": "2010-01-01" }] } })).unwrap();
        let one = |number: usize, fen: i64| -> Bill {
            let amount = Fen::new(fen).to_string();
            serde_json::from_value(json!({ "id": format!("B{number}"), "institution": { "code": "H", "level": "level3", "area": "370101" }, "visit": "inpatient",
                "start": "2014-03-01", "end": "2014-03-02", "account": "none", "amount": amount,
                "lines": [{ "quantity": "1", "price": amount, "amount": amount, "parts": { "in_scope": amount } }] })).unwrap()
        };
        let (mut year, mut paid) = (state.clone(), 0);
        for (number, fen) in amounts.iter().enumerate() {
            let (answer, after, _) = answer::split(engine, None, &one(number, *fen), &year).unwrap();
            paid += answer.amount(engine, "fund.critical").unwrap().get();
            year = after;
        }
        let (whole, ..) = answer::split(engine, None, &one(0, amounts.iter().sum()), &state).unwrap();
        prop_assert_eq!(whole.amount(engine, "fund.critical").unwrap().get(), paid);
    }
}

fn shandong() -> &'static Engine {
    static ENGINE: std::sync::OnceLock<Engine> = std::sync::OnceLock::new();
    ENGINE.get_or_init(|| shipped_pack("shandong-critical-2014"))
}
