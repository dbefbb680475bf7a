//! The published DIP catalogue of the reference data, through the import recipe that ships.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use yibao_grouping::dip::{Catalogue, Code, Import, ImportMap, Kind, ProcedureTypes, Row, Settings, Treatment};
use yibao_kernel::Decimal;
use yibao_policy::{CsvTable, Folder};
use yibao_synth::dip::PublishedGroup;

/// Words in a procedure's name that make it diagnostic, here: no list of types is published with the catalogue.
const DIAGNOSTIC: [&str; 6] = ["检查", "活检", "活组织", "造影", "探查", "镜检"];

fn data() -> Result<PathBuf> {
    std::env::var_os("YIBAO_DATA").map(PathBuf::from).context("set YIBAO_DATA to the reference-data folder")
}

fn table(path: &Path) -> Result<CsvTable> {
    let mut text = String::new();
    let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
    flate2::read::GzDecoder::new(file).read_to_string(&mut text)?;
    CsvTable::parse(&text, &path.display().to_string()).map_err(|found| anyhow!("{found}"))
}

/// The rows as published, and assumed types of their procedures: in the set `OR` of CHS-DRG 2.0 surgery; else
/// diagnostic when the name says so; else therapeutic.
pub fn rows() -> Result<(Vec<Row>, ProcedureTypes, Settings)> {
    let recipe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/dip_pingdingshan");
    let toml = |name: &str| -> Result<Folder> {
        let text = std::fs::read_to_string(recipe.join(name))?;
        Folder::of_text(name, &text).map_err(|found| anyhow!("{found}"))
    };
    let map: ImportMap = toml("import.toml")?.decode().map_err(|found| anyhow!("{found}"))?;
    let settings: Settings = toml("catalogue.toml")?.decode().map_err(|found| anyhow!("{found}"))?;
    let folder = data()?.join("dip_pingdingshan_2025");
    let groups = table(&folder.join("dip_catalogue_2025.csv.gz"))?;
    let statistics = table(&folder.join("dip_group_aggregates_2024.csv.gz"))?;
    let made = Import::new(&map, &groups, Some(&statistics)).run().map_err(|found| anyhow!("{found}"))?;
    let types = types(&groups, &made.rows)?;
    Ok((made.rows, types, settings))
}

fn types(groups: &CsvTable, rows: &[Row]) -> Result<ProcedureTypes> {
    let sets = data()?.join("drg/schemes/chs_drg_20/code_sets.csv");
    let sets = CsvTable::read(&sets, "code_sets.csv").map_err(|found| anyhow!("{found}"))?;
    let column = |table: &CsvTable, name: &str| table.column(name).map_err(|found| anyhow!("{found}"));
    let (set, codes) = (column(&sets, "set")?, column(&sets, "codes")?);
    let mut types = ProcedureTypes::new();
    for row in sets.rows.iter().filter(|row| row.fields.get(set).is_some_and(|name| name == "OR")) {
        let list = row.fields.get(codes).map_or("", String::as_str);
        types.extend(
            list.split('|').filter_map(|code| Code::fold(code.as_bytes())).map(|code| (code, Treatment::Surgery)),
        );
    }
    let mut names: BTreeMap<Code, String> = BTreeMap::new();
    let columns = [("main_oper_code", "main_oper_name"), ("other_oper_code", "other_oper_name")];
    for (code, name) in columns {
        let (code, name) = (column(groups, code)?, column(groups, name)?);
        for row in &groups.rows {
            let text = |at: usize| row.fields.get(at).map_or("", String::as_str);
            if let Some(code) = Code::fold(text(code).as_bytes()) {
                names.entry(code).or_insert_with(|| text(name).to_owned());
            }
        }
    }
    for code in rows.iter().flat_map(|row| row.procedures.codes()) {
        let name = names.get(&code).map_or("", String::as_str);
        let diagnostic = DIAGNOSTIC.iter().any(|word| name.contains(word));
        types.entry(code).or_insert(if diagnostic { Treatment::Diagnostic } else { Treatment::Therapeutic });
    }
    Ok(types)
}

/// The published catalogue, compiled.
pub fn catalogue() -> Result<Catalogue> {
    let (rows, types, settings) = rows()?;
    Catalogue::of_rows(settings.catalogue, rows, types).map_err(|found| anyhow!("{found}"))
}

/// The groups as the generator takes them, with the place of each among the rows; the blank row has no codes to draw.
pub fn drawn(rows: &[Row]) -> Vec<(usize, PublishedGroup)> {
    let micro = |value: Option<Decimal>| {
        let value = value.and_then(|value| Decimal::parse(&value.to_string(), 6).ok());
        value.map_or(0, |value| value.units())
    };
    let group = |row: &Row| PublishedGroup {
        dx: row.dx.to_string(),
        procedures: row.procedures.codes().map(|code| code.to_string()).collect(),
        comprehensive: row.treatment.map(|treatment| treatment as usize).filter(|_| row.kind == Kind::Comprehensive),
        cases: row.cases.unwrap_or(0),
        mean: micro(row.mean),
        cv: micro(row.cv),
        days: micro(row.los_days),
    };
    rows.iter().enumerate().filter(|(_, row)| row.kind != Kind::Fallback).map(|(at, row)| (at, group(row))).collect()
}

/// Procedures by type, in the order of the types; the last pool, conservative, is empty.
pub fn pools(rows: &[Row], types: &ProcedureTypes) -> Vec<Vec<String>> {
    let mut pools = vec![Vec::new(); Treatment::ALL.len()];
    let mut codes: Vec<Code> = rows.iter().flat_map(|row| row.procedures.codes()).collect();
    codes.sort_unstable();
    codes.dedup();
    for code in codes {
        if let Some(pool) = types.get(&code).and_then(|treatment| pools.get_mut(*treatment as usize)) {
            pool.push(code.to_string());
        }
    }
    pools
}
