//! Tests over source columns, compiled to column positions.

use yibao_record::mapping::{ColumnTest, RowTest};

use crate::Record;

/// A compiled row test.
pub enum Compiled {
    /// All hold.
    All(Vec<Compiled>),
    /// One holds.
    Any(Vec<Compiled>),
    /// Does not hold.
    Not(Box<Compiled>),
    /// The field is one of the texts.
    In(usize, Vec<Vec<u8>>),
    /// The field is blank.
    Blank(usize),
    /// The field begins with the text.
    StartsWith(usize, Vec<u8>),
    /// The field is a number below zero.
    Negative(usize),
}

impl Compiled {
    /// Compiles a test; the error is a message that names the column or the operator.
    pub fn new(test: &RowTest, column: &dyn Fn(&str) -> Result<usize, String>) -> Result<Self, String> {
        let list =
            |tests: &[RowTest]| tests.iter().map(|one| Compiled::new(one, column)).collect::<Result<Vec<_>, _>>();
        Ok(match test {
            RowTest::All(all) => Compiled::All(list(&all.all)?),
            RowTest::Any(any) => Compiled::Any(list(&any.any)?),
            RowTest::Not(not) => Compiled::Not(Box::new(Compiled::new(&not.not, column)?)),
            RowTest::Column(one) => Compiled::column(one, column(&one.column)?)?,
        })
    }

    fn column(test: &ColumnTest, at: usize) -> Result<Self, String> {
        let texts = |list: &[String]| list.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>();
        let mut found = Vec::new();
        if let Some(text) = &test.is {
            found.push(Compiled::In(at, vec![text.as_bytes().to_vec()]));
        }
        if let Some(text) = &test.is_not {
            found.push(Compiled::Not(Box::new(Compiled::In(at, vec![text.as_bytes().to_vec()]))));
        }
        if let Some(list) = &test.r#in {
            found.push(Compiled::In(at, texts(list)));
        }
        if let Some(list) = &test.not_in {
            found.push(Compiled::Not(Box::new(Compiled::In(at, texts(list)))));
        }
        if let Some(blank) = test.blank {
            let one = Compiled::Blank(at);
            found.push(if blank { one } else { Compiled::Not(Box::new(one)) });
        }
        if let Some(text) = &test.starts_with {
            found.push(Compiled::StartsWith(at, text.as_bytes().to_vec()));
        }
        if let Some(negative) = test.negative {
            let one = Compiled::Negative(at);
            found.push(if negative { one } else { Compiled::Not(Box::new(one)) });
        }
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            _ => Err(format!("the test of column \"{}\" needs exactly one operator", test.column)),
        }
    }

    /// Whether the test holds for a record.
    pub fn holds(&self, record: &Record<'_>) -> bool {
        match self {
            Compiled::All(all) => all.iter().all(|one| one.holds(record)),
            Compiled::Any(any) => any.iter().any(|one| one.holds(record)),
            Compiled::Not(not) => !not.holds(record),
            Compiled::In(at, texts) => {
                let field = record.field(*at);
                texts.iter().any(|text| text == field)
            }
            Compiled::Blank(at) => record.field(*at).iter().all(u8::is_ascii_whitespace),
            Compiled::StartsWith(at, text) => record.field(*at).starts_with(text),
            Compiled::Negative(at) => {
                let field = record.field(*at).trim_ascii();
                field.first() == Some(&b'-') && field.iter().any(|byte| (b'1'..=b'9').contains(byte))
            }
        }
    }
}
