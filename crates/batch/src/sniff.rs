//! What the first bytes of a file say: its format, its encoding, its delimiter. Refuses what cannot be read as asked.

use std::io::{self, Read};
use std::str::FromStr;

use crate::error::InputError;

/// How the text of a file is encoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    Utf8,
    /// GB 18030, which contains GBK and GB 2312.
    Gbk,
}

impl Encoding {
    /// The name used in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Gbk => "GBK",
        }
    }
}

impl FromStr for Encoding {
    type Err = String;

    fn from_str(text: &str) -> Result<Encoding, String> {
        match text.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(Encoding::Utf8),
            "gbk" | "gb18030" | "gb2312" => Ok(Encoding::Gbk),
            _ => Err(format!("unknown encoding {text:?}; utf-8 and gbk are read")),
        }
    }
}

/// The byte order mark of UTF-8.
pub const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Refuses a file whose first bytes are those of another format than delimited text.
///
/// # Errors
/// UTF-16, UTF-32, Excel workbooks, gzip, Parquet, lines that end in a carriage return alone.
pub fn refuse_other_formats(file: &str, start: &[u8]) -> Result<(), InputError> {
    let format = |found, hint| Err(InputError::Format { file: file.to_owned(), found, expected: "CSV", hint });
    let wide = |encoding| Err(InputError::Wide { file: file.to_owned(), encoding });
    match start {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => return wide("UTF-32"),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => return wide("UTF-16"),
        [b'P', b'K', 3, 4, ..] => {
            return format("an Excel workbook (or another zip file)", "save the sheet as \"CSV UTF-8\"");
        }
        [0xD0, 0xCF, 0x11, 0xE0, ..] => return format("an old Excel workbook", "save the sheet as \"CSV UTF-8\""),
        [0x1F, 0x8B, ..] => return format("gzip", "name it .csv.gz"),
        [b'P', b'A', b'R', b'1', ..] => return format("Parquet", "name it .parquet"),
        _ => {}
    }
    let head = start.get(..start.len().min(256)).unwrap_or_default();
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    if head.len() >= 8 && (zeros(0) * 8 > head.len() * 3 || zeros(1) * 8 > head.len() * 3) {
        return wide("UTF-16");
    }
    let line_feed = memchr::memchr(b'\n', start);
    if line_feed.is_none() && memchr::memchr(b'\r', start.trim_ascii_end()).is_some() {
        return Err(InputError::CarriageReturns { file: file.to_owned() });
    }
    Ok(())
}

/// Refuses a text that is GBK as a whole; single bad rows are left to the rows.
///
/// `start` is the beginning of the file and may end in the middle of a line.
///
/// # Errors
/// [`InputError::Gbk`] when the header, or at least half of the lines, are not UTF-8 and everything decodes as GBK;
/// [`InputError::NotText`] when the header decodes as neither.
pub fn refuse_other_encodings(file: &str, start: &[u8]) -> Result<(), InputError> {
    let whole = match memchr::memrchr(b'\n', start) {
        Some(end) => start.get(..end).unwrap_or_default(),
        None => start,
    };
    if std::str::from_utf8(whole).is_ok() {
        return Ok(());
    }
    let mut lines = 0_u64;
    let mut bad = 0_u64;
    let mut first_bad = 0_u64;
    for line in whole.split(|byte| *byte == b'\n') {
        lines += 1;
        if std::str::from_utf8(line).is_err() {
            bad += 1;
            if first_bad == 0 {
                first_bad = lines;
            }
        }
    }
    let gbk = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(whole).is_some();
    if gbk && (first_bad == 1 || bad * 2 >= lines.saturating_sub(1)) {
        return Err(InputError::Gbk { file: file.to_owned(), line: first_bad });
    }
    if first_bad == 1 {
        return Err(InputError::NotText { file: file.to_owned() });
    }
    Ok(())
}

/// Refuses a header of one column that another delimiter would split.
///
/// # Errors
/// [`InputError::WrongDelimiter`] naming the delimiter found.
pub fn refuse_other_delimiter(file: &str, header: &[u8], delimiter: u8) -> Result<(), InputError> {
    if header.contains(&delimiter) {
        return Ok(());
    }
    let candidates = [b',', b'\t', b';', b'|'];
    let count = |candidate: u8| header.iter().filter(|byte| **byte == candidate).count();
    let Some(found) =
        candidates.into_iter().filter(|candidate| count(*candidate) > 0).max_by_key(|candidate| count(*candidate))
    else {
        return Ok(());
    };
    Err(InputError::WrongDelimiter {
        file: file.to_owned(),
        found: delimiter_name(found),
        expected: delimiter_name(delimiter),
        option: delimiter_option(found),
    })
}

const fn delimiter_name(delimiter: u8) -> &'static str {
    match delimiter {
        b',' => "commas",
        b'\t' => "tabs",
        b';' => "semicolons",
        b'|' => "vertical bars",
        _ => "the delimiter asked for",
    }
}

