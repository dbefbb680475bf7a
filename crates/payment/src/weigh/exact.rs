//! Exact fractions of any size, for weights: a sum over hundreds of groups with different numbers of cases has a common
//! denominator far beyond 128 bits, and the factor that preserves the total weight (spec §1.5) must still be exact.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use yibao_kernel::{Decimal, Mode, Ratio};

/// An exact fraction; the denominator is positive, not necessarily reduced.
#[derive(Clone, Debug)]
pub struct Exact {
    num: BigInt,
    den: BigInt,
}

impl Exact {
    /// Zero.
    pub fn zero() -> Self {
        Self::from_int(0)
    }

    /// A whole number.
    pub fn from_int(value: i128) -> Self {
        Self { num: BigInt::from(value), den: BigInt::from(1) }
    }

    /// `num / den`; `None` when `den` is not positive.
    pub fn new(num: i128, den: i128) -> Option<Self> {
        (den > 0).then(|| Self { num: BigInt::from(num), den: BigInt::from(den) })
    }

    /// Whether it is above zero.
    pub fn is_positive(&self) -> bool {
        self.num.sign() == Sign::Plus
    }

    /// The sum.
    pub fn plus(&self, other: &Self) -> Self {
        Self { num: &self.num * &other.den + &other.num * &self.den, den: &self.den * &other.den }
    }

    /// The difference.
    pub fn minus(&self, other: &Self) -> Self {
        Self { num: &self.num * &other.den - &other.num * &self.den, den: &self.den * &other.den }
    }

    /// The product.
    pub fn times(&self, other: &Self) -> Self {
        Self { num: &self.num * &other.num, den: &self.den * &other.den }
    }

    /// The quotient; `None` when the divisor is zero.
    pub fn over(&self, other: &Self) -> Option<Self> {
        match other.num.sign() {
            Sign::NoSign => None,
            Sign::Plus => Some(Self { num: &self.num * &other.den, den: &self.den * &other.num }),
            Sign::Minus => Some(Self { num: -(&self.num * &other.den), den: -(&self.den * &other.num) }),
        }
    }

    /// The sum of many. What all denominators share (the reference mean) is taken out first, so that the common
    /// denominator grows with the groups' own numbers of cases only.
    pub fn sum(terms: &[Self]) -> Self {
        let Some(first) = terms.first() else { return Self::zero() };
        let common = terms.iter().skip(1).fold(first.den.clone(), |common, term| divisor(common, term.den.clone()));
        let parts: Vec<Self> =
            terms.iter().map(|term| Self { num: term.num.clone(), den: &term.den / &common }).collect();
        let total = halves(&parts);
        Self { num: total.num, den: total.den * common }
    }

    /// The same fraction in its lowest terms.
    pub fn reduced(&self) -> Self {
        let common = divisor(self.den.clone(), self.num.clone());
        Self { num: &self.num / &common, den: &self.den / &common }
    }

    /// As a published number with `dp` places; `None` when it does not fit one.
    pub fn round(&self, dp: u8, mode: Mode) -> Option<Decimal> {
        if dp > Decimal::MAX_DP {
            return None;
        }
        let scaled = &self.num * BigInt::from(10_i128.pow(u32::from(dp)));
        let units = i64::try_from(divide(&scaled, &self.den, mode)).ok()?;
        Some(Decimal::new(units, dp))
    }
}

/// The terms added in pairs, so that large numbers meet large numbers.
fn halves(terms: &[Exact]) -> Exact {
    match terms {
        [] => Exact::zero(),
        [only] => only.clone(),
        _ => {
            let (left, right) = terms.split_at(terms.len() / 2);
            halves(left).plus(&halves(right))
        }
    }
}

/// The greatest common divisor (Euclid), positive; one of them is not zero.
fn divisor(mut a: BigInt, mut b: BigInt) -> BigInt {
    while b.sign() != Sign::NoSign {
        let rest = &a % &b;
        a = b;
        b = rest;
    }
    if a.sign() == Sign::Minus { -a } else { a }
}

/// `num / den` as an integer, rounded; the meaning of each mode is the kernel's.
fn divide(num: &BigInt, den: &BigInt, mode: Mode) -> BigInt {
    let quotient = num / den;
    let rest = num % den;
    let sign = match rest.sign() {
        Sign::NoSign => return quotient,
        Sign::Plus => 1,
        Sign::Minus => -1,
    };
    let magnitude = if sign < 0 { -rest } else { rest };
    let half = (&magnitude + &magnitude).cmp(den);
    let odd = &quotient % BigInt::from(2) != BigInt::from(0);
    let away = match mode {
        Mode::HalfUp => half.is_ge(),
        Mode::HalfEven => half.is_gt() || (half.is_eq() && odd),
        Mode::Down => false,
        Mode::Up => true,
        Mode::Floor => sign < 0,
        Mode::Ceiling => sign > 0,
    };
    if away { quotient + BigInt::from(sign) } else { quotient }
}

impl From<Ratio> for Exact {
    fn from(ratio: Ratio) -> Self {
        Self { num: BigInt::from(ratio.num()), den: BigInt::from(ratio.den()) }
    }
}

impl From<Decimal> for Exact {
    fn from(number: Decimal) -> Self {
        Self::from(number.ratio())
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Exact {}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.num * &other.den).cmp(&(&other.num * &self.den))
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ratio(text: &str) -> Exact {
        Exact::from(Ratio::parse(text).unwrap())
    }

    #[test]
    fn a_sum_over_many_denominators_stays_exact() {
        // 1/2 + 1/3 + … + 1/400 less itself, the other way round.
        let terms: Vec<Exact> = (2..=400).map(|den| Exact::new(1, den).unwrap()).collect();
        let backwards: Vec<Exact> = terms.iter().rev().cloned().collect();
        assert_eq!(Exact::sum(&terms).minus(&Exact::sum(&backwards)), Exact::zero());
        assert_eq!(Exact::sum(&terms).round(6, Mode::HalfUp).unwrap().to_string(), "5.569930");
    }

    #[test]
    fn refusals() {
        assert!(Exact::new(1, 0).is_none());
        assert!(Exact::new(1, -2).is_none());
        assert!(ratio("1").over(&Exact::zero()).is_none());
        assert!(ratio("10000000000").round(18, Mode::HalfUp).is_none());
        assert!(ratio("1").round(19, Mode::HalfUp).is_none());
    }

    proptest! {
        #[test]
        fn agrees_with_the_kernel(a in -10_000_i128..10_000, b in 1_i128..500, c in -10_000_i128..10_000, d in 1_i128..500) {
            let (x, y) = (Ratio::new(a, b).unwrap(), Ratio::new(c, d).unwrap());
            let (left, right) = (Exact::from(x), Exact::from(y));
            prop_assert_eq!(left.plus(&right), Exact::from(x.checked_add(y).unwrap()));
            prop_assert_eq!(left.minus(&right), Exact::from(x.checked_sub(y).unwrap()));
            prop_assert_eq!(left.times(&right), Exact::from(x.checked_mul(y).unwrap()));
            prop_assert_eq!(left.over(&right), x.checked_div(y).ok().map(Exact::from));
            prop_assert_eq!(left.cmp(&right), x.cmp(&y));
            for mode in [Mode::HalfUp, Mode::HalfEven, Mode::Down, Mode::Up, Mode::Floor, Mode::Ceiling] {
                for dp in [0, 1, 4] {
                    prop_assert_eq!(left.round(dp, mode), x.to_decimal(dp, mode).ok());
                }
            }
        }
    }
}
