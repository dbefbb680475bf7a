//! What changed against the last version, the largest change first.

use maud::{Markup, html};
use yibao_kernel::Decimal;
use yibao_payment::weigh::changes::{Change, Changes};

use super::Publication;
use crate::page::{Section, Table, count, number_cell, number_column, text_column, words};

/// The section; `None` when the pack names no last version.
pub(super) fn section(changes: Option<&Changes>, publication: &Publication) -> Option<Section> {
    let changes = changes?;
    let mut columns = vec![text_column("病组", "group")];
    if !publication.group_titles.is_empty() {
        columns.push(text_column("名称", "title"));
    }
    columns.extend([
        number_column("上版权重", "last weight"),
        number_column("本版权重", "this weight"),
        number_column("变化 %", "change %"),
        text_column("", ""),
    ]);
    let table = Table {
        id: "changes-table",
        columns,
        rows: changes.changed.iter().map(|change| row(change, publication)).collect(),
        totals: None,
        filter: true,
        first: 12,
        dense: false,
    };
    let body = html! {
        (table.render())
        (list("新增病组", "New groups", &changes.added))
        (list("消失病组", "Groups gone", &changes.gone))
    };
    Some(Section {
        id: "changes",
        title: words("与上一版的变化", "Changes"),
        lead: words(
            format!(
                "与 {} 相比：变化 {} 组，不变 {} 组，新增 {} 组，消失 {} 组；按变化幅度从大到小。",
                changes.name,
                changes.changed.len(),
                changes.same,
                changes.added.len(),
                changes.gone.len()
            ),
            format!(
                "Against {}: {} groups changed, {} the same, {} new, {} gone; the largest change first.",
                changes.name,
                changes.changed.len(),
                changes.same,
                changes.added.len(),
                changes.gone.len()
            ),
        ),
        body,
    })
}

fn row(change: &Change, publication: &Publication) -> Markup {
    let percent = change.share.map(percent);
    // A bar of at most 120 pixels; twice the weight and more fills it.
    let width = change.share.map_or(120, |share| (share.units().unsigned_abs() / 84).clamp(1, 120));
    let up = change.after > change.before;
    html! { tr {
        td.id { (change.group) }
        @if !publication.group_titles.is_empty() { td {
            @if let Some(title) = publication.group_titles.get(&change.group) { (words(title.zh.clone(), title.en.clone())) }
        } }
        (number_cell(&change.before.to_string()))
        (number_cell(&change.after.to_string()))
        td.n.neg[!up] { (percent.unwrap_or_default()) }
        td { i.bar style={ "width:" (width) "px;background:var(" (if up { "--red" } else { "--blue" }) ")" } {} }
    } }
}

/// A share of four places as a percentage of two, with its sign.
fn percent(share: Decimal) -> String {
    let text = Decimal::new(share.units(), 2).to_string();
    match text.strip_prefix('-') {
        Some(rest) => format!("\u{2212}{rest}"),
        None => text,
    }
}

fn list(zh: &str, en: &str, groups: &[(String, Decimal)]) -> Markup {
    if groups.is_empty() {
        return html! {};
    }
    html! {
        h3 { (words(zh, en)) " (" (count(groups.len() as u64)) ")" }
        p.codes { @for (group, weight) in groups { span { (group) " " b { (weight) } } " " } }
    }
}
