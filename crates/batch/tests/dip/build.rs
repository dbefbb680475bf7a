//! A catalogue from past stays, in words of spec §2.2 and §2.3.

use std::num::NonZeroUsize;

use yibao_batch::dip::{
    BuildError, BuildFile, BuildPlan, Built, GatherRequest, Gathered, KeyList, build, gather, header_text,
};
use yibao_batch::{Cancel, ReadOptions, Rejects};
use yibao_grouping::dip::{Catalogue, ProcedureTypes, Row, read_types, write_groups, write_types};
use yibao_kernel::Fen;
use yibao_policy::{CsvTable, Folder};

const PLAN: &str = r#"
[build]
id = "b"
title = { zh = "目录 \"试\"", en = "made" }
version = "2025"
from = 2025-01-01
until = 2026-01-01
years = [{ year = 2022, weight = "1" }, { year = 2023, weight = "2" }, { year = 2024, weight = "7" }]
weighting_of = "means"
core = { cases = 15, inclusive = true }
comprehensive = { cases = 5, inclusive = true }
dx_length = 5
comprehensive_dx_length = 3
blank_row = "KBBZ"
criteria = ["contains_principal_procedure", "most_terms", "most_procedures_matched"]
scale = "1000"
reference = { to = "quota", amount = "10000.00" }
trim = { method = "none" }
trim_scope = "group"
dp = 4
trust = "fictional"
"#;

