//! The teaching scheme that ships.

use std::path::Path;

use yibao_grouping::{Language, RawCase, Scheme};

fn teaching() -> Scheme {
    Scheme::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemes/teaching")).unwrap()
}

#[test]
fn it_has_nothing_in_vain() {
    let scheme = teaching();
    assert_eq!(scheme.check(), []);
    assert!(scheme.drgs().count() >= 100);
    let adrgs: std::collections::BTreeSet<_> = scheme.drgs().map(|drg| drg.adrg).collect();
    assert!(adrgs.len() >= 30);
}

#[test]
fn every_code_of_its_sets_has_a_name() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemes/teaching");
    let scheme = teaching();
    let names = scheme.names().unwrap();
    for record in csv::Reader::from_path(dir.join("code_sets.csv")).unwrap().records() {
        let record = record.unwrap();
        for code in record[3].split('|') {
            let name = if &record[1] == "dx" { names.dx(code) } else { names.proc(code) };
            assert!(name.is_some(), "{code} has no name");
        }
    }
}

#[test]
fn a_heart_attack_with_a_stent_and_lung_failure() {
    let scheme = teaching();
    let case = RawCase {
        sex: "1",
        age: Some(66),
        los_days: 9,
        dx: vec!["I21.000", "J96.000", "I46.900"],
        proc: vec!["36.0700"],
        ..RawCase::default()
    };
    let explained = scheme.explain(&case).unwrap();
    assert_eq!(explained.answer.drg, "FM11");
    let counted: Vec<_> = explained.severity.iter().map(|s| (s.code.code.as_str(), s.counts)).collect();
    assert_eq!(counted, [("J96.000", true), ("I46.900", false)]);
    let text = explained.render(Language::Zh);
    assert!(text.contains("✓ 任一手术操作属于FM1.p: 36.0700 冠状动脉药物洗脱支架置入术"), "{text}");
}
