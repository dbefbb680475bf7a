//! What a group's amounts say: counts, quantiles, what trimming kept, moments of the kept (spec §1.2).

use yibao_kernel::Ratio;
use yibao_kernel::statistics::{Moments, Trim, TrimError, quantile_r7, trim};

use super::plan::TrimScope;

/// The quantiles shown of a group's amounts, in thousandths: 2.5, 25, 50, 75, 97.5 %.
pub const QUANTILES: [i128; 5] = [25, 250, 500, 750, 975];

/// A group (or a parent) over the data years.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Cases before trimming.
    pub cases: u64,
    /// Cases trimmed because they cost too little.
    pub trimmed_low: u64,
    /// Cases trimmed because they cost too much.
    pub trimmed_high: u64,
    /// Count, sum and squares of the kept amounts, fen.
    pub kept: Moments,
    /// Each data year.
    pub years: Vec<YearSample>,
    /// Quantiles of all amounts before trimming, fen, at [`QUANTILES`].
    pub quantiles: Option<[Ratio; 5]>,
    /// Median of the kept amounts over all data years, fen.
    pub median: Option<Ratio>,
    /// The lowest and the highest kept amount, fen.
    pub kept_range: Option<(i64, i64)>,
}

/// One data year of a group.
#[derive(Clone, Debug, Default)]
pub struct YearSample {
    /// Cases before trimming.
    pub cases: u64,
    /// Moments of the kept amounts.
    pub kept: Moments,
    /// The lowest and the highest kept amount: what lies between them, both included, was kept.
    pub kept_range: Option<(i64, i64)>,
    /// Sum of each fee class over the kept cases, fen.
    pub classes: Vec<i128>,
}

/// Describes a group whose amounts are given year by year, each ascending.
///
/// # Errors
/// [`TrimError`].
pub fn describe(years: &[&[i64]], rule: &Trim, scope: TrimScope) -> Result<Sample, TrimError> {
    let all = pooled(years);
    let mut sample = Sample { cases: all.len() as u64, quantiles: quantiles(&all), ..Sample::default() };
    // Over all years, a case is kept when its amount lies between the lowest and the highest amount kept.
    let common = match scope {
        TrimScope::Group => Some(trim(&all, rule)?.kept).map(|kept| bounds(all.get(kept).unwrap_or_default())),
        TrimScope::GroupYear => None,
    };
    let mut kept_amounts = Vec::with_capacity(all.len());
    for amounts in years {
        let kept = match common {
            None => trim(amounts, rule)?.kept,
            Some(None) => 0..0,
            Some(Some((low, high))) => {
                amounts.partition_point(|amount| *amount < low)..amounts.partition_point(|amount| *amount <= high)
            }
        };
        let (below, above) = match common {
            // Nothing at all was kept: every case counts as above.
            Some(None) => (0, amounts.len()),
            _ => (kept.start, amounts.len() - kept.end),
        };
        let values = amounts.get(kept).unwrap_or_default();
        let moments = Moments::of(values)?;
        sample.kept.merge(&moments)?;
        sample.trimmed_low += below as u64;
        sample.trimmed_high += above as u64;
        kept_amounts.extend_from_slice(values);
        sample.years.push(YearSample {
            cases: amounts.len() as u64,
            kept: moments,
            kept_range: bounds(values),
            classes: Vec::new(),
        });
    }
    kept_amounts.sort_unstable();
    sample.kept_range = bounds(&kept_amounts);
    sample.median = yibao_kernel::statistics::median(&kept_amounts);
    assert!(
        sample.kept.n() + sample.trimmed_low + sample.trimmed_high == sample.cases,
        "every case is kept or trimmed"
    );
    Ok(sample)
}

fn pooled(years: &[&[i64]]) -> Vec<i64> {
    let mut all = years.concat();
    all.sort_unstable();
    all
}

fn bounds(ascending: &[i64]) -> Option<(i64, i64)> {
    Some((*ascending.first()?, *ascending.last()?))
}

fn quantiles(ascending: &[i64]) -> Option<[Ratio; 5]> {
    let mut found = [Ratio::ZERO; 5];
    for (slot, thousandths) in found.iter_mut().zip(QUANTILES) {
        *slot = quantile_r7(ascending, Ratio::new(thousandths, 1000).ok()?)?;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use yibao_kernel::statistics::IqrZero;

    fn iqr(k: &str) -> Trim {
        Trim::Iqr { k: Ratio::parse(k).unwrap(), when_zero: IqrZero::Skip }
    }

    #[test]
    fn each_year_is_trimmed_by_its_own_fences_or_all_by_one() {
        let first = [8, 9, 10, 11, 12, 60];
        let second = [40, 45, 50, 55, 60];
        let years: [&[i64]; 2] = [&first, &second];
        let by_year = describe(&years, &iqr("1.5"), TrimScope::GroupYear).unwrap();
        assert_eq!((by_year.cases, by_year.kept.n(), by_year.trimmed_low, by_year.trimmed_high), (11, 10, 0, 1));
        assert_eq!(by_year.years[0].kept_range, Some((8, 12)));
        let together = describe(&years, &iqr("1.5"), TrimScope::Group).unwrap();
        assert_eq!((together.kept.n(), together.trimmed_high), (11, 0));
        assert_eq!(together.kept_range, Some((8, 60)));
    }

    #[test]
    fn a_rule_that_keeps_nothing_says_so() {
        let rule = Trim::MedianMultiple { low: Ratio::from_int(2), high: Ratio::from_int(3) };
        let amounts = [10, 10, 10];
        let sample = describe(&[&amounts], &rule, TrimScope::Group).unwrap();
        assert_eq!((sample.cases, sample.kept.n(), sample.trimmed_high), (3, 0, 3));
        assert_eq!((sample.median, sample.kept_range), (None, None));
    }

    proptest! {
        #[test]
        fn fences_wider_than_the_widest_cost_change_nothing_more(
            mut amounts in prop::collection::vec(1_i64..1_000_000, 4..40), more in 0_i64..1000,
        ) {
            amounts.sort_unstable();
            let years: [&[i64]; 1] = [&amounts];
            // With an interquartile range of at least 1 fen, a million ranges reach beyond every amount.
            let range = quantile_r7(&amounts, Ratio::parse("0.75").unwrap()).unwrap()
                .checked_sub(quantile_r7(&amounts, Ratio::parse("0.25").unwrap()).unwrap()).unwrap();
            prop_assume!(range >= Ratio::ONE);
            for k in [1_000_000, 1_000_000 + more] {
                let rule = Trim::Iqr { k: Ratio::from_int(k), when_zero: IqrZero::Skip };
                let sample = describe(&years, &rule, TrimScope::GroupYear).unwrap();
                prop_assert_eq!(sample.kept, Moments::of(&amounts).unwrap());
            }
        }
    }
}
