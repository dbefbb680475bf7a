//! Small cells: what may not be shown, and what must not be shown with it so that it cannot be derived.
//!
//! A table of counts with its sums is a graph: every sum is a node, every cell an edge between the two sums it is in (row
//! and column; institution's level and the rest). A hidden cell can be computed from the shown cells and the sums exactly
//! when it is a *bridge* of the graph of hidden cells: on no cycle of them. So cells are hidden until no bridge is left,
//! always along the path with the fewest cases, and until what is hidden of a sum is itself not small.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A cell: the two sums it is part of, and its cases. A sum that is not shown at all is [`Cell::OPEN`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    /// One sum.
    pub row: u32,
    /// The other.
    pub column: u32,
    /// Cases.
    pub cases: u64,
}

impl Cell {
    /// The sum nobody shows: the other end of cells that are in one sum only.
    pub const OPEN: u32 = u32::MAX;

    /// A cell of a list with one sum.
    #[must_use]
    pub const fn of_list(cases: u64) -> Self {
        Cell { row: 0, column: Cell::OPEN, cases }
    }
}

/// What becomes of a cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Shown {
    /// Shown.
    #[default]
    Yes,
    /// Hidden: too few cases.
    Small,
    /// Hidden, so that a small one cannot be derived.
    WithAnother,
}

impl Shown {
    /// Whether it is hidden.
    #[must_use]
    pub const fn is_hidden(self) -> bool {
        !matches!(self, Shown::Yes)
    }

    /// The word in files; empty when shown.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Shown::Yes => "",
            Shown::Small => "small",
            Shown::WithAnother => "complementary",
        }
    }
}

/// Hides cells of 1 to `below` − 1 cases, and what is needed beside them. Empty cells hide nothing and are not shown.
#[must_use]
pub fn protect(cells: &[Cell], below: u64) -> Vec<Shown> {
    let mut shown: Vec<Shown> =
        cells.iter().map(|cell| if cell.cases > 0 && cell.cases < below { Shown::Small } else { Shown::Yes }).collect();
    if shown.iter().all(|one| !one.is_hidden()) {
        return shown;
    }
    let graph = Graph::of(cells);
    // Every round hides at least one cell more, or ends.
    loop {
        let hidden = |edge: usize| shown.get(edge).is_some_and(|one| one.is_hidden());
        let mut more = graph.thin_sums(cells, &hidden, below);
        for bridge in graph.bridges(&hidden) {
            more.extend(graph.way_round(cells, &hidden, bridge));
        }
        more.retain(|edge| !hidden(*edge));
        if more.is_empty() {
            return shown;
        }
        for edge in more {
            if let Some(one) = shown.get_mut(edge) {
                *one = Shown::WithAnother;
            }
        }
    }
}

/// Sums as nodes, cells as edges.
struct Graph {
    /// Per node: (edge, other node), edges of cells with cases only.
    edges: Vec<Vec<(usize, usize)>>,
    ends: Vec<(usize, usize)>,
    /// The node of [`Cell::OPEN`], when there is one.
    open: Option<usize>,
}

impl Graph {
    fn of(cells: &[Cell]) -> Graph {
        let mut names: Vec<(bool, u32)> =
            cells.iter().flat_map(|cell| [(false, cell.row), (true, cell.column)]).collect();
        // A node that is open is the same on both sides.
        names.iter_mut().filter(|name| name.1 == Cell::OPEN).for_each(|name| name.0 = true);
        names.sort_unstable();
        names.dedup();
        let place = |name: (bool, u32)| names.binary_search(&name).unwrap_or(0);
        let end = |side: bool, sum: u32| place((side || sum == Cell::OPEN, sum));
        let ends: Vec<_> = cells.iter().map(|cell| (end(false, cell.row), end(true, cell.column))).collect();
        let mut edges = vec![Vec::new(); names.len()];
        for (edge, ((from, to), cell)) in ends.iter().zip(cells).enumerate() {
            if cell.cases == 0 {
                continue;
            }
            for (one, other) in [(*from, *to), (*to, *from)] {
                if let Some(list) = edges.get_mut(one) {
                    list.push((edge, other));
                }
            }
        }
        let open = names.binary_search(&(true, Cell::OPEN)).ok();
        Graph { edges, ends, open }
    }

    /// For every shown sum of which too few cases are hidden: the smallest cell to hide beside them.
    fn thin_sums(&self, cells: &[Cell], hidden: &dyn Fn(usize) -> bool, below: u64) -> Vec<usize> {
        let cases = |edge: usize| cells.get(edge).map_or(0, |cell| cell.cases);
        let mut more = Vec::new();
        for (node, edges) in self.edges.iter().enumerate() {
            let sum: u64 = edges.iter().filter(|(edge, _)| hidden(*edge)).map(|(edge, _)| cases(*edge)).sum();
            if sum == 0 || sum >= below || Some(node) == self.open {
                continue;
            }
            let shown = edges.iter().filter(|(edge, _)| !hidden(*edge));
            more.extend(shown.map(|(edge, _)| *edge).min_by_key(|edge| (cases(*edge), *edge)));
        }
        more
    }

