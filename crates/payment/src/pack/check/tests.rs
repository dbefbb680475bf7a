//! Packs under `tests/packs`: the good ones pass; each file of `bad/` is one edit of a good pack and the exact words of
//! its refusal. `YIBAO_BLESS=1` writes the words anew, to be read before they are kept.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path as FilePath, PathBuf};

use proptest::prelude::*;
use yibao_policy::{Diagnostics, Folder, Severity};

use super::*;
use crate::pack::load;
use crate::pack::reference::ReferenceFolder;

fn packs() -> PathBuf {
    FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/packs")
}

fn checked(folder: &FilePath) -> Diagnostics {
    match load(folder) {
        Ok((folder, pack)) => check(&folder, &pack, &ReferenceFolder(None)),
        Err(found) => found,
    }
}

fn copy(from: &FilePath, to: &FilePath) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).map(drop).unwrap()
        }
    }
}

/// One file of `bad/`.
struct Bad {
    header: String,
    pack: String,
    edits: Vec<(String, String, String)>,
    notes: bool,
    expected: String,
}

fn read_bad(text: &str) -> Bad {
    let (header, expected) = text.split_once("\n---\n").expect("a line --- between the edit and the words");
    let mut bad = Bad {
        header: header.to_owned(),
        pack: String::new(),
        edits: Vec::new(),
        notes: false,
        expected: expected.trim_end().to_owned(),
    };
    let mut file = "pack.toml".to_owned();
    // An edit: the old lines (`-`), then the new ones (`+`); `and` begins another.
    let mut open = false;
    for line in header.lines() {
        if let Some(pack) = line.strip_prefix("pack: ") {
            bad.pack = pack.to_owned();
        } else if let Some(name) = line.strip_prefix("file: ") {
            (file, open) = (name.to_owned(), false);
        } else if line == "and" {
            open = false;
        } else if line == "notes" {
            bad.notes = true;
        } else if let Some((sign, text)) = line.split_at_checked(1) {
            if !open {
                bad.edits.push((file.clone(), String::new(), String::new()));
                open = true;
            }
            let edit = bad.edits.last_mut().unwrap();
            let side = if sign == "-" { &mut edit.1 } else { &mut edit.2 };
            writeln!(side, "{}", text.strip_prefix(' ').unwrap_or(text)).unwrap();
        }
    }
    bad
}

fn refusal(bad: &Bad) -> String {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join(&bad.pack);
    copy(&packs().join("good").join(&bad.pack), &root);
    for (file, old, new) in &bad.edits {
        let path = root.join(file);
        let text = fs::read_to_string(&path).unwrap_or_default();
        assert!(old.is_empty() || text.contains(old.as_str()), "{file} does not contain\n{old}");
        let edited = if old.is_empty() { format!("{text}{new}") } else { text.replacen(old.as_str(), new, 1) };
        if edited.is_empty() { fs::remove_file(&path).unwrap() } else { fs::write(&path, edited).unwrap() }
    }
    let found = checked(&root);
    let kept = found.0.into_iter().filter(|one| bad.notes || one.severity == Severity::Error).collect();
    Diagnostics(kept)
        .to_string()
        .replace(&format!("{}/", root.to_string_lossy()), "")
        .replace(&*root.to_string_lossy(), ".")
}

#[test]
fn the_good_packs_pass() {
    for name in
        ["points_region", "rate_region", "unit_region", "budget_region", "year_entries", "county_region", "feed_region"]
    {
        let found = checked(&packs().join("good").join(name));
        assert!(!found.has_errors(), "{name}:\n{found}");
    }
}

#[test]
fn every_bad_pack_is_refused_in_these_words() {
    let bless = std::env::var_os("YIBAO_BLESS").is_some();
    let mut files: Vec<PathBuf> =
        fs::read_dir(packs().join("bad")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 25, "at least 25 bad packs");
    let mut wrong = String::new();
    for file in files {
        let bad = read_bad(&fs::read_to_string(&file).unwrap());
        let said = refusal(&bad);
        if bless {
            fs::write(&file, format!("{}\n---\n{said}\n", bad.header)).unwrap();
        } else if said != bad.expected {
            writeln!(wrong, "{}\nexpected:\n{}\nsaid:\n{said}\n", file.display(), bad.expected).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

proptest! {
    #[test]
    fn no_bytes_make_the_check_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("pack.toml"), &bytes).unwrap();
        prop_assert!(checked(folder.path()).has_errors());
    }

    /// A good pack with a piece of it overwritten: whatever that says, it is said and not panicked.
    #[test]
    fn no_damaged_pack_makes_the_check_panic(at in 0_usize..7000, length in 0_usize..40, text in "[a-z0-9\"=\\[\\]{}., \n-]{0,12}") {
        let good = packs().join("good/rate_region/pack.toml");
        let original = fs::read_to_string(good).unwrap();
        let (start, end) = (original.floor_char_boundary(at.min(original.len())), original.floor_char_boundary((at + length).min(original.len())));
        let damaged = format!("{}{text}{}", &original[..start], &original[end..]);
        if let Ok(folder) = Folder::of_text("pack.toml", &damaged)
            && let Ok(pack) = folder.decode::<Pack>()
        {
            let _ = check(&folder, &pack, &ReferenceFolder(None));
        }
    }
}
