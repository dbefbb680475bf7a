//! What holds for every region with care charged elsewhere and claims under a total: conservation, monotone shares, no
//! money made by splitting, no dependence on order.

use proptest::prelude::*;
use yibao_kernel::sum;

use super::support::text_extras;
use super::*;

/// Institution, group, signed institution (3: nobody), cost in yuan, month.
type Draw = (usize, usize, usize, i64, u8);

const IDS: [&str; 4] = ["H1", "H2", "H3", ""];

fn draws() -> impl Strategy<Value = Vec<Draw>> {
    proptest::collection::vec((0..3_usize, 0..3_usize, 0..4_usize, 1_i64..40_000, 1..=12_u8), 1..24)
}

/// Points with a package by rate beside them; what is used elsewhere is charged to the package.
fn pack(basis: &str, budget: i64, times: &str) -> String {
    let mut text = head("\"package\", \"visits\"") + "\n[fields.signed]\nkind = \"symbol\"\n";
    text += &table("weights", "group", "decimal", &[("HEAD", "0.7321")]);
    text += &table("points", "group", "decimal", &[("G1", "80.0123"), ("G2", "200")]);
    text += &method("package", "fund", "rate");
    for (id, verb, rest) in [
        ("scope", "scope", "when = { field = \"group\", is = \"HEAD\" }"),
        ("weight", "weight", "table = \"weights\""),
        ("price", "price", "value = \"987.65\""),
        ("standard", "standard", ""),
        ("fund", "fund", "mode = \"whole\""),
    ] {
        text += &step("package", id, verb, rest);
    }
    let charge = format!("methods = [\"visits\"]\nby = \"signed\"\ntimes = \"{times}\"");
    text += &step("package", "charge", "charge", &charge);
    text += &method("visits", basis, "points");
    text += &step("visits", "scope", "scope", "when = { field = \"group\", in = [\"G1\", \"G2\"] }");
    text += &step("visits", "low", "route", "to = \"items\"\nwhen = { field = \"cost\", lt = \"500.00\" }");
    text += &(step("visits", "base", "base_points", "table = \"points\"") + &step("visits", "points", "points", ""));
    text += &step("visits", "clear", "clear", "");
    text + &pool("pool", "\"package\", \"visits\"", &Fen::new(budget).to_string(), "next_year", "")
}

fn region_of_draws(text: &str, draws: &[Draw], order: impl Fn(usize) -> usize) -> Region {
    let row = |at: usize| {
        let (institution, group, _, cost, month) = draws[order(at)];
        let discharge = format!("2025-{month:02}-08");
        let id = format!("C{:03}", order(at));
        Row { discharge, ..stay(&id, IDS[institution], ["G1", "G2", "HEAD"][group], cost) }
    };
    let rows: Vec<Row> = (0..draws.len()).map(row).collect();
    let signed: Vec<&str> = (0..draws.len()).map(|at| IDS[draws[order(at)].2]).collect();
    let mut region = region_of(text, &rows);
    text_extras(&mut region, &[&signed]);
    region
}

fn items(budget: i64, per: &str) -> String {
    let mut text = head("\"ffs\"") + "\n[fields.signed]\nkind = \"symbol\"\n" + &method("ffs", "fund", "rate");
    text += &step("ffs", "items", "route", "to = \"items\"\nwhen = { field = \"cost\", ge = \"0\" }");
    text += &step("ffs", "clear", "clear", &format!("over = \"pro_rata\"\nper = \"{per}\""));
    text + &pool("pool", "\"ffs\"", &Fen::new(budget).to_string(), "next_year", "")
}

