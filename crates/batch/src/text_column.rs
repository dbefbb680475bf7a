//! A Parquet column of few distinct texts, encoded directly: a dictionary page, then pages of bit-packed numbers.
//!
//! The general writer looks every text up in a hash table; here the numbers are known before.
//! Format: Apache Parquet, "Encodings", dictionary encoding and the RLE / bit-packing hybrid.

use parquet::basic::{Compression, Encoding};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

/// Values per data page.
const PAGE_VALUES: usize = 1 << 17;

/// The texts of a column: per row a place in a table.
#[derive(Clone, Debug)]
pub(crate) struct TextColumn<'a> {
    /// The texts; `None` is no value.
    pub(crate) table: Vec<Option<&'a str>>,
    /// Per row, a place in the table.
    pub(crate) rows: &'a [u16],
}

/// Encodes a column and appends it to a row group.
pub(crate) fn append<W: std::io::Write + Send>(
    out: &mut SerializedRowGroupWriter<'_, W>,
    description: ColumnDescPtr,
    column: &TextColumn<'_>,
) -> Result<(), ParquetError> {
    let optional = description.max_def_level() > 0;
    let (dictionary, places) = dictionary(&column.table);
    let width = bits_of(dictionary.len().saturating_sub(1));
    let mut sink = TrackedWrite::new(Vec::new());
    let mut pages = SerializedPageWriter::new(&mut sink);
    let (mut compressed, mut plain) = (0, 0);
    let mut write = |page: Page| -> Result<u64, ParquetError> {
        let size = page.buffer().len();
        let written = pages.write_page(CompressedPage::new(page, size))?;
        compressed += written.compressed_size;
        plain += written.uncompressed_size;
        Ok(written.offset)
    };
    let dictionary_offset = write(dictionary_page(&dictionary))?;
    let mut data_offset = None;
    for rows in column.rows.chunks(PAGE_VALUES) {
        let offset = write(data_page(rows, &places, width, optional))?;
        data_offset.get_or_insert(offset);
    }
    let bytes = sink.into_inner()?;
    let metadata = ColumnChunkMetaData::builder(description)
        .set_compression(Compression::UNCOMPRESSED)
        .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY])
        .set_total_compressed_size(compressed as i64)
        .set_total_uncompressed_size(plain as i64)
        .set_num_values(column.rows.len() as i64)
        .set_dictionary_page_offset(Some(dictionary_offset as i64))
        .set_data_page_offset(data_offset.unwrap_or(dictionary_offset) as i64)
        .build()?;
    let close = ColumnCloseResult {
        bytes_written: bytes.len() as u64,
        rows_written: column.rows.len() as u64,
        metadata,
        bloom_filter: None,
        column_index: None,
        offset_index: None,
    };
    // a page is the way to the shared buffer type without naming its crate
    let chunk = Page::DictionaryPage { buf: bytes.into(), num_values: 0, encoding: Encoding::PLAIN, is_sorted: false };
    out.append_column(chunk.buffer(), close)
}

/// The distinct texts, and per place of the table the number of its text (`None` for no value).
fn dictionary<'a>(table: &[Option<&'a str>]) -> (Vec<&'a str>, Vec<Option<u16>>) {
    let mut distinct: Vec<&str> = Vec::new();
    let mut numbers: rustc_hash::FxHashMap<&str, u16> = rustc_hash::FxHashMap::default();
    let mut number = |text: &'a str| {
        *numbers.entry(text).or_insert_with(|| {
            distinct.push(text);
            distinct.len() as u16 - 1
        })
    };
    let places = table.iter().map(|text| text.map(&mut number)).collect();
    (distinct, places)
}

