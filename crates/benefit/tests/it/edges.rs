//! Inputs at the edges, each of which once stopped the program or came out wrong.

use serde_json::{Value, json};
use yibao_benefit::{Engine, Refusal, State, answer, pack};
use yibao_kernel::Day;
use yibao_policy::Folder;
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use crate::packs::shipped_pack;
use crate::refusals::{bill, person};

fn refused(change: impl FnOnce(&mut Bill, &mut PersonState)) -> Refusal {
    let (mut bill, mut person) = (bill(), person());
    change(&mut bill, &mut person);
    answer::split(&shipped_pack("demo-coast"), None, &bill, &person).unwrap_err()
}

/// The small pack with words replaced.
fn small(replaced: &[(&str, &str)]) -> Engine {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad/good.toml");
    let mut text = std::fs::read_to_string(path).unwrap();
    for (old, new) in replaced {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    let folder = Folder::of_text("pack.toml", &text).unwrap();
    let pack = folder.decode::<pack::Pack>().unwrap_or_else(|found| panic!("{found}"));
    Engine::compile(&folder, pack, Day::MAX).unwrap_or_else(|found| panic!("{found}"))
}

/// An inpatient bill of the small pack, of parts in scope and others.
fn stay(number: u8, parts: &Value, amount: &str, more: &[(&str, Value)]) -> Bill {
    let mut bill = json!({
        "id": format!("B{number}"), "institution": { "code": "H", "level": "level1", "area": "990101" }, "visit": "inpatient",
        "start": "2025-05-01", "end": "2025-05-02", "stay": format!("S{number}"), "account": "none", "amount": amount,
        "lines": [{ "quantity": "1", "price": amount, "amount": amount, "parts": parts }],
    });
    for (key, value) in more {
        bill[*key] = value.clone();
    }
    serde_json::from_value(bill).unwrap()
}

#[test]
fn a_bill_below_zero_is_refused_at_a_gate_too() {
    let refusal = refused(|bill, person| {
        person.person.insured[0].benefit = Some("waiting".to_owned());
        let text = json!([
            { "quantity": "1", "price": "-5", "amount": "-5.00", "parts": {} },
            { "quantity": "1", "price": "5", "amount": "5.00", "parts": {} },
        ]);
        bill.lines = serde_json::from_value(text).unwrap();
        bill.amount = yibao_kernel::Fen::ZERO;
    });
    assert_eq!(
        refusal.to_string(),
        "line 1: the price or the amount is negative\n  hint: a refund is a void of the whole settlement, then a bill of the rest"
    );
}

#[test]
fn a_limit_below_zero_is_refused() {
    let refusal = refused(|bill, _| {
        let line = &mut bill.lines[0];
        line.id = String::new();
        line.parts = None;
        line.stated = serde_json::from_value(json!({ "class": "A", "limit": "-0.01" })).unwrap();
    });
    assert_eq!(
        refusal.to_string(),
        "line 1: the limit price is negative\n  hint: leave `limit` out where there is none"
    );
}

#[test]
fn accumulators_beyond_what_anybody_reaches_are_refused() {
    let message = |key: &str, of: &str, window: &str, amount: Value| {
        let (name, value) = amount.as_object().unwrap().iter().next().unwrap();
        let mut one = json!({ "key": key, "of": of, "window": window });
        one[name] = value.clone();
        refused(|_, person| person.accumulators = vec![serde_json::from_value(one).unwrap()]).message
    };
    assert_eq!(
        message("count:nth", "level3", "2025", json!({ "count": i64::MAX })),
        "accumulator \"count:nth\": too large"
    );
    assert_eq!(
        message("count:nth", "level3", "99999999999", json!({ "count": 1 })),
        "accumulator \"count:nth\": the window cannot be read"
    );
}

/// What is written can be read: two bills that fit by themselves may not fit together.
#[test]
fn a_year_that_does_not_fit_is_refused_and_changes_nothing() {
    let engine = shipped_pack("demo-coast");
    let mut history = yibao_benefit::History::new(&engine, person()).unwrap();
    let huge = |id: &str| {
        let mut bill = bill();
        bill.id = id.to_owned();
        bill.stay = Some(id.to_owned());
        let amount = "9000000000000.00";
        let line = json!([{ "quantity": "1", "price": amount, "amount": amount, "parts": { "in_scope": amount } }]);
        bill.lines = serde_json::from_value(line).unwrap();
        bill.amount = bill.lines[0].amount;
        bill
    };
    history.settle(huge("B1")).unwrap();
    let before = history.state().unwrap();
    let refusal = history.settle(huge("B2")).unwrap_err();
    assert_eq!(refusal.message, "what the person used so far and this bill together do not fit");
    assert_eq!(history.state().unwrap(), before);
    let text = serde_json::to_string(&before).unwrap();
    assert_eq!(serde_json::from_str::<PersonState>(&text).unwrap(), before);
}

#[test]
fn a_month_far_away_is_no_window() {
    for window in ["2147483647-01", "178956971-01", "2025-13", "2025-00", "-1", "-"] {
        assert_eq!(yibao_benefit::plan::window::read(pack::step::WindowKind::Month, window), None, "{window}");
    }
    for window in ["2147483647Q1", "536870912Q4", "2025Q5", "Q"] {
        assert_eq!(yibao_benefit::plan::window::read(pack::step::WindowKind::Quarter, window), None, "{window}");
    }
}

#[test]
fn balances_that_together_do_not_fit_are_refused() {
    let refusal = refused(|_, person| {
        let account = |id: &str| json!({ "id": id, "kind": "current", "balance": "9999999999999.99" });
        person.accounts = serde_json::from_value(json!([account("A"), account("B")])).unwrap();
    });
    assert_eq!(
        refusal.to_string(),
        "the balances of the person's accounts together do not fit\n  hint: look for a balance with misplaced digits"
    );
}

/// One fund with a layer of its own and one whose amount the bill states: the stated amount is what it pays in all.
#[test]
fn an_amount_given_to_a_fund_that_paid_more_already_is_refused() {
    let engine = small(&[(
        "[[package.inpatient.step.cap]]\non = \"payment\"\nwindow = \"year\"\nrows = [{ value = \"100000.00\" }]",
        "[[package.inpatient.step]]\nid = \"more\"\nuse = \"layer\"\nfund = \"pool\"\nbase = [\"copay\"]\ngiven = true\nsource = \"rules\"",
    )]);
    let person: PersonState = serde_json::from_value(json!({ "person": { "id": "P", "birth": "1980-01-01", "sex": "1",
        "insured": [{ "scheme": "employee", "area": "990101", "status": "active", "from": "2020-01-01" }] } }))
    .unwrap();
    let one =
        |given: &str| stay(1, &json!({ "in_scope": "1200.00" }), "1200.00", &[("given", json!({ "pool": given }))]);
    let refusal = answer::split(&engine, None, &one("10.00"), &person).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "10.00 is given for \"pool\", but its layer pays 900.00\n  hint: the amount must find a layer with given = true and as much left to pay"
    );
    let (answer, ..) = answer::split(&engine, None, &one("950.00"), &person).unwrap();
    assert_eq!(answer.amount(&engine, "fund.pool").unwrap().to_string(), "950.00");
}

