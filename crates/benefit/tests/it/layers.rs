//! Layers on what others leave, quotas of renewed registrations, accounts behind a gate, ratios of an item by table,
//! what other packs counted.

use serde_json::json;
use yibao_benefit::answer::{self, Answer};
use yibao_benefit::{Engine, Refusal};
use yibao_kernel::{Day, Fen};
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use crate::packs::shipped_pack;
use crate::refusals::{bill, person};

/// The coast with other words in its files; what is replaced stands there at least once.
fn coast(edits: &[(&str, &str, &str)]) -> Engine {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/demo-coast");
    let folder = tempfile::tempdir().unwrap();
    for name in ["pack.toml", "catalogue.csv", "catalogue.csv.source.toml"] {
        let mut text = std::fs::read_to_string(root.join(name)).unwrap();
        for (_, from, to) in edits.iter().filter(|(file, ..)| *file == name) {
            assert!(text.contains(from), "{name}: {from}");
            text = text.replacen(from, to, 1);
        }
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    Engine::read(folder.path(), Day::MAX).unwrap_or_else(|found| panic!("{found}"))
}

fn split(engine: &Engine, bill: &Bill, person: &PersonState) -> Answer {
    answer::split(engine, None, bill, person).unwrap().0
}

fn refused(bill: &Bill, person: &PersonState) -> Refusal {
    answer::split(&shipped_pack("demo-coast"), None, bill, person).unwrap_err()
}

fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text.as_bytes()).unwrap()
}

fn of(answer: &Answer, fund: &str) -> Fen {
    answer.funds.iter().find(|paid| paid.fund == fund).map_or(Fen::ZERO, |paid| paid.paid)
}

fn bears(answer: &Answer, reason: &str) -> Fen {
    answer.bears.iter().find(|one| one.reason == reason).map_or(Fen::ZERO, |one| one.amount)
}

/// A bill of so many yuan in scope.
fn in_scope(amount: &str) -> Bill {
    let mut bill = bill();
    bill.amount = yuan(amount);
    bill.lines = serde_json::from_value(json!([
        { "id": "1", "quantity": "1", "price": amount, "amount": amount, "parts": { "in_scope": amount } }
    ]))
    .unwrap();
    bill
}

#[test]
fn what_the_supplement_leaves_is_the_persons_share_and_what_lies_beyond_it_stays_beyond() {
    // Six average wages are 612,000.00; the supplement pays 80% of the next 100,000.00.
    let capped = "[chain.tail.step.bands]\nrows = [{ pays = \"0.80\" }]\n";
    let cap = format!(
        "{capped}[[chain.tail.step.cap]]\non = \"payable\"\nwindow = \"year\"\nrows = [{{ value = \"100000.00\" }}]\n"
    );
    let kept = coast(&[("pack.toml", capped, &cap)]);
    let left = coast(&[
        ("pack.toml", capped, &cap),
        (
            "pack.toml",
            "base = [\"over_cap\"]\nsource = { ref = \"demo\", article = \"第十四条\" }",
            "base = [\"over_cap\"]\nleft = \"copay\"\nsource = { ref = \"demo\", article = \"第十四条\" }",
        ),
    ]);
    let bill = in_scope("900000.00");
    let (one, two) = (split(&kept, &bill, &person()), split(&left, &bill, &person()));
    assert_eq!(of(&one, "supplement"), yuan("80000.00"));
    assert_eq!(of(&two, "supplement"), yuan("80000.00"), "nothing else is paid");
    let moved = yuan("20000.00");
    assert_eq!(bears(&two, "copay"), bears(&one, "copay").checked_add(moved).unwrap());
    assert_eq!(bears(&two, "over_cap").checked_add(moved).unwrap(), bears(&one, "over_cap"));
    assert_eq!(one.cash, two.cash);
}

#[test]
fn a_disease_registered_again_has_its_quota_once() {
    let mut person = person();
    let held = |from: &str| json!({ "value": "hypertension", "from": from });
    person.person.registrations = serde_json::from_value(json!([held("2023-01-01")])).unwrap();
    let mut bill = in_scope("2000.00");
    (bill.visit, bill.disease, bill.stay) = ("chronic".to_owned(), Some("hypertension".to_owned()), None);
    bill.lines[0].diseases.push("hypertension".to_owned());
    let once = split(&shipped_pack("demo-coast"), &bill, &person);
    assert_eq!(of(&once, "pool"), yuan("480.00"), "600.00 × 0.80");
    person.person.registrations = serde_json::from_value(json!([held("2023-01-01"), held("2024-01-01")])).unwrap();
    assert_eq!(of(&split(&shipped_pack("demo-coast"), &bill, &person), "pool"), yuan("480.00"));
}

#[test]
fn an_account_pays_behind_a_gate_where_the_pack_says_so() {
    let gate = "when = { benefit = [\"waiting\", \"arrears\"] }\noutcome = \"full_self\"";
    let with = coast(&[("pack.toml", gate, &format!("{gate}\naccount = [\"current\"]"))]);
    let mut person = person();
    person.person.insured[0].benefit = Some("arrears".to_owned());
    person.accounts = serde_json::from_value(json!([
        { "id": "A", "kind": "current", "balance": "500.00" }, { "id": "E", "kind": "earlier", "balance": "70.00" }
    ]))
    .unwrap();
    let mut bill = bill();
    bill.account = yibao_record::bill::AccountUse::Own;
    let cash = split(&shipped_pack("demo-coast"), &bill, &person);
    assert_eq!((cash.account, cash.cash), (Fen::ZERO, yuan("20000.00")));
    let paid = split(&with, &bill, &person);
    assert_eq!((paid.account, paid.cash), (yuan("500.00"), yuan("19500.00")));
    bill.account = yibao_record::bill::AccountUse::None;
    assert_eq!(split(&with, &bill, &person).cash, yuan("20000.00"), "the person decides");
}

