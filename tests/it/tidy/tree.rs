//! What the tree may not hold: a machine's paths, foreign package hosts, reference data.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{files, nothing, root, walk};

/// Absolute paths of somebody's machine. Written in parts, so that this file does not hold them.
fn machine_paths() -> [String; 4] {
    ["wo-rk", "ro-ot", "ho-me", "Us-ers"].map(|name| format!("/{}/", name.replace('-', "")))
}

/// Machine paths in a text. A path that goes on from a word, as in a web address, is none.
fn paths_in(name: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for path in machine_paths() {
            let starts = |at: usize| {
                !line
                    .get(..at)
                    .and_then(|before| before.chars().next_back())
                    .is_some_and(|one| one.is_alphanumeric() || "._-/}".contains(one))
            };
            if line.match_indices(&path).any(|(at, _)| starts(at)) {
                found.push(format!("{name}:{}: {path}", number + 1));
            }
        }
    }
    found
}

/// Packages of a lock file that do not come from the public index.
fn foreign_packages(lock: &str) -> Vec<String> {
    const PUBLIC: &str = "\"registry+https://github.com/rust-lang/crates.io-index\"";
    lock.lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with("source = ") && *line != format!("source = {PUBLIC}"))
        .map(|(number, line)| format!("Cargo.lock:{}: {line}", number + 1))
        .collect()
}

/// Files of the tree whose bytes are those of a file of the reference data.
fn copies(tree: &[PathBuf], data: &[PathBuf]) -> Vec<String> {
    let mut by_size: BTreeMap<u64, Vec<&Path>> = BTreeMap::new();
    for path in data {
        by_size.entry(path.metadata().unwrap().len()).or_default().push(path);
    }
    let mut found = Vec::new();
    for path in tree {
        let size = path.metadata().unwrap().len();
        for other in by_size.get(&size).into_iter().flatten().filter(|_| size > 0) {
            if std::fs::read(path).unwrap() == std::fs::read(other).unwrap() {
                found.push(format!("{} is a copy of reference data ({})", path.display(), other.display()));
            }
        }
    }
    found
}

#[test]
fn no_machine_is_named() {
    nothing(
        files()
            .iter()
            .filter_map(|path| Some((path, String::from_utf8(std::fs::read(root().join(path)).unwrap()).ok()?)))
            .flat_map(|(path, text)| paths_in(&path.display().to_string(), &text))
            .collect(),
    );
    let [first, ..] = machine_paths();
    assert_eq!(paths_in("a", &format!("open(\"{first}x\")")), [format!("a:1: {first}")]);
    nothing(paths_in("a", &format!("https://example.org{first}x")));
}

#[test]
fn packages_come_from_the_public_index() {
    nothing(foreign_packages(&std::fs::read_to_string(root().join("Cargo.lock")).unwrap()));
    assert_eq!(
        foreign_packages("[[package]]\nsource = \"registry+https://mirror.example/index\"\n"),
        ["Cargo.lock:2: source = \"registry+https://mirror.example/index\""]
    );
    assert!(!root().join(".cargo").exists(), ".cargo: the settings of a machine are not part of the project");
}

#[test]
fn no_reference_data_is_copied() {
    let Some(data) = std::env::var_os("YIBAO_DATA").map(PathBuf::from).filter(|folder| folder.is_dir()) else {
        assert!(std::env::var_os("CI").is_none(), "YIBAO_DATA must name the reference data in CI");
        println!("skipped: no reference data");
        return;
    };
    let mut reference = Vec::new();
    walk(&data, &mut reference);
    assert!(!reference.is_empty());
    let tree: Vec<PathBuf> = files().iter().map(|path| root().join(path)).collect();
    nothing(copies(&tree, &reference));
}

#[test]
fn a_copy_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let (ours, other, theirs) = (write("ours", "1,2"), write("other", "1,3"), write("theirs", "1,2"));
    assert_eq!(copies(&[ours, other], &[theirs]).len(), 1);
}

#[test]
fn the_changelog_is_kept() {
    let kept = |text: &str| text.contains("\n## [Unreleased]") || text.contains("\n## [0.1.0]");
    assert!(!kept("# Changelog\n"));
    assert!(kept(&std::fs::read_to_string(root().join("CHANGELOG.md")).unwrap()));
}
