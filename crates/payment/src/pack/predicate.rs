//! Conditions over cases: a typed tree, checked when the pack is loaded.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use yibao_policy::scalar::Scalar;

/// A condition as written.
#[derive(Clone, Debug)]
pub enum Predicate {
    /// `{ all = […] }`: all hold.
    All(Vec<Predicate>),
    /// `{ any = […] }`: one holds.
    Any(Vec<Predicate>),
    /// `{ not = {…} }`: does not hold.
    Not(Box<Predicate>),
    /// A test of one field.
    Test(Box<Test>),
}

/// `{ field = "los_days", ge = 60 }`: exactly one of the operators. `over` makes it a test of field / over.
#[derive(Clone, Debug, Default)]
pub struct Test {
    /// The field tested.
    pub field: String,
    /// Denominator: the test is `field / over`, exact.
    pub over: Option<String>,
    /// Equal to.
    pub is: Option<Scalar>,
    /// Not equal to.
    pub is_not: Option<Scalar>,
    /// One of.
    pub r#in: Option<Vec<Scalar>>,
    /// A member of a table of kind `list` (or a key of any table).
    pub in_table: Option<String>,
    /// Less than.
    pub lt: Option<Scalar>,
    /// At most.
    pub le: Option<Scalar>,
    /// More than.
    pub gt: Option<Scalar>,
    /// At least.
    pub ge: Option<Scalar>,
    /// Given or not given.
    pub present: Option<bool>,
}

/// Every key a condition may have; which of them belong together is decided after reading.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    all: Option<Vec<Predicate>>,
    any: Option<Vec<Predicate>>,
    not: Option<Box<Predicate>>,
    field: Option<String>,
    over: Option<String>,
    is: Option<Scalar>,
    is_not: Option<Scalar>,
    r#in: Option<Vec<Scalar>>,
    in_table: Option<String>,
    lt: Option<Scalar>,
    le: Option<Scalar>,
    gt: Option<Scalar>,
    ge: Option<Scalar>,
    present: Option<bool>,
}

impl Keys {
    fn operators(&self) -> usize {
        let scalars = [&self.is, &self.is_not, &self.lt, &self.le, &self.gt, &self.ge];
        scalars.iter().filter(|value| value.is_some()).count()
            + usize::from(self.r#in.is_some())
            + usize::from(self.in_table.is_some())
            + usize::from(self.present.is_some())
    }
}

impl<'de> Deserialize<'de> for Predicate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let keys = Keys::deserialize(deserializer)?;
        let parts = [keys.all.is_some(), keys.any.is_some(), keys.not.is_some(), keys.field.is_some()];
        if parts.iter().filter(|part| **part).count() != 1 {
            return Err(D::Error::custom(
                "a condition has exactly one of `field`, `all`, `any`, `not`\n  hint: nest conditions: { all = [ {…}, { not = {…} } ] }",
            ));
        }
        let operators = keys.operators();
        if keys.field.is_some() && operators != 1 {
            return Err(D::Error::custom(format!(
                "a test has exactly one operator, found {operators}\n  hint: use one of is, is_not, in, in_table, lt, le, gt, ge, present; join tests by {{ all = […] }}"
            )));
        }
        if keys.field.is_none() && (operators > 0 || keys.over.is_some()) {
            return Err(D::Error::custom(
                "an operator without a `field`\n  hint: write { field = \"los_days\", ge = 60 }",
            ));
        }
        Ok(match keys {
            Keys { all: Some(parts), .. } => Self::All(parts),
            Keys { any: Some(parts), .. } => Self::Any(parts),
            Keys { not: Some(part), .. } => Self::Not(part),
            keys => Self::Test(Box::new(Test {
                field: keys.field.unwrap_or_default(),
                over: keys.over,
                is: keys.is,
                is_not: keys.is_not,
                r#in: keys.r#in,
                in_table: keys.in_table,
                lt: keys.lt,
                le: keys.le,
                gt: keys.gt,
                ge: keys.ge,
                present: keys.present,
            })),
        })
    }
}
