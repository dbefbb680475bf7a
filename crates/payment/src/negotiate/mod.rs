//! What a standard per disease could be, and what each choice would cost the fund: past cost beside the fund's ability.
//!
//! Exact throughout; a standard is rounded once, to the unit the pack states, and what is rounded is what is costed.

mod declared;
mod input;

use thiserror::Error;
use yibao_kernel::statistics::{Moments, TrimError, median, quantile_r7, trim};
use yibao_kernel::{Decimal, Fen, Mode, Overflow, Ratio, RatioError};

use crate::pack::negotiate::{Measure, NegotiateOf};

pub use input::{Past, PastCase};

/// What is computed.
#[derive(Clone, Debug)]
pub struct NegotiatePlan {
    /// Name of the standard.
    pub standard: String,
    /// The year proposed for.
    pub year: i32,
    /// Key columns.
    pub key: Vec<String>,
    /// Value column of the proposed table.
    pub value: String,
    /// What a standard is compared with.
    pub of: NegotiateOf,
    /// Years of past stays.
    pub years: Vec<i32>,
    /// Trimming of the trimmed mean.
    pub trim: yibao_kernel::statistics::Trim,
    /// Ends of the proposed range.
    pub range: [Measure; 2],
    /// The proposed measure.
    pub propose: Measure,
    /// Standards are multiples of this.
    pub round_to: Fen,
    /// Shares up and down from the proposal.
    pub steps: Vec<Ratio>,
    /// Fewest cases shown.
    pub min_cases: u64,
    /// Standards in force, by key.
    pub current: std::collections::BTreeMap<Vec<String>, Fen>,
    /// The fund's ability.
    pub ability: Option<Ability>,
}

/// The budget lines the standards are paid from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ability {
    /// `BUDGET.LINE`, joined by ` + `.
    pub line: String,
    /// Their amount.
    pub amount: Fen,
    /// `adopted`, or `proposal` where one of them is not adopted yet.
    pub stage: &'static str,
}

/// What the standard could be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Choice {
    /// A measure of the past.
    Measure(Measure),
    /// The standard in force.
    Current,
    /// The proposal and a share of it more (or less).
    Step(Ratio),
}

impl Choice {
    /// The word in files.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Measure(measure) => measure.word().to_owned(),
            Self::Current => "current".to_owned(),
            Self::Step(share) => format!("proposed{}", signed_percent(share)),
        }
    }

    /// The words printed, Chinese and English.
    #[must_use]
    pub fn words(self) -> (String, String) {
        match self {
            Self::Measure(measure) => (measure.words().0.to_owned(), measure.words().1.to_owned()),
            Self::Current => ("现行标准".to_owned(), "current".to_owned()),
            Self::Step(share) => {
                (format!("拟定 {}", signed_percent(share)), format!("proposed {}", signed_percent(share)))
            }
        }
    }
}

fn signed_percent(share: Ratio) -> String {
    let percent = share.checked_mul(Ratio::from_int(100)).map_or_else(|_| share.to_string(), |share| share.to_string());
    if share.is_negative() { format!("{percent}%") } else { format!("+{percent}%") }
}

/// A choice for a disease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Costed {
    /// The choice.
    pub choice: Choice,
    /// The standard, rounded.
    pub standard: Fen,
    /// What the fund would pay in a year with as many cases as in the past.
    pub fund_a_year: Fen,
}

/// A disease (and level).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NegotiatedRow {
    /// Key, in the order of the plan's columns.
    pub key: Vec<String>,
    /// Cases in all years.
    pub cases: u64,
    /// Cases a year.
    pub cases_a_year: Decimal,
    /// Cases the trimmed mean is of.
    pub kept: u64,
    /// The measures, in the order of [`Measure::ALL`], half-up to the fen.
    pub measures: [Fen; 5],
    /// What the fund paid of the cost.
    pub fund_ratio: Decimal,
    /// What the fund paid in a year.
    pub fund_a_year: Fen,
    /// The proposed range, rounded.
    pub range: [Fen; 2],
    /// The proposal, rounded.
    pub proposed: Fen,
    /// Every choice and its cost.
    pub choices: Vec<Costed>,
}

