//! Sections 1.6 to 1.11, 1.13, 2.4 to 2.6, 2.9: rates, standards, fund, outliers, coefficients, points, add-ons.

use serde_json::Value;
use yibao_kernel::piecewise::{Bound, Piecewise, Segment};
use yibao_kernel::{Decimal, Fen, Mode, Ratio, Rounding};
use yibao_payment::case::coefficient::{StepBonus, WeightedTerm, additive, mean_ratio, violations, weighted};
use yibao_payment::case::fund::{floored, policy_ratio};
use yibao_payment::case::outlier::{cost_ratio, with_factor};
use yibao_payment::case::points::{base_points, bed_day_points, case_points, own_cost_points};
use yibao_payment::case::standard::{add_on, standard};
use yibao_payment::pack::step::{CoefficientOn, Deviation, Steps};
use yibao_payment::settle::point_value::{gross_up, rate_of_level};

use crate::reading::{Answer, Answers, Example, by_name, fen_of, ratio_of};

const POINTS: Rounding = Rounding { dp: 4, mode: Mode::HalfUp };
const MONEY: Rounding = Rounding { dp: 2, mode: Mode::HalfUp };

/// The inputs an example has, and who answers it.
type Shape = (&'static [&'static str], fn(&Example) -> Answers);

pub fn answer(example: &Example) -> Option<Answers> {
    let by_shape: [Shape; 14] = [
        (&["fund_budget", "fund_ratio", "level_share", "level_weight"], rates),
        (&["std", "full_self", "first_self", "deductible", "ratio"], fund),
        (&["base_points", "group_mean", "cost", "hospital_coef"], soft_band),
        (&["base_points", "r", "limit"], high_points),
        (&["std", "cases", "limit"], level_limit),
        (&["std", "cost", "limit", "actual_fund"], low_by_item),
        (&["los", "exclude_le", "exclude_ge"], stay_length),
        (&["cost", "all_mean", "discount"], own_cost),
        (&["group_mean", "city_mean", "hospital_group_mean"], jinhua),
        (&["bed_day_fee", "all_mean", "days"], bed_day),
        (&["cost", "group_mean", "std", "new_tech_cost", "std_avg_class_cost"], new_technology),
        (&["rw", "cost", "prev_same_level_mean"], deviation),
        (&["coefs", "combine"], family),
        (&["rw", "coef", "primary_care_disease"], primary_care),
    ];
    if let Some((_, dispatch)) = by_shape.iter().find(|(shape, _)| example.has(shape)) {
        return Some(dispatch(example));
    }
    if example.is("drg.coef.composite") && example.has(&["weights"]) {
        return Some(composite(example));
    }
    if example.is("dip.coef.xiamen") && example.has(&["cmi"]) {
        return Some(xiamen(example));
    }
    if example.has(&["rw", "rate"]) {
        let std = standard(example.ratio("rw"), example.fen("rate").ratio(), Ratio::ONE, MONEY);
        return Some(Answers::default().with("std", std.unwrap()));
    }
    None
}

fn ratio(text: &str) -> Ratio {
    Ratio::parse(text).unwrap()
}

fn rates(example: &Example) -> Answers {
    let forecast = gross_up(example.fen("fund_budget"), example.ratio("fund_ratio")).unwrap();
    let weights = &example.inputs["level_weight"];
    let rates = example.entries("level_share").into_iter().map(|(level, share)| {
        let rate = rate_of_level(forecast, ratio_of(&share), ratio_of(&weights[&level]));
        (level, rate.unwrap())
    });
    Answers::default()
        .with("forecast_cost", forecast.to_fen(Mode::HalfUp).unwrap())
        .with("rate", by_name(rates.collect::<Vec<_>>()))
}

fn fund(example: &Example) -> Answers {
    let less = ["full_self", "first_self", "deductible"].map(|key| example.fen(key));
    let fund = policy_ratio(example.fen("std"), less, example.ratio("ratio")).unwrap();
    Answers::default().with("fund", floored(fund))
}

fn piece(lower: Bound, upper: Bound, slope: Ratio, plus: Ratio) -> Segment {
    Segment { lower, upper, slope, plus }
}

/// r ≤ low: r; low < r ≤ to: r + add; above: 1. With a limit, r > limit: 1 + r − limit.
pub fn zhejiang_bands(low: Ratio, to: Ratio, add: Ratio, limit: Option<Ratio>) -> Piecewise {
    let end = limit.map_or(Bound::Open, Bound::Inclusive);
    let mut segments = vec![
        piece(Bound::Open, Bound::Inclusive(low), Ratio::ONE, Ratio::ZERO),
        piece(Bound::Exclusive(low), Bound::Inclusive(to), Ratio::ONE, add),
        piece(Bound::Exclusive(to), end, Ratio::ZERO, Ratio::ONE),
    ];
    segments.extend(limit.map(above));
    Piecewise::new(segments).unwrap()
}

fn above(limit: Ratio) -> Segment {
    piece(Bound::Exclusive(limit), Bound::Open, Ratio::ONE, Ratio::ONE.checked_sub(limit).unwrap())
}

