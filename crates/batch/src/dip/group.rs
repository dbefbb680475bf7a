//! Grouping a file of stays by a DIP catalogue: the same records with their results, as CSV.

use std::path::Path;

use yibao_grouping::dip::{Catalogue, DipAnswer, DipCase, Kind, Matcher};

use super::columns::DipColumns;
use crate::csv_record::{BadRecord, Fields, Record};
use crate::error::InputError;
use crate::group::csv::{Target, report_duplicates};
use crate::group::layout::quoted;
use crate::group::{GroupError, GroupOptions, Progress};
use crate::pipeline;
use crate::rejects::{self, RejectRow, Rejects};
use crate::spill::{BUDGET_BYTES, IdSet};
use crate::table::{Block, Format, Table, open_table};

/// Result columns; one per kind of the auxiliary catalogue and `k_aux` follow where there is one.
const RESULTS: [&str; 8] =
    ["dip_status", "dip", "dip_kind", "dip_type", "dip_points", "dip_tie", "dip_untyped", "dip_reason"];

/// How many records had which end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct DipSummary {
    /// Records read, malformed ones included.
    pub rows: u64,
    /// In core groups.
    pub core: u64,
    /// In primary-care groups.
    pub primary_care: u64,
    /// In comprehensive groups.
    pub comprehensive: u64,
    /// In fallback rows.
    pub fallback: u64,
    /// Without a group.
    pub ungrouped: u64,
    /// Decided by the catalogue's order.
    pub ties: u64,
    /// With a procedure that has no type.
    pub untyped: u64,
    /// Records that could not be read.
    pub malformed: u64,
    /// Records whose id stands on an earlier line.
    pub duplicates: u64,
}

impl DipSummary {
    fn count(&mut self, answer: &DipAnswer<'_>) {
        self.rows += 1;
        self.ties += u64::from(answer.tie);
        self.untyped += u64::from(answer.untyped > 0);
        match answer.kind {
            Some(Kind::Core) => self.core += 1,
            Some(Kind::PrimaryCare) => self.primary_care += 1,
            Some(Kind::Comprehensive) => self.comprehensive += 1,
            Some(Kind::Fallback) => self.fallback += 1,
            None => self.ungrouped += 1,
        }
    }

    fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.core += other.core;
        self.primary_care += other.primary_care;
        self.comprehensive += other.comprehensive;
        self.fallback += other.fallback;
        self.ungrouped += other.ungrouped;
        self.ties += other.ties;
        self.untyped += other.untyped;
        self.malformed += other.malformed;
        self.duplicates += other.duplicates;
    }

    /// Whether every record was read and no id came twice.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.malformed == 0 && self.duplicates == 0
    }
}

struct Plan<'c> {
    catalogue: &'c Catalogue,
    columns: DipColumns,
    header: Vec<String>,
    /// Columns of the input that stay.
    kept: Vec<usize>,
    results: Vec<String>,
    delimiter: u8,
}

struct Worker<'c> {
    matcher: Matcher<'c>,
    fields: Fields,
    ids: IdSet,
}

#[derive(Default)]
struct Done {
    rows: Vec<u8>,
    rejects: Vec<u8>,
    counts: DipSummary,
    bytes: u64,
}

