//! Delimited text in: a reader that gives blocks of whole records, and the walk over the records of a block.

use std::io::Read;

use yibao_record::validation::Cause;

use crate::csv_record::{BadRecord, Fields, Record, RecordEnd, record_end, without_line_end};
use crate::error::InputError;
use crate::sniff::Encoding;

/// The longest line that is read, in bytes.
pub const LINE_BYTES_MAX: usize = 64 << 20;

/// A reader of delimited text, behind its header.
pub(crate) struct CsvSource {
    pub(crate) file: String,
    pub(crate) reader: Box<dyn Read + Send>,
    /// Bytes read and not yet given.
    pub(crate) carry: Vec<u8>,
    /// Line of the first byte of `carry`.
    pub(crate) line: u64,
    pub(crate) ended: bool,
    pub(crate) delimiter: u8,
    pub(crate) encoding: Encoding,
    pub(crate) columns: usize,
    pub(crate) block_bytes: usize,
}

/// Whole records of delimited text.
pub(crate) struct CsvBlock {
    pub(crate) bytes: Vec<u8>,
    pub(crate) first_line: u64,
    delimiter: u8,
    encoding: Encoding,
    columns: usize,
    quotes: bool,
}

/// Reads until `buffer` holds `bytes` bytes or the input ends; `true` when it ended.
pub(crate) fn read_up_to(reader: &mut dyn Read, buffer: &mut Vec<u8>, bytes: usize) -> std::io::Result<bool> {
    let missing = bytes.saturating_sub(buffer.len());
    buffer.reserve(missing);
    let read = reader.take(missing as u64).read_to_end(buffer)?;
    Ok(read < missing)
}

impl CsvSource {
    pub(crate) fn next_block(&mut self) -> Result<Option<CsvBlock>, InputError> {
        let mut wanted = self.block_bytes;
        loop {
            if !self.ended && self.carry.len() < wanted {
                let io = |source| InputError::Io { file: self.file.clone(), source };
                self.ended = read_up_to(&mut *self.reader, &mut self.carry, wanted).map_err(io)?;
            }
            if self.carry.is_empty() && self.ended {
                return Ok(None);
            }
            let quotes = memchr::memchr(b'"', &self.carry).is_some();
            let end = if quotes { self.quoted_end() } else { self.plain_end() };
            if end > 0 {
                return Ok(Some(self.give(end, quotes)));
            }
            if self.carry.len() >= LINE_BYTES_MAX {
                return Err(InputError::LineTooLong {
                    file: self.file.clone(),
                    line: self.line,
                    bytes_max: LINE_BYTES_MAX,
                });
            }
            wanted = self.carry.len() + self.block_bytes;
        }
    }

    /// Place behind the last whole record when no byte is a quote; 0 when there is none.
    fn plain_end(&self) -> usize {
        if self.ended {
            return self.carry.len();
        }
        memchr::memrchr(b'\n', &self.carry).map_or(0, |found| found + 1)
    }

    fn quoted_end(&self) -> usize {
        let mut at = 0;
        while at < self.carry.len() {
            match record_end(&self.carry, at, self.delimiter, self.ended) {
                RecordEnd::At(end) | RecordEnd::Unclosed(end) => at = end,
                RecordEnd::More => break,
            }
        }
        at
    }

    fn give(&mut self, end: usize, quotes: bool) -> CsvBlock {
        let rest = self.carry.get(end..).unwrap_or_default();
        let mut carry = Vec::with_capacity(self.block_bytes.max(rest.len()));
        carry.extend_from_slice(rest);
        let mut bytes = std::mem::replace(&mut self.carry, carry);
        bytes.truncate(end);
        let first_line = self.line;
        self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        CsvBlock {
            bytes,
            first_line,
            delimiter: self.delimiter,
            encoding: self.encoding,
            columns: self.columns,
            quotes,
        }
    }
}

impl CsvBlock {
    /// Walks over the records in order.
    pub(crate) fn visit(&self, fields: &mut Fields, mut visit: impl FnMut(Result<Record<'_>, BadRecord<'_>>)) {
        let suspect = memchr::memchr(0, &self.bytes).is_some() || std::str::from_utf8(&self.bytes).is_err();
        if self.quotes || suspect {
            self.visit_carefully(fields, suspect, &mut visit);
        } else {
            self.visit_plain(fields, &mut visit);
        }
    }

