//! The packed reasons of every case: in memory, or in a store beside the output when there are many.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

/// A place for bytes that need not stay in memory: written once, from beginning to end, then read anywhere.
pub trait Store: std::fmt::Debug + Send + Sync {
    /// Appends bytes.
    ///
    /// # Errors
    /// What the system says.
    fn append(&self, bytes: &[u8]) -> io::Result<()>;

    /// Fills `into` with the bytes from `at` on.
    ///
    /// # Errors
    /// What the system says; bytes that are not there.
    fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()>;
}

/// Cases whose ends are counted from a common base.
const BLOCK: usize = 1 << 16;

#[derive(Clone, Debug)]
enum Place {
    Memory(Vec<u8>),
    Store(Arc<dyn Store>),
}

/// The packed reasons of cases, end to end, in the order of the stays.
#[derive(Clone, Debug)]
pub struct Explanations {
    /// End of each case's reasons, from the base of its block.
    ends: Vec<u32>,
    /// Where each block begins.
    bases: Vec<u64>,
    /// All bytes so far.
    bytes: u64,
    place: Place,
}

impl Default for Explanations {
    fn default() -> Self {
        Explanations::new(None)
    }
}

impl Explanations {
    /// No reasons yet; they will be in the store, or in memory when none is given.
    #[must_use]
    pub fn new(store: Option<Arc<dyn Store>>) -> Self {
        let place = store.map_or_else(|| Place::Memory(Vec::new()), Place::Store);
        Explanations { ends: Vec::new(), bases: Vec::new(), bytes: 0, place }
    }

    /// Number of cases.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no case.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Appends the reasons of one case.
    ///
    /// # Errors
    /// What the store says.
    pub fn push(&mut self, reasons: &[u8]) -> io::Result<()> {
        if self.ends.len().is_multiple_of(BLOCK) {
            self.bases.push(self.bytes);
        }
        self.bytes += reasons.len() as u64;
        let base = self.bases.last().copied().unwrap_or_default();
        self.ends.push(narrow(self.bytes - base)?);
        self.keep(reasons)
    }

    /// Appends the reasons of a block of cases: the end of each from the first byte of the block, and the bytes. Blocks
    /// are [`Explanations::BLOCK_CASES`] cases long, but for the last.
    ///
    /// # Errors
    /// What the store says.
    pub fn push_block(&mut self, ends: &[u32], bytes: &[u8]) -> io::Result<()> {
        self.bases.push(self.bytes);
        self.ends.extend_from_slice(ends);
        self.bytes += bytes.len() as u64;
        self.keep(bytes)
    }

    /// Cases of a block.
    pub const BLOCK_CASES: usize = BLOCK;

    fn keep(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.place {
            Place::Memory(all) => {
                all.extend_from_slice(bytes);
                Ok(())
            }
            Place::Store(store) => store.append(bytes),
        }
    }

    /// Where a case's reasons begin and end.
    fn range(&self, case: usize) -> Option<(u64, u64)> {
        let end = u64::from(*self.ends.get(case)?);
        let base = *self.bases.get(case / BLOCK)?;
        let start = if case.is_multiple_of(BLOCK) { 0 } else { u64::from(*self.ends.get(case - 1)?) };
        Some((base + start, base + end))
    }

    /// The reasons of a case; none for a case that was refused or is not there.
    ///
    /// # Errors
    /// What the store says.
    pub fn get(&self, case: usize) -> io::Result<Cow<'_, [u8]>> {
        let Some((start, end)) = self.range(case) else { return Ok(Cow::Borrowed(&[])) };
        self.bytes(start, end)
    }

    /// The reasons of the cases from `first` to `last`, one after the other, and how to find each: read at once.
    ///
    /// # Errors
    /// What the store says.
    pub fn run(&self, first: usize, last: usize) -> io::Result<Run<'_>> {
        let start = self.range(first).map_or(0, |(start, _)| start);
        let end = self.range(last).map_or(start, |(_, end)| end);
        Ok(Run { all: self, start, bytes: self.bytes(start, end)? })
    }

    fn bytes(&self, start: u64, end: u64) -> io::Result<Cow<'_, [u8]>> {
        let length = usize::try_from(end.saturating_sub(start)).map_err(io::Error::other)?;
        match &self.place {
            Place::Memory(all) => {
                let start = usize::try_from(start).map_err(io::Error::other)?;
                Ok(Cow::Borrowed(all.get(start..start + length).unwrap_or(&[])))
            }
            Place::Store(store) => {
                let mut read = vec![0; length];
                store.read(start, &mut read)?;
                Ok(Cow::Owned(read))
            }
        }
    }
}

/// Reasons read at once.
pub struct Run<'a> {
    all: &'a Explanations,
    start: u64,
    bytes: Cow<'a, [u8]>,
}

impl Run<'_> {
    /// The reasons of a case of the run.
    #[must_use]
    pub fn get(&self, case: usize) -> &[u8] {
        let Some((start, end)) = self.all.range(case) else { return &[] };
        let place = |at: u64| usize::try_from(at.saturating_sub(self.start)).unwrap_or(usize::MAX);
        self.bytes.get(place(start)..place(end)).unwrap_or(&[])
    }
}

/// An end inside its block.
///
/// # Errors
/// A block of more than four gigabytes.
pub fn narrow(end: u64) -> io::Result<u32> {
    u32::try_from(end).map_err(|_| io::Error::other("the reasons of 65536 cases take more than four gigabytes"))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Debug, Default)]
    struct Elsewhere(Mutex<Vec<u8>>);

    impl Store for Elsewhere {
        fn append(&self, bytes: &[u8]) -> io::Result<()> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(())
        }

        fn read(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
            let all = self.0.lock().unwrap();
            let from = all.get(at as usize..at as usize + into.len());
            into.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
            Ok(())
        }
    }

    #[test]
    fn reasons_are_the_same_in_memory_and_elsewhere() {
        let reasons: [&[u8]; 4] = [b"abc", b"", b"de", b"f"];
        for store in [None, Some(Arc::new(Elsewhere::default()) as Arc<dyn Store>)] {
            let mut all = Explanations::new(store);
            reasons.iter().for_each(|one| all.push(one).unwrap());
            assert_eq!(all.len(), 4);
            for (case, one) in reasons.iter().enumerate() {
                assert_eq!(*all.get(case).unwrap(), **one);
            }
            assert!(all.get(4).unwrap().is_empty());
            let run = all.run(1, 2).unwrap();
            assert_eq!((run.get(1), run.get(2)), (&b""[..], &b"de"[..]));
        }
    }

    #[test]
    fn blocks_have_their_own_base() {
        let mut all = Explanations::default();
        let ends: Vec<u32> = (1..=BLOCK as u32).collect();
        all.push_block(&ends, &vec![b'x'; BLOCK]).unwrap();
        all.push_block(&[2, 3], b"abc").unwrap();
        assert_eq!(*all.get(BLOCK - 1).unwrap(), *b"x");
        assert_eq!((&*all.get(BLOCK).unwrap(), &*all.get(BLOCK + 1).unwrap()), (&b"ab"[..], &b"c"[..]));
        let run = all.run(BLOCK - 1, BLOCK + 1).unwrap();
        assert_eq!((run.get(BLOCK - 1), run.get(BLOCK)), (&b"x"[..], &b"ab"[..]));
    }

    #[test]
    fn a_block_of_more_than_four_gigabytes_is_refused() {
        let error = narrow(1 << 32).unwrap_err().to_string();
        assert_eq!(error, "the reasons of 65536 cases take more than four gigabytes");
    }
}
