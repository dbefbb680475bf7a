//! Decisions that no case can make alone: quotas over all cases, readmission over the stays of a person.

use rustc_hash::FxHashMap;
use yibao_kernel::Fen;

use super::limit::LimitAnswer;

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

/// The legs of a transfer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Legs {
    /// How many.
    pub legs: u32,
    /// What they cost together.
    pub cost: Fen,
}

/// The most yearly limits a method may have.
pub const LIMITS_MAX: usize = 3;

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
    /// The transfer it is a leg of.
    pub transfer: Option<Legs>,
    /// Yearly limits that cut it.
    pub limits: [Option<LimitAnswer>; LIMITS_MAX],
    /// The limit step whose question is asked just now.
    pub asking_limit: Option<u16>,
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

    /// Takes over what is decided about transfers and limits of these rows, and nothing else.
    pub fn take_shared(&mut self, other: &Self, rows: impl Fn(u32) -> bool) {
        for (row, decision) in other.0.iter().filter(|(row, _)| rows(**row)) {
            if decision.transfer.is_some() || decision.limits.iter().any(Option::is_some) {
                let own = self.entry(*row);
                (own.transfer, own.limits) = (decision.transfer, decision.limits);
            }
        }
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
