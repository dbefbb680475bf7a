//! `manifest.json`: what was settled, from what, by which program; the hash of every file in and out.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::SettledError;
use super::folder::{MANIFEST, NewFolder, hash_file};

/// The file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Format number.
    pub format: u32,
    /// Program and version.
    pub program: String,
    /// What was made: `settlement`, `weights`, `indicators`, `publication`, `comparison`.
    pub made: String,
    /// Pack id.
    pub pack: String,
    /// SHA-256 of the pack.
    pub pack_sha256: String,
    /// Scheme name, when the stays were grouped.
    pub scheme: Option<String>,
    /// Content hash of the scheme.
    pub scheme_sha256: Option<String>,
    /// Period.
    pub period: String,
    /// Methods settled.
    pub methods: Vec<String>,
    /// Knowledge date, when one was asked for.
    pub known: Option<String>,
    /// Files read.
    pub inputs: Vec<FileHash>,
    /// Counts.
    pub counts: Counts,
    /// The feeds of a settlement, each with its files and counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feeds: Vec<FeedEntry>,
    /// The bills the rows of feeds were made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bills: Vec<BillsEntry>,
    /// Files written, but this one.
    pub outputs: Vec<FileHash>,
}

/// Rows and what became of them: `read = settled + refused + not_selected`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows read.
    pub read: u64,
    /// Stays settled (or used).
    pub settled: u64,
    /// Rows refused.
    pub refused: u64,
    /// Rows not of this job.
    pub not_selected: u64,
}

/// A feed that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedEntry {
    /// Id.
    pub id: String,
    /// `stays`, `visits`, `heads`.
    pub kind: String,
    /// Scheme name, when its rows were grouped.
    pub scheme: Option<String>,
    /// Content hash of the scheme.
    pub scheme_sha256: Option<String>,
    /// Id and version of the DIP catalogue, when its rows were matched to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<String>,
    /// Content hash of the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalogue_sha256: Option<String>,
    /// Its files.
    pub files: Vec<FileHash>,
    /// What became of its rows.
    pub counts: Counts,
}

/// A table of bills that was split, and what was made of it. Amounts in yuan;
/// `accounted = accounted_of_stays + accounted_of_visits + accounted_held_back`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillsEntry {
    /// Id.
    pub id: String,
    /// The benefit pack.
    pub benefit: String,
    /// Its hash.
    pub benefit_sha256: String,
    /// Bills split.
    pub bills: u64,
    /// Voids.
    pub voids: u64,
    /// Bills, voids and rows refused.
    pub refused: u64,
    /// Stays made.
    pub stays: u64,
    /// Visits made.
    pub visits: u64,
    /// Stays held back.
    pub held_back: u64,
    /// Settlement lists without a bill.
    pub unbilled: u64,
    /// Total of the bills that stand.
    pub total: String,
    /// What the accounted funds pay of it.
    pub accounted: String,
    /// Of stays.
    pub accounted_of_stays: String,
    /// Of visits.
    pub accounted_of_visits: String,
    /// Of stays held back.
    pub accounted_held_back: String,
}

/// A file's name, size and hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHash {
    /// Name without its folder; of an output, its place in the folder written.
    pub name: String,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256.
    pub sha256: String,
}

impl FileHash {
    /// Of a file on disk.
    pub fn of(path: &Path) -> Result<Self, SettledError> {
        let (sha256, bytes) = hash_file(path)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(FileHash { name, bytes, sha256 })
    }
}

impl Manifest {
    /// Hashes the named outputs and writes the manifest into the folder.
    pub fn write(mut self, folder: &NewFolder, outputs: &[&str]) -> Result<(), SettledError> {
        for name in outputs {
            self.outputs.push(FileHash { name: (*name).to_owned(), ..FileHash::of(&folder.file(name))? });
        }
        let text =
            serde_json::to_string_pretty(&self).map_err(|error| SettledError::parquet(folder.file(MANIFEST), error))?;
        folder.write(MANIFEST, format!("{text}\n").as_bytes())
    }
}
