//! The ordered split of one bill between the funds and the person, from a policy pack.
//!
//! [`pack`] holds the types of a pack, [`plan`] checks it and compiles it for a day, [`split`] runs the plan over a
//! bill: a pure function of (plans, bill, person's year so far) to the split, the changes of the year, and the reasons.

pub mod against;
pub mod answer;
pub mod credit;
pub mod divide;
pub mod examples;
pub mod history;
pub mod pack;
pub mod plan;
pub mod refusal;
pub mod show;
pub mod split;

pub use history::History;
pub use plan::Engine;
pub use refusal::Refusal;
pub use split::{Split, Splitter, State};
