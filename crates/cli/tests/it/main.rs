//! The program as a person meets it: started as a process, its files read back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod against;
mod bad;
mod benefit_policy;
mod budget;
mod busy;
mod catalogue;
mod chain;
mod composite;
mod credit;
mod determinism;
mod feeds;
mod indicators;
mod interrupt;
mod page;
mod points_region;
mod program;
mod publish;
mod real_input;
mod region;
mod settled;
mod split_bill;
mod split_explain;
mod split_lines;
mod split_table;
mod split_void;
mod year;
