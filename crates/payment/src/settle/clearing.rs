//! Clearing of one pool: rates and items are charged first, what is left is split by points (spec §0.2, §0.4, §1.15).

use yibao_kernel::allocate::largest_remainder;
use yibao_kernel::{Fen, Ratio, sum};

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

/// A cleared pool: `distributable = cleared + residual`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClearedPool {
    /// Each row's share of the pool by points, before the patient part.
    pub shares: Vec<Fen>,
    /// What each row was raised by, so as not to be paid below zero; part of its share.
    pub floored: Vec<Fen>,
    /// What each row is paid.
    pub cleared: Vec<Fen>,
    /// Charged before points: items and rates.
    pub first_charge: Fen,
    /// Patient payments added to the pool.
    pub patient: Fen,
    /// The amount the points were to share before a band: distributable − first charge + patient.
    pub amount: Fen,
    /// Points, ten-thousandths.
    pub points: i128,
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
/// [`SettleError::FirstCharge`], [`SettleError::ZeroPoints`], [`SettleError::ReserveNegative`], arithmetic.
pub fn clear(rule: &ClearingRule<'_>, rows: &[RowClaim]) -> Result<ClearedPool, SettleError> {
    let first_charge = sum(rows.iter().map(|row| row.fixed))?;
    let patient = sum(rows.iter().map(|row| row.patient))?;
    let points = rows.iter().map(|row| row.points).sum::<i128>();
    let mut pool = ClearedPool {
        shares: vec![Fen::ZERO; rows.len()],
        floored: Vec::new(),
        cleared: Vec::new(),
        first_charge,
        patient,
        amount: Fen::ZERO,
        points,
        value: None,
        value_before_band: None,
        raised: Fen::ZERO,
        total: Fen::ZERO,
        residual: Fen::ZERO,
    };
    if rule.by_points {
        split_by_points(rule, rows, &mut pool)?;
    }
    for (row, share) in rows.iter().zip(&mut pool.shares) {
        let short = if row.floor_zero { row.patient.checked_sub(*share)?.max(Fen::ZERO) } else { Fen::ZERO };
        *share = share.checked_add(short)?;
        pool.floored.push(short);
        pool.cleared.push(share.checked_sub(row.patient)?.checked_add(row.fixed)?);
    }
    pool.total = sum(pool.cleared.iter().copied())?;
    pool.residual = rule.distributable.checked_sub(pool.total)?;
    Ok(pool)
}

fn split_by_points(rule: &ClearingRule<'_>, rows: &[RowClaim], pool: &mut ClearedPool) -> Result<(), SettleError> {
    let id = || rule.pool.to_owned();
    if pool.points == 0 {
        return Err(SettleError::ZeroPoints { pool: id(), points: 0 });
    }
    pool.amount = rule.distributable.checked_sub(pool.first_charge)?.checked_add(pool.patient)?;
    if rule.distributable < pool.first_charge {
        return Err(SettleError::FirstCharge {
            pool: id(),
            distributable: rule.distributable,
            first_charge: pool.first_charge,
        });
    }
    let value = point_value(pool.amount, pool.points)?;
    let kept = rule.band.map_or(Ok(value), |band| band.keep(value))?;
    let mut to_split = pool.amount;
    if kept != value {
        pool.value_before_band = Some(value);
        to_split = worth(kept, pool.points)?;
        pool.raised = to_split.checked_sub(pool.amount)?.max(Fen::ZERO);
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
        RowClaim { points: points * 10_000, patient: yuan(patient), fixed: yuan(fixed), floor_zero: false }
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
