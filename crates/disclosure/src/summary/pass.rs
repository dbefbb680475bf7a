//! The one pass over the cases, and the merging of its parts.

use super::bins::{BINS, bin_of};
use super::index::cost_index_micro;
use super::{CLASSES, Cell, Class, Gap, InstitutionSums, OUTLIERS_KEPT, Outlier, Summary, Sums, is_special};
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;
use yibao_kernel::Fen;
use yibao_payment::settled::{CaseOutcome, Route, Settled};
use yibao_record::stays::{Stays, Symbol};

/// What one thread found in its range of cases.
#[derive(Default)]
pub(super) struct Part {
    places: FxHashMap<u64, u32>,
    cells: Vec<Cell>,
    institutions: Vec<(Gap, [u64; CLASSES])>,
    histogram: Vec<[u64; CLASSES]>,
    outliers: BinaryHeap<Reverse<(Fen, Reverse<usize>)>>,
    outlier_count: u64,
    refused: u64,
}

/// The numbers of one case.
struct Case {
    outcome: CaseOutcome,
    cost: Fen,
    accounted: Fen,
    patient: Fen,
    paid: Fen,
    group: Symbol,
}

impl Part {
    /// Sums a range of cases.
    pub(super) fn of(settled: &Settled, stays: &Stays, range: Range<usize>) -> Part {
        let fund_basis: Vec<bool> = settled.method_kinds.iter().map(|(basis, _)| basis == "fund").collect();
        let mut part = Part {
            institutions: vec![(Gap::default(), [0; CLASSES]); settled.institutions.len()],
            histogram: vec![[0; CLASSES]; BINS],
            ..Part::default()
        };
        for at in range {
            let row = settled.cases.row.get(at).and_then(|&row| settled.rows.get(row as usize));
            let (Some(row), Some(case)) = (row, case_at(settled, stays, at)) else {
                part.refused += 1;
                continue;
            };
            let fund = fund_basis.get(usize::from(row.method)).copied().unwrap_or(false);
            part.add(at, row.institution, &case, fund);
        }
        part
    }

    fn add(&mut self, at: usize, institution: u32, case: &Case, fund_basis: bool) {
        let class = class_of(case);
        count(self.histogram.get_mut(bin_of(case.cost.get())), class);
        if let Some((gap, classes)) = self.institutions.get_mut(institution as usize) {
            count(Some(classes), class);
            // Amounts are bounded by 10^15 fen each, so that these sums of three fit.
            let paid = case.paid.get();
            let priced = if fund_basis { paid } else { paid.saturating_add(case.patient.get()) };
            gap.add_case(&case.outcome, case.accounted.get().saturating_sub(paid), priced);
        }
        self.add_to_cell(institution, case.group, &sums_of(case));
        if is_special(case.outcome.route) {
            self.outlier_count += 1;
            if let Some(over) = over_standard(case) {
                self.outliers.push(Reverse((over, Reverse(at))));
                if self.outliers.len() > OUTLIERS_KEPT {
                    self.outliers.pop();
                }
            }
        }
    }

    fn add_to_cell(&mut self, institution: u32, group: Symbol, sums: &Sums) {
        let key = u64::from(institution) << 32 | u64::from(group.0);
        let next = self.cells.len() as u32;
        let place = *self.places.entry(key).or_insert(next);
        match self.cells.get_mut(place as usize) {
            Some(cell) => cell.sums.add(sums),
            None => self.cells.push(Cell { institution, group, sums: *sums }),
        }
    }
}

fn count(classes: Option<&mut [u64; CLASSES]>, class: Class) {
    if let Some(number) = classes.and_then(|classes| classes.get_mut(class as usize)) {
        *number += 1;
    }
}

fn case_at(settled: &Settled, stays: &Stays, at: usize) -> Option<Case> {
    Some(Case {
        outcome: settled.cases.outcome.get(at)?,
        cost: *stays.cost.get(at)?,
        accounted: *stays.fund.get(at)?,
        patient: *stays.patient.get(at)?,
        paid: *settled.cases.paid.get(at)?,
        group: stays.group.get(at).copied().unwrap_or(Symbol::NONE),
    })
}

