//! Time: referral, n-th stays, periods, interim bills, years, voids out of order, values published late, two packs.

use serde_json::json;
use yibao_benefit::answer::{self, Answer};
use yibao_benefit::divide::divide;
use yibao_benefit::{Engine, History};
use yibao_kernel::{Day, Fen};
use yibao_record::bill::{AccountUse, Bill, Referral, ReferralKind};
use yibao_record::person::PersonState;

use crate::packs::{shipped, shipped_pack};
use crate::refusals::{bill, person};

fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text.as_bytes()).unwrap()
}

fn stay(id: &str, level: &str, start: &str, end: &str, amount: &str) -> Bill {
    let mut one = bill();
    (one.id, one.stay) = (format!("B-{id}"), Some(id.to_owned()));
    one.institution.level = level.to_owned();
    (one.start, one.end) = (Day::parse(start).unwrap(), Day::parse(end).unwrap());
    one.amount = yuan(amount);
    one.lines = serde_json::from_value(
        json!([{ "quantity": "1", "price": amount, "amount": amount, "parts": { "in_scope": amount } }]),
    )
    .unwrap();
    one
}

fn referred(mut bill: Bill, kind: ReferralKind, from: &str) -> Bill {
    bill.referral = Some(Referral { kind, from: from.to_owned() });
    bill
}

fn deductibles(engine: &Engine, bills: Vec<Bill>) -> Vec<String> {
    let mut history = History::new(engine, person()).unwrap();
    bills.into_iter().map(|bill| history.settle(bill).unwrap().deductible.to_string()).collect()
}

#[test]
fn a_deductible_is_consecutive_on_referral() {
    let engine = shipped_pack("demo-coast");
    let up = stay("S2", "level3", "2025-08-05", "2025-08-20", "30000.00");
    let down = stay("S3", "primary", "2025-08-20", "2025-08-30", "3000.00");
    let again = stay("S4", "level3", "2025-09-01", "2025-09-05", "30000.00");
    let bills = vec![
        stay("S1", "level2", "2025-08-01", "2025-08-05", "5000.00"),
        referred(up, ReferralKind::Up, "S1"),
        referred(down, ReferralKind::Down, "S2"),
        referred(again, ReferralKind::Up, "S3"),
    ];
    // Level 2 bears 800; upwards only what lies above it; downwards nothing; up again nothing more.
    assert_eq!(deductibles(&engine, bills), ["800.00", "800.00", "0.00", "0.00"]);
    let unknown = referred(stay("S2", "level3", "2025-08-05", "2025-08-20", "30000.00"), ReferralKind::Up, "S9");
    let refusal = History::new(&engine, person()).unwrap().settle(unknown).unwrap_err();
    assert_eq!(refusal.message, "the stay the person was referred from is not among those settled");
}

#[test]
fn interim_bills_of_one_stay_bear_one_deductible_and_go_on_in_the_bands() {
    let engine = shipped_pack("demo-coast");
    let mut first = stay("S1", "level3", "2025-07-10", "2025-08-10", "25000.00");
    first.id = "B1".to_owned();
    let mut second = stay("S1", "level3", "2025-08-10", "2025-09-10", "25000.00");
    (second.id, second.stay_start) = ("B2".to_owned(), Some(first.start));
    let mut history = History::new(&engine, person()).unwrap();
    let one = history.settle(first).unwrap();
    let two = history.settle(second).unwrap();
    assert_eq!((one.deductible, two.deductible), (yuan("1600.00"), Fen::ZERO));
    let mut whole = History::new(&engine, person()).unwrap();
    let all = whole.settle(stay("S1", "level3", "2025-07-10", "2025-09-10", "50000.00")).unwrap();
    let pool = |answer: &Answer| answer.amount(&engine, "fund.pool").unwrap();
    assert_eq!(pool(&one).checked_add(pool(&two)).unwrap(), pool(&all));
}

#[test]
fn a_stay_of_more_than_ninety_days_bears_the_deductible_again_and_starts_its_bands_again() {
    let engine = shipped_pack("demo-coast");
    let mut first = stay("S1", "level3", "2025-07-10", "2025-10-08", "50000.00");
    first.id = "B1".to_owned();
    let mut second = stay("S1", "level3", "2025-10-08", "2025-11-08", "50000.00");
    (second.id, second.stay_start) = ("B2".to_owned(), Some(first.start));
    let mut history = History::new(&engine, person()).unwrap();
    let one = history.settle(first).unwrap();
    let two = history.settle(second).unwrap();
    // 1600, then 1600 again, of which 1400 are left under the yearly ceiling of 3000.
    assert_eq!((one.deductible, two.deductible), (yuan("1600.00"), yuan("1400.00")));
    assert_eq!(two.amount(&engine, "fund.pool").unwrap(), yuan("42810.00"));
}

