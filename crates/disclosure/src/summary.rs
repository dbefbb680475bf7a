//! What the pages show of the cases: sums by institution, by group, by both, the spread of costs, the dearest
//! outliers. One pass over the cases, in as many parts as there are threads; whole numbers only, so that the result
//! does not depend on how the cases were divided.

use crate::error::DisclosureError;
use rayon::prelude::*;
use yibao_kernel::Fen;
use yibao_payment::settled::{Route, Settled};
use yibao_record::stays::{Stays, Symbol};

mod bins;
mod gap;
mod index;
mod pass;

pub use bins::{BINS, LIMITS};
pub use gap::Gap;

/// How many of the dearest outliers are kept.
pub const OUTLIERS_KEPT: usize = 50;

/// How a stay was paid, as the cost distribution colours it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Class {
    /// Paid by its group.
    Normal,
    /// A low outlier.
    Low,
    /// A high outlier.
    High,
    /// Paid by item.
    Items,
    /// Cost points, incomplete, special review, held, nothing.
    Other,
}

/// How many classes there are.
pub const CLASSES: usize = 5;

/// Sums over some cases. Amounts in fen, units in ten-thousandths.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sums {
    /// Stays.
    pub cases: u64,
    /// Total cost.
    pub cost: i128,
    /// Accounted fund.
    pub accounted: i128,
    /// Patients and other payers.
    pub patient: i128,
    /// What the method gives.
    pub paid: i128,
    /// Points or weights.
    pub units: i128,
    /// Stays with a weight or base points.
    pub weighted: u64,
    /// Their weights; base points / 100 where the method has no weights. Ten-thousandths.
    pub weight: i128,
}

impl Sums {
    /// Adds another's.
    pub fn add(&mut self, other: &Sums) {
        self.cases += other.cases;
        self.cost += other.cost;
        self.accounted += other.accounted;
        self.patient += other.patient;
        self.paid += other.paid;
        self.units += other.units;
        self.weighted += other.weighted;
        self.weight += other.weight;
    }

    /// What the stays bring in: fund and patients together.
    pub fn income(&self) -> i128 {
        self.paid + self.patient
    }

    /// Mean weight of the weighted stays (CMI), ten-thousandths, half-up; `None` without one.
    pub fn case_mix_index(&self) -> Option<i64> {
        quotient(self.weight, i128::from(self.weighted))
    }

    /// Cost over income, millionths; `None` when nothing comes in.
    pub fn cost_over_income_micro(&self) -> Option<i64> {
        quotient(self.cost * 1_000_000, self.income())
    }
}

/// `numerator / denominator`, half-up; `None` for a denominator that is not positive.
pub fn quotient(numerator: i128, denominator: i128) -> Option<i64> {
    if denominator <= 0 {
        return None;
    }
    let rounded = (numerator * 2 + denominator).div_euclid(denominator * 2);
    i64::try_from(rounded).ok()
}

/// An institution's cases.
#[derive(Clone, Debug, Default)]
pub struct InstitutionSums {
    /// All its cases.
    pub all: Sums,
    /// Why accounted and cleared differ.
    pub gap: Gap,
    /// Mean of cost over the region's mean cost of the same group, millionths; `None` without a grouped stay.
    pub cost_index_micro: Option<i64>,
    /// Stays by class.
    pub classes: [u64; CLASSES],
}

/// The cases of one group in one institution.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Index into [`Settled::institutions`].
    pub institution: u32,
    /// The group; [`Symbol::NONE`] for stays without one.
    pub group: Symbol,
    /// Their sums.
    pub sums: Sums,
}

/// A case that cost more than its standard.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Outlier {
    /// Cost − standard.
    pub over: Fen,
    /// Index of the case.
    pub case: usize,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// All settled cases.
    pub all: Sums,
    /// Aligned with [`Settled::institutions`].
    pub institutions: Vec<InstitutionSums>,
    /// By group over all institutions, dearest total first.
    pub groups: Vec<(Symbol, Sums)>,
    /// By institution and group, ordered by institution, then by first appearance of the group.
    pub cells: Vec<Cell>,
    /// Stays per cost bin ([`LIMITS`]) and class.
    pub histogram: Vec<[u64; CLASSES]>,
    /// The dearest outliers, dearest first.
    pub outliers: Vec<Outlier>,
    /// How many outliers there are.
    pub outlier_count: u64,
    /// Cases the settlement refused after reading.
    pub refused: u64,
}

impl Summary {
    /// Sums everything the report and the statements need.
    ///
    /// # Errors
    /// [`DisclosureError::Misaligned`] when the stays are not those of the settled result.
    pub fn of(settled: &Settled, stays: &Stays) -> Result<Summary, DisclosureError> {
        let cases = settled.cases.outcome.len();
        let aligned = [settled.cases.row.len(), settled.cases.paid.len(), stays.len(), stays.cost.len()];
        if aligned.iter().any(|&length| length != cases) {
            return Err(DisclosureError::Misaligned { cases, stays: stays.len() });
        }
        let part = cases.div_ceil(rayon::current_num_threads().max(1)).max(1);
        let starts: Vec<usize> = (0..cases).step_by(part).collect();
        let parts: Vec<pass::Part> = starts
            .into_par_iter()
            .map(|start| pass::Part::of(settled, stays, start..(start + part).min(cases)))
            .collect();
        Ok(pass::merge(settled, parts))
    }

    /// The cells of one institution.
    pub fn cells_of(&self, institution: u32) -> &[Cell] {
        let start = self.cells.partition_point(|cell| cell.institution < institution);
        let end = self.cells.partition_point(|cell| cell.institution <= institution);
        self.cells.get(start..end).unwrap_or(&[])
    }
}

/// An amount from a wide sum.
///
/// # Errors
/// [`DisclosureError::Overflow`] naming the sum.
pub fn fen(sum: i128, what: &'static str) -> Result<Fen, DisclosureError> {
    i64::try_from(sum).map(Fen::new).map_err(|_| DisclosureError::Overflow { what })
}

/// Whether a route is outside the ordinary payment of a group, so that a reader wants to see the case.
pub const fn is_special(route: Route) -> bool {
    !matches!(route, Route::Group | Route::Nothing)
}
