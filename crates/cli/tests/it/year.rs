//! The year as entries, through the program: previews, disputes, reviews as known on a day, differences of a closed
//! year, prepaid working capital, final accounts. Every step is a process of its own.

use super::program::{Desk, names};
use super::settled::{Folder, Row, csv_rows, fen};

const PACK: &str = include_str!("../../../../tests/packs/good/year_entries/pack.toml");
const STAYS: &str = include_str!("../../../../tests/packs/good/year_entries/stays.csv");
/// The pack's files, those of entries without their rows.
const HEADINGS: [(&str, &str); 6] = [
    ("reviews.csv", "case_id,on,known,step,reason,decision,amount,panel\n"),
    ("disputes.csv", "case_id,on,known,step,claimed_group,decision,new_group\n"),
    ("audits.csv", "case_id,on,known,amount,reason\n"),
    ("advances.csv", "institution,insurance,on,known,amount\n"),
    ("holidays.csv", "day,working\n2025-05-01,no\n"),
    (
        "institutions.csv",
        "institution,name,level,district,tcm,growth\nH1,First,tertiary,all,0.20,0.05\nH2,Second,secondary,all,0.05,0.00\n",
    ),
];

/// A folder with the pack as `region`, its files of entries empty.
fn desk() -> Desk {
    let desk = Desk::empty();
    desk.write("region/pack.toml", PACK);
    desk.write("region/stays.csv", STAYS);
    for (name, text) in HEADINGS {
        desk.write(&format!("region/{name}"), text);
        desk.write(&format!("region/{name}.source.toml"), "source = { fictional = true }\n");
    }
    desk
}

fn settled(desk: &Desk, out: &str, more: &[&str], code: i32) -> Folder {
    desk.run(&[&["settle", "region", "-o", out], more].concat()).ended(code);
    let folder = Folder(desk.path(out));
    folder.whole();
    folder.adds_up();
    folder
}

fn texts<'r>(row: &'r Row, columns: &[&str]) -> Vec<&'r str> {
    columns.iter().map(|column| row[*column].as_str()).collect()
}

/// What happens after 2024 is closed: a late list, an appeal that is upheld, an audit.
fn after_the_closing(desk: &Desk) {
    desk.append("region/stays.csv", "D,H2,G1,2024-11-11,4,8000.00,2000.00\n");
    desk.append(
        "region/disputes.csv",
        "B,2025-01-15,2025-01-15,raised,G2,,\nB,2025-02-20,2025-02-20,decided,,upheld,G2\n",
    );
    desk.append("region/audits.csv", "C,2025-02-10,2025-02-11,1000.00,upcoding\n");
}

fn difference(desk: &Desk, known: &str) -> super::program::Run {
    desk.run(&[
        "difference",
        "region",
        "--closed",
        "closed",
        "--year",
        "2024",
        "--known",
        known,
        "-o",
        "region/differences.csv",
    ])
}

const BOOK: &str = "\n[[entries]]\nkind = \"difference\"\nfile = \"differences.csv\"\nborne_by = \"reserve\"\nsource = { fictional = true }\n";

