//! The run over all files.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use yibao_payment::settled::Refusal;
use yibao_record::feed::{FeedFacts, STAYS, SourceFile};
use yibao_record::stays::{Stays, Symbols};

use super::mapping::Mapping;
use super::part::{Part, empty_extras, join};
use super::refusal::{RowRefusal, shorten};
use super::row::RowReader;
use super::{FeedRead, StayError, StayRead, StayRequest, duplicate};
use crate::{Block, Fields, InputError, ReadOptions};

/// Most stays of one run: rows are numbered by 32 bits.
const STAYS_MAX: u64 = 1 << 31;

/// Reads all files of one request.
pub fn read(request: &StayRequest<'_>) -> Result<StayRead, StayError> {
    read_feeds(std::slice::from_ref(request))
}

/// Reads the files of several feeds, feed after feed, into one structure. All requests have the same `fields`.
pub fn read_feeds(requests: &[StayRequest<'_>]) -> Result<StayRead, StayError> {
    let mut all = StayRead {
        stays: Stays::default(),
        symbols: Symbols::default(),
        refused: Vec::new(),
        not_selected: 0,
        rows: 0,
        feeds: Vec::new(),
    };
    let Some(first) = requests.first() else { return Ok(all) };
    all.stays.extras = empty_extras(first.fields.values().map(|field| field.kind));
    let mut mapped = vec![false; first.fields.len()];
    for (number, request) in requests.iter().enumerate() {
        feed(request, u8::try_from(number).unwrap_or(u8::MAX), &mut all, &mut mapped)?;
    }
    if let Some((name, _)) = first.fields.keys().zip(mapped).find(|(_, mapped)| !mapped) {
        return Err(StayError::NowhereMapped(name.clone()));
    }
    Ok(all)
}

/// Reads one feed after those that were read.
fn feed(request: &StayRequest<'_>, number: u8, all: &mut StayRead, mapped: &mut [bool]) -> Result<(), StayError> {
    let (symbol, kind_symbol) = (all.symbols.intern(request.feed), all.symbols.intern(request.kind.word()));
    all.stays.feeds.push(FeedFacts { id: request.feed.to_owned(), kind: request.kind, symbol, kind_symbol });
    all.stays.begin();
    let before = FeedRead { rows: all.rows, refused: all.refused.len() as u64, not_selected: all.not_selected };
    let first = all.stays.len();
    for file in request.files {
        let source = u16::try_from(all.stays.sources.len()).unwrap_or(u16::MAX);
        one_file(request, file, source, all, mapped)?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        all.stays.sources.push(SourceFile { feed: number, file: name, end: all.stays.len() });
        if all.stays.len() as u64 > STAYS_MAX {
            return Err(StayError::TooMany(STAYS_MAX));
        }
    }
    duplicate::refuse(&mut all.stays, first, &mut all.refused);
    all.feeds.push(FeedRead {
        rows: all.rows - before.rows,
        refused: all.refused.len() as u64 - before.refused,
        not_selected: all.not_selected - before.not_selected,
    });
    Ok(())
}

/// The table of the pack that describes a feed.
pub fn table_of(request: &StayRequest<'_>, of_stays: &str) -> String {
    match request.feed {
        STAYS => format!("[{of_stays}]"),
        id => format!("[feed.{id}]"),
    }
}

fn options(request: &StayRequest<'_>) -> Result<ReadOptions, StayError> {
    let mut options = ReadOptions::default();
    let Some(input) = request.input else { return Ok(options) };
    let wrong = |message: String, hint: &str| StayError::Mapping {
        file: table_of(request, "input"),
        message,
        hint: hint.to_owned(),
    };
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

fn one_file(
    request: &StayRequest<'_>,
    file: &std::path::Path,
    source: u16,
    all: &mut StayRead,
    mapped: &mut [bool],
) -> Result<(), StayError> {
    let table = crate::open_table(file, &options(request)?)?;
    let mapping = Mapping::new(request, table.name(), table.header())?;
    for (mapped, extra) in mapped.iter_mut().zip(&mapping.extras) {
        *mapped |= extra.is_mapped();
    }
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
        || (RowReader::new(&mapping, request), Fields::default()),
        |(reader, fields), block: Block| Ok(block_part(reader, fields, &block)),
        |part: Part| {
            let rows = seen.fetch_add(part.rows, Ordering::Relaxed) + part.rows;
            if let Some(progress) = request.progress {
                progress(rows);
            }
            join(all, part, source);
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