/// Groups `input` (CSV, gzip CSV or Parquet) into `output` (CSV; `-` is standard output).
///
/// The output appears whole at the end or not at all; rows that cannot be read go to `rejects`. The same input gives the
/// same bytes at any number of threads.
///
/// # Errors
/// When the input is refused as a whole, or something cannot be written.
pub fn group_dip_file(
    catalogue: &Catalogue,
    input: &Path,
    output: &Path,
    mut rejects: Rejects,
    options: &GroupOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<DipSummary, GroupError> {
    if Format::of(output) != Format::Csv {
        return Err(GroupError::Formats {
            input: input.to_string_lossy().into_owned(),
            input_format: "a table of stays",
            output: output.to_string_lossy().into_owned(),
            output_format: "not CSV",
            hint: "name an output that ends in .csv",
        });
    }
    let mut table = open_table(input, &options.read)?;
    let plan = Plan::new(catalogue, &table)?;
    let mut target = Target::open(output)?;
    target.write(&plan.header_line(), output)?;
    let (mut total, mut told) = (DipSummary::default(), Progress::default());
    let workers = pipeline::in_order(
        options.threads,
        || match options.cancel.is_cancelled() {
            true => Err(GroupError::Input(InputError::Interrupted)),
            false => Ok(table.next_block()?),
        },
        || Worker {
            matcher: catalogue.matcher(),
            fields: Fields::default(),
            ids: IdSet::new(BUDGET_BYTES / options.threads.max(1)),
        },
        |worker, block| Ok(plan.group_block(worker, &block)),
        |done: Done| {
            target.write(&done.rows, output)?;
            rejects.push_rendered(&done.rejects, done.counts.malformed)?;
            total.add(&done.counts);
            told.rows = total.rows;
            told.bytes += done.bytes;
            progress(told);
            Ok::<(), GroupError>(())
        },
    )?;
    let ids = workers.into_iter().map(|worker| worker.ids).collect();
    total.duplicates = report_duplicates(ids, options.threads, &mut rejects)?;
    rejects.finish()?;
    target.finish()?;
    Ok(total)
}

impl<'c> Plan<'c> {
    fn new(catalogue: &'c Catalogue, table: &Table) -> Result<Self, InputError> {
        let header = table.header().to_vec();
        let columns = DipColumns::find(table.name(), &header, &[])?;
        let mut results: Vec<String> = RESULTS.map(str::to_owned).to_vec();
        if let Some(auxiliary) = catalogue.auxiliary() {
            results.extend(auxiliary.kinds().iter().map(|kind| format!("dip_{}", kind.id)));
            results.push("k_aux".to_owned());
        }
        let kept = (0..header.len()).filter(|at| header.get(*at).is_some_and(|name| !results.contains(name))).collect();
        Ok(Self { catalogue, columns, header, kept, results, delimiter: table.delimiter() })
    }

    fn header_line(&self) -> Vec<u8> {
        let kept = self.kept.iter().filter_map(|at| self.header.get(*at));
        let names: Vec<Box<[u8]>> =
            kept.chain(&self.results).map(|name| quoted(name.as_bytes(), self.delimiter)).collect();
        let mut line = names.join(&self.delimiter);
        line.push(b'\n');
        line
    }

    fn group_block(&self, worker: &mut Worker<'c>, block: &Block) -> Done {
        let bytes = block.bytes();
        let mut done = Done { rows: Vec::with_capacity(bytes + bytes / 2), bytes: bytes as u64, ..Done::default() };
        let Worker { matcher, fields, ids } = worker;
        block.visit(fields, |record| match record {
            Ok(record) => match self.columns.read(record) {
                Ok(case) => {
                    ids.add(record.field(self.columns.case_id), record.line);
                    let answer = matcher.assign(&case);
                    done.counts.count(&answer);
                    self.push_row(&mut done.rows, record, &answer);
                }
                Err((field, cause)) => {
                    let at = field.position(&self.header).and_then(|at| self.header.get(at));
                    let row = RejectRow {
                        line: record.line,
                        case_id: record.field(self.columns.case_id),
                        column: at.map_or(field.name, String::as_str),
                        cause: &cause.to_string(),
                        raw: record.raw(),
                    };
                    rejects::render(&mut done.rejects, &row);
                    done.counts.rows += 1;
                    done.counts.malformed += 1;
                }
            },
            Err(bad) => self.reject_bad(&mut done, &bad),
        });
        done
    }

    fn push_row(&self, to: &mut Vec<u8>, record: Record<'_>, answer: &DipAnswer<'_>) {
        for at in &self.kept {
            to.extend_from_slice(&quoted(record.field(*at), self.delimiter));
            to.push(self.delimiter);
        }
        let mut push = |text: &[u8]| {
            to.extend_from_slice(text);
            to.push(self.delimiter);
        };
        push(answer.status.text().as_bytes());
        push(&quoted(answer.group.as_bytes(), self.delimiter));
        push(answer.kind.map_or("", Kind::word).as_bytes());
        push(answer.treatment.word().as_bytes());
        push(answer.points.map(|points| points.to_string()).unwrap_or_default().as_bytes());
        push(if answer.tie { b"1" } else { b"0" });
        push(answer.untyped.to_string().as_bytes());
        push(answer.reason.map_or("", |reason| reason.text()).as_bytes());
        if let Some(auxiliary) = self.catalogue.auxiliary() {
            for (kind, level) in (0..auxiliary.kinds().len()).zip(answer.levels) {
                push(auxiliary.level_name(kind, level).unwrap_or("").as_bytes());
            }
            push(answer.auxiliary.map(|number| number.to_string()).unwrap_or_default().as_bytes());
        }
        if let Some(last) = to.last_mut() {
            *last = b'\n';
        }
    }

    #[cold]
    fn reject_bad(&self, done: &mut Done, bad: &BadRecord<'_>) {
        let row = RejectRow {
            line: bad.line,
            case_id: b"",
            column: bad.column.and_then(|column| self.header.get(column)).map_or("", String::as_str),
            cause: &bad.cause.to_string(),
            raw: bad.raw,
        };
        rejects::render(&mut done.rejects, &row);
        done.counts.rows += 1;
        done.counts.malformed += 1;
    }
}

/// Finds one stay of a file by its id and hands it over; `None` when no record has the id.
///
/// # Errors
/// The file cannot be read, or the record is malformed.
pub fn find_case<T>(
    input: &Path,
    id: &str,
    options: &crate::ReadOptions,
    take: impl Fn(&DipCase<'_>) -> T,
) -> Result<Option<T>, GroupError> {
    let mut table = open_table(input, options)?;
    let columns = DipColumns::find(table.name(), table.header(), &[])?;
    let mut fields = Fields::default();
    while let Some(block) = table.next_block()? {
        let mut found = None;
        block.visit(&mut fields, |record| {
            let Ok(record) = record else { return };
            if found.is_none() && record.field(columns.case_id) == id.as_bytes() {
                found = Some(
                    columns.read(record).map(|case| take(&case)).map_err(|(field, cause)| (record.line, field, cause)),
                );
            }
        });
        match found {
            Some(Ok(taken)) => return Ok(Some(taken)),
            Some(Err((line, field, cause))) => {
                return Err(GroupError::Malformed {
                    place: format!("{}:{line}", table.name()),
                    column: field.name,
                    cause,
                });
            }
            None => {}
        }
    }
    Ok(None)
}
