//! Indicators over slices made by hand.

use yibao_kernel::{Decimal, Ratio};

use super::spec::{LowRiskGroups, Part, PlanTargets, ReadmissionRate, Target, target_share};
use super::*;
use crate::pack::indicators::{IndexForm, Place, Same};
use crate::settled::Bilingual;

fn title(text: &str) -> Bilingual {
    Bilingual { zh: text.to_owned(), en: text.to_owned() }
}

fn value(spec: &Spec, slice: &Slice, id: &str) -> Option<String> {
    let view = View { slice, region: slice, spec, whole: true };
    let indicator = catalogue(spec).into_iter().find(|one| one.definition.id == id).unwrap();
    indicator.measure(&view).unwrap().map(|found| found.value.to_string())
}

fn stays(sums: Sums) -> Slice {
    let mut slice = Slice::default();
    slice.add(Kind::Stays, Some(0), &sums);
    slice
}

#[test]
fn heads_are_months_over_twelve_or_what_the_pack_states() {
    let mut slice = stays(Sums { cases: 30, ..Sums::default() });
    slice.add(Kind::Visits, None, &Sums { cases: 900, ..Sums::default() });
    // 200 for the whole year and 100 who joined in July: 250 heads.
    slice.add(Kind::Heads, None, &Sums { cases: 300, days: 200 * 12 + 100 * 6, ..Sums::default() });
    let counted = Spec::default();
    assert_eq!(value(&counted, &slice, "hospitalisation_rate").unwrap(), "0.1200");
    assert_eq!(value(&counted, &slice, "outpatient_rate").unwrap(), "3.6000");
    let stated = Spec { insured: Some(300), ..Spec::default() };
    assert_eq!(value(&stated, &slice, "outpatient_rate").unwrap(), "3.0000");
    let nobody = stays(Sums { cases: 30, ..Sums::default() });
    assert_eq!(value(&counted, &nobody, "hospitalisation_rate"), None, "a rate over nobody is no rate");
}

#[test]
fn a_share_is_over_the_stays_that_state_the_part() {
    let part = |id: &str| Part { id: id.to_owned(), title: title(id), field: format!("{id}_fee") };
    let spec =
        Spec { structure: vec![part("drugs"), part("tcm")], out_of_list: Some("out".to_owned()), ..Spec::default() };
    let given = |amount: i128, cost: i128| Given { amount, cost, cases: 10 };
    let slice = stays(Sums {
        cases: 20,
        cost: 200_000,
        out_of_list: given(5_000, 200_000),
        // Half of the stays say nothing of drugs; none of traditional medicine.
        parts: vec![given(30_000, 100_000), Given::default()],
        ..Sums::default()
    });
    assert_eq!(value(&spec, &slice, "structure.drugs").unwrap(), "0.3000");
    assert_eq!(value(&spec, &slice, "structure.tcm"), None);
    assert_eq!(value(&spec, &slice, "out_of_list").unwrap(), "0.0250");
}

#[test]
fn rates_of_events_keep_their_events() {
    let rate = ReadmissionRate {
        id: "any-31".to_owned(),
        title: title("31"),
        window_days: 31,
        inclusive: true,
        same: Same::Any,
        institution: Place::Any,
    };
    let spec = Spec {
        low_risk: Some(LowRiskGroups { groups: vec!["G1".to_owned()], died: vec!["5".to_owned()] }),
        readmission: vec![rate],
        ..Spec::default()
    };
    let mut slice = stays(Sums { cases: 400, deaths: 7, low_risk: 250, low_risk_deaths: 1, ..Sums::default() });
    slice.persons = Some(Persons { stays: 400, patients: 350, readmitted: vec![33], ..Persons::default() });
    assert_eq!(value(&spec, &slice, "low_risk_mortality").unwrap(), "0.0040");
    assert_eq!(value(&spec, &slice, "mortality").unwrap(), "0.0175");
    assert_eq!(value(&spec, &slice, "readmission.any-31").unwrap(), "0.0825");
    assert_eq!(value(&spec, &slice, "visits_per_head").unwrap(), "1.1429");
    let view = View { slice: &slice, region: &slice, spec: &spec, whole: true };
    let low = catalogue(&spec).into_iter().find(|one| one.definition.id == "low_risk_mortality").unwrap();
    assert_eq!(low.measure(&view).unwrap().unwrap().events, Some(1));
}

