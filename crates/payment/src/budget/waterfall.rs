//! What an official sees of a budget: its lines, proposed beside heard beside adopted beside in force.

use yibao_kernel::{Day, Fen, sum};
use yibao_policy::Path;

use super::{BudgetFault, Worked, arithmetic, changed, work_out};
use crate::pack::budget::BudgetValues;
use crate::pack::budget::{Budget, BudgetChange, BudgetReserve, Line, LineTo};
use crate::pack::version::{self, Stage, Version};

/// A value in a version's column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// An amount.
    Amount(Fen),
    /// An opinion asked for this, and its figures do not add up to a budget of their own.
    Asked(String),
    /// An opinion says nothing about it.
    Silent,
}

/// One version: a column.
#[derive(Clone, Debug)]
pub struct Column<'a> {
    /// Place in the pack's list.
    pub at: usize,
    /// The version.
    pub version: &'a Version<BudgetValues>,
    /// Its spending budget.
    pub budget: Cell,
    /// Its lines, in the order of the pack.
    pub lines: Vec<Cell>,
}

/// One line: a row.
#[derive(Clone, Debug)]
pub struct LineView<'a> {
    /// The line.
    pub line: &'a Line,
    /// How many lines stand above it.
    pub depth: usize,
    /// Adopted, where there is an adopted version.
    pub adopted: Option<Fen>,
    /// The fen of rounding in it.
    pub rounding: Fen,
    /// Sum of the dated changes.
    pub changed: Fen,
    /// Adopted and changed since.
    pub in_force: Option<Fen>,
}

/// A reserve through the budget: what settlement draws from it is not here.
#[derive(Clone, Debug)]
pub struct ReserveView<'a> {
    /// The reserve.
    pub reserve: &'a BudgetReserve,
    /// Lines into it, as adopted.
    pub put_in: Fen,
    /// Dated changes of those lines: negative when the reserve gave.
    pub changed: Fen,
    /// Opening, lines and changes.
    pub available: Fen,
}

/// A budget as known on a day.
#[derive(Clone, Debug)]
pub struct Waterfall<'a> {
    /// The budget.
    pub budget: &'a Budget,
    /// As known on this day.
    pub known: Day,
    /// Sum of the income.
    pub income: Fen,
    /// Versions in the order of their days.
    pub columns: Vec<Column<'a>>,
    /// Lines in the order of the pack.
    pub lines: Vec<LineView<'a>>,
    /// The adopted version, worked out.
    pub adopted: Option<Worked>,
    /// Dated changes in order.
    pub changes: Vec<&'a BudgetChange>,
    /// New money of all changes.
    pub changed: Fen,
    /// The budget in force.
    pub in_force: Option<Fen>,
    /// Reserves.
    pub reserves: Vec<ReserveView<'a>>,
}

impl<'a> Waterfall<'a> {
    /// Works a budget out as known on a day.
    ///
    /// # Errors
    /// What the check of the pack refuses.
    pub fn of(budget: &'a Budget, known: Day) -> Result<Self, BudgetFault> {
        let here = Path::default();
        let fail = |error: &dyn std::error::Error| arithmetic(error, &here);
        let income = sum(budget.income.iter().map(|line| line.amount)).map_err(|error| fail(&error))?;
        let changes = budget.changes(known);
        let by_line = changed(budget, &changes).map_err(|error| fail(&error))?;
        let adopted = match version::adopted(&budget.version, known) {
            Some((at, version)) => Some(work_out(budget, &version.values, &Path::of("version").at(at))?),
            None => None,
        };
        let mut lines = Vec::with_capacity(budget.line.len());
        for (at, line) in budget.line.iter().enumerate() {
            let part = adopted.as_ref().and_then(|adopted| adopted.parts.get(at));
            let moved = by_line.get(at).copied().unwrap_or(Fen::ZERO);
            let in_force = part.map(|part| part.amount.checked_add(moved)).transpose().map_err(|error| fail(&error))?;
            lines.push(LineView {
                line,
                depth: depth(budget, line),
                adopted: part.map(|part| part.amount),
                rounding: part.map_or(Fen::ZERO, |part| part.rounding),
                changed: moved,
                in_force,
            });
        }
        let new_money = changes.iter().filter(|change| change.from.is_none()).map(|change| change.amount);
        let new_money = sum(new_money).map_err(|error| fail(&error))?;
        let in_force = adopted.as_ref().map(|adopted| adopted.budget.checked_add(new_money));
        let in_force = in_force.transpose().map_err(|error| fail(&error))?;
        let reserves = reserves(budget, &lines).map_err(|error| fail(&error))?;
        let waterfall = Self {
            budget,
            known,
            income,
            columns: columns(budget, known)?,
            lines,
            adopted,
            changes,
            changed: new_money,
            in_force,
            reserves,
        };
        waterfall.assert_conserved();
        Ok(waterfall)
    }

