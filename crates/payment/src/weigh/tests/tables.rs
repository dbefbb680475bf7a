//! Published tables.

use yibao_kernel::Decimal;
use yibao_kernel::explain::Lang;
use yibao_kernel::statistics::IqrZero;

use super::super::plan::Previous;
use super::*;

#[test]
fn a_weight_is_the_groups_mean_over_the_mean_of_all() {
    let region = Region::read(
        "2024 B12 18000 17000 19000
         2024 A11 6000 5000 7000
         2023 A11 999999
         2024 -   500",
    );
    let table = region.publish(&plan()).unwrap();
    same_table(
        &print(&table),
        "A11 0.5000 3/3/0/0 6000.00 6000.00 0.1667 own
         B12 1.5000 3/3/0/0 18000.00 18000.00 0.0556 own",
    );
    let totals = &table.totals;
    assert_eq!((totals.cases, totals.outside_years, totals.without_group), (6, 1, 1));
    assert_eq!((totals.weight_before.to_string(), totals.drift.to_string()), ("6.0000".into(), "0.00000000".into()));
    assert_eq!(table.reference.amount, yuan("12000"));
}

#[test]
fn trimmed_costs_leave_the_mean_and_are_counted() {
    let region = Region::read(
        "2024 A11 8000 9000 10000 11000 12000 60000
         2024 B12 20000 20000 20000 20000 20000 20000 1",
    );
    let trim = Trim::Iqr { k: ratio("1.5"), when_zero: IqrZero::KeepEqual };
    let table = region.publish(&WeighPlan { trim, ..plan() }).unwrap();
    same_table(
        &print(&table),
        "A11 0.6471 6/5/0/1 10000.00 10000.00 0.1581 own
         B12 1.2941 7/6/1/0 20000.00 20000.00 0.0000 own",
    );
    let explained = table.book.render_text(&table.rows[0].explanation, Lang::Zh).unwrap();
    assert!(explained.contains("四分位距法剔除，k = 1.5（为零时只保留相等费用）"), "{explained}");
    assert!(explained.contains("共 6 例：保留 5 例，剔除低值 0 例、高值 1 例"), "{explained}");
    assert!(explained.contains("0.6471"), "{explained}");
}

#[test]
fn years_weigh_three_to_seven_and_an_empty_year_drops_out() {
    let region = Region::read(
        "2008 A11 1000 1000
         2009 A11 2000 2000 2000 2000 2000 2000
         2009 B12 1000 1000",
    );
    let years = vec![
        DataYear { year: 2008, weight: ratio("3") },
        DataYear { year: 2009, weight: ratio("7") },
        DataYear { year: 2007, weight: Ratio::ZERO },
    ];
    let of_means = WeighPlan { years: years.clone(), ..plan() };
    // A11: (3·1000 + 7·2000)/10 = 1700; all: (3·1000 + 7·1750)/10 = 1525.
    same_table(
        &print(&region.publish(&of_means).unwrap()),
        "A11 1.1148 8/8/0/0 1700.00 2000.00 0.2645 own
         B12 0.6557 2/2/0/0 1000.00 1000.00 0.0000 own",
    );
    // A11: (3·2000 + 7·12000)/(3·2 + 7·6) = 1875; all: (3·2000 + 7·14000)/(3·2 + 7·8) = 1677.42.
    let of_totals = WeighPlan { years, weighting_of: WeightingOf::Totals, ..plan() };
    same_table(
        &print(&region.publish(&of_totals).unwrap()),
        "A11 1.1178 8/8/0/0 1875.00 2000.00 0.2645 own
         B12 0.5962 2/2/0/0 1000.00 1000.00 0.0000 own",
    );
}

