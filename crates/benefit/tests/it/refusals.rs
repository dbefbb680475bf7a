//! What is refused, and what the refusal says.

use serde_json::json;
use yibao_benefit::{Engine, History, Refusal, answer, pack};
use yibao_kernel::Day;
use yibao_policy::Folder;
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use crate::packs::shipped_pack;

pub fn person() -> PersonState {
    serde_json::from_value(json!({
        "person": { "id": "P", "birth": "1980-01-01", "sex": "1",
            "insured": [{ "scheme": "employee", "area": "990101", "status": "active", "from": "2020-01-01", "until": "2027-01-01" }],
            "facts": { "tenure_years": [{ "value": "10", "from": "2020-01-01" }] } },
    }))
    .unwrap()
}

pub fn bill() -> Bill {
    serde_json::from_value(json!({
        "id": "B1", "institution": { "code": "H", "level": "level3", "area": "990101" }, "visit": "inpatient",
        "start": "2025-08-01", "end": "2025-08-11", "stay": "S1", "account": "none", "amount": "20000.00",
        "lines": [{ "id": "1", "quantity": "1", "price": "20000", "amount": "20000.00", "parts": { "in_scope": "20000.00" } }],
    }))
    .unwrap()
}

fn refused(change: impl FnOnce(&mut Bill, &mut PersonState)) -> Refusal {
    let engine = shipped_pack("demo-coast");
    let (mut bill, mut person) = (bill(), person());
    change(&mut bill, &mut person);
    let before = person.clone();
    let refusal = answer::split(&engine, None, &bill, &person).unwrap_err();
    assert_eq!(person, before, "a refusal changes nothing");
    refusal
}

fn line(value: serde_json::Value) -> yibao_record::bill::Line {
    serde_json::from_value(value).unwrap()
}

#[test]
fn an_unknown_item() {
    let refusal = refused(|bill, _| {
        bill.lines =
            vec![line(json!({ "id": "7", "item": "X9", "quantity": "1", "price": "20000", "amount": "20000.00" }))];
    });
    assert_eq!(
        refusal.to_string(),
        "line 7: item X9 is not in the catalogue\n  hint: add it to the catalogue, or state its class on the line"
    );
}

#[test]
fn an_item_before_its_first_version() {
    let refusal = refused(|bill, _| {
        bill.lines = vec![line(
            json!({ "id": "1", "item": "D001", "day": "2023-01-01", "quantity": "1", "price": "20000", "amount": "20000.00" }),
        )];
    });
    assert_eq!(refusal.message, "line 1: the pack does not speak for 2023-01-01");
}

#[test]
fn a_day_outside_every_version() {
    let refusal = refused(|bill, person| {
        (bill.start, bill.end) = (Day::parse("2019-01-01").unwrap(), Day::parse("2019-01-02").unwrap());
        person.person.insured[0].from = Day::parse("2010-01-01").unwrap();
    });
    assert_eq!(
        refusal.to_string(),
        "the pack does not speak for 2019-01-02\n  hint: it speaks for 2024-07-01 until 2027-07-01; take the pack of the day"
    );
}

#[test]
fn a_person_not_insured_on_the_day() {
    let refusal = refused(|bill, _| {
        (bill.start, bill.end) = (Day::parse("2027-03-01").unwrap(), Day::parse("2027-03-02").unwrap())
    });
    assert_eq!(
        refusal.to_string(),
        "the person is not insured on 2027-03-02\n  hint: add the stretch of insurance that holds the day; without one nothing can be split"
    );
    let refusal = refused(|_, person| {
        let again = person.person.insured[0].clone();
        person.person.insured.push(again);
    });
    assert_eq!(refusal.code, "insured_twice");
}

#[test]
fn zero_and_negative_quantities_and_prices() {
    for (quantity, price, amount) in [("0", "10", "0.00"), ("-1", "10", "-10.00"), ("1", "-10", "-10.00")] {
        let refusal = refused(|bill, _| {
            bill.lines.push(line(json!({ "id": "2", "quantity": quantity, "price": price, "amount": amount, "parts": { "in_scope": amount } })));
            bill.amount = yibao_kernel::sum(bill.lines.iter().map(|line| line.amount)).unwrap();
        });
        assert_eq!(refusal.code, "line");
        assert!(refusal.message.starts_with("line 2: the "), "{refusal}");
        assert_eq!(refusal.hint, "a refund is a void of the whole settlement, then a bill of the rest");
    }
}

