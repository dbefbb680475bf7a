//! Rows of a table to households and their bills, in the order read. A row that is wrong refuses its bill and nothing
//! else.

use yibao_batch::{BadRecord, Record};
use yibao_benefit::Refusal;
use yibao_kernel::{Day, Fen};
use yibao_record::bill::Bill;

use super::rows::Columns;
use crate::cmd::persons::{AHEAD, House, Persons};

/// One household's part of the input.
#[derive(Default)]
pub struct Job {
    /// The persons; none where the table begins with somebody who is in no file.
    pub house: House,
    /// Bills and voids in the order of the table.
    pub entries: Vec<Entry>,
    /// Rows that cannot be taken apart: line and what is wrong.
    pub strays: Vec<(u64, Refusal)>,
}

impl Job {
    /// A household whose bills come.
    pub fn of(house: House) -> Self {
        Self { house, ..Self::default() }
    }
}

/// A bill or a void.
pub struct Entry {
    /// Line of its first row, or of the row that is wrong.
    pub line: u64,
    /// Place of the person in the household.
    pub member: usize,
    /// What it is.
    pub what: What,
}

/// What a row began.
pub enum What {
    /// A bill.
    Bill(Box<Bill>),
    /// A void.
    Void {
        /// Its own id.
        id: String,
        /// The bill it voids.
        of: String,
        /// Its day.
        day: Day,
    },
    /// Something that is refused before anything is split.
    Refused {
        /// The bill or void.
        id: String,
        /// The person.
        person: String,
        /// Why.
        refusal: Refusal,
    },
}

impl Entry {
    /// The day that orders it: the end of a bill, the day of a void.
    pub fn day(&self) -> Day {
        match &self.what {
            What::Bill(bill) => bill.end,
            What::Void { day, .. } => *day,
            What::Refused { .. } => Day::MIN,
        }
    }

    /// The id of the bill or void.
    pub fn id(&self) -> &str {
        match &self.what {
            What::Bill(bill) => &bill.id,
            What::Void { id, .. } | What::Refused { id, .. } => id,
        }
    }

    fn refuse(&mut self, line: u64, person: &str, refusal: Refusal) {
        if matches!(self.what, What::Refused { .. }) {
            return;
        }
        self.line = line;
        self.what = What::Refused { id: self.id().to_owned(), person: person.to_owned(), refusal };
    }
}

/// A wrong cell of a row.
fn wrong(message: String) -> Refusal {
    Refusal::new("row", message, "correct the row and split the bill again, with those of the person that follow it")
}

/// Takes rows.
pub struct Taker<'t> {
    columns: &'t Columns,
    persons: &'t mut Persons,
    /// Households whose rows were read; the last may go on.
    pub jobs: Vec<Job>,
    /// Rows held.
    pub rows: usize,
    /// The person of the row before.
    person: String,
    /// The place of that person; `None` when in no file.
    member: Option<usize>,
    /// The total the bill at hand states.
    total: Option<Fen>,
    /// The line of a row that could not be taken apart and may be of the bill that comes next.
    gap: Option<u64>,
    /// Whether any row found its person.
    pub matched: bool,
}

impl<'t> Taker<'t> {
    /// Takes rows with these columns.
    pub fn new(columns: &'t Columns, persons: &'t mut Persons) -> Self {
        Self {
            columns,
            persons,
            jobs: Vec::new(),
            rows: 0,
            person: String::new(),
            member: None,
            total: None,
            gap: None,
            matched: false,
        }
    }

    /// One row.
    ///
    /// # Errors
    /// The file of persons cannot be read further.
    pub fn take(&mut self, record: Result<Record<'_>, BadRecord<'_>>) -> anyhow::Result<()> {
        self.rows += 1;
        match record {
            Ok(record) => {
                let columns = self.columns;
                match columns.ids(&record) {
                    Ok((bill, person)) => self.row(&record, bill, person)?,
                    Err(message) => self.stray(record.line, message),
                }
            }
            Err(bad) => self.stray(bad.line, format!("the row cannot be taken apart: {}", bad.cause)),
        }
        Ok(())
    }

