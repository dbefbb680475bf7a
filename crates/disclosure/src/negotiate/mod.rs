//! A proposed standard per disease: `standards.csv` ready for a pack, `choices.csv`, `negotiate.xlsx`, `negotiate.html`.
//!
//! Everything shown is what `yibao_payment::negotiate` computed.

mod html;
mod spreadsheet;
mod text;

#[cfg(test)]
mod tests;

use yibao_payment::negotiate::{Choice, Negotiated};
use yibao_payment::settled::HeaderView;

use crate::error::DisclosureError;
use crate::page::{Words, words};

pub use html::negotiate_html;
pub use spreadsheet::negotiate_xlsx;
pub use text::{CHOICES, choices_csv, proposal_toml, standards_csv, standards_source};

/// What the outputs name beside the table itself.
#[derive(Clone, Debug, Default)]
pub struct NegotiatePublication {
    /// The pack's header.
    pub pack: HeaderView,
    /// Hash of the pack.
    pub pack_hash: String,
    /// The program's version.
    pub program_version: String,
    /// Files of stays: name and hash.
    pub inputs: Vec<(String, String)>,
    /// Day the proposal is put forward, where it is known.
    pub on: Option<String>,
}

/// Names of the files, in the order of [`files`].
pub const FILES: [&str; 6] =
    ["standards.csv", "standards.csv.source.toml", "proposal.toml", "choices.csv", "negotiate.xlsx", "negotiate.html"];

/// Every file of a proposal, by name.
///
/// # Errors
/// The spreadsheet is refused.
pub fn files(
    result: &Negotiated,
    publication: &NegotiatePublication,
) -> Result<Vec<(&'static str, Vec<u8>)>, DisclosureError> {
    let contents = [
        standards_csv(result),
        standards_source(result, publication).into_bytes(),
        proposal_toml(result, publication).into_bytes(),
        choices_csv(result),
        negotiate_xlsx(result, publication)?,
        negotiate_html(result, publication).into_bytes(),
    ];
    Ok(FILES.into_iter().zip(contents).collect())
}

fn choice_words(choice: Choice) -> Words {
    let (zh, en) = choice.words();
    words(zh, en)
}
