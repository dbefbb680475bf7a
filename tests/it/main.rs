//! End-to-end tests.
mod synth;
mod tidy;
