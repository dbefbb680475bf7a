//! Money: whole fen in a signed 64-bit integer. One yuan is 100 fen.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::ratio::Ratio;

/// An amount of money in fen. Negative amounts are real (a reversal, a receivable).
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Fen(i64);

/// A sum or product that does not fit its integer. The figures are wrong, not merely large: the
/// limits lie far beyond a country's yearly health spending.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
#[error("{operation} does not fit\n  hint: look for an amount with misplaced digits")]
pub struct Overflow {
    /// The operation that did not fit, as a noun phrase ("sum of amounts").
    pub operation: &'static str,
}

/// Why a text is not an amount in yuan. The text itself is not repeated: a shifted column may hold
/// something personal.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
pub enum MoneyError {
    /// No digits at all.
    #[error("amount is empty\n  hint: write yuan with at most two decimals, like 1300.00")]
    Empty,
    /// A byte that is not part of an amount.
    #[error(
        "amount has an unexpected character at position {position}\n  hint: write yuan with at most two decimals, like 1300.00; no spaces, no exponent, no currency sign"
    )]
    Character {
        /// Position in the text, counted in bytes from 1.
        position: usize,
    },
    /// A digit other than zero after the second decimal.
    #[error("amount has a fraction of a fen\n  hint: at most two decimals; further digits must be zeros")]
    FractionOfFen,
    /// Beyond [`Fen::MAX_ABS`].
    #[error("amount is larger than 10000000000000.00 yuan\n  hint: check the unit of the column")]
    TooLarge,
    /// Thousands separators that do not stand before groups of three digits.
    #[error("amount has a misplaced thousands separator at position {position}\n  hint: write 6,771.90 or 6771.90")]
    Grouping {
        /// Position in the text, counted in bytes from 1.
        position: usize,
    },
}

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The largest absolute amount a text may state, in fen: ten trillion yuan.
    pub const MAX_ABS: i64 = 1_000_000_000_000_000;

    /// An amount of `fen` fen.
    #[must_use]
    pub const fn new(fen: i64) -> Self {
        Self(fen)
    }

    /// The amount as a number of fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Reads yuan: an optional minus, digits, optionally a point and decimals (`-123`, `123.4`,
    /// `123.45`, `123.4500`). Decimals after the second must be zeros.
    ///
    /// # Errors
    /// [`MoneyError`]; spaces, separators, a plus sign and exponents are refused.
    pub fn parse_yuan(text: &[u8]) -> Result<Self, MoneyError> {
        parse(text, false)
    }

    /// As [`Fen::parse_yuan`], and also allows thousands separators (`6,771.90`) where they belong.
    ///
    /// # Errors
    /// [`MoneyError`].
    pub fn parse_yuan_grouped(text: &[u8]) -> Result<Self, MoneyError> {
        parse(text, true)
    }

    /// The sum.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_add(other.0).map(Self).ok_or(Overflow { operation: "sum of amounts" })
    }

    /// The difference.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn checked_sub(self, other: Self) -> Result<Self, Overflow> {
        self.0.checked_sub(other.0).map(Self).ok_or(Overflow { operation: "difference of amounts" })
    }

    /// The amount with the opposite sign.
    ///
    /// # Errors
    /// [`Overflow`] for the one amount without an opposite, `i64::MIN` fen.
    pub fn checked_neg(self) -> Result<Self, Overflow> {
        self.0.checked_neg().map(Self).ok_or(Overflow { operation: "negated amount" })
    }

    /// The amount without its sign.
    ///
    /// # Errors
    /// [`Overflow`] for `i64::MIN` fen.
    pub fn abs(self) -> Result<Self, Overflow> {
        self.0.checked_abs().map(Self).ok_or(Overflow { operation: "absolute amount" })
    }

    /// Whether the amount is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether the amount is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The number of fen as an exact ratio (one fen is 1).
    #[must_use]
    pub const fn ratio(self) -> Ratio {
        Ratio::from_int(self.0)
    }
}

/// The sum of amounts, exact in between: only the result has to fit.
///
/// # Errors
/// [`Overflow`] when the result does not fit.
pub fn sum(amounts: impl IntoIterator<Item = Fen>) -> Result<Fen, Overflow> {
    // 2^64 amounts of the widest kind stay within 128 bits, so this addition cannot overflow.
    let total: i128 = amounts.into_iter().map(|amount| i128::from(amount.0)).sum();
    i64::try_from(total).map(Fen).map_err(|_| Overflow { operation: "sum of amounts" })
}

fn parse(text: &[u8], grouped: bool) -> Result<Fen, MoneyError> {
    let (negative, body) = match text {
        [b'-', body @ ..] => (true, body),
        body => (false, body),
    };
    let offset = usize::from(negative) + 1;
    let whole_length = body.iter().position(|byte| *byte == b'.').unwrap_or(body.len());
    let (whole, rest) = body.split_at(whole_length);
    if whole.is_empty() {
        return Err(if rest.is_empty() { MoneyError::Empty } else { MoneyError::Character { position: offset } });
    }
    let yuan = parse_whole(whole, offset, grouped)?;
    let mut fen = yuan.checked_mul(100).ok_or(MoneyError::TooLarge)?;
    if let [_, decimals @ ..] = rest {
        let start = offset + whole_length + 1;
        if decimals.is_empty() {
            return Err(MoneyError::Character { position: start - 1 });
        }
        let mut scale = 10;
        for (position, byte) in (start..).zip(decimals) {
            let digit = digit(*byte).ok_or(MoneyError::Character { position })?;
            if scale == 0 && digit != 0 {
                return Err(MoneyError::FractionOfFen);
            }
            fen += digit * scale;
            scale /= 10;
        }
    }
    if fen > Fen::MAX_ABS {
        return Err(MoneyError::TooLarge);
    }
    Ok(Fen(if negative { -fen } else { fen }))
}

