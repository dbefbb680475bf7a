//! All bills and voids of a household, in the order of their days.

use std::borrow::Cow;

use rustc_hash::FxHashSet;
use yibao_benefit::divide::divide_at;
use yibao_benefit::history::{Household, Reversal};
use yibao_benefit::pack::header::CrossYear;
use yibao_benefit::{Engine, History, Refusal, Split};
use yibao_kernel::Day;
use yibao_kernel::explain::Explanation;
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use super::outcome::{Row, Rows, adjustment_row};
use super::output::Done;
use super::take::{Entry, Job, What};
use crate::made::{Closed, Making, Refused};

/// What a run splits by.
#[derive(Clone, Copy)]
pub struct By<'e> {
    /// The pack of the insured.
    pub home: &'e Engine,
    /// The pack of the place of care, for the lines of bills from elsewhere.
    pub care: Option<&'e Engine>,
    /// Whether reasons are kept.
    pub explain: bool,
    /// Whether every line is written.
    pub lines: bool,
    /// What rows of feeds are made.
    pub making: Option<&'e Making>,
}

/// A void in the table.
struct Taken<'t> {
    /// Its own id.
    id: &'t str,
    /// The bill it voids.
    of: &'t str,
    /// Whether that is itself a void.
    of_void: bool,
}

/// A household at work.
struct Work<'e> {
    by: By<'e>,
    done: Done,
    /// One per entry, only where the order of days is not that of the table.
    outputs: Vec<Rows>,
    persons: Vec<Insured>,
}

/// A person of the household.
struct Insured {
    id: String,
    /// Day of the last bill or void that was settled; what was refused does not order what follows.
    last: Day,
    /// From which place of the table on a bill is missing, because it was refused.
    lacks: usize,
    /// Bills of earlier runs that stand.
    before: FxHashSet<String>,
    /// Those of this run that stand.
    now: Vec<String>,
}

/// All of a household.
pub fn household(by: By<'_>, mut job: Job) -> Done {
    let mut work = Work { by, done: Done::new(by.home), outputs: Vec::new(), persons: Vec::new() };
    for (line, refusal) in &job.strays {
        work.done.totals.strays += 1;
        work.done.refuse(*line, "", "", refusal);
    }
    if job.entries.is_empty() {
        job.house.members.into_iter().for_each(|stood| work.done.person(&stood.text));
        return work.done;
    }
    let insured = |id: &String| Insured {
        id: id.clone(),
        last: Day::MIN,
        lacks: usize::MAX,
        before: FxHashSet::default(),
        now: Vec::new(),
    };
    work.persons = job.house.members.iter().map(|stood| insured(&stood.id)).collect();
    let states = job.house.members.iter_mut().map(|stood| std::mem::replace(&mut stood.state, Err(gone())));
    let states: Result<Vec<PersonState>, Refusal> = states.collect();
    match states.and_then(|states| Household::new(by.home, by.care, states)) {
        Ok(household) => work.split(household, &job),
        Err(refusal) => {
            for (at, entry) in job.entries.iter().enumerate() {
                match &entry.what {
                    What::Refused { refusal, .. } => work.refuse(at, entry, refusal),
                    _ => work.refuse(at, entry, &refusal),
                }
            }
            job.house.members.iter().for_each(|stood| work.done.person(&stood.text));
        }
    }
    work.done
}

impl<'e> Work<'e> {
    fn name(&self, member: usize) -> &str {
        self.persons.get(member).map_or("", |person| &person.id)
    }

    /// Refuses an entry by its place in the table. Without a bill the year so far is not what it should be, and what
    /// follows says so.
    fn refuse(&mut self, at: usize, entry: &Entry, refusal: &Refusal) {
        let (person, from) = match &entry.what {
            What::Refused { person, .. } => (person.clone(), at),
            What::Bill(_) | What::Void { .. } => (self.name(entry.member).to_owned(), 0),
        };
        let is_missing = !matches!(entry.what, What::Void { .. }) && refusal.code != TWICE;
        if let Some(one) = self.persons.get_mut(entry.member).filter(|one| is_missing && one.id == person) {
            one.lacks = one.lacks.min(from);
        }
        self.done.totals.refused += 1;
        self.done.refuse(entry.line, entry.id(), &person, refusal);
    }

