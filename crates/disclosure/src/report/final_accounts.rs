//! Final accounts: pools and the region; institutions are in final.csv.

use super::{View, bilingual};
use crate::page::{Section, Table, money_cell, number_cell, number_column, text_column, words};
use maud::{Markup, html};
use yibao_kernel::Fen;
use yibao_payment::settled::accounts::{AccountOf, AccountRow};

/// Most institutions on the page; `final.csv` has all.
const LISTED: usize = 200;

pub(super) fn section(view: &View<'_>) -> Section {
    let accounts = &view.settled.accounts;
    let institution = |line: &&AccountRow| matches!(line.of, AccountOf::Institution(_));
    let institutions: Vec<&AccountRow> = accounts.iter().filter(institution).take(LISTED).collect();
    let others: Vec<&AccountRow> = accounts.iter().filter(|line| !institution(line)).collect();
    let body = html! {
        (table(view, "final-pools", &others).render())
        h3 { (words("医疗机构", "Institutions")) }
        (table(view, "final-institutions", &institutions).render())
    };
    Section {
        id: "final",
        title: words("决算", "Final accounts"),
        lead: words(
            "预算 + 期初调剂金 = 扣减 + （清算 + 外出扣付 + 考核 + 分担 + 往期差额）+ 结转 + 期末调剂金；括号内 = 应付 + 扣留 + 预付 + 挂账。预付周转金是应收款，不在应付之内。全部见 final.csv。",
            "Budget + opening reserve = deducted + (cleared + charged + assessed + shared + difference) + carried + closing reserve; what stands in brackets = due + withheld + prepaid + owed. Prepaid working capital is a receivable and in none of them. All of it is in final.csv.",
        ),
        body,
    }
}

fn table(view: &View<'_>, id: &'static str, lines: &[&AccountRow]) -> Table {
    let mut columns = vec![text_column("账户", "account")];
    columns.extend(
        [
            ("预算", "budget"),
            ("扣减", "deducted"),
            ("清算", "cleared"),
            ("外出扣付", "charged"),
            ("考核", "assessed"),
            ("分担", "shared"),
            ("往期差额", "difference"),
            ("扣留", "withheld"),
            ("预付", "prepaid"),
            ("应付", "due"),
            ("挂账", "owed"),
            ("预付周转金", "receivable"),
            ("结转", "carried"),
            ("期初调剂金", "reserve opening"),
            ("期末调剂金", "reserve closing"),
        ]
        .map(|(zh, en)| number_column(zh, en)),
    );
    let rows = lines.iter().map(|line| {
        html! { tr { td { (name(view, line)) } @for amount in line.amounts() { (cell(amount)) } } }
    });
    Table { id, columns, rows: rows.collect(), totals: None, filter: lines.len() > 20, first: 40, dense: true }
}

fn name(view: &View<'_>, line: &AccountRow) -> Markup {
    match line.of {
        AccountOf::Institution(at) => html! { (view.institution(at)) },
        AccountOf::Pool(at) => html! { (view.settled.pools.get(at as usize).map_or("", |pool| pool.id.as_str())) },
        AccountOf::Region => html! { b { (bilingual(&view.settled.pack.region)) } },
    }
}

fn cell(amount: Option<i128>) -> Markup {
    match amount.map(i64::try_from) {
        Some(Ok(amount)) => money_cell(Fen::new(amount)),
        Some(Err(_)) => number_cell("…"),
        None => html! { td {} },
    }
}