/// The proposal for all diseases.
#[derive(Clone, Debug)]
pub struct Negotiated {
    /// The plan.
    pub plan: NegotiatePlan,
    /// Diseases by key.
    pub rows: Vec<NegotiatedRow>,
    /// Keys with too few cases, and how many cases together.
    pub few: (u64, u64),
    /// Cases of other years.
    pub outside_years: u64,
    /// Cases without a disease, or of one not asked for.
    pub without_key: u64,
    /// What each choice would cost a year for all diseases; `None` where a disease has no such standard.
    pub totals: Vec<(Choice, Option<Fen>)>,
    /// What the fund paid in a year for these diseases.
    pub fund_a_year: Fen,
}

/// Why nothing can be proposed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NegotiateError {
    /// The pack proposes no standard.
    #[error(
        "the pack has no [negotiate] table\n  hint: add one with standard, year, key, of, years, trim, range, propose"
    )]
    NotDeclared,
    /// A key of [negotiate] that cannot be used.
    #[error("negotiate.{key}: {message}\n  hint: {hint}")]
    Plan {
        /// The key.
        key: &'static str,
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// No case is left to look at.
    #[error(
        "no disease has {min_cases} cases in {years}: {outside} stays of other years, {without} without a disease asked for\n  hint: check `years`, `diseases` and `key` of [negotiate]"
    )]
    NoCases {
        /// Fewest cases.
        min_cases: u64,
        /// Years.
        years: String,
        /// Stays of other years.
        outside: u64,
        /// Stays without a key.
        without: u64,
    },
    /// Arithmetic.
    #[error(transparent)]
    Trim(#[from] TrimError),
    /// Arithmetic.
    #[error(transparent)]
    Ratio(#[from] RatioError),
    /// Arithmetic.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// Proposes standards.
///
/// # Errors
/// [`NegotiateError`].
pub fn negotiate(plan: NegotiatePlan, past: &Past) -> Result<Negotiated, NegotiateError> {
    let mut rows = Vec::new();
    let mut few = (0, 0);
    for (key, cases) in &past.cases {
        let count = cases.len() as u64;
        if count < plan.min_cases.max(1) {
            few = (few.0 + 1, few.1 + count);
            continue;
        }
        rows.push(row(&plan, key, cases)?);
    }
    if rows.is_empty() {
        let years: Vec<String> = plan.years.iter().map(ToString::to_string).collect();
        return Err(NegotiateError::NoCases {
            min_cases: plan.min_cases,
            years: years.join(", "),
            outside: past.outside_years,
            without: past.without_key,
        });
    }
    let fund_a_year = yibao_kernel::sum(rows.iter().map(|row| row.fund_a_year))?;
    let totals = totals(&plan, &rows)?;
    let (outside_years, without_key) = (past.outside_years, past.without_key);
    Ok(Negotiated { plan, rows, few, outside_years, without_key, totals, fund_a_year })
}

fn row(plan: &NegotiatePlan, key: &[String], cases: &[PastCase]) -> Result<NegotiatedRow, NegotiateError> {
    let mut amounts: Vec<i64> =
        cases.iter().map(|case| if plan.of == NegotiateOf::Cost { case.cost.get() } else { case.fund.get() }).collect();
    amounts.sort_unstable();
    let years = Ratio::from_int(i64::try_from(plan.years.len()).unwrap_or(i64::MAX));
    let count = Ratio::from_int(i64::try_from(amounts.len()).unwrap_or(i64::MAX));
    let a_year = count.checked_div(years)?;
    let total = |of: fn(&PastCase) -> Fen| -> Result<Ratio, RatioError> {
        Ratio::new(cases.iter().map(|case| i128::from(of(case).get())).sum(), 1)
    };
    let (cost, fund) = (total(|case| case.cost)?, total(|case| case.fund)?);
    let fund_ratio = if cost.is_zero() { Ratio::ZERO } else { fund.checked_div(cost)? };
    let (exact, kept) = measures(plan, &amounts)?;
    let of = |measure: Measure| {
        let at = Measure::ALL.iter().position(|one| *one == measure).unwrap_or(0);
        exact.get(at).copied().unwrap_or(Ratio::ZERO)
    };
    let paid = if plan.of == NegotiateOf::Cost { fund_ratio } else { Ratio::ONE };
    let costed = |choice: Choice, standard: Fen| -> Result<Costed, NegotiateError> {
        let fund_a_year = standard.ratio().checked_mul(a_year)?.checked_mul(paid)?.to_fen(Mode::HalfUp)?;
        Ok(Costed { choice, standard, fund_a_year })
    };
    let proposed = rounded(of(plan.propose), plan.round_to)?;
    let mut choices = Vec::new();
    for measure in Measure::ALL {
        choices.push(costed(Choice::Measure(measure), rounded(of(measure), plan.round_to)?)?);
    }
    if let Some(current) = plan.current.get(key) {
        choices.push(costed(Choice::Current, *current)?);
    }
    for share in steps(plan) {
        let standard = proposed.ratio().checked_mul(Ratio::ONE.checked_add(share)?)?;
        choices.push(costed(Choice::Step(share), rounded(standard, plan.round_to)?)?);
    }
    let mut printed = [Fen::ZERO; 5];
    for (place, value) in printed.iter_mut().zip(&exact) {
        *place = value.to_fen(Mode::HalfUp)?;
    }
    let [low, high] = plan.range;
    Ok(NegotiatedRow {
        key: key.to_vec(),
        cases: amounts.len() as u64,
        cases_a_year: a_year.to_decimal(2, Mode::HalfUp)?,
        kept,
        measures: printed,
        fund_ratio: fund_ratio.to_decimal(4, Mode::HalfUp)?,
        fund_a_year: fund.checked_div(years)?.to_fen(Mode::HalfUp)?,
        range: [rounded(of(low), plan.round_to)?, rounded(of(high), plan.round_to)?],
        proposed,
        choices,
    })
}

/// The measures in the order of [`Measure::ALL`], and how many cases the trimmed mean keeps.
fn measures(plan: &NegotiatePlan, sorted: &[i64]) -> Result<([Ratio; 5], u64), NegotiateError> {
    const TOO_WIDE: Overflow = Overflow { operation: "quantile" };
    let quantile = |num: i128| {
        let p = Ratio::new(num, 4)?;
        quantile_r7(sorted, p).ok_or(NegotiateError::Overflow(TOO_WIDE))
    };
    let mean = |values: &[i64]| -> Result<Ratio, NegotiateError> { Moments::of(values)?.mean().ok_or(TOO_WIDE.into()) };
    let kept = trim(sorted, &plan.trim)?.kept;
    let kept = sorted.get(kept).filter(|kept| !kept.is_empty()).unwrap_or(sorted);
    let middle = median(sorted).ok_or(TOO_WIDE)?;
    Ok(([quantile(1)?, middle, mean(kept)?, mean(sorted)?, quantile(3)?], kept.len() as u64))
}

/// To the nearest multiple of the unit, half up.
fn rounded(amount: Ratio, unit: Fen) -> Result<Fen, NegotiateError> {
    let units = amount.checked_div(unit.ratio())?.round(0, Mode::HalfUp)?;
    Ok(Ratio::new(units, 1)?.checked_mul(unit.ratio())?.to_fen(Mode::HalfUp)?)
}

/// Each step down and up, from the lowest to the highest.
fn steps(plan: &NegotiatePlan) -> Vec<Ratio> {
    let mut all: Vec<Ratio> = plan.steps.iter().flat_map(|step| [*step, step.negated()]).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn totals(plan: &NegotiatePlan, rows: &[NegotiatedRow]) -> Result<Vec<(Choice, Option<Fen>)>, NegotiateError> {
    let mut choices: Vec<Choice> = Measure::ALL.map(Choice::Measure).to_vec();
    choices.push(Choice::Current);
    choices.extend(steps(plan).into_iter().map(Choice::Step));
    let mut totals = Vec::new();
    for choice in choices {
        let of = |row: &NegotiatedRow| row.choices.iter().find(|one| one.choice == choice).map(|one| one.fund_a_year);
        let costs: Option<Vec<Fen>> = rows.iter().map(of).collect();
        totals.push((choice, costs.map(yibao_kernel::sum).transpose()?));
    }
    Ok(totals)
}

#[cfg(test)]
mod tests;
