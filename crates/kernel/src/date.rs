//! Calendar days of the Gregorian calendar, and windows of days. No time of day, no time zone: the
//! rules of medical insurance speak of dates.

use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A calendar day from 0001-01-01 to 9999-12-31.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(i32);

/// Why something is not a day or not a window.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Error)]
pub enum DateError {
    /// Not written as a date.
    #[error("not a date\n  hint: write year, month and day, like 2025-03-01")]
    NotADate,
    /// Written as a date that the calendar does not have.
    #[error("the calendar has no day {year:04}-{month:02}-{day:02}\n  hint: check month and day")]
    NoSuchDay {
        /// Year as written.
        year: i32,
        /// Month as written.
        month: u8,
        /// Day of the month as written.
        day: u8,
    },
    /// Before 0001-01-01 or after 9999-12-31.
    #[error("the day is before 0001-01-01 or after 9999-12-31\n  hint: check the number of days added")]
    OutOfRange,
    /// A window that contains no day.
    #[error(
        "the window from {from} until {until} is empty\n  hint: `until` is the first day outside, so it comes after `from`"
    )]
    EmptyWindow {
        /// First day.
        from: Day,
        /// First day outside.
        until: Day,
    },
}

impl Day {
    /// 0001-01-01; also stands for "known from the beginning".
    pub const MIN: Self = Self(-719_162);
    /// 9999-12-31.
    pub const MAX: Self = Self(2_932_896);

    /// The day of a year, month (1 to 12) and day of the month.
    ///
    /// # Errors
    /// [`DateError::NoSuchDay`].
    pub const fn new(year: i32, month: u8, day: u8) -> Result<Self, DateError> {
        if year < 1 || year > 9999 || day < 1 || day > days_in_month(year, month) {
            return Err(DateError::NoSuchDay { year, month, day });
        }
        // Days from civil (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"): years
        // start in March, so that the leap day is the last of its year.
        let (month, day) = (month as i32, day as i32);
        let shifted_year = if month <= 2 { year - 1 } else { year };
        let era = shifted_year.div_euclid(400);
        let year_of_era = shifted_year.rem_euclid(400);
        let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Ok(Self(era * 146_097 + day_of_era - 719_468))
    }

    /// The day `days` days after 1970-01-01 (before, when negative).
    ///
    /// # Errors
    /// [`DateError::OutOfRange`].
    pub const fn from_days(days: i32) -> Result<Self, DateError> {
        if days < Self::MIN.0 || days > Self::MAX.0 {
            return Err(DateError::OutOfRange);
        }
        Ok(Self(days))
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    /// Reads `2025-03-01`.
    ///
    /// # Errors
    /// [`DateError::NotADate`], [`DateError::NoSuchDay`].
    pub fn parse(text: &str) -> Result<Self, DateError> {
        match text.as_bytes() {
            [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => Self::from_digits([*y1, *y2, *y3, *y4, *m1, *m2, *d1, *d2]),
            _ => Err(DateError::NotADate),
        }
    }

    /// Reads `20250301`.
    ///
    /// # Errors
    /// [`DateError::NotADate`], [`DateError::NoSuchDay`].
    pub fn parse_compact(text: &[u8]) -> Result<Self, DateError> {
        <[u8; 8]>::try_from(text).map_err(|_| DateError::NotADate).and_then(Self::from_digits)
    }

    fn from_digits(digits: [u8; 8]) -> Result<Self, DateError> {
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(DateError::NotADate);
        }
        let [y1, y2, y3, y4, m1, m2, d1, d2] = digits.map(|digit| digit - b'0');
        let year = [y1, y2, y3, y4].iter().fold(0, |year, digit| year * 10 + i32::from(*digit));
        Self::new(year, m1 * 10 + m2, d1 * 10 + d2)
    }

    /// Year, month and day of the month.
    #[must_use]
    pub const fn parts(self) -> (i32, u8, u8) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "month is 1 to 12, day is 1 to 31")]
        let parts = (year, month as u8, day as u8);
        parts
    }

    /// The calendar year.
    #[must_use]
    pub const fn year(self) -> i32 {
        self.parts().0
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.parts().1
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub const fn day_of_month(self) -> u8 {
        self.parts().2
    }

    /// The day so many days later (earlier, when negative).
    ///
    /// # Errors
    /// [`DateError::OutOfRange`].
    pub const fn add_days(self, days: i32) -> Result<Self, DateError> {
        match self.0.checked_add(days) {
            Some(days) => Self::from_days(days),
            None => Err(DateError::OutOfRange),
        }
    }

    /// The number of days from this day to the other; negative when the other is earlier.
    #[must_use]
    pub const fn days_until(self, other: Self) -> i32 {
        other.0 - self.0
    }
}

/// 0 for a month that does not exist.
const fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

/// ISO 8601, `2025-03-01`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The key under which the `toml` crate hands over an unquoted date.
const TOML_DATE_KEY: &str = "$__toml_private_datetime";

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IsoDay;
        impl<'de> Visitor<'de> for IsoDay {
            type Value = Day;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date, like 2025-03-01")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Day, E> {
                Day::parse(text).map_err(E::custom)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Day, A::Error> {
                match map.next_key::<String>()? {
                    Some(key) if key == TOML_DATE_KEY => {
                        let text = map.next_value::<String>()?;
                        Day::parse(&text).map_err(de::Error::custom)
                    }
                    _ => Err(de::Error::custom(DateError::NotADate)),
                }
            }
        }
        deserializer.deserialize_any(IsoDay)
    }
}

/// Days from `from` (inside) until `until` (outside); without `until`, without end.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "WindowText")]
pub struct Window {
    /// The first day inside.
    pub from: Day,
    /// The first day outside; `None` for a window without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

/// A window as written, not yet known to contain a day.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowText {
    from: Day,
    #[serde(default)]
    until: Option<Day>,
}

