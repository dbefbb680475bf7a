//! The first self-pay of a bill rounded once: every line gets its whole fen, and what is missing to the rounded sum goes,
//! one fen each, to the lines with the largest rest, ties to the first.

use std::cmp::Reverse;

use yibao_kernel::{Fen, Mode, Ratio, RatioError};

use super::outcome::LineSplit;

/// The lines of class B of a bill.
#[derive(Debug, Default)]
pub(super) struct Once {
    /// Line, what counts of it, ratio.
    lines: Vec<(usize, i64, Ratio)>,
    /// Line, whole fen, rest over the common denominator.
    small: Vec<(usize, i64, i64)>,
}

impl Once {
    pub(super) fn clear(&mut self) {
        self.lines.clear();
    }

    /// A line of which `base` fen count.
    pub(super) fn add(&mut self, line: usize, base: i64, ratio: Ratio) {
        self.lines.push((line, base, ratio));
    }

    /// Rounds.
    ///
    /// # Errors
    /// [`RatioError::Overflow`].
    pub(super) fn round(&mut self, out: &mut [LineSplit], mode: Mode) -> Result<(), RatioError> {
        match self.in_small() {
            Some(common) => {
                let odd = odd(&self.small);
                let rests: i128 = self.small.iter().map(|(.., rest)| i128::from(*rest)).sum();
                let common = i128::from(common);
                let missing = Ratio::new(rests + i128::from(odd) * common, common)?.to_fen(mode)?.get() - odd;
                give(&mut self.small, missing, out);
                Ok(())
            }
            None => self.round_wide(out, mode),
        }
    }

    /// Whole fen and rests over one denominator that fits 64 bits, which ratios in percent always have.
    fn in_small(&mut self) -> Option<i64> {
        let mut common = 1_i64;
        for (.., ratio) in &self.lines {
            let den = i64::try_from(ratio.den()).ok()?;
            if common % den != 0 {
                common = common.checked_mul(den).filter(|common| *common < 1 << 40)?;
            }
        }
        self.small.clear();
        for (line, base, ratio) in &self.lines {
            let num = i64::try_from(ratio.num()).ok()?.checked_mul(common / i64::try_from(ratio.den()).ok()?)?;
            let scaled = base.checked_mul(num)?;
            self.small.push((*line, scaled / common, scaled % common));
        }
        Some(common)
    }

    /// The same with denominators of any size.
    fn round_wide(&self, out: &mut [LineSplit], mode: Mode) -> Result<(), RatioError> {
        let mut wide = Vec::with_capacity(self.lines.len());
        for (line, base, ratio) in &self.lines {
            let exact = Ratio::from_int(*base).checked_mul(*ratio)?;
            let whole = exact.to_fen(Mode::Floor)?.get();
            wide.push((*line, whole, exact.checked_sub(Ratio::from_int(whole))?));
        }
        let missing = rounded(&wide, mode)?;
        give(&mut wide, missing, out);
        Ok(())
    }
}

/// Whether the whole fen come to an odd number, 1 or 0: a tie to the even looks at it.
fn odd<R>(lines: &[(usize, i64, R)]) -> i64 {
    lines.iter().fold(0, |odd, (_, whole, _)| odd ^ (whole & 1))
}

/// What the rounded sum is above the whole fen. Where it has no common denominator that fits, bounds decide it, and only a sum closer
/// to the seam than 2⁻⁵⁶ of a fen for every line is refused.
fn rounded(wide: &[(usize, i64, Ratio)], mode: Mode) -> Result<i64, RatioError> {
    const SCALE: i128 = 1 << 56;
    let odd = odd(wide);
    let sum = wide.iter().try_fold(Ratio::from_int(odd), |sum, (.., rest)| sum.checked_add(*rest));
    let overflow = match sum {
        Ok(sum) => return Ok(sum.to_fen(mode)?.get() - odd),
        Err(overflow) => overflow,
    };
    let (mut low, mut high) = (i128::from(odd) * SCALE, i128::from(odd) * SCALE);
    for (.., rest) in wide {
        let scaled = rest.num().checked_mul(SCALE).map(|num| num / rest.den()).ok_or(overflow)?;
        (low, high) = (low + scaled, high + scaled + 1);
    }
    let (low, high) = (Ratio::new(low, SCALE)?.to_fen(mode)?, Ratio::new(high, SCALE)?.to_fen(mode)?);
    if low == high { Ok(low.get() - odd) } else { Err(overflow) }
}

/// Gives every line its whole fen, and the missing ones to the largest rests.
fn give<R: Ord + Copy>(lines: &mut [(usize, i64, R)], mut missing: i64, out: &mut [LineSplit]) {
    if missing > 0 {
        lines.sort_unstable_by_key(|(line, _, rest)| (Reverse(*rest), *line));
    }
    for (line, whole, _) in lines {
        let Some(split) = out.get_mut(*line) else { continue };
        let more = i64::from(missing > 0);
        missing -= more;
        let first = *whole + more;
        let counted = split.parts.first_self.get() + split.parts.in_scope.get();
        assert!(first >= 0 && first <= counted, "no line bears more than what counts of it");
        split.parts.first_self = Fen::new(first);
        split.parts.in_scope = Fen::new(counted - first);
    }
    assert!(missing == 0, "the fen of the sum are given to the lines");
}
