//! Conditions over cases, resolved: fields to columns, texts to symbols, numbers to the unit of their field.

use std::cmp::Ordering;

use yibao_kernel::Ratio;
use yibao_record::stays::Symbol;

use super::field::FieldRef;
use super::table::{TableId, Tables};

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// All hold; tested in order, the first that fails ends it.
    All(Vec<Condition>),
    /// One holds; tested in order, the first that holds ends it.
    Any(Vec<Condition>),
    /// Does not hold.
    Not(Box<Condition>),
    /// The text is one of these (`is`, `in`); a text not given is none of them. Sorted.
    Text {
        /// Which.
        field: FieldRef,
        /// Among these.
        among: Vec<Symbol>,
    },
    /// The number compares so (in the field's own unit).
    Number {
        /// Which.
        field: FieldRef,
        /// How.
        compare: Compare,
        /// With what.
        with: i64,
    },
    /// `field / over` compares so, exactly, by multiplication.
    Quotient {
        /// Numerator.
        field: FieldRef,
        /// Denominator.
        over: FieldRef,
        /// How.
        compare: Compare,
        /// With what.
        with: Ratio,
    },
    /// The flag is this.
    Truth {
        /// Which.
        field: FieldRef,
        /// Expected.
        is: bool,
    },
    /// The value is given (true) or not (false).
    Present {
        /// Which.
        field: FieldRef,
        /// Expected.
        is: bool,
    },
    /// The table has a row for the case (keyed by the table's own key fields, or by `field` when it has one key).
    InTable {
        /// Which.
        field: FieldRef,
        /// The table.
        table: TableId,
    },
}

/// A comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compare {
    /// Equal.
    Is,
    /// Not equal.
    IsNot,
    /// Less.
    Less,
    /// At most.
    AtMost,
    /// More.
    More,
    /// At least.
    AtLeast,
}

impl Compare {
    /// Whether an ordering satisfies the comparison.
    #[must_use]
    pub const fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Is => ordering.is_eq(),
            Self::IsNot => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::AtMost => ordering.is_le(),
            Self::More => ordering.is_gt(),
            Self::AtLeast => ordering.is_ge(),
        }
    }
}

/// Where a condition reads the values of one case.
pub trait CaseFields {
    /// The interned text of a text field; `Symbol::NONE` when not given.
    fn text(&self, field: FieldRef) -> Symbol;
    /// The number of any other field, in its unit (truth: 0 or 1); `None` when not given or not known yet.
    fn number(&self, field: FieldRef) -> Option<i64>;
}

/// A number that a condition needs is not given, or does not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotGiven(pub FieldRef);

impl Condition {
    /// Whether the condition holds for a case.
    ///
    /// A text that is not given equals nothing. A number that is not given cannot be compared: the case is refused,
    /// unless an earlier `present` test in the same `all` or `any` has decided.
    ///
    /// # Errors
    /// [`NotGiven`] names the field.
    pub fn holds<C: CaseFields + ?Sized>(&self, case: &C, tables: &Tables) -> Result<bool, NotGiven> {
        match self {
            Self::All(parts) => {
                for part in parts {
                    if !part.holds(case, tables)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Any(parts) => {
                for part in parts {
                    if part.holds(case, tables)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Not(part) => part.holds(case, tables).map(|holds| !holds),
            Self::Text { field, among } => {
                let text = case.text(*field);
                Ok(text.is_some() && among.binary_search(&text).is_ok())
            }
            Self::Number { field, compare, with } => {
                let number = case.number(*field).ok_or(NotGiven(*field))?;
                Ok(compare.holds(number.cmp(with)))
            }
            Self::Quotient { field, over, compare, with } => quotient(case, *field, *over, *compare, *with),
            Self::Truth { field, is } => Ok((case.number(*field).ok_or(NotGiven(*field))? != 0) == *is),
            Self::Present { field, is } => Ok(given(case, *field) == *is),
            Self::InTable { field, table } => Ok(in_table(case, *field, *table, tables)),
        }
    }
}

fn given<C: CaseFields + ?Sized>(case: &C, field: FieldRef) -> bool {
    match field.unit() {
        super::field::Unit::Text => case.text(field).is_some(),
        _ => case.number(field).is_some(),
    }
}

/// `field / over` against `with`, as `field × den` against `with.num × over`; a denominator that is not positive has no
/// quotient.
fn quotient<C: CaseFields + ?Sized>(
    case: &C,
    field: FieldRef,
    over: FieldRef,
    compare: Compare,
    with: Ratio,
) -> Result<bool, NotGiven> {
    let number = case.number(field).ok_or(NotGiven(field))?;
    let denominator = case.number(over).filter(|value| *value > 0).ok_or(NotGiven(over))?;
    let left = i128::from(number).checked_mul(with.den()).ok_or(NotGiven(field))?;
    let right = with.num().checked_mul(i128::from(denominator)).ok_or(NotGiven(over))?;
    Ok(compare.holds(left.cmp(&right)))
}

fn in_table<C: CaseFields + ?Sized>(case: &C, field: FieldRef, table: TableId, tables: &Tables) -> bool {
    let Some(table) = tables.get(table) else { return false };
    let Some(discharge) = case.number(FieldRef::Discharge).and_then(|day| i32::try_from(day).ok()) else {
        return false;
    };
    let Some(rows) = table.on_day_number(discharge) else { return false };
    match table.key.as_slice() {
        [_] => rows.get(&[case.text(field)]).is_some(),
        key => {
            let symbols: Vec<Symbol> = key.iter().map(|field| case.text(*field)).collect();
            rows.get(&symbols).is_some()
        }
    }
}
