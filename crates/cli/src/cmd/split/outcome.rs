//! What a bill or void came to, as rows of the files.

use std::fmt::Write as _;

use yibao_batch::settled::folder::hex;
use yibao_benefit::pack::{FundKind, GateOutcome};
use yibao_benefit::{Engine, Split};
use yibao_kernel::Fen;
use yibao_kernel::explain::Explanation;
use yibao_record::bill::Bill;

use super::house::By;
use super::output::{is_elsewhere, quoted};

/// Columns of `lines.csv`.
pub const LINES: &str = "bill_id,person_id,line,item,day,amount,full_self,over_limit,first_self,in_scope,route,review,\
     review_reason,voids";

/// Rows of the files that go by bills and voids.
#[derive(Default)]
pub struct Rows {
    /// Rows of `splits.csv`.
    pub splits: String,
    /// Rows of `lines.csv`.
    pub lines: String,
    /// Rows of `reasons.csv`.
    pub reasons: String,
}

impl Rows {
    /// Adds a bill or void: its row, its lines where they are wanted.
    pub fn split(&mut self, by: &By<'_>, row: &Row<'_>, bill: &Bill, split: &Split) {
        split_row(&mut self.splits, by.home, row, split);
        if by.lines {
            lines(&mut self.lines, by, row, bill, split);
        }
    }

    /// Adds the reasons of a bill: its person, the void after which it was split again, the steps.
    pub fn reason(&mut self, (bill, person, void): (&str, &str, &str), reasons: &Explanation) {
        let [bill, person, void] = [bill, person, void].map(quoted);
        // Writing to a String does not fail.
        let _ = writeln!(self.reasons, "{bill},{person},{void},{}", hex(reasons.bytes()));
    }

    /// Adds what comes after.
    pub fn append(&mut self, more: &Self) {
        self.splits.push_str(&more.splits);
        self.lines.push_str(&more.lines);
        self.reasons.push_str(&more.reasons);
    }
}

/// Rows of `lines.csv`: every line with its parts, which together are those of the row of `splits.csv`.
fn lines(to: &mut String, by: &By<'_>, row: &Row<'_>, bill: &Bill, split: &Split) {
    let (id, person, voids) = (quoted(row.id), quoted(row.person), quoted(row.voids));
    let care = by.care.filter(|_| is_elsewhere(by.home, &bill.institution.area)).unwrap_or(by.home);
    let gate = split.gate.and_then(|at| by.home.pack.gate.get(at)).map(|gate| gate.outcome);
    let routed = !matches!(gate, Some(GateOutcome::FullSelf | GateOutcome::Barred));
    let mut sums = [0_i64; 4];
    for (at, (line, one)) in bill.lines.iter().zip(&split.lines).enumerate() {
        let number = if line.id.is_empty() { (at + 1).to_string() } else { line.id.clone() };
        let (item, day) = (line.item.as_deref().unwrap_or(""), line.day.unwrap_or(bill.end));
        let parts = one.parts;
        let four = [parts.full_self, parts.over_limit, parts.first_self, parts.in_scope];
        let amount = Fen::new(four.iter().map(|part| part.get()).sum());
        // Writing to a String does not fail.
        let _ = write!(to, "{id},{person},{},{},{day},{amount}", quoted(&number), quoted(item));
        for (part, sum) in four.iter().zip(&mut sums) {
            let _ = write!(to, ",{part}");
            *sum += part.get();
        }
        let route = by.home.pack.route.get(one.route).filter(|_| routed).map_or("", |route| route.id.as_str());
        let why = if one.review { review_reason(care, item, day) } else { String::new() };
        let _ = writeln!(to, ",{route},{},{},{voids}", u8::from(one.review), quoted(&why));
    }
    let of_bill = split.parts;
    let whole = [of_bill.full_self, of_bill.over_limit, of_bill.first_self, of_bill.in_scope].map(Fen::get);
    assert!(sums == whole, "the lines come to the bill: {sums:?}, {whole:?}");
}

/// Why somebody has to look at a line: the text of its restriction, else the rule of items that exclude each other.
fn review_reason(care: &Engine, item: &str, day: yibao_kernel::Day) -> String {
    let found = care.catalogue.find(item, day, care.known).ok();
    let restriction = found.and_then(|(_, found)| care.pack.restriction.get(found.restriction.as_ref()?));
    let exclusive = care.pack.lines.exclusive.iter().find(|rule| rule.items.iter().any(|code| code == item));
    match (restriction, exclusive) {
        (Some(restriction), _) => restriction.text.clone(),
        (None, Some(rule)) => format!("[[lines.exclusive]] {}", rule.id),
        (None, None) => String::new(),
    }
}

/// Names of the amounts of a split.
pub fn columns(engine: &Engine) -> String {
    let funds: String = engine.funds.iter().map(|fund| format!("fund:{},", fund.id)).collect();
    format!("total,full_self,over_limit,first_self,in_scope,deductible,{funds}account,cash,recover")
}

/// The amounts of a split in the order of their columns.
fn amounts<'s>(engine: &Engine, split: &'s Split) -> impl Iterator<Item = Fen> + use<'s> {
    let public = |at: usize| engine.funds.get(at).is_some_and(|fund| fund.fund.kind == FundKind::Public);
    let paid = split.funds.iter().enumerate().filter(|(at, _)| split.advance && public(*at));
    let recover: i64 = paid.map(|(_, paid)| paid).sum();
    let parts = split.parts;
    [Fen::new(split.total), parts.full_self, parts.over_limit, parts.first_self, parts.in_scope, split.deductible()]
        .into_iter()
        .chain(split.funds.iter().map(|paid| Fen::new(*paid)))
        .chain([split.account(), Fen::new(split.cash), Fen::new(recover)])
}

/// What a row is about.
#[derive(Clone, Copy)]
pub struct Row<'r> {
    /// The bill or void.
    pub id: &'r str,
    /// Its person.
    pub person: &'r str,
    /// What it voids; empty for a bill.
    pub voids: &'r str,
    /// Whether a bill of the person was refused before it.
    pub after_refused: bool,
}

/// A row of `splits.csv`.
fn split_row(to: &mut String, engine: &Engine, row: &Row<'_>, split: &Split) {
    let Row { id, person, voids, after_refused } = *row;
    // Writing to a String does not fail.
    let _ = write!(to, "{},{},", quoted(id), quoted(person));
    amounts(engine, split).for_each(|amount| {
        let _ = write!(to, "{amount},");
    });
    let review = split.lines.iter().filter(|line| line.review).count();
    let mark = u8::from(engine.pack.benefit.is_illustrative());
    let _ = writeln!(to, "{review},{mark},{},{}", quoted(voids), u8::from(after_refused));
}

/// A row of `adjustments.csv`: the void, the bill, its person.
pub fn adjustment_row(
    to: &mut String,
    engine: &Engine,
    (void, bill, person): (&str, &str, &str),
    before: &Split,
    after: &Split,
) {
    // Writing to a String does not fail.
    let _ = write!(to, "{},{},{}", quoted(void), quoted(bill), quoted(person));
    for (after, before) in amounts(engine, after).zip(amounts(engine, before)) {
        let _ = write!(to, ",{}", Fen::new(after.get().saturating_sub(before.get())));
    }
    to.push('\n');
}
