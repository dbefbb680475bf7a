//! The four parts of every line, by the rules of the place of care.

use yibao_catalogue::item::Limit;
use yibao_catalogue::line::{LineRule, check, split as split_line};
use yibao_catalogue::restriction::Patient;
use yibao_catalogue::{Item, Outcome};
use yibao_kernel::{Day, Decimal, Ratio};
use yibao_record::bill::{Bill, Class, Declared, Line, Parts};
use yibao_record::person::Person;

use super::outcome::LineSplit;
use super::values::{Need, refuse};
use crate::pack::ReviewAs;
use crate::plan::Engine;
use crate::plan::lines::LinePlan;
use crate::plan::table::CellValue;
use crate::refusal::Refusal;

/// Mark of an item no account may pay.
const NO_ACCOUNT: &str = "no_account";

/// What all lines of a bill share.
pub(super) struct LineContext<'a> {
    pub engine: &'a Engine,
    pub bill: &'a Bill,
    pub person: &'a Person,
    pub facts: &'a [i64],
    pub age: i64,
}

impl LineContext<'_> {
    /// One line.
    pub(super) fn split(&self, line: &Line) -> Result<LineSplit, Refusal> {
        check(line.quantity, line.price, line.amount).map_err(|error| Refusal::of_text("line", &error.to_string()))?;
        let day = line.day.unwrap_or(self.bill.end);
        let plan = self.plan(day)?;
        let mut out = LineSplit::default();
        match (&line.item, &line.stated, &line.parts) {
            (Some(code), None, None) if plan.item => self.item(code, day, line, plan, &mut out)?,
            (None, Some(stated), None) if plan.stated => {
                let ratio = match (stated.class, stated.first_self_ratio) {
                    (Class::B, None) => {
                        return Err(Refusal::new(
                            "no_ratio",
                            "class B without a first self-pay ratio",
                            "state first_self_ratio",
                        ));
                    }
                    (_, ratio) => ratio.unwrap_or(Ratio::ZERO),
                };
                if ratio.is_negative() || ratio > Ratio::ONE {
                    return Err(Refusal::new(
                        "ratio",
                        "a first self-pay ratio outside 0 to 1",
                        "a ratio lies between 0 and 1",
                    ));
                }
                let class = if line.declared == Declared::SelfPay { Class::C } else { stated.class };
                out.parts = self.parts(line, plan, class, ratio, stated.limit)?;
            }
            (None, None, Some(parts)) if plan.parts => out.parts = whole(line, *parts)?,
            (None, None, None) => {
                return Err(Refusal::new(
                    "line",
                    "the line says neither item, nor class, nor parts",
                    "state `item`, `stated` or `parts`",
                ));
            }
            _ => {
                return Err(Refusal::new(
                    "line",
                    "the pack does not accept this kind of line",
                    "state one of what [lines] accept lists: item, stated, parts",
                ));
            }
        }
        if day < self.bill.start {
            self.earlier(line, day, plan, out.item)?;
        }
        Ok(out)
    }

    /// A line of a day before the bill's first must belong to it by a rule.
    fn earlier(&self, line: &Line, day: Day, plan: &LinePlan, item: Option<u32>) -> Result<(), Refusal> {
        let item = item.and_then(|at| usize::try_from(at).ok()).and_then(|at| self.engine.catalogue.items().get(at));
        for (when, days, filter) in &plan.before {
            let fits =
                filter.as_ref().is_none_or(|filter| filter.fits(&line.diseases, item, self.bill.disease.as_deref()));
            if fits && day.days_until(self.bill.start) <= *days && super::values::holds(self.engine, when, self.facts)?
            {
                return Ok(());
            }
        }
        Err(Refusal::new(
            "days",
            "a line is of a day before the bill's first",
            "bill it by itself, or let [[lines.before]] say which earlier lines belong to the stay",
        ))
    }

    fn plan(&self, day: Day) -> Result<&LinePlan, Refusal> {
        match self.engine.plan(day) {
            Some(plan) => Ok(&plan.lines),
            None => Err(outside(self.engine, day)),
        }
    }

    fn parts(
        &self,
        line: &Line,
        plan: &LinePlan,
        class: Class,
        ratio: Ratio,
        limit: Option<Decimal>,
    ) -> Result<Parts, Refusal> {
        let mode = self.engine.pack.benefit.rounding.mode;
        let rule = LineRule { class, ratio, limit, order: plan.order, mode };
        split_line(line.quantity, line.amount, &rule).map_err(|error| Refusal::of_text("line", &error.to_string()))
    }

    fn item(&self, code: &str, day: Day, line: &Line, plan: &LinePlan, out: &mut LineSplit) -> Result<(), Refusal> {
        let found = self.engine.catalogue.find(code, day, self.engine.known);
        let (at, item) = found.map_err(|error| Refusal::of_text("unknown_item", &error.to_string()))?;
        out.item = Some(at);
        out.no_account = item.tags.iter().any(|tag| tag == NO_ACCOUNT);
        let outcome = self.restriction(item, line, plan)?;
        out.review = outcome == Outcome::Review;
        let class = match (outcome, plan.review) {
            (Outcome::In, _) | (Outcome::Review, Some(ReviewAs::In)) => item.class,
            (Outcome::Out, _) | (Outcome::Review, Some(ReviewAs::Out)) => Class::C,
            (Outcome::Review, _) => {
                return Err(Refusal::new(
                    "review",
                    format!("item {code} is restricted and undecided"),
                    "let the doctor declare whether the restriction is met",
                ));
            }
        };
        let ratio = match (class, item.ratio) {
            (Class::B, Some(ratio)) => ratio,
            (Class::B, None) => match plan.ratios.get(&(Class::B, item.kind)) {
                Some(table) => {
                    match &table.find(self.facts).map_err(|why| refuse(self.engine, table, why, Need::Line))?.value {
                        CellValue::Bands(bands) => bands.first().map_or(Ratio::ZERO, |band| band.pays),
                        _ => return Err(super::values::open(table)),
                    }
                }
                None => {
                    return Err(Refusal::new(
                        "no_ratio",
                        format!("item {code} of class B has no ratio"),
                        "add it to [lines.ratio] or to the catalogue",
                    ));
                }
            },
            _ => Ratio::ZERO,
        };
        let limit = match &item.limit {
            Limit::None => None,
            Limit::Price(price) => Some(*price),
            Limit::Table(name) => match plan.limits.get(name) {
                Some(table) => {
                    match &table.find(self.facts).map_err(|why| refuse(self.engine, table, why, Need::Line))?.value {
                        CellValue::Amount(i64::MAX) => None,
                        CellValue::Amount(fen) => Some(Decimal::new(*fen, 2)),
                        _ => return Err(super::values::open(table)),
                    }
                }
                None => {
                    return Err(Refusal::new(
                        "no_limit",
                        format!("item {code} names an unknown limit"),
                        "add it under [limit]",
                    ));
                }
            },
        };
        out.parts = self.parts(line, plan, class, ratio, limit)?;
        Ok(())
    }

    fn restriction(&self, item: &Item, line: &Line, plan: &LinePlan) -> Result<Outcome, Refusal> {
        let Some(id) = &item.restriction else {
            // An item without restriction that the doctor gives to the person is the person's.
            return Ok(if line.declared == Declared::SelfPay { Outcome::Out } else { Outcome::In });
        };
        let Some(restriction) = plan.restrictions.get(id) else {
            return Err(Refusal::new("restriction", "an unknown restriction", "add it under [restriction]"));
        };
        let patient = Patient {
            sex: &self.person.sex,
            age: self.age,
            diagnoses: &self.bill.diagnoses,
            level: &self.bill.institution.level,
            visit: &self.bill.visit,
            days_supply: line.days_supply,
            emergency: self.bill.emergency,
        };
        Ok(restriction.outcome(&patient, line.declared))
    }
}

/// A day outside the pack.
pub(super) fn outside(engine: &Engine, day: Day) -> Refusal {
    let header = &engine.pack.benefit;
    Refusal::new(
        "no_version",
        format!("the pack does not speak for {day}"),
        format!("it speaks for {} until {}; take the pack of the day", header.from, header.until),
    )
}

/// Parts that are given must be the line's amount.
fn whole(line: &Line, parts: Parts) -> Result<Parts, Refusal> {
    let all = [parts.full_self, parts.over_limit, parts.first_self, parts.in_scope];
    let sum = yibao_kernel::sum(all).map_err(|error| Refusal::of_text("too_large", &error.to_string()))?;
    if all.iter().any(|part| part.is_negative()) || sum != line.amount {
        return Err(Refusal::new(
            "parts",
            "the parts do not add up to the amount",
            "full_self + over_limit + first_self + in_scope = amount, none below zero",
        ));
    }
    Ok(parts)
}
