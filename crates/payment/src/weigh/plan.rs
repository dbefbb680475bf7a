//! What a weight run is told: `[weigh]` with its tables looked up, checked before a case is read.

use std::collections::{BTreeMap, BTreeSet};

use yibao_kernel::explain::Citation;
use yibao_kernel::statistics::{IqrZero, Trim};
use yibao_kernel::{Decimal, Fen, Ratio, Rounding};

use super::error::WeighError;
use crate::pack::weigh as declared;
pub use crate::pack::weigh::{DataYear, Fallback, Reference, Stable, TrimScope, WeightingOf};

/// The most decimal places of a published weight.
pub const DP_MAX: u8 = 9;

/// A weight run.
#[derive(Clone, Debug)]
pub struct WeighPlan {
    /// The year the table is made for.
    pub year: i32,
    /// Data years with their weights. A year of weight zero is left out of everything.
    pub years: Vec<DataYear>,
    /// Whether yearly means or yearly totals are weighted.
    pub weighting_of: WeightingOf,
    /// Trimming inside a group.
    pub trim: Trim,
    /// Per group and year, or per group over all years.
    pub trim_scope: TrimScope,
    /// Stability test.
    pub stable: Stable,
    /// What an unstable group gets: tried in order.
    pub unstable: Vec<Fallback>,
    /// Group to parent; `None` = the first three characters of the group.
    pub parent: Option<BTreeMap<String, String>>,
    /// What a weight is a ratio to.
    pub reference: Reference,
    /// Multiplies the ratio: 1, 100, 1000.
    pub scale: Ratio,
    /// Fee-class variant.
    pub five_class: Option<ClassShares>,
    /// Expert adjustment by group.
    pub adjust: BTreeMap<String, Ratio>,
    /// Groups that may not be adjusted, and do not move when others are.
    pub frozen: BTreeSet<String>,
    /// Rounding of the published weight.
    pub rounding: Rounding,
    /// The last published version.
    pub previous: Option<Previous>,
    /// Where the rules of the run come from, for the explanation.
    pub source: Option<Citation>,
}

/// Fee classes that weigh the same.
#[derive(Clone, Debug)]
pub struct ClassShares {
    /// Class names, in the order of [`super::WeighInput::classes`].
    pub classes: Vec<String>,
    /// Weight of each.
    pub weight: Ratio,
}

/// A weight table published before, for comparison.
#[derive(Clone, Debug)]
pub struct Previous {
    /// What it is called.
    pub name: String,
    /// Its weights.
    pub weights: BTreeMap<String, Decimal>,
}

/// Where the run's small tables come from. The keys are groups; a list table answers empty values.
pub trait Tables {
    /// The rows (group, value as text) of a table of the pack, by its id.
    ///
    /// # Errors
    /// What is wrong with the table, with its place.
    fn rows(&self, table: &str) -> Result<Vec<(String, String)>, String>;
}

