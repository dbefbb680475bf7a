use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::weights::Choice;

fn tables(name: &str) -> Tables {
    Tables::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemes").join(name)).unwrap()
}

fn weights() -> Weights {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/demo/seed_weights.csv");
    Weights::read(&Choice::parse(&format!("{}:group:weight", file.display())).unwrap()).unwrap()
}

const SIZES: Sizes =
    Sizes { stays: 4_000, dip_stays: 500, visits: 5_000, heads: 3_000, institutions: 30, seed: 11, year: 2025 };

fn with_region<T>(check: impl FnOnce(&Composite<'_>) -> T) -> T {
    let (inpatient, outpatient, weights) = (tables("teaching"), tables("outpatient"), weights());
    check(&Composite::new((&inpatient, &weights), (&outpatient, &weights), SIZES).unwrap())
}

/// Rows of a file as maps from column to text.
fn rows(header: &str, text: &str) -> Vec<BTreeMap<String, String>> {
    let columns: Vec<&str> = header.trim_end().split(',').collect();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), columns.len(), "{line}");
        columns.iter().zip(cells).map(|(column, cell)| ((*column).to_owned(), cell.to_owned())).collect()
    };
    text.lines().map(row).collect()
}

fn all_stays(region: &Composite<'_>) -> Vec<BTreeMap<String, String>> {
    let mut text = String::new();
    (0..SIZES.stays).for_each(|number| stay_line(region, Feed::Stays, number, &mut text).unwrap());
    rows(STAYS_HEADER, &text)
}

#[test]
fn every_kind_of_care_and_every_kind_of_visit_occurs() {
    with_region(|region| {
        let mut cares: BTreeMap<String, usize> = BTreeMap::new();
        for stay in all_stays(region) {
            *cares.entry(stay["care"].clone()).or_default() += 1;
        }
        let expected = ["acute", "day_surgery", "hospice", "psychiatric", "rehabilitation", "tcm"];
        assert_eq!(cares.keys().collect::<Vec<_>>(), expected);
        let mut text = String::new();
        (0..SIZES.visits).for_each(|number| visit_line(region, number, &mut text).unwrap());
        let visits = rows(VISITS_HEADER, &text);
        let kinds: std::collections::BTreeSet<_> = visits.iter().map(|visit| visit["visit_kind"].as_str()).collect();
        assert_eq!(
            kinds.into_iter().collect::<Vec<_>>(),
            ["consultation", "general", "outside", "referral", "special"]
        );
        assert!(visits.iter().all(|visit| (visit["visit_kind"] == "special") != visit["disease"].is_empty()));
    });
}

#[test]
fn cost_is_fund_and_patient_and_the_stay_is_as_long_as_its_days() {
    with_region(|region| {
        let yuan = |text: &str| Fen::parse_yuan(text.as_bytes()).unwrap().get();
        for stay in all_stays(region) {
            assert_eq!(yuan(&stay["cost"]), yuan(&stay["fund"]) + yuan(&stay["patient"]));
            let day = |column: &str| yibao_kernel::Day::parse(&stay[column]).unwrap();
            assert_eq!(day("admission").days_until(day("discharge")).to_string(), stay["los_days"]);
        }
    });
}

#[test]
fn a_transfer_has_two_legs() {
    with_region(|region| {
        let mut legs: BTreeMap<String, usize> = BTreeMap::new();
        for stay in all_stays(region).into_iter().filter(|stay| !stay["transfer_id"].is_empty()) {
            *legs.entry(stay["transfer_id"].clone()).or_default() += 1;
        }
        assert!(!legs.is_empty());
        assert!(legs.values().all(|count| *count == 2), "{legs:?}");
    });
}

#[test]
fn the_roster_names_institutions_of_the_home_district_and_months_of_the_year() {
    with_region(|region| {
        let mut text = String::new();
        (0..SIZES.heads).for_each(|number| region.people().lines(number, region.places(), &mut text).unwrap());
        let heads = rows(HEADS_HEADER, &text);
        for head in &heads {
            assert!((1..=12).contains(&head["head_months"].parse::<i32>().unwrap()));
        }
        let packages: std::collections::BTreeSet<_> = heads.iter().map(|head| head["package"].as_str()).collect();
        assert_eq!(
            packages.into_iter().collect::<Vec<_>>(),
            ["basic", "ceiling", "ckd", "community", "diabetes", "head_points", "hypertension"]
        );
        let community: Vec<_> = heads.iter().filter(|head| head["package"] == "community").collect();
        assert!(community.iter().all(|head| head["insurance"] == "390" && head["district"] == "己县"));
    });
}

#[test]
fn the_table_of_institutions_has_a_community_with_its_tiers() {
    with_region(|region| {
        let text = institutions_csv(region.places(), SIZES.seed);
        let (header, body) = text.split_once('\n').unwrap();
        let list = rows(header, body);
        assert_eq!(list.len(), 32);
        let tiers: Vec<&str> =
            list.iter().filter(|one| one["district"] == "己县").map(|one| one["tier"].as_str()).collect();
        assert_eq!(tiers, ["county", "town", "town", "village", "village"]);
        assert!(list.iter().filter(|one| one["district"] == "异地").all(|one| one["name"].ends_with("（虚构）")));
    });
}

#[test]
fn a_region_without_persons_is_refused() {
    let (inpatient, outpatient, weights) = (tables("teaching"), tables("outpatient"), weights());
    let sizes = Sizes { heads: 0, ..SIZES };
    let refused = Composite::new((&inpatient, &weights), (&outpatient, &weights), sizes).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "a roster of 0 persons\n  hint: ask for at least one: visits are made by persons of the roster"
    );
}
