//! Hospital coefficients (spec §1.10, §2.4): looked up, or computed once per institution with all parts explained.

use std::collections::BTreeMap;

use yibao_kernel::explain::{Rule, RuleId, Writer};
use yibao_kernel::{Ratio, RatioError, Rounding};
use yibao_policy::{Path, suggest};

use super::Compiler;
use crate::pack::step::{AdditivePart, CoefficientForm, CoefficientStep, Deviation, Steps, WeightedFactor};
use crate::plan::table::Unit;
use crate::plan::{Coefficient, CoefficientFrom, InstitutionCoefficient};

impl Compiler<'_> {
    pub(super) fn coefficient(&mut self, step: &CoefficientStep, path: &Path, rule: RuleId) -> Option<Coefficient> {
        let rounding = Rounding { dp: step.dp.unwrap_or(4), mode: yibao_kernel::Mode::HalfUp };
        if rounding.dp > 4 {
            self.error(
                &path.key("dp"),
                format!("a coefficient has at most 4 decimal places, found {}", rounding.dp),
                "state dp = 4 or fewer",
            );
            return None;
        }
        if let (Some(min), Some(max)) = (step.min, step.max)
            && min > max
        {
            self.error(&path.key("min"), format!("`min` {min} lies above `max` {max}"), "exchange them");
        }
        self.check_coefficient_keys(step, path);
        let same_price = match &step.same_price {
            Some(name) => {
                Some(self.table(name, &path.key("same_price"), &[Unit::List, Unit::Decimal, Unit::Fen, Unit::Ratio])?)
            }
            None => None,
        };
        let from = match step.form {
            CoefficientForm::Table => {
                let name = self.needed(step.table.as_ref(), path, "table", "form = \"table\"")?;
                let table = self.table(&name, &path.key("table"), &[Unit::Decimal, Unit::Ratio])?;
                CoefficientFrom::Table { table, missing_is_one: step.missing_is_one.unwrap_or(false) }
            }
            CoefficientForm::Weighted => {
                let factors = self.needed(step.factors.as_ref(), path, "factors", "form = \"weighted\"")?;
                CoefficientFrom::Institutions(self.weighted(&factors, step, &rounding, &path.key("factors"), rule)?)
            }
            CoefficientForm::Additive => {
                let base = self.needed(step.base.as_ref(), path, "base", "form = \"additive\"")?;
                let parts = step.parts.clone().unwrap_or_default();
                CoefficientFrom::Institutions(self.additive(&base, &parts, step, &rounding, path, rule)?)
            }
            CoefficientForm::MeanRatio => {
                let hospital =
                    self.needed(step.hospital_means.as_ref(), path, "hospital_means", "form = \"mean_ratio\"")?;
                let city = self.needed(step.city_means.as_ref(), path, "city_means", "form = \"mean_ratio\"")?;
                let hospital = self.table(&hospital, &path.key("hospital_means"), &[Unit::Fen]);
                let city = self.table(&city, &path.key("city_means"), &[Unit::Fen]);
                CoefficientFrom::MeanRatio { hospital: hospital?, city: city? }
            }
        };
        Some(Coefficient { from, same_price, rounding, min: step.min, max: step.max })
    }

    /// Keys of another form would be silently without effect.
    fn check_coefficient_keys(&mut self, step: &CoefficientStep, path: &Path) {
        let own = |form| step.form == form;
        let keys = [
            ("table", step.table.is_some(), own(CoefficientForm::Table)),
            ("missing_is_one", step.missing_is_one.is_some(), own(CoefficientForm::Table)),
            ("factors", step.factors.is_some(), own(CoefficientForm::Weighted)),
            ("base", step.base.is_some(), own(CoefficientForm::Additive)),
            ("parts", step.parts.is_some(), own(CoefficientForm::Additive)),
            ("hospital_means", step.hospital_means.is_some(), own(CoefficientForm::MeanRatio)),
            ("city_means", step.city_means.is_some(), own(CoefficientForm::MeanRatio)),
        ];
        for (key, stated, of_form) in keys {
            if stated && !of_form {
                self.error(
                    &path.key(key),
                    format!("`{key}` has no meaning in this form of the coefficient"),
                    "take it away, or state another `form`",
                );
            }
        }
    }

    fn needed<T: Clone>(&mut self, value: Option<&T>, path: &Path, key: &str, by: &str) -> Option<T> {
        if value.is_none() {
            self.error(path, format!("{by} needs `{key}`"), format!("add `{key} = …`"));
        }
        value.cloned()
    }

    /// The column of an indicator.
    fn indicator(&mut self, column: &str, path: &Path) -> Option<Vec<Option<Ratio>>> {
        if self.pack.institutions.as_ref().is_some_and(|table| table.from_stays) {
            self.error(
                path,
                "institutions declared by the stays have no columns",
                "state them in a table: [institutions] file = \"institutions.csv\"",
            );
            return None;
        }
        let Some(values) = self.indicators.get(column) else {
            let hint = suggest::hint(column, self.indicators.keys().map(String::as_str));
            self.error(path, format!("the institutions' table has no column \"{column}\""), hint);
            return None;
        };
        let values = values.clone();
        for (institution, value) in self.institutions.iter().zip(&values) {
            if value.is_none() {
                let message = format!("institution \"{}\" has no number in column \"{column}\"", institution.view.id);
                let place = self.folder.locate(path);
                self.found.error(message, Some(place), "fill it in the institutions' table, like 1.05");
            }
        }
        Some(values)
    }

    fn weighted(
        &mut self,
        factors: &BTreeMap<String, WeightedFactor>,
        step: &CoefficientStep,
        rounding: &Rounding,
        path: &Path,
        rule: RuleId,
    ) -> Option<Vec<Option<InstitutionCoefficient>>> {
        self.check_weights(factors, path);
        let mut columns = Vec::new();
        for (name, factor) in factors {
            columns.push((factor.weight, self.indicator(&factor.column, &path.key(name).key("column"))));
        }
        let mut computed = Vec::new();
        for rank in 0..self.institutions.len() {
            let mut terms = Vec::new();
            for (weight, values) in &columns {
                let value = values.as_ref().and_then(|values| values.get(rank).copied().flatten());
                terms.push(value.map(|value| (value, value.checked_mul(*weight))));
            }
            computed.push(self.sum_of(terms, step, rounding, rule, path)?);
        }
        Some(computed)
    }

    fn check_weights(&mut self, factors: &BTreeMap<String, WeightedFactor>, path: &Path) {
        let mut sum = Ok(Ratio::ZERO);
        for (name, factor) in factors {
            sum = sum.and_then(|sum: Ratio| sum.checked_add(factor.weight));
            let here = path.key(name).key("weight");
            if let Some(least) = factor.at_least.filter(|least| factor.weight < *least) {
                let bound = two_places(least);
                self.error(
                    &here,
                    format!("the weight of \"{name}\" is {}: {name}>={bound}", factor.weight),
                    format!("state a weight of at least {bound}"),
                );
            }
            if let Some(most) = factor.at_most.filter(|most| factor.weight > *most) {
                let bound = two_places(most);
                self.error(
                    &here,
                    format!("the weight of \"{name}\" is {}: {name}<={bound}", factor.weight),
                    format!("state a weight of at most {bound}"),
                );
            }
            if factor.weight.is_negative() {
                self.error(&here, format!("the weight of \"{name}\" is negative"), "weights lie between 0 and 1");
            }
        }
        match sum {
            Ok(sum) if sum != Ratio::ONE => {
                self.error(path, format!("the weights of the factors sum to {sum}, not 1"), "correct the weights");
            }
            Ok(_) => {}
            Err(error) => self.error_text(path, &error.to_string()),
        }
    }

    fn additive(
        &mut self,
        base: &BTreeMap<String, Ratio>,
        parts: &[AdditivePart],
        step: &CoefficientStep,
        rounding: &Rounding,
        path: &Path,
        rule: RuleId,
    ) -> Option<Vec<Option<InstitutionCoefficient>>> {
        let levels = self.codes(crate::plan::FieldRef::Level).unwrap_or_default();
        self.check_levels(base.keys(), &levels, &path.key("base"));
        for level in levels.iter().filter(|level| !base.contains_key(*level)) {
            self.error(
                &path.key("base"),
                format!("no base for level \"{level}\""),
                format!("add {level} = \"…\" to `base`"),
            );
        }
        let mut columns = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            let here = path.key("parts").at(index);
            self.check_levels(part.caps.keys(), &levels, &here.key("caps"));
            self.check_levels(part.levels.iter().flatten(), &levels, &here.key("levels"));
            if part.per.is_zero() || part.per.is_negative() {
                self.error(&here.key("per"), "the width of a step is not positive", "state `per` above 0");
                return None;
            }
            let reference = match (&part.reference_column, part.reference) {
                (Some(column), None) => self.indicator(column, &here.key("reference_column")),
                (None, Some(value)) => Some(vec![Some(value); self.institutions.len()]),
                _ => {
                    self.error(
                        &here,
                        "a part has none or both of `reference` and `reference_column`",
                        "state the value deviations are counted from",
                    );
                    None
                }
            };
            columns.push((part, self.indicator(&part.column, &here.key("column")), reference));
        }
        let mut computed = Vec::new();
        for rank in 0..self.institutions.len() {
            let level = self.institutions.get(rank).map(|one| one.view.level.clone()).unwrap_or_default();
            let mut terms = vec![base.get(&level).map(|base| (*base, Ok(*base)))];
            for (part, values, references) in &columns {
                let of = |column: &Option<Vec<Option<Ratio>>>| {
                    column.as_ref().and_then(|values| values.get(rank).copied().flatten())
                };
                let term =
                    of(values).zip(of(references)).map(|(value, reference)| part_term(part, &level, value, reference));
                terms.push(term.map(|term| (term.unwrap_or_default(), term)));
            }
            computed.push(self.sum_of(terms, step, rounding, rule, path)?);
        }
        Some(computed)
    }

    fn check_levels<'l>(
        &mut self,
        stated: impl Iterator<Item = &'l String>,
        levels: &std::collections::BTreeSet<String>,
        path: &Path,
    ) {
        for level in stated.filter(|level| !levels.contains(*level)) {
            let hint = suggest::hint(level, levels.iter().map(String::as_str));
            self.error(path, format!("unknown level \"{level}\""), hint);
        }
    }

    /// Terms as (shown, added) into a coefficient; `Some(None)` when a term is not known for this institution.
    fn sum_of(
        &mut self,
        terms: Vec<Option<(Ratio, Result<Ratio, RatioError>)>>,
        step: &CoefficientStep,
        rounding: &Rounding,
        rule: RuleId,
        path: &Path,
    ) -> Option<Option<InstitutionCoefficient>> {
        let Some(terms) = terms.into_iter().collect::<Option<Vec<_>>>() else { return Some(None) };
        let total = terms.iter().try_fold(Ratio::ZERO, |sum, (_, term)| sum.checked_add((*term)?));
        let value = total.and_then(|total| {
            let total = step.min.map_or(total, |min| total.max(min));
            let total = step.max.map_or(total, |max| total.min(max));
            let units = total.to_decimal(rounding.dp, rounding.mode)?.ratio();
            units.to_decimal(4, rounding.mode)
        });
        match value {
            Ok(value) => {
                let mut explanation = Vec::new();
                let mut writer = Writer::new(&mut explanation);
                let mut writer = writer.step(rule).decimal(value);
                for (shown, _) in &terms {
                    writer = writer.ratio(*shown);
                }
                Some(Some(InstitutionCoefficient { value, explanation }))
            }
            Err(error) => {
                self.error_text(path, &error.to_string());
                None
            }
        }
    }

    /// The rule of a coefficient: for computed forms it has a place for every part.
    pub(super) fn coefficient_words(step: &CoefficientStep) -> (String, String) {
        let join = |parts: Vec<String>| parts.join(" + ");
        match step.form {
            CoefficientForm::Weighted => {
                let factors = step.factors.iter().flatten().enumerate();
                let sum = join(
                    factors
                        .map(|(at, (name, factor))| {
                            format!("{} {}×{{{}}}", super::rule_words::plain(name), factor.weight, at + 1)
                        })
                        .collect(),
                );
                (format!("机构系数 {{0}} = {sum}"), format!("hospital coefficient {{0}} = {sum}"))
            }
            CoefficientForm::Additive => {
                let parts = step.parts.iter().flatten().enumerate();
                let sum = join(
                    parts.map(|(at, part)| format!("{} {{{}}}", super::rule_words::plain(&part.id), at + 2)).collect(),
                );
                let plus = if sum.is_empty() { String::new() } else { format!(" + {sum}") };
                (format!("机构系数 {{0}} = 基础 {{1}}{plus}"), format!("hospital coefficient {{0}} = base {{1}}{plus}"))
            }
            CoefficientForm::MeanRatio => (
                "机构系数 = 本院均费 {0} 元 ÷ 全市均费 {1} 元 = {2}".to_owned(),
                "hospital coefficient = hospital mean {0} ÷ city mean {1} = {2}".to_owned(),
            ),
            CoefficientForm::Table => ("机构系数 {0}".to_owned(), "hospital coefficient {0}".to_owned()),
        }
    }

    /// Adds the rule of a step to the book.
    pub(super) fn rule(&mut self, rule: Rule, path: &Path) -> RuleId {
        match self.book.add(rule) {
            Ok(id) => id,
            Err(error) => {
                self.error_text(path, &error.to_string());
                RuleId(0)
            }
        }
    }
}

