//! The region's identity, what members of a lead get, and what methods paid per head really are.

use super::headline::named;
use super::{View, bilingual};
use crate::page::{Section, Table, count, money_cell, number_cell, number_column, text_column, words};
use maud::{Markup, html};

/// How many members the page lists; `inner.csv` has all.
const MEMBERS: usize = 2_000;

pub(super) fn section(view: &View<'_>) -> Section {
    let body = html! {
        (lines(view).render())
        (capitation(view))
        @if !view.settled.inner.is_empty() {
            h3 { (words("牵头机构的内部分配", "What members get of what their leads are paid")) }
            (inner(view).render())
            @if view.settled.inner.len() > MEMBERS { p.small { (words(
                format!("本页列出前 {MEMBERS} 行，全部见 inner.csv。"),
                format!("The page lists the first {MEMBERS} rows; all are in inner.csv."))) } }
        }
    };
    Section {
        id: "identity",
        title: words("全区恒等式", "Identity of the region"),
        lead: words(
            "预算与期初调剂金 = 分配前扣除 + 已预付 + 应付 + 扣留的保证金 + 转为应收 + 期末调剂金 + 结转，分毫不差，由程序断言。",
            "Budgets + opening reserves = deducted + prepaid + due + deposits kept + receivables + closing reserves + carried, to the fen, asserted by the program.",
        ),
        body,
    }
}

fn lines(view: &View<'_>) -> Table {
    let rows = view.settled.identity.iter().map(|line| {
        html! { tr {
            td { (if line.is_source { words("来", "in") } else { words("去", "out") }) }
            td { (bilingual(&line.title)) }
            (money_cell(line.amount))
        } }
    });
    Table {
        id: "identity-table",
        columns: vec![text_column("方向", "side"), text_column("项目", "line"), number_column("金额", "amount")],
        rows: rows.collect(),
        totals: None,
        filter: false,
        first: 20,
        dense: true,
    }
}

/// Methods paid per head: true capitation, shared, or actuals under a ceiling.
fn capitation(view: &View<'_>) -> Markup {
    let methods = view.settled.methods.iter().zip(&view.settled.capitation);
    let forms: Vec<Markup> = methods
        .filter_map(|(method, form)| Some((method, form.as_ref()?)))
        .map(|(method, form)| html! { li { (named(&method.id, &bilingual(&method.title))) ": " (bilingual(form)) } })
        .collect();
    html! { @if !forms.is_empty() {
        h3 { (words("按人头付费的方式", "Methods paid per head")) }
        ul { @for form in forms { (form) } }
    } }
}

fn inner(view: &View<'_>) -> Table {
    let settled = view.settled;
    let rows = settled.inner.iter().take(MEMBERS).map(|inner| {
        let lead = settled.rows.get(inner.row as usize).map_or(u32::MAX, |row| row.institution);
        html! { tr {
            td.name { (view.institution(lead).zh) }
            td.name { (view.institution(inner.member).zh) }
            td.id { (inner.tier) }
            (number_cell(&count(inner.cases)))
            @for amount in [inner.used, inner.surplus, inner.amount] { (money_cell(amount)) }
        } }
    });
    Table {
        id: "inner-table",
        columns: vec![
            text_column("牵头机构", "lead"),
            text_column("成员", "member"),
            text_column("层级", "tier"),
            number_column("病例", "cases"),
            number_column("内部使用", "used"),
            number_column("结余或超支", "surplus"),
            number_column("分得", "amount"),
        ],
        rows: rows.collect(),
        totals: None,
        filter: true,
        first: 60,
        dense: true,
    }
}
