//! Files of a pack on disk.

use std::fs;
use std::path::{Path as FilePath, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{SIDECAR, hex, tree_of};
use crate::decode::all_from_node;
use crate::diagnostics::{Diagnostics, Place};
use crate::path::Path;
use crate::source::SourceRef;

/// Largest TOML file read, bytes.
const TOML_BYTES_MAX: u64 = 16 << 20;
/// Deepest folder below the pack that is searched for tables.
const DEPTH_MAX: u32 = 8;

/// What stands beside a CSV.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sidecar {
    /// Where the rows come from.
    pub source: SourceRef,
    /// What the table is.
    pub about: Option<String>,
}

/// A path as a person types it.
pub(super) fn shown(path: &FilePath) -> String {
    path.to_string_lossy().replace('\\', "/")
}

fn whole_file(path: &FilePath) -> Option<Place> {
    Some(Place { file: shown(path), line: None })
}

/// The TOML files of the folder itself by name, without sidecars.
pub(super) fn toml_texts(root: &FilePath, found: &mut Diagnostics) -> Vec<(String, String)> {
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) => {
            let hint = match root.is_file() {
                true => "a pack is a folder; name the folder that holds pack.toml",
                false => "check the path of the pack's folder",
            };
            found.error(format!("cannot read the pack's folder: {}", plain(&error)), whole_file(root), hint);
            return Vec::new();
        }
    };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".toml") && !name.ends_with(SIDECAR) && !name.starts_with('.'))
        .collect();
    names.sort();
    if names.is_empty() {
        found.error(
            "no TOML file in the pack's folder",
            whole_file(root),
            "a pack starts with a pack.toml; see the book, chapter packs",
        );
    }
    names.into_iter().filter_map(|name| text_of(&root.join(&name), found).map(|text| (name, text))).collect()
}

/// The text of a TOML file: UTF-8 without byte order mark.
fn text_of(path: &FilePath, found: &mut Diagnostics) -> Option<String> {
    if fs::metadata(path).is_ok_and(|metadata| metadata.len() > TOML_BYTES_MAX) {
        found.error("the file is larger than 16 MiB", whole_file(path), "put long tables into a CSV with its sidecar");
        return None;
    }
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            found.error(
                format!("cannot read the file: {}", plain(&error)),
                whole_file(path),
                "check that it exists and may be read",
            );
            return None;
        }
    };
    match utf8(bytes) {
        Ok(text) => Some(text),
        Err((message, hint)) => {
            found.error(message, whole_file(path), hint);
            None
        }
    }
}

/// UTF-8 text without byte order mark, or what is wrong and what to do.
pub(crate) fn utf8(bytes: Vec<u8>) -> Result<String, (&'static str, &'static str)> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err(("the file starts with a byte order mark", "save it as UTF-8 without BOM"));
    }
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(("the file is UTF-16 text", "save it as UTF-8 without BOM"));
    }
    String::from_utf8(bytes).map_err(|_| ("the file is not UTF-8 text (GBK?)", "save it as UTF-8 without BOM"))
}

/// What an I/O error says, without the number of the operating system.
pub(crate) fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "it does not exist".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::NotADirectory => "it is not a folder".to_owned(),
        kind => kind.to_string(),
    }
}

/// The sidecar of a table.
pub(super) fn sidecar(csv: &FilePath, name: &str) -> Result<Sidecar, Diagnostics> {
    let mut found = Diagnostics::default();
    let mut path = csv.as_os_str().to_owned();
    path.push(SIDECAR);
    let path = PathBuf::from(path);
    if !path.is_file() {
        found.error(
            format!("the table \"{name}\" has no source"),
            whole_file(csv),
            format!("write {name}{SIDECAR} beside it: source = {{ document = \"…\" }} and about = \"…\""),
        );
        return Err(found);
    }
    let Some(text) = text_of(&path, &mut found) else { return Err(found) };
    let tree = match tree_of(&text) {
        Ok(tree) => tree,
        Err(message) => {
            found.error(
                format!("not valid TOML: {message}"),
                whole_file(&path),
                "correct the line; see https://toml.io",
            );
            return Err(found);
        }
    };
    all_from_node(&tree)
        .map_err(|errors| {
            for error in errors {
                let line = Some(tree.locate(&error.whole_path()).line).filter(|line| *line > 0);
                let place = Place { file: shown(&path), line };
                found.error(error.message(), Some(place), error.hint());
            }
            found
        })
        .and_then(|sidecar: Sidecar| match &sidecar.source {
            SourceRef::Document(document) if !document.is_stated() => {
                let mut found = Diagnostics::default();
                let line = tree.locate(&Path::of("source")).line;
                found.error(
                    "a source that names no document",
                    Some(Place { file: shown(&path), line: Some(line) }),
                    "state document = \"…\", or fictional = true when the value is invented",
                );
                Err(found)
            }
            _ => Ok(sidecar),
        })
}

/// The pack's content hash.
pub(super) fn hash(root: &FilePath, found: &mut Diagnostics) -> String {
    let mut names = Vec::new();
    collect(root, root, 0, &mut names);
    names.sort();
    let mut hasher = Sha256::new();
    for name in names {
        let path = root.join(&name);
        match fs::read(&path) {
            Ok(bytes) => {
                hasher.update((name.len() as u64).to_le_bytes());
                hasher.update(name.as_bytes());
                hasher.update((bytes.len() as u64).to_le_bytes());
                hasher.update(&bytes);
            }
            Err(error) => found.error(
                format!("cannot read the file: {}", plain(&error)),
                whole_file(&path),
                "check that it may be read",
            ),
        }
    }
    hex(&hasher.finalize())
}

/// Relative names of the files that make the pack: TOML, and tables that have a sidecar. Links are not followed.
fn collect(root: &FilePath, folder: &FilePath, depth: u32, names: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
        let path = entry.path();
        if name.starts_with('.') {
            continue;
        }
        if kind.is_dir() && depth < DEPTH_MAX {
            collect(root, &path, depth + 1, names);
        }
        let own_toml = name.ends_with(".toml") && (depth == 0 || name.ends_with(SIDECAR));
        let table = folder.join(format!("{name}{SIDECAR}")).is_file();
        if kind.is_file()
            && (own_toml || table)
            && let Ok(relative) = path.strip_prefix(root)
        {
            names.push(shown(relative));
        }
    }
}
