//! The published numbers of a case: points, standard, fund, and the outcome.

use yibao_kernel::explain::{RuleId, Writer};
use yibao_kernel::{Decimal, Fen, Mode, Ratio, RatioError, Rounding};

use super::decision::Candidate;
use super::evaluator::{CaseFailure, Evaluated, Run, Stop, short, times};
use super::fund::{average_ratio, floored, minus_patient, policy_ratio};
use super::outlier::with_factor;
use super::points::{case_points, incomplete_points, own_cost_points, ten_thousandths};
use super::refusal::Refused;
use super::standard::published_money;
use super::state::{State, View};
use crate::pack::case_step::BandCoefficient;
use crate::pack::step::{FundMode, RouteTo};
use crate::plan::{Basis, CaseFields, Cell, CompiledStep, CompiledVerb, FieldRef, Fund, PriceKind};
use crate::settled::{CaseOutcome, Route};

impl State {
    /// Factors, families and readmission together.
    fn all_factors(&self) -> Result<Ratio, RatioError> {
        let mut product = times(times(self.factors, self.readmission)?, self.transfer)?;
        for factor in self.families.iter().flatten() {
            product = times(product, *factor)?;
        }
        Ok(product)
    }

    fn coefficient_ratio(&self) -> Ratio {
        self.coefficient.map_or(Ratio::ONE, Decimal::ratio)
    }
}

impl View<'_> {
    /// Weight × units × rate, exact, in fen; or the standard that days or a quota have set.
    fn weight_at_rate(&self) -> Option<Ratio> {
        if let Some(amount) = self.state.base_money {
            return Some(amount.ratio());
        }
        let weight = match self.state.weight {
            None if self.from_one => Ratio::ONE,
            weight => weight?.ratio(),
        };
        let units = self.state.units.unwrap_or(Ratio::ONE);
        times(weight, units).ok()?.checked_mul(self.state.rate?.ratio()).ok()
    }

    /// Weight × rate, rounded as a standard.
    pub(super) fn standard_before_coefficient(&self) -> Option<Fen> {
        published_money(self.weight_at_rate()?, self.money).ok()
    }

    /// Weight × rate × K × factors so far, rounded as a standard.
    pub(super) fn standard_so_far(&self) -> Option<Fen> {
        let factors = times(self.state.coefficient_ratio(), self.state.all_factors().ok()?).ok()?;
        published_money(times(self.weight_at_rate()?, factors).ok()?, self.money).ok()
    }

    /// What the case would be worth at its standard, for ranking: in a points method base points × K at the mean of
    /// all cases, else the group mean. Zero where there is no standard.
    fn standard_for_ranking(&self) -> Fen {
        let state = &self.state;
        let from_points = || {
            let worth = state.base_points?.ratio().checked_mul(state.all_mean?.ratio()).ok()?;
            let worth = times(worth, state.coefficient_ratio()).ok()?;
            worth.checked_div(Ratio::from_int(100)).ok()?.to_fen(Mode::HalfUp).ok()
        };
        self.standard_so_far().or_else(from_points).or(state.mean_used).unwrap_or(Fen::ZERO)
    }
}

impl Run<'_, '_> {
    /// The base that K and the outlier factor multiply: base points, or the weight (a disease score).
    fn base(&self, at: usize) -> Result<Ratio, Stop> {
        let state = &self.view.state;
        let base = match state.base_points.or(state.weight) {
            Some(base) => base.ratio(),
            None if self.view.from_one => Ratio::ONE,
            None => return Err(Stop::Refused(Refused::NotGiven(short(at), FieldRef::BasePoints))),
        };
        Ok(times(base, state.units.unwrap_or(Ratio::ONE))?)
    }

    /// The mean an incomplete stay's cost is a share of.
    fn group_mean_of_incomplete(&self, at: usize) -> Result<Fen, Stop> {
        let state = &self.view.state;
        let slot = self.facts.group_mean;
        let mean = state.means.get(slot).copied().flatten().or(state.mean_of_base);
        let field = FieldRef::Mean(u8::try_from(slot).unwrap_or(0));
        let mean = mean.ok_or(Stop::Refused(Refused::NotGiven(short(at), field)))?;
        if mean <= Fen::ZERO {
            return Err(Stop::Refused(Refused::ZeroDenominator(short(at), field)));
        }
        Ok(mean)
    }

