//! The figures of a pack that a guarantee is about.

use yibao_kernel::Ratio;
use yibao_kernel::explain::RuleId;
use yibao_policy::node::{Node, Value};

use crate::pack::Floor;
use crate::pack::step::WindowKind;
use crate::plan::dimension::{Dims, MISSING, Source};
use crate::plan::steps::{Act, Layer};
use crate::plan::table::{Band, Cell, CellValue, Table};
use crate::plan::when::Truth;
use crate::plan::{Engine, PackagePlan, Plan};

/// One figure, `None` where the pack leaves it open, and the rule it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// A ratio, or fen.
    pub value: Option<Ratio>,
    /// Its rule.
    pub rule: Option<RuleId>,
}

/// A pack as a guarantee looks at it.
pub struct Scope<'a> {
    local: &'a Engine,
    floor: &'a Floor,
    /// The facts of `when`.
    pub facts: Vec<i64>,
    /// The facts of `than`, over those of `when`.
    than: Vec<i64>,
}

impl<'a> Scope<'a> {
    /// The facts of a guarantee in the words of the local pack.
    ///
    /// # Errors
    /// The key or the word that the pack does not know.
    pub fn of(local: &'a Engine, floor: &'a Floor) -> Result<Self, String> {
        let mut facts = vec![MISSING; local.dims.0.len()];
        write(&local.dims, floor.when.as_ref(), &mut facts)?;
        let mut than = facts.clone();
        write(&local.dims, floor.than.as_ref(), &mut than)?;
        Ok(Self { local, floor, facts, than })
    }

    /// An index of the pack in fen.
    pub fn index(&self, name: &str) -> Option<i64> {
        let indexes = &self.plan()?.indexes;
        indexes.iter().find(|(index, _)| index == name).and_then(|(_, value)| *value)
    }

