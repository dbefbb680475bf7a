//! Figures and titles as printed.

use yibao_kernel::Decimal;
use yibao_payment::indicator::{Definition, Unit};

use super::Figure;
use crate::page::{Words, decimal, words};

/// A value with its unit: `1.0234`, `12.34%`, `8,734.20`.
pub(crate) fn value(value: Decimal, unit: Unit) -> String {
    let units = i128::from(value.units());
    match unit {
        Unit::Share => format!("{}%", decimal(units, 2)),
        _ => decimal(units, u32::from(value.dp())),
    }
}

/// A figure in a table: its value, `·` where it is hidden, nothing where there is none.
pub(crate) fn printed(figure: &Figure, unit: Unit) -> String {
    match (&figure.measure, figure.shown.is_hidden()) {
        (None, _) => String::new(),
        (Some(_), true) => "·".to_owned(),
        (Some(measure), false) => value(measure.value, unit),
    }
}

/// The title of a definition.
pub(crate) fn definition_title(definition: &Definition) -> Words {
    words(&definition.title.zh, &definition.title.en)
}
