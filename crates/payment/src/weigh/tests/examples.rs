//! The worked examples of sections 1.2 to 1.5, 2.2 and 2.3, through the functions that publish a table. They are
//! recognised by the beginning of their id and the shape of their inputs.

use serde_json::Value;
use yibao_kernel::statistics::{IqrZero, Moments, median, trim};

use super::super::adjustment::{Adjustable, rebalance, total_weight};
use super::super::exact::Exact;
use super::super::mean::mean_of_means;
use super::super::relative::{class_weight, relative_weight};
use super::super::stability::{Stability, catalogue_kind, cv_within, decide, published_cv_within};
use super::*;

const SECTIONS: [&str; 6] = ["1.2", "1.3", "1.4", "1.5", "2.2", "2.3"];

#[test]
fn worked_examples() {
    let Ok(folder) = std::env::var("YIBAO_DATA") else {
        assert!(std::env::var("CI").is_err(), "YIBAO_DATA is not set");
        println!("skipped: no reference data");
        return;
    };
    let path = std::path::Path::new(&folder).join("payment/examples.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let book: Value = serde_json::from_str(&text).unwrap();
    let mut ran = 0;
    for example in book["examples"].as_array().unwrap() {
        if SECTIONS.contains(&example["section"].as_str().unwrap()) {
            run(example["id"].as_str().unwrap(), &example["inputs"], &example["expected"]);
            ran += 1;
        }
    }
    assert!(ran > 0, "{} has no example of sections {SECTIONS:?}", path.display());
}

/// A number written as text or as a JSON number.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn number(value: &Value) -> Ratio {
    ratio(&text(value))
}

/// Compares an exact value with a published one, at its own places.
fn published(id: &str, what: &str, found: &Exact, expected: &Value) {
    let expected = text(expected);
    let dp = expected.split_once('.').map_or(0, |(_, digits)| digits.len());
    let found = found.round(u8::try_from(dp).unwrap(), Mode::HalfUp).unwrap();
    assert_eq!(found.to_string(), expected, "{id}: {what}");
}

/// The same for yuan that were computed in fen.
fn published_yuan(id: &str, what: &str, found: Option<Ratio>, expected: &Value) {
    let found = Exact::from(found.unwrap()).over(&Exact::from_int(100)).unwrap();
    published(id, what, &found, expected);
}

fn fen(values: &Value) -> Vec<i64> {
    let mut fen: Vec<i64> = values.as_array().unwrap().iter().map(|value| yuan(&text(value)).get()).collect();
    fen.sort_unstable();
    fen
}

fn run(id: &str, inputs: &Value, expected: &Value) {
    let has = |field: &str| inputs.get(field).is_some();
    if id.starts_with("drg.trim") {
        trimming(id, inputs, expected);
    } else if has("costs") || has("cv") {
        stable(id, inputs, expected);
    } else if has("adjust") {
        adjustment(id, inputs, expected);
    } else if has("class_weight") {
        classes(id, inputs, expected);
    } else if has("means") && has("weights") {
        years(id, inputs, expected);
    } else if has("threshold") {
        catalogue(id, inputs, expected);
    } else if has("group_mean") {
        weight(id, inputs, expected);
    } else {
        panic!("{id}: no function for inputs {inputs}");
    }
}

fn spread(inputs: &Value) -> Spread {
    match inputs["sd"].as_str() {
        Some("population") => Spread::Population,
        _ => Spread::Sample,
    }
}

fn trim_rule(id: &str, inputs: &Value) -> Trim {
    let either = |names: &[&str]| names.iter().find_map(|name| inputs.get(*name)).map(number);
    let low = either(&["low", "a", "p_lo", "p_low"]);
    let high = either(&["high", "b", "p_hi", "p_high"]);
    match (low, high) {
        (Some(low), Some(high)) if id.contains("median") => Trim::MedianMultiple { low, high },
        (Some(low), Some(high)) if id.contains("mean") => Trim::MeanMultiple { low, high },
        (Some(low), Some(high)) => Trim::Percentile { low, high },
        _ if id.contains("sigma") => {
            let passes = inputs["passes"].as_u64().and_then(|passes| u32::try_from(passes).ok());
            Trim::Sigma { k: number(&inputs["k"]), spread: spread(inputs), passes }
        }
        _ => {
            let when_zero = match inputs.get("when_zero").and_then(Value::as_str) {
                Some("keep_equal") => IqrZero::KeepEqual,
                _ => IqrZero::Skip,
            };
            Trim::Iqr { k: number(&inputs["k"]), when_zero }
        }
    }
}

fn trimming(id: &str, inputs: &Value, expected: &Value) {
    let costs = fen(&inputs["costs"]);
    let trimmed = trim(&costs, &trim_rule(id, inputs)).unwrap();
    let kept = &costs[trimmed.kept.clone()];
    for (what, answer) in expected.as_object().unwrap() {
        match what.as_str() {
            "q1" => published_yuan(id, what, trimmed.q1, answer),
            "q3" => published_yuan(id, what, trimmed.q3, answer),
            "lower" => published_yuan(id, what, trimmed.lower, answer),
            "upper" => published_yuan(id, what, trimmed.upper, answer),
            "kept" => assert_eq!(kept, fen(answer), "{id}: kept"),
            "mean" => published_yuan(id, what, Moments::of(kept).unwrap().mean(), answer),
            "median" => published_yuan(id, what, median(kept), answer),
            other => panic!("{id}: no answer for \"{other}\""),
        }
    }
}

