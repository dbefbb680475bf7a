//! Behaviour of the benefit split.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod across;
mod edges;
mod elsewhere;
mod examples;
mod fuzz;
mod household;
mod layers;
mod packs;
mod properties;
mod refusals;
mod regions;
mod samples;
mod time;
