//! What can be said of a condition when only the insurance scheme and the district of a case are known.

use yibao_policy::scalar::Scalar;

use super::predicate::{Predicate, Test};

/// The answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Known {
    /// Holds for every such case.
    Holds,
    /// Holds for none.
    Fails,
    /// Depends on the rest of the case.
    Open,
}

impl Known {
    const fn of(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}

/// A condition over a case of this insurance scheme and district.
#[must_use]
pub fn of_part(condition: &Predicate, insurance: &str, district: &str) -> Known {
    let part = |one: &Predicate| of_part(one, insurance, district);
    match condition {
        Predicate::All(parts) => match parts.iter().map(part).max_by_key(|known| rank(*known, Known::Fails)) {
            Some(known) => known,
            None => Known::Holds,
        },
        Predicate::Any(parts) => match parts.iter().map(part).max_by_key(|known| rank(*known, Known::Holds)) {
            Some(known) => known,
            None => Known::Fails,
        },
        Predicate::Not(one) => match part(one) {
            Known::Holds => Known::Fails,
            Known::Fails => Known::Holds,
            Known::Open => Known::Open,
        },
        Predicate::Test(test) => match test.field.as_str() {
            "insurance" => of_text(test, insurance),
            "district" => of_text(test, district),
            _ => Known::Open,
        },
    }
}

/// One part of the deciding kind decides; else one open part leaves it open.
fn rank(known: Known, deciding: Known) -> u8 {
    match known {
        known if known == deciding => 2,
        Known::Open => 1,
        _ => 0,
    }
}

fn of_text(test: &Test, text: &str) -> Known {
    let same = |value: &Scalar| value.to_string() == text;
    match (&test.is, &test.is_not, &test.r#in) {
        (Some(value), None, None) => Known::of(same(value)),
        (None, Some(value), None) => Known::of(!same(value)),
        (None, None, Some(values)) => Known::of(values.iter().any(same)),
        _ => Known::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Known {
        #[derive(serde::Deserialize)]
        struct Row {
            when: Predicate,
        }
        of_part(&toml::from_str::<Row>(text).unwrap().when, "390", "甲区")
    }

    #[test]
    fn a_scope_of_employees_holds_for_no_resident() {
        assert_eq!(known("when = { field = \"insurance\", is = \"310\" }"), Known::Fails);
        assert_eq!(known("when = { field = \"insurance\", in = [\"310\", \"390\"] }"), Known::Holds);
        assert_eq!(
            known("when = { all = [{ field = \"cost\", gt = 0 }, { field = \"insurance\", is = \"310\" }] }"),
            Known::Fails
        );
        assert_eq!(
            known("when = { any = [{ field = \"cost\", gt = 0 }, { field = \"insurance\", is = \"310\" }] }"),
            Known::Open
        );
        assert_eq!(known("when = { not = { field = \"district\", is = \"甲区\" } }"), Known::Fails);
    }
}
