//! Stays over heads.

use super::heads::{over_heads, twelfths};
use super::measure::{Indicator, Measure, TooLarge, Unit, View, definition, number};
use super::spec::Spec;
use super::sums::Kind;

/// Stays over heads: head-months ÷ 12, or the insured the pack states.
pub(super) fn indicator(spec: &Spec) -> Indicator {
    Indicator {
        definition: definition(
            "hospitalisation_rate",
            ("住院率", "hospitalisation rate"),
            ("住院人次 ÷ 参保（签约）人头", "stays ÷ heads"),
            Unit::PerHead,
            super::SPEC,
        )
        .cited(spec, "heads"),
        query,
        at: 0,
    }
}

fn query(view: &View<'_>, _at: usize) -> Result<Option<Measure>, TooLarge> {
    let cases = view.slice.of(Kind::Stays).cases;
    if cases == 0 {
        return Ok(None);
    }
    Measure::quotient(over_heads(cases)?, number(twelfths(view), 0)?, Unit::PerHead, cases)
}
