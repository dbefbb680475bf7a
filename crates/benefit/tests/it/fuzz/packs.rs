//! Packs whose text was edited.

use std::cell::Cell;

use proptest::test_runner::TestRunner;
use yibao_benefit::{Engine, examples};
use yibao_kernel::Day;
use yibao_policy::Diagnostics;

use super::edits::{edited, edits};
use super::{PACKS, config, credited, folder, samples, tried};

/// Every finding says what, where and what to do.
fn says_where(found: &Diagnostics) {
    assert!(found.has_errors());
    for one in &found.0 {
        assert!(!one.message.trim().is_empty() && one.place.is_some(), "{one:?}");
        assert!(one.hint.as_deref().is_some_and(|hint| !hint.trim().is_empty()), "{one:?}");
    }
}

/// Reads a pack from its texts; the engine, or what is wrong.
fn read(pack: &str, text: &str, catalogue: Option<&str>) -> Result<Engine, Diagnostics> {
    let place = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(folder(pack)).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, place.path().join(path.file_name().unwrap())).unwrap();
    }
    std::fs::write(place.path().join("pack.toml"), text).unwrap();
    if let (Some(catalogue), true) = (catalogue, place.path().join("catalogue.csv").exists()) {
        std::fs::write(place.path().join("catalogue.csv"), catalogue).unwrap();
    }
    Engine::read(place.path(), Day::MAX)
}

/// Its own examples through a pack that compiled.
fn runs(engine: &Engine) {
    let _ = examples::run(engine);
    for (person, bills) in samples(engine).into_iter().take(engine.pack.example.len() + 1) {
        let mut year = person;
        for bill in bills {
            credited(engine, &year, bill.end);
            match yibao_benefit::divide::divide(engine, &bill, &year) {
                Ok(parts) => {
                    for part in parts {
                        year = tried(engine, None, &part, &year).unwrap_or(year);
                    }
                }
                Err(refusal) => super::says_something(&refusal),
            }
        }
    }
}

fn text_of(pack: &str, file: &str) -> Option<String> {
    std::fs::read_to_string(folder(pack).join(file)).ok()
}

#[test]
fn an_edited_pack_compiles_or_says_where_it_is_wrong() {
    let texts: Vec<String> = PACKS.iter().map(|pack| text_of(pack, "pack.toml").unwrap()).collect();
    let (compiled, refused) = (Cell::new(0), Cell::new(0));
    let strategy = (0..PACKS.len(), edits(3));
    let run = TestRunner::new(config(48, file!())).run(&strategy, |(at, edits)| {
        match read(PACKS[at], &edited(&texts[at], &edits), None) {
            Ok(engine) => {
                runs(&engine);
                compiled.set(compiled.get() + 1);
            }
            Err(found) => {
                says_where(&found);
                refused.set(refused.get() + 1);
            }
        }
        Ok(())
    });
    run.unwrap_or_else(|failed| panic!("{failed}"));
    // Edits that always break the file, or never, would test nothing.
    assert!(compiled.get() > 2 && refused.get() > 10, "{} compiled, {} refused", compiled.get(), refused.get());
}

#[test]
fn an_edited_catalogue_of_a_pack_compiles_or_says_where_it_is_wrong() {
    let with: Vec<(&str, String, String)> = PACKS
        .iter()
        .filter_map(|pack| Some((*pack, text_of(pack, "pack.toml")?, text_of(pack, "catalogue.csv")?)))
        .collect();
    let strategy = (0..with.len(), edits(2));
    let run = TestRunner::new(config(16, file!())).run(&strategy, |(at, edits)| {
        let (pack, text, catalogue) = &with[at];
        match read(pack, text, Some(&edited(catalogue, &edits))) {
            Ok(engine) => runs(&engine),
            Err(found) => says_where(&found),
        }
        Ok(())
    });
    run.unwrap_or_else(|failed| panic!("{failed}"));
}

#[test]
fn an_edited_pack_is_shown_or_not() {
    let text = text_of(PACKS[0], "pack.toml").unwrap();
    let run = TestRunner::new(config(24, file!())).run(&edits(2), |edits| {
        let folder = yibao_policy::Folder::of_text("pack.toml", &edited(&text, &edits));
        match folder.and_then(|folder| folder.decode::<yibao_benefit::pack::Pack>()) {
            Ok(pack) => {
                for lang in [yibao_kernel::explain::Lang::Zh, yibao_kernel::explain::Lang::En] {
                    assert!(!yibao_benefit::show::page(&pack, None, lang).unwrap().is_empty());
                }
            }
            Err(found) => says_where(&found),
        }
        Ok(())
    });
    run.unwrap_or_else(|failed| panic!("{failed}"));
}
