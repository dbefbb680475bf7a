//! A catalogue from past stays (spec §2.2, §2.3).
//!
//! Pairs of diagnosis and procedure set with enough cases are core groups, national ones first; what is left merges into
//! comprehensive groups by treatment type; what is still too small goes to the blank row. Stays are then matched to the
//! rows by the rules by which they will be paid, rows that lose their cases that way are taken out, and the points come
//! from the matched stays through the same weight run as DRG weights.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use rustc_hash::FxHashMap;
use yibao_grouping::dip::{
    Catalogue, Code, CoreBound, Diagnoses, DipCase, Expression, Fallback, Header, Kind, ProcedureTypes, Row, Treatment,
};
use yibao_kernel::{Decimal, Fen, Mode, Ratio, RatioError};
use yibao_payment::weigh::table::WeightTable;
use yibao_payment::weigh::{WeighError, stability};
use yibao_policy::Diagnostics;
use yibao_policy::source::{Document, SourceRef};

use super::gather::{Gathered, Pair};
use super::plan::{BuildPlan, KeyList};
use super::publish;

/// Times rows are taken out and stays matched again at most.
const ROUNDS_MAX: usize = 12;

/// Why no catalogue was made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The numbers cannot be made.
    #[error(transparent)]
    Weigh(#[from] WeighError),
    /// A number does not fit.
    #[error(transparent)]
    Ratio(#[from] RatioError),
    /// The rows contradict each other.
    #[error("{0}")]
    Rows(Diagnostics),
    /// A plan that cannot be carried out.
    #[error("{what}\n  hint: {hint}")]
    Plan {
        /// What is wrong.
        what: String,
        /// What to do.
        hint: &'static str,
    },
}

/// A catalogue made from stays.
#[derive(Debug)]
pub struct Built {
    /// The rows with their numbers.
    pub rows: Vec<Row>,
    /// What the catalogue states about itself.
    pub header: Header,
    /// Types of the procedures that stays hold.
    pub types: ProcedureTypes,
    /// The weight run behind the points.
    pub weights: WeightTable,
    /// Procedures of stays without a type, with the stays that hold them.
    pub untyped: Vec<(String, u64)>,
    /// Stays of the data years.
    pub stays: u64,
    /// Stays outside the data years.
    pub outside_years: u64,
    /// Stays in no group.
    pub without_group: u64,
    /// Stays decided by the catalogue's order.
    pub ties: u64,
    /// Rounds of matching.
    pub rounds: usize,
}

/// A diagnosis with a set of typed procedures.
type Cell = (Code, Vec<Code>);

/// What a pair comes to.
struct Reduced {
    cell: Cell,
    treatment: Treatment,
}

struct Builder<'a> {
    plan: &'a BuildPlan,
    gathered: &'a Gathered,
    types: &'a ProcedureTypes,
    pairs: Vec<Option<Reduced>>,
    /// Per pair: stays of the data years.
    counts: Vec<u64>,
    /// Per pair: their cost.
    costs: Vec<i128>,
}

/// Makes a catalogue.
///
/// # Errors
/// [`BuildError`]; nothing is made.
pub fn build(
    plan: &BuildPlan,
    gathered: &Gathered,
    types: &ProcedureTypes,
    national: &KeyList,
    primary_care: &KeyList,
    threads: NonZeroUsize,
) -> Result<Built, BuildError> {
    check(plan)?;
    let builder = Builder::new(plan, gathered, types);
    let rows = builder.core_rows(national, primary_care);
    let rows = builder.with_comprehensive(rows);
    let (rows, matched, rounds) = builder.settle(rows)?;
    let stays = builder.counts.iter().sum();
    let mut built = publish::publish(plan, gathered, rows, &matched.rows, threads)?;
    built.types = types.clone();
    built.untyped = builder.untyped();
    built.stays = stays;
    built.outside_years = gathered.stays.len() as u64 - stays;
    built.without_group = matched.without;
    built.ties = matched.ties;
    built.rounds = rounds;
    Ok(built)
}

fn check(plan: &BuildPlan) -> Result<(), BuildError> {
    let refuse = |what: String, hint| Err(BuildError::Plan { what, hint });
    if !(3..=16).contains(&plan.dx_length) || !(1..=plan.dx_length).contains(&plan.comprehensive_dx_length) {
        let what = format!("diagnoses of {} and {} characters", plan.dx_length, plan.comprehensive_dx_length);
        return refuse(what, "dx_length is 3 to 16 (usually 5), comprehensive_dx_length at most that (usually 3)");
    }
    if plan.core.cases == 0 {
        return refuse("a core group of 0 cases".to_owned(), "write [build.core] cases = 15 or another number above 0");
    }
    Ok(())
}

/// Where every pair's stays go.
pub(super) struct Matched {
    /// Per pair: its row, unless it has none.
    pub rows: Vec<Option<u32>>,
    /// Per row: stays of the data years.
    pub counts: Vec<u64>,
    /// Stays of the data years without a row.
    pub without: u64,
    /// Stays whose row the order decided.
    pub ties: u64,
}

