//! Drugs, service items and consumables as of a date: class, first self-pay ratio, payment standard, restriction, and
//! the four parts of a line that always add up to its amount.

pub mod diff;
pub mod import;
pub mod item;
pub mod line;
pub mod restriction;

pub use diff::{Change, diff};
pub use item::{Catalogue, Item, Kind, Limit, LookupError};
pub use line::{LineError, LineRule, Order, split};
pub use restriction::{Outcome, Restriction};
