//! Parquet to Parquet: stretches of row groups are read and decided in parallel, whole row groups leave in order.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use yibao_grouping::{Answer, Scheme, Sex, TextId};
use yibao_record::stay::{self, Field};
use yibao_record::validation::Cause;

use crate::columns::CaseColumns;
use crate::csv_record::Span;
use crate::error::{InputError, OutputError};
use crate::group::case_reader::{CaseReader, Facts, number, range};
use crate::group::csv::{identifier, report_duplicates};
use crate::group::layout::{self, Column};
use crate::group::summary::Summary;
use crate::group::verdicts::{MALFORMED, Verdicts};
use crate::group::{GroupError, GroupOptions, Progress};
use crate::parquet_in::{as_text, open_metadata};
use crate::parquet_out::{OutColumn, ParquetOut};
use crate::pipeline;
use crate::rejects::{self, RejectRow, Rejects};
use crate::spill::{BUDGET_BYTES, IdSet};
use crate::text_column::TextColumn;

/// Rows that one worker takes at once of a row group that is shared.
const STRETCH_ROWS: usize = 1 << 17;
/// Row groups per thread from which on none needs to be shared.
const ROW_GROUPS_PER_THREAD: usize = 4;

/// A stretch of rows of one row group.
#[derive(Clone, Copy)]
struct Stretch {
    row_group: usize,
    /// First row within the row group.
    offset: usize,
    rows: usize,
    /// 1-based number of the first row in the file.
    first_row: u64,
    /// Whether it ends its row group.
    last: bool,
}

struct Plan<'s> {
    scheme: &'s Scheme,
    name: String,
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    columns: CaseColumns,
    used: Vec<usize>,
    header: Vec<String>,
    batch_rows: usize,
}

struct Worker<'s> {
    cases: CaseReader<'s>,
    ids: IdSet,
    file: File,
}

struct Done {
    stretch: Stretch,
    verdicts: Verdicts,
    rejects: Vec<u8>,
    counts: Summary,
}

