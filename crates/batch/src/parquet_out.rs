//! Parquet out: the columns of an input file beside result columns.
//!
//! A row group whose rows all stay is not encoded again: its column chunks are copied byte by byte, only the results are
//! encoded. A row group that loses rows is decoded, filtered and encoded.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::BooleanArray;
use arrow::compute::filter;
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{SchemaDescPtr, SchemaDescriptor, Type, TypePtr};

use crate::atomic::AtomicFile;
use crate::error::OutputError;
use crate::text_column::{self, TextColumn};

/// A column of the output.
#[derive(Clone, Debug)]
pub(crate) enum OutColumn {
    /// A column of the input, by its place among the top-level columns.
    Input(usize),
    /// A column of text made here; `true` when every row has a value.
    Text { name: String, required: bool },
}

/// A Parquet file under construction.
pub(crate) struct ParquetOut {
    place: PathBuf,
    writer: Option<SerializedFileWriter<File>>,
    file: AtomicFile,
    input: File,
    metadata: ArrowReaderMetadata,
    columns: Vec<OutColumn>,
    schema: Arc<Schema>,
    leaves: SchemaDescPtr,
    factory: ArrowRowGroupWriterFactory,
}

impl ParquetOut {
    /// Starts a file with these columns beside an input; `input` must not be read by anybody else.
    pub(crate) fn create(
        place: &Path,
        input: File,
        metadata: ArrowReaderMetadata,
        columns: Vec<OutColumn>,
    ) -> Result<ParquetOut, OutputError> {
        let parquet = |source| OutputError::Parquet { file: place.to_owned(), source };
        let io = |source| OutputError::Io { file: place.to_owned(), source };
        let root = root_type(&metadata, &columns).map_err(parquet)?;
        let schema = Arc::new(arrow_schema(&metadata, &columns));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            // copied column chunks come without page indexes; a file must have all of them or none
            .set_offset_index_disabled(true)
            .set_created_by("yibao".to_owned())
            .build();
        let leaves = Arc::new(SchemaDescriptor::new(Arc::clone(&root)));
        let file = AtomicFile::create(place)?;
        let open = file.file().try_clone().map_err(io)?;
        let writer = SerializedFileWriter::new(open, root, Arc::new(properties)).map_err(parquet)?;
        let factory = ArrowRowGroupWriterFactory::new(&writer, Arc::clone(&schema));
        Ok(ParquetOut {
            place: place.to_owned(),
            writer: Some(writer),
            file,
            input,
            metadata,
            columns,
            schema,
            leaves,
            factory,
        })
    }

    fn error(&self, source: ParquetError) -> OutputError {
        OutputError::Parquet { file: self.place.clone(), source }
    }

