//! A settled folder read back for questions over all of it: opened only when it is whole, then its facts and the sums of
//! its cases. Nothing is paid again.

use std::path::{Path, PathBuf};

use yibao_payment::indicator::facts::{FORMAT, Facts};

use super::SettledError;
use super::folder::{MANIFEST, NewFolder, hash_file};
use super::manifest::Manifest;

/// File name in the settled folder.
pub const FACTS: &str = "facts.json";

/// A settled folder whose files are those of its manifest.
#[derive(Clone, Debug)]
pub struct SettledFolder {
    /// Where it is.
    pub path: PathBuf,
    /// Its manifest.
    pub manifest: Manifest,
}

impl SettledFolder {
    /// Opens a folder and checks the named files, or all of them when none is named, against the manifest.
    ///
    /// # Errors
    /// It is not a settled folder, its manifest is damaged, or a file is not the one that was written.
    pub fn open(path: &Path, needed: &[&str]) -> Result<Self, SettledError> {
        let place = path.join(MANIFEST);
        if !place.is_file() {
            return Err(SettledError::NotSettled { path: path.to_owned(), missing: MANIFEST });
        }
        let bytes = std::fs::read(&place).map_err(|cause| SettledError::io(&place, cause))?;
        let damaged = |what: String| SettledError::Damaged { path: place.clone(), what };
        let manifest: Manifest =
            serde_json::from_slice(&bytes).map_err(|error| damaged(format!("it cannot be read ({error})")))?;
        if manifest.made != "settlement" {
            return Err(SettledError::OtherKind { path: path.to_owned(), made: manifest.made });
        }
        for file in &manifest.outputs {
            if !needed.is_empty() && !needed.contains(&file.name.as_str()) {
                continue;
            }
            let place = path.join(&file.name);
            if !place.is_file() {
                return Err(damaged(format!("{} is named and not there", file.name)));
            }
            if hash_file(&place)? != (file.sha256.clone(), file.bytes) {
                return Err(damaged(format!("{} is not the file that was written", file.name)));
            }
        }
        for name in needed {
            if !manifest.outputs.iter().any(|file| file.name == *name) {
                return Err(SettledError::Older { path: path.to_owned(), missing: (*name).to_owned() });
            }
        }
        Ok(SettledFolder { path: path.to_owned(), manifest })
    }

    /// A file of the folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Its facts.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn facts(&self) -> Result<Facts, SettledError> {
        let path = self.file(FACTS);
        let bytes = std::fs::read(&path).map_err(|cause| SettledError::io(&path, cause))?;
        let facts: Facts = serde_json::from_slice(&bytes).map_err(|error| SettledError::Damaged {
            path: path.clone(),
            what: format!("it cannot be read ({error})"),
        })?;
        if facts.format != FORMAT {
            let what = format!("its format is {}, this program reads {FORMAT}", facts.format);
            return Err(SettledError::Damaged { path, what });
        }
        Ok(facts)
    }
}

/// Writes the facts.
///
/// # Errors
/// The disk.
pub fn write(folder: &NewFolder, facts: &Facts) -> Result<(), SettledError> {
    let text = serde_json::to_string_pretty(facts).map_err(|error| SettledError::parquet(folder.file(FACTS), error))?;
    folder.write(FACTS, format!("{text}\n").as_bytes())
}
