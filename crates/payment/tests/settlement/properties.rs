//! What holds for every region: conservation, neutral factors, monotone shares, no dependence on order or threads.

use proptest::prelude::*;
use yibao_kernel::sum;

use super::*;

const COUNT: usize = 24;

/// Random stays: institution, group, cost in fen, patient share in percent, day of March.
fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    let one = (0..3_usize, 0..2_usize, 1_i64..5_000_000, 0_i64..=100, 1..=28_u32);
    proptest::collection::vec(one, 1..COUNT).prop_map(|draws| {
        let row = |(at, (institution, group, cost, percent, day)): (usize, (usize, usize, i64, i64, u32))| Row {
            cost,
            patient: cost * percent / 100,
            discharge: format!("2025-03-{day:02}"),
            ..stay(&format!("C{at:03}"), ["H1", "H2", "H3"][institution], ["G1", "G2"][group], 0)
        };
        draws.into_iter().enumerate().map(row).collect()
    })
}

fn bands() -> String {
    let bands = r#"over = "group_mean"
bands = [
  { upto = "0.4", times = { slope = "1", plus = "0" } },
  { above = "0.4", upto = "0.8", times = { slope = "1", plus = "0.2" } },
  { above = "0.8", upto = "3", times = { slope = "0", plus = "1" } },
  { above = "3", times = { slope = "1", plus = "-2" } },
]"#;
    step("m", "bands", "outlier_band", bands)
}

fn points(basis: &str, budget: i64, extra: &str) -> String {
    let steps = step("m", "short", "route", "to = \"items\"\nwhen = { field = \"cost\", lt = \"100.00\" }")
        + &chain(&(bands() + extra))
        + &step("m", "prepay", "monthly_prepay", "rate = \"0.85\"")
        + &clear();
    let reserve =
        "[[pool.deduct]]\nid = \"d\"\nbasis = \"share_of_amount\"\nvalue = \"5%\"\nto = \"reserve\"\n{source}";
    points_pack(basis, &steps, &Fen::new(budget).to_string(), reserve)
}

fn rate(budget: i64) -> String {
    let mut text = head("\"r\"") + &table("weights", "group", "decimal", &[("G1", "0.7321"), ("G2", "2.1")]);
    text += &method("r", "cost", "rate");
    for (id, verb, rest) in [
        ("scope", "scope", "when = { field = \"los_days\", le = 365 }"),
        ("weight", "weight", "table = \"weights\""),
        ("price", "price", "value = \"9987.65\""),
        ("standard", "standard", ""),
        ("fund", "fund", "mode = \"minus_patient\""),
    ] {
        text += &step("r", id, verb, rest);
    }
    text + &pool("pool", "\"r\"", &Fen::new(budget).to_string(), "next_year", "")
}

/// Everything adds up, checked here once more from the outside.
fn check_conservation(settled: &Settled) -> Result<(), TestCaseError> {
    let pool = &settled.pools[0];
    prop_assert_eq!(sum([pool.deducted, pool.reserve_in, pool.distributable]), Ok(pool.budget));
    prop_assert_eq!(sum([pool.cleared, pool.residual]), Ok(pool.distributable));
    prop_assert_eq!(sum(settled.rows.iter().map(|row| row.cleared)), Ok(pool.cleared));
    for (number, row) in settled.rows.iter().enumerate() {
        let of_row = settled.cases.row.iter().zip(&settled.cases.paid);
        let paid = sum(of_row.filter(|(at, _)| **at as usize == number).map(|(_, paid)| *paid));
        prop_assert_eq!(paid, Ok(row.cleared));
        let months = settled.monthly.iter().filter(|month| month.row as usize == number);
        prop_assert_eq!(sum(months.map(|month| month.prepaid)), Ok(row.prepaid));
    }
    Ok(())
}

fn figures(settled: &Settled) -> Vec<(u32, i128, Fen, Fen, Fen)> {
    settled.rows.iter().map(|row| (row.institution, row.units, row.cleared, row.prepaid, row.due)).collect()
}

fn in_pool(threads: usize, region: &Region) -> String {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    format!("{:?}", pool.install(|| region.settled()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_leaves_a_pool_arrives(rows in any_rows(), budget in 1_000_000_i64..1_000_000_000) {
        for text in [points("cost", budget, ""), points("fund", budget, ""), rate(budget)] {
            if let Ok(settled) = region_of(&text, &rows).settle() {
                check_conservation(&settled)?;
            }
        }
    }

    #[test]
    fn a_factor_of_one_changes_nothing(rows in any_rows(), budget in 1_000_000_i64..1_000_000_000) {
        let one = step("m", "one", "factor", "times = \"1\"");
        let plain = region_of(&points("cost", budget, ""), &rows).settle();
        let with_one = region_of(&points("cost", budget, &one), &rows).settle();
        prop_assert_eq!(plain.map(|settled| settled.cases.paid), with_one.map(|settled| settled.cases.paid));
    }

    #[test]
    fn a_larger_budget_takes_exact_shares_from_nobody(
        rows in any_rows(), budget in 10_000_000_i64..1_000_000_000, more in 0_i64..100_000_000,
    ) {
        let of = |budget| region_of(&points("fund", budget, ""), &rows).settle();
        if let (Ok(less), Ok(more)) = (of(budget), of(budget + more)) {
            for (less, more) in less.rows.iter().zip(&more.rows) {
                // Largest remainder may move a single fen between rows.
                prop_assert!(more.cleared.get() + 1 >= less.cleared.get());
            }
        }
    }

    #[test]
    fn the_order_of_stays_changes_no_figure(rows in any_rows(), turn in 0..COUNT) {
        let text = points("cost", 300_000_000, "");
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        turned.reverse();
        let (first, second) = (region_of(&text, &rows).settle(), region_of(&text, &turned).settle());
        match (first, second) {
            (Ok(first), Ok(second)) => {
                prop_assert_eq!(figures(&first), figures(&second));
                for (at, row) in rows.iter().enumerate() {
                    let other = turned.iter().position(|turned| turned.case_id == row.case_id).unwrap();
                    prop_assert_eq!(first.cases.paid[at], second.cases.paid[other]);
                }
            }
            (first, second) => prop_assert_eq!(first.is_err(), second.is_err()),
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let rows: Vec<Row> = (0..135_000)
        .map(|at: i64| {
            let place = usize::try_from(at * 7 % 3).unwrap();
            stay(
                &format!("C{at:06}"),
                ["H1", "H2", "H3"][place],
                if at % 5 < 3 { "G1" } else { "G2" },
                500 + at * 37 % 40_000,
            )
        })
        .collect();
    let region = region_of(&points("cost", 300_000_000_000, ""), &rows);
    let one = in_pool(1, &region);
    assert!(one == in_pool(3, &region), "one thread and three threads settle differently");
}
