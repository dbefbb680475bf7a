//! Who answers for a case that was treated elsewhere (`charge`): the institution its field names, or that one's lead.

use yibao_kernel::Fen;
use yibao_kernel::explain::{ExplainError, RuleBook, RuleId, Writer};
use yibao_record::stays::{Extra, Stays};

use super::key::RowKey;
use crate::case::rules::add;
use crate::case::{Evaluator, Refused};
use crate::plan::{CompiledVerb, FieldRef, Payer, Plan};
use crate::settled::{CaseOutcome, Route};

/// What the year steps do to a single case after its own steps.
pub struct AfterCase<'a> {
    plan: &'a Plan,
    stays: &'a Stays,
    /// The symbol of each institution's id in the rule book, in rank order; empty when nobody is charged.
    names: Vec<u32>,
    /// Case: {0} pays for it.
    charged_to: RuleId,
    /// By method: the rule and field of an amount taken off a claim first.
    deduct: Vec<Option<(RuleId, FieldRef)>>,
}

impl<'a> AfterCase<'a> {
    /// Adds its rule to the book.
    ///
    /// # Errors
    /// [`ExplainError`].
    pub fn new(plan: &'a Plan, stays: &'a Stays, book: &mut RuleBook) -> Result<Self, ExplainError> {
        let charged_to =
            add(book, "engine/charged-to", "在外就医：由 {0} 的总额支付", "care elsewhere: charged to {0}")?;
        let charged = plan.payers.iter().any(Option::is_some);
        let names = match charged {
            true => plan.institutions.iter().map(|institution| book.symbol(&institution.view.id)).collect(),
            false => Vec::new(),
        };
        let deduct = plan.methods.iter().map(|method| {
            method.year_steps.iter().find_map(|step| match step.verb {
                CompiledVerb::Clear { deduct: Some(field), .. } => Some((step.rule_other, field)),
                _ => None,
            })
        });
        Ok(Self { plan, stays, names, charged_to, deduct: deduct.collect() })
    }

    /// Takes off what audit has found, and writes who pays for the case.
    pub fn finish(
        &self,
        evaluator: &Evaluator<'_>,
        row: usize,
        key: RowKey,
        outcome: &mut CaseOutcome,
        to: &mut Vec<u8>,
    ) {
        if let Some((rule, field)) = self.deduct.get(usize::from(key.method)).copied().flatten() {
            let off = self.amount(field, row).max(Fen::ZERO);
            let left = Fen::new(outcome.amount.get().saturating_sub(off.get())).max(Fen::ZERO);
            if !off.is_zero() && !outcome.amount.is_negative() {
                Writer::new(to).step(rule).fen(outcome.amount).fen(off).fen(left);
                outcome.amount = left;
            }
        }
        if matches!(outcome.route, Route::Nothing | Route::Held) {
            return;
        }
        if let Ok(Some(payer)) = payer_of(self.plan, self.stays, evaluator, row, key)
            && let Some(name) = self.names.get(payer.institution as usize)
        {
            Writer::new(to).step(self.charged_to).symbol(*name);
        }
    }

    fn amount(&self, field: FieldRef, row: usize) -> Fen {
        let amount = match field {
            FieldRef::Cost => self.stays.cost.get(row).copied(),
            FieldRef::Fund => self.stays.fund.get(row).copied(),
            FieldRef::Patient => self.stays.patient.get(row).copied(),
            FieldRef::Extra { index, .. } => match self.stays.extras.get(usize::from(index)) {
                Some(Extra::Fen(amounts)) => amounts.get(row).copied().flatten(),
                _ => None,
            },
            _ => None,
        };
        amount.unwrap_or(Fen::ZERO)
    }
}

/// The row that a case is charged to; `None`: the case is not charged to anybody.
///
/// # Errors
/// The refusal of a case whose payer is unknown.
pub fn payer_of(
    plan: &Plan,
    stays: &Stays,
    evaluator: &Evaluator<'_>,
    row: usize,
    key: RowKey,
) -> Result<Option<RowKey>, Refused> {
    let Some(payer) = plan.payers.get(usize::from(key.method)).copied().flatten() else { return Ok(None) };
    let named = evaluator.text_of(row, key, payer.by);
    // A person nobody answers for: the pool bears it.
    if !named.is_some() {
        return Ok(None);
    }
    let named = plan.institution_of(named).ok_or(Refused::UnknownPayer(payer.by))?;
    let lead = plan.lead_of(payer.method, named).ok_or(Refused::UnknownPayer(payer.by))?;
    let own = stays.institution.get(row).and_then(|symbol| plan.institution_of(*symbol));
    let own = own.and_then(|own| plan.lead_of(payer.method, own).or(Some(own)));
    if own == Some(lead) {
        return Ok(None);
    }
    Ok(Some(RowKey {
        institution: lead,
        method: payer.method,
        district: home_of(plan, lead, payer.method, key),
        ..key
    }))
}

/// The district under which a payer's own rows stand: its own in the institutions' table, where the same pool pays
/// there; else that of the case.
fn home_of(plan: &Plan, payer: u32, method: u16, case: RowKey) -> u16 {
    let own = plan.institutions.get(payer as usize).and_then(|one| plan.district_of(one.district));
    let pool = |method, district| plan.pool_of(method, case.insurance, district);
    own.filter(|own| pool(method, *own) == pool(case.method, case.district)).unwrap_or(case.district)
}

/// The rule of a payer's step and its multiplier.
pub fn terms(plan: &Plan, method: u16) -> Option<Payer> {
    plan.payers.get(usize::from(method)).copied().flatten()
}
