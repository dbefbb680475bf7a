//! Columns of `cases.parquet` beside its own: what the pack's indicators are counted from. Never a person.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Decimal128Array};
use arrow::datatypes::{DataType, Field};
use yibao_kernel::Fen;
use yibao_payment::indicator::Spec;
use yibao_payment::plan::Plan;
use yibao_record::stays::{Extra, Stays, Symbols};

/// Prefix of the columns.
pub const PREFIX: &str = "field_";
/// The column that tells deaths.
pub const DIED: &str = "died";

/// One more column.
#[derive(Clone, Debug)]
pub enum ExtraColumn {
    /// Whether the discharge status is one of these.
    Died(Vec<String>),
    /// An extra field: its name, its place among the stays' extras.
    Field(String, usize),
}

impl ExtraColumn {
    /// The columns that the definitions need.
    #[must_use]
    pub fn of(spec: &Spec, plan: &Plan) -> Vec<Self> {
        let died = spec.low_risk.iter().map(|low| ExtraColumn::Died(low.died.clone()));
        let fields = spec.fields().into_iter().filter_map(|name| {
            let at = plan.fields.iter().position(|(field, _)| field == name)?;
            Some(ExtraColumn::Field(name.to_owned(), at))
        });
        died.chain(fields).collect()
    }

    /// Its field.
    #[must_use]
    pub fn field(&self, stays: &Stays) -> Field {
        match self {
            ExtraColumn::Died(_) => Field::new(DIED, DataType::Boolean, false),
            ExtraColumn::Field(name, at) => {
                let amount = matches!(stays.extras.get(*at), Some(Extra::Fen(_)));
                let kind = if amount { DataType::Decimal128(18, 2) } else { DataType::Boolean };
                Field::new(format!("{PREFIX}{name}"), kind, amount)
            }
        }
    }

    /// Its values: amounts as they are, of anything else only whether it was given.
    ///
    /// # Errors
    /// What the format says.
    pub fn values(&self, stays: &Stays, symbols: &Symbols, rows: &[u32]) -> Result<ArrayRef, String> {
        let at = || rows.iter().map(|row| *row as usize);
        let given =
            |of: &dyn Fn(usize) -> bool| -> ArrayRef { Arc::new(BooleanArray::from(at().map(of).collect::<Vec<_>>())) };
        let place = match self {
            ExtraColumn::Died(words) => {
                let dead = |row: usize| {
                    let status = stays.discharge_status.get(row).map_or("", |status| symbols.text(*status));
                    words.iter().any(|word| word == status)
                };
                return Ok(given(&dead));
            }
            ExtraColumn::Field(_, place) => *place,
        };
        Ok(match stays.extras.get(place) {
            Some(Extra::Fen(values)) => {
                let amount = |row: usize| values.get(row).copied().flatten().map(|fen: Fen| i128::from(fen.get()));
                let array: Decimal128Array = at().map(amount).collect();
                Arc::new(array.with_precision_and_scale(18, 2).map_err(|error| error.to_string())?)
            }
            Some(Extra::Int(values) | Extra::Micro(values)) => {
                given(&|row| values.get(row).copied().flatten().is_some_and(|number| number != 0))
            }
            Some(Extra::Symbol(values)) => given(&|row| values.get(row).is_some_and(|symbol| symbol.is_some())),
            None => given(&|_| false),
        })
    }
}
