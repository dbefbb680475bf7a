//! The weight as a ratio to a reference (spec §1.4, §2.3).

use yibao_kernel::Ratio;

use super::exact::Exact;
use super::mean::Means;
use super::plan::ClassShares;

/// m / reference × scale; `None` when the reference is zero.
pub fn relative_weight(mean: &Exact, reference: &Exact, scale: Ratio) -> Option<Exact> {
    Some(mean.over(reference)?.times(&Exact::from(scale)))
}

/// Σ over the classes of weight × (class mean / reference class mean), × scale; `None` when a reference is zero.
pub fn class_weight(means: &[Exact], references: &[Exact], weight: Ratio, scale: Ratio) -> Option<Exact> {
    let mut total = Exact::zero();
    for (mean, reference) in means.iter().zip(references) {
        total = total.plus(&mean.over(reference)?);
    }
    Some(total.times(&Exact::from(weight)).times(&Exact::from(scale)))
}

/// The weight of a group's means, by fee classes where the plan has them.
pub fn weight_of(means: &Means, reference: &Means, five_class: Option<&ClassShares>, scale: Ratio) -> Option<Exact> {
    match five_class {
        Some(five) => class_weight(&means.classes, &reference.classes, five.weight, scale),
        None => relative_weight(&means.amount, &reference.amount, scale),
    }
}
