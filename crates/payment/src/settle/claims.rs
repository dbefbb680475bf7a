//! Which stays are settled, and by which method: selection by discharge date, declared parts, exclusive scopes.

use rayon::prelude::*;
use yibao_kernel::{Day, Window};
use yibao_record::column::Column;
use yibao_record::stays::{Stays, Symbol, Symbols};

use super::error::SettleError;
use super::key::{KeySpace, NO_ROW, RowKey};
use super::payer::payer_of;
use crate::case::{Evaluator, Refused};
use crate::plan::{Part, Plan};
use crate::settled::Explanations;

/// Stays per chunk of parallel work. Fixed, so that results do not depend on the number of threads.
pub const CHUNK: usize = Explanations::BLOCK_CASES;

/// A refused stay: its row, the method that had claimed it, why.
pub type RefusedRow = (u32, Option<u16>, Refused);

/// Every stay's key.
pub struct Claims {
    /// Key number by row; [`NO_ROW`]: refused or not of this settlement.
    pub keys: Vec<u32>,
    /// Refused stays, in input order.
    pub refused: Vec<RefusedRow>,
    /// Stays of other periods.
    pub not_selected: u64,
}

/// Finds every stay's key.
///
/// # Errors
/// [`SettleError::ClaimedTwice`] of the first stay that two methods claim; [`SettleError::NoStays`].
pub fn claim(
    evaluator: &Evaluator<'_>,
    plan: &Plan,
    stays: &Stays,
    symbols: &Symbols,
    space: &KeySpace,
    (period, window): (&str, Window),
) -> Result<Claims, SettleError> {
    let mut keys = vec![NO_ROW; stays.len()];
    let claimer = Claimer { evaluator, plan, stays, all: symbols.find("all"), space, window };
    let chunks: Vec<Result<ChunkClaims, SettleError>> =
        keys.par_chunks_mut(CHUNK).enumerate().map(|(chunk, keys)| claimer.chunk(chunk * CHUNK, keys)).collect();
    let mut claims = Claims { keys: Vec::new(), refused: Vec::new(), not_selected: 0 };
    for chunk in chunks {
        let chunk = chunk?;
        claims.refused.extend(chunk.refused);
        claims.not_selected += chunk.not_selected;
    }
    claims.keys = keys;
    let read = stays.len() as u64;
    if claims.not_selected == read {
        return Err(SettleError::NoStays { period: period.to_owned(), read });
    }
    Ok(claims)
}

#[derive(Default)]
struct ChunkClaims {
    refused: Vec<RefusedRow>,
    not_selected: u64,
}

struct Claimer<'a> {
    evaluator: &'a Evaluator<'a>,
    plan: &'a Plan,
    stays: &'a Stays,
    all: Option<Symbol>,
    space: &'a KeySpace,
    window: Window,
}

impl Claimer<'_> {
    fn chunk(&self, first: usize, keys: &mut [u32]) -> Result<ChunkClaims, SettleError> {
        let mut claims = ChunkClaims::default();
        for (row, slot) in (first..).zip(keys) {
            let discharge = self.stays.discharge.get(row).copied().unwrap_or(Day::MIN);
            if !self.window.contains(discharge) {
                claims.not_selected += 1;
                continue;
            }
            // `settle` has refused more stays than u32 can number.
            let number = u32::try_from(row).unwrap_or(NO_ROW);
            match self.place(row).map_err(|refused| (None, refused)) {
                Ok(key) => match self.method(row, key)? {
                    Ok(key) => *slot = self.space.number(key),
                    Err((method, refused)) => claims.refused.push((number, method, refused)),
                },
                Err((method, refused)) => claims.refused.push((number, method, refused)),
            }
        }
        Ok(claims)
    }

    /// Institution, insurance, district; the method is still 0.
    fn place(&self, row: usize) -> Result<RowKey, Refused> {
        let symbol = |column: &Column<Symbol>| column.get(row).copied().unwrap_or(Symbol::NONE);
        let institution = self.plan.institution_of(symbol(&self.stays.institution));
        let insurance = self.part(symbol(&self.stays.insurance), &self.plan.insurances);
        let district = self.part(symbol(&self.stays.district), &self.plan.districts);
        Ok(RowKey {
            institution: institution.ok_or(Refused::UnknownInstitution)?,
            insurance: insurance.ok_or(Refused::UnknownInsurance)?,
            method: 0,
            district: district.ok_or(Refused::UnknownDistrict)?,
        })
    }

    /// The part of a symbol; a stay without one belongs to the single part `all`.
    fn part(&self, symbol: Symbol, parts: &[Part]) -> Option<u16> {
        match parts {
            [only] if !symbol.is_some() && Some(only.symbol) == self.all => Some(0),
            parts => parts.iter().position(|part| part.symbol == symbol).and_then(|at| u16::try_from(at).ok()),
        }
    }

    /// The one method whose scope claims the stay.
    fn method(&self, row: usize, place: RowKey) -> Result<Result<RowKey, (Option<u16>, Refused)>, SettleError> {
        let mut claimed: Option<RowKey> = None;
        for method in (0_u16..).take(self.plan.methods.len()) {
            let key = RowKey { method, ..place };
            match self.evaluator.claims(row, key) {
                Err(refused) => return Ok(Err((Some(method), refused))),
                Ok(false) => {}
                Ok(true) => match claimed {
                    None => claimed = Some(key),
                    Some(first) => return Err(self.claimed_twice(row, first.method, method)),
                },
            }
        }
        Ok(claimed.ok_or((None, Refused::NoMethod)).and_then(|key| self.settled_with(row, key)))
    }

    /// The row of the stay: of its institution or of the lead; refused where nobody known answers for it.
    fn settled_with(&self, row: usize, key: RowKey) -> Result<RowKey, (Option<u16>, Refused)> {
        let refused = |refused| (Some(key.method), refused);
        let lead = self.plan.lead_of(key.method, key.institution).ok_or(refused(Refused::NoLead))?;
        let key = RowKey { institution: lead, ..key };
        payer_of(self.plan, self.stays, self.evaluator, row, key).map_err(refused)?;
        Ok(key)
    }

    fn claimed_twice(&self, row: usize, first: u16, second: u16) -> SettleError {
        let id = |method: u16| {
            let method = self.plan.methods.get(usize::from(method));
            method.map_or_else(String::new, |method| method.id.clone())
        };
        SettleError::ClaimedTwice {
            first: id(first),
            second: id(second),
            case_id: self.stays.case_id.get(row).to_owned(),
            source_row: self.stays.source_row.get(row).copied().unwrap_or_default(),
        }
    }
}