/// The digits before the point, at most [`Fen::MAX_ABS`].
fn parse_whole(whole: &[u8], offset: usize, grouped: bool) -> Result<i64, MoneyError> {
    let has_groups = grouped && whole.contains(&b',');
    let mut yuan = 0_i64;
    for (index, byte) in whole.iter().enumerate() {
        let left = whole.len() - index;
        if has_groups && left.is_multiple_of(4) {
            // In "1,234,567" every fourth place from the right is a separator, the first never is.
            if *byte != b',' || index == 0 {
                return Err(MoneyError::Grouping { position: offset + index });
            }
            continue;
        }
        if has_groups && *byte == b',' {
            return Err(MoneyError::Grouping { position: offset + index });
        }
        let digit = digit(*byte).ok_or(MoneyError::Character { position: offset + index })?;
        yuan = yuan * 10 + digit;
        if yuan > Fen::MAX_ABS {
            return Err(MoneyError::TooLarge);
        }
    }
    Ok(yuan)
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

/// Yuan with two decimals, `-12.30`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

impl Serialize for Fen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Yuan;
        impl Visitor<'_> for Yuan {
            type Value = Fen;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an amount in yuan in quotes, like \"1300.00\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Fen, E> {
                Fen::parse_yuan(text.as_bytes()).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Yuan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn yuan(text: &str) -> Result<Fen, MoneyError> {
        Fen::parse_yuan(text.as_bytes())
    }

    #[test]
    fn amounts_as_bills_write_them() {
        for (text, fen) in [
            ("0", 0),
            ("-123", -12_300),
            ("123.4", 12_340),
            ("123.45", 12_345),
            ("123.4500", 12_345),
            ("-0.01", -1),
            ("007.10", 710),
            ("10000000000000", Fen::MAX_ABS),
        ] {
            assert_eq!(yuan(text), Ok(Fen::new(fen)), "{text}");
        }
        assert_eq!(Fen::parse_yuan_grouped(b"6,771.90"), Ok(Fen::new(677_190)));
        assert_eq!(Fen::parse_yuan_grouped(b"-1,234,567"), Ok(Fen::new(-123_456_700)));
        assert_eq!(Fen::parse_yuan_grouped(b"6771.9"), Ok(Fen::new(677_190)));
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        let character = |position| Err(MoneyError::Character { position });
        assert_eq!(yuan(""), Err(MoneyError::Empty));
        assert_eq!(yuan("-"), Err(MoneyError::Empty));
        assert_eq!(yuan("."), character(1));
        assert_eq!(yuan(".5"), character(1));
        assert_eq!(yuan("-.5"), character(2));
        assert_eq!(yuan("5."), character(2));
        assert_eq!(yuan("+5"), character(1));
        assert_eq!(yuan(" 5"), character(1));
        assert_eq!(yuan("1e3"), character(2));
        assert_eq!(yuan("--5"), character(2));
        assert_eq!(yuan("1.2.3"), character(4));
        assert_eq!(yuan("6,771.90"), character(2));
        assert_eq!(yuan("1.005"), Err(MoneyError::FractionOfFen));
        assert_eq!(yuan("10000000000000.01"), Err(MoneyError::TooLarge));
        assert_eq!(yuan("99999999999999999999999999"), Err(MoneyError::TooLarge));
        for text in ["67,71.90", ",771", "6,771,", "1234,567", "6,,771"] {
            let error = Fen::parse_yuan_grouped(text.as_bytes());
            assert!(matches!(error, Err(MoneyError::Grouping { .. })), "{text}: {error:?}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_do_and_repeats_no_data() {
        assert_eq!(
            yuan("12x").unwrap_err().to_string(),
            "amount has an unexpected character at position 3\n  hint: write yuan with at most two decimals, like 1300.00; no spaces, no exponent, no currency sign"
        );
        let error = serde_json::from_str::<Fen>("1300").unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid type: integer `1300`, expected an amount in yuan in quotes, like \"1300.00\" at line 1 column 4"
        );
    }

    #[test]
    fn sums_need_only_the_result_to_fit() {
        let most = Fen::new(i64::MAX);
        assert_eq!(sum([most, most, Fen::new(-i64::MAX)]), Ok(most));
        assert_eq!(sum([most, Fen::new(1)]), Err(Overflow { operation: "sum of amounts" }));
        assert!(most.checked_add(Fen::new(1)).is_err());
        assert!(Fen::new(i64::MIN).checked_neg().is_err());
        assert!(Fen::new(i64::MIN).abs().is_err());
    }

    proptest! {
        #[test]
        fn printed_amounts_read_back(fen in -Fen::MAX_ABS..=Fen::MAX_ABS) {
            let amount = Fen::new(fen);
            prop_assert_eq!(yuan(&amount.to_string()), Ok(amount));
            let json = serde_json::to_string(&amount).unwrap();
            prop_assert_eq!(serde_json::from_str::<Fen>(&json).unwrap(), amount);
        }

        #[test]
        fn any_bytes_are_answered(text in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = Fen::parse_yuan(&text);
            let _ = Fen::parse_yuan_grouped(&text);
        }
    }
}
