//! Dated entries, read: those known on the plan's day, in the order of their files and lines.

use std::collections::BTreeMap;

use yibao_kernel::explain::RuleId;
use yibao_kernel::{Day, Decimal, Fen, Ratio};

use super::table::TableId;
pub use crate::pack::entries::{DayCount, DifferenceBearer, EntryKind};
use crate::settled::Bilingual;

/// The entries of a plan.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    /// The files, in the order declared.
    pub files: Vec<EntryFile>,
    /// Special-case review.
    pub reviews: Vec<ReviewEntry>,
    /// Group disputes.
    pub disputes: Vec<DisputeEntry>,
    /// Audit findings of closed periods.
    pub audits: Vec<AuditEntry>,
    /// Differences of closed periods.
    pub differences: Vec<DifferenceEntry>,
    /// Prepaid working capital.
    pub advances: Vec<AdvanceEntry>,
    /// The dispute window.
    pub window: Option<DisputeWindow>,
    /// Tests of prepaid working capital.
    pub tests: Vec<AdvanceTest>,
}

impl Entries {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// A file of entries.
#[derive(Clone, Debug)]
pub struct EntryFile {
    /// Path in the pack.
    pub file: String,
    /// What its rows are.
    pub kind: EntryKind,
    /// Who bears differences.
    pub borne_by: Option<DifferenceBearer>,
    /// The rule written where an entry counts.
    pub rule: RuleId,
    /// The rule written where a case waits.
    pub rule_waits: RuleId,
}

/// Where an entry stands and when it happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// Index into [`Entries::files`].
    pub file: u16,
    /// Line of the file.
    pub line: u32,
    /// The day of the event.
    pub on: Day,
    /// The day it was known.
    pub known: Day,
    /// What is wrong with its place in time.
    pub misplaced: Option<Misplaced>,
}

/// An entry that an append-only file cannot hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Misplaced {
    /// Known before it happened.
    KnownBeforeOn,
    /// Known earlier than a row above it, which is known on this day.
    BackDated(Day),
}

/// A step of a special-case review.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReviewStep {
    /// The institution applies.
    Applied,
    /// The panel meets.
    Panel,
    /// The panel's decision.
    Decided,
}

/// What a panel may decide.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReviewDecision {
    /// By item.
    Items,
    /// At the standard.
    Standard,
    /// At a standard of its own.
    Adjusted,
    /// Refused: the ordinary rules.
    Refused,
}

impl ReviewDecision {
    /// The word used in files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Standard => "standard",
            Self::Adjusted => "adjusted",
            Self::Refused => "refused",
        }
    }
}

/// A row of a review file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewEntry {
    /// Where and when.
    pub mark: Mark,
    /// The case.
    pub case_id: String,
    /// What happened.
    pub step: ReviewStep,
    /// Why it applies.
    pub reason: String,
    /// The decision.
    pub decision: Option<ReviewDecision>,
    /// The adjusted standard.
    pub amount: Option<Fen>,
    /// The panel, without names of persons.
    pub panel: String,
}

/// A row of a dispute file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DisputeEntry {
    /// Where and when.
    pub mark: Mark,
    /// The case.
    pub case_id: String,
    /// Whether it is raised, or decided: upheld or not.
    pub step: DisputeStep,
    /// The group the institution claims.
    pub claimed_group: String,
    /// The group decided, its ADRG and MDC.
    pub new_group: [String; 3],
}

/// A step of a dispute.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DisputeStep {
    /// The institution disputes the group.
    Raised,
    /// Decided for the institution.
    Upheld,
    /// Decided against it.
    Refused,
}

/// A row of an audit file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditEntry {
    /// Where and when.
    pub mark: Mark,
    /// The case of the closed period.
    pub case_id: String,
    /// What is to be paid back; `None`: all that was paid.
    pub amount: Option<Fen>,
}

/// A row of a difference file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DifferenceEntry {
    /// Where and when.
    pub mark: Mark,
    /// The case of the closed period.
    pub case_id: String,
    /// `late`, `regrouped` or `audit`.
    pub reason: String,
    /// The closed period.
    pub closed: String,
    /// Institution, insurance, method, district.
    pub key: [String; 4],
    /// What is paid now (> 0) or paid back (< 0).
    pub amount: Fen,
}

