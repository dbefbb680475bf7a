//! Opening a table: CSV, gzip CSV or Parquet by the name of the file, CSV on standard input by `-`.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::csv_in::{CsvBlock, CsvSource, read_up_to};
use crate::csv_record::{BadRecord, Fields, Record, RecordEnd, record_end, without_line_end};
use crate::error::InputError;
use crate::parquet_in::{ParquetBlock, ParquetSource};
use crate::sniff::{self, BOM, Encoding, GbkReader};

/// How to read a table.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Delimiter of text; `None` is a comma, or a tab for `.tsv`.
    pub delimiter: Option<u8>,
    /// Encoding of text; `None` is UTF-8, and GBK is refused with a hint.
    pub encoding: Option<Encoding>,
    /// Bytes of text per block.
    pub block_bytes: usize,
    /// Rows of Parquet per block.
    pub batch_rows: usize,
}

impl Default for ReadOptions {
    fn default() -> ReadOptions {
        ReadOptions { delimiter: None, encoding: None, block_bytes: 256 << 10, batch_rows: 8192 }
    }
}

/// What a file is, by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Delimited text.
    Csv,
    /// Delimited text, compressed by gzip.
    GzipCsv,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// The format a name says; every other name is CSV.
    pub fn of(path: &Path) -> Format {
        let name = path.to_string_lossy().to_ascii_lowercase();
        if name.ends_with(".parquet") {
            Format::Parquet
        } else if name.ends_with(".gz") {
            Format::GzipCsv
        } else {
            Format::Csv
        }
    }
}

/// An open table behind its header.
pub struct Table {
    name: String,
    header: Vec<String>,
    header_raw: Vec<u8>,
    source: Source,
}

enum Source {
    Csv(CsvSource),
    Parquet(Box<ParquetSource>),
}

/// Opens a file by its name; `-` is CSV on standard input.
///
/// # Errors
/// Everything that makes the file unreadable as a table: see [`InputError`].
pub fn open_table(path: &Path, options: &ReadOptions) -> Result<Table, InputError> {
    let name = path.to_string_lossy().into_owned();
    if name == "-" {
        return open_reader("standard input", Box::new(std::io::stdin()), options);
    }
    let file = File::open(path).map_err(|source| InputError::Io { file: name.clone(), source })?;
    match Format::of(path) {
        Format::Parquet => {
            let source = ParquetSource::open(&name, file, options.batch_rows)?;
            let header = source.header();
            refuse_duplicate_columns(&name, &header)?;
            Ok(Table { name, header, header_raw: Vec::new(), source: Source::Parquet(Box::new(source)) })
        }
        Format::GzipCsv => open_reader(&name, Box::new(flate2::read::MultiGzDecoder::new(file)), options),
        Format::Csv => {
            let mut options = options.clone();
            if options.delimiter.is_none() && name.to_ascii_lowercase().ends_with(".tsv") {
                options.delimiter = Some(b'\t');
            }
            open_reader(&name, Box::new(file), &options)
        }
    }
}

/// Opens delimited text from a reader; `name` stands in messages.
///
/// # Errors
/// See [`open_table`].
pub fn open_reader(name: &str, reader: Box<dyn Read + Send>, options: &ReadOptions) -> Result<Table, InputError> {
    let io = |source| InputError::Io { file: name.to_owned(), source };
    let encoding = options.encoding.unwrap_or_default();
    let delimiter = options.delimiter.unwrap_or(b',');
    let block_bytes = options.block_bytes.max(1);
    let mut reader: Box<dyn Read + Send> = match encoding {
        Encoding::Utf8 => reader,
        Encoding::Gbk => Box::new(GbkReader::new(reader)),
    };
    let mut start = Vec::new();
    let mut ended = read_up_to(&mut *reader, &mut start, block_bytes.max(1 << 16)).map_err(io)?;
    sniff::refuse_other_formats(name, &start)?;
    if start.starts_with(BOM) {
        start.drain(..BOM.len());
    }
    let mut line = 1 + skip_blank_lines(&mut start);
    if start.is_empty() && ended {
        return Err(InputError::Empty { file: name.to_owned() });
    }
    sniff::refuse_other_encodings(name, &start)?;
    let end = loop {
        match record_end(&start, 0, delimiter, ended) {
            RecordEnd::At(end) | RecordEnd::Unclosed(end) => break end,
            RecordEnd::More => {
                let wanted = start.len() + block_bytes;
                ended = read_up_to(&mut *reader, &mut start, wanted).map_err(io)?;
            }
        }
    };
    let header_raw = without_line_end(start.get(..end).unwrap_or_default()).to_vec();
    let header = header_names(name, &header_raw, delimiter)?;
    line += memchr::memchr_iter(b'\n', start.get(..end).unwrap_or_default()).count() as u64;
    start.drain(..end);
    line += skip_blank_lines(&mut start);
    if start.is_empty() && ended {
        return Err(InputError::HeaderOnly { file: name.to_owned() });
    }
    let columns = header.len();
    let source = CsvSource {
        file: name.to_owned(),
        reader,
        carry: start,
        line,
        ended,
        delimiter,
        encoding,
        columns,
        block_bytes,
    };
    Ok(Table { name: name.to_owned(), header, header_raw, source: Source::Csv(source) })
}

