//! Care elsewhere, and what a bill and a person say that the pack does not: filings and their places, two packs, words
//! nobody reads.

use serde_json::json;
use yibao_benefit::pack::step::Bucket;
use yibao_benefit::{Refusal, answer};
use yibao_kernel::Fen;
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use crate::packs::shipped_pack;
use crate::refusals::{bill, person};

/// A resident of the hill, and a stay in another province: 10,000.00, all in scope.
fn resident(filings: serde_json::Value) -> PersonState {
    serde_json::from_value(json!({
        "person": { "id": "R", "birth": "1980-01-01", "sex": "1", "filings": filings,
            "facts": { "enrolled_years": [{ "value": "3", "from": "2020-01-01" }] },
            "insured": [{ "scheme": "resident", "area": "990201", "status": "adult", "from": "2020-01-01" }] },
    }))
    .unwrap()
}

fn stay(area: &str, emergency: bool) -> Bill {
    serde_json::from_value(json!({
        "id": "B1", "institution": { "code": "H", "level": "level3", "area": area }, "visit": "inpatient",
        "start": "2025-08-01", "end": "2025-08-11", "stay": "S1", "account": "none", "amount": "10000.00", "emergency": emergency,
        "lines": [{ "id": "1", "quantity": "1", "price": "10000", "amount": "10000.00", "parts": { "in_scope": "10000.00" } }],
    }))
    .unwrap()
}

fn first_self(filings: serde_json::Value, bill: &Bill) -> Fen {
    let (answer, ..) = answer::split(&shipped_pack("demo-hill"), None, bill, &resident(filings)).unwrap();
    let reason = answer.bears.iter().find(|one| one.reason == Bucket::AreaFirstSelf.word());
    reason.map_or(Fen::ZERO, |one| one.amount)
}

fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text.as_bytes()).unwrap()
}

#[test]
fn a_filing_is_for_its_place() {
    let shanghai = json!([{ "value": "long_term", "from": "2024-01-01", "area": "31" }]);
    assert_eq!(first_self(shanghai.clone(), &stay("310101", false)), Fen::ZERO, "as at home");
    assert_eq!(first_self(shanghai, &stay("440101", false)), yuan("2000.00"), "unfiled in another place: 20%");
    let anywhere = json!([{ "value": "long_term", "from": "2024-01-01" }]);
    assert_eq!(first_self(anywhere, &stay("440101", false)), Fen::ZERO);
    let ended = json!([{ "value": "long_term", "from": "2024-01-01", "until": "2025-08-11" }]);
    assert_eq!(first_self(ended, &stay("440101", false)), yuan("2000.00"), "it ended on the bill's last day");
}

#[test]
fn an_emergency_never_lowers_what_a_long_term_resident_gets() {
    let filings = json!([{ "value": "long_term", "from": "2024-01-01" }]);
    assert_eq!(first_self(filings, &stay("440101", true)), Fen::ZERO);
    assert_eq!(first_self(json!([]), &stay("440101", true)), yuan("1000.00"), "an emergency counts as filed");
}

#[test]
fn the_order_of_filings_is_the_packs_and_not_the_lists() {
    let [one, two] = ["long_term", "referral"].map(|value| json!({ "value": value, "from": "2024-01-01" }));
    let bill = stay("440101", false);
    assert_eq!(first_self(json!([one, two]), &bill), first_self(json!([two, one]), &bill));
}

#[test]
fn the_two_demo_cities_care_for_each_others_insured() {
    let (coast, hill) = (shipped_pack("demo-coast"), shipped_pack("demo-hill"));
    let mut there = bill();
    there.institution.area = "990201".to_owned();
    there.lines[0].parts = None;
    there.lines[0].stated = serde_json::from_value(json!({ "class": "B", "first_self_ratio": "0.10" })).unwrap();
    let (answer, ..) = answer::split(&coast, Some(&hill), &there, &person()).unwrap();
    assert_eq!(answer.parts.first_self, yuan("2000.00"));
    let owed = |answer: &answer::Answer| {
        let list = answer.owed.iter().map(|one| (one.fund.clone(), one.by.clone(), one.to.clone(), one.amount));
        list.collect::<Vec<_>>()
    };
    let paid =
        |answer: &answer::Answer| answer.funds.iter().map(|one| (one.fund.clone(), one.paid)).collect::<Vec<_>>();
    let to = |answer: &answer::Answer, by: &str, to: &str| {
        paid(answer).into_iter().map(|(fund, paid)| (fund, by.to_owned(), to.to_owned(), paid)).collect::<Vec<_>>()
    };
    assert!(!owed(&answer).is_empty());
    assert_eq!(owed(&answer), to(&answer, "990100", "990201"), "every public fund's part");
    let (back, ..) = answer::split(&hill, Some(&coast), &stay("990101", false), &resident(json!([]))).unwrap();
    assert!(!owed(&back).is_empty());
    assert_eq!(owed(&back), to(&back, "990200", "990101"));
}

