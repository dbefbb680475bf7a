//! The steps beside DRG and DIP: units, bed-days, quotas per disease, transfers, caps, yearly limits.

use yibao_kernel::explain::Writer;
use yibao_kernel::{Decimal, Fen, Mode, Ratio, Rounding};

use super::bed_day::{days_by_tier, fee, tier_points};
use super::disease_quota;
use super::evaluator::{Run, Stop, short, times};
use super::points::{own_cost_points, ten_thousandths};
use super::refusal::Refused;
use super::standard::capped;
use crate::pack::step::RouteTo;
use crate::plan::{
    AmountFrom, AtLeast, BedDay, Cap, CapOf, CapOver, CaseFields, CaseQuota, Cell, CompiledStep, FieldRef, Limit,
    LimitFrom, LimitOf, NumberOf, Unit, Units, UnitsOf,
};

/// Bed-day points: four places a day, before they are multiplied.
const POINTS: Rounding = Rounding { dp: 4, mode: Mode::HalfUp };

/// What a case asks of a yearly limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LimitAsk {
    /// How much it wants.
    pub amount: i64,
    /// The limit it is under.
    pub limit: i64,
}

impl Run<'_, '_> {
    /// A count of the case, not below zero.
    fn count(&self, at: usize, field: FieldRef) -> Result<i64, Stop> {
        let count = self.view.number(field).ok_or(Stop::Refused(Refused::NotGiven(short(at), field)))?;
        if count < 0 {
            return Err(Stop::Refused(Refused::BelowZero(short(at), field)));
        }
        Ok(count)
    }

    /// A count of days, as far as a yearly limit pays for them.
    fn days(&self, at: usize, field: FieldRef) -> Result<i64, Stop> {
        let days = self.count(at, field)?;
        Ok(self.view.state.days_allowed.map_or(days, |allowed| days.min(allowed)))
    }

    /// A number of the case as curves see it: yuan, years, shares.
    pub(super) fn number_of(&self, at: usize, number: NumberOf) -> Result<Ratio, Stop> {
        let value = self.count(at, number.field)?;
        if let Some(over) = number.over {
            let below = self.denominator(at, over)?;
            return Ok(Ratio::new(i128::from(value), i128::from(below.get()))?);
        }
        let unit = match number.field.unit() {
            Unit::Fen => 100,
            Unit::TenThousandth => 10_000,
            Unit::Millionth => 1_000_000,
            Unit::Text | Unit::Whole | Unit::Day | Unit::Truth => 1,
        };
        Ok(Ratio::new(i128::from(value), unit)?)
    }

    /// An amount, stated or looked up; `Err` holds the table without a row.
    pub(super) fn amount(&self, at: usize, from: AmountFrom) -> Result<Result<Fen, crate::plan::TableId>, Stop> {
        match from {
            AmountFrom::Value(value) => Ok(Ok(value)),
            AmountFrom::Table(table) => match self.look_up(at, table)?.and_then(Cell::ratio) {
                Some(value) => Ok(Ok(value.to_fen(Mode::HalfUp)?)),
                None => Ok(Err(table)),
            },
        }
    }

    /// `units`: the base is counted so many times.
    pub(super) fn units(&mut self, at: usize, step: &CompiledStep, units: Units) -> Result<(), Stop> {
        let count = match units.of {
            UnitsOf::Cases => 1,
            UnitsOf::Days => self.days(at, FieldRef::LosDays)?,
            UnitsOf::Field(field) => self.count(at, field)?,
        };
        let value = Ratio::from_int(count).checked_div(units.per)?;
        self.view.state.units = Some(value);
        self.tell(step.rule, |writer| {
            writer.int(count).ratio(units.per).ratio(value);
        });
        Ok(())
    }

    /// `bed_day` (spec §1.11, §4.1).
    pub(super) fn bed_day(&mut self, at: usize, step: &CompiledStep, rule: &BedDay) -> Result<(), Stop> {
        let days = self.days(at, rule.days)?;
        let mut tiers = Vec::with_capacity(rule.tiers.len());
        for (tier, own) in rule.tiers.iter().zip(days_by_tier(rule.tiers.iter().map(|tier| tier.upto), days)) {
            // A tier the stay does not reach needs no fee, but the first one does.
            if own == 0 && !tiers.is_empty() {
                continue;
            }
            match self.amount(at, tier.fee)? {
                Ok(fee) => tiers.push((own, fee)),
                Err(table) => return self.missing(at, step, table, rule.missing),
            }
        }
        self.view.state.days_paid = Some(days);
        if rule.points {
            return self.bed_day_points(at, step, days, &tiers);
        }
        let total = fee(&tiers)?;
        self.view.state.base_money = Some(total);
        let of_tier = self.evaluator.rules.bed_day_fee;
        for (own, fee) in &tiers {
            self.tell(of_tier, |writer| {
                writer.int(*own).fen(*fee);
            });
        }
        self.tell(step.rule, |writer| {
            writer.int(days).fen(total);
        });
        Ok(())
    }

