//! Values that depend on dimensions: rows, adjustments, and where they come from.

use schemars::JsonSchema;
use serde::Deserialize;
use yibao_kernel::Day;
use yibao_policy::node::Node;
use yibao_policy::source::SourceRef;

/// `[value.NAME]`, `[index.NAME]`, `[limit.NAME]`: rows, then adjustments.
///
/// A row is a table: its value (`value`, for bands `bands` or `pays`; `times` and `index` for a multiple), its days
/// (`from`, `until`, `known`), `id`, `exception`, `exception_to`, `supersedes`, `source`, `note`; every other key is a
/// dimension.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// The rows.
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Value>")]
    pub rows: Vec<Node>,
    /// Adjustments, in order.
    #[serde(default)]
    pub adjust: Vec<Adjust>,
    /// Source of rows without one.
    #[schemars(with = "Option<serde_json::Value>")]
    pub source: Option<SourceRef>,
}

/// One adjustment of a value: exactly one operation.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adjust {
    /// When it applies; always when absent.
    #[schemars(with = "Option<serde_json::Value>")]
    pub when: Option<Node>,
    /// Multiply.
    pub times: Option<String>,
    /// Add (subtract when negative).
    pub add: Option<String>,
    /// Replace.
    pub set: Option<String>,
    /// Not below.
    pub at_least: Option<String>,
    /// Not above.
    pub at_most: Option<String>,
    /// Not above so many times the row's own value.
    pub at_most_times: Option<String>,
    /// Multiply the person's part of a ratio.
    pub self_times: Option<String>,
    /// Apply once for every whole number of this dimension above `above`.
    pub for_each: Option<String>,
    /// The number from which it is counted; default 0.
    pub above: Option<i64>,
    /// The last number that counts; required with `for_each`.
    pub upto: Option<i64>,
    /// First day.
    #[schemars(with = "Option<String>")]
    pub from: Option<Day>,
    /// First day after.
    #[schemars(with = "Option<String>")]
    pub until: Option<Day>,
    /// Source; default that of the value.
    #[schemars(with = "Option<serde_json::Value>")]
    pub source: Option<SourceRef>,
}

impl Adjust {
    /// The operations stated, by key; one in a pack that is right.
    #[must_use]
    pub fn operations(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("times", &self.times),
            ("add", &self.add),
            ("set", &self.set),
            ("at_least", &self.at_least),
            ("at_most", &self.at_most),
            ("at_most_times", &self.at_most_times),
            ("self_times", &self.self_times),
        ];
        all.into_iter().filter_map(|(key, text)| Some((key, text.as_deref()?))).collect()
    }
}
