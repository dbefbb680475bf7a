//! Packs: load, dates, sources, selection, exclusiveness, diagnostics with file, line and hint.
//!
//! A pack is a folder of TOML files and CSV tables. [`folder::Folder`] reads the folder into one tree whose every
//! value knows its file and line, [`decode`] turns the tree into the types of the box that owns the parameters, and
//! whatever is wrong is told as [`diagnostics::Diagnostics`]: what, where, and what to do.

pub mod csv_table;
pub mod decode;
pub mod diagnostics;
pub mod folder;
pub mod node;
pub mod path;
pub mod scalar;
pub mod source;
pub mod stated;
pub mod suggest;

pub use csv_table::{CsvRow, CsvTable};
pub use diagnostics::{Diagnostic, Diagnostics, Place, Severity, split_hint};
pub use folder::Folder;
pub use path::Path;
