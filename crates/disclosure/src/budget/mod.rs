//! A published budget: `budget.csv`, `budget.xlsx`, `budget.html`, and the table a terminal prints.
//!
//! Everything shown is what `yibao_payment::budget` worked out; what was proposed stands beside what was adopted.

mod html;
mod rows;
pub(crate) mod spreadsheet;
mod text;

#[cfg(test)]
mod tests;

use yibao_payment::budget::Waterfall;
use yibao_payment::pack::Pack;
use yibao_payment::settled::HeaderView;

use crate::error::DisclosureError;

pub use html::budget_html;
pub use rows::{BudgetRow, RowKind, cell_text, column_words, rows};
pub use spreadsheet::budget_xlsx;
pub use text::{BUDGET, budget_csv};

/// What the outputs name beside the budgets themselves.
#[derive(Clone, Debug, Default)]
pub struct BudgetPublication {
    /// The pack's header.
    pub pack: HeaderView,
    /// Hash of the pack.
    pub pack_hash: String,
    /// The program's version.
    pub program_version: String,
    /// The year.
    pub year: i32,
    /// As known on this day, where one was asked for.
    pub known: Option<String>,
}

/// Names of the files, in the order of [`files`].
pub const FILES: [&str; 3] = ["budget.csv", "budget.xlsx", "budget.html"];

/// Every file of the published budgets of a year, by name.
///
/// # Errors
/// The spreadsheet is refused.
pub fn files(
    pack: &Pack,
    waterfalls: &[Waterfall<'_>],
    publication: &BudgetPublication,
) -> Result<Vec<(&'static str, Vec<u8>)>, DisclosureError> {
    let contents = [
        budget_csv(waterfalls),
        budget_xlsx(pack, waterfalls, publication)?,
        budget_html(pack, waterfalls, publication).into_bytes(),
    ];
    Ok(FILES.into_iter().zip(contents).collect())
}
