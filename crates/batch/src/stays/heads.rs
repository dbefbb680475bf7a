//! Months that count: a registered person is paid for the calendar months of the settled year on whose first day the
//! registration stands.

use yibao_kernel::{Day, Window};

use super::mapping::DateText;

/// Most months a head can have.
pub const HEAD_MONTHS_MAX: i32 = 12;

/// The days between which a person was registered.
pub struct Registered {
    /// First day.
    pub from: DateText,
    /// First day after; blank: still registered.
    pub until: Option<DateText>,
    /// First days of the months of the year.
    pub months: Vec<Day>,
}

/// The first days of the calendar months that begin inside the settled year.
pub fn first_days(year: &Window) -> Vec<Day> {
    let mut days = Vec::new();
    let (mut of, mut month) = (year.from.year(), year.from.month());
    // A settled year is a year or a little more.
    for _ in 0..24 {
        let Ok(first) = Day::new(of, month, 1) else { break };
        if year.until.is_some_and(|until| first >= until) {
            break;
        }
        if year.contains(first) {
            days.push(first);
        }
        (of, month) = if month == 12 { (of + 1, 1) } else { (of, month + 1) };
    }
    days
}

/// The last day of the settled year.
pub fn last_day(year: &Window) -> Option<Day> {
    year.until?.add_days(-1).ok()
}

impl Registered {
    /// How many months count for a registration from a day until (not including) another.
    pub fn count(&self, from: Day, until: Option<Day>) -> i32 {
        let inside = |first: &&Day| **first >= from && until.is_none_or(|until| **first < until);
        i32::try_from(self.months.iter().filter(inside).count()).unwrap_or(i32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stays::expression::{DateFormat, Text};

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn registered() -> Registered {
        let from = DateText { text: Text::Column(0), format: DateFormat::Iso };
        Registered { from, until: None, months: first_days(&Window::year(2025).unwrap()) }
    }

    #[test]
    fn a_month_counts_when_its_first_day_is_inside() {
        let heads = registered();
        assert_eq!(heads.months.len(), 12);
        assert_eq!(heads.count(day("2020-05-05"), None), 12);
        assert_eq!(heads.count(day("2025-03-01"), None), 10);
        assert_eq!(heads.count(day("2025-03-02"), None), 9);
        assert_eq!(heads.count(day("2025-03-01"), Some(day("2025-04-01"))), 1);
        assert_eq!(heads.count(day("2025-03-02"), Some(day("2025-04-01"))), 0);
        assert_eq!(heads.count(day("2025-01-01"), Some(day("2025-12-02"))), 12);
        assert_eq!(heads.count(day("2026-01-01"), None), 0);
        assert_eq!(heads.count(day("2019-01-01"), Some(day("2025-01-01"))), 0);
    }

    #[test]
    fn a_year_that_is_not_the_calendars() {
        let year = Window::new(day("2024-12-26"), Some(day("2025-12-26"))).unwrap();
        let days = first_days(&year);
        assert_eq!(
            (days.len(), days.first(), last_day(&year)),
            (12, Some(&day("2025-01-01")), Some(day("2025-12-25")))
        );
    }
}