    fn bed_day_points(&mut self, at: usize, step: &CompiledStep, days: i64, tiers: &[(i64, Fen)]) -> Result<(), Stop> {
        let all_mean = self.denominator(at, FieldRef::AllMean)?;
        let mut total = Ratio::ZERO;
        let of_tier = self.evaluator.rules.bed_day_points;
        for (own, fee) in tiers {
            let (day, points) = tier_points(*own, *fee, all_mean.ratio(), POINTS)?;
            total = total.checked_add(points.ratio())?;
            self.tell(of_tier, |writer| {
                writer.int(*own).fen(*fee).fen(all_mean).decimal(day).decimal(points);
            });
        }
        let total = total.to_decimal(4, Mode::HalfUp)?;
        self.view.state.base_points = Some(total);
        self.tell(step.rule, |writer| {
            writer.int(days).decimal(total);
        });
        Ok(())
    }

    /// `quota`: a negotiated standard (spec §4.5).
    pub(super) fn case_quota(&mut self, at: usize, step: &CompiledStep, rule: &CaseQuota) -> Result<(), Stop> {
        let quota = match self.amount(at, rule.from)? {
            Ok(quota) if quota > Fen::ZERO => quota,
            Ok(_) => return Err(Stop::Refused(Refused::NotPositive(short(at)))),
            Err(table) => return self.missing(at, step, table, rule.missing),
        };
        let given = |field: FieldRef| {
            let amount = self.view.number(field).map(Fen::new);
            amount.ok_or(Stop::Refused(Refused::NotGiven(short(at), field)))
        };
        let less = rule.less.map_or(Ok(Fen::ZERO), given)?;
        let actual = given(rule.of)?.checked_sub(less)?.max(Fen::ZERO);
        let (x, standard) = disease_quota::standard(quota, actual, &rule.curve)?;
        self.view.state.base_money = Some(standard);
        self.view.state.mean_used.get_or_insert(quota);
        self.tell(step.rule, |writer| {
            writer.fen(actual).fen(quota).ratio(x).fen(standard);
        });
        Ok(())
    }

    /// `transfer`: the leg's part of one group payment.
    pub(super) fn transfer(&mut self, at: usize, step: &CompiledStep) -> Result<(), Stop> {
        let Some(legs) = self.decision.transfer else { return Ok(()) };
        if legs.legs < 2 {
            return Ok(());
        }
        if legs.cost <= Fen::ZERO {
            return Err(Stop::Refused(Refused::ZeroDenominator(short(at), FieldRef::Cost)));
        }
        let cost = self.view.cost;
        let share = cost.ratio().checked_div(legs.cost.ratio())?;
        self.view.state.transfer = share;
        self.tell(step.rule, |writer| {
            writer.int(i64::from(legs.legs)).fen(cost).fen(legs.cost).ratio(share);
        });
        Ok(())
    }

    /// `cap`: not more than a ceiling.
    pub(super) fn cap(&mut self, at: usize, step: &CompiledStep, rule: &Cap) -> Result<(), Stop> {
        let ceiling = match rule.over {
            CapOver::Field(field) => self.number_of(at, NumberOf { field, over: None })?,
            CapOver::Table(table) => match self.look_up(at, table)?.and_then(Cell::ratio) {
                Some(fen) => fen.checked_div(Ratio::from_int(100))?,
                None => return Err(Stop::Refused(Refused::NoRow(short(at), table))),
            },
        };
        if rule.of == CapOf::Points {
            return self.cap_points(at, step, rule, ceiling);
        }
        let amount = match rule.of {
            CapOf::Standard => self.view.state.standard,
            CapOf::Fund | CapOf::Points => self.fund_so_far()?,
        };
        let Some(amount) = amount else { return Ok(()) };
        let field = ceiling.checked_mul(Ratio::from_int(100))?.to_fen(Mode::HalfUp)?;
        let (most, kept) = capped(amount, field, rule.times)?;
        match rule.of {
            CapOf::Standard => self.view.state.standard = Some(kept),
            CapOf::Fund | CapOf::Points => self.view.state.fund = Some(kept),
        }
        let rule_of = if kept < amount { step.rule } else { step.rule_other };
        Writer::new(self.explanation).step(rule_of).fen(field).ratio(rule.times).fen(most).fen(amount);
        Ok(())
    }

