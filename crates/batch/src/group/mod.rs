//! Grouping a file: every record gets `status, mdc, adrg, drg, reason`; a malformed one goes to the rejects.

mod answer_table;
mod case_reader;
pub(crate) mod csv;
mod interner;
pub(crate) mod layout;
mod lookup;
mod parquet;
mod summary;
mod verdicts;

use std::path::Path;

use yibao_grouping::{Scheme, SchemeError};
use yibao_record::validation::Cause;

use crate::atomic::Cancel;
use crate::error::{InputError, OutputError};
use crate::rejects::Rejects;
use crate::table::{Format, ReadOptions, open_table};

pub use lookup::{FoundCase, LookupError, find_case};
pub use summary::Summary;

/// How to group a file.
#[derive(Clone, Debug)]
pub struct GroupOptions {
    /// Translate clinical codes to payer codes first.
    pub translate: bool,
    /// Threads that read, group and write.
    pub threads: usize,
    /// How to read the input.
    pub read: ReadOptions,
    /// A request to stop.
    pub cancel: Cancel,
}

impl Default for GroupOptions {
    fn default() -> GroupOptions {
        GroupOptions { translate: false, threads: 1, read: ReadOptions::default(), cancel: Cancel::default() }
    }
}

/// Why a file was not grouped.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// The input cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The output cannot be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The scheme cannot do what was asked.
    #[error(transparent)]
    Scheme(#[from] SchemeError),
    /// The one record that was asked for cannot be read.
    #[error("{column}: {cause}\n  --> {place}\n  hint: correct the record")]
    Malformed {
        /// File and line.
        place: String,
        /// The field.
        column: &'static str,
        /// Why.
        cause: Cause,
    },
    /// The two files are of formats that do not go together.
    #[error("{input} is {input_format} and {output} would be {output_format}\n  hint: {hint}")]
    Formats {
        /// The input.
        input: String,
        /// Its format.
        input_format: &'static str,
        /// The output.
        output: String,
        /// Its format.
        output_format: &'static str,
        /// What to do.
        hint: &'static str,
    },
}

/// What is told while a file is grouped.
#[derive(Clone, Copy, Debug, Default)]
pub struct Progress {
    /// Records done.
    pub rows: u64,
    /// Bytes of the input done (after decompression).
    pub bytes: u64,
}

/// Groups `input` into `output`: CSV or Parquet by their names, `-` for CSV on the standard streams.
///
/// The output appears whole at the end or not at all; rejected rows go to `rejects`. The same input gives the same bytes at
/// any number of threads.
///
/// # Errors
/// When the input is refused as a whole, or something cannot be written; the output is then left as it was.
pub fn group_file(
    scheme: &Scheme,
    input: &Path,
    output: &Path,
    rejects: Rejects,
    options: &GroupOptions,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Summary, GroupError> {
    match (Format::of(input), Format::of(output)) {
        (Format::Csv | Format::GzipCsv, Format::Csv) => {
            let table = open_table(input, &options.read)?;
            csv::group(scheme, table, output, rejects, options, progress)
        }
        (Format::Parquet, Format::Parquet) => parquet::group(scheme, input, output, rejects, options, progress),
        (Format::Parquet, Format::Csv) => {
            let table = open_table(input, &options.read)?;
            csv::group(scheme, table, output, rejects, options, progress)
        }
        _ => Err(formats(input, output)),
    }
}

fn formats(input: &Path, output: &Path) -> GroupError {
    let name = |path: &Path| match Format::of(path) {
        Format::Csv => "CSV",
        Format::GzipCsv => "gzip CSV",
        Format::Parquet => "Parquet",
    };
    GroupError::Formats {
        input: input.to_string_lossy().into_owned(),
        input_format: name(input),
        output: output.to_string_lossy().into_owned(),
        output_format: name(output),
        hint: "CSV goes to .csv; Parquet goes to .parquet or .csv",
    }
}
