//! A region-year of three feeds: each row is settled by one method, refused with its feed and file, or of another year.

use std::fmt::Write as _;

use super::program::{Desk, copy, repository};
use super::settled::{Folder, same_bytes};

/// The pack of the three feeds, as `region`.
fn desk() -> Desk {
    let desk = Desk::empty();
    copy(&repository().join("tests/packs/good/feed_region"), &desk.path("region"));
    desk
}

fn settled(desk: &Desk) -> Folder {
    desk.settle(&[]).ended(3);
    Folder(desk.path("out"))
}

#[test]
fn each_row_of_each_feed_is_settled_by_its_method() {
    let desk = desk();
    let folder = settled(&desk);
    let columns = ["case_id", "feed", "kind", "method", "admission", "discharge", "los_days", "cost", "paid"];
    let cases: Vec<String> =
        folder.cases(&columns).iter().map(|row| columns.map(|column| row[column].as_str()).join(" ")).collect();
    assert_eq!(
        cases,
        [
            "A1 stays stays stays_by_weight 2025-03-01 2025-03-08 7 6000.00 5000.00",
            "A2 stays stays stays_by_weight 2025-05-01 2025-05-20 19 9000.00 12500.00",
            // Twelve months; then May to October. A head has no day and no amount of its own.
            "B1 heads heads per_head  2025-12-31 12 0.00 240.00",
            "B2 heads heads per_head  2025-12-31 6 0.00 120.00",
            // The same id in another feed is another row; a visit is one day.
            "A1 visits visits visits_by_item 2025-01-05 2025-01-05 1 120.00 60.00",
            "V2 visits visits visits_by_item 2025-02-06 2025-02-06 1 80.50 40.25",
        ]
    );
    folder.whole();
    folder.adds_up();
}

#[test]
fn refused_rows_say_their_feed_and_file() {
    let desk = desk();
    let folder = settled(&desk);
    assert_eq!(
        folder.text("refused.csv"),
        "source_row,case_id,code,reason_zh,reason_en,feed,file\n\
         4,B3,dates_reversed,登记起始日 2025-05-05 不早于终止日 2025-05-01,\"registered from 2025-05-05, which is not before until 2025-05-01 (the first day after)\",heads,heads.csv\n\
         6,B5,missing_value,缺少 from,no value for from,heads,heads.csv\n\
         4,V2,duplicate_case,病例号重复，首次出现在第 3 行,the case id is used twice: first on line 3,visits,visits.csv\n\
         5,V4,missing_value,缺少 visit,no value for visit,visits,visits.csv\n\
         6,V5,voided,已作废,voided,visits,visits.csv\n\
         7,V6,unknown_institution,医疗机构“H9”不在政策包中,\"institution \"\"H9\"\" is not declared in the pack; hint: add it to the pack's table\",visits,visits.csv\n"
    );
}

#[test]
fn the_manifest_counts_every_feed() {
    let manifest = settled(&desk()).json("manifest.json");
    let feeds: Vec<String> = manifest["feeds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feed| {
            let counts = ["read", "settled", "refused", "not_selected"].map(|name| feed["counts"][name].to_string());
            let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
            let file = text(&feed["files"][0]["name"]);
            format!("{} {} {file} {}", text(&feed["id"]), text(&feed["kind"]), counts.join(" "))
        })
        .collect();
    assert_eq!(
        feeds,
        ["stays stays stays.csv 3 2 0 1", "heads heads heads.csv 5 2 2 1", "visits visits visits.csv 6 2 4 0"]
    );
    assert_eq!(manifest["inputs"].as_array().unwrap().len(), 3);
}

#[test]
fn files_of_a_feed_may_be_named() {
    let desk = desk();
    desk.write(
        "other.csv",
        "visit_no,institution,visit,amount,paid_by_fund,signed_institution,voided\nZ1,H1,2025-01-05,120.00,60.00,,0\n",
    );
    desk.settle(&["--feed", "visits=other.csv"]).ended(3);
    let folder = Folder(desk.path("out"));
    let visits = folder.cases(&["feed", "case_id"]).into_iter().filter(|row| row["feed"] == "visits");
    assert_eq!(visits.map(|row| row["case_id"].clone()).collect::<Vec<_>>(), ["Z1"]);
    desk.refuses_other(&["--feed", "visit=other.csv"], "error: --feed visit=other.csv: the pack has no feed \"visit\"\n  hint: the pack has heads, visits; name stays with --stays FILE");
    desk.refuses_other(
        &["--feed", "visits=gone.csv"],
        "error: gone.csv: no such file\n  hint: check the path after --feed visits=",
    );
}

impl Desk {
    /// Refused as a whole; an older result stays.
    #[track_caller]
    fn refuses_other(&self, more: &[&str], message: &str) {
        let run = self.settle(more).ended(2);
        assert_eq!(run.err.trim_end(), message);
    }
}

#[test]
fn a_case_that_stands_in_two_feeds_is_asked_for_by_feed() {
    let desk = desk();
    settled(&desk);
    let ask =
        |more: &[&str]| desk.run(&[&["explain", "--settled", "out", "--case", "A1", "--lang", "en"], more].concat());
    let run = ask(&[]).ended(2);
    assert_eq!(
        run.err.trim_end(),
        "error: case A1 stands in the feeds stays, visits\n  hint: say which: --feed stays or --feed visits"
    );
    let visit = ask(&["--feed", "visits"]).ended(0).out;
    assert!(visit.contains("visits (visits)") && visit.contains("60.00"), "{visit}");
    assert!(ask(&["--feed", "stays"]).ended(0).out.contains("5000.00"));
    let head = desk.run(&["explain", "--settled", "out", "--case", "B2", "--lang", "en"]).ended(0).out;
    assert!(head.contains("head_months  6"), "{head}");
}