#[test]
fn late_lists_appeals_and_recoveries_of_a_closed_year_are_differences_of_the_open_one() {
    let desk = desk();
    let closed = settled(&desk, "closed", &["--year", "2024"], 0);
    let before: Vec<String> = names(&closed.0)
        .iter()
        .map(|name| std::fs::read(closed.0.join(name)).map(|b| format!("{name} {b:?}")).unwrap())
        .collect();
    after_the_closing(&desk);
    let run = difference(&desk, "2025-03-01").ended(0);
    assert!(run.out.contains("补付 to pay 5555.56，追回 to recover 1000.00"), "{}", run.out);
    // 10,000 yuan / 360 points = 27.777778: 80 points late, 80 points that become 200.
    let rows = csv_rows(&desk.text("region/differences.csv"));
    let columns = ["case_id", "on", "known", "reason", "institution", "was", "now", "amount", "price"];
    let told: Vec<Vec<&str>> = rows.iter().map(|row| texts(row, &columns)).collect();
    assert_eq!(
        told,
        [
            ["B", "2025-02-20", "2025-03-01", "regrouped", "H1", "2222.22", "5555.56", "3333.34", "27.777778"],
            ["D", "2025-03-01", "2025-03-01", "late", "H2", "0.00", "2222.22", "2222.22", "27.777778"],
            ["C", "2025-02-10", "2025-03-01", "audit", "H2", "5555.56", "4555.56", "-1000.00", ""],
        ]
    );
    // Again: nothing is new, the file and the closed folder stay as they are.
    let text = desk.text("region/differences.csv");
    difference(&desk, "2025-04-01").ended(0);
    assert_eq!(desk.text("region/differences.csv"), text);
    let after: Vec<String> = names(&closed.0)
        .iter()
        .map(|name| std::fs::read(closed.0.join(name)).map(|b| format!("{name} {b:?}")).unwrap())
        .collect();
    assert_eq!(before, after);

    let plain = settled(&desk, "plain", &["--year", "2025"], 0);
    desk.append("region/pack.toml", BOOK);
    let open = settled(&desk, "open", &["--year", "2025"], 0);
    let due = |folder: &Folder, id: &str| {
        let rows = folder.csv("clearing.csv");
        let own = rows.iter().find(|row| row["institution"] == id).unwrap();
        (fen(own, "difference"), fen(own, "due"))
    };
    assert_eq!(due(&open, "H1"), (333_334, due(&plain, "H1").1 + 333_334));
    assert_eq!(due(&open, "H2"), (122_222, due(&plain, "H2").1 + 122_222));
    let region = open.csv("final.csv").pop().unwrap();
    assert_eq!(
        texts(&region, &["account", "difference", "reserve_opening", "reserve_closing", "carried"]),
        ["region", "4555.56", "20000.00", "15444.44", "0.00"]
    );
    // As of a day before they were known, nothing is booked.
    let earlier = settled(&desk, "earlier", &["--year", "2025", "--known", "2025-02-28"], 0);
    let plain_earlier = plain.csv("clearing.csv");
    assert_eq!(earlier.csv("clearing.csv"), plain_earlier);
}

#[test]
fn a_second_audit_recovers_only_what_is_left() {
    let desk = desk();
    settled(&desk, "closed", &["--year", "2024"], 0);
    desk.append("region/audits.csv", "C,2025-02-10,2025-02-11,1000.00,x\n");
    difference(&desk, "2025-03-01").ended(0);
    desk.append(
        "region/audits.csv",
        "C,2025-03-10,2025-03-11,,x\nC,2025-03-12,2025-03-12,5.00,x\nX,2025-03-12,2025-03-12,5.00,x\n",
    );
    let run = difference(&desk, "2025-04-01").ended(3);
    assert!(
        run.out.contains("audits.csv:4: 5.00 to be recovered, and the case \"C\" was paid 0.00; hint: a recovery is positive and at most what was paid"),
        "{}",
        run.out
    );
    assert!(run.out.contains("audits.csv:5: the closed settlement has no case \"X\""), "{}", run.out);
    let amounts: Vec<String> =
        csv_rows(&desk.text("region/differences.csv")).iter().map(|row| row["amount"].clone()).collect();
    assert_eq!(amounts, ["-1000.00", "-4555.56"]);
}

#[test]
fn differences_are_refused_where_the_closed_folder_or_the_day_is_wrong() {
    let desk = desk();
    settled(&desk, "closed", &["--year", "2025"], 0);
    let run = difference(&desk, "2025-03-01").ended(2);
    assert_eq!(
        run.err.trim_end(),
        "error: closed holds the settlement of 2025, not the settlement of 2024\n  hint: name the folder that `yibao settle --year 2024` wrote"
    );
    settled(&desk, "closed", &["--year", "2024"], 0);
    after_the_closing(&desk);
    difference(&desk, "2025-03-01").ended(0);
    let run = difference(&desk, "2025-02-28").ended(2);
    assert_eq!(
        run.err.trim_end(),
        "error: region/differences.csv:2: known on 2025-03-01, later than --known 2025-02-28\n  hint: the file is append-only; enter differences with a day of 2025-03-01 or later"
    );
    desk.append("closed/clearing.csv", "\n");
    let run = difference(&desk, "2025-03-02").ended(2);
    assert_eq!(
        run.err.trim_end(),
        "error: closed/clearing.csv is not the file that the settlement wrote\n  hint: a closed settlement is never changed; name the folder as it was written"
    );
}