    /// A row nobody can tell the bill of: it may be of the bill before, or of the one that follows.
    fn stray(&mut self, line: u64, message: String) {
        if self.jobs.is_empty() {
            self.jobs.push(Job::default());
        }
        let person = self.person.clone();
        if let Some(job) = self.jobs.last_mut() {
            job.strays.push((line, Refusal::new("row", message, "correct the quotes, commas and encoding of the row")));
            if let Some(before) = job.entries.last_mut() {
                before.refuse(before.line, &person, near(line));
            }
        }
        self.gap = Some(line);
    }

    fn row(&mut self, record: &Record<'_>, bill: &str, person: &str) -> anyhow::Result<()> {
        if self.person != person || self.jobs.is_empty() {
            self.find(person)?;
        }
        let same = self.jobs.last().and_then(|job| job.entries.last()).is_some_and(|entry| {
            let of_person = match &entry.what {
                What::Bill(bill) => bill.person == person,
                What::Void { .. } => false,
                What::Refused { person: of, .. } => of == person,
            };
            of_person && entry.id() == bill
        });
        if same {
            self.gap = None;
        } else {
            self.begin(record, bill, person);
        }
        self.line(record, person);
        Ok(())
    }

    /// Finds the household of a person.
    fn find(&mut self, person: &str) -> anyhow::Result<()> {
        person.clone_into(&mut self.person);
        self.member = self.jobs.last().and_then(|job| job.house.member(person));
        if self.member.is_none() {
            for house in self.persons.up_to(person)? {
                self.member = house.member(person);
                self.jobs.push(Job::of(house));
            }
        }
        self.matched |= self.member.is_some();
        if self.jobs.is_empty() {
            self.jobs.push(Job::default());
        }
        Ok(())
    }

    /// A bill or a void begins.
    fn begin(&mut self, record: &Record<'_>, id: &str, person: &str) {
        let (line, gap) = (record.line, self.gap.take());
        self.total = None;
        let what = match (self.member, gap) {
            (None, _) => Err(nowhere()),
            (_, Some(gap)) => Err(near(gap)),
            (Some(_), None) => self.read(record, id),
        };
        let refused = |refusal| What::Refused { id: id.to_owned(), person: person.to_owned(), refusal };
        let entry = Entry { line, member: self.member.unwrap_or(0), what: what.unwrap_or_else(refused) };
        if let Some(job) = self.jobs.last_mut() {
            job.entries.push(entry);
        }
    }

    fn read(&mut self, record: &Record<'_>, id: &str) -> Result<What, Refusal> {
        let voids = self.columns.voids(record).map_err(wrong)?;
        if id.is_empty() {
            return Err(wrong("column \"bill_id\": empty".to_owned()));
        }
        if !voids.is_empty() {
            let day = self.columns.end(record).map_err(wrong)?;
            return Ok(What::Void { id: id.to_owned(), of: voids.to_owned(), day });
        }
        self.total = self.columns.total(record).map_err(wrong)?;
        let mut bill = self.columns.bill(record).map_err(wrong)?;
        bill.amount = self.total.unwrap_or(Fen::ZERO);
        Ok(What::Bill(Box::new(bill)))
    }

    /// The line of a row goes to its bill.
    fn line(&mut self, record: &Record<'_>, person: &str) {
        let stated = self.total.is_some();
        let Some(entry) = self.jobs.last_mut().and_then(|job| job.entries.last_mut()) else { return };
        let What::Bill(bill) = &mut entry.what else { return };
        let read = self.columns.line(record).and_then(|line| match (stated, bill.amount.checked_add(line.amount)) {
            (true, _) => Ok((bill.amount, line)),
            (false, Ok(sum)) => Ok((sum, line)),
            (false, Err(_)) => Err("column \"amount\": the sum does not fit".to_owned()),
        });
        match read {
            Ok((sum, line)) => {
                bill.amount = sum;
                bill.lines.push(line);
            }
            Err(message) => entry.refuse(record.line, person, wrong(message)),
        }
    }
}

fn nowhere() -> Refusal {
    Refusal::new(
        "no_person",
        "the person is not in the file of persons, or stands there out of the order of the bills",
        format!("add the person, in the order of the bills, at most {AHEAD} households ahead"),
    )
}

fn near(line: u64) -> Refusal {
    Refusal::new(
        "row",
        format!("line {line} cannot be taken apart and may be of this bill"),
        "correct that row and split the bill again",
    )
}
