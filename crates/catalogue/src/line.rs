//! The four parts of a line: full self-pay, above the limit, first self-pay, in scope.

use thiserror::Error;
use yibao_kernel::{Decimal, Fen, Mode, Ratio, RatioError};
use yibao_record::bill::{Class, Parts};

/// What comes first, the limit or the first self-pay.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Order {
    /// First what is above the limit is taken off, then the ratio applies to the rest.
    #[default]
    LimitFirst,
    /// First the ratio applies to the whole, then the rest is held against the limit.
    RatioFirst,
}

/// How a line is split.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineRule {
    /// Class.
    pub class: Class,
    /// First self-pay ratio; read for class B only.
    pub ratio: Ratio,
    /// Highest price of one that counts.
    pub limit: Option<Decimal>,
    /// Order.
    pub order: Order,
    /// Rounding of the first self-pay and of the limited amount.
    pub mode: Mode,
}

/// Why a line cannot be split.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum LineError {
    /// Zero or negative quantity.
    #[error(
        "the quantity is not above zero\n  hint: a refund is a void of the whole settlement, then a bill of the rest"
    )]
    Quantity,
    /// Negative price or amount.
    #[error(
        "the price or the amount is negative\n  hint: a refund is a void of the whole settlement, then a bill of the rest"
    )]
    Negative,
    /// Negative limit.
    #[error("the limit price is negative\n  hint: leave `limit` out where there is none")]
    Limit,
    /// Price × quantity is not the amount.
    #[error("price times quantity misses the amount by more than a fen\n  hint: correct price, quantity or amount")]
    Product,
    /// A limit times a quantity that no number holds.
    #[error("the limit times the quantity does not fit\n  hint: look for a limit or a quantity with misplaced digits")]
    TooLarge,
    /// Arithmetic that does not fit.
    #[error(transparent)]
    Ratio(#[from] RatioError),
}

/// `price × quantity` in fen, not yet rounded: an exact numerator and a power of ten.
fn product(price: Decimal, quantity: Decimal) -> Option<(i128, i128)> {
    let units = i128::from(price.units()).checked_mul(i128::from(quantity.units()))?.checked_mul(100)?;
    Some((units, 10_i128.checked_pow(u32::from(price.dp()) + u32::from(quantity.dp()))?))
}

/// That a line's quantity, price and amount belong together.
///
/// # Errors
/// [`LineError`].
pub fn check(quantity: Decimal, price: Decimal, amount: Fen) -> Result<(), LineError> {
    if quantity.units() <= 0 {
        return Err(LineError::Quantity);
    }
    if price.units() < 0 || amount.is_negative() {
        return Err(LineError::Negative);
    }
    let (units, scale) = product(price, quantity).ok_or(LineError::Product)?;
    let off = i128::from(amount.get()).checked_mul(scale).map(|amount| (units - amount).abs());
    if off.is_none_or(|off| off > scale) { Err(LineError::Product) } else { Ok(()) }
}

/// Splits a line. The parts add up to the amount, each at least zero; asserted.
///
/// # Errors
/// [`LineError`]; quantity, price and amount are as [`check`] found them.
pub fn split(quantity: Decimal, amount: Fen, rule: &LineRule) -> Result<Parts, LineError> {
    let limit = match rule.limit {
        Some(limit) if rule.class != Class::C => limited(limit, quantity, rule.mode)?,
        _ => i64::MAX,
    };
    within(amount, limit, rule)
}

/// What a quantity comes to at its limit price, in fen.
///
/// # Errors
/// [`LineError`].
pub fn limited(limit: Decimal, quantity: Decimal, mode: Mode) -> Result<i64, LineError> {
    if limit.units() < 0 {
        return Err(LineError::Limit);
    }
    let (units, scale) = product(limit, quantity).ok_or(LineError::TooLarge)?;
    Ok(Ratio::new(units, scale)?.to_fen(mode)?.get())
}

/// Splits a line of which at most `limit` fen count (`i64::MAX`: all); the limit price of the rule is not looked at. The
/// parts add up to the amount, each at least zero; asserted.
///
/// # Errors
/// [`LineError`].
pub fn within(amount: Fen, limit: i64, rule: &LineRule) -> Result<Parts, LineError> {
    let mut parts = Parts::default();
    if rule.class == Class::C {
        parts.full_self = amount;
        return Ok(parts);
    }
    let whole = amount.get();
    let first_of = |amount: i64| match rule.class {
        Class::B => share(amount, rule.ratio, rule.mode),
        _ => Ok(0),
    };
    let (over, first) = match rule.order {
        Order::LimitFirst => {
            let over = (whole - limit).max(0);
            (over, first_of(whole - over)?)
        }
        Order::RatioFirst => {
            let first = first_of(whole)?;
            ((whole - first - limit).max(0), first)
        }
    };
    parts.over_limit = Fen::new(over);
    parts.first_self = Fen::new(first);
    parts.in_scope = Fen::new(whole - over - first);
    assert!(over >= 0 && first >= 0 && over + first <= whole, "the parts of a line add up to its amount");
    Ok(parts)
}

/// `amount × ratio`, rounded.
///
/// # Errors
/// [`RatioError::Overflow`].
#[inline]
pub fn share(amount: i64, ratio: Ratio, mode: Mode) -> Result<i64, RatioError> {
    // Percentages and fen fit 64 bits: one multiplication and one division, without reducing the ratio.
    if let (Ok(num), Ok(den), Mode::HalfUp) = (i64::try_from(ratio.num()), i64::try_from(ratio.den()), mode)
        && let Some(product) = amount.checked_mul(num)
        && product >= 0
        && let Some(doubled) = product.checked_mul(2).and_then(|doubled| doubled.checked_add(den))
        && let Some(den) = den.checked_mul(2)
    {
        return Ok(doubled / den);
    }
    Ok(Ratio::from_int(amount).checked_mul(ratio)?.to_fen(mode)?.get())
}
