//! Lines of a bill whose amounts add up to what was drawn.

use std::fmt::Write as _;

use yibao_kernel::{Day, Fen};

use crate::draw::Draw;

/// Price of a day in bed.
const BED: i64 = 4_500;
/// A simple drug of class A; a drug of class B with a limit; dialysis, a stent, a service outside the catalogue.
const DRUG_A: (&str, i64) = ("D001", 1_200);
const DRUG_B: (&str, i64) = ("D002", 11_000);
const STENT: (&str, i64) = ("M001", 950_000);
const OUTSIDE: &str = "S003";
const TESTS: &str = "S004";

/// What the lines of a stay depend on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patterns {
    pub surgical: bool,
    pub level: &'static str,
}

/// One line: an item of the catalogue, or what the message states of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    item: &'static str,
    day: Option<Day>,
    quantity: i64,
    price: i64,
    class: &'static str,
    ratio: &'static str,
    limit: &'static str,
}

impl Line {
    const fn amount(&self) -> i64 {
        self.quantity * self.price
    }

    /// `line_id,item,day,quantity,price,amount,class,first_self_ratio,limit`.
    pub(super) fn columns(&self, number: usize, out: &mut String) -> std::fmt::Result {
        write!(out, "{number},{},", self.item)?;
        if let Some(day) = self.day {
            write!(out, "{day}")?;
        }
        writeln!(
            out,
            ",{},{},{},{},{},{}",
            self.quantity,
            Fen::new(self.price),
            Fen::new(self.amount()),
            self.class,
            self.ratio,
            self.limit
        )
    }
}

fn item(item: &'static str, quantity: i64, price: i64, day: Day) -> Line {
    Line { item, day: Some(day), quantity, price, ..Line::default() }
}

fn stated(class: &'static str, ratio: &'static str, price: i64, day: Day) -> Line {
    Line { class, ratio, day: Some(day), quantity: 1, price, ..Line::default() }
}

/// Takes lines from an amount until nothing is left.
struct Purse {
    left: i64,
    lines: Vec<Line>,
}

impl Purse {
    fn take(&mut self, line: Line) {
        if line.quantity > 0 && line.price > 0 && line.amount() <= self.left {
            self.left -= line.amount();
            self.lines.push(line);
        }
    }

    /// As many of a price as fit into so many thousandths of what is left.
    const fn fitting(&self, price: i64, thousandths: i64) -> i64 {
        self.left / 1000 * thousandths / price
    }

    /// What is left, as one line of class A.
    fn rest(mut self, day: Day) -> Vec<Line> {
        let left = self.left;
        self.take(stated("A", "", left, day));
        self.lines
    }
}

/// The lines of one bill of a stay of so many days.
pub(super) fn of_stay(amount: Fen, days: i64, day: Day, patterns: Patterns, draw: &mut Draw) -> Vec<Line> {
    let mut purse = Purse { left: amount.get(), lines: Vec::new() };
    purse.take(item("S001", days, if patterns.level == "level3" { BED + 2_000 } else { BED }, day));
    if patterns.surgical {
        purse.take(item(STENT.0, 1, STENT.1, day));
    }
    let tests = purse.left / 1000 * i64::from(draw.between(40, 110));
    purse.take(item(TESTS, 1, tests, day));
    purse.take(item(DRUG_B.0, purse.fitting(DRUG_B.1, 160), DRUG_B.1, day));
    purse.take(item(DRUG_A.0, purse.fitting(DRUG_A.1, 120), DRUG_A.1, day));
    if draw.chance(120) {
        let beauty = purse.left / 1000 * 15;
        purse.take(item(OUTSIDE, 1, beauty, day));
    }
    let class_b = purse.left / 1000 * i64::from(draw.between(200, 450));
    purse.take(stated("B", "0.10", class_b, day));
    if draw.chance(300) {
        let class_c = purse.left / 1000 * i64::from(draw.between(10, 60));
        purse.take(stated("C", "", class_c, day));
    }
    purse.rest(day)
}

/// The lines of a visit.
pub(super) fn of_visit(amount: Fen, drug: &'static str, price: i64, day: Day, draw: &mut Draw) -> Vec<Line> {
    let mut purse = Purse { left: amount.get(), lines: Vec::new() };
    let share = i64::from(draw.between(300, 700));
    purse.take(item(drug, purse.fitting(price, share).max(1), price, day));
    if draw.chance(400) {
        let class_b = purse.left / 3;
        purse.take(stated("B", "0.10", class_b, day));
    }
    purse.rest(day)
}
