//! A pack's folder: its TOML files merged into one tree, its tables, its content hash.

use std::fmt::Write as _;
use std::path::{Path as FilePath, PathBuf};

use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::csv_table::CsvTable;
use crate::decode::all_from_node;
use crate::diagnostics::{Diagnostics, Place};
use crate::node::{Node, Value};
use crate::path::Path;

mod files;
pub(crate) use files::{plain, utf8};
mod merge;

/// Ending of the file that says where a CSV's rows come from.
pub const SIDECAR: &str = ".source.toml";

/// A pack's folder, read.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
    /// The TOML files as a person finds them, in the order merged.
    files: Vec<String>,
    tree: Node,
    hash: String,
}

impl Folder {
    /// Reads every `*.toml` of the folder, by name, and merges them.
    ///
    /// # Errors
    /// Everything wrong with the files as such: missing, not UTF-8, not TOML, a key in two files.
    pub fn read(root: &FilePath) -> Result<Self, Diagnostics> {
        let mut found = Diagnostics::default();
        let texts = files::toml_texts(root, &mut found);
        let mut tree = Node::empty();
        let mut shown = Vec::new();
        for (index, (name, text)) in texts.iter().enumerate() {
            shown.push(files::shown(&root.join(name)));
            let Ok(file) = u16::try_from(index) else { break };
            match merge::tree_of_file(text, file) {
                Ok(part) => merge::merge(&mut tree, part, &shown, &mut found),
                Err(errors) => errors.into_iter().for_each(|(line, message)| {
                    let place = Place { file: shown.last().cloned().unwrap_or_default(), line: Some(line) };
                    found.error(
                        format!("not valid TOML: {message}"),
                        Some(place),
                        "correct the line; see https://toml.io",
                    );
                }),
            }
        }
        if found.has_errors() {
            return Err(found);
        }
        let hash = files::hash(root, &mut found);
        match found.has_errors() {
            true => Err(found),
            false => Ok(Self { root: root.to_owned(), files: shown, tree, hash }),
        }
    }

    /// A pack of one file with this text and no tables, as if read from `shown`: for packs made in memory.
    ///
    /// # Errors
    /// The text is not TOML.
    pub fn of_text(shown: &str, text: &str) -> Result<Self, Diagnostics> {
        let mut found = Diagnostics::default();
        match merge::tree_of_file(text, 0) {
            Ok(tree) => Ok(Self {
                root: PathBuf::new(),
                files: vec![shown.to_owned()],
                tree,
                hash: hex(&Sha256::digest(text.as_bytes())),
            }),
            Err(errors) => {
                for (line, message) in errors {
                    let place = Place { file: shown.to_owned(), line: Some(line) };
                    found.error(
                        format!("not valid TOML: {message}"),
                        Some(place),
                        "correct the line; see https://toml.io",
                    );
                }
                Err(found)
            }
        }
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &FilePath {
        &self.root
    }

    /// The merged tree.
    #[must_use]
    pub const fn tree(&self) -> &Node {
        &self.tree
    }

    /// The whole pack as the types of a box.
    ///
    /// # Errors
    /// Everything that does not fit the types, each with its place.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Diagnostics> {
        all_from_node(&self.tree).map_err(|errors| {
            let mut found = Diagnostics::default();
            for error in errors {
                found.error(error.message(), Some(self.locate(&error.whole_path())), error.hint());
            }
            found
        })
    }

    /// The place of a value; of the nearest one above it when it is not there.
    #[must_use]
    pub fn locate(&self, path: &Path) -> Place {
        let position = self.tree.locate(path);
        let file = self.files.get(usize::from(position.file)).cloned().unwrap_or_else(|| files::shown(&self.root));
        Place { file, line: (position.line > 0).then_some(position.line) }
    }

    /// Whether the pack states a value at this path.
    #[must_use]
    pub fn has(&self, path: &Path) -> bool {
        self.tree.has(path)
    }

    /// A table of the pack by its path relative to the folder, with the source its sidecar states.
    ///
    /// # Errors
    /// The file is missing or unreadable, a row is malformed, or there is no valid sidecar.
    pub fn csv(&self, name: &str) -> Result<CsvTable, Diagnostics> {
        let path = self.inside(name).ok_or_else(|| {
            let mut found = Diagnostics::default();
            found.error(
                format!("the path \"{name}\" leaves the pack"),
                None,
                "name a file inside the pack's folder, like \"weights/2025.csv\"",
            );
            found
        })?;
        let table = CsvTable::read(&path, &files::shown(&path));
        let sidecar = files::sidecar(&path, name);
        match (table, sidecar) {
            (Ok(table), Ok(sidecar)) => Ok(table.with_source(sidecar.source, sidecar.about)),
            (Err(mut found), Err(more)) => {
                // A missing table needs no sidecar.
                if path.exists() {
                    found.append(more);
                }
                Err(found)
            }
            (Err(found), Ok(_)) | (Ok(_), Err(found)) => Err(found),
        }
    }

    /// The path of a file of the pack; `None` when it leaves the folder.
    #[must_use]
    pub fn inside(&self, name: &str) -> Option<PathBuf> {
        let relative = FilePath::new(name);
        let plain = relative.components().all(|part| matches!(part, std::path::Component::Normal(_)));
        (plain && !name.is_empty()).then(|| self.root.join(relative))
    }

    /// SHA-256 over the TOML files, the tables that have a sidecar, and the sidecars: names and bytes, sorted by name.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

/// The tree of one TOML text; the first error as text when it is not TOML.
///
/// # Errors
/// Line and message.
pub fn tree_of(text: &str) -> Result<Node, String> {
    merge::tree_of_file(text, 0)
        .map_err(|errors| errors.first().map(|(line, message)| format!("line {line}: {message}")).unwrap_or_default())
}

/// Bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a tree is a table of tables, so that files may share it.
fn is_map_of_tables(node: &Node) -> bool {
    matches!(&node.value, Value::Table(entries) if entries.iter().all(|(_, entry)| matches!(entry.value, Value::Table(_))))
}

#[cfg(test)]
mod tests;