fn check(settled: &Settled) -> Result<(), TestCaseError> {
    let pool = &settled.pools[0];
    let of = |amount: fn(&yibao_payment::settled::ClearingRow) -> Fen| sum(settled.rows.iter().map(amount)).unwrap();
    prop_assert_eq!(of(|row| row.cleared), pool.cleared);
    prop_assert_eq!(of(|row| row.charged), pool.charged);
    prop_assert_eq!(sum([pool.cleared, pool.charged, pool.residual]), Ok(pool.distributable));
    for (number, row) in settled.rows.iter().enumerate() {
        let of_row = settled.cases.row.iter().zip(&settled.cases.paid);
        let paid = sum(of_row.filter(|(at, _)| **at as usize == number).map(|(_, paid)| *paid));
        prop_assert_eq!(paid, Ok(row.cleared));
    }
    let side = |source: bool| {
        settled.identity.iter().filter(move |line| line.is_source == source).map(|line| i128::from(line.amount.get()))
    };
    prop_assert_eq!(side(true).sum::<i128>(), side(false).sum::<i128>());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_charged_conserves_the_pool(draws in draws(), budget in 1_000_000_i64..1_000_000_000, times in 0..3_usize) {
        for basis in ["fund", "cost"] {
            let text = pack(basis, budget, ["0", "0.5", "1"][times]);
            if let Ok(settled) = region_of_draws(&text, &draws, |at| at).settle() {
                check(&settled)?;
                // Points leave nothing over, whatever is charged to whom.
                prop_assert_eq!(settled.pools[0].residual, Fen::ZERO);
            }
        }
    }

    #[test]
    fn claims_never_get_more_than_the_total_nor_than_they_ask(draws in draws(), budget in 1_i64..1_000_000_000) {
        for per in ["year", "quarter"] {
            let settled = region_of_draws(&items(budget, per), &draws, |at| at).settled();
            check(&settled)?;
            prop_assert!(settled.pools[0].cleared <= Fen::new(budget));
            for (paid, outcome) in settled.cases.paid.iter().zip(settled.cases.outcome.iter()) {
                prop_assert!(*paid <= outcome.amount && !paid.is_negative());
            }
            let more = region_of_draws(&items(budget + 777, per), &draws, |at| at).settled();
            for (less, more) in settled.rows.iter().zip(&more.rows) {
                // Largest remainder may move a single fen between rows, once per part of the year.
                prop_assert!(more.cleared.get() + 4 >= less.cleared.get());
            }
        }
    }

    #[test]
    fn splitting_an_institution_makes_no_money(draws in draws(), budget in 1_000_000_i64..1_000_000_000) {
        // H3 is a branch of H2 or not: exact shares are the same but for the fen of largest remainder.
        let whole: Vec<Draw> = draws.iter().map(|(at, group, _, cost, month)| ((*at).min(1), *group, 3, *cost, *month)).collect();
        let apart: Vec<Draw> = draws.iter().map(|(at, group, _, cost, month)| (*at, *group, 3, *cost, *month)).collect();
        let text = pack("fund", budget, "1");
        let of = |draws: &[Draw]| region_of_draws(&text, draws, |at| at).settle();
        if let (Ok(whole), Ok(apart)) = (of(&whole), of(&apart)) {
            let second = |settled: &Settled| -> i64 {
                settled.rows.iter().filter(|row| row.institution > 0).map(|row| row.cleared.get()).sum()
            };
            prop_assert!((second(&whole) - second(&apart)).abs() <= 2);
        }
    }

    #[test]
    fn the_order_of_rows_changes_no_figure(draws in draws(), turn in 0..24_usize) {
        let text = pack("cost", 300_000_000, "1");
        let turned = |at: usize| (draws.len() - 1 - at + turn) % draws.len();
        let (first, second) = (region_of_draws(&text, &draws, |at| at).settle(), region_of_draws(&text, &draws, turned).settle());
        match (first, second) {
            (Ok(first), Ok(second)) => {
                let figures = |settled: &Settled| {
                    settled.rows.iter().map(|row| (row.institution, row.method, row.cleared, row.charged, row.due)).collect::<Vec<_>>()
                };
                prop_assert_eq!(figures(&first), figures(&second));
                prop_assert!(first.rows.iter().zip(&second.rows).all(|(a, b)| a.explanation == b.explanation));
            }
            (first, second) => prop_assert_eq!(first.is_err(), second.is_err()),
        }
    }
}
