//! The facts of a bill and a person on a day, as numbers of words.

use yibao_kernel::Day;
use yibao_record::bill::{Bill, ReferralKind};
use yibao_record::person::{Held, Insured, Person};

use crate::plan::Engine;
use crate::plan::dimension::{Dim, MISSING, Source};
use crate::refusal::Refusal;

/// The insurance of a person on a day.
///
/// # Errors
/// None, or more than one.
pub fn insured(person: &Person, day: Day) -> Result<&Insured, Refusal> {
    let mut on_day = person.insured.iter().filter(|insured| insured.holds(day));
    match (on_day.next(), on_day.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(Refusal::new(
            "not_insured",
            format!("the person is not insured on {day}"),
            "add the stretch of insurance that holds the day; without one nothing can be split",
        )),
        (Some(_), Some(_)) => Err(twice(day)),
    }
}

impl Engine {
    /// The insurance of a person on the day of a bill: a newborn's counts from birth where the pack says so.
    ///
    /// # Errors
    /// As [`insured`].
    pub(crate) fn insured<'p>(&self, person: &'p Person, day: Day) -> Result<&'p Insured, Refusal> {
        let (refusal, newborn) = match (insured(person, day), &self.pack.newborn) {
            (Err(refusal), Some(newborn)) if refusal.code == "not_insured" => (refusal, newborn),
            (found, _) => return found,
        };
        let Some(first) = person.insured.iter().min_by_key(|insured| insured.from) else { return Err(refusal) };
        let within = i32::try_from(newborn.within_days).unwrap_or(i32::MAX);
        if day < person.birth || day >= first.from || person.birth.days_until(first.from) > within {
            return Err(refusal);
        }
        if person.insured.iter().filter(|insured| insured.from == first.from).count() > 1 {
            return Err(twice(day));
        }
        Ok(first)
    }
}

fn twice(day: Day) -> Refusal {
    Refusal::new("insured_twice", format!("two insurances hold on {day}"), "end one before the other begins")
}

/// Age in whole years.
#[must_use]
pub fn age(birth: Day, day: Day) -> i64 {
    let (year, month, date) = birth.parts();
    let (now, month_now, date_now) = day.parts();
    i64::from(now - year) - i64::from((month_now, date_now) < (month, date))
}

/// Days of the stay so far, at least one.
#[must_use]
pub fn days(bill: &Bill) -> i64 {
    i64::from(bill.stay_start.unwrap_or(bill.start).days_until(bill.end)).max(1)
}

impl Engine {
    /// Fills the facts of a bill on a day; counters are left missing.
    ///
    /// # Errors
    /// A word the pack does not know, a number that is none.
    pub(crate) fn facts(
        &self,
        bill: Option<&Bill>,
        person: &Person,
        insured: &Insured,
        day: Day,
        facts: &mut Vec<i64>,
    ) -> Result<(), Refusal> {
        facts.clear();
        let home = usize::from(self.pack.benefit.area_digits);
        let same = |digits: usize| {
            let there = bill.map_or(insured.area.as_bytes(), |bill| bill.institution.area.as_bytes());
            let here = insured.area.as_bytes();
            there.len() >= digits && here.len() >= digits && there.get(..digits) == here.get(..digits)
        };
        let place = if same(home) {
            0
        } else if same(2) {
            1
        } else {
            2
        };
        for dim in &self.dims.0 {
            let fact = match bill {
                Some(bill) => self.fact(dim, bill, person, insured, (day, place))?,
                None => of_person(dim, person, insured, day)?,
            };
            facts.push(fact);
        }
        Ok(())
    }
}

impl Engine {
    /// One fact.
    fn fact(&self, dim: &Dim, bill: &Bill, person: &Person, insured: &Insured, at: (Day, i64)) -> Result<i64, Refusal> {
        let (day, place) = at;
        Ok(match &dim.source {
            Source::Visit => word(dim, Some(&bill.visit))?,
            Source::Place => place,
            Source::Filing => filing(dim, place, bill, person, day)?,
            Source::Referral => match bill.referral.as_ref().map(|referral| referral.kind) {
                None => 0,
                Some(ReferralKind::Up) => 1,
                Some(ReferralKind::Down) => 2,
            },
            Source::Emergency => i64::from(bill.emergency),
            Source::Disease => word(dim, bill.disease.as_deref())?,
            Source::Registered => {
                i64::from(bill.disease.as_deref().is_some_and(|disease| holds(&person.registrations, disease, day)))
            }
            Source::Level => word(dim, Some(&bill.institution.level))?,
            Source::Facility => first(dim, |word| bill.institution.facility.iter().any(|mark| mark == word)),
            Source::Designated => i64::from(holds(&person.designated, &bill.institution.code, day)),
            Source::Signed => i64::from(holds(&person.signed, &bill.institution.code, day)),
            Source::Days => days(bill),
            Source::Bill(name) => word(dim, bill.facts.get(name).map(String::as_str))?,
            _ => of_person(dim, person, insured, day)?,
        })
    }
}

/// A fact that no bill is needed for; missing for the others.
fn of_person(dim: &Dim, person: &Person, insured: &Insured, day: Day) -> Result<i64, Refusal> {
    Ok(match &dim.source {
        Source::Scheme => word(dim, Some(&insured.scheme))?,
        Source::Status => word(dim, Some(&insured.status))?,
        Source::Grade => word(dim, insured.grade.as_deref())?,
        Source::Benefit => word(dim, Some(insured.benefit.as_deref().unwrap_or("open")))?,
        Source::Sex => word(dim, Some(&person.sex))?,
        Source::Group => first(dim, |word| holds(&person.groups, word, day)),
        Source::Age => age(person.birth, day),
        Source::Person(name) => {
            let held = person.facts.get(name).and_then(|held| held.iter().find(|held| held.holds(day)));
            word(dim, held.map(|held| held.value.as_str()))?
        }
        _ => MISSING,
    })
}

/// Whether a value holds on the day.
fn holds(list: &[Held], value: &str, day: Day) -> bool {
    list.iter().any(|held| held.value == value && held.holds(day))
}

/// The first declared word that holds.
fn first(dim: &Dim, is: impl Fn(&str) -> bool) -> i64 {
    let at = dim.values.iter().position(|word| is(word)).and_then(|at| i64::try_from(at).ok());
    at.or(dim.otherwise).unwrap_or(MISSING)
}

/// The number of a stated word, or the number itself.
fn word(dim: &Dim, stated: Option<&str>) -> Result<i64, Refusal> {
    let Some(text) = stated else { return Ok(dim.otherwise.unwrap_or(MISSING)) };
    if dim.is_number() {
        return text.parse().map_err(|_| {
            Refusal::new("not_a_number", format!("\"{}\" is not a whole number", dim.name), "write digits only")
        });
    }
    dim.word(text).ok_or_else(|| {
        let hint = yibao_policy::suggest::hint(text, dim.values.iter().map(String::as_str));
        Refusal::new("unknown_word", format!("the pack does not know this word of \"{}\"", dim.name), hint)
    })
}

/// How care out of area was filed: emergency counts as filed.
fn filing(dim: &Dim, place: i64, bill: &Bill, person: &Person, day: Day) -> Result<i64, Refusal> {
    if place == 0 {
        return word(dim, Some("local"));
    }
    if bill.emergency {
        return word(dim, Some("emergency"));
    }
    match person.filings.iter().find(|held| held.holds(day)) {
        Some(held) => word(dim, Some(&held.value)),
        None => word(dim, Some("unfiled")),
    }
}
