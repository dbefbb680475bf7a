//! What holds for every region.

use proptest::prelude::*;
use yibao_kernel::statistics::IqrZero;

use super::super::exact::Exact;
use super::*;

/// Up to 60 cases of up to 6 groups over two years.
fn regions() -> impl Strategy<Value = Vec<(u8, bool, i64)>> {
    prop::collection::vec((0_u8..6, any::<bool>(), 1_i64..5_000_000), 2..60)
}

fn region(cases: &[(u8, bool, i64)]) -> Region {
    let mut region = Region::read("");
    for (group, late, amount) in cases {
        let symbol = region.names.intern(&format!("G{group}1"));
        region.push(symbol, if *late { 2024 } else { 2023 }, Fen::new(*amount));
    }
    region
}

fn two_years(trim_scope: TrimScope, weighting_of: WeightingOf) -> WeighPlan {
    let year = |year, weight| DataYear { year, weight: ratio(weight) };
    WeighPlan {
        years: vec![year(2023, "3"), year(2024, "7")],
        trim: Trim::Iqr { k: ratio("1.5"), when_zero: IqrZero::Skip },
        trim_scope,
        weighting_of,
        unstable: vec![Fallback::Parent, Fallback::Median, Fallback::SpecialReview],
        ..plan()
    }
}

fn plans() -> [WeighPlan; 4] {
    [
        two_years(TrimScope::Group, WeightingOf::Means),
        two_years(TrimScope::Group, WeightingOf::Totals),
        two_years(TrimScope::GroupYear, WeightingOf::Means),
        two_years(TrimScope::GroupYear, WeightingOf::Totals),
    ]
}

fn has_both_years(cases: &[(u8, bool, i64)]) -> bool {
    cases.iter().any(|(_, late, _)| *late) && cases.iter().any(|(_, late, _)| !late)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_cases_and_the_threads_do_not_matter(cases in regions(), turn in 0_usize..60) {
        prop_assume!(has_both_years(&cases));
        let mut turned = cases.clone();
        turned.reverse();
        let turn = turn % turned.len();
        turned.rotate_left(turn);
        let (straight, turned) = (region(&cases), region(&turned));
        for plan in plans() {
            let one = publish(&plan, &straight.input(), threads(1)).unwrap();
            let many = publish(&plan, &turned.input(), threads(5)).unwrap();
            prop_assert_eq!(one.rows, many.rows);
            prop_assert_eq!(one.totals, many.totals);
            prop_assert_eq!(one.years, many.years);
        }
    }

    #[test]
    fn the_total_weight_stays_within_the_stated_drift(
        cases in regions(), factors in prop::collection::vec(1_i128..300, 6),
    ) {
        prop_assume!(has_both_years(&cases));
        let region = region(&cases);
        for plan in plans() {
            let plain = region.publish(&plan).unwrap();
            let weighted = plain.rows.iter().filter(|row| row.weight.is_some());
            let adjust = weighted.zip(&factors).map(|(row, factor)| (row.group.clone(), Ratio::new(*factor, 100).unwrap()));
            let table = region.publish(&WeighPlan { adjust: adjust.collect(), ..plan }).unwrap();
            let totals = &table.totals;
            prop_assert_eq!(totals.weight_before, plain.totals.weight_before);
            let published: i64 = table.rows.iter()
                .filter_map(|row| row.weight.map(|weight| weight.units() * i64::try_from(row.cases).unwrap())).sum();
            prop_assert_eq!(published, totals.weight_after.units());
            // after − before − drift is what showing `before` and `drift` with few places hides.
            let gap = Exact::from(totals.weight_after).minus(&Exact::from(totals.weight_before)).minus(&Exact::from(totals.drift));
            let shown = Exact::from(ratio("0.000051"));
            prop_assert!(gap <= shown && gap >= Exact::zero().minus(&shown));
            // Half a unit of the last place per case is the most that rounding can do.
            let most = Exact::from(ratio("0.00005")).times(&Exact::from_int(i128::from(totals.cases)));
            prop_assert!(Exact::from(totals.drift) <= most);
        }
    }

    #[test]
    fn weights_grow_with_the_scale(cases in regions()) {
        prop_assume!(has_both_years(&cases));
        let region = region(&cases);
        for plan in plans() {
            let fine = region.publish(&WeighPlan { rounding: Rounding { dp: 6, mode: Mode::HalfUp }, ..plan.clone() }).unwrap();
            let scaled = region.publish(&WeighPlan { scale: ratio("100"), ..plan }).unwrap();
            for (one, hundred) in fine.rows.iter().zip(&scaled.rows) {
                prop_assert_eq!(one.weight.map(|weight| weight.units()), hundred.weight.map(|weight| weight.units()));
                prop_assert_eq!((one.mean, one.basis), (hundred.mean, hundred.basis));
            }
        }
    }

    #[test]
    fn every_case_is_kept_or_trimmed(cases in regions()) {
        prop_assume!(has_both_years(&cases));
        let region = region(&cases);
        for plan in plans() {
            let table = region.publish(&plan).unwrap();
            for row in &table.rows {
                prop_assert_eq!(row.cases_kept + row.trimmed_low + row.trimmed_high, row.cases);
                prop_assert!(yibao_kernel::explain::read(&row.explanation).is_ok());
            }
            prop_assert_eq!(table.totals.cases, cases.len() as u64);
        }
    }
}