/// Whether so many cases make a group: the decision of the catalogue kind (spec §2.2).
fn enough(cases: u64, bound: CoreBound) -> bool {
    stability::catalogue_kind(cases, bound.cases, bound.inclusive) == stability::CatalogueKind::Core
}

impl<'a> Builder<'a> {
    fn new(plan: &'a BuildPlan, gathered: &'a Gathered, types: &'a ProcedureTypes) -> Self {
        let pairs = gathered.pairs.iter().map(|pair| reduce(plan, types, pair)).collect();
        let mut counts = vec![0; gathered.pairs.len()];
        let mut costs = vec![0; gathered.pairs.len()];
        for stay in gathered.stays.iter().filter(|stay| counts_year(plan, stay.year)) {
            if let (Some(count), Some(cost)) = (counts.get_mut(stay.pair as usize), costs.get_mut(stay.pair as usize)) {
                *count += 1;
                *cost += i128::from(stay.cost.get());
            }
        }
        Self { plan, gathered, types, pairs, counts, costs }
    }

    /// National core groups that have a case, then pairs with enough cases that are not among them.
    fn core_rows(&self, national: &KeyList, primary_care: &KeyList) -> Vec<Row> {
        let mut cells: BTreeMap<&Cell, (u64, i128)> = BTreeMap::new();
        for ((pair, count), cost) in self.pairs.iter().zip(&self.counts).zip(&self.costs) {
            let Some(pair) = pair else { continue };
            let cell = cells.entry(&pair.cell).or_default();
            *cell = (cell.0 + count, cell.1 + cost);
        }
        let primary: BTreeSet<(Code, Expression)> =
            primary_care.rows.iter().map(|row| (row.dx, row.procedures.sorted())).collect();
        let mut rows: Vec<Row> = Vec::new();
        let mut taken: BTreeSet<(Code, Expression)> = BTreeSet::new();
        // `line` marks the rows of the national list while the catalogue is made.
        let mut push =
            |line: u32, dx: Code, procedures: Expression, code: String, name: &str, mean: Option<Decimal>| {
                let key = (dx, procedures.sorted());
                let kind = if primary.contains(&key) { Kind::PrimaryCare } else { Kind::Core };
                if taken.insert(key) {
                    rows.push(Row {
                        name: name.to_owned(),
                        line,
                        ..row(code, kind, Diagnoses::Prefix(dx), procedures, mean)
                    });
                }
            };
        for listed in &national.rows {
            let own = cells.get(&cell_of(listed.dx, &listed.procedures)).copied();
            let code =
                if listed.code.is_empty() { core_code(listed.dx, &listed.procedures) } else { listed.code.clone() };
            push(1, listed.dx, listed.procedures.clone(), code, &listed.name, own.and_then(mean_of));
        }
        for (cell, (cases, cost)) in &cells {
            if enough(*cases, self.plan.core) {
                let expression = Expression { terms: cell.1.iter().map(|code| vec![*code]).collect() };
                let code = core_code(cell.0, &expression);
                push(0, cell.0, expression, code, "", mean_of((*cases, *cost)));
            }
        }
        rows
    }

    /// Comprehensive rows for every diagnosis and treatment type that a stay has, and the blank row.
    fn with_comprehensive(&self, mut rows: Vec<Row>) -> Vec<Row> {
        let mut wanted: BTreeSet<(Code, Treatment)> = BTreeSet::new();
        for (pair, count) in self.pairs.iter().zip(&self.counts) {
            if let Some(pair) = pair.as_ref().filter(|_| *count > 0) {
                wanted.insert((pair.cell.0.cut(self.plan.comprehensive_dx_length), pair.treatment));
            }
        }
        for (dx, treatment) in wanted {
            let code = format!("{dx}:{}", treatment.word());
            let made = row(code, Kind::Comprehensive, Diagnoses::Prefix(dx), Expression::default(), None);
            rows.push(Row { treatment: Some(treatment), ..made });
        }
        if let Some(code) = &self.plan.blank_row {
            rows.push(row(code.clone(), Kind::Fallback, Diagnoses::Any, Expression::default(), None));
        }
        rows
    }

    /// Matches the stays, takes out rows with too few of them, and matches again until nothing changes.
    fn settle(&self, mut rows: Vec<Row>) -> Result<(Vec<Row>, Matched, usize), BuildError> {
        for round in 1..=ROUNDS_MAX {
            let matched = self.matched(&rows)?;
            let keeps = |row: &Row, cases: u64| match row.kind {
                // A national group stands as long as it has a case; taking it out is for the list.
                Kind::Core | Kind::PrimaryCare if row.line > 0 => cases > 0,
                Kind::Core | Kind::PrimaryCare => enough(cases, self.plan.core),
                Kind::Comprehensive => cases > 0 && enough(cases, self.plan.comprehensive),
                Kind::Fallback => true,
            };
            let before = rows.len();
            let mut counts = matched.counts.iter();
            let kept: Vec<Row> =
                rows.iter().filter(|row| keeps(row, counts.next().copied().unwrap_or(0))).cloned().collect();
            if kept.len() == before || round == ROUNDS_MAX {
                return Ok((rows, matched, round));
            }
            rows = kept;
        }
        Err(BuildError::Plan { what: "the rows do not settle".to_owned(), hint: "raise [build.core] cases" })
    }

