//! A year settled: stays in, clearing out.
//!
//! The order of work: select the stays of the period and find the method that claims each; decide readmissions and
//! ranked quotas over all of them; evaluate every case; add up the clearing rows; settle every pool (budget, clearing,
//! assessment, residual, sharing, deposit, prepayment, offset); split every row over its cases.
//!
//! The result depends neither on the number of threads nor, but for the order of what is listed, on the order of the
//! stays. Conservation is asserted for every pool and every row.

mod accounts;
pub mod budget;
pub mod charge;
pub mod claims;
pub mod clearing;
mod clearing_words;
pub mod closed;
mod compensate;
mod decide;
pub mod entries;
mod entry_steps;
pub mod error;
pub mod growth;
mod identity;
pub mod inner;
pub mod key;
pub mod options;
pub mod payable;
mod payer;
pub mod point_value;
pub(crate) mod pool_year;
pub mod pro_rata;
pub mod ranking;
mod reserve;
mod rules;
mod shared;
pub mod sharing;
pub mod split;
mod sums;
mod totals;
mod waves;
mod year_steps;

use yibao_kernel::{Day, Fen, Overflow, sum};
use yibao_record::stays::Stays;

pub use self::error::SettleError;
pub use self::options::{Options, Period, Progress};

use self::charge::Charge;
use self::claims::{Claims, RefusedRow, claim};
use self::decide::Deciding;
use self::entries::{Applied, Booked, BookedRow, differences, entries_view};
use self::key::{KeySpace, NO_ROW, RowKey, number_rows};
use self::payer::AfterCase;
use self::pool_year::{PoolYear, RowWork};
use self::rules::YearRules;
use self::split::{CasesByRow, over_cases};
use self::sums::{MonthSums, Months, Sums, add_up, is_point_paid, money};
use self::waves::{Evaluating, Evaluation};
use crate::case::{CaseRules, Decisions, Evaluator};
use crate::plan::{Basis, Capitation, ClearPer, CompiledVerb, OutsidePools, Plan, PriceKind};
use crate::settled::entries::EntriesView;
use crate::settled::{Cases, ClearingRow, FeedView, InnerRow, MonthRow, Outcomes, PoolRow, Settled, SourceView};

