//! Unsigned integers of 640 bits, for the few exact comparisons whose products leave 128 bits:
//! squares of deviations against squares of bounds. Off the hot path.

/// A 640-bit unsigned integer: ten limbs, most significant first, so that the derived order is
/// the numeric order.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Wide([u64; LIMBS]);

const LIMBS: usize = 10;

impl Wide {
    const ZERO: Self = Self([0; LIMBS]);

    /// The product of the factors. Four full 128-bit factors always fit.
    ///
    /// The caller keeps the factors' bits within 640, which is asserted.
    pub(crate) fn product(factors: &[u128]) -> Self {
        let mut result = Self([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        for factor in factors {
            result = result.times(*factor);
        }
        result
    }

    fn times(self, factor: u128) -> Self {
        let low = self.times_limb(low_half(factor));
        let high = self.times_limb(low_half(factor >> 64));
        let mut shifted = Self::ZERO;
        let [lost, kept @ ..] = high.0;
        assert!(lost == 0, "a product of exact comparison stays within 640 bits");
        for (place, limb) in shifted.0.iter_mut().zip(kept) {
            *place = limb;
        }
        low.plus(shifted)
    }

    fn times_limb(self, factor: u64) -> Self {
        let mut result = Self::ZERO;
        let mut carry = 0_u128;
        for (place, limb) in result.0.iter_mut().zip(self.0).rev() {
            let product = u128::from(limb) * u128::from(factor) + carry;
            *place = low_half(product);
            carry = product >> 64;
        }
        assert!(carry == 0, "a product of exact comparison stays within 640 bits");
        result
    }

    fn plus(self, other: Self) -> Self {
        let mut result = Self::ZERO;
        let mut carry = 0_u128;
        for (place, (a, b)) in result.0.iter_mut().zip(self.0.into_iter().zip(other.0)).rev() {
            let sum = u128::from(a) + u128::from(b) + carry;
            *place = low_half(sum);
            carry = sum >> 64;
        }
        assert!(carry == 0, "a product of exact comparison stays within 640 bits");
        result
    }

    /// `self - other`; the caller has seen `other <= self`.
    fn minus(self, other: Self) -> Self {
        let mut result = Self::ZERO;
        let mut borrow = false;
        for (place, (a, b)) in result.0.iter_mut().zip(self.0.into_iter().zip(other.0)).rev() {
            let (difference, first) = a.overflowing_sub(b);
            let (difference, second) = difference.overflowing_sub(u64::from(borrow));
            *place = difference;
            borrow = first || second;
        }
        assert!(!borrow, "the smaller number is subtracted from the larger");
        result
    }

    /// Twice the number, plus one if `bit`.
    fn doubled(self, bit: bool) -> Self {
        let mut result = Self::ZERO;
        let mut carry = u64::from(bit);
        for (place, limb) in result.0.iter_mut().zip(self.0).rev() {
            *place = (limb << 1) | carry;
            carry = limb >> 63;
        }
        assert!(carry == 0, "a remainder of exact division stays within 639 bits");
        result
    }

    /// `floor(self / divisor)` by long division in base two; `None` when it needs more than 128
    /// bits or the divisor is zero. The divisor is below 2^639 in every use.
    pub(crate) fn divided_by(self, divisor: Self) -> Option<u128> {
        if divisor == Self::ZERO {
            return None;
        }
        let mut quotient = 0_u128;
        let mut rest = Self::ZERO;
        for limb in self.0 {
            for shift in (0..64).rev() {
                rest = rest.doubled((limb >> shift) & 1 == 1);
                if quotient >> 127 == 1 {
                    return None;
                }
                quotient <<= 1;
                if rest >= divisor {
                    rest = rest.minus(divisor);
                    quotient |= 1;
                }
            }
        }
        Some(quotient)
    }
}

/// The low 64 bits.
fn low_half(value: u128) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
    let low = value as u64;
    low
}

/// `floor(sqrt(numerator / denominator) + 1/2)`: the root of a ratio of two products rounded
/// half-up, exactly. `None` when it does not fit or the denominator is zero.
pub(crate) fn root_rounded(numerator: &[u128], denominator: &[u128]) -> Option<u128> {
    // floor((floor(2y) + 1) / 2) = floor(y + 1/2), and floor(sqrt(q)) needs only floor(q).
    let four_times = Wide::product(numerator).times(4);
    let quotient = four_times.divided_by(Wide::product(denominator))?;
    Some(quotient.isqrt().div_ceil(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn roots_are_rounded_half_up() {
        // sqrt(6.25) = 2.5 goes up to 3; sqrt(6.24...) stays at 2.
        assert_eq!(root_rounded(&[25], &[4]), Some(3));
        assert_eq!(root_rounded(&[2499], &[400]), Some(2));
        assert_eq!(root_rounded(&[0], &[7]), Some(0));
        assert_eq!(root_rounded(&[1], &[0]), None);
    }

    proptest! {
        #[test]
        fn products_divide_back(a: u128, b in 1..=u128::MAX, c in 1..=u128::MAX) {
            let product = Wide::product(&[a, b, c]);
            prop_assert_eq!(product.divided_by(Wide::product(&[c, b])), Some(a));
            prop_assert_eq!(product.cmp(&Wide::product(&[b, c])), a.cmp(&1));
        }

        #[test]
        fn a_quotient_is_the_floor(a: u64, b: u64, d in 1..=u128::MAX) {
            let exact = u128::from(a) * u128::from(b);
            prop_assert_eq!(
                Wide::product(&[u128::from(a), u128::from(b)]).divided_by(Wide::product(&[d])),
                Some(exact / d)
            );
        }
    }
}
