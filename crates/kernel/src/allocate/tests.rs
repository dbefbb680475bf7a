use super::*;
use proptest::prelude::*;

fn fen(parts: &[Fen]) -> Vec<i64> {
    parts.iter().map(|part| part.get()).collect()
}

fn shares() -> impl Strategy<Value = Vec<i128>> {
    let share = prop_oneof![0_i128..5, 0_i128..1_000_000_000, 0_i128..(1 << 100)];
    proptest::collection::vec(share, 1..40).prop_filter("some claim", |shares| shares.iter().any(|share| *share > 0))
}

#[test]
fn a_million_yuan_over_three_equal_claims() {
    let parts = largest_remainder(Fen::new(100_000_000), &[1, 1, 1], &[0, 1, 2]).unwrap();
    assert_eq!(fen(&parts), [33_333_334, 33_333_333, 33_333_333]);
    let last_first = largest_remainder(Fen::new(100_000_000), &[1, 1, 1], &[2, 1, 0]).unwrap();
    assert_eq!(fen(&last_first), [33_333_333, 33_333_333, 33_333_334]);
}

#[test]
fn a_pool_over_two_hospitals_by_points() {
    // 139,940.00 yuan over 914 and 260 points (specification 7.1).
    let parts = largest_remainder(Fen::new(13_994_000), &[914, 260], &[0, 1]).unwrap();
    assert_eq!(fen(&parts), [10_894_818, 3_099_182]);
}

#[test]
fn a_negative_pool_is_the_mirror_of_the_positive() {
    let parts = largest_remainder(Fen::new(-100), &[1, 1, 1], &[0, 1, 2]).unwrap();
    assert_eq!(fen(&parts), [-34, -33, -33]);
    let widest = largest_remainder(Fen::new(i64::MIN), &[1, 0], &[0, 1]).unwrap();
    assert_eq!(fen(&widest), [i64::MIN, 0]);
}

#[test]
fn nothing_is_split_into_nothing() {
    assert_eq!(largest_remainder(Fen::ZERO, &[0, 0], &[0, 1]).unwrap(), [Fen::ZERO; 2]);
    assert_eq!(largest_remainder(Fen::ZERO, &[], &[]).unwrap(), []);
    assert_eq!(fen(&largest_remainder(Fen::new(7), &[0, 3, 0], &[0, 1, 2]).unwrap()), [0, 7, 0]);
}

#[test]
fn refusals() {
    let refused = |total, shares: &[i128], rank: &[u32]| {
        largest_remainder(Fen::new(total), shares, rank).unwrap_err().to_string()
    };
    assert_eq!(
        refused(150, &[0, 0], &[0, 1]),
        "1.50 yuan cannot be allocated: every share is zero\n  hint: say who bears the amount when there are no claims"
    );
    assert_eq!(
        refused(150, &[3, -1], &[0, 1]),
        "share number 2 is negative\n  hint: shares are counts of points, days or cost; correct the claim first"
    );
    assert_eq!(refused(150, &[3, 1], &[0]), "2 shares but 1 ranks\n  hint: every claimant has one rank");
    assert_eq!(
        refused(150, &[i128::MAX, 1], &[0, 1]),
        "the sum of the shares does not fit\n  hint: state the shares in a larger unit"
    );
}

/// The definition, said naively: floors, then one fen each by a full sort.
fn reference(total: i64, shares: &[i128], rank: &[u32]) -> Vec<i64> {
    let sum: i128 = shares.iter().sum();
    let total = i128::from(total);
    let mut parts: Vec<i128> = shares.iter().map(|share| total * share / sum).collect();
    let missing = usize::try_from(total - parts.iter().sum::<i128>()).unwrap();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(total * shares[*index] % sum), rank[*index], *index));
    for index in &order[..missing] {
        parts[*index] += 1;
    }
    parts.into_iter().map(|part| i64::try_from(part).unwrap()).collect()
}

proptest! {
    #[test]
    fn parts_add_up_and_stay_within_a_fen(total: i64, shares in shares()) {
        let rank: Vec<u32> = (0..).take(shares.len()).collect();
        let parts = largest_remainder(Fen::new(total), &shares, &rank).unwrap();
        prop_assert_eq!(crate::money::sum(parts.iter().copied()).unwrap(), Fen::new(total));
        for (part, share) in parts.iter().zip(&shares) {
            prop_assert!(*share > 0 || part.is_zero());
            prop_assert!(part.is_zero() || part.is_negative() == (total < 0));
        }
    }

    #[test]
    fn a_larger_share_never_receives_less(total in 0..i64::MAX, shares in shares()) {
        let rank: Vec<u32> = (0..).take(shares.len()).collect();
        let parts = largest_remainder(Fen::new(total), &shares, &rank).unwrap();
        for (a, share_a) in parts.iter().zip(&shares) {
            for (b, share_b) in parts.iter().zip(&shares) {
                prop_assert!(share_a <= share_b || a >= b);
            }
        }
    }

    #[test]
    fn row_order_does_not_matter(
        total: i64,
        rows in shares().prop_flat_map(|shares| {
            let rows: Vec<(i128, u32)> = shares.into_iter().zip(0..).collect();
            (Just(rows.clone()), Just(rows).prop_shuffle())
        }),
    ) {
        let by_rank = |rows: &[(i128, u32)]| {
            let (shares, rank): (Vec<_>, Vec<_>) = rows.iter().copied().unzip();
            let parts = largest_remainder(Fen::new(total), &shares, &rank).unwrap();
            let mut by_rank: Vec<_> = rank.into_iter().zip(parts).collect();
            by_rank.sort_unstable();
            by_rank
        };
        prop_assert_eq!(by_rank(&rows.0), by_rank(&rows.1));
    }

    #[test]
    fn equals_the_definition(
        total in 0_i64..1_000_000_000_000,
        rows in proptest::collection::vec((0_i128..50, 0_u32..5), 1..40),
    ) {
        let (shares, rank): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        prop_assume!(shares.iter().sum::<i128>() > 0);
        let parts = largest_remainder(Fen::new(total), &shares, &rank).unwrap();
        prop_assert_eq!(fen(&parts), reference(total, &shares, &rank));
    }

    #[test]
    fn the_wide_division_agrees_with_the_narrow(amount: u64, share: u64, more: u64) {
        let sum = share.saturating_add(more).max(1);
        let share = share.min(sum);
        let (quotient, remainder) = divide_narrow(amount, u128::from(share), sum);
        prop_assert_eq!(
            divide_wide(amount, u128::from(share), u128::from(sum)),
            (quotient, u128::from(remainder))
        );
        // Scaling both leaves the quotient as it was.
        let scaled = divide_wide(amount, u128::from(share) << 60, u128::from(sum) << 60);
        prop_assert_eq!(scaled, (quotient, u128::from(remainder) << 60));
    }
}
