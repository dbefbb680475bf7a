//! The compiled rows and the decision (spec §2.10). Nothing here allocates once its buffers have grown.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;
use yibao_kernel::{Decimal, Fen};

use super::code::Code;
use super::rows::{Diagnoses, Kind, ProcedureTypes, Row};
use super::settings::{Criterion, Fallback, Header, KINDS_ORDER};
use super::treatment::Treatment;

/// Money compared with published means: yuan with 9 places.
const MEAN_DP: u8 = 9;

/// A procedure of a stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Procedure {
    /// Its code.
    pub code: Code,
    /// Its type; `None` where no table has it.
    pub treatment: Option<Treatment>,
}

/// A core or primary-care row that asks for procedures.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub row: u32,
    pub treatment: Treatment,
    /// Bits that the stay's procedures must show.
    sieve: u64,
    /// Places of its terms.
    terms: (u32, u32),
    /// Place of its points among all points, the same for equal points.
    points: u32,
    mean: Option<i128>,
}

/// The core rows of one diagnosis prefix.
#[derive(Debug, Default)]
struct Bucket {
    candidates: (u32, u32),
    /// The row without procedures.
    plain: Option<u32>,
}

/// Rows found by diagnosis and type: the longest prefix, then the narrowest range.
#[derive(Debug, Default)]
struct Ladder {
    by_prefix: FxHashMap<(Code, Option<Treatment>), u32>,
    lengths: Vec<usize>,
    ranges: Vec<(Code, Code, Option<Treatment>, u32)>,
}

impl Ladder {
    fn add(&mut self, dx: Diagnoses, treatment: Option<Treatment>, row: u32) {
        match dx {
            Diagnoses::Prefix(prefix) => {
                self.by_prefix.entry((prefix, treatment)).or_insert(row);
                if !self.lengths.contains(&prefix.len()) {
                    self.lengths.push(prefix.len());
                    self.lengths.sort_unstable_by_key(|length| Reverse(*length));
                }
            }
            Diagnoses::Range(from, to) => self.ranges.push((from, to, treatment, row)),
            Diagnoses::Any => {}
        }
    }

    /// Sorts the ranges: one inside another goes first. The catalogue's order stays among the rest.
    fn finish(&mut self) {
        self.ranges.sort_by_key(|(from, to, _, row)| (Reverse(*from), *to, *row));
        let inside = |a: &(Code, Code, Option<Treatment>, u32), b: &(Code, Code, Option<Treatment>, u32)| {
            a.0 >= b.0 && a.1.cut(b.1.len()) <= b.1
        };
        // Few ranges: each one moves before those that hold it.
        for at in 1..self.ranges.len() {
            let mut here = at;
            while here > 0 {
                let swap = match (self.ranges.get(here - 1), self.ranges.get(here)) {
                    (Some(before), Some(one)) => inside(one, before) && !inside(before, one),
                    _ => false,
                };
                if !swap {
                    break;
                }
                self.ranges.swap(here - 1, here);
                here -= 1;
            }
        }
    }

    fn find(&self, dx: Code, treatment: Treatment) -> Option<u32> {
        let by_prefix = |wanted: Option<Treatment>| {
            let cut = |length: &usize| {
                (dx.len() >= *length).then(|| self.by_prefix.get(&(dx.cut(*length), wanted)).copied()).flatten()
            };
            self.lengths.iter().find_map(cut)
        };
        let by_range = |wanted: Option<Treatment>| {
            let holds = |range: &&(Code, Code, Option<Treatment>, u32)| {
                range.2 == wanted && Diagnoses::Range(range.0, range.1).hold(dx)
            };
            self.ranges.iter().find(holds).map(|range| range.3)
        };
        let typed = Some(treatment);
        by_prefix(typed).or_else(|| by_range(typed)).or_else(|| by_prefix(None)).or_else(|| by_range(None))
    }
}

/// What the decision reads of a stay.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// Principal diagnosis.
    pub dx: Code,
    /// Procedures without repetition, the principal one first.
    pub procedures: &'a [Procedure],
    /// Total cost.
    pub cost: Option<Fen>,
}