impl WeighPlan {
    /// The plan of a pack's `[weigh]`. It is checked.
    ///
    /// # Errors
    /// A table that cannot be read, or any refusal of [`WeighPlan::check`].
    pub fn resolve(weigh: &declared::Weigh, tables: &dyn Tables, source: Option<Citation>) -> Result<Self, WeighError> {
        let read = |field: &'static str, id: &Option<String>| match id {
            None => Ok(None),
            Some(table) => {
                let failed = |cause| WeighError::Table { field, table: table.clone(), cause };
                tables.rows(table).map(|rows| Some((table.clone(), rows))).map_err(failed)
            }
        };
        let plan = Self {
            year: weigh.year,
            years: weigh.years.clone(),
            weighting_of: weigh.weighting_of,
            trim: trim_of(&weigh.trim),
            trim_scope: weigh.trim_scope,
            stable: weigh.stable.clone(),
            unstable: weigh.unstable.clone(),
            parent: read("parent", &weigh.parent)?.map(|(_, rows)| rows.into_iter().collect()),
            reference: weigh.reference.clone(),
            scale: weigh.scale,
            five_class: weigh
                .five_class
                .as_ref()
                .map(|five| ClassShares { classes: five.fields.keys().cloned().collect(), weight: five.weight }),
            adjust: ratios("adjust", read("adjust", &weigh.adjust)?)?,
            frozen: read("frozen", &weigh.frozen)?
                .map(|(_, rows)| rows.into_iter().map(|(group, _)| group).collect())
                .unwrap_or_default(),
            rounding: Rounding { dp: weigh.dp.unwrap_or(4), mode: weigh.mode.unwrap_or_default() },
            previous: read("previous", &weigh.previous)?.map(previous).transpose()?,
            source,
        };
        plan.check()?;
        Ok(plan)
    }

    /// Data years that count, in the order stated.
    pub fn counting_years(&self) -> Vec<DataYear> {
        self.years.iter().filter(|year| !year.weight.is_zero()).cloned().collect()
    }

    /// Refuses a plan that cannot publish a table, before any case is read.
    ///
    /// # Errors
    /// [`WeighError`].
    pub fn check(&self) -> Result<(), WeighError> {
        self.check_years()?;
        if self.scale <= Ratio::ZERO {
            return Err(WeighError::Scale { scale: self.scale });
        }
        if self.rounding.dp > DP_MAX {
            return Err(WeighError::Places { dp: self.rounding.dp });
        }
        if let Reference::Quota { amount } = &self.reference
            && *amount <= Fen::ZERO
        {
            return Err(WeighError::Quota { amount: *amount });
        }
        self.check_classes()?;
        self.check_fallbacks()?;
        for (group, factor) in &self.adjust {
            if *factor <= Ratio::ZERO {
                return Err(WeighError::AdjustFactor { group: group.clone(), factor: *factor });
            }
            if self.frozen.contains(group) {
                return Err(WeighError::FrozenAdjusted { group: group.clone() });
            }
        }
        Ok(())
    }

    fn check_years(&self) -> Result<(), WeighError> {
        let mut seen = BTreeSet::new();
        for year in &self.years {
            if year.weight.is_negative() {
                return Err(WeighError::YearWeight { year: year.year, weight: year.weight });
            }
            if !seen.insert(year.year) {
                return Err(WeighError::YearTwice { year: year.year });
            }
        }
        if self.years.iter().all(|year| year.weight.is_zero()) {
            return Err(WeighError::NoYearWeight);
        }
        Ok(())
    }

    fn check_classes(&self) -> Result<(), WeighError> {
        let Some(five) = &self.five_class else { return Ok(()) };
        let count = i64::try_from(five.classes.len()).unwrap_or(i64::MAX);
        let total = five.weight.checked_mul(Ratio::from_int(count))?;
        if total != Ratio::ONE {
            return Err(WeighError::ClassWeights { classes: five.classes.len(), weight: five.weight, total });
        }
        if matches!(self.reference, Reference::Quota { .. }) {
            return Err(WeighError::ClassQuota);
        }
        Ok(())
    }

    fn check_fallbacks(&self) -> Result<(), WeighError> {
        let last = self.unstable.len().saturating_sub(1);
        let ends = |fallback: &Fallback| matches!(fallback, Fallback::SpecialReview | Fallback::CostPoints);
        if let Some(place) = self.unstable.iter().position(ends).filter(|place| *place < last) {
            let before = self.unstable.get(place).map_or("", |fallback| fallback_word(*fallback));
            return Err(WeighError::FallbackNeverReached { before });
        }
        match self.unstable.last() {
            None | Some(Fallback::Parent) => Err(WeighError::FallbackMissing),
            Some(_) => Ok(()),
        }
    }

    /// The parent of a group: of the table, or its first three characters. `None` when the group has no parent but
    /// itself.
    pub fn parent_of<'a>(&'a self, group: &'a str) -> Option<&'a str> {
        let parent = match &self.parent {
            Some(table) => table.get(group)?.as_str(),
            None => group.char_indices().nth(3).map_or(group, |(end, _)| group.split_at(end).0),
        };
        (parent != group).then_some(parent)
    }
}

/// The word of a fallback, as a pack writes it.
pub const fn fallback_word(fallback: Fallback) -> &'static str {
    match fallback {
        Fallback::Parent => "parent",
        Fallback::Median => "median",
        Fallback::Own => "own",
        Fallback::SpecialReview => "special_review",
        Fallback::CostPoints => "cost_points",
    }
}

/// The kernel's trimming rule of the pack's words. `when_zero` is `skip` unless stated (spec §1.2, edge cases).
pub fn trim_of(trim: &declared::Trim) -> Trim {
    match trim {
        declared::Trim::Iqr { k, when_zero } => Trim::Iqr {
            k: *k,
            when_zero: match when_zero {
                Some(declared::IqrZero::KeepEqual) => IqrZero::KeepEqual,
                Some(declared::IqrZero::Floor(share)) => IqrZero::Floor(*share),
                Some(declared::IqrZero::Skip) | None => IqrZero::Skip,
            },
        },
        declared::Trim::Sigma { k, spread, passes } => Trim::Sigma { k: *k, spread: *spread, passes: *passes },
        declared::Trim::MedianMultiple { low, high } => Trim::MedianMultiple { low: *low, high: *high },
        declared::Trim::MeanMultiple { low, high } => Trim::MeanMultiple { low: *low, high: *high },
        declared::Trim::Percentile { low, high } => Trim::Percentile { low: *low, high: *high },
        declared::Trim::None {} => Trim::None,
    }
}

type Rows = (String, Vec<(String, String)>);

fn ratios(field: &'static str, table: Option<Rows>) -> Result<BTreeMap<String, Ratio>, WeighError> {
    let Some((table, rows)) = table else { return Ok(BTreeMap::new()) };
    let read = |(group, text): (String, String)| match Ratio::parse(&text) {
        Ok(factor) => Ok((group, factor)),
        Err(_) => Err(WeighError::Table { field, table: table.clone(), cause: not_a_number(&group, &text) }),
    };
    rows.into_iter().map(read).collect()
}

fn previous((table, rows): Rows) -> Result<Previous, WeighError> {
    let mut weights = BTreeMap::new();
    for (group, text) in rows {
        if text.is_empty() {
            // A group that was listed without a weight.
            continue;
        }
        let weight = Decimal::parse_as_written(&text).map_err(|_| WeighError::Table {
            field: "previous",
            table: table.clone(),
            cause: not_a_number(&group, &text),
        })?;
        weights.insert(group, weight);
    }
    Ok(Previous { name: table, weights })
}

fn not_a_number(group: &str, text: &str) -> String {
    format!("\"{text}\" of group \"{group}\" is not a number")
}
