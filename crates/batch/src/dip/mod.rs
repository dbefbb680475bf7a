//! DIP over files: stays grouped by a catalogue, and a catalogue made from past stays.

mod build;
mod columns;
mod gather;
mod group;
mod plan;
mod publish;
mod toml_text;

pub use build::{BuildError, Built, build};
pub use gather::{GatherError, GatherRequest, Gathered, Pair, PastStay, gather};
pub use group::{DipSummary, find_case, group_dip_file};
pub use plan::{BuildFile, BuildPlan, KeyList, ListRow};
pub use toml_text::header_text;
