//! The tree of a pack: what the TOML files say, every value with its file and line.

use std::fmt;

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::path::{Path, Segment};

/// Where a value was written: index of the file in the folder, 1-based line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Position {
    /// Index in the folder's list of files.
    pub file: u16,
    /// 1-based line; 0 when the value was not read from a file.
    pub line: u32,
}

/// A value of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where its key (or list entry) stands.
    pub position: Position,
    /// What it is.
    pub value: Value,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// Whole number.
    Integer(i64),
    /// A number with a point, as written; always refused, with a hint to write it in quotes.
    Float(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A date, as written.
    Date(String),
    /// List.
    List(Vec<Node>),
    /// Table, keys in the order written.
    Table(Vec<(String, Node)>),
    /// A list entry that was wrong and is left out; the paths of the others stay true.
    LeftOut,
}

impl Node {
    /// An empty table.
    #[must_use]
    pub const fn empty() -> Self {
        Self { position: Position { file: 0, line: 0 }, value: Value::Table(Vec::new()) }
    }

    /// The value of a key, when this is a table that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Value::Table(entries) = &self.value else { return None };
        entries.iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The text, when this is text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    fn child(&self, segment: &Segment) -> Option<&Self> {
        match (segment, &self.value) {
            (Segment::Key(key), _) => self.get(key),
            (Segment::At(index), Value::List(entries)) => entries.get(*index),
            _ => None,
        }
    }

    /// The position of the deepest part of the path that exists.
    #[must_use]
    pub fn locate(&self, path: &Path) -> Position {
        let (mut node, mut position) = (self, self.position);
        for segment in &path.0 {
            let Some(child) = node.child(segment) else { break };
            node = child;
            if child.position.line > 0 {
                position = child.position;
            }
        }
        position
    }

    /// Whether the whole path exists.
    #[must_use]
    pub fn has(&self, path: &Path) -> bool {
        path.0.iter().try_fold(self, |node, segment| node.child(segment)).is_some()
    }

    /// Takes the value at a path out of its table or list; `false` when there is none.
    pub fn remove(&mut self, path: &Path) -> bool {
        let Some((last, above)) = path.0.split_last() else { return false };
        let mut node = self;
        for segment in above {
            let child = match (segment, &mut node.value) {
                (Segment::Key(key), Value::Table(entries)) => {
                    entries.iter_mut().find(|(name, _)| name == key).map(|(_, node)| node)
                }
                (Segment::At(index), Value::List(entries)) => entries.get_mut(*index),
                _ => None,
            };
            let Some(child) = child else { return false };
            node = child;
        }
        match (last, &mut node.value) {
            (Segment::Key(key), Value::Table(entries)) => {
                let before = entries.len();
                entries.retain(|(name, _)| name != key);
                entries.len() < before
            }
            (Segment::At(index), Value::List(entries)) => match entries.get_mut(*index) {
                Some(entry) if entry.value != Value::LeftOut => {
                    entry.value = Value::LeftOut;
                    true
                }
                _ => false,
            },
            _ => false,
        }
    }
}

/// Any value, kept as it is: for types whose shape depends on one of their own keys.
impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Anything;
        impl<'de> Visitor<'de> for Anything {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Integer(number))
            }
            fn visit_bool<E: de::Error>(self, truth: bool) -> Result<Value, E> {
                Ok(Value::Boolean(truth))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = list.next_element()? {
                    entries.push(entry);
                }
                Ok(Value::List(entries))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Value::Table(entries))
            }
        }
        let value = deserializer.deserialize_any(Anything)?;
        Ok(Self { position: Position::default(), value })
    }
}
