//! Past stays for a catalogue: diagnosis and procedures as a pair known by number, with year, cost and days.

use std::path::PathBuf;

use rustc_hash::FxHashMap;
use yibao_kernel::Fen;

use super::columns::{COST, DISCHARGE, DipColumns};
use crate::atomic::Cancel;
use crate::csv_record::Fields;
use crate::error::{InputError, OutputError};
use crate::rejects::{RejectRow, Rejects};
use crate::table::{ReadOptions, open_table};

/// A principal diagnosis with the procedures of a stay, as coded.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Pair {
    /// Principal diagnosis.
    pub dx: Box<str>,
    /// Procedures joined by `|`.
    pub procedures: Box<str>,
}

/// One stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PastStay {
    /// Place of its pair.
    pub pair: u32,
    /// Year of the discharge.
    pub year: i32,
    /// Total cost.
    pub cost: Fen,
    /// Length of stay; `None` where the file does not say.
    pub los_days: Option<i32>,
}

/// Stays as the builder reads them.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// Distinct pairs in the order met.
    pub pairs: Vec<Pair>,
    numbers: FxHashMap<Pair, u32>,
    /// The stays.
    pub stays: Vec<PastStay>,
    /// Rows read.
    pub rows: u64,
    /// Rows refused.
    pub refused: u64,
}

impl Gathered {
    /// Adds a stay.
    pub fn push(&mut self, dx: &str, procedures: &str, year: i32, cost: Fen, los_days: Option<i32>) {
        let pair = Pair { dx: dx.into(), procedures: procedures.into() };
        let next = u32::try_from(self.pairs.len()).unwrap_or(u32::MAX);
        let number = match self.numbers.get(&pair) {
            Some(number) => *number,
            None => {
                self.pairs.push(pair.clone());
                self.numbers.insert(pair, next);
                next
            }
        };
        self.stays.push(PastStay { pair: number, year, cost, los_days });
    }
}

/// What to read.
pub struct GatherRequest<'a> {
    /// Files of stays with `case_id`, `dx`, `proc`, `cost`, `discharge` (or `year`), and `los_days` where known.
    pub files: &'a [PathBuf],
    /// How to read text.
    pub read: ReadOptions,
    /// A request to stop.
    pub cancel: Cancel,
    /// Told how many rows were read.
    pub progress: &'a dyn Fn(u64),
}

/// Why nothing was gathered.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// A file cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The rejects cannot be written.
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Reads the files in order. A row that cannot be read, or has no diagnosis, cost or day of discharge, goes to the
/// rejects.
///
/// # Errors
/// A file is refused as a whole.
pub fn gather(request: &GatherRequest<'_>, rejects: &mut Rejects) -> Result<Gathered, GatherError> {
    let mut gathered = Gathered::default();
    let mut fields = Fields::default();
    for path in request.files {
        let mut table = open_table(path, &request.read)?;
        let columns = DipColumns::find(table.name(), table.header(), &[&COST, &DISCHARGE])?;
        while let Some(block) = table.next_block()? {
            if request.cancel.is_cancelled() {
                return Err(InputError::Interrupted.into());
            }
            let mut failed = None;
            block.visit(&mut fields, |record| {
                gathered.rows += 1;
                let (line, id, raw) = match &record {
                    Ok(record) => (record.line, record.field(columns.case_id), record.raw()),
                    Err(bad) => (bad.line, &b""[..], bad.raw),
                };
                let refused = match record {
                    Ok(record) => match columns.read(record) {
                        Ok(case) => take(&mut gathered, &case).err(),
                        Err((field, cause)) => Some((field.name, cause.to_string())),
                    },
                    Err(bad) => Some(("", bad.cause.to_string())),
                };
                if let Some((column, cause)) = refused {
                    gathered.refused += 1;
                    let row = RejectRow { line, case_id: id, column, cause: &cause, raw };
                    failed = failed.take().or(rejects.push(&row).err());
                }
            });
            if let Some(error) = failed {
                return Err(error.into());
            }
            (request.progress)(gathered.rows);
        }
    }
    Ok(gathered)
}

/// Takes a stay over; or the column to blame and why.
fn take(gathered: &mut Gathered, case: &yibao_grouping::dip::DipCase<'_>) -> Result<(), (&'static str, String)> {
    let empty = |column: &'static str| (column, yibao_record::validation::Cause::Empty.to_string());
    let cost = case.cost.ok_or_else(|| empty("cost"))?;
    let day = case.discharge.ok_or_else(|| empty("discharge"))?;
    let text = |bytes| std::str::from_utf8(bytes).unwrap_or_default();
    let dx = text(case.dx).split('|').next().unwrap_or_default();
    if dx.is_empty() {
        return Err(empty("dx"));
    }
    gathered.push(dx, text(case.procedures), day.year(), cost, case.los_days);
    Ok(())
}
