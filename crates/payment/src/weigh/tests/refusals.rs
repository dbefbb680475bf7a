//! What cannot be published, and what is said then.

use yibao_record::mapping::{FieldDeclaration, FieldKind};
use yibao_record::stays::{Extra, GroupStatus, Stays};

use super::*;

fn refused(plan: &WeighPlan) -> String {
    Region::read("2024 A11 1000 1000\n2024 B12 2000 2000").publish(plan).unwrap_err().to_string()
}

fn year(year: i32, weight: &str) -> DataYear {
    DataYear { year, weight: ratio(weight) }
}

#[test]
fn a_data_year_without_stays() {
    assert_eq!(
        refused(&WeighPlan { years: vec![year(2023, "3"), year(2024, "7")], ..plan() }),
        "no stays in data year 2023\n  hint: add the stays of 2023 to the inputs, or take 2023 out of weigh.years"
    );
    let nothing = Region::read("").publish(&plan()).unwrap_err();
    assert_eq!(nothing, WeighError::YearWithoutStays { year: 2024 });
}

#[test]
fn year_weights_that_say_nothing() {
    let none = "weigh.years: no data year has a weight above zero\n  hint: list the data years, oldest to newest, with their weights, e.g. 2 : 3 : 5";
    assert_eq!(refused(&WeighPlan { years: vec![year(2023, "0"), year(2024, "0")], ..plan() }), none);
    assert_eq!(refused(&WeighPlan { years: vec![], ..plan() }), none);
    assert_eq!(
        refused(&WeighPlan { years: vec![year(2024, "-1")], ..plan() }),
        "weigh.years: weight -1 of 2024 is below zero\n  hint: a year that does not count has weight \"0\", or is left out"
    );
    assert_eq!(
        refused(&WeighPlan { years: vec![year(2024, "3"), year(2024, "7")], ..plan() }),
        "weigh.years: 2024 stands twice\n  hint: keep one row per data year"
    );
}

#[test]
fn a_benchmark_group_without_cases() {
    let reference = Reference::Benchmark { group: "APP".to_owned() };
    assert_eq!(
        refused(&WeighPlan { reference, ..plan() }),
        "benchmark group \"APP\" has no case in the data years\n  hint: name a group of the stays in weigh.reference, or add its stays"
    );
}

#[test]
fn a_quota_or_scale_of_nothing() {
    assert_eq!(
        refused(&WeighPlan { reference: Reference::Quota { amount: Fen::ZERO }, ..plan() }),
        "weigh.reference: quota 0.00 is not above zero\n  hint: write the standard quota in yuan"
    );
    assert_eq!(
        refused(&WeighPlan { scale: Ratio::ZERO, ..plan() }),
        "weigh.scale: 0 is not above zero\n  hint: write \"1\" for weights, \"100\" for points, \"1000\" for scores"
    );
    assert_eq!(
        refused(&WeighPlan { rounding: Rounding { dp: 10, mode: Mode::HalfUp }, ..plan() }),
        "weigh.dp: 10 decimal places are too many\n  hint: at most 9; weights are published with 4"
    );
}

#[test]
fn adjustments_of_groups_that_cannot_be_adjusted() {
    assert_eq!(
        refused(&WeighPlan { adjust: adjust(&[("A12", "1.1")]), ..plan() }),
        "weigh.adjust: group \"A12\" has no case in the data years\n  hint: correct the group's code, or take its row out of the table"
    );
    assert_eq!(
        refused(&WeighPlan { adjust: adjust(&[("A11", "0")]), ..plan() }),
        "weigh.adjust: factor 0 of group \"A11\" is not above zero\n  hint: \"1.10\" raises the weight by a tenth"
    );
    let frozen: BTreeSet<String> = ["A11".to_owned()].into();
    assert_eq!(
        refused(&WeighPlan { adjust: adjust(&[("A11", "1.1")]), frozen, ..plan() }),
        "weigh.adjust: group \"A11\" is frozen (weigh.frozen) and adjusted\n  hint: take it out of one of the two tables"
    );
    let stable = Stable { min_cases: 5, ..plan().stable };
    assert_eq!(
        refused(&WeighPlan { adjust: adjust(&[("A11", "1.1")]), stable, ..plan() }),
        "weigh.adjust: group \"A11\" gets no weight (special_review), so there is nothing to adjust\n  hint: take its row out of the table, or give it a weight by weigh.unstable"
    );
}

#[test]
fn fee_classes_that_do_not_sum_to_one_or_cost_nothing() {
    assert_eq!(
        refused(&WeighPlan { five_class: Some(three_classes("0.2")), ..plan() }),
        "weigh.five_class: 3 classes of weight 0.2 sum to 0.6, not 1\n  hint: five classes weigh \"0.2\" each"
    );
    assert_eq!(
        refused(&WeighPlan { five_class: Some(three_classes("1/3")), ..plan() }),
        "column \"drug\" has 0 rows where the groups have 4\n  hint: give one value per case"
    );
    let reference = Reference::Quota { amount: yuan("1") };
    assert_eq!(
        refused(&WeighPlan { five_class: Some(three_classes("1/3")), reference, ..plan() }),
        "weigh.five_class: a quota has no fee classes\n  hint: use reference = { to = \"mean\" } or a benchmark group"
    );
    let free_drugs = Region::read("2024 A11 60=0+20+40 60=0+20+40");
    assert_eq!(
        free_drugs.publish(&WeighPlan { five_class: Some(three_classes("1/3")), ..plan() }).unwrap_err().to_string(),
        "weigh.five_class: class \"drug\" has no cost in the reference\n  hint: check the column mapped to \"drug\""
    );
}

