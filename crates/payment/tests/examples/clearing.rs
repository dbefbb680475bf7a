//! Sections 0.4, 1.15, 2.7, 4.4: allocation, point values, clearing by points.

use serde_json::Value;
use yibao_kernel::allocate::largest_remainder;
use yibao_kernel::{Decimal, Fen, Ratio, sum};
use yibao_payment::settle::clearing::{ClearingRule, RowClaim, clear};
use yibao_payment::settle::point_value::{ValueBand, gross_up, point_value, printed};

use crate::reading::{Answer, Answers, Example, by_name, fen_of, plain, ratio_of};

pub fn answer(example: &Example) -> Option<Answers> {
    if example.has(&["pool", "points", "rank"]) {
        return Some(allocated(example));
    }
    if example.has(&["budget", "total_points"]) {
        return Some(value_of(example.fen("budget").ratio(), &example.inputs["total_points"]));
    }
    if example.has(&["fund", "ratio", "total_score"]) {
        let cost = gross_up(example.fen("fund"), example.ratio("ratio")).unwrap();
        return Some(value_of(cost, &example.inputs["total_score"]));
    }
    if example.has(&["fund_pool", "points", "patient_paid"]) {
        return Some(cost_basis(example, example.fen("fund_pool"), "patient_paid"));
    }
    if example.has(&["pool", "patient_paid", "points", "patient"]) {
        // The pool of this example is fund money; the patients' payments are added.
        return Some(cost_basis(example, example.fen("pool"), "patient"));
    }
    if example.has(&["budget_pv", "settlement_pv", "band"]) {
        let band = example.list("band");
        let kept =
            ValueBand { previous: example.ratio("budget_pv"), low: ratio_of(&band[0]), high: ratio_of(&band[1]) }
                .keep(example.ratio("settlement_pv"));
        return Some(Answers::default().with("pv", Answer::Exact(kept.unwrap())));
    }
    None
}

/// Points of the file in ten-thousandths.
pub fn points_of(value: &Value) -> i128 {
    i128::from(Decimal::parse(&plain(value), 4).unwrap().units())
}

fn allocated(example: &Example) -> Answers {
    let order: Vec<String> = example.list("rank").iter().map(plain).collect();
    let claims = example.entries("points");
    let points: Vec<i128> = claims.iter().map(|(_, points)| points_of(points)).collect();
    let rank: Vec<u32> = claims
        .iter()
        .map(|(name, _)| u32::try_from(order.iter().position(|ranked| ranked == name).unwrap()).unwrap())
        .collect();
    let parts = largest_remainder(example.fen("pool"), &points, &rank).unwrap();
    Answers::default().with("fund", by_name(claims.into_iter().map(|(name, _)| name).zip(parts)))
}

fn value_of(amount_fen: Ratio, points: &Value) -> Answers {
    let amount = amount_fen.to_fen(yibao_kernel::Mode::HalfUp).unwrap();
    let value = point_value(amount, points_of(points)).unwrap();
    Answers::default().with("pv", printed(value).unwrap())
}

fn cost_basis(example: &Example, fund_pool: Fen, patient_key: &str) -> Answers {
    let patient = &example.inputs[patient_key];
    let claims = example.entries("points");
    let rows: Vec<RowClaim> = claims
        .iter()
        .map(|(name, points)| RowClaim {
            points: points_of(points),
            patient: fen_of(&patient[name]),
            ..RowClaim::default()
        })
        .collect();
    let rule =
        ClearingRule { pool: "example", distributable: fund_pool, by_points: true, band: None, reserve: Fen::ZERO };
    let pool = clear(&rule, &rows).unwrap();
    Answers::default()
        .with("pv", Answer::Exact(pool.value.unwrap()))
        .with("sum_fund", sum(pool.cleared.iter().copied()).unwrap())
        .with("fund", by_name(claims.into_iter().map(|(name, _)| name).zip(pool.cleared)))
}
