//! Statements, reports, spreadsheets: what institutions and the public get to see.
//!
//! Nothing is decided here: the figures are those the settlement stored, the reasons are those it packed. Each entry
//! point takes the settled result and returns bytes or text; writing files is the caller's work.

pub mod against;
pub mod budget;
pub mod chart;
pub mod error;
mod grid;
pub mod indicators;
pub mod negotiate;
pub mod page;
pub mod preview;
pub mod publish;
pub mod render;
pub mod report;
pub mod statements;
pub mod stored;
pub mod summary;
pub mod tables;
pub mod weights;
pub mod year_tables;

pub use error::DisclosureError;
pub use report::{InputFile, ReportInputs, report_html};
pub use statements::statements_xlsx;
