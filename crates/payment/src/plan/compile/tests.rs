//! The good packs compiled: what the engine gets.

use std::path::Path as FilePath;

use yibao_kernel::explain::Lang;
use yibao_kernel::{Day, Decimal, Fen, Ratio};
use yibao_policy::Folder;
use yibao_record::stays::{Symbol, Symbols};

use crate::pack::reference::ReferenceFolder;
use crate::pack::{Pack, load};
use crate::plan::{
    AmountFrom, CaseFields, Cell, CoefficientFrom, CompileInput, CompiledVerb, Condition, FieldRef, NotGiven, Plan,
    PriceFrom, Table,
};

fn good(name: &str) -> (Folder, Pack) {
    load(&FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/packs/good").join(name)).unwrap()
}

fn compiled(folder: &Folder, pack: &Pack, known: Option<Day>, symbols: &mut Symbols) -> Result<Plan, String> {
    let input = CompileInput {
        folder,
        pack,
        year: 2025,
        methods: None,
        known,
        reference: &ReferenceFolder(None),
        institutions_of_stays: &[],
    };
    Plan::compile(&input, symbols).map_err(|found| found.to_string())
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn table<'p>(plan: &'p Plan, name: &str) -> &'p Table {
    plan.tables.0.iter().find(|table| table.name == name).unwrap()
}

#[test]
fn the_points_region_compiles_into_its_steps_and_pool() {
    let (folder, pack) = good("points_region");
    let mut symbols = Symbols::default();
    let plan = compiled(&folder, &pack, None, &mut symbols).unwrap();
    let method = plan.methods.first().unwrap();
    let ids = |steps: &[crate::plan::CompiledStep]| steps.iter().map(|step| step.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&method.case_steps), ["long-stay", "base", "mean", "coefficient", "bands", "points"]);
    assert_eq!(ids(&method.year_steps), ["prepay", "clear", "share", "offset"]);
    let g2 = symbols.find("G2").unwrap();
    assert_eq!(
        table(&plan, "base_points").get(day("2025-03-01"), &[g2]),
        Some(Cell::Decimal(Decimal::new(2_000_000, 4)))
    );
    assert_eq!(table(&plan, "group_means").get(day("2025-03-01"), &[g2]), Some(Cell::Fen(Fen::new(2_000_000))));
    let pool = plan.pools.first().unwrap();
    assert_eq!((pool.budget, plan.pool_of(0, 0, 0)), (Fen::new(10_000_000), Some(0)));
    assert_eq!(plan.institution_of(symbols.find("H2").unwrap()), Some(1));
    assert_eq!(plan.book.rules().iter().filter(|rule| rule.source.is_none()).count(), 0, "every rule is cited");
}

#[test]
fn versions_follow_the_discharge_and_the_knowledge_day() {
    let (folder, pack) = good("rate_region");
    let mut symbols = Symbols::default();
    let weight = |known: Option<&str>, on: &str, symbols: &mut Symbols| {
        let plan = compiled(&folder, &pack, known.map(day), symbols).unwrap();
        let group = symbols.find("ES23").unwrap();
        table(&plan, "weights").get(day(on), &[group]).and_then(Cell::ratio).map(|ratio| ratio.to_string())
    };
    assert_eq!(weight(None, "2025-06-30", &mut symbols).as_deref(), Some("0.8"));
    assert_eq!(weight(None, "2025-07-01", &mut symbols).as_deref(), Some("0.81"));
    assert_eq!(weight(Some("2025-06-14"), "2025-07-01", &mut symbols).as_deref(), Some("0.8"), "not known yet");
    assert_eq!(weight(None, "2024-12-31", &mut symbols), None);
}

#[test]
fn a_weighted_coefficient_is_computed_once_and_explains_its_parts() {
    let (folder, pack) = good("rate_region");
    let plan = compiled(&folder, &pack, None, &mut Symbols::default()).unwrap();
    let step = plan.methods.first().unwrap().case_steps.iter().find(|step| step.id == "coefficient").unwrap();
    let CompiledVerb::Coefficient(coefficient) = &step.verb else { panic!() };
    let CoefficientFrom::Institutions(values) = &coefficient.from else { panic!() };
    let first = values.first().unwrap().as_ref().unwrap();
    // 0.50 × 1.20 + 0.30 × 1.15 + 0.20 × 1.10
    assert_eq!(first.value, Decimal::new(11_650, 4));
    let words = plan.book.render_text(&first.explanation, Lang::En).unwrap();
    assert!(
        words.starts_with("1. hospital coefficient 1.1650 = cmi 0.2×1.1 + history 0.3×1.15 + level 0.5×1.2"),
        "{words}"
    );
}

