//! How a pack maps foreign columns to ours. The columnar reader applies it; the types stand here because they describe facts.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `[fields.NAME]`: an extra column.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldDeclaration {
    /// What it holds.
    pub kind: FieldKind,
    /// Chinese title.
    pub zh: Option<String>,
    /// English title.
    pub en: Option<String>,
}

/// What an extra column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Yuan in the file, fen in memory.
    Fen,
    /// Whole number.
    Int,
    /// Decimal number, up to six places.
    Ratio,
    /// Text.
    Symbol,
}

/// `[input]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The files, read in order.
    #[serde(default)]
    pub stays: Vec<StayFile>,
    /// `utf-8` (default) or `gbk`.
    pub encoding: Option<String>,
    /// Default: found out.
    pub delimiter: Option<String>,
    /// Rows of the settlement; others are counted as not selected.
    pub select: Option<RowTest>,
    /// Rows refused before anything else.
    #[serde(default)]
    pub refuse: Vec<RefuseRow>,
}

/// A file of stays: exactly one of `file` (relative to the pack), `reference` (in the reference-data folder) and `bills`
/// (made of the pack's bills).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StayFile {
    /// Relative to the pack.
    pub file: Option<String>,
    /// In the reference-data folder.
    pub reference: Option<String>,
    /// What is made of the pack's `[[bills]]`.
    pub bills: Option<MadeOfBills>,
    /// Where anyone gets the file: required for a reference file; for a file of the pack it says how it is made.
    pub obtain: Option<String>,
}

/// Rows that the split of bills makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MadeOfBills {
    /// Stays: the bills of a stay together, with its settlement list.
    Stays,
    /// Visits: every other bill.
    Visits,
}

impl MadeOfBills {
    /// The file they are written to.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Stays => "stays.csv",
            Self::Visits => "visits.csv",
        }
    }
}

/// `[[input.refuse]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefuseRow {
    /// Which rows.
    pub when: RowTest,
    /// Stable code.
    pub code: String,
    /// Why, Chinese.
    pub zh: String,
    /// Why, English.
    pub en: String,
}

/// A test over the columns of the source file.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum RowTest {
    /// All hold.
    All(AllRows),
    /// One holds.
    Any(AnyRows),
    /// Does not hold.
    Not(NotRows),
    /// A test of one column.
    Column(ColumnTest),
}

/// `{ all = […] }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllRows {
    /// The parts.
    pub all: Vec<RowTest>,
}

/// `{ any = […] }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnyRows {
    /// The parts.
    pub any: Vec<RowTest>,
}

/// `{ not = {…} }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotRows {
    /// The part.
    pub not: Box<RowTest>,
}

/// A test of one column: exactly one operator.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ColumnTest {
    /// Column of the source file.
    pub column: String,
    /// Equal to.
    pub is: Option<String>,
    /// Not equal to.
    pub is_not: Option<String>,
    /// One of.
    pub r#in: Option<Vec<String>>,
    /// None of.
    pub not_in: Option<Vec<String>>,
    /// Blank (true) or not (false).
    pub blank: Option<bool>,
    /// Begins with.
    pub starts_with: Option<String>,
    /// A number below zero.
    pub negative: Option<bool>,
}

/// `[columns]`: our field → expression over theirs.
pub type Columns = BTreeMap<String, Expression>;

/// An expression over source columns.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Expression {
    /// A column, as it stands.
    Column(String),
    /// Anything else.
    Compound(Box<Compound>),
}

/// A compound expression: exactly one of `column`, `const`, `row`, `concat`, `sum`, `minus`, `share_of`, `days_between`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Compound {
    /// A column.
    pub column: Option<String>,
    /// Value map for `column`: text → text. A text not in the map is refused unless `otherwise` is given.
    pub map: Option<BTreeMap<String, String>>,
    /// Text for values not in `map`.
    pub otherwise: Option<String>,
    /// Date format of `column`: `yyyy-mm-dd` (default), `yyyymmdd`, `yyyy/m/d`.
    pub date: Option<String>,
    /// Amounts with thousands commas.
    pub grouped: bool,
    /// Amounts whose fraction has more than two digits are rounded half-up to the fen.
    pub round: bool,
    /// A constant text.
    #[serde(rename = "const")]
    pub constant: Option<String>,
    /// This text and the row's number in the source: an id for a public file that has none.
    pub row: Option<String>,
    /// Texts joined.
    pub concat: Option<Vec<Expression>>,
    /// What joins them.
    pub by: Option<String>,
    /// Amounts added (source columns).
    pub sum: Option<Vec<Expression>>,
    /// First less the others (our amount fields `cost`, `fund`, `patient`, or source columns).
    pub minus: Option<Vec<String>>,
    /// One of our amount fields …
    pub share_of: Option<String>,
    /// … times this ratio, half-up to the fen.
    pub ratio: Option<String>,
    /// Days from our first date field to the second.
    pub days_between: Option<Vec<String>>,
    /// Value when both days are the same.
    pub same_day: Option<i32>,
}