/// Groups a Parquet file into a Parquet file.
pub(crate) fn group(
    scheme: &Scheme,
    input: &Path,
    output: &Path,
    mut rejects: Rejects,
    options: &GroupOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Summary, GroupError> {
    let plan = Plan::open(scheme, input, options)?;
    CaseReader::new(scheme, options.translate)?;
    let layout = layout::columns(&plan.header);
    let mut out = ParquetOut::create(output, plan.file()?, plan.metadata.clone(), out_columns(&layout))?;
    let mut stretches = plan.stretches(options.threads).into_iter();
    let mut total = Summary::default();
    let mut gathered = Verdicts::default();
    let workers = pipeline::in_order(
        options.threads,
        || if options.cancel.is_cancelled() { Err(InputError::Interrupted.into()) } else { Ok(stretches.next()) },
        || Worker::new(&plan, options),
        |worker, stretch| match worker {
            Ok(worker) => plan.group_stretch(worker, stretch),
            Err(_) => Err(InputError::Interrupted.into()),
        },
        |done: Done| {
            rejects.push_rendered(&done.rejects, done.counts.malformed)?;
            total.add(&done.counts);
            gathered.append(&done.verdicts);
            if done.stretch.last {
                let rows = std::mem::take(&mut gathered.rows);
                write_row_group(&mut out, scheme, &layout, done.stretch.row_group, gathered.table.answers(), &rows)?;
            }
            progress(Progress { rows: total.rows, bytes: 0 });
            Ok::<(), GroupError>(())
        },
    )?;
    let ids = workers.into_iter().flatten().map(|worker| worker.ids).collect();
    total.duplicates = report_duplicates(ids, options.threads, &mut rejects)?;
    rejects.finish()?;
    out.finish()?;
    Ok(total)
}

fn out_columns(layout: &[Column]) -> Vec<OutColumn> {
    let out = |column: &Column| match column {
        Column::Input(at) => OutColumn::Input(*at),
        Column::Result(result) => OutColumn::Text {
            name: layout::RESULTS.iter().find(|(_, known)| known == result).map_or("", |(name, _)| name).to_owned(),
            required: *result != layout::Result::Reason,
        },
    };
    layout.iter().map(out).collect()
}

/// Writes a row group with its results.
fn write_row_group(
    out: &mut ParquetOut,
    scheme: &Scheme,
    layout: &[Column],
    row_group: usize,
    table: &[Answer],
    rows: &[u16],
) -> Result<(), OutputError> {
    let malformed = rows.contains(&MALFORMED);
    let kept: Vec<u16> =
        if malformed { rows.iter().copied().filter(|row| *row != MALFORMED).collect() } else { Vec::new() };
    let results: Vec<TextColumn<'_>> = layout
        .iter()
        .filter_map(|column| match column {
            Column::Result(result) => Some(*result),
            Column::Input(_) => None,
        })
        .map(|result| TextColumn {
            table: table.iter().map(|answer| text(scheme, result, *answer)).collect(),
            rows: if malformed { &kept } else { rows },
        })
        .collect();
    let keep: Option<BooleanArray> = malformed.then(|| rows.iter().map(|row| Some(*row != MALFORMED)).collect());
    out.write_row_group(row_group, &results, keep.as_ref())
}

/// A result of an answer; no reason is no value.
fn text(scheme: &Scheme, result: layout::Result, answer: Answer) -> Option<&str> {
    match result {
        layout::Result::Status => Some(answer.status.text()),
        layout::Result::Mdc => Some(scheme.mdc(answer)),
        layout::Result::Adrg => Some(scheme.adrg(answer)),
        layout::Result::Drg => Some(scheme.drg(answer)),
        layout::Result::Reason => Some(layout::reason(answer)).filter(|reason| !reason.is_empty()),
    }
}

impl<'s> Worker<'s> {
    fn new(plan: &Plan<'s>, options: &GroupOptions) -> Result<Worker<'s>, GroupError> {
        Ok(Worker {
            cases: CaseReader::new(plan.scheme, options.translate)?,
            ids: IdSet::new(BUDGET_BYTES / options.threads.max(1)),
            file: plan.file()?,
        })
    }
}

type Refused = (&'static Field, Cause);

impl<'s> Plan<'s> {
    fn open(scheme: &'s Scheme, path: &Path, options: &GroupOptions) -> Result<Plan<'s>, GroupError> {
        let name = path.to_string_lossy().into_owned();
        let file = File::open(path).map_err(|source| InputError::Io { file: name.clone(), source })?;
        let metadata = open_metadata(&name, &file)?;
        let header: Vec<String> = metadata.schema().fields().iter().map(|field| field.name().clone()).collect();
        let columns = CaseColumns::find(&name, &header)?;
        if metadata.metadata().file_metadata().num_rows() == 0 {
            return Err(InputError::HeaderOnly { file: name }.into());
        }
        let used = columns.used();
        let batch_rows = options.read.batch_rows;
        Ok(Plan { scheme, name, path: path.to_owned(), metadata, columns, used, header, batch_rows })
    }

    /// A file of its own for each reader: clones of one file share their place in it.
    fn file(&self) -> Result<File, InputError> {
        File::open(&self.path).map_err(|source| InputError::Io { file: self.name.clone(), source })
    }

    /// The rows in the order of the file, in pieces for workers. Where a piece begins inside a row group, pages before it
    /// are passed over and one is decoded twice, so row groups are shared only when there are few.
    fn stretches(&self, threads: usize) -> Vec<Stretch> {
        let groups = self.metadata.metadata().num_row_groups();
        let shared = threads > 1 && groups < threads * ROW_GROUPS_PER_THREAD;
        let most = if shared { STRETCH_ROWS } else { usize::MAX };
        let mut stretches = Vec::new();
        let mut first_row = 1;
        for (row_group, metadata) in self.metadata.metadata().row_groups().iter().enumerate() {
            let total = usize::try_from(metadata.num_rows()).unwrap_or(0);
            let mut offset = 0;
            while offset < total {
                let rows = most.min(total - offset);
                let last = offset + rows == total;
                stretches.push(Stretch { row_group, offset, rows, first_row, last });
                offset += rows;
                first_row += rows as u64;
            }
        }
        stretches
    }

    fn group_stretch(&self, worker: &mut Worker<'s>, stretch: Stretch) -> Result<Done, GroupError> {
        let parquet = |source| InputError::Parquet { file: self.name.clone(), source };
        let file = worker.file.try_clone().map_err(|source| InputError::Io { file: self.name.clone(), source })?;
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), self.used.iter().copied());
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_row_groups(vec![stretch.row_group])
            .with_projection(mask)
            .with_offset(stretch.offset)
            .with_limit(stretch.rows)
            .with_batch_size(self.batch_rows)
            .build()
            .map_err(parquet)?;
        let mut done = Done { stretch, verdicts: Verdicts::default(), rejects: Vec::new(), counts: Summary::default() };
        let mut row = stretch.first_row;
        for batch in reader {
            let batch = batch.map_err(|source| InputError::Arrow { file: self.name.clone(), source })?;
            let values = self.values(&batch)?;
            for at in 0..batch.num_rows() {
                match self.answer(&mut worker.cases, &values, at) {
                    Ok(answer) => {
                        worker.ids.add(values.case_id.bytes(at), row);
                        done.counts.count(answer);
                        done.verdicts.push(answer);
                    }
                    Err(refused) => self.reject(&mut done, &values, at, row, refused),
                }
                row += 1;
            }
        }
        Ok(done)
    }

    fn values(&self, batch: &RecordBatch) -> Result<Values, InputError> {
        let array = |column: usize| -> Option<&ArrayRef> {
            let place = self.used.iter().position(|used| *used == column)?;
            batch.columns().get(place)
        };
        let refused = |column: usize| InputError::ColumnType {
            file: self.name.clone(),
            column: self.header.get(column).cloned().unwrap_or_default(),
            found: array(column).map(|array| array.data_type().to_string()).unwrap_or_default(),
        };
        let text = |column: usize| -> Result<Texts, InputError> {
            let array = array(column).ok_or_else(|| refused(column))?;
            as_text(array).map(Texts::new).map_err(|_| refused(column))
        };
        let numbers = |column: usize| -> Result<Numbers, InputError> {
            let array = array(column).ok_or_else(|| refused(column))?;
            Numbers::new(array).map_err(|_| refused(column))
        };
        let at = &self.columns;
        Ok(Values {
            case_id: text(at.case_id)?,
            sex: text(at.sex)?,
            age_years: numbers(at.age_years)?,
            age_days: at.age_days.map(numbers).transpose()?,
            birth_weight_g: at.birth_weight_g.map(numbers).transpose()?,
            dept: at.dept.map(text).transpose()?,
            los_days: numbers(at.los_days)?,
            discharge_status: at.discharge_status.map(text).transpose()?,
            dx: text(at.dx)?,
            proc: text(at.proc)?,
            icu_hours: at.icu_hours.map(numbers).transpose()?,
        })
    }

    #[inline]
    fn answer(&self, cases: &mut CaseReader<'s>, values: &Values, at: usize) -> Result<Answer, Refused> {
        let optional = |numbers: &Option<Numbers>, field: &'static Field| match numbers {
            Some(numbers) => numbers.value(at, field),
            None => Ok(None),
        };
        let id = values.case_id.field(at, &stay::CASE_ID)?;
        identifier(id)?;
        let scheme = self.scheme;
        let code = |texts: &Option<Texts>, field: &'static Field, number: &dyn Fn(&[u8]) -> TextId| match texts {
            Some(texts) => texts.field(at, field).map(number),
            None => Ok(TextId::OTHER),
        };
        let facts = Facts {
            sex: Sex::from_text(values.sex.field(at, &stay::SEX)?),
            age_years: values.age_years.value(at, &stay::AGE_YEARS)?,
            age_days: optional(&values.age_days, &stay::AGE_DAYS)?,
            birth_weight_g: optional(&values.birth_weight_g, &stay::BIRTH_WEIGHT_G)?,
            dept: code(&values.dept, &stay::DEPT, &|text| scheme.dept(text))?,
            los_days: values.los_days.value(at, &stay::LOS_DAYS)?.ok_or((&stay::LOS_DAYS, Cause::Empty))?,
            discharge: code(&values.discharge_status, &stay::DISCHARGE_STATUS, &|text| scheme.discharge(text))?,
            icu_hours: optional(&values.icu_hours, &stay::ICU_HOURS)?.unwrap_or(0),
        };
        values.dx.field(at, &stay::DX)?;
        values.proc.field(at, &stay::PROC)?;
        cases.diagnoses(values.dx.span(at)).map_err(|cause| (&stay::DX, cause))?;
        cases.procedures(values.proc.span(at)).map_err(|cause| (&stay::PROC, cause))?;
        Ok(cases.decide(facts))
    }

    #[cold]
    fn reject(&self, done: &mut Done, values: &Values, at: usize, line: u64, (field, cause): Refused) {
        let column = field.position(&self.header).and_then(|at| self.header.get(at)).map_or(field.name, String::as_str);
        let row = RejectRow {
            line,
            case_id: values.case_id.bytes(at),
            column,
            cause: &cause.to_string(),
            raw: &values.raw(at),
        };
        rejects::render(&mut done.rejects, &row);
        done.counts.count_malformed();
        done.verdicts.push_malformed();
    }
}

