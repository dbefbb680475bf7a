//! Does one condition hold whenever another does? Decided by inclusion of sets, inclusion of
//! intervals and conjunctions of those; "no" may mean "not shown".

use crate::bits::Bits;
use crate::expression::{Expr, Field, Look, Sign};
use crate::membership::Membership;
use crate::model::Model;

/// Numbers a field can still have, both ends inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Interval {
    low: i64,
    high: i64,
}

impl Interval {
    const ALL: Self = Self { low: i64::MIN, high: i64::MAX };

    fn of(sign: Sign, value: i32) -> Self {
        let value = i64::from(value);
        match sign {
            Sign::Equal => Self { low: value, high: value },
            Sign::Below => Self { high: value - 1, ..Self::ALL },
            Sign::AtMost => Self { high: value, ..Self::ALL },
            Sign::Above => Self { low: value + 1, ..Self::ALL },
            Sign::AtLeast => Self { low: value, ..Self::ALL },
        }
    }

    fn and(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    fn is_empty(self) -> bool {
        self.low > self.high
    }

    fn inside(self, other: Self) -> bool {
        self.low >= other.low && self.high <= other.high
    }
}

/// Shows implications between conditions of one scheme.
pub(crate) struct Prover<'a> {
    /// Each set over the classes of its kind.
    sets: Vec<Bits>,
    model: &'a Model,
}

impl<'a> Prover<'a> {
    pub(crate) fn new(model: &'a Model, membership: &Membership) -> Self {
        let of = |(index, set): (usize, &crate::model::CodeSet)| {
            let classes = if set.dx { &model.dx } else { &model.proc }.class_sets.len();
            membership.bits(model, u16::try_from(index).unwrap_or(u16::MAX), classes)
        };
        Self { sets: model.sets.iter().enumerate().map(of).collect(), model }
    }

    /// Whether no case can make the condition true.
    pub(crate) fn never(&self, expr: &Expr) -> bool {
        match expr {
            Expr::False => true,
            Expr::Member(_, set) => self.model.sets.get(usize::from(*set)).is_some_and(|set| set.size == 0),
            Expr::Or(parts) => parts.iter().all(|part| self.never(part)),
            Expr::Not(part) => self.implies(&Expr::True, part),
            Expr::Discharge(list) => list.is_empty(),
            Expr::And(_) => {
                let mut conjuncts = Vec::new();
                expr.conjuncts(&mut conjuncts);
                let empty = |field| interval(&conjuncts, field).is_empty();
                conjuncts.iter().any(|part| self.never(part)) || Field::ALL.into_iter().any(empty)
            }
            _ => false,
        }
    }

    /// Whether `then` holds for every case for which `given` holds.
    pub(crate) fn implies(&self, given: &Expr, then: &Expr) -> bool {
        match then {
            Expr::True => return true,
            Expr::And(parts) => return parts.iter().all(|part| self.implies(given, part)),
            _ => {}
        }
        if self.never(given) {
            return true;
        }
        if let Expr::Or(parts) = given {
            return parts.iter().all(|part| self.implies(part, then));
        }
        if let Expr::Or(parts) = then
            && parts.iter().any(|part| self.implies(given, part))
        {
            return true;
        }
        let mut conjuncts = Vec::new();
        given.conjuncts(&mut conjuncts);
        if conjuncts.iter().any(|part| matches!(part, Expr::Or(_)) && self.implies(part, then)) {
            return true;
        }
        match then {
            Expr::Number(field, sign, value) => interval(&conjuncts, *field).inside(Interval::of(*sign, *value)),
            Expr::Member(look, set) => self.member(&conjuncts, *look, *set),
            Expr::Not(part) => conjuncts.iter().any(|given| match given {
                Expr::Not(denied) => self.implies(part, denied),
                _ => false,
            }),
            _ => conjuncts.iter().any(|given| atom(given, then)),
        }
    }

    /// Whether some conjunct puts a code that is looked at into the set.
    fn member(&self, conjuncts: &[&Expr], look: Look, set: u16) -> bool {
        let Some(target) = self.sets.get(usize::from(set)) else { return false };
        let inside = |bits: &Bits| bits.clone().and(target) == *bits;
        // One code looked at by several conjuncts is in the intersection of their sets.
        let mut first: Option<Bits> = None;
        let one = if look.at_dx() { Look::FirstDx } else { Look::FirstProc };
        for conjunct in conjuncts {
            let Expr::Member(given, own) = conjunct else { continue };
            let Some(own) = self.sets.get(usize::from(*own)) else { continue };
            if *given == one {
                first = Some(first.map_or_else(|| own.clone(), |joined| joined.and(own)));
            }
            if stronger(*given, look) && inside(own) {
                return true;
            }
        }
        stronger(one, look) && first.is_some_and(|joined| inside(&joined))
    }
}

/// Whether a code found by `given` is also found by `then`.
fn stronger(given: Look, then: Look) -> bool {
    let any = if given.at_dx() { Look::AnyDx } else { Look::AnyProc };
    given == then || then == any
}

/// What the conjuncts leave of a field.
fn interval(conjuncts: &[&Expr], field: Field) -> Interval {
    conjuncts.iter().fold(Interval::ALL, |left, conjunct| match conjunct {
        Expr::Number(own, sign, value) if *own == field => left.and(Interval::of(*sign, *value)),
        _ => left,
    })
}

fn atom(given: &Expr, then: &Expr) -> bool {
    match (given, then) {
        (Expr::Regions { group: a, least: n }, Expr::Regions { group: b, least: m }) => a == b && n >= m,
        (Expr::Discharge(some), Expr::Discharge(list)) => some.iter().all(|s| list.contains(s)),
        _ => given == then,
    }
}
