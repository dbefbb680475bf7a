//! Why a scheme cannot be opened or saved: what is wrong, where, and what to do.

use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A place in a scheme's tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as it was opened.
    pub file: PathBuf,
    /// The line, from 1; absent when the file as a whole is meant.
    pub line: Option<u32>,
}

impl Place {
    /// The file as a whole.
    pub(crate) fn whole(file: &Path) -> Self {
        Self { file: file.to_path_buf(), line: None }
    }

    /// One line of the file.
    pub(crate) fn line(file: &Path, line: u32) -> Self {
        Self { file: file.to_path_buf(), line: Some(line) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(out, "{}:{line}", self.file.display()),
            None => write!(out, "{}", self.file.display()),
        }
    }
}

/// Why a scheme was refused.
#[derive(Debug, Error)]
pub enum SchemeError {
    /// A table says something outside the closed grammar, or contradicts another table.
    #[error("{what}\n  --> {place}\n  hint: {hint}")]
    Refused {
        /// What is wrong.
        what: String,
        /// Where it stands.
        place: Place,
        /// What to do.
        hint: String,
    },
    /// A file cannot be read or written.
    #[error("cannot {action} {}: {source}\n  hint: {hint}", file.display())]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        file: PathBuf,
        /// The cause given by the system.
        source: std::io::Error,
        /// What to do.
        hint: &'static str,
    },
    /// A precompiled scheme file is not one, is of another format, or is damaged.
    #[error("{what}\n  --> {}\n  hint: {hint}", file.display())]
    Precompiled {
        /// What is wrong.
        what: String,
        /// The file.
        file: PathBuf,
        /// What to do.
        hint: &'static str,
    },
    /// The scheme has no such part (for example no translation maps).
    #[error("scheme {scheme} has no {part}\n  hint: {hint}")]
    Absent {
        /// Name of the scheme.
        scheme: String,
        /// The missing part.
        part: &'static str,
        /// What to do.
        hint: &'static str,
    },
}

impl SchemeError {
    /// A refusal at a place.
    pub(crate) fn refused(what: impl Into<String>, place: Place, hint: impl Into<String>) -> Self {
        Self::Refused { what: what.into(), place, hint: hint.into() }
    }

    /// A file that cannot be read.
    pub(crate) fn unreadable(file: &Path, source: std::io::Error) -> Self {
        Self::File {
            action: "read",
            file: file.to_path_buf(),
            source,
            hint: "a scheme is a folder with mdc.csv, adrg.csv, drg.csv, adrg_rules.json, \
                   code_sets.csv, cc.csv, exclusion.csv and meta.json, or one precompiled file",
        }
    }
}
