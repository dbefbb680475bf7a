//! Spec §2.10, step by step.

use yibao_grouping::Language;
use yibao_grouping::dip::{DipCase, DipStatus, Treatment};
use yibao_kernel::{Day, Fen};

use super::{HEADER, assign, catalogue, group, with};

/// Appendicitis: conservative, appendectomy, appendectomy with adhesiolysis; comprehensive rows for K35 and K20-K38.
const APPENDIX: &str = "\
K35.3,core,K35.3,,,200,2000
K35.3:S1,core,K35.3,S1,,800,8000
K35.3:S1_S2,core,K35.3,S1+S2,,1300,13000
K35.3:D1,core,K35.3,D1,,300,3000
K35:SS,comprehensive,K35,,SS,900,9000
K35:ZDXCZ,comprehensive,K35,,ZDXCZ,350,3500
K35:BSZL,comprehensive,K35,,BSZL,250,2500
K2:SS,comprehensive,K20-K38,,SS,700,7000
";

#[test]
fn a_core_group_needs_the_diagnosis_and_its_procedures_and_no_more() {
    let c = catalogue(APPENDIX);
    assert_eq!(group(&c, "K35.300", "S1"), "K35.3:S1");
    assert_eq!(group(&c, "K35.300", "S1|D2|N9"), "K35.3:S1");
    assert_eq!(group(&c, "K35.300|I10.x00", "S1|S2"), "K35.3:S1_S2");
}

#[test]
fn codes_compare_without_case() {
    let c = catalogue("A,core,C56.X,47.0100x001,SS,1,\nA2,core,c56.x,,,1,\n");
    assert_eq!(group(&c, "c56.x00", "47.0100X001"), "A");
    assert_eq!(group(&c, "C56.X00", ""), "A2");
}

#[test]
fn without_a_satisfied_core_row_a_conservative_stay_gets_the_row_without_procedures() {
    let c = catalogue(APPENDIX);
    assert_eq!(group(&c, "K35.300", ""), "K35.3");
    // Only procedures without a type: the stay is conservative, and the procedure is reported.
    let mut matcher = c.matcher();
    let answer = assign(&mut matcher, "K35.300", "N1|N2");
    assert_eq!((answer.group, answer.treatment, answer.untyped), ("K35.3", Treatment::Conservative, 2));
}

#[test]
fn a_typed_procedure_that_no_core_row_names_leads_to_the_comprehensive_row() {
    let c = catalogue(APPENDIX);
    assert_eq!(group(&c, "K35.300", "S3"), "K35:SS");
    assert_eq!(group(&c, "K35.300", "D2"), "K35:ZDXCZ");
    // Of several procedures the highest type is the stay's.
    assert_eq!(group(&c, "K35.800", "D1|S3|T1"), "K35:SS");
}

#[test]
fn the_longest_prefix_of_the_type_goes_before_shorter_ones_and_ranges() {
    let c = catalogue(
        "A,comprehensive,A15,,SS,1,\nB,comprehensive,A1,,SS,1,\nC,comprehensive,A,,SS,1,\nR,comprehensive,A00-B99,,SS,1,\nN,comprehensive,A00-A19,,SS,1,\nT,comprehensive,A,,ZLXCZ,1,\n",
    );
    for (dx, procedures, expected) in [
        ("A15.900", "S1", "A"),
        ("A16.000", "S1", "B"),
        ("A90.x00", "S1", "C"),
        ("B20.000", "S1", "R"),
        ("A15.900", "T1", "T"),
        ("C00.000", "S1", "no group for this diagnosis and treatment"),
    ] {
        assert_eq!(group(&c, dx, procedures), expected, "{dx} {procedures}");
    }
    let ranges = catalogue("R,comprehensive,A00-B99,,SS,1,\nN,comprehensive,A00-A19,,SS,1,\n");
    assert_eq!(group(&ranges, "A19.900", "S1"), "N");
    assert_eq!(group(&ranges, "A20.900", "S1"), "R");
}

