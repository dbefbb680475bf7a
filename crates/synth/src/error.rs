//! Why a region cannot be made.

use std::path::Path;

/// An error with what is wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum SynthError {
    /// A file cannot be read or written.
    #[error("cannot read {path}: {cause}\n  hint: give a readable file")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The scheme is not a folder of tables.
    #[error(
        "{path} is not a folder of tables\n  hint: synthetic stays are made from the tables themselves; give the folder that holds adrg_rules.json, not a precompiled file"
    )]
    NotTables {
        /// What was given.
        path: String,
    },
    /// A line of a table, or a condition, cannot be used.
    #[error("{what}\n  --> {path}:{line}\n  hint: {hint}")]
    Table {
        /// What is wrong.
        what: String,
        /// The file.
        path: String,
        /// 1-based line; 0 when the place is the whole file.
        line: u64,
        /// What to do.
        hint: String,
    },
    /// No rule of the scheme could be met by any case tried.
    #[error("no rule of the scheme {scheme} can be met by a case\n  hint: run `yibao scheme check` on it")]
    NoRecipe {
        /// Name of the scheme.
        scheme: String,
    },
    /// A number asked for is out of range.
    #[error("{what}\n  hint: {hint}")]
    OutOfRange {
        /// What is wrong.
        what: String,
        /// What to do.
        hint: String,
    },
    /// The output cannot be written.
    #[error("cannot write the output: {0}")]
    Write(#[from] std::io::Error),
}

impl SynthError {
    pub(crate) fn unreadable(path: &Path, cause: std::io::Error) -> Self {
        SynthError::Unreadable { path: path.display().to_string(), cause }
    }

    pub(crate) fn table(path: &Path, line: u64, what: impl Into<String>, hint: impl Into<String>) -> Self {
        SynthError::Table { what: what.into(), path: path.display().to_string(), line, hint: hint.into() }
    }
}
