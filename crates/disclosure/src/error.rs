//! What can go wrong while a result is written for people to read.

use yibao_kernel::explain::ExplainError;

/// Why a statement, table or page was not made.
#[derive(Debug, thiserror::Error)]
pub enum DisclosureError {
    /// The settled cases and the stays are not of the same run.
    #[error(
        "the settled result has {cases} cases, the stays are {stays}: they are not of the same run\n  hint: pass the stays the result was settled from"
    )]
    Misaligned {
        /// Settled cases.
        cases: usize,
        /// Stays.
        stays: usize,
    },
    /// A sum of amounts left the range of an amount.
    #[error(
        "the sum of {what} does not fit an amount\n  hint: look for an absurd amount in the input; `yibao settle` lists the largest stays"
    )]
    Overflow {
        /// Which sum.
        what: &'static str,
    },
    /// A stored explanation cannot be read.
    #[error(
        "the stored reasons of {what} cannot be shown: {source}\n  hint: the rule book and the reasons must come from the same settled folder"
    )]
    Explanation {
        /// Whose.
        what: String,
        /// What is wrong with the bytes.
        source: ExplainError,
    },
    /// An indicator's figure does not fit.
    #[error(transparent)]
    Indicator(#[from] yibao_payment::indicator::TooLarge),
    /// The stored explanations cannot be read back.
    #[error("the reasons of the cases cannot be read back: {0}\n  hint: check the disk of the output folder")]
    Reasons(#[from] std::io::Error),
    /// The spreadsheet writer refused.
    #[error("the spreadsheet cannot be written: {0}")]
    Spreadsheet(#[from] rust_xlsxwriter::XlsxError),
}
