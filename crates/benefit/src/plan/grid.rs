//! Every combination of the facts a table depends on, as one dense array of cells.

use super::dimension::{Dims, Facts, MISSING};
use super::when::When;

/// Most cells of one table.
pub const CELLS_MAX: usize = 1 << 20;
/// Most cells looked at when facts are not stated.
const LEFT_MAX: usize = 4096;

/// One axis: a dimension and its stride.
#[derive(Clone, Debug)]
struct Axis {
    dim: usize,
    /// For words their number; for numbers the intervals.
    size: usize,
    /// First numbers of the intervals after the first; empty for words.
    cuts: Box<[i64]>,
    /// The number that stands for the first interval.
    least: i64,
    words: bool,
    stride: usize,
}

impl Axis {
    /// The place of a fact.
    #[inline]
    fn place(&self, fact: i64) -> usize {
        if self.words {
            usize::try_from(fact).unwrap_or(0)
        } else {
            self.cuts.iter().take_while(|cut| **cut <= fact).count()
        }
    }
}

/// The axes.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    axes: Box<[Axis]>,
    cells: usize,
}

impl Grid {
    /// The axes that the conditions read; `None` when there are too many cells.
    pub fn of<'a>(dims: &Dims, conditions: impl Iterator<Item = &'a When>) -> Option<Self> {
        let mut reads: Vec<(usize, Vec<i64>)> = Vec::new();
        for condition in conditions {
            condition.reads(&mut |dim, cut| {
                let at = reads.iter().position(|(known, _)| *known == dim).unwrap_or_else(|| {
                    reads.push((dim, Vec::new()));
                    reads.len() - 1
                });
                if let (Some((from, to)), Some((_, cuts))) = (cut, reads.get_mut(at)) {
                    cuts.extend([from, to]);
                }
            });
        }
        reads.sort_by_key(|(dim, _)| *dim);
        let mut axes = Vec::with_capacity(reads.len());
        let mut cells = 1_usize;
        for (dim, mut cuts) in reads {
            let Some(known) = dims.0.get(dim) else { continue };
            cuts.retain(|cut| *cut > known.least && *cut < i64::MAX - 1);
            cuts.sort_unstable();
            cuts.dedup();
            let size = if known.is_number() { cuts.len() + 1 } else { known.values.len() };
            axes.push(Axis {
                dim,
                size,
                cuts: cuts.into_boxed_slice(),
                least: known.least,
                words: !known.is_number(),
                stride: cells,
            });
            cells = cells.checked_mul(size).filter(|cells| *cells <= CELLS_MAX)?;
        }
        Some(Self { axes: axes.into_boxed_slice(), cells })
    }

    /// Number of cells.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.cells
    }

    /// Whether there is no cell: a dimension without words.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cells == 0
    }

    /// Facts that stand for a cell; all other facts are missing.
    pub fn facts(&self, cell: usize, facts: &mut Vec<i64>, dims: usize) {
        facts.clear();
        facts.resize(dims, MISSING);
        for axis in &self.axes {
            let at = (cell / axis.stride) % axis.size.max(1);
            let fact = match at.checked_sub(1) {
                // Words have no cuts: their number is their place. Intervals are named by their first number.
                Some(before) => axis.cuts.get(before).copied().or(i64::try_from(at).ok()),
                None => Some(if axis.cuts.is_empty() && axis.words { 0 } else { axis.least }),
            };
            if let Some(slot) = facts.get_mut(axis.dim) {
                *slot = fact.unwrap_or(MISSING);
            }
        }
    }

    /// The cell of the facts.
    ///
    /// # Errors
    /// The dimension that is not stated.
    #[inline]
    pub fn cell(&self, facts: &Facts) -> Result<usize, usize> {
        let mut cell = 0;
        for axis in &self.axes {
            let fact = facts.get(axis.dim).copied().unwrap_or(MISSING);
            if fact == MISSING {
                return Err(axis.dim);
            }
            cell += axis.place(fact) * axis.stride;
        }
        Ok(cell)
    }

    /// Every cell that agrees with the facts that are stated; `None` when there are too many to look at.
    #[must_use]
    pub fn left(&self, facts: &Facts) -> Option<Vec<usize>> {
        let mut cells = vec![0_usize];
        for axis in &self.axes {
            let fact = facts.get(axis.dim).copied().unwrap_or(MISSING);
            if fact == MISSING {
                if cells.len().saturating_mul(axis.size) > LEFT_MAX {
                    return None;
                }
                cells = cells.iter().flat_map(|cell| (0..axis.size).map(move |at| cell + at * axis.stride)).collect();
            } else {
                let at = axis.place(fact) * axis.stride;
                cells.iter_mut().for_each(|cell| *cell += at);
            }
        }
        Some(cells)
    }

    /// The dimensions it depends on.
    pub fn dims(&self) -> impl Iterator<Item = usize> {
        self.axes.iter().map(|axis| axis.dim)
    }
}
