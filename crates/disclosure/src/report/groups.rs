//! The panorama of groups and their table.

use super::{View, unit_words};
use crate::chart::bubbles::{self, Bubble};
use crate::error::DisclosureError;
use crate::page::{
    Section, Table, Words, count, decimal, figure, money_cell, number_cell, number_column, text_column, words,
};
use crate::summary::{Sums, fen, quotient};
use maud::{Markup, html};
use yibao_kernel::Fen;

/// How many groups the table carries.
const ROWS_IN_PAGE: usize = 3_000;

pub(super) fn section(view: &View<'_>) -> Result<Section, DisclosureError> {
    let groups = view.summary.groups.iter().filter(|(group, _)| group.is_some());
    let titles = !view.inputs.group_titles.is_empty();
    let mut bubbles = Vec::new();
    let mut rows = Vec::new();
    for (group, sums) in groups.take(ROWS_IN_PAGE) {
        let code = view.symbols.text(*group);
        let title = view.group_title(code);
        let (cost, income) = (fen(sums.cost, "a group's costs")?, fen(sums.income(), "a group's income")?);
        rows.push(row(code, titles.then_some(&title), sums, cost, income));
        if let Some(ratio_micro) = sums.cost_over_income_micro() {
            bubbles.push(Bubble {
                name: code.to_owned(),
                title: title.zh,
                cases: sums.cases,
                ratio_micro,
                cost,
                income,
            });
        }
    }
    let units = unit_words(view.settled);
    let mut columns = vec![text_column("病组", "group")];
    if titles {
        columns.push(text_column("名称", "title"));
    }
    columns.extend([
        number_column("病例", "cases"),
        number_column(&units.zh, &units.en),
        number_column("例均费用", "mean cost"),
        number_column("例均应得", "mean income"),
        number_column("费用÷应得", "cost ÷ income"),
        number_column("总费用", "total cost"),
        number_column("应得 − 费用", "income − cost"),
    ]);
    let table = Table { id: "groups-table", columns, rows, totals: None, filter: true, first: 12, dense: false };
    let body = html! {
        (figure(bubbles::draw(&bubbles), "圆面积为总费用；橙红为费用高于应得，蓝为应得高于费用；最外侧的极少数病组画在边缘，悬停可见准确值。", "The area is the total cost; orange-red groups cost more than they bring in, blue ones less. A few extreme groups stand on the edge; hover for their figures."))
        (table.render())
    };
    Ok(Section {
        id: "groups",
        title: words("病组全景", "Groups"),
        lead: words(
            "应得 = 基金清算额 + 个人及其他支付，即医院从该病例得到的全部。费用 ÷ 应得大于 1 的病组，医院收不抵支。",
            "Income = cleared fund + what patients and others paid: all the institution gets for the stay. Where cost ÷ income is above 1 the group loses money.",
        ),
        body,
    })
}

fn row(code: &str, title: Option<&Words>, sums: &Sums, cost: Fen, income: Fen) -> Markup {
    let mean = |sum: i128| quotient(sum, i128::from(sums.cases)).map_or(Fen::ZERO, Fen::new);
    let ratio = sums.cost_over_income_micro().map(|micro| decimal(i128::from(micro / 100), 4)).unwrap_or_default();
    html! { tr {
        td.id { (code) }
        @if let Some(title) = title { td { (title) } }
        (number_cell(&count(sums.cases)))
        (number_cell(&decimal(sums.units, 4)))
        (money_cell(mean(sums.cost)))
        (money_cell(mean(sums.income())))
        (number_cell(&ratio))
        (money_cell(cost))
        // Both are amounts of at most 10^15 fen times the number of stays that fitted above.
        (money_cell(income.checked_sub(cost).unwrap_or(Fen::ZERO)))
    } }
}
