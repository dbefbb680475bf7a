//! Growth of the workload beyond a threshold (spec §3.4).

use yibao_kernel::{Fen, Mode, Ratio, RatioError};

/// What the growth asks for: (workload − previous × (1 + above)) / workload × net × share. Nothing without a previous
/// year, below the threshold, or on an amount that is not positive.
///
/// # Errors
/// Overflow.
pub fn compensation(workload: Ratio, previous: Ratio, above: Ratio, share: Ratio, net: Fen) -> Result<Fen, RatioError> {
    let expected = previous.checked_mul(Ratio::ONE.checked_add(above)?)?;
    if previous <= Ratio::ZERO || workload <= expected || net <= Fen::ZERO {
        return Ok(Fen::ZERO);
    }
    let beyond = workload.checked_sub(expected)?.checked_div(workload)?;
    net.ratio().checked_mul(beyond)?.checked_mul(share)?.to_fen(Mode::HalfUp)
}

/// What is kept of a saving at a score of 0 to 100: final = accounted + (y − accounted) × score / 100 where y leaves a
/// saving (spec §4.7).
///
/// # Errors
/// Overflow.
pub fn kept(accounted: Fen, by_curve: Fen, score: Ratio) -> Result<Fen, RatioError> {
    let saving = by_curve.checked_sub(accounted)?;
    if saving <= Fen::ZERO {
        return Ok(by_curve);
    }
    let part = score.checked_div(Ratio::from_int(100))?;
    Ok(accounted.checked_add(saving.ratio().checked_mul(part)?.to_fen(Mode::HalfUp)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        Ratio::parse(text).unwrap()
    }

    #[test]
    fn only_growth_beyond_the_threshold_is_compensated() {
        let net = Fen::new(110_000);
        let of = |workload: &str, previous: &str| {
            compensation(ratio(workload), ratio(previous), ratio("0.05"), ratio("0.5"), net).unwrap()
        };
        // 110 against 100: 5 of 110 are beyond 105; half of 5 / 110 of 1,100.00.
        assert_eq!(of("110", "100"), Fen::new(2_500));
        assert_eq!((of("105", "100"), of("110", "0")), (Fen::ZERO, Fen::ZERO));
    }

    #[test]
    fn a_score_keeps_a_part_of_the_saving_and_leaves_an_overrun_alone() {
        assert_eq!(kept(Fen::new(800), Fen::new(1_000), ratio("90")), Ok(Fen::new(980)));
        assert_eq!(kept(Fen::new(1_200), Fen::new(1_100), ratio("90")), Ok(Fen::new(1_100)));
    }
}
