//! The months of the year.

use super::View;
use crate::chart::months::{Month, draw_cases, draw_money};
use crate::error::DisclosureError;
use crate::page::{Section, legend, words};
use crate::summary::fen;
use maud::html;
use std::collections::BTreeMap;

pub(super) fn section(view: &View<'_>) -> Result<Section, DisclosureError> {
    let mut sums: BTreeMap<&str, (u64, i128, i128)> = BTreeMap::new();
    for month in &view.settled.monthly {
        let (cases, accounted, prepaid) = sums.entry(&month.period).or_default();
        *cases += month.cases;
        *accounted += i128::from(month.accounted.get());
        *prepaid += i128::from(month.prepaid.get());
    }
    let mut months = Vec::new();
    for (period, (cases, accounted, prepaid)) in sums {
        let (accounted, prepaid) = (fen(accounted, "a month")?, fen(prepaid, "a month")?);
        months.push(Month { period: period.to_owned(), cases, accounted, prepaid });
    }
    let body = html! {
        @if months.is_empty() { p.none { (words("本期无分月数据。", "No months in this period.")) } } @else { div.pair {
            div { (legend(&[("var(--blue)", words("记账基金", "accounted")), ("var(--orange)", words("预付", "prepaid"))])) figure { (draw_money(&months)) } }
            div { (legend(&[("var(--green)", words("出院病例", "discharged stays"))])) figure { (draw_cases(&months)) } }
        } }
    };
    Ok(Section {
        id: "months",
        title: words("分月", "Months"),
        lead: words("按出院月份；明细见 monthly.csv。", "By month of discharge; the figures are in monthly.csv."),
        body,
    })
}
