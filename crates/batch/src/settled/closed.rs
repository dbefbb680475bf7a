//! A closed settlement, read and never written: that its files are those of its manifest, and what its cases were paid.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, Decimal128Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use yibao_kernel::Fen;

use super::SettledError;
use super::folder::{MANIFEST, hash_file};
use super::manifest::Manifest;

/// Columns read of a closed case.
const COLUMNS: [&str; 7] = ["case_id", "institution", "insurance", "method", "district", "group", "paid"];

/// A case as a closed settlement stored it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosedCase<'a> {
    /// Id.
    pub case_id: &'a str,
    /// Institution, insurance, method, district.
    pub key: [&'a str; 4],
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
    let case_id = text("case_id")?;
    let key = [text("institution")?, text("insurance")?, text("method")?, text("district")?];
    let group = text("group")?;
    let paid = column("paid")?;
    let paid: &Decimal128Array =
        paid.as_primitive_opt().ok_or_else(|| "the column paid is not an amount".to_owned())?;
    let value =
        |array: &StringArray, row: usize| if array.is_null(row) { String::new() } else { array.value(row).to_owned() };
    for row in 0..batch.num_rows() {
        let keys = key.each_ref().map(|array| value(array, row));
        let own = value(&group, row);
        let fen = i64::try_from(paid.value(row)).map_err(|error| error.to_string())?;
        visit(&ClosedCase {
            case_id: case_id.value(row),
            key: keys.each_ref().map(String::as_str),
            group: &own,
            paid: Fen::new(fen),
        });
    }
    Ok(())
}
