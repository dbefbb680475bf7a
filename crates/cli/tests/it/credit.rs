//! `yibao credit`: a month's credits, the carry-over, persons beside the others.

use super::program::Desk;
use super::split_table::desk;

/// A person with a base and accounts.
fn person(id: &str, status: &str, base: &str, accounts: &[(&str, &str, &str)]) -> String {
    let accounts: Vec<_> = accounts
        .iter()
        .map(|(id, kind, balance)| serde_json::json!({ "id": id, "kind": kind, "balance": balance }))
        .collect();
    let mut state = serde_json::json!({
        "person": { "id": id, "birth": "1980-01-01", "sex": "1",
            "insured": [{ "scheme": "employee", "area": "990102", "status": status, "from": "2010-01-01" }],
            "facts": {} },
        "accounts": accounts,
    });
    if !base.is_empty() {
        state["person"]["facts"]["contribution_base"] = serde_json::json!([{ "value": base, "from": "2025-01-01" }]);
    }
    state["person"]["facts"]["tenure_years"] = serde_json::json!([{ "value": "10", "from": "2020-01-01" }]);
    format!("{state}\n")
}

fn credit(desk: &Desk, persons: &str, more: &[&str]) -> super::program::Run {
    desk.write("persons.jsonl", persons);
    desk.run(&[&["credit", "persons.jsonl", "--pack", "demo-coast", "-o", "out"], more].concat())
}

#[test]
fn a_month_is_credited_and_who_cannot_be_stands_beside() {
    let desk = desk();
    let persons = person("P1", "active", "8000.00", &[("A1", "current", "10.00")])
        + &person("P2", "retiree", "", &[("A2", "current", "0.00"), ("E2", "earlier", "7.00")])
        + &person("P3", "active", "", &[("A3", "current", "5.00")])
        + &person("P4", "active", "8k", &[("A4", "current", "5.00")])
        + &person("P5", "retiree", "", &[])
        + "{ \"person\": 1 }\n";
    let run = credit(&desk, &persons, &["--month", "2025-03"]).ended(3);
    assert_eq!(
        run.out,
        "2025-03: 6 人 persons, 2 人划入 credited 270.00, 0.00 结转 carried over, 4 人拒付 refused → out\n※ 示意，未与文件核对，不作为待遇依据; illustrative until confirmed against its documents\n"
    );
    assert_eq!(
        desk.text("out/credits.csv"),
        "line,person_id,month,rule,base,credited,carried,balance\n\
         1,P1,2025-03,active,8000.00,160.00,0.00,170.00\n\
         2,P2,2025-03,retiree,,110.00,0.00,110.00\n"
    );
    let hint = "\"facts.contribution_base = [{ value = \"\"8000.00\"\", from = … }], one that holds on the day\"";
    assert_eq!(
        desk.text("out/refused.csv"),
        format!(
            "line,person_id,code,message,hint\n\
             3,P3,base,no contribution base is stated on 2025-03-01,{hint}\n\
             4,P4,base,the contribution base is not an amount of yuan,{hint}\n\
             5,P5,account,the person has no account of kind current,\"add one: {{ \"\"id\"\": …, \"\"kind\"\": \"\"current\"\", \"\"balance\"\": \"\"0.00\"\" }}\"\n\
             6,,person,\"persons.jsonl:6:13: invalid type: integer `1`, expected struct Person\",docs/reference/cli.md#splitting-bills says what stands there\n"
        )
    );
    let after = desk.text("out/persons.jsonl");
    let kept: Vec<&str> = after.lines().skip(2).collect();
    assert_eq!(kept, persons.lines().skip(2).collect::<Vec<_>>(), "who is refused stays as before");
    assert!(
        after.contains("{\"id\":\"A1\",\"kind\":\"current\",\"balance\":\"170.00\",\"credited\":\"2025-03\"}"),
        "{after}"
    );
    // A month is credited once.
    let run = credit(&desk, &after, &["--month", "2025-03"]).ended(3);
    assert!(run.out.contains("0 人划入 credited 0.00"), "{}", run.out);
    let refused = desk.text("out/refused.csv");
    assert!(
        refused.contains(
            "1,P1,credited,the account is credited up to 2025-03 already,\"credit the months in order, each once\"\n"
        ),
        "{refused}"
    );
    // The next month goes on from there.
    let run = credit(&desk, &after, &["--month", "2025-04"]).ended(3);
    assert!(run.out.contains("credited 270.00"), "{}", run.out);
    assert!(desk.text("out/credits.csv").contains(",330.00\n"), "the folder of the month before is replaced");
}