#[test]
fn one_band_by_price_that_is_open_refuses() {
    let engine = small(&[(
        "  { class = \"B\", kind = \"consumable\", value = \"0.20\" },",
        "  { class = \"B\", kind = \"consumable\", by_price = [{ value = \"open\" }] },",
    )]);
    let codes: Vec<&str> = engine
        .catalogue
        .items()
        .iter()
        .filter(|item| item.class == yibao_record::bill::Class::B && item.ratio.is_none())
        .map(|item| item.code.as_str())
        .collect();
    let line = json!([{ "item": codes[0], "quantity": "1", "price": "10", "amount": "10.00" }]);
    let person: PersonState = serde_json::from_value(json!({ "person": { "id": "P", "birth": "1980-01-01", "sex": "1",
        "insured": [{ "scheme": "employee", "area": "990101", "status": "active", "from": "2020-01-01" }] } }))
    .unwrap();
    let bill = stay(1, &json!({}), "10.00", &[("lines", line)]);
    assert_eq!(answer::split(&engine, None, &bill, &person).unwrap_err().code, "open");
}

/// A cap on the base of a later layer counts what came under it, never less than nothing.
#[test]
fn a_cap_on_the_base_of_a_later_layer_is_used_up() {
    let engine = small(&[(
        "[[package.inpatient.step.cap]]\non = \"payment\"\nwindow = \"year\"\nrows = [{ value = \"100000.00\" }]",
        "[[package.inpatient.step]]\nid = \"later\"\nuse = \"layer\"\nfund = \"commercial\"\nbase = [\"full_self\"]\nsource = \"rules\"\n\
         [package.inpatient.step.bands]\nrows = [{ pays = \"0.50\" }]\n\
         [[package.inpatient.step.cap]]\non = \"base\"\nwindow = \"year\"\nrows = [{ value = \"1000.00\" }]",
    )]);
    let mut year: PersonState =
        serde_json::from_value(json!({ "person": { "id": "P", "birth": "1980-01-01", "sex": "1",
        "insured": [{ "scheme": "employee", "area": "990101", "status": "active", "from": "2020-01-01" }] } }))
        .unwrap();
    let mut paid = Vec::new();
    for (number, amount) in [(1, "600.00"), (2, "5000.00"), (3, "5000.00")] {
        let bill = stay(number, &json!({ "full_self": amount }), amount, &[]);
        let (answer, after, _) = answer::split(&engine, None, &bill, &year).unwrap();
        State::read(&engine, &after.accumulators, &after.accounts).unwrap_or_else(|refusal| panic!("{refusal}"));
        paid.push(answer.amount(&engine, "fund.commercial").unwrap().to_string());
        year = after;
    }
    // 600 and 400 of the 1000; then nothing is left.
    assert_eq!(paid, ["300.00", "200.00", "0.00"]);
}

#[test]
fn a_settlement_period_beyond_the_thousandth_is_refused() {
    let engine = shipped_pack("demo-coast");
    let slot = engine.slots.iter().find(|slot| slot.window == pack::step::WindowKind::Period).unwrap();
    for number in ["1000", "-1", "2147483647", "99999999999", ""] {
        let one = json!({ "key": slot.key, "window": format!("S1#{number}"), "amount": "1.00" });
        let refusal = refused(|_, person| person.accumulators = vec![serde_json::from_value(one).unwrap()]);
        assert!(refusal.message.ends_with("the window is stay#number"), "{refusal}");
    }
}
