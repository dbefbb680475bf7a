//! Reading an example and comparing answers with what it expects.

use serde_json::Value;
use yibao_kernel::{Decimal, Fen, Mode, Ratio};

/// One worked example.
pub struct Example {
    pub id: String,
    pub section: String,
    pub inputs: Value,
    pub expected: Value,
}

/// The examples; `None` without reference data, which fails under `CI`.
pub fn load() -> Option<Vec<Example>> {
    let Ok(folder) = std::env::var("YIBAO_DATA") else {
        assert!(std::env::var("CI").is_err(), "CI needs YIBAO_DATA");
        println!("skipped: no reference data");
        return None;
    };
    let path = std::path::Path::new(&folder).join("payment/examples.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let file: Value = serde_json::from_str(&text).unwrap();
    let examples = file["examples"].as_array().unwrap();
    Some(
        examples
            .iter()
            .map(|example| Example {
                id: plain(&example["id"]),
                section: plain(&example["section"]),
                inputs: example["inputs"].clone(),
                expected: example["expected"].clone(),
            })
            .collect(),
    )
}

/// A JSON text or number as text.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub fn ratio_of(value: &Value) -> Ratio {
    Ratio::parse(&plain(value)).unwrap_or_else(|error| panic!("{value}: {error}"))
}

pub fn fen_of(value: &Value) -> Fen {
    Fen::parse_yuan(plain(value).as_bytes()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

impl Example {
    /// Whether the inputs have all these keys.
    pub fn has(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| self.inputs.get(key).is_some())
    }

    pub fn is(&self, prefix: &str) -> bool {
        self.id.starts_with(prefix)
    }

    pub fn ratio(&self, key: &str) -> Ratio {
        ratio_of(&self.inputs[key])
    }

    pub fn fen(&self, key: &str) -> Fen {
        fen_of(&self.inputs[key])
    }

    pub fn int(&self, key: &str) -> i64 {
        i64::try_from(self.ratio(key).round(0, Mode::HalfUp).unwrap()).unwrap()
    }

    pub fn flag(&self, key: &str) -> bool {
        self.inputs[key].as_bool().unwrap()
    }

    pub fn list(&self, key: &str) -> &[Value] {
        self.inputs[key].as_array().unwrap()
    }

    /// The entries of an object, in the order of the file.
    pub fn entries(&self, key: &str) -> Vec<(String, Value)> {
        self.inputs[key].as_object().unwrap().iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

/// What a dispatcher found.
pub enum Answer {
    /// An exact number; compared after half-up rounding to the places of the expected text.
    Exact(Ratio),
    /// A number that was published; compared exactly.
    Published(Ratio),
    Flag(bool),
    Text(String),
    Null,
    List(Vec<Answer>),
    Map(Vec<(String, Answer)>),
}

impl From<Fen> for Answer {
    fn from(amount: Fen) -> Self {
        Answer::Published(amount.ratio().checked_div(Ratio::from_int(100)).unwrap())
    }
}

impl From<Decimal> for Answer {
    fn from(number: Decimal) -> Self {
        Answer::Published(number.ratio())
    }
}

impl From<bool> for Answer {
    fn from(flag: bool) -> Self {
        Answer::Flag(flag)
    }
}

impl From<i64> for Answer {
    fn from(count: i64) -> Self {
        Answer::Published(Ratio::from_int(count))
    }
}

impl From<u64> for Answer {
    fn from(count: u64) -> Self {
        Answer::from(i64::try_from(count).unwrap())
    }
}

impl From<&str> for Answer {
    fn from(text: &str) -> Self {
        Answer::Text(text.to_owned())
    }
}

impl From<String> for Answer {
    fn from(text: String) -> Self {
        Answer::Text(text)
    }
}

impl<T: Into<Answer>> From<Vec<T>> for Answer {
    fn from(list: Vec<T>) -> Self {
        Answer::List(list.into_iter().map(Into::into).collect())
    }
}

/// Answers by name, as an object.
pub fn by_name<T: Into<Answer>>(map: impl IntoIterator<Item = (String, T)>) -> Answer {
    Answer::Map(map.into_iter().map(|(name, value)| (name, value.into())).collect())
}

/// Answers by the expected key.
#[derive(Default)]
pub struct Answers(Vec<(&'static str, Answer)>);

impl Answers {
    pub fn with(mut self, key: &'static str, answer: impl Into<Answer>) -> Self {
        self.0.push((key, answer.into()));
        self
    }

    /// What differs from the expected values; an expected value without an answer differs.
    pub fn differences(&self, example: &Example) -> Vec<String> {
        let mut wrong = Vec::new();
        for (key, expected) in example.expected.as_object().unwrap() {
            match self.0.iter().find(|(name, _)| name == key) {
                None => wrong.push(format!("{}: nobody answers `{key}`", example.id)),
                Some((_, answer)) if agrees(answer, expected) => {}
                Some((_, answer)) => {
                    wrong.push(format!("{}: `{key}` is {}, expected {expected}", example.id, shown(answer)));
                }
            }
        }
        wrong
    }
}

fn agrees(answer: &Answer, expected: &Value) -> bool {
    match answer {
        Answer::Exact(value) => {
            let text = plain(expected);
            let Ok(written) = Decimal::parse_as_written(&text) else { return false };
            value.to_decimal(written.dp(), Mode::HalfUp) == Ok(written)
        }
        Answer::Published(value) => Ratio::parse(&plain(expected)) == Ok(*value),
        Answer::Flag(flag) => expected.as_bool() == Some(*flag),
        Answer::Text(text) => expected.as_str() == Some(text),
        Answer::Null => expected.is_null(),
        Answer::List(list) => expected.as_array().is_some_and(|expected| {
            expected.len() == list.len() && list.iter().zip(expected).all(|(answer, value)| agrees(answer, value))
        }),
        Answer::Map(map) => expected.as_object().is_some_and(|expected| {
            expected.len() == map.len()
                && map.iter().all(|(name, answer)| expected.get(name).is_some_and(|value| agrees(answer, value)))
        }),
    }
}

fn shown(answer: &Answer) -> String {
    match answer {
        Answer::Exact(value) | Answer::Published(value) => value.to_string(),
        Answer::Flag(flag) => flag.to_string(),
        Answer::Text(text) => text.clone(),
        Answer::Null => "null".to_owned(),
        Answer::List(list) => list.iter().map(shown).collect::<Vec<_>>().join(", "),
        Answer::Map(map) => {
            map.iter().map(|(name, answer)| format!("{name}: {}", shown(answer))).collect::<Vec<_>>().join(", ")
        }
    }
}
