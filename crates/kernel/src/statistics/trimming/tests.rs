use super::*;
use proptest::prelude::*;

const COSTS: [i64; 6] = [8_000, 9_000, 10_000, 11_000, 12_000, 60_000];

fn ratio(text: &str) -> Ratio {
    Ratio::parse(text).unwrap()
}

fn iqr(when_zero: IqrZero) -> Trim {
    Trim::Iqr { k: ratio("1.5"), when_zero }
}

fn sigma(k: &str, spread: Spread, passes: Option<u32>) -> Trim {
    Trim::Sigma { k: ratio(k), spread, passes }
}

#[test]
fn quartile_fences_drop_the_outlier() {
    let trimmed = trim(&COSTS, &iqr(IqrZero::KeepEqual)).unwrap();
    assert_eq!((trimmed.q1, trimmed.q3), (Some(ratio("9250")), Some(ratio("11750"))));
    assert_eq!((trimmed.lower, trimmed.upper), (Some(ratio("5500")), Some(ratio("15500"))));
    assert_eq!((trimmed.kept.clone(), trimmed.passes), (0..5, 1));
    assert_eq!(Moments::of(&COSTS[trimmed.kept]).unwrap().mean(), Some(ratio("10000")));
}

#[test]
fn three_sigma_cannot_trim_a_group_of_six() {
    let trimmed = trim(&COSTS, &sigma("3", Spread::Sample, Some(1))).unwrap();
    assert_eq!((trimmed.kept.clone(), trimmed.passes), (0..6, 0));
    let mean = Moments::of(&COSTS[trimmed.kept]).unwrap().mean().unwrap();
    assert_eq!(mean.to_decimal(4, crate::Mode::HalfUp).unwrap().to_string(), "18333.3333");
}

#[test]
fn sigma_keeps_the_value_on_the_fence() {
    // Mean 0, population deviation 1: both values lie exactly one deviation away.
    assert_eq!(trim(&[-1, 1], &sigma("1", Spread::Population, Some(1))).unwrap().kept, 0..2);
    assert_eq!(trim(&[-1, 1], &sigma("0.99", Spread::Population, Some(1))).unwrap().kept, 1..1);
}

#[test]
fn sigma_repeats_until_nothing_more_is_removed() {
    let costs = [10, 10, 11, 11, 12, 12, 13, 13, 40, 400];
    let once = trim(&costs, &sigma("2", Spread::Sample, Some(1))).unwrap();
    assert_eq!((once.kept, once.passes), (0..9, 1));
    let stable = trim(&costs, &sigma("2", Spread::Sample, None)).unwrap();
    assert_eq!((stable.kept, stable.passes), (0..8, 2));
}

#[test]
fn a_group_of_equal_costs_follows_the_stated_choice() {
    let costs = [90, 100, 100, 100, 100, 100, 100, 130];
    assert_eq!(trim(&costs, &iqr(IqrZero::KeepEqual)).unwrap().kept, 1..7);
    let skipped = trim(&costs, &iqr(IqrZero::Skip)).unwrap();
    assert_eq!((skipped.kept, skipped.lower, skipped.passes), (0..8, None, 0));
    // 10% of the median stands in for the range: fences 85 and 115.
    let floored = trim(&costs, &iqr(IqrZero::Floor(ratio("10%")))).unwrap();
    assert_eq!((floored.kept, floored.upper), (0..7, Some(ratio("115"))));
}

#[test]
fn multiples_and_percentiles_keep_their_bounds() {
    let kept = |rule| trim(&COSTS, &rule).unwrap().kept;
    assert_eq!(kept(Trim::MedianMultiple { low: ratio("0.8"), high: ratio("1.2") }), 1..5);
    assert_eq!(kept(Trim::MeanMultiple { low: ratio("0.4"), high: ratio("3") }), 0..5);
    assert_eq!(kept(Trim::Percentile { low: ratio("20%"), high: ratio("80%") }), 1..5);
    assert_eq!(kept(Trim::None), 0..6);
    assert_eq!(trim(&[], &iqr(IqrZero::Skip)).unwrap().kept, 0..0);
}

