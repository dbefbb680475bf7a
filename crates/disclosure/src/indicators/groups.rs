//! Institutions side by side in the same group: cases, mean cost, mean stay, and the mean cost against the region's.

use std::collections::BTreeMap;

use yibao_payment::indicator::facts::{Cells, Facts};
use yibao_payment::indicator::suppression::{Cell, Shown, protect};
use yibao_payment::indicator::{Kind, Slice, Sums};

use super::Rule;
use crate::summary::quotient;

/// One institution's cases of one group.
#[derive(Clone, Debug)]
pub struct GroupCell {
    /// Institution id; empty for the whole region.
    pub institution: String,
    /// Group.
    pub group: String,
    /// Cases.
    pub cases: u64,
    /// Their total cost, fen.
    pub cost: i128,
    /// Their days.
    pub days: i128,
    /// What the clearing gives them, fen.
    pub paid: i128,
    /// Their total weight, hundred-millionths.
    pub weight: i128,
    /// Whether it may be shown.
    pub shown: Shown,
}

impl GroupCell {
    fn of(institution: &str, group: &str, sums: &Sums) -> Self {
        GroupCell {
            institution: institution.to_owned(),
            group: group.to_owned(),
            cases: sums.grouped,
            cost: sums.cost,
            days: sums.days,
            paid: sums.paid,
            weight: sums.weight,
            shown: Shown::Yes,
        }
    }

    /// Mean cost, fen.
    #[must_use]
    pub fn mean_cost(&self) -> i64 {
        quotient(self.cost, i128::from(self.cases)).unwrap_or(0)
    }

    /// Mean stay, hundredths of a day.
    #[must_use]
    pub fn mean_stay(&self) -> i64 {
        quotient(self.days * 100, i128::from(self.cases)).unwrap_or(0)
    }

    /// Own mean cost over another's, ten-thousandths.
    #[must_use]
    pub fn against(&self, region: &GroupCell) -> Option<i64> {
        // Amounts of a region stay below 2^63, numbers of cases below 2^32: the products fit.
        let (top, bottom) = (self.cost * i128::from(region.cases), region.cost * i128::from(self.cases));
        quotient(top.checked_mul(10_000)?, bottom)
    }
}

/// The table.
#[derive(Clone, Debug, Default)]
pub struct GroupTable {
    /// By group, dearest first, then institution in rank order.
    pub cells: Vec<GroupCell>,
    /// The region's row of each group, dearest first.
    pub region: Vec<GroupCell>,
}

impl GroupTable {
    pub(super) fn of(facts: &Facts, cells: &Cells, region: &Slice, rule: Rule) -> Self {
        let rank: BTreeMap<&str, u32> =
            facts.institutions.iter().zip(0..).map(|(one, at)| (one.id.as_str(), at)).collect();
        let mut sums: BTreeMap<(u32, u32, u32), Sums> = BTreeMap::new();
        let mut groups: Vec<(u32, &Sums)> = region.groups.iter().map(|(group, sums)| (*group, sums)).collect();
        let name = |group: u32| cells.groups.get(group as usize).map_or("", String::as_str);
        groups.sort_by(|one, other| other.1.cost.cmp(&one.1.cost).then_with(|| name(one.0).cmp(name(other.0))));
        let order: BTreeMap<u32, u32> = groups.iter().zip(0..).map(|((group, _), at)| (*group, at)).collect();
        for (key, part) in cells.cells.iter().filter(|(key, part)| key.kind == Kind::Stays && part.grouped > 0) {
            let id = cells.institutions.get(key.institution as usize).map_or("", String::as_str);
            let (Some(order), rank) = (order.get(&key.group), rank.get(id).copied().unwrap_or(u32::MAX)) else {
                continue;
            };
            sums.entry((*order, rank, key.institution)).or_default().add(part);
        }
        let mut found: Vec<GroupCell> = Vec::new();
        let mut graph: Vec<Cell> = Vec::new();
        for ((order, _, institution), sums) in &sums {
            let id = cells.institutions.get(*institution as usize).map_or("", String::as_str);
            let group = groups.get(*order as usize).map_or("", |(group, _)| name(*group));
            found.push(GroupCell::of(id, group, sums));
            graph.push(Cell { row: *institution, column: *order, cases: sums.grouped });
        }
        // The region's row of a group is the sum of its cells, with the opposite sign: one more institution.
        let all = u32::try_from(cells.institutions.len()).unwrap_or(u32::MAX - 1);
        let mut region: Vec<GroupCell> =
            groups.iter().map(|(group, sums)| GroupCell::of("", name(*group), sums)).collect();
        graph.extend((0..).zip(&region).map(|(order, cell)| Cell { row: all, column: order, cases: cell.cases }));
        let shown = protect(&graph, rule.below);
        for (cell, shown) in found.iter_mut().chain(&mut region).zip(shown) {
            cell.shown = shown;
        }
        GroupTable { cells: found, region }
    }

    /// The region's row of a group.
    #[must_use]
    pub fn of_region(&self, group: &str) -> Option<&GroupCell> {
        self.region.iter().find(|cell| cell.group == group)
    }
}
