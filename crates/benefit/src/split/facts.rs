//! The facts of a bill and a person on a day, as numbers of words.

use yibao_kernel::Day;
use yibao_record::bill::{Bill, ReferralKind};
use yibao_record::person::{Filing, Held, Insured, Person};

use crate::pack::header::FiledAs;
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
    /// Names of the further facts of bills that dimensions read.
    pub fn bill_facts(&self) -> impl Iterator<Item = &str> + Clone {
        self.dims.0.iter().filter_map(|dim| match &dim.source {
            Source::Bill(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Words of the person and of the institution that the pack does not know: they change nothing, and are told.
    #[must_use]
    pub fn unread(&self, bill: &Bill, person: &Person, day: Day) -> Vec<String> {
        let words = |wanted: &Source| {
            let dims = self.dims.0.iter().filter(|dim| dim.source == *wanted).collect::<Vec<_>>();
            move |word: &str| dims.iter().any(|dim| dim.values.iter().any(|value| value == word))
        };
        let mut unread = Vec::new();
        let mut tell = |what: &str, known: &dyn Fn(&str) -> bool, words: &mut dyn Iterator<Item = &str>| {
            unread.extend(words.filter(|word| !known(word)).map(|word| format!("{what} {word}")));
        };
        let held = |list: &[Held]| {
            list.iter().filter(|held| held.holds(day)).map(|held| held.value.clone()).collect::<Vec<_>>()
        };
        let (groups, registrations) = (held(&person.groups), held(&person.registrations));
        tell("group", &words(&Source::Group), &mut groups.iter().map(String::as_str));
        tell("registration", &words(&Source::Disease), &mut registrations.iter().map(String::as_str));
        tell("facility", &words(&Source::Facility), &mut bill.institution.facility.iter().map(String::as_str));
        let facts = |name: &str| self.dims.0.iter().any(|dim| dim.source == Source::Person(name.to_owned()));
        // What accounts are credited by is read elsewhere.
        let credited = |name: &str| name == "contribution_base" || facts(name);
        tell("fact", &credited, &mut person.facts.keys().map(String::as_str));
        unread
    }

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
        self.fill(bill, person, insured, (day, true), facts)
    }

    /// The facts of a bill by a pack of another region: a word it does not know is not stated there.
    ///
    /// # Errors
    /// None of its own.
    pub(crate) fn facts_elsewhere(
        &self,
        bill: &Bill,
        person: &Person,
        insured: &Insured,
        day: Day,
        facts: &mut Vec<i64>,
    ) -> Result<(), Refusal> {
        self.fill(Some(bill), person, insured, (day, false), facts)
    }

    fn fill(
        &self,
        bill: Option<&Bill>,
        person: &Person,
        insured: &Insured,
        (day, strict): (Day, bool),
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
                Some(bill) => self.fact(dim, bill, person, insured, (day, place)),
                None => of_person(dim, person, insured, day),
            };
            facts.push(if strict { fact? } else { fact.unwrap_or(MISSING) });
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
            Source::Filing => filing(self, dim, place, bill, person, day)?,
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
            let mut held = person.facts.get(name).into_iter().flatten().filter(|held| held.holds(day));
            match (held.next(), held.next()) {
                (_, Some(_)) => {
                    return Err(Refusal::new(
                        "fact_twice",
                        format!("two values of \"{name}\" hold on {day}"),
                        "end one before the other begins",
                    ));
                }
                (held, None) => word(dim, held.map(|held| held.value.as_str()))?,
            }
        }
        _ => MISSING,
    })
}

/// Whether a value holds on the day.
pub(super) fn holds(list: &[Held], value: &str, day: Day) -> bool {
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

/// How care out of area was filed: of what holds, the first in the pack's order.
fn filing(engine: &Engine, dim: &Dim, place: i64, bill: &Bill, person: &Person, day: Day) -> Result<i64, Refusal> {
    if place == 0 {
        return word(dim, Some("local"));
    }
    let area = &bill.institution.area;
    let holding = || person.filings.iter().filter(|filing| filing.holds(day, area));
    let known = |filing: &&Filing| engine.pack.benefit.filing_order.iter().any(|filed| filed.word() == filing.value);
    if let Some(unknown) = holding().find(|filing| !known(filing)) {
        return word(dim, Some(&unknown.value)).and(Err(Refusal::new(
            "filing",
            format!("a filing \"{}\" that the pack does not order", unknown.value),
            "name it in [benefit] filing_order",
        )));
    }
    let counts = |filed: &&FiledAs| match filed {
        FiledAs::Emergency => bill.emergency,
        other => holding().any(|filing| filing.value == other.word()),
    };
    let first = engine.pack.benefit.filing_order.iter().find(counts);
    word(dim, Some(first.map_or("unfiled", |filed| filed.word())))
}