/// The values of a batch, by field.
struct Values {
    case_id: Texts,
    sex: Texts,
    age_years: Numbers,
    age_days: Option<Numbers>,
    birth_weight_g: Option<Numbers>,
    dept: Option<Texts>,
    los_days: Numbers,
    discharge_status: Option<Texts>,
    dx: Texts,
    proc: Texts,
    icu_hours: Option<Numbers>,
}

impl Values {
    /// The values of a row in the order of our files, joined by commas.
    fn raw(&self, at: usize) -> Vec<u8> {
        let number = |numbers: &Numbers| numbers.text(at);
        let optional = |numbers: &Option<Numbers>| numbers.as_ref().map(number).unwrap_or_default();
        let text = |texts: &Texts| String::from_utf8_lossy(texts.bytes(at)).into_owned();
        let code = |texts: &Option<Texts>| texts.as_ref().map(text).unwrap_or_default();
        [
            text(&self.case_id),
            text(&self.sex),
            number(&self.age_years),
            optional(&self.age_days),
            optional(&self.birth_weight_g),
            code(&self.dept),
            number(&self.los_days),
            code(&self.discharge_status),
            text(&self.dx),
            text(&self.proc),
            optional(&self.icu_hours),
        ]
        .join(",")
        .into_bytes()
    }
}