#[test]
fn a_feed_without_a_column_it_needs_is_refused_with_its_table() {
    let desk = desk();
    desk.edit("region/heads.csv", "card,institution,registered,left", "card,institution,begin,left");
    desk.refuses(
        &[],
        "error: region/heads.csv: [feed.heads.columns] from: no column \"begin\" in the file\n  hint: the file has the columns card, institution, begin, left"
            .replace("no column \"begin\"", "no column \"registered\"")
            .as_str(),
    );
}

#[test]
fn a_field_that_no_feed_has_is_refused() {
    let desk = desk();
    desk.edit("region/visits.csv", "signed_institution", "signed");
    desk.refuses(
        &[],
        "error: no feed has a column for the pack's field \"signed_institution\"\n  hint: map it in the columns of a feed, or remove it from [fields]",
    );
}

#[test]
fn months_that_are_none_are_refused() {
    let desk = desk();
    desk.edit("region/pack.toml", "from = \"registered\"\nuntil = \"left\"", "head_months = \"months\"");
    desk.write("region/heads.csv", "card,institution,months\nB1,H1,12\nB2,H1,13\nB3,H1,0\nB4,H1,\nB5,H1,x\n");
    let folder = settled(&desk);
    let refused: Vec<String> = folder
        .csv("refused.csv")
        .iter()
        .filter(|row| row["feed"] == "heads")
        .map(|row| format!("{} {} {}", row["case_id"], row["code"], row["reason_en"]))
        .collect();
    assert_eq!(
        refused,
        [
            "B2 head_months_out_of_range head_months 13 is not from 1 to 12",
            "B3 head_months_out_of_range head_months 0 is not from 1 to 12",
            "B4 missing_value no value for head_months",
            "B5 unreadable_value head_months \"x\" cannot be read: not a number",
        ]
    );
}

#[test]
fn two_methods_that_claim_one_visit_stop_the_settlement() {
    let desk = desk();
    desk.edit(
        "region/pack.toml",
        "when = { field = \"feed\", is = \"stays\" }",
        "when = { field = \"feed\", in = [\"stays\", \"visits\"] }",
    );
    let run = desk.settle(&[]).ended(2);
    assert!(
        run.err.starts_with("error: methods \"stays_by_weight\" and \"visits_by_item\" both claim "),
        "{}",
        run.err
    );
    assert_eq!(desk.names(), ["region"]);
}

#[test]
fn a_visit_that_no_method_claims_is_refused() {
    let desk = desk();
    desk.edit(
        "region/pack.toml",
        "when = { field = \"kind\", is = \"visits\" }",
        "when = { all = [{ field = \"kind\", is = \"visits\" }, { field = \"signed_institution\", present = true }] }",
    );
    let folder = settled(&desk);
    let refused = folder.csv("refused.csv");
    let told = refused.iter().find(|row| row["code"] == "no_method").unwrap();
    assert_eq!((told["case_id"].as_str(), told["feed"].as_str()), ("V2", "visits"));
}

/// Feeds of many rows: several blocks of input.
fn many(desk: &Desk, rows: u32) {
    let (mut stays, mut visits, mut heads) = (
        String::from("case_id,institution,group,admission,discharge,cost,fund\n"),
        String::from("visit_no,institution,visit,amount,paid_by_fund,signed_institution,voided\n"),
        String::from("card,institution,registered,left\n"),
    );
    for row in 0..rows {
        let (hospital, month) = (1 + row % 2, 1 + row % 12);
        writeln!(
            stays,
            "S{row},H{hospital},G{hospital},2025-{month:02}-01,2025-{month:02}-09,{}.00,900.00",
            1000 + row % 999
        )
        .unwrap();
        writeln!(
            visits,
            "V{row},H{hospital},2025-{month:02}-03,{}.50,40.00,H{hospital},{}",
            41 + row % 77,
            u32::from(row % 50 == 0)
        )
        .unwrap();
        writeln!(heads, "B{row},H{hospital},2025-{month:02}-01,").unwrap();
    }
    for (name, text) in [("stays", stays), ("visits", visits), ("heads", heads)] {
        desk.write(&format!("region/{name}.csv"), text);
    }
    desk.edit("region/pack.toml", "amount = \"100000.00\"", "amount = \"9000000000.00\"");
}

#[test]
fn every_file_is_the_same_at_any_thread_count() {
    let desk = desk();
    many(&desk, 12_000);
    let settle = |folder: &str, threads: &str| {
        desk.run(&["settle", "region", "-o", folder, "--threads", threads]).ended(3);
        desk.path(folder)
    };
    let one = settle("one", "1");
    same_bytes(&one, &settle("two", "2"));
    same_bytes(&one, &settle("three", "3"));
    Folder(one).adds_up();
    // The reasons wait in a file without a name: nothing but the results and the pack is left.
    assert_eq!(desk.names(), ["one", "region", "three", "two"]);
}
