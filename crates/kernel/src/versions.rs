//! Two-time selection: which version of a rule applies to a day of service, as known on another day.
//!
//! A rule is *effective* in a window of service days and *known* from the day it was published.
//! Settling March in April and clearing it again next year differ only in the second time.

use thiserror::Error;

use crate::date::{Day, Window};

/// One version of a rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dated<T> {
    /// Names the version among those of the same key.
    pub id: String,
    /// What the rule says.
    pub value: T,
    /// The service days it applies to.
    pub effective: Window,
    /// From when it is known; [`Day::MIN`] when not stated.
    pub known: Day,
    /// The version this one replaces, on the days where this one applies.
    pub supersedes: Option<String>,
    /// The base version this one is an exception to; the exception wins where both apply.
    pub exception_to: Option<String>,
}

impl<T> Dated<T> {
    fn applies(&self, service: Day, known: Day) -> bool {
        self.known <= known && self.effective.contains(service)
    }

    /// Whether this version gives way to the other where both apply.
    fn yields_to(&self, other: &Self) -> bool {
        let names = |reference: &Option<String>| reference.as_deref() == Some(self.id.as_str());
        names(&other.supersedes) || names(&other.exception_to)
    }
}

/// Why no single version applies.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum SelectionError {
    /// Two versions apply and neither replaces the other.
    #[error(
        "both \"{first}\" and \"{second}\" apply on {day}\n  hint: end one before the other begins, or state `supersedes` or `exception_to`"
    )]
    Ambiguous {
        /// The earlier in row order.
        first: String,
        /// The later in row order.
        second: String,
        /// The day of service.
        day: Day,
    },
    /// Versions replace each other in a circle, so that none is left.
    #[error(
        "\"{id}\" is replaced by a version that it replaces itself, on {day}\n  hint: remove one of the `supersedes` or `exception_to`"
    )]
    Circular {
        /// The first version of the circle in row order.
        id: String,
        /// The day of service.
        day: Day,
    },
}

/// The version that applies on the day of service, as known on `known`; `None` when there is none.
///
/// Of the versions known by then and effective on the day, those superseded by another of them and
/// those with an exception among them give way. A version that supersedes but is not yet known, or
/// does not reach the day of service, displaces nothing.
///
/// # Errors
/// [`SelectionError`] when two versions are left, or none of several.
pub fn select<T>(rows: &[Dated<T>], service: Day, known: Day) -> Result<Option<&Dated<T>>, SelectionError> {
    let applies = |row: &&Dated<T>| row.applies(service, known);
    let mut left = rows.iter().filter(applies).filter(|row| stands(rows, row, service, known));
    match (left.next(), left.next()) {
        (Some(first), Some(second)) => {
            Err(SelectionError::Ambiguous { first: first.id.clone(), second: second.id.clone(), day: service })
        }
        (Some(only), None) => Ok(Some(only)),
        (None, _) => match rows.iter().find(applies) {
            Some(row) => Err(SelectionError::Circular { id: row.id.clone(), day: service }),
            None => Ok(None),
        },
    }
}

/// Whether an applying row is displaced by no other applying row.
fn stands<T>(rows: &[Dated<T>], row: &Dated<T>, service: Day, known: Day) -> bool {
    !rows.iter().any(|other| other.applies(service, known) && row.yields_to(other) && !std::ptr::eq(row, other))
}

/// Pairs of rows (by index, the smaller first, in order) that [`select`] would find ambiguous on
/// some day of service, as known on some day. The rows are versions of one key.
#[must_use]
pub fn conflicts<T>(rows: &[Dated<T>]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (first, a) in rows.iter().enumerate() {
        for (second, b) in rows.iter().enumerate().skip(first + 1) {
            if conflict(rows, a, b) {
                pairs.push((first, second));
            }
        }
    }
    pairs
}

fn conflict<T>(rows: &[Dated<T>], a: &Dated<T>, b: &Dated<T>) -> bool {
    let Some(window) = a.effective.intersect(&b.effective) else {
        return false;
    };
    if a.yields_to(b) || b.yields_to(a) {
        return false;
    }
    // Whether both stand can change only where a row that displaces one of them begins or ends.
    let displacing: Vec<_> = rows.iter().filter(|row| a.yields_to(row) || b.yields_to(row)).collect();
    let both_known = a.known.max(b.known);
    let edges = displacing.iter().flat_map(|row| [Some(row.effective.from), row.effective.until]).flatten();
    let service_days: Vec<_> = edges.chain([window.from]).filter(|day| window.contains(*day)).collect();
    let known_days: Vec<_> =
        displacing.iter().map(|row| row.known).chain([both_known]).filter(|day| *day >= both_known).collect();
    service_days.iter().any(|service| {
        known_days.iter().any(|known| stands(rows, a, *service, *known) && stands(rows, b, *service, *known))
    })
}

#[cfg(test)]
mod tests;
