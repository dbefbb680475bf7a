//! A run of rows read by one worker, and joining the runs in source order.

use yibao_payment::settled::Refusal;
use yibao_record::mapping::FieldKind;
use yibao_record::stays::{Extra, Stays, Symbol, Symbols};

use super::StayRead;

/// The rows of one block.
#[derive(Default)]
pub struct Part {
    /// Accepted stays, with symbols of this part.
    pub stays: Stays,
    /// This part's symbols.
    pub symbols: Symbols,
    /// Refused rows.
    pub refused: Vec<Refusal>,
    /// Rows not of the job.
    pub not_selected: u64,
    /// Rows seen.
    pub rows: u64,
}

/// Empty extra columns of the given kinds.
pub fn empty_extras(kinds: impl Iterator<Item = FieldKind>) -> Vec<Extra> {
    kinds
        .map(|kind| match kind {
            FieldKind::Fen => Extra::Fen(Vec::new()),
            FieldKind::Int => Extra::Int(Vec::new()),
            FieldKind::Ratio => Extra::Micro(Vec::new()),
            FieldKind::Symbol => Extra::Symbol(Vec::new()),
        })
        .collect()
}

/// Joins a part to what was read before it.
pub fn join(read: &mut StayRead, part: Part) {
    let ids: Vec<Symbol> = (0..part.symbols.len())
        .map(|at| read.symbols.intern(part.symbols.text(Symbol(u32::try_from(at).unwrap_or(u32::MAX)))))
        .collect();
    let renamed = |symbols: Vec<Symbol>, into: &mut Vec<Symbol>| {
        into.extend(symbols.iter().map(|one| one.index().and_then(|at| ids.get(at)).copied().unwrap_or(Symbol::NONE)));
    };
    let (from, to) = (part.stays, &mut read.stays);
    to.case_id.append(&from.case_id);
    to.source_row.extend(from.source_row);
    renamed(from.person, &mut to.person);
    renamed(from.institution, &mut to.institution);
    renamed(from.insurance, &mut to.insurance);
    renamed(from.district, &mut to.district);
    to.admission.extend(from.admission);
    to.discharge.extend(from.discharge);
    to.los_days.extend(from.los_days);
    to.age_years.extend(from.age_years);
    to.sex.extend(from.sex);
    to.cost.extend(from.cost);
    to.fund.extend(from.fund);
    to.patient.extend(from.patient);
    renamed(from.group, &mut to.group);
    renamed(from.adrg, &mut to.adrg);
    renamed(from.mdc, &mut to.mdc);
    to.group_status.extend(from.group_status);
    renamed(from.discharge_status, &mut to.discharge_status);
    renamed(from.dept, &mut to.dept);
    to.incomplete.extend(from.incomplete);
    renamed(from.special, &mut to.special);
    for (from, to) in from.extras.into_iter().zip(&mut to.extras) {
        match (from, to) {
            (Extra::Fen(from), Extra::Fen(to)) => to.extend(from),
            (Extra::Int(from), Extra::Int(to)) | (Extra::Micro(from), Extra::Micro(to)) => to.extend(from),
            (Extra::Symbol(from), Extra::Symbol(to)) => renamed(from, to),
            _ => {}
        }
    }
    read.refused.extend(part.refused);
    read.not_selected += part.not_selected;
    read.rows += part.rows;
}
