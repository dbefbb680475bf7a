//! A group's weight before adjustment and rounding, with its reasons.

use yibao_kernel::statistics::Moments;
use yibao_kernel::{Decimal, Fen, Mode};

use super::error::WeighError;
use super::exact::Exact;
use super::mean::Means;
use super::plan::{Fallback, Reference, WeighPlan};
use super::population::{Described, Population};
use super::reasons::{Rules, Said, say, say_trim};
use super::relative::{relative_weight, weight_of};
use super::stability::Stability;
use super::table::Basis;

/// Places of a weight inside an explanation, before it is published.
const SHOWN_DP: u8 = 6;

/// A group's weight before adjustment and rounding.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) weight: Option<Exact>,
    pub(super) basis: Basis,
    pub(super) parent: Option<String>,
    pub(super) note: String,
    pub(super) explanation: Vec<u8>,
}

/// What every group's weight is made with.
pub(super) struct Drafting<'a> {
    pub(super) plan: &'a WeighPlan,
    pub(super) population: &'a Population,
    pub(super) reference: &'a Means,
    pub(super) rules: Rules,
}

/// The reference of the ratio (spec §1.4), refused when nothing can be a ratio to it.
pub(super) fn reference(plan: &WeighPlan, population: &Population) -> Result<Means, WeighError> {
    let means = match &plan.reference {
        Reference::Mean {} => super::mean::means(&population.all, &population.shares, plan.weighting_of)
            .ok_or(WeighError::ReferenceNotPositive)?,
        Reference::Benchmark { group } => population
            .find(group)
            .and_then(|found| found.means.clone())
            .ok_or_else(|| WeighError::BenchmarkAbsent { group: group.clone() })?,
        Reference::Quota { amount } => Means { amount: Exact::from(amount.ratio()), classes: Vec::new() },
    };
    if !means.amount.is_positive() {
        return Err(WeighError::ReferenceNotPositive);
    }
    let classes = plan.five_class.as_ref().map_or(&[][..], |five| five.classes.as_slice());
    for (class, mean) in classes.iter().zip(&means.classes) {
        if !mean.is_positive() {
            return Err(WeighError::ClassWithoutCost { class: class.clone() });
        }
    }
    Ok(means)
}

/// An exact number of fen as shown: rounded half-up.
pub(super) fn shown(amount: &Exact, what: &'static str, group: &str) -> Result<Fen, WeighError> {
    let rounded = amount.round(0, Mode::HalfUp).map(|number| Fen::new(number.units()));
    rounded.ok_or_else(|| WeighError::TooLarge { what, group: group.to_owned() })
}

/// A weight inside an explanation.
pub(super) fn shown_weight(weight: &Exact, group: &str) -> Result<Decimal, WeighError> {
    let rounded = weight.round(SHOWN_DP, Mode::HalfUp);
    rounded.ok_or_else(|| WeighError::TooLarge { what: "weight", group: group.to_owned() })
}

/// The coefficient of variation as shown.
pub(super) fn shown_cv(kept: &Moments, plan: &WeighPlan) -> Option<Decimal> {
    kept.cv(plan.stable.spread, 4)
}

