//! The void of one bill, settled bill by bill: its record, what follows of later bills, the year afterwards.

use serde_json::{Value, json};

use super::program::Desk;
use super::split_table::{desk, person};

/// A stay, all of it in scope.
fn stay(id: &str, start: &str, end: &str, amount: &str) -> String {
    json!({ "id": id, "person": "P", "institution": { "code": "H1", "level": "level3", "area": "990102" },
        "visit": "inpatient", "start": start, "end": end, "stay": format!("S-{id}"), "account": "own", "amount": amount,
        "lines": [{ "id": "1", "quantity": "1", "price": amount, "amount": amount, "parts": { "in_scope": amount } }] })
    .to_string()
}

/// Two stays that are settled, the year before and after them.
fn two_settled() -> Desk {
    let desk = desk();
    desk.write("before.json", person("P", &[("A", "current", "1000.00")]));
    desk.write("b1.json", stay("B1", "2025-08-01", "2025-08-21", "50000.00"));
    desk.write("b2.json", stay("B2", "2025-10-01", "2025-10-11", "10000.00"));
    split(&desk, &["b1.json"], "before.json", &["--state-out", "one.json"]).ended(0);
    split(&desk, &["b2.json"], "one.json", &["--state-out", "two.json"]).ended(0);
    desk
}

fn split(desk: &Desk, bill: &[&str], state: &str, more: &[&str]) -> super::program::Run {
    desk.run(&[&["split"], bill, &["--pack", "demo-coast", "--person", state], more].concat())
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_void_gives_everything_back_and_settles_what_followed_again() {
    let desk = two_settled();
    let more = ["--void", "--then", "b2.json", "--json", "--state-out", "after.json"];
    let said = read(&split(&desk, &["b1.json"], "before.json", &more).ended(0).out);
    let record = &said["voids"][0]["split"];
    assert_eq!(record["bill"], "void:B1");
    assert_eq!((&record["total"], &record["account"]), (&json!("-50000.00"), &json!("-1000.00")));
    assert_eq!(record["funds"][0]["paid"], "-42640.00");
    assert_eq!(said["voids"][0]["message"]["setlinfo"]["medfee_sumamt"].to_string(), "-50000.0");
    let again = &said["adjustments"][0];
    assert_eq!(again["bill"], "B2");
    // The first stay of the year now: 200 more of the deductible, 85 % of the rest, and the account is full again.
    assert_eq!(
        again["difference"],
        json!({ "deductible": "200.00", "fund.pool": "-170.00", "account": "1000.00", "cash": "-830.00" })
    );
    // As if B1 had never been.
    split(&desk, &["b2.json"], "before.json", &["--state-out", "never.json"]).ended(0);
    assert_eq!(desk.text("after.json"), desk.text("never.json"));
    let told = split(&desk, &["b1.json"], "before.json", &["--void", "--then", "b2.json"]).ended(0).out;
    assert!(told.starts_with("void:B1 · "), "{told}");
    assert!(told.contains("-50000.00\n"), "{told}");
    let last = "重新结算 settled again B2: deductible +200.00, fund.pool -170.00, account +1000.00, cash -830.00\n";
    assert!(told.ends_with(last), "{told}");
}

#[test]
fn the_last_bill_voided_leaves_the_year_as_it_was() {
    let desk = two_settled();
    split(&desk, &["b2.json"], "one.json", &["--void", "--state-out", "after.json"]).ended(0);
    assert_eq!(desk.text("after.json"), desk.text("one.json"));
}

#[test]
fn a_stay_over_the_years_end_is_voided_by_two_records() {
    let desk = desk();
    let state = json!({ "person": { "id": "P", "birth": "1980-01-01", "sex": "1",
        "insured": [{ "scheme": "resident", "area": "990201", "status": "adult", "from": "2010-01-01" }],
        "facts": { "enrolled_years": [{ "value": "2", "from": "2020-01-01" }] } } });
    desk.write("before.json", state.to_string());
    desk.write("b1.json", stay("B1", "2025-12-27", "2026-01-06", "10000.00").replace("990102", "990201"));
    let arguments = ["split", "b1.json", "--pack", "demo-hill", "--person", "before.json", "--void", "--json"];
    let said = read(&desk.run(&arguments).ended(0).out);
    let records: Vec<[&Value; 2]> =
        said["voids"].as_array().unwrap().iter().map(|one| ["bill", "total"].map(|name| &one["split"][name])).collect();
    assert_eq!(records, [[&json!("void:B1/1"), &json!("-5000.00")], [&json!("void:B1/2"), &json!("-5000.00")]]);
}

#[test]
fn voids_that_cannot_be_are_refused_and_nothing_is_written() {
    let desk = two_settled();
    let refused = |bill: &str, more: &[&str], message: &str| {
        let more = [&["--void", "--state-out", "after.json"], more].concat();
        let run = split(&desk, &[bill], "before.json", &more).ended(3);
        assert_eq!((run.err.as_str(), run.out.as_str()), (message, ""));
        assert!(!desk.path("after.json").exists(), "nothing is written");
    };
    desk.write("v1.json", stay("void:B1", "2025-08-01", "2025-08-21", "50000.00"));
    refused(
        "v1.json",
        &[],
        "error: void:B1 is itself a void, of B1\n  hint: a void is not voided; settle the rest as a new bill\n",
    );
    refused(
        "b2.json",
        &["--then", "b1.json"],
        "error: bill B1: it ends before the one before it\n  hint: name the later bills in the order in which they were settled\n",
    );
    refused(
        "b1.json",
        &["--then", "b1.json"],
        "error: bill B1 is settled already\n  hint: a bill is settled once; after a void send the rest as a new bill\n",
    );
    desk.edit("demo-coast/pack.toml", "void = \"resettle\"", "void = \"last_only\"");
    refused(
        "b1.json",
        &["--then", "b2.json"],
        "error: 1 settlements follow bill B1\n  hint: void the later ones first, the last one first\n",
    );
    let run = split(&desk, &["b1.json"], "before.json", &["--then", "b2.json"]).ended(2);
    assert!(run.err.contains("--void"), "{}", run.err);
    let table = desk.run(&["split", "b.csv", "--pack", "demo-coast", "--person", "p.jsonl", "-o", "out", "--void"]);
    assert_eq!(
        table.ended(2).err,
        "error: --void is for one bill\n  hint: in a table a row whose `voids` names the bill takes it back\n"
    );
}