/// `add` per step of deviation above the reference, capped by the level; nothing below the reference.
fn part_term(part: &AdditivePart, level: &str, value: Ratio, reference: Ratio) -> Result<Ratio, RatioError> {
    let of_level = part.levels.as_ref().is_none_or(|levels| levels.iter().any(|one| one == level));
    let above = value.checked_sub(reference)?;
    if !of_level || above.is_negative() || above.is_zero() {
        return Ok(Ratio::ZERO);
    }
    let deviation = match part.deviation {
        Deviation::Absolute => above,
        Deviation::Relative => above.checked_div(reference)?,
    };
    let steps = deviation.checked_div(part.per)?;
    let steps = match part.steps {
        Steps::Linear => steps,
        Steps::Whole => Ratio::new(steps.round(0, yibao_kernel::Mode::Floor)?, 1)?,
    };
    let once = part.above_add.unwrap_or(Ratio::ZERO);
    let term = steps.checked_mul(part.add)?.checked_add(once)?;
    Ok(part.caps.get(level).map_or(term, |cap| term.min(*cap)))
}

/// A bound as the texts write it, with two places where that is exact.
fn two_places(bound: Ratio) -> String {
    match bound.to_decimal(2, yibao_kernel::Mode::HalfUp) {
        Ok(decimal) if decimal.ratio() == bound => decimal.to_string(),
        _ => bound.to_string(),
    }
}
