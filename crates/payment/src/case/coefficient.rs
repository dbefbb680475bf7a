//! Hospital coefficients (spec §1.10, §2.4): a weighted sum of factors, a base with bonuses by steps, a ratio of means.

use thiserror::Error;
use yibao_kernel::{Decimal, Mode, Ratio, RatioError, Rounding};

use crate::pack::step::{Deviation, Steps};

/// One factor of a weighted coefficient.
#[derive(Clone, Debug)]
pub struct WeightedTerm {
    /// Its name in the policy.
    pub name: String,
    /// Its share of the coefficient.
    pub weight: Ratio,
    /// Legal lower bound of the weight.
    pub at_least: Option<Ratio>,
    /// Legal upper bound of the weight.
    pub at_most: Option<Ratio>,
}

/// Why weights are not those of a coefficient.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum CoefficientError {
    /// Weights outside their legal bounds, or not adding up to 1.
    #[error("weights of the coefficient are out of bounds: {}\n  hint: the weights add up to 1 and keep the bounds stated beside them", violations.join(", "))]
    OutOfBounds {
        /// Each bound that does not hold, as `level>=0.50`.
        violations: Vec<String>,
    },
    /// Not one factor for each weight.
    #[error("{weights} weights but {factors} factors\n  hint: every weight has one factor")]
    Count {
        /// Number of weights.
        weights: usize,
        /// Number of factors.
        factors: usize,
    },
    /// Arithmetic.
    #[error(transparent)]
    Ratio(#[from] RatioError),
}

/// The bounds that do not hold, as `level>=0.50`, `history<=0.30`, `sum=1`, in the order of the terms. Zhejiang 2025
/// states bounds for the weights, and one reading of it makes them add up to 1 (spec §1.10).
///
/// # Errors
/// Overflow.
pub fn violations(terms: &[WeightedTerm]) -> Result<Vec<String>, RatioError> {
    let mut broken = Vec::new();
    let mut sum = Ratio::ZERO;
    for term in terms {
        if let Some(bound) = term.at_least.filter(|bound| term.weight < *bound) {
            broken.push(format!("{}>={}", term.name, share(bound)));
        }
        if let Some(bound) = term.at_most.filter(|bound| term.weight > *bound) {
            broken.push(format!("{}<={}", term.name, share(bound)));
        }
        sum = sum.checked_add(term.weight)?;
    }
    if sum != Ratio::ONE {
        broken.push("sum=1".to_owned());
    }
    Ok(broken)
}

/// A share with two decimal places where that is exact.
fn share(bound: Ratio) -> String {
    match bound.to_decimal(2, Mode::Down) {
        Ok(short) if short.ratio() == bound => short.to_string(),
        _ => bound.to_string(),
    }
}

/// K = Σ weight × factor, rounded as published (spec §1.10).
///
/// # Errors
/// [`CoefficientError`].
pub fn weighted(terms: &[WeightedTerm], factors: &[Ratio], rounding: Rounding) -> Result<Decimal, CoefficientError> {
    let violations = violations(terms)?;
    if !violations.is_empty() {
        return Err(CoefficientError::OutOfBounds { violations });
    }
    if terms.len() != factors.len() {
        return Err(CoefficientError::Count { weights: terms.len(), factors: factors.len() });
    }
    let mut sum = Ratio::ZERO;
    for (term, factor) in terms.iter().zip(factors) {
        sum = sum.checked_add(term.weight.checked_mul(*factor)?)?;
    }
    Ok(sum.to_decimal(rounding.dp, rounding.mode)?)
}

/// A bonus by the steps of a deviation from a reference (spec §2.4).
#[derive(Clone, Copy, Debug)]
pub struct StepBonus {
    /// Relative or absolute deviation.
    pub deviation: Deviation,
    /// Width of a step.
    pub per: Ratio,
    /// Added per step.
    pub add: Ratio,
    /// Whole steps or linear.
    pub steps: Steps,
    /// Added once when above the reference.
    pub above_add: Option<Ratio>,
    /// Not more than this.
    pub cap: Option<Ratio>,
}