    /// Hidden cells on no cycle of hidden cells (Tarjan's low points, without recursion).
    fn bridges(&self, hidden: &dyn Fn(usize) -> bool) -> Vec<usize> {
        let nodes = self.edges.len();
        let (mut entered, mut low) = (vec![0_usize; nodes], vec![0_usize; nodes]);
        let mut clock = 0;
        let mut found = Vec::new();
        for start in 0..nodes {
            if entered.get(start).is_none_or(|time| *time > 0) {
                continue;
            }
            // (node, edge it was entered by, next edge to look at)
            let mut path = vec![(start, usize::MAX, 0_usize)];
            clock += 1;
            set(&mut entered, start, clock);
            set(&mut low, start, clock);
            while let Some((node, by, next)) = path.last_mut() {
                let (node, by) = (*node, *by);
                let step = self.edges.get(node).and_then(|edges| edges.get(*next)).copied();
                *next += 1;
                match step {
                    Some((edge, other)) if edge != by && hidden(edge) => {
                        let time = at(&entered, other);
                        if time == 0 {
                            clock += 1;
                            set(&mut entered, other, clock);
                            set(&mut low, other, clock);
                            path.push((other, edge, 0));
                        } else {
                            let lower = at(&low, node).min(time);
                            set(&mut low, node, lower);
                        }
                    }
                    Some(_) => {}
                    None => {
                        path.pop();
                        if let Some((parent, ..)) = path.last() {
                            let lower = at(&low, *parent).min(at(&low, node));
                            set(&mut low, *parent, lower);
                            if at(&low, node) > at(&entered, *parent) {
                                found.push(by);
                            }
                        }
                    }
                }
            }
        }
        found
    }

    /// The cells of the cheapest way from one end of a bridge to the other without it: hidden ones are free, shown ones
    /// cost their cases. Nothing when there is none: then the sum is the cell itself, and is not shown either.
    fn way_round(&self, cells: &[Cell], hidden: &dyn Fn(usize) -> bool, bridge: usize) -> Vec<usize> {
        let Some((from, to)) = self.ends.get(bridge).copied() else { return Vec::new() };
        let mut best: Vec<Option<(u64, usize, usize)>> = vec![None; self.edges.len()];
        let mut queue = BinaryHeap::from([Reverse((0_u64, from, usize::MAX, from))]);
        while let Some(Reverse((cost, node, by, before))) = queue.pop() {
            if at(&best, node).is_some() {
                continue;
            }
            set(&mut best, node, Some((cost, by, before)));
            if node == to {
                break;
            }
            for (edge, other) in self.edges.get(node).into_iter().flatten().filter(|(edge, _)| *edge != bridge) {
                let price = if hidden(*edge) { 0 } else { cells.get(*edge).map_or(0, |cell| cell.cases) };
                queue.push(Reverse((cost.saturating_add(price), *other, *edge, node)));
            }
        }
        let mut way = Vec::new();
        let mut node = to;
        while node != from {
            let Some((_, by, before)) = at(&best, node) else { return Vec::new() };
            way.push(by);
            node = before;
        }
        way
    }
}

fn at<T: Copy + Default>(list: &[T], index: usize) -> T {
    list.get(index).copied().unwrap_or_default()
}

