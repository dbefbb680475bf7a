//! Where a value comes from: a named document, a document written in place, or a plain statement that it is invented.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use yibao_kernel::Day;

/// How far a pack or a document can be trusted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// The issuing body's own text.
    Official,
    /// Published data or a statistical release.
    Published,
    /// Told by somebody else than the issuing body.
    Secondary,
    /// Told by somebody else, and not confirmed.
    SecondaryLow,
    /// Computed from other sources.
    Derived,
    /// Invented.
    Fictional,
}

impl Trust {
    /// The word used in packs and files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Published => "published",
            Self::Secondary => "secondary",
            Self::SecondaryLow => "secondary_low",
            Self::Derived => "derived",
            Self::Fictional => "fictional",
        }
    }

    /// Whether every output made with it repeats the "illustrative" mark.
    #[must_use]
    pub const fn illustrative(self) -> bool {
        matches!(self, Self::SecondaryLow | Self::Derived | Self::Fictional)
    }
}

/// A document (`[sources.ID]`, or written in place). Either `document` or `fictional = true` is required; the check
/// of the pack says so with the place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Title or number of the document.
    pub document: Option<String>,
    /// Article, page or table.
    pub article: Option<String>,
    /// The words relied on.
    pub quote: Option<String>,
    /// Day of publication.
    pub published: Option<Day>,
    /// Address.
    pub url: Option<String>,
    /// Remark.
    pub note: Option<String>,
    /// Trust; default that of the pack.
    pub trust: Option<Trust>,
    /// Invented for teaching or tests.
    #[serde(default)]
    pub fictional: bool,
}

impl Document {
    /// Whether it says where the value comes from.
    #[must_use]
    pub fn is_stated(&self) -> bool {
        self.fictional || self.document.as_ref().is_some_and(|document| !document.trim().is_empty())
    }
}

/// The `source` of a value, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceRef {
    /// A document of `[sources]`, with the article of this value.
    Named {
        /// Key in `[sources]`.
        name: String,
        /// Article, page or table.
        article: Option<String>,
        /// The words relied on.
        quote: Option<String>,
        /// Remark on this value (what the document does not say).
        note: Option<String>,
    },
    /// A document written in place.
    Document(Box<Document>),
}

impl SourceRef {
    /// The document meant, with this value's own article, quote and note; `None` when the name is not in `named`.
    #[must_use]
    pub fn resolve<'a>(&self, named: impl Fn(&str) -> Option<&'a Document>) -> Option<Document> {
        match self {
            Self::Document(document) => Some(document.as_ref().clone()),
            Self::Named { name, article, quote, note } => {
                let mut document = named(name)?.clone();
                document.article = article.clone().or(document.article);
                document.quote = quote.clone().or(document.quote);
                document.note = note.clone().or(document.note);
                Some(document)
            }
        }
    }
}

/// Every key a source may have; which of them belong together is decided after reading.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceKeys {
    r#ref: Option<String>,
    document: Option<String>,
    article: Option<String>,
    quote: Option<String>,
    published: Option<Day>,
    url: Option<String>,
    note: Option<String>,
    trust: Option<Trust>,
    #[serde(default)]
    fictional: bool,
}

impl<'de> Deserialize<'de> for SourceRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = SourceRef;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a source: the name of one in [sources], or a table { document = \"…\" } or { fictional = true }",
                )
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<SourceRef, E> {
                Ok(SourceRef::Named { name: name.to_owned(), article: None, quote: None, note: None })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SourceRef, A::Error> {
                SourceKeys::deserialize(MapAccessDeserializer::new(map))?.into_source()
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl SourceKeys {
    fn into_source<E: de::Error>(self) -> Result<SourceRef, E> {
        let Some(name) = self.r#ref else {
            return Ok(SourceRef::Document(Box::new(Document {
                document: self.document,
                article: self.article,
                quote: self.quote,
                published: self.published,
                url: self.url,
                note: self.note,
                trust: self.trust,
                fictional: self.fictional,
            })));
        };
        let own = self.document.is_some() || self.published.is_some() || self.url.is_some() || self.fictional;
        if own || self.trust.is_some() {
            return Err(E::custom(
                "a source with `ref` has only `article`, `quote` and `note` of its own\n  hint: move the other keys to the named source, or take `ref` away",
            ));
        }
        Ok(SourceRef::Named { name, article: self.article, quote: self.quote, note: self.note })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Row {
        source: SourceRef,
    }

    fn read(text: &str) -> Result<SourceRef, String> {
        toml::from_str::<Row>(text).map(|row| row.source).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_source_is_a_name_or_a_document() {
        let named = read("source = \"zj25\"").unwrap();
        assert_eq!(named, SourceRef::Named { name: "zj25".into(), article: None, quote: None, note: None });
        let article = read("source = { ref = \"zj25\", article = \"八\" }").unwrap();
        let zj25 = Document { document: Some("浙医保发".into()), ..Document::default() };
        let resolved = article.resolve(|name| (name == "zj25").then_some(&zj25)).unwrap();
        assert_eq!(resolved.article.as_deref(), Some("八"));
        assert_eq!(resolved.document.as_deref(), Some("浙医保发"));
        assert_eq!(article.resolve(|_| None), None);
        let SourceRef::Document(fictional) = read("source = { fictional = true }").unwrap() else { panic!() };
        assert!(fictional.is_stated());
    }

    #[test]
    fn a_reference_with_a_document_of_its_own_is_refused() {
        let refused = read("source = { ref = \"zj25\", url = \"https://example.org\" }").unwrap_err();
        assert!(
            refused.starts_with("a source with `ref` has only `article`, `quote` and `note` of its own"),
            "{refused}"
        );
        assert!(read("source = { ref = \"zj25\", page = \"8\" }").is_err());
        assert!(!Document { document: Some("  ".into()), ..Document::default() }.is_stated());
    }

    #[test]
    fn invented_and_weak_sources_are_marked() {
        let marked: Vec<_> = [
            Trust::Official,
            Trust::Published,
            Trust::Secondary,
            Trust::SecondaryLow,
            Trust::Derived,
            Trust::Fictional,
        ]
        .into_iter()
        .filter(|trust| trust.illustrative())
        .map(Trust::word)
        .collect();
        assert_eq!(marked, ["secondary_low", "derived", "fictional"]);
    }
}
