//! What people get to see, from results settled by hand and from made-up regions.

#![allow(clippy::unwrap_used, reason = "tests")]

mod explaining;
mod report;
mod sample;
mod statements;
mod summary;
mod tables;