fn skip_blank_lines(start: &mut Vec<u8>) -> u64 {
    let blank = start.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    start.drain(..blank).filter(|byte| *byte == b'\n').count() as u64
}

fn header_names(file: &str, raw: &[u8], delimiter: u8) -> Result<Vec<String>, InputError> {
    if raw.contains(&0) {
        return Err(InputError::NulInHeader { file: file.to_owned() });
    }
    sniff::refuse_other_delimiter(file, raw, delimiter)?;
    let mut fields = Fields::default();
    fields.split(raw, 0, raw.len(), delimiter);
    let record = Record { line: 1, bytes: raw, raw, fields: &fields };
    let header: Vec<String> = (0..record.len())
        .map(|column| std::str::from_utf8(record.field(column)).map(|name| name.trim().to_owned()))
        .collect::<Result<_, _>>()
        .map_err(|_| InputError::NotText { file: file.to_owned() })?;
    refuse_duplicate_columns(file, &header)?;
    Ok(header)
}

fn refuse_duplicate_columns(file: &str, header: &[String]) -> Result<(), InputError> {
    for (second, name) in header.iter().enumerate() {
        let Some(first) = header.iter().take(second).position(|earlier| earlier == name && !name.is_empty()) else {
            continue;
        };
        return Err(InputError::DuplicateColumn {
            file: file.to_owned(),
            column: name.clone(),
            first: first + 1,
            second: second + 1,
        });
    }
    Ok(())
}

impl Table {
    /// The file as named by the caller.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names of the columns, in the order of the file, without spaces around them.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The header line as it stands in a text file; empty for Parquet.
    pub fn header_raw(&self) -> &[u8] {
        &self.header_raw
    }

    /// The delimiter of a text file; a comma for Parquet.
    pub fn delimiter(&self) -> u8 {
        match &self.source {
            Source::Csv(source) => source.delimiter,
            Source::Parquet(_) => b',',
        }
    }

    /// Whether the table is delimited text.
    pub fn is_text(&self) -> bool {
        matches!(self.source, Source::Csv(_))
    }

    /// Decodes only these columns of a Parquet file; the others read as empty. No effect on text.
    pub fn select(&mut self, columns: &[usize]) {
        if let Source::Parquet(source) = &mut self.source {
            source.select(columns);
        }
    }

    /// The next records, at most one block; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read further.
    pub fn next_block(&mut self) -> Result<Option<Block>, InputError> {
        Ok(match &mut self.source {
            Source::Csv(source) => source.next_block()?.map(|block| Block(Kind::Csv(block))),
            Source::Parquet(source) => source.next_block()?.map(|block| Block(Kind::Parquet(block))),
        })
    }
}

/// Whole records of a table, to be walked over on any thread.
pub struct Block(Kind);

enum Kind {
    Csv(CsvBlock),
    Parquet(ParquetBlock),
}

impl Block {
    /// Line (text) or row (Parquet) of the first record.
    pub fn first_line(&self) -> u64 {
        match &self.0 {
            Kind::Csv(block) => block.first_line,
            Kind::Parquet(block) => block.first_row,
        }
    }

    /// Size in bytes, for progress.
    pub fn bytes(&self) -> usize {
        match &self.0 {
            Kind::Csv(block) => block.bytes.len(),
            Kind::Parquet(block) => block.bytes(),
        }
    }

    /// Walks over every record in order; a record that cannot be taken apart comes as [`BadRecord`].
    pub fn visit(&self, fields: &mut Fields, mut visit: impl FnMut(Result<Record<'_>, BadRecord<'_>>)) {
        match &self.0 {
            Kind::Csv(block) => block.visit(fields, visit),
            Kind::Parquet(block) => block.visit(fields, |record| visit(Ok(record))),
        }
    }
}

#[cfg(test)]
mod tests;
