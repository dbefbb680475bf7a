//! The run over all files.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use yibao_payment::settled::Refusal;
use yibao_record::stays::{Stays, Symbols};

use super::mapping::Mapping;
use super::part::{Part, empty_extras, join};
use super::refusal::{RowRefusal, shorten};
use super::row::RowReader;
use super::{StayError, StayRead, StayRequest, duplicate};
use crate::{Block, Fields, InputError, ReadOptions};

/// Most stays of one run: rows are numbered by 32 bits.
const STAYS_MAX: u64 = 1 << 31;

/// Reads all files of a request.
pub fn read(request: &StayRequest<'_>) -> Result<StayRead, StayError> {
    let mut all = StayRead {
        stays: Stays::default(),
        symbols: Symbols::default(),
        refused: Vec::new(),
        not_selected: 0,
        rows: 0,
    };
    all.stays.extras = empty_extras(request.fields.values().map(|field| field.kind));
    for file in request.files {
        one_file(request, file, &mut all)?;
    }
    if all.stays.len() as u64 > STAYS_MAX {
        return Err(StayError::TooMany(STAYS_MAX));
    }
    let mut refused = std::mem::take(&mut all.refused);
    duplicate::refuse(&mut all.stays, &mut refused);
    all.refused = refused;
    Ok(all)
}

fn options(request: &StayRequest<'_>) -> Result<ReadOptions, StayError> {
    let mut options = ReadOptions::default();
    let Some(input) = request.input else { return Ok(options) };
    let wrong =
        |message: String, hint: &str| StayError::Mapping { file: "[input]".to_owned(), message, hint: hint.to_owned() };
    if let Some(name) = &input.encoding {
        let encoding = name.parse().map_err(|_| wrong(format!("unknown encoding \"{name}\""), "use utf-8 or gbk"))?;
        options.encoding = Some(encoding);
    }
    if let Some(text) = &input.delimiter {
        match text.as_bytes() {
            [one] => options.delimiter = Some(*one),
            _ => return Err(wrong(format!("delimiter \"{text}\" is not one ASCII character"), "use , ; | or a tab")),
        }
    }
    Ok(options)
}

fn one_file(request: &StayRequest<'_>, file: &std::path::Path, all: &mut StayRead) -> Result<(), StayError> {
    let table = crate::open_table(file, &options(request)?)?;
    let mapping = Mapping::new(request, table.name(), table.header())?;
    let table = Mutex::new(table);
    let seen = AtomicU64::new(all.rows);
    let cancel = &request.cancel;
    crate::pipeline::in_order(
        request.threads,
        || {
            if cancel.is_cancelled() {
                return Err(StayError::Input(InputError::Interrupted));
            }
            let mut table = table.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            Ok::<_, StayError>(table.next_block()?)
        },
        || (RowReader::new(&mapping, request.scheme, request.insurances, request.districts), Fields::default()),
        |(reader, fields), block: Block| Ok(block_part(reader, fields, &block)),
        |part: Part| {
            let rows = seen.fetch_add(part.rows, Ordering::Relaxed) + part.rows;
            if let Some(progress) = request.progress {
                progress(rows);
            }
            join(all, part);
            Ok(())
        },
    )?;
    Ok(())
}

fn block_part(reader: &mut RowReader<'_>, fields: &mut Fields, block: &Block) -> Part {
    let mut part = reader.part();
    block.visit(fields, |record| match record {
        Ok(record) => reader.read(&record, &mut part),
        Err(bad) => {
            part.rows += 1;
            part.refused.push(malformed(bad.line, &bad.cause.to_string(), bad.raw));
        }
    });
    part
}

fn malformed(line: u64, cause: &str, raw: &[u8]) -> Refusal {
    let shown = shorten(raw);
    RowRefusal::new("malformed_row", format!("行无法读取：{cause}：{shown}"), format!("{cause}: {shown}")).at(line, "")
}
