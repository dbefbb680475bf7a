//! Opening a settled folder for questions over all of it.

use std::path::Path;

use yibao_batch::settled::cells;
use yibao_batch::settled::facts::{FACTS, SettledFolder};
use yibao_batch::settled::reasons::{REASONS, Reasons};
use yibao_disclosure::stored::{Figures, Stored, StoredPool, StoredRow};
use yibao_payment::indicator::facts::{Cells, Facts, RowFact};

/// Program and version, as the outputs name it.
pub const PROGRAM: &str = concat!("yibao ", env!("CARGO_PKG_VERSION"));

/// Everything stored, sums of the cases included. Every file is checked against the manifest.
pub fn whole(path: &Path) -> anyhow::Result<(SettledFolder, Stored)> {
    let folder = SettledFolder::open(path, &[])?;
    // An older folder has no facts at all: say so before anything else.
    let folder = SettledFolder::open(&folder.path, &[FACTS, REASONS, "cases.parquet"])?;
    let facts = folder.facts()?;
    let cells = cells::read(&folder.file("cases.parquet"), &facts)?;
    let stored = stored(&folder, facts, cells)?;
    Ok((folder, stored))
}

/// What is stored of the clearing, without looking at the cases.
pub fn clearing(path: &Path) -> anyhow::Result<(SettledFolder, Stored)> {
    let folder = SettledFolder::open(path, &[FACTS, REASONS])?;
    let facts = folder.facts()?;
    let stored = stored(&folder, facts, Cells::default())?;
    Ok((folder, stored))
}

fn stored(folder: &SettledFolder, facts: Facts, cells: Cells) -> anyhow::Result<Stored> {
    let reasons = Reasons::read(&folder.path)?;
    let rows = reasons.rows.into_iter().enumerate().map(|(at, row)| {
        let pool = facts.rows.get(at).map(|fact| fact.pool.clone()).unwrap_or_default();
        let key = RowFact {
            institution: row.institution,
            insurance: row.insurance,
            method: row.method,
            district: row.district,
            pool,
        };
        StoredRow { key, figures: Figures(row.figures) }
    });
    let rows = rows.collect();
    let pools =
        reasons.pools.into_iter().map(|pool| StoredPool { id: pool.id, figures: Figures(pool.figures) }).collect();
    let manifest = &folder.manifest;
    let (pack_sha256, program) = (manifest.pack_sha256.clone(), manifest.program.clone());
    Ok(Stored { facts, cells, rows, pools, pack_sha256, program })
}