fn sums_of(case: &Case) -> Sums {
    let outcome = case.outcome;
    // Base points are a hundred times the ratio to the mean, which is what a weight is.
    let weight = if outcome.weight > 0 { outcome.weight } else { outcome.base_points / 100 };
    Sums {
        cases: 1,
        cost: i128::from(case.cost.get()),
        accounted: i128::from(case.accounted.get()),
        patient: i128::from(case.patient.get()),
        paid: i128::from(case.paid.get()),
        units: i128::from(outcome.points),
        weighted: u64::from(weight > 0),
        weight: i128::from(weight.max(0)),
    }
}

fn class_of(case: &Case) -> Class {
    match case.outcome.route {
        Route::Group => Class::Normal,
        Route::Items => Class::Items,
        Route::Outlier => {
            let outcome = case.outcome;
            let usual = if outcome.mean_fen > 0 { outcome.mean_fen } else { outcome.standard.get() };
            if case.cost.get() < usual { Class::Low } else { Class::High }
        }
        _ => Class::Other,
    }
}

/// Cost − standard, where it is positive. In points methods the clearing gives the standard; should a method leave it
/// out, what the stay brings in stands for it.
fn over_standard(case: &Case) -> Option<Fen> {
    let standard = match case.outcome.standard.get() {
        0 => case.paid.checked_add(case.patient).ok()?,
        _ => case.outcome.standard,
    };
    case.cost.checked_sub(standard).ok().filter(|over| over.get() > 0)
}

/// Puts the parts together. Sums do not depend on the order; lists are ordered by stated keys.
pub(super) fn merge(settled: &Settled, parts: Vec<Part>) -> Summary {
    let mut summary = Summary {
        institutions: vec![InstitutionSums::default(); settled.institutions.len()],
        histogram: vec![[0; CLASSES]; BINS],
        ..Summary::default()
    };
    let mut outliers: Vec<(Reverse<Fen>, usize)> = Vec::new();
    let mut cells: Vec<Cell> = Vec::new();
    for part in parts {
        summary.refused += part.refused;
        summary.outlier_count += part.outlier_count;
        outliers.extend(part.outliers.into_iter().map(|Reverse((over, Reverse(case)))| (Reverse(over), case)));
        cells.extend(part.cells);
        for (all, (gap, classes)) in summary.institutions.iter_mut().zip(part.institutions) {
            all.gap.add(&gap);
            all.classes.iter_mut().zip(classes).for_each(|(sum, number)| *sum += number);
        }
        for (all, bin) in summary.histogram.iter_mut().zip(part.histogram) {
            all.iter_mut().zip(bin).for_each(|(sum, number)| *sum += number);
        }
    }
    outliers.sort_unstable();
    outliers.truncate(OUTLIERS_KEPT);
    summary.outliers = outliers.into_iter().map(|(Reverse(over), case)| Outlier { over, case }).collect();
    summary.cells = joined(cells);
    finish(&mut summary);
    summary
}

/// One cell per institution and group, ordered.
fn joined(mut cells: Vec<Cell>) -> Vec<Cell> {
    cells.sort_by_key(|cell| (cell.institution, cell.group));
    let mut joined: Vec<Cell> = Vec::with_capacity(cells.len());
    for cell in cells {
        match joined.last_mut() {
            Some(last) if last.institution == cell.institution && last.group == cell.group => last.sums.add(&cell.sums),
            _ => joined.push(cell),
        }
    }
    joined
}

fn finish(summary: &mut Summary) {
    let mut region: FxHashMap<Symbol, Sums> = FxHashMap::default();
    for cell in &summary.cells {
        summary.all.add(&cell.sums);
        region.entry(cell.group).or_default().add(&cell.sums);
        if let Some(institution) = summary.institutions.get_mut(cell.institution as usize) {
            institution.all.add(&cell.sums);
        }
    }
    for cells in summary.cells.chunk_by(|one, other| one.institution == other.institution) {
        let place = cells.first().and_then(|cell| summary.institutions.get_mut(cell.institution as usize));
        if let Some(institution) = place {
            institution.cost_index_micro = cost_index_micro(cells, &region);
        }
    }
    let mut groups: Vec<(Symbol, Sums)> = region.into_iter().collect();
    groups.sort_by_key(|(group, sums)| (Reverse(sums.cost), *group));
    summary.groups = groups;
}
