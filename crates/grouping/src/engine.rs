//! The scheme made fast.
//!
//! Every rule, its gate folded in, is one bit; bits stand in the order of decision. Three rows
//! of bits say which rules are still possible: one by the class of the principal diagnosis, one
//! by the class of the principal procedure, one by sex and age. Their intersection leaves few
//! rules, often one, and the conjuncts that these rows decide completely are not looked at
//! again. Only the rest of a condition (lists of codes, weights, ...) is evaluated per case.

use std::ops::Range;

use crate::bits::Bits;
use crate::expression::{Expr, Field, Look};
use crate::membership::Membership;
use crate::model::Model;

/// Rules per line of bits.
pub(crate) const RULES_PER_LINE: usize = 64 * SUMMARY;

/// Place of the summary in a line.
const SUMMARY: usize = 7;

/// 448 rules: one line of the processor's cache. The last word says which of the other seven
/// are not empty.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Line([u64; 8]);

impl Line {
    const EMPTY: Self = Self([0; 8]);

    /// Adds a rule of this line.
    fn mark(&mut self, rule: usize) {
        let word = rule / 64;
        assert!(word < SUMMARY, "a rule of this line");
        self.0[word] |= 1 << (rule % 64);
        self.0[SUMMARY] |= 1 << word;
    }

    /// The words in which all three lines may have a rule, as bits.
    #[inline]
    pub(crate) fn words(a: &Self, b: &Self, c: &Self) -> u64 {
        a.0[SUMMARY] & b.0[SUMMARY] & c.0[SUMMARY]
    }

    /// The rules that a word of all three lines has, as bits.
    #[inline]
    pub(crate) fn rules(a: &Self, b: &Self, c: &Self, word: usize) -> u64 {
        // `word` is at most 7; the mask says so to the compiler.
        let word = word & 7;
        a.0[word] & b.0[word] & c.0[word]
    }
}

/// What is known about a case before its lists are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The class of the principal diagnosis.
    Dx,
    /// The class of the principal procedure; one cell past the classes: no procedure.
    Proc,
    /// Sex and the span of the age.
    Patient,
}

const SOURCES: [Source; 3] = [Source::Dx, Source::Proc, Source::Patient];

/// A rule as the decision needs it, small.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleHead {
    pub mdc: u8,
    /// Whether the rows of bits leave something of its own condition open.
    pub open: bool,
    first_row: u16,
    end_row: u16,
}

impl RuleHead {
    /// Its DRG rows.
    #[inline]
    pub(crate) fn rows(self) -> Range<usize> {
        usize::from(self.first_row)..usize::from(self.end_row)
    }
}

/// A row's condition; the common ones without a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowTest {
    Always,
    Mcc,
    MccOrCc,
    /// The condition of the model.
    Other,
}

/// The compiled scheme.
#[derive(Debug)]
pub(crate) struct Engine {
    /// Lines per row of bits.
    pub lines: usize,
    pub by_dx: Vec<Line>,
    /// The last row is for cases without a procedure.
    pub by_proc: Vec<Line>,
    /// Sex times spans of age.
    pub by_patient: Vec<Line>,
    /// Ages at which some condition changes.
    pub age_cuts: Vec<i32>,
    /// What the rows of bits leave open of each gate.
    pub gates: Vec<Option<Expr>>,
    pub rules: Vec<RuleHead>,
    /// What the rows of bits leave open of each rule's own condition.
    pub rests: Vec<Option<Expr>>,
    /// Per row of the model.
    pub rows: Vec<RowTest>,
    pub membership: Membership,
}

