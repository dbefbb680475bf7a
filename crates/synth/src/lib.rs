//! A seeded pooling region with a known answer key.
//!
//! Stays are made from a grouping scheme's own tables: the codes of a rule make a case of that rule.
//! The same seed gives the same bytes, on any machine and with any number of threads, because each
//! stay is drawn from its own numbers: see [`draw`].
//!
//! The answer key does not come from the grouping crate. This crate reads the tables itself and
//! decides each case rule by rule, slowly and plainly, so that the key is a second opinion on what
//! the compiled grouper says. Nothing here is real: persons, institutions and costs are made up,
//! and every institution says so in its name.
//!
//! ```text
//! tables ─► recipes ─► stays (Generator) ─► write (CSV, key, institutions)
//!              condition, verdict ┘ ▲
//!        draw, region, cost, weights ┘
//! ```

pub mod bills;
pub mod composite;
pub mod condition;
pub mod cost;
pub mod dip;
pub mod draw;
mod error;
pub mod recipe;
pub mod region;
pub mod stays;
pub mod tables;
pub mod verdict;
pub mod weights;
pub mod write;

pub use error::SynthError;