fn points(base: Ratio, coefficient: Ratio, factor: Ratio) -> Decimal {
    case_points(with_factor(base, coefficient, factor, CoefficientOn::All).unwrap(), POINTS).unwrap()
}

fn soft_band(example: &Example) -> Answers {
    let r = cost_ratio(example.fen("cost"), example.fen("group_mean").ratio()).unwrap();
    let (_, factor) = zhejiang_bands(ratio("0.4"), ratio("0.8"), ratio("0.2"), None).eval(r).unwrap();
    Answers::default()
        .with("r", Answer::Exact(r))
        .with("points", points(example.ratio("base_points"), example.ratio("hospital_coef"), factor))
}

fn high_points(example: &Example) -> Answers {
    let limit = example.ratio("limit");
    let normal = piece(Bound::Open, Bound::Inclusive(limit), Ratio::ZERO, Ratio::ONE);
    let bands = Piecewise::new(vec![normal, above(limit)]).unwrap();
    let (_, factor) = bands.eval(example.ratio("r")).unwrap();
    Answers::default().with("points", points(example.ratio("base_points"), Ratio::ONE, factor))
}

/// Whether r lies in the upper of two bands, strictly above the limit.
fn is_high(cost: Fen, std: Fen, limit: Ratio) -> bool {
    let bands = Piecewise::new(vec![
        piece(Bound::Open, Bound::Inclusive(limit), Ratio::ZERO, Ratio::ONE),
        piece(Bound::Exclusive(limit), Bound::Open, Ratio::ZERO, Ratio::ONE),
    ]);
    let (band, _) = bands.unwrap().eval(cost_ratio(cost, std.ratio()).unwrap()).unwrap();
    band == 1
}

fn level_limit(example: &Example) -> Answers {
    let std = example.fen("std");
    let high = example.list("cases").iter().map(|case| {
        let limit = ratio_of(&example.inputs["limit"][crate::reading::plain(&case["level"])]);
        is_high(fen_of(&case["cost"]), std, limit)
    });
    Answers::default().with("high", high.collect::<Vec<_>>())
}

fn low_by_item(example: &Example) -> Answers {
    let limit = example.ratio("limit");
    let bands = Piecewise::new(vec![
        piece(Bound::Open, Bound::Exclusive(limit), Ratio::ZERO, Ratio::ZERO),
        piece(Bound::Inclusive(limit), Bound::Open, Ratio::ZERO, Ratio::ONE),
    ]);
    let r = cost_ratio(example.fen("cost"), example.fen("std").ratio()).unwrap();
    let low = bands.unwrap().eval(r).unwrap().0 == 0;
    let fund = if low { example.fen("actual_fund") } else { example.fen("std") };
    Answers::default().with("low", low).with("fund", fund)
}

fn stay_length(example: &Example) -> Answers {
    let (low, high) = (example.int("exclude_le"), example.int("exclude_ge"));
    let in_scope = example.list("los").iter().map(|days| {
        let days = days.as_i64().unwrap();
        !(days <= low || days >= high)
    });
    Answers::default().with("in_scope", in_scope.collect::<Vec<_>>())
}

fn own_cost(example: &Example) -> Answers {
    let times = Ratio::ONE.checked_sub(example.ratio("discount")).unwrap();
    let exact = own_cost_points(example.fen("cost"), example.fen("all_mean").ratio(), times).unwrap();
    Answers::default().with("points", case_points(exact, POINTS).unwrap())
}

fn jinhua(example: &Example) -> Answers {
    let (group, city) = (example.fen("group_mean").ratio(), example.fen("city_mean").ratio());
    let base = base_points(group, city, POINTS).unwrap();
    let hospital = example.fen("hospital_group_mean").ratio();
    let coefficient = mean_ratio(Some(hospital), Some(group), POINTS).unwrap();
    Answers::default()
        .with("base_points", base)
        .with("coef", coefficient)
        .with("case_points", points(base.ratio(), coefficient.ratio(), Ratio::ONE))
}

fn bed_day(example: &Example) -> Answers {
    let base = base_points(example.fen("bed_day_fee").ratio(), example.fen("all_mean").ratio(), POINTS).unwrap();
    Answers::default()
        .with("base_points", base)
        .with("points", bed_day_points(base, example.int("days"), POINTS).unwrap())
}

/// C > 2 m and new-technology cost > 64% of C, both strict.
fn new_technology(example: &Example) -> Answers {
    let cost = example.fen("cost");
    let over_mean = cost_ratio(cost, example.fen("group_mean").ratio()).unwrap() > Ratio::from_int(2);
    let share = cost_ratio(example.fen("new_tech_cost"), cost.ratio()).unwrap() > ratio("64%");
    let eligible = over_mean && share;
    let extra = add_on(example.fen("new_tech_cost"), example.fen("std_avg_class_cost"), Fen::ZERO).unwrap();
    let basis = if eligible { example.fen("std").checked_add(extra).unwrap() } else { example.fen("std") };
    Answers::default().with("eligible", eligible).with("pay_basis", basis)
}

