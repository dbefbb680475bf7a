//! A closed settlement, read and never written: that its files are those of its manifest, and what its cases were paid.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, Decimal128Array, RecordBatch, StringArray, UInt32Array};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yibao_kernel::Fen;

use super::SettledError;
use super::folder::{MANIFEST, hash_file};
use super::manifest::Manifest;

/// Columns read of a closed case.
const COLUMNS: [&str; 5] = ["case_id", "feed", "row", "group", "paid"];

/// A case as a closed settlement stored it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosedCase<'a> {
    /// Id.
    pub case_id: &'a str,
    /// Its feed.
    pub feed: &'a str,
    /// Its clearing row.
    pub row: u32,
    /// Group; empty when it had none.
    pub group: &'a str,
    /// What it was paid.
    pub paid: Fen,
}

/// The manifest of a closed settlement whose files are still those it was written with.
pub fn manifest(folder: &Path) -> Result<Manifest, SettledError> {
    let path = folder.join(MANIFEST);
    if !path.is_file() {
        return Err(SettledError::NotSettled { path: folder.to_owned(), missing: MANIFEST });
    }
    let bytes = std::fs::read(&path).map_err(|cause| SettledError::io(&path, cause))?;
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| SettledError::parquet(&path, error))?;
    for output in &manifest.outputs {
        let file = folder.join(&output.name);
        if !file.is_file() || hash_file(&file)?.0 != output.sha256 {
            return Err(SettledError::Changed(file));
        }
    }
    Ok(manifest)
}

/// Visits every case of a closed settlement, in its order.
pub fn cases(folder: &Path, mut visit: impl FnMut(&ClosedCase<'_>)) -> Result<(), SettledError> {
    let path = folder.join("cases.parquet");
    let wrong = |error: &dyn std::fmt::Display| SettledError::parquet(&path, error);
    let file = File::open(&path).map_err(|cause| SettledError::io(&path, cause))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| wrong(&error))?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), COLUMNS);
    let reader = builder.with_projection(mask).with_batch_size(65_536).build().map_err(|error| wrong(&error))?;
    for batch in reader {
        let batch = batch.map_err(|error| wrong(&error))?;
        visit_batch(&batch, &mut visit).map_err(|error| wrong(&error))?;
    }
    Ok(())
}

fn visit_batch(batch: &RecordBatch, visit: &mut impl FnMut(&ClosedCase<'_>)) -> Result<(), String> {
    let column = |name: &str| batch.column_by_name(name).ok_or_else(|| format!("no column {name}"));
    let text = |name: &str| -> Result<StringArray, String> {
        let texts = cast(column(name)?, &DataType::Utf8).map_err(|error| error.to_string())?;
        Ok(texts.as_string_opt::<i32>().ok_or_else(|| format!("the column {name} is not text"))?.clone())
    };
    let (case_id, feed, group) = (text("case_id")?, text("feed")?, text("group")?);
    let row: &UInt32Array =
        column("row")?.as_primitive_opt().ok_or_else(|| "the column row is no number".to_owned())?;
    let paid: &Decimal128Array =
        column("paid")?.as_primitive_opt().ok_or_else(|| "the column paid is not an amount".to_owned())?;
    for at in 0..batch.num_rows() {
        let fen = i64::try_from(paid.value(at)).map_err(|error| error.to_string())?;
        visit(&ClosedCase {
            case_id: case_id.value(at),
            feed: feed.value(at),
            row: row.value(at),
            group: if group.is_null(at) { "" } else { group.value(at) },
            paid: Fen::new(fen),
        });
    }
    Ok(())
}