impl StepBonus {
    /// The bonus of a value against its reference; a negative deviation is 0 (spec §2.4).
    ///
    /// # Errors
    /// [`RatioError::DivisionByZero`] for a relative deviation from 0; overflow.
    pub fn bonus(&self, value: Ratio, reference: Ratio) -> Result<Ratio, RatioError> {
        let distance = value.checked_sub(reference)?;
        let deviation = match self.deviation {
            Deviation::Absolute => distance,
            Deviation::Relative => distance.checked_div(reference)?,
        };
        if deviation <= Ratio::ZERO {
            return Ok(Ratio::ZERO);
        }
        let steps = deviation.checked_div(self.per)?;
        let counted = match self.steps {
            Steps::Linear => steps,
            Steps::Whole => Ratio::new(steps.round(0, Mode::Floor)?, 1)?,
        };
        let bonus = counted.checked_mul(self.add)?.checked_add(self.above_add.unwrap_or(Ratio::ZERO))?;
        Ok(self.cap.map_or(bonus, |cap| bonus.min(cap)))
    }
}

/// K = base + Σ bonuses, rounded as published (spec §2.4).
///
/// # Errors
/// Overflow.
pub fn additive(base: Ratio, bonuses: &[Ratio], rounding: Rounding) -> Result<Decimal, RatioError> {
    let mut sum = base;
    for bonus in bonuses {
        sum = sum.checked_add(*bonus)?;
    }
    sum.to_decimal(rounding.dp, rounding.mode)
}

/// K = hospital mean / city mean in the group; 1 for a group the hospital or the city has no mean of (Jinhua,
/// spec §1.10).
///
/// # Errors
/// Overflow.
pub fn mean_ratio(hospital: Option<Ratio>, city: Option<Ratio>, rounding: Rounding) -> Result<Decimal, RatioError> {
    let exact = match (hospital, city) {
        (Some(hospital), Some(city)) if !city.is_zero() => hospital.checked_div(city)?,
        _ => Ratio::ONE,
    };
    exact.to_decimal(rounding.dp, rounding.mode)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: Rounding = Rounding { dp: 4, mode: Mode::HalfUp };

    fn ratio(text: &str) -> Ratio {
        Ratio::parse(text).unwrap()
    }

    fn term(name: &str, weight: &str, at_least: Option<&str>, at_most: Option<&str>) -> WeightedTerm {
        WeightedTerm {
            name: name.to_owned(),
            weight: ratio(weight),
            at_least: at_least.map(ratio),
            at_most: at_most.map(ratio),
        }
    }

    #[test]
    fn weights_outside_their_bounds_are_named() {
        let terms = [
            term("level", "0.45", Some("0.50"), None),
            term("history", "0.31", None, Some("0.30")),
            term("cmi", "0.2", Some("0.03"), None),
        ];
        assert_eq!(violations(&terms).unwrap(), ["level>=0.50", "history<=0.30", "sum=1"]);
        assert_eq!(
            weighted(&terms, &[Ratio::ONE; 3], PUBLISHED).unwrap_err().to_string(),
            "weights of the coefficient are out of bounds: level>=0.50, history<=0.30, sum=1\n  hint: the weights add up to 1 and keep the bounds stated beside them"
        );
    }

    #[test]
    fn whole_steps_and_linear_steps_differ() {
        let bonus = |steps| StepBonus {
            deviation: Deviation::Relative,
            per: ratio("5%"),
            add: ratio("0.01"),
            steps,
            above_add: None,
            cap: Some(ratio("0.13")),
        };
        let of = |steps, value: &str| bonus(steps).bonus(ratio(value), ratio("1.18")).unwrap();
        assert_eq!(of(Steps::Whole, "1.30"), ratio("0.02"));
        assert_eq!(of(Steps::Linear, "1.30").to_decimal(4, Mode::HalfUp).unwrap().to_string(), "0.0203");
        assert_eq!(of(Steps::Whole, "2.60"), ratio("0.13"));
        assert_eq!(of(Steps::Whole, "1.00"), Ratio::ZERO);
    }

    #[test]
    fn a_new_group_has_the_coefficient_one() {
        assert_eq!(mean_ratio(None, Some(ratio("10000")), PUBLISHED).unwrap().to_string(), "1.0000");
        let known = mean_ratio(Some(ratio("13200")), Some(ratio("12000")), PUBLISHED);
        assert_eq!(known.unwrap().to_string(), "1.1000");
    }
}