fn dictionary_page(texts: &[&str]) -> Page {
    let mut bytes = Vec::new();
    for text in texts {
        bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    Page::DictionaryPage {
        buf: bytes.into(),
        num_values: texts.len() as u32,
        encoding: Encoding::PLAIN,
        is_sorted: false,
    }
}

fn data_page(rows: &[u16], places: &[Option<u16>], width: u32, optional: bool) -> Page {
    let mut bytes = Vec::with_capacity(rows.len() * width as usize / 8 + 64);
    let text = |row: &u16| places.get(usize::from(*row)).copied().flatten();
    if optional {
        bytes.extend_from_slice(&[0; 4]);
        hybrid(&mut bytes, rows.iter().map(|row| u16::from(text(row).is_some())), 1);
        let levels = (bytes.len() as u32 - 4).to_le_bytes();
        for (to, from) in bytes.iter_mut().zip(levels) {
            *to = from;
        }
    }
    bytes.push(width as u8);
    hybrid(&mut bytes, rows.iter().filter_map(text), width);
    Page::DataPage {
        buf: bytes.into(),
        num_values: rows.len() as u32,
        encoding: Encoding::RLE_DICTIONARY,
        def_level_encoding: Encoding::RLE,
        rep_level_encoding: Encoding::RLE,
        statistics: None,
    }
}

/// Bits that hold a number.
const fn bits_of(number: usize) -> u32 {
    usize::BITS - number.leading_zeros()
}

/// Appends numbers of `width` bits as runs: eight or more equal ones as one run, the others packed in groups of eight.
fn hybrid(to: &mut Vec<u8>, numbers: impl Iterator<Item = u16>, width: u32) {
    let mut runs = Runs { to, width, packed: Vec::new(), groups: 0, repeated: 0, value: 0 };
    let mut group = [0_u16; 8];
    let mut filled = 0;
    for number in numbers {
        if let Some(slot) = group.get_mut(filled) {
            *slot = number;
        }
        filled += 1;
        if filled == 8 {
            runs.group(group);
            filled = 0;
        }
    }
    if filled > 0 {
        runs.tail(group, filled);
    }
    runs.flush_repeated();
    runs.flush_packed();
}

struct Runs<'a> {
    to: &'a mut Vec<u8>,
    width: u32,
    packed: Vec<u8>,
    groups: u64,
    repeated: u64,
    value: u16,
}

impl Runs<'_> {
    #[inline]
    fn group(&mut self, group: [u16; 8]) {
        let [first, ..] = group;
        if group == [first; 8] {
            if self.repeated > 0 && self.value != first {
                self.flush_repeated();
            }
            self.flush_packed();
            self.value = first;
            self.repeated += 8;
        } else {
            self.flush_repeated();
            self.pack(group);
        }
    }

    /// The last group, of fewer than eight: it joins a run of its value, else it is packed with zeros behind.
    fn tail(&mut self, mut group: [u16; 8], filled: usize) {
        let joins = self.repeated > 0 && group.iter().take(filled).all(|number| *number == self.value);
        if joins {
            self.repeated += filled as u64;
            return;
        }
        self.flush_repeated();
        for slot in group.iter_mut().skip(filled) {
            *slot = 0;
        }
        self.pack(group);
    }

    /// Eight numbers of up to 16 bits are `width` bytes.
    #[inline]
    fn pack(&mut self, group: [u16; 8]) {
        let mut bits: u128 = 0;
        for (at, number) in group.into_iter().enumerate() {
            bits |= u128::from(number) << (at as u32 * self.width);
        }
        let bytes = bits.to_le_bytes();
        self.packed.extend_from_slice(bytes.get(..self.width as usize).unwrap_or_default());
        self.groups += 1;
    }

    fn flush_packed(&mut self) {
        if self.groups > 0 {
            varint(self.to, self.groups << 1 | 1);
            self.to.append(&mut self.packed);
            self.groups = 0;
        }
    }

    fn flush_repeated(&mut self) {
        if self.repeated > 0 {
            varint(self.to, self.repeated << 1);
            let bytes = self.value.to_le_bytes();
            self.to.extend_from_slice(bytes.get(..self.width.div_ceil(8) as usize).unwrap_or_default());
            self.repeated = 0;
        }
    }
}

fn varint(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the format's specification: the numbers 0 to 7 in three bits.
    #[test]
    fn eight_numbers_are_packed_from_the_low_bits_on() {
        let mut bytes = Vec::new();
        hybrid(&mut bytes, 0..8, 3);
        assert_eq!(bytes, [0b11, 0b1000_1000, 0b1100_0110, 0b1111_1010]);
    }

    #[test]
    fn equal_numbers_are_one_run() {
        let mut bytes = Vec::new();
        hybrid(&mut bytes, std::iter::repeat_n(5, 100), 3);
        assert_eq!(bytes, [0xC8, 0x01, 5]);
    }

    #[test]
    fn a_column_of_one_text_has_no_bits() {
        let mut bytes = Vec::new();
        hybrid(&mut bytes, std::iter::repeat_n(0, 9), 0);
        assert_eq!(bytes, [18]);
    }

    #[test]
    fn texts_that_repeat_share_a_number() {
        let (texts, places) = dictionary(&[Some("AA1"), None, Some("BB1"), Some("AA1")]);
        assert_eq!(texts, ["AA1", "BB1"]);
        assert_eq!(places, [Some(0), None, Some(1), Some(0)]);
    }
}
