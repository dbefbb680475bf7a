//! Restrictions of payment (限定支付范围): what a machine can decide, what the doctor declares, what needs review.

use serde::Deserialize;
use yibao_record::bill::Declared;

/// Conditions under which an item is paid. All that are stated must hold.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Restriction {
    /// The words of the catalogue.
    pub text: String,
    /// Sex, 1 or 2.
    pub sex: Option<String>,
    /// Least age in years.
    pub age_from: Option<i64>,
    /// Age in years below which it is paid.
    pub age_below: Option<i64>,
    /// Diagnoses, each the beginning of a code; one of the bill's must match.
    #[serde(default)]
    pub diagnoses: Vec<String>,
    /// Levels of institution.
    #[serde(default)]
    pub levels: Vec<String>,
    /// Kinds of visit.
    #[serde(default)]
    pub visits: Vec<String>,
    /// Most days' supply.
    pub days_supply_max: Option<u32>,
    /// Emergency only.
    #[serde(default)]
    pub emergency: bool,
    /// Something only a person can judge ("after first-line therapy failed"): decided by the declaration, else review.
    #[serde(default)]
    pub judged: bool,
}

/// What a restriction comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Paid as its class says.
    In,
    /// Full self-pay.
    Out,
    /// Somebody has to look.
    Review,
}

/// What a restriction looks at.
#[derive(Clone, Copy, Debug)]
pub struct Patient<'a> {
    /// Sex.
    pub sex: &'a str,
    /// Age in years on the day of service.
    pub age: i64,
    /// Diagnoses of the bill.
    pub diagnoses: &'a [String],
    /// Level of the institution.
    pub level: &'a str,
    /// Kind of visit.
    pub visit: &'a str,
    /// Days' supply of the line, when stated.
    pub days_supply: Option<u32>,
    /// Emergency care.
    pub emergency: bool,
}

impl Restriction {
    /// What the machine can decide: `Some(false)` when a condition fails, `None` when one cannot be known.
    fn decided(&self, patient: &Patient<'_>) -> Option<bool> {
        let fails = self.sex.as_deref().is_some_and(|sex| sex != patient.sex)
            || self.age_from.is_some_and(|least| patient.age < least)
            || self.age_below.is_some_and(|below| patient.age >= below)
            || (!self.levels.is_empty() && !self.levels.iter().any(|level| level == patient.level))
            || (!self.visits.is_empty() && !self.visits.iter().any(|visit| visit == patient.visit))
            || (self.emergency && !patient.emergency)
            || self.days_supply_max.zip(patient.days_supply).is_some_and(|(most, days)| days > most);
        if fails {
            return Some(false);
        }
        let begins = |code: &String| self.diagnoses.iter().any(|start| code.starts_with(start.as_str()));
        if !self.diagnoses.is_empty() && !patient.diagnoses.iter().any(begins) {
            // Without any diagnosis on the bill nobody can tell.
            return (!patient.diagnoses.is_empty()).then_some(false);
        }
        let unknown = self.judged || (self.days_supply_max.is_some() && patient.days_supply.is_none());
        (!unknown).then_some(true)
    }

    /// The outcome. The doctor's word that the person pays is final; the doctor's word that the restriction is met
    /// settles what no machine can know, and goes to review where a machine knows otherwise.
    #[must_use]
    pub fn outcome(&self, patient: &Patient<'_>, declared: Declared) -> Outcome {
        match (declared, self.decided(patient)) {
            (Declared::SelfPay, _) | (Declared::Nothing, Some(false)) => Outcome::Out,
            (Declared::Met, None) | (_, Some(true)) => Outcome::In,
            (Declared::Met, Some(false)) | (Declared::Nothing, None) => Outcome::Review,
        }
    }
}
