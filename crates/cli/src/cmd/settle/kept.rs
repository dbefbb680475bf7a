//! What a settled folder keeps so that it can be asked later: facts, the pack's values, and the comparison with another.

use yibao_batch::settled::extras::ExtraColumn;
use yibao_batch::settled::facts;
use yibao_batch::settled::folder::NewFolder;
use yibao_batch::settled::reasons::Reasons;
use yibao_batch::settled::values::{PackValues, VALUES};
use yibao_batch::stays::StayRead;
use yibao_disclosure::against::{Comparison, Side};
use yibao_disclosure::stored::{Figures, StoredRow};
use yibao_payment::indicator::facts::Facts;
use yibao_payment::plan::Plan;
use yibao_payment::settled::Settled;

use crate::cmd::against::{self, Old};
use crate::job::Job;

/// What is kept.
pub struct Kept {
    facts: Facts,
    values: PackValues,
    /// Columns of `cases.parquet` beside its own.
    pub extras: Vec<ExtraColumn>,
}

impl Kept {
    /// Of what was just settled.
    pub fn of(settled: &Settled, job: &Job, plan: &Plan, read: &StayRead) -> Self {
        let facts = Facts::of(settled, &job.pack, plan, &read.stays, &read.symbols);
        let extras = ExtraColumn::of(&facts.spec, plan);
        Kept { facts, values: PackValues::of(&job.folder, &job.pack), extras }
    }

    /// Writes it, with the comparison where one was asked for.
    pub fn write(
        &self,
        folder: &NewFolder,
        settled: &Settled,
        job: &Job,
        old: Option<&Old>,
        other_period: bool,
    ) -> anyhow::Result<Option<Comparison>> {
        facts::write(folder, &self.facts)?;
        let values = serde_json::to_string_pretty(&self.values)?;
        folder.write(VALUES, format!("{values}\n").as_bytes())?;
        let Some(old) = old else { return Ok(None) };
        let stored = Reasons::of(settled).rows.into_iter().zip(&self.facts.rows);
        let rows: Vec<StoredRow> =
            stored.map(|(row, key)| StoredRow { key: key.clone(), figures: Figures(row.figures) }).collect();
        let new = Side { facts: &self.facts, rows: &rows, pack_sha256: job.folder.hash() };
        let comparison = old.compare(&self.values, new, other_period)?;
        for (name, bytes) in against::files(&comparison) {
            folder.write(&name, &bytes)?;
        }
        Ok(Some(comparison))
    }
}
