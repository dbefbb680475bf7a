use super::*;
use proptest::prelude::*;

fn ratio(text: &str) -> Ratio {
    Ratio::parse(text).unwrap()
}

#[test]
fn a_trimmed_group_of_five_is_stable() {
    let group = Moments::of(&[8_000, 9_000, 10_000, 11_000, 12_000]).unwrap();
    assert_eq!(group.n(), 5);
    assert_eq!(group.mean(), Some(ratio("10000")));
    assert_eq!(group.variance(Spread::Sample), Some(ratio("2500000")));
    assert_eq!(group.variance(Spread::Population), Some(ratio("2000000")));
    assert_eq!(group.sd_decimal(Spread::Sample, 4).unwrap().to_string(), "1581.1388");
    assert_eq!(group.cv(Spread::Sample, 4).unwrap().to_string(), "0.1581");
    assert_eq!(group.cv_below(Spread::Sample, ratio("1"), false), Some(true));
}

#[test]
fn a_group_of_four_is_small_whatever_its_coefficient() {
    let group = Moments::of(&[9_000, 10_000, 10_000, 11_000]).unwrap();
    assert_eq!(group.cv_below(Spread::Sample, ratio("0.10"), false), Some(true));
    assert!(group.n() < 5, "fewer than five cases go to special review");
}

#[test]
fn a_coefficient_of_variation_on_the_bound_is_decided_exactly() {
    // Costs 0 and 2: mean 1, population deviation 1, coefficient exactly 1.
    let group = Moments::of(&[0, 2]).unwrap();
    assert_eq!(group.cv_below(Spread::Population, ratio("1"), false), Some(false));
    assert_eq!(group.cv_below(Spread::Population, ratio("1"), true), Some(true));
    assert_eq!(group.cv(Spread::Population, 4).unwrap().to_string(), "1.0000");
    // Sample deviation sqrt(2).
    assert_eq!(group.cv(Spread::Sample, 4).unwrap().to_string(), "1.4142");
    assert_eq!(group.cv_below(Spread::Sample, ratio("-1"), true), Some(false));
}

#[test]
fn too_few_values_have_no_spread() {
    let none = Moments::default();
    assert_eq!((none.mean(), none.variance(Spread::Population)), (None, None));
    let one = Moments::of(&[700]).unwrap();
    assert_eq!((one.variance(Spread::Sample), one.cv(Spread::Sample, 4)), (None, None));
    assert_eq!(one.variance(Spread::Population), Some(Ratio::ZERO));
    let free = Moments::of(&[0, 0]).unwrap();
    assert_eq!(free.cv_below(Spread::Sample, Ratio::ONE, true), None);
    assert_eq!(one.sd_decimal(Spread::Population, 19), None);
}

#[test]
fn impossible_sums_are_refused_and_leave_the_moments_unchanged() {
    let mut moments = Moments::default();
    moments.add(i64::MAX).unwrap();
    let before = moments;
    assert_eq!(
        moments.add(i64::MAX).unwrap_err().to_string(),
        "sum of squares does not fit\n  hint: look for an amount with misplaced digits"
    );
    assert_eq!(moments, before);
}

proptest! {
    #[test]
    fn parts_merge_in_any_order(
        values in proptest::collection::vec(-1_000_000_000_000_i64..1_000_000_000_000, 0..60).prop_flat_map(|values| (Just(values.clone()), Just(values).prop_shuffle())),
        cuts in (0_usize..60, 0_usize..60),
    ) {
        let whole = Moments::of(&values.0).unwrap();
        let (first, second) = (cuts.0.min(cuts.1).min(values.1.len()), cuts.0.max(cuts.1).min(values.1.len()));
        let [a, b, c] = [&values.1[..first], &values.1[first..second], &values.1[second..]].map(|part| Moments::of(part).unwrap());
        let merged = |parts: [Moments; 3]| {
            let mut all = Moments::default();
            parts.iter().for_each(|part| all.merge(part).unwrap());
            all
        };
        prop_assert_eq!(merged([a, b, c]), whole);
        prop_assert_eq!(merged([c, a, b]), whole);
        let mut right = b;
        right.merge(&c).unwrap();
        prop_assert_eq!(merged([a, right, Moments::default()]), whole);
    }

    #[test]
    fn variance_is_the_mean_square_of_deviations(values in proptest::collection::vec(-10_000_i64..10_000, 2..30)) {
        let moments = Moments::of(&values).unwrap();
        let mean = moments.mean().unwrap();
        let mut squares = Ratio::ZERO;
        for value in &values {
            let deviation = Ratio::from_int(*value).checked_sub(mean).unwrap();
            squares = squares.checked_add(deviation.checked_mul(deviation).unwrap()).unwrap();
        }
        let n = i64::try_from(values.len()).unwrap();
        prop_assert_eq!(moments.variance(Spread::Population), squares.checked_div(Ratio::from_int(n)).ok());
        prop_assert_eq!(moments.variance(Spread::Sample), squares.checked_div(Ratio::from_int(n - 1)).ok());
    }

    #[test]
    fn the_deviation_is_correctly_rounded(values in proptest::collection::vec(0_i64..1_000_000_000, 2..30), dp in 0_u8..6) {
        let moments = Moments::of(&values).unwrap();
        let variance = moments.variance(Spread::Sample).unwrap();
        let sd = moments.sd_decimal(Spread::Sample, dp).unwrap();
        let half = Ratio::new(1, 2 * 10_i128.pow(u32::from(dp))).unwrap();
        let square = |x: Ratio| x.checked_mul(x).unwrap();
        let above = sd.ratio().checked_add(half).unwrap();
        prop_assert!(variance < square(above));
        if sd.units() > 0 {
            prop_assert!(square(sd.ratio().checked_sub(half).unwrap()) <= variance);
        }
    }

    #[test]
    fn the_printed_coefficient_and_the_comparison_agree(values in proptest::collection::vec(1_i64..1_000_000, 2..30), bound in 0_i128..30_000) {
        let moments = Moments::of(&values).unwrap();
        let bound = Ratio::new(bound, 10_000).unwrap();
        let printed = moments.cv(Spread::Sample, 8).unwrap().ratio();
        let half = Ratio::new(1, 200_000_000).unwrap();
        if printed.checked_add(half).unwrap() < bound {
            prop_assert_eq!(moments.cv_below(Spread::Sample, bound, false), Some(true));
        } else if printed.checked_sub(half).unwrap() > bound {
            prop_assert_eq!(moments.cv_below(Spread::Sample, bound, true), Some(false));
        }
    }
}
