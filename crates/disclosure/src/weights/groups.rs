//! The table of groups: weight, counts, distribution, and the reasons at a click.

use maud::{Markup, PreEscaped, html};
use yibao_payment::weigh::{WeightRow, WeightTable};

use super::strip::Axis;
use super::text::remark;
use super::{Publication, basis_words, reasons};
use crate::error::DisclosureError;
use crate::page::{Section, Table, both, count, legend, money, number_cell, number_column, text_column, words};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("reasons.js");

/// The section.
pub(super) fn section(table: &WeightTable, publication: &Publication) -> Result<Section, DisclosureError> {
    let axis = Axis::of(table);
    let titled = !publication.group_titles.is_empty();
    let mut columns = vec![text_column("病组", "group")];
    if titled {
        columns.push(text_column("名称", "title"));
    }
    columns.extend([
        number_column("权重", "weight"),
        text_column("依据", "basis"),
        number_column("病例", "cases"),
        number_column("剔除低", "cut low"),
        number_column("剔除高", "cut high"),
        number_column("均值", "mean"),
        number_column("变异系数", "CV"),
        number_column("费用分布（中位数排序）", "costs (sorts by median)"),
        number_column("调整", "adjust"),
        text_column("备注", "remark"),
    ]);
    let shown = Table {
        id: "weights-table",
        columns,
        rows: table.rows.iter().map(|row| group_row(row, &axis, titled, publication)).collect(),
        totals: Some(totals(table, &axis, titled)),
        filter: true,
        first: 100,
        dense: true,
    };
    let body = html! {
        style { (PreEscaped(STYLE)) }
        (legend(&[
            ("#cfe3ef", words("剔除后保留的范围", "range kept by trimming")),
            ("#7d8d99", words("2.5%–97.5% 分位", "2.5 to 97.5 %")),
            ("#0072b2", words("25%–75% 分位", "25 to 75 %")),
            ("#17232e", words("中位数", "median")),
            ("#d55e00", words("参照金额（虚线）", "the reference amount (dashes)")),
        ]))
        div.split {
            (shown.render())
            aside #why { p.small { (both("点击一行看该组权重的每一步。", "Click a row to see every step of its weight.")) } }
        }
        script type="application/json" id="why-data" { (PreEscaped(reasons::data(table)?)) }
        script { (PreEscaped(SCRIPT)) }
    };
    Ok(Section {
        id: "groups",
        title: words("各组权重", "Groups"),
        lead: words(
            "费用为剔除前的分位数，对数刻度；变异系数与均值按保留病例计算。点击表头排序，点击一行看理由。",
            "Quantiles of the costs before trimming, logarithmic axis; mean and CV of the kept cases. Click a heading to sort, a row for its reasons.",
        ),
        body,
    })
}

fn group_row(row: &WeightRow, axis: &Axis, titled: bool, publication: &Publication) -> Markup {
    let dash = || "\u{2013}".to_owned();
    html! { tr data-g=(row.group) {
        td.id { (row.group) }
        @if titled { td { @if let Some(title) = publication.group_titles.get(&row.group) {
            (words(title.zh.clone(), title.en.clone()))
        } } }
        td.n { b { (row.weight.map_or_else(dash, |weight| weight.to_string())) } }
        td { span.tag.other[!row.stable] { (basis_words(row.basis)) } }
        (number_cell(&count(row.cases)))
        (number_cell(&count(row.trimmed_low)))
        (number_cell(&count(row.trimmed_high)))
        (number_cell(&row.mean.map_or_else(dash, money)))
        (number_cell(&row.cv.map_or_else(dash, |cv| cv.to_string())))
        td.d title=(Axis::tooltip(row)) {
            span hidden { (row.median.map(|median| median.to_string()).unwrap_or_default()) }
            (axis.strip(row))
        }
        (number_cell(&row.adjust.map(|factor| factor.to_string()).unwrap_or_default()))
        td.small { (remark(row)) }
    } }
}

fn totals(table: &WeightTable, axis: &Axis, titled: bool) -> Markup {
    let totals = &table.totals;
    html! { tr {
        td { (both("合计", "total")) }
        @if titled { td {} }
        td.n { (totals.weight_after) }
        td {}
        (number_cell(&count(totals.cases)))
        (number_cell(&count(totals.trimmed_low)))
        (number_cell(&count(totals.trimmed_high)))
        td.n { (money(table.reference.amount)) }
        td {}
        td.d { (axis.ruler()) }
        td {}
        td {}
    } }
}
