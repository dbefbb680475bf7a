//! Lines of a table's bills: which line somebody must look at and why, and that the lines come to the bills.

use std::collections::BTreeMap;

use super::program::{Desk, copy};
use super::settled::{csv_rows, fen};
use super::split_table::{desk, person};

const HEADER: &str = "bill_id,person_id,institution,level,area,visit,start,end,account,quantity,price,amount,stay,line_id,item,class,voids";

fn line(bill: &str, area: &str, dates: &str, priced: &str, of: &str) -> String {
    format!("{bill},P,H1,level3,{area},inpatient,{dates},none,{priced},S-{bill},{of},")
}

fn run(desk: &Desk, rows: &[String], more: &[&str]) {
    desk.write("bills.csv", format!("{HEADER}\n{}\n", rows.join("\n")));
    desk.write("persons.jsonl", person("P", &[]));
    let arguments = ["split", "bills.csv", "--pack", "demo-coast", "--person", "persons.jsonl", "-o", "out", "--lines"];
    desk.run(&[&arguments[..], more].concat()).ended(0);
}

/// The lines of every bill and void come to its row.
fn add_up(desk: &Desk) {
    let mut sums: BTreeMap<String, [i128; 6]> = BTreeMap::new();
    let names = ["amount", "full_self", "over_limit", "first_self", "in_scope", "review"];
    let of = |row: &super::settled::Row, name: &str| fen(row, name);
    for row in csv_rows(&desk.text("out/lines.csv")) {
        let sum = sums.entry(row["bill_id"].clone()).or_default();
        for (at, name) in names[..5].iter().enumerate() {
            sum[at] += of(&row, name);
        }
        sum[5] += row["review"].parse::<i128>().unwrap();
    }
    let splits = csv_rows(&desk.text("out/splits.csv"));
    assert_eq!(splits.len(), sums.len());
    for row in &splits {
        let sum = sums[&row["bill_id"]];
        for (at, name) in ["total", "full_self", "over_limit", "first_self", "in_scope"].iter().enumerate() {
            assert_eq!(sum[at], of(row, name), "{name} of {row:?}");
        }
        assert_eq!(sum[5], row["review"].parse::<i128>().unwrap(), "{row:?}");
    }
}

#[test]
fn every_line_is_written_with_its_route_and_why_somebody_must_look() {
    let desk = desk();
    let rows = [
        line("B1", "990102", "2025-08-01,2025-08-11", "2,100.00,200.00", "L1,D004,"),
        line("B1", "990102", "2025-08-01,2025-08-11", "1,5000.00,5000.00", ",M002,"),
        line("B1", "990102", "2025-08-01,2025-08-11", "1,5000.00,5000.00", ",M003,"),
        line("B1", "990102", "2025-08-01,2025-08-11", "1,70.00,70.00", "L4,,C"),
        line("B2", "990102", "2025-09-01,2025-09-11", "1,3000.00,3000.00", ",,A"),
        "V1,P,,,,,,2025-10-01,,,,,,,,,B1".to_owned(),
    ];
    run(&desk, &rows, &[]);
    let lines = desk.text("out/lines.csv");
    let text: Vec<&str> = lines.lines().collect();
    assert_eq!(
        text[..5],
        [
            "bill_id,person_id,line,item,day,amount,full_self,over_limit,first_self,in_scope,route,review,review_reason,voids",
            "B1,P,L1,D004,2025-08-11,200.00,0.00,0.00,40.00,160.00,inpatient,1,限二线用药,",
            "B1,P,2,M002,2025-08-11,5000.00,0.00,0.00,1500.00,3500.00,inpatient,0,,",
            "B1,P,3,M003,2025-08-11,5000.00,0.00,0.00,900.00,4100.00,inpatient,1,[[lines.exclusive]] stents,",
            "B1,P,L4,,2025-08-11,70.00,70.00,0.00,0.00,0.00,inpatient,0,,",
        ]
    );
    assert_eq!(text[6], "V1,P,L1,D004,2025-08-11,-200.00,0.00,0.00,-40.00,-160.00,inpatient,1,限二线用药,B1");
    assert_eq!(text.len(), 10);
    add_up(&desk);
    assert!(desk.text("out/manifest.json").contains("lines.csv"), "hashed with the others");
}

#[test]
fn lines_from_elsewhere_have_the_text_of_the_pack_of_care() {
    let desk = desk();
    copy(&desk.path("demo-coast"), &desk.path("care"));
    desk.edit("care/pack.toml", "area = \"990100\"", "area = \"990300\"");
    desk.edit("care/pack.toml", "text = \"限二线用药\"", "text = \"就医地的限定\"");
    let rows = [
        line("B1", "990102", "2025-08-01,2025-08-11", "2,100.00,200.00", "L1,D004,"),
        line("B2", "990302", "2025-09-01,2025-09-11", "2,100.00,200.00", "L1,D004,"),
    ];
    run(&desk, &rows, &["--care", "care"]);
    let told: Vec<String> =
        csv_rows(&desk.text("out/lines.csv")).into_iter().map(|row| row["review_reason"].clone()).collect();
    assert_eq!(told, ["限二线用药", "就医地的限定"]);
    add_up(&desk);
}

#[test]
fn a_stay_over_the_years_end_has_its_lines_in_both_bills() {
    let desk = desk();
    let state = serde_json::json!({ "person": { "id": "P", "birth": "1980-01-01", "sex": "1",
        "insured": [{ "scheme": "resident", "area": "990201", "status": "adult", "from": "2010-01-01" }],
        "facts": { "enrolled_years": [{ "value": "2", "from": "2020-01-01" }] } } });
    let row = line("B1", "990201", "2025-12-27,2026-01-06", "1,10000.00,10000.00", ",,A");
    desk.write("bills.csv", format!("{HEADER}\n{row}\n"));
    desk.write("persons.jsonl", format!("{state}\n"));
    let arguments = ["split", "bills.csv", "--pack", "demo-hill", "--person", "persons.jsonl", "-o", "out", "--lines"];
    desk.run(&arguments).ended(0);
    let lines = csv_rows(&desk.text("out/lines.csv"));
    let told: Vec<[&str; 3]> = lines.iter().map(|row| ["bill_id", "line", "amount"].map(|name| &*row[name])).collect();
    assert_eq!(told, [["B1/1", "1", "5000.00"], ["B1/2", "1", "5000.00"]]);
    add_up(&desk);
    let one = desk.run(&["split", "bill.json", "--pack", "demo-hill", "--person", "p.json", "--lines"]).ended(2);
    assert_eq!(one.err, "error: --lines is for a table of bills\n  hint: --json says the lines of one bill\n");
}
