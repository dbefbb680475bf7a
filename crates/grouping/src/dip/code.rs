//! Codes as they are compared: without case, at most 16 bytes.

use std::fmt;

/// Longest code, in bytes.
pub const CODE_BYTES_MAX: usize = 16;

/// A diagnosis or procedure code folded to upper case (`47.0100x001` is `47.0100X001`). Codes are ordered as texts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Code(u128);

impl Code {
    /// Folds a text; `None` when it is empty, longer than 16 bytes, or holds a NUL byte.
    #[must_use]
    #[inline]
    pub fn fold(text: &[u8]) -> Option<Self> {
        if text.is_empty() || text.len() > CODE_BYTES_MAX {
            return None;
        }
        let mut bytes = [0_u8; CODE_BYTES_MAX];
        for (slot, byte) in bytes.iter_mut().zip(text) {
            if *byte == 0 {
                return None;
            }
            *slot = byte.to_ascii_uppercase();
        }
        Some(Self(u128::from_be_bytes(bytes)))
    }

    /// Number of bytes.
    #[must_use]
    #[inline]
    pub const fn len(self) -> usize {
        CODE_BYTES_MAX - (self.0.trailing_zeros() / 8) as usize
    }

    /// Whether there is no byte at all (only the default).
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The first `length` bytes; the code itself when it is shorter.
    #[must_use]
    #[inline]
    pub const fn cut(self, length: usize) -> Self {
        if length == 0 {
            return Self(0);
        }
        if length >= CODE_BYTES_MAX {
            return self;
        }
        Self(self.0 & (u128::MAX << ((CODE_BYTES_MAX - length) * 8)))
    }

    /// A number that differs for most codes: one of 64 bits of a sieve.
    #[inline]
    pub(crate) const fn sieve(self) -> u64 {
        let mixed = ((self.0 >> 64) as u64 ^ self.0 as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        1 << (mixed >> 58)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0.to_be_bytes();
        let text = bytes.get(..self.len()).unwrap_or_default();
        f.write_str(&String::from_utf8_lossy(text))
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The codes of a list joined by `|`; empty parts are none.
#[inline]
pub(crate) fn parts(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|byte| *byte == b'|').filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> Code {
        Code::fold(text.as_bytes()).unwrap()
    }

    #[test]
    fn codes_compare_without_case() {
        assert_eq!(code("47.0100x001"), code("47.0100X001"));
        assert_ne!(code("47.0100"), code("47.0101"));
    }

    #[test]
    fn a_payer_code_is_cut_to_the_prefix_of_the_catalogue() {
        assert_eq!(code("K31.700").cut(5), code("K31.7"));
        assert_eq!(code("C56.x00").cut(5), code("C56.X"));
        assert_eq!((code("K31").cut(5), code("K31").len(), code("K31").cut(0).is_empty()), (code("K31"), 3, true));
    }

    #[test]
    fn a_text_that_is_no_code_is_none() {
        assert_eq!(Code::fold(b""), None);
        assert_eq!(Code::fold(b"12345678901234567"), None);
        assert_eq!(code("abcdefghijklmnop").to_string(), "ABCDEFGHIJKLMNOP");
    }

    #[test]
    fn codes_are_ordered_as_texts() {
        assert!(code("A00") < code("A00.0") && code("A09") < code("B00"));
    }
}
