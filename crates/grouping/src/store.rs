//! The precompiled scheme: one file.
//!
//! ```text
//! offset  bytes
//! 0       8      magic "YBSCHEME"
//! 8       4      format version, little-endian (FORMAT)
//! 12      4      number of sections (5)
//! 16      32     content hash of the scheme
//! 48      48 x 5 per section: offset u64, length u64, SHA-256 of its bytes
//! 288     32     SHA-256 of all bytes before this place
//! 320            the sections, one after the other:
//!                1 model: switches, texts, sets, gates, rules, rows, codes with classes,
//!                  severity, exclusion (`codec.rs`); read on opening
//!                2 names of diagnoses   3 names of procedures
//!                4 map of diagnoses     5 map of procedures; read when first asked for
//! ```
//!
//! Numbers are little-endian, texts are UTF-8 with a length of 32 bits in front. A file whose
//! hashes do not match, that is cut or longer, or whose numbers point nowhere is refused.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::bytes::Reader;
use crate::error::SchemeError;
use crate::identity::ContentHash;

const MAGIC: &[u8; 8] = b"YBSCHEME";
/// The format this code reads and writes.
pub(crate) const FORMAT: u32 = 1;
const SECTIONS: usize = 5;
const HEADER: usize = 48 + 48 * SECTIONS;
const DAMAGED: &str = "precompile the scheme again from its tables";

/// Where a section lies, and its digest.
#[derive(Debug, Clone, Copy)]
struct Section {
    offset: u64,
    length: u64,
    digest: [u8; 32],
}

/// An opened precompiled file; sections are read from it on demand.
#[derive(Debug)]
pub(crate) struct Stored {
    source: Source,
    pub hash: ContentHash,
    sections: [Section; SECTIONS],
}

#[derive(Debug)]
enum Source {
    File(std::path::PathBuf),
    Memory(Arc<[u8]>),
}

fn refuse(file: &Path, what: impl Into<String>, hint: &'static str) -> SchemeError {
    SchemeError::Precompiled { what: what.into(), file: file.to_path_buf(), hint }
}

impl Stored {
    /// Opens a file and checks its header.
    ///
    /// # Errors
    /// Not a precompiled scheme, another format, a damaged header, a wrong length.
    pub(crate) fn open(path: &Path) -> Result<Self, SchemeError> {
        let io = |error| SchemeError::unreadable(path, error);
        let file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let mut head = Vec::with_capacity(HEADER + 32);
        file.take(HEADER as u64 + 32).read_to_end(&mut head).map_err(io)?;
        Self::header(Source::File(path.to_path_buf()), path, &head, length)
    }

    /// The same for bytes in memory.
    pub(crate) fn in_memory(bytes: Arc<[u8]>) -> Result<Self, SchemeError> {
        let length = bytes.len() as u64;
        let head = bytes.get(..bytes.len().min(HEADER + 32)).unwrap_or_default().to_vec();
        Self::header(Source::Memory(bytes), Path::new("memory"), &head, length)
    }

    fn header(source: Source, path: &Path, head: &[u8], file_length: u64) -> Result<Self, SchemeError> {
        let cut = |_| refuse(path, "the precompiled scheme is cut", DAMAGED);
        let mut from = Reader::new(head);
        if from.take(8) != Ok(MAGIC) {
            return Err(refuse(
                path,
                "the file is not a precompiled scheme",
                "give a folder of tables, or a file written by this program from one",
            ));
        }
        let format = from.u32().map_err(cut)?;
        if format != FORMAT {
            return Err(refuse(path, format!("precompiled format {format}, but this program reads {FORMAT}"), DAMAGED));
        }
        let count = from.u32().map_err(cut)?;
        let hash = take32(&mut from).map_err(cut)?;
        let mut sections = [Section { offset: 0, length: 0, digest: [0; 32] }; SECTIONS];
        let mut next = HEADER as u64 + 32;
        let mut joined = count as usize == SECTIONS;
        for section in &mut sections {
            section.offset = from.u64().map_err(cut)?;
            section.length = from.u64().map_err(cut)?;
            section.digest = take32(&mut from).map_err(cut)?;
            joined &= section.offset == next;
            next = next.saturating_add(section.length);
        }
        let seal = take32(&mut from).map_err(cut)?;
        let covered = head.get(..HEADER).unwrap_or_default();
        if Sha256::digest(covered).as_slice() != seal || !joined {
            return Err(refuse(path, "the header of the precompiled scheme is damaged", DAMAGED));
        }
        if next != file_length {
            return Err(refuse(
                path,
                format!("the precompiled scheme has {file_length} bytes instead of {next}"),
                DAMAGED,
            ));
        }
        Ok(Self { source, hash: ContentHash(hash), sections })
    }

