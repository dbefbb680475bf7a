//! Stays as the payment boxes see them: a structure of arrays, one row per accepted stay, in input order.
//!
//! Texts that repeat (institutions, groups, persons, symbols) are interned in one [`Symbols`] table, so that a row is
//! fixed-size numbers. Money is in fen, length of stay in days.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxBuildHasher;
use yibao_kernel::{Day, Fen};

use crate::column::Column;
use crate::feed::{FeedFacts, SourceFile};

/// An interned text. `Symbol::NONE` means "not given".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Symbol(pub u32);

impl Symbol {
    /// No value in the source row.
    pub const NONE: Symbol = Symbol(u32::MAX);

    /// Whether a value was given.
    pub const fn is_some(self) -> bool {
        self.0 != u32::MAX
    }

    /// As an array index; `None` when no value was given.
    pub fn index(self) -> Option<usize> {
        self.is_some().then_some(self.0 as usize)
    }
}

/// The interner: text to dense id and back. Ids follow first appearance. The texts stand end to end in one arena, so a
/// region's ten million persons cost their letters and a few bytes each.
#[derive(Default, Clone, Debug)]
pub struct Symbols {
    texts: Texts,
    ids: HashTable<u32>,
}

fn hash(text: &str) -> u64 {
    FxBuildHasher.hash_one(text)
}

impl Symbols {
    /// The id of a text, made on first sight.
    pub fn intern(&mut self, text: &str) -> Symbol {
        let texts = &self.texts;
        let of_id = |id: &u32| texts.get(*id as usize);
        let found = self.ids.entry(hash(text), |id| of_id(id) == text, |id| hash(of_id(id)));
        match found {
            Entry::Occupied(found) => Symbol(*found.get()),
            Entry::Vacant(place) => {
                // The last id means "not given".
                let id = u32::try_from(texts.len()).unwrap_or(u32::MAX).min(u32::MAX - 1);
                place.insert(id);
                self.texts.push(text);
                Symbol(id)
            }
        }
    }

    /// The id of a text already known.
    pub fn find(&self, text: &str) -> Option<Symbol> {
        self.ids.find(hash(text), |id| self.texts.get(*id as usize) == text).map(|id| Symbol(*id))
    }

    /// The text of an id; empty for `Symbol::NONE` and for ids of another table.
    pub fn text(&self, symbol: Symbol) -> &str {
        symbol.index().map_or("", |at| self.texts.get(at))
    }

    /// How many texts are known.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether no text is known.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

/// What grouping said of a stay.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[repr(u8)]
pub enum GroupStatus {
    /// A payment group was found, or was given by the input.
    #[default]
    Grouped,
    /// 歧义组: a valid operation that fits no surgical group of the category.
    Ambiguous,
    /// No group.
    Ungrouped,
    /// The grouping input checks failed.
    Rejected,
}

impl GroupStatus {
    /// The word used in packs and files.
    pub const fn word(self) -> &'static str {
        match self {
            GroupStatus::Grouped => "grouped",
            GroupStatus::Ambiguous => "ambiguous",
            GroupStatus::Ungrouped => "ungrouped",
            GroupStatus::Rejected => "rejected",
        }
    }
}

/// An extra column a pack declares under `[fields]`.
#[derive(Clone, Debug)]
pub enum Extra {
    /// Amounts in fen; `None` = not given.
    Fen(Column<Option<Fen>>),
    /// Whole numbers.
    Int(Column<Option<i64>>),
    /// Decimal numbers in millionths.
    Micro(Column<Option<i64>>),
    /// Interned texts.
    Symbol(Column<Symbol>),
}

/// Texts of variable length, packed end to end (case ids).
#[derive(Default, Clone, Debug)]
pub struct Texts {
    letters: String,
    ends: Vec<u64>,
}

impl Texts {
    /// Appends one text.
    pub fn push(&mut self, text: &str) {
        self.letters.push_str(text);
        self.ends.push(self.letters.len() as u64);
    }

    /// The text at a row; empty past the end.
    pub fn get(&self, row: usize) -> &str {
        let Some(&end) = self.ends.get(row) else { return "" };
        let start = if row == 0 { 0 } else { self.ends.get(row - 1).copied().unwrap_or(0) };
        self.letters.get(start as usize..end as usize).unwrap_or("")
    }

    /// Number of texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Appends all texts of another.
    pub fn append(&mut self, other: &Texts) {
        let base = self.letters.len() as u64;
        self.letters.push_str(&other.letters);
        self.ends.extend(other.ends.iter().map(|end| end + base));
    }
}

