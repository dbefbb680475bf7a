//! Millions of bills in person and time order: read, split person by person on all cores, written in the order read.
//! In memory stand a few thousand persons at a time.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use rayon::prelude::*;
use yibao_batch::{AtomicFile, Fields, ReadOptions, open_table};
use yibao_benefit::divide::divide;
use yibao_benefit::pack::header::CrossYear;
use yibao_benefit::{Engine, Refusal, Split, Splitter, State};
use yibao_kernel::explain::Explanation;
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

use super::rows::Columns;

/// Persons split at a time.
const PERSONS: usize = 4096;
/// Exit code of a run that refused bills.
const REFUSED: u8 = 3;

/// A bill as read, or why it could not be.
struct Read {
    bill: Bill,
    wrong: Option<String>,
}

/// One person's part of the input.
struct Job {
    state: Option<PersonState>,
    person: String,
    bills: Vec<Read>,
}

/// One person's part of the output.
#[derive(Default)]
struct Done {
    splits: String,
    refused: String,
    reasons: String,
    state: String,
    counts: (u64, u64),
}

/// What was done.
#[derive(Default)]
struct Tally {
    bills: u64,
    refused: u64,
    persons: u64,
}

struct Files {
    splits: BufWriter<AtomicFile>,
    refused: BufWriter<AtomicFile>,
    state: BufWriter<AtomicFile>,
    reasons: Option<BufWriter<AtomicFile>>,
}

/// Runs over a table.
///
/// # Errors
/// Files that cannot be read or written, rows out of order, persons that do not follow the bills.
pub fn run(engine: &Engine, bills: &Path, persons: &Path, output: &Path, explain: bool) -> anyhow::Result<ExitCode> {
    std::fs::create_dir_all(output).with_context(|| format!("cannot make {}", output.display()))?;
    let create = |name: &str| AtomicFile::create(&output.join(name)).map(BufWriter::new);
    let mut files = Files {
        splits: create("splits.csv")?,
        refused: create("refused.csv")?,
        state: create("persons.jsonl")?,
        reasons: if explain { Some(create("reasons.csv")?) } else { None },
    };
    writeln!(files.splits, "{}", header(engine))?;
    writeln!(files.refused, "bill_id,code,message")?;
    if let Some(reasons) = &mut files.reasons {
        writeln!(reasons, "bill_id,steps")?;
    }
    let file = std::fs::File::open(persons).with_context(|| format!("cannot read {}", persons.display()))?;
    let mut states = BufReader::new(file).lines();
    let mut table = open_table(bills, &ReadOptions::default())?;
    let columns = Columns::find(table.header())?;
    let mut fields = Fields::default();
    let mut jobs: Vec<Job> = Vec::new();
    let mut tally = Tally::default();
    while let Some(block) = table.next_block()? {
        let mut broken: Option<anyhow::Error> = None;
        block.visit(&mut fields, |record| {
            if broken.is_none() {
                broken = take(record, &columns, &mut jobs, &mut states).err();
            }
        });
        if let Some(error) = broken {
            return Err(error);
        }
        if jobs.len() > PERSONS {
            // The last person may go on in the next block.
            let open = jobs.pop();
            write(engine, &mut jobs, &mut files, &mut tally)?;
            jobs.extend(open);
        }
    }
    write(engine, &mut jobs, &mut files, &mut tally)?;
    for line in states {
        writeln!(files.state, "{}", line?)?;
    }
    finish(engine, output, files, &tally)
}

