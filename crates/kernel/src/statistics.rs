//! Statistics that do not depend on row order or thread count, exactly.

mod moments;
mod quantile;
mod trimming;

pub use moments::{Moments, Spread};
pub use quantile::{median, quantile_r7};
pub use trimming::{IqrZero, Trim, TrimError, Trimmed, trim};