    /// Whether a bill of the person is missing before this place of the table.
    fn lacks(&self, at: usize, member: usize) -> bool {
        self.persons.get(member).is_some_and(|person| at >= person.lacks)
    }

    /// What was used before decides what is paid after: nothing is settled before what is settled already, and nothing
    /// twice.
    fn in_order(&self, entry: &Entry) -> Result<(), Refusal> {
        match self.persons.get(entry.member) {
            Some(person) if person.before.contains(entry.id()) => Err(earlier(entry.id())),
            Some(person) if person.last > entry.day() => Err(disordered()),
            _ => Ok(()),
        }
    }

    fn settled(&mut self, entry: &Entry) {
        if let Some(person) = self.persons.get_mut(entry.member) {
            person.last = entry.day();
            match &entry.what {
                What::Bill(bill) => person.now.push(bill.id.clone()),
                What::Void { of, .. } => person.now.retain(|one| one != of),
                What::Refused { .. } => {}
            }
        }
    }

    fn split(&mut self, household: Household<'e>, job: &Job) {
        let mut order: Vec<usize> = (0..job.entries.len()).collect();
        if job.house.members.len() > 1 {
            order.sort_by_key(|at| job.entries.get(*at).map_or(Day::MIN, Entry::day));
            self.outputs.resize_with(job.entries.len(), Rows::default);
        }
        for (member, person) in self.persons.iter_mut().enumerate() {
            person.before.extend(household.before(member).into_iter().flat_map(|before| &before.settled).cloned());
        }
        let has_void = job.entries.iter().any(|entry| matches!(entry.what, What::Void { .. }));
        let household = if has_void || self.by.making.is_some() {
            self.with_voids(History::of(household), job, &order)
        } else {
            self.without_voids(household, job, &order)
        };
        for rows in &std::mem::take(&mut self.outputs) {
            self.done.rows.append(rows);
        }
        for (mut state, person) in household.into_states().into_iter().zip(&mut self.persons) {
            state.settled.append(&mut person.now);
            if let Ok(text) = serde_json::to_string(&state) {
                self.done.person(&text);
            }
        }
    }

