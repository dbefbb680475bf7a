//! The arithmetic every other crate stands on: money in fen, exact ratios, published decimals,
//! calendar days, dated versions, allocation that conserves its total, piecewise-linear functions,
//! ranked quotas, exact statistics, and the packed explanation of a result.
//!
//! Three promises hold throughout:
//!
//! * **Exact.** No floating point. Numbers between steps are exact ratios; rounding happens only
//!   where a caller names it (`Mode`, decimal places), and what was rounded is what is used next.
//! * **Checked.** An operation that does not fit is an error, never a wrapped or clipped number.
//! * **Deterministic.** The same input gives the same bytes whatever the row order or thread count;
//!   every tie is broken by an explicit rank.

pub mod allocate;
pub mod date;
pub mod decimal;
pub mod explain;
pub mod money;
pub mod piecewise;
pub mod quota;
pub mod ratio;
pub mod rounding;
pub mod statistics;
pub mod versions;

mod ranked;
mod wide;

pub use date::{DateError, Day, Window};
pub use decimal::{Decimal, DecimalError};
pub use money::{Fen, MoneyError, Overflow, sum};
pub use ratio::{Ratio, RatioError};
pub use rounding::{Mode, Rounding};
