//! Why an institution's accounted fund and its cleared amount differ.
//!
//! For every case the gap is `accounted − paid`. It is taken apart so that the parts add up to the gap to the fen:
//!
//! * a case paid by its group: *cost level* = the gap there would be with coefficient 1 and no other factor, that is the
//!   stay's cost against units × price; *coefficient* = what the hospital coefficient changes; *factors* = the rest;
//! * an outlier: *coefficient* as above, everything else is *outliers*;
//! * every other route (by item, cost points, incomplete, special review, held): *other routes*.

use yibao_payment::settled::{CaseOutcome, Route};

/// The parts of `accounted − cleared`, fen; positive = accounted is higher.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Gap {
    /// Units × price of the grouped stays at coefficient 1 and factor 1: the case mix in money.
    pub case_mix_value: i128,
    /// Cost of ordinary stays against their case mix value.
    pub cost_level: i128,
    /// Effect of the hospital coefficient.
    pub coefficient: i128,
    /// Effect of the other factors.
    pub factors: i128,
    /// Outliers.
    pub outliers: i128,
    /// By item and all other routes.
    pub other_routes: i128,
}

impl Gap {
    /// The sum of the parts: accounted − cleared.
    pub fn total(&self) -> i128 {
        self.cost_level + self.coefficient + self.factors + self.outliers + self.other_routes
    }

    /// Adds another's.
    pub fn add(&mut self, other: &Gap) {
        self.case_mix_value += other.case_mix_value;
        self.cost_level += other.cost_level;
        self.coefficient += other.coefficient;
        self.factors += other.factors;
        self.outliers += other.outliers;
        self.other_routes += other.other_routes;
    }

    /// Adds one case. `priced` is what units × price stands for: the income in the `cost` basis, the fund in the
    /// `fund` basis.
    pub(super) fn add_case(&mut self, outcome: &CaseOutcome, gap: i64, priced: i64) {
        let by_group = matches!(outcome.route, Route::Group | Route::Outlier);
        if !by_group {
            self.other_routes += i128::from(gap);
            return;
        }
        // The printed coefficient and factor are divided out again; 0 means the method has none.
        let with_coefficient = divided(priced, outcome.factor, 1_000_000);
        let plain = divided(with_coefficient, outcome.coefficient, 10_000);
        let coefficient = i128::from(plain) - i128::from(with_coefficient);
        self.case_mix_value += i128::from(plain);
        self.coefficient += coefficient;
        if outcome.route == Route::Outlier {
            self.outliers += i128::from(gap) - coefficient;
        } else {
            let factors = i128::from(with_coefficient) - i128::from(priced);
            self.factors += factors;
            self.cost_level += i128::from(gap) - coefficient - factors;
        }
    }
}

/// `amount × one / by`, toward zero; `by` ≤ 0 or equal to one changes nothing.
fn divided(amount: i64, by: i64, one: i64) -> i64 {
    if by <= 0 || by == one {
        return amount;
    }
    match amount.checked_mul(one) {
        Some(scaled) => scaled / by,
        None => i64::try_from(i128::from(amount) * i128::from(one) / i128::from(by)).unwrap_or(amount),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(route: Route, coefficient: i64, factor: i64) -> CaseOutcome {
        CaseOutcome { route, coefficient, factor, ..CaseOutcome::default() }
    }

    #[test]
    fn the_parts_add_up_to_the_gap_to_the_fen() {
        let mut gap = Gap::default();
        gap.add_case(&outcome(Route::Group, 11_000, 1_000_000), 12_345, 110_000);
        gap.add_case(&outcome(Route::Group, 9_333, 1_050_000), -777, 98_765);
        gap.add_case(&outcome(Route::Outlier, 11_000, 2_500_000), 54_321, 275_001);
        gap.add_case(&outcome(Route::Items, 0, 0), 99, 1_000);
        assert_eq!(gap.total(), 12_345 - 777 + 54_321 + 99);
        assert_eq!(gap.other_routes, 99);
    }

    #[test]
    fn a_coefficient_above_one_lowers_the_gap_by_its_share() {
        let mut gap = Gap::default();
        gap.add_case(&outcome(Route::Group, 11_000, 1_000_000), 0, 110_000);
        assert_eq!((gap.case_mix_value, gap.coefficient, gap.cost_level), (100_000, -10_000, 10_000));
    }
}
