//! A file of persons, one JSON object per line, read household by household: persons who share an account stand
//! together. What is remembered of all of them is their accounts, in bounded memory.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, bail};
use yibao_batch::{IdSet, OutputError, spill};
use yibao_benefit::Refusal;
use yibao_record::person::PersonState;

use super::shape;

/// Persons looked ahead for one who has bills.
pub const AHEAD: usize = 4096;

/// A person as the file says.
pub struct Stood {
    /// 1-based line.
    pub line: u64,
    /// The line as it stands.
    pub text: String,
    /// The person's id; empty where it cannot be read.
    pub id: String,
    /// The person, or why the line cannot be read.
    pub state: Result<PersonState, Refusal>,
}

/// Persons on one balance; mostly one.
#[derive(Default)]
pub struct House {
    /// In the order of the file.
    pub members: Vec<Stood>,
}

/// The file.
pub struct Persons {
    lines: std::io::Lines<BufReader<std::fs::File>>,
    number: u64,
    /// Read, and not yet known to be of the last household.
    next: Option<Stood>,
    ahead: VecDeque<House>,
    accounts: IdSet,
    ids: IdSet,
    file: String,
}

impl Persons {
    /// Opens a file.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let file = std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self {
            lines: BufReader::new(file).lines(),
            number: 0,
            next: None,
            ahead: VecDeque::new(),
            accounts: IdSet::new(spill::BUDGET_BYTES / 2),
            ids: IdSet::new(spill::BUDGET_BYTES / 2),
            file: path.display().to_string(),
        })
    }

    fn stood(&mut self) -> anyhow::Result<Option<Stood>> {
        loop {
            let Some(line) = self.lines.next() else { return Ok(None) };
            self.number += 1;
            let text = line.with_context(|| format!("{}:{}: the line is not text", self.file, self.number))?;
            if text.trim().is_empty() {
                continue;
            }
            let state: Result<PersonState, _> = serde_json::from_str(&text);
            let id = match &state {
                Ok(state) => state.person.id.clone(),
                Err(_) => serde_json::from_str::<serde_json::Value>(&text)
                    .ok()
                    .and_then(|value| value.pointer("/person/id").and_then(|id| id.as_str()).map(str::to_owned))
                    .unwrap_or_default(),
            };
            if !id.is_empty() {
                self.ids.add(id.as_bytes(), self.number);
            }
            let state = state.map_err(|error| {
                let message = format!("{}:{}:{}: {}", self.file, self.number, error.column(), shape::wrong(&error));
                Refusal::new("person", message, shape::hint(&error, shape::PAGE))
            });
            return Ok(Some(Stood { line: self.number, text, id, state }));
        }
    }

    /// The next household.
    ///
    /// # Errors
    /// The file cannot be read further.
    pub fn house(&mut self) -> anyhow::Result<Option<House>> {
        match self.ahead.pop_front() {
            Some(house) => Ok(Some(house)),
            None => self.read(),
        }
    }

    fn read(&mut self) -> anyhow::Result<Option<House>> {
        let first = match self.next.take() {
            Some(first) => first,
            None => match self.stood()? {
                Some(first) => first,
                None => return Ok(None),
            },
        };
        let mut house = House { members: vec![first] };
        while let Some(next) = self.stood()? {
            if !house.shares(&next) {
                self.next = Some(next);
                break;
            }
            house.members.push(next);
        }
        for (id, line) in house.accounts() {
            self.accounts.add(id.as_bytes(), line);
        }
        Ok(Some(house))
    }

    /// Takes the households up to the one of this person, which is the last; none when the person does not stand among
    /// those that follow soon.
    ///
    /// # Errors
    /// The file cannot be read further.
    pub fn up_to(&mut self, person: &str) -> anyhow::Result<Vec<House>> {
        let mut at = 0;
        loop {
            if at >= AHEAD {
                return Ok(Vec::new());
            }
            if at == self.ahead.len() {
                match self.read()? {
                    Some(house) => self.ahead.push_back(house),
                    None => return Ok(Vec::new()),
                }
            }
            if self.ahead.get(at).is_some_and(|house| house.member(person).is_some()) {
                return Ok(self.ahead.drain(..=at).collect());
            }
            at += 1;
        }
    }

    /// That no account is shared by persons who do not stand together, and nobody stands twice. To be asked when the
    /// whole file is read.
    ///
    /// # Errors
    /// The first such account or person, with both lines.
    pub fn together(self, threads: usize) -> anyhow::Result<()> {
        let first_of = |set: IdSet| -> anyhow::Result<Option<(u64, u64)>> {
            let mut first: Option<(u64, u64)> = None;
            spill::duplicates(vec![set], threads, |twice| -> Result<(), OutputError> {
                first.get_or_insert((twice.first_line, twice.line));
                Ok(())
            })?;
            Ok(first)
        };
        if let Some((one, other)) = first_of(self.accounts)? {
            bail!(
                "{}: the persons of lines {one} and {other} share an account and do not stand together\n  hint: put persons who share accounts next to each other, in the bills too",
                self.file
            );
        }
        if let Some((one, other)) = first_of(self.ids)? {
            bail!("{}: lines {one} and {other} are of the same person\n  hint: each person stands once", self.file);
        }
        Ok(())
    }
}

impl House {
    /// The place of a person.
    pub fn member(&self, person: &str) -> Option<usize> {
        self.members.iter().position(|stood| stood.id == person)
    }

    fn shares(&self, other: &Stood) -> bool {
        let Ok(other) = &other.state else { return false };
        let mut own = self.members.iter().filter_map(|stood| stood.state.as_ref().ok()).flat_map(|one| &one.accounts);
        !other.accounts.is_empty() && own.any(|account| other.accounts.iter().any(|theirs| theirs.id == account.id))
    }

    /// Each account once, with the line of the first who may use it.
    fn accounts(&self) -> Vec<(&str, u64)> {
        let mut found: Vec<(&str, u64)> = Vec::new();
        for stood in &self.members {
            for account in stood.state.iter().flat_map(|state| &state.accounts) {
                if !found.iter().any(|(id, _)| *id == account.id) {
                    found.push((&account.id, stood.line));
                }
            }
        }
        found
    }
}
