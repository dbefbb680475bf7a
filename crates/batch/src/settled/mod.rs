//! The settled folder: `cases.parquet` out and back in, and the folder itself, whole or not at all.

pub mod cases;
pub mod cells;
pub mod closed;
pub mod extras;
pub mod facts;
pub mod folder;
pub mod lookup;
pub mod manifest;
pub mod reasons;
pub mod store;
pub mod values;

use std::path::PathBuf;

/// Why a settled folder cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum SettledError {
    /// The file system.
    #[error("{path}: {cause}\n  hint: check that the path exists, that you may write there and that the disk has room")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// Parquet.
    #[error("{path}: {cause}")]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the format says.
        cause: String,
    },
    /// Something that is not a settled folder stands in the way.
    #[error("{0} exists and is not a settled folder\n  hint: name another folder with -o, or remove it yourself")]
    Occupied(PathBuf),
    /// A file of a closed settlement that is not the one written.
    #[error(
        "{0} is not the file that the settlement wrote\n  hint: a closed settlement is never changed; name the folder as it was written"
    )]
    Changed(PathBuf),
    /// The folder read is not a settled folder.
    #[error("{path} is not a settled folder: {missing} is missing\n  hint: write one with `yibao settle PACK -o DIR`")]
    NotSettled {
        /// The folder.
        path: PathBuf,
        /// The missing file.
        missing: &'static str,
    },
    /// The folder was made by another command.
    #[error("{path} holds {made}, not a settlement\n  hint: name a folder that `yibao settle PACK -o DIR` wrote")]
    OtherKind {
        /// The folder.
        path: PathBuf,
        /// What it holds.
        made: String,
    },
    /// A file is not what was written.
    #[error("{path} is damaged: {what}\n  hint: settle again with `yibao settle PACK -o DIR`")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The folder was written by an older version.
    #[error(
        "{path} has no {missing}: it was settled by an older version\n  hint: settle again with `yibao settle PACK -o DIR`"
    )]
    Older {
        /// The folder.
        path: PathBuf,
        /// The missing file.
        missing: String,
    },
}

impl SettledError {
    /// From an I/O error at a path.
    pub fn io(path: impl Into<PathBuf>, cause: std::io::Error) -> Self {
        SettledError::Io { path: path.into(), cause }
    }

    /// From a Parquet or Arrow error at a path.
    pub fn parquet(path: impl Into<PathBuf>, cause: impl std::fmt::Display) -> Self {
        SettledError::Parquet { path: path.into(), cause: cause.to_string() }
    }
}
