//! Pools: bases, deductions, dated changes, months, who bears the residual.

use yibao_payment::settle::{Options, settle};

use super::*;

#[test]
fn cost_basis_adds_the_patients_money_and_takes_it_off_each_row() {
    let rows = [stay("A", "H1", "G1", 10000), stay("B", "H2", "G2", 10000)];
    let settled = settled(&points_pack("cost", &(chain("") + &clear()), "14000.00", ""), &rows);
    // 20,000 over 280 points.
    assert_eq!(cleared(&settled), ["2714.29", "11285.71"].map(yuan));
    assert_eq!(settled.pools[0].price.unwrap().to_string(), "71.428571");
    assert_eq!(settled.cases.paid, ["2714.29", "11285.71"].map(yuan));
}

#[test]
fn a_negative_result_is_kept_unless_the_method_floors_it() {
    let rows = [Row { patient: 900_000, ..stay("A", "H1", "G1", 10000) }, stay("B", "H2", "G2", 10000)];
    let plain = settled(&points_pack("cost", &(chain("") + &clear()), "8000.00", ""), &rows);
    assert_eq!(cleared(&plain), ["-3285.71", "11285.71"].map(yuan));
    assert_eq!(plain.rows[0].due, yuan("-3285.71"));
    let floor = step("m", "clear", "clear", "floor_zero = true");
    let floored = settled(&points_pack("cost", &(chain("") + &floor), "8000.00", ""), &rows);
    assert_eq!(cleared(&floored), ["0", "11285.71"].map(yuan));
    assert_eq!(floored.pools[0].residual, yuan("-3285.71"));
}

#[test]
fn a_dated_change_counts_for_the_year_and_for_the_months_it_reaches() {
    let change = r#"
[[pool.adjust]]
on = 2025-07-01
amount = "600.00"
reason = { zh = "变化", en = "change" }
{source}"#;
    let text = points_pack("fund", &(chain("") + &clear()), "1200.00", change);
    let august = Row { discharge: "2025-08-02".to_owned(), ..stay("B", "H2", "G2", 8000) };
    let region = region_of(&text, &[stay("A", "H1", "G1", 8000), august]);
    assert_eq!(region.settled().pools[0].budget, yuan("1800"));
    let month = |month| {
        let options = Options { month: Some((2025, month)), ..Options::new(&region.symbols) };
        settle(&region.plan, &region.stays, &options).unwrap().pools[0].budget
    };
    assert_eq!((month(3), month(8)), (yuan("100"), yuan("150")));
}

#[test]
fn a_month_distributes_its_share_and_counts_the_others_as_not_selected() {
    let text = points_pack("fund", &(chain("") + &clear()), "1200.00", "");
    let april = Row { discharge: "2025-04-02".to_owned(), ..stay("B", "H2", "G2", 8000) };
    let region = region_of(&text, &[stay("A", "H1", "G1", 8000), april]);
    let options = Options { month: Some((2025, 3)), ..Options::new(&region.symbols) };
    let march = settle(&region.plan, &region.stays, &options).unwrap();
    assert_eq!((march.period.as_str(), march.not_selected), ("2025-03", 1));
    assert_eq!(cleared(&march), [yuan("100")]);
    assert_eq!(march.rows[0].period, "2025-03");
    let year = region.settled();
    let months: Vec<(&str, u64)> = year.monthly.iter().map(|month| (month.period.as_str(), month.cases)).collect();
    assert_eq!(months, [("2025-03", 1), ("2025-04", 1)]);
}