#[test]
fn an_unstable_group_takes_its_parents_weight_if_the_parent_is_stable() {
    let region = Region::read(
        "2024 FR11 1000 1100 900 1000 1000
         2024 FR13 1400
         2024 GB21 3000
         2024 GB25 40000
         2024 ZZ11 500 600",
    );
    let stable = Stable { min_cases: 5, ..plan().stable };
    let unstable = vec![Fallback::Parent, Fallback::Median];
    let parent = ["FR11", "FR13"].map(|group| (group.to_owned(), "FR1".to_owned()));
    let parents = WeighPlan { parent: Some(parent.into()), stable, unstable, ..plan() };
    let by_table = region.publish(&parents).unwrap();
    // FR1: six cases, mean 1066.67. Mean of all: 50500/10 = 5050.
    same_table(
        &print(&by_table),
        "FR11 0.1980 5/5/0/0 1000.00 1000.00 0.0707 own
         FR13 0.2112 1/1/0/0 1400.00 1400.00 - parent | n 1 < 5; parent FR1
         GB21 0.5941 1/1/0/0 3000.00 3000.00 - median | n 1 < 5
         GB25 7.9208 1/1/0/0 40000.00 40000.00 - median | n 1 < 5
         ZZ11 0.1089 2/2/0/0 550.00 550.00 0.1286 median | n 2 < 5",
    );
    let unstable = vec![Fallback::Parent, Fallback::CostPoints];
    let by_code = region.publish(&WeighPlan { parent: None, unstable, ..parents }).unwrap();
    same_table(
        &print(&by_code),
        "FR11 0.1980 5/5/0/0 1000.00 1000.00 0.0707 own
         FR13 0.2112 1/1/0/0 1400.00 1400.00 - parent | n 1 < 5; parent FR1
         GB21 - 1/1/0/0 3000.00 3000.00 - cost_points | n 1 < 5
         GB25 - 1/1/0/0 40000.00 40000.00 - cost_points | n 1 < 5
         ZZ11 - 2/2/0/0 550.00 550.00 0.1286 cost_points | n 2 < 5",
    );
    let explained = by_code.book.render_text(&by_code.rows[2].explanation, Lang::En).unwrap();
    assert!(explained.contains("the parent GB2 (2 cases) is not stable either"), "{explained}");
    assert!(explained.contains("no weight is published: stays get points from their own cost"), "{explained}");
}

#[test]
fn costs_too_far_apart_are_not_stable() {
    let region = Region::read("2024 A11 100 100 100 100 9000\n2024 B12 1000 1000");
    let own = region.publish(&WeighPlan { unstable: vec![Fallback::Own], ..plan() }).unwrap();
    assert_eq!(own.rows[0].note, "CV 2.1171 >= 1");
    assert_eq!((own.rows[0].stable, own.rows[0].basis, own.totals.stable), (false, Basis::Own, 1));
    let review = region.publish(&plan()).unwrap();
    assert_eq!((review.rows[0].weight, review.rows[0].basis), (None, Basis::SpecialReview));
    assert_eq!((review.totals.groups, review.totals.weighted), (2, 1));
}

#[test]
fn weights_against_a_benchmark_or_a_quota_and_with_a_scale() {
    let region = Region::read("2024 APP 8000 8000\n2024 HIP 15000 15000");
    let weights = |reference, scale| {
        let table = region.publish(&WeighPlan { reference, scale: ratio(scale), ..plan() }).unwrap();
        table.rows.iter().map(|row| row.weight.unwrap().to_string()).collect::<Vec<_>>()
    };
    let benchmark = Reference::Benchmark { group: "APP".to_owned() };
    assert_eq!(weights(benchmark, "1000"), ["1000.0000", "1875.0000"]);
    assert_eq!(weights(Reference::Quota { amount: yuan("10000") }, "1"), ["0.8000", "1.5000"]);
    assert_eq!(weights(Reference::Mean {}, "100"), ["69.5652", "130.4348"]);
}

#[test]
fn fee_classes_weigh_the_same_whatever_they_cost() {
    // Class means: A 10, 20, 30; B 30, 20, 30; all 20, 20, 30.
    let region = Region::read("2024 A11 60=10+20+30 60=10+20+30\n2024 B12 80=30+20+30 80=30+20+30");
    let table = region.publish(&WeighPlan { five_class: Some(three_classes("1/3")), ..plan() }).unwrap();
    same_table(
        &print(&table),
        "A11 0.8333 2/2/0/0 60.00 60.00 0.0000 own
         B12 1.1667 2/2/0/0 80.00 80.00 0.0000 own",
    );
    assert_eq!(table.reference.classes[2], ("medtech".to_owned(), yuan("30")));
}

#[test]
fn fee_classes_of_trimmed_cases_leave_with_them() {
    let region = Region::read(
        "2024 A11 60=10+20+30 60=10+20+30 60=10+20+30 900=850+20+30
         2024 B12 80=30+20+30 80=30+20+30",
    );
    let trim = Trim::MedianMultiple { low: ratio("0.5"), high: ratio("2") };
    let table = region.publish(&WeighPlan { trim, five_class: Some(three_classes("1/3")), ..plan() }).unwrap();
    // Drug means: A 10, B 30, all (3·10 + 2·30)/5 = 18.
    let weights: Vec<_> = table.rows.iter().map(|row| row.weight.unwrap().to_string()).collect();
    assert_eq!(weights, ["0.8519", "1.2222"]);
}