#[test]
fn a_void_out_of_order_settles_what_followed_again() {
    let engine = shipped_pack("demo-coast");
    let mut state = person();
    state.accounts = serde_json::from_value(json!([{ "id": "A", "kind": "current", "balance": "800.00" }])).unwrap();
    let mut bills = vec![
        stay("S1", "level3", "2025-08-01", "2025-08-11", "50000.00"),
        stay("S2", "level3", "2025-09-01", "2025-09-11", "10000.00"),
    ];
    bills.iter_mut().for_each(|bill| bill.account = AccountUse::Own);
    let mut history = History::new(&engine, state.clone()).unwrap();
    let first = history.settle(bills[0].clone()).unwrap();
    let second = history.settle(bills[1].clone()).unwrap();
    assert_eq!((first.account, second.account), (yuan("800.00"), Fen::ZERO));
    let void = history.void("B-S1").unwrap();
    assert_eq!(void.reversal.total, yuan("-50000.00"));
    assert_eq!(void.reversal.deductible.get(), -first.deductible.get());
    assert_eq!(void.reversal.cash.get(), -first.cash.get());
    // The second stay is now the first: its deductible is the full one, and the account pays for it.
    assert_eq!(void.adjustments.len(), 1);
    let again = &void.adjustments[0];
    assert_eq!((again.before.deductible, again.after.deductible), (yuan("1400.00"), yuan("1600.00")));
    assert_eq!(again.after.account, yuan("800.00"));
    // As if the voided bill had never been.
    let mut never = History::new(&engine, state).unwrap();
    never.settle(bills[1].clone()).unwrap();
    assert_eq!(history.state(), never.state());
}

#[test]
fn values_published_late_are_settled_again() {
    let folder = shipped().into_iter().find(|path| path.ends_with("demo-coast")).unwrap();
    let before = Engine::read(&folder, Day::parse("2025-09-30").unwrap()).unwrap();
    let after = Engine::read(&folder, Day::MAX).unwrap();
    let mut one = bill();
    one.visit = "outpatient".to_owned();
    one.end = Day::parse("2025-09-01").unwrap();
    one.lines = serde_json::from_value(
        json!([{ "item": "D006", "quantity": "100", "price": "100", "amount": "10000.00", "days_supply": 30 }]),
    )
    .unwrap();
    one.amount = yuan("10000.00");
    let mut history = History::new(&before, person()).unwrap();
    assert_eq!(history.settle(one).unwrap().parts.first_self, yuan("2000.00"));
    let (_, adjustments) = history.again(&after, &person()).unwrap();
    assert_eq!(adjustments.len(), 1);
    assert_eq!(adjustments[0].after.parts.first_self, yuan("1000.00"));
}

#[test]
fn a_status_granted_afterwards_is_settled_again() {
    let engine = shipped_pack("demo-hill");
    let (state, one) = resident();
    let mut history = History::new(&engine, state.clone()).unwrap();
    let before = history.settle(one).unwrap();
    assert!(before.funds.iter().all(|fund| fund.fund != "assistance"));
    let mut granted = state;
    granted.person.groups =
        serde_json::from_value(json!([{ "value": "illness_impoverished", "from": "2025-01-01" }])).unwrap();
    let (_, adjustments) = history.again(&engine, &granted).unwrap();
    assert!(adjustments[0].after.amount(&engine, "fund.assistance").unwrap() > Fen::ZERO);
}

fn resident() -> (PersonState, Bill) {
    let mut state = person();
    let insured = &mut state.person.insured[0];
    (insured.scheme, insured.status, insured.area) = ("resident".to_owned(), "adult".to_owned(), "990201".to_owned());
    state.person.facts =
        serde_json::from_value(json!({ "enrolled_years": [{ "value": "2", "from": "2020-01-01" }] })).unwrap();
    let mut one = stay("S1", "level3", "2025-03-01", "2025-04-10", "200000.00");
    one.institution.area = "990201".to_owned();
    (state, one)
}

#[test]
fn a_stay_over_the_end_of_the_year_is_divided_by_days_and_bears_one_deductible() {
    let engine = shipped_pack("demo-hill");
    let (state, mut one) = resident();
    (one.start, one.end) = (Day::parse("2025-12-22").unwrap(), Day::parse("2026-01-11").unwrap());
    let parts = divide(&engine, &one, &state).unwrap();
    assert_eq!(parts.iter().map(|part| part.amount).collect::<Vec<_>>(), [yuan("100000.00"), yuan("100000.00")]);
    assert_eq!(parts[0].end.to_string(), "2025-12-31");
    let mut history = History::new(&engine, state).unwrap();
    let answers: Vec<Answer> = parts.into_iter().map(|part| history.settle(part).unwrap()).collect();
    assert_eq!((answers[0].deductible, answers[1].deductible), (yuan("1000.00"), Fen::ZERO));
}

