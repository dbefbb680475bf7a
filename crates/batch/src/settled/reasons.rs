//! `reasons.json`: the rule book of a settled period and the packed reasons of its clearing rows and pools. Together with
//! the explanations in `cases.parquet` it is all that is needed to say why, for ever: nothing is computed again.

use std::path::Path;

use serde::{Deserialize, Serialize};
use yibao_kernel::explain::RuleBook;
use yibao_payment::settled::{Bilingual, Settled};

use super::SettledError;
use super::folder::{hex, unhex};

/// File name in the settled folder.
pub const REASONS: &str = "reasons.json";

/// The file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    /// Format number of this file.
    pub format: u32,
    /// Period settled.
    pub period: String,
    /// The pack's id.
    pub pack: String,
    /// The pack's title.
    pub title: Bilingual,
    /// Currency code.
    pub currency: String,
    /// Whether outputs repeat the "illustrative" mark.
    pub illustrative: bool,
    /// Rules, their words and sources.
    pub book: RuleBook,
    /// Clearing rows in the order of `clearing.csv`.
    pub rows: Vec<RowReason>,
    /// Pools in the order of `pools.csv`.
    pub pools: Vec<PoolReason>,
}

/// A clearing row: its key, its figures as printed, its reason.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowReason {
    /// Institution id.
    pub institution: String,
    /// Institution name.
    pub name: String,
    /// Insurance id.
    pub insurance: String,
    /// Method id.
    pub method: String,
    /// District id.
    pub district: String,
    /// Period.
    pub period: String,
    /// Column and printed value.
    pub figures: Vec<(String, String)>,
    /// Packed explanation, hexadecimal.
    pub packed: String,
}

/// A pool.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolReason {
    /// Pool id.
    pub id: String,
    /// Column and printed value.
    pub figures: Vec<(String, String)>,
    /// Packed explanation, hexadecimal.
    pub packed: String,
}

impl RowReason {
    /// The packed explanation.
    pub fn explanation(&self) -> Vec<u8> {
        unhex(&self.packed).unwrap_or_default()
    }
}

impl PoolReason {
    /// The packed explanation.
    pub fn explanation(&self) -> Vec<u8> {
        unhex(&self.packed).unwrap_or_default()
    }
}

/// Ten-thousandths as a decimal text.
fn units(value: i128) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    format!("{sign}{}.{:04}", value / 10_000, value % 10_000)
}

impl Reasons {
    /// Of a settled period.
    pub fn of(settled: &Settled) -> Self {
        let named = |list: &[yibao_payment::settled::Named], at: u16| {
            list.get(at as usize).map(|one| one.id.clone()).unwrap_or_default()
        };
        let rows = settled.rows.iter().map(|row| {
            let institution = settled.institutions.get(row.institution as usize);
            let figure = |name: &str, fen: yibao_kernel::Fen| (name.to_owned(), fen.to_string());
            RowReason {
                institution: institution.map(|one| one.id.clone()).unwrap_or_default(),
                name: institution.map(|one| one.name.clone()).unwrap_or_default(),
                insurance: named(&settled.insurances, row.insurance),
                method: named(&settled.methods, row.method),
                district: named(&settled.districts, row.district),
                period: row.period.clone(),
                figures: vec![
                    ("cases".to_owned(), row.cases.to_string()),
                    ("units".to_owned(), units(row.units)),
                    figure("accounted", row.accounted),
                    figure("patient", row.patient),
                    figure("cleared", row.cleared),
                    figure("charged", row.charged),
                    figure("assessed", row.assessed),
                    figure("shared", row.shared),
                    figure("share_wanted", row.share_wanted),
                    figure("difference", row.difference),
                    figure("withheld", row.withheld),
                    figure("prepaid", row.prepaid),
                    figure("due", row.due),
                ],
                packed: hex(&row.explanation),
            }
        });
        let pools = settled.pools.iter().map(|pool| {
            let figure = |name: &str, fen: yibao_kernel::Fen| (name.to_owned(), fen.to_string());
            let mut figures = vec![
                figure("budget", pool.budget),
                figure("deducted", pool.deducted),
                figure("drawn", pool.drawn),
                figure("reserve_in", pool.reserve_in),
                figure("reserve_out", pool.reserve_out),
                figure("distributable", pool.distributable),
                figure("cleared", pool.cleared),
                figure("charged", pool.charged),
                figure("residual", pool.residual),
                figure("difference", pool.difference),
                figure("carried", pool.carried),
                figure("reserve_opening", pool.reserve_opening),
                figure("reserve_saved", pool.reserve_saved),
                figure("reserve_closing", pool.reserve_closing),
                ("borne_by".to_owned(), pool.borne_by.clone()),
                ("units".to_owned(), units(pool.units)),
            ];
            if let Some(price) = pool.price {
                figures.push(("price".to_owned(), price.to_string()));
            }
            PoolReason { id: pool.id.clone(), figures, packed: hex(&pool.explanation) }
        });
        Reasons {
            format: 1,
            period: settled.period.clone(),
            pack: settled.pack.id.clone(),
            title: settled.pack.title.clone(),
            currency: settled.pack.currency.clone(),
            illustrative: settled.pack.illustrative,
            book: settled.book.clone(),
            rows: rows.collect(),
            pools: pools.collect(),
        }
    }

    /// Reads the file of a settled folder.
    pub fn read(folder: &Path) -> Result<Self, SettledError> {
        let path = folder.join(REASONS);
        if !path.is_file() {
            return Err(SettledError::NotSettled { path: folder.to_owned(), missing: REASONS });
        }
        let bytes = std::fs::read(&path).map_err(|cause| SettledError::io(&path, cause))?;
        serde_json::from_slice(&bytes)
            .map_err(|error| SettledError::io(&path, std::io::Error::new(std::io::ErrorKind::InvalidData, error)))
    }
}