/// What was decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Decided {
    pub row: Option<u32>,
    pub treatment: Treatment,
    /// Several rows were left after every criterion; the first of the catalogue was taken.
    pub tie: bool,
}

/// Sees the steps of a decision; the usual one looks away.
pub(crate) trait Watch {
    /// The core rows that are satisfied.
    fn candidates(&mut self, _engine: &Engine, _left: &[u32]) {}
    /// What a criterion left.
    fn criterion(&mut self, _criterion: Criterion, _engine: &Engine, _left: &[u32]) {}
    /// The row of the diagnosis without procedures.
    fn plain(&mut self, _row: u32) {}
    /// The comprehensive row of the diagnosis and the type.
    fn comprehensive(&mut self, _row: Option<u32>) {}
    /// Which of two kinds went first.
    fn order(&mut self, _taken: u32, _left: u32) {}
    /// What no row takes.
    fn fallback(&mut self, _row: Option<u32>) {}
}

/// Looks away.
pub(crate) struct Unwatched;
impl Watch for Unwatched {}

/// The compiled rows of a catalogue.
#[derive(Debug)]
pub struct Engine {
    buckets: FxHashMap<Code, Bucket>,
    lengths: Vec<usize>,
    candidates: Vec<Candidate>,
    /// Ends of the terms in `codes`.
    terms: Vec<(u32, u32)>,
    codes: Vec<Code>,
    comprehensive: Ladder,
    fallback: Ladder,
    blank: Option<u32>,
    types: FxHashMap<Code, Treatment>,
    criteria: Vec<Criterion>,
    /// Rank by type: core, comprehensive.
    order: [[u8; 4]; 2],
    /// Per row: its type.
    row_types: Vec<Treatment>,
}

impl Engine {
    /// Compiles rows that were checked.
    pub(crate) fn new(header: &Header, rows: &[Row], types: &ProcedureTypes) -> Self {
        let mut engine = Self {
            buckets: FxHashMap::default(),
            lengths: Vec::new(),
            candidates: Vec::new(),
            terms: Vec::new(),
            codes: Vec::new(),
            comprehensive: Ladder::default(),
            fallback: Ladder::default(),
            blank: None,
            types: types.iter().map(|(code, treatment)| (*code, *treatment)).collect(),
            criteria: header.criteria.clone(),
            order: order(header),
            row_types: rows.iter().map(|row| row_type(row, types)).collect(),
        };
        let ranks = ranks(rows);
        let mut core: Vec<(Code, u32)> = Vec::new();
        for (at, row) in (0_u32..).zip(rows) {
            match (row.kind, row.dx) {
                (Kind::Core | Kind::PrimaryCare, Diagnoses::Prefix(prefix)) => core.push((prefix, at)),
                (Kind::Core | Kind::PrimaryCare, _) => {}
                (Kind::Comprehensive, dx) => engine.comprehensive.add(dx, row.treatment, at),
                (Kind::Fallback, dx) => match &header.fallback {
                    Fallback::BlankRow { group } if *group == row.code => engine.blank = Some(at),
                    Fallback::ChapterDefault {} => engine.fallback.add(dx, row.treatment, at),
                    _ => {}
                },
            }
        }
        engine.comprehensive.finish();
        engine.fallback.finish();
        core.sort_unstable();
        engine.add_core(&core, rows, &ranks);
        engine
    }

    fn add_core(&mut self, core: &[(Code, u32)], rows: &[Row], ranks: &[u32]) {
        for group in core.chunk_by(|a, b| a.0 == b.0) {
            let Some((prefix, _)) = group.first().copied() else { continue };
            let mut bucket = Bucket { candidates: (index(self.candidates.len()), 0), plain: None };
            for (_, at) in group {
                let Some(row) = rows.get(*at as usize) else { continue };
                if row.procedures.is_empty() {
                    bucket.plain = bucket.plain.or(Some(*at));
                    continue;
                }
                let candidate = self.candidate(*at, row, ranks.get(*at as usize).copied().unwrap_or(0));
                self.candidates.push(candidate);
            }
            bucket.candidates.1 = index(self.candidates.len());
            if !self.lengths.contains(&prefix.len()) {
                self.lengths.push(prefix.len());
            }
            self.buckets.insert(prefix, bucket);
        }
        self.lengths.sort_unstable_by_key(|length| Reverse(*length));
    }

