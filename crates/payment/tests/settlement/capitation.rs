//! Heads as cases: head-months, risk weights that keep the pool, lines of the price, factors of age and sex.

use super::*;

/// A head: `head_months` are the days of the row.
fn head_of(id: &str, institution: &str, group: &str, months: i32) -> Row {
    Row { los_days: months, cost: 0, patient: 0, ..stay(id, institution, group, 0) }
}

/// Heads of 12 months are 1, joiners and leavers a part (`capitation.signing_fee`, 10 yuan a head-month;
/// <http://www.handmsg.com/page/2013/0420/15780587.shtml>).
#[test]
fn a_head_month_is_a_twelfth_of_a_head() {
    let of = |units: &str, value: &str| {
        rate_pack("", &(step("r", "heads", "units", units) + &step("r", "fee", "price", value) + &standard_and_fund()))
    };
    let rows = [head_of("A", "H1", "", 12), head_of("B", "H1", "", 5)];
    let monthly = settled(&of("of = \"head_months\"", "value = \"10\""), &rows);
    assert_eq!(paid(&monthly), ["120.00", "50.00"]);
    assert_eq!(monthly.rows[0].units, 170_000);
    let words_of_months = words(&monthly, 0);
    assert!(words_of_months.contains("1. times 12 head-months (test)"), "{words_of_months}");
    let yearly = settled(&of("of = \"head_months\"\nper = \"12\"", "value = \"100\""), &rows);
    assert_eq!(paid(&yearly), ["100.00", "41.67"]);
    let words = words(&yearly, 1);
    assert!(words.contains("5 head-months ÷ 12 = ≈0.416667 (5/12) units"), "{words}");
}

/// The general consultation fee and the basic package are lines of one price.
#[test]
fn a_price_is_the_sum_of_its_lines_each_told() {
    let lines = "lines = [\n  { id = \"package\", title = { zh = \"基本服务包\", en = \"basic package\" }, value = \"70.00\" },\n  { id = \"consultation\", table = \"consultation\" },\n]";
    let tables = table("consultation", "level", "fen", &[("tertiary", "30.00"), ("secondary", "25.50")]);
    let steps = step("r", "heads", "units", "of = \"head_months\"\nper = \"12\"")
        + &step("r", "fee", "price", lines)
        + &standard_and_fund();
    let settled = settled(&rate_pack(&tables, &steps), &[head_of("A", "H1", "", 12), head_of("B", "H2", "", 6)]);
    assert_eq!(paid(&settled), ["100.00", "47.75"]);
    let words = words(&settled, 1);
    assert!(
        words.contains("basic package 70.00 (test)\n3. consultation 25.50 (test)\n4. rate 95.50 (test)"),
        "{words}"
    );
}

/// 1,000 heads of risk 1.20, 6,000 of 0.80, 3,000 of 1.60 share 1,000,000.00 (`capitation.risk_adjusted`), here a
/// thousandth of the heads.
#[test]
fn risk_weights_share_the_pool_and_keep_it() {
    let risk = table("risk", "group", "ratio", &[("0-6", "1.20"), ("7-59", "0.80"), ("60+", "1.60")]);
    let mut text = head("\"m\"") + &risk + &method("m", "fund", "points");
    text += &step("m", "scope", "scope", "when = { field = \"los_days\", le = 365 }");
    text += &step("m", "heads", "units", "of = \"head_months\"\nper = \"12\"");
    text += &step("m", "risk", "factor", "table = \"risk\"");
    text += &(step("m", "points", "points", "") + &clear() + &pool("pool", "\"m\"", "1000.00", "next_year", ""));
    let heads = |group: &'static str, institution: &'static str, count: usize| {
        (0..count).map(move |at| head_of(&format!("{group}{at}"), institution, group, 12))
    };
    let rows: Vec<Row> = heads("0-6", "H1", 1).chain(heads("7-59", "H2", 6)).chain(heads("60+", "H3", 3)).collect();
    let settled = settled(&text, &rows);
    assert_eq!(settled.rows.iter().map(|row| row.units).sum::<i128>(), 108_000);
    assert_eq!(cleared(&settled), ["111.11", "444.45", "444.44"].map(yuan));
    assert_eq!(settled.pools[0].cleared, yuan("1000"));
}

/// Risk by age as a curve, by sex and chronic status as a table keyed by both.
#[test]
fn a_factor_is_a_function_of_age_and_of_any_texts() {
    let chronic = "\n[table.chronic]\nkey = [\"sex\", \"disease\"]\nunit = \"ratio\"\nvalue = \"value\"\n{source}\nrows = [{ sex = \"1\", disease = \"diabetes\", value = \"2.5\" }]\n";
    let age = "field = \"age_years\"\ncurve = [\n  { below = \"60\", times = { slope = \"0\", plus = \"0.8\" } },\n  { from = \"60\", times = { slope = \"0.01\", plus = \"0.2\" } },\n]";
    let steps = step("r", "heads", "units", "of = \"head_months\"\nper = \"12\"")
        + &step("r", "fee", "price", "value = \"100\"")
        + &step("r", "age", "factor", age)
        + &step("r", "status", "factor", "table = \"chronic\"\nmissing_is_one = true")
        + &standard_and_fund();
    let text = rate_pack(&(field("disease", "symbol") + chronic), &steps);
    let of = |id: &str, disease| Row { more: vec![More::Text(disease)], ..head_of(id, "H1", "", 12) };
    let mut region = region_of(&text, &[of("A", ""), of("B", "diabetes"), of("C", "")]);
    region.stays.age_years.set(2, Some(70));
    let settled = region.settled();
    assert_eq!(paid(&settled), ["80.00", "200.00", "90.00"]);
    let words = words(&settled, 2);
    assert!(words.contains("the factor of 70\n4. factor 0.9 (test)"), "{words}");
}

#[test]
fn a_negative_count_is_refused() {
    let steps = step("r", "heads", "units", "of = \"head_months\"")
        + &step("r", "fee", "price", "value = \"10\"")
        + &standard_and_fund();
    let settled = settled(&rate_pack("", &steps), &[head_of("A", "H1", "", 1), head_of("B", "H1", "", -1)]);
    let refused = &settled.refused[0];
    assert_eq!(refused.reason.en, "the field `los_days` of step \"heads\" is negative; hint: correct it at its source");
}
