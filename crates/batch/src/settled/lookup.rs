//! Finding a settled case again: the stored row, nothing computed.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, BinaryArray, RecordBatch, StringArray, UInt32Array};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::SettledError;

/// A settled case as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCase {
    /// Column name and printed value, in file order, without the explanation.
    pub values: Vec<(String, String)>,
    /// Position of its clearing row.
    pub row: u32,
    /// The packed explanation.
    pub explanation: Vec<u8>,
}

impl StoredCase {
    /// A column's printed value; empty when absent.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(column, _)| column == name).map_or("", |(_, value)| value)
    }
}

/// Finds the cases of an id: one, or one of each feed that has it; none when it was not settled.
pub fn find(path: &Path, case_id: &str) -> Result<Vec<StoredCase>, SettledError> {
    let wrong = |error: &dyn std::fmt::Display| SettledError::parquet(path, error);
    let mut found = Vec::new();
    for at in positions(path, case_id)? {
        let reader = builder(path)?.with_offset(at).with_limit(1).build().map_err(|error| wrong(&error))?;
        for batch in reader {
            let batch = batch.map_err(|error| wrong(&error))?;
            if batch.num_rows() == 1 {
                found.push(stored(path, &batch)?);
            }
        }
    }
    Ok(found)
}

fn builder(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, SettledError> {
    let file = File::open(path).map_err(|cause| SettledError::io(path, cause))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| SettledError::parquet(path, error))
}

fn positions(path: &Path, case_id: &str) -> Result<Vec<usize>, SettledError> {
    let builder = builder(path)?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), ["case_id"]);
    let reader = builder
        .with_projection(mask)
        .with_batch_size(65_536)
        .build()
        .map_err(|error| SettledError::parquet(path, error))?;
    let mut before = 0;
    let mut found = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| SettledError::parquet(path, error))?;
        let Some(ids) = batch.columns().first().and_then(|column| column.as_any().downcast_ref::<StringArray>()) else {
            return Err(SettledError::parquet(path, "the column case_id is not text"));
        };
        found.extend((0..ids.len()).filter(|at| ids.value(*at) == case_id).map(|at| before + at));
        before += batch.num_rows();
    }
    Ok(found)
}

fn stored(path: &Path, batch: &RecordBatch) -> Result<StoredCase, SettledError> {
    let wrong = |error: &dyn std::fmt::Display| SettledError::parquet(path, error);
    let options = FormatOptions::default();
    let mut case = StoredCase { values: Vec::new(), row: u32::MAX, explanation: Vec::new() };
    let schema = batch.schema();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        if field.name() == "explanation" {
            let bytes: &BinaryArray = column.as_binary_opt().ok_or_else(|| wrong(&"explanation is not binary"))?;
            case.explanation = bytes.value(0).to_vec();
            continue;
        }
        if field.name() == "row" {
            let rows: Option<&UInt32Array> = column.as_primitive_opt();
            case.row = rows.map_or(u32::MAX, |rows| rows.value(0));
        }
        let formatter = ArrayFormatter::try_new(column, &options).map_err(|error| wrong(&error))?;
        case.values.push((field.name().clone(), formatter.value(0).to_string()));
    }
    Ok(case)
}
