//! Tables of bills: voids, households, bad rows, Parquet, the sums at the end.

use std::fmt::Write as _;

use super::program::{Desk, copy, repository};

const HEADER: &str =
    "bill_id,person_id,institution,level,area,visit,start,end,account,quantity,price,amount,stay,in_scope,voids";

/// A desk with the demo packs.
pub fn desk() -> Desk {
    let desk = Desk::empty();
    for name in ["demo-coast", "demo-hill"] {
        copy(&repository().join("policies").join(name), &desk.path(name));
    }
    desk
}

/// A stay, all of it in scope.
fn stay(id: &str, person: &str, start: &str, end: &str, amount: &str, account: &str) -> String {
    format!("{id},{person},H1,level3,990102,inpatient,{start},{end},{account},1,{amount},{amount},S-{id},{amount},")
}

fn void(id: &str, person: &str, end: &str, of: &str) -> String {
    format!("{id},{person},,,,,,{end},,,,,,,{of}")
}

fn table(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// A person of the coast with accounts.
pub fn person(id: &str, accounts: &[(&str, &str, &str)]) -> String {
    let accounts: Vec<_> = accounts
        .iter()
        .map(|(id, kind, balance)| serde_json::json!({ "id": id, "kind": kind, "balance": balance }))
        .collect();
    let state = serde_json::json!({
        "person": { "id": id, "birth": "1980-01-01", "sex": "1",
            "insured": [{ "scheme": "employee", "area": "990102", "status": "active", "from": "2010-01-01" }],
            "facts": { "tenure_years": [{ "value": "10", "from": "2020-01-01" }] } },
        "accounts": accounts,
    });
    format!("{state}\n")
}

fn split(desk: &Desk, rows: &[String], persons: &str) -> super::program::Run {
    desk.write("bills.csv", table(rows));
    desk.write("persons.jsonl", persons);
    desk.run(&["split", "bills.csv", "--pack", "demo-coast", "--person", "persons.jsonl", "-o", "out", "--explain"])
}

/// Columns of a CSV by name, without the header.
fn columns(desk: &Desk, file: &str, names: &[&str]) -> Vec<String> {
    let text = desk.text(file);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let places: Vec<usize> =
        names.iter().map(|name| header.iter().position(|column| column == *name).expect(name)).collect();
    let row = |record: csv::StringRecord| places.iter().map(|at| record[*at].to_owned()).collect::<Vec<_>>().join(" ");
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn a_void_takes_a_bill_back_and_settles_what_followed_again() {
    let desk = desk();
    let rows = [
        stay("B1", "P", "2025-08-01", "2025-08-21", "50000.00", "own"),
        stay("B2", "P", "2025-10-01", "2025-10-11", "10000.00", "none"),
        void("V1", "P", "2025-11-01", "B1"),
        stay("B3", "P", "2025-12-01", "2025-12-11", "10000.00", "own"),
    ];
    let run = split(&desk, &rows, &person("P", &[("A", "current", "1000.00")])).ended(0);
    assert_eq!(
        columns(&desk, "out/splits.csv", &["bill_id", "total", "deductible", "fund:pool", "account", "cash", "voids"]),
        [
            "B1 50000.00 1600.00 42640.00 1000.00 6360.00 ",
            "B2 10000.00 1400.00 7310.00 0.00 2690.00 ",
            "V1 -50000.00 -1600.00 -42640.00 -1000.00 -6360.00 B1",
            // The second stay of the year now, with the account back.
            "B3 10000.00 1400.00 7310.00 1000.00 1690.00 ",
        ]
    );
    // B2 is the first stay of the year now: 1600, and 85 % of the rest.
    assert_eq!(
        columns(
            &desk,
            "out/adjustments.csv",
            &["void_id", "bill_id", "person_id", "total", "deductible", "fund:pool", "cash"]
        ),
        ["V1 B2 P 0.00 200.00 -170.00 170.00"]
    );
    assert_eq!(
        run.out,
        "3 张费用单 bills, 1 人 persons, 1 张退费 voids, 1 张重新结算 adjusted, 0 张拒付 refused → out\n\
         \u{20}费用总额 total                       20000.00\n\
         \u{20}  职工统筹基金 employee pooled fund  14450.00\n\
         \u{20}  个人账户 personal accounts          1000.00\n\
         \u{20}  现金 cash                           4550.00\n\
         ※ 示意，未与文件核对，不作为待遇依据; illustrative until confirmed against its documents\n"
    );
    // As if B1 had never been.
    let never = self::desk();
    let rows = [rows[1].clone(), rows[3].clone()];
    split(&never, &rows, &person("P", &[("A", "current", "1000.00")])).ended(0);
    assert_eq!(never.text("out/persons.jsonl"), desk.text("out/persons.jsonl"));
    let paid = |desk: &Desk| {
        let run: serde_json::Value = serde_json::from_str(&desk.text("out/run.json")).unwrap();
        run["paid"].clone()
    };
    assert_eq!(paid(&never), paid(&desk));
}

#[test]
fn wrong_voids_are_refused_and_change_nothing() {
    let desk = desk();
    let rows = [
        stay("B1", "P", "2025-08-01", "2025-08-21", "50000.00", "own"),
        void("V0", "P", "2025-08-22", "B2"),
        void("V1", "P", "2025-08-22", "B1"),
        void("V2", "P", "2025-08-22", "B1"),
        void("V3", "P", "2025-08-22", "V1"),
        void("V1", "P", "2025-08-22", "B1"),
        stay("B2", "Q", "2025-08-01", "2025-08-21", "50000.00", "none"),
        void("V5", "Q", "2025-08-22", "B1"),
    ];
    split(&desk, &rows, &(person("P", &[("A", "current", "1000.00")]) + &person("Q", &[]))).ended(3);
    assert_eq!(
        columns(&desk, "out/refused.csv", &["line", "bill_id", "person_id", "code", "message"]),
        [
            "3 V0 P not_settled bill B2 is not settled",
            "5 V2 P voided bill B1 is voided already",
            "6 V3 P void_of_void V1 is itself a void",
            "7 V1 P settled V1 stands in the table already",
            "9 V5 Q not_settled bill B1 is not settled",
        ]
    );
    assert!(desk.text("out/persons.jsonl").starts_with(person("P", &[("A", "current", "1000.00")]).trim_end()));
}

#[test]
fn only_the_last_may_be_voided_where_the_pack_says_so() {
    let desk = desk();
    desk.edit("demo-coast/pack.toml", "void = \"resettle\"", "void = \"last_only\"");
    let rows = [
        stay("B1", "P", "2025-08-01", "2025-08-21", "50000.00", "own"),
        stay("B2", "P", "2025-10-01", "2025-10-11", "10000.00", "none"),
        void("V1", "P", "2025-11-01", "B1"),
        void("V2", "P", "2025-11-01", "B2"),
        void("V3", "P", "2025-11-01", "B1"),
    ];
    split(&desk, &rows, &person("P", &[])).ended(3);
    assert_eq!(
        columns(&desk, "out/refused.csv", &["bill_id", "code", "message", "hint"]),
        ["V1 not_last 1 settlements follow bill B1 void the later ones first, the last one first"]
    );
    assert_eq!(columns(&desk, "out/splits.csv", &["bill_id", "voids"]), ["B1 ", "B2 ", "V2 B2", "V3 B1"]);
    assert_eq!(desk.text("out/adjustments.csv").lines().count(), 1);
}

#[test]
fn a_void_after_which_a_later_bill_would_be_refused_is_refused() {
    let desk = desk();
    let referred = stay("B2", "P", "2025-08-21", "2025-08-30", "10000.00", "none");
    let header = format!("{HEADER},referral,referral_from");
    let rows = [
        stay("B1", "P", "2025-08-01", "2025-08-21", "5000.00", "own") + ",,",
        referred + ",up,S-B1",
        void("V1", "P", "2025-11-01", "B1") + ",,",
    ];
    desk.write("bills.csv", format!("{header}\n{}\n", rows.join("\n")));
    desk.write("persons.jsonl", person("P", &[]));
    let arguments = ["split", "bills.csv", "--pack", "demo-coast", "--person", "persons.jsonl", "-o", "out"];
    desk.run(&arguments).ended(3);
    assert_eq!(
        columns(&desk, "out/refused.csv", &["bill_id", "code", "message", "hint"]),
        [
            "V1 void_refused bill B2 would be refused after it: the stay the person was referred from is not among those settled void that bill first, then this one"
        ]
    );
    assert_eq!(columns(&desk, "out/splits.csv", &["bill_id"]), ["B1", "B2"]);
}

#[test]
fn a_household_spends_from_one_balance_in_the_order_of_days() {
    let desk = desk();
    // The parent's account is the child's family account. The child falls ill first, and stands second.
    let rows = [
        stay("B1", "parent", "2025-09-01", "2025-09-11", "10000.00", "own"),
        stay("B2", "child", "2025-08-01", "2025-08-11", "10000.00", "family"),
        void("V2", "child", "2025-12-01", "B2"),
        stay("B3", "alone", "2025-08-01", "2025-08-11", "10000.00", "own"),
    ];
    let persons = person("parent", &[("A", "current", "3000.00")])
        + &person("child", &[("A", "family", "3000.00")])
        + &person("alone", &[("B", "current", "100.00")]);
    split(&desk, &rows, &persons).ended(0);
    assert_eq!(
        columns(&desk, "out/splits.csv", &["bill_id", "account", "cash", "voids"]),
        ["B1 140.00 2720.00 ", "B2 2860.00 0.00 ", "V2 -2860.00 0.00 B2", "B3 100.00 2760.00 "]
    );
    // Without the child's bill the parent's account pays the parent's.
    assert_eq!(
        columns(&desk, "out/adjustments.csv", &["void_id", "bill_id", "person_id", "account", "cash"]),
        ["V2 B1 parent 2720.00 -2720.00"]
    );
    let balances = desk.text("out/persons.jsonl");
    assert_eq!(balances.matches("\"balance\":\"140.00\"").count(), 2, "{balances}");
}

#[test]
fn rows_of_a_household_may_stand_in_the_order_of_days() {
    let desk = desk();
    let rows = [
        stay("B1", "parent", "2025-08-01", "2025-08-11", "4000.00", "own"),
        stay("B2", "child", "2025-09-01", "2025-09-11", "4000.00", "family"),
        stay("B3", "nobody", "2025-09-01", "2025-09-11", "4000.00", "none"),
        stay("B4", "parent", "2025-10-01", "2025-10-11", "4000.00", "own"),
        stay("B5", "child", "2025-09-20", "2025-09-21", "4000.00", "none"),
    ];
    let persons = person("parent", &[("A", "current", "3000.00")]) + &person("child", &[("A", "family", "3000.00")]);
    split(&desk, &rows, &persons).ended(3);
    assert_eq!(
        columns(&desk, "out/splits.csv", &["bill_id", "account", "cash"]),
        ["B1 1960.00 0.00", "B2 1040.00 920.00", "B4 0.00 1790.00", "B5 0.00 1790.00"]
    );
    assert_eq!(columns(&desk, "out/refused.csv", &["line", "bill_id", "code"]), ["4 B3 no_person"]);
}

#[test]
fn persons_who_share_an_account_and_stand_apart_are_refused_as_a_whole() {
    let desk = desk();
    let persons =
        person("P", &[("A", "current", "3000.00")]) + &person("Q", &[]) + &person("R", &[("A", "family", "3000.00")]);
    let run = split(&desk, &[stay("B1", "P", "2025-09-01", "2025-09-11", "10000.00", "own")], &persons).ended(2);
    assert_eq!(
        run.err,
        "error: persons.jsonl: the persons of lines 1 and 3 share an account and do not stand together\n  hint: put persons who share accounts next to each other, in the bills too\n"
    );
    assert!(!desk.path("out").exists(), "nothing is written");
    let twice = person("P", &[]) + &person("Q", &[]) + &person("P", &[]);
    let run = split(&desk, &[stay("B1", "P", "2025-09-01", "2025-09-11", "10000.00", "own")], &twice).ended(2);
    assert_eq!(
        run.err,
        "error: persons.jsonl: lines 1 and 3 are of the same person\n  hint: each person stands once\n"
    );
}

#[test]
fn an_account_with_two_balances_is_refused() {
    let desk = desk();
    let persons = person("P", &[("A", "current", "3000.00")]) + &person("Q", &[("A", "family", "2999.99")]);
    split(&desk, &[stay("B1", "P", "2025-09-01", "2025-09-11", "10000.00", "own")], &persons).ended(3);
    assert_eq!(
        columns(&desk, "out/refused.csv", &["line", "code", "message"]),
        ["2 balance_differs an account that persons share stands with two balances"]
    );
    assert_eq!(desk.text("out/persons.jsonl"), persons);
}

#[test]
fn a_bad_row_refuses_its_bill_and_nothing_else() {
    let desk = desk();
    let good = |id: &str, person: &str| stay(id, person, "2025-09-01", "2025-09-11", "10000.00", "none");
    let rows = [
        good("B1", "P"),
        good("B2", "P").replace("2025-09-11", "11.9.2025"),
        good("B3", "P").replace(",1,", ",one,"),
        good("B4", "P"),
        "B5,P,too,few".to_owned(),
        good("B6", "P"),
        good("B7", "P"),
        stay("B8", "P", "2025-08-01", "2025-08-11", "10000.00", "none"),
        good("B9", "nobody"),
        good("B1", "P"),
        good("B10", "Q"),
        good("B11", "R"),
        good("B12", "S").replace("level3", "level9"),
    ];
    let persons = person("P", &[])
        + &person("silent", &[])
        + "{ \"person\": { \"id\": \"Q\" } }\n"
        + &person("R", &[])
        + &person("S", &[])
        + &person("last", &[]);
    split(&desk, &rows, &persons).ended(3);
    assert_eq!(columns(&desk, "out/splits.csv", &["bill_id", "person_id"]), ["B1 P", "B7 P", "B11 R"]);
    assert_eq!(
        columns(&desk, "out/refused.csv", &["line", "bill_id", "person_id", "code", "message"]),
        [
            "3 B2 P row column \"end\": not a date",
            "4 B3 P row column \"quantity\": not a number",
            "5 B4 P row line 6 cannot be taken apart and may be of this bill",
            "6   row the row cannot be taken apart: 4 fields where the header has 15",
            "7 B6 P row line 6 cannot be taken apart and may be of this bill",
            "9 B8 P order the bill ends before the one above it of the same person",
            "10 B9 nobody no_person the person is not in the file of persons, or stands there out of the order of the bills",
            "11 B1 P settled B1 stands in the table already",
            "12 B10 Q person persons.jsonl:3:25: missing field `birth`",
            "14 B12 S unknown_word the pack does not know this word of \"level\"",
        ]
    );
    let names = desk.text("out/persons.jsonl");
    let ids: Vec<&str> = names.lines().map(|line| line.split("\"id\":").nth(1).unwrap_or(line)).collect();
    assert_eq!(ids.len(), 6, "everybody is written, in order: {names}");
    assert!(names.contains("{ \"person\": { \"id\": \"Q\" } }\n"), "a line that cannot be read stays as it is");
}

#[test]
fn what_makes_a_table_unusable_stops_it() {
    let desk = desk();
    let arguments = ["split", "bills.csv", "--pack", "demo-coast", "--person", "persons.jsonl", "-o", "out"];
    let refused = |bills: &str, persons: &str| {
        desk.write("bills.csv", bills);
        desk.write("persons.jsonl", persons);
        let run = desk.run(&arguments).ended(2);
        assert!(!desk.path("out").exists(), "nothing is written");
        run.err
    };
    let rows = table(&[stay("B1", "P", "2025-09-01", "2025-09-11", "10000.00", "own")]);
    assert_eq!(
        refused(&rows.replace("quantity", "count"), &person("P", &[])),
        "error: no column \"quantity\"\n  hint: a table of bills has at least bill_id, person_id, institution, level, area, visit, start, end, account, quantity, price, amount\n"
    );
    assert_eq!(
        refused(&rows.replace(",voids", ",void"), &person("P", &[])),
        "error: unknown column \"void\"\n  hint: did you mean \"voids\"?\n"
    );
    assert_eq!(
        refused(&rows, &person("Q", &[])),
        "error: no person of the bills stands in persons.jsonl in their order\n  hint: one person per line, in the order of the bills\n"
    );
    desk.write("persons.jsonl", person("P", &[]));
    desk.write("out/mine.txt", "kept");
    let run = desk.run(&arguments).ended(2);
    assert!(run.err.starts_with("error: out"), "{}", run.err);
    assert_eq!(desk.text("out/mine.txt"), "kept");
}

#[test]
fn a_stated_total_that_the_lines_miss_is_refused() {
    let desk = desk();
    let row = stay("B1", "P", "2025-09-01", "2025-09-11", "10000.00", "own");
    desk.write("bills.csv", format!("{HEADER},total\n{row},20000.00\n"));
    desk.write("persons.jsonl", person("P", &[]));
    desk.run(&["split", "bills.csv", "--pack", "demo-coast", "--person", "persons.jsonl", "-o", "out"]).ended(3);
    assert_eq!(
        columns(&desk, "out/refused.csv", &["code", "message"]),
        ["sum the lines come to 10000.00, the bill says 20000.00"]
    );
}

#[test]
fn parquet_is_read_as_csv_is() {
    use arrow::array::{ArrayRef, RecordBatch, StringArray};
    let desk = desk();
    let rows: Vec<String> = (1..=9)
        .map(|number| stay(&format!("B{number}"), "P", "2025-08-01", &format!("2025-08-1{number}"), "9000.00", "own"))
        .collect();
    let persons = person("P", &[("A", "current", "3000.00")]);
    split(&desk, &rows, &persons).ended(0);
    let columns: Vec<Vec<String>> = rows.iter().map(|row| row.split(',').map(str::to_owned).collect()).collect();
    let arrays = HEADER.split(',').enumerate().map(|(at, name)| {
        let values: Vec<&str> = columns.iter().map(|row| row[at].as_str()).collect();
        (name, std::sync::Arc::new(StringArray::from(values)) as ArrayRef)
    });
    let batch = RecordBatch::try_from_iter(arrays).unwrap();
    let file = std::fs::File::create(desk.path("bills.parquet")).unwrap();
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let arguments = ["split", "bills.parquet", "--pack", "demo-coast", "--person", "persons.jsonl", "-o", "again"];
    desk.run(&arguments).ended(0);
    for file in ["splits.csv", "persons.jsonl", "refused.csv", "adjustments.csv"] {
        assert_eq!(desk.text(&format!("again/{file}")), desk.text(&format!("out/{file}")), "{file}");
    }
}

#[test]
fn a_stay_over_the_years_end_is_voided_as_a_whole() {
    let desk = desk();
    let text = desk.text("demo-hill/pack.toml");
    assert!(text.contains("cross_year = \"daily_average\""), "the hill divides stays");
    let state = serde_json::json!({ "person": { "id": "P", "birth": "1980-01-01", "sex": "1",
        "insured": [{ "scheme": "resident", "area": "990201", "status": "adult", "from": "2010-01-01" }],
        "facts": { "enrolled_years": [{ "value": "2", "from": "2020-01-01" }] } } });
    desk.write("persons.jsonl", format!("{state}\n"));
    let rows = [
        stay("B1", "P", "2025-12-27", "2026-01-06", "10000.00", "none").replace("990102", "990201"),
        void("V1", "P", "2026-02-01", "B1"),
    ];
    desk.write("bills.csv", table(&rows));
    desk.run(&["split", "bills.csv", "--pack", "demo-hill", "--person", "persons.jsonl", "-o", "out"]).ended(0);
    assert_eq!(
        columns(&desk, "out/splits.csv", &["bill_id", "total", "voids"]),
        ["B1/1 5000.00 ", "B1/2 5000.00 ", "V1/1 -5000.00 B1/1", "V1/2 -5000.00 B1/2"]
    );
    let after: serde_json::Value = serde_json::from_str(&desk.text("out/persons.jsonl")).unwrap();
    assert_eq!(after.get("accumulators"), None, "as before");
}

/// A desk with the bills of many persons.
fn many() -> Desk {
    let desk = desk();
    let (mut bills, mut persons) = (format!("{HEADER}\n"), String::new());
    for number in 0..9000 {
        let id = format!("P{number}");
        for bill in 0..1 + number % 3 {
            let end = format!("2025-08-{:02}", 10 + bill);
            let row = stay(&format!("B{number}-{bill}"), &id, "2025-08-01", &end, "2000.00", "own");
            writeln!(bills, "{row}").unwrap();
        }
        persons.push_str(&person(&id, &[(&format!("A{number}"), "current", "500.00")]));
    }
    desk.write("bills.csv", bills);
    desk.write("persons.jsonl", persons);
    desk
}

const MANY: [&str; 7] = ["split", "bills.csv", "--pack", "demo-coast", "--person", "persons.jsonl", "-o"];

#[test]
fn many_persons_come_out_in_the_order_read_at_any_number_of_threads() {
    let desk = many();
    desk.run(&[&MANY[..], &["out"]].concat()).ended(0);
    let mut one = desk.command(&[&MANY[..], &["one"]].concat());
    assert!(one.env("RAYON_NUM_THREADS", "1").output().unwrap().status.success());
    let bills = columns(&desk, "out/splits.csv", &["bill_id"]);
    assert_eq!(bills.len(), 18_000);
    assert_eq!((bills[0].as_str(), bills[17_999].as_str()), ("B0-0", "B8999-2"));
    for file in ["splits.csv", "persons.jsonl", "run.json", "manifest.json"] {
        assert_eq!(desk.text(&format!("one/{file}")), desk.text(&format!("out/{file}")), "{file}");
    }
}

#[test]
fn an_interrupted_run_leaves_nothing_and_an_older_result_as_it_was() {
    let desk = many();
    desk.write("small.csv", table(&[stay("B1", "P0", "2025-08-01", "2025-08-10", "2000.00", "own")]));
    let small = ["split", "small.csv", "--pack", "demo-coast", "--person", "persons.jsonl", "-o", "out"];
    desk.run(&small).ended(0);
    let (before, old) = (desk.names(), desk.text("out/manifest.json"));
    let started = std::time::Instant::now();
    desk.run(&[&MANY[..], &["whole"]].concat()).ended(0);
    let (whole, new) = (started.elapsed(), desk.text("whole/manifest.json"));
    std::fs::remove_dir_all(desk.path("whole")).unwrap();
    for tenths in [2, 4, 6, 8, 10] {
        let mut command = desk.command(&[&MANY[..], &["out"]].concat());
        let quiet = || std::process::Stdio::null();
        let mut child = command.stdout(quiet()).stderr(quiet()).spawn().unwrap();
        std::thread::sleep(whole * tenths / 10);
        let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(quiet()).status();
        sent.unwrap();
        let code = child.wait().unwrap().code();
        let now = desk.text("out/manifest.json");
        match code {
            Some(0) => assert_eq!(now, new, "a whole result"),
            // None: the signal came before the program listened for it.
            _ => assert!(matches!(code, Some(130) | None) && (now == old || now == new), "{code:?}"),
        }
        assert_eq!(desk.names(), before, "nothing is left beside it");
    }
}

#[test]
fn care_elsewhere_takes_its_lines_from_the_pack_of_care_and_care_at_home_does_not() {
    let desk = desk();
    let rows = "B1,P,H1,level3,990102,inpatient,2025-08-01,2025-08-11,none,100,100.00,10000.00,S1,D006\n\
                B2,P,H9,level3,990302,inpatient,2025-09-01,2025-09-11,none,100,100.00,10000.00,S2,D006\n";
    desk.write("bills.csv", HEADER.replace("in_scope,voids", "item") + "\n" + rows);
    desk.write("persons.jsonl", person("P", &[]));
    copy(&desk.path("demo-coast"), &desk.path("care"));
    desk.edit("care/pack.toml", "area = \"990100\"", "area = \"990300\"");
    let ratio = "D006,示例慢病药,drug,B,0.10,,0,,,thirty_days,copd,,2025-01-01,,2025-10-08";
    desk.edit("care/catalogue.csv", ratio, &ratio.replace("0.10", "0.30"));
    let arguments = [&MANY[..], &["out"]].concat();
    desk.run(&arguments).ended(0);
    let home = "1000.00 9000.00";
    assert_eq!(columns(&desk, "out/splits.csv", &["first_self", "in_scope"]), [home, home]);
    desk.run(&[&arguments[..], &["--care", "care"]].concat()).ended(0);
    assert_eq!(columns(&desk, "out/splits.csv", &["first_self", "in_scope"]), [home, "3000.00 7000.00"]);
    let paid = columns(&desk, "out/splits.csv", &["fund:pool"]);
    assert_eq!(desk.text("out/owed.csv"), format!("fund,by,to,bills,amount\npool,990100,990302,1,{}\n", paid[1]));
    let run: serde_json::Value = serde_json::from_str(&desk.text("out/run.json")).unwrap();
    assert_eq!(run["care"]["pack"], "demo-coast");
    // The void of a bill split by two packs gives back what the two took.
    desk.write(
        "bills.csv",
        HEADER.replace("in_scope,", "item,")
            + "\n"
            + &rows.replace("D006\n", "D006,\n")
            + "V2,P,,,,,,2025-10-01,,,,,,,B2\n",
    );
    desk.run(&[&arguments[..], &["--care", "care"]].concat()).ended(0);
    assert_eq!(columns(&desk, "out/splits.csv", &["first_self", "voids"]), ["1000.00 ", "3000.00 ", "-3000.00 B2"]);
    assert_eq!(desk.text("out/owed.csv"), "fund,by,to,bills,amount\npool,990100,990302,0,0.00\n", "all taken back");
}

#[test]
fn a_value_published_late_is_settled_again_and_the_differences_are_told() {
    let desk = desk();
    let rows = [
        stay("B1", "P", "2025-08-01", "2025-08-21", "900000.00", "none"),
        stay("B2", "P", "2025-10-01", "2025-10-11", "100.00", "none"),
    ];
    desk.write("bills.csv", table(&rows));
    desk.write("persons.jsonl", person("P", &[]));
    // The average wage of the year was corrected on 2025-11-01, for the whole year: the cap is six times that wage.
    let before = [&MANY[..], &["old", "--known", "2025-10-31"]].concat();
    desk.run(&before).ended(0);
    let again = [&MANY[..], &["out", "--against", "old"]].concat();
    let run = desk.run(&again).ended(0);
    assert!(run.out.contains("1 张改变 changed, 0 张新增 new, 0 张不再 gone"), "{}", run.out);
    assert!(run.out.contains("\n  fund:pool +12000.00\n  fund:supplement "), "{}", run.out);
    assert_eq!(
        columns(&desk, "out/changed.csv", &["bill_id", "change", "total", "fund:pool"]),
        ["B1 changed 0.00 12000.00"]
    );

    let gone = rows[..1].to_vec();
    desk.write("bills.csv", table(&gone));
    let run = desk.run(&[&MANY[..], &["less", "--against", "out"]].concat()).ended(0);
    assert!(run.out.contains("0 张改变 changed, 0 张新增 new, 1 张不再 gone"), "{}", run.out);
    let told = desk.run(&[&MANY[..], &["more", "--against", "nowhere"]].concat()).ended(2);
    assert_eq!(told.err.lines().next(), Some("error: nowhere is no folder of split bills"), "{}", told.err);
    assert!(!desk.path("more").exists());
}

#[test]
fn a_refused_bill_orders_nothing_and_those_after_it_say_that_it_is_missing() {
    let desk = desk();
    let rows = [
        stay("B1", "P", "2025-02-01", "2025-02-11", "5000.00", "none"),
        stay("B2", "P", "2028-03-20", "2028-03-25", "5000.00", "none"),
        stay("B3", "P", "2025-04-01", "2025-04-11", "5000.00", "none"),
        stay("B1", "P", "2025-04-01", "2025-04-11", "5000.00", "none"),
        stay("B4", "P", "2025-03-01", "2025-03-11", "5000.00", "none"),
        stay("B5", "P", "2025-05-01", "2025-05-11", "5000.00", "none"),
        stay("B6", "Q", "2025-05-01", "2025-05-11", "5000.00", "none"),
    ];
    let persons = person("P", &[]) + &person("Q", &[]);
    let check = |voids: &str| {
        split(&desk, &[&rows[..], &[voids.to_owned()]].concat(), &persons).ended(3);
        assert_eq!(
            columns(&desk, "out/splits.csv", &["bill_id", "after_refused"])[..4],
            ["B1 0", "B3 1", "B5 1", "B6 0"]
        );
        assert_eq!(
            columns(&desk, "out/refused.csv", &["bill_id", "code", "hint"])[1..3],
            [
                "B1 settled a bill is settled once, and its rows stand together; correct what is wrong by a void and a new bill",
                "B4 order sort the bills of a person by `end`: what was used before decides what is paid after",
            ]
        );
        assert!(desk.text("out/refused.csv").contains("\n3,B2,P,no_version,"), "{}", desk.text("out/refused.csv"));
    };
    // With a void every settlement is kept, without one none is.
    check(&stay("B7", "Q", "2025-06-01", "2025-06-11", "5000.00", "none"));
    check(&void("V1", "Q", "2025-06-01", "B6"));
}

#[test]
fn columns_that_no_pack_reads_are_refused() {
    let desk = desk();
    let row = stay("B1", "P", "2025-09-01", "2025-09-11", "10000.00", "own");
    desk.write("persons.jsonl", person("P", &[]));
    let refused = |column: &str| {
        desk.write("bills.csv", format!("{HEADER},{column}\n{row},\n"));
        let run = desk.run(&[&MANY[..], &["out"]].concat()).ended(2);
        assert!(!desk.path("out").exists(), "nothing is written");
        run.err
    };
    assert_eq!(
        refused("fact:cauze"),
        "error: column \"fact:cauze\": no dimension of the pack reads bill.cauze\n  hint: did you mean \"cause\"?\n"
    );
    assert_eq!(
        refused("given:comercial"),
        "error: column \"given:comercial\": the pack has no fund \"comercial\"\n  hint: did you mean \"commercial\"?\n"
    );
    // A fact of the pack of care is one of both.
    copy(&desk.path("demo-coast"), &desk.path("care"));
    desk.edit("care/pack.toml", "area = \"990100\"", "area = \"990300\"");
    desk.edit("care/pack.toml", "of = \"bill.cause\"", "of = \"bill.cauze\"");
    desk.write("bills.csv", format!("{HEADER},fact:cauze\n{row},\n"));
    desk.run(&[&MANY[..], &["out", "--care", "care"]].concat()).ended(0);
}

#[test]
fn what_is_refused_stands_in_one_line_with_the_nearest_hint() {
    let desk = desk();
    let row = stay("B1", "P", "2025-09-01", "2025-09-11", "10000.00", "own");
    split(&desk, &[row], &person("P", &[]).replace("\"birth\"", "\"brith\"")).ended(3);
    let refused = desk.text("out/refused.csv");
    assert_eq!(refused.lines().count(), 2, "{refused}");
    assert_eq!(refused.matches("hint").count(), 1, "only the header: {refused}");
    assert_eq!(columns(&desk, "out/refused.csv", &["bill_id", "code", "hint"]), ["B1 person did you mean \"birth\"?"]);
}

#[test]
fn a_table_is_settled_once_and_an_earlier_bill_is_voided_with_its_year() {
    let desk = desk();
    let rows = [stay("B1", "P", "2025-08-01", "2025-08-21", "50000.00", "none")];
    split(&desk, &rows, &person("P", &[])).ended(0);
    let state = desk.text("out/persons.jsonl");
    assert!(state.contains("\"settled\":[\"B1\"]"), "{state}");
    let rows = [rows[0].clone(), void("V1", "P", "2025-11-01", "B1")];
    split(&desk, &rows, &state).ended(3);
    assert_eq!(
        columns(&desk, "out/refused.csv", &["bill_id", "code", "message"]),
        [
            "B1 settled B1 was settled in an earlier run",
            "V1 earlier_run B1 was settled in an earlier run, whose bills are not at hand",
        ]
    );
    assert_eq!(desk.text("out/persons.jsonl"), state, "nothing is spent twice");
}