#[test]
fn the_years_balance_is_carried_over_before_the_first_credit() {
    let desk = desk();
    // The account is the family account of the second person.
    let persons = person("P1", "active", "8000.00", &[("A1", "current", "500.00"), ("E1", "earlier", "7.00")])
        + &person("P2", "retiree", "", &[("A2", "current", "0.00"), ("A1", "family", "500.00")])
        + &person("P3", "retiree", "", &[("A3", "current", "1.00")]);
    let run = credit(&desk, &persons, &["--month", "2025-07", "--carry-over"]).ended(3);
    assert!(
        run.out.starts_with("2025-07: 3 人 persons, 2 人划入 credited 270.00, 500.00 结转 carried over, 1 "),
        "{}",
        run.out
    );
    assert_eq!(
        desk.text("out/credits.csv").lines().skip(1).collect::<Vec<_>>(),
        ["1,P1,2025-07,active,8000.00,160.00,500.00,160.00", "2,P2,2025-07,retiree,,110.00,0.00,110.00"]
    );
    assert_eq!(
        desk.text("out/persons.jsonl").replace(",\"credited\":\"2025-07\"", ""),
        person("P1", "active", "8000.00", &[("A1", "current", "160.00"), ("E1", "earlier", "507.00")])
            + &person("P2", "retiree", "", &[("A2", "current", "110.00"), ("A1", "family", "160.00")])
            + &person("P3", "retiree", "", &[("A3", "current", "1.00")])
    );
    assert!(desk.text("out/refused.csv").contains("3,P3,account,the person has no account of kind earlier,"));
}

#[test]
fn what_cannot_be_credited_at_all_stops() {
    let desk = desk();
    let persons = person("P1", "active", "8000.00", &[("A1", "current", "10.00")]);
    let stops = |persons: &str, more: &[&str], message: &str| {
        assert_eq!(credit(&desk, persons, more).ended(2).err, message);
        assert!(!desk.path("out").exists(), "nothing is written");
    };
    stops(
        &persons,
        &["--month", "2025-13"],
        "error: --month 2025-13: not a month\n  hint: write a month like 2025-03\n",
    );
    stops(
        &persons,
        &["--month", "2025-01", "--carry-over"],
        "error: --carry-over: 2025-01 is not the first month of an insurance year\n  hint: the years of this pack start on 07-01\n",
    );
    stops("", &["--month", "2025-03"], "error: persons.jsonl: nobody stands in it\n  hint: one person per line\n");
    let apart = persons.clone()
        + &person("P2", "retiree", "", &[])
        + &person("P3", "retiree", "", &[("A3", "current", "0.00"), ("A1", "family", "10.00")]);
    stops(
        &apart,
        &["--month", "2025-03"],
        "error: persons.jsonl: the persons of lines 1 and 3 share an account and do not stand together\n  hint: put persons who share accounts next to each other, in the bills too\n",
    );
    desk.write("persons.jsonl", persons);
    let run = desk.run(&["credit", "persons.jsonl", "--pack", "demo-hill", "--month", "2025-03", "-o", "out"]).ended(2);
    assert_eq!(run.err, "error: demo-hill: the pack credits no accounts\n  hint: add a [[credit]]\n");
}
