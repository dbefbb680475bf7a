//! A published weight table: `weights.csv` and `unweighted.csv` with their source, `weights.xlsx`, `weights.html`.
//!
//! Everything shown is what the run stored; nothing is computed again.

mod changes;
mod groups;
mod html;
mod reasons;
mod sidecar;
mod spreadsheet;
mod strip;
mod text;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use yibao_payment::settled::{Bilingual, HeaderView};
use yibao_payment::weigh::WeightTable;
use yibao_payment::weigh::table::Basis;

use crate::error::DisclosureError;
use crate::page::{Words, words};

pub use html::weights_html;
pub use sidecar::weights_source;
pub use spreadsheet::weights_xlsx;
pub use text::{unweighted_csv, weights_csv};

/// What the outputs name beside the table itself.
#[derive(Clone, Debug, Default)]
pub struct Publication {
    /// The pack's header.
    pub pack: HeaderView,
    /// Hash of the pack.
    pub pack_hash: String,
    /// The program's version.
    pub program_version: String,
    /// The files of stays.
    pub inputs: Vec<SourceFile>,
    /// Rows that could not be read as stays.
    pub refused: u64,
    /// Rows the pack does not select.
    pub not_selected: u64,
    /// Titles of groups by code, where known.
    pub group_titles: BTreeMap<String, Bilingual>,
}

/// A file that the table was made from.
#[derive(Clone, Debug, Default)]
pub struct SourceFile {
    /// File name, without folders.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// Names of the files of a published table, in the order of [`files`].
pub const FILES: [&str; 6] = [
    "weights.csv",
    "weights.csv.source.toml",
    "unweighted.csv",
    "unweighted.csv.source.toml",
    "weights.xlsx",
    "weights.html",
];

/// Every file of a published table, by name.
///
/// # Errors
/// [`DisclosureError`] when a stored reason is damaged or the spreadsheet is refused.
pub fn files(table: &WeightTable, publication: &Publication) -> Result<Vec<(&'static str, Vec<u8>)>, DisclosureError> {
    let source = weights_source(table, publication).into_bytes();
    let contents = [
        weights_csv(table),
        source.clone(),
        unweighted_csv(table),
        source,
        weights_xlsx(table, publication)?,
        weights_html(table, publication)?.into_bytes(),
    ];
    Ok(FILES.into_iter().zip(contents).collect())
}

/// What a basis is called.
fn basis_words(basis: Basis) -> Words {
    match basis {
        Basis::Own => words("本组均值", "own mean"),
        Basis::Parent => words("上级组", "parent"),
        Basis::Median => words("中位数", "median"),
        Basis::SpecialReview => words("特例单议", "special review"),
        Basis::CostPoints => words("费用折点", "cost points"),
    }
}

/// What the weights are a ratio to.
fn reference_words(table: &WeightTable) -> Words {
    match (table.reference.to, &table.reference.group) {
        ("benchmark", Some(group)) => {
            words(format!("基准组 {group} 的均值"), format!("mean of benchmark group {group}"))
        }
        ("quota", _) => words("标准定额", "standard quota"),
        _ => words("全部保留病例的均值", "mean of all kept cases"),
    }
}

/// The unit of amounts, by the pack's currency.
fn currency(publication: &Publication) -> Words {
    match publication.pack.currency.as_str() {
        "" | "CNY" => words("元", "yuan"),
        "USD" => words("美元", "US dollars"),
        other => words(other, other),
    }
}
