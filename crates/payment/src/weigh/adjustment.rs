//! Expert adjustment with the total weight preserved (spec §1.5).

use yibao_kernel::Ratio;

use super::exact::Exact;

/// One group as the adjustment sees it.
#[derive(Clone, Debug)]
pub struct Adjustable {
    /// Cases.
    pub cases: u64,
    /// Weight before.
    pub weight: Exact,
    /// Factor agreed with the experts; 1 where none.
    pub factor: Ratio,
    /// May not change: stays out of both sums.
    pub frozen: bool,
}

/// What the adjustment gives.
#[derive(Clone, Debug)]
pub struct Adjusted {
    /// λ = Σ n·RW / Σ n·RW′ over the groups that are not frozen; 1 when all of them are.
    pub lambda: Exact,
    /// RW″ = λ·RW·a; a frozen group keeps its weight. In the order of the groups.
    pub weights: Vec<Exact>,
}

/// Σ n·w, exact.
pub fn total_weight<'a>(rows: impl Iterator<Item = (u64, &'a Exact)>) -> Exact {
    let terms: Vec<Exact> = rows.map(|(cases, weight)| weight.times(&Exact::from_int(i128::from(cases)))).collect();
    Exact::sum(&terms)
}

/// RW′ = RW·a, then λ so that the total weight of the groups that are not frozen stays what it was.
pub fn rebalance(groups: &[Adjustable]) -> Adjusted {
    let raised: Vec<Exact> = groups.iter().map(|group| group.weight.times(&Exact::from(group.factor))).collect();
    let free = || groups.iter().zip(&raised).filter(|(group, _)| !group.frozen);
    let before = total_weight(free().map(|(group, _)| (group.cases, &group.weight)));
    let after = total_weight(free().map(|(group, raised)| (group.cases, raised)));
    let lambda = before.over(&after).unwrap_or_else(|| Exact::from_int(1));
    let weights = groups
        .iter()
        .zip(&raised)
        .map(|(group, raised)| if group.frozen { group.weight.clone() } else { raised.times(&lambda) })
        .collect();
    Adjusted { lambda, weights }
}