const fn delimiter_option(delimiter: u8) -> &'static str {
    match delimiter {
        b'\t' => "tab",
        b';' => "\";\"",
        b'|' => "\"|\"",
        _ => "\",\"",
    }
}

/// Turns GB 18030 into UTF-8 while it is read. A byte sequence that is not GB 18030 becomes the byte 0xFF,
/// which no UTF-8 text holds, so that its row is found malformed.
pub struct GbkReader<R> {
    inner: R,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    start: usize,
    ended: bool,
    text: Vec<u8>,
    given: usize,
}

const GBK_CHUNK_BYTES: usize = 64 * 1024;

impl<R: Read> GbkReader<R> {
    /// Wraps a reader of GB 18030 bytes.
    pub fn new(inner: R) -> GbkReader<R> {
        GbkReader {
            inner,
            decoder: encoding_rs::GB18030.new_decoder_without_bom_handling(),
            raw: Vec::new(),
            start: 0,
            ended: false,
            text: Vec::new(),
            given: 0,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        if self.start >= self.raw.len() {
            self.raw.clear();
            self.start = 0;
            let read = (&mut self.inner).take(GBK_CHUNK_BYTES as u64).read_to_end(&mut self.raw)?;
            self.ended = read == 0;
        }
        let rest = self.raw.get(self.start..).unwrap_or_default();
        self.text.resize(rest.len() * 3 + 16, 0);
        let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(rest, &mut self.text, self.ended);
        self.start += read;
        self.text.truncate(written);
        if let encoding_rs::DecoderResult::Malformed(_, _) = result {
            self.text.push(0xFF);
        }
        Ok(())
    }
}

impl<R: Read> Read for GbkReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given >= self.text.len() {
            if self.ended {
                return Ok(0);
            }
            self.fill()?;
        }
        let rest = self.text.get(self.given..).unwrap_or_default();
        let count = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(result: Result<(), InputError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn utf_16_is_refused_with_and_without_a_mark() {
        let expected = "the text is UTF-16\n  --> a.csv:1\n  hint: save the file as \"CSV UTF-8\"";
        assert_eq!(refused(refuse_other_formats("a.csv", b"\xFF\xFEc\0a\0s\0e\0")), expected);
        assert_eq!(refused(refuse_other_formats("a.csv", b"c\0a\0s\0e\0_\0i\0d\0,\0")), expected);
    }

    #[test]
    fn a_workbook_is_named_as_such() {
        assert_eq!(
            refused(refuse_other_formats("a.csv", b"PK\x03\x04rest")),
            "the file is an Excel workbook (or another zip file), not CSV\n  --> a.csv\n  hint: save the sheet as \"CSV UTF-8\""
        );
    }

    #[test]
    fn gbk_is_refused_with_the_option_that_reads_it() {
        let (text, _, _) = encoding_rs::GBK.encode("case_id,机构名称\n1,人民医院\n2,中心医院\n");
        assert_eq!(
            refused(refuse_other_encodings("a.csv", &text)),
            "the text is not UTF-8; it reads as GBK\n  --> a.csv:1\n  hint: pass --encoding gbk (in a pack: [input] encoding), or save the file as UTF-8"
        );
    }

    #[test]
    fn one_bad_row_among_many_is_left_to_the_row() {
        let mut text = b"case_id,name\n".to_vec();
        for _ in 0..10 {
            text.extend_from_slice("1,人民医院\n".as_bytes());
        }
        text.extend_from_slice(b"2,\xD6\xD0\n");
        assert!(refuse_other_encodings("a.csv", &text).is_ok());
    }

    #[test]
    fn semicolons_and_tabs_are_named() {
        assert_eq!(
            refused(refuse_other_delimiter("a.csv", b"case_id;sex;dx", b',')),
            "the columns are separated by semicolons, not by commas\n  --> a.csv:1\n  hint: pass --delimiter \";\" (in a pack: [input] delimiter), or save the file with commas"
        );
        assert_eq!(
            refused(refuse_other_delimiter("a.csv", b"case_id\tsex\tdx", b',')),
            "the columns are separated by tabs, not by commas\n  --> a.csv:1\n  hint: pass --delimiter tab (in a pack: [input] delimiter), or save the file with commas"
        );
    }

    #[test]
    fn gbk_is_read_on_request_and_bad_bytes_stay_bad() {
        let (bytes, _, _) = encoding_rs::GBK.encode("编号,医院\n1,人民医院\n");
        let mut text = String::new();
        GbkReader::new(&bytes[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "编号,医院\n1,人民医院\n");
        let mut out = Vec::new();
        GbkReader::new(&b"a\xFFb\nc\n"[..]).read_to_end(&mut out).unwrap();
        assert_eq!(out, b"a\xFFb\nc\n");
    }
}
