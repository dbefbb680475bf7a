//! The synthetic answer key against the grouper: two independent readings of the same tables.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::path::{Path, PathBuf};

use yibao_grouping::{RawCase, Scheme};
use yibao_kernel::Fen;
use yibao_synth::stays::{Region, Stay, Wanted};
use yibao_synth::tables::Tables;
use yibao_synth::weights::Weights;
use yibao_synth::write;

/// Makes stays of a scheme and compares the key with the grouper; returns how many different answers there were.
fn agree(folder: &Path, cases: u64) -> usize {
    let tables = Tables::read(folder).unwrap();
    let scheme = Scheme::open(folder).unwrap();
    let weights = Weights::default();
    let wanted = Wanted { cases, seed: 11, year: 2025, rate: Fen::new(1_000_000), institutions: 9 };
    let region = Region::new(&tables, &weights, wanted).unwrap();
    let mut answers = std::collections::BTreeSet::new();
    for stay in region.stays() {
        let answer = scheme.group_raw(&raw(&tables, &stay));
        let (mdc, adrg, drg) = (scheme.mdc(answer), scheme.adrg(answer), scheme.drg(answer));
        let got = format!("{},{mdc},{adrg},{drg}", answer.status.text());
        let mut key = String::new();
        write::key_line(&region, &stay, &mut key).unwrap();
        let (case, expected) = key.trim_end().split_once(',').unwrap();
        assert_eq!(got, expected, "{} {case}", folder.display());
        answers.insert(got);
    }
    answers.len()
}

fn raw<'a>(tables: &'a Tables, stay: &'a Stay) -> RawCase<'a> {
    let case = &stay.case;
    RawCase {
        sex: if case.sex == 1 { "1" } else { "2" },
        age: Some(case.age_years),
        age_days: case.age_days,
        weight_g: case.weight_g,
        los_days: case.los_days,
        discharge: &case.discharge,
        dept: &case.dept,
        icu_hours: case.icu_hours,
        dx: case.dx.iter().map(|&code| tables.dx.text(code)).collect(),
        proc: case.proc.iter().map(|&code| tables.proc.text(code)).collect(),
    }
}

#[test]
fn the_shipped_scheme_answers_as_the_key() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemes/teaching");
    assert!(agree(&folder, 5_000) >= 30, "most groups are met");
}

#[test]
fn every_reference_scheme_answers_as_the_key() {
    let Some(data) = std::env::var_os("YIBAO_DATA").map(PathBuf::from).filter(|folder| folder.is_dir()) else {
        assert!(std::env::var_os("CI").is_none(), "YIBAO_DATA must name the reference data in CI");
        println!("skipped: no reference data");
        return;
    };
    let mut schemes: Vec<PathBuf> = std::fs::read_dir(data.join("drg/schemes"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join("adrg_rules.json").is_file())
        .collect();
    schemes.sort();
    assert!(schemes.len() > 30, "{}", schemes.len());
    for folder in schemes {
        let answers = agree(&folder, 1_000);
        assert!(answers > 200, "{}: only {answers} different answers", folder.display());
    }
}