impl TryFrom<WindowText> for Window {
    type Error = DateError;
    fn try_from(text: WindowText) -> Result<Self, DateError> {
        Self::new(text.from, text.until)
    }
}

impl Window {
    /// Every day from the first of the calendar.
    pub const ALWAYS: Self = Self { from: Day::MIN, until: None };

    /// A window that contains at least one day.
    ///
    /// # Errors
    /// [`DateError::EmptyWindow`].
    pub fn new(from: Day, until: Option<Day>) -> Result<Self, DateError> {
        match until {
            Some(until) if until <= from => Err(DateError::EmptyWindow { from, until }),
            _ => Ok(Self { from, until }),
        }
    }

    /// The days of a calendar year.
    ///
    /// # Errors
    /// [`DateError::NoSuchDay`] for a year outside 1 to 9998.
    pub fn year(year: i32) -> Result<Self, DateError> {
        let next = Day::new(year.saturating_add(1), 1, 1)?;
        Ok(Self { from: Day::new(year, 1, 1)?, until: Some(next) })
    }

    /// The days of a calendar month.
    ///
    /// # Errors
    /// [`DateError::NoSuchDay`] for a month that does not exist or the very last one.
    pub fn month(year: i32, month: u8) -> Result<Self, DateError> {
        let from = Day::new(year, month, 1)?;
        let next = if month == 12 { Day::new(year + 1, 1, 1)? } else { Day::new(year, month + 1, 1)? };
        Ok(Self { from, until: Some(next) })
    }

    /// Whether the day is inside.
    #[must_use]
    pub fn contains(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// Whether some day is inside both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.intersect(other).is_some()
    }

    /// The days inside both; `None` when there are none.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        let until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, other) => one.or(other),
        };
        Self::new(self.from.max(other.from), until).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn days_are_read_printed_and_counted() {
        assert_eq!(day("1970-01-01").days(), 0);
        assert_eq!(Day::parse_compact(b"20250301"), Ok(day("2025-03-01")));
        assert_eq!(day("2024-02-29").add_days(1), Ok(day("2024-03-01")));
        assert_eq!(day("2024-12-30").days_until(day("2025-01-02")), 3);
        assert_eq!(day("2025-03-01").parts(), (2025, 3, 1));
        assert_eq!((Day::MIN.to_string(), Day::MAX.to_string()), ("0001-01-01".into(), "9999-12-31".into()));
    }

    #[test]
    fn refusals() {
        for text in ["", "2025-3-1", "20250301", "2025/03/01", "2025-03-01T00:00:00", "２０25-03-01"] {
            assert_eq!(Day::parse(text), Err(DateError::NotADate), "{text}");
        }
        assert_eq!(
            Day::parse("2025-02-29").unwrap_err().to_string(),
            "the calendar has no day 2025-02-29\n  hint: check month and day"
        );
        assert!(Day::parse_compact(b"20251301").is_err());
        assert!(Day::parse("0000-01-01").is_err());
        assert_eq!(Day::MAX.add_days(1), Err(DateError::OutOfRange));
        assert_eq!(
            Window::new(day("2025-01-01"), Some(day("2025-01-01"))).unwrap_err().to_string(),
            "the window from 2025-01-01 until 2025-01-01 is empty\n  hint: `until` is the first day outside, so it comes after `from`"
        );
    }

    #[test]
    fn windows_are_half_open() {
        let year = Window::year(2025).unwrap();
        assert!(year.contains(day("2025-12-31")) && !year.contains(day("2026-01-01")));
        let december = Window::month(2025, 12).unwrap();
        assert_eq!(december.until, Some(day("2026-01-01")));
        assert_eq!(year.intersect(&december), Some(december));
        assert!(!year.overlaps(&Window::year(2026).unwrap()));
        assert!(year.overlaps(&Window::ALWAYS));
        assert!(Window::year(i32::MAX).is_err() && Window::month(2025, 13).is_err());
    }

    #[test]
    fn toml_dates_with_and_without_quotes() {
        let window: Window = toml::from_str("from = 2025-01-01\nuntil = \"2026-01-01\"").unwrap();
        assert_eq!(window, Window::year(2025).unwrap());
        let refused = |text: &str| toml::from_str::<Window>(text).unwrap_err().message().to_owned();
        assert_eq!(
            refused("from = 2025-01-01T00:00:00"),
            "not a date\n  hint: write year, month and day, like 2025-03-01"
        );
        assert!(refused("from = 2025-01-01\nuntill = 2026-01-01").starts_with("unknown field `untill`"));
        assert!(refused("from = 2025-01-01\nuntil = 2024-01-01").contains("is empty"));
        assert_eq!(refused("from = 20250101"), "invalid type: integer `20250101`, expected a date, like 2025-03-01");
    }

    proptest! {
        #[test]
        fn the_calendar_agrees_with_jiff(days in Day::MIN.0..=Day::MAX.0) {
            let day = Day::from_days(days).unwrap();
            let (year, month, day_of_month) = day.parts();
            let theirs = jiff::civil::date(
                i16::try_from(year).unwrap(),
                i8::try_from(month).unwrap(),
                i8::try_from(day_of_month).unwrap(),
            );
            let epoch = jiff::civil::date(1970, 1, 1);
            prop_assert_eq!((theirs - epoch).get_days(), days);
            prop_assert_eq!(theirs.to_string(), day.to_string());
            prop_assert_eq!(Day::parse(&day.to_string()), Ok(day));
        }

        #[test]
        fn any_text_is_answered(text in ".{0,12}", bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let _ = Day::parse(&text);
            let _ = Day::parse_compact(&bytes);
        }
    }
}
