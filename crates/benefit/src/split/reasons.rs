//! Why a line has the parts it has, as steps of the explanation.

use yibao_catalogue::Outcome;
use yibao_kernel::{Decimal, Fen, Ratio};
use yibao_record::bill::{Class, Declared, Line, Parts};

use super::Run;
use super::outcome::LineSplit;
use crate::plan::Engine;
use crate::plan::lines::LineRules;

/// How a line came to its parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct LineWhy {
    /// Class after restrictions and rules across lines; `None` when the parts were given.
    pub class: Option<Class>,
    /// First self-pay ratio and limit of one unit.
    pub terms: (Option<Ratio>, Option<Decimal>),
    /// What its restriction came to.
    pub restricted: Option<Outcome>,
    /// The rule across lines that put it out or limited it.
    pub by: Option<yibao_kernel::explain::RuleId>,
}

impl Run<'_> {
    /// Every line with its parts and their reasons. Rules of another pack are not in this pack's book: its lines are told
    /// without their documents, under the name of that pack.
    pub(super) fn write_lines(&mut self, care: &Engine) {
        let Some(writer) = &mut self.writer else { return };
        let home = std::ptr::eq(self.engine, care);
        if !home {
            writer.step(self.engine.common.care).text(&care.pack.benefit.id).text(care.hash.get(..12).unwrap_or(""));
        }
        for (at, (line, split)) in self.bill.lines.iter().zip(&self.out.lines).enumerate() {
            let day = line.day.unwrap_or(self.bill.end);
            let rules = match care.plan(day) {
                Some(plan) if home => plan.lines.rules,
                _ => self.engine.common.lines,
            };
            parts(writer, care, home, rules, (at, line, split));
            reasons(writer, care, home, rules, (line, split));
        }
        let mut sum = Parts::default();
        for LineSplit { parts, .. } in &self.out.lines {
            let plus = |a: Fen, b: Fen| Fen::new(a.get().saturating_add(b.get()));
            sum.full_self = plus(sum.full_self, parts.full_self);
            sum.over_limit = plus(sum.over_limit, parts.over_limit);
            sum.first_self = plus(sum.first_self, parts.first_self);
            sum.in_scope = plus(sum.in_scope, parts.in_scope);
        }
        self.write_bill(sum);
    }

    /// The bill and its four parts.
    pub(super) fn write_bill(&mut self, parts: Parts) {
        if let Some(writer) = &mut self.writer {
            writer
                .step(self.engine.common.bill)
                .fen(self.bill.amount)
                .fen(parts.full_self)
                .fen(parts.over_limit)
                .fen(parts.first_self)
                .fen(parts.in_scope);
        }
    }
}

/// The line and its four parts.
fn parts(
    writer: &mut yibao_kernel::explain::Writer<'_>,
    care: &Engine,
    home: bool,
    rules: LineRules,
    (at, line, split): (usize, &Line, &LineSplit),
) {
    let number;
    let id = if line.id.is_empty() {
        number = (at + 1).to_string();
        &number
    } else {
        &line.id
    };
    let step = writer.step(rules.line).text(id);
    let item = split.item.and_then(|at| usize::try_from(at).ok());
    match item.and_then(|at| Some((care.item_names.get(at)?, care.catalogue.items().get(at)?))) {
        Some((symbol, _)) if home => step.symbol(*symbol),
        Some((_, item)) => step.text(&format!("{} {}", item.code, item.name)),
        None => step.text(line.item.as_deref().unwrap_or("")),
    };
    let class = match split.why.class {
        Some(Class::A) => "甲 A",
        Some(Class::B) => "乙 B",
        Some(Class::C) => "丙或自费 C",
        None => "已列明 as stated",
    };
    let four = split.parts;
    step.text(class).fen(line.amount).fen(four.full_self).fen(four.over_limit).fen(four.first_self).fen(four.in_scope);
}

/// What took something off the line.
fn reasons(
    writer: &mut yibao_kernel::explain::Writer<'_>,
    care: &Engine,
    home: bool,
    rules: LineRules,
    (line, split): (&Line, &LineSplit),
) {
    let why = &split.why;
    if let Some(outcome) = why.restricted {
        let item = split.item.and_then(|at| usize::try_from(at).ok()).and_then(|at| care.catalogue.items().get(at));
        let id = item.and_then(|item| item.restriction.as_deref()).unwrap_or("");
        let text = care.pack.restriction.get(id).map_or("", |restriction| restriction.text.as_str());
        let outcome = match outcome {
            Outcome::In => "符合 met",
            Outcome::Out => "不符合，全自费 not met, full self-pay",
            Outcome::Review => "待审核 needs review",
        };
        let declared = match line.declared {
            Declared::Nothing => "未申报 not declared",
            Declared::Met => "医生申报符合 declared as met",
            Declared::SelfPay => "医生申报自费 declared as self-pay",
        };
        writer.step(rules.restricted).text(text).text(outcome).text(declared);
    } else if line.declared == Declared::SelfPay && why.class == Some(Class::C) {
        writer.step(rules.declared);
    }
    if let (Some(rule), true) = (why.by, home) {
        writer.step(rule);
    }
    if let (Some(price), true) = (why.terms.1, split.parts.over_limit > Fen::ZERO) {
        writer.step(rules.limit).decimal(price).decimal(line.quantity).fen(split.parts.over_limit);
    }
    if let (Some(ratio), Some(Class::B)) = (why.terms.0, why.class) {
        writer.step(rules.first).ratio(ratio).fen(split.parts.first_self);
    }
}
