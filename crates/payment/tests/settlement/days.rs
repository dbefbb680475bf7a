//! Bed-days: marginal tiers, level fees, points form, the Dongying formula with its ceiling, yearly days of a person.

use super::*;

/// Fees by level: 380, 320 and 280 a day, tertiary; everywhere the same for others.
fn tiered() -> String {
    step(
        "r",
        "days",
        "bed_day",
        "tiers = [{ upto = 30, fee = \"380.00\" }, { upto = 60, fee = \"320.00\" }, { fee = \"280.00\" }]",
    )
}

fn of_days(id: &str, institution: &str, days: i32) -> Row {
    Row { los_days: days, ..stay(id, institution, "B1", 9000) }
}

#[test]
fn a_day_is_paid_at_the_fee_of_its_own_tier() {
    let rows = [of_days("A", "H1", 30), of_days("B", "H1", 31), of_days("C", "H2", 100), of_days("D", "H2", 0)];
    let settled = settled(&rate_pack("", &(tiered() + &standard_and_fund())), &rows);
    assert_eq!(standards(&settled), ["11400.00", "11720.00", "32200.00", "0.00"]);
    let words = words(&settled, 2);
    assert!(
        words.contains(
            "1. 30 days × 380.00\n2. 30 days × 320.00\n3. 40 days × 280.00\n4. 100 bed-days = 32200.00 (test)"
        ),
        "{words}"
    );
    // The row counts days.
    assert_eq!(settled.rows.iter().map(|row| row.units).collect::<Vec<_>>(), [610_000, 1_000_000]);
}

/// Rehabilitation by level 700 / 400 / 320 (the worked example `bedday.level_fee`;
/// <https://www.jiusongjiankang.com/health/news/6459471.html>).
#[test]
fn a_fee_by_level_comes_from_a_table_and_a_level_without_a_fee_is_refused() {
    let fees = table("fees", "level", "fen", &[("tertiary", "700")]);
    let steps = step("r", "days", "bed_day", "tiers = [{ table = \"fees\" }]") + &standard_and_fund();
    let settled = settled(&rate_pack(&fees, &steps), &[of_days("A", "H1", 30), of_days("B", "H2", 30)]);
    assert_eq!(standards(&settled)[0], "21000.00");
    let refused = &settled.refused[0];
    assert_eq!(
        (refused.code.as_str(), refused.reason.en.as_str()),
        (
            "no_fee",
            "no row for level \"secondary\" in table \"fees\" (step \"days\"); hint: add the row, or state what `missing` does"
        )
    );
}

/// 380 / 12,000 × 100 = 3.1667 points a day, published before it is multiplied (`drg.points.bedday`).
#[test]
fn bed_days_in_points_multiply_the_published_points_of_a_day() {
    let mut text = head("\"m\"") + &method("m", "fund", "points");
    text += &step("m", "scope", "scope", "when = { field = \"los_days\", le = 365 }");
    text += &step("m", "all", "all_mean", "value = \"12000.00\"");
    text += &step("m", "days", "bed_day", "tiers = [{ upto = 30, fee = \"380\" }, { fee = \"240\" }]");
    text += &step("m", "points", "points", "");
    text += &(clear() + &pool("pool", "\"m\"", "5000.00", "next_year", ""));
    let settled = settled(&text, &[of_days("A", "H1", 45), of_days("B", "H2", 10)]);
    // 3.1667 × 30 + 2.0000 × 15
    assert_eq!(points_of(&settled), [1_250_010, 316_670]);
    let words = words(&settled, 0);
    assert!(
        words.contains("30 days × (380.00 / mean of all cases 12000.00 × 100 = 3.1667 points) = 95.0010 points"),
        "{words}"
    );
}

/// Dongying 2022: (ratio A × share A + ratio B × share B) × daily quota × days, at most 102% of the reasonable advance
/// (the worked examples `bedday.dongying.*`; <https://ybzffs.com/page41?article_id=26586>).
#[test]
fn the_dongying_formula_is_days_a_sum_and_a_ceiling() {
    let tables = field("advance", "fen")
        + &field("class_a", "ratio")
        + &field("class_b", "ratio")
        + &table("quota", "level", "fen", &[("tertiary", "260"), ("secondary", "160")]);
    let steps = step("r", "days", "bed_day", "tiers = [{ table = \"quota\" }]")
        + &step(
            "r",
            "shares",
            "factor",
            "sum = [{ field = \"class_a\", times = \"0.85\" }, { field = \"class_b\", times = \"0.75\" }]",
        )
        + &standard_and_fund()
        + &step("r", "ceiling", "cap", "of = \"fund\"\nfield = \"advance\"\ntimes = \"1.02\"");
    let row = |id: &str, advance: i64| Row {
        more: vec![More::Fen(Some(advance)), More::Ratio(Some(800_000)), More::Ratio(Some(150_000))],
        ..of_days(id, "H2", 90)
    };
    let settled = settled(&rate_pack(&tables, &steps), &[row("A", 1_100_000), row("B", 1_200_000)]);
    assert_eq!(standards(&settled), ["11412.00", "11412.00"]);
    assert_eq!(paid(&settled), ["11220.00", "11412.00"]);
    let (cut, kept) = (words(&settled, 0), words(&settled, 1));
    assert!(cut.contains("the fund part at most 11000.00 × 1.02 = 11220.00: 11412.00 lowered to 11220.00"), "{cut}");
    assert!(kept.contains("the fund part 11412.00 is not above 12000.00 × 1.02 = 12240.00"), "{kept}");
}

/// Hospice: a flat fee, and a person's days of the year.
#[test]
fn days_beyond_the_year_of_a_person_are_not_paid() {
    let steps = step("r", "year", "limit", "of = \"days\"\nper = [\"person\"]\nvalue = \"60\"")
        + &step("r", "days", "bed_day", "tiers = [{ fee = \"200\" }]")
        + &standard_and_fund();
    let of = |id: &str, person: &str, days: i32, discharge: &str| Row {
        person: person.to_owned(),
        discharge: discharge.to_owned(),
        ..of_days(id, "H1", days)
    };
    let rows = [
        of("C", "P1", 30, "2025-09-30"),
        of("A", "P1", 40, "2025-03-31"),
        of("B", "P2", 60, "2025-03-31"),
        of("D", "P1", 5, "2025-12-01"),
    ];
    let settled = settled(&rate_pack("", &steps), &rows);
    assert_eq!(standards(&settled), ["4000.00", "8000.00", "12000.00", "0.00"]);
    let words = words(&settled, 0);
    assert!(words.contains("yearly limit of days 60, used before 40, this case 30: 20"), "{words}");
}
