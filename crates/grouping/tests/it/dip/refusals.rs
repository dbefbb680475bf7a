//! What makes a catalogue unusable, with file, line and hint.

use proptest::prelude::*;
use yibao_grouping::dip::{read_groups, read_types};
use yibao_policy::CsvTable;

use super::{HEADER, refused};

const ROW: &str = "A,core,K35.3,S1,,800,\n";

#[test]
fn rows_are_refused_with_file_line_and_hint() {
    let first = |rows: &str| refused(HEADER, rows, &[]).split("\n\n").next().unwrap().to_owned();
    assert_eq!(
        first("A,cor,K35.3,,,1,\n"),
        "error: unknown kind \"cor\"\n  --> groups.csv:2\n  hint: did you mean \"core\"?"
    );
    assert_eq!(
        first(&format!("{ROW}A,core,K35.8,S1,,1,\n")),
        "error: group \"A\" stands on line 2 already\n  --> groups.csv:3\n  hint: every group has one row; two ways into a group are one expression with /"
    );
    assert_eq!(
        first("A,core,K35.3,47.0100+,,1,\n"),
        "error: a procedure code is missing at character 9\n  --> groups.csv:2\n  hint: codes are joined by + (all of) or / (any of)"
    );
    assert_eq!(
        first("A,comprehensive,K35,,,1,\n"),
        "error: group \"A\" has no type\n  --> groups.csv:2\n  hint: write SS, ZLXCZ, ZDXCZ or BSZL"
    );
    assert_eq!(
        first("A,comprehensive,K35,S1,SS,1,\n"),
        "error: group \"A\" names procedures\n  --> groups.csv:2\n  hint: only core and primary-care groups do; a comprehensive one has a `type`"
    );
    assert_eq!(
        first("A,core,,S1,,1,\n"),
        "error: group \"A\" has no diagnosis\n  --> groups.csv:2\n  hint: a core group is a diagnosis with its procedures"
    );
    assert_eq!(
        first("A,comprehensive,B99-A00,,SS,1,\n"),
        "error: B99-A00 is no range of diagnoses\n  --> groups.csv:2\n  hint: both ends have the same number of characters, the lower one first"
    );
    assert_eq!(
        first("A,core,K35.3,S1,,-1,\n"),
        "error: points is -1, below 0\n  --> groups.csv:2\n  hint: correct the number"
    );
    assert_eq!(
        first("A,core,K35.3,S1,surgery,1,\n"),
        "error: unknown type \"surgery\"\n  --> groups.csv:2\n  hint: known: SS, ZLXCZ, ZDXCZ, BSZL"
    );
}

#[test]
fn all_that_is_wrong_is_told_not_only_the_first() {
    let found = refused(HEADER, "A,cor,K35.3,,,1,\nB,core,,,,1,\n", &[("procedure_types.csv", "code,type\nX1,OP\n")]);
    assert_eq!(found.matches("error:").count(), 3, "{found}");
    assert!(found.contains("procedure_types.csv:2"), "{found}");
}

#[test]
fn the_header_is_refused_where_it_contradicts_itself() {
    let header = |from: &str, to: &str| refused(&HEADER.replace(from, to), ROW, &[]);
    assert_eq!(
        header("use = \"refuse\"", "use = \"blank_row\", group = \"KBBZ\""),
        "error: the blank row \"KBBZ\" is not in groups.csv\n  --> catalogue.toml:11\n  hint: add a row of kind fallback with this code"
    );
    assert_eq!(
        header("use = \"refuse\"", "use = \"blank_row\", group = \"A\""),
        "error: the blank row \"A\" is of kind core\n  --> catalogue.toml:11\n  hint: its kind is fallback"
    );
    assert!(
        header("use = \"refuse\"", "use = \"chapter_default\"")
            .starts_with("error: no row of kind fallback\n  --> catalogue.toml:11")
    );
    assert!(
        header("\"most_terms\"", "\"contains_principal_procedure\"")
            .starts_with("error: criterion contains_principal_procedure stands twice\n  --> catalogue.toml:10")
    );
    assert!(header("\"most_terms\"", "\"cheapest\"").contains("catalogue.toml:10"), "an unknown criterion");
    assert!(header("scale = \"1000\"", "scale = \"0\"").starts_with("error: scale is 0\n  --> catalogue.toml:8"));
    assert!(header("mean = \"10000\"", "mean = \"0\"").starts_with("error: mean is 0\n  --> catalogue.toml:9"));
    assert!(header("scale =", "scales =").contains("unknown key"), "{}", header("scale =", "scales ="));
    let twice = header("fallback =", "kinds_order = [\"core:SS\", \"core:SS\"]\nfallback =");
    assert!(twice.starts_with("error: kinds_order has \"core:SS\" 2 times\n  --> catalogue.toml:11\n  hint: every kind with every type stands in the order once"), "{twice}");
}

proptest! {
    #[test]
    fn any_table_is_read_or_refused(text in "(code|kind|dx|procedures|type|points|mean|,|\n|core|SS|K3-K2|A|\\+|/|1|\"){0,40}") {
        let text = format!("code,kind,dx,procedures,type,points\n{text}");
        for table in CsvTable::parse(&text, "t.csv").iter() {
            let _ = read_groups(table);
            let _ = read_types(table);
        }
    }

    #[test]
    fn any_row_is_read_or_refused(fields in proptest::collection::vec("[ -~]{0,8}", 6)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["code", "kind", "dx", "procedures", "type", "points"]).unwrap();
        writer.write_record(&fields).unwrap();
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        if let Ok(table) = CsvTable::parse(&text, "t.csv") {
            let _ = read_groups(&table);
        }
    }
}
