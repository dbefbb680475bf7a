//! The dearest outliers, with the reasons stored for each.

use super::View;
use crate::error::DisclosureError;
use crate::page::{Section, Table, Words, count, decimal, money_cell, number_cell, number_column, text_column, words};
use crate::render::{Form, case_as};
use crate::summary::Outlier;
use maud::{Markup, PreEscaped, html};
use yibao_kernel::Fen;
use yibao_kernel::explain::Lang;
use yibao_payment::settled::{CaseOutcome, Route};
use yibao_record::stays::Symbol;

pub(super) fn section(view: &View<'_>) -> Result<Section, DisclosureError> {
    let rows: Vec<Markup> = view.summary.outliers.iter().map(|outlier| row(view, outlier)).collect::<Result<_, _>>()?;
    let shown = rows.len() as u64;
    let table = Table {
        id: "outliers-table",
        columns: vec![
            text_column("病例", "case"),
            text_column("机构", "institution"),
            text_column("病组", "group"),
            text_column("去向", "route"),
            number_column("费用", "cost"),
            number_column("支付标准", "standard"),
            number_column("超标准", "over standard"),
            number_column("点数／权重", "units"),
            number_column("基金", "fund"),
            text_column("依据", "reasons"),
        ],
        rows,
        totals: None,
        filter: true,
        first: 50,
        dense: true,
    };
    let all = view.summary.outlier_count;
    let body = html! {
        p.small { (words(
            format!("共 {} 例不按常规病组支付；按超标准金额列出前 {} 例，全部见 cases.parquet。", count(all), count(shown)),
            format!("{} stays are not paid as ordinary grouped ones; the {} dearest over their standard are listed, all are in cases.parquet.", count(all), count(shown)))) }
        (table.render())
    };
    Ok(Section {
        id: "outliers",
        title: words("极值与特殊病例", "Outliers"),
        lead: words(
            "依据为清算时随病例存下的步骤，未重新计算。",
            "The reasons are the steps stored with the case when it was settled; nothing is computed again.",
        ),
        body,
    })
}

fn row(view: &View<'_>, outlier: &Outlier) -> Result<Markup, DisclosureError> {
    let (settled, stays, case) = (view.settled, view.stays, outlier.case);
    let outcome = settled.cases.outcome.get(case).unwrap_or_default();
    let clearing = settled.cases.row.get(case).and_then(|row| settled.rows.get(*row as usize));
    let institution = clearing.map_or_else(Words::default, |row| view.institution(row.institution));
    let group = view.symbols.text(stays.group.get(case).copied().unwrap_or(Symbol::NONE));
    let cost = stays.cost.get(case).copied().unwrap_or_default();
    // over = cost − standard, so that the standard shown is the one that was compared.
    let standard = cost.checked_sub(outlier.over).unwrap_or(Fen::ZERO);
    Ok(html! { tr {
        td.id { (stays.case_id.get(case)) }
        td.name { (institution.zh) }
        td.id { (group) }
        td { (route_tag(&outcome, cost)) }
        (money_cell(cost))
        (money_cell(standard))
        (money_cell(outlier.over))
        (number_cell(&decimal(i128::from(outcome.points), 4)))
        (money_cell(settled.cases.paid.get(case).copied().unwrap_or_default()))
        td { (reasons(view, case)?) }
    } })
}

fn reasons(view: &View<'_>, case: usize) -> Result<Markup, DisclosureError> {
    let bytes = view.settled.cases.explanations.get(case)?;
    if bytes.is_empty() {
        return Ok(html! {});
    }
    let zh = case_as(&view.settled.book, &bytes, Lang::Zh, Form::Html)?;
    let en = case_as(&view.settled.book, &bytes, Lang::En, Form::Html)?;
    // The kernel escapes every text it renders as HTML.
    Ok(html! { details { summary { (words("依据", "why")) } div.zh { (PreEscaped(zh)) } div.en { (PreEscaped(en)) } } })
}

fn route_tag(outcome: &CaseOutcome, cost: Fen) -> Markup {
    let usual = if outcome.mean_fen > 0 { outcome.mean_fen } else { outcome.standard.get() };
    let (class, words) = match outcome.route {
        Route::Outlier if cost.get() < usual => ("low", words("低倍率", "low")),
        Route::Outlier => ("high", words("高倍率", "high")),
        Route::Items => ("items", words("按项目", "by item")),
        other => ("other", route_words(other)),
    };
    html! { span class={ "tag " (class) } { (words) } }
}

/// A route in words.
pub(crate) fn route_words(route: Route) -> Words {
    match route {
        Route::Group => words("按组", "group"),
        Route::Outlier => words("极值", "outlier"),
        Route::Items => words("按项目", "by item"),
        Route::CostPoints => words("费用折点", "cost points"),
        Route::Incomplete => words("未完成治疗", "incomplete"),
        Route::SpecialReview => words("特例单议", "special review"),
        Route::Held => words("待议暂缓", "held"),
        Route::Nothing => words("不在此支付", "not paid here"),
    }
}
