//! Lines that are looked at together, days of lines, newborns and third parties: a small pack with one rule more, a
//! bill, and its split. Amounts of a line are full self-pay, above the limit, first self-pay, in scope.

use proptest::prelude::*;
use serde_json::{Value, json};
use yibao_benefit::answer::{self, Answer};
use yibao_benefit::divide::divide;
use yibao_benefit::{Engine, Refusal, pack};
use yibao_kernel::{Day, Fen};
use yibao_policy::Folder;
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

/// The small pack (its items stand in `tests/bad/items.csv`) with words replaced and rules added.
fn engine(replaced: &[(&str, &str)], more: &str) -> Engine {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad/good.toml");
    let mut text = std::fs::read_to_string(folder).unwrap();
    for (old, new) in replaced {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    let folder = Folder::of_text("pack.toml", &format!("{text}\n{more}\n")).unwrap();
    let pack = folder.decode::<pack::Pack>().unwrap_or_else(|found| panic!("{found}"));
    Engine::compile(&folder, pack, Day::MAX).unwrap_or_else(|found| panic!("{found}"))
}

fn person(change: impl FnOnce(&mut Value)) -> PersonState {
    let mut state = json!({ "person": { "id": "P", "birth": "1965-06-22", "sex": "1",
        "insured": [{ "scheme": "employee", "area": "990101", "status": "active", "from": "2020-01-01" }] } });
    change(&mut state["person"]);
    serde_json::from_value(state).unwrap()
}

/// A stay of ten days: lines of item, day of May, quantity, price.
fn stay(lines: &[(&str, u32, &str, &str)]) -> Bill {
    let fen = |text: &str| Fen::parse_yuan(text.as_bytes()).unwrap().get();
    let mut total = 0;
    let lines: Vec<Value> = (1..)
        .zip(lines)
        .map(|(id, (item, day, quantity, price))| {
            // Quantities are whole here.
            let amount = fen(price) * quantity.parse::<i64>().unwrap();
            total += amount;
            json!({ "id": format!("{id}"), "item": item, "day": format!("2025-05-{day:02}"), "quantity": quantity,
                "price": price, "amount": Fen::new(amount).to_string() })
        })
        .collect();
    serde_json::from_value(json!({ "id": "B", "institution": { "code": "H", "level": "level1", "area": "990101" },
        "visit": "inpatient", "start": "2025-05-01", "end": "2025-05-10", "stay": "S", "account": "none",
        "amount": Fen::new(total).to_string(), "lines": lines }))
    .unwrap()
}

fn split(engine: &Engine, bill: &Bill) -> Answer {
    answer::split(engine, None, bill, &person(|_| {})).unwrap_or_else(|refusal| panic!("{refusal}")).0
}

fn refused(engine: &Engine, bill: &Bill) -> Refusal {
    answer::split(engine, None, bill, &person(|_| {})).unwrap_err()
}

/// The four parts of every line.
fn parts(answer: &Answer) -> Vec<String> {
    let of = |line: &answer::LineParts| {
        let parts = line.parts;
        format!("{} {} {} {}", parts.full_self, parts.over_limit, parts.first_self, parts.in_scope)
    };
    answer.lines.iter().map(of).collect()
}

#[test]
fn an_age_is_that_of_the_day_of_service() {
    // Sixty on 22 June: the drug from sixty is paid after that day only, whenever the bill ends.
    let mut bill = stay(&[("ADU", 5, "1", "100.00"), ("ADU", 5, "1", "100.00")]);
    bill.end = Day::parse("2025-08-02").unwrap();
    bill.lines[1].day = Some(Day::parse("2025-06-22").unwrap());
    let answer = split(&engine(&[], ""), &bill);
    assert_eq!(parts(&answer), ["100.00 0.00 0.00 0.00", "0.00 0.00 0.00 100.00"]);
}

#[test]
fn an_item_beside_parts_says_what_the_line_is_and_decides_nothing() {
    let rule = r#"
[[lines.daily]]
id = "monitor"
items = ["MON"]
quantity = "1"
source = "rules"
[[lines.exclusive]]
id = "nursing"
items = ["N1", "OUT"]
within = "bill"
keep = "first"
outcome = "out"
source = "rules""#;
    let by_disease = (
        "[[route]]\nid = \"inpatient\"\nwhen = { visit = \"inpatient\" }",
        "[[route]]\nid = \"dialysis\"\nwhen = { visit = \"inpatient\" }\nlines = { disease = true }\npackage = \"inpatient\"\nsource = \"rules\"\n[[route]]\nid = \"inpatient\"\nwhen = { visit = \"inpatient\" }",
    );
    let engine = engine(&[by_disease], rule);
    let mut bill =
        stay(&[("DIA", 5, "1", "100.00"), ("MON", 5, "2", "50.00"), ("N1", 5, "1", "10.00"), ("OUT", 5, "1", "30.00")]);
    bill.disease = Some("dialysis".to_owned());
    for (line, given) in bill.lines.iter_mut().zip([
        json!({ "first_self": "40.00", "in_scope": "60.00" }),
        json!({ "in_scope": "100.00" }),
        json!({ "in_scope": "10.00" }),
        json!({ "full_self": "30.00" }),
    ]) {
        line.parts = Some(serde_json::from_value(given).unwrap());
    }
    let answer = split(&engine, &bill);
    // No limit of 6.00, no class, no rule across lines; but the disease leads to its route, and the mark bars accounts.
    assert_eq!(
        parts(&answer),
        ["0.00 0.00 40.00 60.00", "0.00 0.00 0.00 100.00", "0.00 0.00 0.00 10.00", "30.00 0.00 0.00 0.00"]
    );
    assert_eq!(
        answer.lines.iter().map(|line| line.route.as_str()).collect::<Vec<_>>(),
        ["dialysis", "inpatient", "inpatient", "inpatient"]
    );
    assert_eq!(answer.amount(&engine, "bears.barred").unwrap().to_string(), "30.00");
    bill.lines[0].item = Some("DIAA".to_owned());
    assert_eq!(
        refused(&engine, &bill).to_string(),
        "line 1: item DIAA is not in the catalogue\n  hint: add it to the catalogue, or state its class on the line"
    );
}

const NURSING: &str = r#"
[[lines.exclusive]]
id = "nursing"
items = ["N1", "N2", "N3"]
within = "WITHIN"
keep = "KEEP"
outcome = "OUTCOME"
source = "rules""#;

fn nursing(within: &str, keep: &str, outcome: &str, review: &str) -> Engine {
    let rule = NURSING.replace("WITHIN", within).replace("KEEP", keep).replace("OUTCOME", outcome);
    engine(&[("review = \"in\"", &format!("review = \"{review}\""))], &rule)
}

/// Which lines are in scope.
fn kept(answer: &Answer) -> Vec<bool> {
    answer.lines.iter().map(|line| !line.parts.in_scope.is_zero()).collect()
}

#[test]
fn two_levels_of_nursing_are_not_charged_for_one_day() {
    let bill = stay(&[
        ("N1", 3, "1", "30.00"),
        ("N2", 3, "2", "20.00"),
        ("BED", 3, "1", "50.00"),
        ("N2", 4, "1", "20.00"),
        ("N1", 5, "1", "30.00"),
        ("N1", 5, "1", "30.00"),
    ]);
    // On the third the first line's code; two lines of one code do not exclude each other.
    assert_eq!(kept(&split(&nursing("day", "first", "out", "in"), &bill)), [true, false, true, true, true, true]);
    // On the third 30 against 2 × 20.
    assert_eq!(kept(&split(&nursing("day", "dearest", "out", "in"), &bill)), [false, true, true, true, true, true]);
    // Over the bill 90 against 60.
    assert_eq!(kept(&split(&nursing("bill", "dearest", "out", "in"), &bill)), [true, false, true, false, true, true]);
    // Equal sums: the code that comes first.
    let equal = stay(&[("N2", 3, "3", "20.00"), ("N1", 3, "2", "30.00")]);
    assert_eq!(kept(&split(&nursing("day", "dearest", "out", "in"), &equal)), [true, false]);
}

#[test]
fn items_that_exclude_each_other_may_be_left_to_review() {
    let bill = stay(&[("N1", 3, "1", "30.00"), ("N2", 3, "2", "20.00")]);
    let answer = split(&nursing("day", "first", "review", "in"), &bill);
    assert_eq!((kept(&answer), answer.review), (vec![true, true], vec!["2".to_owned()]));
    let answer = split(&nursing("day", "first", "review", "out"), &bill);
    assert_eq!((kept(&answer), answer.review), (vec![true, false], vec!["2".to_owned()]));
    assert_eq!(
        refused(&nursing("day", "first", "review", "refuse"), &bill).to_string(),
        "line 2: item N2 is charged beside one that excludes it, and nobody has decided\n  hint: take the line out, or let somebody decide which of the two is charged"
    );
}

#[test]
fn a_line_put_out_is_not_looked_at_by_later_rules() {
    let second = NURSING.replace("nursing", "second").replace("\"N1\", \"N2\", \"N3\"", "\"N2\", \"BED\"");
    let both = format!("{NURSING}{second}").replace("WITHIN", "day").replace("KEEP", "first").replace("OUTCOME", "out");
    let bill = stay(&[("N1", 3, "1", "30.00"), ("N2", 3, "1", "20.00"), ("BED", 3, "1", "50.00")]);
    assert_eq!(kept(&split(&engine(&[], &both), &bill)), [true, false, true]);
    // A line that is full self-pay anyway stays so and excludes nothing.
    let rule = NURSING.replace("WITHIN", "day").replace("KEEP", "first").replace("OUTCOME", "out");
    let rule = rule.replace("\"N1\", \"N2\", \"N3\"", "\"KID\", \"N2\"");
    let bill = stay(&[("KID", 3, "1", "30.00"), ("N2", 3, "1", "20.00")]);
    assert_eq!(kept(&split(&engine(&[], &rule), &bill)), [false, true]);
}

#[test]
fn a_quantity_a_day_counts_across_lines() {
    let rule = r#"
[[lines.daily]]
id = "monitor"
items = ["MON"]
quantity = "24"
source = "rules""#;
    let bill =
        stay(&[("MON", 3, "20", "5.00"), ("MON", 3, "10", "8.00"), ("MON", 3, "5", "5.00"), ("MON", 4, "24", "5.00")]);
    // 20 hours; then 4 of 10 hours at the limit of 6 (24, less than 4/10 of 80); then none; the next day anew.
    assert_eq!(
        parts(&split(&engine(&[], rule), &bill)),
        ["0.00 0.00 10.00 90.00", "0.00 56.00 2.40 21.60", "0.00 25.00 0.00 0.00", "0.00 0.00 12.00 108.00"]
    );
    // Without a limit price the share of the amount: 1 of 3 units of 100.00 is 33.33.
    let rule = rule.replace("MON", "BED").replace("24", "1");
    let mut bill = stay(&[("BED", 3, "1", "100.00")]);
    bill.lines[0].quantity = yibao_kernel::Decimal::new(3, 0);
    bill.lines[0].price = yibao_kernel::Decimal::new(33_333, 3);
    assert_eq!(parts(&split(&engine(&[], &rule), &bill)), ["0.00 66.67 0.00 33.33"]);
}

#[test]
fn an_amount_a_day_counts_across_lines_of_one_mark() {
    let rule = r#"
[[lines.daily]]
id = "physio"
tag = ["physio"]
rows = [{ level = "level1", value = "100.00" }, { level = "level2", value = "none" }]
when = { status = "active" }
source = "rules""#;
    let mut bill = stay(&[
        ("PT1", 3, "1", "60.00"),
        ("PT2", 3, "1", "60.00"),
        ("PT2", 3, "1", "10.00"),
        ("PT2", 4, "1", "130.00"),
    ]);
    // 60 of 100; 40 are left; nothing; the next day 100.
    let limit_first =
        ["0.00 0.00 12.00 48.00", "0.00 20.00 0.00 40.00", "0.00 10.00 0.00 0.00", "0.00 30.00 0.00 100.00"];
    assert_eq!(parts(&split(&engine(&[], rule), &bill)), limit_first);
    // The first self-pay before the limit: 48 pass it, 52 are left.
    let ratio_first =
        ["0.00 0.00 12.00 48.00", "0.00 8.00 0.00 52.00", "0.00 10.00 0.00 0.00", "0.00 30.00 0.00 100.00"];
    let before = engine(&[("review = \"in\"", "review = \"in\"\norder = \"ratio_first\"")], rule);
    assert_eq!(parts(&split(&before, &bill)), ratio_first);
    bill.institution.level = "level2".to_owned();
    let free = ["0.00 0.00 12.00 48.00", "0.00 0.00 0.00 60.00", "0.00 0.00 0.00 10.00", "0.00 0.00 0.00 130.00"];
    assert_eq!(parts(&split(&engine(&[], rule), &bill)), free);
    let open = engine(&[], &rule.replace("\"none\"", "\"open\""));
    let refusal = refused(&open, &bill);
    assert_eq!(
        refusal.to_string(),
        "line 1: lines.daily[0] is open: its source does not state it\n  hint: replace \"open\" at lines.daily[0] by the value and cite where it is stated"
    );
    // Nothing fits: nothing is looked up.
    split(&open, &Bill { institution: bill.institution.clone(), ..stay(&[("BED", 3, "1", "10.00")]) });
}

#[test]
fn the_least_of_all_ceilings_holds() {
    let rules = r#"
[[lines.daily]]
id = "hours"
tag = ["hourly"]
quantity = "10"
source = "rules"
[[lines.daily]]
id = "money"
items = ["MON", "OXY"]
rows = [{ value = "50.00" }]
source = "rules""#;
    let bill = stay(&[("MON", 3, "8", "5.00"), ("OXY", 3, "8", "2.00"), ("OXY", 3, "8", "2.00")]);
    // 40 of 50 and 8 of 10 hours; then 2 hours: 2/8 of 16; then no hours.
    assert_eq!(
        parts(&split(&engine(&[], rules), &bill)),
        ["0.00 0.00 4.00 36.00", "0.00 12.00 0.00 4.00", "0.00 16.00 0.00 0.00"]
    );
}

#[test]
fn a_ratio_by_mark_and_by_price() {
    let rows = |rows: &str| engine(&[("  { class = \"B\", kind = \"consumable\", value = \"0.20\" },", rows)], "");
    let bill = stay(&[
        ("IMP", 3, "2", "3000.00"),
        ("DOM", 3, "1", "1000.00"),
        ("DOM", 3, "1", "1000.01"),
        ("BOTH", 3, "1", "100.00"),
    ]);
    let by_mark = rows(
        "  { class = \"B\", kind = \"consumable\", tag = \"imported\", value = \"0.30\" },
  { kind = \"consumable\", tag = \"procured\", value = \"0\" },
  { kind = \"consumable\", tag = \"none\", by_price = [{ upto = \"1000.00\", value = \"0.10\" }, { value = \"0.20\" }] },",
    );
    // An item with two marks takes the one named first.
    assert_eq!(
        parts(&split(&by_mark, &bill)),
        ["0.00 0.00 1800.00 4200.00", "0.00 0.00 100.00 900.00", "0.00 0.00 200.00 800.01", "0.00 0.00 30.00 70.00"]
    );
    let marginal = rows(
        "  { kind = \"consumable\", by_price = [{ upto = \"1000.00\", value = \"0.10\" }, { value = \"0.20\" }], marginal = true },",
    );
    // 3000: 100 + 400 of 3000, twice; 1000.01: 100.002; 100: 10.
    assert_eq!(
        parts(&split(&marginal, &bill)),
        ["0.00 0.00 1000.00 5000.00", "0.00 0.00 100.00 900.00", "0.00 0.00 100.00 900.01", "0.00 0.00 10.00 90.00"]
    );
    let open = rows(
        "  { kind = \"consumable\", by_price = [{ upto = \"1000.00\", value = \"0.10\" }, { value = \"open\" }] },",
    );
    assert_eq!(refused(&open, &bill).code, "open");
    split(&open, &stay(&[("DOM", 3, "1", "1000.00")]));
    split(&open, &stay(&[("DOM", 3, "1", "0.00"), ("BED", 3, "1", "1.00")]));
}

#[test]
fn the_first_self_pay_of_a_bill_is_rounded_once() {
    let once = engine(&[("review = \"in\"", "review = \"in\"\nrounding = \"bill\"")], "");
    // 20% of 0.02, 0.03, 0.06: 0.4, 0.6 and 1.2 fen, together 2.2: 0, 0 and 1, and one more where the rest is largest.
    let bill =
        stay(&[("PT1", 3, "1", "0.02"), ("PT1", 3, "1", "0.03"), ("PT1", 3, "1", "0.06"), ("BED", 3, "1", "1.00")]);
    assert_eq!(
        parts(&split(&once, &bill)),
        ["0.00 0.00 0.00 0.02", "0.00 0.00 0.01 0.02", "0.00 0.00 0.01 0.05", "0.00 0.00 0.00 1.00"]
    );
    // Line by line: 0.4, 0.6 and 1.2 are 0, 1 and 1 as well; 0.4 three times is nothing by line and one fen by bill.
    let bill = stay(&[("PT1", 3, "1", "0.02"), ("PT1", 3, "1", "0.02"), ("PT1", 3, "1", "0.02")]);
    assert_eq!(split(&engine(&[], ""), &bill).parts.first_self, Fen::ZERO);
    // Ties: the first line.
    assert_eq!(parts(&split(&once, &bill)), ["0.00 0.00 0.01 0.01", "0.00 0.00 0.00 0.02", "0.00 0.00 0.00 0.02"]);
}

#[test]
fn a_tie_of_the_bill_goes_to_the_even_fen_where_the_pack_says_so() {
    let once = ("review = \"in\"", "review = \"in\"\nrounding = \"bill\"");
    let even = ("rounding = { side = \"fund\" }", "rounding = { side = \"fund\", mode = \"half-even\" }");
    let first = |engine: &Engine, prices: &[&str]| {
        let lines: Vec<_> = prices.iter().map(|price| ("MON", 3, "1", *price)).collect();
        split(engine, &stay(&lines)).parts.first_self.get()
    };
    // A tenth of 5, of 15, and of 5 and 10 fen: 0.5, 1.5, 1.5.
    let fen = |engine: &Engine| [&["0.05"][..], &["0.15"], &["0.05", "0.10"]].map(|prices| first(engine, prices));
    assert_eq!(fen(&engine(&[once, even], "")), [0, 2, 2]);
    assert_eq!(fen(&engine(&[once], "")), [1, 2, 2]);
}

#[test]
fn a_bill_of_many_odd_prices_is_rounded_once_too() {
    let rows = "  { kind = \"consumable\", by_price = [{ upto = \"1000.00\", value = \"0.10\" }, { value = \"0.20\" }], marginal = true },";
    let once = engine(
        &[
            ("review = \"in\"", "review = \"in\"\nrounding = \"bill\""),
            ("  { class = \"B\", kind = \"consumable\", value = \"0.20\" },", rows),
        ],
        "",
    );
    // Prices whose denominators have no common multiple of 128 bits.
    let mut bill = stay(&[("DOM", 3, "1", "1.00"); 12]);
    let mut total = 0;
    for (line, price) in bill.lines.iter_mut().zip((0..).map(|at| 1_000_000_007_i64 + 1_234_577 * at)) {
        line.price = yibao_kernel::Decimal::new(price, 6);
        line.quantity = yibao_kernel::Decimal::new(3, 0);
        let amount = (price * 3 + 5_000) / 10_000;
        line.amount = Fen::new(amount);
        total += amount;
    }
    bill.amount = Fen::new(total);
    let first = split(&once, &bill).parts.first_self;
    // 3 × (100 + 20% of what lies above 1000), over prices of 1000.000007 and steps of 1.234577: 3600 + 48.89 and a little.
    assert_eq!(first.to_string(), "3648.89");
}

#[test]
fn a_newborn_is_insured_from_birth() {
    let newborn = "[newborn]\nwithin_days = 90\nsource = \"rules\"";
    let born = |birth: &str, from: &str| {
        person(|person| {
            person["birth"] = json!(birth);
            person["insured"][0]["from"] = json!(from);
        })
    };
    let bill = stay(&[("BED", 3, "1", "1000.00")]);
    let run = |engine: &Engine, state: &PersonState| {
        answer::split(engine, None, &bill, state).map(|(answer, ..)| answer.cash.to_string())
    };
    let with = engine(&[], newborn);
    // 1000 less the deductible of 200, at 90%.
    assert_eq!(run(&with, &born("2025-05-01", "2025-07-30")).unwrap(), "280.00");
    for (birth, from) in [("2025-05-01", "2025-07-31"), ("2025-05-11", "2025-06-01")] {
        assert_eq!(
            run(&with, &born(birth, from)).unwrap_err().to_string(),
            "the person is not insured on 2025-05-10\n  hint: add the stretch of insurance that holds the day; without one nothing can be split"
        );
    }
    assert_eq!(run(&engine(&[], ""), &born("2025-05-01", "2025-05-11")).unwrap_err().code, "not_insured");
    let mut twice = born("2025-05-01", "2025-05-20");
    twice.person.insured.push(twice.person.insured[0].clone());
    assert_eq!(run(&with, &twice).unwrap_err().code, "insured_twice");
}

#[test]
fn what_a_third_party_owes_is_advanced_and_recovered() {
    let gate = r#"
[dimension.cause]
of = "bill.cause"
values = ["illness", "third_party"]
otherwise = "illness"
[[gate]]
id = "advance"
title = { zh = "第三人责任先行支付", en = "a third party is liable: advanced" }
when = { cause = "third_party" }
outcome = "advance"
source = "rules""#;
    let engine = engine(&[], gate);
    let mut bill = stay(&[("BED", 3, "1", "1000.00")]);
    assert!(split(&engine, &bill).recover.is_empty());
    bill.facts.insert("cause".to_owned(), "third_party".to_owned());
    let answer = split(&engine, &bill);
    assert_eq!(answer.amount(&engine, "recover.pool").unwrap().to_string(), "720.00");
    assert_eq!((answer.recover.len(), answer.gate, answer.cash.to_string()), (1, None, "280.00".to_owned()));
}

#[test]
fn a_gate_that_lets_pass_decides_also_for_closed_benefits() {
    let gate = r#"
[[gate]]
id = "inpatient"
title = { zh = "住院先行结算", en = "stays are settled" }
when = { level = "level1" }
outcome = "pass"
source = "rules""#;
    let bill = stay(&[("BED", 3, "1", "1000.00")]);
    let waiting = person(|person| person["insured"][0]["benefit"] = json!("waiting"));
    let run =
        |engine: &Engine| answer::split(engine, None, &bill, &waiting).map(|(answer, ..)| answer.cash.to_string());
    assert_eq!(run(&engine(&[], gate)).unwrap(), "280.00");
    assert_eq!(
        run(&engine(&[], "")).unwrap_err().to_string(),
        "the benefits of the person are not open, and the pack does not say what then\n  hint: add a [[gate]] with when = { benefit = [\"waiting\", \"arrears\"] }"
    );
}

#[test]
fn a_registration_that_does_not_count_adds_nothing_to_a_cap_of_several_diseases() {
    let cap = (
        "rows = [{ value = \"100000.00\" }]",
        "several = { dimension = \"disease\", of = [\"hypertension\", \"diabetes\"], ranks = [\"1\", \"0.5\"] }\nrows = [{ disease = \"hypertension\", value = \"600.00\" }, { disease = \"diabetes\", value = \"900.00\" }]",
    );
    let engine = engine(&[cap], "");
    let bill = stay(&[("BED", 3, "1", "5000.00")]);
    let paid = |registered: &[&str]| {
        let state = person(|person| {
            let held = registered.iter().map(|value| json!({ "value": value, "from": "2025-01-01" }));
            person["registrations"] = held.collect();
        });
        let (answer, ..) = answer::split(&engine, None, &bill, &state).unwrap();
        answer.amount(&engine, "fund.pool").unwrap().to_string()
    };
    assert_eq!(paid(&["dialysis", "hypertension", "diabetes"]), "1200.00");
    assert_eq!(paid(&["hypertension"]), "600.00");
    assert_eq!(paid(&["dialysis"]), "0.00");
}

/// A delivery of 5000.00 over the end of the year in a pack that divides such bills and pays 1500.00 for one.
fn delivery() -> (Engine, PersonState, Bill) {
    let engine = crate::packs::shipped_pack("demo-hill");
    let state = serde_json::from_value(json!({ "person": { "id": "P", "birth": "1990-01-01", "sex": "2",
        "insured": [{ "scheme": "resident", "area": "990201", "status": "adult", "from": "2020-01-01" }] } }));
    let bill = serde_json::from_value(
        json!({ "id": "B", "institution": { "code": "H", "level": "level2", "area": "990201" },
        "visit": "delivery", "start": "2024-12-02", "end": "2025-01-05", "account": "none", "amount": "5000.00",
        "lines": [{ "day": "2024-12-20", "quantity": "1", "price": "5000", "amount": "5000.00", "parts": { "in_scope": "5000.00" } }] }),
    );
    (engine, state.unwrap(), bill.unwrap())
}

#[test]
fn a_divided_bill_is_granted_once_what_is_granted_once_per_bill() {
    let (engine, mut state, bill) = delivery();
    let bills = divide(&engine, &bill, &state).unwrap();
    let mut paid = Vec::new();
    for part in &bills {
        assert_eq!(part.part_of.as_deref(), Some("B"));
        let (answer, after, _) = answer::split(&engine, None, part, &state).unwrap();
        paid.push((part.amount.to_string(), answer.amount(&engine, "fund.pool").unwrap().to_string()));
        state = after;
    }
    // 30 and 4 of 34 days; the fixed sum of 1500 is used up by the first part.
    let expected = [("4411.76", "1500.00"), ("588.24", "0.00")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(paid, expected);
    let kept = state.accumulators.iter().find(|one| one.key == "paid:delivery.pool").unwrap();
    assert_eq!((kept.window.as_str(), kept.amount.unwrap().to_string()), ("bill:B", "1500.00".to_owned()));
    // Another bill is another bill, and a bill that is no part keeps nothing.
    let mut other = bill;
    (other.id, other.start) = ("C".to_owned(), Day::parse("2025-01-02").unwrap());
    other.lines[0].day = None;
    let (answer, after, _) = answer::split(&engine, None, &other, &state).unwrap();
    assert_eq!(answer.amount(&engine, "fund.pool").unwrap().to_string(), "1500.00");
    let of_parts = |state: &PersonState| state.accumulators.iter().filter(|one| one.window == "bill:B").count();
    assert_eq!((of_parts(&after), of_parts(&state)), (2, 2), "the cap and the position");
    assert!(after.accumulators.iter().all(|one| !one.window.ends_with(":C")));
}

#[test]
fn the_lines_of_a_divided_bill_are_decided_once_by_their_own_days() {
    let engine = engine(
        &[("until = 2026-01-01", "until = 2026-01-01\nyear_starts = \"07-01\"\ncross_year = \"daily_average\"")],
        "",
    );
    let mut bill = stay(&[("ADU", 5, "1", "100.00"), ("ADU", 5, "1", "100.00"), ("DIA", 5, "1", "40.00")]);
    (bill.start, bill.end) = (Day::parse("2025-06-11").unwrap(), Day::parse("2025-07-21").unwrap());
    for (line, day) in bill.lines.iter_mut().zip(["2025-06-21", "2025-06-22", "2025-07-20"]) {
        line.day = Some(Day::parse(day).unwrap());
    }
    bill.given.insert("commercial".to_owned(), Fen::new(1_001));
    let state = person(|_| {});
    let bills = divide(&engine, &bill, &state).unwrap();
    let shown = |bill: &Bill| {
        bill.lines
            .iter()
            .map(|line| format!("{} {} {}", line.item.as_deref().unwrap(), line.day.unwrap(), line.amount))
            .collect::<Vec<_>>()
    };
    let lines = ["ADU 2025-06-21 50.00", "ADU 2025-06-22 50.00", "DIA 2025-07-20 20.00"];
    assert_eq!(
        (shown(&bills[0]), shown(&bills[1])),
        (lines.map(str::to_owned).to_vec(), lines.map(str::to_owned).to_vec())
    );
    // Fifty-nine on the 21st: by the person; sixty on the 22nd.
    assert_eq!(bills[0].lines[0].parts.unwrap().full_self.to_string(), "50.00");
    assert_eq!(bills[1].lines[1].parts.unwrap().in_scope.to_string(), "50.00");
    assert_eq!(bills.iter().map(|bill| bill.given["commercial"].get()).collect::<Vec<_>>(), [501, 500]);
    // A line before the bill is refused as ever.
    bill.lines[0].day = Some(Day::parse("2025-06-01").unwrap());
    assert_eq!(
        divide(&engine, &bill, &state).unwrap_err().message,
        "line 1: a line is of a day before the bill's first"
    );
}

#[test]
fn a_pack_in_words_says_its_rules_across_lines() {
    let engine = crate::packs::shipped_pack("demo-coast");
    let page = yibao_benefit::show::page(&engine.pack, None, yibao_kernel::explain::Lang::En).unwrap();
    for words in [
        "not charged together: S005 / S006 (day, dearest → out)",
        "ceiling per day: S007 ≤ 24",
        "ceiling per day: rehabilitation [visit=inpatient]",
        "first self-pay is rounded once per bill",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
}

proptest! {
    #[test]
    fn the_parts_of_lines_looked_at_together_are_their_amounts(
        drawn in prop::collection::vec((0_usize..9, 1_u32..4, 1_i64..30, 0_i64..300_000), 1..12),
    ) {
        let engine = coast();
        let items = ["S005", "S006", "S007", "S008", "S009", "M002", "M003", "D002", "S003"];
        let mut bill = stay(&vec![("S005", 1, "1", "1.00"); drawn.len()]);
        for (line, (item, day, quantity, price)) in bill.lines.iter_mut().zip(drawn) {
            line.item = Some(items[item].to_owned());
            line.day = Day::new(2025, 5, u8::try_from(day).unwrap()).ok();
            (line.quantity, line.price) = (yibao_kernel::Decimal::new(quantity, 0), yibao_kernel::Decimal::new(price, 2));
            line.amount = Fen::new(quantity * price);
        }
        bill.amount = yibao_kernel::sum(bill.lines.iter().map(|line| line.amount)).unwrap();
        bill.institution.level = "level2".to_owned();
        let state = person(|person| person["facts"] = json!({ "tenure_years": [{ "value": "9", "from": "2020-01-01" }] }));
        let (answer, ..) = answer::split(engine, None, &bill, &state).unwrap();
        for (line, split) in bill.lines.iter().zip(&answer.lines) {
            let parts = split.parts;
            let all = [parts.full_self, parts.over_limit, parts.first_self, parts.in_scope];
            prop_assert!(all.iter().all(|part| !part.is_negative()));
            prop_assert_eq!(yibao_kernel::sum(all).unwrap(), line.amount);
        }
        // One level of nursing a day, and no more than 24 hours of monitoring.
        for day in 1..4 {
            let day = Day::new(2025, 5, day).ok();
            let paid = |code: &str| {
                let lines = bill.lines.iter().zip(&answer.lines).filter(|(line, _)| line.day == day && line.item.as_deref() == Some(code));
                lines.map(|(_, split)| split.parts.first_self.get() + split.parts.in_scope.get()).sum::<i64>()
            };
            prop_assert!(paid("S005") == 0 || paid("S006") == 0);
            prop_assert!(paid("S007") <= 24 * 600);
            prop_assert!(paid("S008") + paid("S009") <= 15_000);
        }
    }
}

fn coast() -> &'static Engine {
    static ENGINE: std::sync::OnceLock<Engine> = std::sync::OnceLock::new();
    ENGINE.get_or_init(|| crate::packs::shipped_pack("demo-coast"))
}