#[test]
fn sums_that_miss() {
    let refusal = refused(|bill, _| bill.amount = yibao_kernel::Fen::new(1_999_999));
    assert_eq!(
        refusal.to_string(),
        "the lines come to 20000.00, the bill says 19999.99\n  hint: send all lines, and the total they come to"
    );
    let refusal = refused(|bill, _| bill.lines[0].price = yibao_kernel::Decimal::new(19_998, 0));
    assert_eq!(refusal.message, "line 1: price times quantity misses the amount by more than a fen");
    let refusal = refused(|bill, _| bill.lines[0].parts.as_mut().unwrap().first_self = yibao_kernel::Fen::new(1));
    assert_eq!(refusal.message, "line 1: the parts do not add up to the amount");
    let refusal = refused(|bill, _| bill.lines.clear());
    assert_eq!(refusal.message, "the bill has no lines");
}

#[test]
fn words_and_facts_the_pack_does_not_know() {
    let refusal = refused(|bill, _| bill.institution.level = "levle3".to_owned());
    assert_eq!(refusal.to_string(), "the pack does not know this word of \"level\"\n  hint: did you mean \"level3\"?");
    let refusal = refused(|_, person| person.person.facts.clear());
    assert_eq!(
        refusal.to_string(),
        "\"tenure_years\" is not stated\n  hint: state it, or give dimension \"tenure_years\" a word for `otherwise`"
    );
    let refusal = refused(|bill, _| bill.institution.level = "pharmacy".to_owned());
    assert_eq!(refusal.code, "no_route");
}

#[test]
fn an_account_is_spent_once() {
    let refusal = refused(|_, person| {
        let account = json!({ "id": "A", "kind": "current", "balance": "10.00" });
        let family = json!({ "id": "A", "kind": "family", "balance": "10.00" });
        person.accounts = serde_json::from_value(json!([account, family])).unwrap();
    });
    assert_eq!(
        refusal.to_string(),
        "one account stands twice among the person's accounts\n  hint: an account can be spent once: list it once, under one kind"
    );
    let refusal = refused(|_, person| {
        person.accounts = serde_json::from_value(json!([{ "id": "A", "kind": "current", "balance": "-1.00" }])).unwrap()
    });
    assert_eq!(refusal.code, "negative_balance");
}

#[test]
fn accumulators_of_another_pack() {
    let refusal = refused(|_, person| {
        person.accumulators =
            serde_json::from_value(json!([{ "key": "paid:poool", "window": "2025", "amount": "1.00" }])).unwrap()
    });
    assert_eq!(refusal.message, "accumulator \"paid:poool\" is not one of this pack");
    assert_eq!(refusal.hint, "did you mean \"paid:pool\"?");
}

#[test]
fn a_bill_over_the_end_of_the_year_or_of_a_period() {
    let refusal = refused(|bill, _| {
        (bill.start, bill.end) = (Day::parse("2026-06-20").unwrap(), Day::parse("2026-07-05").unwrap())
    });
    assert_eq!(
        refusal.to_string(),
        "the bill crosses the end of the insurance year\n  hint: settle up to the last day of the year, then the rest of the same stay"
    );
    let refusal = refused(|bill, _| bill.end = Day::parse("2025-12-11").unwrap());
    assert_eq!(refusal.message, "the bill covers more than one settlement period of 90 days");
}

#[test]
fn amounts_given_for_nobody_or_too_large() {
    let refusal = refused(|bill, _| {
        bill.given.insert("comercial".to_owned(), yibao_kernel::Fen::new(100));
    });
    assert_eq!(
        refusal.to_string(),
        "an amount is given for \"comercial\", which is no payer of the pack\n  hint: did you mean \"commercial\"?"
    );
    let refusal = refused(|bill, _| {
        bill.given.insert("commercial".to_owned(), yibao_kernel::Fen::new(100_000_000));
    });
    assert_eq!(refusal.code, "given");
}

