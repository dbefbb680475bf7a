//! Counts of persons: who came twice, how many came at all. They are made while the year is settled, the only time when
//! persons are known, and stored as counts; no settled folder names a person.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use yibao_kernel::Day;
use yibao_record::stays::{Stays, Symbol, Symbols};

use super::spec::{ReadmissionRate, Spec};
use super::sums::{Kind, Persons};
use crate::case::readmission::{ReadmissionRule, Spell, scan};
use crate::pack::indicators::{Place, Same};
use crate::settled::Settled;

/// Counts of one slice.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonCounts {
    /// The dimension, a word of `--by`.
    pub by: String,
    /// The value.
    pub key: String,
    /// The counts.
    pub counts: Persons,
}

/// A case that names a person.
#[derive(Clone, Copy)]
struct Seen {
    person: u32,
    visit: bool,
    row: u32,
    /// Bit n: followed by a readmission of definition n.
    readmitted: u32,
}

/// Persons are counted in so many parts, one after the other: every count is a sum over persons, and a region's twenty
/// million visits would else stand in memory a second time.
const PARTS: u32 = 8;

/// The counts of every slice of every dimension. Empty when no case names a person.
#[must_use]
pub fn count(
    settled: &Settled,
    stays: &Stays,
    symbols: &Symbols,
    spec: &Spec,
    kind: &(dyn Fn(usize) -> Kind + Sync),
) -> Vec<PersonCounts> {
    let mut sums: BTreeMap<(usize, String), Persons> = BTreeMap::new();
    for part in 0..PARTS {
        for (at, list) in count_part(settled, stays, symbols, spec, kind, part).into_iter().enumerate() {
            for one in list {
                add(sums.entry((at, one.key)).or_default(), &one.counts);
            }
        }
    }
    let named = |((at, key), counts): ((usize, String), Persons)| {
        let by = DIMENSIONS.get(at).map_or_else(String::new, |by| (*by).to_owned());
        PersonCounts { by, key, counts }
    };
    sums.into_iter().map(named).collect()
}

fn add(sum: &mut Persons, part: &Persons) {
    sum.stays += part.stays;
    sum.patients += part.patients;
    sum.visits += part.visits;
    sum.visitors += part.visitors;
    sum.readmitted.resize(part.readmitted.len().max(sum.readmitted.len()), 0);
    for (sum, part) in sum.readmitted.iter_mut().zip(&part.readmitted) {
        *sum += part;
    }
}

const DIMENSIONS: [&str; 7] = ["all", "institution", "level", "insurance", "method", "district", "month"];

/// The counts of one part of the persons, by dimension.
fn count_part(
    settled: &Settled,
    stays: &Stays,
    symbols: &Symbols,
    spec: &Spec,
    kind: &(dyn Fn(usize) -> Kind + Sync),
    part: u32,
) -> Vec<Vec<PersonCounts>> {
    let mut seen: Vec<Seen> = (0_u32..)
        .zip(stays.person.iter())
        .filter(|(row, person)| {
            let paid = settled.cases.row.get(*row as usize).is_some_and(|key| *key != u32::MAX);
            person.0 % PARTS == part && person.is_some() && paid && kind(*row as usize) != Kind::Heads
        })
        .map(|(row, person)| Seen { person: person.0, visit: kind(row as usize) == Kind::Visits, row, readmitted: 0 })
        .collect();
    if seen.is_empty() {
        return Vec::new();
    }
    for (at, rate) in spec.readmission.iter().take(32).enumerate() {
        let mut earlier: Vec<u32> = pairs(rate, &seen, stays).into_iter().map(|(earlier, _)| earlier).collect();
        earlier.sort_unstable();
        earlier.dedup();
        for one in &mut seen {
            one.readmitted |= u32::from(earlier.binary_search(&one.row).is_ok()) << at;
        }
    }
    let rates = spec.readmission.len().min(32);
    let count = |by: &&str| of_dimension(&keys(by, settled, stays, symbols), by, &seen, rates);
    DIMENSIONS.par_iter().map(count).collect()
}

fn pairs(rate: &ReadmissionRate, seen: &[Seen], stays: &Stays) -> Vec<(u32, u32)> {
    let shared = |row: usize| match rate.same {
        Same::Group => stays.group.get(row).copied(),
        Same::Adrg => stays.adrg.get(row).copied(),
        Same::Any => Some(Symbol(0)),
    };
    let mut spells: Vec<Spell> = seen
        .iter()
        .filter(|one| !one.visit)
        .filter_map(|one| {
            let row = one.row as usize;
            Some(Spell {
                person: one.person,
                admission: (*stays.admission.get(row)?)?,
                discharge: *stays.discharge.get(row)?,
                institution: stays.institution.get(row)?.0,
                same: shared(row).filter(|symbol| symbol.is_some())?.0,
                exempt: false,
                row: one.row,
            })
        })
        .collect();
    let rule = ReadmissionRule {
        window_days: i32::from(rate.window_days),
        inclusive: rate.inclusive,
        same_institution: rate.institution == Place::Same,
    };
    let id = |row: u32| stays.case_id.get(row as usize);
    scan(&mut spells, &rule, |one, other| id(one).cmp(id(other)))
}

