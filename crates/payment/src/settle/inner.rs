//! What a lead institution is paid, over its members (spec §4.7): first what each used inside, then the surplus or
//! deficit by tier shares, inside a tier by what was used.

use std::collections::BTreeMap;

use yibao_kernel::allocate::largest_remainder;
use yibao_kernel::explain::Writer;
use yibao_kernel::{Fen, sum};
use yibao_record::stays::Stays;

use super::error::SettleError;
use super::key::NO_ROW;
use super::pool_year::RowWork;
use super::sums::money;
use crate::plan::{CompiledStep, CompiledVerb, InnerSplit, Plan};
use crate::settled::InnerRow;

/// A member before the split.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Member {
    /// Index of its tier.
    pub tier: usize,
    /// Accounted fund of the cases it treated.
    pub used: Fen,
}

/// Splits an amount over members: (surplus, amount) each. Tiers without members leave their share to the others; a tier
/// that used nothing is split evenly. Members stand in rank order, which breaks ties.
///
/// # Errors
/// Overflow; shares that are all zero.
pub fn split(amount: Fen, members: &[Member], shares: &[i128]) -> Result<Vec<(Fen, Fen)>, SettleError> {
    let used = sum(members.iter().map(|member| member.used))?;
    let rest = amount.checked_sub(used)?;
    let has_members = |tier: usize| members.iter().any(|member| member.tier == tier);
    let mut of_tiers: Vec<i128> =
        shares.iter().enumerate().map(|(tier, share)| if has_members(tier) { *share } else { 0 }).collect();
    if of_tiers.iter().all(|share| *share == 0) {
        of_tiers = (0..shares.len()).map(|tier| i128::from(has_members(tier))).collect();
    }
    let rank: Vec<u32> = (0_u32..).take(of_tiers.len()).collect();
    let rests = largest_remainder(rest, &of_tiers, &rank)?;
    let mut parts = vec![(Fen::ZERO, Fen::ZERO); members.len()];
    for (tier, rest) in rests.into_iter().enumerate() {
        let inside: Vec<usize> =
            (0..members.len()).filter(|at| members.get(*at).is_some_and(|one| one.tier == tier)).collect();
        let mut shares: Vec<i128> =
            inside.iter().filter_map(|at| members.get(*at)).map(|one| i128::from(one.used.get().max(0))).collect();
        if shares.iter().all(|share| *share == 0) {
            shares.iter_mut().for_each(|share| *share = 1);
        }
        let rank: Vec<u32> = (0_u32..).take(shares.len()).collect();
        for (at, surplus) in inside.into_iter().zip(largest_remainder(rest, &shares, &rank)?) {
            if let (Some(part), Some(member)) = (parts.get_mut(at), members.get(at)) {
                *part = (surplus, member.used.checked_add(surplus)?);
            }
        }
    }
    assert!(sum(parts.iter().map(|(_, part)| *part)) == Ok(amount), "members get what their lead is paid");
    Ok(parts)
}

/// The members' parts of every row whose method splits; none in a month.
///
/// # Errors
/// [`SettleError::NoTier`]; overflow.
pub fn settle(plan: &Plan, stays: &Stays, row_of: &[u32], rows: &mut [RowWork]) -> Result<Vec<InnerRow>, SettleError> {
    let splitting = |row: &RowWork| -> Option<(&CompiledStep, &InnerSplit)> {
        let steps = &plan.methods.get(usize::from(row.key.method))?.year_steps;
        steps.iter().find_map(|step| match &step.verb {
            CompiledVerb::InnerSplit(split) => Some((step, split.as_ref())),
            _ => None,
        })
    };
    let splits: Vec<Option<(&CompiledStep, &InnerSplit)>> = rows.iter().map(splitting).collect();
    if splits.iter().all(Option::is_none) {
        return Ok(Vec::new());
    }
    let mut used: BTreeMap<(u32, u32), (u64, i128)> = BTreeMap::new();
    for (case, row) in row_of.iter().enumerate().filter(|(_, row)| **row != NO_ROW) {
        if splits.get(*row as usize).is_none_or(Option::is_none) {
            continue;
        }
        let Some(member) = stays.institution.get(case).and_then(|one| plan.institution_of(*one)) else { continue };
        let sums = used.entry((*row, member)).or_default();
        sums.0 += 1;
        sums.1 += stays.fund.get(case).map_or(0, |amount| i128::from(amount.get()));
    }
    let mut all = Vec::new();
    for (number, (row, split)) in (0_u32..).zip(rows.iter_mut().zip(splits)) {
        let Some((step, rule)) = split else { continue };
        all.extend(of_row(plan, (number, row), step, rule, &used)?);
    }
    Ok(all)
}

