use super::*;
use Bound::{Exclusive, Inclusive, Open};
use proptest::prelude::*;

fn ratio(text: &str) -> Ratio {
    Ratio::parse(text).unwrap()
}

fn segment(lower: Bound, upper: Bound, slope: &str, plus: &str) -> Segment {
    Segment { lower, upper, slope: ratio(slope), plus: ratio(plus) }
}

fn at(text: &str) -> Ratio {
    ratio(text)
}

/// Pay in yuan for an actual cost in yuan.
fn pay(function: &Piecewise, actual: &str) -> String {
    function.eval(ratio(actual)).unwrap().1.to_decimal(2, crate::Mode::HalfUp).unwrap().to_string()
}

/// Quota 1,000,000: half of an overrun up to 20% of the quota is paid, nothing beyond; 30% of a
/// saving is rewarded on top of the actual cost, at most 3% of the quota.
fn quota_with_reward() -> Piecewise {
    Piecewise::new(vec![
        segment(Open, Inclusive(at("900000")), "1", "30000"),
        segment(Exclusive(at("900000")), Inclusive(at("1000000")), "0.7", "300000"),
        segment(Exclusive(at("1000000")), Inclusive(at("1200000")), "0.5", "500000"),
        segment(Exclusive(at("1200000")), Open, "0", "1100000"),
    ])
    .unwrap()
}

/// Cleared 1,000,000: the actual cost below 85% of it, the cleared amount up to 100%, then 70% of
/// the overrun up to 10%.
fn banded() -> Piecewise {
    Piecewise::new(vec![
        segment(Open, Exclusive(at("850000")), "1", "0"),
        segment(Inclusive(at("850000")), Inclusive(at("1000000")), "0", "1000000"),
        segment(Exclusive(at("1000000")), Inclusive(at("1100000")), "0.7", "300000"),
        segment(Exclusive(at("1100000")), Open, "0", "1070000"),
    ])
    .unwrap()
}

#[test]
fn an_overrun_is_halved_and_a_saving_rewarded() {
    let function = quota_with_reward();
    assert_eq!(pay(&function, "1100000"), "1050000.00");
    assert_eq!(pay(&function, "1200000"), "1100000.00");
    assert_eq!(pay(&function, "1500000"), "1100000.00");
    assert_eq!(pay(&function, "950000"), "965000.00");
    assert_eq!(pay(&function, "800000"), "830000.00");
    assert_eq!(function.jumps(), [], "the reward cap is reached without a jump");
}

#[test]
fn sharing_in_bands_jumps_where_actual_cost_ends() {
    let function = banded();
    assert_eq!(pay(&function, "800000"), "800000.00");
    assert_eq!(pay(&function, "950000"), "1000000.00");
    assert_eq!(pay(&function, "1050000"), "1035000.00");
    assert_eq!(pay(&function, "1200000"), "1070000.00");
    assert_eq!(pay(&function, "849999.99"), "849999.99");
    assert_eq!(pay(&function, "850000"), "1000000.00");
    let jump = Jump { at: at("850000"), left: at("850000"), right: at("1000000") };
    assert_eq!(function.jumps(), [jump]);
}

#[test]
fn the_soft_band_is_continuous_at_its_end_and_jumps_at_its_beginning() {
    // Points as a multiple of the base points, by cost ratio (specification 1.8): by item up to
    // 0.4, then r + 0.2 up to 0.8, then the full base points.
    let function = Piecewise::new(vec![
        segment(Inclusive(at("0")), Inclusive(at("0.4")), "1", "0"),
        segment(Exclusive(at("0.4")), Inclusive(at("0.8")), "1", "0.2"),
        segment(Exclusive(at("0.8")), Inclusive(at("2")), "0", "1"),
    ])
    .unwrap();
    assert_eq!(function.eval(at("0.6")), Ok((1, at("0.8"))));
    assert_eq!(function.eval(at("0.4")), Ok((0, at("0.4"))));
    assert_eq!(function.jumps(), [Jump { at: at("0.4"), left: at("0.4"), right: at("0.6") }]);
    assert_eq!(function.eval(at("2.01")), Err(PiecewiseError::Outside { at: at("2.01") }));
    assert_eq!(
        function.eval(at("-1")).unwrap_err().to_string(),
        "-1 lies outside the function\n  hint: add a band that covers it"
    );
}

