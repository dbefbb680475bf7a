//! Conditions on facts: every key must hold; `not` and `any` nest.

use yibao_policy::node::{Node, Value};
use yibao_policy::{Path, suggest};

use super::compiler::Compiler;
use super::dimension::{Dims, Facts, MISSING};

/// Yes, no, or a dimension that is not stated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Truth {
    /// Holds.
    Yes,
    /// Does not hold.
    No,
    /// Depends on this dimension, which is not stated.
    Unknown(usize),
}

/// One test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Test {
    /// One of these words.
    Words(usize, Box<[bool]>),
    /// From the first number to the last, both included.
    Range(usize, i64, i64),
    /// The condition does not hold.
    Not(When),
    /// One of the conditions holds.
    Any(Vec<When>),
}

/// All tests must hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct When(pub Vec<Test>);

impl When {
    /// Whether the facts satisfy it. What is decided stays decided whatever is missing.
    #[must_use]
    pub fn test(&self, facts: &Facts) -> Truth {
        let mut truth = Truth::Yes;
        for test in &self.0 {
            match test.test(facts) {
                Truth::Yes => {}
                Truth::No => return Truth::No,
                unknown @ Truth::Unknown(_) => truth = unknown,
            }
        }
        truth
    }

    /// Every dimension it reads, with the numbers where its answer may change.
    pub fn reads(&self, found: &mut impl FnMut(usize, Option<(i64, i64)>)) {
        for test in &self.0 {
            match test {
                Test::Words(dim, _) => found(*dim, None),
                Test::Range(dim, from, to) => found(*dim, Some((*from, to.saturating_add(1)))),
                Test::Not(inner) => inner.reads(found),
                Test::Any(list) => list.iter().for_each(|inner| inner.reads(found)),
            }
        }
    }
}

impl Test {
    #[inline]
    fn test(&self, facts: &Facts) -> Truth {
        let sure = |truth: bool| if truth { Truth::Yes } else { Truth::No };
        let fact = |dim: usize| facts.get(dim).copied().unwrap_or(MISSING);
        match self {
            Self::Words(dim, words) => match fact(*dim) {
                MISSING => Truth::Unknown(*dim),
                at => sure(usize::try_from(at).ok().and_then(|at| words.get(at)).copied().unwrap_or(false)),
            },
            Self::Range(dim, from, to) => match fact(*dim) {
                MISSING => Truth::Unknown(*dim),
                number => sure(*from <= number && number <= *to),
            },
            Self::Not(inner) => match inner.test(facts) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                unknown @ Truth::Unknown(_) => unknown,
            },
            Self::Any(list) => {
                let mut truth = Truth::No;
                for inner in list {
                    match inner.test(facts) {
                        Truth::Yes => return Truth::Yes,
                        Truth::No => {}
                        unknown @ Truth::Unknown(_) => truth = unknown,
                    }
                }
                truth
            }
        }
    }
}

impl Compiler<'_> {
    /// Reads a condition.
    pub(crate) fn when(&mut self, node: Option<&Node>, path: &Path) -> When {
        let Some(node) = node else { return When::default() };
        let Value::Table(entries) = &node.value else {
            self.error(path, "a condition is a table", "write { level = \"tertiary\", age = { from = 70 } }");
            return When::default();
        };
        let tests = entries.iter().filter_map(|(key, value)| self.test(key, value, &path.key(key)));
        When(tests.collect())
    }

    /// One key of a condition or of a row.
    pub(super) fn test(&mut self, key: &str, value: &Node, path: &Path) -> Option<Test> {
        match key {
            "not" => return Some(Test::Not(self.when(Some(value), path))),
            "any" => {
                let Value::List(list) = &value.value else {
                    self.error(path, "`any` is a list of conditions", "write any = [{ … }, { … }]");
                    return None;
                };
                return Some(Test::Any(
                    list.iter().enumerate().map(|(at, one)| self.when(Some(one), &path.at(at))).collect(),
                ));
            }
            _ => {}
        }
        let Some(dim) = self.dims.find(key) else {
            let hint = suggest::hint(key, self.dims.names());
            self.error(path, format!("unknown dimension \"{key}\""), hint);
            return None;
        };
        let number = self.dims.0.get(dim).is_some_and(super::dimension::Dim::is_number);
        if number { self.range(dim, value, path) } else { self.words(dim, value, path) }
    }

    fn words(&mut self, dim: usize, value: &Node, path: &Path) -> Option<Test> {
        let texts: Vec<&str> = match &value.value {
            Value::Text(text) => vec![text],
            Value::List(list) => list.iter().filter_map(Node::text).collect(),
            _ => Vec::new(),
        };
        let known = self.dims.0.get(dim)?.clone();
        if texts.is_empty() {
            self.error(path, format!("no word of \"{}\"", known.name), "write one word, or a list of words, in quotes");
            return None;
        }
        let mut words = vec![false; known.values.len()];
        for text in texts {
            match known.values.iter().position(|value| value == text) {
                Some(at) => words.iter_mut().skip(at).take(1).for_each(|word| *word = true),
                None => {
                    let hint = suggest::hint(text, known.values.iter().map(String::as_str));
                    self.error(path, format!("unknown word \"{text}\" of \"{}\"", known.name), hint);
                }
            }
        }
        Some(Test::Words(dim, words.into_boxed_slice()))
    }

    fn range(&mut self, dim: usize, value: &Node, path: &Path) -> Option<Test> {
        let whole = |node: &Node| match node.value {
            Value::Integer(number) => Some(number),
            _ => None,
        };
        let range = match &value.value {
            Value::Integer(number) => Some((*number, *number)),
            Value::Table(entries) => {
                let known = |key: &String| matches!(key.as_str(), "from" | "upto" | "below");
                let right = entries.iter().all(|(key, node)| known(key) && whole(node).is_some());
                let get = |key: &str| value.get(key).and_then(whole);
                let upto = get("upto").or(get("below").map(|below| below.saturating_sub(1)));
                let twice = get("upto").is_some() && get("below").is_some();
                (right && !twice && !entries.is_empty())
                    .then(|| (get("from").unwrap_or(0), upto.unwrap_or(i64::MAX - 1)))
            }
            _ => None,
        };
        match range {
            Some((from, to)) if from <= to => Some(Test::Range(dim, from, to)),
            _ => {
                self.error(
                    path,
                    "not a range of whole numbers",
                    "write 2, { from = 70 }, { below = 6 } or { from = 50, upto = 59 }",
                );
                None
            }
        }
    }
}

/// A fact that is not stated, as a refusal names it.
#[must_use]
pub fn missing_name(dims: &Dims, dim: usize) -> String {
    dims.0.get(dim).map_or_else(String::new, |dim| dim.name.clone())
}
