//! Group disputes as entries: raised inside the window, decided, regrouped before the settlement (spec §6).

use yibao_kernel::Day;
use yibao_kernel::explain::{RuleId, Writer};

use super::refusal::EntryRefused;
use crate::plan::entries::{DisputeEntry, DisputeStep, DisputeWindow, Mark};
use crate::settled::entries::EntryStatus;

/// What the entries say of a case's dispute.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DisputeState {
    /// Group, ADRG and MDC decided; `None`: the group stands.
    pub regrouped: Option<[String; 3]>,
    raised: Day,
    claimed: String,
    decided: Mark,
    /// The group before.
    pub(super) from: String,
    rule: RuleId,
}

impl DisputeState {
    /// Writes it into the explanation of its case.
    pub(super) fn tell(&self, explanation: &mut Vec<u8>) {
        let mut writer = Writer::new(explanation);
        match &self.regrouped {
            Some([group, ..]) => {
                let (on, known) = (self.decided.on, self.decided.known);
                writer.step(self.rule).day(self.raised).day(on).day(known).text(&self.from).text(group);
            }
            None => {
                writer.step(self.rule).day(self.raised).text(&self.claimed);
            }
        }
    }
}

/// What a dispute is judged by.
pub(super) struct Court<'a> {
    pub window: Option<&'a DisputeWindow>,
    /// Month of the case: `2025-03`.
    pub month: String,
}

impl Court<'_> {
    /// The state after all entries of a case, and what became of each. `knows` tells whether a group has a weight.
    pub(super) fn judge(
        &self,
        entries: &[&DisputeEntry],
        knows: impl Fn(&[String; 3]) -> bool,
        rules: impl Fn(&Mark) -> (RuleId, RuleId),
    ) -> (Option<DisputeState>, Vec<Result<EntryStatus, EntryRefused>>) {
        let mut raised: Option<(usize, &DisputeEntry)> = None;
        let mut decided: Option<&DisputeEntry> = None;
        let mut became: Vec<Result<EntryStatus, EntryRefused>> = Vec::with_capacity(entries.len());
        for (at, entry) in entries.iter().enumerate() {
            let status = self.take(entry, raised.map(|(_, entry)| entry), decided, &knows);
            if status.is_ok() {
                match entry.step {
                    DisputeStep::Raised => raised = Some((at, entry)),
                    _ => decided = Some(entry),
                }
            }
            became.push(status);
        }
        let Some((at, claim)) = raised else { return (None, became) };
        if let Some(status) = became.get_mut(at).filter(|_| decided.is_none()) {
            *status = Ok(EntryStatus::Waits);
        }
        let upheld = decided.filter(|entry| entry.step == DisputeStep::Upheld);
        let (rule, stands) = rules(&claim.mark);
        let state = DisputeState {
            regrouped: upheld.map(|entry| entry.new_group.clone()),
            raised: claim.mark.on,
            claimed: claim.claimed_group.clone(),
            decided: decided.map_or(claim.mark, |entry| entry.mark),
            from: String::new(),
            rule: if upheld.is_some() { rule } else { stands },
        };
        (Some(state), became)
    }

    fn take(
        &self,
        entry: &DisputeEntry,
        raised: Option<&DisputeEntry>,
        decided: Option<&DisputeEntry>,
        knows: impl Fn(&[String; 3]) -> bool,
    ) -> Result<EntryStatus, EntryRefused> {
        if let Some(misplaced) = entry.mark.misplaced {
            return Err(EntryRefused::Misplaced(misplaced));
        }
        if entry.step == DisputeStep::Raised {
            if let Some(earlier) = raised {
                return Err(EntryRefused::RaisedTwice(earlier.mark.line));
            }
            if entry.claimed_group.is_empty() {
                return Err(EntryRefused::NoClaim);
            }
            let window = self.window.and_then(|window| window.of_month(&self.month));
            let (first, last) = window.ok_or_else(|| EntryRefused::NoPreview(self.month.clone()))?;
            if entry.mark.on < first || entry.mark.on > last {
                return Err(EntryRefused::OutsideWindow(entry.mark.on, first, last));
            }
            return Ok(EntryStatus::Noted);
        }
        let raised = raised.ok_or(EntryRefused::NotRaised)?;
        if let Some(earlier) = decided {
            return Err(EntryRefused::DecidedTwice(earlier.mark.line));
        }
        if entry.mark.on < raised.mark.on {
            return Err(EntryRefused::BeforeItsCause(raised.mark.on));
        }
        let [group, ..] = &entry.new_group;
        match entry.step {
            DisputeStep::Upheld if group.is_empty() => Err(EntryRefused::NoGroup),
            DisputeStep::Upheld if !knows(&entry.new_group) => Err(EntryRefused::UnknownGroup(group.clone())),
            DisputeStep::Upheld => Ok(EntryStatus::Used),
            _ => Ok(EntryStatus::Noted),
        }
    }
}
