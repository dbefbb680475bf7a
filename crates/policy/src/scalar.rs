//! A single written value: text, whole number, or true/false. Dates are kept as text; numbers with a point stand in quotes.

use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use yibao_kernel::Day;

/// A written value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scalar {
    /// Text; also decimal numbers and dates.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Boolean(bool),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Boolean(truth) => write!(f, "{truth}"),
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "text, a whole number, or true/false; a number with a point stands in quotes, like \"0.85\"",
                )
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.to_owned()))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar::Integer(number))
            }
            fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Scalar, E> {
                Ok(Scalar::Boolean(truth))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Scalar, A::Error> {
                // An unquoted date arrives as a map from some readers.
                let day = Day::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Scalar::Text(day.to_string()))
            }
        }
        deserializer.deserialize_any(Written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Row {
        is: Scalar,
    }

    fn read(text: &str) -> Result<Scalar, String> {
        toml::from_str::<Row>(text).map(|row| row.is).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn text_numbers_truths_and_dates() {
        assert_eq!(read("is = \"310\""), Ok(Scalar::Text("310".into())));
        assert_eq!(read("is = 60"), Ok(Scalar::Integer(60)));
        assert_eq!(read("is = true"), Ok(Scalar::Boolean(true)));
        assert_eq!(read("is = 2025-01-01"), Ok(Scalar::Text("2025-01-01".into())));
    }

    #[test]
    fn a_number_with_a_point_stands_in_quotes() {
        assert!(read("is = 0.85").unwrap_err().contains("a number with a point stands in quotes"));
        assert!(read("is = []").is_err());
    }
}
