//! Assessments: scores made of indicators by institution level, computed exactly, published with their decimal places,
//! and then a table `assessment:ID` like any other.

use std::collections::{BTreeMap, BTreeSet};

use yibao_kernel::explain::Rule;
use yibao_kernel::piecewise::Piecewise;
use yibao_kernel::{Day, Mode, Ratio, RatioError, Window};
use yibao_policy::{Path, suggest};

use super::rows::four_places;
use super::rule_words::plain;
use super::{Compiler, citation};
use crate::pack::entries::{Assessment, Indicator};
use crate::plan::entries::{Assessed, IndicatorScore};
use crate::plan::table::Unit;
use crate::plan::{Cell, FieldRef, Institution, Lookup, Table, TableId};

/// Where the value of an indicator comes from.
enum Values {
    /// One per institution, in rank order.
    Column(Vec<Option<Ratio>>),
    /// A table.
    Table(TableId),
}

/// How a value becomes a score.
enum Scoring {
    Curve(Piecewise),
    Between { zero_at: Ratio, full_at: Ratio },
}

impl Scoring {
    /// The score; exact.
    fn score(&self, value: Ratio) -> Result<Ratio, String> {
        let hundred = Ratio::from_int(100);
        match self {
            Self::Curve(curve) => curve.eval(value).map(|(_, score)| score).map_err(|error| error.to_string()),
            Self::Between { zero_at, full_at } => {
                let share = || -> Result<Ratio, RatioError> {
                    value.checked_sub(*zero_at)?.checked_div(full_at.checked_sub(*zero_at)?)?.checked_mul(hundred)
                };
                share().map(|score| score.clamp(Ratio::ZERO, hundred)).map_err(|error| error.to_string())
            }
        }
    }
}

