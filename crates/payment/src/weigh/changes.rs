//! What changed against the last published version.

use std::cmp::Reverse;

use yibao_kernel::{Decimal, Mode, Ratio, RatioError};

use super::plan::Previous;
use super::table::WeightRow;

/// The changes, each list in the order to read it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// What the last version is called.
    pub name: String,
    /// Groups with a weight now and none then, by code.
    pub added: Vec<(String, Decimal)>,
    /// Groups with a weight then and none now, by code.
    pub gone: Vec<(String, Decimal)>,
    /// Groups whose weight differs, the largest relative change first.
    pub changed: Vec<Change>,
    /// Groups whose weight is the same.
    pub same: u64,
}

/// One changed weight.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The group.
    pub group: String,
    /// The weight then.
    pub before: Decimal,
    /// The weight now.
    pub after: Decimal,
    /// after / before − 1, 4 places; `None` when the weight was zero.
    pub share: Option<Decimal>,
}

/// Compares a table's rows with the last version.
///
/// # Errors
/// [`RatioError::Overflow`] when a relative change does not fit.
pub fn compare(rows: &[WeightRow], previous: &Previous) -> Result<Changes, RatioError> {
    let mut changes = Changes { name: previous.name.clone(), ..Changes::default() };
    let mut sized: Vec<(Option<Ratio>, Change)> = Vec::new();
    let mut left = previous.weights.clone();
    for row in rows {
        let Some(after) = row.weight else { continue };
        let Some(before) = left.remove(&row.group) else {
            changes.added.push((row.group.clone(), after));
            continue;
        };
        if before.ratio() == after.ratio() {
            changes.same += 1;
            continue;
        }
        let group = row.group.clone();
        if before.units() == 0 {
            sized.push((None, Change { group, before, after, share: None }));
            continue;
        }
        let share = after.ratio().checked_div(before.ratio())?.checked_sub(Ratio::ONE)?;
        let size = if share.is_negative() { share.negated() } else { share };
        let share = Some(share.to_decimal(4, Mode::HalfUp)?);
        sized.push((Some(size), Change { group, before, after, share }));
    }
    changes.gone = left.into_iter().collect();
    // A weight that was zero has changed without measure: first. Rows come by code, and the sort keeps that on ties.
    sized.sort_by_key(|(size, _)| (size.is_some(), Reverse(*size)));
    changes.changed = sized.into_iter().map(|(_, change)| change).collect();
    Ok(changes)
}
