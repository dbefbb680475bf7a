//! Decisions that no case can make alone: quotas over all cases, readmission over the stays of a person.

use rustc_hash::FxHashMap;
use yibao_kernel::Fen;

/// What a ranked quota said of a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QuotaAnswer {
    /// Whether the case is among the accepted.
    pub accepted: bool,
    /// Its place in the ranking, from 1.
    pub rank: u64,
    /// How many are accepted.
    pub limit: u64,
    /// Of how many discharges.
    pub discharges: u64,
}

/// What is decided about one case.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Decision {
    /// Special-case review.
    pub review: Option<QuotaAnswer>,
    /// The quota of an outlier band.
    pub outlier: Option<QuotaAnswer>,
    /// Days to the next admission, when this is the earlier stay of a readmission.
    pub earlier_gap_days: Option<i32>,
    /// Days since the last discharge, when this is the later stay of a readmission.
    pub later_gap_days: Option<i32>,
}

/// Decisions by row; most rows have none.
#[derive(Clone, Debug, Default)]
pub struct Decisions(FxHashMap<u32, Decision>);

impl Decisions {
    /// The decision about a row.
    #[inline]
    pub fn of(&self, row: u32) -> Decision {
        if self.0.is_empty() {
            return Decision::default();
        }
        self.0.get(&row).copied().unwrap_or_default()
    }

    /// The decision about a row, to be changed.
    pub fn entry(&mut self, row: u32) -> &mut Decision {
        self.0.entry(row).or_default()
    }
}

/// Which quota a case asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QuotaKind {
    /// Special-case review.
    Review,
    /// An outlier band.
    Outlier,
}

/// A case that wants a place in a quota.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// Which quota.
    pub kind: QuotaKind,
    /// Index of the step in the method's case steps.
    pub step: u16,
    /// Segment of the band (outlier quotas): its number in the set, and the set.
    pub band: (u8, u8),
    /// Cost of the case.
    pub cost: Fen,
    /// Cost above the standard.
    pub over_standard: Fen,
}
