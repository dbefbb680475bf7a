//! Looking values up, and saying why there is none.

use crate::plan::Engine;
use crate::plan::table::{Band, Cell, CellValue, NoValue, Table};
use crate::plan::when::{Truth, When, missing_name};
use crate::refusal::Refusal;

/// What the value is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Need {
    Line,
    Step,
}

/// Why a table gives no value.
pub(super) fn refuse(engine: &Engine, table: &Table, why: NoValue, need: Need) -> Refusal {
    let what = if need == Need::Line { "the line" } else { "the step" };
    match why {
        NoValue::Missing(dim) => missing(engine, dim),
        NoValue::Hole => Refusal::new(
            "no_value",
            format!("{} has no row for {what}", table.path),
            "add a row to the pack; no value is guessed",
        ),
    }
}

/// A fact that is needed and not stated.
pub(super) fn missing(engine: &Engine, dim: usize) -> Refusal {
    let name = missing_name(&engine.dims, dim);
    Refusal::new(
        "missing_fact",
        format!("\"{name}\" is not stated"),
        format!("state it, or give dimension \"{name}\" a word for `otherwise`"),
    )
}

/// A value its source leaves open.
pub(super) fn open(table: &Table) -> Refusal {
    Refusal::new(
        "open",
        format!("{} is open: its source does not state it", table.path),
        format!("replace \"open\" at {} by the value and cite where it is stated", table.path),
    )
}

/// The cell of the facts.
pub(super) fn cell<'a>(engine: &Engine, table: &'a Table, facts: &[i64]) -> Result<&'a Cell, Refusal> {
    table.find(facts).map_err(|why| refuse(engine, table, why, Need::Step))
}

/// An amount; `i64::MAX` for no limit.
pub(super) fn amount(cell: &Cell, table: &Table) -> Result<i64, Refusal> {
    match &cell.value {
        CellValue::Amount(amount) => Ok(*amount),
        _ => Err(open(table)),
    }
}

/// Bands.
pub(super) fn bands<'a>(cell: &'a Cell, table: &Table) -> Result<&'a [Band], Refusal> {
    match &cell.value {
        CellValue::Bands(bands) => Ok(bands),
        _ => Err(open(table)),
    }
}

/// Whether a condition holds.
pub(super) fn holds(engine: &Engine, when: &When, facts: &[i64]) -> Result<bool, Refusal> {
    match when.test(facts) {
        Truth::Yes => Ok(true),
        Truth::No => Ok(false),
        Truth::Unknown(dim) => Err(missing(engine, dim)),
    }
}