#[test]
fn holes_and_overlaps_are_refused_where_they_are() {
    let refused = |first: Segment, second: Segment| Piecewise::new(vec![first, second]).unwrap_err();
    let low = |upper| segment(Open, upper, "1", "0");
    let high = |lower| segment(lower, Open, "1", "0");
    let (x, y) = (at("0.4"), at("0.5"));
    assert_eq!(refused(low(Exclusive(x)), high(Exclusive(x))), PiecewiseError::HoleAt { at: x });
    assert_eq!(refused(low(Inclusive(x)), high(Inclusive(y))), PiecewiseError::HoleAt { at: x });
    assert_eq!(refused(low(Inclusive(x)), high(Inclusive(x))), PiecewiseError::OverlapAt { at: x });
    assert_eq!(refused(low(Inclusive(y)), high(Exclusive(x))), PiecewiseError::OverlapAt { at: x });
    assert_eq!(refused(low(Open), high(Exclusive(x))), PiecewiseError::OpenInside { segment: 1 });
    assert_eq!(refused(low(Inclusive(x)), high(Open)), PiecewiseError::OpenInside { segment: 2 });
    assert_eq!(
        refused(low(Exclusive(x)), high(Exclusive(x))).to_string(),
        "no segment covers 0.4\n  hint: let the band before end, or the band after begin, at 0.4, and include it in one of them"
    );
    assert_eq!(Piecewise::new(vec![]), Err(PiecewiseError::Empty));
    let backwards = segment(Inclusive(y), Inclusive(x), "1", "0");
    assert_eq!(Piecewise::new(vec![backwards]), Err(PiecewiseError::EmptySegment { segment: 1 }));
    let nothing = segment(Inclusive(x), Exclusive(x), "1", "0");
    assert_eq!(Piecewise::new(vec![nothing]), Err(PiecewiseError::EmptySegment { segment: 1 }));
    assert!(Piecewise::new(vec![segment(Inclusive(x), Inclusive(x), "1", "0")]).is_ok());
}

proptest! {
    /// Integer cut points, bounds included on either side, lines with small coefficients.
    #[test]
    fn every_number_has_one_value_and_jumps_are_where_the_lines_disagree(
        cuts in proptest::collection::btree_set(-20_i64..20, 1..6),
        lines in proptest::collection::vec((-3_i64..4, -9_i64..9), 7),
        upper_owns in proptest::collection::vec(any::<bool>(), 6),
    ) {
        let cuts: Vec<i64> = cuts.into_iter().collect();
        let line = |index: usize| (Ratio::from_int(lines[index].0), Ratio::from_int(lines[index].1));
        let segments: Vec<Segment> = (0..=cuts.len()).map(|index| {
            let lower = index.checked_sub(1).map_or(Open, |below| {
                let at = Ratio::from_int(cuts[below]);
                if upper_owns[below] { Inclusive(at) } else { Exclusive(at) }
            });
            let upper = cuts.get(index).map_or(Open, |at| {
                let at = Ratio::from_int(*at);
                if upper_owns[index] { Exclusive(at) } else { Inclusive(at) }
            });
            Segment { lower, upper, slope: line(index).0, plus: line(index).1 }
        }).collect();
        let function = Piecewise::new(segments.clone()).unwrap();
        for doubled in -50_i128..50 {
            let x = Ratio::new(doubled, 2).unwrap();
            let inside: Vec<usize> = (0..segments.len())
                .filter(|index| !segments[*index].is_above(x) && !segments[*index].is_below(x))
                .collect();
            prop_assert_eq!(inside.len(), 1);
            prop_assert_eq!(function.eval(x), Ok((inside[0], segments[inside[0]].value(x).unwrap())));
        }
        let expected: Vec<Jump> = cuts.iter().enumerate().filter_map(|(index, cut)| {
            let value = |(slope, plus): (i64, i64)| Ratio::from_int(slope * cut + plus);
            let (left, right) = (value(lines[index]), value(lines[index + 1]));
            (left != right).then_some(Jump { at: Ratio::from_int(*cut), left, right })
        }).collect();
        prop_assert_eq!(function.jumps(), expected);
    }
}
