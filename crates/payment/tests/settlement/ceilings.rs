//! Caps, yearly limits, transfers, out-of-area stays.

use super::*;

fn flat(tables: &str, rest: &str) -> String {
    let steps = step("r", "cases", "units", "of = \"cases\"")
        + &step("r", "fee", "price", "value = \"600\"")
        + &standard_and_fund()
        + rest;
    rate_pack(tables, &steps)
}

fn of_person(id: &str, person: &str, discharge: &str) -> Row {
    Row { person: person.to_owned(), discharge: discharge.to_owned(), ..stay(id, "H1", "", 800) }
}

#[test]
fn a_limit_goes_by_discharge_and_then_by_case_id_whatever_the_row_order() {
    let text = flat("", &step("r", "year", "limit", "of = \"fund\"\nper = [\"person\"]\nvalue = \"1000\""));
    let rows = [
        of_person("B", "P1", "2025-03-08"),
        of_person("A", "P1", "2025-03-08"),
        of_person("C", "P1", "2025-01-02"),
        of_person("D", "P2", "2025-01-02"),
    ];
    let first = settled(&text, &rows);
    assert_eq!(paid(&first), ["0.00", "400.00", "600.00", "600.00"]);
    let words = words(&first, 3);
    assert!(words.contains("within the yearly limit of fund money 1000.00"), "{words}");
}

#[test]
fn a_month_sees_what_the_year_has_taken_so_far() {
    let text = flat("", &step("r", "year", "limit", "of = \"fund\"\nper = [\"person\"]\nvalue = \"1000\""));
    let rows =
        [of_person("A", "P1", "2025-01-08"), of_person("B", "P1", "2025-02-08"), of_person("C", "P1", "2025-03-08")];
    let region = region_of(&text, &rows);
    let of = |month: u8| paid(&region.month(month).unwrap());
    assert_eq!(of(1), ["600.00", "0.00", "0.00"]);
    assert_eq!(of(2), ["0.00", "400.00", "0.00"]);
    assert_eq!(of(3), ["0.00", "0.00", "0.00"]);
}

#[test]
fn a_month_without_the_months_before_is_refused() {
    let text = flat("", &step("r", "year", "limit", "of = \"fund\"\nper = [\"person\"]\nvalue = \"1000\""));
    let region = region_of(&text, &[of_person("A", "P1", "2025-02-08"), of_person("B", "P1", "2025-04-08")]);
    assert_eq!(
        region.month(4).unwrap_err().to_string(),
        "step \"year\" limits what a person takes in a year, and no stay of 2025-01, 2025-03 was read\n  hint: name the files of the year so far with --stays, or settle the year"
    );
}

#[test]
fn a_limit_needs_the_person_of_every_case() {
    let text = flat("", &step("r", "year", "limit", "of = \"fund\"\nper = [\"person\"]\nvalue = \"1000\""));
    assert_eq!(
        refusal(&text, &[of_person("A", "", "2025-02-08")]),
        "step \"year\" needs the person of every stay, and the stay \"A\" (row 2) has none\n  hint: map the column under [columns], or take the step out of the method"
    );
}

fn transfer_pack() -> String {
    let steps = chain(&step("m", "legs", "transfer", "link = \"transfer\"\nsplit = \"cost_share\"")) + &clear();
    points_pack("fund", &steps, "5000.00", "") + &field("transfer", "symbol")
}

#[test]
fn the_legs_of_a_transfer_share_one_payment_by_cost() {
    let of = |id: &str, institution: &str, cost, link| Row {
        more: vec![More::Text(link)],
        ..stay(id, institution, "G2", cost)
    };
    let rows =
        [of("A", "H1", 15000, "T1"), of("B", "H2", 5000, "T1"), of("C", "H3", 9000, "T2"), of("D", "H3", 9000, "")];
    let settled = settled(&transfer_pack(), &rows);
    // 200 points: three quarters and one quarter; a leg alone and a blank link are whole.
    assert_eq!(points_of(&settled), [1_500_000, 500_000, 2_000_000, 2_000_000]);
    let words = words(&settled, 1);
    assert!(words.contains("transfer of 2 legs: cost of this leg 5000.00 ÷ all legs 20000.00 = 0.25"), "{words}");
}

#[test]
fn the_legs_of_one_transfer_add_up_to_one_group_payment() {
    let of = |id: &str, cost| Row { more: vec![More::Text("T1")], ..stay(id, "H1", "G2", cost) };
    let settled = settled(&transfer_pack(), &[of("A", 1), of("B", 2), of("C", 4)]);
    let sum: i64 = points_of(&settled).iter().sum();
    assert!((sum - 2_000_000).abs() <= 2, "{sum}");
}

