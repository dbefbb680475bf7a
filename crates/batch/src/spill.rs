//! Remembering every id of a file in bounded memory, to find those that come twice.
//!
//! Ids are kept whole, split into parts by their hash; past its budget a set moves its parts to a temporary file.
//! At the end each part is looked through alone, so memory is the budget, or one part, whichever is larger.
//! Equality is that of the bytes: a hash only sorts ids into parts and places.

use std::fs::File;
use std::hash::Hasher;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHasher;

use crate::error::OutputError;
use crate::pipeline;

const PARTS: usize = 256;

/// Bytes that all sets of a run may hold before they spill.
pub const BUDGET_BYTES: usize = 192 << 20;

/// The longest id, in bytes.
pub const ID_BYTES_MAX: usize = 1024;

/// Bytes of duplicates held before they are sorted and moved to a temporary file.
const FOUND_BYTES_MAX: usize = 48 << 20;

/// Bytes of an entry before its id: line (8), length of the id (2).
const ENTRY_HEAD: usize = 10;

/// The ids one worker has seen, with their lines.
#[derive(Debug)]
pub struct IdSet {
    parts: Vec<Vec<u8>>,
    held: usize,
    budget: usize,
    spilled: Option<Spilled>,
    failure: Option<OutputError>,
}

#[derive(Debug)]
struct Spilled {
    file: File,
    end: u64,
    chunks: Vec<Chunk>,
}

#[derive(Clone, Copy, Debug)]
struct Chunk {
    part: usize,
    offset: u64,
    bytes: usize,
}

/// An id that came before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Duplicate<'a> {
    /// Line of this occurrence.
    pub line: u64,
    /// Line of the first occurrence.
    pub first_line: u64,
    /// The id.
    pub id: &'a [u8],
}

impl IdSet {
    /// A set that spills when it holds more than `budget` bytes.
    pub fn new(budget: usize) -> IdSet {
        IdSet { parts: vec![Vec::new(); PARTS], held: 0, budget, spilled: None, failure: None }
    }

    /// Remembers an id. Ids longer than [`ID_BYTES_MAX`] are compared by their beginning; refuse them before.
    #[inline]
    pub fn add(&mut self, id: &[u8], line: u64) {
        let id = id.get(..ID_BYTES_MAX).unwrap_or(id);
        let Some(part) = self.parts.get_mut(part_of(hash(id))) else { return };
        push_entry(part, line, id);
        self.held += ENTRY_HEAD + id.len();
        if self.held > self.budget {
            self.spill();
        }
    }

    #[cold]
    fn spill(&mut self) {
        if let Err(source) = self.try_spill() {
            self.failure.get_or_insert(spill_error(source));
            for part in &mut self.parts {
                part.clear();
            }
        }
        self.held = 0;
    }

    fn try_spill(&mut self) -> std::io::Result<()> {
        let spilled = match &mut self.spilled {
            Some(spilled) => spilled,
            none => none.insert(Spilled { file: tempfile::tempfile()?, end: 0, chunks: Vec::new() }),
        };
        for (part, bytes) in self.parts.iter_mut().enumerate() {
            spilled.file.write_all(bytes)?;
            spilled.chunks.push(Chunk { part, offset: spilled.end, bytes: bytes.len() });
            spilled.end += bytes.len() as u64;
            bytes.clear();
        }
        Ok(())
    }

    /// Appends everything this set holds of a part.
    fn collect(&mut self, part: usize, into: &mut Vec<u8>) -> std::io::Result<()> {
        if let Some(spilled) = &mut self.spilled {
            for chunk in spilled.chunks.iter().filter(|chunk| chunk.part == part) {
                spilled.file.seek(SeekFrom::Start(chunk.offset))?;
                (&mut spilled.file).take(chunk.bytes as u64).read_to_end(into)?;
            }
        }
        if let Some(held) = self.parts.get_mut(part) {
            into.extend_from_slice(held);
            *held = Vec::new();
        }
        Ok(())
    }
}

