//! How a settlement is run.

use std::sync::Arc;

use yibao_kernel::{Day, Window};
use yibao_record::stays::Symbols;

use super::entries::Applied;
use super::error::SettleError;
use crate::plan::Plan;
use crate::settled::explanations::Store;

/// Tells how many stays are done of how many; answers whether to go on.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) -> bool + Sync);

/// Options of a settlement. The day of knowledge is the plan's: it chose the versions and dated changes that count.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The interner of the stays and the plan, for messages and for the words of review panels.
    pub symbols: &'a Symbols,
    /// Settle one month (an interim result) instead of the year.
    pub month: Option<(i32, u8)>,
    /// Called between waves of stays.
    pub progress: Option<Progress<'a>>,
    /// Where the packed reasons of the cases are put away; in memory when none is given.
    pub reasons: Option<&'a Arc<dyn Store>>,
    /// Dated entries, as [`super::entries::apply`] has applied them to the stays.
    pub entries: Option<&'a Applied>,
}

impl<'a> Options<'a> {
    /// The whole year, silently.
    pub const fn new(symbols: &'a Symbols) -> Self {
        Self { symbols, month: None, progress: None, reasons: None, entries: None }
    }
}

/// What is settled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Period {
    /// `2025` or `2025-03`.
    pub name: String,
    /// Its days.
    pub window: Window,
    /// Place of the month in the twelve shares of a pool; `None`: the whole year.
    pub month: Option<usize>,
}

impl Period {
    /// The period of the options.
    ///
    /// # Errors
    /// [`SettleError::NoSuchMonth`].
    pub fn of(plan: &Plan, options: &Options<'_>) -> Result<Self, SettleError> {
        let Some((year, month)) = options.month else {
            return Ok(Self { name: plan.year.to_string(), window: plan.window, month: None });
        };
        let refused = SettleError::NoSuchMonth { year: plan.year, month };
        let window = Window::month(year, month).ok().and_then(|window| window.intersect(&plan.window));
        let name = format!("{year:04}-{month:02}");
        let place = plan.months.iter().position(|(label, _)| *label == name);
        match (window, place) {
            (Some(window), Some(place)) => Ok(Self { name, window, month: Some(place) }),
            _ => Err(refused),
        }
    }

    /// The last day of the period.
    #[must_use]
    pub fn last_day(&self) -> Day {
        let last = self.window.until.and_then(|until| until.add_days(-1).ok());
        last.unwrap_or(self.window.from)
    }
}
