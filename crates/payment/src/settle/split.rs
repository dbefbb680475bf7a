//! A row's share of the pool, split over its cases in proportion to their published points (spec §0.4).

use std::cmp::Ordering;

use rayon::prelude::*;
use yibao_kernel::allocate::{AllocationError, largest_remainder_by};
use yibao_kernel::{Fen, Overflow};

use super::key::NO_ROW;

/// The cases of each row, rows one after the other, cases in input order.
pub struct CasesByRow {
    /// Where each row begins in `order`; one entry more than rows.
    starts: Vec<usize>,
    /// Case numbers.
    order: Vec<u32>,
}

impl CasesByRow {
    /// Sorts the cases by row. Cases of no row are left out.
    pub fn new(row_of: &[u32], rows: usize) -> Self {
        let mut starts = vec![0_usize; rows + 1];
        for row in row_of.iter().filter(|row| **row != NO_ROW) {
            if let Some(count) = starts.get_mut(*row as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut order = vec![0_u32; sum];
        for (case, row) in (0_u32..).zip(row_of) {
            if let Some(at) = next.get_mut(*row as usize).filter(|_| *row != NO_ROW) {
                if let Some(slot) = order.get_mut(*at) {
                    *slot = case;
                }
                *at += 1;
            }
        }
        Self { starts, order }
    }

    /// The cases of a row.
    pub fn of(&self, row: usize) -> &[u32] {
        match (self.starts.get(row), self.starts.get(row + 1)) {
            (Some(start), Some(end)) => self.order.get(*start..*end).unwrap_or(&[]),
            _ => &[],
        }
    }

    /// Computes one amount per case, row by row in parallel, and puts the amounts in input order.
    ///
    /// # Errors
    /// The first error in row order.
    pub fn pay<E: Send>(
        &self,
        cases: usize,
        pay_row: impl Fn(usize, &[u32]) -> Result<Vec<Fen>, E> + Sync,
    ) -> Result<Vec<Fen>, E> {
        let rows = self.starts.len().saturating_sub(1);
        let mut paid = vec![Fen::ZERO; cases];
        // Rows in groups, so that not all amounts stand in memory twice.
        const ROWS_AT_ONCE: usize = 32;
        for first in (0..rows).step_by(ROWS_AT_ONCE) {
            let last = rows.min(first + ROWS_AT_ONCE);
            let amounts: Vec<Result<Vec<Fen>, E>> =
                (first..last).into_par_iter().map(|row| pay_row(row, self.of(row))).collect();
            for (row, amounts) in (first..last).zip(amounts) {
                for (case, amount) in self.of(row).iter().zip(amounts?) {
                    if let Some(slot) = paid.get_mut(*case as usize) {
                        *slot = amount;
                    }
                }
            }
        }
        Ok(paid)
    }
}

/// Splits a row's share over its cases: each case's part of the share by points, less what the patient paid under the
/// `cost` basis (which may leave a negative figure, stated as such).
///
/// # Errors
/// [`AllocationError`].
pub fn over_cases(
    share: Fen,
    points: &[i128],
    patient: Option<&[Fen]>,
    tie: impl Fn(usize, usize) -> Ordering,
) -> Result<Vec<Fen>, SplitError> {
    let mut parts = largest_remainder_by(share, points, tie)?;
    if let Some(patient) = patient {
        for (part, patient) in parts.iter_mut().zip(patient) {
            *part = part.checked_sub(*patient)?;
        }
    }
    Ok(parts)
}

/// Why a share cannot be split.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SplitError {
    /// Splitting.
    #[error(transparent)]
    Allocation(#[from] AllocationError),
    /// Arithmetic.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_gathered_by_row_and_paid_in_input_order() {
        let rows = CasesByRow::new(&[1, 0, NO_ROW, 1], 2);
        assert_eq!((rows.of(0), rows.of(1), rows.of(2)), (&[1_u32][..], &[0_u32, 3][..], &[][..]));
        let paid = rows.pay(4, |row, cases| {
            let amount = i64::try_from(row * 10 + cases.len()).unwrap();
            Ok::<_, ()>(vec![Fen::new(amount); cases.len()])
        });
        assert_eq!(paid, Ok([12, 1, 0, 12].map(Fen::new).to_vec()));
    }

    #[test]
    fn equal_remainders_go_by_the_tie_order() {
        let by_position_backwards = |a: usize, b: usize| b.cmp(&a);
        let parts = over_cases(Fen::new(100), &[1, 1, 1], None, by_position_backwards).unwrap();
        assert_eq!(parts, [33, 33, 34].map(Fen::new));
        let patient = [50, 0, 0].map(Fen::new);
        let parts = over_cases(Fen::new(100), &[1, 1, 1], Some(&patient), by_position_backwards).unwrap();
        assert_eq!(parts, [-17, 33, 34].map(Fen::new));
    }

    #[test]
    fn a_share_without_points_is_refused() {
        assert_eq!(
            over_cases(Fen::new(100), &[0], None, |_, _| Ordering::Equal).unwrap_err().to_string(),
            "1.00 yuan cannot be allocated: every share is zero\n  hint: say who bears the amount when there are no claims"
        );
    }
}
