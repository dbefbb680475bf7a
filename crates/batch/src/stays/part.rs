//! A run of rows read by one worker, and joining the runs in source order.

use yibao_payment::settled::Refusal;
use yibao_record::column::Column;
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
            FieldKind::Fen => Extra::Fen(Column::default()),
            FieldKind::Int => Extra::Int(Column::default()),
            FieldKind::Ratio => Extra::Micro(Column::default()),
            FieldKind::Symbol => Extra::Symbol(Column::default()),
        })
        .collect()
}

/// Joins a part to what was read before it.
pub fn join(read: &mut StayRead, part: Part, source: u16) {
    let ids: Vec<Symbol> = (0..part.symbols.len())
        .map(|at| read.symbols.intern(part.symbols.text(Symbol(u32::try_from(at).unwrap_or(u32::MAX)))))
        .collect();
    let renamed = |symbols: &Column<Symbol>, into: &mut Column<Symbol>| {
        into.append_as(&symbols.values(), |one| {
            one.index().and_then(|at| ids.get(at)).copied().unwrap_or(Symbol::NONE)
        });
    };
    let (from, to) = (&part.stays, &mut read.stays);
    to.case_id.append(&from.case_id);
    to.source_row.append(&from.source_row.values());
    renamed(&from.person, &mut to.person);
    renamed(&from.institution, &mut to.institution);
    renamed(&from.insurance, &mut to.insurance);
    renamed(&from.district, &mut to.district);
    to.admission.append(&from.admission.values());
    to.discharge.append(&from.discharge.values());
    to.los_days.append(&from.los_days.values());
    to.age_years.append(&from.age_years.values());
    to.sex.append(&from.sex.values());
    to.cost.append(&from.cost.values());
    to.fund.append(&from.fund.values());
    to.patient.append(&from.patient.values());
    renamed(&from.group, &mut to.group);
    renamed(&from.adrg, &mut to.adrg);
    renamed(&from.mdc, &mut to.mdc);
    to.group_status.append(&from.group_status.values());
    renamed(&from.discharge_status, &mut to.discharge_status);
    renamed(&from.dept, &mut to.dept);
    to.incomplete.append(&from.incomplete.values());
    renamed(&from.special, &mut to.special);
    for (from, to) in from.extras.iter().zip(&mut to.extras) {
        match (from, to) {
            (Extra::Fen(from), Extra::Fen(to)) => to.append(&from.values()),
            (Extra::Int(from), Extra::Int(to)) | (Extra::Micro(from), Extra::Micro(to)) => to.append(&from.values()),
            (Extra::Symbol(from), Extra::Symbol(to)) => renamed(from, to),
            _ => {}
        }
    }
    read.refused.extend(part.refused.into_iter().map(|refusal| Refusal { source, ..refusal }));
    read.not_selected += part.not_selected;
    read.rows += part.rows;
}