#[test]
fn prices_are_keyed_by_insurance_and_level() {
    let (folder, pack) = good("rate_region");
    let mut symbols = Symbols::default();
    let plan = compiled(&folder, &pack, None, &mut symbols).unwrap();
    let step = plan.methods.first().unwrap().case_steps.iter().find(|step| step.id == "rate").unwrap();
    let CompiledVerb::Price(PriceFrom::One(AmountFrom::Table(id))) = &step.verb else { panic!() };
    let rates = plan.table(*id).unwrap();
    assert_eq!(rates.key, [FieldRef::Insurance, FieldRef::Level]);
    let key = ["390", "secondary"].map(|text| symbols.find(text).unwrap());
    assert_eq!(rates.get(day("2025-01-01"), &key), Some(Cell::Fen(Fen::new(900_000))));
    assert_eq!(plan.pool_of(1, 1, 0), Some(1), "the resident pool pays long stays of residents");
}

#[test]
fn bands_differ_by_level_and_leave_nothing_out() {
    let (folder, pack) = good("rate_region");
    let plan = compiled(&folder, &pack, None, &mut Symbols::default()).unwrap();
    let step = plan.methods.first().unwrap().case_steps.iter().find(|step| step.id == "high").unwrap();
    let CompiledVerb::OutlierBand(outlier) = &step.verb else { panic!() };
    assert_eq!(outlier.sets.iter().map(|set| set.when.is_some()).collect::<Vec<_>>(), [true, true, false]);
    let at = |set: usize, r: &str| {
        let set = outlier.sets.get(set).unwrap();
        let (index, factor) = set.curve.eval(Ratio::parse(r).unwrap()).unwrap();
        (set.bands.get(index).unwrap().to.is_some(), factor)
    };
    assert_eq!(at(0, "0.3999"), (true, Ratio::ONE));
    assert_eq!(at(0, "0.4"), (false, Ratio::ONE));
    assert_eq!(at(0, "3"), (false, Ratio::ONE), "above 3 is strict");
    assert_eq!(at(0, "3.0001"), (true, Ratio::ONE));
    assert_eq!(at(1, "2.0001"), (true, Ratio::ONE), "secondary from 2");
    assert_eq!(at(2, "100"), (false, Ratio::ONE));
}

#[test]
fn an_open_value_and_a_missing_year_refuse() {
    let (_, pack) = good("points_region");
    let root = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/packs/good/points_region");
    let folder = Folder::read(&root).unwrap();
    let mut open = pack.clone();
    if let Some(pool) = open.pool.first_mut() {
        pool.amount = Some(yibao_policy::stated::Stated::Open);
    }
    let refused = compiled(&folder, &open, None, &mut Symbols::default()).unwrap_err();
    assert_eq!(refused.lines().filter(|line| line.starts_with("error: ")).count(), 1, "{refused}");
    assert!(refused.starts_with("error: pool[0].amount is open: its source does not state it\n"), "{refused}");
    let input = CompileInput {
        folder: &folder,
        pack: &pack,
        year: 2031,
        methods: None,
        known: None,
        reference: &ReferenceFolder(None),
        institutions_of_stays: &[],
    };
    let refused = Plan::compile(&input, &mut Symbols::default()).unwrap_err().to_string();
    assert!(refused.starts_with("error: the pack has no year 2031\n"), "{refused}");
    assert!(refused.ends_with("the pack has 2025; settle one of these with --year, or add [[year]]"), "{refused}");
}

#[test]
fn institutions_may_come_from_the_stays_ranked_by_id() {
    let text = "[pack]\nid = \"x\"\ntitle = { zh = \"\", en = \"\" }\nregion = { zh = \"\", en = \"\" }\ntrust = \"fictional\"\nsource = { fictional = true }\n\
        [[year]]\nyear = 2025\nmethods = [\"m\"]\nsource = { fictional = true }\n\
        [institutions]\nfrom_stays = true\nsource = { fictional = true }\n";
    let folder = Folder::of_text("pack.toml", text).unwrap();
    let pack: Pack = folder.decode().unwrap();
    let mut symbols = Symbols::default();
    let of_stays = ["P9", "P1", "P9"].map(|id| symbols.intern(id));
    let input = CompileInput {
        folder: &folder,
        pack: &pack,
        year: 2025,
        methods: None,
        known: None,
        reference: &ReferenceFolder(None),
        institutions_of_stays: &of_stays,
    };
    let (plan, _) = super::compile(&input, &mut symbols, super::Purpose::Check);
    let ids: Vec<String> = plan.unwrap().institutions.iter().map(|one| one.view.id.clone()).collect();
    assert_eq!(ids, ["P1", "P9"]);
}

/// A case with a cost and an age.
struct OneCase {
    cost: i64,
    age: Option<i64>,
}

impl CaseFields for OneCase {
    fn text(&self, _: FieldRef) -> Symbol {
        Symbol::NONE
    }
    fn number(&self, field: FieldRef) -> Option<i64> {
        match field {
            FieldRef::Cost => Some(self.cost),
            FieldRef::Mean(0) => Some(1_000_000),
            FieldRef::AgeYears => self.age,
            _ => None,
        }
    }
}

