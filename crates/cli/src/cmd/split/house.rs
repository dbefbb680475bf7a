//! All bills and voids of a household, in the order of their days.

use std::borrow::Cow;
use std::fmt::Write as _;

use rustc_hash::FxHashSet;
use yibao_batch::settled::folder::hex;
use yibao_benefit::divide::divide_at;
use yibao_benefit::history::{Household, Reversal};
use yibao_benefit::pack::header::CrossYear;
use yibao_benefit::{Engine, History, Refusal, Split};
use yibao_kernel::Day;
use yibao_kernel::explain::Explanation;
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use super::output::{self, Done};
use super::take::{Job, What};
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
    /// What rows of feeds are made.
    pub making: Option<&'e Making>,
}

/// What a bill or void came to, by its place in the table.
struct Output {
    splits: String,
    reasons: String,
}

/// A household at work.
struct Work<'e> {
    by: By<'e>,
    done: Done,
    /// One per entry, only where the order of days is not that of the table.
    outputs: Vec<Option<Output>>,
    names: Vec<String>,
}

/// All of a household.
pub fn household(by: By<'_>, mut job: Job) -> Done {
    let mut work = Work { by, done: Done::new(by.home), outputs: Vec::new(), names: Vec::new() };
    for (line, refusal) in &job.strays {
        work.done.totals.strays += 1;
        work.done.refuse(*line, "", "", refusal);
    }
    if job.entries.is_empty() {
        job.house.members.into_iter().for_each(|stood| work.done.person(&stood.text));
        return work.done;
    }
    work.names = job.house.members.iter().map(|stood| stood.id.clone()).collect();
    let states = job.house.members.iter_mut().map(|stood| {
        let state = std::mem::replace(&mut stood.state, Err(String::new()));
        state.map_err(|message| Refusal::new("person", message, "correct the line of the person"))
    });
    let states: Result<Vec<PersonState>, Refusal> = states.collect();
    match states.and_then(|states| Household::new(by.home, by.care, states)) {
        Ok(household) => work.split(household, &job),
        Err(refusal) => {
            for entry in &job.entries {
                match &entry.what {
                    What::Refused { id, person, refusal } => work.refuse(entry.line, id, person, refusal),
                    _ => {
                        let person = work.names.get(entry.member).cloned().unwrap_or_default();
                        work.refuse(entry.line, entry.id(), &person, &refusal);
                    }
                }
            }
            job.house.members.iter().for_each(|stood| work.done.person(&stood.text));
        }
    }
    work.done
}

impl<'e> Work<'e> {
    fn refuse(&mut self, line: u64, id: &str, person: &str, refusal: &Refusal) {
        self.done.totals.refused += 1;
        self.done.refuse(line, id, person, refusal);
    }