    /// The top lines sum to the budget, as adopted and as in force, and every divided line is the sum of its parts.
    fn assert_conserved(&self) {
        let total = |of: Option<&str>, value: fn(&LineView<'_>) -> Option<Fen>| {
            let lines = self.lines.iter().filter(|view| view.line.of.as_deref() == of);
            sum(lines.filter_map(value)).ok()
        };
        let values: [fn(&LineView<'_>) -> Option<Fen>; 2] = [|view| view.adopted, |view| view.in_force];
        let wholes = [self.adopted.as_ref().map(|adopted| adopted.budget), self.in_force];
        for (value, whole) in values.into_iter().zip(wholes) {
            let Some(whole) = whole.filter(|_| !self.lines.is_empty()) else { continue };
            assert!(total(None, value) == Some(whole), "the lines sum to the budget");
            for view in self.lines.iter().filter(|view| self.budget.is_divided(&view.line.id)) {
                assert!(total(Some(&view.line.id), value) == value(view), "the parts of a line sum to it");
            }
        }
    }

    /// The fen that rounding moved, by line.
    pub fn roundings(&self) -> impl Iterator<Item = &LineView<'a>> {
        self.lines.iter().filter(|view| !view.rounding.is_zero())
    }

    /// Income less the budget in force (or the latest proposal's): the surplus meant to be left.
    #[must_use]
    pub fn surplus(&self) -> Option<Fen> {
        let proposed = self.columns.iter().rev().find_map(|column| match column.budget {
            Cell::Amount(amount) if column.version.stage == Stage::Proposal => Some(amount),
            _ => None,
        });
        self.income.checked_sub(self.in_force.or(proposed)?).ok()
    }
}

fn depth(budget: &Budget, line: &Line) -> usize {
    let mut depth = 0;
    let mut next = line.of.as_deref();
    while let Some((_, above)) = next.and_then(|id| budget.line(id)).filter(|_| depth < budget.line.len()) {
        depth += 1;
        next = above.of.as_deref();
    }
    depth
}

fn reserves<'a>(budget: &'a Budget, lines: &[LineView<'a>]) -> Result<Vec<ReserveView<'a>>, yibao_kernel::Overflow> {
    let mut views = Vec::new();
    for reserve in &budget.reserve {
        let into = || {
            lines.iter().filter(|view| {
                let to = view.line.to.as_ref().filter(|to| matches!(to, LineTo::Reserve(_)));
                to.and_then(|to| budget.reserve_of(to)).is_some_and(|found| found.id == reserve.id)
            })
        };
        let put_in = sum(into().filter_map(|view| view.adopted))?;
        let changed = sum(into().map(|view| view.changed))?;
        let available = sum([reserve.opening, put_in, changed])?;
        views.push(ReserveView { reserve, put_in, changed, available });
    }
    Ok(views)
}

/// A column for each version known. An opinion's column shows what it would change against the proposal before it.
fn columns(budget: &Budget, known: Day) -> Result<Vec<Column<'_>>, BudgetFault> {
    let mut columns = Vec::new();
    let mut proposal: Option<Worked> = None;
    for (at, version) in version::in_order(&budget.version, known) {
        let worked = work_out(budget, &version.values, &Path::of("version").at(at));
        let column = match (version.stage, worked) {
            (Stage::Opinion, Ok(worked)) => opinion(at, version, &worked, proposal.as_ref()),
            (Stage::Opinion, Err(_)) => asked(at, version, budget),
            (_, Err(fault)) => return Err(fault),
            (_, Ok(worked)) => {
                let lines = worked.parts.iter().map(|part| Cell::Amount(part.amount)).collect();
                let column = Column { at, version, budget: Cell::Amount(worked.budget), lines };
                if version.stage == Stage::Proposal {
                    proposal = Some(worked);
                }
                column
            }
        };
        columns.push(column);
    }
    Ok(columns)
}

fn opinion<'a>(
    at: usize,
    version: &'a Version<BudgetValues>,
    worked: &Worked,
    proposal: Option<&Worked>,
) -> Column<'a> {
    let against = |now: Fen, before: Option<Fen>| match before == Some(now) {
        true => Cell::Silent,
        false => Cell::Amount(now),
    };
    let before = |at: usize| proposal.and_then(|proposal| proposal.parts.get(at)).map(|part| part.amount);
    let lines = worked.parts.iter().enumerate().map(|(at, part)| against(part.amount, before(at))).collect();
    Column { at, version, budget: against(worked.budget, proposal.map(|proposal| proposal.budget)), lines }
}

fn asked<'a>(at: usize, version: &'a Version<BudgetValues>, budget: &Budget) -> Column<'a> {
    let lines = budget
        .line
        .iter()
        .map(|line| version.values.line.get(&line.id).map_or(Cell::Silent, |value| Cell::Asked(value.to_string())));
    Column { at, version, budget: Cell::Silent, lines: lines.collect() }
}
