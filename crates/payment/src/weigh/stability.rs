//! Stability (spec §1.3): n ≥ the fewest cases and CV below its bound. And the catalogue's threshold (spec §2.2).

use yibao_kernel::Ratio;
use yibao_kernel::statistics::Moments;

use super::plan::Stable;
use super::sample::Sample;

/// The answer of the stability test.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stability {
    /// Enough cases, close enough to each other.
    Stable,
    /// Too few cases.
    FewCases,
    /// The coefficient of variation is on or beyond its bound, or there is none.
    Spread,
}

/// The test on a group: its cases before trimming, the variation of the cases kept.
pub fn stability(sample: &Sample, rule: &Stable) -> Stability {
    decide(sample.cases, cv_within(&sample.kept, rule), rule)
}

/// The test on a number of cases and an answer about the variation.
pub fn decide(cases: u64, cv_within: Option<bool>, rule: &Stable) -> Stability {
    if cases < rule.min_cases {
        Stability::FewCases
    } else if cv_within == Some(true) {
        Stability::Stable
    } else {
        Stability::Spread
    }
}

/// Whether the coefficient of variation lies within the bound, decided exactly by squares; `None` where it does not
/// exist (one case of a sample, a mean not above zero).
pub fn cv_within(kept: &Moments, rule: &Stable) -> Option<bool> {
    kept.cv_below(rule.spread, rule.cv, rule.inclusive)
}

/// The same for a coefficient that was published.
pub fn published_cv_within(cv: Ratio, rule: &Stable) -> bool {
    cv < rule.cv || (rule.inclusive && cv == rule.cv)
}

/// Where a disease of the catalogue belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CatalogueKind {
    /// A group of its own.
    Core,
    /// Merged with others by kind of treatment.
    Comprehensive,
}

impl CatalogueKind {
    /// The word used in files.
    pub const fn word(self) -> &'static str {
        match self {
            CatalogueKind::Core => "core",
            CatalogueKind::Comprehensive => "comprehensive",
        }
    }
}

/// Core when the cases reach the threshold; `inclusive` says whether the threshold itself is enough.
pub const fn catalogue_kind(cases: u64, threshold: u64, inclusive: bool) -> CatalogueKind {
    if cases > threshold || (inclusive && cases == threshold) {
        CatalogueKind::Core
    } else {
        CatalogueKind::Comprehensive
    }
}
