//! Windows of time: which one a day falls into, and how it is written.

use yibao_kernel::{DateError, Day};

use crate::pack::step::WindowKind;

/// The word of a window in packs and messages.
#[must_use]
pub const fn word(window: WindowKind) -> &'static str {
    match window {
        WindowKind::Bill => "bill",
        WindowKind::Day => "day",
        WindowKind::Month => "month",
        WindowKind::Quarter => "quarter",
        WindowKind::Year => "year",
        WindowKind::Stay => "stay",
        WindowKind::Period => "period",
        WindowKind::Registration => "registration",
        WindowKind::Lifetime => "lifetime",
    }
}

/// The insurance year a day falls into: the calendar year it started in.
#[must_use]
pub const fn year_of(day: Day, starts: (u8, u8)) -> i32 {
    let (year, month, date) = day.parts();
    let before = month < starts.0 || (month == starts.0 && date < starts.1);
    if before { year - 1 } else { year }
}

/// The first day after the insurance year of a day.
///
/// # Errors
/// [`DateError`] at the end of the calendar.
pub fn year_end(day: Day, starts: (u8, u8)) -> Result<Day, DateError> {
    Day::new(year_of(day, starts) + 1, starts.0, starts.1)
}

/// The number of a window that depends on nothing but the day; `None` for the others.
#[must_use]
pub fn number(window: WindowKind, day: Day, starts: (u8, u8)) -> Option<i32> {
    let (year, month, _) = day.parts();
    match window {
        WindowKind::Day => Some(day.days()),
        WindowKind::Month => Some(year * 12 + i32::from(month) - 1),
        WindowKind::Quarter => Some(year * 4 + i32::from(month - 1) / 3),
        WindowKind::Year => Some(year_of(day, starts)),
        WindowKind::Lifetime => Some(0),
        _ => None,
    }
}

/// A window as written, for those that depend on the day only.
#[must_use]
pub fn show(window: WindowKind, number: i32) -> Option<String> {
    match window {
        WindowKind::Day | WindowKind::Registration => Day::from_days(number).ok().map(|day| day.to_string()),
        WindowKind::Month => Some(format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1)),
        WindowKind::Quarter => Some(format!("{:04}Q{}", number.div_euclid(4), number.rem_euclid(4) + 1)),
        WindowKind::Year => Some(format!("{number:04}")),
        WindowKind::Lifetime => Some("-".to_owned()),
        WindowKind::Bill | WindowKind::Stay | WindowKind::Period => None,
    }
}

/// Reads what [`show`] writes.
#[must_use]
pub fn read(window: WindowKind, text: &str) -> Option<i32> {
    let pair = |mark: char, per: i32| {
        let (year, part) = text.split_once(mark)?;
        let (year, part): (i32, i32) = (year.parse().ok()?, part.parse().ok()?);
        let number = year.checked_mul(per)?.checked_add(part)?.checked_sub(1)?;
        (1..=per).contains(&part).then_some(number)
    };
    match window {
        WindowKind::Day | WindowKind::Registration => Day::parse(text).ok().map(Day::days),
        WindowKind::Month => pair('-', 12),
        WindowKind::Quarter => pair('Q', 4),
        WindowKind::Year => text.parse().ok(),
        WindowKind::Lifetime => (text == "-").then_some(0),
        WindowKind::Bill | WindowKind::Stay | WindowKind::Period => None,
    }
}