    /// The bytes of a section, checked against its digest.
    ///
    /// # Errors
    /// Unreadable or damaged.
    pub(crate) fn section(&self, number: usize) -> Result<Vec<u8>, SchemeError> {
        let damaged = || refuse(self.path(), "the precompiled scheme is damaged", DAMAGED);
        let section = self.sections.get(number).ok_or_else(damaged)?;
        let length = usize::try_from(section.length).map_err(|_| damaged())?;
        let bytes = match &self.source {
            Source::Memory(bytes) => {
                let start = usize::try_from(section.offset).map_err(|_| damaged())?;
                bytes.get(start..start.saturating_add(length)).ok_or_else(damaged)?.to_vec()
            }
            Source::File(path) => {
                let io = |error| SchemeError::unreadable(path, error);
                let mut file = File::open(path).map_err(io)?;
                file.seek(SeekFrom::Start(section.offset)).map_err(io)?;
                let mut bytes = Vec::with_capacity(length);
                file.take(section.length).read_to_end(&mut bytes).map_err(io)?;
                bytes
            }
        };
        if Sha256::digest(&bytes).as_slice() != section.digest {
            return Err(damaged());
        }
        Ok(bytes)
    }

    /// A refusal: the bytes match their digest but say something impossible.
    pub(crate) fn impossible(&self) -> SchemeError {
        refuse(self.path(), "the precompiled scheme contradicts itself", DAMAGED)
    }

    fn path(&self) -> &Path {
        match &self.source {
            Source::File(path) => path,
            Source::Memory(_) => Path::new("memory"),
        }
    }
}

fn take32(from: &mut Reader<'_>) -> Result<[u8; 32], crate::bytes::Damaged> {
    from.take(32)?.try_into().map_err(|_| crate::bytes::Damaged)
}

/// Puts a file together.
pub(crate) fn assemble(hash: ContentHash, sections: &[Vec<u8>; SECTIONS]) -> Vec<u8> {
    let mut out = Vec::new();
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&FORMAT.to_le_bytes());
    out.extend_from_slice(&(SECTIONS as u32).to_le_bytes());
    out.extend_from_slice(&hash.0);
    let mut offset = HEADER as u64 + 32;
    for section in sections {
        out.extend_from_slice(&offset.to_le_bytes());
        out.extend_from_slice(&(section.len() as u64).to_le_bytes());
        out.extend_from_slice(&Sha256::digest(section));
        offset += section.len() as u64;
    }
    assert!(out.len() == HEADER, "the header has its stated length");
    let seal = Sha256::digest(&out);
    out.extend_from_slice(&seal);
    sections.iter().for_each(|section| out.extend_from_slice(section));
    out
}

/// Writes a file beside its place and moves it there: never half a scheme.
///
/// # Errors
/// The folder cannot be written.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), SchemeError> {
    let failed = |source| SchemeError::File {
        action: "write",
        file: path.to_path_buf(),
        source,
        hint: "give a path in a folder that exists and can be written",
    };
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = std::path::PathBuf::from(name);
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| std::fs::rename(&part, path)).map_err(|error| {
        // The half-written file is of no use; that it stays is not worth a second error.
        _ = std::fs::remove_file(&part);
        failed(error)
    })
}