/// Out-of-area stays of low-point same-price groups: province means, the province's point value, a ceiling (Zhejiang
/// 2025, spec §1.9; <http://www.bjdcc.cn/zbZcfg/Item5a54f028b0e1230f.html>).
#[test]
fn out_of_area_stays_have_their_own_table_value_and_ceiling() {
    let mut text = head("\"local\", \"away\"") + &field("insured_in", "symbol");
    text += &table("points", "group", "decimal", &[("G1", "80")]);
    text += &table("province_points", "group", "decimal", &[("G1", "78.5")]);
    text += &method("local", "fund", "points");
    text += &step("local", "scope", "scope", "when = { field = \"insured_in\", is = \"here\" }");
    text += &step("local", "base", "base_points", "table = \"points\"");
    text += &(step("local", "points", "points", "") + &step("local", "clear", "clear", ""));
    text += &method("away", "fund", "rate");
    text += &step("away", "scope", "scope", "when = { not = { field = \"insured_in\", is = \"here\" } }");
    text += &step("away", "weight", "weight", "table = \"province_points\"");
    text += &step("away", "value", "price", "value = \"110.25\"");
    text += &step("away", "standard", "standard", "");
    text += &step("away", "ceiling", "cap", "of = \"standard\"\nfield = \"cost\"\ntimes = \"1.1\"");
    text += &step("away", "fund", "fund", "mode = \"whole\"");
    text += &(pool("here", "\"local\"", "5000.00", "next_year", "")
        + &pool("away", "\"away\"", "90000.00", "next_year", ""));
    let of = |id: &str, place, cost| Row { more: vec![More::Text(place)], ..stay(id, "H1", "G1", cost) };
    let settled = settled(&text, &[of("A", "here", 8000), of("B", "there", 8000), of("C", "there", 7000)]);
    // 78.5 × 110.25 = 8,654.625; at most 1.1 × 7,000.
    assert_eq!(paid(&settled), ["5000.00", "8654.63", "7700.00"]);
}

#[test]
fn points_have_a_ceiling_in_points_or_in_yuan() {
    let bands = "over = \"group_mean\"\nbands = [{ upto = \"1\", times = { slope = \"0\", plus = \"1\" } }, { above = \"1\", times = { slope = \"1\", plus = \"0\" } }]";
    let chain = |cap: &str| {
        let steps = step("m", "all", "all_mean", "value = \"10000.00\"")
            + &chain(&step("m", "bands", "outlier_band", bands))
            + &step("m", "ceiling", "cap", cap)
            + &clear();
        points_pack("fund", &steps, "5000.00", "")
    };
    let rows = [stay("A", "H1", "G1", 24000), stay("B", "H1", "G1", 8000)];
    let in_points = settled(&chain("of = \"points\"\nfield = \"base_points\"\ntimes = \"2\""), &rows);
    assert_eq!(points_of(&in_points), [1_600_000, 800_000]);
    // 24,000 / 10,000 × 100 × 0.75 = 180; 8,000 → 60.
    let in_yuan = settled(&chain("of = \"points\"\nfield = \"cost\"\ntimes = \"0.75\""), &rows);
    assert_eq!(points_of(&in_yuan), [1_800_000, 600_000]);
}

/// DIP special review: five per mille of the discharges (spec §1.14).
#[test]
fn a_review_quota_of_five_per_mille_is_floored() {
    let steps = step(
        "m",
        "review",
        "special_review",
        "quota = { share = \"0.005\", of = \"discharges\", scope = \"region\", rank_by = \"cost\" }\nover_quota = \"standard\"",
    ) + &chain("")
        + &clear();
    let text = points_pack("fund", &steps, "9000000.00", "");
    let rows = |count: usize| -> Vec<Row> {
        let flagged =
            (0..3).map(|at| Row { special: "items".to_owned(), ..stay(&format!("R{at}"), "H1", "G1", 90_000 - at) });
        flagged.chain((3..count).map(|at| stay(&format!("N{at:04}"), "H1", "G1", 8000))).collect()
    };
    let accepted = |count: usize| {
        let settled = settled(&text, &rows(count));
        settled.cases.outcome.iter().filter(|one| one.route == yibao_payment::settled::Route::SpecialReview).count()
    };
    assert_eq!([accepted(199), accepted(200), accepted(399), accepted(400)], [0, 1, 1, 2]);
}

#[test]
fn a_standard_set_by_a_panel_is_not_capped_but_counts_in_the_year() {
    let tables = field("special_amount", "fen");
    let steps = step(
        "r",
        "review",
        "special_review",
        "quota = { share = \"1\", of = \"discharges\", scope = \"region\", rank_by = \"cost\" }\nover_quota = \"standard\"",
    ) + &step("r", "cases", "units", "of = \"cases\"")
        + &step("r", "fee", "price", "value = \"600\"")
        + &step("r", "standard", "standard", "")
        + &step("r", "ceiling", "cap", "of = \"standard\"\nfield = \"cost\"")
        + &step("r", "fund", "fund", "mode = \"whole\"")
        + &step("r", "year", "limit", "of = \"fund\"\nper = [\"person\"]\nvalue = \"1000\"");
    let of = |id: &str, special: &str, discharge: &str| Row {
        special: special.to_owned(),
        more: vec![More::Fen(Some(90_000))],
        ..of_person(id, "P1", discharge)
    };
    let rows = [of("A", "adjusted", "2025-01-08"), of("B", "", "2025-02-08")];
    // 900.00 although the stay cost 800.00; then 100.00 is left of the year.
    assert_eq!(paid(&settled(&rate_pack(&tables, &steps), &rows)), ["900.00", "100.00"]);
}
