//! Parquet in, read as a table of texts: every value becomes the text a CSV file would hold.

use std::fs::File;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, StringBuilder};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};

use crate::csv_record::{Fields, Record, Value};
use crate::error::InputError;

/// A Parquet file being read.
pub(crate) struct ParquetSource {
    name: String,
    file: File,
    metadata: ArrowReaderMetadata,
    batch_rows: usize,
    selected: Option<Vec<usize>>,
    reader: Option<ParquetRecordBatchReader>,
    next_row: u64,
}

/// One batch of rows, all columns as texts.
pub(crate) struct ParquetBlock {
    pub(crate) first_row: u64,
    rows: usize,
    columns: Vec<Option<StringArray>>,
}

/// Opens a Parquet file's metadata; the Arrow schema a writer may have embedded is ignored.
pub(crate) fn open_metadata(name: &str, file: &File) -> Result<ArrowReaderMetadata, InputError> {
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    ArrowReaderMetadata::load(file, options).map_err(|source| InputError::Parquet { file: name.to_owned(), source })
}

impl ParquetSource {
    pub(crate) fn open(name: &str, file: File, batch_rows: usize) -> Result<ParquetSource, InputError> {
        let metadata = open_metadata(name, &file)?;
        if metadata.metadata().file_metadata().num_rows() == 0 {
            return Err(InputError::HeaderOnly { file: name.to_owned() });
        }
        let name = name.to_owned();
        Ok(ParquetSource { name, file, metadata, batch_rows, selected: None, reader: None, next_row: 1 })
    }

    fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
    }

    pub(crate) fn header(&self) -> Vec<String> {
        self.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    pub(crate) fn select(&mut self, columns: &[usize]) {
        let mut columns = columns.to_vec();
        columns.sort_unstable();
        columns.dedup();
        self.selected = Some(columns);
    }

    pub(crate) fn next_block(&mut self) -> Result<Option<ParquetBlock>, InputError> {
        let parquet = |source| InputError::Parquet { file: self.name.clone(), source };
        let mut reader = match self.reader.take() {
            Some(reader) => reader,
            None => self.start().map_err(parquet)?,
        };
        let Some(batch) = reader.next() else { return Ok(None) };
        self.reader = Some(reader);
        let batch = batch.map_err(|source| InputError::Arrow { file: self.name.clone(), source })?;
        let block = self.texts(&batch)?;
        self.next_row += batch.num_rows() as u64;
        Ok(Some(block))
    }

    fn start(&self) -> Result<ParquetRecordBatchReader, parquet::errors::ParquetError> {
        let file = self.file.try_clone()?;
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_batch_size(self.batch_rows);
        if let Some(selected) = &self.selected {
            let mask = ProjectionMask::roots(builder.parquet_schema(), selected.iter().copied());
            builder = builder.with_projection(mask);
        }
        builder.build()
    }

    fn texts(&self, batch: &RecordBatch) -> Result<ParquetBlock, InputError> {
        let count = self.schema().fields().len();
        let mut columns: Vec<Option<StringArray>> = vec![None; count];
        for (at, array) in batch.columns().iter().enumerate() {
            let column = match &self.selected {
                Some(selected) => selected.get(at).copied().unwrap_or(at),
                None => at,
            };
            if let Some(place) = columns.get_mut(column) {
                *place = Some(self.text(column, array)?);
            }
        }
        Ok(ParquetBlock { first_row: self.next_row, rows: batch.num_rows(), columns })
    }

    fn text(&self, column: usize, array: &ArrayRef) -> Result<StringArray, InputError> {
        let name = || self.schema().fields().get(column).map(|field| field.name().clone()).unwrap_or_default();
        as_text(array).map_err(|_| InputError::ColumnType {
            file: self.name.clone(),
            column: name(),
            found: array.data_type().to_string(),
        })
    }
}

/// A column as texts; a list of texts becomes one text joined by `|`.
pub(crate) fn as_text(array: &ArrayRef) -> Result<StringArray, arrow::error::ArrowError> {
    match array.data_type() {
        DataType::Utf8 => Ok(array.as_string::<i32>().clone()),
        DataType::List(_) => joined(array),
        _ => Ok(cast(array, &DataType::Utf8)?.as_string::<i32>().clone()),
    }
}

fn joined(array: &ArrayRef) -> Result<StringArray, arrow::error::ArrowError> {
    let lists = array.as_list::<i32>();
    let values = cast(lists.values(), &DataType::Utf8)?;
    let values = values.as_string::<i32>();
    let mut out = StringBuilder::new();
    let mut text = String::new();
    for pair in lists.offsets().windows(2) {
        let [start, end] = pair else { continue };
        text.clear();
        for at in *start as usize..*end as usize {
            if at > *start as usize {
                text.push('|');
            }
            text.push_str(values.value(at));
        }
        out.append_value(&text);
    }
    Ok(out.finish())
}

impl ParquetBlock {
    pub(crate) fn bytes(&self) -> usize {
        self.columns.iter().flatten().map(|column| column.value_data().len()).sum()
    }

    pub(crate) fn visit(&self, fields: &mut Fields, mut visit: impl FnMut(Record<'_>)) {
        for row in 0..self.rows {
            fields.bounds.clear();
            fields.values.clear();
            fields.unescaped.clear();
            fields.bounds.push(0);
            for column in &self.columns {
                let start = fields.unescaped.len() as u32;
                if let Some(column) = column
                    && column.is_valid(row)
                {
                    fields.unescaped.extend_from_slice(column.value(row).as_bytes());
                }
                let end = fields.unescaped.len() as u32;
                fields.values.push(Value { start, end, unescaped: true });
                fields.bounds.push(0);
            }
            visit(Record { line: self.first_row + row as u64, bytes: &[], raw: &[], fields });
        }
    }
}