    fn plan(&self) -> Option<&'a Plan> {
        self.local.plans.last()
    }

    /// The layers of a fund that such bills may reach, with their packages. Of several funds with these first digits
    /// only the first of a package is meant: the others come on top of it.
    fn layers(&self, prefix: &str) -> Vec<(&'a PackagePlan, &'a Layer)> {
        let mut found = Vec::new();
        let Some(plan) = self.plan() else { return found };
        for (at, package) in plan.packages.iter().enumerate() {
            let reached = |facts: &[i64]| {
                plan.routes.iter().any(|route| route.package == at && route.when.test(facts) != Truth::No)
            };
            if !reached(&self.facts) {
                continue;
            }
            let mut first = None;
            for step in package.steps.iter().filter(|step| step.when.test(&self.facts) != Truth::No) {
                let Act::Layer(layer) = &step.act else { continue };
                let named = self.local.funds.get(layer.fund).is_some_and(|fund| fund.fund.code.starts_with(prefix));
                if named && *first.get_or_insert(layer.fund) == layer.fund {
                    found.push((package, &**layer));
                }
            }
        }
        found
    }

    fn first(&self) -> Vec<(&'a PackagePlan, &'a Layer)> {
        self.layers(self.floor.fund.first().map_or("", String::as_str))
    }

    /// The ratio of every band.
    pub fn ratios(&self) -> Vec<Figure> {
        let mut found = Vec::new();
        for (_, layer) in self.first() {
            let Some(bands) = &layer.bands else { continue };
            each(&bands.table, self.local.dims.0.len(), &self.facts, |_, cell| {
                found.extend(ratios_of(cell).map(|value| Figure { value, rule: Some(cell.rule) }));
            });
        }
        found
    }

    /// How much more every band pays than for the other facts.
    pub fn ratios_more(&self) -> Vec<Figure> {
        let mut found = Vec::new();
        for (_, layer) in self.first() {
            let Some(bands) = &layer.bands else { continue };
            self.pairs(&bands.table, |cell, other| {
                for (more, less) in ratios_of(cell).zip(ratios_of(other)) {
                    let value = more.zip(less).and_then(|(more, less)| more.checked_sub(less).ok());
                    found.push(Figure { value, rule: Some(cell.rule) });
                }
            });
        }
        found
    }

    /// Every deductible; none is 0.
    pub fn deductibles(&self) -> Vec<Figure> {
        let mut found = Vec::new();
        for (_, layer) in self.first() {
            match &layer.deductible {
                None => found.push(Figure { value: Some(Ratio::ZERO), rule: Some(layer.rule) }),
                Some(deductible) => each(&deductible.table, self.local.dims.0.len(), &self.facts, |_, cell| {
                    found.push(Figure { value: amount_of(cell), rule: Some(cell.rule) });
                }),
            }
        }
        found
    }

    /// Every deductible as a share of that for the other facts; where the others bear none, 1.
    pub fn deductible_shares(&self) -> Vec<Figure> {
        let mut found = Vec::new();
        for (_, layer) in self.first() {
            let Some(deductible) = &layer.deductible else { continue };
            self.pairs(&deductible.table, |cell, other| {
                let share = |amount: Ratio, of: Ratio| {
                    if of == Ratio::ZERO { Some(Ratio::ONE) } else { amount.checked_div(of).ok() }
                };
                let value = amount_of(cell).zip(amount_of(other)).and_then(|(amount, of)| share(amount, of));
                found.push(Figure { value, rule: Some(cell.rule) });
            });
        }
        found
    }

    /// The cap of the year; over several funds the least of each, added.
    pub fn caps(&self) -> Vec<Figure> {
        let mut funds = self.floor.fund.iter();
        let mut found = self.caps_of(funds.next().map_or("", String::as_str));
        for fund in funds.filter(|_| !found.is_empty()).map(String::as_str).collect::<Vec<_>>() {
            let more = self.caps_of(fund);
            if more.is_empty() {
                continue;
            }
            let least = more.iter().map(|figure| figure.value).min().flatten();
            for figure in &mut found {
                figure.value = figure.value.zip(least).and_then(|(cap, more)| cap.checked_add(more).ok());
            }
        }
        found
    }

    fn caps_of(&self, prefix: &str) -> Vec<Figure> {
        let mut found = Vec::new();
        for (_, layer) in self.layers(prefix) {
            let mut limited = false;
            for cap in yearly(layer) {
                limited = true;
                each(cap, self.local.dims.0.len(), &self.facts, |_, cell| {
                    found.push(Figure { value: amount_of(cell), rule: Some(cell.rule) });
                });
            }
            if !limited {
                found.push(Figure { value: Some(Ratio::from_int(i64::MAX)), rule: Some(layer.rule) });
            }
        }
        found
    }

    /// How much higher the cap of the year is than for the other facts. No cap for either is no figure.
    pub fn caps_more(&self) -> Vec<Figure> {
        let unlimited = Ratio::from_int(i64::MAX);
        let mut found = Vec::new();
        for (_, layer) in self.first() {
            for cap in yearly(layer) {
                self.pairs(cap, |cell, other| {
                    let (cap, of) = (amount_of(cell), amount_of(other));
                    let value = match (cap, of) {
                        (_, Some(of)) if of == unlimited => return,
                        (Some(cap), Some(_)) if cap == unlimited => Some(unlimited),
                        (cap, of) => cap.zip(of).and_then(|(cap, of)| cap.checked_sub(of).ok()),
                    };
                    found.push(Figure { value, rule: Some(cell.rule) });
                });
            }
        }
        found
    }

    /// The fall of every ratio against care at home; what the person bears first counts.
    pub fn drops(&self) -> Vec<Figure> {
        let dims = &self.local.dims;
        let mut found = Vec::new();
        for (package, layer) in self.first().into_iter().filter(|(_, layer)| layer.primary) {
            let Some(bands) = &layer.bands else { continue };
            each(&bands.table, dims.0.len(), &self.facts, |away, cell| {
                let mut home = away.to_vec();
                for dim in ["place", "filing"].into_iter().filter_map(|name| dims.find(name)) {
                    home.iter_mut().skip(dim).take(1).for_each(|fact| *fact = 0);
                }
                let Ok(at_home) = bands.table.find(&home) else { return };
                let (left_home, left_away) = (left(package, &home), left(package, away));
                for (here, there) in ratios_of(at_home).zip(ratios_of(cell)) {
                    let here = here.zip(left_home.value).and_then(|(ratio, left)| ratio.checked_mul(left).ok());
                    let there = there.zip(left_away.value).and_then(|(ratio, left)| ratio.checked_mul(left).ok());
                    let value = here.zip(there).and_then(|(here, there)| here.checked_sub(there).ok());
                    found.push(Figure { value, rule: left_away.rule.or(Some(cell.rule)) });
                }
            });
        }
        found
    }

    /// Every cell for the facts, with the cell of the same bill for the other facts.
    fn pairs(&self, table: &Table, mut visit: impl FnMut(&Cell, &Cell)) {
        each(table, self.local.dims.0.len(), &self.facts, |facts, cell| {
            let mut other = facts.to_vec();
            over(&self.than, &mut other);
            if let Ok(other) = table.find(&other) {
                visit(cell, other);
            }
        });
    }
}

