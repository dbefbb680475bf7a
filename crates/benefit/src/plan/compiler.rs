//! What compiling a pack needs at hand, and what it leaves: diagnostics, rules, slots.

use yibao_kernel::Day;
use yibao_kernel::explain::{Citation, Rule, RuleBook, RuleId};
use yibao_policy::source::SourceRef;
use yibao_policy::{Diagnostics, Folder, Path, suggest};

use super::dimension::Dims;
use crate::pack::Pack;
use crate::pack::header::Bilingual;
use crate::pack::step::WindowKind;

/// One thing that is counted: its key, its window, the dimensions it is kept apart by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    /// Measure and group: "deductible:outpatient".
    pub key: String,
    /// Window.
    pub window: WindowKind,
    /// Dimensions.
    pub per: Vec<usize>,
    /// A number of visits instead of money.
    pub count: bool,
}

/// A slot as a step uses it.
#[derive(Clone, Debug)]
pub struct SlotRef {
    /// Its number.
    pub slot: u16,
    /// Its window.
    pub window: WindowKind,
    /// Dimensions it is kept apart by.
    pub per: Box<[usize]>,
}

/// Reads a pack for one day of service.
pub struct Compiler<'a> {
    /// The folder, for places.
    pub folder: &'a Folder,
    /// The pack.
    pub pack: &'a Pack,
    /// Dimensions.
    pub dims: Dims,
    /// Day of service.
    pub day: Day,
    /// Day of knowledge.
    pub known: Day,
    /// Slots, shared by all days.
    pub slots: Vec<Slot>,
    /// Rules, shared by all days.
    pub book: RuleBook,
    /// What is wrong.
    pub found: Diagnostics,
}

impl Compiler<'_> {
    /// Reports an error at a path.
    pub fn error(&mut self, path: &Path, message: impl Into<String>, hint: impl Into<String>) {
        let place = self.folder.locate(path);
        self.found.error(message, Some(place), hint);
    }

    /// Reports an error whose text may end in a hint of its own.
    pub fn error_text(&mut self, path: &Path, text: &str) {
        let place = self.folder.locate(path);
        self.found.error_text(text, Some(place), "correct the value");
    }

    /// The number of a thing that is counted.
    pub fn slot(&mut self, path: &Path, key: String, window: WindowKind, per: &[String], count: bool) -> SlotRef {
        let mut dims = Vec::with_capacity(per.len());
        for name in per {
            match self.dims.find(name) {
                Some(dim) if self.dims.0.get(dim).is_some_and(|dim| !dim.is_number()) => dims.push(dim),
                Some(_) => self.error(
                    path,
                    format!("\"{name}\" is a number"),
                    "things are kept apart by words; declare `values`",
                ),
                None => {
                    let hint = suggest::hint(name, self.dims.names());
                    self.error(path, format!("unknown dimension \"{name}\""), hint);
                }
            }
        }
        let slot = Slot { key, window, per: dims.clone(), count };
        let at = match self.slots.iter().position(|known| known.key == slot.key && known.window == window) {
            Some(at) => {
                if self.slots.get(at) != Some(&slot) {
                    self.error(
                        path,
                        format!("\"{}\" is kept apart by different dimensions in two places", slot.key),
                        "state the same `per` everywhere, or give one another group",
                    );
                }
                at
            }
            None => {
                let other = self
                    .slots
                    .iter()
                    .find(|known| known.key == slot.key && !known.count && !count)
                    // A divided bill is told apart by its window.
                    .filter(|known| (known.window == WindowKind::Bill) == (window == WindowKind::Bill))
                    .map(|known| known.window);
                if let Some(other) = other {
                    let words = format!(
                        "\"{}\" is counted over {} and over {}",
                        slot.key,
                        super::window::word(other),
                        super::window::word(window)
                    );
                    self.error(path, words, "one group has one window; give one of them another group");
                }
                self.slots.push(slot);
                self.slots.len() - 1
            }
        };
        let number = u16::try_from(at).unwrap_or_else(|_| {
            self.error(path, "more than 65535 things are counted", "share groups");
            0
        });
        SlotRef { slot: number, window, per: dims.into_boxed_slice() }
    }

    /// A rule of the explanation.
    pub fn rule(&mut self, path: &Path, zh: String, en: String, source: Option<&SourceRef>) -> RuleId {
        let citation = match source {
            Some(source) => {
                let resolved = self.pack.document(source);
                match resolved {
                    Some(document) if document.is_stated() => {
                        let trust = document.trust.unwrap_or(self.pack.benefit.trust);
                        let named = document.document.clone().or(document.note.clone());
                        Some(Citation {
                            document: named.unwrap_or_else(|| "fictional".to_owned()),
                            article: document.article,
                            quote: document.quote,
                            published: document.published,
                            url: document.url,
                            trust: trust.word().to_owned(),
                        })
                    }
                    Some(_) => {
                        self.error(
                            path,
                            "a source that names no document",
                            "state document = \"…\", or fictional = true when the value is invented",
                        );
                        None
                    }
                    None => {
                        let SourceRef::Named { name, .. } = source else { return RuleId(0) };
                        let hint = suggest::hint(name, self.pack.sources.keys().map(String::as_str));
                        self.error(path, format!("unknown source \"{name}\""), hint);
                        None
                    }
                }
            }
            None => None,
        };
        let rule = Rule { id: path.to_string(), zh, en, source: citation };
        match self.book.add(rule) {
            Ok(rule) => rule,
            Err(error) => {
                self.error_text(path, &error.to_string());
                RuleId(0)
            }
        }
    }
}

/// A title, or an id where there is none.
#[must_use]
pub fn titled(title: Option<&Bilingual>, id: &str) -> Bilingual {
    title.cloned().unwrap_or_else(|| Bilingual { zh: id.to_owned(), en: id.to_owned() })
}

/// Words of a pack inside a template: a brace that is meant as such is doubled.
#[must_use]
pub fn escaped(words: &str) -> String {
    words.replace('{', "{{").replace('}', "}}")
}
