//! Laws of the verbs beside DRG and DIP, over random cases.

use proptest::prelude::*;

use super::*;

const DAYS: &str = "tiers = [{ upto = 30, fee = \"380.00\" }, { upto = 60, fee = \"320.00\" }, { fee = \"280.00\" }]";

fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    let one = (0..3_usize, 0..4_usize, 1_i64..3_000_000, 0..120_i32, 1..=12_u32, 1..=28_u32);
    proptest::collection::vec(one, 1..30).prop_map(|draws| {
        let row = |(at, (place, person, cost, days, month, day)): (usize, (usize, usize, i64, i32, u32, u32))| Row {
            cost,
            patient: cost / 4,
            los_days: days,
            person: format!("P{person}"),
            discharge: format!("2025-{month:02}-{day:02}"),
            ..stay(&format!("C{at:03}"), ["H1", "H2", "H3"][place], ["D1", "D2"][at % 2], 0)
        };
        draws.into_iter().enumerate().map(row).collect()
    })
}

fn quotas() -> String {
    table("quotas", "group", "fen", &[("D1", "8000"), ("D2", "12345.67")])
}

fn of_quota(rest: &str) -> String {
    rate_pack(&quotas(), &(step("r", "quota", "quota", &format!("table = \"quotas\"\n{rest}")) + &standard_and_fund()))
}

fn of_days(rest: &str) -> String {
    rate_pack("", &(step("r", "days", "bed_day", DAYS) + rest + &standard_and_fund()))
}

fn limited(amount: i64) -> String {
    let limit = format!("of = \"fund\"\nper = [\"person\"]\nvalue = \"{}\"", Fen::new(amount));
    of_days("") + &step("r", "year", "limit", &limit)
}

fn capitated(risks: [u32; 2]) -> String {
    let [first, second] = risks.map(|risk| format!("0.{risk:04}"));
    let risk = table("risk", "group", "decimal", &[("D1", &first), ("D2", &second)]);
    let mut text = head("\"m\"") + &risk + &method("m", "fund", "points");
    text += &step("m", "scope", "scope", "when = { field = \"los_days\", ge = 0 }");
    text += &step("m", "heads", "units", "of = \"head_months\"\nper = \"12\"");
    text += &step("m", "risk", "factor", "table = \"risk\"");
    text + &step("m", "points", "points", "") + &clear() + &pool("pool", "\"m\"", "1000000.00", "next_year", "")
}

/// What every case is paid, by case id.
fn by_id(text: &str, rows: &[Row]) -> Vec<(String, Fen)> {
    let settled = settled(text, rows);
    let mut paid: Vec<(String, Fen)> =
        rows.iter().map(|row| row.case_id.clone()).zip(settled.cases.paid.iter().copied()).collect();
    paid.sort();
    paid
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_factor_of_one_changes_nothing(rows in any_rows()) {
        let one = step("r", "one", "factor", "times = \"1\"");
        let flat = step("r", "flat", "factor", "field = \"age_years\"\ncurve = [{ times = { slope = \"0\", plus = \"1\" } }]");
        let sum = step("r", "sum", "factor", "sum = [{ field = \"cost\", over = \"cost\", times = \"1\" }]");
        let plain = settled(&of_days(""), &rows).cases.paid;
        for rest in [one, flat, sum] {
            prop_assert_eq!(&settled(&of_days(&rest), &rows).cases.paid, &plain);
        }
    }

    #[test]
    fn the_order_of_rows_changes_no_figure(rows in any_rows(), turn in 0..30_usize, amount in 0_i64..5_000_000) {
        let mut turned = rows.clone();
        turned.rotate_left(turn % rows.len());
        turned.reverse();
        for text in [limited(amount), of_quota("mode = \"share\"\nshare = \"0.3\""), capitated([1250, 8000])] {
            prop_assume!(rows.iter().any(|row| row.los_days > 0));
            prop_assert_eq!(by_id(&text, &rows), by_id(&text, &turned));
        }
    }

    #[test]
    fn one_more_day_never_pays_less_and_never_more_than_the_highest_fee(days in 0..400_i32) {
        let row = |id: &str, days| Row { los_days: days, ..stay(id, "H1", "D1", 1) };
        let paid = settled(&of_days(""), &[row("A", days), row("B", days + 1)]).cases.paid;
        let more = paid[1].get() - paid[0].get();
        prop_assert!((28_000..=38_000).contains(&more), "{more}");
    }

    #[test]
    fn every_form_of_a_quota_keeps_its_bounds(rows in any_rows(), percent in 0..=100_u32, half in 0..100_u32) {
        let of = |rest: &str| settled(&of_quota(rest), &rows).cases.paid;
        let fixed = of("mode = \"fixed\"");
        let cap = of("mode = \"cap\"");
        let share = of(&format!("mode = \"share\"\nshare = \"{percent}%\""));
        let corridor = of(&format!("mode = \"corridor\"\nshare = \"{percent}%\"\ncorridor = \"{half}%\""));
        for (at, row) in rows.iter().enumerate() {
            let (quota, actual) = (fixed[at].get(), row.cost);
            prop_assert_eq!(cap[at].get(), quota.min(actual));
            prop_assert!(share[at].get() >= cap[at].get() && share[at].get() <= quota);
            let (low, high) = (quota.min(actual), quota.max(actual));
            prop_assert!(corridor[at].get() >= low && corridor[at].get() <= high);
        }
    }

    #[test]
    fn risk_weights_keep_the_pool(rows in any_rows(), first in 1..10_000_u32, second in 1..10_000_u32) {
        prop_assume!(rows.iter().any(|row| row.los_days > 0));
        match region_of(&capitated([first, second]), &rows).settle() {
            Ok(settled) => prop_assert_eq!(settled.pools[0].cleared, yuan("1000000")),
            // A weight so small that no head has a point.
            Err(error) => prop_assert!(error.to_string().contains("no point value"), "{error}"),
        }
    }

    #[test]
    fn a_limit_never_pays_more_than_itself(rows in any_rows(), amount in 0_i64..5_000_000) {
        let paid = settled(&limited(amount), &rows).cases.paid;
        let free = settled(&of_days(""), &rows).cases.paid;
        for person in 0..4 {
            let of = |paid: &[Fen]| -> i64 {
                let own = rows.iter().zip(paid).filter(|(row, _)| row.person == format!("P{person}"));
                own.map(|(_, paid)| paid.get()).sum()
            };
            prop_assert_eq!(of(&paid), of(&free).min(amount));
        }
    }
}
