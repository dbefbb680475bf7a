//! The payment standard of a case and the add-on outside it (spec §1.6, §1.13).

use yibao_kernel::{Fen, Mode, Overflow, Ratio, RatioError, Rounding};

/// STD = RW × rate × (coefficient and other factors), a published number in fen (spec §1.6). The rate is in fen per
/// weight; a rounding coarser than the fen keeps its trailing zeros.
///
/// # Errors
/// [`RatioError::TooManyPlaces`] for money finer than the fen; overflow.
pub fn standard(weight: Ratio, rate: Ratio, factors: Ratio, rounding: Rounding) -> Result<Fen, RatioError> {
    published_money(weight.checked_mul(rate)?.checked_mul(factors)?, rounding)
}

/// An exact amount in fen as published money: `dp` places of a yuan, at most two.
///
/// # Errors
/// As [`standard`].
pub fn published_money(exact_fen: Ratio, rounding: Rounding) -> Result<Fen, RatioError> {
    if rounding.dp == 2 {
        return exact_fen.to_fen(rounding.mode);
    }
    let coarser = 2_u8.checked_sub(rounding.dp).ok_or(RatioError::TooManyPlaces { dp: rounding.dp })?;
    let unit = 10_i64.pow(u32::from(coarser));
    let units = exact_fen.checked_div(Ratio::from_int(unit))?.to_fen(rounding.mode)?;
    let fen = units.get().checked_mul(unit);
    fen.map(Fen::new).ok_or(RatioError::Overflow(Overflow { operation: "amount of money" }))
}

/// A ceiling: a field times a number, published in fen, not below zero; and what is left of an amount under it.
///
/// # Errors
/// Overflow.
pub fn capped(amount: Fen, field: Fen, times: Ratio) -> Result<(Fen, Fen), RatioError> {
    let most = field.ratio().checked_mul(times)?.to_fen(Mode::HalfUp)?.max(Fen::ZERO);
    Ok((most, amount.min(most)))
}

/// What a new technology adds to the standard: its cost less what the standard already holds for that class of
/// charges, not below the floor (spec §1.13).
///
/// # Errors
/// Overflow.
pub fn add_on(new_technology: Fen, already_in_standard: Fen, floor: Fen) -> Result<Fen, Overflow> {
    Ok(new_technology.checked_sub(already_in_standard)?.max(floor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standard_is_published_in_fen_or_in_whole_yuan() {
        let weight = Ratio::parse("1.2345").unwrap();
        let std = |dp| standard(weight, Fen::new(999_950).ratio(), Ratio::ONE, Rounding { dp, mode: Mode::HalfUp });
        assert_eq!(std(2).unwrap().to_string(), "12344.38");
        assert_eq!(std(0).unwrap().to_string(), "12344.00");
        assert_eq!(std(3), Err(RatioError::TooManyPlaces { dp: 3 }));
    }

    #[test]
    fn an_add_on_is_not_below_its_floor() {
        assert_eq!(add_on(Fen::new(500), Fen::new(800), Fen::ZERO), Ok(Fen::ZERO));
        assert_eq!(add_on(Fen::new(800), Fen::new(500), Fen::ZERO), Ok(Fen::new(300)));
    }
}
