//! The whole chain: bills are split, stays become settlement lists, are grouped and paid, and the year is cleared.

use std::collections::BTreeMap;
use std::path::Path;

use super::program::{Desk, repository};
use super::settled::{Folder, Row, csv_rows, fen};

/// The shipped city in a desk; its scheme and benefit pack are named by their place in the repository.
fn city() -> Desk {
    let desk = Desk::with_example("chain", Path::new(""));
    let place = |name: &str| repository().join(name).to_str().unwrap().to_owned();
    let pack = desk.text("pack/pack.toml").replace("../../schemes", &place("schemes"));
    desk.write("pack/pack.toml", pack.replace("../../policies", &place("policies")));
    desk
}

/// What the pooled fund pays of each bill in the end, by the splits, the voids and the adjustments.
fn pooled(desk: &Desk) -> BTreeMap<String, i128> {
    let mut paid: BTreeMap<String, i128> = BTreeMap::new();
    for row in csv_rows(&desk.text("out-split/employees/splits.csv")) {
        let bill = if row["voids"].is_empty() { &row["bill_id"] } else { &row["voids"] };
        *paid.entry(bill.clone()).or_default() += fen(&row, "fund:pool");
    }
    for row in csv_rows(&desk.text("out-split/employees/adjustments.csv")) {
        *paid.entry(row["bill_id"].clone()).or_default() += fen(&row, "fund:pool");
    }
    paid
}

/// The bills of every case: those of a stay together, a visit by itself.
fn cases_of_bills(desk: &Desk) -> BTreeMap<String, String> {
    let bills = csv_rows(&desk.text("pack/bills.csv"));
    let case = |row: &Row| if row["stay"].is_empty() { row["bill_id"].clone() } else { row["stay"].clone() };
    bills.iter().map(|row| (row["bill_id"].clone(), case(row))).collect()
}

#[test]
fn each_bills_fund_part_is_the_accounted_fund_of_its_stay_and_the_year_is_cleared() {
    let desk = city();
    let told = desk.run(&["settle", "pack", "-o", "out"]).ended(0);
    assert!(told.out.contains("费用单 bills employees"), "{}", told.out);
    let out = Folder(desk.path("out"));
    out.whole();
    out.adds_up();

    let of = cases_of_bills(&desk);
    let mut expected: BTreeMap<&str, i128> = BTreeMap::new();
    for (bill, paid) in &pooled(&desk) {
        *expected.entry(&of[bill]).or_default() += paid;
    }
    let cases = out.cases(&["case_id", "feed", "fund", "cost", "group", "paid"]);
    assert!(cases.iter().filter(|case| case["feed"] == "stays").count() > 500);
    assert!(cases.iter().filter(|case| case["feed"] == "visits").count() > 1000);
    for case in &cases {
        assert_eq!(fen(case, "fund"), expected[case["case_id"].as_str()], "{case:?}");
    }
    // Nothing of what was split is missing: bills whose case is not settled were voided.
    let settled: i128 = cases.iter().map(|case| fen(case, "fund")).sum();
    assert_eq!(settled, expected.values().sum::<i128>());
    let stays: Vec<&Row> = cases.iter().filter(|case| case["feed"] == "stays").collect();
    assert!(stays.iter().filter(|case| !case["group"].is_empty()).count() > 400, "stays are grouped");
    let entry = &out.json("manifest.json")["bills"][0];
    assert_eq!(entry["accounted"].as_str().map(|text| super::settled::number(text, 2)), Some(settled));
    assert!(entry["voids"].as_u64().unwrap() > 0);
    let again = csv_rows(&desk.text("out-split/employees/adjustments.csv"));
    assert!(again.iter().any(|row| fen(row, "fund:pool") != 0), "late voids settle again what followed");
}

#[test]
fn a_case_leads_to_its_bills_and_they_to_their_steps() {
    let desk = city();
    desk.run(&["settle", "pack", "-o", "out"]).ended(0);
    let stay = csv_rows(&desk.text("out-split/stays.csv")).into_iter().find(|row| row["bills"].contains('|')).unwrap();
    let told = desk.run(&["explain", "--settled", "out", "--case", &stay["case_id"]]).ended(0);
    let bills = stay["bills"].replace('|', ", ");
    assert!(told.out.contains(&format!("the accounted fund comes from bills: {bills}\n")), "{}", told.out);
    let last = told.out.trim_end().lines().last().unwrap().trim();
    let steps = desk.run(&last.split(' ').skip(1).collect::<Vec<_>>()).ended(0);
    assert!(steps.out.contains("待遇路径：住院"), "{}", steps.out);
}

