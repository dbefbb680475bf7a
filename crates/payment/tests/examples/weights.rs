//! Sections 1.2 to 1.5, 2.2, 2.3: trimming, stability, weights, rebalancing.

use yibao_kernel::statistics::{IqrZero, Moments, Spread, Trim, trim};
use yibao_kernel::{Decimal, Fen, Mode, Ratio};
use yibao_payment::pack::weigh::Stable;
use yibao_payment::weigh::adjustment::{Adjustable, rebalance, total_weight};
use yibao_payment::weigh::exact::Exact;
use yibao_payment::weigh::mean::mean_of_means;
use yibao_payment::weigh::relative::{class_weight, relative_weight};
use yibao_payment::weigh::stability::{Stability, catalogue_kind, cv_within, decide, published_cv_within};

use crate::reading::{Answer, Answers, Example, fen_of, plain, ratio_of};

pub fn answer(example: &Example) -> Option<Answers> {
    if example.has(&["costs", "k"]) {
        return Some(trimmed(example));
    }
    if example.has(&["min_n", "cv_lt"]) {
        return Some(stability(example));
    }
    if example.has(&["classes", "group_means", "all_means", "class_weight"]) {
        return Some(five_class(example));
    }
    if example.has(&["group_mean", "all_mean"]) || example.has(&["group_mean", "benchmark_mean"]) {
        return Some(weight(example));
    }
    if example.has(&["means", "weights"]) {
        return Some(yearly(example));
    }
    if example.has(&["n", "rw", "adjust", "dp"]) {
        return Some(rebalanced(example));
    }
    if example.has(&["threshold", "cases"]) && example.section == "2.2" {
        let threshold = u64::try_from(example.int("threshold")).unwrap();
        let kinds = example
            .list("cases")
            .iter()
            .map(|cases| catalogue_kind(cases.as_u64().unwrap(), threshold, true).word().to_owned());
        return Some(Answers::default().with("kind", kinds.collect::<Vec<_>>()));
    }
    None
}

fn costs(example: &Example) -> Vec<i64> {
    let mut costs: Vec<i64> = example.list("costs").iter().map(|cost| fen_of(cost).get()).collect();
    costs.sort_unstable();
    costs
}

fn spread(example: &Example) -> Spread {
    match plain(&example.inputs["sd"]).as_str() {
        "population" => Spread::Population,
        _ => Spread::Sample,
    }
}

fn yuan(fen: Ratio) -> Answer {
    Answer::Exact(fen.checked_div(Ratio::from_int(100)).unwrap())
}

fn trimmed(example: &Example) -> Answers {
    let sorted = costs(example);
    let k = example.ratio("k");
    let rule = if example.has(&["quantile"]) {
        Trim::Iqr { k, when_zero: IqrZero::KeepEqual }
    } else {
        let passes = example.inputs["passes"].as_u64().map(|passes| u32::try_from(passes).unwrap());
        Trim::Sigma { k, spread: spread(example), passes }
    };
    let result = trim(&sorted, &rule).unwrap();
    let kept = &sorted[result.kept.clone()];
    let mut answers = Answers::default()
        .with("kept", kept.iter().map(|fen| Fen::new(*fen)).collect::<Vec<_>>())
        .with("mean", yuan(Moments::of(kept).unwrap().mean().unwrap()));
    for (key, bound) in [("q1", result.q1), ("q3", result.q3), ("lower", result.lower), ("upper", result.upper)] {
        answers = answers.with(key, bound.map_or(Answer::Null, yuan));
    }
    answers
}

fn stability(example: &Example) -> Answers {
    let rule = Stable {
        min_cases: u64::try_from(example.int("min_n")).unwrap(),
        cv: example.ratio("cv_lt"),
        inclusive: false,
        spread: spread(example),
    };
    if example.has(&["costs"]) {
        let kept = Moments::of(&costs(example)).unwrap();
        let stable = decide(kept.n(), cv_within(&kept, &rule), &rule) == Stability::Stable;
        return Answers::default()
            .with("cv", kept.cv(rule.spread, 4).unwrap())
            .with("stable", stable)
            .with("route", route_of(stable));
    }
    let cases = u64::try_from(example.int("n")).unwrap();
    let within = published_cv_within(example.ratio("cv"), &rule);
    let stable = decide(cases, Some(within), &rule) == Stability::Stable;
    Answers::default().with("stable", stable).with("route", route_of(stable))
}

fn route_of(stable: bool) -> &'static str {
    if stable { "group" } else { "special_review" }
}

fn exact(value: &serde_json::Value) -> Exact {
    Exact::from(ratio_of(value))
}

fn weight(example: &Example) -> Answers {
    let reference = if example.has(&["benchmark_mean"]) { "benchmark_mean" } else { "all_mean" };
    let scale = if example.has(&["scale"]) { example.ratio("scale") } else { Ratio::ONE };
    let dp = if example.has(&["dp"]) { u8::try_from(example.int("dp")).unwrap() } else { 4 };
    let weight = relative_weight(&exact(&example.inputs["group_mean"]), &exact(&example.inputs[reference]), scale);
    Answers::default().with("rw", weight.unwrap().round(dp, Mode::HalfUp).unwrap())
}

fn five_class(example: &Example) -> Answers {
    let means = |key| example.list(key).iter().map(exact).collect::<Vec<_>>();
    let weight = class_weight(&means("group_means"), &means("all_means"), example.ratio("class_weight"), Ratio::ONE);
    Answers::default().with("rw", weight.unwrap().round(4, Mode::HalfUp).unwrap())
}

fn yearly(example: &Example) -> Answers {
    let years: Vec<(Ratio, Option<Exact>)> = example
        .list("weights")
        .iter()
        .zip(example.list("means"))
        .map(|(weight, mean)| (ratio_of(weight), (!mean.is_null()).then(|| exact(mean))))
        .collect();
    Answers::default().with("mean", mean_of_means(&years).unwrap().round(2, Mode::HalfUp).unwrap())
}

fn rebalanced(example: &Example) -> Answers {
    let dp = u8::try_from(example.int("dp")).unwrap();
    let rows = example.list("n").iter().zip(example.list("rw")).zip(example.list("adjust"));
    let groups: Vec<Adjustable> = rows
        .map(|((cases, weight), factor)| Adjustable {
            cases: cases.as_u64().unwrap(),
            weight: exact(weight),
            factor: ratio_of(factor),
            frozen: false,
        })
        .collect();
    let adjusted = rebalance(&groups);
    let published: Vec<Decimal> =
        adjusted.weights.iter().map(|weight| weight.round(dp, Mode::HalfUp).unwrap()).collect();
    let after: Vec<Exact> = published.iter().map(|weight| Exact::from(*weight)).collect();
    let before = total_weight(groups.iter().map(|group| (group.cases, &group.weight)));
    let after = total_weight(groups.iter().map(|group| group.cases).zip(&after));
    Answers::default()
        .with("total_before", before.round(dp, Mode::HalfUp).unwrap())
        .with("lambda", adjusted.lambda.round(9, Mode::HalfUp).unwrap())
        .with("rw_after", published)
        .with("total_after", after.round(dp, Mode::HalfUp).unwrap())
}
