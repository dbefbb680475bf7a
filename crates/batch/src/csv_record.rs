//! Where records and fields of delimited text begin and end (RFC 4180), and what a bad record is.
//!
//! A quoted field may hold delimiters, line feeds and doubled quotes. After its closing quote stands a delimiter or the
//! end of the line; otherwise the quote counts as never closed, and only the line that opened it is lost.

use yibao_record::validation::Cause;

/// The longest look for a closing quote, in bytes.
pub const QUOTED_BYTES_MAX: usize = 1 << 20;

/// How a record that starts at some place ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecordEnd {
    /// The place behind its line feed (or behind the last byte).
    At(usize),
    /// A quote is never closed; the place behind the line feed of its first line.
    Unclosed(usize),
    /// More bytes are needed to tell.
    More,
}

/// Finds the end of the record that starts at `from`. `last` says that no bytes follow `bytes`.
pub fn record_end(bytes: &[u8], from: usize, delimiter: u8, last: bool) -> RecordEnd {
    let mut at = from;
    loop {
        if bytes.get(at) == Some(&b'"') {
            match quoted_end(bytes, at, delimiter) {
                Quoted::Closed(behind) => at = behind,
                Quoted::Broken => return first_line(bytes, from, last),
                Quoted::Open if last || bytes.len() - at > QUOTED_BYTES_MAX => return first_line(bytes, from, last),
                Quoted::Open => return RecordEnd::More,
            }
            match bytes.get(at) {
                Some(byte) if *byte == delimiter => at += 1,
                Some(b'\r') => at += 1,
                None if !last => return RecordEnd::More,
                _ => {}
            }
            if bytes.get(at) == Some(&b'\n') {
                return RecordEnd::At(at + 1);
            }
            if at >= bytes.len() && last {
                return RecordEnd::At(bytes.len());
            }
            continue;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        match memchr::memchr2(delimiter, b'\n', rest) {
            Some(found) if rest.get(found) == Some(&b'\n') => return RecordEnd::At(at + found + 1),
            Some(found) => at += found + 1,
            None if last => return RecordEnd::At(bytes.len()),
            None => return RecordEnd::More,
        }
    }
}

fn first_line(bytes: &[u8], from: usize, last: bool) -> RecordEnd {
    match memchr::memchr(b'\n', bytes.get(from..).unwrap_or_default()) {
        Some(found) => RecordEnd::Unclosed(from + found + 1),
        None if last => RecordEnd::Unclosed(bytes.len()),
        None => RecordEnd::More,
    }
}

enum Quoted {
    /// The place behind the closing quote.
    Closed(usize),
    /// A closing quote is followed by something else than a delimiter or the end of the line.
    Broken,
    /// No closing quote within the bytes.
    Open,
}

fn quoted_end(bytes: &[u8], quote: usize, delimiter: u8) -> Quoted {
    let mut at = quote + 1;
    loop {
        let Some(found) = memchr::memchr(b'"', bytes.get(at..).unwrap_or_default()) else { return Quoted::Open };
        let behind = at + found + 1;
        match (bytes.get(behind), bytes.get(behind + 1)) {
            (Some(b'"'), _) => at = behind + 1,
            (Some(b'\n') | None, _) | (Some(b'\r'), Some(b'\n') | None) => return Quoted::Closed(behind),
            (Some(byte), _) if *byte == delimiter => return Quoted::Closed(behind),
            _ => return Quoted::Broken,
        }
    }
}

/// The field bounds of one record; scratch that is used again for each record.
#[derive(Default, Debug)]
pub struct Fields {
    /// Start of each field in the record's bytes, and one behind the last field's delimiter.
    pub(crate) bounds: Vec<u32>,
    /// Start and end of each value, in the bytes or in `unescaped`; empty when the record has no quoted field.
    pub(crate) values: Vec<Value>,
    /// Values whose doubled quotes were undone.
    pub(crate) unescaped: Vec<u8>,
}

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) unescaped: bool,
}

/// One good record.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// 1-based line of a text file (the header is line 1), 1-based row of a Parquet file.
    pub line: u64,
    pub(crate) bytes: &'a [u8],
    pub(crate) raw: &'a [u8],
    pub(crate) fields: &'a Fields,
}