    /// Writes the rows of an input row group with their results, one per text column in the order of the columns.
    /// `keep` says which rows stay, when some do not; the results are those of the rows that stay.
    pub(crate) fn write_row_group(
        &mut self,
        row_group: usize,
        results: &[TextColumn<'_>],
        keep: Option<&BooleanArray>,
    ) -> Result<(), OutputError> {
        let written = match keep {
            None => self.copy_row_group(row_group, results),
            Some(keep) => self.encode_row_group(row_group, results, keep),
        };
        written.map_err(|source| self.error(source))
    }

    fn copy_row_group(&mut self, row_group: usize, results: &[TextColumn<'_>]) -> Result<(), ParquetError> {
        let input_schema = self.metadata.parquet_schema();
        let source = self.metadata.metadata().row_group(row_group);
        let writer = self.writer.as_mut().ok_or_else(missing)?;
        let schema = Arc::clone(&self.leaves);
        let mut out = writer.next_row_group()?;
        let mut results = results.iter();
        let mut leaf_out = 0;
        for column in &self.columns {
            let OutColumn::Input(root) = column else {
                text_column::append(&mut out, schema.column(leaf_out), results.next().ok_or_else(missing)?)?;
                leaf_out += 1;
                continue;
            };
            for leaf in (0..input_schema.num_columns()).filter(|leaf| input_schema.get_column_root_idx(*leaf) == *root)
            {
                let metadata = source.column(leaf).clone();
                let close = ColumnCloseResult {
                    bytes_written: metadata.compressed_size() as u64,
                    rows_written: source.num_rows() as u64,
                    metadata,
                    bloom_filter: None,
                    column_index: None,
                    offset_index: None,
                };
                out.append_column(&self.input, close)?;
                leaf_out += 1;
            }
        }
        out.close()?;
        Ok(())
    }

    fn row_groups_written(&self) -> usize {
        self.writer.as_ref().map_or(0, |writer| writer.flushed_row_groups().len())
    }

    fn encode_row_group(
        &mut self,
        row_group: usize,
        results: &[TextColumn<'_>],
        keep: &BooleanArray,
    ) -> Result<(), ParquetError> {
        if keep.true_count() == 0 {
            return Ok(());
        }
        let mut leaves = self.encode_leaves(row_group, keep)?.into_iter();
        let writer = self.writer.as_mut().ok_or_else(missing)?;
        let schema = Arc::clone(&self.leaves);
        let mut out = writer.next_row_group()?;
        let mut results = results.iter();
        for leaf_out in 0..schema.num_columns() {
            let root = self.columns.get(schema.get_column_root_idx(leaf_out));
            let leaf = leaves.next().ok_or_else(missing)?;
            match root {
                Some(OutColumn::Text { .. }) => {
                    text_column::append(&mut out, schema.column(leaf_out), results.next().ok_or_else(missing)?)?;
                }
                _ => leaf.close()?.append_to_row_group(&mut out)?,
            }
        }
        out.close()?;
        Ok(())
    }

    /// Encodes the rows of a row group that stay; the leaves of text columns are left empty.
    fn encode_leaves(&self, row_group: usize, keep: &BooleanArray) -> Result<Vec<ArrowColumnWriter>, ParquetError> {
        let mut writers = self.factory.create_column_writers(self.row_groups_written())?;
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(self.input.try_clone()?, self.metadata.clone())
            .with_row_groups(vec![row_group])
            .with_batch_size(8192)
            .build()?;
        let mut read = 0;
        for batch in reader {
            let batch = batch?;
            let mask = keep.slice(read, batch.num_rows());
            read += batch.num_rows();
            let mut open = writers.iter_mut();
            for (column, field) in self.columns.iter().zip(self.schema.fields()) {
                let OutColumn::Input(root) = column else {
                    open.next();
                    continue;
                };
                let array = filter(batch.column(*root), &mask)?;
                for leaf in compute_leaves(field, &array)? {
                    open.next().ok_or_else(missing)?.write(&leaf)?;
                }
            }
        }
        Ok(writers)
    }

    /// Completes the file and puts it in its place.
    pub(crate) fn finish(mut self) -> Result<(), OutputError> {
        if let Some(writer) = self.writer.take() {
            writer.close().map_err(|source| self.error(source))?;
        }
        self.file.commit()
    }
}

/// A state that the order of calls excludes.
fn missing() -> ParquetError {
    ParquetError::General("a column is missing".to_owned())
}

fn root_type(metadata: &ArrowReaderMetadata, columns: &[OutColumn]) -> Result<TypePtr, ParquetError> {
    let input = metadata.parquet_schema().root_schema();
    let mut fields = Vec::new();
    for column in columns {
        match column {
            OutColumn::Input(root) => fields.extend(input.get_fields().get(*root).cloned()),
            OutColumn::Text { name, required } => {
                let repetition = if *required { Repetition::REQUIRED } else { Repetition::OPTIONAL };
                let text = Type::primitive_type_builder(name, PhysicalType::BYTE_ARRAY)
                    .with_repetition(repetition)
                    .with_logical_type(Some(LogicalType::String))
                    .build()?;
                fields.push(Arc::new(text));
            }
        }
    }
    Ok(Arc::new(Type::group_type_builder("schema").with_fields(fields).build()?))
}

fn arrow_schema(metadata: &ArrowReaderMetadata, columns: &[OutColumn]) -> Schema {
    let input = metadata.schema();
    let field = |column: &OutColumn| match column {
        OutColumn::Input(root) => input.fields().get(*root).cloned(),
        OutColumn::Text { name, required } => Some(Arc::new(Field::new(name, DataType::Utf8, !required))),
    };
    Schema::new(columns.iter().filter_map(field).collect::<Vec<_>>())
}