#[test]
fn a_preview_tells_the_dispute_window_and_regrouping_changes_the_month() {
    let desk = desk();
    desk.append(
        "region/disputes.csv",
        "P,2025-04-20,2025-04-20,raised,G2,,\nR,2025-04-21,2025-04-21,raised,G2,,\nP,2025-05-04,2025-05-06,decided,,upheld,G2\n",
    );
    let preview = |out: &str, known: &str, code: i32| {
        desk.run(&["preview", "region", "--year", "2025", "--month", "3", "-o", out, "--known", known]).ended(code)
    };
    let run = preview("one", "2025-04-20", 0);
    assert!(run.out.contains("公布 published 2025-04-10, 至 until 2025-04-20"), "{}", run.out);
    let cases = csv_rows(&desk.text("one/institution-H1.csv"));
    let columns = ["case_id", "group", "group_before", "units", "dispute_until"];
    assert_eq!(texts(&cases[0], &columns), ["P", "G1", "", "80.0000", "2025-04-20"]);
    assert!(desk.text("one/institution-H1.html").contains("2025-04-20"));
    // R was raised one day too late.
    preview("two", "2025-05-06", 3);
    let cases = csv_rows(&desk.text("two/institution-H1.csv"));
    assert_eq!(texts(&cases[0], &columns), ["P", "G2", "G1", "200.0000", "2025-04-20"]);
    let entries = csv_rows(&desk.text("two/entries.csv"));
    let status: Vec<Vec<&str>> = entries.iter().map(|row| texts(row, &["line", "status", "code"])).collect();
    assert_eq!(status, [["2", "noted", ""], ["3", "refused", "outside_window"], ["4", "used", ""]]);
    // The same preview as known before stays what it was.
    preview("three", "2025-04-20", 0);
    assert_eq!(desk.text("three/preview.csv"), desk.text("one/preview.csv"));
    assert_ne!(desk.text("two/preview.csv"), desk.text("one/preview.csv"));
}

#[test]
fn reviews_are_paid_as_known_on_the_day() {
    let desk = desk();
    desk.append(
        "region/reviews.csv",
        "Q,2025-05-01,2025-05-02,applied,long_stay,,,\nQ,2025-06-10,2025-06-12,decided,,items,,five members\n",
    );
    let route = |out: &str, known: &str| {
        let folder = settled(&desk, out, &["--year", "2025", "--known", known], 0);
        let case = folder.cases(&["case_id", "route"]).into_iter().find(|case| case["case_id"] == "Q");
        case.unwrap()["route"].clone()
    };
    assert_eq!(route("one", "2025-05-01"), "group");
    assert_eq!(route("two", "2025-05-02"), "held");
    assert_eq!(route("three", "2025-06-12"), "special_review");
    let told = desk.run(&["explain", "--settled", "three", "--case", "Q", "--lang", "en"]).ended(0).out;
    assert!(told.contains("decided on 2025-06-10 (known 2025-06-12): items, panel five members"), "{told}");
}

#[test]
fn prepaid_working_capital_is_a_receivable_beside_what_is_due() {
    let desk = desk();
    let plain = settled(&desk, "plain", &["--year", "2025"], 0);
    desk.append(
        "region/advances.csv",
        "H1,all,2024-12-20,2024-12-20,500.00\nH1,all,2025-01-10,2025-01-10,1000.00\nH1,all,2025-12-01,2025-12-01,-900.00\n",
    );
    let folder = settled(&desk, "out", &["--year", "2025"], 0);
    assert_eq!(folder.csv("clearing.csv"), plain.csv("clearing.csv"));
    assert_eq!(folder.csv("pools.csv"), plain.csv("pools.csv"));
    let rows = folder.csv("receivables.csv");
    assert_eq!(
        texts(&rows[0], &["institution", "insurance", "opening", "given", "repaid", "closing"]),
        ["H1", "all", "500.00", "1000.00", "900.00", "600.00"]
    );
    let accounts = folder.csv("final.csv");
    assert_eq!(texts(&accounts[0], &["account", "id", "receivable"]), ["institution", "H1", "600.00"]);
    // A repayment beyond what is outstanding is refused with its place; the rest is settled.
    desk.append("region/advances.csv", "H1,all,2025-12-02,2025-12-02,-700.00\n");
    let run = desk.run(&["settle", "region", "-o", "out", "--year", "2025"]).ended(3);
    assert!(
        run.out.contains("advances.csv:5 H1 700.00 repaid, more than the 600.00 outstanding; hint: correct `amount`"),
        "{}",
        run.out
    );
}