#[test]
fn fallbacks_without_an_end() {
    let missing = "weigh.unstable: nothing is said for a group whose parent is not stable either\n  hint: end the list with \"median\", \"own\", \"special_review\" or \"cost_points\"";
    assert_eq!(refused(&WeighPlan { unstable: vec![], ..plan() }), missing);
    assert_eq!(refused(&WeighPlan { unstable: vec![Fallback::Parent], ..plan() }), missing);
    assert_eq!(
        refused(&WeighPlan { unstable: vec![Fallback::SpecialReview, Fallback::Median], ..plan() }),
        "weigh.unstable: nothing after \"special_review\" is ever reached\n  hint: put \"special_review\" last"
    );
    let free = Region::read("2024 A11 0 0\n2024 B12 10 10");
    assert_eq!(
        free.publish(&WeighPlan { unstable: vec![Fallback::Own], ..plan() }).unwrap_err().to_string(),
        "group \"A11\" has no cost above zero to make a weight of\n  hint: end weigh.unstable with \"special_review\" or \"cost_points\""
    );
}

#[test]
fn costs_of_nothing() {
    let free = Region::read("2024 A11 0 0");
    assert_eq!(
        free.publish(&plan()).unwrap_err().to_string(),
        "the reference mean is not above zero\n  hint: check the column mapped to the amount; it is read in yuan"
    );
}

#[test]
fn a_trimming_rule_that_is_none() {
    let trim = Trim::Percentile { low: ratio("0.9"), high: ratio("0.1") };
    assert_eq!(
        refused(&WeighPlan { trim, ..plan() }),
        "weigh.trim: group \"A11\": trimming from 0.9 to 0.1 is not a rule\n  hint: the lower number is at least 0 and at most the upper; quantiles are at most 1"
    );
}

/// `[weigh]` with the fee classes `drug` and `service`, and the stays' extra fields.
const CLASSES: &str = "
    year = 2025
    years = [{ year = 2024, weight = \"1\" }]
    weighting_of = \"means\"
    trim = { method = \"none\" }
    trim_scope = \"group\"
    stable = { min_cases = 1, cv = \"1\", inclusive = true, spread = \"population\" }
    unstable = [\"own\"]
    reference = { to = \"mean\" }
    scale = \"1\"
    five_class = { fields = { drug = \"drug_fee\", service = \"service_fee\" }, weight = \"0.5\" }
    source = { fictional = true }";

#[test]
fn stays_without_the_amount_of_a_fee_class() {
    let weigh: crate::pack::weigh::Weigh =
        yibao_policy::Folder::of_text("weigh.toml", CLASSES).unwrap().decode().unwrap();
    let mut names = Symbols::default();
    let stays = |drug: Extra, names: &mut Symbols| Stays {
        group: vec![names.intern("A11"), names.intern("QY")].into(),
        group_status: vec![GroupStatus::Grouped, GroupStatus::Ambiguous].into(),
        discharge: vec![yibao_kernel::Day::parse("2024-05-01").unwrap(); 2].into(),
        cost: vec![yuan("30"), yuan("50")].into(),
        source_row: vec![2, 3].into(),
        extras: vec![drug, Extra::Fen(vec![Some(yuan("20")), Some(yuan("40"))].into())],
        ..Stays::default()
    };
    let fields: BTreeMap<String, FieldDeclaration> = ["drug_fee", "service_fee"]
        .map(|name| (name.to_owned(), FieldDeclaration { kind: FieldKind::Fen, zh: None, en: None }))
        .into();
    let refused =
        |stays: &Stays, names: &Symbols| WeighInput::of_stays(&weigh, &fields, stays, names).unwrap_err().to_string();
    let whole = stays(Extra::Fen(vec![Some(yuan("10")), Some(yuan("10"))].into()), &mut names);
    let input = WeighInput::of_stays(&weigh, &fields, &whole, &names).unwrap();
    assert_eq!(input.group[1], Symbol::NONE);
    assert_eq!((input.year[0], input.classes.len(), input.classes[1][0]), (2024, 2, yuan("20")));
    let missing = stays(Extra::Fen(vec![Some(yuan("10")), None].into()), &mut names);
    assert_eq!(
        refused(&missing, &names),
        "row 3: no amount of fee class \"drug\"\n  hint: write 0 where a stay has none, or refuse the row under [[input.refuse]]"
    );
    let text = stays(Extra::Symbol(vec![Symbol::NONE; 2].into()), &mut names);
    assert_eq!(
        refused(&text, &names),
        "weigh.five_class: class \"drug\" reads \"drug_fee\", which is not a field of amounts\n  hint: declare [fields.drug_fee] with kind = \"fen\" and map it under [columns]"
    );
}
