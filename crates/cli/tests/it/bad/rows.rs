//! Rows that cannot be settled: each is refused with its reason, the others are settled, exit code 3.

use crate::program::{Desk, expected};
use crate::settled::Folder;

/// Line of the first row added to the region's stays.
const FIRST: usize = 43;
const REFUSED: &str = "source_row,case_id,code,reason_zh,reason_en,feed,file\n";

/// A sound stay with one thing changed. The columns are those of the region's file.
fn row(id: &str, change: &[(usize, &str)]) -> String {
    let mut fields = [id, "P900", "H1", "310", "east", "2025-03-01", "2025-03-08", "G1", "1000.00", "700.00", "300.00"];
    for &(at, text) in change {
        fields[at] = text;
    }
    fields.join(",")
}

const PERSON: usize = 1;
const INSTITUTION: usize = 2;
const INSURANCE: usize = 3;
const DISTRICT: usize = 4;
const ADMISSION: usize = 5;
const DISCHARGE: usize = 6;
const GROUP: usize = 7;
const COST: usize = 8;
const FUND: usize = 9;
const PATIENT: usize = 10;

/// Settles the region with these rows added: they are refused in these words, and the others are settled as always.
#[track_caller]
fn refused(rows: &[(String, &str)]) -> Desk {
    let desk = Desk::with_region();
    let added: String = rows.iter().map(|(row, _)| format!("{row}\n")).collect();
    desk.append("region/stays.csv", &added);
    let run = desk.settle(&[]).ended(3);
    let folder = Folder(desk.path("out"));
    let reasons: String =
        (FIRST..).zip(rows).map(|(line, (_, reason))| format!("{line},{reason},stays,stays.csv\n")).collect();
    assert_eq!(folder.text("refused.csv"), format!("{REFUSED}{reasons}"));
    assert_eq!(folder.text("clearing.csv"), expected("drg_points/clearing.csv"), "the others are settled as always");
    assert_eq!(folder.count("refused"), rows.len() as u64);
    let counted = format!("拒绝 refused {}", rows.len());
    assert!(run.out.contains(&counted), "{}", run.out);
    folder.whole();
    folder.adds_up();
    desk
}

#[test]
fn ids_and_dates_changed_by_a_spreadsheet() {
    refused(&[
        (
            row("1.23457E+11", &[]),
            "1.23457E+11,unreadable_value,case_id 的值“1.23457E+11”无法读取：scientific notation: a spreadsheet has changed it; format the column as text before saving,\"case_id \"\"1.23457E+11\"\" cannot be read: scientific notation: a spreadsheet has changed it; format the column as text before saving\"",
        ),
        (
            row("X1", &[(DISCHARGE, "2025/3/1")]),
            "X1,unreadable_value,discharge 的值“2025/3/1”无法读取：a date in another form than yyyy-mm-dd: a spreadsheet may have changed it,\"discharge \"\"2025/3/1\"\" cannot be read: a date in another form than yyyy-mm-dd: a spreadsheet may have changed it\"",
        ),
        (
            row("X2", &[(ADMISSION, "45717")]),
            "X2,unreadable_value,admission 的值“45717”无法读取：a spreadsheet's day number where a date is expected; format the column as yyyy-mm-dd before saving,\"admission \"\"45717\"\" cannot be read: a spreadsheet's day number where a date is expected; format the column as yyyy-mm-dd before saving\"",
        ),
        (
            row("X3", &[(DISCHARGE, "2025-02-30")]),
            "X3,unreadable_value,discharge 的值“2025-02-30”无法读取：not a day of the calendar,\"discharge \"\"2025-02-30\"\" cannot be read: not a day of the calendar\"",
        ),
        (row("X4", &[(DISCHARGE, "")]), "X4,missing_value,缺少 discharge,no value for discharge"),
        (
            row("X5", &[(ADMISSION, "2025-03-09")]),
            "X5,dates_reversed,入院日期 2025-03-09 晚于出院日期 2025-03-08,admission 2025-03-09 is after discharge 2025-03-08",
        ),
    ]);
}

