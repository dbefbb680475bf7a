//! Rounding, always named: a mode and a number of decimal places.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// How a value between two representable numbers becomes one of them.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// To the nearest; a tie goes away from zero (0.5 to 1, -0.5 to -1). The default of every pack.
    #[default]
    HalfUp,
    /// To the nearest; a tie goes to the even neighbour.
    HalfEven,
    /// Toward zero.
    Down,
    /// Away from zero.
    Up,
    /// Toward negative infinity.
    Floor,
    /// Toward positive infinity.
    Ceiling,
}

impl Mode {
    /// `numerator / denominator` as an integer, rounded this way.
    ///
    /// The denominator must be positive: the callers hold reduced ratios, whose denominators are.
    #[must_use]
    pub(crate) fn divide(self, numerator: i128, denominator: i128) -> i128 {
        assert!(denominator > 0, "a ratio's denominator is positive");
        if let (Ok(numerator), Ok(denominator)) = (i64::try_from(numerator), i64::try_from(denominator)) {
            // One machine division instead of a call into 128-bit arithmetic; i64::MIN / 1 fits.
            let (quotient, rest) = (numerator / denominator, numerator % denominator);
            let half = i128::from(rest.unsigned_abs()).cmp(&i128::from(denominator - rest.abs()));
            return i128::from(quotient) + self.step(quotient % 2 == 0, i128::from(rest), half);
        }
        let (quotient, rest) = (numerator / denominator, numerator % denominator);
        // |rest| < denominator, so this comparison with half the denominator cannot overflow.
        let half = rest.abs().cmp(&(denominator - rest.abs()));
        // Adding one away from zero cannot overflow: a non-zero rest means |quotient| <= MAX / 2.
        quotient + self.step(quotient % 2 == 0, rest, half)
    }

    /// What to add to the quotient truncated toward zero: -1, 0 or 1.
    fn step(self, quotient_is_even: bool, rest: i128, half: Ordering) -> i128 {
        let sign = rest.signum();
        let away = match self {
            Self::HalfUp => half.is_ge(),
            Self::HalfEven => half.is_gt() || (half.is_eq() && !quotient_is_even),
            Self::Down => false,
            Self::Up => true,
            Self::Floor => sign < 0,
            Self::Ceiling => sign > 0,
        };
        if away { sign } else { 0 }
    }
}

/// The rounding of a named step: how many decimal places, and which way.
#[derive(Copy, Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rounding {
    /// Decimal places kept, 0 to 18.
    pub dp: u8,
    /// Which way; `half-up` when not stated.
    #[serde(default)]
    pub mode: Mode,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MODES: [Mode; 6] = [Mode::HalfUp, Mode::HalfEven, Mode::Down, Mode::Up, Mode::Floor, Mode::Ceiling];

    /// The definition, said naively: the two neighbours, and which one each mode names.
    fn reference(mode: Mode, numerator: i128, denominator: i128) -> i128 {
        let floor = numerator.div_euclid(denominator);
        if floor * denominator == numerator {
            return floor;
        }
        let ceiling = floor + 1;
        let (toward_zero, away) = if numerator < 0 { (ceiling, floor) } else { (floor, ceiling) };
        let below = numerator - floor * denominator;
        let nearest = |tie: i128| match (2 * below).cmp(&denominator) {
            Ordering::Less => floor,
            Ordering::Greater => ceiling,
            Ordering::Equal => tie,
        };
        match mode {
            Mode::HalfUp => nearest(away),
            Mode::HalfEven => nearest(if floor % 2 == 0 { floor } else { ceiling }),
            Mode::Down => toward_zero,
            Mode::Up => away,
            Mode::Floor => floor,
            Mode::Ceiling => ceiling,
        }
    }

    #[test]
    fn ties_go_where_the_mode_says() {
        let halves = |mode: Mode| [-3, -1, 1, 3].map(|n| mode.divide(n, 2));
        assert_eq!(halves(Mode::HalfUp), [-2, -1, 1, 2]);
        assert_eq!(halves(Mode::HalfEven), [-2, 0, 0, 2]);
        assert_eq!(halves(Mode::Down), [-1, 0, 0, 1]);
        assert_eq!(halves(Mode::Up), [-2, -1, 1, 2]);
        assert_eq!(halves(Mode::Floor), [-2, -1, 0, 1]);
        assert_eq!(halves(Mode::Ceiling), [-1, 0, 1, 2]);
    }

    #[test]
    fn extremes_do_not_overflow() {
        for mode in MODES {
            assert_eq!(mode.divide(i128::from(i64::MIN), 1), i128::from(i64::MIN));
            assert_eq!(mode.divide(i128::MAX, 1), i128::MAX);
            assert!((0..=1).contains(&mode.divide(1, i128::MAX)));
            assert!((-1..=0).contains(&mode.divide(-1, i128::MAX)));
        }
    }

    #[test]
    fn an_unknown_mode_is_refused_by_name() {
        let error = toml::from_str::<Rounding>("dp = 2\nmode = \"nearest\"").unwrap_err();
        assert!(error.message().starts_with("unknown variant `nearest`, expected one of `half-up`"));
        let rounding: Rounding = toml::from_str("dp = 4").unwrap();
        assert_eq!(rounding, Rounding { dp: 4, mode: Mode::HalfUp });
    }

    proptest! {
        #[test]
        fn every_mode_follows_its_definition(
            numerator in prop_oneof![-400_i128..400, -(1_i128 << 100)..(1_i128 << 100)],
            denominator in prop_oneof![1_i128..40, 1..(1_i128 << 100)],
        ) {
            for mode in MODES {
                prop_assert_eq!(
                    mode.divide(numerator, denominator),
                    reference(mode, numerator, denominator)
                );
            }
        }
    }
}