impl Engine {
    /// Compiles the model.
    pub(crate) fn new(model: &Model) -> Self {
        let membership = Membership::new(model);
        let builder = Builder { model, membership: &membership, age_cuts: age_cuts(model) };
        let mut possible = SOURCES.map(|_| vec![Bits::none(0); model.rules.len()]);
        let mut gates = Vec::with_capacity(model.mdcs.len());
        let mut rules = Vec::with_capacity(model.rules.len());
        let mut rests = Vec::with_capacity(model.rules.len());
        for (number, mdc) in model.mdcs.iter().enumerate() {
            let (gate_bits, gate_rest) = builder.split(&mdc.gate);
            gates.push(gate_rest);
            for at in mdc.rules.clone() {
                let Some(rule) = model.rules.get(at) else { continue };
                let (bits, rest) = builder.split(&rule.condition);
                for ((rules, own), gate) in possible.iter_mut().zip(bits).zip(&gate_bits) {
                    if let Some(place) = rules.get_mut(at) {
                        *place = own.and(gate);
                    }
                }
                let narrow = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
                rules.push(RuleHead {
                    mdc: u8::try_from(number).unwrap_or(u8::MAX),
                    open: rest.is_some(),
                    first_row: narrow(rule.rows.start),
                    end_row: narrow(rule.rows.end),
                });
                rests.push(rest);
            }
        }
        assert!(rules.len() == model.rules.len(), "every rule belongs to an MDC");
        let lines = model.rules.len().div_ceil(RULES_PER_LINE).max(1);
        let [dx, proc, patient] = &possible;
        let by_dx = turn(dx, builder.cells(Source::Dx), lines);
        let by_proc = turn(proc, builder.cells(Source::Proc), lines);
        let by_patient = turn(patient, builder.cells(Source::Patient), lines);
        let test = |row: &crate::model::Row| match model.conditions.get(usize::from(row.condition)) {
            Some(condition) => row_test(&condition.expr),
            None => RowTest::Other,
        };
        let rows = model.rows.iter().map(test).collect();
        let age_cuts = builder.age_cuts;
        Self { lines, by_dx, by_proc, by_patient, age_cuts, gates, rules, rests, rows, membership }
    }
}

fn row_test(expr: &Expr) -> RowTest {
    match expr {
        Expr::True => RowTest::Always,
        Expr::Mcc => RowTest::Mcc,
        Expr::Or(parts) if matches!(parts.as_slice(), [Expr::Mcc, Expr::Cc]) => RowTest::MccOrCc,
        _ => RowTest::Other,
    }
}

/// Ages at which a gate or rule changes: `age op value` changes at value and value + 1.
fn age_cuts(model: &Model) -> Vec<i32> {
    let mut cuts = std::collections::BTreeSet::new();
    let gates = model.mdcs.iter().map(|mdc| &mdc.gate);
    for expr in gates.chain(model.rules.iter().map(|rule| &rule.condition)) {
        expr.walk(&mut |part| {
            if let Expr::Number(Field::Age, _, value) = part {
                cuts.insert(*value);
                cuts.insert(value.saturating_add(1));
            }
        });
    }
    cuts.into_iter().collect()
}

/// Rows of bits, cell by cell, from the possible cells of each rule.
fn turn(rules: &[Bits], cells: usize, lines: usize) -> Vec<Line> {
    let mut base = vec![Line::EMPTY; lines];
    for (rule, possible) in rules.iter().enumerate() {
        if possible.is_all() {
            mark(&mut base, 0, rule);
        }
    }
    let mut rows = base.repeat(cells);
    for (rule, possible) in rules.iter().enumerate().filter(|(_, possible)| !possible.is_all()) {
        for cell in possible.iter() {
            mark(&mut rows, cell * lines, rule);
        }
    }
    rows
}

fn mark(rows: &mut [Line], first: usize, rule: usize) {
    if let Some(line) = rows.get_mut(first + rule / RULES_PER_LINE) {
        line.mark(rule % RULES_PER_LINE);
    }
}

/// Cells for which a condition may hold, and for which it holds whatever else is true.
struct Span {
    may: Bits,
    must: Bits,
}

struct Builder<'a> {
    model: &'a Model,
    membership: &'a Membership,
    age_cuts: Vec<i32>,
}

