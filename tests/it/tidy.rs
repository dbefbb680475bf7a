//! The house keeps itself: arrows, floating point, sizes, refusals instead of panics, no machine's paths, no copied data.
//!
//! Each check is a function over text that returns what it found, so that a bad text can show that it fails.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::path::{Path, PathBuf};

mod arrows;
mod source;
mod tree;

/// The root of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file of the repository: what git tracks or would add; without git, everything but build output.
fn files() -> Vec<PathBuf> {
    let listed = std::process::Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    let mut files: Vec<PathBuf> = match listed {
        Ok(done) if done.status.success() => String::from_utf8(done.stdout)
            .unwrap()
            .split('\0')
            .filter(|name| !name.is_empty())
            .map(PathBuf::from)
            .filter(|name| root().join(name).is_file())
            .collect(),
        _ => {
            let mut found = Vec::new();
            walk(&root(), &mut found);
            found.iter().map(|path| path.strip_prefix(root()).unwrap().to_owned()).collect()
        }
    };
    files.sort();
    assert!(files.len() > 50, "only {} files found", files.len());
    files
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    const SKIPPED: [&str; 3] = [".git", "target", "out"];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !SKIPPED.contains(&name.as_str()) {
            walk(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

/// The Rust files under a folder, with their texts.
fn rust(under: &str) -> Vec<(String, String)> {
    let list: Vec<_> = files()
        .into_iter()
        .filter(|path| path.starts_with(under) && path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(root().join(&path)).unwrap()))
        .collect();
    assert!(!list.is_empty(), "no Rust file under {under}");
    list
}

/// Fails with everything found.
fn nothing(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}
