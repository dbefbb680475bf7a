//! Amounts, prices, factors, floors: exactly one source each.

use yibao_kernel::explain::{Rule, RuleId};
use yibao_kernel::piecewise::{Bound, Piecewise};
use yibao_kernel::{Fen, Ratio};
use yibao_policy::Path;
use yibao_policy::stated::Stated;

use super::Compiler;
use super::case_verbs::RATIOS;
use super::fields::Known;
use super::methods::MethodState;
use super::rule_words::plain;
use crate::pack::case_step;
use crate::pack::step::{FactorStep, PriceStep};
use crate::plan::table::Unit as TableUnit;
use crate::plan::{AmountFrom, AtLeast, Factor, FactorFrom, FieldRef, NumberOf, PriceFrom, PriceLine, Unit};

impl Compiler<'_> {
    /// A table of amounts, or one amount; exactly one is stated.
    pub(super) fn amount(
        &mut self,
        table: Option<&String>,
        (value, key): (Option<&Stated<Fen>>, &str),
        what: &str,
        path: &Path,
    ) -> Option<AmountFrom> {
        match (table, value) {
            (Some(table), None) => self.table(table, &path.key("table"), &[TableUnit::Fen]).map(AmountFrom::Table),
            (None, Some(value)) => self.stated(value, &path.key(key)).map(AmountFrom::Value),
            _ => {
                self.error(
                    path,
                    format!("{what} has none or both of `table` and `{key}`"),
                    "state exactly one of them",
                );
                None
            }
        }
    }

    /// An amount that may not fall below zero, or not be zero either.
    pub(super) fn not_below(&mut self, amount: AmountFrom, zero: bool, what: &str, path: &Path) {
        let AmountFrom::Value(value) = amount else { return };
        if value.is_negative() || (value.is_zero() && !zero) {
            let is_not = if zero { "is negative" } else { "is not positive" };
            self.error(path, format!("{what} {value} {is_not}"), "state yuan, like \"380.00\"");
        }
    }

    pub(super) fn price(&mut self, step: &PriceStep, path: &Path, rule: RuleId) -> Option<PriceFrom> {
        if let Some(lines) = &step.lines {
            if step.table.is_some() || step.value.is_some() {
                self.error(
                    path,
                    "price has `lines` beside `table` or `value`",
                    "state the rate as one more line, or take the lines away",
                );
                return None;
            }
            return self.price_lines(lines, &path.key("lines"), rule);
        }
        let from = self.amount(step.table.as_ref(), (step.value.as_ref(), "value"), "price", path)?;
        if let AmountFrom::Value(value) = from
            && (value.is_negative() || value.is_zero())
        {
            self.error(&path.key("value"), format!("the rate {value} is not positive"), "state yuan per weight");
        }
        Some(PriceFrom::One(from))
    }

    fn price_lines(&mut self, lines: &[case_step::PriceLine], path: &Path, rule: RuleId) -> Option<PriceFrom> {
        if lines.is_empty() {
            self.error(path, "price has no lines", "state at least one { id, title, value }");
            return None;
        }
        let of_step = self.book.rules().get(rule.0 as usize).cloned();
        let mut compiled = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let here = path.at(index);
            if lines.iter().take(index).any(|earlier| earlier.id == line.id) {
                self.error(&here.key("id"), format!("two lines are called \"{}\"", line.id), "give each its own id");
                return None;
            }
            let from =
                self.amount(line.table.as_ref(), (line.value.as_ref(), "value"), "a line of the price", &here)?;
            self.not_below(from, true, "the line", &here.key("value"));
            let (zh, en) = line
                .title
                .as_ref()
                .map_or_else(|| (plain(&line.id), plain(&line.id)), |title| (plain(&title.zh), plain(&title.en)));
            let (id, source) = of_step.as_ref().map_or_else(Default::default, |of| (of.id.clone(), of.source.clone()));
            let rule = Rule {
                id: format!("{id}#{}", line.id),
                zh: format!("{zh} {{0}} 元"),
                en: format!("{en} {{0}}"),
                source,
            };
            compiled.push(PriceLine { rule: self.rule(rule, &here), from });
        }
        Some(PriceFrom::Lines(compiled))
    }

    pub(super) fn factor(&mut self, step: &FactorStep, path: &Path, state: &mut MethodState) -> Option<Factor> {
        let family = step.family.as_ref().map(|family| {
            let at = state.families.iter().position(|known| known == family).unwrap_or_else(|| {
                state.families.push(family.clone());
                state.families.len() - 1
            });
            u8::try_from(at).unwrap_or(u8::MAX)
        });
        let sources = [step.times.is_some(), step.table.is_some(), step.curve.is_some(), step.sum.is_some()];
        if sources.iter().filter(|stated| **stated).count() != 1 {
            self.error(
                path,
                "factor has none or several of `times`, `table`, `curve` and `sum`",
                "state exactly one of them",
            );
            return None;
        }
        if step.curve.is_none() && (step.field.is_some() || step.over.is_some()) {
            self.error(path, "`field` and `over` belong to a `curve`", "state the curve, or take them away");
        }
        if step.table.is_none() && step.missing_is_one.is_some() {
            self.error(&path.key("missing_is_one"), "`missing_is_one` belongs to a `table`", "take it away");
        }
        let from = if let Some(times) = step.times {
            if times.is_negative() {
                self.error(
                    &path.key("times"),
                    format!("the factor {times} is negative"),
                    "state a factor of 0 or more",
                );
            }
            FactorFrom::Times(times)
        } else if let Some(table) = &step.table {
            let table = self.table(table, &path.key("table"), &RATIOS)?;
            FactorFrom::Table { table, missing_is_one: step.missing_is_one.unwrap_or(false) }
        } else if let Some(pieces) = &step.curve {
            let Some(field) = &step.field else {
                self.error(path, "a `curve` needs a `field`", "name the number it is a function of, like age_years");
                return None;
            };
            let x = self.number_of(field, step.over.as_deref(), path, &state.known);
            let curve = self.curve_of("", pieces, &path.key("curve"))?;
            self.curve_not_negative(&curve, "the factor", &path.key("curve"));
            FactorFrom::Curve { x: x?, curve: Box::new(curve) }
        } else {
            self.factor_sum(step.sum.as_deref().unwrap_or_default(), &path.key("sum"), &state.known)?
        };
        Some(Factor { from, family })
    }

    fn factor_sum(&mut self, terms: &[case_step::FactorTerm], path: &Path, known: &Known) -> Option<FactorFrom> {
        if terms.is_empty() {
            self.error(path, "a sum has no terms", "state at least one { field, times }");
            return None;
        }
        let mut compiled = Vec::new();
        for (index, term) in terms.iter().enumerate() {
            let here = path.at(index);
            if term.times.is_negative() {
                self.error(&here.key("times"), format!("the term {} is negative", term.times), "state 0 or more");
            }
            compiled.push(self.number_of(&term.field, term.over.as_deref(), &here, known).map(|x| (x, term.times)));
        }
        Some(FactorFrom::Sum(compiled.into_iter().collect::<Option<Vec<_>>>()?))
    }

    /// A number of the case, or the quotient of two.
    pub(super) fn number_of(
        &mut self,
        field: &str,
        over: Option<&str>,
        path: &Path,
        known: &Known,
    ) -> Option<NumberOf> {
        let number = self.number_field(field, &path.key("field"), known)?;
        let Some(name) = over else { return Some(NumberOf { field: number, over: None }) };
        let over = self.number_field(name, &path.key("over"), known)?;
        if over.unit() != number.unit() {
            let message = format!("\"{field}\" over \"{name}\" is no ratio: they are not counted in the same unit");
            self.error(&path.key("over"), message, "divide amounts by amounts and counts by counts");
            return None;
        }
        Some(NumberOf { field: number, over: Some(over) })
    }

    /// A field with a number: not a text, a day or a truth.
    pub(super) fn number_field(&mut self, name: &str, path: &Path, known: &Known) -> Option<FieldRef> {
        let field = self.field(name, path, known)?;
        if matches!(field.unit(), Unit::Text | Unit::Day | Unit::Truth) {
            self.error(
                path,
                format!("\"{name}\" is not a number"),
                "name a number: age_years, los_days, cost, or a declared field of kind \"int\", \"ratio\" or \"fen\"",
            );
            return None;
        }
        Some(field)
    }

    /// Tells where a curve over every x ≥ 0 falls below zero.
    pub(super) fn curve_not_negative(&mut self, curve: &Piecewise, what: &str, path: &Path) {
        for (index, segment) in curve.segments().iter().enumerate() {
            let ends = [segment.lower.at(), segment.upper.at()];
            let below = ends
                .iter()
                .flatten()
                .find(|at| segment.value(**at).is_ok_and(Ratio::is_negative))
                .map(|at| format!("at {at}"));
            let falling =
                || (segment.upper == Bound::Open && segment.slope.is_negative()).then(|| "in the end".to_owned());
            if let Some(place) = below.or_else(falling) {
                self.error(
                    &path.at(index),
                    format!("{what} falls below 0 {place}"),
                    "correct slope and plus, or end the piece before that and state 0 from there",
                );
            }
        }
    }

    /// The floor of a weight or of base points; `Some(None)` when none is stated.
    pub(super) fn at_least(&mut self, step: Option<&case_step::AtLeast>, path: &Path) -> Option<Option<AtLeast>> {
        let Some(step) = step else { return Some(None) };
        let here = path.key("at_least");
        let times = step.times.unwrap_or(Ratio::ONE);
        if times.is_negative() {
            self.error(&here.key("times"), format!("the share {times} is negative"), "state a share, like \"0.70\"");
        }
        let table = self.table(&step.table, &here.key("table"), &[TableUnit::Decimal])?;
        Some(Some(AtLeast { table, times }))
    }
}