fn plan(change: &[(&str, &str)]) -> BuildPlan {
    let text = change.iter().fold(PLAN.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let file: BuildFile =
        Folder::of_text("build.toml", &text).unwrap().decode().unwrap_or_else(|found| panic!("{found}"));
    file.build
}

fn types() -> ProcedureTypes {
    read_types(&CsvTable::parse("code,type\nS1,SS\nS2,SS\nD1,ZDXCZ\n", "t.csv").unwrap()).unwrap()
}

fn list(text: &str) -> KeyList {
    KeyList::read(&CsvTable::parse(text, "list.csv").unwrap()).unwrap_or_else(|found| panic!("{found}"))
}

/// Stays as (how many, year, diagnosis, procedures, yuan).
fn past(stays: &[(usize, i32, &str, &str, i64)]) -> Gathered {
    let mut gathered = Gathered::default();
    for (count, year, dx, procedures, yuan) in stays {
        for _ in 0..*count {
            gathered.push(dx, procedures, *year, Fen::new(yuan * 100), Some(6));
        }
    }
    gathered
}

/// Stays of every year, so that no year is empty: a conservative group of its own.
const OTHERS: [(usize, i32, &str, &str, i64); 3] =
    [(15, 2022, "J18.900", "", 1000), (15, 2023, "J18.900", "", 1000), (15, 2024, "J18.900", "", 1000)];

fn built(plan: &BuildPlan, stays: &[(usize, i32, &str, &str, i64)], national: &KeyList, primary: &KeyList) -> Built {
    let all: Vec<_> = stays.iter().copied().chain(OTHERS).collect();
    build(plan, &past(&all), &types(), national, primary, NonZeroUsize::MIN).unwrap_or_else(|error| panic!("{error}"))
}

fn shown(row: &Row) -> String {
    let points = row.points.map(|points| points.to_string()).unwrap_or_default();
    format!("{} {} {} n={}", row.code, row.kind.word(), points, row.cases.unwrap_or(0))
}

fn rows(plan: &BuildPlan, stays: &[(usize, i32, &str, &str, i64)]) -> Vec<String> {
    let none = KeyList::default();
    built(plan, stays, &none, &none).rows.iter().map(shown).filter(|row| !row.starts_with("J18")).collect()
}

#[test]
fn a_diagnosis_with_its_procedures_is_core_from_the_threshold_on_and_merges_below() {
    let stays = |cases| {
        [(cases, 2024, "K35.300", "S1", 8000), (14, 2024, "K35.800", "S1", 9000), (14, 2024, "K35.900", "S2", 6000)]
    };
    assert_eq!(rows(&plan(&[]), &stays(15)), ["K35.3:S1 core 800.0000 n=15", "K35:SS comprehensive 750.0000 n=28"]);
    assert_eq!(rows(&plan(&[]), &stays(14)).len(), 1, "all three merge");
    let strict = plan(&[("core = { cases = 15, inclusive = true }", "core = { cases = 15, inclusive = false }")]);
    assert_eq!(rows(&strict, &stays(15)).len(), 1);
    assert_eq!(rows(&strict, &stays(16)), ["K35.3:S1 core 800.0000 n=16", "K35:SS comprehensive 750.0000 n=28"]);
}

#[test]
fn what_is_left_merges_by_treatment_type_and_then_goes_to_the_blank_row() {
    let stays = [
        (6, 2024, "K35.100", "S1|D1", 9000),
        (6, 2024, "K35.200", "D1", 3000),
        (6, 2024, "K35.300", "N9", 2000),
        (4, 2024, "A01.000", "S1", 5000),
        (4, 2024, "B01.000", "", 7000),
    ];
    assert_eq!(
        rows(&plan(&[]), &stays),
        [
            "K35:SS comprehensive 900.0000 n=6",
            "K35:ZDXCZ comprehensive 300.0000 n=6",
            // A procedure without a type counts as none.
            "K35:BSZL comprehensive 200.0000 n=6",
            "KBBZ fallback 600.0000 n=8",
        ]
    );
}

#[test]
fn the_national_list_goes_first_and_local_additions_behind() {
    let national = list("code,name,dx,procedures\nN1,阑尾切除,K35,S1/S2\nN2,未见,K99.9,S1\n");
    let primary = list("dx,procedures\nJ18.9,\n");
    let stays =
        [(3, 2024, "K35.300", "S1", 8000), (2, 2024, "K35.800", "S2", 6000), (20, 2024, "K35.300", "S1|D1", 9000)];
    let made = built(&plan(&[]), &stays, &national, &primary);
    let lines: Vec<String> = made.rows.iter().map(shown).collect();
    assert_eq!(lines, ["N1 core 720.0000 n=5", "J18.9 primary_care 100.0000 n=45", "K35.3:D1+S1 core 900.0000 n=20"]);
    assert_eq!(made.rows[0].name, "阑尾切除");
}

#[test]
fn years_weigh_one_two_seven_and_a_year_without_cases_drops_out() {
    let both = [(15, 2023, "K35.300", "S1", 10000), (15, 2024, "K35.300", "S1", 12000)];
    // (2 × 10000 + 7 × 12000) / 9 = 11555.56 (example dip.years.127.missing)
    assert_eq!(rows(&plan(&[]), &both), ["K35.3:S1 core 1155.5556 n=30"]);
    let all = [(1, 2022, "K35.300", "S1", 5000), both[0], both[1]];
    assert_eq!(rows(&plan(&[]), &all), ["K35.3:S1 core 1090.0000 n=31"]);
    // Stays of other years are counted and not used.
    let none = KeyList::default();
    let made = built(&plan(&[]), &[(15, 2021, "K35.300", "S1", 10000)], &none, &none);
    assert_eq!((made.outside_years, made.rows.len()), (15, 1));
}

#[test]
fn points_are_against_the_mean_a_benchmark_or_a_sum() {
    let stays = [(45, 2024, "K35.300", "S1", 15000), (15, 2024, "K35.900", "S2", 8000)];
    let mean = plan(&[(r#"{ to = "quota", amount = "10000.00" }"#, r#"{ to = "benchmark", group = "K35.9:S2" }"#)]);
    // Example dip.rw.benchmark: 15000 / 8000 × 1000.
    assert_eq!(rows(&mean, &stays), ["K35.3:S1 core 1875.0000 n=45", "K35.9:S2 core 1000.0000 n=15"]);
    let quota = plan(&[("10000.00", "12000.00")]);
    // Example dip.rw.average: 15000 / 12000 × 1000.
    assert_eq!(rows(&quota, &stays)[0], "K35.3:S1 core 1250.0000 n=45");
    let none = KeyList::default();
    let made =
        built(&plan(&[(r#"{ to = "quota", amount = "10000.00" }"#, r#"{ to = "mean" }"#)]), &stays, &none, &none);
    let catalogue = Catalogue::of_rows(made.header, made.rows, made.types).unwrap();
    assert_eq!(catalogue.check().iter().filter(|one| one.to_string().contains("scale × mean")).count(), 0);
}

#[test]
fn a_stay_counts_for_the_row_it_will_be_matched_to() {
    // The stays of S1+S2 satisfy S1 too; they count for S1+S2 alone.
    let stays =
        [(15, 2024, "K35.300", "S1|S2", 9000), (15, 2024, "K35.300", "S1", 8000), (15, 2024, "K35.300", "S2|D1", 5000)];
    assert_eq!(
        rows(&plan(&[]), &stays),
        ["K35.3:D1+S2 core 500.0000 n=15", "K35.3:S1 core 800.0000 n=15", "K35.3:S1+S2 core 900.0000 n=15"]
    );
    let made = built(&plan(&[]), &stays, &KeyList::default(), &KeyList::default());
    assert_eq!(made.without_group, 0);
}

#[test]
fn outliers_are_trimmed_from_the_mean() {
    let stays = [(20, 2024, "K35.300", "S1", 8000), (1, 2024, "K35.300", "S1", 800_000)];
    let trimmed = plan(&[(r#"{ method = "none" }"#, r#"{ method = "median_multiple", low = "0.2", high = "5" }"#)]);
    assert_eq!(rows(&trimmed, &stays), ["K35.3:S1 core 800.0000 n=21"]);
}

#[test]
fn the_order_of_the_stays_and_the_threads_change_nothing() {
    let mut stays: Vec<_> =
        [(20, 2024, "K35.300", "S1", 8000), (17, 2023, "K35.300", "S2|D1", 7000), (9, 2022, "K35.800", "D1", 3000)]
            .to_vec();
    let all = |stays: &[(usize, i32, &'static str, &'static str, i64)], threads| {
        let gathered = past(&stays.iter().copied().chain(OTHERS).collect::<Vec<_>>());
        let none = KeyList::default();
        let made = build(&plan(&[]), &gathered, &types(), &none, &none, NonZeroUsize::new(threads).unwrap()).unwrap();
        write_groups(&made.rows)
    };
    let first = all(&stays, 1);
    stays.reverse();
    assert_eq!(all(&stays, 3), first);
}

#[test]
fn a_built_catalogue_is_read_again_as_it_was_made() {
    let none = KeyList::default();
    let made = built(&plan(&[]), &[(20, 2024, "K35.300", "S1", 8000), (3, 2024, "A01.000", "S2", 1)], &none, &none);
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("catalogue.toml", header_text(&made.header, "made in a test").into_bytes()),
        ("groups.csv", write_groups(&made.rows)),
        ("procedure_types.csv", write_types(&made.types)),
    ] {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let catalogue = Catalogue::open(folder.path()).unwrap_or_else(|found| panic!("{found}"));
    assert_eq!(catalogue.header().title.zh, "目录 \"试\"");
    let again: Vec<Row> = catalogue.rows().iter().map(|row| Row { line: 0, ..row.clone() }).collect();
    assert_eq!(write_groups(&again), write_groups(&made.rows));
    assert_eq!(catalogue.types(), &made.types);
}

#[test]
fn a_plan_that_cannot_be_carried_out_is_refused() {
    let none = KeyList::default();
    let refused = |plan: &BuildPlan| -> BuildError {
        build(plan, &past(&OTHERS), &types(), &none, &none, NonZeroUsize::MIN).unwrap_err()
    };
    assert_eq!(
        refused(&plan(&[("comprehensive_dx_length = 3", "comprehensive_dx_length = 6")])).to_string(),
        "diagnoses of 5 and 6 characters\n  hint: dx_length is 3 to 16 (usually 5), comprehensive_dx_length at most that (usually 3)"
    );
    assert_eq!(
        refused(&plan(&[("cases = 15", "cases = 0")])).to_string(),
        "a core group of 0 cases\n  hint: write [build.core] cases = 15 or another number above 0"
    );
    let unknown =
        plan(&[(r#"{ to = "quota", amount = "10000.00" }"#, r#"{ to = "benchmark", group = "K35.8:47.0100" }"#)]);
    assert!(refused(&unknown).to_string().contains("K35.8:47.0100"));
    let text = PLAN.replace("blank_row", "blank");
    let found = Folder::of_text("build.toml", &text).unwrap().decode::<BuildFile>().unwrap_err().to_string();
    assert!(found.starts_with("error: unknown key") && found.contains("build.toml:14"), "{found}");
    let bad = KeyList::read(&CsvTable::parse("dx,procedures\nK35.3,S1+\n", "n.csv").unwrap()).unwrap_err().to_string();
    assert!(bad.contains("n.csv:2\n  hint: codes are joined by"), "{bad}");
}

#[test]
fn past_stays_without_cost_diagnosis_or_day_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stays.csv");
    let text = "case_id,dx,proc,cost,discharge,los_days\n1,K35.300,S1,8000.00,2024-05-01,6\n2,,S1,1,2024-05-01,6\n3,K35.300,,,2024-05-01,6\n4,K35.300,,1,,6\n";
    std::fs::write(&file, text).unwrap();
    let place = folder.path().join("refused.csv");
    let mut rejects = Rejects::at(place.clone());
    let files = [file];
    let request =
        GatherRequest { files: &files, read: ReadOptions::default(), cancel: Cancel::default(), progress: &|_| {} };
    let gathered = gather(&request, &mut rejects).unwrap();
    rejects.finish().unwrap();
    assert_eq!((gathered.rows, gathered.refused, gathered.stays.len()), (4, 3, 1));
    let refused = std::fs::read_to_string(place).unwrap();
    let columns: Vec<&str> = refused.lines().skip(1).filter_map(|line| line.split(',').nth(2)).collect();
    assert_eq!(columns, ["dx", "cost", "discharge"]);
}