#[test]
fn a_month_of_a_rate_method_has_its_share_and_bears_nothing_yet() {
    let april = Row { discharge: "2025-04-02".to_owned(), ..stay("B", "H2", "G2", 8000) };
    let region = region_of(&by_rate("reserve", "3000.00"), &[stay("A", "H1", "G1", 8000), april]);
    let month = |month| {
        let options = Options { month: Some((2025, month)), ..Options::new(&region.symbols) };
        settle(&region.plan, &region.stays, &options).unwrap()
    };
    let (march, april) = (month(3), month(4));
    assert_eq!((cleared(&march), cleared(&april)), (vec![yuan("100")], vec![yuan("200")]));
    let left = |settled: &Settled| {
        let pool = &settled.pools[0];
        (pool.distributable, pool.residual, pool.reserve_closing)
    };
    assert_eq!(left(&march), (yuan("250"), yuan("150"), yuan("0")));
    assert_eq!(left(&april), (yuan("250"), yuan("50"), yuan("0")));
}

#[test]
fn a_point_value_under_its_band_is_raised_from_the_reserve() {
    let band = |high: &str| {
        let rest =
            format!("band = {{ previous = \"12.5\", low = \"0.9\", high = \"{high}\", raise_from = \"reserve\" }}");
        step("m", "clear", "clear", &rest)
    };
    let reserve = "[pool.reserve]\nopening = \"1000.00\"\n{source}";
    let rows = [stay("A", "H1", "G1", 8000), stay("B", "H2", "G2", 8000)];
    // 2,800 over 280 points is 10; the floor is 11.25.
    let raised = settled(&points_pack("fund", &(chain("") + &band("1.1")), "2800.00", reserve), &rows);
    assert_eq!(cleared(&raised), ["900", "2250"].map(yuan));
    let pool = &raised.pools[0];
    assert_eq!((pool.residual, pool.reserve_out, pool.reserve_closing), (yuan("-350"), yuan("350"), yuan("650")));
    let words = pool_words(&raised);
    assert!(words.contains("point value 10.000000 kept in its band at 11.250000; from the reserve 350.00"), "{words}");
    // 4,200 over 280 points is 15; the ceiling is 13.75 and what is left goes to the next year.
    let lowered = settled(&points_pack("fund", &(chain("") + &band("1.1")), "4200.00", reserve), &rows);
    assert_eq!(cleared(&lowered), ["1100", "2750"].map(yuan));
    assert_eq!((lowered.pools[0].residual, lowered.pools[0].reserve_closing), (yuan("350"), yuan("1000")));
}

fn by_rate(borne_by: &str, budget: &str) -> String {
    let mut text = head("\"r\"");
    text += &table("weights", "group", "decimal", &[("G1", "1"), ("G2", "2")]);
    text += &method("r", "fund", "rate");
    text += &step("r", "scope", "scope", "when = { field = \"los_days\", le = 365 }");
    text += &step("r", "weight", "weight", "table = \"weights\"");
    text += &step("r", "price", "price", "value = \"100.00\"");
    text += &step("r", "standard", "standard", "");
    text += &step("r", "fund", "fund", "mode = \"whole\"");
    text + &pool("pool", "\"r\"", budget, borne_by, "")
}

#[test]
fn the_pool_names_who_bears_what_the_rates_leave() {
    let rows = [stay("A", "H1", "G1", 8000), stay("B", "H2", "G2", 8000)];
    let next_year = settled(&by_rate("next_year", "250.00"), &rows);
    assert_eq!(cleared(&next_year), ["100", "200"].map(yuan));
    assert_eq!((next_year.pools[0].residual, next_year.rows[0].shared), (yuan("-50"), yuan("0")));
    let weights: i128 = next_year.rows.iter().map(|row| row.units).sum();
    assert!(weights > 0, "the stays have weights");
    assert_eq!(next_year.pools[0].units, weights, "the pool counts the weights of its rows");
    let institutions = settled(&by_rate("institutions", "250.00"), &rows);
    let shared: Vec<Fen> = institutions.rows.iter().map(|row| row.shared).collect();
    assert_eq!(shared, ["-16.67", "-33.33"].map(yuan));
    assert_eq!(institutions.rows[1].due, yuan("166.67"));
    let reserve = settled(&by_rate("reserve", "310.00"), &rows);
    assert_eq!((reserve.pools[0].residual, reserve.pools[0].reserve_closing), (yuan("10"), yuan("10")));
}