/// Settles the stays of a plan's year, or of one of its months.
///
/// A month is an interim result: the month's share of every pool is distributed, and the steps that belong to the whole
/// year (assessment, residual, sharing, deposit) do not run. Transfers and yearly limits see what was discharged since
/// the year began, so the stays of the earlier months must be read too.
///
/// # Errors
/// [`SettleError`]. Stays that are merely not payable are refused one by one and reported in the result.
pub fn settle(plan: &Plan, stays: &Stays, options: &Options<'_>) -> Result<Settled, SettleError> {
    let period = Period::of(plan, options)?;
    if stays.is_empty() {
        return Err(SettleError::Empty);
    }
    let too_many = SettleError::TooMany { stays: stays.len() };
    if stays.len() > MAX_STAYS {
        return Err(too_many);
    }
    let parts = (plan.institutions.len(), plan.insurances.len(), plan.methods.len(), plan.districts.len());
    let space = KeySpace::new(parts.0, parts.1, parts.2, parts.3).ok_or(too_many)?;
    let mut book = plan.book.clone();
    let case_rules = CaseRules::add(&mut book)?;
    let year_rules = YearRules::add(&mut book)?;
    let after = AfterCase::new(plan, stays, &mut book)?;
    let evaluator = Evaluator::new(plan, stays, options.symbols, case_rules)?.with_entries(options.entries);

    let selected = (period.name.as_str(), period.window);
    let mut claims = claim(&evaluator, plan, stays, options.symbols, &space, selected)?;
    let deciding = Deciding { evaluator: &evaluator, plan, stays, space: &space, keys: &claims.keys };
    let mut decisions = deciding.decide()?;
    if period.month.is_some() && shared::looks_back(plan) {
        take_year_to_date(&deciding, &period, options, &mut decisions)?;
    }
    let evaluating = Evaluating {
        evaluator: &evaluator,
        plan,
        stays,
        space: &space,
        decisions: &decisions,
        after: &after,
        progress: options.progress,
    };
    let mut evaluation = evaluating.run(&mut claims.keys, options.reasons.cloned())?;
    drop(decisions);
    let charges = charge::gather(&evaluator, plan, stays, (&evaluation.outcome, &claims.keys), &space);
    // Charges and differences of closed periods may belong to a row that has no stay of its own.
    let booked = differences(plan, &period);
    let booked_keys = booked.lines.iter().map(|line| space.number(line.key));
    let more: Vec<u32> = charges.keys().map(|(key, _)| *key).chain(booked_keys).collect();
    let row_keys = number_rows(&space, &mut claims.keys, &more);
    let charges = charge::by_row(plan, &charges, &space, &row_keys);
    let sums = add_up(plan, stays, &evaluation.outcome, &claims.keys, row_keys.len());
    let mut rows = rows_of(row_keys, sums, plan.months.len(), charges)?;
    book_differences(&mut rows, &booked)?;
    let pools = settle_pools(plan, &period, &year_rules, &mut rows)?;
    let paid = pay_cases(plan, stays, &evaluation.outcome, &claims.keys, (&rows, period.month.is_some()))?;
    check_rows(&rows, &claims.keys, &paid);
    let inner = match period.month {
        None => inner::settle(plan, stays, &claims.keys, &mut rows)?,
        Some(_) => Vec::new(),
    };

    let nothing = Applied::default();
    let method_of = |row: u32| {
        let key = claims.keys.get(row as usize).copied().unwrap_or(NO_ROW);
        rows.get(key as usize).map(|row| row.key.method)
    };
    let entries = entries_view(plan, &period, options.entries.unwrap_or(&nothing), booked, method_of)?;
    let mut refused = std::mem::take(&mut claims.refused);
    refused.append(&mut evaluation.refused);
    refused.sort_by_key(|(row, ..)| *row);
    let parts = Parts { claims, evaluation, rows, pools, inner, paid, refused, entries, book };
    Ok(assemble(plan, stays, options, period, parts))
}

/// In a month, transfers and yearly limits see what was discharged since the year began.
fn take_year_to_date(
    month: &Deciding<'_>,
    period: &Period,
    options: &Options<'_>,
    decisions: &mut Decisions,
) -> Result<(), SettleError> {
    let Deciding { evaluator, plan, stays, space, keys } = *month;
    shared::earlier_months_are_read(plan, stays, period.window)?;
    let selected = (period.name.as_str(), shared::year_to_date(plan, period.window));
    let claims = claim(evaluator, plan, stays, options.symbols, space, selected)?;
    let so_far = Deciding { evaluator, plan, stays, space, keys: &claims.keys }.decide()?;
    decisions.take_shared(&so_far, |row| keys.get(row as usize).is_some_and(|key| *key != NO_ROW));
    Ok(())
}

/// Row numbers are u32; one is kept for "no row".
const MAX_STAYS: usize = 4_000_000_000;

fn rows_of(keys: Vec<RowKey>, sums: Sums, months: usize, charges: Vec<Vec<Charge>>) -> Result<Vec<RowWork>, Overflow> {
    // Every later sum of these is part of one that fits.
    for sums in &sums.rows {
        money(sums.accounted)?;
        money(sums.patient)?;
    }
    let of_row = |row: usize| sums.months.get(row * months..(row + 1) * months).unwrap_or(&[]).to_vec();
    let rows = keys.into_iter().zip(&sums.rows).zip(charges).enumerate().map(|(row, ((key, sums), charges))| RowWork {
        key,
        sums: *sums,
        months: of_row(row),
        share: Fen::ZERO,
        patient: Fen::ZERO,
        parts: Vec::new(),
        charges,
        columns: payable::Columns::default(),
        share_wanted: Fen::ZERO,
        booked: BookedRow::default(),
        prepaid: Vec::new(),
        due: Fen::ZERO,
        explanation: Vec::new(),
    });
    Ok(rows.collect())
}