/// Finds the ids that stand on more than one line, over the sets of all workers, and visits them in line order.
///
/// # Errors
/// When a temporary file cannot be used.
pub fn duplicates(
    mut sets: Vec<IdSet>,
    threads: usize,
    mut visit: impl FnMut(Duplicate<'_>) -> Result<(), OutputError>,
) -> Result<(), OutputError> {
    for set in &mut sets {
        if let Some(failure) = set.failure.take() {
            return Err(failure);
        }
    }
    let mut parts = 0..PARTS;
    let all = Mutex::new(Found::default());
    pipeline::in_order(
        threads,
        || {
            let Some(part) = parts.next() else { return Ok(None) };
            let mut entries = Vec::new();
            for set in &mut sets {
                set.collect(part, &mut entries)?;
            }
            Ok(Some(entries))
        },
        Vec::new,
        |places, entries: Vec<u8>| {
            let mut found = Found::default();
            find_in_part(&entries, places, &mut found)?;
            Ok(found)
        },
        |found: Found| all.lock().unwrap_or_else(PoisonError::into_inner).append(found),
    )
    .map_err(spill_error)?;
    all.into_inner().unwrap_or_else(PoisonError::into_inner).visit(&mut visit)
}

fn hash(id: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(id);
    hasher.finish().wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

const fn part_of(hash: u64) -> usize {
    (hash >> 56) as usize
}

#[inline]
fn push_entry(to: &mut Vec<u8>, line: u64, id: &[u8]) {
    let [a, b, c, d, e, f, g, h] = line.to_le_bytes();
    let [low, high] = (id.len() as u16).to_le_bytes();
    to.extend_from_slice(&[a, b, c, d, e, f, g, h, low, high]);
    to.extend_from_slice(id);
}

/// The entry at a place: its line, its id, and the place behind it.
fn entry(entries: &[u8], at: usize) -> Option<(u64, &[u8], usize)> {
    let head = entries.get(at..at + ENTRY_HEAD)?;
    let (line, length) = head.split_at(8);
    let line = u64::from_le_bytes(line.try_into().ok()?);
    let length = usize::from(u16::from_le_bytes(length.try_into().ok()?));
    let start = at + ENTRY_HEAD;
    Some((line, entries.get(start..start + length)?, start + length))
}

/// Looks one part through. `places` is an open-addressed table of entry places plus one.
fn find_in_part(entries: &[u8], places: &mut Vec<u64>, found: &mut Found) -> std::io::Result<()> {
    let count = std::iter::successors(entry(entries, 0), |(_, _, next)| entry(entries, *next)).count();
    let size = (count * 2).next_power_of_two();
    places.clear();
    places.resize(size, 0);
    let mut at = 0;
    let mut any = false;
    while let Some((line, id, next)) = entry(entries, at) {
        let place = place_of(entries, places, id);
        if let Some(slot) = places.get_mut(place) {
            match slot.checked_sub(1).and_then(|known| entry(entries, known as usize)) {
                None => *slot = at as u64 + 1,
                Some((known_line, _, _)) => {
                    any = true;
                    if line < known_line {
                        *slot = at as u64 + 1;
                    }
                }
            }
        }
        at = next;
    }
    if !any {
        return Ok(());
    }
    at = 0;
    while let Some((line, id, next)) = entry(entries, at) {
        let place = place_of(entries, places, id);
        let first = places.get(place).and_then(|slot| entry(entries, slot.checked_sub(1)? as usize));
        if let Some((first_line, _, _)) = first
            && first_line != line
        {
            found.push(line, first_line, id)?;
        }
        at = next;
    }
    Ok(())
}

/// The place of an id in the table: where it stands, or the free place where it belongs.
fn place_of(entries: &[u8], places: &[u64], id: &[u8]) -> usize {
    let mask = places.len().wrapping_sub(1);
    let mut place = (hash(id) >> 16) as usize & mask;
    while let Some(known) = places.get(place).and_then(|slot| slot.checked_sub(1)) {
        if entry(entries, known as usize).is_some_and(|(_, other, _)| other == id) {
            break;
        }
        place = (place + 1) & mask;
    }
    place
}

/// Duplicates found so far: entries of (line, first line + id), sorted runs in temporary files when there are many.
#[derive(Default)]
struct Found {
    held: Vec<(u64, u64, Box<[u8]>)>,
    bytes: usize,
    runs: Vec<File>,
}

impl Found {
    fn push(&mut self, line: u64, first_line: u64, id: &[u8]) -> std::io::Result<()> {
        self.held.push((line, first_line, id.into()));
        self.bytes += 48 + id.len();
        self.bound()
    }

    /// Takes over what another found.
    fn append(&mut self, other: Found) -> std::io::Result<()> {
        self.held.extend(other.held);
        self.bytes += other.bytes;
        self.runs.extend(other.runs);
        self.bound()
    }

    fn bound(&mut self) -> std::io::Result<()> {
        if self.bytes > FOUND_BYTES_MAX {
            self.held.sort_unstable();
            let mut run = std::io::BufWriter::new(tempfile::tempfile()?);
            let mut bytes = Vec::new();
            for (line, first_line, id) in self.held.drain(..) {
                bytes.clear();
                push_entry(&mut bytes, line, &id);
                run.write_all(&first_line.to_le_bytes())?;
                run.write_all(&bytes)?;
            }
            self.runs.push(run.into_inner().map_err(std::io::IntoInnerError::into_error)?);
            self.bytes = 0;
        }
        Ok(())
    }

    fn visit(mut self, visit: &mut impl FnMut(Duplicate<'_>) -> Result<(), OutputError>) -> Result<(), OutputError> {
        self.held.sort_unstable();
        let mut runs = Vec::new();
        for mut file in self.runs {
            file.seek(SeekFrom::Start(0)).map_err(spill_error)?;
            let mut run = Run { reader: std::io::BufReader::new(file), head: None };
            run.advance().map_err(spill_error)?;
            runs.push(run);
        }
        let mut held = self.held.into_iter().peekable();
        loop {
            let lowest = runs.iter().enumerate().filter_map(|(at, run)| Some((run.head.as_ref()?.0, at))).min();
            match (lowest, held.peek()) {
                (Some((line, at)), next) if next.is_none_or(|next| line < next.0) => {
                    let Some(run) = runs.get_mut(at) else { break };
                    if let Some((line, first_line, id)) = run.head.take() {
                        visit(Duplicate { line, first_line, id: &id })?;
                    }
                    run.advance().map_err(spill_error)?;
                }
                _ => {
                    let Some((line, first_line, id)) = held.next() else { break };
                    visit(Duplicate { line, first_line, id: &id })?;
                }
            }
        }
        Ok(())
    }
}

struct Run {
    reader: std::io::BufReader<File>,
    head: Option<(u64, u64, Vec<u8>)>,
}

impl Run {
    fn advance(&mut self) -> std::io::Result<()> {
        let mut head = [0; 8 + ENTRY_HEAD];
        match self.reader.read_exact(&mut head) {
            Err(ended) if ended.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
            other => other?,
        }
        let [a, b, c, d, e, f, g, h, rest @ ..] = head;
        let [i, j, k, l, m, n, o, p, low, high] = rest;
        let mut id = vec![0; usize::from(u16::from_le_bytes([low, high]))];
        self.reader.read_exact(&mut id)?;
        let first_line = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        self.head = Some((u64::from_le_bytes([i, j, k, l, m, n, o, p]), first_line, id));
        Ok(())
    }
}

fn spill_error(source: std::io::Error) -> OutputError {
    OutputError::Spill { folder: std::env::temp_dir(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sets: Vec<IdSet>) -> Vec<(u64, u64, String)> {
        let mut found = Vec::new();
        duplicates(sets, 2, |duplicate| {
            found.push((duplicate.line, duplicate.first_line, String::from_utf8_lossy(duplicate.id).into_owned()));
            Ok(())
        })
        .unwrap();
        found
    }

    #[test]
    fn a_second_and_a_third_line_point_at_the_first() {
        let mut set = IdSet::new(BUDGET_BYTES);
        for (line, id) in [(2, "a"), (3, "b"), (4, "a"), (5, "c"), (6, "b"), (7, "a")] {
            set.add(id.as_bytes(), line);
        }
        assert_eq!(found(vec![set]), [(4, 2, "a".into()), (6, 3, "b".into()), (7, 2, "a".into())]);
    }

    #[test]
    fn the_first_line_is_the_same_whichever_worker_saw_it() {
        let (mut one, mut other) = (IdSet::new(BUDGET_BYTES), IdSet::new(BUDGET_BYTES));
        one.add(b"x", 9);
        other.add(b"x", 2);
        assert_eq!(found(vec![one, other]), [(9, 2, "x".into())]);
    }

    #[test]
    fn a_set_past_its_budget_finds_the_same() {
        let run = |budget| {
            let mut set = IdSet::new(budget);
            for line in 0..5_000_u64 {
                set.add(format!("case {}", line % 3_000).as_bytes(), line + 2);
            }
            found(vec![set])
        };
        let expected = run(BUDGET_BYTES);
        assert_eq!(expected.len(), 2_000);
        assert_eq!(run(500), expected);
        assert!(expected.is_sorted());
    }

    #[test]
    fn no_id_twice_finds_nothing() {
        let mut set = IdSet::new(BUDGET_BYTES);
        set.add(b"1", 2);
        set.add(b"01", 3);
        assert!(found(vec![set]).is_empty());
    }
}
