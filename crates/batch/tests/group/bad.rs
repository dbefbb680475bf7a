//! Bad input: what is refused as a whole, which rows are set aside, and in which words.

use yibao_batch::group::GroupOptions;
use yibao_batch::{Encoding, ReadOptions};

use crate::{HEADER, Run, options, pneumonia, teaching};

fn refused(text: &[u8]) -> String {
    Run::new(&teaching(), text, &GroupOptions::default()).refusal()
}

/// The rejects file of some rows, without its header, at one and two threads.
fn rejected(rows: &[&str]) -> String {
    let text = format!("{HEADER}\n{}\n", rows.join("\n"));
    let scheme = teaching();
    let mut seen = Vec::new();
    for threads in [1, 2] {
        let run = Run::new(&scheme, text.as_bytes(), &options(threads));
        assert!(!run.result.as_ref().unwrap().is_clean());
        seen.push(run.rejects().unwrap());
    }
    assert_eq!(seen.first(), seen.last());
    seen.pop().unwrap().strip_prefix("line,case_id,column,cause,raw\n").unwrap().to_owned()
}

#[test]
fn an_empty_file() {
    assert_eq!(
        refused(b""),
        "the file is empty\n  --> in.csv\n  hint: the first line names the columns, each further line is one record"
    );
}

#[test]
fn a_header_without_records() {
    assert_eq!(
        refused(HEADER.as_bytes()),
        "the file has a header and no record\n  --> in.csv:1\n  hint: each line after the first is one record"
    );
}

#[test]
fn semicolons_and_tabs() {
    let text = format!("{HEADER}\n{}\n", pneumonia("1"));
    assert_eq!(
        refused(text.replace(',', ";").as_bytes()),
        "the columns are separated by semicolons, not by commas\n  --> in.csv:1\n  hint: pass --delimiter \";\" (in a pack: [input] delimiter), or save the file with commas"
    );
    assert_eq!(
        refused(text.replace(',', "\t").as_bytes()),
        "the columns are separated by tabs, not by commas\n  --> in.csv:1\n  hint: pass --delimiter tab (in a pack: [input] delimiter), or save the file with commas"
    );
    let read = ReadOptions { delimiter: Some(b';'), ..ReadOptions::default() };
    let run = Run::new(&teaching(), text.replace(',', ";").as_bytes(), &GroupOptions { read, ..options(1) });
    assert_eq!(run.output().lines().next().unwrap(), format!("{HEADER},status,mdc,adrg,drg,reason").replace(',', ";"));
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_name() {
    let text = format!("\u{FEFF}{HEADER}\n{}\n", pneumonia("1"));
    let run = Run::new(&teaching(), text.as_bytes(), &options(1));
    assert!(run.result.as_ref().unwrap().is_clean());
    assert!(run.output().starts_with("case_id,sex"));
}

#[test]
fn gbk_text() {
    let text = format!("{HEADER},科室名称\n{},呼吸内科\n", pneumonia("1"));
    let (gbk, _, _) = encoding_rs::GBK.encode(&text);
    assert_eq!(
        refused(&gbk),
        "the text is not UTF-8; it reads as GBK\n  --> in.csv:1\n  hint: pass --encoding gbk (in a pack: [input] encoding), or save the file as UTF-8"
    );
    let read = ReadOptions { encoding: Some(Encoding::Gbk), ..ReadOptions::default() };
    let run = Run::new(&teaching(), &gbk, &GroupOptions { read, ..options(1) });
    assert!(run.output().contains("呼吸内科"));
}

#[test]
fn utf_16_text() {
    let text = format!("{HEADER}\n{}\n", pneumonia("1"));
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.bytes().flat_map(|byte| [byte, 0])).collect();
    assert_eq!(refused(&wide), "the text is UTF-16\n  --> in.csv:1\n  hint: save the file as \"CSV UTF-8\"");
}

#[test]
fn a_column_that_is_missing_or_named_twice() {
    assert_eq!(
        refused(b"case_id,sex,age_years,los_days,proc\n1,1,58,8,\n"),
        "no column \"dx\"\n  --> in.csv:1\n  hint: add it, or name it as one of: diag_code, 诊断代码"
    );
    assert_eq!(
        refused(b"case_id,sex,age_years,los_days,dx,proc,dx\n1,1,58,8,J18.900,,\n"),
        "two columns are named \"dx\": number 5 and number 7\n  --> in.csv:1\n  hint: rename or remove one of them"
    );
}

#[test]
fn rows_that_cannot_be_taken_apart() {
    assert_eq!(
        rejected(&["1,1,58", &pneumonia("2"), "3,\"1,58,,,,8,1,J18.900,,", "4,1,58,,,,8,1,J18.900,,,,"]),
        "2,1,,3 fields where the header has 11,\"1,1,58\"\n\
         4,3,,a quote is opened and never closed,\"3,\"\"1,58,,,,8,1,J18.900,,\"\n\
         5,4,,13 fields where the header has 11,\"4,1,58,,,,8,1,J18.900,,,,\"\n"
    );
}

#[test]
fn numbers_that_are_none_or_absurd() {
    assert_eq!(
        rejected(&[
            "1,1,400,,,,8,1,J18.900,,",
            "2,1,58,,,,-3,1,J18.900,,",
            "3,1,old,,,,8,1,J18.900,,",
            "4,1,58.5,,,,8,1,J18.900,,",
            "5,1,58,,,,,1,J18.900,,",
            &pneumonia("6"),
        ]),
        "2,1,age_years,outside 0 to 150,\"1,1,400,,,,8,1,J18.900,,\"\n\
         3,2,los_days,outside 0 to 36600,\"2,1,58,,,,-3,1,J18.900,,\"\n\
         4,3,age_years,not a number,\"3,1,old,,,,8,1,J18.900,,\"\n\
         5,4,age_years,not a whole number,\"4,1,58.5,,,,8,1,J18.900,,\"\n\
         6,5,los_days,empty; it must always be given,\"5,1,58,,,,,1,J18.900,,\"\n"
    );
}

