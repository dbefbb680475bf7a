//! The published catalogue of 4,444 rows and its statistics: read, counted, the identity of its points.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use yibao_grouping::dip::{Catalogue, Import, ImportMap, Imported, Kind, ProcedureTypes, Settings};
use yibao_grouping::dip::{Code, DipCase, Treatment};
use yibao_kernel::Decimal;
use yibao_policy::{CsvTable, Folder};

use crate::data::drg;

fn data() -> Option<PathBuf> {
    drg().and_then(|folder| Some(folder.parent()?.to_path_buf()))
}

/// The worked examples of provider payment.
pub fn examples() -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(data()?.join("payment/examples.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    Some(all["examples"].as_array().unwrap().clone())
}

fn recipe() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/dip_pingdingshan")
}

fn table(path: &Path) -> CsvTable {
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    CsvTable::parse(&text, &path.file_name().unwrap().to_string_lossy()).unwrap()
}

/// The published rows through the import map that ships.
pub fn imported() -> Option<Imported> {
    let folder = data()?.join("dip_pingdingshan_2025");
    let text = std::fs::read_to_string(recipe().join("import.toml")).unwrap();
    let map: ImportMap =
        Folder::of_text("import.toml", &text).unwrap().decode().unwrap_or_else(|found| panic!("{found}"));
    let groups = table(&folder.join("dip_catalogue_2025.csv.gz"));
    let statistics = table(&folder.join("dip_group_aggregates_2024.csv.gz"));
    Some(Import::new(&map, &groups, Some(&statistics)).run().unwrap_or_else(|found| panic!("{found}")))
}

/// The published catalogue. No list of procedure types is at hand: every procedure of a core row counts as surgery.
pub fn published() -> Option<Catalogue> {
    let imported = imported()?;
    let text = std::fs::read_to_string(recipe().join("catalogue.toml")).unwrap();
    let settings: Settings = Folder::of_text("catalogue.toml", &text).unwrap().decode().unwrap();
    let mut types = ProcedureTypes::new();
    for (at, code) in
        imported.rows.iter().flat_map(|row| row.procedures.codes()).collect::<Vec<Code>>().into_iter().enumerate()
    {
        types.entry(code).or_insert(Treatment::ALL[at % 3]);
    }
    Some(Catalogue::of_rows(settings.catalogue, imported.rows, types).unwrap_or_else(|found| panic!("{found}")))
}

#[test]
fn the_published_catalogue_has_its_rows_and_kinds() {
    let Some(imported) = imported() else { return };
    let of = |kind: Kind| imported.rows.iter().filter(|row| row.kind == kind).count();
    // 567 of the catalogue and the three U07 groups of the statistics; KBBZ is the blank row.
    assert_eq!((of(Kind::Core), of(Kind::Comprehensive), of(Kind::Fallback)), (3877, 567 + 3, 1));
    assert_eq!((imported.left_out.len(), imported.points_differ.len(), imported.without_statistics), (88, 0, 0));
    let cases: u64 = imported.rows.iter().filter_map(|row| row.cases).sum();
    assert_eq!(cases, 1_870_844);
    let row = imported.rows.iter().find(|row| row.code == "C34.1:32.4100_33.3903+40.5914").unwrap();
    assert_eq!(row.procedures.to_string(), "32.4100+33.3903+40.5914");
}

/// |points × M − 1000 × mean| ≤ 2e-6 × M, in whole numbers.
#[test]
fn points_are_a_thousand_times_the_mean_over_the_stated_mean() {
    let Some(imported) = imported() else { return };
    let reference = Decimal::parse("5718.153489", 6).unwrap();
    let mut counted = 0;
    for row in &imported.rows {
        let (points, mean) = (row.points.unwrap(), row.mean.unwrap());
        counted += usize::from(row.cases.is_some());
        // All three in millionths: the products in 10^-12.
        let units = |value: Decimal| i128::from(Decimal::parse(&value.to_string(), 6).unwrap().units());
        let left = units(points) * units(reference);
        let right = 1000 * units(mean) * 1_000_000;
        let allowed = 2 * units(reference);
        assert!((left - right).abs() <= allowed, "{}: {points} points, mean {mean}", row.code);
    }
    assert_eq!(counted, 4448);
}

/// The scale M is an input: the mean of the case-weighted groups is another number.
#[test]
fn the_mean_of_the_counted_groups_is_not_the_scale() {
    let Some(imported) = imported() else { return };
    let mut total = 0_i128;
    let mut cases = 0_i128;
    for row in &imported.rows {
        let n = i128::from(row.cases.unwrap());
        total += n * i128::from(Decimal::parse(&row.mean.unwrap().to_string(), 6).unwrap().units());
        cases += n;
    }
    assert_eq!((total + cases / 2) / cases / 10_000, 553_707);
}

#[test]
fn the_check_finds_what_the_published_catalogue_leaves_open() {
    let Some(catalogue) = published() else { return };
    let findings = catalogue.check();
    assert!(
        findings.iter().all(|finding| !finding.is_dead()),
        "{}",
        findings.iter().filter(|one| one.is_dead()).map(ToString::to_string).collect::<Vec<_>>().join("\n")
    );
    let text: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(!text.iter().any(|line| line.contains("scale × mean / M")), "{text:?}");
}

#[test]
fn a_stay_of_every_published_group_finds_it() {
    let Some(catalogue) = published() else { return };
    let mut matcher = catalogue.matcher();
    for row in catalogue.rows().iter().filter(|row| row.kind == Kind::Core) {
        let codes: Vec<String> = row.procedures.codes().map(|code| code.to_string()).collect();
        let case = DipCase {
            dx: row.dx.to_string().into_bytes().leak(),
            procedures: codes.join("|").into_bytes().leak(),
            ..DipCase::default()
        };
        assert_eq!(matcher.assign(&case).group, row.code);
    }
}