    /// The way without quotes: 64 bytes at a time, one bit per delimiter or line feed.
    fn visit_plain(&self, fields: &mut Fields, visit: &mut impl FnMut(Result<Record<'_>, BadRecord<'_>>)) {
        let mut line = PlainLine { start: 0, number: self.first_line };
        fields.values.clear();
        fields.bounds.clear();
        fields.bounds.push(0);
        let delimiters = spread(self.delimiter);
        let feeds = spread(b'\n');
        let mut base = 0;
        let (stretches, tail) = self.bytes.as_chunks::<64>();
        for stretch in stretches {
            // one bit per byte of the stretch: a loop per stretch is guessed right more often than a loop per word
            let (mut found, mut found_feeds) = (0_u64, 0_u64);
            for (at, word) in stretch.as_chunks::<8>().0.iter().enumerate() {
                let word = u64::from_le_bytes(*word);
                let feeds_here = equal_bytes(word, feeds);
                found_feeds |= gather(feeds_here) << (at * 8);
                found |= gather(equal_bytes(word, delimiters) | feeds_here) << (at * 8);
            }
            while found != 0 {
                let at = base + found.trailing_zeros() as usize;
                if found & found.wrapping_neg() & found_feeds == 0 {
                    fields.bounds.push(at as u32 + 1);
                } else {
                    self.end_plain_line(&mut line, at, fields, visit);
                }
                found &= found - 1;
            }
            base += 64;
        }
        for (offset, &byte) in tail.iter().enumerate() {
            if byte == self.delimiter {
                fields.bounds.push((base + offset) as u32 + 1);
            } else if byte == b'\n' {
                self.end_plain_line(&mut line, base + offset, fields, visit);
            }
        }
        if line.start < self.bytes.len() {
            self.end_plain_line(&mut line, self.bytes.len(), fields, visit);
        }
    }

    #[inline]
    fn end_plain_line(
        &self,
        line: &mut PlainLine,
        feed: usize,
        fields: &mut Fields,
        visit: &mut impl FnMut(Result<Record<'_>, BadRecord<'_>>),
    ) {
        let mut end = feed;
        if end > line.start && self.bytes.get(end - 1) == Some(&b'\r') {
            end -= 1;
        }
        let number = line.number;
        if end > line.start {
            fields.bounds.push(end as u32 + 1);
            let raw = self.bytes.get(line.start..end).unwrap_or_default();
            let found = fields.bounds.len() - 1;
            if found == self.columns {
                visit(Ok(Record { line: number, bytes: &self.bytes, raw, fields }));
            } else {
                let cause = Cause::FieldCount { found, expected: self.columns };
                visit(Err(BadRecord { line: number, column: None, cause, raw }));
            }
        }
        line.start = feed + 1;
        line.number = number + 1;
        fields.bounds.clear();
        fields.bounds.push(feed as u32 + 1);
    }

    /// The way with quotes, or with bytes that no text holds.
    fn visit_carefully(
        &self,
        fields: &mut Fields,
        suspect: bool,
        visit: &mut impl FnMut(Result<Record<'_>, BadRecord<'_>>),
    ) {
        let mut start = 0;
        let mut line = self.first_line;
        while start < self.bytes.len() {
            let (behind, closed) = match record_end(&self.bytes, start, self.delimiter, true) {
                RecordEnd::At(behind) => (behind, true),
                RecordEnd::Unclosed(behind) => (behind, false),
                RecordEnd::More => (self.bytes.len(), true),
            };
            let whole = self.bytes.get(start..behind).unwrap_or_default();
            let raw = without_line_end(whole);
            if !raw.is_empty() {
                let bad = |column, cause| BadRecord { line, column, cause, raw };
                if closed {
                    fields.split(&self.bytes, start, start + raw.len(), self.delimiter);
                    match self.fault(fields, suspect) {
                        None => visit(Ok(Record { line, bytes: &self.bytes, raw, fields })),
                        Some((column, cause)) => visit(Err(bad(column, cause))),
                    }
                } else {
                    visit(Err(bad(None, Cause::QuoteNeverClosed)));
                }
            }
            line += memchr::memchr_iter(b'\n', whole).count() as u64;
            start = behind;
        }
    }

    fn fault(&self, fields: &Fields, suspect: bool) -> Option<(Option<usize>, Cause)> {
        if suspect {
            for (column, pair) in fields.bounds.windows(2).enumerate() {
                let [start, end] = pair else { continue };
                let field = self.bytes.get(*start as usize..(*end as usize).saturating_sub(1)).unwrap_or_default();
                if std::str::from_utf8(field).is_err() {
                    return Some((Some(column), Cause::InvalidText { encoding: self.encoding.name() }));
                }
                if field.contains(&0) {
                    return Some((Some(column), Cause::Nul));
                }
            }
        }
        let found = fields.bounds.len() - 1;
        (found != self.columns).then_some((None, Cause::FieldCount { found, expected: self.columns }))
    }
}

struct PlainLine {
    start: usize,
    number: u64,
}

/// A byte in each of the eight places.
const fn spread(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The top bit of each byte of `word` that equals that of `pattern`; exact in every place.
#[inline]
const fn equal_bytes(word: u64, pattern: u64) -> u64 {
    const LOW: u64 = spread(0x7F);
    let difference = word ^ pattern;
    !(((difference & LOW) + LOW) | difference | LOW)
}

/// The top bits of the eight bytes, as the low eight bits.
#[inline]
const fn gather(top_bits: u64) -> u64 {
    (top_bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