/// A row of a file of prepaid working capital.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdvanceEntry {
    /// Where and when.
    pub mark: Mark,
    /// Institution.
    pub institution: String,
    /// Insurance scheme.
    pub insurance: String,
    /// Given (> 0) or repaid (< 0).
    pub amount: Fen,
}

/// The dispute window.
#[derive(Clone, Debug)]
pub struct DisputeWindow {
    /// Its length.
    pub days: u16,
    /// Which days count.
    pub count: DayCount,
    /// Days whose working is not that of their weekday.
    pub exceptions: BTreeMap<Day, bool>,
    /// Publication of the preview, by month.
    pub published: BTreeMap<String, Day>,
}

impl DisputeWindow {
    /// Whether institutions and the agency work on a day.
    #[must_use]
    pub fn works(&self, day: Day) -> bool {
        // 1970-01-01 was a Thursday: 0 is Monday.
        let weekday = (day.days() + 3).rem_euclid(7);
        self.exceptions.get(&day).copied().unwrap_or(weekday < 5)
    }

    /// The last day of the window that a publication opens; the day of publication itself does not count.
    #[must_use]
    pub fn last_day(&self, published: Day) -> Day {
        let mut day = published;
        let mut left = self.days;
        // A table of holidays is no longer than a calendar: the window ends.
        for _ in 0..100_000 {
            if left == 0 {
                break;
            }
            let Ok(next) = day.add_days(1) else { break };
            day = next;
            if self.count == DayCount::Calendar || self.works(day) {
                left -= 1;
            }
        }
        day
    }

    /// First and last day of the window of a month; `None` when no preview is stated.
    #[must_use]
    pub fn of_month(&self, month: &str) -> Option<(Day, Day)> {
        let published = *self.published.get(month)?;
        Some((published, self.last_day(published)))
    }
}

/// A test of prepaid working capital.
#[derive(Clone, Debug)]
pub struct AdvanceTest {
    /// Insurance scheme; `None`: every one.
    pub insurance: Option<String>,
    /// Least months.
    pub months: Ratio,
    /// Months the reserve covers.
    pub reserve_months: Ratio,
}

/// An assessment: a table of scores with what they were made of.
#[derive(Clone, Debug)]
pub struct Assessed {
    /// The pack's id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// The table `assessment:ID`.
    pub table: TableId,
    /// Rule of the total: {0} score.
    pub rule: RuleId,
    /// The indicators, in order: id, title, rule ({0} value, {1} score, {2} weight).
    pub indicators: Vec<(String, Bilingual, RuleId)>,
    /// Per institution: the parts, aligned with `indicators` (`None`: not used at its level), and the score.
    pub scores: Vec<(Vec<Option<IndicatorScore>>, Decimal)>,
}

/// What one indicator gives one institution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IndicatorScore {
    /// The value.
    pub value: Ratio,
    /// Its score, 0 to 100, exact.
    pub score: Ratio,
    /// Its weight.
    pub weight: Ratio,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn window(count: DayCount, exceptions: &[(&str, bool)]) -> DisputeWindow {
        let exceptions = exceptions.iter().map(|(text, works)| (day(text), *works)).collect();
        DisputeWindow { days: 5, count, exceptions, published: BTreeMap::new() }
    }

    #[test]
    fn a_window_of_calendar_days_begins_the_day_after_publication() {
        assert_eq!(window(DayCount::Calendar, &[]).last_day(day("2025-04-10")), day("2025-04-15"));
    }

    #[test]
    fn weekends_do_not_count_as_working_days() {
        // 10 April 2025 was a Thursday: 11, 14, 15, 16, 17.
        assert_eq!(window(DayCount::Working, &[]).last_day(day("2025-04-10")), day("2025-04-17"));
    }

    #[test]
    fn holidays_lengthen_a_window_and_worked_weekends_shorten_it() {
        // 2025: Labour Day 1 to 5 May, Sunday 27 April is worked.
        let labour_day = [("2025-05-01", false), ("2025-05-02", false), ("2025-05-05", false), ("2025-04-27", true)];
        assert_eq!(window(DayCount::Working, &labour_day).last_day(day("2025-04-24")), day("2025-04-30"));
        assert_eq!(window(DayCount::Working, &labour_day).last_day(day("2025-04-28")), day("2025-05-08"));
    }
}
