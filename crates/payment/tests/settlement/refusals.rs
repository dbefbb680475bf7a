//! What cannot be settled, and stays that are refused, with their exact words.

use yibao_payment::settle::{Options, settle};
use yibao_payment::settled::Refusal;

use super::*;

fn plain() -> String {
    points_pack("fund", &(chain("") + &clear()), "1000.00", "")
}

#[test]
fn no_stays_at_all() {
    assert_eq!(
        refusal(&plain(), &[]),
        "no stays to settle\n  hint: name the files of stays in the pack's [input] or with --stays"
    );
}

#[test]
fn a_year_without_stays() {
    let old = Row { discharge: "2024-12-31".to_owned(), ..stay("A", "H1", "G1", 8000) };
    assert_eq!(
        refusal(&plain(), &[old]),
        "no stay was discharged in 2025: 1 stays read, all of other periods\n  hint: check the discharge dates, or settle another year"
    );
}

#[test]
fn a_month_outside_the_year() {
    let region = region_of(&plain(), &[stay("A", "H1", "G1", 8000)]);
    let options = Options { month: Some((2024, 3)), ..Options::new(&region.symbols) };
    assert_eq!(
        settle(&region.plan, &region.stays, &options).unwrap_err().to_string(),
        "the year 2025 has no month 3\n  hint: give --month as 2025-01 to 2025-12, inside the settled year"
    );
}

#[test]
fn no_points_in_the_pool() {
    let nothing = step("m", "out", "route", "to = \"nothing\"\nwhen = { field = \"los_days\", ge = 0 }");
    assert_eq!(
        refusal(
            &points_pack("fund", &(nothing + &chain("") + &clear()), "1000.00", ""),
            &[stay("A", "H1", "G1", 8000)]
        ),
        "0 points in pool \"pool\": there is no point value\n  hint: no stay of the pool earned points; check the scope and the routes of its methods, or leave the pool out of the year"
    );
}

#[test]
fn a_budget_smaller_than_its_deductions() {
    // Enough for the year with the change of July, which has not taken effect in March.
    let rest = r#"
[[pool.deduct]]
id = "d"
basis = "fixed"
value = "1000.01"
{source}

[[pool.adjust]]
on = 2025-07-01
amount = "500.00"
reason = { zh = "变化", en = "change" }
{source}"#;
    let text = points_pack("fund", &(chain("") + &clear()), "1000.00", rest);
    let region = region_of(&text, &[stay("A", "H1", "G1", 8000)]);
    assert_eq!(cleared(&region.settled()), [yuan("499.99")]);
    let options = Options { month: Some((2025, 3)), ..Options::new(&region.symbols) };
    assert_eq!(
        settle(&region.plan, &region.stays, &options).unwrap_err().to_string(),
        "pool \"pool\": the budget of 1000.00 yuan is smaller than its deductions: deduction 1 takes 1000.01 yuan of the 1000.00 yuan left\n  hint: lower the deductions or raise the budget; a fixed deduction is in yuan"
    );
}

#[test]
fn a_residual_that_the_reserve_cannot_bear() {
    let mut text = head("\"r\"") + &table("weights", "group", "decimal", &[("G1", "1")]) + &method("r", "fund", "rate");
    for (id, verb, rest) in [
        ("scope", "scope", "when = { field = \"los_days\", le = 365 }"),
        ("weight", "weight", "table = \"weights\""),
        ("price", "price", "value = \"100.00\""),
        ("standard", "standard", ""),
        ("fund", "fund", "mode = \"whole\""),
    ] {
        text += &step("r", id, verb, rest);
    }
    text += &pool("pool", "\"r\"", "60.00", "reserve", "");
    assert_eq!(
        refusal(&text, &[stay("A", "H1", "G1", 8000)]),
        "the reserve of pool \"pool\" would go negative: it holds 0.00 yuan and bearing the pool's residual takes 40.00 yuan\n  hint: raise the reserve, lower the rates, or let `borne_by` be \"next_year\""
    );
}

