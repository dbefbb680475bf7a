//! Persons on one balance: whatever is voided, the others are as if it had never been.

use serde_json::json;
use yibao_benefit::History;
use yibao_benefit::history::Household;
use yibao_kernel::Day;
use yibao_record::bill::{AccountUse, Bill};
use yibao_record::person::PersonState;

use crate::packs::shipped_pack;
use crate::refusals::{bill, person};

/// Two persons; the second may spend the first one's account.
fn family() -> Vec<PersonState> {
    let with = |id: &str, accounts: serde_json::Value| {
        let mut state = person();
        state.person.id = id.to_owned();
        state.accounts = serde_json::from_value(accounts).unwrap();
        state
    };
    vec![
        with("P", json!([{ "id": "A", "kind": "current", "balance": "9000.00" }])),
        with(
            "Q",
            json!([{ "id": "B", "kind": "current", "balance": "50.00" }, { "id": "A", "kind": "family", "balance": "9000.00" }]),
        ),
    ]
}

/// Numbers that look random and are the same on every run (a linear congruence with Knuth's constants).
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Bills of both, in the order of days: member and bill.
fn drawn(seed: u64) -> Vec<(usize, Bill)> {
    let mut dice = Seeded(seed);
    let first = Day::parse("2025-07-05").unwrap();
    (0..8)
        .map(|number| {
            let mut one = bill();
            let amount = format!("{}.00", 500 + dice.below(9000));
            one.id = format!("B{number}");
            one.stay = Some(format!("S{number}"));
            one.start = first.add_days(number * 20).unwrap();
            one.end = one.start.add_days(5).unwrap();
            one.account =
                [AccountUse::None, AccountUse::Own, AccountUse::Family][usize::try_from(dice.below(3)).unwrap()];
            one.amount = yibao_kernel::Fen::parse_yuan(amount.as_bytes()).unwrap();
            let parts = json!({ "in_scope": amount });
            one.lines =
                serde_json::from_value(json!([{ "quantity": "1", "price": amount, "amount": amount, "parts": parts }]))
                    .unwrap();
            (usize::try_from(dice.below(2)).unwrap(), one)
        })
        .collect()
}

fn settled(engine: &yibao_benefit::Engine, bills: &[(usize, Bill)]) -> Vec<PersonState> {
    let mut history = History::of(Household::new(engine, None, family()).unwrap());
    for (member, bill) in bills {
        history.settle_parts(*member, &bill.id, vec![bill.clone()]).unwrap();
    }
    history.into_household().into_states()
}

#[test]
fn a_void_leaves_everybody_as_if_the_bill_had_never_been() {
    let engine = shipped_pack("demo-coast");
    for seed in 0..40 {
        let bills = drawn(seed);
        let mut history = History::of(Household::new(&engine, None, family()).unwrap());
        for (member, bill) in &bills {
            history.settle_parts(*member, &bill.id, vec![bill.clone()]).unwrap();
        }
        let mut left = bills.clone();
        for at in [5, 2] {
            let (member, bill) = left.remove(at);
            history.take_back(member, &bill.id).unwrap();
            let now: Vec<PersonState> = (0..2).map(|member| history.household().state(member).unwrap()).collect();
            assert_eq!(now, settled(&engine, &left), "seed {seed}, without {}", bill.id);
        }
    }
}

#[test]
fn a_person_voids_only_own_bills_and_nobody_else_is_of_the_household() {
    let engine = shipped_pack("demo-coast");
    let mut history = History::of(Household::new(&engine, None, family()).unwrap());
    history.settle_parts(0, "B1", vec![bill()]).unwrap();
    assert_eq!(history.take_back(1, "B1").unwrap_err().message, "bill B1 is not settled");
    let refusal = history.settle_parts(2, "B2", vec![bill()]).unwrap_err();
    assert_eq!(refusal.message, "the person is not of this household");
}

#[test]
fn an_account_has_one_balance() {
    let engine = shipped_pack("demo-coast");
    let mut family = family();
    family[1].accounts[1].balance = yibao_kernel::Fen::new(1);
    let refusal = Household::new(&engine, None, family).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "an account that persons share stands with two balances\n  hint: an account has one balance: write the same one for everybody who may use it"
    );
}
