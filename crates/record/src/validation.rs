//! Reading the values of a field from text, and why a value is refused.
//!
//! A value that cannot be read is never a missing value: the row that holds it is malformed.
//! Texts of causes never repeat the value; the raw row stands in the rejects file.

use yibao_kernel::Day;

/// Why a value, or a row, is refused. `Display` is the text of the rejects file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Cause {
    /// The row has more or fewer fields than the header.
    #[error("{found} fields where the header has {expected}")]
    FieldCount {
        /// Fields in the row.
        found: usize,
        /// Fields in the header.
        expected: usize,
    },
    /// The bytes are not UTF-8 (or not of the encoding asked for).
    #[error("not valid {encoding} text")]
    InvalidText {
        /// Name of the encoding.
        encoding: &'static str,
    },
    /// A NUL byte.
    #[error("holds a NUL byte")]
    Nul,
    /// A quoted field does not end.
    #[error("a quote is opened and never closed")]
    QuoteNeverClosed,
    /// A record is longer than any record can be.
    #[error("longer than {bytes_max} bytes")]
    TooLong {
        /// The limit.
        bytes_max: usize,
    },
    /// A value that must be given is empty.
    #[error("empty; it must always be given")]
    Empty,
    /// Not a number at all.
    #[error("not a number")]
    NotANumber,
    /// A number with a fraction where a whole number is needed.
    #[error("not a whole number")]
    NotWhole,
    /// A number outside the range of the field.
    #[error("outside {lowest} to {highest}")]
    OutOfRange {
        /// Smallest value allowed.
        lowest: i32,
        /// Largest value allowed.
        highest: i32,
    },
    /// An identifier or a code turned into scientific notation by a spreadsheet.
    #[error("scientific notation: a spreadsheet has changed it; format the column as text before saving")]
    Scientific,
    /// A code turned into a date by a spreadsheet.
    #[error("a date where a code is expected: a spreadsheet has changed it; format the column as text before saving")]
    DateForCode,
    /// A procedure code that lost its leading zero.
    #[error("a code without its leading zero: a spreadsheet has changed it; format the column as text before saving")]
    LeadingZeroLost,
    /// Codes joined by another character than `|`.
    #[error("codes joined by {found:?}; join them by \"|\"")]
    WrongJoiner {
        /// The character found.
        found: char,
    },
    /// A date that is not `yyyy-mm-dd`.
    #[error("not a date of the form yyyy-mm-dd")]
    NotADate,
    /// A date of the right form that no calendar has.
    #[error("not a day of the calendar")]
    NoSuchDay,
    /// A date written with slashes, dots or Chinese characters.
    #[error("a date in another form than yyyy-mm-dd: a spreadsheet may have changed it")]
    DateForm,
    /// A day number of a spreadsheet.
    #[error("a spreadsheet's day number where a date is expected; format the column as yyyy-mm-dd before saving")]
    DateSerial,
}

/// Reads a whole number; an empty text is no value. Zeros after a decimal point are allowed (`1500.00`), spaces around too.
///
/// # Errors
/// [`Cause::NotANumber`], [`Cause::NotWhole`], [`Cause::OutOfRange`].
#[inline]
pub fn whole(text: &[u8], lowest: i32, highest: i32) -> Result<Option<i32>, Cause> {
    whole_within(text, 0, text.len(), lowest, highest)
}

/// [`whole`] of the text from `start` to `end` of `bytes`; faster where at least eight bytes follow `start`.
///
/// # Errors
/// As [`whole`].
#[inline]
pub fn whole_within(bytes: &[u8], start: usize, end: usize, lowest: i32, highest: i32) -> Result<Option<i32>, Cause> {
    let length = end.saturating_sub(start);
    if length == 0 {
        return Ok(None);
    }
    if length <= 8
        && let Some(window) = bytes.get(start..).and_then(|rest| rest.first_chunk::<8>())
        && let Some(value) = eight_digits(u64::from_le_bytes(*window), length)
    {
        let value = value as i32;
        if value < lowest || value > highest {
            return Err(Cause::OutOfRange { lowest, highest });
        }
        return Ok(Some(value));
    }
    whole_slowly(bytes.get(start..end).unwrap_or_default(), lowest, highest)
}

