//! The four parts of every line, by the rules of the place of care.

use std::borrow::Cow;

use yibao_catalogue::item::Limit;
use yibao_catalogue::line::{LineError, LineRule, check, split as split_line};
use yibao_catalogue::restriction::Patient;
use yibao_catalogue::{Item, Outcome};
use yibao_kernel::{Day, Decimal, Mode, Ratio, RatioError};
use yibao_record::bill::{Bill, Class, Declared, Line, Parts, StatedLine};
use yibao_record::person::Person;

use super::across::Buffers;
use super::facts::age;
use super::outcome::LineSplit;
use super::values::{Need, refuse};
use crate::pack::ReviewAs;
use crate::plan::Engine;
use crate::plan::lines::LinePlan;
use crate::plan::table::{Band, CellValue, Table};
use crate::refusal::{Refusal, too_large};

/// Mark of an item no account may pay.
const NO_ACCOUNT: &str = "no_account";

/// What all lines of a bill share.
pub(super) struct LineContext<'a> {
    pub engine: &'a Engine,
    pub bill: &'a Bill,
    pub person: &'a Person,
    pub facts: &'a [i64],
}

/// How a line is decided.
#[derive(Clone, Copy, Debug)]
pub(super) enum Terms {
    /// By its item.
    Item,
    /// By ratio and limit as stated.
    Stated(Ratio, Option<Decimal>),
    /// Its parts are given.
    Given,
}

/// A line before its parts are taken: what it is, and its class after its own restriction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub day: Day,
    pub class: Class,
    pub terms: Terms,
    pub split: LineSplit,
    /// A rule across lines made it full self-pay.
    pub put_out: bool,
}

impl<'a> LineContext<'a> {
    /// All lines, in order.
    pub(super) fn split_all(&self, buffers: &mut Buffers, out: &mut Vec<LineSplit>) -> Result<(), Refusal> {
        // A bill none of whose lines a rule across lines looks at is split line by line, whatever the pack.
        let across = &self.engine.across;
        let looked_at = |line: &Line| {
            line.parts.is_none() && (line.item.is_some() || (across.once_per_bill && line.stated.is_some()))
        };
        if !across.is_empty() && self.bill.lines.iter().any(looked_at) {
            return self.split_together(buffers, out);
        }
        for line in &self.bill.lines {
            out.push(self.split(line).map_err(|refusal| refusal.of_line(&self.line_name(line)))?);
        }
        Ok(())
    }

