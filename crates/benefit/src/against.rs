//! A local pack held against the national list of benefits: what it grants beyond, what below.

use yibao_kernel::Ratio;
use yibao_policy::node::{Node, Value};

use crate::pack::{Floor, Pack};
use crate::plan::Engine;
use crate::plan::dimension::MISSING;
use crate::plan::steps::{Act, Layer};
use crate::plan::table::{CellValue, Table};
use crate::plan::when::Truth;

/// How a pack stands to one guarantee.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// It grants less.
    Below,
    /// It leaves the value open.
    Open,
    /// It has no such benefit, or lacks what is needed to tell.
    NotFound,
    /// It grants as much.
    Meets,
    /// It grants more.
    Beyond,
}

impl Verdict {
    /// Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Below => ("低于", "below"),
            Self::Open => ("未定", "open"),
            Self::NotFound => ("未见", "not found"),
            Self::Meets => ("符合", "meets"),
            Self::Beyond => ("高于", "beyond"),
        }
    }
}

/// One finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Id of the guarantee.
    pub floor: String,
    /// Chinese title of the guarantee.
    pub zh: String,
    /// English title.
    pub en: String,
    /// Verdict.
    pub verdict: Verdict,
    /// Figures: what the pack has, what the list asks.
    pub figures: String,
}

/// Every guarantee of the list, as the local pack stands to it on its last day.
#[must_use]
pub fn against(local: &Engine, national: &Pack) -> Vec<Finding> {
    let mut findings = Vec::new();
    for floor in &national.floor {
        let (verdict, figures) = verdict(local, floor);
        findings.push(Finding {
            floor: floor.id.clone(),
            zh: floor.title.zh.clone(),
            en: floor.title.en.clone(),
            verdict,
            figures,
        });
    }
    findings
}

fn verdict(local: &Engine, floor: &Floor) -> (Verdict, String) {
    if !floor.visits.is_empty() {
        let visits =
            local.dims.0.iter().find(|dim| dim.name == "visit").map(|dim| dim.values.clone()).unwrap_or_default();
        let more: Vec<String> = visits.into_iter().filter(|visit| !floor.visits.contains(visit)).collect();
        return match more.is_empty() {
            true => (Verdict::Meets, String::new()),
            false => (Verdict::Beyond, more.join(", ")),
        };
    }
    let Some(facts) = facts(local, floor.when.as_ref()) else {
        return (Verdict::NotFound, "the pack does not know these words".to_owned());
    };
    let read = |text: &Option<String>| text.as_deref().map(Ratio::parse);
    if let Some(Ok(drop)) = read(&floor.drop_at_most) {
        return largest_drop(local, floor, &facts, drop);
    }
    if let Some(Ok(least)) = read(&floor.ratio_at_least) {
        let found = ratios(local, floor, &facts);
        return compare(found, |ratio| ratio.cmp(&least), &format!("≥ {least}"), Show::Ratio);
    }
    let most = match (&floor.deductible_at_most, read(&floor.deductible_at_most_times), &floor.index) {
        (Some(text), ..) => yibao_kernel::Fen::parse_yuan(text.as_bytes()).ok().map(|fen| fen.ratio()),
        (None, Some(Ok(times)), Some(index)) => {
            let plan = local.plans.last();
            let value =
                plan.and_then(|plan| plan.indexes.iter().find(|(name, _)| name == index)).and_then(|(_, value)| *value);
            match value {
                Some(value) => Ratio::from_int(value).checked_mul(times).ok(),
                None => return (Verdict::NotFound, format!("the pack has no index \"{index}\"")),
            }
        }
        _ => None,
    };
    match most {
        Some(most) => {
            let found = deductibles(local, floor, &facts);
            let shown =
                most.to_fen(yibao_kernel::Mode::HalfUp).map_or_else(|_| most.to_string(), |fen| fen.to_string());
            compare(found, |amount| most.cmp(&amount), &format!("≤ {shown}"), Show::Money)
        }
        None => (Verdict::NotFound, "the guarantee states no figure".to_owned()),
    }
}

/// The facts of a guarantee in the words of the local pack.
fn facts(local: &Engine, when: Option<&Node>) -> Option<Vec<i64>> {
    let mut facts = vec![MISSING; local.dims.0.len()];
    let Some(node) = when else { return Some(facts) };
    let Value::Table(entries) = &node.value else { return None };
    for (key, value) in entries {
        let at = local.dims.find(key)?;
        let fact = local.dims.0.get(at)?.word(value.text()?)?;
        *facts.get_mut(at)? = fact;
    }
    Some(facts)
}

/// The layers a bill with these facts can meet.
fn layers<'a>(local: &'a Engine, floor: &Floor, facts: &[i64]) -> Vec<&'a Layer> {
    let prefix = floor.fund.as_deref().unwrap_or("");
    let Some(plan) = local.plans.last() else { return Vec::new() };
    let reached =
        |at: usize| plan.routes.iter().any(|route| route.package == at && route.when.test(facts) != Truth::No);
    let packages = plan.packages.iter().enumerate().filter(|(at, _)| reached(*at));
    let steps = packages.flat_map(|(_, package)| &package.steps).filter(|step| step.when.test(facts) != Truth::No);
    let mut found = Vec::new();
    for step in steps {
        if let Act::Layer(layer) = &step.act
            && local.funds.get(layer.fund).is_some_and(|fund| fund.fund.code.starts_with(prefix))
        {
            found.push(&**layer);
        }
    }
    found
}

