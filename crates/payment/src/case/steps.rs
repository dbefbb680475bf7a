//! The steps that look values up.

use yibao_kernel::explain::{RuleId, Writer};
use yibao_kernel::{Decimal, Fen, Mode, Ratio, Rounding};

use super::coefficient::mean_ratio;
use super::evaluator::{Run, Stop, short, times};
use super::points::base_points;
use super::refusal::Refused;
use super::standard::add_on;
use crate::pack::step::RouteTo;
use crate::plan::{
    AddOn, AddOnLess, AtLeast, BasePointsFrom, CaseFields, Cell, Coefficient, CoefficientFrom, CompiledStep, Factor,
    FactorFrom, FieldRef, NumberOf, PriceFrom, Readmission, TableId,
};

/// What a look-up found.
enum Found {
    Value(Ratio),
    Missing,
}

impl Run<'_, '_> {
    /// Looks a value up; an open value refuses the case.
    pub(super) fn look_up(&self, at: usize, table: TableId) -> Result<Option<Cell>, Stop> {
        match self.view.cell(table) {
            Some(Cell::Open) if self.in_chain() => Err(Stop::Refused(Refused::OpenValue(short(at), table))),
            Some(Cell::Open) => Ok(None),
            cell => Ok(cell),
        }
    }

    fn look_up_ratio(&self, at: usize, table: TableId) -> Result<Found, Stop> {
        let cell = self.look_up(at, table)?;
        Ok(cell.and_then(Cell::ratio).map_or(Found::Missing, Found::Value))
    }

    /// A row that a step needs is missing.
    pub(super) fn missing(&mut self, at: usize, step: &CompiledStep, table: TableId, to: RouteTo) -> Result<(), Stop> {
        if !self.in_chain() {
            return Ok(());
        }
        let no_row = Stop::Refused(Refused::NoRow(short(at), table));
        match to {
            RouteTo::Refuse => return Err(no_row),
            // A quota has already sent the case back to a standard it does not have.
            _ if self.view.state.route == Some(RouteTo::Standard) => {
                return Err(Stop::Refused(Refused::NoStandard(short(at))));
            }
            _ => {}
        }
        Writer::new(self.explanation).step(step.rule_other);
        self.view.state.route = None;
        self.go(at, to)?;
        if self.view.state.route == Some(RouteTo::Standard) {
            return Err(Stop::Refused(Refused::NoStandard(short(at))));
        }
        Ok(())
    }

    /// `weight`.
    pub(super) fn weight(
        &mut self,
        at: usize,
        step: &CompiledStep,
        table: TableId,
        at_least: Option<AtLeast>,
        missing: RouteTo,
    ) -> Result<(), Stop> {
        let Found::Value(value) = self.look_up_ratio(at, table)? else {
            return self.missing(at, step, table, missing);
        };
        let weight = value.to_decimal(4, Mode::HalfUp)?;
        self.tell(step.rule, |writer| {
            writer.decimal(weight);
        });
        self.view.state.weight = Some(self.raised(at, weight, at_least)?);
        Ok(())
    }