    /// Nothing is kept of a bill once it is split.
    fn without_voids(&mut self, mut household: Household<'e>, job: &Job, order: &[usize]) -> Household<'e> {
        let mut seen: FxHashSet<(usize, &str)> = FxHashSet::default();
        let mut buffers = [Split::default(), Split::default()];
        for at in order {
            let Some(entry) = job.entries.get(*at) else { continue };
            match &entry.what {
                What::Bill(bill) => {
                    let settled = if seen.insert((entry.member, &bill.id)) {
                        self.in_order(entry).and_then(|()| self.settle_once(&mut household, *at, entry, &mut buffers))
                    } else {
                        Err(twice(&bill.id))
                    };
                    match settled {
                        Ok(()) => self.settled(entry),
                        Err(refusal) => self.refuse(*at, entry, &refusal),
                    }
                }
                What::Refused { refusal, .. } => self.refuse(*at, entry, refusal),
                What::Void { .. } => {}
            }
        }
        household
    }

    /// Splits a bill, all of it or nothing.
    fn settle_once(
        &mut self,
        household: &mut Household<'e>,
        at: usize,
        entry: &Entry,
        buffers: &mut [Split; 2],
    ) -> Result<(), Refusal> {
        let (What::Bill(bill), member) = (&entry.what, entry.member) else { return Ok(()) };
        let after_refused = self.lacks(at, member);
        let parts = self.parts(household, member, bill)?;
        let mut reasons = [Explanation::default(), Explanation::default()];
        for (place, part) in parts.iter().enumerate() {
            let (Some(split), Some(reasons)) = (buffers.get_mut(place), reasons.get_mut(place)) else { continue };
            if let Err(refusal) = household.split(member, part, split, self.by.explain.then_some(reasons)) {
                if place > 0 {
                    let [first, _] = &*buffers;
                    household.undo(member, first);
                }
                return Err(refusal);
            }
        }
        for ((part, split), reasons) in parts.iter().zip(&*buffers).zip(&reasons) {
            let row = Row { id: &part.id, person: &bill.person, voids: "", after_refused };
            self.write(at, &row, part, split, Some(reasons));
        }
        self.done.totals.bills += 1;
        Ok(())
    }

    fn with_voids(&mut self, mut history: History<'e>, job: &Job, order: &[usize]) -> Household<'e> {
        let mut voids: FxHashSet<(usize, &str)> = FxHashSet::default();
        for at in order {
            let Some(entry) = job.entries.get(*at) else { continue };
            let taken = voids.contains(&(entry.member, entry.id()));
            let refused = match &entry.what {
                What::Refused { refusal, .. } => Some(refusal.clone()),
                What::Bill(_) | What::Void { .. } if taken => Some(twice(entry.id())),
                What::Bill(_) | What::Void { .. } if self.in_order(entry).is_err() => self.in_order(entry).err(),
                What::Void { of, .. } if self.persons.get(entry.member).is_some_and(|one| one.before.contains(of)) => {
                    Some(out_of_reach(of))
                }
                What::Bill(bill) => self.settle(&mut history, *at, entry.member, bill).err(),
                What::Void { id, of, .. } => {
                    let void = Taken { id, of, of_void: voids.contains(&(entry.member, of.as_str())) };
                    let refused = self.take_back(&mut history, *at, entry.member, &void).err();
                    if refused.is_none() {
                        voids.insert((entry.member, id));
                    }
                    refused
                }
            };
            match refused {
                Some(refusal) => self.refuse(*at, entry, &refusal),
                None => self.settled(entry),
            }
        }
        if let Some(making) = self.by.making {
            self.make(making, &history, job);
        }
        history.into_household()
    }

    /// The rows of feeds, person by person, of what stands at the end.
    fn make(&mut self, making: &Making, history: &History<'e>, job: &Job) {
        for member in 0..self.persons.len() {
            let Some(state) = history.household().before(member) else { continue };
            let standing = history.settled().iter().filter(|one| one.member == member && !one.voided);
            let closed: Vec<Closed<'_>> = standing
                .flat_map(|settled| &settled.parts)
                .map(|part| Closed { bill: &part.bill, split: &part.split })
                .collect();
            let settled = |id: &str| history.settled().iter().any(|one| one.member == member && one.id == id);
            let name = self.name(member);
            let own = job.entries.iter().filter(|entry| entry.member == member);
            let refused: Vec<Refused<'_>> = own
                .filter_map(|entry| match &entry.what {
                    What::Bill(bill) if !settled(&bill.id) => Some(Refused::Bill(bill)),
                    What::Refused { id, person, .. } if person == name => Some(Refused::Unread(id)),
                    _ => None,
                })
                .collect();
            self.done.made.push(making.rows(&state.person, &closed, &refused));
        }
    }

    fn settle(&mut self, history: &mut History<'e>, at: usize, member: usize, bill: &Bill) -> Result<(), Refusal> {
        let parts = self.parts(history.household(), member, bill)?.into_iter().map(Cow::into_owned).collect();
        let settled = history.settle_parts(member, &bill.id, parts)?;
        let after_refused = self.lacks(at, member);
        for part in &settled.parts {
            let row = Row { id: &part.bill.id, person: &bill.person, voids: "", after_refused };
            self.write(at, &row, &part.bill, &part.split, Some(&part.reasons));
        }
        self.done.totals.bills += 1;
        Ok(())
    }

    /// A void.
    fn take_back(
        &mut self,
        history: &mut History<'e>,
        at: usize,
        member: usize,
        void: &Taken<'_>,
    ) -> Result<(), Refusal> {
        let Taken { id, of, of_void } = *void;
        if of_void {
            let message = format!("{of} is itself a void");
            return Err(Refusal::new("void_of_void", message, "a void is not voided; settle the rest as a new bill"));
        }
        if history.settled().iter().any(|settled| settled.member == member && settled.id == id) {
            return Err(twice(id));
        }
        let Reversal { parts, changed } = history.take_back(member, of)?;
        let (person, after_refused) = (self.name(member).to_owned(), self.lacks(at, member));
        for part in &parts {
            // The two bills of a stay over the year's end are voided by two rows of the same numbers.
            let number = part.bill.id.strip_prefix(of).unwrap_or("");
            let row = Row { id: &format!("{id}{number}"), person: &person, voids: &part.bill.id, after_refused };
            self.write(at, &row, &part.bill, &part.split, None);
        }
        for one in &changed {
            let person = self.name(one.member).to_owned();
            let row = (id, one.bill.as_str(), person.as_str());
            adjustment_row(&mut self.done.adjustments, self.by.home, row, &one.before, &one.after);
            self.done.totals.difference(self.by.home, &one.before, &one.after, &one.area);
            if self.by.explain {
                self.rows(at).reason((&one.bill, &person, id), &one.reasons);
            }
        }
        self.done.totals.voids += 1;
        self.done.totals.adjustments += changed.len() as u64;
        Ok(())
    }

    /// The bill, or the two of a stay over the end of the year, where the pack divides it.
    fn parts<'b>(
        &self,
        household: &Household<'_>,
        member: usize,
        bill: &'b Bill,
    ) -> Result<Vec<Cow<'b, Bill>>, Refusal> {
        let divides = self.by.home.pack.benefit.cross_year == CrossYear::DailyAverage;
        match household.before(member) {
            Some(before) if divides && bill.end > bill.start => {
                Ok(divide_at(self.by.home, self.by.care, bill, before)?.into_iter().map(Cow::Owned).collect())
            }
            _ => Ok(vec![Cow::Borrowed(bill)]),
        }
    }

