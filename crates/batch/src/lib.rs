//! CSV, Parquet in and out; the boxes over columns.
//!
//! Reading a table ([`open_table`]) gives blocks of whole records that any thread can walk over; [`pipeline`] maps blocks
//! in parallel and keeps their order, so that the output has the same bytes at any thread count; a bad record goes to
//! [`rejects`], a file appears whole or not at all ([`atomic`]), and what must remember ids may [`spill`] to disk.

pub mod atomic;
pub mod columns;
mod csv_in;
mod csv_record;
pub mod dip;
pub mod error;
pub mod group;
mod parquet_in;
mod parquet_out;
pub mod pipeline;
pub mod rejects;
pub mod settled;
pub mod sniff;
pub mod spill;
pub mod stays;
pub mod table;
mod text_column;

pub use atomic::{AtomicFile, Cancel};
pub use columns::{CaseColumns, find_column};
pub use csv_record::{BadRecord, Fields, Record};
pub use error::{InputError, OutputError};
pub use rejects::{RejectRow, Rejects};
pub use sniff::Encoding;
pub use spill::IdSet;
pub use table::{Block, Format, ReadOptions, Table, open_reader, open_table};
pub use yibao_record::validation::Cause;
