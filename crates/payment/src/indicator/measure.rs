//! What an indicator is, and what it says of a slice: numerator, denominator and value, all exact until the value is
//! published.

use yibao_kernel::{Decimal, Mode, Ratio};

use super::spec::Spec;
use super::sums::Slice;
use crate::settled::Bilingual;
use crate::weigh::exact::Exact;

/// Unit of an indicator's value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A whole number.
    Count,
    /// A weight.
    Weight,
    /// An index around one.
    Index,
    /// A share of one, printed in percent.
    Share,
    /// Yuan.
    Yuan,
    /// Days.
    Days,
    /// So many per head.
    PerHead,
}

impl Unit {
    /// The word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Unit::Count => "count",
            Unit::Weight => "weight",
            Unit::Index => "index",
            Unit::Share => "share",
            Unit::Yuan => "yuan",
            Unit::Days => "days",
            Unit::PerHead => "per_head",
        }
    }

    /// Decimal places the value is published with.
    #[must_use]
    pub const fn places(self) -> u8 {
        match self {
            Unit::Count => 0,
            Unit::Weight | Unit::Index | Unit::Share | Unit::PerHead => 4,
            Unit::Yuan | Unit::Days => 2,
        }
    }
}

/// Definition of an indicator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Id in files.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// What is divided by what.
    pub formula: Bilingual,
    /// Unit.
    pub unit: Unit,
    /// Where the definition comes from.
    pub source: String,
    /// Whether the public list ranks institutions by it.
    pub ranked: bool,
}

/// What an indicator looks at.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The slice measured.
    pub slice: &'a Slice,
    /// The whole region.
    pub region: &'a Slice,
    /// The chosen definitions.
    pub spec: &'a Spec,
    /// Whether the slice is the whole region.
    pub whole: bool,
}

/// What an indicator says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Numerator as published.
    pub numerator: Decimal,
    /// Denominator as published.
    pub denominator: Decimal,
    /// Value.
    pub value: Decimal,
    /// How many cases (persons, institutions …) the figure stands on.
    pub sample: u64,
    /// Events counted in the numerator, where they are persons' (deaths, readmissions).
    pub events: Option<u64>,
    /// A target, and whether it is met.
    pub target: Option<(Decimal, bool)>,
}

/// A figure that left the range of a published number: the input is absurd.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("an indicator's figure does not fit\n  hint: look for an absurd amount in the settled cases")]
pub struct TooLarge;

/// A whole number of units with decimal places.
pub(super) fn number(units: i128, dp: u8) -> Result<Decimal, TooLarge> {
    i64::try_from(units).map(|units| Decimal::new(units, dp)).map_err(|_| TooLarge)
}

impl Measure {
    /// `numerator ÷ denominator`, rounded half-up to the places of the unit; `None` over nothing.
    pub(super) fn quotient(
        numerator: Decimal,
        denominator: Decimal,
        unit: Unit,
        sample: u64,
    ) -> Result<Option<Self>, TooLarge> {
        if denominator.units() <= 0 {
            return Ok(None);
        }
        let exact = Exact::from(numerator).over(&Exact::from(denominator)).ok_or(TooLarge)?;
        Measure::of_exact(&exact, numerator, denominator, unit, sample).map(Some)
    }

    /// A value computed exactly, with the numerator and denominator to show.
    pub(super) fn of_exact(
        exact: &Exact,
        numerator: Decimal,
        denominator: Decimal,
        unit: Unit,
        sample: u64,
    ) -> Result<Self, TooLarge> {
        let value = exact.round(unit.places(), Mode::HalfUp).ok_or(TooLarge)?;
        Ok(Measure { numerator, denominator, value, sample, events: None, target: None })
    }

    /// Counts over counts.
    pub(super) fn of_counts(numerator: u64, denominator: u64, unit: Unit) -> Result<Option<Self>, TooLarge> {
        let (top, bottom) = (number(i128::from(numerator), 0)?, number(i128::from(denominator), 0)?);
        Measure::quotient(top, bottom, unit, denominator)
    }

    /// Amounts over amounts, in fen.
    pub(super) fn of_amounts(numerator: i128, denominator: i128, sample: u64) -> Result<Option<Self>, TooLarge> {
        Measure::quotient(number(numerator, 2)?, number(denominator, 2)?, Unit::Share, sample)
    }

    /// A plain count.
    pub(super) fn count(number_of: u64, sample: u64) -> Result<Option<Self>, TooLarge> {
        let value = number(i128::from(number_of), 0)?;
        Ok((sample > 0).then_some(Measure {
            numerator: value,
            denominator: Decimal::new(1, 0),
            value,
            sample,
            events: None,
            target: None,
        }))
    }

    /// The same with the events that the numerator counts.
    pub(super) fn with_events(mut self, events: u64) -> Self {
        self.events = Some(events);
        self
    }

    /// The same with a target to reach; compared exactly, before rounding.
    ///
    /// # Errors
    /// The target does not fit a published number.
    pub fn with_target(mut self, share: Ratio) -> Result<Self, TooLarge> {
        let reached = self.numerator.ratio().checked_div(self.denominator.ratio()).map_err(|_| TooLarge)?;
        let target = share.to_decimal(4, Mode::HalfUp).map_err(|_| TooLarge)?;
        self.target = Some((target, reached >= share));
        Ok(self)
    }
}

/// An indicator: its definition, and the query. `at` is its place among several of one definition (windows, parts).
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Definition.
    pub definition: Definition,
    /// The query.
    pub query: fn(&View<'_>, usize) -> Result<Option<Measure>, TooLarge>,
    /// Place among several of one definition.
    pub at: usize,
}

impl Indicator {
    /// What it says of a slice; `None` where the slice has nothing to say it of.
    ///
    /// # Errors
    /// A figure that does not fit.
    pub fn measure(&self, view: &View<'_>) -> Result<Option<Measure>, TooLarge> {
        (self.query)(view, self.at)
    }
}

/// A definition from its words.
pub(super) fn definition(id: &str, title: (&str, &str), formula: (&str, &str), unit: Unit, source: &str) -> Definition {
    let text = |(zh, en): (&str, &str)| Bilingual { zh: zh.to_owned(), en: en.to_owned() };
    Definition {
        id: id.to_owned(),
        title: text(title),
        formula: text(formula),
        unit,
        source: source.to_owned(),
        ranked: false,
    }
}

impl Definition {
    /// The same, in the public list.
    pub(super) fn ranked(mut self) -> Self {
        self.ranked = true;
        self
    }

    /// The same, with the source a pack states.
    pub(super) fn cited(mut self, spec: &Spec, place: &str) -> Self {
        if let Some(words) = spec.sources.get(place) {
            self.source.clone_from(words);
        }
        self
    }
}