    /// base × K × outlier factor × factors, or what the route says instead.
    fn chained(&mut self, at: usize, base: Ratio) -> Result<Ratio, Stop> {
        let state = &self.view.state;
        let coefficient = state.coefficient_ratio();
        let factors = state.all_factors()?;
        if state.route == Some(RouteTo::Incomplete) {
            let mean = self.group_mean_of_incomplete(at)?;
            let cost = self.view.cost;
            Writer::new(self.explanation).step(self.evaluator.rules.incomplete).fen(cost).fen(mean);
            let exact = incomplete_points(base, coefficient, cost, mean.ratio())?;
            return Ok(times(exact, factors)?);
        }
        if let (Some(factor), true) = (state.outlier, state.band_coefficient != (BandCoefficient::Applies, false)) {
            return Ok(times(self.in_band(base, coefficient, factor)?, factors)?);
        }
        let exact = match state.outlier {
            Some(factor) if factor != Ratio::ONE => with_factor(base, coefficient, factor, state.coefficient_on)?,
            _ => times(base, coefficient)?,
        };
        Ok(times(exact, factors)?)
    }

    /// base × (f + K or f) × K or nothing: an outlier band in which K is added, or does not multiply (spec §2.10).
    fn in_band(&mut self, base: Ratio, coefficient: Ratio, factor: Ratio) -> Result<Ratio, Stop> {
        let ((applies, plus), on) = (self.view.state.band_coefficient, self.view.state.coefficient_on);
        let sum = if plus { factor.checked_add(coefficient)? } else { factor };
        let rules = self.evaluator.rules;
        let rule = match (plus, applies) {
            (true, BandCoefficient::None) => rules.band_plus_only,
            (true, BandCoefficient::Applies) => rules.band_plus_times,
            (false, _) => rules.band_without,
        };
        Writer::new(self.explanation).step(rule).ratio(factor).ratio(coefficient).ratio(sum);
        self.view.state.outlier = Some(sum);
        let multiplier = if applies == BandCoefficient::None { Ratio::ONE } else { coefficient };
        Ok(with_factor(base, multiplier, sum, on)?)
    }

    /// Points from the case's own cost.
    fn own_cost(&mut self, at: usize) -> Result<Ratio, Stop> {
        let all_mean = self.denominator(at, FieldRef::AllMean)?;
        let (cost, share) = (self.view.cost, self.view.state.times);
        Writer::new(self.explanation).step(self.evaluator.rules.own_cost).fen(cost).fen(all_mean).ratio(share);
        let exact = own_cost_points(cost, all_mean.ratio(), share)?;
        Ok(times(exact, self.view.state.readmission)?)
    }

    /// `points`: a published number. `rule` is none when the method does not state the step.
    pub(super) fn points(&mut self, at: usize, rule: Option<RuleId>, rounding: Rounding) -> Result<(), Stop> {
        let exact = if let Some(amount) = self.view.state.adjusted {
            let all_mean = self.denominator(at, FieldRef::AllMean)?;
            let rule = self.evaluator.rules.review_adjusted_points;
            Writer::new(self.explanation).step(rule).fen(amount).fen(all_mean);
            own_cost_points(amount, all_mean.ratio(), Ratio::ONE)?
        } else if self.view.state.route == Some(RouteTo::CostPoints) {
            self.own_cost(at)?
        } else {
            let base = self.base(at)?;
            let chained = self.chained(at, base)?;
            self.with_add_on_points(at, chained)?
        };
        let points = case_points(exact, rounding)?;
        if points.units() < 0 {
            return Err(Stop::Failed(CaseFailure::NegativePoints { points }));
        }
        self.view.state.points = Some(points);
        if let Some(rule) = rule {
            Writer::new(self.explanation).step(rule).decimal(points);
        }
        Ok(())
    }

    /// An add-on in money becomes points at the mean of all cases.
    fn with_add_on_points(&self, at: usize, exact: Ratio) -> Result<Ratio, Stop> {
        if self.view.state.add_on.is_zero() {
            return Ok(exact);
        }
        let all_mean = self.denominator(at, FieldRef::AllMean)?;
        Ok(exact.checked_add(own_cost_points(self.view.state.add_on, all_mean.ratio(), Ratio::ONE)?)?)
    }

