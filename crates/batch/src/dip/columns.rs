//! Where the fields that a DIP catalogue reads stand in a table, and the row they make.

use yibao_grouping::dip::DipCase;
use yibao_kernel::{Day, Fen};
use yibao_record::stay::{self as f, Field, FieldKind, Presence};
use yibao_record::validation::{Cause, mangled_diagnosis, mangled_procedure, whole};

use crate::csv_record::Record;
use crate::error::InputError;
use crate::group::csv::identifier;

/// Day of discharge.
pub(crate) const DISCHARGE: Field = Field {
    name: "discharge",
    chinese: "出院日期",
    aliases: &["dscg_time", "discharge_date", "出院日期"],
    kind: FieldKind::Code,
    column: Presence::Optional,
    meaning: "day of discharge, yyyy-mm-dd",
};

/// Total cost.
pub(crate) const COST: Field = Field {
    name: "cost",
    chinese: "总费用",
    aliases: &["medfee_sumamt", "总费用", "医疗总费用"],
    kind: FieldKind::Code,
    column: Presence::Optional,
    meaning: "total cost in yuan",
};

/// Columns of a table of stays.
#[derive(Clone, Debug)]
pub(crate) struct DipColumns {
    pub case_id: usize,
    pub dx: usize,
    pub procedures: usize,
    age: Option<usize>,
    los_days: Option<usize>,
    icu_hours: Option<usize>,
    discharge_status: Option<usize>,
    discharge: Option<usize>,
    cost: Option<usize>,
}

/// A field and why its value is refused.
pub(crate) type Refused = (&'static Field, Cause);

impl DipColumns {
    /// Finds the columns; diagnoses, procedures and the id must be there, and `needed` too.
    pub(crate) fn find(file: &str, header: &[String], needed: &[&'static Field]) -> Result<Self, InputError> {
        for field in [&f::CASE_ID, &f::DX, &f::PROC].into_iter().chain(needed.iter().copied()) {
            if field.position(header).is_none() {
                return Err(InputError::MissingColumn {
                    file: file.to_owned(),
                    column: field.name,
                    aliases: field.aliases.join(", "),
                });
            }
        }
        let at = |field: &Field| field.position(header).unwrap_or_default();
        Ok(Self {
            case_id: at(&f::CASE_ID),
            dx: at(&f::DX),
            procedures: at(&f::PROC),
            age: f::AGE_YEARS.position(header),
            los_days: f::LOS_DAYS.position(header),
            icu_hours: f::ICU_HOURS.position(header),
            discharge_status: f::DISCHARGE_STATUS.position(header),
            discharge: DISCHARGE.position(header),
            cost: COST.position(header),
        })
    }

    /// The stay of a record.
    #[inline]
    pub(crate) fn read<'r>(&self, record: Record<'r>) -> Result<DipCase<'r>, Refused> {
        identifier(record.field(self.case_id))?;
        let text = |at: Option<usize>| at.map_or(&b""[..], |at| record.field(at));
        let dx = record.field(self.dx);
        let procedures = record.field(self.procedures);
        codes(dx, &f::DX, mangled_diagnosis)?;
        codes(procedures, &f::PROC, mangled_procedure)?;
        Ok(DipCase {
            dx,
            procedures,
            cost: amount(text(self.cost))?,
            discharge: day(text(self.discharge))?,
            age: number(text(self.age), &f::AGE_YEARS)?,
            los_days: number(text(self.los_days), &f::LOS_DAYS)?,
            // Days begun.
            icu_days: number(text(self.icu_hours), &f::ICU_HOURS)?.map(|hours| (hours + 23) / 24),
            discharge_status: text(self.discharge_status),
        })
    }
}

#[inline]
fn codes(list: &[u8], field: &'static Field, mangled: fn(&[u8]) -> Option<Cause>) -> Result<(), Refused> {
    if let Some(found) = list.iter().find(|byte| matches!(byte, b',' | b';')) {
        return Err((field, Cause::WrongJoiner { found: char::from(*found) }));
    }
    let bad = list.split(|byte| *byte == b'|').filter(|code| !code.is_empty()).find_map(mangled);
    bad.map_or(Ok(()), |cause| Err((field, cause)))
}

fn number(text: &[u8], field: &'static Field) -> Result<Option<i32>, Refused> {
    let (lowest, highest) = match field.kind {
        FieldKind::Whole { lowest, highest } => (lowest, highest),
        _ => (i32::MIN, i32::MAX),
    };
    whole(text, lowest, highest).map_err(|cause| (field, cause))
}

fn amount(text: &[u8]) -> Result<Option<Fen>, Refused> {
    match text {
        b"" => Ok(None),
        text => match Fen::parse_yuan(text) {
            Ok(cost) if cost >= Fen::ZERO => Ok(Some(cost)),
            _ => Err((&COST, Cause::NotANumber)),
        },
    }
}

/// A day, with or without a time behind it.
fn day(text: &[u8]) -> Result<Option<Day>, Refused> {
    if text.is_empty() {
        return Ok(None);
    }
    let date = text.get(..10).filter(|_| text.len() == 10 || matches!(text.get(10), Some(b' ' | b'T'))).unwrap_or(text);
    let parsed = std::str::from_utf8(date).ok().and_then(|date| Day::parse(date).ok());
    parsed.map(Some).ok_or((&DISCHARGE, Cause::NotADate))
}
