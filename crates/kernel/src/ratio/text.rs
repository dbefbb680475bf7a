//! Ratios as text: what rules write, and what is printed.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Ratio, RatioError, overflow, power_of_ten};
use crate::decimal::Written;

/// The exact decimal when it ends within 18 places (`0.85`), else `n/d` (`1/3`).
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((units, dp)) = self.ending_decimal() else {
            return write!(f, "{}/{}", self.num, self.den);
        };
        crate::decimal::write_scaled(f, units, dp)
    }
}

impl fmt::Debug for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Ratio {
    /// Reads `0.85`, `-3/7` (integers), `85%` or `5‰`. No spaces, no exponent, no plus sign.
    ///
    /// # Errors
    /// [`RatioError::NotARatio`], [`RatioError::DivisionByZero`], [`RatioError::Overflow`].
    pub fn parse(text: &str) -> Result<Self, RatioError> {
        if let Some((num, den)) = text.split_once('/') {
            let whole = |part: &str| {
                Written::read(part.as_bytes()).filter(|number| number.dp == 0).ok_or(RatioError::NotARatio)
            };
            let (num, den) = (whole(num)?, whole(den)?);
            if den.negative {
                return Err(RatioError::NotARatio);
            }
            return Self::new(num.signed().ok_or(overflow("ratio"))?, den.signed().ok_or(overflow("ratio"))?);
        }
        let (body, places) = if let Some(body) = text.strip_suffix('%') {
            (body, 2)
        } else if let Some(body) = text.strip_suffix('‰') {
            (body, 3)
        } else {
            (text, 0)
        };
        let number = Written::read(body.as_bytes()).ok_or(RatioError::NotARatio)?;
        let scale = 10_i128.checked_pow(number.dp + places).ok_or(overflow("ratio"))?;
        Self::new(number.signed().ok_or(overflow("ratio"))?, scale)
    }

    /// Units and places of the shortest exact decimal, when it ends within 18 places.
    fn ending_decimal(self) -> Option<(i128, u8)> {
        let (mut rest, mut twos, mut fives) = (self.den, 0_u8, 0_u8);
        while rest % 2 == 0 {
            rest /= 2;
            twos += 1;
        }
        while rest % 5 == 0 {
            rest /= 5;
            fives += 1;
        }
        let dp = twos.max(fives);
        if rest != 1 {
            return None;
        }
        let scale = power_of_ten(dp)?;
        Some((self.num.checked_mul(scale / self.den)?, dp))
    }
}

impl Serialize for Ratio {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Ratio;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a ratio in quotes, like \"0.85\" or \"1/3\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Ratio, E> {
                Ratio::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}
