//! Value tables, ready to be looked up: keys are interned texts, versions are periods of discharge days.

use rustc_hash::FxHashMap;
use yibao_kernel::{Day, Decimal, Fen, Ratio, Window};
use yibao_record::stays::Symbol;

use super::field::FieldRef;
pub use crate::pack::table::Unit;

/// Index of a table in the plan.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TableId(pub u16);

/// What a table holds for a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    /// A published number.
    Decimal(Decimal),
    /// An amount.
    Fen(Fen),
    /// An exact ratio.
    Ratio(Ratio),
    /// The source leaves it open: whoever needs it refuses.
    Open,
    /// Listed, without a value.
    Member,
}

impl Cell {
    /// The value as an exact ratio (an amount in fen); `None` for `Open` and `Member`.
    #[must_use]
    pub fn ratio(self) -> Option<Ratio> {
        match self {
            Self::Decimal(value) => Some(value.ratio()),
            Self::Fen(value) => Some(value.ratio()),
            Self::Ratio(value) => Some(value),
            Self::Open | Self::Member => None,
        }
    }
}

/// A table with its versions. All versions have the same key fields and unit.
#[derive(Clone, Debug)]
pub struct Table {
    /// The name steps use.
    pub name: String,
    /// Unit of the values.
    pub unit: Unit,
    /// Decimal places of published numbers.
    pub dp: u8,
    /// What the key columns are, in order; at most four.
    pub key: Vec<FieldRef>,
    /// Periods of discharge days without overlap, from early to late, each with its rows.
    pub periods: Vec<(Window, Lookup)>,
}

impl Table {
    /// The rows in force for a discharge day; `None` outside all periods.
    #[must_use]
    pub fn on(&self, discharge: Day) -> Option<&Lookup> {
        match self.periods.as_slice() {
            [(window, rows)] => window.contains(discharge).then_some(rows),
            periods => periods.iter().find(|(window, _)| window.contains(discharge)).map(|(_, rows)| rows),
        }
    }

    /// The rows in force for a day given as a number of days since 1970-01-01.
    #[must_use]
    pub fn on_day_number(&self, discharge: i32) -> Option<&Lookup> {
        self.on(Day::from_days(discharge).ok()?)
    }

    /// The cell for the key texts on a discharge day.
    #[must_use]
    pub fn get(&self, discharge: Day, key: &[Symbol]) -> Option<Cell> {
        self.on(discharge)?.get(key)
    }
}

/// The tables of a plan.
#[derive(Clone, Debug, Default)]
pub struct Tables(pub Vec<Table>);

impl Tables {
    /// A table of this plan.
    #[must_use]
    pub fn get(&self, id: TableId) -> Option<&Table> {
        self.0.get(usize::from(id.0))
    }
}

/// The most key columns a table may have.
pub const KEYS_MAX: usize = 4;

/// The rows of one version.
#[derive(Clone, Debug, Default)]
pub struct Lookup {
    cells: Vec<Cell>,
    lines: Vec<u32>,
    keys: Keys,
}

/// Key to the index of its cell.
#[derive(Clone, Debug)]
enum Keys {
    /// One key column, symbols close together: index + 1 by symbol, 0 for none.
    Dense(Vec<u32>),
    /// Any other.
    Hashed(FxHashMap<u128, u32>),
}

impl Default for Keys {
    fn default() -> Self {
        Self::Dense(Vec::new())
    }
}

/// A key that stands twice: the lines of both rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DuplicateKey {
    /// Line (or 1-based place in the list) of the first.
    pub first: u32,
    /// Of the second.
    pub second: u32,
}

fn packed(key: &[Symbol]) -> u128 {
    key.iter().fold(0, |packed, symbol| (packed << 32) | u128::from(symbol.0))
}

