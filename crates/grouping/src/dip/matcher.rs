//! Stays asked one after another: codes read from text, buffers used again.

use yibao_kernel::{Day, Fen};

use super::answer::{DipAnswer, DipReason, DipStatus};
use super::auxiliary::{AuxFacts, Levels};
use super::catalogue::Catalogue;
use super::code::{Code, parts};
use super::engine::{Asked, Decided, Procedure, Unwatched, Watch};
use super::treatment::Treatment;

/// A stay as a catalogue reads it. Only `dx` is needed; what is not given does not hold in a rule that asks for it.
#[derive(Clone, Copy, Debug, Default)]
pub struct DipCase<'a> {
    /// Diagnoses joined by `|`, the principal one first.
    pub dx: &'a [u8],
    /// Procedures joined by `|`, the principal one first; may be empty.
    pub procedures: &'a [u8],
    /// Total cost, for the criterion `nearest_mean_cost`.
    pub cost: Option<Fen>,
    /// Day of discharge, compared with the catalogue's days; `None` compares nothing.
    pub discharge: Option<Day>,
    /// Age in years, for the auxiliary catalogue.
    pub age: Option<i32>,
    /// Length of stay in days, for the auxiliary catalogue.
    pub los_days: Option<i32>,
    /// Days in intensive care, for the auxiliary catalogue.
    pub icu_days: Option<i32>,
    /// Way of leaving (national code), for the auxiliary catalogue.
    pub discharge_status: &'a [u8],
}

/// Asks a catalogue. One per thread; its buffers are used again for each stay.
#[derive(Debug)]
pub struct Matcher<'c> {
    catalogue: &'c Catalogue,
    procedures: Vec<Procedure>,
    left: Vec<u32>,
}

impl<'c> Matcher<'c> {
    pub(crate) const fn new(catalogue: &'c Catalogue) -> Self {
        Self { catalogue, procedures: Vec::new(), left: Vec::new() }
    }

    /// The group of a stay. Allocates nothing once the buffers have grown; the answer depends on the stay alone.
    #[inline]
    pub fn assign(&mut self, case: &DipCase<'_>) -> DipAnswer<'c> {
        self.assign_watched(case, &mut Unwatched)
    }

    pub(crate) fn assign_watched<W: Watch>(&mut self, case: &DipCase<'_>, watch: &mut W) -> DipAnswer<'c> {
        let untyped = self.take_procedures(case.procedures);
        if case.discharge.is_some_and(|day| !self.catalogue.window().contains(day)) {
            return self.refused(DipReason::OtherVersion, untyped);
        }
        let first = case.dx.split(|byte| *byte == b'|').next().unwrap_or_default();
        let Some(dx) = Code::fold(first) else { return self.refused(DipReason::NoDiagnosis, untyped) };
        let asked = Asked { dx, procedures: &self.procedures, cost: case.cost };
        let decided = self.catalogue.engine().decide(&asked, &mut self.left, watch);
        self.answer(case, decided, untyped)
    }

    /// The procedures of the stay given last, for the explanation.
    pub(crate) fn procedures(&self) -> &[Procedure] {
        &self.procedures
    }

    /// Takes the procedures of a stay, each once; returns how many have no type.
    #[inline]
    fn take_procedures(&mut self, list: &[u8]) -> u32 {
        self.procedures.clear();
        let mut untyped = 0;
        for text in parts(list) {
            // A text too long to be a code is no procedure of any table.
            let Some(code) = Code::fold(text) else {
                untyped += 1;
                continue;
            };
            if self.procedures.iter().any(|one| one.code == code) {
                continue;
            }
            let treatment = self.catalogue.engine().procedure_type(code);
            untyped += u32::from(treatment.is_none());
            self.procedures.push(Procedure { code, treatment });
        }
        untyped
    }

    fn answer(&self, case: &DipCase<'_>, decided: Decided, untyped: u32) -> DipAnswer<'c> {
        let catalogue = self.catalogue;
        let Some((at, row)) = decided.row.and_then(|at| Some((at, catalogue.rows().get(at as usize)?))) else {
            return DipAnswer { treatment: decided.treatment, ..self.refused(DipReason::NoRow, untyped) };
        };
        let (mut levels, mut auxiliary) = (Levels::default(), None);
        if let Some(aux) = catalogue.auxiliary() {
            levels = aux.levels(&aux_facts(case));
            auxiliary = aux.combined(at, &levels);
        }
        DipAnswer {
            status: DipStatus::Grouped,
            group: &row.code,
            row: Some(at),
            kind: Some(row.kind),
            treatment: decided.treatment,
            points: row.points,
            reason: None,
            tie: decided.tie,
            untyped,
            levels,
            auxiliary,
        }
    }

    fn refused(&self, reason: DipReason, untyped: u32) -> DipAnswer<'c> {
        DipAnswer {
            status: DipStatus::Ungrouped,
            group: "",
            row: None,
            kind: None,
            treatment: Treatment::Conservative,
            points: None,
            reason: Some(reason),
            tie: false,
            untyped,
            levels: Levels::default(),
            auxiliary: None,
        }
    }
}

/// What the auxiliary catalogue reads of a stay.
pub(crate) const fn aux_facts<'a>(case: &DipCase<'a>) -> AuxFacts<'a> {
    AuxFacts {
        dx: case.dx,
        procedures: case.procedures,
        age: case.age,
        los_days: case.los_days,
        icu_days: case.icu_days,
        discharge_status: case.discharge_status,
    }
}
