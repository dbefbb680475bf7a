//! The answers of many rows, two bytes each: a table of distinct answers and a number per row.

use yibao_grouping::Answer;

use crate::group::answer_table::AnswerTable;

/// The number of a row that could not be read.
pub(crate) const MALFORMED: u16 = u16::MAX;

/// Answers in row order.
#[derive(Default)]
pub(crate) struct Verdicts {
    /// Distinct answers.
    pub(crate) table: AnswerTable,
    /// Per row, a place in the table, or [`MALFORMED`].
    pub(crate) rows: Vec<u16>,
}

impl Verdicts {
    /// Adds the answer of a row.
    #[inline]
    pub(crate) fn push(&mut self, answer: Answer) {
        let place = self.table.place(answer);
        self.rows.push(place);
    }

    /// Adds a row that could not be read.
    pub(crate) fn push_malformed(&mut self) {
        self.rows.push(MALFORMED);
    }

    /// Adds the rows of another behind these.
    pub(crate) fn append(&mut self, other: &Verdicts) {
        let places: Vec<u16> = other.table.answers().iter().map(|answer| self.table.place(*answer)).collect();
        let place = |row: &u16| places.get(usize::from(*row)).copied().unwrap_or(MALFORMED);
        self.rows.extend(other.rows.iter().map(place));
    }
}
