//! CSV tables with a fixed list of columns; every row knows its line.

use std::path::{Path, PathBuf};

use csv::ByteRecord;

use crate::error::{Place, SchemeError};

/// A table that has been opened and whose columns have been checked.
pub(crate) struct Sheet {
    pub path: PathBuf,
    reader: csv::Reader<std::fs::File>,
    record: ByteRecord,
    columns: &'static [&'static str],
}

impl Sheet {
    /// Opens a table.
    ///
    /// # Errors
    /// No such file; other columns than the stated ones, in the stated order.
    pub(crate) fn open(path: PathBuf, columns: &'static [&'static str]) -> Result<Self, SchemeError> {
        let file = std::fs::File::open(&path).map_err(|e| SchemeError::unreadable(&path, e))?;
        let mut reader = csv::ReaderBuilder::new().has_headers(false).buffer_capacity(1 << 16).from_reader(file);
        let mut record = ByteRecord::new();
        let read = reader.read_byte_record(&mut record).map_err(|e| malformed(&path, &e))?;
        let right = read && record.iter().eq(columns.iter().map(|c| c.as_bytes()));
        if !right {
            let found: Vec<String> = record.iter().map(|c| String::from_utf8_lossy(c).into_owned()).collect();
            return Err(SchemeError::refused(
                format!("the columns are {:?}", found.join(",")),
                Place::line(&path, 1),
                format!("they must be {:?}", columns.join(",")),
            ));
        }
        Ok(Self { path, reader, record, columns })
    }

    /// The next row, or `None` at the end.
    ///
    /// # Errors
    /// A row with too few or too many fields, or one that is not CSV.
    pub(crate) fn next(&mut self) -> Result<Option<Line<'_>>, SchemeError> {
        let read = self.reader.read_byte_record(&mut self.record);
        if !read.map_err(|e| malformed(&self.path, &e))? {
            return Ok(None);
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        Ok(Some(Line {
            path: &self.path,
            columns: self.columns,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            record: &self.record,
        }))
    }
}

fn malformed(path: &Path, error: &csv::Error) -> SchemeError {
    let line = error.position().map(csv::Position::line).and_then(|l| u32::try_from(l).ok());
    let what = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("a row of {len} fields, but there are {expected_len} columns")
        }
        other => format!("not CSV: {other:?}"),
    };
    SchemeError::refused(what, Place { file: path.to_path_buf(), line }, "correct the row")
}

/// One row.
pub(crate) struct Line<'a> {
    path: &'a Path,
    columns: &'static [&'static str],
    pub line: u32,
    record: &'a ByteRecord,
}

impl Line<'_> {
    /// A refusal at this row.
    pub(crate) fn refuse(&self, what: impl Into<String>, hint: impl Into<String>) -> SchemeError {
        SchemeError::refused(what, Place::line(self.path, self.line), hint)
    }

    /// The bytes of a column.
    pub(crate) fn bytes(&self, column: usize) -> &[u8] {
        self.record.get(column).unwrap_or_default()
    }

    fn column(&self, column: usize) -> &str {
        self.columns.get(column).copied().unwrap_or_default()
    }

    /// The text of a column.
    ///
    /// # Errors
    /// Bytes that are not UTF-8.
    pub(crate) fn text(&self, column: usize) -> Result<&str, SchemeError> {
        str::from_utf8(self.bytes(column))
            .map_err(|_| self.refuse(format!("column {} is not UTF-8", self.column(column)), "save the table as UTF-8"))
    }

    /// The text of a column that may not be empty.
    ///
    /// # Errors
    /// An empty text; bytes that are not UTF-8.
    pub(crate) fn word(&self, column: usize) -> Result<&str, SchemeError> {
        let text = self.text(column)?;
        if text.is_empty() {
            let what = format!("column {} is empty", self.column(column));
            return Err(self.refuse(what, "fill it in"));
        }
        Ok(text)
    }

    /// The whole number of a column.
    ///
    /// # Errors
    /// Anything but digits that fit.
    pub(crate) fn number<N: std::str::FromStr>(&self, column: usize) -> Result<N, SchemeError> {
        let text = self.text(column)?;
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        text.parse().ok().filter(|_| digits).ok_or_else(|| {
            self.refuse(format!("column {} is {text:?}, not a whole number", self.column(column)), "write digits only")
        })
    }
}
