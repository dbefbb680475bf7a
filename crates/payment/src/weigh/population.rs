//! Every group, and the parents that unstable groups ask, described.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use super::error::WeighError;
use super::input::{Gathered, WeighInput};
use super::mean::{Means, means, merge_years};
use super::parallel;
use super::plan::{DataYear, Fallback, WeighPlan};
use super::sample::{Sample, YearSample, describe};
use super::stability::{Stability, stability};

/// A group or a parent, with the answers that weights are made of.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) sample: Sample,
    pub(super) stability: Stability,
    /// `None` when trimming kept nothing.
    pub(super) means: Option<Means>,
}

/// The region's cases in the data years.
#[derive(Debug)]
pub(super) struct Population {
    /// Names of the groups, ascending.
    pub(super) names: Vec<String>,
    /// Aligned with `names`.
    pub(super) groups: Vec<Described>,
    /// Parents of unstable groups.
    pub(super) parents: BTreeMap<String, Described>,
    /// All groups together, year by year.
    pub(super) all: Vec<YearSample>,
    /// The data years that count.
    pub(super) shares: Vec<DataYear>,
    pub(super) outside_years: u64,
    pub(super) without_group: u64,
}

impl Population {
    pub(super) fn describe(
        plan: &WeighPlan,
        input: &WeighInput<'_>,
        threads: NonZeroUsize,
    ) -> Result<Self, WeighError> {
        let shares = plan.counting_years();
        let gathered = Gathered::gather(plan, input, threads)?;
        let mut samples = parallel::map(threads, gathered.groups.len(), |group| {
            let name = gathered.groups.get(group).map_or("", String::as_str);
            sample_of(plan, name, &gathered.of_group(group))
        })?;
        let own: Vec<Option<usize>> = (0..samples.len()).map(Some).collect();
        add_classes(plan, input, &gathered, &own, &mut samples);
        let all = merge_years(samples.iter().map(|sample| sample.years.as_slice()))?;
        let groups: Vec<Described> = samples.into_iter().map(|sample| described(plan, &shares, sample)).collect();
        let parents = parents(plan, input, &gathered, &groups, &shares)?;
        let (outside_years, without_group) = (gathered.outside_years, gathered.without_group);
        Ok(Self { names: gathered.groups, groups, parents, all, shares, outside_years, without_group })
    }

    /// A group by its code.
    pub(super) fn find(&self, group: &str) -> Option<&Described> {
        let at = self.names.binary_search_by(|name| name.as_str().cmp(group)).ok()?;
        self.groups.get(at)
    }
}

fn described(plan: &WeighPlan, shares: &[DataYear], sample: Sample) -> Described {
    let means = means(&sample.years, shares, plan.weighting_of);
    Described { stability: stability(&sample, &plan.stable), means, sample }
}

fn sample_of(plan: &WeighPlan, name: &str, years: &[&[i64]]) -> Result<Sample, WeighError> {
    describe(years, &plan.trim, plan.trim_scope).map_err(|cause| WeighError::Trim { group: name.to_owned(), cause })
}

/// The parents of the unstable groups: all cases of all their children, trimmed and tested as a group of its own.
fn parents(
    plan: &WeighPlan,
    input: &WeighInput<'_>,
    gathered: &Gathered,
    groups: &[Described],
    shares: &[DataYear],
) -> Result<BTreeMap<String, Described>, WeighError> {
    let mut children: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    if !plan.unstable.contains(&Fallback::Parent) {
        return Ok(BTreeMap::new());
    }
    for (group, name) in groups.iter().zip(&gathered.groups) {
        if group.stability != Stability::Stable
            && let Some(parent) = plan.parent_of(name)
        {
            children.entry(parent).or_default();
        }
    }
    for (number, name) in gathered.groups.iter().enumerate() {
        if let Some(listed) = plan.parent_of(name).and_then(|parent| children.get_mut(parent)) {
            listed.push(number);
        }
    }
    let mut parent_of_group = vec![None; groups.len()];
    let mut samples = Vec::with_capacity(children.len());
    for (number, (parent, children)) in children.iter().enumerate() {
        let mut years: Vec<Vec<i64>> = vec![Vec::new(); shares.len()];
        for &child in children {
            for (year, amounts) in years.iter_mut().zip(gathered.of_group(child)) {
                year.extend_from_slice(amounts);
            }
            if let Some(slot) = parent_of_group.get_mut(child) {
                *slot = Some(number);
            }
        }
        years.iter_mut().for_each(|year| year.sort_unstable());
        let years: Vec<&[i64]> = years.iter().map(Vec::as_slice).collect();
        samples.push(sample_of(plan, parent, &years)?);
    }
    add_classes(plan, input, gathered, &parent_of_group, &mut samples);
    let named = children.keys().map(|parent| (*parent).to_owned());
    Ok(named.zip(samples.into_iter().map(|sample| described(plan, shares, sample))).collect())
}

/// Adds the fee classes of every kept case to the sample that its group belongs to.
fn add_classes(
    plan: &WeighPlan,
    input: &WeighInput<'_>,
    gathered: &Gathered,
    sample_of_group: &[Option<usize>],
    samples: &mut [Sample],
) {
    let Some(five) = &plan.five_class else { return };
    for sample in samples.iter_mut() {
        for year in &mut sample.years {
            year.classes = vec![0; five.classes.len()];
        }
    }
    let cases = input.group.iter().zip(input.year.iter()).zip(input.amount.iter());
    for (row, ((symbol, year), amount)) in cases.enumerate() {
        let Some((group, year)) = gathered.place(*symbol, *year) else { continue };
        let Some(sample) = sample_of_group.get(group).copied().flatten() else { continue };
        let year = samples.get_mut(sample).and_then(|sample| sample.years.get_mut(year));
        let Some(year) = year else { continue };
        let kept = year.kept_range.is_some_and(|(low, high)| (low..=high).contains(&amount.get()));
        if !kept {
            continue;
        }
        for (total, column) in year.classes.iter_mut().zip(&input.classes) {
            *total += column.get(row).map_or(0, |fen| i128::from(fen.get()));
        }
    }
}