/// One key per clearing row or per month, then sorted and counted: distinct persons are neighbours.
fn of_dimension(key_of: &Keys<'_>, by: &str, seen: &[Seen], rates: usize) -> Vec<PersonCounts> {
    let mut rows: Vec<(u32, bool, u32, u32)> =
        seen.iter().map(|one| ((key_of.of)(one.row), one.visit, one.person, one.readmitted)).collect();
    rows.par_sort_unstable();
    let mut found: Vec<PersonCounts> = Vec::new();
    for slice in rows.chunk_by(|one, other| one.0 == other.0) {
        let mut counts = Persons { readmitted: vec![0; rates], ..Persons::default() };
        for person in slice.chunk_by(|one, other| (one.1, one.2) == (other.1, other.2)) {
            let cases = person.len() as u64;
            let visit = person.first().is_some_and(|one| one.1);
            if visit {
                counts.visits += cases;
                counts.visitors += 1;
            } else {
                counts.stays += cases;
                counts.patients += 1;
            }
            for (rate, sum) in counts.readmitted.iter_mut().enumerate() {
                *sum += person.iter().filter(|one| one.3 >> rate & 1 == 1).count() as u64;
            }
        }
        let key = slice.first().map_or(u32::MAX, |one| one.0);
        found.push(PersonCounts { by: by.to_owned(), key: (key_of.name)(key), counts });
    }
    found.sort_by(|one, other| one.key.cmp(&other.key));
    found
}

/// The key of a row in a dimension, and a key's name.
struct Keys<'a> {
    of: Box<dyn Fn(u32) -> u32 + Sync + 'a>,
    name: Box<dyn Fn(u32) -> String + Sync + 'a>,
}

fn keys<'a>(by: &str, settled: &'a Settled, stays: &'a Stays, symbols: &Symbols) -> Keys<'a> {
    let row = move |row: u32| settled.cases.row.get(row as usize).and_then(|key| settled.rows.get(*key as usize));
    let named = |list: &'a [crate::settled::Named]| -> Box<dyn Fn(u32) -> String + Sync + 'a> {
        Box::new(move |key| list.get(key as usize).map(|one| one.id.clone()).unwrap_or_default())
    };
    match by {
        // The institution that treated, which is not always the one that is paid.
        "institution" | "level" => {
            let by_level = by == "level";
            let mut names: Vec<&str> =
                settled.institutions.iter().map(|one| if by_level { &*one.level } else { &*one.id }).collect();
            let wanted = names.clone();
            names.sort_unstable();
            names.dedup();
            let place = |name: &&str| names.binary_search(name).map_or(u32::MAX, |at| at as u32);
            let symbols_of = settled.institutions.iter().map(|one| symbols.find(&one.id));
            let of: FxHashMap<Symbol, u32> =
                symbols_of.zip(&wanted).filter_map(|(symbol, name)| Some((symbol?, place(name)))).collect();
            Keys {
                of: Box::new(move |at| {
                    stays.institution.get(at as usize).and_then(|one| of.get(one).copied()).unwrap_or(u32::MAX)
                }),
                name: Box::new(move |key| names.get(key as usize).map_or(String::new(), |one| (*one).to_owned())),
            }
        }
        "insurance" => Keys {
            of: Box::new(move |at| row(at).map_or(u32::MAX, |row| u32::from(row.insurance))),
            name: named(&settled.insurances),
        },
        "method" => Keys {
            of: Box::new(move |at| row(at).map_or(u32::MAX, |row| u32::from(row.method))),
            name: named(&settled.methods),
        },
        "district" => Keys {
            of: Box::new(move |at| row(at).map_or(u32::MAX, |row| u32::from(row.district))),
            name: named(&settled.districts),
        },
        "month" => Keys {
            of: Box::new(move |at| {
                let day = stays.discharge.get(at as usize).copied().unwrap_or(Day::MIN);
                month_number(day)
            }),
            name: Box::new(month_name),
        },
        _ => Keys { of: Box::new(|_| 0), name: Box::new(|_| String::new()) },
    }
}

/// Months since year 0.
#[must_use]
pub fn month_number(day: Day) -> u32 {
    u32::try_from(day.year()).unwrap_or(0) * 12 + u32::from(day.month()) - 1
}

/// `2025-03`.
#[must_use]
pub fn month_name(number: u32) -> String {
    format!("{:04}-{:02}", number / 12, number % 12 + 1)
}