/// The number that the first `length` bytes (1 to 8, the first in the lowest byte) write in digits, if they do.
/// Three multiplications join pairs, quadruples and all eight digits.
#[inline]
const fn eight_digits(word: u64, length: usize) -> Option<u64> {
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    const HIGH: u64 = 0xF0F0_F0F0_F0F0_F0F0;
    let shift = (8 - length as u32) * 8;
    let digits = (word << shift) | if shift == 0 { 0 } else { ZEROS >> (64 - shift) };
    let all_digits = digits & HIGH == ZEROS && digits.wrapping_add(0x0606_0606_0606_0606) & HIGH == ZEROS;
    if !all_digits {
        return None;
    }
    let pairs = (digits & 0x0F0F_0F0F_0F0F_0F0F).wrapping_mul(2561) >> 8;
    let quadruples = (pairs & 0x00FF_00FF_00FF_00FF).wrapping_mul(6_553_601) >> 16;
    Some((quadruples & 0x0000_FFFF_0000_FFFF).wrapping_mul(42_949_672_960_001) >> 32)
}

#[cold]
fn whole_slowly(text: &[u8], lowest: i32, highest: i32) -> Result<Option<i32>, Cause> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Ok(None);
    }
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, text),
    };
    let (digits, fraction) = match digits.iter().position(|&byte| byte == b'.') {
        Some(point) => (digits.get(..point).unwrap_or_default(), digits.get(point + 1..).unwrap_or_default()),
        None => (digits, &b""[..]),
    };
    if digits.is_empty() || !digits.iter().chain(fraction).all(u8::is_ascii_digit) {
        return Err(Cause::NotANumber);
    }
    if fraction.iter().any(|&byte| byte != b'0') {
        return Err(Cause::NotWhole);
    }
    let mut value: i64 = 0;
    for &byte in digits {
        value = value.saturating_mul(10).saturating_add(i64::from(byte - b'0'));
    }
    if negative {
        value = -value;
    }
    match i32::try_from(value) {
        Ok(value) if value >= lowest && value <= highest => Ok(Some(value)),
        _ => Err(Cause::OutOfRange { lowest, highest }),
    }
}

/// Reads a calendar day `yyyy-mm-dd`, alone or before a time; an empty text is no value.
///
/// # Errors
/// [`Cause::DateForm`] for `2025/3/1`, [`Cause::DateSerial`] for `45717`, else [`Cause::NotADate`].
pub fn date(text: &[u8]) -> Result<Option<Day>, Cause> {
    let text = text.trim_ascii();
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() == 5 && text.iter().all(u8::is_ascii_digit) {
        return Err(Cause::DateSerial);
    }
    let day = match text.get(10) {
        None | Some(b' ' | b'T') => text.get(..text.len().min(10)).unwrap_or_default(),
        Some(_) => text,
    };
    if let Some(day) = std::str::from_utf8(day).ok().and_then(|day| Day::parse(day).ok()) {
        return Ok(Some(day));
    }
    if let [_, _, _, _, b'-', _, _, b'-', _, _] = day {
        return Err(if looks_like_a_date(day) { Cause::NoSuchDay } else { Cause::NotADate });
    }
    if looks_like_a_date(text) {
        return Err(Cause::DateForm);
    }
    Err(Cause::NotADate)
}

/// Whether an identifier was changed by a spreadsheet: `1.23457E+11`.
#[inline]
pub fn mangled_identifier(text: &[u8]) -> Option<Cause> {
    if text.len() < 5 || !text.contains(&b'+') {
        return None;
    }
    scientific(text).then_some(Cause::Scientific)
}

