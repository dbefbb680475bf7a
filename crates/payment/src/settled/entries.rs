//! What became of the dated entries of a settled period: every row that was known, with its effect or its refusal.

use yibao_kernel::{Day, Decimal, Fen, Ratio};

use super::Bilingual;

/// What became of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum EntryStatus {
    /// It counts.
    Used,
    /// It is in order and waits for what follows it.
    Waits,
    /// It is in order and changes nothing by itself, or a later one replaced it.
    #[default]
    Noted,
    /// It belongs to another period than the one settled.
    Elsewhere,
    /// It is refused.
    Refused,
}

impl EntryStatus {
    /// The word used in files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Waits => "waits",
            Self::Noted => "noted",
            Self::Elsewhere => "elsewhere",
            Self::Refused => "refused",
        }
    }
}

/// One entry and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EntryOutcome {
    /// File in the pack.
    pub file: String,
    /// Line of the file.
    pub line: u32,
    /// `review`, `dispute`, `audit`, `difference`, `advance`.
    pub kind: &'static str,
    /// The case, or the institution of an advance.
    pub subject: String,
    /// What happened: `applied`, `upheld`, `late` …
    pub step: String,
    /// The day of the event.
    pub on: Day,
    /// The day it was known.
    pub known: Day,
    /// The amount of a difference or an advance.
    pub amount: Option<Fen>,
    /// What became of it.
    pub status: EntryStatus,
    /// A short stable code of a refusal; else empty.
    pub code: &'static str,
    /// Why it is refused, with a hint; else empty.
    pub reason: Bilingual,
}

/// Prepaid working capital of one institution and insurance scheme: `closing = opening + given − repaid`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Receivable {
    /// Index into [`super::Settled::institutions`].
    pub institution: u32,
    /// Index into [`super::Settled::insurances`].
    pub insurance: u16,
    /// At the start of the period.
    pub opening: Fen,
    /// Given in the period.
    pub given: Fen,
    /// Repaid in the period.
    pub repaid: Fen,
    /// At the end of the period.
    pub closing: Fen,
}

/// One indicator of an assessed institution.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IndicatorRow {
    /// Assessment id.
    pub assessment: String,
    /// Index into [`super::Settled::institutions`].
    pub institution: u32,
    /// Indicator id.
    pub indicator: String,
    /// Its title.
    pub title: Bilingual,
    /// The value.
    pub value: Ratio,
    /// Its score.
    pub score: Ratio,
    /// Its weight at the institution's level.
    pub weight: Ratio,
    /// The institution's published score.
    pub total: Decimal,
}

/// The entries of a settled period.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EntriesView {
    /// Whether the pack has files of entries.
    pub declared: bool,
    /// Every entry known, in the order of files and lines.
    pub entries: Vec<EntryOutcome>,
    /// Prepaid working capital, in rank order.
    pub receivables: Vec<Receivable>,
    /// Assessments, institution by institution.
    pub assessments: Vec<IndicatorRow>,
}

impl EntriesView {
    /// How many entries are refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.entries.iter().filter(|entry| entry.status == EntryStatus::Refused).count() as u64
    }

    /// The receivable of an institution at the end of the period, over its insurance schemes.
    #[must_use]
    pub fn receivable_of(&self, institution: u32) -> i128 {
        let own = self.receivables.iter().filter(|one| one.institution == institution);
        own.map(|one| i128::from(one.closing.get())).sum()
    }
}
