//! Millions of bills in person and time order: read, split household by household on all cores, written in the order
//! read. In memory stand a few thousand households at a time, or one with many bills.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{anyhow, bail};
use indicatif::ProgressBar;
use rayon::prelude::*;
use yibao_batch::settled::manifest::FileHash;
use yibao_batch::{Cancel, Fields, ReadOptions, open_table};
use yibao_benefit::Engine;

use super::REFUSED;
use super::changed::Changed;
use super::house::{By, household};
use super::output::{Files, Run, Totals};
use super::rows::Columns;
use super::take::{Job, Taker};
use crate::cmd::persons::{House, Persons};
use crate::job;
use crate::made::{Lists, Made, Making, Writing};

/// Households split at a time.
const HOUSEHOLDS: usize = 4096;
/// Rows held before they are split, however few the households.
const ROWS: usize = 1 << 18;

/// What a table is split by and into.
pub struct Table<'t> {
    /// The pack of the insured.
    pub home: &'t Engine,
    /// The pack of the place of care.
    pub care: Option<&'t Engine>,
    /// The table.
    pub bills: &'t Path,
    /// The file of persons.
    pub persons: &'t Path,
    /// The folder to write.
    pub output: &'t Path,
    /// Whether reasons are kept.
    pub explain: bool,
    /// Whether every line is written.
    pub lines: bool,
    /// Day of knowledge, as asked.
    pub known: Option<&'t str>,
    /// The folder of an earlier run to compare with.
    pub against: Option<&'t Path>,
    /// What rows of feeds are made of it.
    pub making: Option<&'t Making>,
}

/// Where the rows of feeds go.
pub struct Sink<'s> {
    /// What is made.
    pub making: &'s Making,
    /// The files.
    pub writing: &'s mut Writing,
    /// The settlement lists.
    pub lists: &'s mut Lists,
    /// What was made so far.
    pub made: &'s mut Made,
}

/// The run at work.
struct Work<'t> {
    by: By<'t>,
    files: Files,
    totals: Totals,
    bar: ProgressBar,
    sink: Option<Sink<'t>>,
}

impl Table<'_> {
    /// Runs over the table.
    ///
    /// # Errors
    /// Files that cannot be read or written, a table without its columns, persons in another order, an interrupt.
    pub fn run(&self) -> anyhow::Result<ExitCode> {
        let (totals, changed) = self.write(&job::cancel_on_signal()?, None)?;
        self.about(&totals).print(self.home);
        if let Some(changed) = changed {
            changed.print();
        }
        Ok(if totals.refused + totals.strays > 0 { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS })
    }

    /// Writes the folder.
    ///
    /// # Errors
    /// As [`Table::run`].
    pub fn write(&self, cancel: &Cancel, sink: Option<Sink<'_>>) -> anyhow::Result<(Totals, Option<Changed>)> {
        let files = Files::create(self.home, self.output, self.explain, self.lines)?;
        let by = By { home: self.home, care: self.care, explain: self.explain, lines: self.lines, making: self.making };
        let bar = job::progress("splitting 待遇结算");
        let mut work = Work { by, files, totals: Totals::new(self.home), bar, sink };
        let (inputs, done) = std::thread::scope(|scope| {
            let hashes = scope.spawn(|| {
                let files = [self.bills, self.persons].into_iter().filter(|path| path.as_os_str() != "-");
                files.map(FileHash::of).collect::<Result<Vec<_>, _>>()
            });
            let done = self.work(&mut work, cancel);
            (hashes.join(), done)
        });
        work.bar.finish_and_clear();
        done?;
        let inputs = inputs.map_err(|_| anyhow!("hashing the inputs failed"))??;
        let Work { files, totals, .. } = work;
        let changed = files.finish(self.home, inputs, &self.about(&totals))?;
        Ok((totals, changed))
    }

    fn about<'r>(&'r self, totals: &'r Totals) -> Run<'r> {
        let (care, known, against) = (self.care, self.known, self.against);
        Run { totals, care, known, against, output: self.output.to_owned() }
    }

    fn work(&self, work: &mut Work<'_>, cancel: &Cancel) -> anyhow::Result<()> {
        let mut persons = Persons::open(self.persons)?;
        let mut table = open_table(self.bills, &ReadOptions::default())?;
        let columns = Columns::find(table.header())?;
        columns.are_read_by(self.home, self.care)?;
        let mut taker = Taker::new(&columns, &mut persons);
        let mut fields = Fields::default();
        while let Some(block) = table.next_block()? {
            job::stop_if(cancel)?;
            let mut broken: Option<anyhow::Error> = None;
            block.visit(&mut fields, |record| {
                if broken.is_none() {
                    broken = taker.take(record).err();
                }
            });
            if let Some(error) = broken {
                return Err(error);
            }
            if taker.jobs.len() > HOUSEHOLDS || (taker.rows > ROWS && taker.jobs.len() > 1) {
                // The last household may go on in the next block.
                let open = taker.jobs.pop();
                work.write(std::mem::take(&mut taker.jobs))?;
                taker.rows = 0;
                taker.jobs.extend(open);
            }
        }
        let matched = taker.matched;
        work.write(taker.jobs)?;
        if !matched {
            bail!(
                "no person of the bills stands in {} in their order\n  hint: one person per line, in the order of the bills",
                self.persons.display()
            );
        }
        self.rest(work, &mut persons, cancel)?;
        persons.together(rayon::current_num_threads())
    }

    /// Persons after the last who has bills.
    fn rest(&self, work: &mut Work<'_>, persons: &mut Persons, cancel: &Cancel) -> anyhow::Result<()> {
        let mut houses: Vec<House> = Vec::new();
        loop {
            let house = persons.house()?;
            let ended = house.is_none();
            houses.extend(house);
            if ended || houses.len() > HOUSEHOLDS {
                job::stop_if(cancel)?;
                work.write(houses.drain(..).map(Job::of).collect())?;
            }
            if ended {
                return Ok(());
            }
        }
    }
}

impl Work<'_> {
    fn write(&mut self, jobs: Vec<Job>) -> anyhow::Result<()> {
        let by = self.by;
        let done: Vec<_> = jobs.into_par_iter().map(|job| household(by, job)).collect();
        for done in done {
            self.totals.join(&done.totals);
            if let Some(Sink { making, writing, lists, made }) = &mut self.sink {
                for rows in &done.made {
                    writing.person(making, rows, lists, made)?;
                }
            }
            self.files.write(done)?;
        }
        self.bar.set_position(self.totals.bills);
        Ok(())
    }
}
