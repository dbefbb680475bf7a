//! Benchmarks with their published results.

pub mod cases;
pub mod columns;
pub mod machine;
pub mod process;
pub mod published;
