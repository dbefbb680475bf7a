//! From the tree of a pack to the types of a box. Errors carry the path of the value, and all of them are found, not
//! only the first: what is wrong is reported, taken out, and reading goes on.

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::node::{Node, Value};
use crate::path::{Path, Segment};

mod error;
pub use error::{DecodeError, Problem};

/// Errors reported for one pack before giving up.
const ERRORS_MAX: usize = 200;

/// Reads a type from a tree, or the first thing wrong.
///
/// # Errors
/// [`DecodeError`] with the path below `node`.
pub fn from_node<T: DeserializeOwned>(node: &Node) -> Result<T, DecodeError> {
    T::deserialize(Reader { node })
}

/// Reads a type from a tree, or everything wrong with it.
///
/// # Errors
/// All that is wrong, in the order found.
pub fn all_from_node<T: DeserializeOwned>(node: &Node) -> Result<T, Vec<DecodeError>> {
    let mut rest = node.clone();
    let mut errors: Vec<DecodeError> = Vec::new();
    let mut removed: Vec<Path> = Vec::new();
    while errors.len() < ERRORS_MAX {
        let error = match from_node::<T>(&rest) {
            Ok(value) if errors.is_empty() => return Ok(value),
            Ok(_) => break,
            Err(error) => error,
        };
        let mut gone = error.whole_path();
        // A key that is missing because its wrong value was taken out is no second error.
        let known = matches!(error.problem, Problem::Missing { .. }) && removed.contains(&gone);
        if matches!(error.problem, Problem::Missing { .. }) {
            gone = error.path.clone();
        }
        if !known {
            errors.push(error);
        }
        if !take_out(&mut rest, gone, &mut removed) {
            break;
        }
    }
    Err(errors)
}

/// Takes out the value at the path, or the nearest one above it that is still there. `false` when nothing is left.
fn take_out(tree: &mut Node, path: Path, removed: &mut Vec<Path>) -> bool {
    let mut path = path;
    loop {
        if tree.remove(&path) {
            removed.push(path);
            return true;
        }
        match path.parent() {
            Some(above) if !above.0.is_empty() => path = above,
            _ => return false,
        }
    }
}

/// A deserializer over one node.
struct Reader<'a> {
    node: &'a Node,
}

impl<'de> IntoDeserializer<'de, DecodeError> for Reader<'_> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.node.value {
            Value::Text(text) | Value::Date(text) => visitor.visit_str(text),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Boolean(truth) => visitor.visit_bool(*truth),
            Value::Float(text) => Err(DecodeError::float(text)),
            Value::List(entries) => visitor.visit_seq(List { entries, next: 0 }),
            Value::Table(entries) => visitor.visit_map(Table { entries, next: 0 }),
            Value::LeftOut => visitor.visit_unit(),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match &self.node.value {
            Value::Text(text) => visitor.visit_enum(StrDeserializer::<DecodeError>::new(text)),
            Value::Table(entries) => {
                visitor.visit_enum(de::value::MapAccessDeserializer::new(Table { entries, next: 0 }))
            }
            Value::Float(text) => Err(DecodeError::float(text)),
            _ => Err(de::Error::custom("expected a word in quotes")),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier
    }
}

struct List<'a> {
    entries: &'a [Node],
    next: usize,
}

impl<'de> SeqAccess<'de> for List<'_> {
    type Error = DecodeError;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DecodeError> {
        let left_out = |node: &&Node| node.value == Value::LeftOut;
        self.next += self.entries.iter().skip(self.next).take_while(left_out).count();
        let Some(node) = self.entries.get(self.next) else { return Ok(None) };
        let index = self.next;
        self.next += 1;
        seed.deserialize(Reader { node }).map(Some).map_err(|error| error.below(Segment::At(index)))
    }
}

struct Table<'a> {
    entries: &'a [(String, Node)],
    next: usize,
}

impl<'de> MapAccess<'de> for Table<'_> {
    type Error = DecodeError;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        let Some((key, _)) = self.entries.get(self.next) else { return Ok(None) };
        seed.deserialize(StrDeserializer::<DecodeError>::new(key)).map(Some)
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DecodeError> {
        let Some((key, node)) = self.entries.get(self.next) else {
            return Err(de::Error::custom("a key without a value"));
        };
        self.next += 1;
        seed.deserialize(Reader { node }).map_err(|error| error.below(Segment::Key(key.clone())))
    }
}

#[cfg(test)]
mod tests;
