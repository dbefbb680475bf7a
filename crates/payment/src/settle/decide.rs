//! Decisions over all cases before they are evaluated for good: readmissions and transfers, ranked quotas, yearly
//! limits.

use std::collections::BTreeMap;

use rayon::prelude::*;
use yibao_kernel::{Mode, quota};
use yibao_record::column::Column;
use yibao_record::stays::{Stays, Symbol};

use super::claims::CHUNK;
use super::error::SettleError;
use super::key::{KeySpace, NO_ROW, RowKey};
use super::ranking::places;
use crate::case::readmission::{ReadmissionRule, Spell, scan};
use crate::case::{Candidate, Decisions, Evaluator, QuotaAnswer, QuotaKind};
use crate::pack::step::{Quota, QuotaScope, RankBy, SameInstitution, SameWhat};
use crate::plan::{CompiledStep, CompiledVerb, Method, Plan, Readmission};

/// What the decisions are made from.
pub struct Deciding<'a> {
    /// The evaluator.
    pub evaluator: &'a Evaluator<'a>,
    /// The plan.
    pub plan: &'a Plan,
    /// The stays.
    pub stays: &'a Stays,
    /// The keys.
    pub space: &'a KeySpace,
    /// Key number by row.
    pub keys: &'a [u32],
}

/// One quota: method, kind, step, band, institution (0 over the region).
type QuotaKey = (u16, bool, u16, (u8, u8), u32);

