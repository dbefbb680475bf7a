//! DIP over files: stays grouped by a catalogue, and catalogues made from past stays.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used, reason = "a test fails by panicking")]

mod build;
mod group;