#[test]
fn amounts_that_no_bill_has() {
    refused(&[
        (
            row("X1", &[(COST, "-100.00"), (FUND, "-70.00"), (PATIENT, "-30.00")]),
            "X1,negative_amount,cost 为负数：-100.00,cost is negative: -100.00",
        ),
        (
            row("X2", &[(COST, "100.00"), (FUND, "130.00"), (PATIENT, "-30.00")]),
            "X2,negative_amount,patient 为负数：-30.00,patient is negative: -30.00",
        ),
        (
            row("X3", &[(COST, "100000000.01"), (FUND, "100000000.00"), (PATIENT, "0.01")]),
            "X3,absurd_amount,cost 为 100000000.01，超过单次住院上限 100000000.00,\"cost is 100000000.01: above the limit of one stay, 100000000.00\"",
        ),
        (
            row("X4", &[(COST, "99999999999999.00")]),
            "X4,unreadable_value,cost 的值“99999999999999.00”无法读取：amount is larger than 10000000000000.00 yuan; hint: check the unit of the column,\"cost \"\"99999999999999.00\"\" cannot be read: amount is larger than 10000000000000.00 yuan; hint: check the unit of the column\"",
        ),
        (
            row("X5", &[(FUND, "700.01")]),
            "X5,amounts_disagree,总费用 1000.00 不等于基金支付 700.01 与个人负担 300.00 之和,cost 1000.00 is not fund 700.01 + patient 300.00",
        ),
        (row("X6", &[(PATIENT, "")]), "X6,missing_value,缺少 patient,no value for patient"),
        (
            row("X7", &[(COST, "1E+03")]),
            "X7,unreadable_value,\"cost 的值“1E+03”无法读取：amount has an unexpected character at position 2; hint: write yuan with at most two decimals, like 1300.00; no spaces, no exponent, no currency sign\",\"cost \"\"1E+03\"\" cannot be read: amount has an unexpected character at position 2; hint: write yuan with at most two decimals, like 1300.00; no spaces, no exponent, no currency sign\"",
        ),
        (
            row("X8", &[(COST, "1000.005")]),
            "X8,unreadable_value,cost 的值“1000.005”无法读取：amount has a fraction of a fen; hint: at most two decimals; further digits must be zeros,\"cost \"\"1000.005\"\" cannot be read: amount has a fraction of a fen; hint: at most two decimals; further digits must be zeros\"",
        ),
        (
            row("X9", &[(COST, "\"1,000.00\"")]),
            "X9,unreadable_value,\"cost 的值“1,000.00”无法读取：amount has an unexpected character at position 2; hint: write yuan with at most two decimals, like 1300.00; no spaces, no exponent, no currency sign\",\"cost \"\"1,000.00\"\" cannot be read: amount has an unexpected character at position 2; hint: write yuan with at most two decimals, like 1300.00; no spaces, no exponent, no currency sign\"",
        ),
    ]);
}

#[test]
fn ids_that_stand_twice_or_not_at_all() {
    refused(&[
        (
            row("2025-0001", &[]),
            "2025-0001,duplicate_case,病例号重复，首次出现在第 2 行,the case id is used twice: first on line 2",
        ),
        (row("", &[]), ",missing_value,缺少 case_id,no value for case_id"),
        (
            row("2025-0041", &[]),
            "2025-0041,duplicate_case,病例号重复，首次出现在第 42 行,the case id is used twice: first on line 42",
        ),
    ]);
}

#[test]
fn parties_the_pack_does_not_know() {
    refused(&[
        (
            row("X1", &[(INSTITUTION, "H9")]),
            "X1,unknown_institution,医疗机构“H9”不在政策包中,\"institution \"\"H9\"\" is not declared in the pack; hint: add it to the pack's table\"",
        ),
        (row("X2", &[(INSTITUTION, "")]), "X2,missing_value,缺少 institution,no value for institution"),
        (
            row("X3", &[(INSURANCE, "320")]),
            "X3,unknown_insurance,险种“320”未在政策包中声明,\"insurance \"\"320\"\" is not declared in the pack\"",
        ),
        (
            row("X4", &[(DISTRICT, "north")]),
            "X4,unknown_district,区县“north”未在政策包中声明,\"district \"\"north\"\" is not declared in the pack\"",
        ),
    ]);
}

