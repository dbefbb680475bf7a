//! A value a source may leave open.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{I64Deserializer, StrDeserializer};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};
use thiserror::Error;

/// A value, or the word `open`: the source does not state it, so whatever needs it is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stated<T> {
    /// Stated.
    Value(T),
    /// Left open by the source.
    Open,
}

/// An open value was needed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{path} is open: its source does not state it\n  hint: replace \"open\" at {path} by the value and cite where it is stated"
)]
pub struct OpenValue {
    /// Path of the value in the pack.
    pub path: String,
}

impl<T> Stated<T> {
    /// The value.
    ///
    /// # Errors
    /// [`OpenValue`] naming the path where the value belongs.
    pub fn get(&self, path: &str) -> Result<&T, OpenValue> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Open => Err(OpenValue { path: path.to_owned() }),
        }
    }

    /// The value when stated.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Open => None,
        }
    }

    /// Whether the source leaves it open.
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Stated<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Written<T> {
            type Value = Stated<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value in quotes, or \"open\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Stated<T>, E> {
                if text == "open" {
                    return Ok(Stated::Open);
                }
                T::deserialize(StrDeserializer::<E>::new(text)).map(Stated::Value)
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Stated<T>, E> {
                T::deserialize(I64Deserializer::<E>::new(number)).map(Stated::Value)
            }
        }
        deserializer.deserialize_any(Written(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yibao_kernel::Fen;

    #[derive(Debug, Deserialize)]
    struct Row {
        amount: Stated<Fen>,
    }

    #[test]
    fn an_open_value_refuses_where_it_is_needed() {
        let row: Row = toml::from_str("amount = \"1300.00\"").unwrap();
        assert_eq!(row.amount.get("pool[0].amount"), Ok(&Fen::new(130_000)));
        let row: Row = toml::from_str("amount = \"open\"").unwrap();
        assert!(row.amount.is_open());
        assert_eq!(
            row.amount.get("pool[0].amount").unwrap_err().to_string(),
            "pool[0].amount is open: its source does not state it\n  hint: replace \"open\" at pool[0].amount by the value and cite where it is stated"
        );
    }

    #[test]
    fn a_number_without_quotes_is_refused() {
        let error = toml::from_str::<Row>("amount = 1300").unwrap_err();
        assert!(error.message().contains("an amount in yuan in quotes"), "{}", error.message());
    }
}