fn stable(id: &str, inputs: &Value, expected: &Value) {
    let bound = ["cv_lt", "cv_le"].iter().find_map(|name| inputs.get(*name)).map(number).unwrap();
    let rule = Stable {
        min_cases: inputs["min_n"].as_u64().unwrap(),
        cv: bound,
        inclusive: inputs.get("cv_le").is_some(),
        spread: spread(inputs),
    };
    let moments = inputs.get("costs").map(|costs| Moments::of(&fen(costs)).unwrap());
    let answer = match &moments {
        Some(moments) => decide(moments.n(), cv_within(moments, &rule), &rule),
        None => decide(inputs["n"].as_u64().unwrap(), Some(published_cv_within(number(&inputs["cv"]), &rule)), &rule),
    };
    for (what, expected) in expected.as_object().unwrap() {
        match what.as_str() {
            "stable" => assert_eq!(answer == Stability::Stable, expected.as_bool().unwrap(), "{id}: stable"),
            "cv" => {
                let cv = moments.unwrap().cv(rule.spread, 4).unwrap();
                assert_eq!(cv.to_string(), text(expected), "{id}: cv");
            }
            "route" => {
                let route = if answer == Stability::Stable { "group" } else { Basis::SpecialReview.word() };
                assert_eq!(route, text(expected), "{id}: route");
            }
            other => panic!("{id}: no answer for \"{other}\""),
        }
    }
}

fn weight(id: &str, inputs: &Value, expected: &Value) {
    let references = ["all_mean", "benchmark_mean", "quota"];
    let reference = references.iter().find_map(|name| inputs.get(*name)).map(number).unwrap();
    let scale = inputs.get("scale").map_or(Ratio::ONE, number);
    let weight = relative_weight(&Exact::from(number(&inputs["group_mean"])), &Exact::from(reference), scale);
    published(id, "rw", &weight.unwrap(), &expected["rw"]);
}

fn classes(id: &str, inputs: &Value, expected: &Value) {
    let means = |field: &str| -> Vec<Exact> {
        inputs[field].as_array().unwrap().iter().map(|mean| Exact::from(number(mean))).collect()
    };
    let scale = inputs.get("scale").map_or(Ratio::ONE, number);
    let weight =
        class_weight(&means("group_means"), &means("all_means"), number(&inputs["class_weight"]), scale).unwrap();
    published(id, "rw", &weight, &expected["rw"]);
}

fn years(id: &str, inputs: &Value, expected: &Value) {
    let means = inputs["means"].as_array().unwrap().iter();
    let years: Vec<_> = inputs["weights"]
        .as_array()
        .unwrap()
        .iter()
        .zip(means)
        .map(|(weight, mean)| (number(weight), (!mean.is_null()).then(|| Exact::from(number(mean)))))
        .collect();
    match mean_of_means(&years) {
        Some(mean) => published(id, "mean", &mean, &expected["mean"]),
        None => assert!(expected["mean"].is_null(), "{id}: mean"),
    }
}

fn adjustment(id: &str, inputs: &Value, expected: &Value) {
    let at = |field: &str, place: usize| inputs.get(field).and_then(|list| list.get(place));
    let frozen = |place: usize| at("frozen", place).and_then(Value::as_bool).unwrap_or(false);
    let groups: Vec<Adjustable> = inputs["rw"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .map(|(place, weight)| Adjustable {
            cases: at("n", place).unwrap().as_u64().unwrap(),
            weight: Exact::from(number(weight)),
            factor: at("adjust", place).map_or(Ratio::ONE, number),
            frozen: frozen(place),
        })
        .collect();
    let adjusted = rebalance(&groups);
    let dp = inputs.get("dp").and_then(Value::as_u64).map_or(4, |dp| u8::try_from(dp).unwrap());
    let weights: Vec<_> = adjusted.weights.iter().map(|weight| weight.round(dp, Mode::HalfUp).unwrap()).collect();
    let rounded: Vec<Exact> = weights.iter().map(|weight| Exact::from(*weight)).collect();
    let before = total_weight(groups.iter().map(|group| (group.cases, &group.weight)));
    let after = total_weight(groups.iter().zip(&rounded).map(|(group, weight)| (group.cases, weight)));
    for (what, expected) in expected.as_object().unwrap() {
        match what.as_str() {
            "total_before" => published(id, what, &before, expected),
            "total_after" => published(id, what, &after, expected),
            "drift" => published(id, what, &after.minus(&before), expected),
            "lambda" => published(id, what, &adjusted.lambda, expected),
            "rw_after" => {
                for (weight, expected) in weights.iter().zip(expected.as_array().unwrap()) {
                    assert_eq!(weight.to_string(), text(expected), "{id}: rw_after");
                }
            }
            other => panic!("{id}: no answer for \"{other}\""),
        }
    }
}

fn catalogue(id: &str, inputs: &Value, expected: &Value) {
    let threshold = inputs["threshold"].as_u64().unwrap();
    let inclusive = inputs.get("inclusive").and_then(Value::as_bool).unwrap_or(true);
    let cases = inputs["cases"].as_array().unwrap().iter().map(|cases| cases.as_u64().unwrap());
    let kinds: Vec<&str> = cases.map(|cases| catalogue_kind(cases, threshold, inclusive).word()).collect();
    let expected: Vec<String> = expected["kind"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(kinds, expected, "{id}: kind");
}