impl Builder<'_> {
    fn cells(&self, source: Source) -> usize {
        match source {
            Source::Dx => self.model.dx.class_sets.len(),
            Source::Proc => self.model.proc.class_sets.len() + 1,
            Source::Patient => 4 * spans(&self.age_cuts),
        }
    }

    /// The cells of each source for which the condition may hold, and what is left to test.
    fn split(&self, expr: &Expr) -> ([Bits; 3], Option<Expr>) {
        let mut may = SOURCES.map(|source| Bits::all(self.cells(source)));
        let mut conjuncts = Vec::new();
        expr.conjuncts(&mut conjuncts);
        let mut rest = Vec::new();
        for conjunct in conjuncts {
            let mut decided = false;
            for (may, source) in may.iter_mut().zip(SOURCES) {
                let span = self.span(conjunct, source);
                decided |= span.may == span.must;
                *may = span.may.and(may);
            }
            if !decided {
                rest.push(conjunct.clone());
            }
        }
        let rest = match rest.len() {
            0 => None,
            1 => rest.pop(),
            _ => Some(Expr::And(rest)),
        };
        (may, rest)
    }

    fn span(&self, expr: &Expr, source: Source) -> Span {
        let cells = self.cells(source);
        let all = || Bits::all(cells);
        let none = || Bits::none(cells);
        match expr {
            Expr::True => Span { may: all(), must: all() },
            Expr::False => Span { may: none(), must: none() },
            Expr::And(parts) => self.fold(parts, source, all, Bits::and),
            Expr::Or(parts) => self.fold(parts, source, none, Bits::or),
            Expr::Not(part) => {
                let Span { may, must } = self.span(part, source);
                Span { may: must.not(), must: may.not() }
            }
            Expr::Member(look, set) => self.member(*look, *set, source),
            Expr::Prefix(prefix) if source == Source::Dx => {
                let classes = self.model.dx.class_prefixes.iter().enumerate();
                let mut must = none();
                classes.filter(|(_, p)| *p >> prefix & 1 == 1).for_each(|(c, _)| must.insert(c));
                Span { may: all(), must }
            }
            Expr::Number(Field::Age, sign, value) if source == Source::Patient => {
                self.exact(|_, age| age.is_some_and(|age| sign.holds(age, *value)))
            }
            Expr::Male(male) if source == Source::Patient => self.exact(|sex, _| sex == if *male { 1 } else { 2 }),
            _ => Span { may: all(), must: none() },
        }
    }

    fn fold(
        &self,
        parts: &[Expr],
        source: Source,
        start: impl Fn() -> Bits,
        join: impl Fn(Bits, &Bits) -> Bits,
    ) -> Span {
        let start = Span { may: start(), must: start() };
        parts
            .iter()
            .map(|part| self.span(part, source))
            .fold(start, |joined, span| Span { may: join(joined.may, &span.may), must: join(joined.must, &span.must) })
    }

    fn member(&self, look: Look, set: u16, source: Source) -> Span {
        let cells = self.cells(source);
        let (all, none) = (Bits::all(cells), Bits::none(cells));
        let own = || self.membership.bits(self.model, set, cells);
        match (source, look) {
            (Source::Dx, Look::FirstDx) | (Source::Proc, Look::FirstProc) => Span { may: own(), must: own() },
            (Source::Dx, Look::AnyDx) => Span { may: all, must: own() },
            (Source::Proc, Look::AnyProc | Look::LaterProc) => {
                // Without a principal procedure there is no other either.
                let mut absent = Bits::none(cells);
                absent.insert(cells - 1);
                let must = if look == Look::AnyProc { own() } else { none };
                Span { may: absent.not(), must }
            }
            _ => Span { may: all, must: none },
        }
    }

    /// A span that sex and age decide: `holds(sex, age)`.
    fn exact(&self, holds: impl Fn(usize, Option<i32>) -> bool) -> Span {
        let spans = spans(&self.age_cuts);
        let mut must = Bits::none(4 * spans);
        for sex in 0..4 {
            for span in 0..spans {
                if holds(sex, age_inside(&self.age_cuts, span)) {
                    must.insert(sex * spans + span);
                }
            }
        }
        Span { may: must.clone(), must }
    }
}

/// Spans of age: before the first cut, from each cut on, and no age at all.
pub(crate) fn spans(cuts: &[i32]) -> usize {
    cuts.len() + 2
}

/// The span of an age; the last one stands for a missing age.
#[inline]
pub(crate) fn age_span(cuts: &[i32], age: Option<i32>) -> usize {
    match age {
        Some(age) => cuts.iter().map(|&cut| usize::from(age >= cut)).sum(),
        None => cuts.len() + 1,
    }
}

/// An age inside a span, `None` for the last.
fn age_inside(cuts: &[i32], span: usize) -> Option<i32> {
    match span.checked_sub(1) {
        // With no cuts every age is alike.
        None => Some(cuts.first().map_or(0, |cut| cut.saturating_sub(1))),
        Some(at) => cuts.get(at).copied(),
    }
}
