//! A folder that appears whole or not at all: written beside its place, then renamed into it.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::SettledError;

/// The file that marks a settled (or published) folder.
pub const MANIFEST: &str = "manifest.json";

/// A folder under construction; dropped without [`NewFolder::commit`], it leaves nothing.
pub struct NewFolder {
    place: PathBuf,
    temporary: TempDir,
}

impl NewFolder {
    /// Starts a folder that will stand at `place`.
    pub fn create(place: &Path) -> Result<Self, SettledError> {
        if place.exists() && !replaceable(place) {
            return Err(SettledError::Occupied(place.to_owned()));
        }
        let parent = parent_of(place);
        fs::create_dir_all(&parent).map_err(|cause| SettledError::io(&parent, cause))?;
        let temporary = temporary_in(&parent)?;
        Ok(NewFolder { place: place.to_owned(), temporary })
    }

    /// Where it is until it stands in its place.
    pub fn path(&self) -> &Path {
        self.temporary.path()
    }

    /// The path of a file inside it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.temporary.path().join(name)
    }

    /// Writes a file into it; `sub/name` into a folder of it.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), SettledError> {
        let path = self.file(name);
        if name.contains('/') {
            let parent = parent_of(&path);
            fs::create_dir_all(&parent).map_err(|cause| SettledError::io(parent, cause))?;
        }
        fs::write(&path, bytes).map_err(|cause| SettledError::io(path, cause))
    }

    /// Puts the folder in its place; an older settled folder there is replaced.
    ///
    /// The older one steps aside into a temporary folder of its own and is removed last: an error leaves it where it was.
    pub fn commit(self) -> Result<(), SettledError> {
        let NewFolder { place, temporary } = self;
        set_readable(temporary.path())?;
        let old = aside(&place)?;
        if let Err(cause) = fs::rename(temporary.path(), &place) {
            if let Some(old) = &old {
                let _ = fs::rename(old.path().join(OLD), &place);
            }
            return Err(SettledError::io(&place, cause));
        }
        // The folder has its name now; there is nothing temporary left to remove.
        let _ = temporary.keep();
        Ok(())
    }
}

/// Name of the older result inside the folder it steps aside into.
const OLD: &str = "old";

/// Moves what stands at `place` into a fresh temporary folder beside it, which removes it when dropped.
fn aside(place: &Path) -> Result<Option<TempDir>, SettledError> {
    if !place.exists() {
        return Ok(None);
    }
    let parent = parent_of(place);
    let holder = temporary_in(&parent)?;
    fs::rename(place, holder.path().join(OLD)).map_err(|cause| SettledError::io(place, cause))?;
    Ok(Some(holder))
}

fn parent_of(place: &Path) -> PathBuf {
    match place.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn temporary_in(parent: &Path) -> Result<TempDir, SettledError> {
    let made = tempfile::Builder::new().prefix(".yibao-").tempdir_in(parent);
    made.map_err(|cause| SettledError::io(parent, cause))
}

/// Temporary folders are private; a settled folder is an ordinary one.
fn set_readable(path: &Path) -> Result<(), SettledError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(path, mode).map_err(|cause| SettledError::io(path, cause))?;
    }
    Ok(())
}

/// An empty folder, or one we wrote.
fn replaceable(place: &Path) -> bool {
    place.join(MANIFEST).is_file() || fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_none())
}

/// SHA-256 and size of a file, read in blocks.
pub fn hash_file(path: &Path) -> Result<(String, u64), SettledError> {
    use std::io::Read;
    let mut file = fs::File::open(path).map_err(|cause| SettledError::io(path, cause))?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0_u8; 1 << 20];
    let mut size = 0_u64;
    loop {
        let read = file.read(&mut buffer).map_err(|cause| SettledError::io(path, cause))?;
        if read == 0 {
            break;
        }
        hasher.update(buffer.get(..read).unwrap_or(&[]));
        size += read as u64;
    }
    Ok((hex(&hasher.finalize()), size))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Bytes of lower- or upper-case hexadecimal.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}
