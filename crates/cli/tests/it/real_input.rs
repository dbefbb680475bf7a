//! The shipped examples on their public files: every stay accounted for, every sum to the fen.
//! Counts are those of the files themselves (`sparcs/SOURCE.md`, `cms_desynpuf/SOURCE.md` of the reference data).

use std::collections::BTreeMap;

use super::program::{Desk, reference_data};
use super::settled::{Folder, fen};

/// Refused rows by code.
fn refused_by_code(folder: &Folder) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for row in folder.csv("refused.csv") {
        *counts.entry(row["code"].clone()).or_default() += 1;
    }
    counts
}

#[track_caller]
fn settle_pack(desk: &Desk, more: &[&str], code: i32) -> Folder {
    desk.run(&[&["settle", "pack", "-o", "out"], more].concat()).ended(code);
    let folder = Folder(desk.path("out"));
    folder.whole();
    folder.adds_up();
    folder
}

/// All 36,631 musculoskeletal discharges are read; the 16,462 of New York City are settled, in both kinds of price.
#[test]
fn new_york_is_cleared_by_points_and_by_rate() {
    let Some(data) = reference_data() else { return };
    let desk = Desk::with_example("sparcs", &data);
    for more in [&[][..], &["--method", "drg_rate"]] {
        let folder = settle_pack(&desk, more, 0);
        let counts = ["read", "settled", "refused", "not_selected"].map(|name| folder.count(name));
        assert_eq!(counts, [36_631, 16_462, 0, 36_631 - 16_462], "{more:?}");
        let pools = folder.csv("pools.csv");
        assert_eq!(pools.len(), 1, "only the pool of the method");
        if more.is_empty() {
            assert_eq!(fen(&pools[0], "residual"), 0, "points distribute all there is");
            let claims = folder.csv("clearing.csv").iter().map(|row| fen(row, "shared").max(0)).sum::<i128>();
            assert_eq!(fen(&pools[0], "reserve_out"), claims, "the reserve pays the shared overruns");
        }
    }
}

/// 102,933 claims of three years. 371 have no group and 102 a negative payment, one of them both: counted once.
#[test]
fn de_synpuf_is_cleared_month_by_month() {
    let Some(data) = reference_data() else { return };
    let desk = Desk::with_example("synpuf", &data);
    let folder = settle_pack(&desk, &[], 3);
    let refused = refused_by_code(&folder);
    let expected = [("negative_payment".to_owned(), 101), ("no_group".to_owned(), 371)];
    assert_eq!(refused, BTreeMap::from(expected));
    assert_eq!(folder.count("read"), 102_933);
    let rows = folder.csv("clearing.csv");
    assert_eq!(rows.len(), 2_336, "providers with a stay of 2010");
    assert_eq!(fen(&folder.csv("pools.csv")[0], "residual"), 0);
    let months: std::collections::BTreeSet<String> =
        folder.csv("monthly.csv").into_iter().map(|month| month["period"].clone()).collect();
    assert_eq!(months.len(), 12);
}

/// The published weights are what `weigh` makes of the public file, byte for byte. (The file beside them that says where
/// they come from names the hash of the pack that made them, which cannot contain them.)
#[test]
fn the_shipped_weights_are_derived_again() {
    let Some(data) = reference_data() else { return };
    for (example, table, code) in [("sparcs", "2020.csv", 0), ("synpuf", "2010.csv", 3)] {
        let desk = Desk::with_example(example, &data);
        desk.run(&["weigh", "pack", "-o", "weights"]).ended(code);
        assert_eq!(desk.text("weights/weights.csv"), desk.text(&format!("pack/weights/{table}")), "{example}");
    }
}

/// Harbin's scheme, weights and rates on 20,000 seeded stays.
#[test]
fn harbin_is_grouped_priced_and_cleared() {
    let Some(data) = reference_data() else { return };
    let desk = Desk::with_example("harbin", &data);
    let scheme = data.join("drg/schemes/haerbin_2022");
    let weights = format!("{}:drg_code:weight:year=2022", data.join("drg_weights_harbin/drg_weights.csv").display());
    let scheme = scheme.to_string_lossy();
    desk.run(&[
        "synth",
        "stays",
        "--scheme",
        &scheme,
        "--weights",
        &weights,
        "--rate",
        "12165.26",
        "--cases",
        "20000",
        "--seed",
        "2023",
        "--year",
        "2023",
        "-o",
        "pack/stays.csv",
    ])
    .ended(0);
    let folder = settle_pack(&desk, &[], 0);
    assert_eq!(folder.count("read"), 20_000);
    assert_eq!(folder.count("settled"), 20_000);
    let pools = folder.csv("pools.csv");
    let named: Vec<&str> = pools.iter().map(|pool| pool["pool"].as_str()).collect();
    assert_eq!(named, ["employee-2023", "resident-2023"]);

    let routes = folder.cases(&["route", "group_status", "weight"]).into_iter().fold(
        BTreeMap::<(String, String), u64>::new(),
        |mut counts, case| {
            *counts.entry((case["group_status"].clone(), case["route"].clone())).or_default() += 1;
            counts
        },
    );
    for ((status, route), count) in &routes {
        if status != "grouped" {
            assert!(["items", "special_review", "held"].contains(&route.as_str()), "{status} goes to {route}: {count}");
        }
    }
    let by_group = routes.get(&("grouped".to_owned(), "group".to_owned())).copied().unwrap_or(0);
    assert!(by_group > 15_000, "most stays are paid by their group: {routes:?}");
}
