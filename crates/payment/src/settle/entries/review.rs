//! Special-case review as entries: application → panel → decision (spec §1.14).

use yibao_kernel::Fen;
use yibao_kernel::explain::{RuleId, Writer};

use super::refusal::EntryRefused;
use crate::plan::entries::{Mark, ReviewDecision, ReviewEntry, ReviewStep};
use crate::settled::entries::EntryStatus;

/// What the entries say of a case's review.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReviewState {
    /// The decision; `None`: applied and not decided, the case waits.
    pub decision: Option<ReviewDecision>,
    /// The standard the panel set.
    pub amount: Option<Fen>,
    mark: Mark,
    words: String,
    rule: RuleId,
}

impl ReviewState {
    /// Writes it into the explanation of its case.
    pub(super) fn tell(&self, explanation: &mut Vec<u8>) {
        let mut writer = Writer::new(explanation);
        let writer = writer.step(self.rule).day(self.mark.on).day(self.mark.known);
        match self.decision {
            Some(decision) => writer.text(decision.word()).text(&self.words),
            None => writer.text(&self.words),
        };
    }
}

/// The review of one case, entry by entry.
#[derive(Default)]
struct Course<'e> {
    /// The open application and its place among the entries.
    open: Option<(usize, &'e ReviewEntry)>,
    /// The last decision and its place.
    decided: Option<(usize, &'e ReviewEntry)>,
}

/// The state after all entries of a case, and what became of each.
pub(super) fn review(
    entries: &[&ReviewEntry],
    rules: impl Fn(&Mark) -> (RuleId, RuleId),
) -> (Option<ReviewState>, Vec<Result<EntryStatus, EntryRefused>>) {
    let mut course = Course::default();
    let mut became: Vec<Result<EntryStatus, EntryRefused>> = Vec::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        let replaced = course.decided.map(|(at, _)| at);
        let status = course.take(at, entry);
        if matches!(status, Ok(EntryStatus::Used))
            && let Some(earlier) = replaced.and_then(|at| became.get_mut(at))
        {
            *earlier = Ok(EntryStatus::Noted);
        }
        became.push(status);
    }
    if let Some((at, _)) = course.open
        && let Some(status) = became.get_mut(at)
    {
        *status = Ok(EntryStatus::Waits);
    }
    let state = match (course.decided, course.open) {
        (Some((_, entry)), _) => Some(ReviewState {
            decision: entry.decision,
            amount: entry.amount,
            mark: entry.mark,
            words: entry.panel.clone(),
            rule: rules(&entry.mark).0,
        }),
        (None, Some((_, entry))) => Some(ReviewState {
            decision: None,
            amount: None,
            mark: entry.mark,
            words: entry.reason.clone(),
            rule: rules(&entry.mark).1,
        }),
        (None, None) => None,
    };
    (state, became)
}

impl<'e> Course<'e> {
    fn take(&mut self, at: usize, entry: &'e ReviewEntry) -> Result<EntryStatus, EntryRefused> {
        if let Some(misplaced) = entry.mark.misplaced {
            return Err(EntryRefused::Misplaced(misplaced));
        }
        if entry.step == ReviewStep::Applied {
            if entry.reason.is_empty() {
                return Err(EntryRefused::NoReason);
            }
            if let Some((_, open)) = self.open {
                return Err(EntryRefused::AppliedTwice(open.mark.line));
            }
            self.open = Some((at, entry));
            return Ok(EntryStatus::Noted);
        }
        let Some((_, open)) = self.open else {
            return Err(match self.decided {
                Some((_, decided)) if entry.step == ReviewStep::Decided => {
                    EntryRefused::DecidedTwice(decided.mark.line)
                }
                _ => EntryRefused::NotApplied,
            });
        };
        if entry.mark.on < open.mark.on {
            return Err(EntryRefused::BeforeItsCause(open.mark.on));
        }
        if entry.step == ReviewStep::Panel {
            return Ok(EntryStatus::Noted);
        }
        match (entry.decision, entry.amount) {
            (None, _) => return Err(EntryRefused::NoDecision),
            (Some(ReviewDecision::Adjusted), amount) if amount.is_none_or(Fen::is_negative) => {
                return Err(EntryRefused::NoAmount);
            }
            _ => {}
        }
        self.decided = Some((at, entry));
        self.open = None;
        Ok(EntryStatus::Used)
    }
}
