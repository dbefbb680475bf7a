//! A settled folder as it was stored, for pages made later: facts, sums of cases, and the printed figures of clearing rows
//! and pools. Columns are found by name, so that folders with more columns are read as well.

use yibao_kernel::Fen;
use yibao_payment::indicator::facts::{Cells, Facts, RowFact};

/// A clearing row or a pool as printed: column and value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures(pub Vec<(String, String)>);

impl Figures {
    /// A value; empty where there is no such column.
    #[must_use]
    pub fn text(&self, column: &str) -> &str {
        self.0.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value)
    }

    /// An amount; zero where there is no such column.
    #[must_use]
    pub fn fen(&self, column: &str) -> Fen {
        Fen::parse_yuan(self.text(column).as_bytes()).unwrap_or(Fen::ZERO)
    }

    /// A count.
    #[must_use]
    pub fn count(&self, column: &str) -> u64 {
        self.text(column).parse().unwrap_or(0)
    }

    /// What the row finally brings (advances are only paid earlier):
    /// `cleared + charged + assessed + shared + difference − withheld`.
    #[must_use]
    pub fn final_fen(&self) -> i128 {
        let plus: i128 = ["cleared", "charged", "assessed", "shared", "difference"]
            .iter()
            .map(|column| i128::from(self.fen(column).get()))
            .sum();
        plus - i128::from(self.fen("withheld").get())
    }
}

/// A clearing row: its key and its figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRow {
    /// The key.
    pub key: RowFact,
    /// The figures.
    pub figures: Figures,
}

/// A pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPool {
    /// Id.
    pub id: String,
    /// The figures.
    pub figures: Figures,
}

/// The folder.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Its facts.
    pub facts: Facts,
    /// Sums of its cases.
    pub cells: Cells,
    /// Clearing rows.
    pub rows: Vec<StoredRow>,
    /// Pools.
    pub pools: Vec<StoredPool>,
    /// Hash of the pack.
    pub pack_sha256: String,
    /// The program that settled.
    pub program: String,
}