    fn candidate(&mut self, at: u32, row: &Row, points: u32) -> Candidate {
        let first = index(self.terms.len());
        let mut sieve = 0;
        for term in &row.procedures.terms {
            let begin = index(self.codes.len());
            self.codes.extend_from_slice(term);
            self.terms.push((begin, index(self.codes.len())));
            if let [only] = term.as_slice() {
                sieve |= only.sieve();
            }
        }
        Candidate {
            row: at,
            treatment: self.row_type(at),
            sieve,
            terms: (first, index(self.terms.len())),
            points,
            mean: row.mean.map(scaled),
        }
    }

    /// The type of a procedure, as far as a table states it.
    #[inline]
    pub(crate) fn procedure_type(&self, code: Code) -> Option<Treatment> {
        self.types.get(&code).copied()
    }

    /// The type of a row: stated, or the highest of its procedures.
    pub(crate) fn row_type(&self, row: u32) -> Treatment {
        self.row_types.get(row as usize).copied().unwrap_or(Treatment::Conservative)
    }

    fn terms_of(&self, candidate: &Candidate) -> impl Iterator<Item = &[Code]> {
        let (first, end) = candidate.terms;
        let terms = self.terms.get(first as usize..end as usize).unwrap_or_default();
        terms.iter().map(|(begin, end)| self.codes.get(*begin as usize..*end as usize).unwrap_or_default())
    }

    /// Decides a stay; `left` is a buffer.
    #[inline]
    pub(crate) fn decide<W: Watch>(&self, asked: &Asked<'_>, left: &mut Vec<u32>, watch: &mut W) -> Decided {
        let types = asked.procedures.iter().filter_map(|one| one.treatment);
        let treatment = types.min().unwrap_or(Treatment::Conservative);
        self.find(asked, left);
        watch.candidates(self, left);
        let mut tie = false;
        let core = match left.as_slice() {
            [] if treatment == Treatment::Conservative => self.plain(asked.dx).inspect(|row| watch.plain(*row)),
            [] => None,
            [only] => self.candidates.get(*only as usize).map(|one| one.row),
            _ => {
                self.choose(asked, left, watch);
                tie = left.len() > 1;
                left.iter().filter_map(|at| self.candidates.get(*at as usize)).map(|one| one.row).min()
            }
        };
        let comprehensive = self.comprehensive.find(asked.dx, treatment);
        watch.comprehensive(comprehensive);
        let row = match (core, comprehensive) {
            (Some(core), Some(other)) => {
                let first = self.rank(0, core) <= self.rank(1, other);
                let (taken, left) = if first { (core, other) } else { (other, core) };
                watch.order(taken, left);
                tie &= first;
                Some(taken)
            }
            (one, other) => one.or(other),
        };
        let row = row.or_else(|| {
            let row = self.fallback.find(asked.dx, treatment).or(self.blank);
            watch.fallback(row);
            row
        });
        Decided { row, treatment, tie }
    }

    /// The row of the diagnosis without procedures: of the longest prefix that has one.
    fn plain(&self, dx: Code) -> Option<u32> {
        let of = |length: &usize| self.buckets.get(&dx.cut(*length)).filter(|_| dx.len() >= *length)?.plain;
        self.lengths.iter().find_map(of)
    }

    /// Puts the satisfied core rows that ask for procedures into the buffer.
    #[inline]
    fn find(&self, asked: &Asked<'_>, left: &mut Vec<u32>) {
        left.clear();
        if asked.procedures.is_empty() {
            return;
        }
        let sieve = asked.procedures.iter().fold(0, |all, one| all | one.code.sieve());
        for length in &self.lengths {
            if asked.dx.len() < *length {
                continue;
            }
            let Some(bucket) = self.buckets.get(&asked.dx.cut(*length)) else { continue };
            let (first, end) = bucket.candidates;
            for (at, candidate) in (first..).zip(self.candidates.get(first as usize..end as usize).unwrap_or_default())
            {
                if candidate.sieve & !sieve == 0 && self.is_satisfied(candidate, asked.procedures) {
                    left.push(at);
                }
            }
        }
    }

