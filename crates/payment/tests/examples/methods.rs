//! Sections 4.1, 4.2, 4.3, 4.5: bed-days, capitation, quotas per disease.

use serde_json::Value;
use yibao_kernel::{Decimal, Fen, Mode, Ratio, Rounding};
use yibao_payment::case::bed_day::{days_by_tier, fee, tier_points};
use yibao_payment::case::disease_quota::{curve, standard as quota_standard};
use yibao_payment::case::limit::{Ask, cuts};
use yibao_payment::case::standard::{capped, standard};
use yibao_payment::pack::case_step::CaseQuotaMode;
use yibao_payment::settle::clearing::{ClearingRule, RowClaim, clear};

use crate::reading::{Answer, Answers, Example, by_name, fen_of, plain, ratio_of};

const MONEY: Rounding = Rounding { dp: 2, mode: Mode::HalfUp };
const POINTS: Rounding = Rounding { dp: 4, mode: Mode::HalfUp };

/// The inputs an example has, and who answers it.
type Shape = (&'static [&'static str], fn(&Example) -> Answers);

pub fn answer(example: &Example) -> Option<Answers> {
    let by_shape: [Shape; 11] = [
        (&["quota", "level", "days"], psychiatric),
        (&["should_pay", "reasonable_advance", "cap"], ceiling),
        (&["fee", "level", "days"], level_fee),
        (&["tiers", "days"], tiered),
        (&["pool", "groups"], risk_adjusted),
        (&["heads", "monthly", "months"], monthly),
        (&["head_months", "standard"], head_months),
        (&["heads", "standard"], heads),
        (&["quota", "actual", "mode"], quota),
        (&["limit", "cases"], yearly_limit),
        (&["fee", "days"], flat_fee),
    ];
    if !example.section.starts_with('4') {
        return None;
    }
    by_shape.iter().find(|(shape, _)| example.has(shape)).map(|(_, dispatch)| dispatch(example))
}

/// What a level is paid: its own entry, or `other`.
fn of_level(example: &Example, key: &str) -> Fen {
    let by_level = &example.inputs[key];
    let own = by_level.get(plain(&example.inputs["level"])).or_else(|| by_level.get("other"));
    fen_of(own.unwrap_or_else(|| panic!("{}: no fee of the level", example.id)))
}

/// Days at one fee: a single tier without end.
fn days_at(example: &Example, daily: Fen) -> Fen {
    let days = days_by_tier([None], example.int("days"));
    fee(&[(days[0], daily)]).unwrap()
}

/// (ratio A × share A + ratio B × share B …) × daily quota × days.
fn psychiatric(example: &Example) -> Answers {
    let whole = days_at(example, of_level(example, "quota"));
    let classes = example.inputs.as_object().unwrap().iter().filter(|(key, _)| key.starts_with("class_"));
    let factor = classes.fold(Ratio::ZERO, |sum, (_, class)| {
        sum.checked_add(ratio_of(&class["share"]).checked_mul(ratio_of(&class["ratio"])).unwrap()).unwrap()
    });
    let due = standard(Ratio::ONE, whole.ratio(), factor, MONEY).unwrap();
    Answers::default().with("should_pay", due)
}

fn ceiling(example: &Example) -> Answers {
    let (_, pay) = capped(example.fen("should_pay"), example.fen("reasonable_advance"), example.ratio("cap")).unwrap();
    Answers::default().with("pay", pay)
}

fn level_fee(example: &Example) -> Answers {
    Answers::default().with("amount", days_at(example, of_level(example, "fee")))
}

fn flat_fee(example: &Example) -> Answers {
    Answers::default().with("amount", days_at(example, example.fen("fee")))
}

/// Marginal tiers, each `{ upto | to, fee }`; in points where a mean of all cases is given.
fn tiered(example: &Example) -> Answers {
    let tiers = example.list("tiers");
    let end = |tier: &Value| {
        let end = ["upto", "to", "until"].iter().find_map(|key| tier.get(*key)).filter(|end| !end.is_null());
        end.map(|end| i64::try_from(ratio_of(end).round(0, Mode::HalfUp).unwrap()).unwrap())
    };
    let days = days_by_tier(tiers.iter().map(end), example.int("days"));
    let own: Vec<(i64, Fen)> = days.iter().copied().zip(tiers.iter().map(|tier| fen_of(&tier["fee"]))).collect();
    let amount = fee(&own).unwrap();
    let answers =
        Answers::default().with("days", days).with("amount", amount).with("total", amount).with("fee", amount);
    if !example.has(&["all_mean"]) {
        return answers;
    }
    let all_mean = example.fen("all_mean").ratio();
    let points = own.iter().fold(Ratio::ZERO, |sum, (days, fee)| {
        sum.checked_add(tier_points(*days, *fee, all_mean, POINTS).unwrap().1.ratio()).unwrap()
    });
    answers.with("points", points.to_decimal(4, Mode::HalfUp).unwrap())
}

