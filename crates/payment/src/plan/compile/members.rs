//! Leads and their members: `pays` and `inner_split`, from columns of the institutions' table.

use std::collections::BTreeMap;

use yibao_kernel::Ratio;
use yibao_policy::{Path, suggest};

use super::Compiler;
use crate::pack::step::Verb;
use crate::pack::year_step::InnerSplitStep;
use crate::plan::{CompiledStep, CompiledVerb, InnerSplit};

impl Compiler<'_> {
    /// The lead of each institution by a column with ids; blank: none.
    pub(super) fn leads(&mut self, column: &str, path: &Path) -> Option<Vec<Option<u32>>> {
        let texts = self.column_texts(column, path)?;
        let ranks: BTreeMap<String, u32> =
            (0_u32..).zip(&self.institutions).map(|(rank, one)| (one.view.id.clone(), rank)).collect();
        let mut leads = Vec::with_capacity(texts.len());
        for (text, place) in texts {
            if !text.is_empty() && !ranks.contains_key(&text) {
                let message = format!("the lead \"{text}\" in column \"{column}\" is not an institution");
                self.found.error(message, Some(place), suggest::hint(&text, ranks.keys().map(String::as_str)));
            }
            leads.push(ranks.get(&text).copied());
        }
        if leads.iter().all(Option::is_none) {
            self.error(path, format!("column \"{column}\" names no lead institution"), "write the ids of the leads");
        }
        // The lead of a lead is itself: amounts go one step, not two.
        for (rank, lead) in (0_u32..).zip(&leads) {
            let Some(lead) = lead.filter(|lead| *lead != rank) else { continue };
            let above = leads.get(lead as usize).copied().flatten();
            if above.is_some_and(|above| above != lead) {
                let id = |rank: u32| self.institutions.get(rank as usize).map_or("", |one| one.view.id.as_str());
                let message = format!("the lead \"{}\" of \"{}\" has a lead of its own", id(lead), id(rank));
                self.error(path, message, "name the top institution in every row of its members");
            }
        }
        Some(leads)
    }

    /// A split needs leads, and a tier for each of their members.
    pub(super) fn check_members(
        &mut self,
        method: &crate::pack::method::Method,
        steps: &[CompiledStep],
        leads: Option<&[Option<u32>]>,
        path: &Path,
    ) {
        let split = steps.iter().find_map(|step| match &step.verb {
            CompiledVerb::InnerSplit(split) => Some((step, split)),
            _ => None,
        });
        let Some((step, split)) = split else { return };
        let at = method.step.iter().position(|one| one.id == step.id).unwrap_or(0);
        let here = path.key("step").at(at);
        let Some(leads) = leads else {
            let message = format!("step \"{}\" splits over members, but the method clears to no lead", step.id);
            self.error(&here, message, "state pays = \"COLUMN\" on the method: the column that names each lead");
            return;
        };
        let Some(Verb::InnerSplit(written)) = method.step.get(at).map(|step| &step.verb) else { return };
        let Some(texts) = self.texts.get(&written.by).cloned() else { return };
        let members = leads.iter().zip(&split.tier_of).zip(texts);
        for ((_, _), (text, place)) in members.filter(|((lead, tier), _)| lead.is_some() && tier.is_none()) {
            // A tier without a share has been told already.
            if text.is_empty() {
                let message = format!("a member without a tier in column \"{}\"", written.by);
                self.found.error(message, Some(place), "write its tier: the split needs one for every member");
            }
        }
    }

    fn column_texts(&mut self, column: &str, path: &Path) -> Option<Vec<(String, yibao_policy::Place)>> {
        if let Some(texts) = self.texts.get(column) {
            return Some(texts.clone());
        }
        let names: Vec<String> = self.texts.keys().cloned().collect();
        let hint = match names.is_empty() {
            true => "declare [institutions] with a file that has the column".to_owned(),
            false => suggest::hint(column, names.iter().map(String::as_str)),
        };
        self.error(path, format!("the institutions' table has no column \"{column}\""), hint);
        None
    }

    pub(super) fn inner_split(&mut self, step: &InnerSplitStep, path: &Path) -> Option<CompiledVerb> {
        let texts = self.column_texts(&step.by, &path.key("by"))?;
        let shares: Vec<Ratio> = step.shares.values().copied().collect();
        let sum = shares.iter().try_fold(Ratio::ZERO, |sum: Ratio, share| sum.checked_add(*share));
        if shares.iter().any(|share| share.is_negative()) || sum.is_ok_and(|sum| sum.is_zero()) {
            let hint = "state what each tier gets of a surplus, like shares = { county = \"6\", town = \"3\" }";
            self.error(&path.key("shares"), "the tiers' shares are negative or all zero", hint);
            return None;
        }
        let whole = match crate::settle::pool_year::weights(&shares) {
            Ok(whole) => whole,
            Err(error) => {
                self.error_text(&path.key("shares"), &error.to_string());
                return None;
            }
        };
        let names: Vec<&String> = step.shares.keys().collect();
        let mut tier_of = Vec::with_capacity(texts.len());
        for (text, place) in texts {
            let tier = names.iter().position(|name| **name == text);
            if tier.is_none() && !text.is_empty() {
                let message = format!("the tier \"{text}\" in column \"{}\" has no share", step.by);
                let hint = suggest::hint(&text, names.iter().map(|name| name.as_str()));
                self.found.error(message, Some(place), hint);
            }
            tier_of.push(tier.and_then(|tier| u16::try_from(tier).ok()));
        }
        let tiers = step.shares.keys().cloned().zip(whole).collect();
        Some(CompiledVerb::InnerSplit(Box::new(InnerSplit { tier_of, tiers })))
    }
}
