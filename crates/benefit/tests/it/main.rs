//! Behaviour of the benefit split.
mod examples;
mod packs;
mod regions;
