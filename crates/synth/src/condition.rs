//! The conditions of a scheme, read from their JSON: the closed grammar, nothing else.

use serde_json::Value;

/// Which codes of a case a test looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// The first code.
    First,
    /// Any code.
    Any,
    /// Any code but the first.
    Later,
}

/// A number of the case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Number {
    /// Whole years.
    Age,
    /// Days.
    AgeDays,
    /// Grams.
    Weight,
    /// Days of stay.
    Los,
    /// Hours in intensive care.
    IcuHours,
}

/// How many [`Number`]s there are.
pub const NUMBERS: usize = 5;

/// A condition over a case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// Always, or never.
    Always(bool),
    /// All of them.
    All(Vec<Condition>),
    /// One of them.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A diagnosis is in the set.
    Diagnosis(Look, u32),
    /// A procedure is in the set.
    Procedure(Look, u32),
    /// Some diagnosis starts so.
    Prefix(String),
    /// The diagnoses fall in at least so many body regions.
    Regions(usize),
    /// Some secondary diagnosis is a major complication that the principal one does not exclude.
    Major,
    /// Likewise a complication.
    Minor,
    /// The number is given and lies between the two, both included.
    Between(Number, i32, i32),
    /// The sex, as text.
    Sex(String),
    /// The department, as text.
    Dept(String),
    /// The discharge status is one of these.
    Discharge(Vec<String>),
}

impl Condition {
    /// Reads a condition; `set` gives the number of a named set.
    ///
    /// # Errors
    /// What does not belong to the grammar.
    pub fn read(value: &Value, set: &impl Fn(&str) -> Option<u32>) -> Result<Self, String> {
        let list = value.as_array().ok_or("a condition that is not a list")?;
        let word = list.first().and_then(Value::as_str).ok_or("a condition without a word")?;
        let parts = list.get(1..).unwrap_or_default();
        let text = |at: usize| parts.get(at).and_then(Value::as_str).ok_or_else(|| format!("{word:?} needs a text"));
        let many = || parts.iter().map(|part| Self::read(part, set)).collect::<Result<Vec<_>, _>>();
        let named = |at: usize| {
            let name = text(at)?;
            set(name).ok_or_else(|| format!("unknown set {name:?}"))
        };
        Ok(match word {
            "true" => Self::Always(true),
            "false" => Self::Always(false),
            "and" => Self::All(many()?),
            "or" => Self::Any(many()?),
            "not" => {
                let part = parts.first().ok_or("\"not\" needs a condition")?;
                Self::Not(Box::new(Self::read(part, set)?))
            }
            "pdx" => Self::Diagnosis(Look::First, named(0)?),
            "adx" => Self::Diagnosis(Look::Any, named(0)?),
            "sdx" => Self::Diagnosis(Look::Later, named(0)?),
            "ppx" => Self::Procedure(Look::First, named(0)?),
            "apx" => Self::Procedure(Look::Any, named(0)?),
            "spx" => Self::Procedure(Look::Later, named(0)?),
            "adx_prefix" => Self::Prefix(text(0)?.to_owned()),
            "regions" => {
                let least = parts.get(1).and_then(Value::as_u64).ok_or("\"regions\" needs a number")?;
                Self::Regions(usize::try_from(least).unwrap_or(usize::MAX))
            }
            "mcc" => Self::Major,
            "cc" => Self::Minor,
            "in" => {
                let texts = parts.get(1).and_then(Value::as_array).ok_or("\"in\" needs a list")?;
                let texts = texts.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                match text(0)? {
                    "discharge" => Self::Discharge(texts),
                    other => return Err(format!("unknown field {other:?}")),
                }
            }
            "==" | "<" | "<=" | ">" | ">=" => Self::comparison(word, text(0)?, parts.get(1))?,
            other => return Err(format!("unknown predicate {other:?}")),
        })
    }

    fn comparison(sign: &str, field: &str, value: Option<&Value>) -> Result<Self, String> {
        let number = match field {
            "sex" | "dept" => {
                let text = value.and_then(Value::as_str).ok_or_else(|| format!("{field:?} needs a text"))?;
                if sign != "==" {
                    return Err(format!("{field:?} is compared by \"==\" only"));
                }
                let text = text.to_owned();
                return Ok(if field == "sex" { Self::Sex(text) } else { Self::Dept(text) });
            }
            "age" => Number::Age,
            "age_days" => Number::AgeDays,
            "weight" => Number::Weight,
            "los" => Number::Los,
            "icu_hours" => Number::IcuHours,
            other => return Err(format!("unknown field {other:?}")),
        };
        let value = value
            .and_then(Value::as_i64)
            .and_then(|value| i32::try_from(value).ok())
            .ok_or_else(|| format!("{field:?} needs a whole number"))?;
        let (low, high) = match sign {
            "==" => (value, value),
            "<" => (i32::MIN, value.saturating_sub(1)),
            "<=" => (i32::MIN, value),
            ">" => (value.saturating_add(1), i32::MAX),
            _ => (value, i32::MAX),
        };
        Ok(Self::Between(number, low, high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Condition, String> {
        let value = serde_json::from_str(text).unwrap();
        Condition::read(&value, &|name| (name == "BR1.d").then_some(4))
    }

    #[test]
    fn every_word_is_read() {
        let condition = read(
            r#"["and",["pdx","BR1.d"],["or",["mcc"],["not",["cc"]]],["<","age",18],["==","sex","2"],["in","discharge",["2","5"]],["regions","MDCZ",2]]"#,
        );
        let expected = Condition::All(vec![
            Condition::Diagnosis(Look::First, 4),
            Condition::Any(vec![Condition::Major, Condition::Not(Box::new(Condition::Minor))]),
            Condition::Between(Number::Age, i32::MIN, 17),
            Condition::Sex("2".into()),
            Condition::Discharge(vec!["2".into(), "5".into()]),
            Condition::Regions(2),
        ]);
        assert_eq!(condition, Ok(expected));
    }

    #[test]
    fn what_is_not_in_the_grammar_is_refused() {
        for (text, message) in [
            (r#"["cost","BR1.d"]"#, "unknown predicate \"cost\""),
            (r#"["pdx","ZZ9.d"]"#, "unknown set \"ZZ9.d\""),
            (r#"[">","amount",3]"#, "unknown field \"amount\""),
            (r#"[">","age","three"]"#, "\"age\" needs a whole number"),
            (r#"["<","sex","1"]"#, "\"sex\" is compared by \"==\" only"),
            (r#"["in","dept",["1"]]"#, "unknown field \"dept\""),
            (r#""true""#, "a condition that is not a list"),
            (r#"[]"#, "a condition without a word"),
        ] {
            assert_eq!(read(text), Err(message.to_owned()), "{text}");
        }
    }
}
