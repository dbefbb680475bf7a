//! The shipped region-year in which every method pays somebody, cleared by the program.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::program::{Desk, repository};
use super::settled::{Folder, fen};

/// The shipped pack in a desk; its schemes are named by their place in the repository.
fn region() -> Desk {
    let desk = Desk::with_example("composite", Path::new(""));
    let schemes = repository().join("schemes");
    let pack = desk.text("pack/pack.toml").replace("../../schemes", schemes.to_str().unwrap());
    desk.write("pack/pack.toml", pack);
    desk
}

#[test]
fn every_method_pays_somebody_and_the_whole_budget_is_accounted_for() {
    let desk = region();
    let told = desk.run(&["settle", "pack", "-o", "out"]).ended(0);
    assert!(told.out.contains("拒绝 refused 0"), "{}", told.out);
    let out = Folder(desk.path("out"));

    let mut paid: BTreeMap<String, i128> = BTreeMap::new();
    for row in out.csv("clearing.csv") {
        *paid.entry(row["method"].clone()).or_default() += fen(&row, "cleared");
    }
    let methods = [
        "apg_points",
        "capitation",
        "capitation_ceiling",
        "chronic",
        "community",
        "community_outside",
        "dip",
        "disease_quota",
        "drg_points",
        "drg_rate",
        "head_points",
        "hospice",
        "items_total",
        "out_of_area",
        "outside_use",
        "per_disease",
        "psychiatric",
        "rehabilitation",
    ];
    assert_eq!(paid.keys().collect::<Vec<_>>(), methods.iter().collect::<Vec<_>>());
    assert!(paid.values().all(|paid| *paid > 0), "{paid:?}");

    let identity = out.csv("identity.csv");
    let side = |side: &str| identity.iter().filter(|line| line["side"] == side).map(|line| fen(line, "amount")).sum();
    let (came, went): (i128, i128) = (side("source"), side("use"));
    assert_eq!(came, went);
    let budget = identity.iter().find(|line| line["line"] == "budget").map(|line| fen(line, "amount"));
    // 8,270,000.00 and 10,840,000.00 of the year before, and 5% more.
    assert_eq!(budget, Some((827_000_000 + 1_084_000_000) * 105 / 100));

    let charged: i128 = out.csv("clearing.csv").iter().map(|row| fen(row, "charged")).sum();
    assert!(charged < 0, "care elsewhere is charged to somebody");
    let differences: i128 = out.csv("clearing.csv").iter().map(|row| fen(row, "difference")).sum();
    assert_eq!(differences, 612_045 + 167_390 - 230_000);
    assert!(!out.csv("inner.csv").is_empty());
    assert_eq!(out.csv("receivables.csv").len(), 2);
}

#[test]
fn one_number_of_the_pack_says_who_gains_and_who_loses() {
    let desk = region();
    desk.run(&["settle", "pack", "-o", "old"]).ended(0);
    desk.edit("pack/drg.toml", "slope = \"1\", plus = \"0.2\"", "slope = \"1\", plus = \"0.1\"");
    let told = desk.run(&["settle", "pack", "-o", "new", "--against", "old"]).ended(0);
    assert!(told.out.contains("method.drg_points.step[bands].bands[1].times.plus"), "{}", told.out);
    let rows = Folder(desk.path("new")).csv("against.csv");
    let of = |by: &str| rows.iter().filter(|row| row["by"] == by).collect::<Vec<_>>();
    let institutions = of("institution");
    assert!(institutions.iter().any(|row| fen(row, "difference") > 0));
    assert!(institutions.iter().any(|row| fen(row, "difference") < 0));
    let total = |by: &str| of(by).iter().map(|row| fen(row, "difference")).sum::<i128>();
    assert_eq!(total("institution"), total("method"));
    assert_eq!(total("institution"), total("pool"));
}

#[test]
fn what_is_published_names_no_case_and_no_person() {
    let desk = region();
    desk.run(&["settle", "pack", "-o", "out"]).ended(0);
    desk.run(&["publish", "out", "-o", "published"]).ended(0);
    let mut files = Vec::new();
    walk(&desk.path("published"), &mut files);
    assert!(files.iter().any(|file| file.ends_with("public/index.html")));
    for file in files.iter().filter(|file| file.extension().is_none_or(|kind| kind != "xlsx")) {
        let text = fs::read_to_string(file).unwrap();
        for part in ["C20250000", "V20250000", "B20250000", "P0000", "S0000"] {
            assert!(!text.contains(part), "{}: {part}", file.display());
        }
    }
}

fn walk(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, files) } else { files.push(path) }
    }
}
