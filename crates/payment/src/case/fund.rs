//! From the standard to fund money (spec §1.7). The patient always pays on actual items, so the results may exceed or
//! fall below the fund part recorded at discharge, and may be negative until a policy floors them.

use yibao_kernel::{Fen, Mode, Overflow, Ratio, RatioError};

/// `minus_patient`: STD − P.
///
/// # Errors
/// Overflow.
pub fn minus_patient(standard: Fen, patient: Fen) -> Result<Fen, Overflow> {
    standard.checked_sub(patient)
}

/// `policy_ratio`: (STD − fully self-paid − first self-paid − deductible) × ratio.
///
/// # Errors
/// Overflow.
pub fn policy_ratio(standard: Fen, taken_off: impl IntoIterator<Item = Fen>, ratio: Ratio) -> Result<Fen, RatioError> {
    let mut left = standard;
    for amount in taken_off {
        left = left.checked_sub(amount)?;
    }
    left.ratio().checked_mul(ratio)?.to_fen(Mode::HalfUp)
}

/// `avg_ratio`: STD × the institution's or the region's fund ratio.
///
/// # Errors
/// Overflow.
pub fn average_ratio(standard: Fen, ratio: Ratio) -> Result<Fen, RatioError> {
    standard.ratio().checked_mul(ratio)?.to_fen(Mode::HalfUp)
}

/// A negative result paid as 0, where the policy says so; the difference stays in the pool.
#[must_use]
pub fn floored(fund: Fen) -> Fen {
    fund.max(Fen::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_fund_part_is_kept_until_a_policy_floors_it() {
        let fund =
            policy_ratio(Fen::new(150_000), [100_000, 20_000, 130_000].map(Fen::new), Ratio::parse("85%").unwrap());
        assert_eq!(fund, Ok(Fen::new(-85_000)));
        assert_eq!(fund.map(floored), Ok(Fen::ZERO));
        assert_eq!(minus_patient(Fen::new(5), Fen::new(8)), Ok(Fen::new(-3)));
    }
}
