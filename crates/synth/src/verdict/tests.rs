//! The public golden cases, decided from the tables.

use std::path::PathBuf;

use super::*;

/// The reference-data folder; a test that needs it is skipped without it, and fails without it in CI.
fn reference_data() -> Option<PathBuf> {
    let folder = std::env::var_os("YIBAO_DATA").map(PathBuf::from).filter(|folder| folder.is_dir());
    if folder.is_none() {
        assert!(std::env::var_os("CI").is_none(), "YIBAO_DATA must name the reference data in CI");
        println!("skipped: no reference data");
    }
    folder
}

fn draft(tables: &Tables, field: impl Fn(&str) -> String) -> Draft {
    let number = |name: &str| field(name).parse().ok();
    let codes = |codes: &Codes, name: &str| {
        field(name).split('|').filter(|code| !code.is_empty()).map(|code| codes.find(code)).collect()
    };
    Draft {
        sex: field("sex").parse().unwrap(),
        age_years: number("age_years").unwrap(),
        age_days: number("age_days"),
        weight_g: number("birth_weight_g"),
        los_days: number("los_days").unwrap(),
        icu_hours: number("icu_hours").unwrap_or(0),
        discharge: field("discharge_status"),
        dept: field("dept"),
        dx: codes(&tables.dx, "dx"),
        proc: codes(&tables.proc, "proc"),
    }
}

fn answer(tables: &Tables, verdict: Verdict) -> (String, String) {
    let rule = verdict.rule().map(|rule| &tables.rules[rule]);
    match (verdict, rule) {
        (Verdict::Group { row, .. }, Some(rule)) => {
            let drg = row.map_or(&rule.adrg, |row| &rule.rows[row].0);
            ("GROUPED".into(), drg.clone())
        }
        (Verdict::Ambiguous { .. }, Some(rule)) => ("AMBIGUOUS".into(), rule.adrg.clone()),
        _ => ("UNGROUPED".into(), tables.ungrouped.clone()),
    }
}

#[test]
fn the_golden_cases_of_six_schemes_are_decided_as_published() {
    let Some(data) = reference_data() else { return };
    for scheme in ["beijing_2022", "changzhou_2022", "chs_drg_11", "chs_drg_20", "foshan_2022", "zhejiang_2022"] {
        let tables = Tables::read(&data.join("drg/schemes").join(scheme)).unwrap();
        let mut reader = csv::Reader::from_path(data.join(format!("drg/golden/{scheme}.csv"))).unwrap();
        let header = reader.headers().unwrap().clone();
        let mut seen = 0;
        for record in reader.records() {
            let record = record.unwrap();
            let field = |name: &str| {
                let at = header.iter().position(|column| column == name).unwrap();
                record[at].to_owned()
            };
            if field("status") == "REJECTED" {
                continue;
            }
            let verdict = decide(&tables, &draft(&tables, field));
            assert_eq!(answer(&tables, verdict), (field("status"), field("drg")), "{scheme} case {}", field("case_id"));
            seen += 1;
        }
        assert!(seen > 4_000, "{scheme}: {seen}");
    }
}