#[test]
fn gates_refuse_or_leave_all_to_the_person() {
    let refusal = refused(|bill, _| {
        bill.facts.insert("cause".to_owned(), "work_injury".to_owned());
    });
    assert_eq!(refusal.message, "not payable: work injury belongs to another insurance");
    let engine = shipped_pack("demo-coast");
    let mut one = bill();
    one.facts.insert("cause".to_owned(), "check_up".to_owned());
    let (answer, after, _) = answer::split(&engine, None, &one, &person()).unwrap();
    assert_eq!((answer.cash, answer.gate.as_deref()), (one.amount, Some("check_up")));
    assert!(after.accumulators.iter().all(|one| !one.key.starts_with("paid")));
}

#[test]
fn a_void_of_a_void_and_other_wrong_voids() {
    let engine = shipped_pack("demo-coast");
    let mut history = History::new(&engine, person()).unwrap();
    history.settle(bill()).unwrap();
    assert_eq!(
        history.settle(bill()).unwrap_err().to_string(),
        "bill B1 is settled already\n  hint: a bill is settled once; after a void send the rest as a new bill"
    );
    assert_eq!(history.void("B2").unwrap_err().message, "bill B2 is not settled");
    history.void("B1").unwrap();
    assert_eq!(
        history.void("B1").unwrap_err().to_string(),
        "bill B1 is voided already\n  hint: a settlement is voided once"
    );
    assert_eq!(
        history.void("void:B1").unwrap_err().to_string(),
        "void:B1 is itself a void, of B1\n  hint: a void is not voided; settle the rest as a new bill"
    );
}

#[test]
fn only_the_last_may_be_voided_where_the_pack_says_so() {
    let engine = shipped_pack("demo-hill");
    let mut person = person();
    (person.person.insured[0].scheme, person.person.insured[0].status) = ("resident".to_owned(), "adult".to_owned());
    person.person.insured[0].area = "990201".to_owned();
    person.person.facts =
        serde_json::from_value(json!({ "enrolled_years": [{ "value": "2", "from": "2020-01-01" }] })).unwrap();
    let mut history = History::new(&engine, person).unwrap();
    let mut first = bill();
    first.institution.area = "990201".to_owned();
    let second = Bill { id: "B2".to_owned(), stay: Some("S2".to_owned()), ..first.clone() };
    history.settle(first).unwrap();
    history.settle(second).unwrap();
    assert_eq!(
        history.void("B1").unwrap_err().to_string(),
        "1 settlements follow bill B1\n  hint: void the later ones first, the last one first"
    );
    history.void("B2").unwrap();
    history.void("B1").unwrap();
    assert!(history.state().unwrap().accumulators.is_empty());
}

/// Packs that are refused: a good one with one thing changed, and what is said.
#[test]
fn bad_packs() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    let good = std::fs::read_to_string(folder.join("good.toml")).unwrap();
    read(&good).unwrap();
    let mut cases: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    cases.sort();
    assert!(cases.len() >= 20, "{}", cases.len());
    for path in cases {
        let text = std::fs::read_to_string(&path).unwrap();
        // "- " lines are taken out, "+ " lines put in their place, the rest is what is said.
        let mut parts = text.splitn(2, "---\n");
        let (edit, said) = (parts.next().unwrap(), parts.next().unwrap_or(""));
        let out: Vec<&str> = edit.lines().filter_map(|line| line.strip_prefix("- ")).collect();
        let put: Vec<&str> = edit.lines().filter_map(|line| line.strip_prefix("+ ")).collect();
        let old = out.join("\n");
        assert!(good.contains(&old), "{}: not in good.toml: {old}", path.display());
        let bad = if old.is_empty() {
            format!("{good}\n{}\n", put.join("\n"))
        } else {
            good.replacen(&old, &put.join("\n"), 1)
        };
        let found = match read(&bad) {
            Ok(()) => panic!("{}: accepted", path.display()),
            Err(found) => found,
        };
        if std::env::var_os("YIBAO_BLESS").is_some() {
            std::fs::write(&path, format!("{edit}---\n{found}\n")).unwrap();
        } else {
            assert_eq!(format!("{found}\n"), said, "{}", path.display());
        }
    }
}

fn read(text: &str) -> Result<(), String> {
    let folder = Folder::of_text("pack.toml", text).map_err(|found| found.to_string())?;
    let pack = folder.decode::<pack::Pack>().map_err(|found| found.to_string())?;
    Engine::compile(&folder, pack, Day::MAX).map(|_| ()).map_err(|found| found.to_string())
}