#[test]
fn an_items_ratio_may_depend_on_the_person() {
    let table = "[ratio.stent]\nrows = [{ status = \"active\", value = \"0.20\" }, { status = \"retiree\", value = \"0.10\" }]\nadjust = [{ when = { soldier = \"yes\" }, set = \"0\" }]\nsource = { ref = \"demo\", article = \"第四条\" }\n[restriction.children]";
    let engine = coast(&[
        ("pack.toml", "[restriction.children]", table),
        ("catalogue.csv", "S002,血液透析,service,B,0.05", "S002,血液透析,service,B,@stent"),
    ]);
    let mut bill = bill();
    bill.amount = yuan("400.00");
    bill.lines = serde_json::from_value(json!([
        { "id": "1", "item": "S002", "quantity": "1", "price": "400.00", "amount": "400.00" }
    ]))
    .unwrap();
    assert_eq!(split(&engine, &bill, &person()).parts.first_self, yuan("80.00"));
    let mut retired = person();
    retired.person.insured[0].status = "retiree".to_owned();
    assert_eq!(split(&engine, &bill, &retired).parts.first_self, yuan("40.00"));
    retired.person.facts.insert(
        "disabled_soldier".to_owned(),
        serde_json::from_value(json!([{ "value": "yes", "from": "2020-01-01" }])).unwrap(),
    );
    assert_eq!(split(&engine, &bill, &retired).parts.first_self, Fen::ZERO);
}

#[test]
fn what_another_pack_counted_in_a_year_that_is_over_is_handed_on() {
    let mut state = person();
    let old = json!({ "key": "paid:other", "window": "2019", "amount": "12.00" });
    state.accumulators = serde_json::from_value(json!([old])).unwrap();
    let (_, after, _) = answer::split(&shipped_pack("demo-coast"), None, &bill(), &state).unwrap();
    assert!(after.accumulators.contains(&state.accumulators[0]));
    state.accumulators[0].window = "2025".to_owned();
    assert_eq!(refused(&bill(), &state).code, "accumulator");
}

#[test]
fn a_person_of_another_region_and_care_of_another_are_refused() {
    let mut state = person();
    state.person.insured[0].area = "350100".to_owned();
    assert_eq!(
        refused(&bill(), &state).to_string(),
        "the person is insured in 350100, the pack is of 990100\n  hint: split by the pack of the region that insures the person"
    );
    let mut there = bill();
    there.institution.area = "310101".to_owned();
    let hill = shipped_pack("demo-hill");
    let refusal = answer::split(&shipped_pack("demo-coast"), Some(&hill), &there, &person()).unwrap_err();
    assert_eq!(refusal.message, "the care was given in 310101, the pack of the place of care is of 990200");
}

#[test]
fn cover_that_ended_inside_the_stay_counts_where_the_pack_looks_at_its_first_day() {
    let start = coast(&[("pack.toml", "void = \"resettle\"", "void = \"resettle\"\nfacts_on = \"start\"")]);
    let mut state = person();
    state.person.insured[0].until = Some(Day::parse("2025-08-05").unwrap());
    assert_eq!(refused(&bill(), &state).code, "not_insured");
    assert!(of(&split(&start, &bill(), &state), "pool") > Fen::ZERO);
}

#[test]
fn lines_of_two_registered_diseases_take_one_route() {
    let route = "when = { visit = \"chronic\", registered = \"yes\", disease = [\"hypertension\", \"diabetes\", \"copd\"] }\nlines = { disease = true }";
    let engine =
        coast(&[("pack.toml", route, &route.replace("lines = { disease = true }", "lines = { registered = true }"))]);
    let mut person = person();
    person.person.registrations = serde_json::from_value(json!([
        { "value": "hypertension", "from": "2023-01-01" }, { "value": "copd", "from": "2023-01-01" }
    ]))
    .unwrap();
    let mut bill = in_scope("600.00");
    (bill.visit, bill.disease, bill.stay) = ("chronic".to_owned(), Some("hypertension".to_owned()), None);
    let line = |id: &str, disease: &str| json!({ "id": id, "quantity": "1", "price": "300", "amount": "300.00", "parts": { "in_scope": "300.00" }, "diseases": [disease] });
    bill.lines = serde_json::from_value(json!([line("1", "hypertension"), line("2", "copd")])).unwrap();
    let one = split(&shipped_pack("demo-coast"), &bill, &person);
    assert_eq!(one.lines.iter().map(|line| line.route.as_str()).collect::<Vec<_>>(), ["chronic", "outpatient"]);
    let both = split(&engine, &bill, &person);
    assert_eq!(both.lines.iter().map(|line| line.route.as_str()).collect::<Vec<_>>(), ["chronic", "chronic"]);
    assert_eq!(of(&both, "pool"), yuan("480.00"), "600.00 × 0.80, within 1000 + 300");
}
