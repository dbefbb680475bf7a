//! The rules of grouping on a scheme small enough to read.

use proptest::prelude::*;
use yibao_grouping::{Language, RawCase, Rejection, Scheme, Status};

use crate::data::texts;
use crate::refusals::{copy_of_small, folder};

fn small() -> Scheme {
    Scheme::open(&folder("good/small")).unwrap()
}

fn adult<'a>(dx: &[&'a str], proc: &[&'a str]) -> RawCase<'a> {
    RawCase { sex: "2", age: Some(40), los_days: 5, dx: dx.to_vec(), proc: proc.to_vec(), ..RawCase::default() }
}

fn drg(scheme: &Scheme, case: &RawCase<'_>) -> String {
    texts(scheme, scheme.group_raw(case)).join(" ")
}

#[test]
fn first_rule_that_leads_somewhere_wins() {
    let scheme = small();
    assert_eq!(drg(&scheme, &adult(&["K92.200"], &[])), "GROUPED MDCG GZ1 GZ19");
    assert_eq!(drg(&scheme, &adult(&["K92.200", "K65.000"], &[])), "GROUPED MDCG GZ1 GZ11");
    // The appendectomy rule has only an MCC row and goes on to the next rule without one.
    let operated = adult(&["K35.800"], &["47.0100"]);
    assert_eq!(drg(&scheme, &operated), "AMBIGUOUS MDCG QY GQY");
    let severe = adult(&["K35.800", "K65.000"], &["47.0100"]);
    assert_eq!(drg(&scheme, &severe), "GROUPED MDCG GD1 GD11");
}

#[test]
fn principal_diagnosis_excludes_complications_of_its_table() {
    let scheme = small();
    assert_eq!(drg(&scheme, &adult(&["K35.200", "K65.000"], &[])), "GROUPED MDCG GZ1 GZ19");
}

#[test]
fn codes_are_compared_byte_by_byte() {
    let scheme = small();
    for code in ["k92.200", " K92.200", "K92.2", "K92.2000", ""] {
        assert_eq!(drg(&scheme, &adult(&[code], &[])), "UNGROUPED 0000 00 0000", "{code:?}");
    }
}

#[test]
fn input_checks_come_first_and_say_why() {
    let scheme = small();
    let good = adult(&["K92.200"], &[]);
    let reason = |case: RawCase<'_>| {
        let answer = scheme.group_raw(&case);
        assert_eq!(answer.status == Status::Rejected, answer.rejection.is_some());
        answer.rejection
    };
    let newborn = RawCase { age: Some(0), age_days: Some(28), ..good.clone() };
    assert_eq!(reason(RawCase { sex: "3", ..good.clone() }), Some(Rejection::BadSex));
    assert_eq!(reason(RawCase { sex: "", ..good.clone() }), Some(Rejection::BadSex));
    assert_eq!(reason(RawCase { age: None, ..good.clone() }), Some(Rejection::NoAge));
    assert_eq!(reason(RawCase { age_days: None, ..newborn.clone() }), Some(Rejection::NoAgeDays));
    assert_eq!(reason(newborn.clone()), Some(Rejection::NoWeight));
    assert_eq!(reason(RawCase { age_days: Some(29), ..newborn.clone() }), None);
    assert_eq!(reason(RawCase { weight_g: Some(0), ..newborn }), None);
    assert_eq!(reason(RawCase { dx: Vec::new(), ..good.clone() }), Some(Rejection::NoDiagnosis));
    assert_eq!(reason(good), None);
}

#[test]
fn a_missing_number_makes_its_comparison_false() {
    let scheme = small();
    let child = RawCase { age: Some(0), age_days: Some(28), weight_g: Some(1499), ..adult(&["P07.300"], &[]) };
    assert_eq!(drg(&scheme, &child), "GROUPED MDCP PS1 PS19");
    let at_bound = RawCase { weight_g: Some(1500), ..child.clone() };
    assert_eq!(drg(&scheme, &at_bound), "UNGROUPED 0000 00 0000");
    let unweighed = RawCase { age_days: Some(29), weight_g: None, ..child };
    assert_eq!(drg(&scheme, &unweighed), "UNGROUPED 0000 00 0000");
}

#[test]
fn an_explanation_shows_the_same_decision() {
    let scheme = small();
    let explained = scheme.explain(&adult(&["K35.200", "K65.000"], &["81.5100"])).unwrap();
    let text = explained.render(Language::En);
    let without_hash: Vec<&str> = text.lines().filter(|line| !line.starts_with("content hash")).collect();
    assert_eq!(
        without_hash.join("\n"),
        "AMBIGUOUS GQY\n\
         scheme: small\n\
         principal diagnosis: K35.200\n\
         Gates\n  \
           not opened: MDCP\n  \
           opened MDCG (2 rules tried; adrg_rules.json:4)\n    \
             ✓ principal diagnosis in MDCG.d: K35.200\n\
         Rule that decided\n  \
           MDCG GQY GQY (adrg.csv:4)\n    \
             ✓ principal procedure in OR: 81.5100\n\
         Complications and comorbidities\n  \
           MCC K65.000: excluded by the principal diagnosis (table 3)"
    );
    assert!(explained.render(Language::Zh).contains("被主要诊断排除（排除表3）"));
}

#[test]
fn precompiled_file_is_the_same_scheme() {
    let tables = small();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("small.scheme");
    tables.save(&file).unwrap();
    let loaded = Scheme::open(&file).unwrap();
    assert_eq!(loaded.content_hash(), tables.content_hash());
    assert_eq!(loaded.computed_hash(), tables.content_hash());
    assert_eq!(loaded.to_bytes().unwrap(), tables.to_bytes().unwrap());
    assert_eq!(drg(&loaded, &adult(&["K92.200"], &[])), "GROUPED MDCG GZ1 GZ19");
}