fn compatible(facts: &[i64], cell: &[i64]) -> bool {
    facts.iter().zip(cell).all(|(a, b)| *a == MISSING || *b == MISSING || a == b)
}

/// Least or largest figures: `None` for an open one.
fn ratios(local: &Engine, floor: &Floor, facts: &[i64]) -> Vec<Option<Ratio>> {
    let mut found = Vec::new();
    for layer in layers(local, floor, facts) {
        let Some(bands) = &layer.bands else { continue };
        bands.table.each(local.dims.0.len(), |cell_facts, cell| {
            if compatible(facts, cell_facts) {
                match &cell.value {
                    CellValue::Bands(bands) => found.extend(bands.iter().map(|band| (!band.open).then_some(band.pays))),
                    _ => found.push(None),
                }
            }
        });
    }
    found
}

fn deductibles(local: &Engine, floor: &Floor, facts: &[i64]) -> Vec<Option<Ratio>> {
    let mut found = Vec::new();
    for layer in layers(local, floor, facts) {
        let Some(deductible) = &layer.deductible else {
            found.push(Some(Ratio::ZERO));
            continue;
        };
        deductible.table.each(local.dims.0.len(), |cell_facts, cell| {
            if compatible(facts, cell_facts) {
                found.push(match &cell.value {
                    CellValue::Amount(amount) => Some(Ratio::from_int(*amount)),
                    _ => None,
                });
            }
        });
    }
    found
}

/// What a figure is: of ratios the least is the worst, of amounts and falls the largest.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    Ratio,
    Money,
    Drop,
}

/// The worst figure decides; an open one only where no other is below.
fn compare(
    found: Vec<Option<Ratio>>,
    order: impl Fn(Ratio) -> std::cmp::Ordering,
    asked: &str,
    show: Show,
) -> (Verdict, String) {
    let words = |figure: Ratio| match show == Show::Money {
        true => figure.to_fen(yibao_kernel::Mode::HalfUp).map_or_else(|_| figure.to_string(), |fen| fen.to_string()),
        false => figure.to_string(),
    };
    let known: Vec<Ratio> = found.iter().filter_map(|figure| *figure).collect();
    let worst = known
        .iter()
        .copied()
        .min_by(|a, b| order(*a).cmp(&order(*b)).then(if show == Show::Ratio { a.cmp(b) } else { b.cmp(a) }));
    match worst {
        None if found.is_empty() => (Verdict::NotFound, asked.to_owned()),
        None => (Verdict::Open, asked.to_owned()),
        Some(worst) => {
            let verdict = match order(worst) {
                std::cmp::Ordering::Less => Verdict::Below,
                _ if known.len() < found.len() => Verdict::Open,
                std::cmp::Ordering::Equal => Verdict::Meets,
                std::cmp::Ordering::Greater => Verdict::Beyond,
            };
            (verdict, format!("{} ({asked})", words(worst)))
        }
    }
}

/// The largest fall of a ratio against care at home, first self-pay for care out of area included.
fn largest_drop(local: &Engine, floor: &Floor, facts: &[i64], most: Ratio) -> (Verdict, String) {
    let (place, filing) = (local.dims.find("place"), local.dims.find("filing"));
    let mut found: Vec<Option<Ratio>> = Vec::new();
    for layer in layers(local, floor, facts) {
        if let Some(bands) = layer.bands.as_ref().filter(|_| layer.primary) {
            drops(local, &bands.table, facts, (place, filing), &mut found, false);
        }
    }
    let Some(plan) = local.plans.last() else { return (Verdict::NotFound, String::new()) };
    for package in
        plan.packages.iter().enumerate().filter(|(at, _)| {
            plan.routes.iter().any(|route| route.package == *at && route.when.test(facts) != Truth::No)
        })
    {
        for step in &package.1.steps {
            if let Act::FirstSelf(table, _) = &step.act {
                drops(local, table, facts, (place, filing), &mut found, true);
            }
        }
    }
    compare(found, |drop| most.cmp(&drop), &format!("≤ {most}"), Show::Drop)
}

/// Falls of one table: away less at home.
fn drops(
    local: &Engine,
    table: &Table,
    facts: &[i64],
    at: (Option<usize>, Option<usize>),
    found: &mut Vec<Option<Ratio>>,
    rises: bool,
) {
    let first = |value: &CellValue| match value {
        CellValue::Bands(bands) => bands.first().map(|band| band.pays),
        _ => None,
    };
    table.each(local.dims.0.len(), |cell_facts, cell| {
        if !compatible(facts, cell_facts) {
            return;
        }
        let mut home = cell_facts.to_vec();
        for dim in [at.0, at.1].into_iter().flatten() {
            if let Some(fact) = home.get_mut(dim).filter(|fact| **fact != MISSING) {
                *fact = 0;
            }
        }
        let (Some(away), Ok(home)) = (first(&cell.value), table.find(&home)) else {
            found.push(None);
            return;
        };
        let drop = first(&home.value)
            .and_then(|home| if rises { away.checked_sub(home).ok() } else { home.checked_sub(away).ok() });
        found.push(drop);
    });
}