/// Books the differences of closed periods in their rows.
fn book_differences(rows: &mut [RowWork], booked: &Booked) -> Result<(), Overflow> {
    for line in &booked.lines {
        if let Some(row) = rows.iter_mut().find(|row| row.key == line.key) {
            row.booked.add(line)?;
            row.columns.difference = row.booked.total()?;
        }
    }
    Ok(())
}

/// Settles every pool over its rows.
fn settle_pools(
    plan: &Plan,
    period: &Period,
    rules: &YearRules,
    rows: &mut Vec<RowWork>,
) -> Result<Vec<PoolRow>, SettleError> {
    let mut of_pool: Vec<Vec<(usize, RowWork)>> = plan.pools.iter().map(|_| Vec::new()).collect();
    for (at, row) in std::mem::take(rows).into_iter().enumerate() {
        let pool = plan.pool_of(row.key.method, row.key.insurance, row.key.district);
        match pool.and_then(|pool| of_pool.get_mut(usize::from(pool))) {
            Some(members) => members.push((at, row)),
            None => return Err(no_pool(plan, row.key)),
        }
    }
    let mut settled = Vec::with_capacity(plan.pools.len());
    let mut all: Vec<(usize, RowWork)> = Vec::new();
    for (pool, members) in plan.pools.iter().zip(of_pool) {
        let (places, mut members): (Vec<usize>, Vec<RowWork>) = members.into_iter().unzip();
        let year = PoolYear { plan, pool, period, rules };
        let row = year.settle(&mut members)?;
        let cleared = sum(members.iter().map(|member| member.columns.cleared));
        assert!(cleared == Ok(row.cleared), "what the rows of a pool are cleared is what the pool has cleared");
        settled.push(row);
        all.extend(places.into_iter().zip(members));
    }
    all.sort_by_key(|(at, _)| *at);
    rows.extend(all.into_iter().map(|(_, row)| row));
    Ok(settled)
}

fn no_pool(plan: &Plan, key: RowKey) -> SettleError {
    let method = plan.methods.get(usize::from(key.method)).map(|method| method.id.clone());
    let insurance = plan.insurances.get(usize::from(key.insurance)).map(|part| part.named.id.clone());
    let district = plan.districts.get(usize::from(key.district)).map(|part| part.named.id.clone());
    SettleError::NoPool {
        method: method.unwrap_or_default(),
        insurance: insurance.unwrap_or_default(),
        district: district.unwrap_or_default(),
    }
}

/// What the clearing gives every case: its amount by rate or by item, or its part of the row's share by points (spec
/// §0.4), less the patient part under the `cost` basis.
fn pay_cases(
    plan: &Plan,
    stays: &Stays,
    outcome: &Outcomes,
    row_of: &[u32],
    (rows, one_month): (&[RowWork], bool),
) -> Result<Vec<Fen>, SettleError> {
    let by_row = CasesByRow::new(row_of, rows.len());
    let months = Months::of(plan);
    by_row.pay(outcome.len(), |row, cases| {
        let of = |case: &u32| outcome.get(*case as usize).unwrap_or_default();
        let Some(row) = rows.get(row) else { return Ok(Vec::new()) };
        let method = plan.methods.get(usize::from(row.key.method));
        let mut amounts: Vec<Fen> = cases.iter().map(|case| of(case).amount).collect();
        if !row.parts.is_empty() {
            return pay_claims_of(stays, cases, &amounts, row, |day| months.place(day), one_month, plan);
        }
        if method.is_none_or(|method| method.price == PriceKind::Rate) {
            return Ok(amounts);
        }
        let members: Vec<usize> =
            (0..cases.len()).filter(|at| cases.get(*at).is_some_and(|case| is_point_paid(&of(case)))).collect();
        let case =
            |member: usize| members.get(member).and_then(|at| cases.get(*at)).copied().unwrap_or(NO_ROW) as usize;
        let points: Vec<i128> = (0..members.len())
            .map(|member| outcome.get(case(member)).map_or(0, |outcome| i128::from(outcome.points)))
            .collect();
        let cost_basis = method.is_some_and(|method| method.basis == Basis::Cost);
        let patient: Option<Vec<Fen>> = cost_basis.then(|| {
            (0..members.len()).map(|member| stays.patient.get(case(member)).copied().unwrap_or(Fen::ZERO)).collect()
        });
        let id = |member: usize| stays.case_id.get(case(member));
        let parts = over_cases(row.share, &points, patient.as_deref(), |a, b| id(a).cmp(id(b)))?;
        for (at, part) in members.into_iter().zip(parts) {
            if let Some(amount) = amounts.get_mut(at) {
                *amount = part;
            }
        }
        Ok(amounts)
    })
}

