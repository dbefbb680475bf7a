//! The cases of a weight run, as columns, and their amounts gathered by group and year.

use std::borrow::Cow;
use std::num::NonZeroUsize;

use yibao_kernel::Fen;
use yibao_record::stays::{Symbol, Symbols};

use super::error::WeighError;
use super::parallel;
use super::plan::WeighPlan;

/// The cases: every column has one entry per case, in any order.
#[derive(Clone, Debug)]
pub struct WeighInput<'a> {
    /// The texts of the groups.
    pub names: &'a Symbols,
    /// Payment group; `Symbol::NONE` = ungrouped: counted, not weighed.
    pub group: Cow<'a, [Symbol]>,
    /// Data year: the calendar year of the discharge.
    pub year: Cow<'a, [i32]>,
    /// The weighed amount (total cost), fen.
    pub amount: Cow<'a, [Fen]>,
    /// One column per fee class, fen, in the order of the plan's classes; empty without the fee-class variant.
    pub classes: Vec<Cow<'a, [Fen]>>,
}

impl WeighInput<'_> {
    /// Number of cases.
    pub fn len(&self) -> usize {
        self.group.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.group.is_empty()
    }

    fn check(&self, plan: &WeighPlan) -> Result<(), WeighError> {
        let expected = self.len();
        let of = |column: &str, found: usize| match found == expected {
            true => Ok(()),
            false => Err(WeighError::Columns { column: column.to_owned(), found, expected }),
        };
        of("year", self.year.len())?;
        of("amount", self.amount.len())?;
        let classes = plan.five_class.as_ref().map_or(&[][..], |five| five.classes.as_slice());
        for (place, class) in classes.iter().enumerate() {
            of(class, self.classes.get(place).map_or(0, |column| column.len()))?;
        }
        Ok(())
    }
}

/// No group, or not in a data year.
const NOWHERE: u32 = u32::MAX;

/// The amounts of every group and year, sorted; groups ascending by name.
#[derive(Debug)]
pub(super) struct Gathered {
    /// Groups with at least one case in a data year, ascending.
    pub(super) groups: Vec<String>,
    /// Group number of a symbol, or [`NOWHERE`].
    group_of_symbol: Vec<u32>,
    /// The counting data years.
    years: Vec<i32>,
    /// Amounts in fen, cell after cell; a cell is a group's year.
    amounts: Vec<i64>,
    /// End of each cell in `amounts`.
    ends: Vec<usize>,
    /// Cases outside the data years.
    pub(super) outside_years: u64,
    /// Cases in the data years without a group.
    pub(super) without_group: u64,
}

impl Gathered {
    /// Gathers the cases. The result does not depend on their order or on the number of threads.
    pub(super) fn gather(plan: &WeighPlan, input: &WeighInput<'_>, threads: NonZeroUsize) -> Result<Self, WeighError> {
        input.check(plan)?;
        let years: Vec<i32> = plan.counting_years().iter().map(|year| year.year).collect();
        let mut gathered = Self {
            groups: Vec::new(),
            group_of_symbol: vec![NOWHERE; input.names.len()],
            years,
            amounts: Vec::new(),
            ends: Vec::new(),
            outside_years: 0,
            without_group: 0,
        };
        gathered.number_groups(input);
        let counts = gathered.count(input);
        gathered.check_years(&counts)?;
        gathered.scatter(input, &counts);
        parallel::sort_cells(threads, &mut gathered.amounts, &gathered.ends);
        Ok(gathered)
    }

    fn year_place(&self, year: i32) -> Option<usize> {
        self.years.iter().position(|known| *known == year)
    }

    /// Finds the groups with a case in a data year and numbers them by name; counts the cases left out.
    fn number_groups(&mut self, input: &WeighInput<'_>) {
        let mut seen = vec![false; input.names.len()];
        let (mut outside, mut without) = (0, 0);
        for (symbol, year) in input.group.iter().zip(input.year.iter()) {
            if self.year_place(*year).is_none() {
                outside += 1;
            } else if let Some(seen) = symbol.index().and_then(|at| seen.get_mut(at)) {
                *seen = true;
            } else {
                without += 1;
            }
        }
        (self.outside_years, self.without_group) = (outside, without);
        let mut named: Vec<(&str, usize)> = (0_u32..)
            .zip(&seen)
            .filter(|(_, seen)| **seen)
            .map(|(at, _)| (input.names.text(Symbol(at)), at as usize))
            .collect();
        named.sort_unstable();
        for (number, (_, symbol)) in (0_u32..).zip(&named) {
            if let Some(slot) = self.group_of_symbol.get_mut(*symbol) {
                *slot = number;
            }
        }
        self.groups = named.into_iter().map(|(name, _)| name.to_owned()).collect();
    }

    /// The group and the cell of a case; `None` when it is not weighed.
    pub(super) fn place(&self, symbol: Symbol, year: i32) -> Option<(usize, usize)> {
        let year = self.year_place(year)?;
        let group = self.group_of_symbol.get(symbol.index()?).copied().filter(|group| *group != NOWHERE)?;
        Some((group as usize, year))
    }

    fn cell(&self, group: usize, year: usize) -> usize {
        group * self.years.len() + year
    }

    fn count(&self, input: &WeighInput<'_>) -> Vec<usize> {
        let mut counts = vec![0; self.groups.len() * self.years.len()];
        for (symbol, year) in input.group.iter().zip(input.year.iter()) {
            let cell = self.place(*symbol, *year).map(|(group, year)| self.cell(group, year));
            if let Some(count) = cell.and_then(|cell| counts.get_mut(cell)) {
                *count += 1;
            }
        }
        counts
    }

    fn check_years(&self, counts: &[usize]) -> Result<(), WeighError> {
        for (place, year) in self.years.iter().enumerate() {
            if counts.iter().skip(place).step_by(self.years.len()).all(|count| *count == 0) {
                return Err(WeighError::YearWithoutStays { year: *year });
            }
        }
        Ok(())
    }

    fn scatter(&mut self, input: &WeighInput<'_>, counts: &[usize]) {
        let mut end = 0;
        let mut next: Vec<usize> = Vec::with_capacity(counts.len());
        for count in counts {
            next.push(end);
            end += count;
            self.ends.push(end);
        }
        let mut amounts = vec![0; end];
        for ((symbol, year), amount) in input.group.iter().zip(input.year.iter()).zip(input.amount.iter()) {
            let Some((group, year)) = self.place(*symbol, *year) else { continue };
            let cell = self.cell(group, year);
            if let Some(place) = next.get_mut(cell) {
                if let Some(slot) = amounts.get_mut(*place) {
                    *slot = amount.get();
                }
                *place += 1;
            }
        }
        self.amounts = amounts;
    }

    /// The ascending amounts of a group, year by year.
    pub(super) fn of_group(&self, group: usize) -> Vec<&[i64]> {
        (0..self.years.len())
            .map(|year| {
                let cell = self.cell(group, year);
                let end = self.ends.get(cell).copied().unwrap_or(0);
                let begin = cell.checked_sub(1).and_then(|cell| self.ends.get(cell)).copied().unwrap_or(0);
                self.amounts.get(begin..end).unwrap_or_default()
            })
            .collect()
    }
}