impl Drafting<'_> {
    /// The weight of a group: its own when it is stable, else the first fallback that has an answer.
    pub(super) fn draft(&self, name: &str, group: &Described) -> Result<Draft, WeighError> {
        let mut explanation = Vec::with_capacity(160);
        self.say_sample(&mut explanation, group)?;
        let note = self.say_stability(&mut explanation, group);
        let mut draft = Draft { weight: None, basis: Basis::Own, parent: None, note, explanation };
        if group.stability == Stability::Stable {
            if let Some(means) = &group.means {
                self.own(&mut draft, name, means)?;
            }
            return Ok(draft);
        }
        for fallback in &self.plan.unstable {
            if self.fall_back(*fallback, &mut draft, name, group)? {
                return Ok(draft);
            }
        }
        Err(WeighError::NoWeight { group: name.to_owned() })
    }

    fn say_sample(&self, explanation: &mut Vec<u8>, group: &Described) -> Result<(), WeighError> {
        let sample = &group.sample;
        say_trim(explanation, self.rules.trim, &self.plan.trim);
        let counts = [sample.cases, sample.kept.n(), sample.trimmed_low, sample.trimmed_high];
        say(explanation, self.rules.cases, &counts.map(Said::Count));
        if let Some((low, high)) = sample.kept_range {
            say(explanation, self.rules.kept, &[Said::Money(Fen::new(low)), Said::Money(Fen::new(high))]);
        }
        Ok(())
    }

    /// Says the stability test's answer; the short remark of an unstable group.
    fn say_stability(&self, explanation: &mut Vec<u8>, group: &Described) -> String {
        let (rule, cases) = (&self.plan.stable, group.sample.cases);
        let (fewest, bound) = (rule.min_cases, rule.cv);
        let cv = shown_cv(&group.sample.kept, self.plan);
        match (group.stability, cv) {
            (Stability::FewCases, _) => {
                say(explanation, self.rules.few, &[Said::Count(cases), Said::Count(fewest)]);
                format!("n {cases} < {fewest}")
            }
            (Stability::Stable, Some(cv)) => {
                let values = [Said::Count(cases), Said::Count(fewest), Said::Published(cv), Said::Exactly(bound)];
                say(explanation, self.rules.stable, &values);
                String::new()
            }
            (Stability::Spread, Some(cv)) => {
                say(explanation, self.rules.spread, &[Said::Published(cv), Said::Exactly(bound)]);
                format!("CV {cv} {} {bound}", if rule.inclusive { ">" } else { ">=" })
            }
            (_, None) => {
                say(explanation, self.rules.no_spread, &[]);
                "CV -".to_owned()
            }
        }
    }

    /// Tries one fallback; whether it answered.
    fn fall_back(
        &self,
        fallback: Fallback,
        draft: &mut Draft,
        name: &str,
        group: &Described,
    ) -> Result<bool, WeighError> {
        match fallback {
            Fallback::Parent => self.parent(draft, name),
            Fallback::Median => self.median(draft, name, group),
            Fallback::Own => {
                let Some(means) = group.means.as_ref().filter(|means| means.amount.is_positive()) else {
                    return Ok(false);
                };
                say(&mut draft.explanation, self.rules.own, &[Said::Money(shown(&means.amount, "mean", name)?)]);
                self.own(draft, name, means)?;
                Ok(true)
            }
            Fallback::SpecialReview => {
                say(&mut draft.explanation, self.rules.special_review, &[]);
                draft.basis = Basis::SpecialReview;
                Ok(true)
            }
            Fallback::CostPoints => {
                say(&mut draft.explanation, self.rules.cost_points, &[]);
                draft.basis = Basis::CostPoints;
                Ok(true)
            }
        }
    }

    fn parent(&self, draft: &mut Draft, name: &str) -> Result<bool, WeighError> {
        let rules = &self.rules;
        let Some((parent, found)) =
            self.plan.parent_of(name).and_then(|parent| self.population.parents.get_key_value(parent))
        else {
            say(&mut draft.explanation, rules.no_parent, &[]);
            return Ok(false);
        };
        draft.parent = Some(parent.clone());
        let cases = Said::Count(found.sample.cases);
        let means = found.means.as_ref().filter(|_| found.stability == Stability::Stable);
        let Some(means) = means else {
            say(&mut draft.explanation, rules.parent_unstable, &[Said::Word(parent), cases]);
            return Ok(false);
        };
        let weight = self.weight(means)?;
        let number = Said::Published(shown_weight(&weight, parent)?);
        say(&mut draft.explanation, rules.parent, &[Said::Word(parent), cases, number]);
        draft.note.push_str("; parent ");
        draft.note.push_str(parent);
        (draft.basis, draft.weight) = (Basis::Parent, Some(weight));
        Ok(true)
    }

    /// The median of the kept cases of all data years: an unstable group has too few cases for yearly medians.
    fn median(&self, draft: &mut Draft, name: &str, group: &Described) -> Result<bool, WeighError> {
        let Some(median) = group.sample.median.map(Exact::from).filter(Exact::is_positive) else { return Ok(false) };
        let money = shown(&median, "median", name)?;
        say(&mut draft.explanation, self.rules.median, &[Said::Money(money)]);
        let weight = relative_weight(&median, &self.reference.amount, self.plan.scale)
            .ok_or(WeighError::ReferenceNotPositive)?;
        self.say_ratio(draft, name, money, &weight)?;
        (draft.basis, draft.weight) = (Basis::Median, Some(weight));
        Ok(true)
    }

    /// The weight of the group's own mean.
    fn own(&self, draft: &mut Draft, name: &str, means: &Means) -> Result<(), WeighError> {
        self.say_years(draft, name)?;
        let money = shown(&means.amount, "mean", name)?;
        say(&mut draft.explanation, self.rules.mean, &[Said::Money(money)]);
        let weight = self.weight(means)?;
        match &self.plan.five_class {
            None => self.say_ratio(draft, name, money, &weight)?,
            Some(five) => {
                for (class, (mean, reference)) in
                    five.classes.iter().zip(means.classes.iter().zip(&self.reference.classes))
                {
                    let mean = Said::Money(shown(mean, "class mean", name)?);
                    let reference = Said::Money(shown(reference, "class mean", "*")?);
                    let values = [Said::Word(class), mean, reference, Said::Exactly(five.weight)];
                    say(&mut draft.explanation, self.rules.class, &values);
                }
                let number = Said::Published(shown_weight(&weight, name)?);
                say(&mut draft.explanation, self.rules.class_total, &[Said::Exactly(self.plan.scale), number]);
            }
        }
        (draft.basis, draft.weight) = (Basis::Own, Some(weight));
        Ok(())
    }

    fn weight(&self, means: &Means) -> Result<Exact, WeighError> {
        weight_of(means, self.reference, self.plan.five_class.as_ref(), self.plan.scale)
            .ok_or(WeighError::ReferenceNotPositive)
    }

    fn say_years(&self, draft: &mut Draft, name: &str) -> Result<(), WeighError> {
        let Some(group) = self.population.find(name) else { return Ok(()) };
        for (year, share) in group.sample.years.iter().zip(&self.population.shares) {
            let weight = Said::Exactly(share.weight);
            match year.kept.mean() {
                Some(mean) => {
                    let mean = Said::Money(shown(&Exact::from(mean), "mean", name)?);
                    let values = [Said::Year(share.year), Said::Count(year.kept.n()), mean, weight];
                    say(&mut draft.explanation, self.rules.year, &values);
                }
                None => say(&mut draft.explanation, self.rules.empty_year, &[Said::Year(share.year), weight]),
            }
        }
        Ok(())
    }

    fn say_ratio(&self, draft: &mut Draft, name: &str, money: Fen, weight: &Exact) -> Result<(), WeighError> {
        let reference = Said::Money(shown(&self.reference.amount, "reference", "*")?);
        match &self.plan.reference {
            Reference::Mean {} => say(&mut draft.explanation, self.rules.to_mean, &[reference]),
            Reference::Benchmark { group } => {
                say(&mut draft.explanation, self.rules.to_benchmark, &[Said::Word(group), reference]);
            }
            Reference::Quota { .. } => say(&mut draft.explanation, self.rules.to_quota, &[reference]),
        }
        let reference = Said::Money(shown(&self.reference.amount, "reference", "*")?);
        let number = Said::Published(shown_weight(weight, name)?);
        let values = [Said::Money(money), reference, Said::Exactly(self.plan.scale), number];
        say(&mut draft.explanation, self.rules.ratio, &values);
        Ok(())
    }
}
