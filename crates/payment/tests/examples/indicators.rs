//! Section 5: indicators, by the same queries that read a settled folder.

use serde_json::Value;
use yibao_kernel::{Decimal, Mode, Ratio};
use yibao_payment::indicator::{Kind, Measure, Persons, Slice, Spec, Sums, View, catalogue, coverage};

use crate::reading::{Answers, Example, fen_of, ratio_of};

pub fn answer(example: &Example) -> Option<Answers> {
    let groups_have = |keys: &[&str]| {
        let list = example.inputs.get("groups").and_then(Value::as_array);
        list.is_some_and(|list| {
            !list.is_empty() && list.iter().all(|one| keys.iter().all(|key| one.get(key).is_some()))
        })
    };
    if example.is("kpi") && groups_have(&["rw", "n"]) {
        return Some(case_mix(example));
    }
    if example.is("kpi") && groups_have(&["n", "hospital", "region"]) {
        return Some(index(example));
    }
    if example.has(&["visits", "heads"]) {
        let count = |key| u64::try_from(example.int(key)).unwrap();
        let persons = Persons { stays: count("visits"), patients: count("heads"), ..Persons::default() };
        let slice = Slice { persons: Some(persons), ..Slice::default() };
        return Some(Answers::default().with("ratio", measured("visits_per_head", &slice, &slice).value));
    }
    if example.has(&["drg_dip_fund", "inpatient_fund", "year", "targets"]) {
        let targets: Vec<Ratio> = example.list("targets").iter().map(ratio_of).collect();
        let year = u8::try_from(example.int("year")).unwrap();
        let target = yibao_payment::indicator::spec::target_share(year, None, Some(&targets)).unwrap();
        let yuan = |key| Decimal::new(example.fen(key).get(), 2);
        let found = coverage(yuan("drg_dip_fund"), yuan("inpatient_fund"), target, 1).unwrap().unwrap();
        return Some(Answers::default().with("coverage", found.value).with("met", found.target.unwrap().1));
    }
    None
}

fn measured(id: &str, slice: &Slice, region: &Slice) -> Measure {
    let spec = Spec::default();
    let view = View { slice, region, spec: &spec, whole: false };
    let indicator = catalogue(&spec).into_iter().find(|one| one.definition.id == id).unwrap();
    indicator.measure(&view).unwrap().unwrap()
}

fn case_mix(example: &Example) -> Answers {
    let mut slice = Slice::default();
    for (group, one) in (0..).zip(example.list("groups")) {
        let cases = u64::try_from(ratio_of(&one["n"]).round(0, Mode::HalfUp).unwrap()).unwrap();
        let weight = ratio_of(&one["rw"]).round(8, Mode::HalfUp).unwrap() * i128::from(cases);
        let sums = Sums { cases, grouped: cases, weighted: cases, weight, ..Sums::default() };
        slice.add(Kind::Stays, Some(group), &sums);
    }
    let value = |id| measured(id, &slice, &slice).value;
    Answers::default()
        .with("total_weight", value("total_weight"))
        .with("cmi", value("cmi"))
        .with("drg_count", value("groups"))
}

/// The example gives means: of the region's mean one case stands for all of it.
fn index(example: &Example) -> Answers {
    let (mut own, mut region) = (Slice::default(), Slice::default());
    for (group, one) in (0..).zip(example.list("groups")) {
        let cases = u64::try_from(ratio_of(&one["n"]).round(0, Mode::HalfUp).unwrap()).unwrap();
        let cost = i128::from(fen_of(&one["hospital"]).get()) * i128::from(cases);
        own.add(Kind::Stays, Some(group), &Sums { cases, grouped: cases, cost, ..Sums::default() });
        let cost = i128::from(fen_of(&one["region"]).get());
        region.add(Kind::Stays, Some(group), &Sums { cases: 1, grouped: 1, cost, ..Sums::default() });
    }
    let value = |id| measured(id, &own, &region).value;
    Answers::default().with("index", value("cost_index")).with("alt_total_over_expected", value("cost_index_expected"))
}
