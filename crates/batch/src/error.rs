//! Why an input is refused as a whole, or an output cannot be written. A single bad row is not an error: see `rejects`.

use std::path::PathBuf;

/// The input cannot be read as a table.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The operating system refused.
    #[error("cannot read {file}: {source}")]
    Io {
        /// The file as named by the caller.
        file: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// No byte, or nothing but blank lines.
    #[error(
        "the file is empty\n  --> {file}\n  hint: the first line names the columns, each further line is one record"
    )]
    Empty {
        /// The file.
        file: String,
    },
    /// A header and no record.
    #[error("the file has a header and no record\n  --> {file}:1\n  hint: each line after the first is one record")]
    HeaderOnly {
        /// The file.
        file: String,
    },
    /// The header shows another delimiter.
    #[error(
        "the columns are separated by {found}, not by {expected}\n  --> {file}:1\n  hint: pass --delimiter {option} (in a pack: [input] delimiter), or save the file with {expected}"
    )]
    WrongDelimiter {
        /// The file.
        file: String,
        /// What separates the columns.
        found: &'static str,
        /// What was expected.
        expected: &'static str,
        /// How to name the found delimiter on the command line.
        option: &'static str,
    },
    /// GBK or GB 18030 text.
    #[error(
        "the text is not UTF-8; it reads as GBK\n  --> {file}:{line}\n  hint: pass --encoding gbk (in a pack: [input] encoding), or save the file as UTF-8"
    )]
    Gbk {
        /// The file.
        file: String,
        /// First line that is not UTF-8.
        line: u64,
    },
    /// Neither UTF-8 nor GBK.
    #[error("the header is not UTF-8 text\n  --> {file}:1\n  hint: save the file as UTF-8")]
    NotText {
        /// The file.
        file: String,
    },
    /// UTF-16 or UTF-32.
    #[error("the text is {encoding}\n  --> {file}:1\n  hint: save the file as \"CSV UTF-8\"")]
    Wide {
        /// The file.
        file: String,
        /// `UTF-16` or `UTF-32`.
        encoding: &'static str,
    },
    /// NUL bytes in the header.
    #[error("the header holds a NUL byte\n  --> {file}:1\n  hint: the file is not text; save it as CSV, UTF-8")]
    NulInHeader {
        /// The file.
        file: String,
    },
    /// Another format than the name says.
    #[error("the file is {found}, not {expected}\n  --> {file}\n  hint: {hint}")]
    Format {
        /// The file.
        file: String,
        /// What the first bytes say.
        found: &'static str,
        /// What the name says.
        expected: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// Lines end in a carriage return alone.
    #[error("the lines end in a carriage return alone\n  --> {file}:1\n  hint: save the file with line feeds")]
    CarriageReturns {
        /// The file.
        file: String,
    },
    /// A name stands twice in the header.
    #[error(
        "two columns are named {column:?}: number {first} and number {second}\n  --> {file}:1\n  hint: rename or remove one of them"
    )]
    DuplicateColumn {
        /// The file.
        file: String,
        /// The name.
        column: String,
        /// 1-based number of the first.
        first: usize,
        /// 1-based number of the second.
        second: usize,
    },
    /// A column that must be there is not.
    #[error("no column {column:?}\n  --> {file}:1\n  hint: add it, or name it as one of: {aliases}")]
    MissingColumn {
        /// The file.
        file: String,
        /// Its name.
        column: &'static str,
        /// Names read as this column.
        aliases: String,
    },
    /// A column of a Parquet file has a type that cannot be read as this field.
    #[error("column {column:?} is of type {found}\n  --> {file}\n  hint: write it as text or as a whole number")]
    ColumnType {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// Its type.
        found: String,
    },
    /// A line without end.
    #[error(
        "line {line} is longer than {bytes_max} bytes\n  --> {file}:{line}\n  hint: the file is probably not a table of text"
    )]
    LineTooLong {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// The limit.
        bytes_max: usize,
    },
    /// The Parquet file cannot be decoded.
    #[error("cannot read {file} as Parquet: {source}")]
    Parquet {
        /// The file.
        file: String,
        /// The reader's reason.
        source: parquet::errors::ParquetError,
    },
    /// A column cannot be converted.
    #[error("cannot read {file}: {source}")]
    Arrow {
        /// The file.
        file: String,
        /// The reader's reason.
        source: arrow::error::ArrowError,
    },
    /// Stopped by the caller.
    #[error("interrupted; nothing was written")]
    Interrupted,
}

/// The output cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The operating system refused.
    #[error("cannot write {file}: {source}")]
    Io {
        /// The file.
        file: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The Parquet file cannot be encoded.
    #[error("cannot write {file} as Parquet: {source}")]
    Parquet {
        /// The file.
        file: PathBuf,
        /// The writer's reason.
        source: parquet::errors::ParquetError,
    },
    /// A temporary file of ids cannot be used.
    #[error("cannot use a temporary file in {folder}: {source}\n  hint: set TMPDIR to a folder with free space")]
    Spill {
        /// The folder of temporary files.
        folder: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}