/// Zhejiang 2025: level ≥ 50%, historic cost ≤ 30%, CMI ≥ 3%.
fn composite(example: &Example) -> Answers {
    let terms: Vec<WeightedTerm> = example
        .entries("weights")
        .into_iter()
        .map(|(name, weight)| WeightedTerm {
            at_least: match name.as_str() {
                "level" => Some(ratio("0.50")),
                "cmi" => Some(ratio("0.03")),
                _ => None,
            },
            at_most: (name == "history").then(|| ratio("0.30")),
            weight: ratio_of(&weight),
            name,
        })
        .collect();
    let broken = violations(&terms).unwrap();
    let answers = Answers::default().with("valid", broken.is_empty());
    if !broken.is_empty() || !example.has(&["factors"]) {
        return answers.with("violations", broken);
    }
    let factors: Vec<Ratio> = terms.iter().map(|term| ratio_of(&example.inputs["factors"][&term.name])).collect();
    answers.with("coef", weighted(&terms, &factors, POINTS).unwrap())
}

fn bonus(per: &str, above_add: Option<&str>, cap: &str) -> StepBonus {
    StepBonus {
        deviation: Deviation::Relative,
        per: ratio(per),
        add: ratio("0.01"),
        steps: Steps::Whole,
        above_add: above_add.map(ratio),
        cap: Some(ratio(cap)),
    }
}

/// Xiamen 2024, whole steps of relative deviation; pairs are value and reference.
fn xiamen(example: &Example) -> Answers {
    let pair = |value: &Value| {
        let pair = value.as_array().unwrap();
        (ratio_of(&pair[0]), ratio_of(&pair[1]))
    };
    if example.has(&["levels"]) {
        let (value, reference) = pair(&example.inputs["cmi"]);
        let by_level = example.list("levels").iter().map(|level| {
            let cap = if level.as_i64() == Some(3) { "0.13" } else { "0.06" };
            Answer::Published(bonus("5%", None, cap).bonus(value, reference).unwrap())
        });
        return Answers::default().with("L1", Answer::List(by_level.collect()));
    }
    let of = |key: &str, rule: StepBonus| {
        let (value, reference) = pair(&example.inputs[key]);
        rule.bonus(value, reference).unwrap()
    };
    let parts = [
        of("cmi", bonus("5%", None, "0.13")),
        of("child", bonus("10%", None, "0.06")),
        of("elder", bonus("20%", Some("0.01"), "0.03")),
        of("tcm", bonus("3%", None, "0.05")),
    ];
    let coefficient = additive(example.ratio("L0"), &parts, POINTS).unwrap();
    let [l1, l2a, l2b, l3] = parts.map(Answer::Published);
    Answers::default().with("L1", l1).with("L2a", l2a).with("L2b", l2b).with("L3", l3).with("K", coefficient)
}

/// Spec 2.5: < 0.5, 0.5 to 2, > 2, > 5 goes to a panel.
fn deviation(example: &Example) -> Answers {
    let (half, two, five) = (ratio("0.5"), ratio("2"), ratio("5"));
    let bands = Piecewise::new(vec![
        piece(Bound::Open, Bound::Exclusive(half), Ratio::ONE, Ratio::ZERO),
        piece(Bound::Inclusive(half), Bound::Inclusive(two), Ratio::ZERO, Ratio::ONE),
        piece(Bound::Exclusive(two), Bound::Inclusive(five), Ratio::ONE, ratio("-1")),
        piece(Bound::Exclusive(five), Bound::Open, Ratio::ZERO, Ratio::ONE),
    ]);
    let r = cost_ratio(example.fen("cost"), example.fen("prev_same_level_mean").ratio()).unwrap();
    let (band, factor) = bands.unwrap().eval(r).unwrap();
    let class = ["low", "normal", "high", "extreme"][band];
    let answers = Answers::default().with("r", Answer::Exact(r)).with("class", class);
    if class == "extreme" {
        return answers.with("factor", Answer::Null).with("score", Answer::Null);
    }
    answers.with("factor", Answer::Exact(factor)).with("score", points(example.ratio("rw"), Ratio::ONE, factor))
}

fn family(example: &Example) -> Answers {
    let factors: Vec<Ratio> = example.entries("coefs").iter().map(|(_, factor)| ratio_of(factor)).collect();
    let product = || factors.iter().try_fold(Ratio::ONE, |product, factor| product.checked_mul(*factor)).unwrap();
    let combined = match example.inputs["combine"].as_str() {
        Some("product") => product(),
        _ => factors.iter().copied().max().unwrap(),
    };
    Answers::default().with("k", combined.to_decimal(4, Mode::HalfUp).unwrap())
}

fn primary_care(example: &Example) -> Answers {
    let same_price = example.flag("primary_care_disease");
    let coefficient = if same_price { Ratio::ONE } else { example.ratio("coef") };
    Answers::default().with("score", points(example.ratio("rw"), coefficient, Ratio::ONE))
}