    /// What a line is called: its id, without one its number.
    pub(super) fn line_name(&self, line: &Line) -> Cow<'a, str> {
        let at = self.bill.lines.iter().position(|one| std::ptr::eq(one, line));
        match self.bill.lines.get(at.unwrap_or(usize::MAX)) {
            Some(line) if !line.id.is_empty() => Cow::Borrowed(&line.id),
            _ => Cow::Owned(at.map_or_else(String::new, |at| (at + 1).to_string())),
        }
    }

    /// One line by itself.
    fn split(&self, line: &Line) -> Result<LineSplit, Refusal> {
        let (mut seen, plan) = self.see(line)?;
        if !matches!(seen.terms, Terms::Given) {
            let (ratio, limit) = self.terms(line, &seen, plan)?;
            seen.split.why.class = Some(seen.class);
            seen.split.why.terms = (Some(ratio), limit);
            let rule = LineRule { class: seen.class, ratio, limit, order: plan.order, mode: self.mode() };
            seen.split.parts = split_line(line.quantity, line.amount, &rule).map_err(|error| wrong(&error))?;
        }
        Ok(seen.split)
    }

    pub(super) const fn mode(&self) -> Mode {
        self.engine.pack.benefit.rounding.mode
    }

    /// What a line is; its parts only where they are given.
    pub(super) fn see(&self, line: &Line) -> Result<(Seen, &'a LinePlan), Refusal> {
        check(line.quantity, line.price, line.amount).map_err(|error| wrong(&error))?;
        let day = line.day.unwrap_or(self.bill.end);
        let plan = self.plan(day)?;
        // A divided line keeps its item and its day in both parts of the bill.
        let divided = self.bill.part_of.is_some() && line.parts.is_some();
        let mut out = LineSplit::default();
        let (class, terms) = match (&line.item, &line.stated, &line.parts) {
            (Some(code), None, None) if plan.item => (self.item(code, day, line, plan, &mut out)?, Terms::Item),
            (None, Some(stated), None) if plan.stated => self.stated(stated, line.declared)?,
            (code, None, Some(parts)) if divided || (plan.parts && (code.is_none() || plan.item)) => {
                if let Some(code) = code {
                    self.named(code, day, &mut out)?;
                }
                out.parts = whole(line, *parts)?;
                (Class::A, Terms::Given)
            }
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
        };
        if day < self.bill.start && !divided {
            self.earlier(line, day, plan, out.item)?;
        }
        Ok((Seen { day, class, terms, split: out, put_out: false }, plan))
    }

    fn stated(&self, stated: &StatedLine, declared: Declared) -> Result<(Class, Terms), Refusal> {
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
            return Err(Refusal::new("ratio", "a first self-pay ratio outside 0 to 1", "a ratio lies between 0 and 1"));
        }
        let class = if declared == Declared::SelfPay { Class::C } else { stated.class };
        Ok((class, Terms::Stated(ratio, stated.limit)))
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

    pub(super) fn plan(&self, day: Day) -> Result<&'a LinePlan, Refusal> {
        match self.engine.plan(day) {
            Some(plan) => Ok(&plan.lines),
            None => Err(outside(self.engine, day)),
        }
    }

    /// The item of a line: what it is, not what is paid of it.
    fn named(&self, code: &str, day: Day, out: &mut LineSplit) -> Result<&'a Item, Refusal> {
        let found = self.engine.catalogue.find(code, day, self.engine.known);
        let (at, item) = found.map_err(|error| Refusal::of_text("unknown_item", &error.to_string()))?;
        out.item = Some(at);
        out.no_account = item.tags.iter().any(|tag| tag == NO_ACCOUNT);
        Ok(item)
    }

    /// The class of an item after its restriction.
    fn item(&self, code: &str, day: Day, line: &Line, plan: &LinePlan, out: &mut LineSplit) -> Result<Class, Refusal> {
        let item = self.named(code, day, out)?;
        let outcome = self.restriction(item, day, line, plan)?;
        out.review = outcome == Outcome::Review;
        out.why.restricted = item.restriction.as_ref().map(|_| outcome);
        match (outcome, plan.review) {
            (Outcome::In, _) | (Outcome::Review, Some(ReviewAs::In)) => Ok(item.class),
            (Outcome::Out, _) | (Outcome::Review, Some(ReviewAs::Out)) => Ok(Class::C),
            (Outcome::Review, _) => Err(Refusal::new(
                "review",
                format!("item {code} is restricted and undecided"),
                "let the doctor declare whether the restriction is met",
            )),
        }
    }

    /// The item a line was found to be.
    pub(super) fn item_of(&self, split: &LineSplit) -> Option<&'a Item> {
        split.item.and_then(|at| usize::try_from(at).ok()).and_then(|at| self.engine.catalogue.items().get(at))
    }

    /// Ratio and limit price of a line whose parts are not given. Those of class C are not looked up.
    pub(super) fn terms(&self, line: &Line, seen: &Seen, plan: &LinePlan) -> Result<(Ratio, Option<Decimal>), Refusal> {
        if let Terms::Stated(ratio, limit) = seen.terms {
            return Ok((ratio, limit));
        }
        let Some(item) = self.item_of(&seen.split).filter(|_| seen.class != Class::C) else {
            return Ok((Ratio::ZERO, None));
        };
        let ratio = match (seen.class, item.ratio) {
            (Class::B, Some(ratio)) => ratio,
            (Class::B, None) => self.ratio(item, line, plan)?,
            _ => Ratio::ZERO,
        };
        let limit = match &item.limit {
            Limit::None => None,
            Limit::Price(price) => Some(*price),
            Limit::Table(name) => self.named_limit(item, name, plan)?,
        };
        Ok((ratio, limit))
    }

    /// The ratio of [lines.ratio] for an item that states none.
    fn ratio(&self, item: &Item, line: &Line, plan: &LinePlan) -> Result<Ratio, Refusal> {
        let Some(table) = plan.ratio_of(item) else {
            return Err(Refusal::new(
                "no_ratio",
                format!("item {} of class B has no ratio", item.code),
                "add it to [lines.ratio] or to the catalogue",
            ));
        };
        let cell = table.find(self.facts).map_err(|why| refuse(self.engine, table, why, Need::Line))?;
        match &cell.value {
            CellValue::Bands(bands) => match &**bands {
                [only] => Ok(only.pays),
                bands => by_price(bands, cell.marginal, line.price, table),
            },
            _ => Err(super::values::open(table)),
        }
    }

    /// A limit of the pack by its name.
    fn named_limit(&self, item: &Item, name: &str, plan: &LinePlan) -> Result<Option<Decimal>, Refusal> {
        let Some(table) = plan.limits.get(name) else {
            return Err(Refusal::new(
                "no_limit",
                format!("item {} names an unknown limit", item.code),
                "add it under [limit]",
            ));
        };
        Ok(match self.amount(table)? {
            i64::MAX => None,
            fen => Some(Decimal::new(fen, 2)),
        })
    }

    /// An amount of the pack for a line; `i64::MAX` for no limit.
    pub(super) fn amount(&self, table: &Table) -> Result<i64, Refusal> {
        match &table.find(self.facts).map_err(|why| refuse(self.engine, table, why, Need::Line))?.value {
            CellValue::Amount(fen) => Ok(*fen),
            _ => Err(super::values::open(table)),
        }
    }

    /// Whether the item is paid, as of the line's day of service.
    fn restriction(&self, item: &Item, day: Day, line: &Line, plan: &LinePlan) -> Result<Outcome, Refusal> {
        let Some(id) = &item.restriction else {
            // An item without restriction that the doctor gives to the person is the person's.
            return Ok(if line.declared == Declared::SelfPay { Outcome::Out } else { Outcome::In });
        };
        let Some(restriction) = plan.restrictions.get(id) else {
            return Err(Refusal::new("restriction", "an unknown restriction", "add it under [restriction]"));
        };
        let patient = Patient {
            sex: &self.person.sex,
            age: age(self.person.birth, day),
            diagnoses: &self.bill.diagnoses,
            level: &self.bill.institution.level,
            visit: &self.bill.visit,
            days_supply: line.days_supply,
            emergency: self.bill.emergency,
        };
        Ok(restriction.outcome(&patient, line.declared))
    }
}

/// The ratio of a price: of the band it lies in, or of every slice by its own band.
fn by_price(bands: &[Band], marginal: bool, price: Decimal, table: &Table) -> Result<Ratio, Refusal> {
    let exact = || -> Result<Option<Ratio>, RatioError> {
        let price = price.ratio().checked_mul(Ratio::from_int(100))?;
        let (mut lower, mut sum) = (Ratio::ZERO, Ratio::ZERO);
        for band in bands {
            let upto = Ratio::from_int(band.upto);
            let last = price <= upto;
            if band.open && (last || marginal) {
                return Ok(None);
            }
            if last && (!marginal || price.is_zero()) {
                return Ok(Some(band.pays));
            }
            if marginal {
                let slice = price.min(upto).checked_sub(lower)?;
                sum = sum.checked_add(slice.checked_mul(band.pays)?)?;
            }
            if last {
                return sum.checked_div(price).map(Some);
            }
            lower = upto;
        }
        Ok(None)
    };
    exact().map_err(|_| too_large())?.ok_or_else(|| super::values::open(table))
}

/// What a line is refused for.
pub(super) fn wrong(error: &LineError) -> Refusal {
    Refusal::of_text("line", &error.to_string())
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
