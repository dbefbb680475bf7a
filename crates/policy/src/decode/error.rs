//! What can be wrong when a tree is read into a type.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::diagnostics::split_hint;
use crate::path::{Path, Segment};
use crate::suggest;

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A key no reader knows.
    Unknown {
        /// The key.
        key: String,
        /// The keys known there.
        known: Vec<String>,
    },
    /// A required key is not there.
    Missing {
        /// The key.
        key: String,
    },
    /// A value of the wrong kind, or refused by its type.
    Value {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
}

/// What is wrong, and the path of the table or value it is wrong in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// The value (for a key: the table it is in).
    pub path: Path,
    /// What is wrong.
    pub problem: Problem,
}

/// Separates the parts of an error that travels through a foreign error type as text.
const MARK: char = '\u{1}';

impl DecodeError {
    /// The error as seen from one level above.
    #[must_use]
    pub fn below(mut self, segment: Segment) -> Self {
        self.path.0.insert(0, segment);
        self
    }

    /// The path of the value or key that is wrong.
    #[must_use]
    pub fn whole_path(&self) -> Path {
        match &self.problem {
            Problem::Unknown { key, .. } | Problem::Missing { key } => self.path.key(key),
            Problem::Value { .. } => self.path.clone(),
        }
    }

    /// A number with a point, always refused.
    pub(super) fn float(text: &str) -> Self {
        Self::value(
            format!("the number {text} stands without quotes"),
            format!("write it as \"{text}\": numbers with a point stand in quotes, so that they are exact"),
        )
    }

    fn value(message: String, hint: String) -> Self {
        Self { path: Path::default(), problem: Problem::Value { message, hint } }
    }

    /// Hands the error to a reader with another error type, path and all.
    pub fn relay<E: de::Error>(self) -> E {
        let mut text = String::from(MARK);
        for segment in &self.path.0 {
            match segment {
                Segment::Key(key) => text.push_str(&format!("k{key}{MARK}")),
                Segment::At(index) => text.push_str(&format!("i{index}{MARK}")),
            }
        }
        match self.problem {
            Problem::Unknown { key, known } => {
                text.push_str(&format!("U{key}{MARK}{}", known.join(&MARK.to_string())));
            }
            Problem::Missing { key } => text.push_str(&format!("M{key}")),
            Problem::Value { message, hint } => text.push_str(&format!("V{message}{MARK}{hint}")),
        }
        E::custom(text)
    }

    /// Reads what [`DecodeError::relay`] wrote.
    fn relayed(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix(MARK)?.split(MARK);
        let mut path = Path::default();
        loop {
            let part = parts.next()?;
            let (kind, rest) = part.split_at_checked(1)?;
            let rest = rest.to_owned();
            let problem = match kind {
                "k" => {
                    path.0.push(Segment::Key(rest));
                    continue;
                }
                "i" => {
                    path.0.push(Segment::At(rest.parse().ok()?));
                    continue;
                }
                "U" => Problem::Unknown { key: rest, known: parts.map(str::to_owned).collect() },
                "M" => Problem::Missing { key: rest },
                _ => Problem::Value { message: rest, hint: parts.next().unwrap_or_default().to_owned() },
            };
            return Some(Self { path, problem });
        }
    }

    /// The message, without the place.
    #[must_use]
    pub fn message(&self) -> String {
        let inside = if self.path.0.is_empty() { String::new() } else { format!(" in {}", self.path) };
        match &self.problem {
            Problem::Unknown { key, .. } => format!("unknown key \"{key}\"{inside}"),
            Problem::Missing { key } if key == "source" => format!("no source{inside}"),
            Problem::Missing { key } => format!("no key \"{key}\"{inside}"),
            Problem::Value { message, .. } if self.path.0.is_empty() => message.clone(),
            Problem::Value { message, .. } => format!("{}: {message}", self.path),
        }
    }

    /// What to do.
    #[must_use]
    pub fn hint(&self) -> String {
        match &self.problem {
            Problem::Unknown { key, known } => suggest::hint(key, known.iter().map(String::as_str)),
            Problem::Missing { key } if key == "source" => {
                "say where it comes from: source = { document = \"…\", article = \"…\" }, the name of one in [sources], or { fictional = true }".to_owned()
            }
            Problem::Missing { key } => format!("add `{key} = …`"),
            Problem::Value { hint, .. } => hint.clone(),
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  hint: {}", self.message(), self.hint())
    }
}

impl std::error::Error for DecodeError {}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let text = message.to_string();
        if let Some(error) = Self::relayed(&text) {
            return error;
        }
        let (message, hint) = split_hint(&text);
        Self::value(message.to_owned(), hint.unwrap_or("correct the value").to_owned())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = plain(&expected.to_string());
        let quotes = matches!(found, Unexpected::Signed(_)) && expected.contains("quotes");
        let hint = if quotes { "put the number in quotes" } else { "correct the value" };
        Self::value(format!("expected {expected}, found {}", found_words(found)), hint.to_owned())
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::value(format!("unknown word \"{variant}\""), suggest::hint(variant, expected.iter().copied()))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let known = expected.iter().map(|&key| key.to_owned()).collect();
        Self { path: Path::default(), problem: Problem::Unknown { key: field.to_owned(), known } }
    }

    fn missing_field(field: &'static str) -> Self {
        Self { path: Path::default(), problem: Problem::Missing { key: field.to_owned() } }
    }
}

/// The reader's own words for a type in the words of a pack.
fn plain(expected: &str) -> String {
    match expected {
        "a string" | "string" => "text in quotes".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "a table".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "i8" | "i16" | "i32" | "i64" => "a whole number".to_owned(),
        "u8" | "u16" | "u32" | "u64" => "a whole number, not negative".to_owned(),
        other if other.starts_with("struct ") => "a table".to_owned(),
        other => other.to_owned(),
    }
}

fn found_words(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(truth) => format!("{truth}"),
        Unexpected::Signed(number) => format!("the number {number}"),
        Unexpected::Unsigned(number) => format!("the number {number}"),
        Unexpected::Str(text) => format!("the text \"{text}\""),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        other => other.to_string(),
    }
}
