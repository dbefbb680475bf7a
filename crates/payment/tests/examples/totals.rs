//! Sections 4.6 and 4.7: claims under a total, the package of a county medical community.

use yibao_kernel::piecewise::{Bound, Piecewise, Segment};
use yibao_kernel::{Fen, Ratio};
use yibao_payment::settle::budget::{DeductionLine, DeductionOf, compose};
use yibao_payment::settle::clearing::{ChargedClaim, ClearingRule, RowClaim, clear};
use yibao_payment::settle::growth::kept;
use yibao_payment::settle::pro_rata::scale;
use yibao_payment::settle::sharing::final_amount;

use crate::reading::{Answer, Answers, Example, by_name, fen_of};

pub fn answer(example: &Example) -> Option<Answers> {
    if example.has(&["total", "claims"]) {
        let claims = example.entries("claims");
        let amounts: Vec<Fen> = claims.iter().map(|(_, claim)| fen_of(claim)).collect();
        let scaled = scale(example.fen("total"), &amounts).unwrap();
        let pay = by_name(claims.into_iter().map(|(name, _)| name).zip(scaled.paid));
        return Some(Answers::default().with("factor", Answer::Exact(scaled.factor)).with("pay", pay));
    }
    example.has(&["heads", "per_head", "risk_rate", "paid_outside", "used_inside"]).then(|| community(example))
}

/// The lead is cleared heads × per head less the risk reserve, and charged for care outside.
fn community(example: &Example) -> Answers {
    let gross = example.fen("per_head").ratio().checked_mul(example.ratio("heads")).unwrap();
    let gross = gross.to_fen(yibao_kernel::Mode::HalfUp).unwrap();
    let risk = DeductionLine { of: DeductionOf::ShareOfAmount(example.ratio("risk_rate")), to_reserve: true };
    let distributable = compose(gross, &[risk]).unwrap().distributable;
    let outside = example.fen("paid_outside");
    let rows = [
        RowClaim {
            fixed: distributable,
            charged: ChargedClaim { amount: outside, ..ChargedClaim::default() },
            ..RowClaim::default()
        },
        RowClaim { fixed: outside, ..RowClaim::default() },
    ];
    let rule = ClearingRule { pool: "county", distributable, by_points: false, band: None, reserve: Fen::ZERO };
    let pool = clear(&rule, &rows).unwrap();
    assert_eq!(pool.residual, Fen::ZERO, "care outside is paid out of the package");
    let package = pool.cleared[0].checked_add(pool.charged[0]).unwrap();
    let used = example.fen("used_inside");
    let balance = package.checked_sub(used).unwrap();
    let answers = Answers::default().with("package", package).with("balance", balance);
    if example.has(&["keep"]) {
        let score = example.ratio("keep").checked_mul(Ratio::from_int(100)).unwrap();
        let retained = kept(used, package.max(used), score).unwrap().checked_sub(used).unwrap();
        return answers.with("retained", retained);
    }
    let paid = final_amount(&shared_up_to(example.ratio("fund_share"), example.ratio("cap")), used, package).unwrap();
    let bears = |amount: Fen, than: Fen| amount.checked_sub(than).unwrap();
    answers.with("fund_bears", bears(paid, package)).with("community_bears", bears(used, paid))
}

/// The fund pays its share of an overrun up to a cap; savings are kept.
fn shared_up_to(share: Ratio, cap: Ratio) -> Piecewise {
    let (one, zero) = (Ratio::ONE, Ratio::ZERO);
    let end = one.checked_add(cap).unwrap();
    let most = one.checked_add(share.checked_mul(cap).unwrap()).unwrap();
    let piece = |lower, upper, slope, plus| Segment { lower, upper, slope, plus };
    Piecewise::new(vec![
        piece(Bound::Open, Bound::Inclusive(one), zero, one),
        piece(Bound::Exclusive(one), Bound::Inclusive(end), share, one.checked_sub(share).unwrap()),
        piece(Bound::Exclusive(end), Bound::Open, zero, most),
    ])
    .unwrap()
}
