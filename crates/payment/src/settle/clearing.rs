//! Clearing of one pool: rates and items are charged first, what is left is split by points (spec §0.2, §0.4, §1.15).

use yibao_kernel::allocate::largest_remainder;
use yibao_kernel::{Fen, Mode, Ratio, sum};

use super::error::SettleError;
use super::point_value::{ValueBand, point_value, worth};

/// What the cases of one clearing row bring to its pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RowClaim {
    /// Fixed by the case steps: by item (their accounted fund), or by rate.
    pub fixed: Fen,
    /// Published points of the point-paid stays, ten-thousandths.
    pub points: i128,
    /// Under the `cost` basis: what the patients of the point-paid stays paid, which is in the pool and has already
    /// been received. Zero under the `fund` basis.
    pub patient: Fen,
    /// The row is never paid below zero; the pool bears the difference.
    pub floor_zero: bool,
    /// Care elsewhere that the row pays for.
    pub charged: ChargedClaim,
}

/// Care elsewhere that a row pays for: part of what other rows of the pool are cleared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ChargedClaim {
    /// Fixed amounts.
    pub amount: Fen,
    /// Points, ten-thousandths; worth the point value.
    pub points: Ratio,
    /// Under the `cost` basis the patient part of those points: only the fund part is charged.
    pub patient: Fen,
}

/// Rules of the clearing of a pool.
#[derive(Clone, Copy, Debug)]
pub struct ClearingRule<'a> {
    /// The pool's id.
    pub pool: &'a str,
    /// What it may distribute.
    pub distributable: Fen,
    /// Whether points are paid from it.
    pub by_points: bool,
    /// Band of the point value.
    pub band: Option<ValueBand>,
    /// What the reserve can give for a raise of the point value.
    pub reserve: Fen,
}

/// A cleared pool: `distributable = cleared + charged + residual`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClearedPool {
    /// Each row's share of the pool by points, before the patient part.
    pub shares: Vec<Fen>,
    /// What each row was raised by, so as not to be paid below zero; part of its share.
    pub floored: Vec<Fen>,
    /// What each row is paid.
    pub cleared: Vec<Fen>,
    /// What each row is charged (≤ 0 but where patients paid more than the points are worth).
    pub charged: Vec<Fen>,
    /// Charged before points: items and rates.
    pub first_charge: Fen,
    /// Patient payments added to the pool.
    pub patient: Fen,
    /// The amount the points that nobody is charged for share before a band: distributable − first charge + patient +
    /// fixed amounts charged − the patient part of points charged.
    pub amount: Fen,
    /// Points, ten-thousandths.
    pub points: i128,
    /// Points less those charged, ten-thousandths: what the value divides by.
    pub net_points: Ratio,
    /// Exact point value of what was split.
    pub value: Option<Ratio>,
    /// The value before the band, where the band changed it.
    pub value_before_band: Option<Ratio>,
    /// Paid from the reserve to raise the value to the floor of the band.
    pub raised: Fen,
    /// Sum over the rows.
    pub total: Fen,
    /// Left in the pool; negative: overspent.
    pub residual: Fen,
}

/// Clears a pool. The rows stand in rank order, which breaks ties.
///
/// # Errors
/// [`SettleError::FirstCharge`], [`SettleError::ZeroPoints`], [`SettleError::AllCharged`],
/// [`SettleError::ReserveNegative`], arithmetic.
pub fn clear(rule: &ClearingRule<'_>, rows: &[RowClaim]) -> Result<ClearedPool, SettleError> {
    let first_charge = sum(rows.iter().map(|row| row.fixed))?;
    let patient = sum(rows.iter().map(|row| row.patient))?;
    let points = rows.iter().map(|row| row.points).sum::<i128>();
    let mut pool = ClearedPool {
        shares: vec![Fen::ZERO; rows.len()],
        floored: Vec::new(),
        cleared: Vec::new(),
        charged: Vec::new(),
        first_charge,
        patient,
        amount: Fen::ZERO,
        points,
        net_points: Ratio::ZERO,
        value: None,
        value_before_band: None,
        raised: Fen::ZERO,
        total: Fen::ZERO,
        residual: Fen::ZERO,
    };
    if rule.by_points {
        split_by_points(rule, rows, &mut pool)?;
    } else {
        pool.charged = charged_at(Ratio::ZERO, rows)?;
    }
    for (row, share) in rows.iter().zip(&mut pool.shares) {
        let short = if row.floor_zero { row.patient.checked_sub(*share)?.max(Fen::ZERO) } else { Fen::ZERO };
        *share = share.checked_add(short)?;
        pool.floored.push(short);
        pool.cleared.push(share.checked_sub(row.patient)?.checked_add(row.fixed)?);
    }
    pool.total = sum(pool.cleared.iter().copied())?;
    let charged = sum(pool.charged.iter().copied())?;
    pool.residual = rule.distributable.checked_sub(pool.total)?.checked_sub(charged)?;
    Ok(pool)
}

