//! A column of stays: a value per row, where a stretch of rows that all have the same value costs nothing.
//!
//! The rows of a year come from several feeds. Most of them leave most columns empty, or give the same value on every row
//! (a visit has one day, a head no department), so a column is a few stretches: one value for all rows, or one per row.

use std::borrow::Cow;

/// A stretch of rows.
#[derive(Clone, Debug)]
struct Stretch<T> {
    /// Row of the column where it begins.
    start: usize,
    /// First row after it.
    end: usize,
    values: Values<T>,
}

#[derive(Clone, Debug)]
enum Values<T> {
    /// All rows have this value.
    Same(T),
    /// One value per row.
    Each(Vec<T>),
}

/// The values of one column, row by row.
#[derive(Clone, Debug)]
pub struct Column<T> {
    stretches: Vec<Stretch<T>>,
    /// The rows that come next may be all the same, whatever the last stretch was.
    fresh: bool,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Column { stretches: Vec::new(), fresh: true }
    }
}

impl<T> Column<T> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.stretches.last().map_or(0, |last| last.end)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.stretches.is_empty()
    }

    /// The value of a row; `None` past the end.
    pub fn get(&self, row: usize) -> Option<&T> {
        let stretch = self.stretches.iter().find(|stretch| row < stretch.end)?;
        match &stretch.values {
            Values::Same(value) => Some(value),
            Values::Each(values) => values.get(row - stretch.start),
        }
    }

    /// The values in row order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.stretches.iter().flat_map(|stretch| {
            let (same, each) = match &stretch.values {
                Values::Same(value) => (Some(value), &[][..]),
                Values::Each(values) => (None, values.as_slice()),
            };
            same.into_iter().flat_map(move |value| std::iter::repeat_n(value, stretch.end - stretch.start)).chain(each)
        })
    }

    /// Tells that other rows begin (another feed): they may be all the same again.
    pub fn begin(&mut self) {
        self.fresh = true;
    }

    /// Bytes the values take.
    pub fn bytes(&self) -> usize {
        let each = |stretch: &Stretch<T>| match &stretch.values {
            Values::Same(_) => 0,
            Values::Each(values) => values.len() * size_of::<T>(),
        };
        self.stretches.iter().map(each).sum()
    }
}

impl<T: Copy + PartialEq> Column<T> {
    /// Appends the value of one row.
    pub fn push(&mut self, value: T) {
        self.extend(1, std::iter::once(value));
        self.fresh = false;
    }

    /// Appends values as they stand, or as one when they are all the same and no other was given before.
    pub fn append(&mut self, values: &[T]) {
        self.append_as(values, |value| value);
    }

    /// Appends values of another kind, each made into one of this.
    pub fn append_as<S: Copy + PartialEq>(&mut self, values: &[S], make: impl Fn(S) -> T) {
        let Some(first) = values.first() else { return };
        let fresh = std::mem::take(&mut self.fresh);
        let open = fresh || matches!(self.stretches.last(), Some(Stretch { values: Values::Same(_), .. }));
        if open && values.iter().all(|value| value == first) {
            let (value, start) = (make(*first), self.len());
            match self.stretches.last_mut() {
                Some(Stretch { end, values: Values::Same(same), .. }) if *same == value => {
                    *end += values.len();
                    return;
                }
                _ if fresh => {
                    let end = start + values.len();
                    self.stretches.push(Stretch { start, end, values: Values::Same(value) });
                    return;
                }
                _ => {}
            }
        }
        self.extend(values.len(), values.iter().map(|value| make(*value)));
    }

    /// Appends one value per row.
    fn extend(&mut self, rows: usize, values: impl Iterator<Item = T>) {
        let start = self.len();
        if let Some(Stretch { end, values: Values::Each(last), .. }) = self.stretches.last_mut() {
            *end += rows;
            last.extend(values);
        } else {
            self.stretches.push(Stretch { start, end: start + rows, values: Values::Each(values.collect()) });
        }
    }

    /// Gives one row another value; past the end nothing changes.
    pub fn set(&mut self, row: usize, value: T) {
        let Some(stretch) = self.stretches.iter_mut().find(|stretch| row < stretch.end) else { return };
        if let Values::Same(same) = stretch.values {
            if same == value {
                return;
            }
            stretch.values = Values::Each(vec![same; stretch.end - stretch.start]);
        }
        if let Values::Each(values) = &mut stretch.values
            && let Some(slot) = values.get_mut(row - stretch.start)
        {
            *slot = value;
        }
    }