impl Lookup {
    /// Rows of (key, cell, line). At most [`KEYS_MAX`] keys a row, the same number in all.
    ///
    /// # Errors
    /// Keys that stand twice; the first of each pair is kept.
    pub fn new(rows: &[(Vec<Symbol>, Cell, u32)]) -> (Self, Vec<DuplicateKey>) {
        let mut hashed: FxHashMap<u128, u32> = FxHashMap::default();
        let mut duplicates = Vec::new();
        let mut lookup = Self::default();
        for (key, cell, line) in rows {
            let index = u32::try_from(lookup.cells.len()).unwrap_or(u32::MAX);
            match hashed.entry(packed(key)) {
                std::collections::hash_map::Entry::Occupied(first) => {
                    let first = lookup.lines.get(*first.get() as usize).copied().unwrap_or(0);
                    duplicates.push(DuplicateKey { first, second: *line });
                }
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(index);
                    lookup.cells.push(*cell);
                    lookup.lines.push(*line);
                }
            }
        }
        lookup.keys = dense(rows, &hashed).map_or(Keys::Hashed(hashed), Keys::Dense);
        (lookup, duplicates)
    }

    /// The cell of a key.
    #[must_use]
    pub fn get(&self, key: &[Symbol]) -> Option<Cell> {
        let index = match (&self.keys, key) {
            (Keys::Dense(index), [symbol]) => index.get(symbol.index()?)?.checked_sub(1)?,
            (Keys::Dense(_), _) => return None,
            (Keys::Hashed(index), key) => *index.get(&packed(key))?,
        };
        self.cells.get(index as usize).copied()
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The line (or 1-based place in the list) of a cell.
    #[must_use]
    pub fn line(&self, at: usize) -> Option<u32> {
        self.lines.get(at).copied()
    }

    /// All cells, in row order.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }
}

/// The dense form, when there is one key column and its symbols are not spread too thin.
fn dense(rows: &[(Vec<Symbol>, Cell, u32)], hashed: &FxHashMap<u128, u32>) -> Option<Vec<u32>> {
    if rows.iter().any(|(key, _, _)| key.len() != 1) {
        return None;
    }
    let largest = rows.iter().filter_map(|(key, _, _)| key.first()?.index()).max().unwrap_or(0);
    if largest > rows.len().saturating_mul(8).saturating_add(1 << 16) {
        return None;
    }
    let mut index = vec![0; if rows.is_empty() { 0 } else { largest + 1 }];
    for (key, _, _) in rows {
        let cell = hashed.get(&packed(key)).copied().unwrap_or(u32::MAX - 1);
        if let Some(slot) = key.first().and_then(|symbol| index.get_mut(symbol.index()?)) {
            *slot = cell.saturating_add(1);
        }
    }
    Some(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(key: &[u32], line: u32) -> (Vec<Symbol>, Cell, u32) {
        (key.iter().map(|id| Symbol(*id)).collect(), Cell::Member, line)
    }

    #[test]
    fn one_key_and_several_keys_are_found() {
        let (one, duplicates) = Lookup::new(&[member(&[3], 2), member(&[5], 3)]);
        assert_eq!(duplicates, []);
        assert_eq!(one.get(&[Symbol(3)]), Some(Cell::Member));
        assert_eq!(one.get(&[Symbol(4)]), None);
        assert_eq!(one.get(&[Symbol::NONE]), None);
        let (two, _) = Lookup::new(&[member(&[3, 1], 2), member(&[1, 3], 3)]);
        assert_eq!(two.get(&[Symbol(1), Symbol(3)]), Some(Cell::Member));
        assert_eq!(two.get(&[Symbol(3), Symbol(3)]), None);
        let (spread, _) = Lookup::new(&[member(&[9_000_000], 2)]);
        assert_eq!(spread.get(&[Symbol(9_000_000)]), Some(Cell::Member));
        assert_eq!(Lookup::default().get(&[Symbol(0)]), None);
    }

    #[test]
    fn a_key_that_stands_twice_names_both_lines() {
        let (_, duplicates) = Lookup::new(&[member(&[3], 2), member(&[4], 3), member(&[3], 9)]);
        assert_eq!(duplicates, [DuplicateKey { first: 2, second: 9 }]);
    }
}
