//! Finding one case of a file by its id, as texts, for an explanation.

use std::path::Path;

use yibao_grouping::RawCase;
use yibao_record::stay::{self, Field};
use yibao_record::validation::Cause;

use crate::columns::CaseColumns;
use crate::csv_record::{Fields, Record};
use crate::error::InputError;
use crate::group::case_reader::{los_days, number};
use crate::table::{ReadOptions, open_table};

/// One case of a file.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct FoundCase {
    /// Line (text) or row (Parquet).
    pub line: u64,
    /// Sex as it stands in the file.
    pub sex: String,
    /// Age in years.
    pub age_years: Option<i32>,
    /// Age in days.
    pub age_days: Option<i32>,
    /// Newborn's weight in grams.
    pub birth_weight_g: Option<i32>,
    /// Length of stay in days.
    pub los_days: i32,
    /// Way of leaving.
    pub discharge_status: String,
    /// Department.
    pub dept: String,
    /// Hours in intensive care.
    pub icu_hours: i32,
    /// Diagnoses, principal first.
    pub dx: Vec<String>,
    /// Procedures, principal first.
    pub proc: Vec<String>,
}

/// Why a case cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The input cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// No record has this id.
    #[error("no case {id:?}\n  --> {file}\n  hint: ids are compared byte by byte; leading zeros count")]
    NoSuchCase {
        /// The file.
        file: String,
        /// The id looked for.
        id: String,
    },
    /// The record cannot be read.
    #[error(
        "the case is malformed: {column}: {cause}\n  --> {file}:{line}\n  hint: correct the row; `yibao group` lists all such rows"
    )]
    Malformed {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// The column.
        column: &'static str,
        /// Why.
        cause: Cause,
    },
}

/// Finds the first record with this id.
///
/// # Errors
/// When the file cannot be read, has no such record, or the record is malformed.
pub fn find_case(input: &Path, id: &str, options: &ReadOptions) -> Result<FoundCase, LookupError> {
    let mut table = open_table(input, options)?;
    let columns = CaseColumns::find(table.name(), table.header())?;
    table.select(&columns.used());
    let mut fields = Fields::default();
    while let Some(block) = table.next_block()? {
        let mut found = None;
        block.visit(&mut fields, |record| {
            if let Ok(record) = record
                && found.is_none()
                && record.field(columns.case_id) == id.as_bytes()
            {
                found = Some((record.line, texts(&columns, record)));
            }
        });
        if let Some((line, case)) = found {
            return case.map_err(|(field, cause)| LookupError::Malformed {
                file: table.name().to_owned(),
                line,
                column: field.name,
                cause,
            });
        }
    }
    Err(LookupError::NoSuchCase { file: table.name().to_owned(), id: id.to_owned() })
}

fn texts(at: &CaseColumns, record: Record<'_>) -> Result<FoundCase, (&'static Field, Cause)> {
    let text = |column: usize| record.text(column).to_owned();
    let code = |column: Option<usize>| column.map(text).unwrap_or_default();
    let list = |column: usize| -> Vec<String> {
        let text = record.text(column);
        if text.is_empty() { Vec::new() } else { text.split('|').map(str::to_owned).collect() }
    };
    Ok(FoundCase {
        line: record.line,
        sex: text(at.sex),
        age_years: number(record.span(at.age_years), &stay::AGE_YEARS)?,
        age_days: number(record.optional_span(at.age_days), &stay::AGE_DAYS)?,
        birth_weight_g: number(record.optional_span(at.birth_weight_g), &stay::BIRTH_WEIGHT_G)?,
        los_days: los_days(record.span(at.los_days))?,
        discharge_status: code(at.discharge_status),
        dept: code(at.dept),
        icu_hours: number(record.optional_span(at.icu_hours), &stay::ICU_HOURS)?.unwrap_or(0),
        dx: list(at.dx),
        proc: list(at.proc),
    })
}

impl FoundCase {
    /// The case as the grouping crate reads it.
    pub fn raw(&self) -> RawCase<'_> {
        RawCase {
            sex: &self.sex,
            age: self.age_years,
            age_days: self.age_days,
            weight_g: self.birth_weight_g,
            los_days: self.los_days,
            discharge: &self.discharge_status,
            dept: &self.dept,
            icu_hours: self.icu_hours,
            dx: self.dx.iter().map(String::as_str).collect(),
            proc: self.proc.iter().map(String::as_str).collect(),
        }
    }
}