#[test]
fn the_chosen_form_of_the_index_is_ranked_and_both_are_computed() {
    for (form, ranked) in
        [(IndexForm::MeanOfRatios, "cost_index"), (IndexForm::TotalOverExpected, "cost_index_expected")]
    {
        let all = catalogue(&Spec { index: form, ..Spec::default() });
        let of = |id: &str| all.iter().find(|one| one.definition.id == id).unwrap().definition.ranked;
        assert!(of(ranked) && (of("cost_index") != of("cost_index_expected")));
    }
}

#[test]
fn a_target_is_compared_before_it_is_rounded() {
    let yuan = |fen: i64| Decimal::new(fen, 2);
    let share = Ratio::parse("0.5").unwrap();
    // 0.49999…: printed as 0.5000, and not reached.
    let found = coverage(yuan(499_999_999), yuan(1_000_000_000), share, 1).unwrap().unwrap();
    assert_eq!((found.value.to_string(), found.target.unwrap().1), ("0.5000".to_owned(), false));
    let found = coverage(yuan(500_000_000), yuan(1_000_000_000), share, 1).unwrap().unwrap();
    assert!(found.target.unwrap().1);
}

#[test]
fn shares_added_so_far_are_the_target_of_a_programme_year() {
    let list = ["0.40", "0.30", "0.30"].map(|text| Ratio::parse(text).unwrap());
    for (year, target) in [(1, "0.4"), (2, "0.7"), (3, "1")] {
        assert_eq!(target_share(year, Some(&list), None).unwrap(), Ratio::parse(target).unwrap());
    }
    for year in [0, 4] {
        assert_eq!(
            target_share(year, Some(&list), None).unwrap_err().0,
            format!("no target for programme year {year}")
        );
        assert_eq!(
            target_share(year, None, Some(&list)).unwrap_err().0,
            format!("no target for programme year {year}")
        );
    }
}

#[test]
fn the_plan_is_a_matter_of_the_whole_region() {
    let target = |covered, all| Some(Target { covered, all, share: "0.7".to_owned() });
    let plan = PlanTargets {
        programme_year: 2,
        methods: vec!["drg".to_owned()],
        regions: target(Some(9), Some(14)),
        institutions: target(None, Some(20)),
        diseases: None,
        fund: None,
        grouping_rate: Some("0.90".to_owned()),
    };
    let spec = Spec { plan: Some(plan), ..Spec::default() };
    let mut slice = stays(Sums { cases: 100, countable: 100, countable_grouped: 90, ..Sums::default() });
    slice.institutions_by_disease = 15;
    assert_eq!(value(&spec, &slice, "plan.regions").unwrap(), "0.6429");
    assert_eq!(value(&spec, &slice, "plan.institutions").unwrap(), "0.7500");
    assert_eq!(value(&spec, &slice, "plan.grouping_rate").unwrap(), "0.9000");
    let part = View { slice: &slice, region: &slice, spec: &spec, whole: false };
    let regions = catalogue(&spec).into_iter().find(|one| one.definition.id == "plan.regions").unwrap();
    assert_eq!(regions.measure(&part).unwrap(), None);
}

#[test]
fn the_sum_of_a_hundred_fractions_is_exact() {
    // Region means with denominators that have nothing in common: 1/p summed over the first hundred odd numbers from 3.
    let (mut own, mut region) = (Slice::default(), Slice::default());
    for group in 0_u32..100 {
        let cost = i128::from(2 * group + 3);
        own.add(Kind::Stays, Some(group), &Sums { cases: 1, grouped: 1, cost: 1, ..Sums::default() });
        region.add(Kind::Stays, Some(group), &Sums { cases: 1, grouped: 1, cost, ..Sums::default() });
    }
    let spec = Spec::default();
    let view = View { slice: &own, region: &region, spec: &spec, whole: false };
    let index = catalogue(&spec).into_iter().find(|one| one.definition.id == "cost_index").unwrap();
    let found = index.measure(&view).unwrap().unwrap();
    // 1/3 + 1/5 + … + 1/201 = 2.289317…
    assert_eq!(found.numerator.to_string(), "2.289317");
    assert_eq!((found.value.to_string(), found.sample), ("0.0229".to_owned(), 100));
}
