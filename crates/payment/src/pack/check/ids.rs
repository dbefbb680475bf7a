//! Ids are unique where they are used as names.

use std::collections::BTreeMap;

use yibao_policy::Path;

use super::Subject;
use crate::pack::step::Verb;
use crate::plan::field::NAMED;

/// Ids of steps, pools, deductions, years, insurance schemes, districts; declared fields against built-in ones.
pub(super) fn ids_are_unique(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    for (id, method) in &pack.method {
        let ids = method.step.iter().map(|step| step.id.as_str());
        unique(subject, "step", ids, &Path::of("method").key(id).key("step"), "id");
        for (at, step) in method.step.iter().enumerate() {
            if let Verb::Coefficient(coefficient) = &step.verb {
                let parts = Path::of("method").key(id).key("step").at(at).key("parts");
                unique(subject, "part", coefficient.parts.iter().flatten().map(|part| part.id.as_str()), &parts, "id");
            }
        }
    }
    unique(subject, "pool", pack.pool.iter().map(|pool| pool.id.as_str()), &Path::of("pool"), "id");
    for (at, pool) in pack.pool.iter().enumerate() {
        let path = Path::of("pool").at(at).key("deduct");
        unique(subject, "deduction", pool.deduct.iter().map(|one| one.id.as_str()), &path, "id");
    }
    unique(subject, "budget", pack.budget.iter().map(|one| one.id.as_str()), &Path::of("budget"), "id");
    for (at, budget) in pack.budget.iter().enumerate() {
        let path = Path::of("budget").at(at);
        unique(subject, "line", budget.line.iter().map(|one| one.id.as_str()), &path.key("line"), "id");
        unique(subject, "income", budget.income.iter().map(|one| one.id.as_str()), &path.key("income"), "id");
        unique(subject, "reserve", budget.reserve.iter().map(|one| one.id.as_str()), &path.key("reserve"), "id");
    }
    for (list, agreed) in [("standard", &pack.standard), ("total_control", &pack.total_control)] {
        unique(subject, list, agreed.iter().map(|one| one.id.as_str()), &Path::of(list), "id");
    }
    let years: Vec<String> = pack.year.iter().map(|year| year.year.to_string()).collect();
    unique(subject, "year", years.iter().map(String::as_str), &Path::of("year"), "year");
    unique(subject, "table of bills", pack.bills.iter().map(|one| one.id.as_str()), &Path::of("bills"), "id");
    unique(subject, "insurance", pack.insurance.iter().map(|one| one.id.as_str()), &Path::of("insurance"), "id");
    unique(subject, "district", pack.district.iter().map(|one| one.id.as_str()), &Path::of("district"), "id");
    for name in pack.fields.keys().filter(|name| NAMED.iter().any(|(known, _)| known == name) || *name == "r") {
        let path = Path::of("fields").key(name);
        subject.error(
            &path,
            format!("field \"{name}\" is built in"),
            "take the declaration away, or give your field another name",
        );
    }
}

fn unique<'i>(subject: &mut Subject<'_>, what: &str, ids: impl Iterator<Item = &'i str>, list: &Path, key: &str) {
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, id) in ids.enumerate() {
        let path = list.at(at).key(key);
        if id.is_empty() {
            subject.error(&path, format!("a {what} with an empty id"), "give it an id");
        }
        match first.get(id) {
            Some(earlier) => {
                let place = subject.folder.locate(&list.at(*earlier).key(key));
                subject.error(
                    &path,
                    format!("{what} \"{id}\" stands twice"),
                    format!("the first is at {place}; give one of them another {key}"),
                );
            }
            None => {
                first.insert(id, at);
            }
        }
    }
}
