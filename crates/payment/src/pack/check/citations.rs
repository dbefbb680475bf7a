//! Every value says where it comes from.

use yibao_policy::source::{Document, SourceRef};
use yibao_policy::{Path, suggest};

use super::Subject;
use crate::pack::Pack;

const STATE: &str = "state document = \"…\", or fictional = true when the value is invented";

/// A source names a document or says that it is fictional; a named source exists.
pub(super) fn every_source_names_a_document(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    for (name, document) in &pack.sources {
        stated(subject, document, &Path::of("sources").key(name));
    }
    for (path, source) in sources(pack) {
        match source {
            SourceRef::Document(document) => stated(subject, document, &path.key("source")),
            SourceRef::Named { name, .. } if !pack.sources.contains_key(name) => {
                let hint = match pack.sources.is_empty() {
                    true => format!("declare [sources.{name}] with its document"),
                    false => suggest::hint(name, pack.sources.keys().map(String::as_str)),
                };
                subject.error(&path.key("source"), format!("unknown source \"{name}\""), hint);
            }
            SourceRef::Named { .. } => {}
        }
    }
}

fn stated(subject: &mut Subject<'_>, document: &Document, path: &Path) {
    if !document.is_stated() {
        subject.error(path, "a source that names no document", STATE);
    }
}

/// Every source written in the pack, with the path of what it is the source of.
fn sources(pack: &Pack) -> Vec<(Path, &SourceRef)> {
    let mut all = vec![(Path::of("pack"), &pack.pack.source)];
    all.extend(pack.year.iter().enumerate().map(|(at, year)| (Path::of("year").at(at), &year.source)));
    all.extend(pack.bills.iter().enumerate().map(|(at, bills)| (Path::of("bills").at(at), &bills.source)));
    all.extend(pack.institutions.iter().map(|table| (Path::of("institutions"), &table.source)));
    all.extend(pack.table.iter().map(|(id, table)| (Path::of("table").key(id), &table.source)));
    for (id, method) in &pack.method {
        let steps = Path::of("method").key(id).key("step");
        all.extend(method.step.iter().enumerate().map(|(at, step)| (steps.at(at), &step.source)));
    }
    for (at, pool) in pack.pool.iter().enumerate() {
        let path = Path::of("pool").at(at);
        all.push((path.clone(), &pool.source));
        all.extend(pool.deduct.iter().enumerate().map(|(at, one)| (path.key("deduct").at(at), &one.source)));
        all.extend(pool.adjust.iter().enumerate().map(|(at, one)| (path.key("adjust").at(at), &one.source)));
        all.extend(pool.reserve.iter().map(|one| (path.key("reserve"), &one.source)));
    }
    for (at, budget) in pack.budget.iter().enumerate() {
        let path = Path::of("budget").at(at);
        all.push((path.clone(), &budget.source));
        all.push((path.key("base"), &budget.base.source));
        all.extend(budget.income.iter().enumerate().map(|(at, one)| (path.key("income").at(at), &one.source)));
        all.extend(budget.line.iter().enumerate().map(|(at, one)| (path.key("line").at(at), &one.source)));
        all.extend(budget.reserve.iter().enumerate().map(|(at, one)| (path.key("reserve").at(at), &one.source)));
        all.extend(budget.version.iter().enumerate().map(|(at, one)| (path.key("version").at(at), &one.source)));
        all.extend(budget.change.iter().enumerate().map(|(at, one)| (path.key("change").at(at), &one.source)));
    }
    for (list, agreed) in [("standard", &pack.standard), ("total_control", &pack.total_control)] {
        for (at, one) in agreed.iter().enumerate() {
            let path = Path::of(list).at(at);
            all.push((path.clone(), &one.source));
            let versions = one.version.iter().enumerate();
            all.extend(versions.map(|(at, version)| (path.key("version").at(at), &version.source)));
        }
    }
    all.extend(pack.entries.iter().enumerate().map(|(at, one)| (Path::of("entries").at(at), &one.source)));
    all.extend(pack.dispute.iter().map(|one| (Path::of("dispute"), &one.source)));
    all.extend(pack.preview.iter().enumerate().map(|(at, one)| (Path::of("preview").at(at), &one.source)));
    let tests = pack.advance.iter().flat_map(|advance| &advance.test).enumerate();
    all.extend(tests.map(|(at, one)| (Path::of("advance").key("test").at(at), &one.source)));
    for (id, assessment) in &pack.assessment {
        let path = Path::of("assessment").key(id);
        all.push((path.clone(), &assessment.source));
        let own = assessment.indicators.iter().enumerate();
        all.extend(own.filter_map(|(at, one)| Some((path.key("indicators").at(at), one.source.as_ref()?))));
    }
    all.extend(pack.negotiate.iter().map(|one| (Path::of("negotiate"), &one.source)));
    all.extend(pack.weigh.iter().map(|weigh| (Path::of("weigh"), &weigh.source)));
    if let Some(indicators) = &pack.indicators {
        all.extend(indicators.sources());
    }
    all
}