/// Heads × standard: units at a rate.
fn paid_by_units(units: Ratio, rate: Fen) -> Fen {
    standard(units, rate.ratio(), Ratio::ONE, MONEY).unwrap()
}

fn heads(example: &Example) -> Answers {
    Answers::default().with("amount", paid_by_units(example.ratio("heads"), example.fen("standard")))
}

fn monthly(example: &Example) -> Answers {
    let head_months = example.ratio("heads").checked_mul(example.ratio("months")).unwrap();
    Answers::default().with("amount", paid_by_units(head_months, example.fen("monthly")))
}

/// A yearly standard for head-months: twelve are a head.
fn head_months(example: &Example) -> Answers {
    let units = example.ratio("head_months").checked_div(Ratio::from_int(12)).unwrap();
    Answers::default()
        .with("amount", paid_by_units(units, example.fen("standard")))
        .with("units", Answer::Exact(units))
        .with("heads", Answer::Exact(units))
}

/// Risk units share the pool by largest remainder, ties in the order given; the pool is unchanged.
fn risk_adjusted(example: &Example) -> Answers {
    let groups = example.entries("groups");
    let order: Vec<String> = match example.has(&["rank"]) {
        true => example.list("rank").iter().map(plain).collect(),
        false => groups.iter().map(|(name, _)| name.clone()).collect(),
    };
    let units = |name: &String| -> Decimal {
        let group = &example.inputs["groups"][name];
        let months = group.get("months").map_or(Ratio::from_int(12), ratio_of);
        let heads = match group.get("head_months") {
            Some(months) => ratio_of(months).checked_div(Ratio::from_int(12)).unwrap(),
            None => ratio_of(&group["heads"]).checked_mul(months).unwrap().checked_div(Ratio::from_int(12)).unwrap(),
        };
        heads.checked_mul(ratio_of(&group["risk"])).unwrap().to_decimal(4, Mode::HalfUp).unwrap()
    };
    let claim = |name: &String| RowClaim { points: i128::from(units(name).units()), ..RowClaim::default() };
    let rows: Vec<RowClaim> = order.iter().map(claim).collect();
    let pool = example.fen("pool");
    let rule = ClearingRule { pool: "example", distributable: pool, by_points: true, band: None, reserve: Fen::ZERO };
    let shares = clear(&rule, &rows).unwrap().cleared;
    let all = order.iter().fold(Ratio::ZERO, |sum, name| sum.checked_add(units(name).ratio()).unwrap());
    let yuan = pool.ratio().checked_div(Ratio::from_int(100)).unwrap();
    Answers::default()
        .with("risk_units", Answer::Exact(all))
        .with("per_unit", Answer::Exact(yuan.checked_div(all).unwrap()))
        .with("sum", yibao_kernel::sum(shares.iter().copied()).unwrap())
        .with("amount", by_name(order.into_iter().zip(shares)))
}

/// fixed, cap, share, corridor.
fn quota(example: &Example) -> Answers {
    let mode = match plain(&example.inputs["mode"]).as_str() {
        "fixed" => CaseQuotaMode::Fixed,
        "cap" => CaseQuotaMode::Cap,
        "share" => CaseQuotaMode::Share,
        "corridor" => CaseQuotaMode::Corridor,
        other => panic!("{}: unknown mode {other}", example.id),
    };
    let or_zero = |key: &str| if example.has(&[key]) { example.ratio(key) } else { Ratio::ZERO };
    let curve = curve(mode, or_zero("share"), or_zero("corridor")).unwrap();
    let (_, basis) = quota_standard(example.fen("quota"), example.fen("actual"), &curve).unwrap();
    Answers::default().with("pay_basis", basis)
}

/// What one person takes in a year, in the order given.
fn yearly_limit(example: &Example) -> Answers {
    let limit = example.fen("limit").get();
    let asks: Vec<Ask> = (0..)
        .zip(example.list("cases"))
        .map(|(row, amount)| Ask { row, taker: 0, amount: fen_of(amount).get(), limit })
        .collect();
    let cut = cuts(&asks, 0);
    let of = |ask: &Ask| {
        let answer = cut.iter().find(|(row, _)| *row == ask.row);
        Fen::new(answer.map_or(ask.amount, |(_, answer)| answer.allowed))
    };
    Answers::default().with("pay", asks.iter().map(of).collect::<Vec<_>>())
}
