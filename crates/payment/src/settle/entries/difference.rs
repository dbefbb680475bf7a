//! Differences of closed periods, booked in the open one: late lists, regrouped appeals, audit recoveries (spec §6).

use yibao_kernel::explain::{RuleId, Writer};
use yibao_kernel::{Fen, Overflow};

use super::{EntryRefused, outcome};
use crate::pack::entries::DifferenceBearer;
use crate::plan::Plan;
use crate::plan::entries::DifferenceEntry;
use crate::settle::Period;
use crate::settle::key::RowKey;
use crate::settled::entries::{EntryOutcome, EntryStatus};

/// Differences of a period with the row each belongs to.
#[derive(Clone, Debug, Default)]
pub struct Booked {
    /// One per entry that counts.
    pub lines: Vec<BookedLine>,
    /// What became of every difference known.
    pub outcomes: Vec<EntryOutcome>,
}

/// One difference and its clearing row.
#[derive(Clone, Copy, Debug)]
pub struct BookedLine {
    /// The row's key.
    pub key: RowKey,
    /// Paid (> 0) or recovered (< 0).
    pub amount: Fen,
    /// Who bears it.
    pub bearer: DifferenceBearer,
    /// The rule of the row, and of the pool.
    pub rules: (RuleId, RuleId),
}

/// The differences of one clearing row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct BookedRow {
    /// How many.
    pub count: i64,
    /// Paid.
    pub paid: Fen,
    /// Recovered, positive.
    pub recovered: Fen,
    /// By bearer: the pool's residual, the reserve, next year.
    pub by_bearer: [Fen; 3],
    /// The rule of the row, and of the pool.
    pub rules: Option<(RuleId, RuleId)>,
}

impl BookedRow {
    /// Adds a difference.
    ///
    /// # Errors
    /// Overflow.
    pub fn add(&mut self, line: &BookedLine) -> Result<(), Overflow> {
        self.count += 1;
        if line.amount.is_negative() {
            self.recovered = self.recovered.checked_sub(line.amount)?;
        } else {
            self.paid = self.paid.checked_add(line.amount)?;
        }
        if let Some(slot) = self.by_bearer.get_mut(line.bearer as usize) {
            *slot = slot.checked_add(line.amount)?;
        }
        self.rules = self.rules.or(Some(line.rules));
        Ok(())
    }

    /// Paid less recovered.
    ///
    /// # Errors
    /// Overflow.
    pub fn total(&self) -> Result<Fen, Overflow> {
        self.paid.checked_sub(self.recovered)
    }

    /// Writes it into the explanation of its row.
    ///
    /// # Errors
    /// Overflow.
    pub fn tell(&self, explanation: &mut Vec<u8>) -> Result<(), Overflow> {
        if let Some((rule, _)) = self.rules {
            let total = self.total()?;
            Writer::new(explanation).step(rule).int(self.count).fen(self.paid).fen(self.recovered).fen(total);
        }
        Ok(())
    }
}

/// The differences known, each in the period in which it became known.
pub fn differences(plan: &Plan, period: &Period) -> Booked {
    let mut booked = Booked::default();
    for entry in &plan.entries.differences {
        let status = match line_of(plan, entry) {
            Err(refused) => Err(refused),
            Ok(_) if !period.window.contains(entry.mark.known) => Ok(EntryStatus::Elsewhere),
            Ok(line) => {
                booked.lines.push(line);
                Ok(EntryStatus::Used)
            }
        };
        let told = outcome(plan, entry.mark, &entry.case_id, &entry.reason, Some(entry.amount), status);
        booked.outcomes.push(told);
    }
    booked
}

fn line_of(plan: &Plan, entry: &DifferenceEntry) -> Result<BookedLine, EntryRefused> {
    if let Some(misplaced) = entry.mark.misplaced {
        return Err(EntryRefused::Misplaced(misplaced));
    }
    let unknown = |what, name: &str| EntryRefused::Unknown(what, name.to_owned());
    let [institution, insurance, method, district] = &entry.key;
    let small = |at: Option<usize>| at.and_then(|at| u16::try_from(at).ok());
    let rank = plan.institutions.iter().position(|one| one.view.id == *institution);
    let part = |parts: &[crate::plan::Part], id: &str| small(parts.iter().position(|one| one.named.id == id));
    let key = RowKey {
        institution: rank.and_then(|at| u32::try_from(at).ok()).ok_or_else(|| unknown("institution", institution))?,
        insurance: part(&plan.insurances, insurance).ok_or_else(|| unknown("insurance", insurance))?,
        method: small(plan.methods.iter().position(|one| one.id == *method))
            .ok_or_else(|| unknown("method in force", method))?,
        district: part(&plan.districts, district).ok_or_else(|| unknown("district", district))?,
    };
    let file = plan.entries.files.get(usize::from(entry.mark.file));
    let rules = super::rules_of(plan, &entry.mark);
    let bearer = file.and_then(|file| file.borne_by).unwrap_or(DifferenceBearer::NextYear);
    Ok(BookedLine { key, amount: entry.amount, bearer, rules })
}
