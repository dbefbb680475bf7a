//! The budget of the worked example: what was proposed, heard, adopted and changed.

use yibao_kernel::{Day, Fen};

use super::*;
use crate::pack::Pack;

fn pack() -> Pack {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/packs/good/budget_region");
    crate::pack::load(&root).unwrap().1
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn shown(amounts: impl Iterator<Item = Option<Fen>>) -> Vec<String> {
    amounts.map(|amount| amount.map_or_else(|| "–".to_owned(), |amount| amount.to_string())).collect()
}

fn cells(column: &Column<'_>) -> Vec<String> {
    let cell = |cell: &Cell| match cell {
        Cell::Amount(amount) => amount.to_string(),
        Cell::Asked(text) => format!("asked {text}"),
        Cell::Silent => String::new(),
    };
    std::iter::once(&column.budget).chain(&column.lines).map(cell).collect()
}

#[test]
fn what_was_proposed_stays_beside_what_was_adopted() {
    let pack = pack();
    let waterfall = Waterfall::of(&pack.budget[0], Day::MAX).unwrap();
    let columns: Vec<Vec<String>> = waterfall.columns.iter().map(cells).collect();
    // 270,000 × 1.08; the remainder is what the lines before it leave.
    assert_eq!(
        columns[0],
        ["291600.00", "14580.00", "5540.40", "40000.00", "6000.00", "225479.60", "150319.73", "75159.87"]
    );
    assert_eq!(columns[1][0], "286200.00", "the finance department asked for 6%");
    assert_eq!(columns[2], ["", "", "", "44000.00", "", "221479.60", "147653.07", "73826.53"]);
    assert_eq!(
        columns[3],
        ["288900.00", "14445.00", "5489.10", "42000.00", "6000.00", "220965.90", "147310.60", "73655.30"]
    );
    assert_eq!(
        shown(waterfall.lines.iter().map(|view| view.in_force)),
        ["14445.00", "2489.10", "43500.00", "6000.00", "220965.90", "150310.60", "73655.30"]
            .map(|text| if text == "220965.90" { "223965.90".to_owned() } else { text.to_owned() })
    );
    assert_eq!(waterfall.in_force, Some(Fen::new(29_040_000)));
    assert_eq!(waterfall.surplus(), Some(Fen::new(960_000)));
    let reserves: Vec<_> = waterfall.reserves.iter().map(|view| view.available.to_string()).collect();
    assert_eq!(reserves, ["44445.00", "6489.10"]);
}

#[test]
fn before_its_day_nothing_is_adopted() {
    let pack = pack();
    let early = Waterfall::of(&pack.budget[0], day("2024-12-31")).unwrap();
    assert_eq!(early.columns.len(), 3, "adopted on 2024-12-20, known from 2025-01-05");
    assert_eq!((early.in_force, early.adopted.is_none()), (None, true));
    assert_eq!(early.surplus(), Some(Fen::new(840_000)), "as proposed");
    let spring = Waterfall::of(&pack.budget[0], day("2025-03-01")).unwrap();
    assert_eq!((spring.changes.len(), spring.in_force), (0, Some(Fen::new(28_890_000))));
}

#[test]
fn the_order_of_income_versions_and_changes_does_not_matter() {
    let pack = pack();
    let mut turned = pack.budget[0].clone();
    turned.income.reverse();
    turned.version.reverse();
    turned.change.reverse();
    turned.reserve.reverse();
    let (one, other) = (Waterfall::of(&pack.budget[0], Day::MAX).unwrap(), Waterfall::of(&turned, Day::MAX).unwrap());
    assert_eq!(one.columns.iter().map(cells).collect::<Vec<_>>(), other.columns.iter().map(cells).collect::<Vec<_>>());
    let lines = |waterfall: &Waterfall<'_>| shown(waterfall.lines.iter().map(|view| view.in_force));
    assert_eq!(lines(&one), lines(&other));
}

#[test]
fn an_opinion_that_does_not_add_up_is_shown_as_asked() {
    let mut budget = pack().budget[0].clone();
    let opinion = budget.version.iter_mut().find(|version| version.on == day("2024-10-30")).unwrap();
    opinion.values.line.insert("cross-region".to_owned(), Ratio::from_int(900_000));
    let waterfall = Waterfall::of(&budget, Day::MAX).unwrap();
    assert_eq!(cells(&waterfall.columns[2])[..4], ["", "", "", "asked 900000"]);
}

#[test]
fn income_decides_spending() {
    let mut budget = pack().budget[0].clone();
    budget.base.from = BaseFrom::Income;
    budget.base.surplus_target = Some(Ratio::parse("2%").unwrap());
    let worked = work_out(&budget, &BudgetValues::default(), &Path::default()).unwrap();
    assert_eq!((worked.income, worked.budget), (Fen::new(30_000_000), Fen::new(29_400_000)));
    budget.base.surplus_target = None;
    let missing = work_out(&budget, &BudgetValues::default(), &Path::default()).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "the base has no `surplus_target`\n  hint: from = \"last_year\" needs last_year and growth, from = \"income\" needs surplus_target"
    );
}