#[test]
fn codes_changed_by_a_spreadsheet() {
    let cause = "a spreadsheet has changed it; format the column as text before saving";
    assert_eq!(
        rejected(&[
            "1.23457E+11,1,58,,,,8,1,J18.900,,",
            "2,1,58,,,,8,1,5E+10,,",
            "3,1,58,,,,8,1,J18.900|2-Jan,,",
            "4,1,58,,,,8,1,J18.900,1.0100,",
            "5,1,58,,,,8,1,J18.900;I10.x00,,",
            "6,1,58,,,,8,1,J18.900,17.991E0,",
        ]),
        format!(
            "2,1.23457E+11,case_id,scientific notation: {cause},\"1.23457E+11,1,58,,,,8,1,J18.900,,\"\n\
             3,2,dx,scientific notation: {cause},\"2,1,58,,,,8,1,5E+10,,\"\n\
             4,3,dx,a date where a code is expected: {cause},\"3,1,58,,,,8,1,J18.900|2-Jan,,\"\n\
             5,4,proc,a code without its leading zero: {cause},\"4,1,58,,,,8,1,J18.900,1.0100,\"\n\
             6,5,dx,\"codes joined by ';'; join them by \"\"|\"\"\",\"5,1,58,,,,8,1,J18.900;I10.x00,,\"\n"
        )
    );
}

#[test]
fn an_id_that_comes_again_is_reported_and_its_row_grouped_all_the_same() {
    let rows = [pneumonia("a"), pneumonia("b"), pneumonia("a"), pneumonia("a")];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    assert_eq!(rejected(&rows), "4,a,case_id,duplicate of line 2,\n5,a,case_id,duplicate of line 2,\n");
    let text = format!("{HEADER}\n{}\n", rows.join("\n"));
    let run = Run::new(&teaching(), text.as_bytes(), &options(2));
    let summary = run.result.as_ref().unwrap();
    assert_eq!((summary.rows, summary.grouped, summary.malformed, summary.duplicates), (4, 4, 0, 2));
    assert_eq!(run.output().lines().count(), 5);
}

#[test]
fn bytes_that_are_no_text() {
    let mut text = format!("{HEADER}\n").into_bytes();
    for row in 0..5 {
        text.extend_from_slice(pneumonia(&row.to_string()).as_bytes());
        text.push(b'\n');
    }
    text.extend_from_slice(b"x,1,58,,,\xFF,8,1,J18.900,,\n");
    text.extend_from_slice(b"y,1,58,,,a\0b,8,1,J18.900,,\n");
    let run = Run::new(&teaching(), &text, &options(1));
    assert_eq!(
        run.rejects().unwrap(),
        "line,case_id,column,cause,raw\n\
         7,x,dept,not valid UTF-8 text,\"x,1,58,,,\u{FFFD},8,1,J18.900,,\"\n\
         8,y,dept,holds a NUL byte,\"y,1,58,,,a\u{2400}b,8,1,J18.900,,\"\n"
    );
    assert_eq!(run.output().lines().count(), 6);
}

#[test]
fn without_bad_rows_there_is_no_rejects_file() {
    let run = Run::new(&teaching(), format!("{HEADER}\n{}\n", pneumonia("1")).as_bytes(), &options(1));
    assert_eq!(run.left(), ["out.csv"]);
}

#[test]
fn a_run_that_is_stopped_leaves_nothing() {
    let asked = options(2);
    asked.cancel.cancel();
    let run = Run::new(&teaching(), format!("{HEADER}\n{}\n", pneumonia("1")).as_bytes(), &asked);
    assert_eq!(run.refusal(), "interrupted; nothing was written");
}

#[test]
fn grouping_says_why_it_rejects() {
    let text = format!("{HEADER}\n1,3,58,,,,8,1,J18.900,,\n2,1,,,,,8,1,J18.900,,\n3,1,58,,,,8,1,,,\n");
    let run = Run::new(&teaching(), text.as_bytes(), &options(1));
    let reasons: Vec<String> =
        run.output().lines().skip(1).map(|line| line.rsplit_once(',').unwrap().1.to_owned()).collect();
    assert_eq!(reasons, ["sex is neither 1 nor 2", "no age in years", "no diagnosis"]);
    assert_eq!(run.result.as_ref().unwrap().rejected, 3);
}

#[test]
fn national_names_and_other_columns_are_kept() {
    let text = "mdtrt_id,fixmedins_code,gend,age,nwb_age,nwb_adm_wt,dscg_caty,act_ipt_days,dscg_way,diag_code,oprn_oprt_code\n\
                M1,H001,1,58,,,A03,8,1,J18.900,\n";
    let run = Run::new(&teaching(), text.as_bytes(), &options(1));
    let output = run.output();
    let mut lines = output.lines();
    assert!(lines.next().unwrap().ends_with("diag_code,oprn_oprt_code,status,mdc,adrg,drg,reason"));
    assert!(lines.next().unwrap().starts_with("M1,H001,1,58,,,A03,8,1,J18.900,,GROUPED,MDCE,ES1,ES1"));
}
