//! The answers of the public groupers.

use yibao_grouping::{Answer, CodeKind, RawCase, Scheme};

use crate::data;

fn compare(file: &str, scheme: &str, answer: impl Fn(&Scheme, &RawCase<'_>) -> Answer) {
    let Some(drg) = data::drg() else { return };
    let scheme = Scheme::open(&drg.join("schemes").join(scheme)).unwrap();
    let cases = data::golden(&drg, file);
    let mut differing = Vec::new();
    for golden in &cases {
        let found = data::texts(&scheme, answer(&scheme, &golden.case()));
        if found != golden.expected() {
            differing.push((golden.fields[0].to_owned(), found.map(str::to_owned)));
        }
    }
    let first: Vec<_> = differing.iter().take(5).collect();
    assert!(differing.is_empty(), "{} of {} differ: {first:?}", differing.len(), cases.len());
}

#[test]
fn beijing_2022() {
    compare("beijing_2022.csv", "beijing_2022", Scheme::group_raw);
}

#[test]
fn changzhou_2022() {
    compare("changzhou_2022.csv", "changzhou_2022", Scheme::group_raw);
}

#[test]
fn chs_drg_11() {
    compare("chs_drg_11.csv", "chs_drg_11", Scheme::group_raw);
}

#[test]
fn chs_drg_20() {
    compare("chs_drg_20.csv", "chs_drg_20", Scheme::group_raw);
}

#[test]
fn foshan_2022() {
    compare("foshan_2022.csv", "foshan_2022", Scheme::group_raw);
}

#[test]
fn zhejiang_2022() {
    compare("zhejiang_2022.csv", "zhejiang_2022", Scheme::group_raw);
}

/// Diagnoses first, then procedures, then the input checks.
fn translated(scheme: &Scheme, case: &RawCase<'_>) -> Answer {
    let translation = scheme.translation().unwrap();
    let Ok(dx) = translation.dx.translate(&case.dx) else {
        return scheme.not_mapped(CodeKind::Diagnosis);
    };
    let Ok(proc) = translation.proc.translate(&case.proc) else {
        return scheme.not_mapped(CodeKind::Procedure);
    };
    let dx = dx.iter().map(String::as_str).collect();
    let proc = proc.iter().map(String::as_str).collect();
    scheme.group_raw(&RawCase { dx, proc, ..case.clone() })
}

#[test]
fn clinical_codes_translated_first() {
    compare("chs_drg_11.clinical_codes.csv", "chs_drg_11", translated);
}

#[test]
fn interned_translation_equals_the_translation_of_texts() {
    let Some(drg) = data::drg() else { return };
    let scheme = Scheme::open(&drg.join("schemes/chs_drg_11")).unwrap();
    let translation = scheme.translation().unwrap();
    let (mut scratch, mut out) = (Vec::new(), Vec::new());
    for golden in data::golden(&drg, "chs_drg_11.clinical_codes.csv") {
        let case = golden.case();
        let clinical: Vec<_> = case.dx.iter().map(|code| translation.dx.clinical(code.as_bytes())).collect();
        let fast = translation.dx.translate_interned(&clinical, &mut scratch, &mut out);
        match translation.dx.translate(&case.dx) {
            Err(refused) => assert_eq!(fast.unwrap_err().0, refused.position),
            Ok(texts) => {
                fast.unwrap();
                let codes: Vec<_> = texts.iter().map(|code| scheme.dx_code(code.as_bytes())).collect();
                assert_eq!(out, codes);
            }
        }
    }
}
