//! One bill: the waterfall and the steps as printed, JSON, the state afterwards, refusals.

use super::program::{Desk, expected_of, fixture_of};
use super::split_table::desk;

/// A desk with the demo packs, a bill and its person.
fn with_bill() -> Desk {
    let desk = desk();
    for name in ["bill.json", "state.json"] {
        desk.write(name, std::fs::read(fixture_of("split").join(name)).unwrap());
    }
    desk
}

const SPLIT: [&str; 6] = ["split", "bill.json", "--pack", "demo-coast", "--person", "state.json"];

#[test]
fn the_waterfall_and_its_cited_steps() {
    let desk = with_bill();
    for (lang, file) in [("zh", "waterfall-zh.txt"), ("en", "waterfall-en.txt")] {
        let run = desk.run(&[&SPLIT[..], &["--explain", "--lang", lang]].concat()).ended(0);
        assert_eq!(run.out, expected_of("split", file));
    }
    let (table, _) =
        expected_of("split", "waterfall-zh.txt").split_once("\n\n").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert_eq!(desk.run(&SPLIT).ended(0).out, table + "\n", "without --explain the table alone");
}

#[test]
fn json_says_the_split_the_message_and_the_state_afterwards() {
    let desk = with_bill();
    let run = desk.run(&[&SPLIT[..], &["--json", "--explain", "--state-out", "after.json"]].concat()).ended(0);
    let answer: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let split = &answer["splits"][0];
    assert_eq!(split["split"]["cash"], "912.00");
    assert_eq!(split["split"]["funds"][0]["paid"], "378.00");
    assert_eq!(split["message"]["setlinfo"]["hifp_pay"].to_string(), "378.0");
    assert_eq!(split["steps"].as_array().unwrap().len(), 20);
    let after: serde_json::Value = serde_json::from_str(&desk.text("after.json")).unwrap();
    assert_eq!(after, answer["person"]);
    assert_eq!(after["accounts"][0]["balance"], "0.00");
    // The next bill goes on from there: the account is empty, 50 of the deductible are left.
    let arguments = ["split", "bill.json", "--pack", "demo-coast", "--person", "after.json", "--json"];
    let again = desk.run(&arguments).ended(3);
    assert_eq!(
        again.out,
        "{\"refused\":\"settled\",\"message\":\"B1 is settled already\",\"hint\":\"a bill is settled once; after a void send the rest as a new bill\"}\n"
    );
    desk.edit("bill.json", "\"B1\"", "\"B2\"");
    let answer: serde_json::Value = serde_json::from_str(&desk.run(&arguments).ended(0).out).unwrap();
    assert_eq!(answer["splits"][0]["split"]["deductible"], "50.00");
}

#[test]
fn a_bill_that_is_not_split_says_why_and_ends_with_three() {
    let desk = with_bill();
    let refused = |from: &str, to: &str, message: &str| {
        let desk = with_bill();
        desk.edit("bill.json", from, to);
        let run = desk.run(&[&SPLIT[..], &["--state-out", "after.json"]].concat()).ended(3);
        assert_eq!((run.err.as_str(), run.out.as_str()), (message, ""));
        assert!(!desk.path("after.json").exists(), "nothing is written");
    };
    refused(
        "\"1340.00\"",
        "\"1341.00\"",
        "error: the lines come to 1340.00, the bill says 1341.00\n  hint: send all lines, and the total they come to\n",
    );
    refused(
        "D003",
        "D999",
        "error: line 3: item D999 is not in the catalogue\n  hint: add it to the catalogue, or state its class on the line\n",
    );
    refused(
        "level2",
        "level7",
        "error: the pack does not know this word of \"level\"\n  hint: did you mean \"level2\"?\n",
    );
    desk.edit("state.json", "\"from\": \"2010-01-01\"", "\"from\": \"2026-01-01\"");
    let run = desk.run(&[&SPLIT[..], &["--json"]].concat()).ended(3);
    assert_eq!(
        run.out,
        "{\"refused\":\"not_insured\",\"message\":\"the person is not insured on 2025-08-01\",\"hint\":\"add the stretch of insurance that holds the day; without one nothing can be split\"}\n"
    );
}

#[test]
fn a_wrong_file_is_named_with_line_and_column() {
    let unreadable = |file: &str, from: &str, to: &str, message: &str| {
        let desk = with_bill();
        desk.edit(file, from, to);
        let run = desk.run(&SPLIT).ended(2);
        assert_eq!((run.err.as_str(), run.out.as_str()), (message, ""));
    };
    unreadable(
        "state.json",
        "\"birth\"",
        "\"brith\"",
        "error: state.json:1:32: unknown field `brith`, expected one of `id`, `birth`, `sex`, `insured`, `groups`, `registrations`, `designated`, `signed`, `filings`, `facts`\n  hint: did you mean \"birth\"?\n",
    );
    unreadable(
        "bill.json",
        "\"visit\": \"outpatient\"",
        "\"visit\" \"outpatient\"",
        "error: bill.json:1:93: expected `:`\n  hint: this is not JSON: look at the quotes, commas and brackets there\n",
    );
    unreadable(
        "state.json",
        " }] }\n",
        "",
        "error: state.json:4:65: EOF while parsing an object\n  hint: the text ends before it is complete: a bracket or a quote is missing\n",
    );
    unreadable(
        "bill.json",
        "\"account\": \"own\", ",
        "",
        "error: bill.json:8:93: missing field `account`\n  hint: docs/reference/cli.md#splitting-bills says what stands there\n",
    );
}

#[test]
fn what_belongs_to_a_table_is_refused_for_a_bill_and_the_other_way_round() {
    let desk = with_bill();
    let says = |arguments: &[&str], message: &str| assert_eq!(desk.run(arguments).ended(2).err, message);
    says(
        &["split", "bill.json", "--pack", "demo-coast"],
        "error: a bill is split for a person\n  hint: add --person STATE.json: the person's insurance, and what was used this year\n",
    );
    says(
        &[&SPLIT[..], &["-o", "out"]].concat(),
        "error: -o is for a table of bills\n  hint: --state-out FILE writes the person's year after one bill\n",
    );
    says(
        &["split", "bills.csv", "--pack", "demo-coast", "--person", "p.jsonl"],
        "error: a table of bills needs a folder for its results\n  hint: add -o OUT\n",
    );
    says(
        &["split", "bills.csv", "--pack", "demo-coast", "-o", "out"],
        "error: a table of bills needs the persons\n  hint: add --person PERSONS.jsonl, one person and year so far per line\n",
    );
    says(
        &["split", "bills.csv", "--pack", "demo-coast", "--person", "p.jsonl", "-o", "out", "--state-out", "x"],
        "error: --state-out is for one bill\n  hint: a table writes persons.jsonl into its folder\n",
    );
    says(
        &["split", "bills.csv", "--pack", "demo-coast", "--person", "p.jsonl", "-o", "out", "--json"],
        "error: --json is for one bill\n  hint: a table writes run.json into its folder\n",
    );
    let run = desk.run(&["split", "bill.json", "--pack", "nowhere", "--person", "state.json"]).ended(3);
    assert!(run.err.starts_with("error: "), "{}", run.err);
}

#[test]
fn a_line_without_id_is_named_by_its_number() {
    let desk = with_bill();
    desk.edit("bill.json", "\"id\": \"3\", \"item\": \"D003\"", "\"item\": \"D999\"");
    let run = desk.run(&SPLIT).ended(3);
    assert_eq!(
        run.err,
        "error: line 3: item D999 is not in the catalogue\n  hint: add it to the catalogue, or state its class on the line\n"
    );
}