/// A column of texts.
struct Texts {
    array: StringArray,
    /// Whether some text of the batch holds a NUL byte.
    nul: bool,
}

impl Texts {
    fn new(array: StringArray) -> Texts {
        let nul = memchr::memchr(0, array.value_data()).is_some();
        Texts { array, nul }
    }

    #[inline]
    fn bytes(&self, at: usize) -> &[u8] {
        let Span { bytes, start, end } = self.span(at);
        bytes.get(start..end).unwrap_or_default()
    }

    #[inline]
    fn field(&self, at: usize, field: &'static Field) -> Result<&[u8], Refused> {
        let bytes = self.bytes(at);
        if self.nul && bytes.contains(&0) {
            return Err((field, Cause::Nul));
        }
        Ok(bytes)
    }

    #[inline]
    fn span(&self, at: usize) -> Span<'_> {
        let (start, end) = match (self.array.value_offsets().get(at), self.array.value_offsets().get(at + 1)) {
            (Some(start), Some(end)) if !self.array.is_null(at) => (*start as usize, *end as usize),
            _ => (0, 0),
        };
        Span { bytes: self.array.value_data(), start, end }
    }
}

/// A column of numbers: of a type of whole numbers, or read from text as in a CSV file.
enum Numbers {
    Whole(Int64Array),
    Text(StringArray),
}

impl Numbers {
    fn new(array: &ArrayRef) -> Result<Numbers, arrow::error::ArrowError> {
        if array.data_type().is_integer() && *array.data_type() != DataType::UInt64 {
            let whole = cast(array, &DataType::Int64)?;
            return Ok(Numbers::Whole(whole.as_primitive::<Int64Type>().clone()));
        }
        as_text(array).map(Numbers::Text)
    }

    #[inline]
    fn value(&self, at: usize, field: &'static Field) -> Result<Option<i32>, Refused> {
        match self {
            Numbers::Whole(array) => {
                if array.is_null(at) {
                    return Ok(None);
                }
                let (lowest, highest) = range(field);
                match i32::try_from(array.value(at)) {
                    Ok(value) if value >= lowest && value <= highest => Ok(Some(value)),
                    _ => Err((field, Cause::OutOfRange { lowest, highest })),
                }
            }
            Numbers::Text(array) if array.is_null(at) => Ok(None),
            Numbers::Text(array) => {
                let bytes = array.value(at).as_bytes();
                number(Span { bytes, start: 0, end: bytes.len() }, field)
            }
        }
    }

    fn text(&self, at: usize) -> String {
        match self {
            Numbers::Whole(array) if array.is_valid(at) => array.value(at).to_string(),
            Numbers::Text(array) if array.is_valid(at) => array.value(at).to_owned(),
            _ => String::new(),
        }
    }
}
