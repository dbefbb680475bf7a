//! Behaviour of the benefit split.
mod examples;
mod packs;
mod properties;
mod refusals;
mod regions;
mod samples;
mod time;
