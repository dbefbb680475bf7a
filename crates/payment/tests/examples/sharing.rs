//! Section 1.16: quotas with shared overruns, bands.

use serde_json::Value;
use yibao_kernel::piecewise::{Bound, Piecewise, Segment};
use yibao_kernel::{Fen, Ratio};
use yibao_payment::settle::sharing::final_amount;

use crate::reading::{Answers, Example, plain, ratio_of};

pub fn answer(example: &Example) -> Option<Answers> {
    if example.has(&["cleared", "actual", "bands"]) {
        let curve = banded(example.list("bands"));
        return Some(pay(&curve, example.fen("actual"), example.fen("cleared")));
    }
    if example.is("share.quota_50_20") && example.has(&["quota", "actual"]) {
        return Some(pay(&quota_50_20(), example.fen("actual"), example.fen("quota")));
    }
    None
}

fn pay(curve: &Piecewise, actual: Fen, base: Fen) -> Answers {
    Answers::default().with("pay", final_amount(curve, actual, base).unwrap())
}

fn ratio(text: &str) -> Ratio {
    Ratio::parse(text).unwrap()
}

/// Overrun up to 20%: the fund pays half; beyond: nothing more. Saving: 30% rewarded on top of the actual amount, at
/// most 3% of the quota, which is reached at a saving of 10%.
fn quota_50_20() -> Piecewise {
    let (low, one, high) = (ratio("0.9"), Ratio::ONE, ratio("1.2"));
    let piece =
        |lower, upper, slope: &str, plus: &str| Segment { lower, upper, slope: ratio(slope), plus: ratio(plus) };
    Piecewise::new(vec![
        piece(Bound::Open, Bound::Exclusive(low), "1", "0.03"),
        piece(Bound::Inclusive(low), Bound::Inclusive(one), "0.7", "0.3"),
        piece(Bound::Exclusive(one), Bound::Inclusive(high), "0.5", "0.5"),
        piece(Bound::Exclusive(high), Bound::Open, "0", "1.1"),
    ])
    .unwrap()
}

/// Bands that end at `to`: "actual" below its end, the others up to and including it.
fn banded(bands: &[Value]) -> Piecewise {
    let mut segments: Vec<Segment> = Vec::new();
    let mut lower = Bound::Open;
    for band in bands {
        let words = plain(&band["pay"]);
        let (slope, plus) = match words.as_str() {
            "actual" => (Ratio::ONE, Ratio::ZERO),
            "cleared" => (Ratio::ZERO, Ratio::ONE),
            "flat" => {
                let before = segments.last().unwrap();
                (Ratio::ZERO, before.value(before.upper.at().unwrap()).unwrap())
            }
            words => {
                let share = words.strip_prefix("cleared+").and_then(|rest| rest.strip_suffix("*over")).unwrap();
                let share = ratio(share);
                (share, Ratio::ONE.checked_sub(share).unwrap())
            }
        };
        let (upper, next) = match (&band["to"], words.as_str()) {
            (Value::Null, _) => (Bound::Open, Bound::Open),
            (to, "actual") => (Bound::Exclusive(ratio_of(to)), Bound::Inclusive(ratio_of(to))),
            (to, _) => (Bound::Inclusive(ratio_of(to)), Bound::Exclusive(ratio_of(to))),
        };
        segments.push(Segment { lower, upper, slope, plus });
        lower = next;
    }
    Piecewise::new(segments).unwrap()
}
