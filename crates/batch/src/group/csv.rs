//! CSV to CSV: blocks in, the same records with their results out.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use yibao_grouping::{Answer, Scheme, Sex, TextId};
use yibao_record::stay::{self, Field};
use yibao_record::validation::{Cause, mangled_identifier};

use crate::atomic::AtomicFile;
use crate::columns::CaseColumns;
use crate::csv_record::{BadRecord, Fields, Record};
use crate::error::{InputError, OutputError};
use crate::group::case_reader::{CaseReader, Facts, los_days, number};
use crate::group::layout::{self, Column, Labels, Rendered};
use crate::group::summary::Summary;
use crate::group::{GroupError, GroupOptions, Progress};
use crate::pipeline;
use crate::rejects::{self, RejectRow, Rejects};
use crate::spill::{self, BUDGET_BYTES, ID_BYTES_MAX, IdSet};
use crate::table::{Block, Table};

/// A stretch of an output row.
enum Piece {
    /// Columns of the input, first to last, as they stand there.
    Raw(usize, usize),
    /// Adjacent results.
    Results(Vec<layout::Result>),
}

struct Plan<'s> {
    scheme: &'s Scheme,
    columns: CaseColumns,
    header: Vec<String>,
    pieces: Vec<Piece>,
    labels: Labels,
    delimiter: u8,
    /// Whether the input is text, so that its bytes can be copied.
    text: bool,
}

struct Worker<'s> {
    cases: CaseReader<'s>,
    fields: Fields,
    ids: IdSet,
    /// Per piece of the row, its rendered results.
    rendered: Vec<Rendered>,
}

#[derive(Default)]
struct Done {
    rows: Vec<u8>,
    rejects: Vec<u8>,
    counts: Summary,
    bytes: u64,
}

/// The output of a run: a file that appears at the end, or standard output.
pub(crate) enum Target {
    File(AtomicFile),
    Stdout(io::Stdout),
}

impl Target {
    pub(crate) fn open(place: &Path) -> Result<Target, OutputError> {
        if place == Path::new("-") {
            return Ok(Target::Stdout(io::stdout()));
        }
        AtomicFile::create(place).map(Target::File)
    }

    pub(crate) fn write(&mut self, bytes: &[u8], place: &Path) -> Result<(), OutputError> {
        let written = match self {
            Target::File(file) => {
                let mut file: &File = file.file();
                file.write_all(bytes)
            }
            Target::Stdout(stream) => stream.write_all(bytes),
        };
        written.map_err(|source| OutputError::Io { file: place.to_owned(), source })
    }

    pub(crate) fn finish(self) -> Result<(), OutputError> {
        match self {
            Target::File(file) => file.commit(),
            Target::Stdout(mut stream) => {
                stream.flush().map_err(|source| OutputError::Io { file: "standard output".into(), source })
            }
        }
    }
}

