//! The rule book: the wording and the source of every rule, once, beside the cases.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::date::Day;

use super::ExplainError;
use super::render::placeholders;

/// A rule's number: its place in the rule book.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RuleId(pub u16);

/// The language of a wording.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lang {
    /// Chinese, the language of the screen.
    #[default]
    Zh,
    /// English.
    En,
}

/// One kind of step, worded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Names the rule: "drg.soft-band".
    pub id: String,
    /// The Chinese template; `{0}`, `{1}` stand for the step's values.
    pub zh: String,
    /// The English template.
    pub en: String,
    /// Where the rule comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Citation>,
}

impl Rule {
    /// The template in a language.
    #[must_use]
    pub fn template(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// Where a rule or a number comes from.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// The document and its number.
    pub document: String,
    /// The article, as numbered there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub article: Option<String>,
    /// The words themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// When it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<Day>,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How far the source can be trusted, in the pack's own words ("stated", "illustrative").
    #[serde(default)]
    pub trust: String,
}

/// All rules and recurring words that packed explanations refer to by number.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "RuleBookText")]
pub struct RuleBook {
    rules: Vec<Rule>,
    symbols: Vec<String>,
    #[serde(skip)]
    rule_by_id: BTreeMap<String, u16>,
    #[serde(skip)]
    symbol_by_text: BTreeMap<String, u32>,
}

/// A rule book as stored.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleBookText {
    rules: Vec<Rule>,
    #[serde(default)]
    symbols: Vec<String>,
}

impl TryFrom<RuleBookText> for RuleBook {
    type Error = ExplainError;
    fn try_from(text: RuleBookText) -> Result<Self, ExplainError> {
        let mut book = Self::default();
        for rule in text.rules {
            let (before, id) = (book.rules.len(), rule.id.clone());
            book.add(rule)?;
            // A repeated rule would move every later number.
            if book.rules.len() == before {
                return Err(ExplainError::RuleConflict { rule: id });
            }
        }
        for (number, symbol) in (0_u32..).zip(&text.symbols) {
            book.symbol_by_text.entry(symbol.clone()).or_insert(number);
        }
        book.symbols = text.symbols;
        Ok(book)
    }
}

impl RuleBook {
    /// The rules, in the order of their numbers.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The recurring words, in the order of their numbers.
    #[must_use]
    pub fn symbols(&self) -> &[String] {
        &self.symbols
    }

    /// The number of the rule, adding it when its id is new.
    ///
    /// # Errors
    /// [`ExplainError::RuleConflict`] when the id already stands for other words,
    /// [`ExplainError::BadTemplate`], [`ExplainError::TooManyRules`].
    pub fn add(&mut self, rule: Rule) -> Result<RuleId, ExplainError> {
        if let Some(number) = self.rule_by_id.get(&rule.id).copied() {
            if self.rules.get(usize::from(number)) != Some(&rule) {
                return Err(ExplainError::RuleConflict { rule: rule.id });
            }
            return Ok(RuleId(number));
        }
        for lang in [Lang::Zh, Lang::En] {
            if placeholders(rule.template(lang)).is_none() {
                return Err(ExplainError::BadTemplate { rule: rule.id });
            }
        }
        let number = u16::try_from(self.rules.len()).map_err(|_| ExplainError::TooManyRules)?;
        self.rule_by_id.insert(rule.id.clone(), number);
        self.rules.push(rule);
        Ok(RuleId(number))
    }

    /// The rule of an id.
    #[must_use]
    pub fn rule_id(&self, id: &str) -> Option<RuleId> {
        self.rule_by_id.get(id).copied().map(RuleId)
    }

    /// The number of a recurring word, adding it when new.
    pub fn symbol(&mut self, text: &str) -> u32 {
        if let Some(number) = self.symbol_by_text.get(text) {
            return *number;
        }
        let number = u32::try_from(self.symbols.len());
        assert!(number.is_ok(), "fewer than 2^32 recurring words fit in memory");
        let number = number.unwrap_or_default();
        self.symbols.push(text.to_owned());
        self.symbol_by_text.insert(text.to_owned(), number);
        number
    }

    pub(super) fn rule(&self, id: RuleId) -> Result<&Rule, ExplainError> {
        self.rules.get(usize::from(id.0)).ok_or(ExplainError::UnknownRule { rule: id.0 })
    }

    pub(super) fn symbol_text(&self, symbol: u32) -> Result<&str, ExplainError> {
        usize::try_from(symbol)
            .ok()
            .and_then(|index| self.symbols.get(index))
            .map(String::as_str)
            .ok_or(ExplainError::UnknownSymbol { symbol })
    }
}