/// The accepted stays (and visits and heads) of all feeds, feed after feed. Every column has one entry per row; see the
/// field notes for units.
#[derive(Default, Clone, Debug)]
pub struct Stays {
    /// The stay's own id, unique in its feed.
    pub case_id: Texts,
    /// 1-based line (CSV) or row (Parquet) of the source, for messages.
    pub source_row: Column<u64>,
    /// The insured person; `Symbol::NONE` when the input has none (then readmission is refused).
    pub person: Column<Symbol>,
    /// The institution as named by the stay; resolved to the pack's table by the plan.
    pub institution: Column<Symbol>,
    /// Insurance scheme (`310` employee, `390` resident, or the pack's single `all`).
    pub insurance: Column<Symbol>,
    /// District of the pooling area (or `all`).
    pub district: Column<Symbol>,
    /// First day of the stay; `None` where the source has no dates.
    pub admission: Column<Option<Day>>,
    /// Last day of the stay: the day by which versions and years are chosen.
    pub discharge: Column<Day>,
    /// Length of stay in days, as the source or the pack's mapping gives it; of a head: the months that count.
    pub los_days: Column<i32>,
    /// Age in whole years; `None` = not given.
    pub age_years: Column<Option<i16>>,
    /// `1` male, `2` female, `0` not given.
    pub sex: Column<u8>,
    /// Total medical cost, fen.
    pub cost: Column<Fen>,
    /// Fund part recorded at discharge (accounted), fen.
    pub fund: Column<Fen>,
    /// Everything the patient and other payers paid, fen. `cost = fund + patient` on every row.
    pub patient: Column<Fen>,
    /// Payment group (DRG, MS-DRG, APR-DRG and severity …); `Symbol::NONE` when ungrouped.
    pub group: Column<Symbol>,
    /// ADRG (first three characters of a CHS-DRG group); `Symbol::NONE` when not applicable.
    pub adrg: Column<Symbol>,
    /// Major diagnostic category; `Symbol::NONE` when not applicable.
    pub mdc: Column<Symbol>,
    /// What grouping said.
    pub group_status: Column<GroupStatus>,
    /// Discharge status as text (`1` … `5`, `9`).
    pub discharge_status: Column<Symbol>,
    /// Department code.
    pub dept: Column<Symbol>,
    /// The stay was broken off (incomplete treatment).
    pub incomplete: Column<bool>,
    /// The panel's decision in special-case review: `items`, `standard`, `refused`; `Symbol::NONE` = none.
    pub special: Column<Symbol>,
    /// Extra columns in the order of the pack's `[fields]`.
    pub extras: Vec<Extra>,
    /// The feeds; none when the rows are simply stays.
    pub feeds: Vec<FeedFacts>,
    /// The files the rows came from, in row order.
    pub sources: Vec<SourceFile>,
}

impl Stays {
    /// Number of stays.
    pub fn len(&self) -> usize {
        self.discharge.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.discharge.is_empty()
    }

    /// Tells that the rows of another feed begin: a column that they all leave blank costs nothing.
    pub fn begin(&mut self) {
        self.source_row.begin();
        for symbols in [
            &mut self.person,
            &mut self.institution,
            &mut self.insurance,
            &mut self.district,
            &mut self.group,
            &mut self.adrg,
            &mut self.mdc,
            &mut self.discharge_status,
            &mut self.dept,
            &mut self.special,
        ] {
            symbols.begin();
        }
        for amounts in [&mut self.cost, &mut self.fund, &mut self.patient] {
            amounts.begin();
        }
        self.admission.begin();
        self.discharge.begin();
        self.los_days.begin();
        self.age_years.begin();
        self.sex.begin();
        self.group_status.begin();
        self.incomplete.begin();
        for extra in &mut self.extras {
            match extra {
                Extra::Fen(values) => values.begin(),
                Extra::Int(values) | Extra::Micro(values) => values.begin(),
                Extra::Symbol(values) => values.begin(),
            }
        }
    }

    /// Index of the file a row came from; 0 when the rows came from none.
    pub fn source_of(&self, row: usize) -> u16 {
        u16::try_from(self.sources.partition_point(|source| source.end <= row)).unwrap_or(u16::MAX)
    }

    /// The feed of a row; `None` when the rows are simply stays.
    pub fn feed_of(&self, row: usize) -> Option<&FeedFacts> {
        let source = self.sources.get(usize::from(self.source_of(row)))?;
        self.feeds.get(usize::from(source.feed))
    }
}