fn finish(engine: &Engine, output: &Path, files: Files, tally: &Tally) -> anyhow::Result<ExitCode> {
    let header = &engine.pack.benefit;
    let mark = header
        .is_illustrative()
        .then(|| format!("{}; {}", yibao_benefit::answer::ILLUSTRATIVE.0, yibao_benefit::answer::ILLUSTRATIVE.1));
    let run = serde_json::json!({
        "pack": header.id, "pack_hash": engine.hash, "illustrative": mark, "bills": tally.bills, "refused": tally.refused, "persons": tally.persons,
    });
    let mut rules = AtomicFile::create(&output.join("rules.json"))?;
    rules.write_all(serde_json::to_string(&engine.book)?.as_bytes())?;
    rules.commit()?;
    let mut summary = AtomicFile::create(&output.join("run.json"))?;
    writeln!(summary, "{run:#}")?;
    summary.commit()?;
    for file in [Some(files.splits), Some(files.refused), Some(files.state), files.reasons].into_iter().flatten() {
        file.into_inner().map_err(|error| anyhow::anyhow!("cannot write: {}", error.error()))?.commit()?;
    }
    say!(
        "{} 张费用单 bills, {} 人 persons, {} 张拒付 refused → {}",
        tally.bills,
        tally.persons,
        tally.refused,
        output.display()
    );
    if let Some(mark) = mark {
        say!("※ {mark}");
    }
    Ok(if tally.refused > 0 { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS })
}

type Lines = std::io::Lines<BufReader<std::fs::File>>;

/// One row to its person and bill.
fn take(
    record: Result<yibao_batch::Record<'_>, yibao_batch::BadRecord<'_>>,
    columns: &Columns,
    jobs: &mut Vec<Job>,
    states: &mut Lines,
) -> anyhow::Result<()> {
    let record = record.map_err(|bad| {
        anyhow::anyhow!("line {}: the row cannot be taken apart\n  hint: correct its quotes and commas", bad.line)
    })?;
    let at = record.line;
    let (bill_id, person_id) = columns.ids(&record).map_err(|wrong| anyhow::anyhow!("line {at}: {wrong}"))?;
    if jobs.last().is_none_or(|job| job.person != person_id) {
        let state = next_state(states, person_id, at)?;
        jobs.push(Job { state, person: person_id.to_owned(), bills: Vec::new() });
    }
    let Some(job) = jobs.last_mut() else { return Ok(()) };
    if job.bills.last().is_none_or(|read| read.bill.id != bill_id) {
        let bill = columns.bill(&record).map_err(|wrong| {
            anyhow::anyhow!("line {at}: {wrong}\n  hint: the columns of a bill must be readable; correct the row")
        })?;
        if job.bills.last().is_some_and(|before| before.bill.end > bill.end) {
            anyhow::bail!(
                "line {at}: the bills of a person are not in the order of their last days\n  hint: sort by person, end, bill"
            );
        }
        job.bills.push(Read { bill, wrong: None });
    }
    let Some(read) = job.bills.last_mut() else { return Ok(()) };
    match columns.line(&record) {
        Ok(line) => {
            read.bill.amount = read.bill.amount.checked_add(line.amount)?;
            read.bill.lines.push(line);
        }
        Err(wrong) => read.wrong = Some(format!("line {at}: {wrong}")),
    }
    Ok(())
}

/// The person's state: the persons stand in the order of the bills.
fn next_state(states: &mut Lines, person: &str, at: u64) -> anyhow::Result<Option<PersonState>> {
    let line = states.next().transpose()?;
    let state: Option<PersonState> =
        line.map(|line| serde_json::from_str(&line)).transpose().with_context(|| format!("the person of line {at}"))?;
    match state {
        Some(state) if state.person.id == person => Ok(Some(state)),
        _ => anyhow::bail!(
            "line {at}: the persons do not follow the bills\n  hint: one person per line of the file of persons, in the order of the bills, each once"
        ),
    }
}

fn write(engine: &Engine, jobs: &mut Vec<Job>, files: &mut Files, tally: &mut Tally) -> anyhow::Result<()> {
    let explain = files.reasons.is_some();
    let done: Vec<Done> = jobs.par_iter_mut().map(|job| person(engine, job, explain)).collect();
    for done in done {
        files.splits.write_all(done.splits.as_bytes())?;
        files.refused.write_all(done.refused.as_bytes())?;
        files.state.write_all(done.state.as_bytes())?;
        if let Some(reasons) = &mut files.reasons {
            reasons.write_all(done.reasons.as_bytes())?;
        }
        tally.bills += done.counts.0;
        tally.refused += done.counts.1;
        tally.persons += 1;
    }
    jobs.clear();
    Ok(())
}