#[test]
fn a_settled_folder_made_of_bills_names_no_person() {
    let desk = city();
    desk.run(&["settle", "pack", "-o", "out"]).ended(0);
    let person = csv_rows(&desk.text("pack/bills.csv"))[0]["person_id"].clone();
    for name in super::program::names(&desk.path("out")) {
        let bytes = std::fs::read(desk.path("out").join(&name)).unwrap();
        assert!(!bytes.windows(person.len()).any(|part| part == person.as_bytes()), "{name}");
    }
    assert!(desk.text("out-split/stays.csv").contains(&person));
}

#[test]
fn a_month_is_previewed_from_the_same_bills() {
    let desk = city();
    let told = desk.run(&["preview", "pack", "--month", "3", "-o", "march"]).ended(0);
    assert!(told.out.contains("预览 preview 2025-03"), "{}", told.out);
}

#[test]
fn a_stay_is_held_back_whole_when_a_bill_of_it_is_refused() {
    let desk = city();
    // The first stay that is billed in two parts: its second bill names an item nobody knows.
    let bills = csv_rows(&desk.text("pack/bills.csv"));
    let second = bills.iter().find(|row| row["bill_id"].ends_with("-2") && !row["stay"].is_empty()).unwrap();
    let (bill, stay) = (second["bill_id"].clone(), second["stay"].clone());
    let text = desk.text("pack/bills.csv");
    let row = text.lines().find(|line| line.starts_with(&format!("{bill},")) && line.contains(",S001,")).unwrap();
    desk.write("pack/bills.csv", text.replacen(row, &row.replace(",S001,", ",S999,"), 1));
    let told = desk.run(&["settle", "pack", "-o", "out"]).ended(3);
    assert!(told.out.contains("1 例暂缓 held back"), "{}", told.out);
    let held = csv_rows(&desk.text("out-split/held_back.csv"));
    assert_eq!(held.len(), 1);
    assert_eq!((held[0]["case_id"].as_str(), held[0]["code"].as_str()), (stay.as_str(), "bill_refused"));
    assert_eq!(held[0]["message"], format!("bill {bill} of the stay was refused"));
    // What the other bills of the stay came to waits.
    let splits = csv_rows(&desk.text("out-split/employees/splits.csv"));
    let waits: Vec<&Row> =
        splits.iter().filter(|row| held[0]["bills"].split('|').any(|one| one == row["bill_id"])).collect();
    let sum = |name: &str| waits.iter().map(|row| fen(row, name)).sum::<i128>();
    assert!(!waits.is_empty() && !held[0]["bills"].contains(&bill));
    assert_eq!((fen(&held[0], "total"), fen(&held[0], "accounted")), (sum("total"), sum("fund:pool")));
    assert_eq!(held[0]["institution"], second["institution"]);
    let out = Folder(desk.path("out"));
    assert!(out.cases(&["case_id"]).iter().all(|case| case["case_id"] != stay), "no part of the stay is paid");
    out.adds_up();
}

#[test]
fn bills_without_a_list_and_a_list_without_bills_are_told_apart() {
    let desk = city();
    let lists = desk.text("pack/lists.csv");
    let row = lists.lines().nth(1).unwrap();
    let stay = row.split(',').next().unwrap();
    desk.write("pack/lists.csv", lists.replacen(row, &row.replacen(stay, "C999", 1), 1));
    desk.run(&["settle", "pack", "-o", "out"]).ended(3);
    let held = csv_rows(&desk.text("out-split/held_back.csv"));
    let told: Vec<(&str, &str, &str)> =
        held.iter().map(|row| (row["case_id"].as_str(), row["code"].as_str(), row["hint"].as_str())).collect();
    assert_eq!(
        told,
        [(stay, "no_list", "send its settlement list"), ("C999", "no_bill", "send the bills of the stay")]
    );
    assert!(fen(&held[0], "total") > 0);
    let of_list = ["institution", "bills", "total", "accounted"].map(|name| held[1][name].as_str());
    assert_eq!(of_list, [""; 4]);
}

