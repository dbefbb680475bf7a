//! The cost index of an institution: the mean, over its grouped stays, of cost against the region's mean cost of the
//! same group. `Σ_g n_g × (own mean_g / region mean_g) / Σ_g n_g`, which is `Σ_g own total_g × region n_g / region total_g`
//! over the number of stays.

use super::{Cell, Sums, quotient};
use rustc_hash::FxHashMap;
use yibao_record::stays::Symbol;

/// The index of one institution from its cells, millionths.
pub(super) fn cost_index_micro(cells: &[Cell], region: &FxHashMap<Symbol, Sums>) -> Option<i64> {
    let mut expected_units = 0i128;
    let mut cases = 0i128;
    for cell in cells {
        let Some(all) = region.get(&cell.group) else { continue };
        if !cell.group.is_some() || all.cost <= 0 {
            continue;
        }
        cases += i128::from(cell.sums.cases);
        // Rounded down per group: at most one millionth in all, because a group has at least one stay.
        expected_units += cell.sums.cost * i128::from(all.cases) * 1_000_000 / all.cost;
    }
    quotient(expected_units, cases)
}
