//! What is published names what may be published, and nobody.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx};

use super::busy;
use super::program::{Desk, names};
use super::settled::{Folder, fen, number};

fn published() -> Desk {
    let desk = busy::desk();
    desk.settle(&[]).ended(0);
    desk.run(&["publish", "out", "-o", "pub"]).ended(0);
    desk
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for name in names(folder) {
        let path = folder.join(name);
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// All the text of a file; of a workbook, of all its cells.
fn text_of(path: &Path) -> String {
    let bytes = std::fs::read(path).unwrap();
    if path.extension().is_none_or(|extension| extension != "xlsx") {
        return String::from_utf8(bytes).unwrap();
    }
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    for (_, range) in book.worksheets() {
        for cell in range.rows().flatten().filter(|cell| !matches!(cell, Data::Empty)) {
            text.push_str(&cell.to_string());
            text.push('\n');
        }
    }
    text
}

#[test]
fn the_files_are_those_that_are_named_and_no_others() {
    let desk = published();
    assert_eq!(names(&desk.path("pub")), ["institutions", "manifest.json", "public"]);
    assert_eq!(names(&desk.path("pub/institutions")), ["H1", "H2", "H3"]);
    assert_eq!(
        names(&desk.path("pub/public")),
        [
            "budget.csv",
            "cleared.csv",
            "index.html",
            "institutions.csv",
            "publication.xlsx",
            "ranked.csv",
            "special_review.csv"
        ]
    );
    assert_eq!(
        names(&desk.path("pub/institutions/H1")),
        ["clearing.csv", "groups.csv", "index.html", "indicators.csv", "special_review.csv", "statement.xlsx"]
    );
}

#[test]
fn no_case_and_no_person_and_no_day_of_a_stay_is_in_any_file() {
    let desk = published();
    let mut all = Vec::new();
    files(&desk.path("pub"), &mut all);
    assert!(all.len() > 20);
    let stays = desk.text("region/stays.csv");
    let days: BTreeSet<&str> = stays.lines().skip(1).flat_map(|line| line.split(',').skip(5).take(2)).collect();
    for path in all {
        let text = text_of(&path);
        for private in ["CASE-", "PERSON-"] {
            assert!(!text.contains(private), "{private} in {}", path.display());
        }
        for day in &days {
            assert!(!text.contains(day), "{day} in {}", path.display());
        }
    }
}

#[test]
fn the_public_sees_what_each_hospital_was_cleared_unless_it_has_a_handful_of_cases() {
    let desk = published();
    let rows = Folder(desk.path("pub/public")).csv("cleared.csv");
    let clearing = Folder(desk.path("out")).csv("clearing.csv");
    let mut hidden = 0;
    for (row, cleared) in rows.iter().zip(&clearing) {
        assert_eq!(row["institution"], cleared["institution"]);
        if row["hidden"].is_empty() {
            assert_eq!(fen(row, "cleared"), fen(cleared, "cleared"));
            assert_eq!(number(&row["units"], 4), number(&cleared["units"], 4));
            assert!(row["cases"].parse::<u64>().unwrap() >= 10);
        } else {
            hidden += 1;
            assert_eq!(["cases", "units", "cleared"].map(|name| row[name].as_str()), ["", "", ""]);
        }
    }
    assert!(rows.iter().any(|row| row["institution"] == "H3" && row["hidden"] == "small"), "{rows:?}");
    // A pool's cleared amount is public: a pool with a hidden row has another one.
    for insurance in ["310", "390"] {
        let of = rows.iter().filter(|row| row["insurance"] == insurance && !row["hidden"].is_empty()).count();
        assert_ne!(of, 1, "the hidden row of {insurance} follows from the pool");
    }
    assert!(hidden < rows.len());
}

#[test]
fn a_hospital_sees_its_own_groups_and_deductions() {
    let desk = published();
    let own = Folder(desk.path("pub/institutions/H1"));
    let total = own.csv("clearing.csv").pop().unwrap();
    let clearing = Folder(desk.path("out")).csv("clearing.csv");
    for column in ["accounted", "cleared", "withheld", "shared", "prepaid", "due"] {
        let sum: i128 = clearing.iter().filter(|row| row["institution"] == "H1").map(|row| fen(row, column)).sum();
        assert_eq!(fen(&total, column), sum, "{column}");
    }
    let groups = own.csv("groups.csv");
    let cases: u64 = groups.iter().map(|row| row["cases"].parse::<u64>().unwrap()).sum();
    assert_eq!(cases, busy::stays().iter().filter(|stay| stay.institution == "H1").count() as u64);
    // The one with a handful has no table of groups at all: six cases are a small sample however they are put together.
    assert!(Folder(desk.path("pub/institutions/H3")).csv("groups.csv").is_empty());
}

#[test]
fn the_same_folder_is_published_the_same() {
    let desk = published();
    desk.run(&["publish", "out", "-o", "again"]).ended(0);
    let (mut one, mut other) = (Vec::new(), Vec::new());
    files(&desk.path("pub"), &mut one);
    files(&desk.path("again"), &mut other);
    for (one, other) in one.iter().zip(&other) {
        assert!(std::fs::read(one).unwrap() == std::fs::read(other).unwrap(), "{}", one.display());
    }
}
