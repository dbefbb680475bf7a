//! Institutions by case mix and cost.

use super::View;
use super::clearing::level_words;
use crate::chart::quadrants::{self, Point};
use crate::error::DisclosureError;
use crate::page::{Section, Table, count, decimal, figure, money_cell, number_cell, number_column, text_column, words};
use crate::summary::{fen, quotient};
use maud::html;
use yibao_kernel::Fen;

pub(super) fn section(view: &View<'_>) -> Result<Section, DisclosureError> {
    let region_cmi = view.summary.all.case_mix_index().unwrap_or(10_000);
    let mut points = Vec::new();
    let mut rows = Vec::new();
    for (index, sums) in (0..).zip(&view.summary.institutions) {
        let (Some(cmi), Some(cost_index_micro)) = (sums.all.case_mix_index(), sums.cost_index_micro) else { continue };
        let name = view.institution(index).zh;
        let cost = fen(sums.all.cost, "an institution's costs")?;
        let mean = quotient(sums.all.cost, i128::from(sums.all.cases)).map_or(Fen::ZERO, Fen::new);
        let level = view.settled.institutions.get(index as usize).map_or("", |view| view.level.as_str());
        let [normal, low, high, items, other] = sums.classes;
        rows.push(html! { tr {
            td.name { (name) } td.id { (level_words(level)) }
            (number_cell(&count(sums.all.cases)))
            (number_cell(&decimal(i128::from(cmi), 4)))
            (number_cell(&decimal(i128::from(cost_index_micro / 100), 4)))
            (money_cell(mean))
            @for number in [normal, low, high, items, other] { (number_cell(&count(number))) }
        } });
        points.push(Point { name, cases: sums.all.weighted, cmi, cost_index_micro, cost });
    }
    let table = Table {
        id: "institutions-table",
        columns: vec![
            text_column("机构", "institution"),
            text_column("等级", "level"),
            number_column("病例", "cases"),
            number_column("CMI", "CMI"),
            number_column("费用消耗指数", "cost index"),
            number_column("例均费用", "mean cost"),
            number_column("正常", "normal"),
            number_column("低倍率", "low"),
            number_column("高倍率", "high"),
            number_column("按项目", "by item"),
            number_column("其他", "other"),
        ],
        rows,
        totals: None,
        filter: true,
        first: 12,
        dense: false,
    };
    let body = html! {
        @if !points.is_empty() { (figure(quadrants::draw(&points, region_cmi), "虚线：全部病例的 CMI 与费用消耗指数 1；圆面积为总费用。", "Dashed: the CMI of all stays, and a cost index of 1. The area is the total cost.")) }
        (table.render())
    };
    Ok(Section {
        id: "institutions",
        title: words("机构四象限", "CMI × cost index"),
        lead: words(
            "CMI = Σ权重 ÷ 有权重的病例数（点数法以基准点数 ÷ 100 为权重）。费用消耗指数 = Σ(本院某组病例数 × 本院该组例均 ÷ 全区该组例均) ÷ Σ本院病例数。",
            "CMI = sum of weights ÷ stays with a weight (base points ÷ 100 where a method has no weights). Cost index = sum over groups of (stays × own mean cost ÷ region mean cost), divided by stays.",
        ),
        body,
    })
}