fn header(engine: &Engine) -> String {
    let funds: Vec<String> = engine.funds.iter().map(|fund| format!("fund:{}", fund.id)).collect();
    format!(
        "bill_id,person_id,total,full_self,over_limit,first_self,in_scope,deductible,{},account,cash,review,illustrative",
        funds.join(",")
    )
}

/// All bills of a person, in order.
fn person(engine: &Engine, job: &mut Job, explain: bool) -> Done {
    let mut done = Done::default();
    let Some(before) = job.state.take() else { return done };
    let mut state = match State::read(engine, &before.accumulators, &before.accounts) {
        Ok(state) => state,
        Err(refusal) => {
            job.bills.iter().for_each(|read| refuse(&mut done, &read.bill.id, &refusal));
            return with_state(done, &before);
        }
    };
    let mark = u8::from(engine.pack.benefit.is_illustrative());
    let mut splitter = Splitter::new(engine);
    let (mut split, mut reasons) = (Split::default(), Explanation::default());
    let mut bills: Vec<Cow<'_, Bill>> = Vec::with_capacity(job.bills.len());
    for read in &job.bills {
        if let Some(wrong) = &read.wrong {
            refuse(&mut done, &read.bill.id, &Refusal::new("row", wrong.clone(), "correct the row"));
            continue;
        }
        match parts(engine, &read.bill, &before) {
            Ok(None) => bills.push(Cow::Borrowed(&read.bill)),
            Ok(Some(parts)) => bills.extend(parts.into_iter().map(Cow::Owned)),
            Err(refusal) => refuse(&mut done, &read.bill.id, &refusal),
        }
    }
    for bill in bills.iter().map(Cow::as_ref) {
        reasons = if explain { Explanation::default() } else { reasons };
        let steps = explain.then_some(&mut reasons);
        if let Err(refusal) = splitter.split(bill, &before.person, &mut state, &mut split, steps) {
            refuse(&mut done, &bill.id, &refusal);
            continue;
        }
        done.counts.0 += 1;
        let parts = split.parts;
        // Writing to a String does not fail.
        let _ = write!(done.splits, "{},{},{},", quoted(&bill.id), quoted(&job.person), bill.amount);
        let _ = write!(
            done.splits,
            "{},{},{},{},{},",
            parts.full_self,
            parts.over_limit,
            parts.first_self,
            parts.in_scope,
            split.deductible()
        );
        for paid in &split.funds {
            let _ = write!(done.splits, "{},", yibao_kernel::Fen::new(*paid));
        }
        let review = split.lines.iter().filter(|line| line.review).count();
        let _ = writeln!(done.splits, "{},{},{review},{mark}", split.account(), yibao_kernel::Fen::new(split.cash));
        if explain {
            let hex: String = reasons.bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            let _ = writeln!(done.reasons, "{},{hex}", quoted(&bill.id));
        }
    }
    let after = PersonState {
        person: before.person.clone(),
        accounts: state.accounts.clone(),
        accumulators: state.write(engine),
    };
    with_state(done, &after)
}

/// The two bills of a stay over the end of the year, where the pack divides it.
fn parts(engine: &Engine, bill: &Bill, person: &PersonState) -> Result<Option<Vec<Bill>>, Refusal> {
    if engine.pack.benefit.cross_year != CrossYear::DailyAverage || bill.end.days() - bill.start.days() < 1 {
        return Ok(None);
    }
    divide(engine, bill, person).map(Some)
}

fn with_state(mut done: Done, state: &PersonState) -> Done {
    if let Ok(text) = serde_json::to_string(state) {
        done.state = text + "\n";
    }
    done
}

fn refuse(done: &mut Done, bill: &str, refusal: &Refusal) {
    done.counts.1 += 1;
    let _ = writeln!(done.refused, "{},{},{}", quoted(bill), refusal.code, quoted(&refusal.message));
}

/// A field of a CSV.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