    /// `standard`: a published amount (spec §1.6).
    pub(super) fn standard(&mut self, at: usize, rule: Option<RuleId>, rounding: Rounding) -> Result<(), Stop> {
        if self.method.price == PriceKind::Points {
            return Ok(());
        }
        if let Some(amount) = self.view.state.adjusted {
            Writer::new(self.explanation).step(self.evaluator.rules.review_adjusted).fen(amount);
            self.view.state.standard = Some(amount);
            return Ok(());
        }
        let missing = |field| Stop::Refused(Refused::NotGiven(short(at), field));
        let rate = self.view.state.rate.ok_or(missing(FieldRef::StdBeforeCoefficient));
        let exact = if self.view.state.route == Some(RouteTo::CostPoints) {
            let rate = rate?;
            // Points are hundredths of the mean of all cases; a weight is a whole of it.
            let weight = self.own_cost(at)?.checked_div(Ratio::from_int(100))?;
            self.view.state.points = Some(weight.to_decimal(4, Mode::HalfUp)?);
            weight.checked_mul(rate.ratio())?
        } else {
            if self.view.state.base_money.is_none() {
                rate?;
            }
            let base = self.view.weight_at_rate().ok_or(missing(FieldRef::Weight))?;
            self.chained(at, base)?.checked_add(self.view.state.add_on.ratio())?
        };
        let standard = published_money(exact, rounding)?;
        self.view.state.standard = Some(standard);
        if let Some(rule) = rule {
            Writer::new(self.explanation).step(rule).fen(standard);
        }
        Ok(())
    }

    /// `fund`: from standard to fund money (spec §1.7).
    pub(super) fn fund(&mut self, at: usize, step: &CompiledStep, rule: &Fund) -> Result<(), Stop> {
        if self.view.state.standard.is_none() && self.view.state.adjusted.is_some() {
            // A panel has put its own standard in the place of the one computed before.
            self.standard(at, None, self.view.money)?;
        }
        let standard = self.view.state.standard;
        let standard = standard.ok_or(Stop::Refused(Refused::NotGiven(short(at), FieldRef::Std)))?;
        let fund = match rule.mode {
            FundMode::Whole => standard,
            FundMode::MinusPatient => minus_patient(standard, self.patient())?,
            FundMode::AvgRatio => average_ratio(standard, self.fund_ratio(at, rule)?)?,
            FundMode::PolicyRatio => {
                let ratio = self.fund_ratio(at, rule)?;
                let mut taken_off = Fen::ZERO;
                for field in &rule.less {
                    let amount = self.view.number(*field);
                    let amount = amount.ok_or(Stop::Refused(Refused::NotGiven(short(at), *field)))?;
                    taken_off = taken_off.checked_add(Fen::new(amount))?;
                }
                policy_ratio(standard, [taken_off], ratio)?
            }
        };
        let fund = if rule.floor_zero { floored(fund) } else { fund };
        self.view.state.fund = Some(fund);
        Writer::new(self.explanation).step(step.rule).fen(standard).fen(fund);
        Ok(())
    }

    /// The fund step of a method whose review stands behind it.
    fn fund_after_review(&mut self) -> Result<(), Stop> {
        let method = self.method;
        for (at, step) in method.case_steps.iter().enumerate() {
            if let CompiledVerb::Fund(fund) = &step.verb
                && self.applies(at, step)?
            {
                self.fund(at, step, fund)?;
            }
        }
        Ok(())
    }

    fn patient(&self) -> Fen {
        self.view.stays.patient.get(self.view.row).copied().unwrap_or(Fen::ZERO)
    }

    fn fund_ratio(&self, at: usize, rule: &Fund) -> Result<Ratio, Stop> {
        if let Some(field) = rule.ratio_field {
            let millionths = self.view.number(field);
            let millionths = millionths.ok_or(Stop::Refused(Refused::NotGiven(short(at), field)))?;
            return Ok(Ratio::new(i128::from(millionths), 1_000_000)?);
        }
        if let Some(table) = rule.table {
            let cell = self.view.cell(table);
            if cell == Some(Cell::Open) {
                return Err(Stop::Refused(Refused::OpenValue(short(at), table)));
            }
            return cell.and_then(Cell::ratio).ok_or(Stop::Refused(Refused::NoRow(short(at), table)));
        }
        Ok(rule.ratio.unwrap_or(Ratio::ONE))
    }

