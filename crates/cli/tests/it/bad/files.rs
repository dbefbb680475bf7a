//! Files that cannot be read as stays: refused as a whole, nothing written.

use std::io::Write as _;

use super::HEADING;
use crate::program::{Desk, expected};

/// The region's stays with other bytes in their place.
fn with_stays(name: &str, bytes: impl AsRef<[u8]>) -> Desk {
    let desk = Desk::with_region();
    desk.write(name, bytes);
    desk
}

fn stays() -> String {
    Desk::with_region().text("region/stays.csv")
}

#[track_caller]
fn settles_as_always(desk: &Desk, more: &[&str]) {
    desk.settle(more).ended(0);
    assert_eq!(desk.text("out/clearing.csv"), expected("drg_points/clearing.csv"));
}

#[test]
fn an_empty_file() {
    for bytes in ["", "\n\n", "\u{feff}"] {
        with_stays("bad.csv", bytes).refuses(
            &["--stays", "bad.csv"],
            "error: the file is empty\n  --> bad.csv\n  hint: the first line names the columns, each further line is one record",
        );
    }
}

#[test]
fn a_heading_and_no_stay() {
    with_stays("region/stays.csv", format!("{HEADING}\n")).refuses(
        &[],
        "error: the file has a header and no record\n  --> region/stays.csv:1\n  hint: each line after the first is one record",
    );
}

#[test]
fn a_file_that_is_not_there() {
    Desk::with_region().refuses(
        &["--stays", "nowhere.csv"],
        "error: nowhere.csv: no such file of stays\n  hint: check the path after --stays",
    );
    let desk = Desk::with_region();
    std::fs::remove_file(desk.path("region/stays.csv")).unwrap();
    desk.refuses(
        &[],
        "error: the file of stays \"stays.csv\" is not in the pack\n  --> region/pack.toml:37\n  hint: correct the path, or name the stays with --stays",
    );
}

#[test]
fn another_delimiter() {
    with_stays("bad.csv", stays().replace(',', ";")).refuses(
        &["--stays", "bad.csv"],
        "error: the columns are separated by semicolons, not by commas\n  --> bad.csv:1\n  hint: pass --delimiter \";\" (in a pack: [input] delimiter), or save the file with commas",
    );
    with_stays("bad.csv", stays().replace(',', "\t")).refuses(
        &["--stays", "bad.csv"],
        "error: the columns are separated by tabs, not by commas\n  --> bad.csv:1\n  hint: pass --delimiter tab (in a pack: [input] delimiter), or save the file with commas",
    );
}

#[test]
fn a_delimiter_the_pack_names_is_read() {
    let desk = with_stays("region/stays.csv", stays().replace(',', ";"));
    desk.edit("region/pack.toml", "[input]\n", "[input]\ndelimiter = \";\"\n");
    settles_as_always(&desk, &[]);
}

#[test]
fn a_byte_order_mark_is_accepted() {
    settles_as_always(&with_stays("region/stays.csv", format!("\u{feff}{}", stays())), &[]);
}

#[test]
fn windows_line_ends_and_quotes_are_accepted() {
    let quoted = stays().lines().fold(String::new(), |text, line| {
        let fields: Vec<String> = line.split(',').map(|field| format!("\"{field}\"")).collect();
        text + &fields.join(",") + "\r\n"
    });
    settles_as_always(&with_stays("region/stays.csv", quoted), &[]);
}

#[test]
fn a_compressed_file_is_read() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(stays().as_bytes()).unwrap();
    let desk = with_stays("stays.csv.gz", encoder.finish().unwrap());
    settles_as_always(&desk, &["--stays", "stays.csv.gz"]);
}

#[test]
fn text_in_gbk() {
    let text = stays();
    let (gbk, _, unmappable) = encoding_rs::GBK.encode(&text);
    assert!(!unmappable);
    let desk = with_stays("region/stays.csv", &gbk);
    desk.refuses(
        &[],
        "error: the text is not UTF-8; it reads as GBK\n  --> region/stays.csv:1\n  hint: pass --encoding gbk (in a pack: [input] encoding), or save the file as UTF-8",
    );
    desk.edit("region/pack.toml", "[input]\n", "[input]\nencoding = \"gbk\"\n");
    settles_as_always(&desk, &[]);
}

#[test]
fn text_in_utf_16() {
    let wide: Vec<u8> = stays().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let message = "error: the text is UTF-16\n  --> bad.csv:1\n  hint: save the file as \"CSV UTF-8\"";
    with_stays("bad.csv", [&[0xFF, 0xFE][..], &wide].concat()).refuses(&["--stays", "bad.csv"], message);
}

#[test]
fn a_workbook_under_the_name_of_a_csv() {
    with_stays("bad.csv", b"PK\x03\x04\x14\x00\x06\x00").refuses(
        &["--stays", "bad.csv"],
        "error: the file is an Excel workbook (or another zip file), not CSV\n  --> bad.csv\n  hint: save the sheet as \"CSV UTF-8\"",
    );
}

#[test]
fn a_column_that_is_not_there() {
    with_stays("bad.csv", stays().replacen("出院日期", "离院日期", 1)).refuses(
        &["--stays", "bad.csv"],
        "error: bad.csv: [columns] discharge: no column \"出院日期\" in the file\n  hint: the file has the columns 病例号, 参保人, 医疗机构, 险种, 区县, 入院日期, 离院日期, 病组, 总费用, 基金支付, 个人负担",
    );
}

#[test]
fn a_column_that_stands_twice() {
    with_stays("bad.csv", stays().replacen("参保人", "病例号", 1)).refuses(
        &["--stays", "bad.csv"],
        "error: two columns are named \"病例号\": number 1 and number 2\n  --> bad.csv:1\n  hint: rename or remove one of them",
    );
}