#[test]
fn conditions_are_exact_and_refuse_what_is_not_given() {
    use crate::plan::Compare;
    let tables = crate::plan::Tables::default();
    let twice = Condition::Quotient {
        field: FieldRef::Cost,
        over: FieldRef::Mean(0),
        compare: Compare::More,
        with: Ratio::from_int(2),
    };
    let case = |cost, age| OneCase { cost, age };
    assert_eq!(twice.holds(&case(2_000_000, None), &tables), Ok(false), "2 times is not above 2 times");
    assert_eq!(twice.holds(&case(2_000_001, None), &tables), Ok(true));
    let old = Condition::Number { field: FieldRef::AgeYears, compare: Compare::AtLeast, with: 80 };
    assert_eq!(old.holds(&case(0, None), &tables), Err(NotGiven(FieldRef::AgeYears)));
    let given = Condition::All(vec![Condition::Present { field: FieldRef::AgeYears, is: true }, old]);
    assert_eq!(given.holds(&case(0, None), &tables), Ok(false));
    assert_eq!(given.holds(&case(0, Some(80)), &tables), Ok(true));
    let group = Condition::Text { field: FieldRef::Group, among: vec![Symbol(1)] };
    assert_eq!(group.holds(&case(0, None), &tables), Ok(false));
}

#[test]
fn a_pool_is_its_adopted_budget_line_with_the_dated_changes() {
    let (folder, pack) = good("budget_region");
    let plan = compiled(&folder, &pack, None, &mut Symbols::default()).unwrap();
    let pool = |id: &str| plan.pools.iter().find(|pool| pool.id == id).unwrap();
    let employee = pool("employee-points");
    assert_eq!((employee.amount, employee.budget), (Fen::new(14_731_060), Fen::new(15_031_060)));
    let change = employee.adjustments.first().unwrap();
    assert_eq!((change.on, change.amount), (day("2025-07-01"), Fen::new(300_000)));
    assert_eq!(change.reason.en, "number of patients: more patients in the first half");
    assert_eq!((pool("single").amount, pool("resident-points").adjustments.len()), (Fen::new(600_000), 0));
    // Before the change was known it was no change.
    let spring = compiled(&folder, &pack, Some(day("2025-06-19")), &mut Symbols::default()).unwrap();
    assert!(spring.pools.iter().all(|pool| pool.adjustments.is_empty()));
}

#[test]
fn the_adopted_standard_and_index_are_looked_up_never_the_proposal() {
    let (folder, pack) = good("budget_region");
    let mut symbols = Symbols::default();
    let plan = compiled(&folder, &pack, None, &mut symbols).unwrap();
    let cell = |name: &str, key: &str, on: &str| table(&plan, name).get(day(on), &[symbols.find(key).unwrap()]);
    assert_eq!(cell("negotiated", "secondary", "2025-05-01"), Some(Cell::Fen(Fen::new(440_000))));
    assert_eq!(cell("control", "H1", "2025-05-01"), Some(Cell::Fen(Fen::new(5_800_000))));
    assert_eq!(cell("negotiated", "secondary", "2026-05-01"), None, "the year's own");
}

#[test]
fn nothing_adopted_nothing_settled() {
    let (folder, pack) = good("budget_region");
    let refused = compiled(&folder, &pack, Some(day("2024-12-31")), &mut Symbols::default()).unwrap_err();
    let pools = refused.matches("the budget \"fund\" of 2025 has no adopted version known on 2024-12-31").count();
    assert_eq!(pools, 3, "{refused}");
    assert!(
        refused
            .contains("hint: it was adopted on 2024-12-20 and is known from 2025-01-05: ask as of that day or later"),
        "{refused}"
    );
    let earlier = compiled(&folder, &pack, Some(day("2024-11-01")), &mut Symbols::default()).unwrap_err();
    for what in ["the standard \"negotiated\" of 2025", "the total control \"control\" of 2025"] {
        assert!(earlier.contains(&format!("{what} has no adopted version known on 2024-11-01")), "{earlier}");
    }
}

#[test]
fn the_order_of_pools_and_tables_of_a_pack_changes_no_amount() {
    let (folder, mut pack) = good("budget_region");
    let amounts = |pack: &Pack| -> std::collections::BTreeMap<String, Fen> {
        let plan = compiled(&folder, pack, None, &mut Symbols::default()).unwrap();
        plan.pools.iter().map(|pool| (pool.id.clone(), pool.budget)).collect()
    };
    let before = amounts(&pack);
    pack.pool.reverse();
    for budget in &mut pack.budget {
        budget.version.reverse();
        budget.change.reverse();
        budget.income.reverse();
    }
    pack.standard.iter_mut().for_each(|one| one.version.reverse());
    assert_eq!(amounts(&pack), before);
}
