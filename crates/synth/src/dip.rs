//! Stays drawn from the published statistics of a DIP catalogue: each group as often as its share, with its mean cost,
//! its coefficient of variation and its length of stay. Whole numbers only; the same seed gives the same stays.
//!
//! A cost is mean × a × b: a is one of the hundred equal parts of a log-normal distribution, stretched to a coefficient
//! of variation of at most 0.6; b is drawn from two values and brings what is left of it. Both have the mean 1, so the
//! expected cost of a group is its published mean.
//!
//! A comprehensive group names no procedures: its stays get diagnoses of its three characters that no core group has,
//! with one procedure of its type each, so that no pair of them becomes frequent.

use std::collections::{BTreeMap, BTreeSet};

use yibao_kernel::Fen;

use crate::cost::SPREAD;
use crate::draw::{Draw, running_sums};
use crate::error::SynthError;

/// Millionths.
const MICRO: i128 = 1_000_000;
/// Largest coefficient of variation of the log-normal part, millionths.
const SPREAD_CV_MAX: i128 = 600_000;
/// Fourth characters that a diagnosis may have.
const FOURTH: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// A group with its statistics; means, variation and days in millionths.
#[derive(Clone, Debug)]
pub struct PublishedGroup {
    /// Diagnosis prefix: five characters for a core group (`K35.3`), three for a comprehensive one.
    pub dx: String,
    /// Procedures, the principal one first; empty for a comprehensive group.
    pub procedures: Vec<String>,
    /// Place of its type in the pools, for a comprehensive group; `None` for a core group.
    pub comprehensive: Option<usize>,
    /// Cases.
    pub cases: u64,
    /// Mean cost, millionths of a yuan.
    pub mean: i64,
    /// Coefficient of variation, millionths.
    pub cv: i64,
    /// Mean days, millionths.
    pub days: i64,
}

/// One stay.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DipStay {
    /// The group it was drawn from.
    pub group: usize,
    /// Principal diagnosis.
    pub dx: String,
    /// Procedures joined by `|`.
    pub procedures: String,
    /// Year of the discharge.
    pub year: i32,
    /// Cost.
    pub cost: Fen,
    /// Days.
    pub los_days: i32,
}

/// What stays are drawn from. Immutable, so threads can share it.
#[derive(Debug)]
pub struct DipRegion {
    groups: Vec<PublishedGroup>,
    /// Fourth characters free for each comprehensive group.
    free: Vec<Vec<u8>>,
    pools: Vec<Vec<String>>,
    sums: Vec<u64>,
    years: Vec<i32>,
    seed: u64,
    /// Sum of the spread, and its standard deviation times a hundred.
    spread_sum: i128,
    spread_sd: i128,
}

impl DipRegion {
    /// Takes the groups; `pools` are procedures by type, `years` the data years, each as likely as the others.
    ///
    /// # Errors
    /// No groups, no years, a comprehensive group of a type without procedures (an empty pool stands for none at all
    /// and is given as the last).
    pub fn new(
        groups: Vec<PublishedGroup>,
        pools: Vec<Vec<String>>,
        years: Vec<i32>,
        seed: u64,
    ) -> Result<Self, SynthError> {
        let refused =
            |what: &str, hint: &str| Err(SynthError::OutOfRange { what: what.to_owned(), hint: hint.to_owned() });
        if groups.iter().all(|group| group.cases == 0) || years.is_empty() {
            return refused(
                "no groups with cases, or no years",
                "give the statistics of a catalogue and its data years",
            );
        }
        if groups.iter().filter_map(|group| group.comprehensive).any(|pool| pool >= pools.len()) {
            return refused("a comprehensive group of an unknown type", "give one pool of procedures per type");
        }
        let mut used: BTreeMap<&str, BTreeSet<u8>> = BTreeMap::new();
        for group in groups.iter().filter(|group| group.comprehensive.is_none()) {
            if let (Some(three), Some(fourth)) = (group.dx.get(..3), group.dx.as_bytes().get(4)) {
                used.entry(three).or_default().insert(*fourth);
            }
        }
        let none = BTreeSet::new();
        let free = |group: &PublishedGroup| {
            let taken = used.get(group.dx.as_str()).unwrap_or(&none);
            FOURTH.iter().copied().filter(|fourth| !taken.contains(fourth)).collect::<Vec<u8>>()
        };
        let free = groups.iter().map(free).collect();
        let sums = running_sums(groups.iter().map(|group| group.cases));
        let spread_sum: i128 = SPREAD.iter().map(|part| i128::from(*part)).sum();
        // 100 Σ s² − (Σ s)² is the variance times 100².
        let squares: i128 = SPREAD.iter().map(|part| i128::from(*part) * i128::from(*part)).sum();
        let spread_sd = root(100 * squares - spread_sum * spread_sum);
        Ok(Self { groups, free, pools, sums, years, seed, spread_sum, spread_sd })
    }

    /// The groups.
    #[must_use]
    pub fn groups(&self) -> &[PublishedGroup] {
        &self.groups
    }

    /// The stay of this number, drawn from its own numbers.
    #[must_use]
    pub fn stay(&self, number: u64) -> DipStay {
        let mut draw = Draw::new(self.seed, number);
        let at = draw.by_running_sum(&self.sums);
        let year = self.years.get(draw.index(self.years.len())).copied().unwrap_or_default();
        let Some(group) = self.groups.get(at) else {
            return DipStay {
                group: at,
                dx: String::new(),
                procedures: String::new(),
                year,
                cost: Fen::ZERO,
                los_days: 1,
            };
        };
        let (dx, procedures) = match group.comprehensive {
            None => (format!("{}00", group.dx), group.procedures.join("|")),
            Some(pool) => self.comprehensive(at, group, pool, &mut draw),
        };
        let cost = self.cost(group, &mut draw);
        let days = i128::from(group.days) * self.stretched(450_000, &mut draw) / MICRO;
        let los_days = i32::try_from(((days + MICRO / 2) / MICRO).clamp(1, 365)).unwrap_or(1);
        DipStay { group: at, dx, procedures, year, cost, los_days }
    }

