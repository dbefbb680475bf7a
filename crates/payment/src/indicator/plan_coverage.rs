//! The three-year plan of payment reform: coverage of regions, institutions, diseases and fund, and the grouping rate it
//! encourages, against the targets of the programme year.

use yibao_kernel::{Decimal, Ratio};

use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition, number};
use super::spec::{Spec, Target};

/// Words in Chinese and English.
type Both = (&'static str, &'static str);

/// Id, title and formula per target.
const WORDS: [(&str, Both, Both); 5] = [
    (
        "plan.regions",
        ("统筹地区覆盖率", "regions covered"),
        ("已实行统筹区 ÷ 全部统筹区", "regions paying by disease ÷ all regions"),
    ),
    (
        "plan.institutions",
        ("医疗机构覆盖率", "institutions covered"),
        ("已实行机构 ÷ 应实行机构", "institutions paid by disease ÷ all that treat inpatients"),
    ),
    (
        "plan.diseases",
        ("病种覆盖率", "diseases covered"),
        ("有病例的病组 ÷ 全部病组", "groups with a case ÷ all groups of the scheme"),
    ),
    (
        "plan.fund",
        ("医保基金覆盖率", "fund covered"),
        ("按病种付费基金 ÷ 住院基金", "fund paid by disease ÷ inpatient fund"),
    ),
    (
        "plan.grouping_rate",
        ("入组率（鼓励目标）", "grouping rate (encouraged)"),
        ("入组病例 ÷ 应入组病例", "grouped cases ÷ cases to group"),
    ),
];

/// Those the pack states targets for.
pub(super) fn indicators(spec: &Spec) -> Vec<Indicator> {
    let Some(plan) = &spec.plan else { return Vec::new() };
    let stated = [
        plan.regions.is_some(),
        plan.institutions.is_some(),
        plan.diseases.is_some(),
        plan.fund.is_some(),
        plan.grouping_rate.is_some(),
    ];
    let all = WORDS.iter().enumerate().zip(stated).filter(|(_, stated)| *stated).map(|((at, words), _)| {
        let (id, title, formula) = *words;
        Indicator {
            definition: definition(id, title, formula, Unit::Share, super::PLAN).cited(spec, "plan"),
            query,
            at,
        }
    });
    all.collect()
}

/// Coverage against a target: the share, and whether it is reached (compared before rounding).
///
/// # Errors
/// A figure that does not fit.
pub fn coverage(covered: Decimal, all: Decimal, target: Ratio, sample: u64) -> Result<Option<Measure>, TooLarge> {
    Measure::quotient(covered, all, Unit::Share, sample)?.map(|found| found.with_target(target)).transpose()
}

fn query(view: &View<'_>, at: usize) -> Result<Option<Measure>, TooLarge> {
    let (Some(plan), true) = (&view.spec.plan, view.whole) else { return Ok(None) };
    let slice = view.slice;
    let counted = |target: &Option<Target>, found: u64| {
        let Some(target) = target else { return Ok(None) };
        let share = Ratio::parse(&target.share).map_err(|_| TooLarge)?;
        let covered = i128::from(target.covered.unwrap_or(found));
        let all = target.all.unwrap_or(0);
        coverage(number(covered, 0)?, number(i128::from(all), 0)?, share, slice.stays().cases)
    };
    match at {
        0 => counted(&plan.regions, 0),
        1 => counted(&plan.institutions, slice.institutions_by_disease),
        2 => counted(&plan.diseases, slice.groups_by_disease),
        3 => {
            let Some(target) = &plan.fund else { return Ok(None) };
            let share = Ratio::parse(&target.share).map_err(|_| TooLarge)?;
            let stays = slice.stays();
            coverage(number(slice.fund_by_disease, 2)?, number(stays.fund, 2)?, share, stays.cases)
        }
        _ => {
            let Some(share) = &plan.grouping_rate else { return Ok(None) };
            let share = Ratio::parse(share).map_err(|_| TooLarge)?;
            let stays = slice.stays();
            let (top, bottom) = (i128::from(stays.countable_grouped), i128::from(stays.countable));
            coverage(number(top, 0)?, number(bottom, 0)?, share, stays.countable)
        }
    }
}