/// Whether a diagnosis code that no table knows was changed by a spreadsheet or joined by a wrong character.
pub fn mangled_diagnosis(code: &[u8]) -> Option<Cause> {
    mangled_code(code)
}

/// Whether a procedure code that no table knows was changed by a spreadsheet or joined by a wrong character.
/// Procedure codes start with two digits and a point; `1.0100` was `01.0100`.
pub fn mangled_procedure(code: &[u8]) -> Option<Cause> {
    if let Some(cause) = mangled_code(code) {
        return Some(cause);
    }
    match code {
        [first, b'.', rest @ ..] if first.is_ascii_digit() && rest.first().is_some_and(u8::is_ascii_digit) => {
            Some(Cause::LeadingZeroLost)
        }
        _ => None,
    }
}

fn mangled_code(code: &[u8]) -> Option<Cause> {
    if scientific(code) {
        return Some(Cause::Scientific);
    }
    if looks_like_a_date(code) {
        return Some(Cause::DateForCode);
    }
    let joined = code.iter().position(|byte| matches!(byte, b';' | b','))?;
    let byte = code.get(joined).copied()?;
    Some(Cause::WrongJoiner { found: char::from(byte) })
}

/// `5E+10`, `1.23457E+11`, `1.2e-05`: digits, an exponent with its sign. (`17.991E0` is a real procedure code.)
fn scientific(text: &[u8]) -> bool {
    let Some(mark) = text.iter().position(|byte| matches!(byte, b'E' | b'e')) else { return false };
    let (Some(mantissa), Some(exponent)) = (text.get(..mark), text.get(mark + 1..)) else { return false };
    let Some((b'+' | b'-', power)) = exponent.split_first() else { return false };
    mantissa.first().is_some_and(u8::is_ascii_digit)
        && mantissa.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        && !power.is_empty()
        && power.iter().all(u8::is_ascii_digit)
}

