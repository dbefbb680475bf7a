//! Folders on disk, in a folder of the test's own.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A pack's folder that goes away with the test.
struct Pack(PathBuf);

impl Pack {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("yibao-policy-{}-{number}", std::process::id()));
        for (name, bytes) in files {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        Self(root)
    }

    fn refused(&self) -> String {
        self.words(&Folder::read(&self.0).unwrap_err())
    }

    fn words(&self, found: &Diagnostics) -> String {
        found.to_string().replace(&format!("{}/", self.0.display()), "").replace(&*self.0.to_string_lossy(), ".")
    }
}

impl Drop for Pack {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const SIDE: &[u8] = b"source = { fictional = true }\nabout = \"weights\"\n";

#[test]
fn files_are_merged_and_every_value_keeps_its_place() {
    let pack = Pack::new(&[
        ("a.toml", b"[pack]\nid = \"x\"\n[[pool]]\nid = \"one\"\n[table.w]\nunit = \"fen\"\n"),
        ("b.toml", b"\n[[pool]]\nid = \"two\"\n[table.v]\nunit = \"list\"\n"),
        ("w.csv.source.toml", SIDE),
    ]);
    let folder = Folder::read(&pack.0).unwrap();
    let place = folder.locate(&Path::of("pool").at(1).key("id"));
    assert!(place.file.ends_with("b.toml"), "{place}");
    assert_eq!(place.line, Some(3));
    assert_eq!(folder.locate(&Path::of("table").key("v").key("unit")).line, Some(5));
    // A value that is not there is located at the nearest one above it.
    assert_eq!(folder.locate(&Path::of("pool").at(0).key("amount")).line, Some(3));
}

#[test]
fn a_key_in_two_files_is_refused() {
    let pack = Pack::new(&[("a.toml", b"[pack]\nid = \"x\"\n"), ("b.toml", b"[pack]\ntitle = \"y\"\n")]);
    assert_eq!(
        pack.refused(),
        "error: `pack` stands in two files\n  --> b.toml:1\n  hint: it is already at a.toml:1; keep it in one file"
    );
    let pack = Pack::new(&[("a.toml", b"[table.w]\nunit = \"fen\"\n"), ("b.toml", b"[table.w]\nunit = \"fen\"\n")]);
    assert_eq!(
        pack.refused(),
        "error: `table.w` stands in two files\n  --> b.toml:1\n  hint: it is already at a.toml:1; keep it in one file"
    );
}

#[test]
fn files_that_are_no_utf8_toml_are_refused() {
    let refused = |bytes: &[u8]| Pack::new(&[("pack.toml", bytes)]).refused();
    assert_eq!(
        refused(b"\xEF\xBB\xBFid = 1\n"),
        "error: the file starts with a byte order mark\n  --> pack.toml\n  hint: save it as UTF-8 without BOM"
    );
    assert_eq!(
        refused(b"id = \"\xD6\xB0\xB9\xA4\"\n"),
        "error: the file is not UTF-8 text (GBK?)\n  --> pack.toml\n  hint: save it as UTF-8 without BOM"
    );
    assert_eq!(
        refused(b"id = 1\nx = = 2\n\ny = \n")
            .lines()
            .filter(|line| line.starts_with("  -->"))
            .collect::<Vec<_>>()
            .len(),
        2,
        "both lines are told"
    );
    let missing = Folder::read(FilePath::new("/nonexistent/pack")).unwrap_err().to_string();
    assert_eq!(
        missing,
        "error: cannot read the pack's folder: it does not exist\n  --> /nonexistent/pack\n  hint: check the path of the pack's folder"
    );
    let empty = Pack::new(&[("notes.txt", b"")]);
    assert!(empty.refused().starts_with("error: no TOML file in the pack's folder\n  --> .\n"), "{}", empty.refused());
}

#[test]
fn a_table_brings_its_source() {
    let pack = Pack::new(&[
        ("pack.toml", b"[pack]\n"),
        ("w/2025.csv", b"group,weight\nG1,0.8\n"),
        ("w/2025.csv.source.toml", SIDE),
    ]);
    let table = Folder::read(&pack.0).unwrap().csv("w/2025.csv").unwrap();
    assert_eq!(table.about.as_deref(), Some("weights"));
    assert!(table.source.is_some());
}

#[test]
fn a_table_without_a_valid_source_is_refused() {
    let refused = |side: &[u8]| {
        let pack =
            Pack::new(&[("pack.toml", b"[pack]\n"), ("w.csv", b"group,weight\nG1,0.8\n"), ("w.csv.source.toml", side)]);
        pack.words(&Folder::read(&pack.0).unwrap().csv("w.csv").unwrap_err())
    };
    assert_eq!(
        refused(b"source = { article = \"8\" }\n"),
        "error: a source that names no document\n  --> w.csv.source.toml:1\n  hint: state document = \"…\", or fictional = true when the value is invented"
    );
    assert_eq!(refused(b"\nsuorce = \"x\"\n").lines().next(), Some("error: unknown key \"suorce\""));
    let pack = Pack::new(&[("pack.toml", b"[pack]\n"), ("w.csv", b"group\n")]);
    assert!(
        pack.words(&Folder::read(&pack.0).unwrap().csv("w.csv").unwrap_err())
            .starts_with("error: the table \"w.csv\" has no source\n  --> w.csv\n")
    );
    let leaving = Folder::read(&pack.0).unwrap().csv("../w.csv").unwrap_err().to_string();
    assert_eq!(
        leaving,
        "error: the path \"../w.csv\" leaves the pack\n  hint: name a file inside the pack's folder, like \"weights/2025.csv\""
    );
}

#[test]
fn the_hash_covers_what_makes_the_pack_and_nothing_else() {
    let files: [(&str, &[u8]); 3] =
        [("pack.toml", b"[pack]\n"), ("w.csv", b"group\nG1\n"), ("w.csv.source.toml", SIDE)];
    let hash = |files: &[(&str, &[u8])]| Folder::read(&Pack::new(files).0).unwrap().hash().to_owned();
    let first = hash(&files);
    assert_eq!(first.len(), 64);
    assert_eq!(hash(&[files[0], files[1], files[2], ("stays.csv", b"case\n"), (".hidden.toml", b"=")]), first);
    assert_ne!(hash(&[files[0], ("w.csv", b"group\nG2\n"), files[2]]), first);
    assert_ne!(hash(&[("pack.toml", b"[pack] \n"), files[1], files[2]]), first);
}
