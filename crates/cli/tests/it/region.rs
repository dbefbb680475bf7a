//! The example region, cleared by points and by rate, against `tests/fixtures/settle/reference.py`, which computes it
//! again in exact fractions without the program's code.

use super::program::{Desk, expected};
use super::settled::{Folder, csv_rows};

fn settled(method: &str) -> (Desk, Folder) {
    let desk = Desk::with_region();
    desk.settle(&["--method", method]).ended(0);
    let folder = Folder(desk.path("out"));
    (desk, folder)
}

#[test]
fn the_year_by_points_is_what_the_second_computation_says() {
    let (_desk, folder) = settled("drg_points");
    assert_eq!(folder.text("clearing.csv"), expected("drg_points/clearing.csv"));
    assert_eq!(folder.text("pools.csv"), expected("drg_points/pools.csv"));
    assert_eq!(folder.cases(&["case_id", "route", "points"]), cases("drg_points", &["case_id", "route", "points"]));
    assert_eq!(folder.text("refused.csv"), "source_row,case_id,code,reason_zh,reason_en,feed,file\n");
    folder.whole();
    folder.adds_up();
}

#[test]
fn the_year_by_rate_is_what_the_second_computation_says() {
    let (_desk, folder) = settled("drg_rate");
    assert_eq!(folder.text("clearing.csv"), expected("drg_rate/clearing.csv"));
    assert_eq!(folder.text("pools.csv"), expected("drg_rate/pools.csv"));
    let columns = ["case_id", "route", "standard"];
    assert_eq!(folder.cases(&columns), cases("drg_rate", &columns));
    folder.whole();
    folder.adds_up();
}

fn cases(method: &str, columns: &[&str]) -> Vec<super::settled::Row> {
    let mut rows = csv_rows(&expected(&format!("{method}/cases.csv")));
    rows.iter_mut().for_each(|row| row.retain(|name, _| columns.contains(&name.as_str())));
    rows
}

#[test]
fn the_points_method_is_the_year_s_own() {
    let (_desk, folder) = settled("drg_points");
    let desk = Desk::with_region();
    desk.settle(&[]).ended(0);
    assert_eq!(folder.text("clearing.csv"), desk.text("out/clearing.csv"));
}

#[test]
fn stays_of_other_years_are_counted_and_left_out() {
    let (_desk, folder) = settled("drg_points");
    let counts = ["read", "settled", "refused", "not_selected"].map(|name| folder.count(name));
    assert_eq!(counts, [41, 39, 0, 2]);
}

#[test]
fn the_summary_accounts_for_every_row() {
    let desk = Desk::with_region();
    let run = desk.settle(&[]).ended(0);
    assert!(
        run.out.contains("病例 rows 41 = 结算 settled 39 + 拒绝 refused 0 + 非本期 not of this job 2"),
        "{}",
        run.out
    );
    assert!(
        run.out.contains("示例政策，未经核实，不得作为结算依据 · illustrative policy, not for real settlement"),
        "{}",
        run.out
    );
}

#[test]
fn a_case_is_explained_with_its_figures() {
    let (desk, _folder) = settled("drg_points");
    // 90,000 / 20,000 = 4.5 times the mean: 200 x 1.1 x (1 + 4.5 - 3) = 550 points.
    let run = desk.run(&["explain", "--settled", "out", "--case", "2025-0004"]).ended(0);
    for figure in ["90000.00", "20000.00", "4.5000", "2.5000", "1.1000", "200.0000", "550.0000"] {
        assert!(run.out.contains(figure), "{figure} in\n{}", run.out);
    }
    // By item: 75 days; paid its accounted fund, 64,000 - 16,000.
    let run = desk.run(&["explain", "--settled", "out", "--case", "2025-0011"]).ended(0);
    for figure in ["items", "75", "48000.00"] {
        assert!(run.out.contains(figure), "{figure} in\n{}", run.out);
    }
}

#[test]
fn an_institution_is_explained_with_its_figures() {
    let (desk, folder) = settled("drg_points");
    let run = desk.run(&["explain", "--settled", "out", "--institution", "H3"]).ended(0);
    let rows = folder.csv("clearing.csv").into_iter().filter(|row| row["institution"] == "H3");
    for row in rows {
        for (column, figure) in row {
            assert!(run.out.contains(&figure), "{column} {figure} in\n{}", run.out);
        }
    }
    for point_value in ["96.926864", "101.809038"] {
        assert!(run.out.contains(point_value), "{point_value} in\n{}", run.out);
    }
}

#[test]
fn explanations_are_the_same_in_both_languages_and_as_json() {
    let (desk, folder) = settled("drg_points");
    let ask = |more: &[&str]| {
        desk.run(&[&["explain", "--settled", "out", "--case", "2025-0004"], more].concat()).ended(0).out
    };
    for lang in ["zh", "en"] {
        let shown = ask(&["--lang", lang]);
        assert!(shown.contains("550.0000") && shown.contains("96.926864"), "{shown}");
        let json: serde_json::Value = serde_json::from_str(&ask(&["--lang", lang, "--json"])).unwrap();
        assert_eq!(json["case"]["points"], "550.0000");
        assert_eq!(json["period"], "2025");
        assert_eq!(json["illustrative"], true, "an invented policy says so");
        assert!(ask(&["--lang", lang, "--html"]).starts_with("<ol"));
    }
    let json = desk.run(&["explain", "--settled", "out", "--institution", "H3", "--json"]).ended(0).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let rows = folder.csv("clearing.csv").into_iter().filter(|row| row["institution"] == "H3");
    for (row, stored) in rows.zip(json["rows"].as_array().unwrap()) {
        for column in ["units", "cleared", "shared", "prepaid", "due"] {
            assert_eq!(stored["figures"][column], row[column], "{column}");
        }
    }
    assert_eq!(json["pools"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_not_settled_is_not_explained() {
    let (desk, _folder) = settled("drg_points");
    let run = desk.run(&["explain", "--settled", "out", "--case", "2025-9999"]).ended(2);
    assert_eq!(
        run.err.trim_end(),
        "error: case 2025-9999 is not in out\n  hint: ids are compared byte by byte; see cases.parquet and refused.csv"
    );
    let run = desk.run(&["explain", "--settled", "out", "--institution", "H9"]).ended(2);
    assert_eq!(
        run.err.trim_end(),
        "error: institution H9 has no clearing row in out\n  hint: ids are those of clearing.csv"
    );
    let run = desk.run(&["explain", "--settled", "region", "--case", "2025-0001"]).ended(2);
    assert_eq!(
        run.err.trim_end(),
        "error: region is not a settled folder: reasons.json is missing\n  hint: write one with `yibao settle PACK -o DIR`"
    );
}

#[test]
fn a_month_is_settled_on_its_own() {
    let desk = Desk::with_region();
    desk.settle(&["--method", "drg_rate", "--month", "3"]).ended(0);
    let folder = Folder(desk.path("out"));
    let rows = folder.csv("clearing.csv");
    assert!(rows.iter().all(|row| row["period"] == "2025-03"), "{rows:?}");
    let cases: usize = rows.iter().map(|row| row["cases"].parse::<usize>().unwrap()).sum();
    // Discharged in March 2025: 0005, 0006, 0019, 0020, 0031.
    assert_eq!(cases, 5);
    folder.adds_up();
}