    /// The values as a slice: borrowed where they stand one by one.
    pub fn values(&self) -> Cow<'_, [T]> {
        match self.stretches.as_slice() {
            [] => Cow::Borrowed(&[]),
            [Stretch { values: Values::Each(values), .. }] => Cow::Borrowed(values),
            _ => Cow::Owned(self.iter().copied().collect()),
        }
    }

    /// Keeps the rows that are told to be kept.
    pub fn retain(&mut self, keep: impl Fn(usize) -> bool) {
        let mut kept = 0;
        for stretch in &mut self.stretches {
            let rows = stretch.start..stretch.end;
            let start = kept;
            match &mut stretch.values {
                Values::Same(_) => kept += rows.filter(|row| keep(*row)).count(),
                Values::Each(values) => {
                    let mut rows = rows;
                    values.retain(|_| rows.next().is_some_and(&keep));
                    kept += values.len();
                }
            }
            (stretch.start, stretch.end) = (start, kept);
        }
        self.stretches.retain(|stretch| stretch.end > stretch.start);
    }
}

impl<T: Copy + PartialEq> From<Vec<T>> for Column<T> {
    fn from(values: Vec<T>) -> Self {
        let mut column = Column { stretches: Vec::new(), fresh: false };
        if !values.is_empty() {
            column.stretches.push(Stretch { start: 0, end: values.len(), values: Values::Each(values) });
        }
        column
    }
}

impl<T: Copy + PartialEq> FromIterator<T> for Column<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        values.into_iter().collect::<Vec<T>>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(column: &Column<i32>) -> Vec<i32> {
        let by_iter: Vec<i32> = column.iter().copied().collect();
        let by_row: Vec<i32> = (0..column.len()).map(|row| *column.get(row).unwrap()).collect();
        assert_eq!(by_iter, by_row);
        assert_eq!(column.values(), by_iter);
        by_iter
    }

    #[test]
    fn rows_of_one_value_take_no_room() {
        let mut column = Column::default();
        column.append(&[7, 7, 7]);
        column.append(&[7]);
        assert_eq!((all(&column), column.bytes()), (vec![7; 4], 0));
        column.append(&[7, 8]);
        column.append(&[7, 7]);
        assert_eq!((all(&column), column.bytes()), (vec![7, 7, 7, 7, 7, 8, 7, 7], 16));
        assert_eq!(column.get(8), None);
    }

    #[test]
    fn another_feed_may_be_all_the_same_again() {
        let mut column = Column::default();
        column.append(&[1, 2]);
        column.append(&[3, 3]);
        assert_eq!(column.bytes(), 16);
        column.begin();
        column.append(&[3, 3, 3]);
        column.append(&[3]);
        assert_eq!((all(&column), column.bytes()), (vec![1, 2, 3, 3, 3, 3, 3, 3], 16));
    }

    #[test]
    fn the_same_value_in_two_feeds_is_one_stretch() {
        let mut column = Column::default();
        column.append(&[5, 5]);
        column.begin();
        column.append(&[5]);
        column.push(6);
        assert_eq!((all(&column), column.stretches.len()), (vec![5, 5, 5, 6], 2));
    }

    #[test]
    fn rows_are_kept_in_every_stretch() {
        let mut column = Column::default();
        column.append(&[5, 5, 5]);
        column.append(&[1, 2, 3]);
        column.begin();
        column.append(&[9]);
        column.retain(|row| row % 2 == 1);
        assert_eq!(all(&column), [5, 1, 3]);
        column.push(4);
        assert_eq!(all(&column), [5, 1, 3, 4]);
    }

    #[test]
    fn one_row_gets_another_value() {
        let mut column = Column::default();
        column.append(&[5, 5, 5]);
        column.set(1, 5);
        assert_eq!(column.bytes(), 0);
        column.set(1, 6);
        column.set(3, 9);
        assert_eq!(all(&column), [5, 6, 5]);
    }

    #[test]
    fn no_rows() {
        let column: Column<i32> = Vec::new().into();
        assert!(column.is_empty() && column.values().is_empty());
        assert_eq!(column.get(0), None);
    }
}