const MONTHS: [&[u8]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

/// `2-Jan`, `Jan-02`, `2025/3/1`, `3/1/2025`, `2025.3.1`, `1月2日`, `2025年3月1日`.
fn looks_like_a_date(text: &[u8]) -> bool {
    if let Ok(text) = std::str::from_utf8(text)
        && (text.ends_with('日') || text.ends_with('月'))
        && text.starts_with(|first: char| first.is_ascii_digit())
    {
        return true;
    }
    let parts: Vec<&[u8]> = text.split(|byte| matches!(byte, b'-' | b'/' | b'.')).collect();
    let number = |part: &&[u8]| !part.is_empty() && part.len() <= 4 && part.iter().all(u8::is_ascii_digit);
    let month = |part: &&[u8]| MONTHS.iter().any(|name| part.eq_ignore_ascii_case(name));
    match parts.as_slice() {
        [first, second] => (number(first) && month(second)) || (month(first) && number(second)),
        [first, second, third] => {
            let year = first.len() == 4 || third.len() == 4 || third.len() == 2;
            let named = number(first) && month(second) && number(third);
            named || (year && number(first) && number(second) && second.len() <= 2 && number(third))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_may_carry_zeros_after_the_point() {
        assert_eq!(whole(b"58", 0, 150), Ok(Some(58)));
        assert_eq!(whole(b"1500.00", 0, 30_000), Ok(Some(1500)));
        assert_eq!(whole(b" 7 ", 0, 150), Ok(Some(7)));
        assert_eq!(whole(b"", 0, 150), Ok(None));
    }

    #[test]
    fn a_number_is_read_within_other_text() {
        let text = b"x,7,58,21273,12345678,8a,-3,,00000150,zzzzzzzz";
        let mut start = 0;
        let mut read = Vec::new();
        for piece in text.split(|byte| *byte == b',') {
            read.push(whole_within(text, start, start + piece.len(), 0, 99_999_999));
            start += piece.len() + 1;
        }
        let range = Cause::OutOfRange { lowest: 0, highest: 99_999_999 };
        assert_eq!(
            read,
            [
                Err(Cause::NotANumber),
                Ok(Some(7)),
                Ok(Some(58)),
                Ok(Some(21_273)),
                Ok(Some(12_345_678)),
                Err(Cause::NotANumber),
                Err(range),
                Ok(None),
                Ok(Some(150)),
                Err(Cause::NotANumber),
            ]
        );
    }

    #[test]
    fn a_number_that_cannot_be_read_is_refused() {
        assert_eq!(whole(b"abc", 0, 150), Err(Cause::NotANumber));
        assert_eq!(whole(b"NULL", 0, 150), Err(Cause::NotANumber));
        assert_eq!(whole(b"8.5", 0, 150), Err(Cause::NotWhole));
        assert_eq!(whole(b".", 0, 150), Err(Cause::NotANumber));
        assert_eq!(whole(b"-", 0, 150), Err(Cause::NotANumber));
        assert_eq!(whole("８".as_bytes(), 0, 150), Err(Cause::NotANumber));
    }

    #[test]
    fn an_absurd_number_names_the_range() {
        let refused = whole(b"400", 0, 150).map_err(|cause| cause.to_string());
        assert_eq!(refused, Err("outside 0 to 150".to_owned()));
        assert_eq!(whole(b"-3", 0, 36_600), Err(Cause::OutOfRange { lowest: 0, highest: 36_600 }));
        assert_eq!(whole(b"99999999999999999999", 0, 150), Err(Cause::OutOfRange { lowest: 0, highest: 150 }));
    }

    #[test]
    fn a_date_is_read_alone_and_before_a_time() {
        assert_eq!(date(b"2025-03-01"), Ok(Day::parse("2025-03-01").ok()));
        assert_eq!(date(b"2025-03-01 23:59:59"), Ok(Day::parse("2025-03-01").ok()));
        assert_eq!(date(b""), Ok(None));
    }

    #[test]
    fn a_date_changed_by_a_spreadsheet_is_refused() {
        assert_eq!(date(b"2025/3/1"), Err(Cause::DateForm));
        assert_eq!(date("2025年3月1日".as_bytes()), Err(Cause::DateForm));
        assert_eq!(date(b"45717"), Err(Cause::DateSerial));
        assert_eq!(date(b"2025-02-30"), Err(Cause::NoSuchDay));
        assert_eq!(date(b"soon"), Err(Cause::NotADate));
    }

    #[test]
    fn codes_changed_by_a_spreadsheet_are_seen() {
        assert_eq!(mangled_identifier(b"1.23457E+11"), Some(Cause::Scientific));
        assert_eq!(mangled_diagnosis(b"5E+10"), Some(Cause::Scientific));
        assert_eq!(mangled_diagnosis(b"2-Jan"), Some(Cause::DateForCode));
        assert_eq!(mangled_diagnosis("1月2日".as_bytes()), Some(Cause::DateForCode));
        assert_eq!(mangled_procedure(b"1.0100"), Some(Cause::LeadingZeroLost));
        assert_eq!(mangled_procedure(b"37.5100;38.1200"), Some(Cause::WrongJoiner { found: ';' }));
    }

    #[test]
    fn real_codes_are_left_alone() {
        for code in ["A17.000+G01*", "E11.900x003", "S36.813", "M80000/3", "U99.999", ""] {
            assert_eq!(mangled_diagnosis(code.as_bytes()), None, "{code}");
        }
        for code in ["17.991E0", "00.31", "99.9999x999", "45.16", "54.9800.54.9800x001", ""] {
            assert_eq!(mangled_procedure(code.as_bytes()), None, "{code}");
        }
        assert_eq!(mangled_identifier(b"H2025E+"), None);
    }
}