#[test]
fn a_diagnosis_shorter_than_the_prefix_is_not_of_the_row() {
    let c = catalogue("A,core,K35.3,,,1,\nB,comprehensive,K35,,BSZL,1,\n");
    assert_eq!(group(&c, "K35", ""), "B");
    assert_eq!(group(&c, "K3", ""), "no group for this diagnosis and treatment");
}

fn choice(criteria: &str, rows: &str, procedures: &str, cost: Option<i64>) -> (String, bool) {
    let header = HEADER.replace(
        r#"["contains_principal_procedure", "most_terms", "most_procedures_matched"]"#,
        &format!("[{criteria}]"),
    );
    let c = with(&header, rows);
    let case = DipCase { dx: b"X", procedures: procedures.as_bytes(), cost: cost.map(Fen::new), ..DipCase::default() };
    let answer = c.matcher().assign(&case);
    (answer.group.to_owned(), answer.tie)
}

#[test]
fn the_criteria_decide_in_the_order_of_the_catalogue() {
    let rows = "A,core,X,S1,,100,1000\nB,core,X,D1,,300,3000\nC,core,X,S2+D1,,200,2000\nD,core,X,S1/S2/D1,,200,2400\n";
    let all = "D1|S1|S2";
    let chosen = |criteria: &str| choice(criteria, rows, all, Some(210_000));
    assert_eq!(chosen(r#""contains_principal_procedure", "most_terms""#), ("C".into(), false));
    assert_eq!(chosen(r#""type_of_principal_procedure""#), ("B".into(), false));
    assert_eq!(chosen(r#""most_procedures_matched""#), ("D".into(), false));
    assert_eq!(chosen(r#""nearest_mean_cost""#), ("C".into(), false));
    assert_eq!(chosen(r#""highest_points""#), ("B".into(), false));
    assert_eq!(chosen(r#""most_terms", "highest_points""#), ("C".into(), false));
    // Two are left by each of these: the order of the catalogue decides and the answer says so.
    assert_eq!(choice(r#""highest_points""#, rows, "S2|D1|S1", None).0, "B");
    assert_eq!(choice("", rows, all, None), ("A".into(), true));
}

#[test]
fn a_stay_without_a_cost_skips_the_criterion_of_the_nearest_mean() {
    let rows = "A,core,X,S1,,100,1000\nB,core,X,S2,,300,3000\n";
    assert_eq!(choice(r#""nearest_mean_cost", "highest_points""#, rows, "S1|S2", None), ("B".into(), false));
    assert_eq!(choice(r#""nearest_mean_cost", "highest_points""#, rows, "S1|S2", Some(100)), ("A".into(), false));
}

#[test]
fn core_rows_of_an_operation_go_before_a_comprehensive_surgery_and_conservative_ones_behind() {
    // A diagnostic core row and a comprehensive surgery row: the usual order takes the core row.
    let c = catalogue(APPENDIX);
    assert_eq!(group(&c, "K35.300", "D1|S3"), "K35.3:D1");
    // A core row whose procedures have no type is conservative: the comprehensive surgery goes first.
    let c = catalogue("A,core,X,N1,,1,\nB,comprehensive,X,,SS,1,\nC,comprehensive,X,,BSZL,1,\n");
    assert_eq!(group(&c, "X", "N1|S1"), "B");
    assert_eq!(group(&c, "X", "N1"), "A");
    // Another order, stated by the catalogue.
    let order = r#"kinds_order = ["comprehensive:SS", "core:SS", "core:ZLXCZ", "core:ZDXCZ", "comprehensive:ZLXCZ", "comprehensive:ZDXCZ", "core:BSZL", "comprehensive:BSZL"]
fallback"#;
    let c = with(&HEADER.replace("fallback", order), APPENDIX);
    assert_eq!(group(&c, "K35.300", "S1"), "K35:SS");
}

#[test]
fn primary_care_rows_are_candidates_as_core_rows_are() {
    let c = catalogue("J20.9,primary_care,J20.9,,,90,\nJ20:BSZL,comprehensive,J20,,BSZL,120,\n");
    let answer = assign(&mut c.matcher(), "J20.900", "");
    assert_eq!((answer.group, answer.kind.map(|kind| kind.word())), ("J20.9", Some("primary_care")));
}

#[test]
fn what_no_row_takes_goes_to_the_blank_row_the_chapter_or_nowhere() {
    let rows = "A,core,X,S1,,1,\nKBBZ,fallback,,,,1485,\nCP01:SS,fallback,A00-B99,,SS,1000,\nCP01:BSZL,fallback,A00-B99,,BSZL,1000,\n";
    let refuse = catalogue(rows);
    let answer = assign(&mut refuse.matcher(), "A01.000", "S1");
    assert_eq!((answer.status, answer.group, answer.points), (DipStatus::Ungrouped, "", None));
    let blank = with(&HEADER.replace(r#"use = "refuse""#, r#"use = "blank_row", group = "KBBZ""#), rows);
    assert_eq!(group(&blank, "A01.000", "S1"), "KBBZ");
    let chapters = with(&HEADER.replace(r#"use = "refuse""#, r#"use = "chapter_default""#), rows);
    assert_eq!(group(&chapters, "A01.000", "S1"), "CP01:SS");
    assert_eq!(group(&chapters, "B99.x00", "N1"), "CP01:BSZL");
    assert_eq!(group(&chapters, "B99.x00", "T1"), "no group for this diagnosis and treatment");
}

#[test]
fn a_stay_is_matched_on_a_day_of_the_catalogue_and_with_a_diagnosis() {
    let c = catalogue(APPENDIX);
    let on = |day: &str, dx: &[u8]| {
        let case = DipCase { dx, discharge: Some(Day::parse(day).unwrap()), ..DipCase::default() };
        let answer = c.matcher().assign(&case);
        answer.reason.map_or(answer.group.to_owned(), |reason| reason.text_zh().to_owned())
    };
    assert_eq!(on("2025-12-31", b"K35.300"), "K35.3");
    assert_eq!(on("2026-01-01", b"K35.300"), "出院日期不在目录有效期内");
    assert_eq!(on("2025-06-01", b""), "无主要诊断");
    assert_eq!(on("2025-06-01", b"|K35.300"), "无主要诊断");
}

#[test]
fn a_procedure_coded_twice_counts_once() {
    let rows = "A,core,X,S1,,1,\nB,core,X,S2/D1,,1,\n";
    assert_eq!(choice(r#""most_procedures_matched""#, rows, "S1|S1|S2|s1", None), ("A".into(), true));
}

#[test]
fn the_explanation_says_every_step_in_both_languages() {
    let c = catalogue(APPENDIX);
    let case = DipCase { dx: b"K35.300", procedures: b"S1|S2|N1", ..DipCase::default() };
    let explanation = c.explain(&case);
    let en = explanation.render(Language::En);
    let body: Vec<&str> = en.lines().skip(3).collect();
    assert_eq!(
        body,
        [
            "principal diagnosis: K35.300",
            "  procedure S1: surgery",
            "  procedure S2: surgery",
            "  procedure N1: no type, counts as none",
            "  treatment type: surgery",
            "  core rows satisfied:",
            "    K35.3:S1 (core, surgery; groups.csv:3)",
            "    K35.3:S1_S2 (core, surgery; groups.csv:4)",
            "  by contains the principal procedure, 2 left:",
            "    K35.3:S1 (core, surgery; groups.csv:3)",
            "    K35.3:S1_S2 (core, surgery; groups.csv:4)",
            "  by most terms, 1 left:",
            "    K35.3:S1_S2 (core, surgery; groups.csv:4)",
            "  comprehensive row of diagnosis and type: K35:SS (comprehensive, surgery; groups.csv:6)",
            "  order of kinds: K35.3:S1_S2 (core, surgery; groups.csv:4) before K35:SS (comprehensive, surgery; groups.csv:6)",
            "points: 1300",
        ]
    );
    let zh = explanation.render(Language::Zh);
    assert!(zh.contains("  按「组合项最多」选择，余1个:\n    K35.3:S1_S2 (核心病种, 手术; groups.csv:4)\n"), "{zh}");
    assert!(zh.starts_with("GROUPED K35.3:S1_S2 (核心病种, 手术; groups.csv:4)\n目录: t 1\n"), "{zh}");
}
