//! The weight run in the words of its users: costs of groups in, the published table out.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;

use yibao_kernel::statistics::{Spread, Trim};
use yibao_kernel::{Fen, Mode, Ratio, Rounding};
use yibao_record::stays::{Symbol, Symbols};

use super::plan::{ClassShares, DataYear, Fallback, Reference, Stable, TrimScope, WeighPlan, WeightingOf};
use super::*;

mod examples;
mod laws;
mod refusals;
mod tables;

/// Stays read from text, one line `year group costs…` in yuan; group `-` is ungrouped. A cost with fee classes is
/// written `cost=a+b+c`.
struct Region {
    names: Symbols,
    group: Vec<Symbol>,
    year: Vec<i32>,
    amount: Vec<Fen>,
    classes: Vec<Vec<Fen>>,
}

fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text.as_bytes()).unwrap()
}

fn ratio(text: &str) -> Ratio {
    Ratio::parse(text).unwrap()
}

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).unwrap()
}

impl Region {
    fn read(text: &str) -> Self {
        let mut region =
            Region { names: Symbols::default(), group: vec![], year: vec![], amount: vec![], classes: vec![] };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut words = line.split_whitespace();
            let year: i32 = words.next().unwrap().parse().unwrap();
            let group = match words.next().unwrap() {
                "-" => Symbol::NONE,
                code => region.names.intern(code),
            };
            for cost in words {
                let (cost, classes) = cost.split_once('=').unwrap_or((cost, ""));
                region.push(group, year, yuan(cost));
                for (place, class) in classes.split('+').filter(|class| !class.is_empty()).enumerate() {
                    if region.classes.len() <= place {
                        region.classes.push(Vec::new());
                    }
                    region.classes[place].push(yuan(class));
                }
            }
        }
        region
    }

    fn push(&mut self, group: Symbol, year: i32, amount: Fen) {
        self.group.push(group);
        self.year.push(year);
        self.amount.push(amount);
    }

    fn input(&self) -> WeighInput<'_> {
        WeighInput {
            names: &self.names,
            group: Cow::Borrowed(&self.group),
            year: Cow::Borrowed(&self.year),
            amount: Cow::Borrowed(&self.amount),
            classes: self.classes.iter().map(|class| Cow::Borrowed(class.as_slice())).collect(),
        }
    }

    fn publish(&self, plan: &WeighPlan) -> Result<WeightTable, WeighError> {
        publish(plan, &self.input(), threads(2))
    }
}

/// One data year, no trimming, at least 2 cases, weights against the mean.
fn plan() -> WeighPlan {
    WeighPlan {
        year: 2025,
        years: vec![DataYear { year: 2024, weight: Ratio::ONE }],
        weighting_of: WeightingOf::Means,
        trim: Trim::None,
        trim_scope: TrimScope::GroupYear,
        stable: Stable { min_cases: 2, cv: Ratio::ONE, inclusive: false, spread: Spread::Sample },
        unstable: vec![Fallback::SpecialReview],
        parent: None,
        reference: Reference::Mean {},
        scale: Ratio::ONE,
        five_class: None,
        adjust: BTreeMap::new(),
        frozen: BTreeSet::new(),
        rounding: Rounding { dp: 4, mode: Mode::HalfUp },
        previous: None,
        source: None,
    }
}

fn adjust(rows: &[(&str, &str)]) -> BTreeMap<String, Ratio> {
    rows.iter().map(|(group, factor)| ((*group).to_owned(), ratio(factor))).collect()
}

fn three_classes(weight: &str) -> ClassShares {
    ClassShares { classes: ["drug", "medical", "medtech"].map(str::to_owned).to_vec(), weight: ratio(weight) }
}

/// The table as text: group, weight, cases/kept/low/high, mean, median, CV, basis, remark.
fn print(table: &WeightTable) -> String {
    let mut text = String::new();
    for row in &table.rows {
        let or_dash = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        text.push_str(&format!(
            "{} {} {}/{}/{}/{} {} {} {} {}{}{}\n",
            row.group,
            or_dash(row.weight.map(|weight| weight.to_string())),
            row.cases,
            row.cases_kept,
            row.trimmed_low,
            row.trimmed_high,
            or_dash(row.mean.map(|mean| mean.to_string())),
            or_dash(row.median.map(|median| median.to_string())),
            or_dash(row.cv.map(|cv| cv.to_string())),
            row.basis.word(),
            if row.note.is_empty() { "" } else { " | " },
            row.note,
        ));
    }
    text
}

fn same_table(printed: &str, expected: &str) {
    let lines = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    assert_eq!(lines(printed), lines(expected));
}