impl Compiler<'_> {
    /// Computes every assessment and adds its table.
    pub(super) fn assessments(&mut self, window: &Window) -> Vec<Assessed> {
        let pack = self.pack;
        let day = window.until.and_then(|until| until.add_days(-1).ok()).unwrap_or(window.from);
        let mut all = Vec::new();
        for (id, declared) in &pack.assessment {
            let path = Path::of("assessment").key(id);
            let before = self.found.errors();
            let made = self.assessment(id, declared, day, &path);
            // An assessment that is wrong has been told; its table still has its name.
            if self.found.errors() > before || made.is_none() {
                self.assessment_table(id, Lookup::default(), &path);
            }
            all.extend(made);
        }
        all
    }

    fn assessment(&mut self, id: &str, declared: &Assessment, day: Day, path: &Path) -> Option<Assessed> {
        let before = self.found.errors();
        if declared.indicators.is_empty() {
            self.error(path, format!("assessment \"{id}\" has no indicators"), "list them in `indicators`");
        }
        let dp = declared.dp.unwrap_or(2);
        if dp > 4 {
            self.error(&path.key("dp"), format!("a score with {dp} decimal places"), "publish it with 4 or fewer");
        }
        let list = path.key("indicators");
        let mut sources = Vec::new();
        for (at, indicator) in declared.indicators.iter().enumerate() {
            let here = list.at(at);
            if declared.indicators.iter().take(at).any(|earlier| earlier.id == indicator.id) {
                self.error(&here.key("id"), format!("indicator \"{}\" stands twice", indicator.id), "rename one");
            }
            self.check_indicator_weights(indicator, &here);
            sources.push(self.values(indicator, &here).zip(self.scoring(indicator, &here)));
        }
        self.check_weight_sums(declared, &list);
        if self.found.errors() > before {
            return None;
        }
        let sources: Vec<(Values, Scoring)> = sources.into_iter().collect::<Option<_>>()?;
        let mut scores = Vec::new();
        let institutions = std::mem::take(&mut self.institutions);
        for (rank, institution) in institutions.iter().enumerate() {
            scores.push(self.scored(declared, &sources, (rank, institution), day, &list).and_then(|parts| {
                let total = total(&parts).and_then(|total| total.to_decimal(dp, Mode::HalfUp));
                match total {
                    Ok(total) => Some((parts, total)),
                    Err(error) => {
                        self.error_text(path, &error.to_string());
                        None
                    }
                }
            }));
        }
        self.institutions = institutions;
        let scores: Vec<_> = scores.into_iter().collect::<Option<_>>()?;
        let cells =
            self.institutions.iter().zip(&scores).zip(1_u32..).filter_map(|((institution, (_, score)), line)| {
                Some((vec![institution.symbol], Cell::Decimal(four_places(*score)?), line))
            });
        let (lookup, _) = Lookup::new(&cells.collect::<Vec<_>>());
        let table = self.assessment_table(id, lookup, path)?;
        let (rule, indicators) = self.assessment_rules(id, declared, path);
        Some(Assessed { id: id.to_owned(), title: declared.title.clone(), table, rule, indicators, scores })
    }

    /// What every indicator gives one institution; `None` where it is not used at its level.
    fn scored(
        &mut self,
        declared: &Assessment,
        sources: &[(Values, Scoring)],
        (rank, institution): (usize, &Institution),
        day: Day,
        list: &Path,
    ) -> Option<Vec<Option<IndicatorScore>>> {
        let mut parts = Vec::new();
        let mut whole = true;
        for (at, (indicator, (values, scoring))) in declared.indicators.iter().zip(sources).enumerate() {
            let here = list.at(at);
            let weight = weight_at(indicator, &institution.view.level);
            if weight.is_zero() {
                parts.push(None);
                continue;
            }
            let value = match values {
                Values::Column(values) => values.get(rank).copied().flatten(),
                Values::Table(table) => self.of_institution(*table, institution, day),
            };
            let id = &institution.view.id;
            let Some(value) = value else {
                let message = format!("institution \"{id}\" has no number for indicator \"{}\"", indicator.id);
                self.error(&here, message, "fill its cell, or give the indicator no weight at its level");
                whole = false;
                continue;
            };
            match scoring.score(value) {
                Ok(score) if score.is_negative() || score > Ratio::from_int(100) => {
                    let message = format!(
                        "indicator \"{}\" scores {score} for institution \"{id}\" (value {value}): outside 0 to 100",
                        indicator.id
                    );
                    self.error(&here, message, "end the curve at 0 and at 100");
                    whole = false;
                }
                Ok(score) => parts.push(Some(IndicatorScore { value, score, weight })),
                Err(error) => {
                    self.error_text(&here, &error);
                    whole = false;
                }
            }
        }
        whole.then_some(parts)
    }

    fn of_institution(&self, table: TableId, institution: &Institution, day: Day) -> Option<Ratio> {
        let table = self.tables.get(table)?;
        let key: Vec<_> = table
            .key
            .iter()
            .map(|field| match field {
                FieldRef::Level => institution.level,
                FieldRef::District => institution.district,
                _ => institution.symbol,
            })
            .collect();
        table.get(day, &key)?.ratio()
    }

    fn check_indicator_weights(&mut self, indicator: &Indicator, path: &Path) {
        if indicator.weight.is_some() != indicator.weight_by_level.is_empty() {
            let message = format!("indicator \"{}\" has none or both of `weight` and `weight_by_level`", indicator.id);
            self.error(path, message, "state exactly one of them");
        }
        let levels = self.codes(FieldRef::Level).unwrap_or_default();
        for (level, weight) in &indicator.weight_by_level {
            let here = path.key("weight_by_level").key(level);
            if !levels.contains(level) {
                let hint = suggest::hint(level, levels.iter().map(String::as_str));
                self.error(&here, format!("unknown level \"{level}\""), hint);
            }
            self.unit_interval(*weight, "the weight", &here);
        }
        if let Some(weight) = indicator.weight {
            self.unit_interval(weight, "the weight", &path.key("weight"));
        }
    }

    /// The weights of every level that has institutions sum to one.
    fn check_weight_sums(&mut self, declared: &Assessment, list: &Path) {
        let levels: BTreeSet<String> = self.institutions.iter().map(|one| one.view.level.clone()).collect();
        for level in levels {
            let weights = declared.indicators.iter().map(|indicator| weight_at(indicator, &level));
            let sum = weights.into_iter().try_fold(Ratio::ZERO, Ratio::checked_add);
            if sum != Ok(Ratio::ONE) {
                let sum = sum.map_or_else(|error| error.to_string(), |sum| sum.to_string());
                let message = format!("the weights of level \"{level}\" sum to {sum}, not to 1");
                self.error(list, message, "let the weights of every level sum to 1");
            }
        }
    }

    fn values(&mut self, indicator: &Indicator, path: &Path) -> Option<Values> {
        match (&indicator.column, &indicator.table) {
            (Some(column), None) => {
                let found = self.indicators.get(column).cloned();
                if found.is_none() {
                    let names: Vec<String> = self.indicators.keys().cloned().collect();
                    let hint = suggest::hint(column, names.iter().map(String::as_str));
                    self.error(&path.key("column"), format!("no column \"{column}\" in the institutions' table"), hint);
                }
                found.map(Values::Column)
            }
            (None, Some(name)) => {
                let units = [Unit::Decimal, Unit::Ratio, Unit::Fen];
                let table = self.table(name, &path.key("table"), &units)?;
                let known =
                    |field: &FieldRef| matches!(field, FieldRef::Institution | FieldRef::Level | FieldRef::District);
                if self.tables.get(table).is_some_and(|table| !table.key.iter().all(known)) {
                    let message = format!("table \"{name}\" is not keyed by what an institution is");
                    self.error(&path.key("table"), message, "key it by institution, level or district");
                    return None;
                }
                Some(Values::Table(table))
            }
            _ => {
                let message = format!("indicator \"{}\" has none or both of `column` and `table`", indicator.id);
                self.error(path, message, "state exactly one of them");
                None
            }
        }
    }

    fn scoring(&mut self, indicator: &Indicator, path: &Path) -> Option<Scoring> {
        match (&indicator.curve, indicator.zero_at, indicator.full_at) {
            (Some(pieces), None, None) => self.curve(pieces, &path.key("curve")).map(Scoring::Curve),
            (None, Some(zero_at), Some(full_at)) if zero_at != full_at => Some(Scoring::Between { zero_at, full_at }),
            (None, Some(same), Some(_)) => {
                let message = format!("indicator \"{}\" scores 0 and 100 at the same value {same}", indicator.id);
                self.error(&path.key("full_at"), message, "state two values");
                None
            }
            _ => {
                let message =
                    format!("indicator \"{}\" has no score: neither or both of a curve and bounds", indicator.id);
                self.error(path, message, "state `curve`, or `zero_at` and `full_at`");
                None
            }
        }
    }

    fn assessment_table(&mut self, id: &str, lookup: Lookup, path: &Path) -> Option<TableId> {
        let name = format!("assessment:{id}");
        if let Some(known) = self.table_ids.get(&name) {
            let known = *known;
            if self.pack.table.contains_key(&name) {
                self.error(path, format!("a table is called \"{name}\" already"), "rename the table");
            }
            return Some(known);
        }
        let number = TableId(u16::try_from(self.tables.0.len()).ok()?);
        let always = Window::new(Day::MIN, None).ok()?;
        let periods = vec![(always, lookup)];
        self.tables.0.push(Table {
            name: name.clone(),
            unit: Unit::Decimal,
            dp: 4,
            key: vec![FieldRef::Institution],
            periods,
        });
        self.table_ids.insert(name, number);
        Some(number)
    }

    fn assessment_rules(
        &mut self,
        id: &str,
        declared: &Assessment,
        path: &Path,
    ) -> (yibao_kernel::explain::RuleId, Vec<(String, crate::settled::Bilingual, yibao_kernel::explain::RuleId)>) {
        let mut indicators = Vec::new();
        for (at, indicator) in declared.indicators.iter().enumerate() {
            let rule = Rule {
                id: format!("assessment/{id}/{}", indicator.id),
                zh: format!("{}：指标值 {{0}}，得分 {{1}}，权重 {{2}}", plain(&indicator.title.zh)),
                en: format!("{}: value {{0}}, score {{1}}, weight {{2}}", plain(&indicator.title.en)),
                source: citation(self.pack, indicator.source.as_ref().unwrap_or(&declared.source)),
            };
            let rule = self.rule(rule, &path.key("indicators").at(at));
            indicators.push((indicator.id.clone(), indicator.title.clone(), rule));
        }
        let rule = Rule {
            id: format!("assessment/{id}"),
            zh: format!("{}：总分 {{0}}", plain(&declared.title.zh)),
            en: format!("{}: score {{0}}", plain(&declared.title.en)),
            source: citation(self.pack, &declared.source),
        };
        (self.rule(rule, path), indicators)
    }
}

/// The weight of an indicator at a level; 0 where it is not used.
fn weight_at(indicator: &Indicator, level: &str) -> Ratio {
    let by_level: &BTreeMap<String, Ratio> = &indicator.weight_by_level;
    indicator.weight.or_else(|| by_level.get(level).copied()).unwrap_or(Ratio::ZERO)
}

/// Σ weight × score, exact.
fn total(parts: &[Option<IndicatorScore>]) -> Result<Ratio, RatioError> {
    parts.iter().flatten().try_fold(Ratio::ZERO, |sum, part| sum.checked_add(part.weight.checked_mul(part.score)?))
}
