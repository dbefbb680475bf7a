//! Header, years, insurance schemes, districts.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use yibao_kernel::{Day, Window};
pub use yibao_policy::source::{SourceRef, Trust};

use crate::settled::Bilingual;

/// `[pack]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Id of the pack.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// Region.
    pub region: Bilingual,
    /// Trust level of the pack as a whole.
    pub trust: Trust,
    /// Currency code, printed only; default `CNY`.
    pub currency: Option<String>,
    /// Where the pack comes from.
    pub source: SourceRef,
}

/// `[[year]]`: a settled year.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearDeclaration {
    /// The year's number.
    pub year: i32,
    /// First day; default 1 January.
    pub from: Option<Day>,
    /// First day after; default 1 January of the next year.
    pub until: Option<Day>,
    /// Methods in force.
    pub methods: Vec<String>,
    /// Grouping scheme; absent when the stays bring their group.
    pub scheme: Option<SchemeRef>,
    /// DIP catalogue of the feed `stays`; never beside a scheme.
    pub catalogue: Option<SchemeRef>,
    /// Source.
    pub source: SourceRef,
}

impl YearDeclaration {
    /// The days of the year; `None` when they are none.
    #[must_use]
    pub fn window(&self) -> Option<Window> {
        let calendar = Window::year(self.year).ok()?;
        Window::new(self.from.unwrap_or(calendar.from), self.until.or(calendar.until)).ok()
    }
}

/// Where a grouping scheme or a DIP catalogue is.
#[derive(Clone, Debug)]
pub enum SchemeRef {
    /// Path relative to the pack.
    Path(String),
    /// Path in the reference-data folder.
    Reference(SchemeReference),
}

/// `{ reference = "…" , obtain = "…" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeReference {
    /// Path in the reference-data folder.
    pub reference: String,
    /// Where anyone gets it.
    pub obtain: String,
}

impl<'de> Deserialize<'de> for SchemeRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = SchemeRef;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a path relative to the pack in quotes, or { reference = \"…\", obtain = \"…\" }")
            }
            fn visit_str<E: de::Error>(self, path: &str) -> Result<SchemeRef, E> {
                Ok(SchemeRef::Path(path.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SchemeRef, A::Error> {
                SchemeReference::deserialize(MapAccessDeserializer::new(map)).map(SchemeRef::Reference)
            }
        }
        deserializer.deserialize_any(Written)
    }
}

/// `[[insurance]]`, `[[district]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedPart {
    /// Id on the wire.
    pub id: String,
    /// Title.
    pub title: Bilingual,
}
