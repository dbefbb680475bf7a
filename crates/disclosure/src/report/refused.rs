//! Refused stays: not paid, and why.

use super::{View, bilingual};
use crate::page::{Section, Table, Words, count, number_cell, number_column, text_column, words};
use maud::html;
use std::collections::BTreeMap;

/// How many refused stays are listed one by one.
const LISTED: usize = 50;

pub(super) fn section(view: &View<'_>) -> Section {
    let refused = &view.settled.refused;
    let body = html! {
        @if refused.is_empty() { p.none { (words("没有拒付病例。", "No stay was refused.")) } } @else {
            (by_code(view).render())
            h3 { (words(format!("前 {} 例", refused.len().min(LISTED)), format!("The first {}", refused.len().min(LISTED)))) }
            (listed(view).render())
        }
    };
    Section {
        id: "refused",
        title: words("拒付病例", "Refused"),
        lead: words(
            "缺少依据的病例不支付、不猜测，逐例列明原因；全部见 refused.csv。",
            "A stay without a basis for payment is not paid and nothing is guessed; each has its reason. All are in refused.csv.",
        ),
        body,
    }
}

fn by_code(view: &View<'_>) -> Table {
    let mut codes: BTreeMap<&str, (u64, Words)> = BTreeMap::new();
    for refusal in &view.settled.refused {
        codes.entry(&refusal.code).or_insert_with(|| (0, bilingual(&refusal.reason))).0 += 1;
    }
    let mut codes: Vec<(&str, (u64, Words))> = codes.into_iter().collect();
    codes.sort_by_key(|(code, (number, _))| (std::cmp::Reverse(*number), *code));
    let rows = codes.into_iter().map(|(code, (number, example))| {
        html! { tr { td.id { code { (code) } } (number_cell(&count(number))) td { (example) } } }
    });
    Table {
        id: "refused-codes",
        columns: vec![
            text_column("原因代码", "code"),
            number_column("病例", "cases"),
            text_column("首例说明", "first of them"),
        ],
        rows: rows.collect(),
        totals: None,
        filter: false,
        first: 40,
        dense: false,
    }
}

fn listed(view: &View<'_>) -> Table {
    let feeds = view.settled.feeds.len() > 1;
    let rows = view.settled.refused.iter().take(LISTED).map(|refusal| {
        html! { tr {
            @if feeds { td.id { (view.settled.source(refusal.source).0) } }
            (number_cell(&refusal.source_row.to_string()))
            td.id { (refusal.case_id) }
            td.id { code { (refusal.code) } }
            td { (bilingual(&refusal.reason)) }
        } }
    });
    let of_feed = feeds.then(|| text_column("来源", "feed"));
    let columns = of_feed.into_iter().chain([
        number_column("源行", "row"),
        text_column("病例", "case"),
        text_column("代码", "code"),
        text_column("原因", "reason"),
    ]);
    let columns = columns.collect();
    Table { id: "refused-cases", columns, rows: rows.collect(), totals: None, filter: true, first: 15, dense: false }
}
