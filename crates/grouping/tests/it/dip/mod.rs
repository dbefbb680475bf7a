//! DIP catalogues: the rules of spec §2.10 in words of the domain, refusals, the published catalogue.

mod auxiliary;
mod checks;
mod matching;
mod naive;
mod published;
mod refusals;

use std::path::Path;

use tempfile::TempDir;
use yibao_grouping::dip::{Catalogue, DipAnswer, DipCase, Matcher};
use yibao_policy::Diagnostics;

/// A catalogue of the tests: what `catalogue.toml` says unless a test says otherwise.
pub const HEADER: &str = r#"
[catalogue]
id = "t"
title = { zh = "测试", en = "test" }
version = "1"
from = 2025-01-01
until = 2026-01-01
scale = "1000"
mean = "10000"
criteria = ["contains_principal_procedure", "most_terms", "most_procedures_matched"]
fallback = { use = "refuse" }
trust = "fictional"
source = { fictional = true }
"#;

/// Types: S… surgery, T… therapeutic, D… diagnostic; N has none.
pub const TYPES: &str = "code,type\nS1,SS\nS2,SS\nS3,SS\nT1,ZLXCZ\nT2,ZLXCZ\nD1,ZDXCZ\nD2,ZDXCZ\n";

/// Writes a catalogue's files; `rows` are lines of `code,kind,dx,procedures,type,points,mean`.
pub fn folder(header: &str, rows: &str, more: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let groups = format!("code,kind,dx,procedures,type,points,mean\n{rows}");
    for (name, text) in [("catalogue.toml", header), ("groups.csv", &groups), ("procedure_types.csv", TYPES)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    for (name, text) in more {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

pub fn catalogue(rows: &str) -> Catalogue {
    with(HEADER, rows)
}

pub fn with(header: &str, rows: &str) -> Catalogue {
    Catalogue::open(folder(header, rows, &[]).path()).unwrap_or_else(|found| panic!("{found}"))
}

/// What is wrong, with the folder's own name taken out of the places.
pub fn refused(header: &str, rows: &str, more: &[(&str, &str)]) -> String {
    let folder = folder(header, rows, more);
    let found: Diagnostics = Catalogue::open(folder.path()).unwrap_err();
    found.to_string().replace(&shown(folder.path()), "")
}

fn shown(path: &Path) -> String {
    format!("{}/", path.display())
}

pub fn assign<'c>(matcher: &mut Matcher<'c>, dx: &str, procedures: &str) -> DipAnswer<'c> {
    matcher.assign(&DipCase { dx: dx.as_bytes(), procedures: procedures.as_bytes(), ..DipCase::default() })
}

/// The group of a stay, or why it has none.
pub fn group(catalogue: &Catalogue, dx: &str, procedures: &str) -> String {
    let answer = assign(&mut catalogue.matcher(), dx, procedures);
    match answer.reason {
        Some(reason) => reason.text().to_owned(),
        None => answer.group.to_owned(),
    }
}