/// What the claims of a row under a total get: by part of the year, in proportion to the claims.
fn pay_claims_of(
    stays: &Stays,
    cases: &[u32],
    claims: &[Fen],
    row: &RowWork,
    month_of: impl Fn(Day) -> Option<usize>,
    one_month: bool,
    plan: &Plan,
) -> Result<Vec<Fen>, SettleError> {
    let per = plan.methods.get(usize::from(row.key.method)).and_then(|method| {
        method.year_steps.iter().find_map(|step| match step.verb {
            CompiledVerb::Clear { pro_rata, .. } => pro_rata,
            _ => None,
        })
    });
    let part_of_case = |case: u32| {
        let month = stays.discharge.get(case as usize).and_then(|day| month_of(*day)).unwrap_or(0);
        totals::part_of(per.unwrap_or(ClearPer::Year), month, one_month)
    };
    let parts: Vec<usize> = cases.iter().map(|case| part_of_case(*case)).collect();
    let mut paid = vec![Fen::ZERO; cases.len()];
    for (part, total) in row.parts.iter().enumerate() {
        let members: Vec<usize> = (0..cases.len()).filter(|at| parts.get(*at) == Some(&part)).collect();
        let shares: Vec<i128> =
            members.iter().filter_map(|at| claims.get(*at)).map(|claim| i128::from(claim.get())).collect();
        let id = |member: usize| {
            let case = members.get(member).and_then(|at| cases.get(*at)).copied().unwrap_or(NO_ROW);
            stays.case_id.get(case as usize)
        };
        for (at, amount) in members.iter().zip(over_cases(*total, &shares, None, |a, b| id(a).cmp(id(b)))?) {
            if let Some(slot) = paid.get_mut(*at) {
                *slot = amount;
            }
        }
    }
    Ok(paid)
}

/// Conservation, asserted in production: what the cases of a row are paid is what the row is cleared.
fn check_rows(rows: &[RowWork], row_of: &[u32], paid: &[Fen]) {
    let mut sums = vec![0_i128; rows.len()];
    for (row, paid) in row_of.iter().zip(paid) {
        if let Some(sum) = sums.get_mut(*row as usize) {
            *sum += i128::from(paid.get());
        }
    }
    for (row, sum) in rows.iter().zip(sums) {
        assert!(
            sum == i128::from(row.columns.cleared.get()),
            "what the cases of a clearing row are paid is what the row is cleared"
        );
    }
}

struct Parts {
    claims: Claims,
    evaluation: Evaluation,
    rows: Vec<RowWork>,
    pools: Vec<PoolRow>,
    inner: Vec<InnerRow>,
    paid: Vec<Fen>,
    refused: Vec<RefusedRow>,
    entries: EntriesView,
    book: yibao_kernel::explain::RuleBook,
}

