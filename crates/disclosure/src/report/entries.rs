//! Dated entries: how many count, which are refused and why.

use super::{View, bilingual};
use crate::page::{Section, Table, count, number_cell, number_column, text_column, words};
use maud::html;
use std::collections::BTreeMap;
use yibao_payment::settled::entries::{EntryOutcome, EntryStatus};

/// How many refused entries are listed one by one.
const LISTED: usize = 100;

pub(super) fn section(view: &View<'_>) -> Section {
    let entries = &view.settled.entries.entries;
    let refused: Vec<&EntryOutcome> =
        entries.iter().filter(|entry| entry.status == EntryStatus::Refused).take(LISTED).collect();
    let body = html! {
        @if entries.is_empty() { p.none { (words("没有登记事项。", "There are no entries.")) } } @else {
            (by_kind(entries).render())
            @if !refused.is_empty() {
                h3 { (words("不受理的登记", "Refused entries")) }
                (listed(&refused).render())
            }
        }
    };
    Section {
        id: "entries",
        title: words("登记事项", "Entries"),
        lead: words(
            "特例单议、分组异议、往期差额、预付周转金按发生日与知悉日登记，只增不改；全部及其结果见 entries.csv。",
            "Special reviews, group disputes, differences of closed periods and prepaid working capital are entered with the day they happened and the day they were known, and never changed; all of them and what became of each are in entries.csv.",
        ),
        body,
    }
}

fn by_kind(entries: &[EntryOutcome]) -> Table {
    let mut kinds: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for entry in entries {
        *kinds.entry((entry.kind, entry.status.word())).or_default() += 1;
    }
    let rows = kinds.into_iter().map(|((kind, status), number)| {
        html! { tr { td.id { code { (kind) } } td.id { code { (status) } } (number_cell(&count(number))) } }
    });
    Table {
        id: "entries-kinds",
        columns: vec![text_column("事项", "kind"), text_column("结果", "status"), number_column("笔数", "entries")],
        rows: rows.collect(),
        totals: None,
        filter: false,
        first: 40,
        dense: false,
    }
}

fn listed(refused: &[&EntryOutcome]) -> Table {
    let rows = refused.iter().map(|entry| {
        html! { tr {
            td.id { (entry.file) ":" (entry.line) }
            td.id { (entry.subject) }
            td.id { code { (entry.code) } }
            td { (bilingual(&entry.reason)) }
        } }
    });
    Table {
        id: "entries-refused",
        columns: vec![
            text_column("文件:行", "file:line"),
            text_column("病例或机构", "subject"),
            text_column("代码", "code"),
            text_column("原因", "reason"),
        ],
        rows: rows.collect(),
        totals: None,
        filter: true,
        first: 15,
        dense: false,
    }
}
