//! Stays from files of any layout, through a pack's column mapping, into [`Stays`].
//!
//! Rows are read block by block by all workers and joined in source order, so the result (and every symbol's id) is the
//! same at any thread count. A row that cannot be accepted is refused with its reason and listed; it never stops the run.

mod amount;
mod build;
mod dip;
mod duplicate;
mod expression;
mod heads;
mod mapping;
mod part;
mod refusal;
mod row;
mod row_test;

use std::collections::BTreeMap;
use std::path::PathBuf;

use yibao_grouping::Scheme;
use yibao_grouping::dip::Catalogue;
use yibao_kernel::Window;
use yibao_payment::settled::Refusal;
use yibao_record::feed::FeedKind;
use yibao_record::mapping::{Columns, FieldDeclaration, Input, RowTest};
use yibao_record::stays::{Stays, Symbols};

pub use self::build::{read, read_feeds};

/// What to read of one feed, and how.
pub struct StayRequest<'a> {
    /// Id of the feed.
    pub feed: &'a str,
    /// What its rows are.
    pub kind: FeedKind,
    /// The settled year: heads count its months.
    pub year: Option<Window>,
    /// Whether a file may lack a field the pack declares: it is then blank on every row.
    pub blanks: bool,
    /// The files, in order.
    pub files: &'a [PathBuf],
    /// The pack's `[input]`: encoding, delimiter, selection, refusals.
    pub input: Option<&'a Input>,
    /// A selection that replaces the input's (the weight job's own).
    pub select: Option<&'a RowTest>,
    /// The pack's `[columns]`; absent: our names and the national ones.
    pub columns: Option<&'a Columns>,
    /// The pack's `[fields]`.
    pub fields: &'a BTreeMap<String, FieldDeclaration>,
    /// The grouping scheme; absent: the stays bring their group.
    pub scheme: Option<&'a Scheme>,
    /// The DIP catalogue; never beside a scheme.
    pub catalogue: Option<&'a Catalogue>,
    /// Insurance schemes of the pack; empty: every stay is `all`.
    pub insurances: &'a [String],
    /// Districts of the pack; empty: every stay is `all`.
    pub districts: &'a [String],
    /// Whether persons are told apart: only some steps (readmission) ask who it was, and ten million ids take room.
    pub persons: bool,
    /// Worker threads.
    pub threads: usize,
    /// Set to stop.
    pub cancel: crate::Cancel,
    /// Called with the number of rows read so far.
    pub progress: Option<&'a (dyn Fn(u64) + Sync)>,
}

/// What was read of one feed: `rows = accepted + refused + not_selected`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct FeedRead {
    /// Rows read.
    pub rows: u64,
    /// Rows refused.
    pub refused: u64,
    /// Rows that the selection leaves out.
    pub not_selected: u64,
}

/// What was read.
pub struct StayRead {
    /// The accepted stays.
    pub stays: Stays,
    /// Their texts.
    pub symbols: Symbols,
    /// The refused rows, in the order of feeds and files, in source order inside a file.
    pub refused: Vec<Refusal>,
    /// Rows that the pack's selection leaves out.
    pub not_selected: u64,
    /// Rows read.
    pub rows: u64,
    /// The feeds, in the order they were asked for.
    pub feeds: Vec<FeedRead>,
}

/// Why reading stopped altogether.
#[derive(Debug, thiserror::Error)]
pub enum StayError {
    /// The file itself.
    #[error(transparent)]
    Input(#[from] crate::InputError),
    /// The mapping does not fit the file.
    #[error("{file}: {message}\n  hint: {hint}")]
    Mapping {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
        /// What to do.
        hint: String,
    },
    /// A field of the pack that no feed has.
    #[error(
        "no feed has a column for the pack's field \"{0}\"\n  hint: map it in the columns of a feed, or remove it from [fields]"
    )]
    NowhereMapped(String),
    /// More rows than one run can hold.
    #[error("more than {0} stays in one run\n  hint: settle the year in several packs, or by month")]
    TooMany(u64),
}
