//! Logarithmic cost bins: ten to a decade, from 10 yuan to 100 million yuan. Limits are whole fen, so that a case falls
//! into the same bin everywhere.

/// The decade 1 … 10 in ten equal ratios, rounded to a hundredth: 100 × 10^(k/10).
const DECADE: [i64; 10] = [100, 126, 158, 200, 251, 316, 398, 501, 631, 794];
const DECADES: usize = 7;

/// How many bins: those between the limits, one below, one above.
pub const BINS: usize = DECADES * 10 + 2;

/// Lower limits of the bins, fen, and the end of the last.
pub const LIMITS: [i64; BINS + 1] = limits();

const fn limits() -> [i64; BINS + 1] {
    let mut limits = [0; BINS + 1];
    let mut at = 0;
    let mut power = 10;
    while at < DECADES * 10 {
        limits[at + 1] = DECADE[at % 10] * power;
        if at % 10 == 9 {
            power *= 10;
        }
        at += 1;
    }
    limits[BINS - 1] = 100 * power;
    limits[BINS] = 126 * power;
    limits
}

/// The bin of a cost in fen.
pub(super) fn bin_of(cost: i64) -> usize {
    LIMITS.get(1..BINS).map_or(0, |inner| inner.partition_point(|&limit| limit <= cost))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_rise_and_every_cost_has_one_bin() {
        assert!(LIMITS.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(LIMITS[1], 1_000, "10 yuan");
        assert_eq!(LIMITS[BINS - 1], 10_000_000_000, "100 million yuan");
        assert_eq!(bin_of(-5), 0);
        assert_eq!(bin_of(999), 0);
        assert_eq!(bin_of(1_000), 1);
        assert_eq!(bin_of(i64::MAX), BINS - 1);
    }
}
