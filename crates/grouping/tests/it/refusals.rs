//! Schemes outside the closed grammar: what is wrong, where, and what to do.
//!
//! Each file of `tests/bad` changes one table of `tests/good/small` and states the refusal.
//! `YIBAO_BLESS=1` writes the refusals anew; read them before keeping them.

use std::path::{Path, PathBuf};

use yibao_grouping::Scheme;

pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

/// A copy of the small scheme in a folder of its own.
pub fn copy_of_small(to: &Path) {
    for entry in std::fs::read_dir(folder("good/small")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn small_scheme_is_accepted() {
    let scheme = Scheme::open(&folder("good/small")).unwrap();
    assert_eq!(scheme.name(), "small");
    assert_eq!(scheme.check(), []);
    let drgs: Vec<_> = scheme.drgs().map(|drg| (drg.code, drg.mdc, drg.name)).collect();
    assert_eq!(drgs[0], ("PS19", "MDCP", "早产儿"));
    assert_eq!(drgs.len(), 4);
}

#[test]
fn every_bad_scheme_is_refused_with_its_message() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder("bad"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    assert!(files.len() >= 40, "only {} bad schemes", files.len());
    let mut wrong = Vec::new();
    for path in &files {
        let text = std::fs::read_to_string(path).unwrap();
        let [file, instead, stands, refused] = parts(&text);
        let dir = tempfile::tempdir().unwrap();
        copy_of_small(dir.path());
        let table = dir.path().join(file.strip_prefix("file ").unwrap());
        let before = std::fs::read_to_string(&table).unwrap();
        assert!(before.contains(instead), "{}: text not found", path.display());
        std::fs::write(&table, before.replacen(instead, stands, 1)).unwrap();
        let found = match Scheme::open(dir.path()) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => {
                let base = format!("{}/", dir.path().display());
                error.to_string().replace(&base, "")
            }
        };
        if std::env::var_os("YIBAO_BLESS").is_some() {
            let head = text.split("--- refused\n").next().unwrap();
            std::fs::write(path, format!("{head}--- refused\n{found}\n")).unwrap();
        } else if found != refused {
            wrong.push(format!("{}:\nfound\n{found}\nexpected\n{refused}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn parts(text: &str) -> [&str; 4] {
    let (file, rest) = text.split_once("\n--- instead of\n").unwrap();
    let (instead, rest) = rest.split_once("\n--- stands\n").unwrap();
    let (stands, refused) = rest.split_once("\n--- refused\n").unwrap();
    [file, instead, stands, refused.trim_end_matches('\n')]
}

#[test]
fn a_missing_table_is_named() {
    let dir = tempfile::tempdir().unwrap();
    copy_of_small(dir.path());
    std::fs::remove_file(dir.path().join("cc.csv")).unwrap();
    let error = Scheme::open(dir.path()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot read {}: ", dir.path().join("cc.csv").display())));
    assert!(error.contains("\n  hint: a scheme is a folder with mdc.csv"), "{error}");
}

#[test]
fn translation_without_maps_is_refused() {
    let scheme = Scheme::open(&folder("good/small")).unwrap();
    assert_eq!(
        scheme.translation().unwrap_err().to_string(),
        "scheme small has no translation maps\n  \
         hint: group without translation, or name dx_map and proc_map in meta.json"
    );
}
