//! One settlement against another: what differs is named, gains and losses add up.

use super::program::Desk;
use super::settled::{Folder, fen};

/// The region settled as `old`.
fn old() -> Desk {
    let desk = Desk::with_region();
    desk.run(&["settle", "region", "-o", "old"]).ended(0);
    desk
}

#[test]
fn one_changed_number_is_named_and_gains_and_losses_add_up() {
    let desk = old();
    desk.edit(
        "region/pack.toml",
        "institution = \"H2\", coefficient = \"0.95\"",
        "institution = \"H2\", coefficient = \"1.05\"",
    );
    let run = desk.settle(&["--against", "old"]).ended(0);
    assert!(run.out.contains("table.coefficients.rows[1].coefficient  0.95 → 1.05"), "{}", run.out);
    let out = Folder(desk.path("out"));
    let changes = out.csv("against_pack.csv");
    assert_eq!(changes.len(), 1, "{changes:?}");
    let rows = out.csv("against.csv");
    let of = |by: &str| rows.iter().filter(|row| row["by"] == by).collect::<Vec<_>>();
    let total = fen(of("total")[0], "difference");
    for by in ["institution", "level", "insurance", "method", "pool"] {
        let sum: i128 = of(by).iter().map(|row| fen(row, "difference")).sum();
        assert_eq!(sum, total, "{by}");
        let differences: Vec<i128> = of(by).iter().map(|row| fen(row, "difference")).collect();
        assert!(differences.windows(2).all(|pair| pair[0] >= pair[1]), "the largest gain first: {differences:?}");
    }
    let hospitals = of("institution");
    assert_eq!(hospitals[0]["key"], "H2", "who has the larger coefficient gains");
    assert!(fen(hospitals[0], "difference") > 0 && fen(hospitals[hospitals.len() - 1], "difference") < 0);
    // What a row finally brings is in both clearing tables.
    let plus = ["cleared", "charged", "assessed", "shared", "difference"];
    for (folder, column) in [("old", "old"), ("out", "new")] {
        let clearing = Folder(desk.path(folder)).csv("clearing.csv");
        let sum: i128 = clearing
            .iter()
            .map(|row| plus.iter().map(|name| fen(row, name)).sum::<i128>() - fen(row, "withheld"))
            .sum();
        assert_eq!(fen(of("total")[0], column), sum, "{folder}");
    }
    assert!(desk.text("out/against.html").contains("table.coefficients.rows[1].coefficient"));
    let manifest = out.json("manifest.json");
    let names: Vec<&str> =
        manifest["outputs"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert!(["against.csv", "against.html", "against_pack.csv"].iter().all(|name| names.contains(name)), "{names:?}");
}

#[test]
fn a_value_of_a_table_is_named_by_its_key() {
    let desk = old();
    let groups = desk.text("region/groups.csv");
    desk.write("region/groups.csv", groups.replace("2.0000,20000.00", "2.1000,20000.00"));
    desk.settle(&[]).ended(0);
    let run = desk.run(&["against", "out", "old"]).ended(0);
    assert!(run.out.contains("table.weights[G2]  2.0000 → 2.1000"), "{}", run.out);
    assert_eq!(desk.names(), ["old", "out", "region"], "without -o nothing is written");
}

#[test]
fn a_settlement_against_itself_differs_in_nothing() {
    let desk = old();
    let run = desk.run(&["against", "old", "old", "-o", "same"]).ended(0);
    assert!(run.out.contains("同一政策包 both by the same pack"), "{}", run.out);
    let rows = Folder(desk.path("same")).csv("against.csv");
    assert!(rows.iter().all(|row| row["difference"] == "0.00" && row["old"] == row["new"]), "{rows:?}");
    assert!(Folder(desk.path("same")).csv("against_pack.csv").is_empty());
}

#[test]
fn other_periods_are_compared_only_when_asked_for() {
    let desk = old();
    desk.run(&["settle", "region", "-o", "march", "--method", "drg_rate", "--month", "3"]).ended(0);
    let run = desk.run(&["against", "march", "old"]).ended(2);
    assert_eq!(
        run.err.trim_end(),
        "error: the new settlement is of 2025-03, the old one of 2025\n  hint: settle the same period, or add --other-period to compare them nevertheless"
    );
    let run = desk.run(&["against", "march", "old", "--other-period"]).ended(0);
    assert!(run.out.contains("旧 old: region 2025   新 new: region 2025-03"), "{}", run.out);
}

#[test]
fn a_folder_that_is_none_is_refused_before_anything_is_settled() {
    Desk::with_region().refuses(
        &["--against", "nowhere"],
        "error: nowhere is not a settled folder: manifest.json is missing\n  hint: write one with `yibao settle PACK -o DIR`",
    );
    let desk = old();
    let facts = desk.text("old/facts.json");
    desk.write("old/facts.json", facts.replace("H1", "H7"));
    desk.refuses(
        &["--against", "old"],
        "error: old/manifest.json is damaged: facts.json is not the file that was written\n  hint: settle again with `yibao settle PACK -o DIR`",
    );
}