#[test]
fn care_elsewhere_takes_its_lines_from_there_and_the_rest_from_home() {
    let (home, care) = (shipped_pack("demo-hill"), shipped_pack("nanchang"));
    let (state, mut one) = resident();
    one.institution.area = "360102".to_owned();
    // At home a limit follows the first self-pay, at the place of care it comes first.
    one.amount = yuan("12000.00");
    one.lines = serde_json::from_value(json!([{ "quantity": "100", "price": "120", "amount": "12000.00",
        "stated": { "class": "B", "first_self_ratio": "0.10", "limit": "110" } }]))
    .unwrap();
    let (answer, after, _) = answer::split(&home, Some(&care), &one, &state).unwrap();
    assert_eq!(
        (answer.parts.over_limit, answer.parts.first_self, answer.parts.in_scope),
        (yuan("1000.00"), yuan("1100.00"), yuan("9900.00"))
    );
    // 20% first for care that was not filed, then the deductible and the ratio of home.
    assert_eq!(answer.amount(&home, "bears.area_first_self").unwrap(), yuan("1980.00"));
    assert_eq!(answer.amount(&home, "fund.pool").unwrap(), yuan("3531.00"));
    assert_eq!(
        answer.owed.iter().map(|owed| (owed.by.as_str(), owed.to.as_str(), owed.amount)).collect::<Vec<_>>(),
        [("990200", "360102", yuan("3531.00"))]
    );
    assert!(after.accumulators.iter().any(|one| one.key == "fund:pool"));
    let (alone, ..) = answer::split(&home, None, &one, &state).unwrap();
    assert_eq!((alone.parts.over_limit, alone.parts.first_self), (Fen::ZERO, yuan("1200.00")));
}

#[test]
fn accounts_are_credited_before_and_after_the_reform() {
    let engine = shipped_pack("demo-coast");
    let day = |text: &str| Day::parse(text).unwrap();
    let mut one = person().person;
    assert_eq!(engine.credit(&one, day("2025-03-01"), yuan("8000.00")).unwrap(), yuan("160.00"));
    assert_eq!(engine.credit(&one, day("2024-12-01"), yuan("8000.00")).unwrap(), yuan("304.00"));
    one.insured[0].status = "retiree".to_owned();
    assert_eq!(engine.credit(&one, day("2025-03-01"), Fen::ZERO).unwrap(), yuan("110.00"));
}

#[test]
fn earlier_tests_belong_to_day_surgery_only() {
    let engine = shipped_pack("demo-coast");
    let mut one = stay("S1", "level2", "2025-08-10", "2025-08-11", "3000.00");
    one.visit = "day_surgery".to_owned();
    one.lines.push(
        serde_json::from_value(
            json!({ "item": "S004", "day": "2025-08-05", "quantity": "1", "price": "200", "amount": "200.00" }),
        )
        .unwrap(),
    );
    one.amount = yuan("3200.00");
    let (answer, ..) = answer::split(&engine, None, &one, &person()).unwrap();
    assert_eq!(answer.parts.in_scope, yuan("3200.00"));
    one.visit = "inpatient".to_owned();
    let refusal = answer::split(&engine, None, &one, &person()).unwrap_err();
    assert!(refusal.message.ends_with("a line is of a day before the bill's first"), "{refusal}");
}

#[test]
fn several_chronic_diseases_share_a_quota_and_other_lines_take_another_route() {
    let engine = shipped_pack("demo-coast");
    let mut state = person();
    state.person.registrations = serde_json::from_value(
        json!([{ "value": "hypertension", "from": "2025-01-01" }, { "value": "diabetes", "from": "2025-01-01" }]),
    )
    .unwrap();
    let mut one = bill();
    (one.visit, one.disease, one.stay) = ("chronic".to_owned(), Some("hypertension".to_owned()), None);
    one.institution.level = "primary".to_owned();
    one.end = one.start;
    one.lines = serde_json::from_value(json!([
        { "item": "D001", "quantity": "200", "price": "10", "amount": "2000.00" },
        { "quantity": "1", "price": "700", "amount": "700.00", "parts": { "in_scope": "700.00" } },
    ]))
    .unwrap();
    one.amount = yuan("2700.00");
    let (answer, ..) = answer::split(&engine, None, &one, &state).unwrap();
    // Quotas 900 and half of 600: 1200 × 0.80 by the disease, (700 − 500) × 0.80 by the general route.
    assert_eq!(answer.lines.iter().map(|line| line.route.as_str()).collect::<Vec<_>>(), ["chronic", "outpatient"]);
    assert_eq!(answer.amount(&engine, "fund.pool").unwrap(), yuan("1120.00"));
}