#[test]
fn content_hash_ignores_the_order_of_codes_but_not_the_codes() {
    let hash = |from: &str, to: &str| {
        let dir = tempfile::tempdir().unwrap();
        copy_of_small(dir.path());
        let file = dir.path().join("code_sets.csv");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from));
        std::fs::write(&file, text.replace(from, to)).unwrap();
        Scheme::open(dir.path()).unwrap().content_hash()
    };
    assert_eq!(hash("K35.200|K35.800", "K35.800|K35.200"), small().content_hash());
    assert_ne!(hash("K35.200|K35.800", "K35.200|K35.801"), small().content_hash());
}

#[test]
fn a_file_that_is_cut_longer_or_changed_is_refused() {
    let bytes = small().to_bytes().unwrap();
    let refused = |bytes: Vec<u8>| Scheme::from_bytes(bytes).unwrap_err().to_string();
    let hint = "hint: precompile the scheme again from its tables";
    assert_eq!(
        refused(b"PK\x03\x04 something else".to_vec()),
        "the file is not a precompiled scheme\n  --> memory\n  \
         hint: give a folder of tables, or a file written by this program from one"
    );
    let cut = bytes[..bytes.len() - 1].to_vec();
    let (short, long) = (bytes.len() - 1, bytes.len());
    assert_eq!(
        refused(cut),
        format!("the precompiled scheme has {short} bytes instead of {long}\n  --> memory\n  {hint}")
    );
    assert_eq!(refused(bytes[..100].to_vec()), format!("the precompiled scheme is cut\n  --> memory\n  {hint}"));
    let mut newer = bytes.clone();
    newer[8] = 2;
    assert_eq!(refused(newer), format!("precompiled format 2, but this program reads 1\n  --> memory\n  {hint}"));
    let mut changed = bytes.clone();
    changed[400] ^= 1;
    assert_eq!(refused(changed), format!("the precompiled scheme is damaged\n  --> memory\n  {hint}"));
    let mut head = bytes;
    head[20] ^= 1;
    assert_eq!(refused(head), format!("the header of the precompiled scheme is damaged\n  --> memory\n  {hint}"));
}

/// Puts right hashes on wrong bytes, so that what is behind the hashes is tested too.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    for section in 0..5 {
        let at = 48 + 48 * section;
        let number = |at: usize| usize::try_from(u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())).unwrap();
        let (offset, length) = (number(at), number(at + 8));
        let digest = Sha256::digest(&bytes[offset..offset + length]);
        bytes[at + 16..at + 48].copy_from_slice(&digest);
    }
    let digest = Sha256::digest(&bytes[..288]);
    bytes[288..320].copy_from_slice(&digest);
    bytes
}

fn use_it(scheme: &Scheme) {
    let case = RawCase {
        age: Some(0),
        age_days: Some(3),
        weight_g: Some(900),
        ..adult(&["K35.200", "K65.000", "P07.300"], &["47.0100", "81.5100"])
    };
    let answer = scheme.group_raw(&case);
    _ = (scheme.mdc(answer), scheme.adrg(answer), scheme.drg(answer));
    _ = scheme.explain(&case).map(|explained| explained.render(Language::Zh));
    _ = scheme.check();
    _ = scheme.names();
    _ = scheme.translation();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..800)) {
        prop_assert!(Scheme::from_bytes(bytes).is_err());
    }

    #[test]
    fn damage_behind_right_hashes_never_panics(
        changes in proptest::collection::vec((320_usize..3000, any::<u8>()), 1..6),
    ) {
        let mut bytes = small().to_bytes().unwrap();
        for (at, byte) in changes {
            let at = 320 + (at - 320) % (bytes.len() - 320);
            bytes[at] = byte;
        }
        if let Ok(scheme) = Scheme::from_bytes(sealed(bytes)) {
            use_it(&scheme);
        }
    }

    #[test]
    fn arbitrary_tables_never_panic(
        table in 0_usize..8,
        at in 0_usize..600,
        bytes in proptest::collection::vec(any::<u8>(), 0..12),
        remove in 0_usize..12,
    ) {
        let names = ["mdc.csv", "adrg.csv", "drg.csv", "adrg_rules.json", "code_sets.csv", "cc.csv", "exclusion.csv", "meta.json"];
        let dir = tempfile::tempdir().unwrap();
        copy_of_small(dir.path());
        let file = dir.path().join(names[table]);
        let mut text = std::fs::read(&file).unwrap();
        let start = at % text.len();
        let end = (start + remove).min(text.len());
        text.splice(start..end, bytes);
        std::fs::write(&file, text).unwrap();
        if let Ok(scheme) = Scheme::open(dir.path()) {
            use_it(&scheme);
        }
    }

    #[test]
    fn arbitrary_codes_and_numbers_never_panic(
        sex in "[0-3]?", age in any::<Option<i32>>(), age_days in any::<Option<i32>>(),
        weight_g in any::<Option<i32>>(), los_days in any::<i32>(),
        dx in proptest::collection::vec("[KP][0-9.]{0,6}|.{0,8}", 0..5),
        proc in proptest::collection::vec(".{0,8}", 0..5),
    ) {
        let scheme = small();
        let case = RawCase {
            sex: &sex, age, age_days, weight_g, los_days, discharge: "1", dept: "", icu_hours: 0,
            dx: dx.iter().map(String::as_str).collect(),
            proc: proc.iter().map(String::as_str).collect(),
        };
        let answer = scheme.group_raw(&case);
        let explained = scheme.explain(&case).unwrap();
        prop_assert_eq!(explained.answer.drg, scheme.drg(answer));
    }
}