impl Deciding<'_> {
    /// All decisions.
    ///
    /// # Errors
    /// [`SettleError::MissingField`] when readmission needs what a stay does not have; quotas that are no shares.
    pub fn decide(&self) -> Result<Decisions, SettleError> {
        let mut decisions = Decisions::default();
        for (number, method) in (0_u16..).zip(&self.plan.methods) {
            for step in &method.case_steps {
                match &step.verb {
                    CompiledVerb::Readmission(rule) => self.readmissions(number, step, rule, &mut decisions)?,
                    CompiledVerb::Transfer(link) => self.transfers(number, *link, &mut decisions)?,
                    _ => {}
                }
            }
        }
        if self.plan.methods.iter().any(has_quota) {
            self.quotas(&mut decisions)?;
        }
        // Limits cut what everything else has left.
        for (number, method) in (0_u16..).zip(&self.plan.methods) {
            for (at, step) in (0_u16..).zip(&method.case_steps) {
                if let CompiledVerb::Limit(rule) = &step.verb {
                    self.limits(number, (at, step), rule, &mut decisions)?;
                }
            }
        }
        Ok(decisions)
    }

    pub(super) fn key(&self, row: usize) -> Option<RowKey> {
        self.keys.get(row).filter(|key| **key != NO_ROW).map(|key| self.space.key(*key))
    }

    fn readmissions(
        &self,
        method: u16,
        step: &CompiledStep,
        rule: &Readmission,
        decisions: &mut Decisions,
    ) -> Result<(), SettleError> {
        let mut spells = Vec::new();
        for row in 0..self.stays.len() {
            let Some(key) = self.key(row).filter(|key| key.method == method) else { continue };
            spells.extend(self.spell(row, key, step, rule)?);
        }
        let scan_rule = ReadmissionRule {
            window_days: rule.window_days,
            inclusive: rule.inclusive,
            same_institution: rule.institution == SameInstitution::Same,
        };
        let id = |row: u32| self.stays.case_id.get(row as usize);
        let day = |row: u32, column: &Column<yibao_kernel::Day>| column.get(row as usize).copied();
        for (earlier, later) in scan(&mut spells, &scan_rule, |a, b| id(a).cmp(id(b))) {
            let from = day(earlier, &self.stays.discharge);
            let to = self.stays.admission.get(later as usize).copied().flatten();
            let gap = from.zip(to).map(|(from, to)| from.days_until(to));
            // The nearest stay is the one that is told.
            let nearer = |before: Option<i32>| before.into_iter().chain(gap).min();
            let entry = decisions.entry(earlier);
            entry.earlier_gap_days = nearer(entry.earlier_gap_days);
            let entry = decisions.entry(later);
            entry.later_gap_days = nearer(entry.later_gap_days);
        }
        Ok(())
    }

    /// The stay as the readmission scan sees it; none when it shares nothing it could be recognised by.
    fn spell(
        &self,
        row: usize,
        key: RowKey,
        step: &CompiledStep,
        rule: &Readmission,
    ) -> Result<Option<Spell>, SettleError> {
        let missing = |what| SettleError::MissingField {
            step: step.id.clone(),
            what,
            case_id: self.stays.case_id.get(row).to_owned(),
            source_row: self.stays.source_row.get(row).copied().unwrap_or_default(),
        };
        let symbol = |column: &Column<Symbol>| column.get(row).copied().filter(|symbol| symbol.is_some());
        let person = symbol(&self.stays.person).ok_or_else(|| missing("person"))?;
        let admission = self.stays.admission.get(row).copied().flatten().ok_or_else(|| missing("admission date"))?;
        let discharge = self.stays.discharge.get(row).copied().ok_or_else(|| missing("discharge date"))?;
        let same = match rule.same {
            SameWhat::Any => Some(0),
            SameWhat::Group => symbol(&self.stays.group).map(|symbol| symbol.0),
            SameWhat::Adrg => symbol(&self.stays.adrg).map(|symbol| symbol.0),
        };
        let Some(same) = same else { return Ok(None) };
        let exempt = match &rule.exempt {
            None => false,
            Some(condition) => {
                self.evaluator.holds(condition, row, key).map_err(|_| missing("field that `exempt` tests"))?
            }
        };
        // `settle` has refused more stays than u32 can number.
        let row = u32::try_from(row).unwrap_or(NO_ROW);
        let institution = key.institution;
        Ok(Some(Spell { person: person.0, admission, discharge, institution, same, exempt, row }))
    }

    fn quotas(&self, decisions: &mut Decisions) -> Result<(), SettleError> {
        let discharges = self.discharges();
        let mut open = self.all_candidates(decisions)?;
        let mut given: BTreeMap<QuotaKey, u64> = BTreeMap::new();
        // A case that one quota sends back may ask for another; reviews come first.
        const ROUNDS_MAX: usize = 8;
        for _ in 0..ROUNDS_MAX {
            let kind = if open.iter().any(|(_, candidate)| candidate.kind == QuotaKind::Review) {
                QuotaKind::Review
            } else {
                QuotaKind::Outlier
            };
            let (now, later): (Vec<_>, Vec<_>) = open.into_iter().partition(|(_, candidate)| candidate.kind == kind);
            if now.is_empty() {
                return Ok(());
            }
            self.answer(&now, &discharges, &mut given, decisions)?;
            open = later;
            let mut unread = Vec::new();
            for (row, _) in now {
                open.extend(self.candidate(row as usize, decisions, &mut unread)?.map(|candidate| (row, candidate)));
            }
        }
        Ok(())
    }

    /// Answers all candidates of one kind.
    fn answer(
        &self,
        candidates: &[(u32, Candidate)],
        discharges: &BTreeMap<(u16, u32), u64>,
        given: &mut BTreeMap<QuotaKey, u64>,
        decisions: &mut Decisions,
    ) -> Result<(), SettleError> {
        let mut quotas: BTreeMap<QuotaKey, (Quota, Vec<(u32, Candidate)>)> = BTreeMap::new();
        for (row, candidate) in candidates {
            let Some(key) = self.key(*row as usize) else { continue };
            let Some(quota) = self.quota(key.method, candidate) else { continue };
            let institution = if quota.scope == QuotaScope::Institution { key.institution } else { 0 };
            let review = candidate.kind == QuotaKind::Review;
            let place = (key.method, review, candidate.step, candidate.band, institution);
            quotas.entry(place).or_insert_with(|| (quota, Vec::new())).1.push((*row, *candidate));
        }
        for (place, (quota, candidates)) in quotas {
            let of = match quota.scope {
                QuotaScope::Region => {
                    discharges.iter().filter(|((method, _), _)| *method == place.0).map(|(_, n)| n).sum()
                }
                QuotaScope::Institution => discharges.get(&(place.0, place.4)).copied().unwrap_or(0),
            };
            let limit = quota::limit(of, quota.share, Mode::Floor)?;
            let before = given.entry(place).or_insert(0);
            let keys: Vec<i128> =
                candidates.iter().map(|(_, candidate)| ranking_key(candidate, quota.rank_by)).collect();
            let id = |at: usize| candidates.get(at).map(|(row, _)| self.stays.case_id.get(*row as usize));
            let places = places(&keys, |a, b| id(a).cmp(&id(b)));
            let already = *before;
            for ((row, candidate), place) in candidates.iter().zip(places) {
                let rank = already + place;
                let accepted = rank <= limit;
                *before += u64::from(accepted);
                let answer = Some(QuotaAnswer { accepted, rank, limit, discharges: of });
                let entry = decisions.entry(*row);
                match candidate.kind {
                    QuotaKind::Review => entry.review = answer,
                    QuotaKind::Outlier => entry.outlier = answer,
                }
            }
        }
        Ok(())
    }

    fn quota(&self, method: u16, candidate: &Candidate) -> Option<Quota> {
        let step = self.plan.methods.get(usize::from(method))?.case_steps.get(usize::from(candidate.step))?;
        match &step.verb {
            CompiledVerb::SpecialReview { quota, .. } => Some(quota.clone()),
            CompiledVerb::OutlierBand(outlier) => {
                let (band, set) = candidate.band;
                outlier.sets.get(usize::from(set))?.bands.get(usize::from(band))?.quota.clone()
            }
            _ => None,
        }
    }

    /// Discharges by method and institution.
    fn discharges(&self) -> BTreeMap<(u16, u32), u64> {
        let mut counts = BTreeMap::new();
        for key in self.keys.iter().filter(|key| **key != NO_ROW) {
            let key = self.space.key(*key);
            *counts.entry((key.method, key.institution)).or_insert(0) += 1;
        }
        counts
    }

    fn all_candidates(&self, decisions: &Decisions) -> Result<Vec<(u32, Candidate)>, SettleError> {
        let chunks: Vec<Result<Vec<(u32, Candidate)>, SettleError>> = self
            .keys
            .par_chunks(CHUNK)
            .enumerate()
            .map(|(chunk, keys)| {
                let (mut found, mut unread) = (Vec::new(), Vec::new());
                for row in (chunk * CHUNK..).take(keys.len()) {
                    let number = u32::try_from(row).unwrap_or(NO_ROW);
                    found.extend(self.candidate(row, decisions, &mut unread)?.map(|candidate| (number, candidate)));
                }
                Ok(found)
            })
            .collect();
        let mut all = Vec::new();
        for chunk in chunks {
            all.extend(chunk?);
        }
        Ok(all)
    }

    /// The quota a case still asks for. `unread` takes an explanation that nobody reads.
    fn candidate(
        &self,
        row: usize,
        decisions: &Decisions,
        unread: &mut Vec<u8>,
    ) -> Result<Option<Candidate>, SettleError> {
        let Some(key) = self.key(row) else { return Ok(None) };
        if !self.plan.methods.get(usize::from(key.method)).is_some_and(has_quota) {
            return Ok(None);
        }
        let number = u32::try_from(row).unwrap_or(NO_ROW);
        unread.clear();
        let evaluated = self.evaluator.evaluate(row, key, &decisions.of(number), unread);
        match evaluated {
            Ok(evaluated) => Ok(evaluated.candidate),
            Err(failure) => Err(SettleError::of_case(self.plan, self.stays, key.method, row, &failure)),
        }
    }
}

fn ranking_key(candidate: &Candidate, rank_by: RankBy) -> i128 {
    i128::from(match rank_by {
        RankBy::OverStandard => candidate.over_standard.get(),
        RankBy::Cost => candidate.cost.get(),
    })
}

/// Whether a method has a ranked quota.
fn has_quota(method: &Method) -> bool {
    method.case_steps.iter().any(|step| match &step.verb {
        CompiledVerb::SpecialReview { .. } => true,
        CompiledVerb::OutlierBand(outlier) => {
            outlier.sets.iter().any(|set| set.bands.iter().any(|band| band.quota.is_some()))
        }
        _ => false,
    })
}