    fn is_satisfied(&self, candidate: &Candidate, procedures: &[Procedure]) -> bool {
        self.terms_of(candidate).all(|term| procedures.iter().any(|one| term.contains(&one.code)))
    }

    /// Applies the criteria until one row is left.
    fn choose<W: Watch>(&self, asked: &Asked<'_>, left: &mut Vec<u32>, watch: &mut W) {
        for criterion in &self.criteria {
            if left.len() < 2 {
                break;
            }
            let Some(best) = left.iter().filter_map(|at| self.merit(*criterion, *at, asked)).max() else { continue };
            left.retain(|at| self.merit(*criterion, *at, asked) == Some(best));
            watch.criterion(*criterion, self, left);
        }
    }

    /// How well a candidate meets a criterion: more is better; `None` when it cannot be said.
    fn merit(&self, criterion: Criterion, at: u32, asked: &Asked<'_>) -> Option<i128> {
        let candidate = self.candidates.get(at as usize)?;
        let first = asked.procedures.first();
        Some(match criterion {
            Criterion::ContainsPrincipalProcedure => {
                i128::from(first.is_some_and(|first| self.terms_of(candidate).any(|term| term.contains(&first.code))))
            }
            Criterion::TypeOfPrincipalProcedure => {
                i128::from(first.is_some_and(|first| first.treatment == Some(candidate.treatment)))
            }
            Criterion::MostTerms => i128::from(candidate.terms.1 - candidate.terms.0),
            Criterion::MostProceduresMatched => {
                let matched = |one: &&Procedure| self.terms_of(candidate).any(|term| term.contains(&one.code));
                i128::try_from(asked.procedures.iter().filter(matched).count()).unwrap_or(0)
            }
            Criterion::NearestMeanCost => {
                // A fen is 10^-2 yuan.
                let cost = i128::from(asked.cost?.get()) * 10_i128.pow(u32::from(MEAN_DP) - 2);
                -(candidate.mean? - cost).abs()
            }
            Criterion::HighestPoints => i128::from(candidate.points),
        })
    }

    fn rank(&self, kind: usize, row: u32) -> u8 {
        let treatment = self.row_type(row) as usize;
        self.order.get(kind).and_then(|ranks| ranks.get(treatment)).copied().unwrap_or(u8::MAX)
    }

    /// The row of a candidate.
    pub(crate) fn row_of(&self, candidate: u32) -> Option<u32> {
        self.candidates.get(candidate as usize).map(|one| one.row)
    }
}

/// The type of a row: stated, or the highest of its procedures.
pub(crate) fn row_type(row: &Row, types: &ProcedureTypes) -> Treatment {
    let of_procedures = || row.procedures.codes().filter_map(|code| types.get(&code).copied()).min();
    row.treatment.or_else(of_procedures).unwrap_or(Treatment::Conservative)
}

/// The rank of each type of core and of comprehensive rows.
fn order(header: &Header) -> [[u8; 4]; 2] {
    let words: Vec<&str> = match &header.kinds_order {
        Some(words) => words.iter().map(String::as_str).collect(),
        None => KINDS_ORDER.to_vec(),
    };
    ["core", "comprehensive"].map(|kind| {
        Treatment::ALL.map(|treatment| {
            let word = format!("{kind}:{}", treatment.word());
            words.iter().position(|known| *known == word).and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
        })
    })
}

/// The place of each row's points among all points in ascending order; rows without points come lowest.
fn ranks(rows: &[Row]) -> Vec<u32> {
    let mut all: Vec<i128> = rows.iter().filter_map(|row| row.points).map(scaled).collect();
    all.sort_unstable();
    all.dedup();
    let rank = |points: Decimal| all.binary_search(&scaled(points)).map_or(0, |at| index(at + 1));
    rows.iter().map(|row| row.points.map_or(0, rank)).collect()
}

/// A number with up to 9 places as a whole number of its ninth place.
fn scaled(value: Decimal) -> i128 {
    i128::from(value.units()) * 10_i128.pow(u32::from(MEAN_DP.saturating_sub(value.dp())))
}

fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