    fn split(&mut self, household: Household<'e>, job: &Job) {
        let mut order: Vec<usize> = (0..job.entries.len()).collect();
        if job.house.members.len() > 1 {
            order.sort_by_key(|at| job.entries.get(*at).map_or(Day::MIN, |entry| end(&entry.what)));
            self.outputs.resize_with(job.entries.len(), || None);
        }
        let has_void = job.entries.iter().any(|entry| matches!(entry.what, What::Void { .. }));
        let household = if has_void || self.by.making.is_some() {
            self.with_voids(History::of(household), job, &order)
        } else {
            self.without_voids(household, job, &order)
        };
        for output in std::mem::take(&mut self.outputs).into_iter().flatten() {
            self.done.splits.push_str(&output.splits);
            self.done.reasons.push_str(&output.reasons);
        }
        for state in household.into_states() {
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
                    let (splits, reasons) = (self.done.splits.len(), self.done.reasons.len());
                    let settled = if seen.insert((entry.member, &bill.id)) {
                        self.settle_once(&mut household, entry.member, bill, &mut buffers)
                    } else {
                        Err(twice(&bill.id))
                    };
                    if let Err(refusal) = settled {
                        self.refuse(entry.line, &bill.id, &bill.person, &refusal);
                    } else if let Some(place) = self.outputs.get_mut(*at) {
                        let (splits, reasons) =
                            (self.done.splits.split_off(splits), self.done.reasons.split_off(reasons));
                        *place = Some(Output { splits, reasons });
                    }
                }
                What::Refused { id, person, refusal } => self.refuse(entry.line, id, person, refusal),
                What::Void { .. } => {}
            }
        }
        household
    }

    /// Splits a bill, all of it or nothing.
    fn settle_once(
        &mut self,
        household: &mut Household<'e>,
        member: usize,
        bill: &Bill,
        buffers: &mut [Split; 2],
    ) -> Result<(), Refusal> {
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
            let row = (part.id.as_str(), bill.person.as_str(), "");
            output::split_row(&mut self.done.splits, self.by.home, row, split);
            self.done.totals.add(self.by.home, split, &part.institution.area);
            if self.by.explain {
                reason(&mut self.done.reasons, row, reasons);
            }
        }
        self.done.totals.bills += 1;
        Ok(())
    }

    fn with_voids(&mut self, mut history: History<'e>, job: &Job, order: &[usize]) -> Household<'e> {
        let mut voids: FxHashSet<(usize, &str)> = FxHashSet::default();
        for at in order {
            let Some(entry) = job.entries.get(*at) else { continue };
            let person = self.names.get(entry.member).cloned().unwrap_or_default();
            let mut output = Output { splits: String::new(), reasons: String::new() };
            let taken = voids.contains(&(entry.member, entry.id()));
            let refused = match &entry.what {
                What::Refused { id, person, refusal } => {
                    self.refuse(entry.line, id, person, refusal);
                    continue;
                }
                What::Bill(_) | What::Void { .. } if taken => Some(twice(entry.id())),
                What::Bill(bill) => self.settle(&mut history, entry.member, bill, &mut output).err(),
                What::Void { id, of, .. } => {
                    let names = (id.as_str(), of.as_str());
                    let is_void = voids.contains(&(entry.member, of.as_str()));
                    match self.take_back(&mut history, entry.member, names, is_void, &mut output) {
                        Ok(()) => {
                            voids.insert((entry.member, id));
                            None
                        }
                        Err(refusal) => Some(refusal),
                    }
                }
            };
            match refused {
                Some(refusal) => self.refuse(entry.line, entry.id(), &person, &refusal),
                None => self.put(*at, output),
            }
        }
        if let Some(making) = self.by.making {
            self.make(making, &history, job);
        }
        history.into_household()
    }

    /// The rows of feeds, person by person, of what stands at the end.
    fn make(&mut self, making: &Making, history: &History<'e>, job: &Job) {
        for member in 0..self.names.len() {
            let Some(state) = history.household().before(member) else { continue };
            let standing = history.settled().iter().filter(|one| one.member == member && !one.voided);
            let closed: Vec<Closed<'_>> = standing
                .flat_map(|settled| &settled.parts)
                .map(|part| Closed { bill: &part.bill, split: &part.split })
                .collect();
            let settled = |id: &str| history.settled().iter().any(|one| one.member == member && one.id == id);
            let own = job.entries.iter().filter(|entry| entry.member == member);
            let refused: Vec<Refused<'_>> = own
                .filter_map(|entry| match &entry.what {
                    What::Bill(bill) if !settled(&bill.id) => Some(Refused::Bill(bill)),
                    What::Refused { id, .. } => Some(Refused::Unread(id)),
                    _ => None,
                })
                .collect();
            self.done.made.push(making.rows(&state.person, &closed, &refused));
        }
    }

    fn settle(
        &mut self,
        history: &mut History<'e>,
        member: usize,
        bill: &Bill,
        output: &mut Output,
    ) -> Result<(), Refusal> {
        let parts = self.parts(history.household(), member, bill)?.into_iter().map(Cow::into_owned).collect();
        let settled = history.settle_parts(member, &bill.id, parts)?;
        for part in &settled.parts {
            output::split_row(&mut output.splits, self.by.home, (&part.bill.id, &bill.person, ""), &part.split);
            self.done.totals.add(self.by.home, &part.split, &part.bill.institution.area);
            if self.by.explain {
                reason(&mut output.reasons, (&part.bill.id, &bill.person, ""), &part.reasons);
            }
        }
        self.done.totals.bills += 1;
        Ok(())
    }

    /// A void, by its own id and that of the bill.
    fn take_back(
        &mut self,
        history: &mut History<'e>,
        member: usize,
        (id, of): (&str, &str),
        is_void: bool,
        output: &mut Output,
    ) -> Result<(), Refusal> {
        if is_void {
            let message = format!("{of} is itself a void");
            return Err(Refusal::new("void_of_void", message, "a void is not voided; settle the rest as a new bill"));
        }
        if history.settled().iter().any(|settled| settled.member == member && settled.id == id) {
            return Err(twice(id));
        }
        let Reversal { parts, changed } = history.take_back(member, of)?;
        let person = self.names.get(member).map_or("", String::as_str);
        for part in &parts {
            // The two bills of a stay over the year's end are voided by two rows of the same numbers.
            let number = part.bill.id.strip_prefix(of).unwrap_or("");
            let row = (&*format!("{id}{number}"), person, part.bill.id.as_str());
            output::split_row(&mut output.splits, self.by.home, row, &part.split);
            self.done.totals.add(self.by.home, &part.split, &part.bill.institution.area);
        }
        for one in &changed {
            let person = self.names.get(one.member).map_or("", String::as_str);
            let row = (id, one.bill.as_str(), person);
            output::adjustment_row(&mut self.done.adjustments, self.by.home, row, &one.before, &one.after);
            self.done.totals.difference(self.by.home, &one.before, &one.after, &one.area);
            if self.by.explain {
                reason(&mut output.reasons, (&one.bill, person, id), &one.reasons);
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

    /// Puts what an entry came to at its place in the table.
    fn put(&mut self, at: usize, output: Output) {
        match self.outputs.get_mut(at) {
            Some(place) => *place = Some(output),
            None => {
                self.done.splits.push_str(&output.splits);
                self.done.reasons.push_str(&output.reasons);
            }
        }
    }
}

fn end(what: &What) -> Day {
    match what {
        What::Bill(bill) => bill.end,
        What::Void { day, .. } => *day,
        What::Refused { .. } => Day::MIN,
    }
}

fn twice(id: &str) -> Refusal {
    Refusal::new(
        "settled",
        format!("{id} stands in the table already"),
        "a bill is settled once, and its rows stand together; correct what is wrong by a void and a new bill",
    )
}

/// A row of reasons: the bill, its person, the void after which it was split again, the steps.
fn reason(to: &mut String, (bill, person, void): (&str, &str, &str), reasons: &Explanation) {
    let [bill, person, void] = [bill, person, void].map(output::quoted);
    // Writing to a String does not fail.
    let _ = writeln!(to, "{bill},{person},{void},{}", hex(reasons.bytes()));
}
