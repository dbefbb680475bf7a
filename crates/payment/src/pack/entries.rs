//! Dated entries: append-only files of what happens between the monthly preview and the final accounts (spec §1.14,
//! §3.5, §6), the windows they must fall into, and the assessments whose scores they are paid by.

use std::collections::BTreeMap;

use serde::Deserialize;
use yibao_kernel::{Day, Ratio};
use yibao_policy::source::SourceRef;

use super::step::CurvePiece;
use crate::settled::Bilingual;

/// `[[entries]]`: one append-only CSV file of the pack, with a sidecar source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntriesDeclaration {
    /// What the rows are.
    pub kind: EntryKind,
    /// CSV in the pack, with a heading line.
    pub file: String,
    /// Who bears differences of closed periods; `kind = "difference"` only, and required there.
    pub borne_by: Option<DifferenceBearer>,
    /// Source: the rule by which such entries are made.
    pub source: SourceRef,
}

/// Kinds of entries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Special-case review: application, panel, decision.
    Review,
    /// Disputes about a group: raised, decided.
    Dispute,
    /// Audit findings about cases of closed periods: what is to be paid back.
    Audit,
    /// Differences of closed periods, booked in the open one.
    Difference,
    /// Prepaid working capital: a receivable.
    Advance,
}

impl EntryKind {
    /// The word used in packs and files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Dispute => "dispute",
            Self::Audit => "audit",
            Self::Difference => "difference",
            Self::Advance => "advance",
        }
    }
}

/// Who bears the differences of closed periods.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceBearer {
    /// Whoever bears the residual of the open period's pool.
    Residual,
    /// The reserve of the open period's pool.
    Reserve,
    /// Carried to the next year.
    NextYear,
}

/// `[dispute]`: the window in which a group may be disputed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeRules {
    /// Length of the window; the first day is the one after the publication.
    pub window_days: u16,
    /// Which days count.
    pub days: DayCount,
    /// CSV in the pack: `day`, `working` (`no` for a holiday, `yes` for a weekend day that is worked).
    pub holidays: Option<String>,
    /// What opens the window.
    pub from: WindowFrom,
    /// Source.
    pub source: SourceRef,
}

/// Which days a window counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayCount {
    /// Monday to Friday, corrected by the table of holidays.
    Working,
    /// Every day.
    Calendar,
}

/// What opens the dispute window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowFrom {
    /// The publication of the month's preview.
    Preview,
}

/// `[[preview]]`: when the preview of a month was published.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewDay {
    /// `2025-03`.
    pub month: String,
    /// The day of publication.
    pub published: Day,
    /// Source.
    pub source: SourceRef,
}

/// `[advance]`: the test of prepaid working capital.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvanceRules {
    /// One test per insurance scheme.
    pub test: Vec<AdvanceTest>,
}

/// `[[advance.test]]`: the months of spending that the fund's cumulative reserve must cover.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvanceTest {
    /// Insurance scheme; absent: every one.
    pub insurance: Option<String>,
    /// Least months.
    pub months: Ratio,
    /// Months the reserve covers.
    pub reserve_months: Ratio,
    /// Source.
    pub source: SourceRef,
}

/// `[assessment.ID]`: a score made of indicators, used as the table `assessment:ID`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// Title.
    pub title: Bilingual,
    /// Decimal places of the published score; default 2.
    pub dp: Option<u8>,
    /// The indicators.
    pub indicators: Vec<Indicator>,
    /// Source.
    pub source: SourceRef,
}

/// One indicator: its value, its score from 0 to 100, its weight.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// Number column of the institutions' table; or `table`.
    pub column: Option<String>,
    /// Table keyed by institution, level or district; or `column`.
    pub table: Option<String>,
    /// Weight at every level; or `weight_by_level`.
    pub weight: Option<Ratio>,
    /// Weight by level; a level that is not named does not use the indicator.
    #[serde(default)]
    pub weight_by_level: BTreeMap<String, Ratio>,
    /// Score as a function of the value.
    pub curve: Option<Vec<CurvePiece>>,
    /// Instead of a curve: the value that scores 0 …
    pub zero_at: Option<Ratio>,
    /// … and the value that scores 100; straight between them, 0 and 100 outside.
    pub full_at: Option<Ratio>,
    /// Source; default that of the assessment.
    pub source: Option<SourceRef>,
}
