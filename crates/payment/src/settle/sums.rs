//! What the cases of a clearing row, and of each of its months, add up to.

use yibao_kernel::{Day, Fen, Overflow};
use yibao_record::column::Column;
use yibao_record::stays::Stays;

use super::key::NO_ROW;
use crate::plan::{Plan, PriceKind};
use crate::settled::{CaseOutcome, Outcomes, Route};

/// Sums over the cases of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RowSums {
    /// Stays.
    pub cases: u64,
    /// Points or weights, ten-thousandths.
    pub units: i128,
    /// Accounted fund, fen.
    pub accounted: i128,
    /// What patients and other payers paid, fen.
    pub patient: i128,
    /// Fixed by the case steps (items, rates), fen.
    pub fixed: i128,
    /// Points of point-paid stays, ten-thousandths.
    pub points: i128,
    /// Patient part of point-paid stays, fen.
    pub point_patient: i128,
}

/// Sums over the cases of a row in one month.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct MonthSums {
    /// Stays.
    pub cases: u64,
    /// Points or weights, ten-thousandths.
    pub units: i128,
    /// Accounted fund, fen.
    pub accounted: i128,
    /// What patients and other payers paid, fen.
    pub patient: i128,
    /// Fixed by the case steps (items, rates), fen.
    pub fixed: i128,
}

/// All sums.
pub struct Sums {
    /// By row.
    pub rows: Vec<RowSums>,
    /// By row and month: `row × months + month`.
    pub months: Vec<MonthSums>,
}

/// A sum as money.
///
/// # Errors
/// [`Overflow`].
pub fn money(sum: i128) -> Result<Fen, Overflow> {
    i64::try_from(sum).map(Fen::new).map_err(|_| Overflow { operation: "sum of amounts" })
}

/// Whether a case of a points method shares the pool by its points.
#[must_use]
pub fn is_point_paid(outcome: &CaseOutcome) -> bool {
    match outcome.route {
        Route::Group | Route::Outlier | Route::CostPoints | Route::Incomplete => true,
        // Accepted by a panel: by item, or at the standard.
        Route::SpecialReview => outcome.points > 0,
        Route::Items | Route::Held | Route::Nothing => false,
    }
}

/// Adds the cases up.
pub fn add_up(plan: &Plan, stays: &Stays, outcome: &Outcomes, row_of: &[u32], rows: usize) -> Sums {
    let months = Months::of(plan);
    let mut sums =
        Sums { rows: vec![RowSums::default(); rows], months: vec![MonthSums::default(); rows * months.count] };
    let by_points: Vec<bool> = plan.methods.iter().map(|method| method.price == PriceKind::Points).collect();
    for (case, (outcome, row)) in outcome.iter().zip(row_of).enumerate().filter(|(_, (_, row))| **row != NO_ROW) {
        let row = *row as usize;
        let amount = |column: &Column<Fen>| column.get(case).map_or(0, |amount| i128::from(amount.get()));
        let (accounted, patient) = (amount(&stays.fund), amount(&stays.patient));
        let units = i128::from(outcome.points);
        if let Some(sum) = sums.rows.get_mut(row) {
            sum.cases += 1;
            sum.units += units;
            sum.accounted += accounted;
            sum.patient += patient;
            sum.fixed += i128::from(outcome.amount.get());
            if by_points.get(usize::from(outcome.method)) == Some(&true) && is_point_paid(&outcome) {
                sum.points += units;
                sum.point_patient += patient;
            }
        }
        let month = stays.discharge.get(case).and_then(|day| months.place(*day));
        if let Some(sum) = month.and_then(|month| sums.months.get_mut(row * months.count + month)) {
            sum.cases += 1;
            sum.units += units;
            sum.accounted += accounted;
            sum.patient += patient;
            sum.fixed += i128::from(outcome.amount.get());
        }
    }
    sums
}

/// Place of a day's month in the plan's months.
pub(super) struct Months {
    from: Day,
    /// By day since `from`.
    places: Vec<u16>,
    count: usize,
}

impl Months {
    pub(super) fn of(plan: &Plan) -> Self {
        let from = plan.window.from;
        let mut places = Vec::new();
        let mut day = from;
        // A settled year is a year or a little more; ten are a limit against a window without end.
        const DAYS_MAX: usize = 3_660;
        while plan.window.contains(day) && places.len() < DAYS_MAX {
            let label = format!("{:04}-{:02}", day.year(), day.month());
            let place = plan.months.iter().position(|(name, _)| *name == label);
            places.push(place.and_then(|place| u16::try_from(place).ok()).unwrap_or(u16::MAX));
            let Ok(next) = day.add_days(1) else { break };
            day = next;
        }
        Self { from, places, count: plan.months.len() }
    }

    pub(super) fn place(&self, day: Day) -> Option<usize> {
        let days = usize::try_from(self.from.days_until(day)).ok()?;
        self.places.get(days).map(|place| usize::from(*place)).filter(|place| *place < self.count)
    }
}