    /// Where rows about an entry go: to its place in the table.
    fn rows(&mut self, at: usize) -> &mut Rows {
        self.outputs.get_mut(at).unwrap_or(&mut self.done.rows)
    }

    /// Writes what one bill of an entry came to.
    fn write(&mut self, at: usize, row: &Row<'_>, bill: &Bill, split: &Split, reasons: Option<&Explanation>) {
        let by = self.by;
        self.rows(at).split(&by, row, bill, split);
        if let Some(reasons) = reasons.filter(|_| by.explain) {
            self.rows(at).reason((row.id, row.person, ""), reasons);
        }
        self.done.totals.add(by.home, split, &bill.institution.area);
    }
}

/// In the place of a state that is at work elsewhere.
fn gone() -> Refusal {
    Refusal::new("person", "", "")
}

fn disordered() -> Refusal {
    Refusal::new(
        "order",
        "the bill ends before the one above it of the same person",
        "sort the bills of a person by `end`: what was used before decides what is paid after",
    )
}

/// Code of a bill that stands twice: nothing is missing.
const TWICE: &str = "settled";

fn earlier(id: &str) -> Refusal {
    Refusal::new(TWICE, format!("{id} was settled in an earlier run"), "a bill is settled once; leave it out")
}

fn out_of_reach(of: &str) -> Refusal {
    Refusal::new(
        "earlier_run",
        format!("{of} was settled in an earlier run, whose bills are not at hand"),
        "split the whole year again, its bills and the void, from the persons at its beginning; --against tells what changed",
    )
}

fn twice(id: &str) -> Refusal {
    Refusal::new(
        TWICE,
        format!("{id} stands in the table already"),
        "a bill is settled once, and its rows stand together; correct what is wrong by a void and a new bill",
    )
}
