//! Bills add up, stand in order, and are the same for the same seed.

use std::collections::BTreeMap;
use std::path::Path;

use yibao_kernel::{Day, Fen};

use super::{Files, files, parts};
use crate::stays::{Region, Wanted};
use crate::tables::Tables;
use crate::weights::{Choice, Weights};

fn made(seed: u64) -> (Files, BTreeMap<String, Fen>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let tables = Tables::read(&root.join("schemes/teaching")).unwrap();
    let weights = format!("{}:group:weight", root.join("examples/demo/seed_weights.csv").display());
    let weights = Weights::read(&Choice::parse(&weights).unwrap()).unwrap();
    let wanted = Wanted { cases: 400, seed, year: 2025, rate: Fen::new(520_000), institutions: 6 };
    let region = Region::new(&tables, &weights, wanted).unwrap();
    let costs = region.stays().map(|stay| (super::stay_id(&region, &stay), stay.cost)).collect();
    (files(&region, seed).unwrap(), costs)
}

fn rows(bills: &str) -> Vec<BTreeMap<&str, &str>> {
    let (header, body) = bills.split_once('\n').unwrap();
    let names: Vec<&str> = header.split(',').collect();
    body.lines()
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(cells.len(), names.len(), "{line}");
            names.iter().copied().zip(cells).collect()
        })
        .collect()
}

#[test]
fn the_bills_of_a_stay_that_are_not_voided_come_to_its_cost() {
    let (made, costs) = made(3);
    let rows = rows(&made.bills);
    let voided: Vec<&str> = rows.iter().map(|row| row["voids"]).filter(|of| !of.is_empty()).collect();
    assert!(!voided.is_empty(), "the year has voids");
    let mut sums: BTreeMap<&str, Fen> = BTreeMap::new();
    for row in &rows {
        if !row["stay"].is_empty() && row["voids"].is_empty() && !voided.contains(&row["bill_id"]) {
            let amount = Fen::parse_yuan(row["amount"].as_bytes()).unwrap();
            let sum = sums.entry(row["stay"]).or_default();
            *sum = sum.checked_add(amount).unwrap();
        }
    }
    assert!(sums.len() > 100);
    for (stay, sum) in sums {
        assert_eq!(sum, costs[stay], "{stay}");
    }
}

#[test]
fn a_persons_bills_stand_together_in_the_order_of_their_last_days() {
    let (made, _) = made(4);
    let rows = rows(&made.bills);
    let persons: Vec<&str> = rows.iter().map(|row| row["person_id"]).collect();
    let mut firsts = persons.clone();
    firsts.dedup();
    let ids: Vec<String> =
        made.persons.lines().map(|line| line.split('"').nth(5).unwrap_or_default().to_owned()).collect();
    assert_eq!(firsts, ids, "one person per line, in the order of the bills");
    for pair in rows.windows(2).filter(|pair| pair[0]["person_id"] == pair[1]["person_id"]) {
        assert!(pair[0]["end"] <= pair[1]["end"], "{} {}", pair[0]["bill_id"], pair[1]["bill_id"]);
    }
}

#[test]
fn the_same_seed_gives_the_same_bills() {
    let (one, two) = (made(5).0, made(5).0);
    assert_eq!(one.bills, two.bills);
    assert_eq!(one.persons, two.persons);
    assert_ne!(one.bills, made(6).0.bills);
}

#[test]
fn a_stay_over_the_first_of_july_is_billed_up_to_it_and_then_the_rest() {
    let day = |text: &str| Day::parse(text).unwrap();
    let bills = parts(day("2025-06-20"), day("2025-07-09"));
    assert_eq!(bills, [(day("2025-06-20"), day("2025-06-30")), (day("2025-07-01"), day("2025-07-09"))]);
    let long = parts(day("2025-01-01"), day("2025-05-01"));
    assert_eq!(long, [(day("2025-01-01"), day("2025-03-31")), (day("2025-04-01"), day("2025-05-01"))]);
}