    fn comprehensive(&self, at: usize, group: &PublishedGroup, pool: usize, draw: &mut Draw) -> (String, String) {
        let free = self.free.get(at).map(Vec::as_slice).unwrap_or_default();
        let fourth = free.get(draw.index(free.len())).copied().unwrap_or(b'9');
        let pool = self.pools.get(pool).map(Vec::as_slice).unwrap_or_default();
        let procedure = pool.get(draw.index(pool.len())).cloned().unwrap_or_default();
        (format!("{}.{}00", group.dx, char::from(fourth)), procedure)
    }

    /// 1 + cv × z in millionths, z the standardised spread.
    fn stretched(&self, cv: i128, draw: &mut Draw) -> i128 {
        let part = SPREAD.get(draw.index(SPREAD.len())).copied().unwrap_or(1000);
        // Sums to zero over the hundred parts.
        let off = i128::from(part) * 100 - self.spread_sum;
        (MICRO + cv * off / self.spread_sd).max(0)
    }

    fn cost(&self, group: &PublishedGroup, draw: &mut Draw) -> Fen {
        let cv = i128::from(group.cv);
        let spread = cv.min(SPREAD_CV_MAX);
        // (1 + cv²) = (1 + spread²)(1 + rest²)
        let rest =
            root(((MICRO * MICRO + cv * cv) * MICRO * MICRO / (MICRO * MICRO + spread * spread)) - MICRO * MICRO);
        let stretched = self.stretched(spread, draw);
        // One in ten stays is dear: mean 1, coefficient of variation `rest` while that is below 3.
        let rest = rest.min(3 * MICRO);
        let jump = if draw.chance(100) { MICRO + 3 * rest } else { MICRO - rest / 3 };
        let scale = MICRO * MICRO * MICRO / 100;
        let fen = (i128::from(group.mean) * stretched * jump + scale / 2) / scale;
        Fen::new(i64::try_from(fen.max(1)).unwrap_or(i64::MAX))
    }
}

/// The whole part of a square root.
fn root(value: i128) -> i128 {
    if value <= 0 {
        return 0;
    }
    let mut low = 0_i128;
    let mut high = 1_i128 << (i128::BITS - value.leading_zeros()).div_ceil(2);
    while high - low > 1 {
        let middle = i128::midpoint(low, high);
        if middle.checked_mul(middle).is_some_and(|square| square <= value) { low = middle } else { high = middle }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(cv: i64) -> DipRegion {
        let core = PublishedGroup {
            dx: "K35.3".into(),
            procedures: vec!["47.0100".into(), "54.5101".into()],
            comprehensive: None,
            cases: 900,
            mean: 8_000_000_000,
            cv,
            days: 6_500_000,
        };
        let rest = PublishedGroup {
            dx: "K35".into(),
            procedures: Vec::new(),
            comprehensive: Some(0),
            cases: 100,
            ..core.clone()
        };
        let pools = vec![vec!["44.4200".into(), "45.7300".into()], Vec::new()];
        DipRegion::new(vec![core, rest], pools, vec![2022, 2023, 2024], 7).unwrap()
    }

    #[test]
    fn costs_have_the_mean_and_the_variation_of_the_group() {
        for cv in [300_000_i64, 900_000, 1_800_000] {
            let region = region(cv);
            let costs: Vec<i128> = (0..60_000).map(|number| i128::from(region.stay(number).cost.get())).collect();
            let n = costs.len() as i128;
            let sum: i128 = costs.iter().sum();
            let mean = sum / n;
            assert!((mean - 800_000).abs() < 800_000 / 50, "{cv}: {mean}");
            let squares: i128 = costs.iter().map(|cost| cost * cost).sum();
            let found = root(n * squares - sum * sum) * MICRO / sum;
            assert!((found - i128::from(cv)).abs() < i128::from(cv) / 20, "{cv}: {found}");
        }
    }

    #[test]
    fn a_comprehensive_stay_has_a_diagnosis_that_no_core_group_has() {
        let region = region(400_000);
        let mut seen = [0, 0];
        for number in 0..2000 {
            let stay = region.stay(number);
            seen[stay.group] += 1;
            match stay.group {
                0 => assert_eq!((stay.dx.as_str(), stay.procedures.as_str()), ("K35.300", "47.0100|54.5101")),
                _ => assert!(!stay.dx.starts_with("K35.3") && !stay.procedures.contains('|'), "{}", stay.dx),
            }
        }
        assert!((150..250).contains(&seen[1]), "{seen:?}");
    }

    #[test]
    fn the_same_seed_gives_the_same_stays() {
        assert_eq!(region(400_000).stay(12_345), region(400_000).stay(12_345));
        assert_ne!(region(400_000).stay(1).cost, region(400_000).stay(2).cost);
    }

    #[test]
    fn nothing_to_draw_from_is_refused() {
        let refused = DipRegion::new(Vec::new(), Vec::new(), vec![2024], 1).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "no groups with cases, or no years\n  hint: give the statistics of a catalogue and its data years"
        );
    }

    #[test]
    fn a_root_is_the_whole_part() {
        assert_eq!([root(0), root(1), root(15), root(16), root(17)], [0, 1, 3, 4, 4]);
        assert_eq!(root(10_i128.pow(30)), 10_i128.pow(15));
    }
}