fn set<T>(list: &mut [T], index: usize, value: T) {
    if let Some(place) = list.get_mut(index) {
        *place = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(cases: &[u64]) -> Vec<Shown> {
        protect(&cases.iter().map(|cases| Cell::of_list(*cases)).collect::<Vec<_>>(), 10)
    }

    #[test]
    fn one_small_institution_takes_the_next_smallest_with_it() {
        use Shown::{Small, WithAnother, Yes};
        assert_eq!(list(&[120, 4, 35, 80]), [Yes, Small, WithAnother, Yes]);
        assert_eq!(list(&[120, 35, 80]), [Yes, Yes, Yes]);
        assert_eq!(list(&[120, 0, 35]), [Yes, Yes, Yes], "an institution without a case hides nothing");
    }

    #[test]
    fn two_small_ones_whose_sum_is_small_take_a_third() {
        use Shown::{Small, WithAnother, Yes};
        assert_eq!(list(&[120, 1, 1, 80]), [Yes, Small, Small, WithAnother], "1 and 1 follow from a sum of 2");
        assert_eq!(list(&[120, 6, 5, 80]), [Yes, Small, Small, Yes]);
    }

    #[test]
    fn a_sum_of_one_small_cell_cannot_be_helped_and_is_told() {
        assert_eq!(list(&[4]), [Shown::Small]);
    }

    /// Whether the hidden cells of a table follow from its sums: elimination modulo a prime over the hidden unknowns.
    /// The matrix of sums is totally unimodular, so that the prime does not matter.
    fn derivable(cells: &[Cell], shown: &[Shown]) -> Vec<usize> {
        const P: i128 = (1 << 61) - 1;
        let unknown: Vec<usize> = (0..cells.len()).filter(|at| shown[*at].is_hidden()).collect();
        let mut sums: Vec<(bool, u32)> =
            cells.iter().flat_map(|cell| [(false, cell.row), (true, cell.column)]).collect();
        sums.sort_unstable();
        sums.dedup();
        let mut rows: Vec<Vec<i128>> = sums
            .iter()
            .filter(|(_, sum)| *sum != Cell::OPEN)
            .map(|(side, sum)| {
                unknown
                    .iter()
                    .map(|at| i128::from(if *side { cells[*at].column == *sum } else { cells[*at].row == *sum }))
                    .collect()
            })
            .collect();
        let power = |mut base: i128, mut exponent: i128| {
            let mut out = 1;
            while exponent > 0 {
                if exponent & 1 == 1 {
                    out = out * base % P;
                }
                base = base * base % P;
                exponent >>= 1;
            }
            out
        };
        let mut rank = 0;
        for column in 0..unknown.len() {
            let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column] != 0) else { continue };
            rows.swap(rank, pivot);
            let inverse = power(rows[rank][column], P - 2);
            for value in &mut rows[rank] {
                *value = *value * inverse % P;
            }
            for row in 0..rows.len() {
                let times = rows[row][column];
                if row != rank && times != 0 {
                    let subtract = rows[rank].clone();
                    for (value, less) in rows[row].iter_mut().zip(subtract) {
                        *value = (*value + P - times * less % P) % P;
                    }
                }
            }
            rank += 1;
        }
        let alone = rows.iter().filter(|row| row.iter().filter(|value| **value != 0).count() == 1);
        alone.map(|row| unknown[row.iter().position(|value| *value != 0).unwrap()]).collect()
    }

    #[test]
    fn the_check_itself_finds_what_can_be_derived() {
        let cells = [Cell::of_list(120), Cell::of_list(4), Cell::of_list(35)];
        assert_eq!(derivable(&cells, &[Shown::Yes, Shown::Small, Shown::Yes]), [1]);
        assert_eq!(derivable(&cells, &[Shown::Yes, Shown::Small, Shown::WithAnother]), [] as [usize; 0]);
    }

    proptest! {
        #[test]
        fn no_hidden_cell_of_a_table_of_institutions_and_groups_can_be_derived(
            counts in prop::collection::vec(0_u64..40, 20..60), width in 3_u32..7
        ) {
            let cells: Vec<Cell> = (0..).zip(&counts)
                .map(|(at, cases)| Cell { row: at / width, column: at % width, cases: *cases })
                .collect();
            let shown = protect(&cells, 10);
            for at in derivable(&cells, &shown) {
                // Only a sum that has no other cell with cases gives its cell away; it is not shown then.
                let alone = |side: fn(&Cell) -> u32| {
                    let sum = side(&cells[at]);
                    cells.iter().filter(|cell| side(cell) == sum && cell.cases > 0).count() == 1
                };
                prop_assert!(alone(|cell| cell.row) || alone(|cell| cell.column), "{:?} of {:?}", cells[at], cells);
            }
            for (cell, shown) in cells.iter().zip(&shown) {
                prop_assert_eq!(*shown == Shown::Small, cell.cases > 0 && cell.cases < 10);
            }
        }

        #[test]
        fn no_institution_can_be_derived_from_its_level_and_the_region(
            counts in prop::collection::vec((0_u64..60, 0_u32..4), 1..30)
        ) {
            // Institutions in their level, levels in the region: node 0 is the region, 1 + n a level.
            let mut levels = [0_u64; 4];
            let mut cells: Vec<Cell> = counts.iter().map(|(cases, level)| {
                levels[*level as usize] += cases;
                Cell { row: 1 + level, column: Cell::OPEN, cases: *cases }
            }).collect();
            // The cell of a level stands in the region's sum, and in its own with the opposite sign.
            cells.extend((0..).zip(levels).map(|(level, cases)| Cell { row: 1 + level, column: 0, cases }));
            let shown = protect(&cells, 10);
            let total: u64 = levels.iter().sum();
            let institutions = counts.iter().filter(|(cases, _)| *cases > 0).count();
            if total >= 10 && institutions > 1 {
                prop_assert_eq!(derivable(&cells, &shown), [] as [usize; 0], "{:?} {:?}", cells, shown);
            }
        }
    }
}
