//! A made-up region-year in which every method of payment has somebody to pay: stays, stays of the districts that pay
//! by DIP, outpatient visits, and the roster of insured persons. The columns are those of `examples/composite`.
//!
//! A row is made from its own number, so files can be written by several threads and read the same everywhere.

mod people;
mod places;
mod stays;
mod visits;

pub use self::people::{HEADS_HEADER, People};
pub use self::places::{Places, institutions_csv};
pub use self::stays::{Feed, STAYS_HEADER, stay_line};
pub use self::visits::{VISITS_HEADER, visit_line};

use yibao_kernel::Fen;

use crate::error::SynthError;
use crate::stays::{Region, Wanted};
use crate::tables::Tables;
use crate::weights::Weights;

/// Yuan a usual inpatient weight of 1 costs.
const STAY_RATE: Fen = Fen::new(520_000);
/// Yuan a usual outpatient weight of 1 costs.
const VISIT_RATE: Fen = Fen::new(22_000);

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Stays of the districts that pay by DRG, bed-day, disease.
    pub stays: u64,
    /// Stays of the district that pays by DIP.
    pub dip_stays: u64,
    /// Outpatient visits.
    pub visits: u64,
    /// Insured persons on the roster.
    pub heads: u64,
    /// How many institutions the region has.
    pub institutions: usize,
    /// Seed.
    pub seed: u64,
    /// The year.
    pub year: i32,
}

/// The region, drawn once.
#[derive(Debug)]
pub struct Composite<'t> {
    inpatient: Region<'t>,
    outpatient: Region<'t>,
    places: Places,
    people: People,
    sizes: Sizes,
}

impl<'t> Composite<'t> {
    /// Draws the region. `inpatient` and `outpatient` are the tables of the schemes with the usual weights of their
    /// groups.
    ///
    /// # Errors
    /// Numbers out of range; a scheme without a rule that a case can meet.
    pub fn new(
        inpatient: (&'t Tables, &'t Weights),
        outpatient: (&'t Tables, &'t Weights),
        sizes: Sizes,
    ) -> Result<Self, SynthError> {
        let wanted = |cases: u64, rate| Wanted {
            cases: cases.max(1),
            seed: sizes.seed,
            year: sizes.year,
            rate,
            institutions: sizes.institutions,
        };
        if sizes.heads == 0 {
            return Err(SynthError::OutOfRange {
                what: "a roster of 0 persons".to_owned(),
                hint: "ask for at least one: visits are made by persons of the roster".to_owned(),
            });
        }
        let inpatient =
            Region::new(inpatient.0, inpatient.1, wanted(sizes.stays.saturating_add(sizes.dip_stays), STAY_RATE))?;
        let outpatient = Region::new(outpatient.0, outpatient.1, wanted(sizes.visits, VISIT_RATE))?;
        let places = Places::new(inpatient.institutions());
        let people = People::new(sizes.seed, sizes.year, sizes.heads);
        Ok(Self { inpatient, outpatient, places, people, sizes })
    }

    /// What was asked for.
    #[must_use]
    pub const fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// The places of the region.
    #[must_use]
    pub const fn places(&self) -> &Places {
        &self.places
    }

    /// The roster's persons.
    #[must_use]
    pub const fn people(&self) -> &People {
        &self.people
    }
}

#[cfg(test)]
mod tests;