#[test]
fn a_line_that_only_the_care_pack_refuses_names_that_pack() {
    let (coast, hill) = (shipped_pack("demo-coast"), shipped_pack("demo-hill"));
    let mut there = bill();
    there.institution.area = "990201".to_owned();
    there.lines[0].parts = None;
    there.lines[0].item = Some("D001".to_owned());
    let refusal = answer::split(&coast, Some(&hill), &there, &person()).unwrap_err();
    assert_eq!(
        refusal.message,
        "by the pack of the place of care \"demo-hill\": line 1: the pack does not accept this kind of line"
    );
}

fn refused(change: impl FnOnce(&mut Bill, &mut PersonState)) -> Refusal {
    let (mut bill, mut person) = (bill(), person());
    change(&mut bill, &mut person);
    answer::split(&shipped_pack("demo-coast"), None, &bill, &person).unwrap_err()
}

#[test]
fn a_fact_of_a_bill_that_nobody_reads_is_refused() {
    let refusal = refused(|bill, _| {
        bill.facts.insert("cauze".to_owned(), "third_party".to_owned());
    });
    assert_eq!(
        refusal.to_string(),
        "no dimension of the pack reads the fact \"cauze\" of a bill\n  hint: did you mean \"cause\"?"
    );
}

#[test]
fn a_bill_of_another_person_is_refused() {
    let refusal = refused(|bill, _| bill.person = "Q".to_owned());
    assert_eq!(refusal.message, "the bill is of another person than the year so far");
}

#[test]
fn two_values_of_a_fact_on_one_day_are_refused() {
    let refusal = refused(|_, person| {
        let held = person.person.facts.get_mut("tenure_years").unwrap();
        held.push(serde_json::from_value(json!({ "value": "3", "from": "2021-01-01" })).unwrap());
    });
    assert_eq!(refusal.message, "two values of \"tenure_years\" hold on 2025-08-11");
    assert_eq!(refusal.hint, "end one before the other begins");
}

#[test]
fn places_are_administrative_divisions() {
    for area in ["", "ABCD", "9901", "99010１"] {
        let refusal = refused(|bill, _| bill.institution.area = area.to_owned());
        assert_eq!(refusal.message, format!("\"{area}\" of the institution is no administrative division"));
    }
    let refusal = refused(|_, person| person.person.insured[0].area = "coast".to_owned());
    assert_eq!(refusal.message, "\"coast\" of the insurance is no administrative division");
}

#[test]
fn a_bill_before_the_birth_and_a_stay_after_its_bill_are_refused() {
    let refusal = refused(|_, person| person.person.birth = yibao_kernel::Day::parse("2030-01-01").unwrap());
    assert_eq!(refusal.message, "the bill ends before the person is born");
    let refusal = refused(|bill, _| bill.stay_start = Some(yibao_kernel::Day::parse("2025-08-05").unwrap()));
    assert_eq!(refusal.to_string(), "the stay begins after the bill's first day\n  hint: correct stay_start or start");
}

#[test]
fn words_that_the_pack_does_not_know_change_nothing_and_are_told() {
    let (engine, mut bill, mut person) = (shipped_pack("demo-coast"), bill(), person());
    let (plain, ..) = answer::split(&engine, None, &bill, &person).unwrap();
    assert!(plain.unread.is_empty());
    bill.institution.facility.push("tcm".to_owned());
    let held = |value: &str| serde_json::from_value(json!({ "value": value, "from": "2020-01-01" })).unwrap();
    person.person.registrations.push(held("hypertensn"));
    person.person.groups.push(held("low_income"));
    person.person.facts.insert("rnak".to_owned(), vec![held("section")]);
    let (told, ..) = answer::split(&engine, None, &bill, &person).unwrap();
    assert_eq!(told.unread, ["group low_income", "registration hypertensn", "facility tcm", "fact rnak"]);
    assert_eq!(told.funds, plain.funds);
}

#[test]
fn a_purchase_without_prescription_is_the_accounts() {
    let (engine, mut bill, mut person) = (shipped_pack("demo-coast"), bill(), person());
    bill.visit = "pharmacy".to_owned();
    bill.institution.level = "pharmacy".to_owned();
    (bill.stay, bill.start) = (None, bill.end);
    bill.account = yibao_record::bill::AccountUse::Own;
    person.accounts = serde_json::from_value(json!([{ "id": "A", "kind": "current", "balance": "30000.00" }])).unwrap();
    let (answer, ..) = answer::split(&engine, None, &bill, &person).unwrap();
    assert_eq!((answer.account, answer.cash), (yuan("20000.00"), Fen::ZERO));
    assert!(answer.funds.is_empty());
}