    fn cap_points(&mut self, at: usize, step: &CompiledStep, rule: &Cap, ceiling: Ratio) -> Result<(), Stop> {
        let Some(points) = self.view.state.points else { return Ok(()) };
        let in_fen = match rule.over {
            CapOver::Table(_) => true,
            CapOver::Field(field) => field.unit() == Unit::Fen,
        };
        // An amount becomes points at the mean of all cases.
        let field = if in_fen {
            let all_mean = self.denominator(at, FieldRef::AllMean)?;
            let fen = ceiling.checked_mul(Ratio::from_int(100))?.to_fen(Mode::HalfUp)?;
            own_cost_points(fen, all_mean.ratio(), Ratio::ONE)?
        } else {
            ceiling
        };
        let most = field.checked_mul(rule.times)?.to_decimal(4, Mode::HalfUp)?;
        let kept = if points.ratio() > most.ratio() { most } else { points };
        self.view.state.points = Some(kept);
        let rule_of = if kept == points { step.rule_other } else { step.rule };
        Writer::new(self.explanation).step(rule_of).ratio(field).ratio(rule.times).decimal(most).decimal(points);
        Ok(())
    }

    /// `limit`: what one person may take in a year. What exceeds it is not paid.
    pub(super) fn limit(&mut self, at: usize, step: &CompiledStep, rule: &Limit) -> Result<(), Stop> {
        let amount = match rule.of {
            LimitOf::Days => Some(self.days(at, rule.days)?),
            LimitOf::Standard => self.view.state.standard.map(Fen::get),
            LimitOf::Fund => self.fund_so_far()?.map(Fen::get),
        };
        let Some(amount) = amount else { return Ok(()) };
        let limit = match rule.from {
            LimitFrom::Value(limit) => limit,
            LimitFrom::Table(table) => match self.look_up(at, table)? {
                Some(Cell::Fen(limit)) => limit.get(),
                Some(cell) => {
                    let days = cell.ratio().unwrap_or_default().round(0, Mode::Floor)?;
                    i64::try_from(days).unwrap_or(i64::MAX)
                }
                None => return Err(Stop::Refused(Refused::NoRow(short(at), table))),
            },
        };
        if self.decision.asking_limit == Some(short(at)) {
            self.view.state.limit_ask = Some(LimitAsk { amount, limit });
            return Ok(());
        }
        let answer = self.decision.limits.iter().flatten().find(|answer| answer.step == short(at)).copied();
        let writer = &mut Writer::new(self.explanation);
        let days = rule.of == LimitOf::Days;
        let number = |writer: &mut Writer<'_>, value: i64| {
            if days {
                writer.int(value)
            } else {
                writer.fen(Fen::new(value))
            };
        };
        let Some(answer) = answer else {
            writer.step(step.rule_other);
            number(writer, limit);
            return Ok(());
        };
        let allowed = answer.allowed.min(amount);
        writer.step(step.rule);
        for value in [answer.limit, answer.used, amount, allowed] {
            number(writer, value);
        }
        match rule.of {
            LimitOf::Days => self.view.state.days_allowed = Some(allowed),
            LimitOf::Standard => self.view.state.standard = Some(Fen::new(allowed)),
            LimitOf::Fund => self.view.state.fund = Some(Fen::new(allowed)),
        }
        Ok(())
    }

    /// Fund money of the case as far as it is known: by rate, or by item.
    pub(super) fn fund_so_far(&self) -> Result<Option<Fen>, Stop> {
        let state = &self.view.state;
        if state.fund.is_some() {
            return Ok(state.fund);
        }
        if state.route == Some(RouteTo::Items) {
            return Ok(self.view.stays.fund.get(self.view.row).copied());
        }
        if state.standard.is_none() {
            return Ok(None);
        }
        self.amount_by_rate().map(Some)
    }

    /// A published weight or base points, raised to a share of another group's where the policy says so.
    pub(super) fn raised(&mut self, at: usize, value: Decimal, floor: Option<AtLeast>) -> Result<Decimal, Stop> {
        let Some(floor) = floor else { return Ok(value) };
        // No row: nothing matches the group, and nothing raises it.
        let Some(other) = self.look_up(at, floor.table)?.and_then(Cell::ratio) else { return Ok(value) };
        let least = other.checked_mul(floor.times)?.to_decimal(4, Mode::HalfUp)?;
        if least.ratio() <= value.ratio() {
            return Ok(value);
        }
        let rule = self.evaluator.rules.at_least;
        self.tell(rule, |writer| {
            writer.decimal(value).ratio(other).ratio(floor.times).decimal(least);
        });
        Ok(least)
    }

    /// What the case counts in a method paid by rate: weights, days, heads, cases; in ten-thousandths.
    pub(super) fn counted(&self) -> Result<i64, Stop> {
        let state = &self.view.state;
        if let Some(days) = state.days_paid {
            return Ok(ten_thousandths(Decimal::new(days, 0))?);
        }
        let weight = state.weight.map(Decimal::ratio);
        if weight.is_none() && !self.view.from_one && state.base_money.is_none() {
            return Ok(0);
        }
        let count = times(weight.unwrap_or(Ratio::ONE), state.units.unwrap_or(Ratio::ONE))?;
        Ok(count.to_decimal(4, Mode::HalfUp)?.units())
    }
}