/// What each row is charged at a point value: −(points × value, half-up to the fen, + fixed − patient part).
fn charged_at(value: Ratio, rows: &[RowClaim]) -> Result<Vec<Fen>, SettleError> {
    let of_row = |row: &RowClaim| {
        let claim = &row.charged;
        let points = value.checked_mul(claim.points)?.checked_div(Ratio::from_int(100))?.to_fen(Mode::HalfUp)?;
        Ok(points.checked_add(claim.amount)?.checked_sub(claim.patient)?.checked_neg()?)
    };
    rows.iter().map(of_row).collect()
}

fn split_by_points(rule: &ClearingRule<'_>, rows: &[RowClaim], pool: &mut ClearedPool) -> Result<(), SettleError> {
    let id = || rule.pool.to_owned();
    if pool.points == 0 {
        return Err(SettleError::ZeroPoints { pool: id(), points: 0 });
    }
    let fixed_charges = sum(rows.iter().map(|row| row.charged.amount))?;
    let patient_charges = sum(rows.iter().map(|row| row.charged.patient))?;
    let uncharged = rule.distributable.checked_sub(pool.first_charge)?.checked_add(pool.patient)?;
    pool.amount = uncharged.checked_add(fixed_charges)?.checked_sub(patient_charges)?;
    pool.net_points =
        rows.iter().try_fold(Ratio::new(pool.points, 1)?, |left: Ratio, row| left.checked_sub(row.charged.points))?;
    if pool.net_points <= Ratio::ZERO {
        return Err(SettleError::AllCharged { pool: id() });
    }
    if rule.distributable.checked_add(fixed_charges)? < pool.first_charge {
        return Err(SettleError::FirstCharge {
            pool: id(),
            distributable: rule.distributable,
            first_charge: pool.first_charge,
        });
    }
    let value = point_value(pool.amount, 1)?.checked_div(pool.net_points)?;
    let kept = rule.band.map_or(Ok(value), |band| band.keep(value))?;
    pool.charged = charged_at(kept, rows)?;
    // What is charged comes back into the pool: what the points share is exactly what leaves nothing over.
    let mut to_split = uncharged.checked_sub(sum(pool.charged.iter().copied())?)?;
    if kept != value {
        pool.value_before_band = Some(value);
        let without_band = to_split;
        to_split = worth(kept, pool.points)?;
        pool.raised = to_split.checked_sub(without_band)?.max(Fen::ZERO);
        if pool.raised > rule.reserve {
            return Err(SettleError::ReserveNegative {
                pool: id(),
                available: rule.reserve,
                what: "raising the point value to the floor of its band",
                needed: pool.raised,
                hint: "lower the floor of the band, or put more into the reserve",
            });
        }
    }
    pool.value = Some(kept);
    let points: Vec<i128> = rows.iter().map(|row| row.points).collect();
    let rank: Vec<u32> = (0_u32..).take(rows.len()).collect();
    pool.shares = largest_remainder(to_split, &points, &rank)?;
    assert!(sum(pool.shares.iter().copied()) == Ok(to_split), "the shares of a pool add up to the pool");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(text: &str) -> Fen {
        Fen::parse_yuan(text.as_bytes()).unwrap()
    }

    fn rule(distributable: &str) -> ClearingRule<'static> {
        ClearingRule {
            pool: "inpatient",
            distributable: yuan(distributable),
            by_points: true,
            band: None,
            reserve: Fen::ZERO,
        }
    }

    fn row(points: i128, patient: &str, fixed: &str) -> RowClaim {
        RowClaim { points: points * 10_000, patient: yuan(patient), fixed: yuan(fixed), ..RowClaim::default() }
    }

    #[test]
    fn patient_money_is_in_the_pool_and_comes_off_each_row() {
        let rows = [row(914, "37440", "0"), row(260, "7500", "0")];
        let pool = clear(&rule("95000"), &rows).unwrap();
        assert_eq!(pool.cleared, ["71508.18", "23491.82"].map(yuan));
        assert_eq!(pool.residual, Fen::ZERO);
    }

    #[test]
    fn stays_paid_by_item_are_charged_first() {
        let rows = [row(1, "0", "400"), row(1, "0", "0")];
        let pool = clear(&rule("1000"), &rows).unwrap();
        assert_eq!(pool.cleared, ["700", "300"].map(yuan));
        assert_eq!(
            clear(&rule("399.99"), &rows).unwrap_err().to_string(),
            "pool \"inpatient\" has 399.99 yuan to distribute, but the stays paid by item or by rate take 400.00 yuan before any points are paid\n  hint: raise the budget, or limit the routes to items by a quota"
        );
    }

    #[test]
    fn points_charged_to_a_row_are_paid_by_it_at_the_value_of_the_others() {
        let charged =
            |points: i64| ChargedClaim { points: Ratio::from_int(points * 10_000), ..ChargedClaim::default() };
        // 30 + 20 points; 10 of them are charged to the second row: 800 / 40 points.
        let rows = [row(30, "0", "0"), RowClaim { charged: charged(10), ..row(20, "0", "0") }];
        let pool = clear(&rule("800"), &rows).unwrap();
        assert_eq!(pool.value, Some(Ratio::from_int(20)));
        assert_eq!((pool.cleared, pool.charged), (["600", "400"].map(yuan).to_vec(), ["0", "-200"].map(yuan).to_vec()));
        assert_eq!(pool.residual, Fen::ZERO);
        let all = [row(30, "0", "0"), RowClaim { charged: charged(30), ..RowClaim::default() }];
        assert_eq!(
            clear(&rule("800"), &all).unwrap_err().to_string(),
            "all points of pool \"inpatient\" are charged to its own rows: nothing is left to give them a value\n  hint: charge care that has a price of its own (a rate, items), or pay the package by points too"
        );
    }

    #[test]
    fn under_the_cost_basis_the_fund_part_is_charged() {
        let charged = ChargedClaim { points: Ratio::from_int(100_000), patient: yuan("50"), ..ChargedClaim::default() };
        let rows = [row(30, "150", "0"), RowClaim { charged, ..row(20, "100", "0") }];
        let pool = clear(&rule("600"), &rows).unwrap();
        // (600 + 250 − 50) / 40 = 20; the second pays 10 × 20 − 50.
        assert_eq!((pool.cleared, pool.charged), (["450", "300"].map(yuan).to_vec(), ["0", "-150"].map(yuan).to_vec()));
        assert_eq!(pool.residual, Fen::ZERO);
    }

    #[test]
    fn rates_leave_a_signed_residual() {
        let rows = [row(0, "0", "700"), row(0, "0", "400")];
        let by_rate = ClearingRule { by_points: false, ..rule("1000") };
        let pool = clear(&by_rate, &rows).unwrap();
        assert_eq!((pool.total, pool.residual), (yuan("1100"), yuan("-100")));
    }

    #[test]
    fn no_points_no_point_value() {
        assert_eq!(
            clear(&rule("1000"), &[row(0, "0", "0")]).unwrap_err().to_string(),
            "0 points in pool \"inpatient\": there is no point value\n  hint: no stay of the pool earned points; check the scope and the routes of its methods, or leave the pool out of the year"
        );
    }

    #[test]
    fn a_raise_to_the_floor_of_the_band_is_paid_by_the_reserve_or_refused() {
        let one = Ratio::from_int(1);
        let band = ValueBand { previous: Ratio::from_int(10), low: one, high: one };
        let with = |reserve| ClearingRule { band: Some(band), reserve: yuan(reserve), ..rule("900") };
        let rows = [row(100, "0", "0")];
        let pool = clear(&with("100"), &rows).unwrap();
        assert_eq!((pool.total, pool.raised, pool.residual), (yuan("1000"), yuan("100"), yuan("-100")));
        assert_eq!(
            clear(&with("99.99"), &rows).unwrap_err().to_string(),
            "the reserve of pool \"inpatient\" would go negative: it holds 99.99 yuan and raising the point value to the floor of its band takes 100.00 yuan\n  hint: lower the floor of the band, or put more into the reserve"
        );
    }

    #[test]
    fn a_row_that_may_not_fall_below_zero_is_paid_by_the_pool() {
        let rows = [row(1, "900", "0"), row(9, "0", "0")];
        let plain = clear(&rule("100"), &rows).unwrap();
        assert_eq!(plain.cleared, ["-800", "900"].map(yuan));
        let floored = [RowClaim { floor_zero: true, ..rows[0] }, rows[1]];
        let pool = clear(&rule("100"), &floored).unwrap();
        assert_eq!((pool.cleared, pool.residual), (["0", "900"].map(yuan).to_vec(), yuan("-800")));
    }
}
