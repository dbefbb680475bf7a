//! Behaviour of grouping schemes: published answers, refusals, the file format.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod agreement;
mod checks;
mod data;
mod dip;
mod golden;
mod naive;
mod refusals;
mod small;
mod teaching;