impl<'a> Record<'a> {
    /// The value of a column, without quotes; empty when there is no such column.
    #[inline]
    pub fn field(&self, column: usize) -> &'a [u8] {
        if self.fields.values.is_empty() {
            return self.raw_fields(column, column);
        }
        let Some(value) = self.fields.values.get(column) else { return &[] };
        let bytes = if value.unescaped { &self.fields.unescaped } else { self.bytes };
        bytes.get(value.start as usize..value.end as usize).unwrap_or_default()
    }

    /// Where the value of a column stands.
    #[inline]
    pub(crate) fn span(&self, column: usize) -> Span<'a> {
        if self.fields.values.is_empty() {
            let (start, behind) = match (self.fields.bounds.get(column), self.fields.bounds.get(column + 1)) {
                (Some(start), Some(behind)) => (*start as usize, *behind as usize),
                _ => (0, 0),
            };
            return Span { bytes: self.bytes, start, end: behind.saturating_sub(1) };
        }
        let Some(value) = self.fields.values.get(column) else { return Span { bytes: &[], start: 0, end: 0 } };
        let bytes = if value.unescaped { &self.fields.unescaped } else { self.bytes };
        Span { bytes, start: value.start as usize, end: value.end as usize }
    }

    /// Where the value of a column stands; no value without a column.
    #[inline]
    pub(crate) fn optional_span(&self, column: Option<usize>) -> Span<'a> {
        column.map_or(Span { bytes: &[], start: 0, end: 0 }, |column| self.span(column))
    }

    /// The value of a column as text.
    pub fn text(&self, column: usize) -> &'a str {
        std::str::from_utf8(self.field(column)).unwrap_or_default()
    }

    /// The bytes from one column to another (both included) as they stand in the file, quotes and delimiters included.
    #[inline]
    pub fn raw_fields(&self, first: usize, last: usize) -> &'a [u8] {
        match (self.fields.bounds.get(first), self.fields.bounds.get(last + 1)) {
            (Some(start), Some(end)) => {
                self.bytes.get(*start as usize..(*end as usize).saturating_sub(1)).unwrap_or_default()
            }
            _ => &[],
        }
    }

    /// Number of fields.
    pub fn len(&self) -> usize {
        self.fields.bounds.len().saturating_sub(1)
    }

    /// Whether the record has no field.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The record as it stands in the file, without its line end. Empty for Parquet.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }
}

/// A value and the bytes around it, which may be looked at: from `start` to `end` of `bytes`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A record that cannot be taken apart.
#[derive(Clone, Copy, Debug)]
pub struct BadRecord<'a> {
    /// 1-based line (text) or row (Parquet).
    pub line: u64,
    /// The column, where one is to blame.
    pub column: Option<usize>,
    /// Why.
    pub cause: Cause,
    /// The record, or its first line.
    pub raw: &'a [u8],
}

/// Strips the line end.
pub(crate) fn without_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}

impl Fields {
    /// Takes a record from `start` to `end` (without its line end) apart.
    pub(crate) fn split(&mut self, bytes: &[u8], start: usize, end: usize, delimiter: u8) {
        self.bounds.clear();
        self.values.clear();
        self.unescaped.clear();
        let record = bytes.get(..end).unwrap_or_default();
        self.bounds.push(start as u32);
        let mut at = start;
        loop {
            let behind = if record.get(at) == Some(&b'"') {
                self.quoted(record, at, delimiter)
            } else {
                let found = memchr::memchr(delimiter, record.get(at..).unwrap_or_default());
                let behind = found.map_or(end, |found| at + found);
                self.values.push(Value { start: at as u32, end: behind as u32, unescaped: false });
                behind
            };
            self.bounds.push(behind as u32 + 1);
            if behind >= end {
                return;
            }
            at = behind + 1;
        }
    }

    fn quoted(&mut self, record: &[u8], quote: usize, delimiter: u8) -> usize {
        let Quoted::Closed(behind) = quoted_end(record, quote, delimiter) else { return record.len() };
        let inner = record.get(quote + 1..behind - 1).unwrap_or_default();
        if memchr::memchr(b'"', inner).is_none() {
            self.values.push(Value { start: quote as u32 + 1, end: behind as u32 - 1, unescaped: false });
            return behind;
        }
        let start = self.unescaped.len() as u32;
        let mut skip = false;
        for &byte in inner {
            if byte == b'"' && !skip {
                skip = true;
                continue;
            }
            skip = false;
            self.unescaped.push(byte);
        }
        self.values.push(Value { start, end: self.unescaped.len() as u32, unescaped: true });
        behind
    }
}
