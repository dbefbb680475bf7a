//! Sections 2.8, 3.1, 3.4 to 3.6: composition of a pool, reserve, prepayment, deposit.

use yibao_kernel::{Fen, Mode, Ratio};
use yibao_payment::budget::divide::{Share, divide};
use yibao_payment::pack::budget::LineBasis;
use yibao_payment::pack::step::DepositBelow;
use yibao_payment::settle::budget::{DeductionLine, DeductionOf, compose};
use yibao_payment::settle::payable::{DepositRule, keeps_floor, prepayment};
use yibao_payment::settle::point_value::worth;

use crate::clearing::points_of;
use crate::reading::{Answers, Example};

pub fn answer(example: &Example) -> Option<Answers> {
    if example.has(&["expenditure_budget", "risk_rate"]) {
        return Some(composed(example));
    }
    if example.is("budget.adjust_fund") && example.has(&["budget", "rate"]) {
        let reserve = DeductionLine { of: DeductionOf::ShareOfAmount(example.ratio("rate")), to_reserve: true };
        let parts = compose(example.fen("budget"), &[reserve]).unwrap();
        let lines = [line(LineBasis::ShareOfAmount, example.ratio("rate")), line(LineBasis::Remainder, Ratio::ZERO)];
        assert_eq!(divided(example.fen("budget"), &lines), [parts.reserve_in, parts.distributable]);
        return Some(
            Answers::default().with("adjust_fund", parts.reserve_in).with("distributable", parts.distributable),
        );
    }
    if example.has(&["fund", "rate", "score", "full_at"]) {
        let rule = DepositRule {
            rate: example.ratio("rate"),
            full_at: example.ratio("full_at"),
            below: DepositBelow::ScoreOverThreshold,
        };
        let deposit = rule.deposit(example.fen("fund")).unwrap();
        let returned = rule.returned(deposit, example.ratio("score")).unwrap();
        return Some(Answers::default().with("deposit", deposit).with("returned", returned));
    }
    if example.has(&["accounted", "rate", "floor"]) {
        let (accounted, floor) = (example.fen("accounted"), example.ratio("floor"));
        return Some(
            Answers::default()
                .with("valid", keeps_floor(example.ratio("rate"), Some(floor)))
                .with("min_prepay", prepayment(accounted, floor).unwrap()),
        );
    }
    if example.has(&["scores", "pv", "fund_ratio", "prepay"]) {
        let worth = worth(example.ratio("pv"), points_of(&example.inputs["scores"])).unwrap();
        let fund = worth.ratio().checked_mul(example.ratio("fund_ratio")).unwrap().to_fen(Mode::HalfUp).unwrap();
        return Some(Answers::default().with("prepay", prepayment(fund, example.ratio("prepay")).unwrap()));
    }
    None
}

fn line(basis: LineBasis, value: Ratio) -> Share {
    Share { of: None, basis, value }
}

/// The same amounts as lines of a `[[budget]]`.
fn divided(budget: Fen, lines: &[Share]) -> Vec<Fen> {
    divide(budget, budget, lines).unwrap().into_iter().map(|part| part.amount).collect()
}

/// Spending budget less the risk reserve (a share of it) and fixed lines, in the order of the file.
fn composed(example: &Example) -> Answers {
    let mut lines =
        vec![DeductionLine { of: DeductionOf::ShareOfAmount(example.ratio("risk_rate")), to_reserve: true }];
    let mut shares = vec![line(LineBasis::ShareOfAmount, example.ratio("risk_rate"))];
    let others = example.inputs.as_object().unwrap().iter();
    for (_, value) in others.filter(|(key, _)| !matches!(key.as_str(), "expenditure_budget" | "risk_rate")) {
        let amount = crate::reading::fen_of(value);
        lines.push(DeductionLine { of: DeductionOf::Fixed(amount), to_reserve: false });
        shares.push(line(LineBasis::Fixed, amount.ratio()));
    }
    let parts = compose(example.fen("expenditure_budget"), &lines).unwrap();
    shares.push(line(LineBasis::Remainder, Ratio::ZERO));
    let amounts = divided(example.fen("expenditure_budget"), &shares);
    assert_eq!((amounts[0], amounts[amounts.len() - 1]), (parts.reserve_in, parts.distributable));
    Answers::default().with("risk", parts.reserve_in).with("inpatient_pool", parts.distributable)
}
