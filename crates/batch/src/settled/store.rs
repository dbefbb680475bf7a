//! A file without a name beside the output: what is needed again only when the result is written waits there.
//!
//! The file is gone when the program ends, however it ends. It lies on the disk of the output folder, not where temporary
//! files usually lie: that may be memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use yibao_payment::settled::explanations::Store;

use super::SettledError;

/// The file.
#[derive(Debug)]
pub struct Waiting(Mutex<File>);

impl Waiting {
    /// A file in a folder, which must be there.
    ///
    /// # Errors
    /// What the system says.
    pub fn in_folder(folder: &Path) -> Result<Self, SettledError> {
        let file = tempfile::tempfile_in(folder).map_err(|cause| SettledError::io(folder, cause))?;
        Ok(Waiting(Mutex::new(file)))
    }
}

impl Store for Waiting {
    fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::End(0))?;
        file.write_all(bytes)
    }

    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_read_back_and_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let waiting = Waiting::in_folder(folder.path()).unwrap();
        waiting.append(b"abc").unwrap();
        waiting.append(b"def").unwrap();
        let mut read = [0; 4];
        waiting.read(1, &mut read).unwrap();
        assert_eq!(read, *b"bcde");
        waiting.append(b"g").unwrap();
        waiting.read(3, &mut read).unwrap();
        assert_eq!(read, *b"defg");
        assert!(waiting.read(5, &mut read).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
