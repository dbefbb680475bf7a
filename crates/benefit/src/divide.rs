//! A stay over the end of the insurance year as two bills: every part of every line by days (按日均费用拆分).

use yibao_kernel::Fen;
use yibao_kernel::allocate::largest_remainder;
use yibao_record::bill::{Bill, Line, Parts};
use yibao_record::person::PersonState;

use crate::pack::header::CrossYear;
use crate::plan::{Engine, window};
use crate::refusal::Refusal;
use crate::split::{Split, Splitter, State};

/// The bills of a bill: itself, or one up to the last day of the year and one from the first day of the next. Only where
/// the pack divides such stays. The lines are decided once, on the whole bill and each by its own day; both parts say
/// which bill they are a part of, so that what is granted once per bill is granted once.
///
/// # Errors
/// What the lines of the bill are refused for; a stay over more than two years.
pub fn divide(engine: &Engine, bill: &Bill, before: &PersonState) -> Result<Vec<Bill>, Refusal> {
    divide_at(engine, None, bill, before)
}

/// [`divide`], with the lines decided by the pack of the place of care.
///
/// # Errors
/// As [`divide`].
pub fn divide_at(
    engine: &Engine,
    care: Option<&Engine>,
    bill: &Bill,
    before: &PersonState,
) -> Result<Vec<Bill>, Refusal> {
    let starts = engine.year_starts;
    let crosses = window::year_of(bill.start, starts) != window::year_of(bill.end, starts);
    if !crosses || engine.pack.benefit.cross_year != CrossYear::DailyAverage {
        return Ok(vec![bill.clone()]);
    }
    let refused = |error: yibao_kernel::DateError| Refusal::of_text("days", &error.to_string());
    let seam = window::year_end(bill.start, starts).map_err(refused)?;
    if window::year_of(seam, starts) != window::year_of(bill.end, starts) {
        return Err(Refusal::new(
            "cross_year",
            "the bill covers more than two insurance years",
            "settle at the end of each year",
        ));
    }
    let shares = [i128::from(bill.start.days_until(seam)), i128::from(seam.days_until(bill.end)).max(1)];
    let mut state = State::read(engine, &before.accumulators, &before.accounts)?;
    let mut split = Split::default();
    let mut splitter = care.map_or_else(|| Splitter::new(engine), |care| Splitter::out_of_area(engine, care));
    splitter.lines(bill, &before.person, &mut state, &mut split)?;
    let last = seam.add_days(-1).map_err(refused)?;
    let part = |number: u8| Bill {
        id: format!("{}/{number}", bill.id),
        part_of: Some(bill.id.clone()),
        stay: bill.stay.clone().or_else(|| Some(bill.id.clone())),
        given: std::collections::BTreeMap::new(),
        lines: Vec::with_capacity(bill.lines.len()),
        ..bill.clone()
    };
    let mut first = Bill { end: last, ..part(1) };
    let mut second = Bill { start: seam, stay_start: Some(bill.stay_start.unwrap_or(bill.start)), ..part(2) };
    for (line, split) in bill.lines.iter().zip(&split.lines) {
        let [one, two] = parts_by_days(split.parts, &shares)?;
        first.lines.push(given(line, one, bill));
        second.lines.push(given(line, two, bill));
    }
    for (fund, amount) in &bill.given {
        let [one, two] = by_days(*amount, &shares)?;
        for (part, amount) in [(&mut first, one), (&mut second, two)] {
            if !amount.is_zero() {
                part.given.insert(fund.clone(), amount);
            }
        }
    }
    for part in [&mut first, &mut second] {
        part.amount = yibao_kernel::sum(part.lines.iter().map(|line| line.amount)).unwrap_or_default();
    }
    Ok(vec![first, second])
}

/// An amount over the two years, ties to the first.
fn by_days(amount: Fen, shares: &[i128; 2]) -> Result<[Fen; 2], Refusal> {
    let given =
        largest_remainder(amount, shares, &[0, 1]).map_err(|error| Refusal::of_text("days", &error.to_string()))?;
    Ok([given.first().copied().unwrap_or_default(), given.get(1).copied().unwrap_or_default()])
}

fn parts_by_days(parts: Parts, shares: &[i128; 2]) -> Result<[Parts; 2], Refusal> {
    let [full_one, full_two] = by_days(parts.full_self, shares)?;
    let [over_one, over_two] = by_days(parts.over_limit, shares)?;
    let [first_one, first_two] = by_days(parts.first_self, shares)?;
    let [scope_one, scope_two] = by_days(parts.in_scope, shares)?;
    Ok([
        Parts { full_self: full_one, over_limit: over_one, first_self: first_one, in_scope: scope_one },
        Parts { full_self: full_two, over_limit: over_two, first_self: first_two, in_scope: scope_two },
    ])
}

/// A line whose parts are decided. It keeps its item, for routes and marks, and its day, for the version of the item.
fn given(line: &Line, parts: Parts, bill: &Bill) -> Line {
    let amount =
        yibao_kernel::sum([parts.full_self, parts.over_limit, parts.first_self, parts.in_scope]).unwrap_or_default();
    Line {
        day: Some(line.day.unwrap_or(bill.end)),
        stated: None,
        parts: Some(parts),
        amount,
        price: yibao_kernel::Decimal::new(amount.get(), 2),
        quantity: yibao_kernel::Decimal::new(1, 0),
        ..line.clone()
    }
}
