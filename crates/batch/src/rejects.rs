//! The rows that were set aside: `OUT.rejects.csv` with the columns `line,case_id,column,cause,raw`.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::atomic::AtomicFile;
use crate::error::OutputError;

/// One row set aside.
#[derive(Clone, Copy, Debug)]
pub struct RejectRow<'a> {
    /// Line (text) or row (Parquet) in the input.
    pub line: u64,
    /// The record's id where it can be read, else empty.
    pub case_id: &'a [u8],
    /// The column to blame; empty when it is the whole row.
    pub column: &'a str,
    /// Why.
    pub cause: &'a str,
    /// The row as it stands in the input.
    pub raw: &'a [u8],
}

/// The header of a rejects file.
pub const HEADER: &[u8] = b"line,case_id,column,cause,raw\n";

/// Where rejected rows go.
enum Target {
    /// A file that is made when the first row comes.
    File { place: PathBuf, open: Option<BufWriter<AtomicFile>> },
    /// An open stream.
    Stream { name: PathBuf, stream: Box<dyn Write + Send>, begun: bool },
}

/// The rejects of one run, in the order they are given.
pub struct Rejects {
    target: Target,
    count: u64,
    line: Vec<u8>,
}

/// The name of the rejects file of an output.
pub fn place_beside(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".rejects.csv");
    PathBuf::from(name)
}

impl Rejects {
    /// Rejects go to `OUT.rejects.csv`.
    pub fn beside(out: &Path) -> Rejects {
        Rejects::at(place_beside(out))
    }

    /// Rejects go to a file of this name.
    pub fn at(place: PathBuf) -> Rejects {
        Rejects { target: Target::File { place, open: None }, count: 0, line: Vec::new() }
    }

    /// Rejects go to an open stream; `name` stands in messages.
    pub fn to(name: &str, stream: Box<dyn Write + Send>) -> Rejects {
        Rejects {
            target: Target::Stream { name: PathBuf::from(name), stream, begun: false },
            count: 0,
            line: Vec::new(),
        }
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn push(&mut self, row: &RejectRow<'_>) -> Result<(), OutputError> {
        self.line.clear();
        self.line.extend_from_slice(row.line.to_string().as_bytes());
        for field in [row.case_id, row.column.as_bytes(), row.cause.as_bytes(), row.raw] {
            self.line.push(b',');
            push_field(&mut self.line, field);
        }
        self.line.push(b'\n');
        let line = std::mem::take(&mut self.line);
        let written = self.write(&line);
        self.line = line;
        written
    }

    /// Adds rows that were rendered by [`render`], `count` of them.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn push_rendered(&mut self, rows: &[u8], count: u64) -> Result<(), OutputError> {
        if count == 0 {
            return Ok(());
        }
        self.write(rows)?;
        self.count += count - 1;
        Ok(())
    }

    fn write(&mut self, rows: &[u8]) -> Result<(), OutputError> {
        self.count += 1;
        match &mut self.target {
            Target::File { place, open } => {
                let io = |source| OutputError::Io { file: place.clone(), source };
                let file = match open {
                    Some(file) => file,
                    none => {
                        let file = none.insert(BufWriter::new(AtomicFile::create(place)?));
                        file.write_all(HEADER).map_err(io)?;
                        file
                    }
                };
                file.write_all(rows).map_err(io)
            }
            Target::Stream { name, stream, begun } => {
                let mut write = || -> io::Result<()> {
                    if !*begun {
                        *begun = true;
                        stream.write_all(HEADER)?;
                    }
                    stream.write_all(rows)
                };
                write().map_err(|source| OutputError::Io { file: name.clone(), source })
            }
        }
    }

    /// Rows added so far.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Puts the file in its place; without any row, removes what an earlier run left there.
    /// Returns the file, if there is one.
    ///
    /// # Errors
    /// When the file cannot be completed.
    pub fn finish(self) -> Result<Option<PathBuf>, OutputError> {
        match self.target {
            Target::File { place, open: Some(file) } => {
                let io = |source| OutputError::Io { file: place.clone(), source };
                file.into_inner().map_err(|error| io(error.into_error()))?.commit()?;
                Ok(Some(place))
            }
            Target::File { place, open: None } => match std::fs::remove_file(&place) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => Err(OutputError::Io { file: place, source }),
                _ => Ok(None),
            },
            Target::Stream { .. } => Ok(None),
        }
    }
}

/// Renders a row as [`Rejects::push`] writes it, to be handed over with [`Rejects::push_rendered`].
pub fn render(to: &mut Vec<u8>, row: &RejectRow<'_>) {
    to.extend_from_slice(row.line.to_string().as_bytes());
    for field in [row.case_id, row.column.as_bytes(), row.cause.as_bytes(), row.raw] {
        to.push(b',');
        push_field(to, field);
    }
    to.push(b'\n');
}

/// A field, quoted when it must be; bytes that are not UTF-8 become U+FFFD, NUL becomes U+2400, so that the file is text.
fn push_field(to: &mut Vec<u8>, field: &[u8]) {
    let text = String::from_utf8_lossy(field);
    let quote = text.contains([',', '"', '\n', '\r']);
    if quote {
        to.push(b'"');
    }
    for piece in text.split_inclusive(['"', '\0']) {
        match piece.strip_suffix('\0') {
            Some(before) => {
                to.extend_from_slice(before.as_bytes());
                to.extend_from_slice("\u{2400}".as_bytes());
            }
            None => to.extend_from_slice(piece.as_bytes()),
        }
        if piece.ends_with('"') {
            to.push(b'"');
        }
    }
    if quote {
        to.push(b'"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROW: RejectRow<'_> =
        RejectRow { line: 7, case_id: b"12", column: "age_years", cause: "outside 0 to 150", raw: b"12,\"a\",400" };

    #[test]
    fn rejects_are_a_table_of_text() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.csv");
        let mut rejects = Rejects::beside(&out);
        rejects.push(&ROW).unwrap();
        rejects.push(&RejectRow { line: 8, raw: b"\xFF\0", ..ROW }).unwrap();
        let place = rejects.finish().unwrap().unwrap();
        assert_eq!(place, folder.path().join("out.csv.rejects.csv"));
        assert_eq!(
            std::fs::read_to_string(place).unwrap(),
            "line,case_id,column,cause,raw\n7,12,age_years,outside 0 to 150,\"12,\"\"a\"\",400\"\n8,12,age_years,outside 0 to 150,\u{FFFD}\u{2400}\n"
        );
    }

    #[test]
    fn without_rejects_the_file_of_an_earlier_run_goes() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.csv");
        std::fs::write(place_beside(&out), "old").unwrap();
        assert_eq!(Rejects::beside(&out).finish().unwrap(), None);
        assert!(!place_beside(&out).exists());
    }
}
