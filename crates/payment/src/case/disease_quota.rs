//! A negotiated standard per case (spec §4.5): what saving and overrun against it do.

use yibao_kernel::piecewise::{Bound, Piecewise, PiecewiseError, Segment};
use yibao_kernel::{Fen, Mode, Ratio};

use crate::pack::case_step::CaseQuotaMode;

const fn piece(lower: Bound, upper: Bound, slope: Ratio, plus: Ratio) -> Segment {
    Segment { lower, upper, slope, plus }
}

/// y = standard / quota as a function of x = actual / quota.
///
/// - fixed: the quota; saving is kept, overrun is borne by the institution;
/// - cap: the lower of both;
/// - share: below the quota actual + `share` × saving, above it the quota;
/// - corridor: actual within ± `half` of the quota; outside, the bound plus `share` of what lies beyond it.
///
/// All four are continuous.
///
/// # Errors
/// A corridor that begins below 0; overflow.
pub fn curve(mode: CaseQuotaMode, share: Ratio, half: Ratio) -> Result<Piecewise, PiecewiseError> {
    let (zero, one) = (Ratio::ZERO, Ratio::ONE);
    let rest = one.checked_sub(share)?;
    let start = Bound::Inclusive(zero);
    Piecewise::new(match mode {
        CaseQuotaMode::Fixed => vec![piece(start, Bound::Open, zero, one)],
        CaseQuotaMode::Cap => {
            vec![piece(start, Bound::Inclusive(one), one, zero), piece(Bound::Exclusive(one), Bound::Open, zero, one)]
        }
        CaseQuotaMode::Share => {
            vec![piece(start, Bound::Inclusive(one), rest, share), piece(Bound::Exclusive(one), Bound::Open, zero, one)]
        }
        CaseQuotaMode::Corridor => {
            let (low, high) = (one.checked_sub(half)?, one.checked_add(half)?);
            let mut pieces = vec![
                piece(Bound::Inclusive(low), Bound::Inclusive(high), one, zero),
                piece(Bound::Exclusive(high), Bound::Open, share, rest.checked_mul(high)?),
            ];
            if low > zero {
                pieces.insert(0, piece(start, Bound::Exclusive(low), rest, share.checked_mul(low)?));
            }
            pieces
        }
    })
}

/// quota × y(actual / quota), published in fen.
///
/// # Errors
/// Division by a quota of zero; overflow.
pub fn standard(quota: Fen, actual: Fen, curve: &Piecewise) -> Result<(Ratio, Fen), PiecewiseError> {
    let x = actual.ratio().checked_div(quota.ratio())?;
    let (_, y) = curve.eval(x)?;
    Ok((x, quota.ratio().checked_mul(y)?.to_fen(Mode::HalfUp)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid(mode: CaseQuotaMode, share: &str, half: &str, actual_yuan: i64) -> String {
        let ratio = |text| Ratio::parse(text).unwrap();
        let curve = curve(mode, ratio(share), ratio(half)).unwrap();
        standard(Fen::new(800_000), Fen::new(actual_yuan * 100), &curve).unwrap().1.to_string()
    }

    #[test]
    fn a_quota_of_8000_is_paid_in_four_ways() {
        use CaseQuotaMode::{Cap, Corridor, Fixed, Share};
        let by = |mode, actual| paid(mode, "0.5", "0.1", actual);
        assert_eq!([by(Fixed, 7400), by(Fixed, 9000)], ["8000.00", "8000.00"]);
        assert_eq!([by(Cap, 7400), by(Cap, 9000)], ["7400.00", "8000.00"]);
        assert_eq!([by(Share, 7400), by(Share, 8000), by(Share, 9000)], ["7700.00", "8000.00", "8000.00"]);
        // Corridor 7200 to 8800.
        assert_eq!([by(Corridor, 7400), by(Corridor, 8800)], ["7400.00", "8800.00"]);
        assert_eq!([by(Corridor, 7000), by(Corridor, 9000)], ["7100.00", "8900.00"]);
    }

    #[test]
    fn every_form_is_continuous() {
        for mode in [CaseQuotaMode::Fixed, CaseQuotaMode::Cap, CaseQuotaMode::Share, CaseQuotaMode::Corridor] {
            let curve = curve(mode, Ratio::parse("0.3").unwrap(), Ratio::parse("0.15").unwrap()).unwrap();
            assert_eq!(curve.jumps(), []);
        }
    }
}