/// Groups an open table into a CSV file.
pub(crate) fn group(
    scheme: &Scheme,
    mut table: Table,
    output: &Path,
    mut rejects: Rejects,
    options: &GroupOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Summary, GroupError> {
    let plan = Plan::new(scheme, &table)?;
    CaseReader::new(scheme, options.translate)?;
    let mut target = Target::open(output)?;
    target.write(&plan.header_line(), output)?;
    let mut total = Summary::default();
    let mut told = Progress::default();
    let workers = pipeline::in_order(
        options.threads,
        || {
            if options.cancel.is_cancelled() {
                return Err(GroupError::Input(InputError::Interrupted));
            }
            Ok(table.next_block()?)
        },
        || Worker::new(scheme, options),
        |worker, block| match worker {
            Ok(worker) => Ok(plan.group_block(worker, &block)),
            Err(_) => Err(GroupError::Input(InputError::Interrupted)),
        },
        |done: Done| {
            target.write(&done.rows, output)?;
            rejects.push_rendered(&done.rejects, done.counts.malformed)?;
            total.add(&done.counts);
            told.rows = total.rows;
            told.bytes += done.bytes;
            progress(told);
            Ok(())
        },
    )?;
    let ids = workers.into_iter().flatten().map(|worker| worker.ids).collect();
    total.duplicates = report_duplicates(ids, options.threads, &mut rejects)?;
    rejects.finish()?;
    target.finish()?;
    Ok(total)
}

/// Adds the ids that came twice to the rejects; returns how many lines repeat one.
pub(crate) fn report_duplicates(ids: Vec<IdSet>, threads: usize, rejects: &mut Rejects) -> Result<u64, OutputError> {
    let mut count = 0;
    spill::duplicates(ids, threads, |duplicate| {
        count += 1;
        rejects.push(&RejectRow {
            line: duplicate.line,
            case_id: duplicate.id,
            column: stay::CASE_ID.name,
            cause: &format!("duplicate of line {}", duplicate.first_line),
            raw: &[],
        })
    })?;
    Ok(count)
}

impl<'s> Worker<'s> {
    fn new(scheme: &'s Scheme, options: &GroupOptions) -> Result<Worker<'s>, GroupError> {
        Ok(Worker {
            cases: CaseReader::new(scheme, options.translate)?,
            fields: Fields::default(),
            ids: IdSet::new(BUDGET_BYTES / options.threads.max(1)),
            rendered: Vec::new(),
        })
    }
}

pub(crate) type Refused = (&'static Field, Cause);

impl<'s> Plan<'s> {
    fn new(scheme: &'s Scheme, table: &Table) -> Result<Plan<'s>, InputError> {
        let header = table.header().to_vec();
        let columns = CaseColumns::find(table.name(), &header)?;
        let mut pieces: Vec<Piece> = Vec::new();
        for column in layout::columns(&header) {
            match (column, pieces.last_mut()) {
                (Column::Input(at), Some(Piece::Raw(_, last))) if *last + 1 == at => *last = at,
                (Column::Input(at), _) => pieces.push(Piece::Raw(at, at)),
                (Column::Result(result), Some(Piece::Results(results))) => results.push(result),
                (Column::Result(result), _) => pieces.push(Piece::Results(vec![result])),
            }
        }
        let delimiter = table.delimiter();
        Ok(Plan {
            scheme,
            columns,
            header,
            pieces,
            labels: Labels::new(scheme, delimiter),
            delimiter,
            text: table.is_text(),
        })
    }

    fn header_line(&self) -> Vec<u8> {
        let names = layout::names(&self.header, &layout::columns(&self.header));
        let mut line = Vec::new();
        for (at, name) in names.iter().enumerate() {
            if at > 0 {
                line.push(self.delimiter);
            }
            line.extend_from_slice(&layout::quoted(name.as_bytes(), self.delimiter));
        }
        line.push(b'\n');
        line
    }

    fn group_block(&self, worker: &mut Worker<'s>, block: &Block) -> Done {
        let bytes = block.bytes();
        let mut done = Done { rows: Vec::with_capacity(bytes + bytes / 2), bytes: bytes as u64, ..Done::default() };
        let Worker { cases, fields, ids, rendered } = worker;
        rendered.resize_with(self.pieces.len(), Rendered::default);
        block.visit(fields, |record| match record {
            Ok(record) => match self.answer(cases, record) {
                Ok(answer) => {
                    ids.add(record.field(self.columns.case_id), record.line);
                    done.counts.count(answer);
                    self.push_row(&mut done.rows, rendered, record, answer);
                }
                Err(refused) => self.reject(&mut done, record, refused),
            },
            Err(bad) => self.reject_bad(&mut done, bad),
        });
        done
    }

    #[inline]
    fn push_row(&self, to: &mut Vec<u8>, rendered: &mut [Rendered], record: Record<'_>, answer: Answer) {
        for (piece, rendered) in self.pieces.iter().zip(rendered) {
            match piece {
                Piece::Raw(first, last) if self.text => to.extend_from_slice(record.raw_fields(*first, *last)),
                Piece::Raw(first, last) => self.push_values(to, record, *first, *last),
                Piece::Results(results) => rendered.push(to, answer, |to| self.render(to, results, answer)),
            }
            to.push(self.delimiter);
        }
        if let Some(last) = to.last_mut() {
            *last = b'\n';
        }
    }

    fn render(&self, to: &mut Vec<u8>, results: &[layout::Result], answer: Answer) {
        for (at, result) in results.iter().enumerate() {
            if at > 0 {
                to.push(self.delimiter);
            }
            self.labels.push(to, *result, answer);
        }
    }

    /// Values that do not come from text, quoted where they must be.
    fn push_values(&self, to: &mut Vec<u8>, record: Record<'_>, first: usize, last: usize) {
        for column in first..=last {
            if column > first {
                to.push(self.delimiter);
            }
            to.extend_from_slice(&layout::quoted(record.field(column), self.delimiter));
        }
    }

    #[inline]
    fn answer(&self, cases: &mut CaseReader<'s>, record: Record<'_>) -> Result<Answer, Refused> {
        let at = &self.columns;
        identifier(record.field(at.case_id))?;
        let facts = Facts {
            sex: Sex::from_text(record.field(at.sex)),
            age_years: number(record.span(at.age_years), &stay::AGE_YEARS)?,
            age_days: number(record.optional_span(at.age_days), &stay::AGE_DAYS)?,
            birth_weight_g: number(record.optional_span(at.birth_weight_g), &stay::BIRTH_WEIGHT_G)?,
            dept: at.dept.map_or(TextId::OTHER, |column| self.scheme.dept(record.field(column))),
            los_days: los_days(record.span(at.los_days))?,
            discharge: at.discharge_status.map_or(TextId::OTHER, |column| self.scheme.discharge(record.field(column))),
            icu_hours: number(record.optional_span(at.icu_hours), &stay::ICU_HOURS)?.unwrap_or(0),
        };
        cases.diagnoses(record.span(at.dx)).map_err(|cause| (&stay::DX, cause))?;
        cases.procedures(record.span(at.proc)).map_err(|cause| (&stay::PROC, cause))?;
        Ok(cases.decide(facts))
    }

    #[cold]
    fn reject(&self, done: &mut Done, record: Record<'_>, (field, cause): Refused) {
        let column = field.position(&self.header).and_then(|at| self.header.get(at)).map_or(field.name, String::as_str);
        let row = RejectRow {
            line: record.line,
            case_id: record.field(self.columns.case_id),
            column,
            cause: &cause.to_string(),
            raw: record.raw(),
        };
        rejects::render(&mut done.rejects, &row);
        done.counts.count_malformed();
    }

    #[cold]
    fn reject_bad(&self, done: &mut Done, bad: BadRecord<'_>) {
        let row = RejectRow {
            line: bad.line,
            case_id: self.id_of_bad(&bad),
            column: bad.column.and_then(|column| self.header.get(column)).map_or("", String::as_str),
            cause: &bad.cause.to_string(),
            raw: bad.raw,
        };
        rejects::render(&mut done.rejects, &row);
        done.counts.count_malformed();
    }

    /// The id of a record that cannot be taken apart: what stands before the first delimiter, if ids stand there.
    fn id_of_bad<'a>(&self, bad: &BadRecord<'a>) -> &'a [u8] {
        let end = memchr::memchr(self.delimiter, bad.raw).unwrap_or(0);
        match bad.raw.get(..end) {
            Some(id) if self.columns.case_id == 0 && !id.contains(&b'"') && bad.column != Some(0) => id,
            _ => &[],
        }
    }
}

/// Refuses an id that cannot be one.
#[inline]
pub(crate) fn identifier(id: &[u8]) -> Result<(), Refused> {
    if id.is_empty() {
        return Err((&stay::CASE_ID, Cause::Empty));
    }
    if id.len() > ID_BYTES_MAX {
        return Err((&stay::CASE_ID, Cause::TooLong { bytes_max: ID_BYTES_MAX }));
    }
    mangled_identifier(id).map_or(Ok(()), |cause| Err((&stay::CASE_ID, cause)))
}
