//! From the values of a row to an answer: codes interned without allocating, translation, decision.

use yibao_grouping::{Answer, Case, ClinicalId, CodeId, CodeKind, Scheme, SchemeError, Sex, TextId, Translation};
use yibao_record::stay::{self, Field, FieldKind};
use yibao_record::validation::{Cause, mangled_diagnosis, mangled_procedure, whole_within};

use crate::csv_record::Span;
use crate::group::interner::Interner;

/// Reads the rows of one worker; its buffers are used again for each row.
pub(crate) struct CaseReader<'s> {
    scheme: &'s Scheme,
    translation: Option<&'s Translation>,
    dx: Codes,
    proc: Codes,
    scratch: Vec<ClinicalId>,
}

/// The codes of one list: as numbers of the scheme, or (before translation) as numbers of the map.
struct Codes {
    payer: Vec<CodeId>,
    clinical: Vec<ClinicalId>,
    payer_seen: Interner<CodeId>,
    clinical_seen: Interner<ClinicalId>,
}

impl Codes {
    fn new(payer: CodeId, clinical: ClinicalId) -> Codes {
        Codes {
            payer: Vec::new(),
            clinical: Vec::new(),
            payer_seen: Interner::new(payer),
            clinical_seen: Interner::new(clinical),
        }
    }
}

/// The values of a row other than its codes.
#[derive(Clone, Copy)]
pub(crate) struct Facts {
    pub(crate) sex: Sex,
    pub(crate) age_years: Option<i32>,
    pub(crate) age_days: Option<i32>,
    pub(crate) birth_weight_g: Option<i32>,
    pub(crate) los_days: i32,
    pub(crate) discharge: TextId,
    pub(crate) dept: TextId,
    pub(crate) icu_hours: i32,
}

impl<'s> CaseReader<'s> {
    /// A reader for a scheme; with `translate`, codes go through the scheme's clinical-to-payer maps.
    pub(crate) fn new(scheme: &'s Scheme, translate: bool) -> Result<CaseReader<'s>, SchemeError> {
        let translation = if translate { Some(scheme.translation()?) } else { None };
        let unknown = ClinicalId::UNKNOWN;
        let dx = Codes::new(scheme.dx_code(&[]), unknown);
        let proc = Codes::new(scheme.proc_code(&[]), unknown);
        Ok(CaseReader { scheme, translation, dx, proc, scratch: Vec::new() })
    }

    /// Takes the diagnoses of the row: codes joined by `|`.
    #[inline]
    pub(crate) fn diagnoses(&mut self, list: Span<'_>) -> Result<(), Cause> {
        let scheme = self.scheme;
        let Codes { payer, clinical, payer_seen, clinical_seen } = &mut self.dx;
        let Span { bytes, start, end } = list;
        match self.translation {
            None => payer_seen.list(bytes, start, end, payer, |code| {
                mangled_diagnosis(code).map_or_else(|| Ok(scheme.dx_code(code)), Err)
            }),
            Some(translation) => clinical_seen.list(bytes, start, end, clinical, |code| {
                mangled_diagnosis(code).map_or_else(|| Ok(translation.dx.clinical(code)), Err)
            }),
        }
    }

    /// Takes the procedures of the row: codes joined by `|`.
    #[inline]
    pub(crate) fn procedures(&mut self, list: Span<'_>) -> Result<(), Cause> {
        let scheme = self.scheme;
        let Codes { payer, clinical, payer_seen, clinical_seen } = &mut self.proc;
        let Span { bytes, start, end } = list;
        match self.translation {
            None => payer_seen.list(bytes, start, end, payer, |code| {
                mangled_procedure(code).map_or_else(|| Ok(scheme.proc_code(code)), Err)
            }),
            Some(translation) => clinical_seen.list(bytes, start, end, clinical, |code| {
                mangled_procedure(code).map_or_else(|| Ok(translation.proc.clinical(code)), Err)
            }),
        }
    }

    /// Decides the row whose codes were taken last.
    #[inline]
    pub(crate) fn decide(&mut self, facts: Facts) -> Answer {
        if let Some(translation) = self.translation {
            let (dx, proc) = (&mut self.dx, &mut self.proc);
            if translation.dx.translate_interned(&dx.clinical, &mut self.scratch, &mut dx.payer).is_err() {
                return self.scheme.not_mapped(CodeKind::Diagnosis);
            }
            if translation.proc.translate_interned(&proc.clinical, &mut self.scratch, &mut proc.payer).is_err() {
                return self.scheme.not_mapped(CodeKind::Procedure);
            }
        }
        self.scheme.group(&Case {
            sex: facts.sex,
            age: facts.age_years,
            age_days: facts.age_days,
            weight_g: facts.birth_weight_g,
            los_days: facts.los_days,
            discharge: facts.discharge,
            dept: facts.dept,
            icu_hours: facts.icu_hours,
            dx: &self.dx.payer,
            proc: &self.proc.payer,
        })
    }
}

/// Lowest and highest value of a field of whole numbers.
pub(crate) const fn range(field: &Field) -> (i32, i32) {
    match field.kind {
        FieldKind::Whole { lowest, highest } => (lowest, highest),
        _ => (i32::MIN, i32::MAX),
    }
}

/// Reads a value of a field of whole numbers.
#[inline]
pub(crate) fn number(text: Span<'_>, field: &'static Field) -> Result<Option<i32>, (&'static Field, Cause)> {
    let (lowest, highest) = range(field);
    whole_within(text.bytes, text.start, text.end, lowest, highest).map_err(|cause| (field, cause))
}

/// Reads the length of stay, which must be given.
#[inline]
pub(crate) fn los_days(text: Span<'_>) -> Result<i32, (&'static Field, Cause)> {
    number(text, &stay::LOS_DAYS)?.ok_or((&stay::LOS_DAYS, Cause::Empty))
}
