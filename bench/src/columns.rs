//! The input of the benchmarks as Parquet: ids, codes and departments as text, numbers as 32-bit integers.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{ArrayRef, Int32Builder, RecordBatch, StringBuilder};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use yibao_batch::{Fields, ReadOptions, open_table};

/// Columns that hold whole numbers.
const NUMBERS: [&str; 5] = ["age_years", "age_days", "birth_weight_g", "los_days", "icu_hours"];

/// Writes a CSV file as Parquet: Snappy, row groups of 500,000 rows.
///
/// # Errors
/// When a file cannot be read or written.
pub fn csv_to_parquet(from: &Path, to: &Path) -> Result<()> {
    let mut table = open_table(from, &ReadOptions { block_bytes: 16 << 20, ..ReadOptions::default() })?;
    let header = table.header().to_vec();
    let mut fields = Fields::default();
    let mut writer = None;
    while let Some(block) = table.next_block()? {
        let mut texts: Vec<StringBuilder> = header.iter().map(|_| StringBuilder::new()).collect();
        let mut numbers: Vec<Int32Builder> = header.iter().map(|_| Int32Builder::new()).collect();
        block.visit(&mut fields, |record| {
            let Ok(record) = record else { return };
            for (at, (name, (text, number))) in header.iter().zip(texts.iter_mut().zip(&mut numbers)).enumerate() {
                if NUMBERS.contains(&name.as_str()) {
                    number.append_option(record.text(at).parse().ok());
                } else {
                    text.append_value(record.text(at));
                }
            }
        });
        let columns = header.iter().zip(texts.iter_mut().zip(&mut numbers)).map(|(name, (text, number))| {
            let array: ArrayRef =
                if NUMBERS.contains(&name.as_str()) { Arc::new(number.finish()) } else { Arc::new(text.finish()) };
            (name.as_str(), array)
        });
        let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))?;
        let open = match &mut writer {
            Some(open) => open,
            none => {
                let properties = WriterProperties::builder()
                    .set_compression(Compression::SNAPPY)
                    .set_max_row_group_row_count(Some(500_000))
                    .build();
                none.insert(ArrowWriter::try_new(File::create(to)?, batch.schema(), Some(properties))?)
            }
        };
        open.write(&batch)?;
    }
    if let Some(writer) = writer {
        writer.close()?;
    }
    Ok(())
}
