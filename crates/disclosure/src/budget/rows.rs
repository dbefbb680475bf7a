//! The table of a budget: income, surplus, budget, then its lines; a column per version, then changes and what is in
//! force.

use yibao_kernel::explain::Lang;
use yibao_kernel::{Fen, Ratio};
use yibao_payment::budget::{Cell, Column, LineView, Waterfall};
use yibao_payment::pack::Pack;
use yibao_payment::pack::version::Stage;
use yibao_payment::pack::words::{line_words, source_words, target_words};

use crate::page::{Words, money, words};

/// What a row is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RowKind {
    /// A line of income.
    Income,
    /// All income.
    IncomeTotal,
    /// Income less the budget.
    Surplus,
    /// The spending budget.
    Budget,
    /// A line of it.
    Line,
}

impl RowKind {
    /// The word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Income => "income",
            Self::IncomeTotal => "income_total",
            Self::Surplus => "surplus",
            Self::Budget => "budget",
            Self::Line => "line",
        }
    }
}

/// A row.
#[derive(Clone, Debug)]
pub struct BudgetRow {
    /// What it is.
    pub kind: RowKind,
    /// Its id; empty for sums.
    pub id: String,
    /// How many lines stand above it.
    pub depth: usize,
    /// Title.
    pub title: Words,
    /// What it takes.
    pub basis: Words,
    /// Where it goes.
    pub to: Words,
    /// A cell per version.
    pub cells: Vec<Cell>,
    /// Dated changes.
    pub changed: Option<Fen>,
    /// In force.
    pub in_force: Option<Fen>,
    /// The fen of rounding in the adopted amount.
    pub rounding: Fen,
    /// Source in a few words.
    pub source: String,
}

/// The heading of a version's column: `拟定 2024-10-08`, `proposed 2024-10-08`.
#[must_use]
pub fn column_words(column: &Column<'_>) -> Words {
    let (zh, en) = column.version.stage.words();
    words(format!("{zh} {}", column.version.on), format!("{en} {}", column.version.on))
}

/// A cell as printed.
#[must_use]
pub fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Amount(amount) => money(*amount),
        Cell::Asked(text) => format!("→ {text}"),
        Cell::Silent => String::new(),
    }
}

/// The rows of a budget.
#[must_use]
pub fn rows(pack: &Pack, waterfall: &Waterfall<'_>) -> Vec<BudgetRow> {
    let budget = waterfall.budget;
    let decided = |column: &Column<'_>| column.version.stage != Stage::Opinion;
    let income = |amount: Fen| -> Vec<Cell> {
        let cell = |column| if decided(column) { Cell::Amount(amount) } else { Cell::Silent };
        waterfall.columns.iter().map(cell).collect()
    };
    let mut rows: Vec<BudgetRow> = budget
        .income
        .iter()
        .map(|line| BudgetRow {
            depth: 1,
            id: line.id.clone(),
            title: words(&line.title.zh, &line.title.en),
            basis: words(format!("{} 预计", line.on), format!("estimated {}", line.on)),
            source: source_words(pack, &line.source, Lang::Zh),
            in_force: Some(line.amount),
            ..plain(RowKind::Income, income(line.amount))
        })
        .collect();
    rows.push(BudgetRow {
        title: words("收入合计", "income"),
        in_force: Some(waterfall.income),
        ..plain(RowKind::IncomeTotal, income(waterfall.income))
    });
    let surplus = |column: &Column<'_>| match column.budget {
        Cell::Amount(amount) => waterfall.income.checked_sub(amount).map_or(Cell::Silent, Cell::Amount),
        _ => Cell::Silent,
    };
    rows.push(BudgetRow {
        title: words("计划结余", "planned surplus"),
        in_force: waterfall.in_force.and_then(|budget| waterfall.income.checked_sub(budget).ok()),
        ..plain(RowKind::Surplus, waterfall.columns.iter().map(surplus).collect())
    });
    rows.push(BudgetRow {
        title: words("支出预算", "spending budget"),
        basis: base_words(waterfall),
        changed: Some(waterfall.changed),
        in_force: waterfall.in_force,
        source: source_words(pack, &budget.base.source, Lang::Zh),
        ..plain(RowKind::Budget, waterfall.columns.iter().map(|column| column.budget.clone()).collect())
    });
    let lines = waterfall.lines.iter().enumerate();
    rows.extend(lines.map(|(at, view)| line_row(pack, waterfall, at, view)));
    rows
}

fn plain(kind: RowKind, cells: Vec<Cell>) -> BudgetRow {
    BudgetRow {
        kind,
        id: String::new(),
        depth: 0,
        title: Words::default(),
        basis: Words::default(),
        to: Words::default(),
        cells,
        changed: None,
        in_force: None,
        rounding: Fen::ZERO,
        source: String::new(),
    }
}

fn line_row(pack: &Pack, waterfall: &Waterfall<'_>, at: usize, view: &LineView<'_>) -> BudgetRow {
    let (budget, line) = (waterfall.budget, view.line);
    let value = value_in_force(waterfall, &line.id).or(line.value);
    let mut title = words(&line.title.zh, &line.title.en);
    if let Some((zh, en)) = line.tilt.map(|tilt| tilt.words()) {
        title = words(format!("{}（{zh}）", title.zh), format!("{} ({en})", title.en));
    }
    let cells = waterfall.columns.iter().map(|column| column.lines.get(at).cloned().unwrap_or(Cell::Silent));
    BudgetRow {
        id: line.id.clone(),
        depth: view.depth + 1,
        title,
        basis: words(line_words(budget, line, value, Lang::Zh), line_words(budget, line, value, Lang::En)),
        to: words(target_words(budget, line, Lang::Zh), target_words(budget, line, Lang::En)),
        changed: Some(view.changed),
        in_force: view.in_force,
        rounding: view.rounding,
        source: source_words(pack, &line.source, Lang::Zh),
        ..plain(RowKind::Line, cells.collect())
    }
}

/// What the adopted version, else the latest proposal, states for a line.
fn value_in_force(waterfall: &Waterfall<'_>, id: &str) -> Option<Ratio> {
    let of = |stage: Stage| waterfall.columns.iter().rev().find(|column| column.version.stage == stage);
    of(Stage::Adopted).or_else(|| of(Stage::Proposal))?.version.values.line.get(id).copied()
}

/// How the spending budget comes about.
fn base_words(waterfall: &Waterfall<'_>) -> Words {
    use yibao_payment::pack::budget::BaseFrom;
    let base = &waterfall.budget.base;
    let decided = |stage: Stage| waterfall.columns.iter().rev().find(|column| column.version.stage == stage);
    let values = decided(Stage::Adopted).or_else(|| decided(Stage::Proposal)).map(|column| &column.version.values);
    let percent = |share: Option<Ratio>| {
        let hundred = share.and_then(|share| share.checked_mul(Ratio::from_int(100)).ok());
        hundred.map_or_else(|| "?".to_owned(), |share| format!("{share}%"))
    };
    match base.from {
        BaseFrom::LastYear => {
            let last = base.last_year.map(money).unwrap_or_default();
            let growth = percent(values.and_then(|values| values.growth).or(base.growth));
            words(format!("上年 {last} × (1 + {growth})"), format!("last year {last} × (1 + {growth})"))
        }
        BaseFrom::Income => {
            let target = percent(values.and_then(|values| values.surplus_target).or(base.surplus_target));
            words(format!("收入 × (1 − {target})"), format!("income × (1 − {target})"))
        }
    }
}