fn assemble(plan: &Plan, stays: &Stays, options: &Options<'_>, period: Period, parts: Parts) -> Settled {
    let named = |part: &crate::plan::Part| part.named.clone();
    let kind = |method: &crate::plan::Method| {
        let basis = if method.basis == Basis::Cost { "cost" } else { "fund" };
        let price = if method.price == PriceKind::Points { "points" } else { "rate" };
        (basis.to_owned(), price.to_owned())
    };
    let monthly = monthly(plan, &parts.rows);
    let apart = if period.month.is_none() { plan.outside_pools } else { OutsidePools::default() };
    let report =
        |(row, method, refused): &RefusedRow| refused.report(plan, *method, stays, options.symbols, *row as usize);
    Settled {
        year: plan.year,
        window: period.window,
        pack: plan.header.clone(),
        institutions: plan.institutions.iter().map(|institution| institution.view.clone()).collect(),
        insurances: plan.insurances.iter().map(named).collect(),
        districts: plan.districts.iter().map(named).collect(),
        methods: plan
            .methods
            .iter()
            .map(|method| crate::settled::Named { id: method.id.clone(), title: method.title.clone() })
            .collect(),
        capitation: plan.methods.iter().map(|method| method.capitation.map(Capitation::words)).collect(),
        method_kinds: plan.methods.iter().map(kind).collect(),
        cases: Cases {
            outcome: parts.evaluation.outcome,
            row: parts.claims.keys,
            paid: parts.paid,
            explanations: parts.evaluation.explanations,
        },
        feeds: stays
            .feeds
            .iter()
            .map(|feed| FeedView { id: feed.id.clone(), kind: feed.kind.word().to_owned() })
            .collect(),
        sources: stays.sources.iter().map(|one| SourceView { feed: one.feed, file: one.file.clone() }).collect(),
        refused: parts.refused.iter().map(report).collect(),
        monthly,
        identity: identity::lines(&parts.rows, &parts.pools, apart),
        inner: parts.inner,
        accounts: accounts::final_accounts(plan, &parts.rows, &parts.pools, &parts.entries),
        entries: parts.entries,
        pools: parts.pools,
        rows: parts.rows.into_iter().map(|row| clearing_row(row, &period.name)).collect(),
        not_selected: parts.claims.not_selected,
        book: parts.book,
        period: period.name,
    }
}

fn clearing_row(row: RowWork, period: &str) -> ClearingRow {
    // The sums were seen to fit when the rows were made.
    let money = |sum| money(sum).unwrap_or(Fen::ZERO);
    ClearingRow {
        institution: row.key.institution,
        insurance: row.key.insurance,
        method: row.key.method,
        district: row.key.district,
        period: period.to_owned(),
        cases: row.sums.cases,
        units: row.sums.units,
        accounted: money(row.sums.accounted),
        patient: money(row.sums.patient),
        cleared: row.columns.cleared,
        charged: row.columns.charged,
        assessed: row.columns.assessed,
        shared: row.columns.shared,
        difference: row.columns.difference,
        withheld: row.columns.withheld,
        prepaid: row.columns.prepaid,
        due: row.due,
        share_wanted: row.share_wanted,
        explanation: row.explanation,
    }
}

/// The months in which a row has stays or was prepaid.
fn monthly(plan: &Plan, rows: &[RowWork]) -> Vec<MonthRow> {
    let mut all = Vec::new();
    for (number, row) in (0_u32..).zip(rows) {
        for (month, (label, _)) in plan.months.iter().enumerate() {
            let sums = row.months.get(month).copied().unwrap_or_default();
            let prepaid = row.prepaid.get(month).copied().unwrap_or(Fen::ZERO);
            if sums == MonthSums::default() && prepaid.is_zero() {
                continue;
            }
            let money = |sum| money(sum).unwrap_or(Fen::ZERO);
            all.push(MonthRow {
                row: number,
                period: label.clone(),
                cases: sums.cases,
                units: sums.units,
                accounted: money(sums.accounted),
                patient: money(sums.patient),
                prepaid,
            });
        }
    }
    all
}