    fn matched(&self, rows: &[Row]) -> Result<Matched, BuildError> {
        let catalogue = Catalogue::of_rows(header(self.plan, Decimal::new(1, 0)), rows.to_vec(), self.types.clone())
            .map_err(BuildError::Rows)?;
        let mut matcher = catalogue.matcher();
        let mut matched = Matched { rows: Vec::new(), counts: vec![0; rows.len()], without: 0, ties: 0 };
        for ((pair, count), cost) in self.gathered.pairs.iter().zip(&self.counts).zip(&self.costs) {
            // The criteria that read a cost read the pair's mean, so that a pair goes to one row.
            let cost = mean_fen(*count, *cost);
            let case =
                DipCase { dx: pair.dx.as_bytes(), procedures: pair.procedures.as_bytes(), cost, ..DipCase::default() };
            let answer = matcher.assign(&case);
            matched.rows.push(answer.row);
            match answer.row.and_then(|row| matched.counts.get_mut(row as usize)) {
                Some(total) => *total += count,
                None => matched.without += count,
            }
            matched.ties += if answer.tie { *count } else { 0 };
        }
        Ok(matched)
    }

    fn untyped(&self) -> Vec<(String, u64)> {
        let mut found: FxHashMap<String, u64> = FxHashMap::default();
        for (pair, count) in self.gathered.pairs.iter().zip(&self.counts) {
            for code in pair.procedures.split('|').filter(|code| !code.is_empty()) {
                let known = Code::fold(code.as_bytes()).is_some_and(|code| self.types.contains_key(&code));
                if !known {
                    *found.entry(code.to_ascii_uppercase()).or_default() += count;
                }
            }
        }
        let mut found: Vec<(String, u64)> = found.into_iter().collect();
        found.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
        found
    }
}

/// Whether a year counts.
pub(super) fn counts_year(plan: &BuildPlan, year: i32) -> bool {
    plan.years.iter().any(|known| known.year == year && !known.weight.is_zero())
}

/// The cell of a pair: the diagnosis cut, the procedures that have a type, each once, in ascending order.
fn reduce(plan: &BuildPlan, types: &ProcedureTypes, pair: &Pair) -> Option<Reduced> {
    let dx = Code::fold(pair.dx.as_bytes())?.cut(plan.dx_length);
    let mut set: Vec<Code> = Vec::new();
    let mut treatment = Treatment::Conservative;
    for code in pair.procedures.split('|').filter_map(|code| Code::fold(code.as_bytes())) {
        let Some(found) = types.get(&code).filter(|found| **found != Treatment::Conservative) else { continue };
        treatment = treatment.min(*found);
        set.push(code);
    }
    set.sort_unstable();
    set.dedup();
    set.truncate(yibao_grouping::dip::PARTS_MAX);
    Some(Reduced { cell: (dx, set), treatment })
}

/// The cell of a list row, when its expression is a plain set.
fn cell_of(dx: Code, procedures: &Expression) -> Cell {
    let mut set: Vec<Code> = procedures.codes().collect();
    set.sort_unstable();
    (dx, set)
}

fn core_code(dx: Code, procedures: &Expression) -> String {
    if procedures.is_empty() { dx.to_string() } else { format!("{dx}:{procedures}") }
}

fn mean_fen(cases: u64, cost: i128) -> Option<Fen> {
    let mean = Ratio::new(cost, i128::from(cases)).ok()?;
    mean.to_fen(Mode::HalfUp).ok()
}

fn mean_of((cases, cost): (u64, i128)) -> Option<Decimal> {
    mean_fen(cases, cost).map(|fen| Decimal::new(fen.get(), 2))
}

/// A row with a provisional mean, which the criteria that read means and points go by.
fn row(code: String, kind: Kind, dx: Diagnoses, procedures: Expression, mean: Option<Decimal>) -> Row {
    Row {
        code,
        name: String::new(),
        kind,
        dx,
        procedures,
        treatment: None,
        points: mean,
        mean,
        cases: None,
        cv: None,
        los_days: None,
        line: 0,
    }
}

/// What the catalogue states about itself.
pub(super) fn header(plan: &BuildPlan, mean: Decimal) -> Header {
    let document =
        Document { document: plan.document.clone(), fictional: plan.document.is_none(), ..Document::default() };
    Header {
        id: plan.id.clone(),
        title: plan.title.clone(),
        version: plan.version.clone(),
        from: plan.from,
        until: plan.until,
        scale: plan.scale,
        mean,
        criteria: plan.criteria.clone(),
        kinds_order: None,
        fallback: match &plan.blank_row {
            Some(group) => Fallback::BlankRow { group: group.clone() },
            None => Fallback::Refuse {},
        },
        core: Some(plan.core),
        trust: plan.trust,
        source: SourceRef::Document(Box::new(document)),
    }
}
