//! What can be seen before a bill is split: its days and sums, whose it is, where it was.

use yibao_kernel::{Day, Fen};
use yibao_record::bill::Bill;
use yibao_record::person::{Insured, Person};

use super::lines::outside;
use crate::pack::header::CrossYear;
use crate::pack::step::AsOf;
use crate::plan::{Engine, Plan, window};
use crate::refusal::{Refusal, too_large};

/// Whether a division lies in the pooling area of a pack.
pub(super) fn pools(engine: &Engine, area: &str) -> bool {
    let header = &engine.pack.benefit;
    let prefix = header.area.get(..usize::from(header.area_digits)).unwrap_or(&header.area);
    area.starts_with(prefix)
}

/// That the bill is the person's, and both are somewhere.
pub(super) fn belongs(bill: &Bill, person: &Person, insured: &Insured) -> Result<(), Refusal> {
    if !bill.person.is_empty() && bill.person != person.id {
        return Err(Refusal::new(
            "person",
            "the bill is of another person than the year so far",
            "hand over the state of the bill's own person",
        ));
    }
    if bill.end < person.birth {
        return Err(Refusal::new(
            "birth",
            "the bill ends before the person is born",
            "correct the day of birth or the bill",
        ));
    }
    let division = |area: &str| area.len() == 6 && area.bytes().all(|byte| byte.is_ascii_digit());
    for (area, whose) in [(&bill.institution.area, "institution"), (&insured.area, "insurance")] {
        if !division(area) {
            return Err(Refusal::new(
                "area",
                format!("\"{area}\" of the {whose} is no administrative division"),
                "write six digits, like \"110000\"",
            ));
        }
    }
    Ok(())
}

/// The plan of the bill's day, after what can be seen on the bill alone.
pub(super) fn checked<'e>(engine: &'e Engine, bill: &Bill) -> Result<&'e Plan, Refusal> {
    if bill.end < bill.start {
        return Err(Refusal::new("days", "the bill ends before it starts", "correct start or end"));
    }
    if bill.stay_start.is_some_and(|start| start > bill.start) {
        return Err(Refusal::new("days", "the stay begins after the bill's first day", "correct stay_start or start"));
    }
    if bill.lines.is_empty() {
        return Err(Refusal::new("no_lines", "the bill has no lines", "a bill is split by its lines; send them"));
    }
    let sum = yibao_kernel::sum(bill.lines.iter().map(|line| line.amount)).map_err(|_| too_large())?;
    if sum != bill.amount {
        let message = format!("the lines come to {sum}, the bill says {}", bill.amount);
        return Err(Refusal::new("sum", message, "send all lines, and the total they come to"));
    }
    if bill.amount.get() > Fen::MAX_ABS {
        return Err(too_large());
    }
    // A divided line keeps its day in both parts of the bill.
    let own = bill.lines.iter().filter(|line| bill.part_of.is_none() || line.parts.is_none());
    if own.filter_map(|line| line.day).any(|day| day > bill.end) {
        return Err(Refusal::new(
            "days",
            "a line is of a day after the bill's last",
            "correct the day of the line, or the end of the bill",
        ));
    }
    if bill.referral.is_some() && bill.stay.is_none() {
        return Err(Refusal::new("referral", "a referred bill says which stay it is of", "state `stay`"));
    }
    engine.plan(bill.end).ok_or_else(|| outside(engine, bill.end))
}

/// That the bill lies in one insurance year, where the pack asks for it.
pub(super) fn within_year(engine: &Engine, bill: &Bill) -> Result<(), Refusal> {
    let starts = engine.year_starts;
    let crosses = bill.end >= bill.start && window::year_of(bill.start, starts) != window::year_of(bill.end, starts);
    if crosses && engine.pack.benefit.cross_year == CrossYear::DailyAverage {
        return Err(Refusal::new(
            "cross_year",
            "the bill crosses the end of the insurance year",
            "divide it by days first (`divide`)",
        ));
    }
    if crosses && engine.pack.benefit.cross_year == CrossYear::Interim {
        return Err(Refusal::new(
            "cross_year",
            "the bill crosses the end of the insurance year",
            "settle up to the last day of the year, then the rest of the same stay",
        ));
    }
    Ok(())
}

/// The day on which insurance, status and every other fact of a bill is taken.
pub(super) fn facts_day(engine: &Engine, bill: &Bill) -> Day {
    match engine.pack.benefit.facts_on {
        AsOf::End => bill.end,
        AsOf::Start => bill.stay_start.unwrap_or(bill.start),
    }
}
