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
/// the pack divides such stays.
///
/// # Errors
/// What a split of the bill is refused for; a stay over more than two years.
pub fn divide(engine: &Engine, bill: &Bill, before: &PersonState) -> Result<Vec<Bill>, Refusal> {
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
    Splitter::new(engine).split(&seen_whole(bill, seam), &before.person, &mut state, &mut split, None)?;
    let last = seam.add_days(-1).map_err(refused)?;
    let mut first = Bill { id: format!("{}/1", bill.id), end: last, lines: Vec::new(), ..bill.clone() };
    let mut second = Bill { id: format!("{}/2", bill.id), start: seam, lines: Vec::new(), ..bill.clone() };
    second.stay_start = Some(bill.stay_start.unwrap_or(bill.start));
    first.stay = bill.stay.clone().or_else(|| Some(bill.id.clone()));
    second.stay.clone_from(&first.stay);
    for (line, split) in bill.lines.iter().zip(&split.lines) {
        let [one, two] = by_days(split.parts, &shares)?;
        let at = |parts: Parts, day| Line { day: Some(day), ..given(line, parts) };
        first.lines.push(at(one, last));
        second.lines.push(at(two, seam));
    }
    for part in [&mut first, &mut second] {
        part.amount = yibao_kernel::sum(part.lines.iter().map(|line| line.amount)).unwrap_or_default();
    }
    Ok(vec![first, second])
}

/// The bill as one of the second year, only to have its lines split.
fn seen_whole(bill: &Bill, seam: yibao_kernel::Day) -> Bill {
    let lines = bill.lines.iter().map(|line| Line { day: line.day.or(Some(bill.end)), ..line.clone() }).collect();
    Bill { start: seam, stay_start: Some(bill.stay_start.unwrap_or(bill.start)), lines, ..bill.clone() }
}

fn by_days(parts: Parts, shares: &[i128; 2]) -> Result<[Parts; 2], Refusal> {
    let mut out = [Parts::default(); 2];
    let give = |amount: Fen| -> Result<[Fen; 2], Refusal> {
        let given =
            largest_remainder(amount, shares, &[0, 1]).map_err(|error| Refusal::of_text("days", &error.to_string()))?;
        Ok([given.first().copied().unwrap_or_default(), given.get(1).copied().unwrap_or_default()])
    };
    let all = [give(parts.full_self)?, give(parts.over_limit)?, give(parts.first_self)?, give(parts.in_scope)?];
    for (at, part) in out.iter_mut().enumerate() {
        let of = |which: usize| all.get(which).and_then(|pair| pair.get(at)).copied().unwrap_or_default();
        *part = Parts { full_self: of(0), over_limit: of(1), first_self: of(2), in_scope: of(3) };
    }
    Ok(out)
}

/// A line whose parts are decided.
fn given(line: &Line, parts: Parts) -> Line {
    let amount =
        yibao_kernel::sum([parts.full_self, parts.over_limit, parts.first_self, parts.in_scope]).unwrap_or_default();
    Line {
        item: None,
        stated: None,
        parts: Some(parts),
        amount,
        price: yibao_kernel::Decimal::new(amount.get(), 2),
        quantity: yibao_kernel::Decimal::new(1, 0),
        ..line.clone()
    }
}
