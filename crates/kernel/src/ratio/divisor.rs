//! Greatest common divisors by shifts and subtractions (Stein), which need no division.

/// The greatest common divisor of two 64-bit numbers; `gcd(0, n)` is `n`, and 1 stands in for
/// `gcd(0, 0)` so that the result can always be divided by.
#[inline]
pub(super) fn gcd(a: u64, b: u64) -> u64 {
    if a == 1 || b == 1 {
        return 1;
    }
    if a == 0 || b == 0 {
        return (a | b).max(1);
    }
    // One division replaces many subtractions where an amount meets a small denominator.
    let (small, large) = (a.min(b), a.max(b));
    let large = large % small;
    if large == 0 {
        return small;
    }
    let shift = (small | large).trailing_zeros();
    let mut a = small >> small.trailing_zeros();
    let mut b = large >> large.trailing_zeros();
    while a != b {
        // Both odd, so the difference is even and not zero.
        let difference = a.abs_diff(b);
        b = a.min(b);
        a = difference >> difference.trailing_zeros();
    }
    a << shift
}

/// As [`gcd`] for 128 bits; drops to 64 bits as soon as both numbers do.
pub(super) fn gcd_wide(a: u128, b: u128) -> u128 {
    if let (Ok(a), Ok(b)) = (u64::try_from(a), u64::try_from(b)) {
        return u128::from(gcd(a, b));
    }
    if a == 0 || b == 0 {
        return a | b;
    }
    let shift = (a | b).trailing_zeros();
    let mut a = a >> a.trailing_zeros();
    let mut b = b >> b.trailing_zeros();
    while a != b {
        if let (Ok(a), Ok(b)) = (u64::try_from(a), u64::try_from(b)) {
            return u128::from(gcd(a, b)) << shift;
        }
        let difference = a.abs_diff(b);
        b = a.min(b);
        a = difference >> difference.trailing_zeros();
    }
    a << shift
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn euclid(a: u128, b: u128) -> u128 {
        if b == 0 { a } else { euclid(b, a % b) }
    }

    #[test]
    fn zero_and_one() {
        assert_eq!((gcd(0, 0), gcd(0, 7), gcd(7, 0), gcd(1, 7)), (1, 7, 7, 1));
        assert_eq!(gcd(u64::MAX, u64::MAX), u64::MAX);
        assert_eq!(gcd_wide(0, u128::MAX), u128::MAX);
    }

    proptest! {
        #[test]
        fn both_agree_with_euclid(a: u128, b: u128, k in 1_u128..10_000, small_a: u64, small_b: u64) {
            prop_assert_eq!(gcd_wide(a / k * k, b / k * k), euclid(a / k * k, b / k * k).max(1));
            prop_assert_eq!(
                u128::from(gcd(small_a, small_b)),
                euclid(u128::from(small_a), u128::from(small_b)).max(1)
            );
        }
    }
}