/// Writes a guarantee's facts over others.
fn write(dims: &Dims, node: Option<&Node>, facts: &mut [i64]) -> Result<(), String> {
    let Some(node) = node else { return Ok(()) };
    let Value::Table(entries) = &node.value else { return Err("a list".to_owned()) };
    for (key, value) in entries {
        let named = |source: &Source| matches!(source, Source::Person(name) | Source::Bill(name) if name == key);
        let at = dims.find(key).or_else(|| dims.0.iter().position(|dim| named(&dim.source)));
        let dim = at.and_then(|at| dims.0.get(at)).ok_or_else(|| key.clone())?;
        let fact = match &value.value {
            Value::Integer(number) if dim.is_number() => Some(*number),
            Value::List(words) => words.iter().filter_map(Node::text).find_map(|word| dim.word(word)),
            _ => value.text().and_then(|word| dim.word(word)),
        };
        let fact = fact.ok_or_else(|| format!("{key} = {}", crate::show::node(value)))?;
        at.and_then(|at| facts.get_mut(at)).into_iter().for_each(|place| *place = fact);
    }
    Ok(())
}

fn over(facts: &[i64], of: &mut [i64]) {
    for (fact, place) in facts.iter().zip(of).filter(|(fact, _)| **fact != MISSING) {
        *place = *fact;
    }
}

/// Every cell that bills with these facts may meet.
fn each(table: &Table, dims: usize, facts: &[i64], mut visit: impl FnMut(&[i64], &Cell)) {
    table.each(dims, |cell_facts, _| {
        let mut of = cell_facts.to_vec();
        over(facts, &mut of);
        if let Ok(cell) = table.find(&of) {
            visit(&of, cell);
        }
    });
}

/// The ratios of a cell's bands; one `None` where it is open.
fn ratios_of(cell: &Cell) -> impl Iterator<Item = Option<Ratio>> {
    let bands: &[Band] = match &cell.value {
        CellValue::Bands(bands) => bands,
        CellValue::Open | CellValue::Amount(_) => &[],
    };
    let open = bands.is_empty().then_some(None);
    bands.iter().map(|band| (!band.open).then_some(band.pays)).chain(open)
}

fn amount_of(cell: &Cell) -> Option<Ratio> {
    match &cell.value {
        CellValue::Amount(amount) => Some(Ratio::from_int(*amount)),
        CellValue::Open | CellValue::Bands(_) => None,
    }
}

/// The caps of a layer that are counted over the year.
fn yearly(layer: &Layer) -> impl Iterator<Item = &Table> {
    let year = |window: WindowKind| window == WindowKind::Year;
    layer.caps.iter().filter(move |cap| year(cap.slot.window)).map(|cap| &cap.table)
}

/// What is left of the in-scope amount after the first self-pay of a package; the largest, where it depends on more.
fn left(package: &PackagePlan, facts: &[i64]) -> Figure {
    let mut left = Figure { value: Some(Ratio::ONE), rule: None };
    for step in package.steps.iter().filter(|step| step.when.test(facts) != Truth::No) {
        let Act::FirstSelf(table, _) = &step.act else { continue };
        let mut first = Some(Ratio::ZERO);
        each(table, facts.len(), facts, |_, cell| {
            let ratio = ratios_of(cell).next().flatten();
            if ratio.is_none_or(|ratio| first.is_some_and(|first| ratio > first)) {
                first = ratio;
                left.rule = Some(cell.rule);
            }
        });
        let rest = first.and_then(|first| Ratio::ONE.checked_sub(first).ok());
        left.value = left.value.zip(rest).and_then(|(left, rest)| left.checked_mul(rest).ok());
    }
    left
}