#[test]
fn refusals() {
    let refused = |values: &[i64], rule| trim(values, &rule).unwrap_err().to_string();
    assert_eq!(
        refused(&[3, 2], Trim::None),
        "value number 2 is smaller than the one before\n  hint: sort the costs of a group before trimming"
    );
    assert_eq!(
        refused(&[1, 2], Trim::MeanMultiple { low: ratio("3"), high: ratio("0.4") }),
        "trimming from 3 to 0.4 is not a rule\n  hint: the lower number is at least 0 and at most the upper; quantiles are at most 1"
    );
    assert!(
        refused(&[1], Trim::Percentile { low: ratio("0"), high: ratio("1.1") }).starts_with("trimming from 0 to 1.1")
    );
    assert!(refused(&[1], iqr(IqrZero::Floor(ratio("-1")))).starts_with("trimming from -1 to 1.5"));
    assert!(refused(&[i64::MAX, i64::MAX], sigma("3", Spread::Sample, None)).starts_with("sum of squares"));
}

proptest! {
    #[test]
    fn one_sigma_pass_keeps_exactly_the_values_within_the_fence(
        mut values in proptest::collection::vec(0_i64..1_000, 2..40), tenths in 1_i128..35,
    ) {
        values.sort_unstable();
        let k = Ratio::new(tenths, 10).unwrap();
        let rule = Trim::Sigma { k, spread: Spread::Sample, passes: Some(1) };
        let kept = trim(&values, &rule).unwrap().kept;
        let moments = Moments::of(&values).unwrap();
        let (mean, variance) = (moments.mean().unwrap(), moments.variance(Spread::Sample).unwrap());
        let reach = variance.checked_mul(k).unwrap().checked_mul(k).unwrap();
        for (index, value) in values.iter().enumerate() {
            let distance = Ratio::from_int(*value).checked_sub(mean).unwrap();
            let inside = distance.checked_mul(distance).unwrap() <= reach;
            prop_assert_eq!(kept.contains(&index), inside, "value {} of {:?}", value, values);
        }
    }

    #[test]
    fn repeated_passes_end_where_another_pass_changes_nothing(
        mut values in proptest::collection::vec(0_i64..100_000, 0..60),
    ) {
        values.sort_unstable();
        let once = |values: &[i64]| trim(values, &sigma("1.5", Spread::Sample, Some(1))).unwrap();
        let stable = trim(&values, &sigma("1.5", Spread::Sample, None)).unwrap();
        let mut rest = values.as_slice();
        let mut passes = 0;
        loop {
            let kept = once(rest).kept;
            if kept.len() == rest.len() {
                break;
            }
            rest = &rest[kept];
            passes += 1;
        }
        prop_assert_eq!(&values[stable.kept], rest);
        prop_assert_eq!(stable.passes, passes);
    }

    #[test]
    fn fences_enclose_what_is_kept_and_nothing_else(
        mut values in proptest::collection::vec(0_i64..1_000, 1..40), low in 0_i128..100, high in 0_i128..100,
    ) {
        values.sort_unstable();
        let (low, high) = (Ratio::new(low.min(high), 100).unwrap(), Ratio::new(low.max(high), 100).unwrap());
        for rule in [iqr(IqrZero::KeepEqual), Trim::Percentile { low, high }, Trim::MedianMultiple { low, high }] {
            let trimmed = trim(&values, &rule).unwrap();
            let (lower, upper) = (trimmed.lower.unwrap(), trimmed.upper.unwrap());
            for (index, value) in values.iter().enumerate() {
                let inside = (lower..=upper).contains(&Ratio::from_int(*value));
                prop_assert_eq!(trimmed.kept.contains(&index), inside);
            }
        }
    }
}
