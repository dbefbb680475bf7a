//! What the case steps decided, packed: the numbers that many cases share (the weight of a group, the coefficient of an
//! institution) stand once.

use rustc_hash::FxHashMap;
use yibao_kernel::Fen;

use super::{CaseOutcome, Route};

/// The numbers that repeat from case to case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct Shape {
    weight: i64,
    base_points: i64,
    mean_fen: i64,
    coefficient: i64,
    factor: i64,
}

/// The numbers of one case.
#[derive(Clone, Copy, Debug)]
struct Own {
    points: i64,
    standard: Fen,
    amount: Fen,
    shape: u32,
    method: u16,
    route: Route,
}

/// Outcomes in the order of the stays.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    own: Vec<Own>,
    shapes: Vec<Shape>,
    numbers: FxHashMap<Shape, u32>,
}

impl Outcomes {
    /// Room for so many cases.
    #[must_use]
    pub fn with_capacity(cases: usize) -> Self {
        Outcomes { own: Vec::with_capacity(cases), ..Outcomes::default() }
    }

    /// Number of cases.
    #[must_use]
    pub fn len(&self) -> usize {
        self.own.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    /// The outcome of a case.
    #[must_use]
    pub fn get(&self, case: usize) -> Option<CaseOutcome> {
        self.own.get(case).map(|own| self.whole(own))
    }

    /// The outcomes in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = CaseOutcome> {
        self.own.iter().map(|own| self.whole(own))
    }

    /// Appends an outcome.
    pub fn push(&mut self, outcome: CaseOutcome) {
        let CaseOutcome { method, route, weight, base_points, mean_fen, coefficient, factor, points, standard, amount } =
            outcome;
        let shape = self.number(Shape { weight, base_points, mean_fen, coefficient, factor });
        self.own.push(Own { points, standard, amount, shape, method, route });
    }

    /// Appends the outcomes of other cases.
    pub fn append(&mut self, other: &Outcomes) {
        let numbers: Vec<u32> = other.shapes.iter().map(|shape| self.number(*shape)).collect();
        let shape = |own: &Own| numbers.get(own.shape as usize).copied().unwrap_or_default();
        self.own.extend(other.own.iter().map(|own| Own { shape: shape(own), ..*own }));
    }

    /// Forgets what only appending needs.
    pub fn close(&mut self) {
        self.numbers = FxHashMap::default();
    }

    fn number(&mut self, shape: Shape) -> u32 {
        // There are fewer shapes than cases, which u32 numbers.
        let next = u32::try_from(self.shapes.len()).unwrap_or(u32::MAX);
        let shapes = &mut self.shapes;
        *self.numbers.entry(shape).or_insert_with(|| {
            shapes.push(shape);
            next
        })
    }

    fn whole(&self, own: &Own) -> CaseOutcome {
        let Own { points, standard, amount, shape, method, route } = *own;
        let shape = self.shapes.get(shape as usize).copied().unwrap_or_default();
        let Shape { weight, base_points, mean_fen, coefficient, factor } = shape;
        CaseOutcome { method, route, weight, base_points, mean_fen, coefficient, factor, points, standard, amount }
    }
}

impl FromIterator<CaseOutcome> for Outcomes {
    fn from_iter<I: IntoIterator<Item = CaseOutcome>>(outcomes: I) -> Self {
        let mut all = Outcomes::default();
        outcomes.into_iter().for_each(|outcome| all.push(outcome));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(weight: i64, points: i64) -> CaseOutcome {
        CaseOutcome { weight, points, coefficient: 10_000, amount: Fen::new(points * 3), ..CaseOutcome::default() }
    }

    #[test]
    fn what_is_packed_comes_back() {
        let all = [outcome(8_000, 1), outcome(8_000, 2), outcome(12_345, 2), outcome(8_000, 5)];
        let mut packed: Outcomes = all[..2].iter().copied().collect();
        packed.append(&all[2..].iter().copied().collect());
        assert_eq!(packed.iter().collect::<Vec<_>>(), all);
        assert_eq!((packed.len(), packed.shapes.len(), packed.get(4)), (4, 2, None));
    }

    #[test]
    fn a_case_takes_thirty_two_bytes() {
        assert_eq!(size_of::<Own>(), 32);
    }
}
