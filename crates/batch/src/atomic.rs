//! Files that appear whole or not at all: written beside their place under a temporary name, renamed at the end.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::NamedTempFile;

use crate::error::OutputError;

/// A file under construction. Dropped without [`AtomicFile::commit`], it is removed.
#[derive(Debug)]
pub struct AtomicFile {
    temporary: NamedTempFile,
    place: PathBuf,
}

impl AtomicFile {
    /// Opens a temporary file in the folder of `place`.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn create(place: &Path) -> Result<AtomicFile, OutputError> {
        let folder = match place.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let prefix = format!(".{}.", place.file_name().unwrap_or_default().to_string_lossy());
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".partial");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let temporary =
            builder.tempfile_in(folder).map_err(|source| OutputError::Io { file: place.to_owned(), source })?;
        Ok(AtomicFile { temporary, place: place.to_owned() })
    }

    /// Where the file will stand.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// The open file, for writers that seek or share it.
    pub fn file(&self) -> &File {
        self.temporary.as_file()
    }

    /// Renames the file to its place, replacing what stood there.
    ///
    /// # Errors
    /// When the rename is refused; the temporary file is then removed.
    pub fn commit(self) -> Result<(), OutputError> {
        let place = self.place;
        self.temporary
            .persist(&place)
            .map(|_file| ())
            .map_err(|refused| OutputError::Io { file: place, source: refused.error })
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.temporary.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.temporary.as_file_mut().flush()
    }
}

/// A request to stop, shared with a signal handler. Long loops look at it once per block.
#[derive(Clone, Default, Debug)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether stopping was asked for.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_only_when_committed() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("out.csv");
        let mut file = AtomicFile::create(&place).unwrap();
        file.write_all(b"a\n").unwrap();
        assert!(!place.exists());
        file.commit().unwrap();
        assert_eq!(std::fs::read(&place).unwrap(), b"a\n");
    }

    #[test]
    fn a_dropped_file_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        drop(AtomicFile::create(&folder.path().join("out.csv")).unwrap());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_missing_folder_is_named() {
        let refused = AtomicFile::create(Path::new("/nowhere/at/all/out.csv")).unwrap_err().to_string();
        assert!(refused.starts_with("cannot write /nowhere/at/all/out.csv: "), "{refused}");
    }
}