#[test]
fn experts_adjust_and_the_total_weight_stays() {
    let mut lines = String::new();
    for _ in 0..100 {
        lines.push_str("2024 A11 5000\n");
    }
    for _ in 0..50 {
        lines.push_str("2024 B12 20000\n");
    }
    let region = Region::read(&lines);
    let adjusted = WeighPlan { adjust: adjust(&[("A11", "0.90"), ("B12", "1.10")]), ..plan() };
    let table = region.publish(&adjusted).unwrap();
    let weights: Vec<_> = table.rows.iter().map(|row| row.weight.unwrap().to_string()).collect();
    assert_eq!(weights, ["0.4355", "2.1290"]);
    assert_eq!(table.totals.lambda.unwrap().to_string(), "0.967741935");
    assert_eq!(table.totals.weight_after.to_string(), "150.0000");
    assert_eq!(table.totals.drift.to_string(), "0.00000000");
}

#[test]
fn a_frozen_group_stays_out_of_both_sums() {
    let region = Region::read("2024 A11 1000 1000\n2024 B12 2000 2000\n2024 C13 3000 3000");
    let frozen: BTreeSet<String> = ["C13".to_owned()].into();
    let table = region.publish(&WeighPlan { adjust: adjust(&[("A11", "2")]), frozen, ..plan() }).unwrap();
    // λ = (2·0.5 + 2·1)/(2·1 + 2·1) = 0.75.
    let weights: Vec<_> = table.rows.iter().map(|row| row.weight.unwrap().to_string()).collect();
    assert_eq!(weights, ["0.7500", "0.7500", "1.5000"]);
    assert!(table.rows[2].frozen);
    let explained = |row: usize| table.book.render_text(&table.rows[row].explanation, Lang::En).unwrap();
    assert!(explained(0).contains("experts' factor 2, λ = 0.750000000"), "{}", explained(0));
    assert!(explained(1).contains("not adjusted, λ = 0.750000000"), "{}", explained(1));
    assert!(explained(2).contains("frozen: neither adjusted nor moved"), "{}", explained(2));
}

#[test]
fn the_drift_of_rounding_is_stated() {
    let region = Region::read("2024 A11 1 1 1\n2024 B12 2 2 2 2");
    // Mean 11/7; weights 7/11 = 0.636363… and 14/11 = 1.272727…
    let table = region.publish(&plan()).unwrap();
    assert_eq!(table.totals.weight_before.to_string(), "7.0000");
    assert_eq!(table.totals.weight_after.to_string(), "7.0000");
    let table = region.publish(&WeighPlan { rounding: Rounding { dp: 1, mode: Mode::HalfUp }, ..plan() }).unwrap();
    assert_eq!(table.totals.weight_after.to_string(), "7.0");
    let rounding = Rounding { dp: 1, mode: Mode::Down };
    let table = region.publish(&WeighPlan { rounding, ..plan() }).unwrap();
    assert_eq!(
        (table.totals.weight_after.to_string(), table.totals.drift.to_string()),
        ("6.6".into(), "-0.40000".into())
    );
}

#[test]
fn what_changed_against_the_last_version() {
    let region = Region::read("2024 A11 1000 1000\n2024 B12 2000 2000\n2024 C13 3000 3000\n2024 D14 2000 2000");
    let weights = [("A11", "1.0000"), ("B12", "1.0000"), ("C13", "1.4000"), ("X99", "3.0000")];
    let weights = weights.map(|(group, weight)| (group.to_owned(), Decimal::parse_as_written(weight).unwrap()));
    let previous = Some(Previous { name: "weights-2024".to_owned(), weights: weights.into() });
    let changes = region.publish(&WeighPlan { previous, ..plan() }).unwrap().changes.unwrap();
    let changed: Vec<String> = changes
        .changed
        .iter()
        .map(|change| format!("{} {} -> {} ({})", change.group, change.before, change.after, change.share.unwrap()))
        .collect();
    assert_eq!(changed, ["A11 1.0000 -> 0.5000 (-0.5000)", "C13 1.4000 -> 1.5000 (0.0714)"]);
    assert_eq!((changes.added.len(), changes.gone.len(), changes.same), (1, 1, 1));
    assert_eq!((changes.added[0].0.as_str(), changes.gone[0].0.as_str()), ("D14", "X99"));
}