#[test]
fn bad_bills_of_a_pack_are_found_before_anything_is_split() {
    let desk = city();
    desk.edit("pack/pack.toml", "accounted = [\"pool\"]", "accounted = [\"pol\"]");
    let told = desk.run(&["policy", "check", "pack"]).ended(3);
    assert!(
        told.out.contains(
            "error: [[bills]] \"employees\": the benefit pack has no fund \"pol\"\n  --> pack/pack.toml:37\n  hint: did you mean \"pool\"?\n"
        ),
        "{}",
        told.out
    );
    desk.edit("pack/pack.toml", "accounted = [\"pol\"]", "accounted = []");
    let told = desk.run(&["settle", "pack", "-o", "out"]).ended(2);
    assert!(told.err.contains("no fund is the accounted fund"), "{}", told.err);
    desk.edit("pack/pack.toml", "accounted = []", "accounted = [\"pool\"]");
    desk.edit("pack/pack.toml", "lists = { file = \"lists.csv\" }\n", "");
    let told = desk.run(&["settle", "pack", "-o", "out"]).ended(2);
    assert!(told.err.contains("bills of stays, but no settlement lists"), "{}", told.err);
    assert_eq!(desk.names(), ["pack"], "nothing was written");
}

#[test]
fn a_list_that_repeats_what_the_bills_say_is_refused() {
    let desk = city();
    let lists = desk.text("pack/lists.csv");
    desk.write("pack/lists.csv", lists.replacen("district,", "sex,", 1));
    let told = desk.run(&["settle", "pack", "-o", "out"]).ended(2);
    assert_eq!(
        told.err,
        "error: pack/lists.csv: column \"sex\" comes from the bills\n  hint: leave it out of the settlement lists\n"
    );
    assert_eq!(desk.names(), ["pack"]);
}

#[test]
fn an_emergency_before_an_admission_belongs_to_the_stay_that_has_a_list() {
    let desk = city();
    let bills = csv_rows(&desk.text("pack/bills.csv"));
    let listed = csv_rows(&desk.text("pack/lists.csv"));
    let first = bills
        .iter()
        .find(|row| row["visit"] == "inpatient" && listed.iter().any(|list| list["case_id"] == row["stay"]))
        .unwrap();
    let (bill, stay, from) = (first["bill_id"].clone(), first["stay"].clone(), first["start"].clone());
    // One line, in the emergency room on the day of the admission.
    let text = desk.text("pack/bills.csv");
    let cell = |name: &str| match name {
        "bill_id" => "EM1".to_owned(),
        "visit" => "emergency".to_owned(),
        "end" | "day" => from.clone(),
        "item" => "S004".to_owned(),
        "quantity" => "1".to_owned(),
        "price" | "amount" => "300.00".to_owned(),
        "class" | "first_self_ratio" | "limit" => String::new(),
        name => first[name].clone(),
    };
    let emergency: Vec<String> = text.lines().next().unwrap().split(',').map(cell).collect();
    let at = text.find(&format!("\n{bill},")).unwrap() + 1;
    desk.write("pack/bills.csv", format!("{}{}\n{}", &text[..at], emergency.join(","), &text[at..]));
    let told = desk.run(&["settle", "pack", "-o", "out"]);
    let refused = desk.text("out-split/employees/refused.csv");
    assert!(!refused.contains(",EM1,"), "{refused}{}", told.err);
    let stays = csv_rows(&desk.text("out-split/stays.csv"));
    let made = stays.iter().find(|row| row["case_id"] == stay).unwrap();
    assert!(made["bills"].starts_with(&format!("EM1|{bill}")), "{}", made["bills"]);
    assert!(!desk.text("out-split/visits.csv").contains("EM1"));
    let out = Folder(desk.path("out"));
    out.adds_up();
    let case = out.cases(&["case_id", "cost"]).into_iter().find(|case| case["case_id"] == stay).unwrap();
    let splits = csv_rows(&desk.text("out-split/employees/splits.csv"));
    let of_stay = splits.iter().filter(|row| made["bills"].split('|').any(|one| one == row["bill_id"]));
    assert_eq!(fen(&case, "cost"), of_stay.map(|row| fen(row, "total")).sum::<i128>());
}

#[test]
fn a_list_column_nobody_reads_is_refused() {
    let desk = city();
    let lists = desk.text("pack/lists.csv");
    desk.write("pack/lists.csv", lists.replacen(",dept,", ",dpt,", 1));
    let told = desk.run(&["settle", "pack", "-o", "out"]).ended(2);
    assert_eq!(
        told.err,
        "error: pack/lists.csv: column \"dpt\" is no field of a stay\n  hint: did you mean \"dept\"?\n"
    );
    assert_eq!(desk.names(), ["pack"]);
    // The national name is read, and so is a field of the pack.
    let renamed = lists.replacen(",dept,", ",dscg_caty,", 1).replacen("incomplete", "visit_kind", 1);
    desk.write("pack/lists.csv", renamed);
    desk.run(&["settle", "pack", "-o", "out"]).ended(0);
}
