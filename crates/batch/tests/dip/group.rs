//! `group_dip_file`: results beside the columns, bad rows beside good ones.

use std::path::{Path, PathBuf};

use yibao_batch::dip::{DipSummary, find_case, group_dip_file};
use yibao_batch::group::GroupOptions;
use yibao_batch::{ReadOptions, Rejects};
use yibao_grouping::dip::Catalogue;

fn teaching() -> Catalogue {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemes/teaching-dip");
    Catalogue::open(&folder).unwrap_or_else(|found| panic!("{found}"))
}

struct Grouped {
    summary: DipSummary,
    rows: Vec<String>,
    rejects: String,
}

fn group(stays: &str, threads: usize) -> Grouped {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("in.csv"), folder.path().join("out.csv"));
    std::fs::write(&input, stays).unwrap();
    let mut options = GroupOptions { threads, ..GroupOptions::default() };
    options.read.block_bytes = 256;
    let summary = group_dip_file(&teaching(), &input, &output, Rejects::beside(&output), &options, &|_| {}).unwrap();
    let place: PathBuf = folder.path().join("out.csv.rejects.csv");
    Grouped {
        summary,
        rows: std::fs::read_to_string(&output).unwrap().lines().map(str::to_owned).collect(),
        rejects: std::fs::read_to_string(place).unwrap_or_default(),
    }
}

#[test]
fn every_stay_gets_its_group_points_type_and_auxiliary_levels() {
    let grouped = group(
        "ward,case_id,dx,proc,los_days,age_years,icu_hours,discharge\n\
         A,1,I21.000|I50.000|R57.000,36.0700|88.5500,12,76,60,2025-03-01\n\
         B,2,M54.500,,3,40,,2025-03-02\n\
         C,3,J18.900,33.2400,5,5,,2025-03-03 08:30:00\n\
         D,4,Z99.900,,5,5,,2025-03-03\n\
         E,5,I21.000,,5,50,,2026-01-01\n",
        1,
    );
    assert_eq!(
        grouped.rows,
        [
            "ward,case_id,dx,proc,los_days,age_years,icu_hours,discharge,dip_status,dip,dip_kind,dip_type,dip_points,dip_tie,dip_untyped,dip_reason,dip_cci,dip_severity,dip_age,dip_icu,k_aux",
            // Two and a half days in intensive care are three days begun; the group has a coefficient of its own.
            "A,1,I21.000|I50.000|R57.000,36.0700|88.5500,12,76,60,2025-03-01,GROUPED,I21:PCI,core,SS,3246.2368,0,0,,1-2,III,75+,2-7,1.3000",
            "B,2,M54.500,,3,40,,2025-03-02,GROUPED,M54.5,primary_care,BSZL,615.4828,0,0,,0,I,,,1.0000",
            // No row takes a diagnostic operation under J: the blank row.
            "C,3,J18.900,33.2400,5,5,,2025-03-03 08:30:00,GROUPED,KBBZ,fallback,ZDXCZ,1136.9879,0,0,,0,I,under-6,,1.0500",
            "D,4,Z99.900,,5,5,,2025-03-03,GROUPED,KBBZ,fallback,BSZL,1136.9879,0,0,,0,I,under-6,,1.0500",
            "E,5,I21.000,,5,50,,2026-01-01,UNGROUPED,,,BSZL,,0,0,discharged outside the days of the catalogue,,,,,",
        ]
    );
    let s = grouped.summary;
    assert_eq!((s.rows, s.core, s.primary_care, s.fallback, s.ungrouped, s.malformed), (5, 1, 1, 2, 1, 0));
}

#[test]
fn bad_rows_are_refused_beside_good_ones() {
    let grouped = group(
        "case_id,dx,proc,cost,discharge,los_days\n\
         1,I10.x00,,100.00,2025-02-01,4\n\
         2,I10.x00,,1e3,2025-02-01,4\n\
         3,I10.x00,,5,2025/02/01,4\n\
         4,\"I10.x00,E11.900\",,5,2025-02-01,4\n\
         5,I10.x00,,5,2025-02-01,four\n\
         ,I10.x00,,5,2025-02-01,4\n\
         1,I10.x00,,5,2025-02-01,4\n",
        2,
    );
    assert_eq!(grouped.rows.len(), 1 + 2);
    assert_eq!((grouped.summary.malformed, grouped.summary.duplicates), (5, 1));
    let causes: Vec<String> =
        grouped.rejects.lines().skip(1).map(|line| line.split(',').take(4).collect::<Vec<_>>().join(",")).collect();
    assert_eq!(
        causes,
        [
            "3,2,cost,not a number",
            "4,3,discharge,not a date of the form yyyy-mm-dd",
            "5,4,dx,\"codes joined by ','; join them by \"\"|\"\"\"",
            "6,5,los_days,not a number",
            "7,,case_id,empty; it must always be given",
            "8,1,case_id,duplicate of line 2",
        ]
        .map(|line| line.split(',').take(4).collect::<Vec<_>>().join(","))
    );
}

#[test]
fn threads_do_not_change_a_byte() {
    let mut stays = String::from("case_id,dx,proc,cost\n");
    for number in 0..400 {
        let (dx, proc) =
            [("I21.000", "36.0700"), ("K35.300", "47.0100|54.5900"), ("O80.000", ""), ("Z00.000", "x")][number % 4];
        stays.push_str(&format!("{number},{dx},{proc},{number}.50\n"));
    }
    let (one, four) = (group(&stays, 1), group(&stays, 4));
    assert_eq!(one.rows, four.rows);
    assert_eq!(one.summary, four.summary);
}

#[test]
fn a_table_without_a_column_or_an_output_that_is_not_csv_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.csv");
    std::fs::write(&input, "case_id,dx\n1,I10.x00\n").unwrap();
    let refuse = |output: &str| {
        let output = folder.path().join(output);
        let options = GroupOptions::default();
        group_dip_file(&teaching(), &input, &output, Rejects::beside(&output), &options, &|_| {})
            .unwrap_err()
            .to_string()
    };
    assert!(refuse("out.csv").starts_with("no column \"proc\"\n"), "{}", refuse("out.csv"));
    assert!(refuse("out.parquet").ends_with("hint: name an output that ends in .csv"));
    assert!(!folder.path().join("out.csv").exists());
}

#[test]
fn one_stay_is_found_by_its_id() {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("in.csv");
    std::fs::write(&input, "case_id,dx,proc,cost\n7,I10.x00,,1\n8,M54.500,,x\n").unwrap();
    let catalogue = teaching();
    let group = |id: &str| {
        find_case(&input, id, &ReadOptions::default(), |case| catalogue.matcher().assign(case).group.to_owned())
    };
    assert_eq!(group("7").unwrap(), Some("I10.X".to_owned()));
    assert_eq!(group("9").unwrap(), None);
    let refused = group("8").unwrap_err().to_string();
    assert!(
        refused.starts_with("cost: not a number\n  --> ") && refused.ends_with(":3\n  hint: correct the record"),
        "{refused}"
    );
}