#[test]
fn two_methods_that_claim_one_stay() {
    let steps = |id: &str, when: &str| {
        method(id, "fund", "points")
            + &step(id, "scope", "scope", when)
            + &step(id, "base", "base_points", "table = \"points\"")
            + &step(id, "points", "points", "")
            + &step(id, "clear", "clear", "")
    };
    let text = head("\"a\", \"b\"")
        + &table("points", "group", "decimal", &[("G1", "80")])
        + &steps("a", "when = { field = \"los_days\", le = 9 }")
        + &steps("b", "when = { field = \"age_years\", ge = 18 }")
        + &pool("pool", "\"a\", \"b\"", "60.00", "next_year", "");
    assert_eq!(
        refusal(&text, &[stay("A", "H1", "G1", 8000)]),
        "methods \"a\" and \"b\" both claim the stay \"A\" (row 2)\n  hint: make the `scope` conditions of the two methods exclusive"
    );
}

#[test]
fn readmission_without_persons() {
    let rule = "window_days = 15\ninclusive = true\nsame = \"group\"\ninstitution = \"same\"\nearlier_times = \"0.5\"";
    let text = points_pack("fund", &(chain(&step("m", "again", "readmission", rule)) + &clear()), "1000.00", "");
    let nobody = Row { person: String::new(), ..stay("A", "H1", "G1", 8000) };
    assert_eq!(
        refusal(&text, &[nobody]),
        "step \"again\" needs the person of every stay, and the stay \"A\" (row 2) has none\n  hint: map the column under [columns], or take the step out of the method"
    );
}

#[test]
fn a_factor_that_makes_points_negative() {
    let text =
        points_pack("fund", &(chain(&step("m", "minus", "factor", "table = \"minus\"")) + &clear()), "1000.00", "")
            + &table("minus", "group", "ratio", &[("G1", "-1")]);
    assert_eq!(
        refusal(&text, &[stay("A", "H1", "G1", 8000)]),
        "the stay \"A\" (row 2), step \"points\": the points are negative: -80.0000\n  hint: check the bands of the method; a factor may not fall below zero"
    );
}

#[test]
fn an_institution_without_a_score() {
    let deposit =
        step("m", "deposit", "deposit", "rate = \"5%\"\ntable = \"scores\"\nfull_at = \"95\"\nbelow = \"none\"");
    let text = points_pack("fund", &(chain("") + &clear() + &deposit), "1000.00", "")
        + &table("scores", "institution", "ratio", &[("H1", "76")]);
    assert_eq!(
        refusal(&text, &[stay("A", "H2", "G1", 8000)]),
        "no value for institution \"H2\" in the table of step \"deposit\"\n  hint: add its row to the table"
    );
}

#[test]
fn stays_are_refused_one_by_one_in_source_order() {
    let rows = [
        stay("A", "H9", "G1", 8000),
        stay("B", "H1", "G9", 8000),
        stay("C", "H1", "G1", 8000),
        Row { insurance: "999".to_owned(), ..stay("D", "H1", "G1", 8000) },
        Row { los_days: 400, ..stay("E", "H1", "G1", 8000) },
    ];
    let settled = settled(&plain(), &rows);
    let told: Vec<(u64, &str, &str, &str)> = settled.refused.iter().map(words_of).collect();
    assert_eq!(
        told,
        [
            (
                2,
                "A",
                "unknown_institution",
                "institution \"H9\" is not declared in the pack; hint: add it to the pack's table"
            ),
            (
                3,
                "B",
                "no_base_points",
                "no row for group \"G9\" in table \"points\" (step \"base\"); hint: add the row, or state what `missing` does"
            ),
            (
                5,
                "D",
                "unknown_insurance",
                "insurance \"999\" is not declared in the pack; hint: add it to the pack's table"
            ),
            (
                6,
                "E",
                "no_method",
                "no method's scope claims the stay; hint: widen a scope, or add a route to refuse it by name"
            ),
        ]
    );
    assert_eq!(settled.rows.len(), 1);
    assert_eq!(settled.cases.paid, ["0", "0", "1000", "0", "0"].map(yuan));
}

fn words_of(refusal: &Refusal) -> (u64, &str, &str, &str) {
    (refusal.source_row, &refusal.case_id, &refusal.code, &refusal.reason.en)
}

#[test]
fn an_interrupted_settlement_gives_nothing() {
    let region = region_of(&plain(), &[stay("A", "H1", "G1", 8000)]);
    let stop = |_: u64, _: u64| false;
    let options = Options { progress: Some(&stop), ..Options::new(&region.symbols) };
    assert_eq!(
        settle(&region.plan, &region.stays, &options).unwrap_err().to_string(),
        "interrupted\n  hint: nothing was written; run again"
    );
}