fn of_row(
    plan: &Plan,
    (number, row): (u32, &mut RowWork),
    step: &CompiledStep,
    rule: &InnerSplit,
    used: &BTreeMap<(u32, u32), (u64, i128)>,
) -> Result<Vec<InnerRow>, SettleError> {
    let lead = row.key.institution;
    let ranks = (0_u32..).take(plan.institutions.len());
    let of_lead: Vec<u32> = ranks.filter(|rank| plan.lead_of(row.key.method, *rank) == Some(lead)).collect();
    let mut members = Vec::with_capacity(of_lead.len());
    let mut cases = Vec::with_capacity(of_lead.len());
    for rank in &of_lead {
        let tier = rule.tier_of.get(*rank as usize).copied().flatten();
        let no_tier = || SettleError::NoTier {
            step: step.id.clone(),
            institution: plan.institutions.get(*rank as usize).map_or_else(String::new, |one| one.view.id.clone()),
        };
        let (count, sum) = used.get(&(number, *rank)).copied().unwrap_or_default();
        members.push(Member { tier: usize::from(tier.ok_or_else(no_tier)?), used: money(sum)? });
        cases.push(count);
    }
    let amount = row.columns.entitled()?;
    let shares: Vec<i128> = rule.tiers.iter().map(|(_, share)| *share).collect();
    let parts = split(amount, &members, &shares)?;
    let used = sum(members.iter().map(|member| member.used))?;
    let count = i64::try_from(members.len()).unwrap_or(i64::MAX);
    Writer::new(&mut row.explanation).step(step.rule).fen(amount).fen(used).fen(amount.checked_sub(used)?).int(count);
    let rows = of_lead.into_iter().zip(members).zip(cases).zip(parts);
    Ok(rows
        .map(|(((member, one), cases), (surplus, amount))| InnerRow {
            row: number,
            member,
            tier: rule.tiers.get(one.tier).map_or_else(String::new, |(tier, _)| tier.clone()),
            cases,
            used: one.used,
            surplus,
            amount,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(tier: usize, used: i64) -> Member {
        Member { tier, used: Fen::new(used) }
    }

    #[test]
    fn use_comes_first_then_the_surplus_by_tier_and_inside_a_tier_by_use() {
        let members = [member(0, 600), member(1, 100), member(1, 200), member(2, 0)];
        let parts = split(Fen::new(1_900), &members, &[6, 3, 1]).unwrap();
        let surplus: Vec<i64> = parts.iter().map(|(surplus, _)| surplus.get()).collect();
        assert_eq!(surplus, [600, 100, 200, 100]);
        assert_eq!(parts[0].1, Fen::new(1_200));
    }

    #[test]
    fn a_deficit_is_borne_the_same_way_and_an_empty_tier_leaves_its_share() {
        let parts = split(Fen::new(1_000), &[member(0, 900), member(1, 190)], &[6, 3, 1]).unwrap();
        assert_eq!(parts, [(-60, 840), (-30, 160)].map(|(a, b)| (Fen::new(a), Fen::new(b))));
        let nobody = split(Fen::new(7), &[member(2, 0), member(2, 0)], &[6, 3, 0]).unwrap();
        assert_eq!(nobody, [(4, 4), (3, 3)].map(|(a, b)| (Fen::new(a), Fen::new(b))));
    }
}
