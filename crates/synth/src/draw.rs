//! Numbers that look random and are the same everywhere: SplitMix64.
//!
//! A stream is named by a seed and a number, so the stay number 7,000,000 can be made without the
//! ones before it. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
//! OOPSLA 2014, <https://doi.org/10.1145/2660193.2660195>.

/// The increment of SplitMix64: 2^64 divided by the golden ratio, odd.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// A stream of numbers.
#[derive(Clone, Debug)]
pub struct Draw {
    state: u64,
}

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Draw {
    /// The stream `number` of a seed.
    pub const fn new(seed: u64, number: u64) -> Self {
        Self { state: mix(mix(seed.wrapping_add(GOLDEN)) ^ number.wrapping_mul(GOLDEN)) }
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        mix(self.state)
    }

    /// A number from 0 to `count` - 1; 0 when `count` is 0. The bias is below `count` / 2^64.
    pub const fn below(&mut self, count: u64) -> u64 {
        ((self.next() as u128 * count as u128) >> 64) as u64
    }

    /// An index of a list of this length; 0 when it is empty.
    pub const fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// A whole number from `low` to `high`, both included; `low` when they are in the wrong order.
    pub const fn between(&mut self, low: i32, high: i32) -> i32 {
        if high <= low {
            return low;
        }
        let width = (high as i64 - low as i64 + 1) as u64;
        (low as i64 + self.below(width) as i64) as i32
    }

    /// Whether a thing that happens `per_mille` times in a thousand happens now.
    pub const fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// An index of `shares`, as often as its share of the sum; 0 when the sum is 0.
    pub fn by_share(&mut self, shares: &[u64]) -> usize {
        let total: u64 = shares.iter().sum();
        let mut left = self.below(total);
        for (index, &share) in shares.iter().enumerate() {
            if left < share {
                return index;
            }
            left -= share;
        }
        0
    }

    /// An index of a list of running sums (as [`running_sums`] makes them).
    pub fn by_running_sum(&mut self, sums: &[u64]) -> usize {
        let total = sums.last().copied().unwrap_or(0);
        let at = self.below(total);
        sums.partition_point(|&sum| sum <= at).min(sums.len().saturating_sub(1))
    }

    /// Brings a list into a drawn order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.index(last + 1);
            list.swap(last, other);
        }
    }
}

/// The running sums of shares, for [`Draw::by_running_sum`].
pub fn running_sums(shares: impl IntoIterator<Item = u64>) -> Vec<u64> {
    let mut total = 0_u64;
    shares
        .into_iter()
        .map(|share| {
            total = total.saturating_add(share);
            total
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_of_a_stream_never_change() {
        let mut draw = Draw { state: 1_234_567 };
        let first: Vec<u64> = (0..3).map(|_| draw.next()).collect();
        // The published test vector of SplitMix64 with seed 1234567.
        assert_eq!(first, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn two_streams_of_one_seed_differ() {
        assert_ne!(Draw::new(7, 0).next(), Draw::new(7, 1).next());
        assert_ne!(Draw::new(7, 0).next(), Draw::new(8, 0).next());
    }

    #[test]
    fn a_range_is_met_at_both_ends_and_never_left() {
        let mut draw = Draw::new(1, 1);
        let seen: Vec<i32> = (0..500).map(|_| draw.between(-1, 2)).collect();
        for value in -1..=2 {
            assert!(seen.contains(&value), "{value}");
        }
        assert!(seen.iter().all(|value| (-1..=2).contains(value)));
        assert_eq!(draw.between(5, 4), 5);
        assert_eq!(draw.below(0), 0);
    }

    #[test]
    fn shares_are_kept_broadly() {
        let mut draw = Draw::new(3, 3);
        let sums = running_sums([1, 0, 3]);
        let mut counts = [0; 3];
        for _ in 0..4000 {
            counts[draw.by_running_sum(&sums)] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((900..1100).contains(&counts[0]), "{counts:?}");
    }

    #[test]
    fn a_shuffle_loses_nothing() {
        let mut list: Vec<u32> = (0..50).collect();
        Draw::new(9, 9).shuffle(&mut list);
        assert_ne!(list, (0..50).collect::<Vec<_>>());
        list.sort_unstable();
        assert_eq!(list, (0..50).collect::<Vec<_>>());
    }
}