#[test]
fn rows_of_another_shape() {
    refused(&[
        (
            "X1,P900,H1".to_owned(),
            ",malformed_row,\"行无法读取：3 fields where the header has 11：X1,P900,H1\",\"3 fields where the header has 11: X1,P900,H1\"",
        ),
        (
            row("X2", &[(PERSON, "P1,P2")]),
            ",malformed_row,\"行无法读取：12 fields where the header has 11：X2,P1,P2,H1,310,east,2025-03-01,2025-03-…\",\"12 fields where the header has 11: X2,P1,P2,H1,310,east,2025-03-01,2025-03-…\"",
        ),
    ]);
}

#[test]
fn a_refused_case_is_explained_by_its_reason() {
    let desk = refused(&[(
        row("X1", &[(INSURANCE, "320")]),
        "X1,unknown_insurance,险种“320”未在政策包中声明,\"insurance \"\"320\"\" is not declared in the pack\"",
    )]);
    let run = desk.run(&["explain", "--settled", "out", "--case", "X1"]).ended(2);
    assert_eq!(
        run.err.trim_end(),
        "error: case X1 was refused (unknown_insurance): 险种“320”未在政策包中声明 · insurance \"320\" is not declared in the pack\n  hint: correct line 43 of stays.csv and settle again"
    );
}

/// Replaces what a missing group does in every step of the points method.
fn missing(desk: &Desk, word: &str) {
    let text = desk.text("region/points.toml");
    desk.write("region/points.toml", text.replace("missing = \"cost_points\"", word));
}

#[test]
fn a_group_without_a_published_weight_is_refused_when_the_pack_says_so_or_nothing() {
    for word in ["missing = \"refuse\"", ""] {
        let desk = Desk::with_region();
        missing(&desk, word);
        desk.settle(&[]).ended(3);
        let folder = Folder(desk.path("out"));
        assert_eq!(
            folder.text("refused.csv"),
            format!(
                "{REFUSED}27,2025-0026,no_mean,\"表中没有“means”的 group \"\"G7\"\" 行（步骤“group-mean”）\",\"no row for group \"\"G7\"\" in table \"\"means\"\" (step \"\"group-mean\"\"); hint: add the row, or state what `missing` does\",stays,stays.csv\n"
            )
        );
        assert_eq!([folder.count("settled"), folder.count("refused")], [38, 1]);
        folder.adds_up();
    }
}

#[test]
fn a_group_without_a_published_weight_earns_points_from_its_cost() {
    let desk = Desk::with_region();
    desk.settle(&[]).ended(0);
    let cases = Folder(desk.path("out")).cases(&["case_id", "group", "route", "points"]);
    let case = cases.iter().find(|case| case["group"] == "G7").unwrap();
    // 7,300 / 10,000 x 100.
    assert_eq!(
        (case["case_id"].as_str(), case["route"].as_str(), case["points"].as_str()),
        ("2025-0026", "cost_points", "73.0000")
    );
}

#[test]
fn a_group_without_a_published_weight_goes_to_special_review() {
    let desk = Desk::with_region();
    desk.settle(&["--method", "drg_rate"]).ended(0);
    let cases = Folder(desk.path("out")).cases(&["case_id", "route", "paid", "fund"]);
    let route = |id: &str| {
        cases
            .iter()
            .find(|case| case["case_id"] == id)
            .map(|case| (case["route"].clone(), case["paid"].clone()))
            .unwrap()
    };
    // One of two is accepted (5% of 39 discharges), the costlier one, and paid its accounted fund.
    assert_eq!(route("2025-0026"), ("special_review".to_owned(), "4380.00".to_owned()));
    assert_eq!(route("2025-0015"), ("held".to_owned(), "0.00".to_owned()));
}

#[test]
fn a_stay_without_a_group_goes_where_the_pack_says() {
    let desk = Desk::with_region();
    desk.append("region/stays.csv", &(row("X1", &[(GROUP, "")]) + "\n"));
    desk.edit("region/points.toml", "to = \"cost_points\"\ntimes = \"0.7\"", "to = \"refuse\"");
    desk.settle(&[]).ended(3);
    let folder = Folder(desk.path("out"));
    let refused: Vec<(String, String)> =
        folder.csv("refused.csv").into_iter().map(|row| (row["case_id"].clone(), row["code"].clone())).collect();
    assert_eq!(
        refused,
        [("2025-0015".to_owned(), "refused_by_rule".to_owned()), ("X1".to_owned(), "refused_by_rule".to_owned())]
    );
}