    /// Writes a step, unless the case is only ranked for a quota.
    pub(super) fn tell(&mut self, rule: RuleId, values: impl FnOnce(&mut Writer<'_>)) {
        if self.in_chain() || self.view.state.route == Some(RouteTo::CostPoints) {
            values(Writer::new(self.explanation).step(rule));
        }
    }

    /// `base_points`: published, or from means (spec §1.11).
    pub(super) fn base_points(
        &mut self,
        at: usize,
        step: &CompiledStep,
        from: BasePointsFrom,
        rounding: Rounding,
        at_least: Option<AtLeast>,
        missing: RouteTo,
    ) -> Result<(), Stop> {
        let (BasePointsFrom::Table(table) | BasePointsFrom::Means(table)) = from;
        let Found::Value(value) = self.look_up_ratio(at, table)? else {
            return self.missing(at, step, table, missing);
        };
        if let BasePointsFrom::Table(_) = from {
            let points = value.to_decimal(4, Mode::HalfUp)?;
            self.tell(step.rule, |writer| {
                writer.decimal(points);
            });
            self.view.state.base_points = Some(self.raised(at, points, at_least)?);
            return Ok(());
        }
        let all_mean = self.denominator(at, FieldRef::AllMean)?;
        let points = base_points(value, all_mean.ratio(), rounding)?;
        let mean = value.to_fen(Mode::HalfUp)?;
        self.view.state.mean_of_base = Some(mean);
        self.tell(step.rule, |writer| {
            writer.fen(mean).fen(all_mean).decimal(points);
        });
        self.view.state.base_points = Some(self.raised(at, points, at_least)?);
        Ok(())
    }

    /// `group_mean`: a denominator for later steps.
    pub(super) fn group_mean(
        &mut self,
        at: usize,
        step: &CompiledStep,
        table: TableId,
        slot: u8,
        missing: RouteTo,
    ) -> Result<(), Stop> {
        let Found::Value(value) = self.look_up_ratio(at, table)? else {
            return self.missing(at, step, table, missing);
        };
        let mean = value.to_fen(Mode::HalfUp)?;
        if let Some(place) = self.view.state.means.get_mut(usize::from(slot)) {
            *place = Some(mean);
        }
        self.view.state.mean_used.get_or_insert(mean);
        self.tell(step.rule, |writer| {
            writer.fen(mean);
        });
        Ok(())
    }

    /// A field as a denominator: given, and above zero.
    pub(super) fn denominator(&self, at: usize, field: FieldRef) -> Result<Fen, Stop> {
        let value = self.view.number(field).ok_or(Stop::Refused(Refused::NotGiven(short(at), field)))?;
        if value <= 0 {
            return Err(Stop::Refused(Refused::ZeroDenominator(short(at), field)));
        }
        Ok(Fen::new(value))
    }

    /// `coefficient` (spec §1.10).
    pub(super) fn coefficient(&mut self, at: usize, step: &CompiledStep, rule: &Coefficient) -> Result<(), Stop> {
        if rule.same_price.is_some_and(|table| self.view.cell(table).is_some()) {
            self.view.state.coefficient = None;
            self.tell(step.rule_other, |_| ());
            return Ok(());
        }
        match &rule.from {
            CoefficientFrom::Table { table, missing_is_one } => {
                let Found::Value(value) = self.look_up_ratio(at, *table)? else {
                    if *missing_is_one {
                        self.tell(step.rule_other, |_| ());
                        return Ok(());
                    }
                    return self.missing(at, step, *table, RouteTo::Refuse);
                };
                let value = clamped(value, rule)?;
                self.view.state.coefficient = Some(value);
                self.tell(step.rule, |writer| {
                    writer.decimal(value);
                });
            }
            CoefficientFrom::Institutions(values) => {
                let place = self.view.key.institution as usize;
                let Some(Some(found)) = values.get(place) else {
                    if !self.in_chain() {
                        return Ok(());
                    }
                    return Err(Stop::Refused(Refused::NoCoefficient(short(at))));
                };
                self.view.state.coefficient = Some(found.value);
                if self.in_chain() {
                    self.explanation.extend_from_slice(&found.explanation);
                }
            }
            CoefficientFrom::MeanRatio { hospital, city } => self.mean_ratio(at, step, rule, *hospital, *city)?,
        }
        Ok(())
    }

    fn mean_ratio(
        &mut self,
        at: usize,
        step: &CompiledStep,
        rule: &Coefficient,
        hospital: TableId,
        city: TableId,
    ) -> Result<(), Stop> {
        let (Found::Value(own), Found::Value(all)) = (self.look_up_ratio(at, hospital)?, self.look_up_ratio(at, city)?)
        else {
            self.tell(step.rule_other, |_| ());
            return Ok(());
        };
        let value = clamped(mean_ratio(Some(own), Some(all), rule.rounding)?.ratio(), rule)?;
        self.view.state.coefficient = Some(value);
        let (own, all) = (own.to_fen(Mode::HalfUp)?, all.to_fen(Mode::HalfUp)?);
        self.tell(step.rule, |writer| {
            writer.fen(own).fen(all).decimal(value);
        });
        Ok(())
    }

    /// `factor`: an extra multiplier, by product or as the largest of its family (spec §2.6).
    pub(super) fn factor(&mut self, at: usize, step: &CompiledStep, factor: &Factor) -> Result<(), Stop> {
        let value = match &factor.from {
            FactorFrom::Times(value) => *value,
            FactorFrom::Curve { x, curve } => {
                let x = self.number_of(at, *x)?;
                let (_, value) = curve.eval(x)?;
                self.tell(self.evaluator.rules.factor_of, |writer| {
                    writer.ratio(x);
                });
                value
            }
            FactorFrom::Sum(terms) => self.sum_of(at, terms)?,
            &FactorFrom::Table { table, missing_is_one } => match self.look_up_ratio(at, table)? {
                Found::Value(value) => value,
                Found::Missing if missing_is_one => {
                    self.tell(step.rule_other, |_| ());
                    return Ok(());
                }
                Found::Missing => return self.missing(at, step, table, RouteTo::Refuse),
            },
        };
        let state = &mut self.view.state;
        match factor.family.and_then(|family| state.families.get_mut(usize::from(family))) {
            Some(largest) => *largest = Some(largest.map_or(value, |before| before.max(value))),
            None => state.factors = times(state.factors, value)?,
        }
        self.tell(step.rule, |writer| {
            writer.ratio(value);
        });
        Ok(())
    }

    /// Σ number × constant of a factor.
    fn sum_of(&mut self, at: usize, terms: &[(NumberOf, Ratio)]) -> Result<Ratio, Stop> {
        let mut sum = Ratio::ZERO;
        for (number, constant) in terms {
            let number = self.number_of(at, *number)?;
            sum = sum.checked_add(number.checked_mul(*constant)?)?;
            self.tell(self.evaluator.rules.factor_term, |writer| {
                writer.ratio(number).ratio(*constant);
            });
        }
        Ok(sum)
    }

    /// `readmission` (spec §1.9).
    pub(super) fn readmission(&mut self, step: &CompiledStep, rule: &Readmission) -> Result<(), Stop> {
        let decided = [
            (self.decision.earlier_gap_days, rule.earlier_times, step.rule),
            (self.decision.later_gap_days, rule.later_times, step.rule_other),
        ];
        for (gap, multiplier, rule) in decided {
            let Some(days) = gap.filter(|_| multiplier != Ratio::ONE) else { continue };
            self.view.state.readmission = times(self.view.state.readmission, multiplier)?;
            Writer::new(self.explanation).step(rule).int(i64::from(days)).ratio(multiplier);
        }
        Ok(())
    }

    /// `price`: fen per weight, or per unit; the sum of its lines.
    pub(super) fn price(&mut self, at: usize, step: &CompiledStep, from: &PriceFrom) -> Result<(), Stop> {
        let one = |run: &Self, from| match run.amount(at, from)? {
            Ok(rate) => Ok(Some(rate)),
            Err(_) if run.view.state.candidate.is_some() => Ok(None),
            Err(table) => Err(Stop::Refused(Refused::NoRow(short(at), table))),
        };
        let rate = match from {
            PriceFrom::One(from) => one(self, *from)?,
            PriceFrom::Lines(lines) => {
                let mut total = Some(Fen::ZERO);
                for line in lines {
                    let amount = one(self, line.from)?;
                    total = total.zip(amount).map(|(total, amount)| total.checked_add(amount)).transpose()?;
                    self.tell(line.rule, |writer| {
                        writer.fen(amount.unwrap_or(Fen::ZERO));
                    });
                }
                total
            }
        };
        let Some(rate) = rate else { return Ok(()) };
        self.view.state.rate = Some(rate);
        self.tell(step.rule, |writer| {
            writer.fen(rate);
        });
        Ok(())
    }

    /// `add_on`: new technology outside the standard (spec §1.13).
    pub(super) fn add_on(&mut self, at: usize, step: &CompiledStep, rule: &AddOn) -> Result<(), Stop> {
        let eligible = rule.eligible.holds(&self.view, &self.view.plan.tables);
        if !eligible.map_err(|missing| Stop::Refused(Refused::NotGiven(short(at), missing.0)))? {
            return Ok(());
        }
        let not_given = |field| Stop::Refused(Refused::NotGiven(short(at), field));
        let extra = self.view.number(rule.field).map(Fen::new).ok_or(not_given(rule.field))?;
        let less = match rule.less {
            None => Fen::ZERO,
            Some(AddOnLess::Field(field)) => self.view.number(field).map(Fen::new).ok_or(not_given(field))?,
            Some(AddOnLess::Table(table)) => match self.look_up_ratio(at, table)? {
                Found::Value(value) => value.to_fen(Mode::HalfUp)?,
                Found::Missing => return Err(Stop::Refused(Refused::NoRow(short(at), table))),
            },
        };
        let added = add_on(extra, less, rule.floor)?;
        self.view.state.add_on = self.view.state.add_on.checked_add(added)?;
        self.tell(step.rule, |writer| {
            writer.fen(extra).fen(less).fen(added);
        });
        Ok(())
    }
}

/// A coefficient rounded as published and kept inside its limits.
fn clamped(value: Ratio, rule: &Coefficient) -> Result<Decimal, Stop> {
    let low = rule.min.map_or(value, |min| value.max(min));
    let kept = rule.max.map_or(low, |max| low.min(max));
    Ok(kept.to_decimal(rule.rounding.dp, rule.rounding.mode)?)
}