    /// The outcome, after the last step.
    pub(super) fn finish(&mut self, last: usize) -> Result<Evaluated, Stop> {
        let by_points = self.method.price == PriceKind::Points;
        let priced = self.is_priced();
        if priced && by_points && self.view.state.points.is_none() {
            self.points(last, None, Rounding { dp: 4, mode: Mode::HalfUp })?;
        }
        if priced && !by_points && self.view.state.standard.is_none() {
            self.standard(last, None, self.view.money)?;
        }
        if !by_points && self.view.state.adjusted.is_some() && self.view.state.fund.is_none() {
            self.fund_after_review()?;
        }
        let amount = match (priced, by_points) {
            (true, true) => {
                Writer::new(self.explanation).step(self.evaluator.rules.by_point_value);
                Fen::ZERO
            }
            (true, false) => self.amount_by_rate()?,
            (false, _) => self.amount_by_route(),
        };
        if let Some(candidate) = self.view.state.candidate {
            let over_standard = candidate.cost.checked_sub(self.view.standard_for_ranking())?;
            self.view.state.candidate = Some(Candidate { over_standard, ..candidate });
        }
        let state = &self.view.state;
        let units = |number: Option<Decimal>| number.map_or(Ok(0), ten_thousandths);
        let counted = match state.points {
            Some(points) => ten_thousandths(points)?,
            None if by_points => 0,
            None => self.counted()?,
        };
        let without_k = state.outlier.is_some() && state.band_coefficient.0 == BandCoefficient::None;
        let coefficient = state.coefficient.filter(|_| !without_k);
        let factor = times(state.outlier.unwrap_or(Ratio::ONE), state.all_factors()?)?;
        let outcome = CaseOutcome {
            method: self.view.key.method,
            route: self.final_route(),
            weight: units(state.weight)?,
            base_points: units(state.base_points)?,
            mean_fen: state.mean_used.or(state.mean_of_base).map_or(0, Fen::get),
            coefficient: coefficient.map_or(Ok(10_000), ten_thousandths)?,
            factor: if factor == Ratio::ONE { 1_000_000 } else { factor.to_decimal(6, Mode::HalfUp)?.units() },
            points: if priced { counted } else { 0 },
            standard: state.standard.unwrap_or(Fen::ZERO),
            amount,
        };
        Ok(Evaluated { outcome, refused: None, candidate: state.candidate, limit_ask: state.limit_ask })
    }

    /// Fund money of a case paid by rate. A method that states no `fund` step pays the standard (fund basis), or the
    /// standard less what the patient paid (cost basis).
    pub(super) fn amount_by_rate(&self) -> Result<Fen, Stop> {
        let standard = self.view.state.standard.unwrap_or(Fen::ZERO);
        match (self.view.state.fund, self.method.basis) {
            (Some(fund), _) => Ok(fund),
            (None, Basis::Fund) => Ok(standard),
            (None, Basis::Cost) => Ok(minus_patient(standard, self.patient())?),
        }
    }

    fn amount_by_route(&mut self) -> Fen {
        let rules = self.evaluator.rules;
        match self.view.state.route {
            Some(RouteTo::Items) => {
                let fund = self.view.stays.fund.get(self.view.row).copied().unwrap_or(Fen::ZERO);
                Writer::new(self.explanation).step(rules.items).fen(fund);
                // A ceiling or a yearly limit may have lowered it.
                self.view.state.fund.unwrap_or(fund)
            }
            Some(RouteTo::Nothing) => {
                Writer::new(self.explanation).step(rules.nothing);
                Fen::ZERO
            }
            _ => {
                Writer::new(self.explanation).step(rules.held);
                Fen::ZERO
            }
        }
    }

    fn final_route(&self) -> Route {
        let state = &self.view.state;
        match state.route {
            _ if state.reviewed => Route::SpecialReview,
            None if state.outlier.is_some_and(|factor| factor != Ratio::ONE) => Route::Outlier,
            None | Some(RouteTo::Standard) => Route::Group,
            Some(RouteTo::Items) => Route::Items,
            Some(RouteTo::CostPoints) => Route::CostPoints,
            Some(RouteTo::Incomplete) => Route::Incomplete,
            Some(RouteTo::Nothing) => Route::Nothing,
            Some(RouteTo::SpecialReview | RouteTo::Held | RouteTo::Refuse) => Route::Held,
        }
    }
}
