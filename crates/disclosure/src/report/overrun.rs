//! Over budget, why: institutions whose accounted fund exceeds what was cleared, and what the difference is made of.

use super::View;
use crate::error::DisclosureError;
use crate::page::{Section, Table, count, decimal, money_cell, number_cell, number_column, text_column, words};
use crate::summary::{InstitutionSums, fen};
use maud::{Markup, html};

/// How many institutions are listed.
const LISTED: usize = 500;

pub(super) fn section(view: &View<'_>) -> Result<Section, DisclosureError> {
    let mut over: Vec<(u32, &InstitutionSums)> =
        (0..).zip(&view.summary.institutions).filter(|(_, sums)| sums.gap.total() > 0).collect();
    over.sort_by_key(|(index, sums)| (std::cmp::Reverse(sums.gap.total()), *index));
    let below = view.summary.institutions.iter().filter(|sums| sums.all.cases > 0).count().saturating_sub(over.len());
    let most = over.first().map_or(1, |(_, sums)| sums.gap.total()).max(1);
    let factors = over.iter().any(|(_, sums)| sums.gap.factors != 0);
    let rows: Vec<Markup> = over
        .iter()
        .take(LISTED)
        .map(|(index, sums)| row(view, *index, sums, most, factors))
        .collect::<Result<_, _>>()?;
    let table = Table {
        id: "overrun-table",
        columns: columns(factors),
        rows,
        totals: None,
        filter: over.len() > 15,
        first: 15,
        dense: true,
    };
    let body = html! {
        p.small { (words(
            format!("{} 家机构记账高于清算，{} 家不高于。", count(over.len() as u64), count(below as u64)),
            format!("{} institutions accounted more than was cleared, {} did not.", count(over.len() as u64), count(below as u64)))) }
        (table.render())
        @if over.len() > LISTED { p.small { (words(format!("仅列前 {LISTED} 家。"), format!("The first {LISTED} are listed."))) } }
    };
    Ok(Section {
        id: "overrun",
        title: words("超支原因", "Over budget, why"),
        lead: words(
            "差额 = 记账 − 清算 = 费用水平 + 机构系数 + 其他系数 + 极值病例 + 按项目及其他，逐例相加，分毫不差。正数使机构超支，负数使其结余。费用水平：普通入组病例的费用与“病例组合价值”（单位 × 价格，系数为 1）之差。",
            "Difference = accounted − cleared = cost level + coefficient + other factors + outliers + by item and other routes, added case by case, to the fen. Positive parts push an institution over, negative ones pull it back. Cost level: what ordinary grouped stays cost beyond their case-mix value (units × price at coefficient 1).",
        ),
        body,
    })
}

/// The column of other factors stands only where a method has them.
fn columns(factors: bool) -> Vec<crate::page::Column> {
    let mut columns = vec![
        text_column("机构", "institution"),
        number_column("病例", "cases"),
        number_column("CMI", "CMI"),
        number_column("费用指数", "cost index"),
        number_column("记账基金", "accounted"),
        number_column("清算", "cleared"),
        number_column("差额", "difference"),
        number_column("病例组合价值", "case-mix value"),
        number_column("费用水平", "cost level"),
        number_column("机构系数", "coefficient"),
        number_column("其他系数", "factors"),
        number_column("极值病例", "outliers"),
        number_column("按项目及其他", "other routes"),
        text_column("", ""),
    ];
    if !factors {
        columns.retain(|column| column.name.en != "factors");
    }
    columns
}

fn row(
    view: &View<'_>,
    index: u32,
    sums: &InstitutionSums,
    most: i128,
    factors: bool,
) -> Result<Markup, DisclosureError> {
    let gap = &sums.gap;
    let amounts = [
        Some(sums.all.accounted),
        Some(sums.all.paid),
        Some(gap.total()),
        Some(gap.case_mix_value),
        Some(gap.cost_level),
        Some(gap.coefficient),
        factors.then_some(gap.factors),
        Some(gap.outliers),
        Some(gap.other_routes),
    ];
    let amounts = amounts
        .into_iter()
        .flatten()
        .map(|amount| fen(amount, "an institution's cases"))
        .collect::<Result<Vec<_>, _>>()?;
    let cmi = sums.all.case_mix_index().map(|cmi| decimal(i128::from(cmi), 4)).unwrap_or_default();
    let index_text = sums.cost_index_micro.map(|micro| decimal(i128::from(micro / 100), 4)).unwrap_or_default();
    let length = gap.total() * 90 / most;
    Ok(html! { tr {
        td.name { (view.institution(index).zh) }
        (number_cell(&count(sums.all.cases)))
        (number_cell(&cmi))
        (number_cell(&index_text))
        @for amount in amounts { (money_cell(amount)) }
        td { span.bar style={ "width:" (length.max(1)) "px" } {} }
    } })
}
