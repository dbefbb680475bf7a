//! Title, subtitle and the headline figures.

use super::{View, bilingual};
use crate::error::DisclosureError;
use crate::page::{Fact, Words, count, decimal, money, words};
use crate::summary::fen;
use yibao_kernel::Fen;
use yibao_payment::settled::{ClearingRow, PoolRow, Settled};

pub(super) fn title(settled: &Settled) -> Words {
    let region = bilingual(&settled.pack.region);
    words(
        format!("{} {} 医保支付清算报告", region.zh, period_zh(&settled.period)),
        format!("{}: provider payment and clearing, {}", region.en, settled.period),
    )
}

pub(super) fn subtitle(settled: &Settled) -> Words {
    let title = bilingual(&settled.pack.title);
    let methods: Vec<Words> =
        settled.methods.iter().map(|method| named(&method.id, &bilingual(&method.title))).collect();
    let zh: Vec<&str> = methods.iter().map(|method| method.zh.as_str()).collect();
    let en: Vec<&str> = methods.iter().map(|method| method.en.as_str()).collect();
    let currency = match settled.pack.currency.as_str() {
        "" | "CNY" => Words::default(),
        other => words(format!("　金额单位：{other}"), format!(" · amounts in {other}")),
    };
    words(
        format!("{}　支付方式：{}{}", title.zh, zh.join("、"), currency.zh),
        format!("{} · methods: {}{}", title.en, en.join(", "), currency.en),
    )
}

pub(super) fn facts(view: &View<'_>) -> Result<Vec<Fact>, DisclosureError> {
    let settled = view.settled;
    let rows = |amount: fn(&ClearingRow) -> Fen| -> Result<String, DisclosureError> {
        let sum: i128 = settled.rows.iter().map(|row| i128::from(amount(row).get())).sum();
        fen(sum, "the clearing rows").map(money)
    };
    let pools = |amount: fn(&PoolRow) -> Fen| -> Result<String, DisclosureError> {
        let sum: i128 = settled.pools.iter().map(|pool| i128::from(amount(pool).get())).sum();
        fen(sum, "the pools").map(money)
    };
    let cases: u64 = settled.rows.iter().map(|row| row.cases).sum();
    let mut institutions: Vec<u32> = settled.rows.iter().map(|row| row.institution).collect();
    institutions.sort_unstable();
    institutions.dedup();
    let mut facts = vec![
        fact(("基金预算", "Fund budget"), pools(|pool| pool.budget)?, pools_note(settled)),
        fact(
            ("记账基金", "Accounted"),
            rows(|row| row.accounted)?,
            words("出院时已记账的统筹基金", "fund recorded at discharge"),
        ),
        fact(("清算", "Cleared"), rows(|row| row.cleared)?, words("按支付方式应得的基金", "what the methods give")),
        fact(("结余", "Residual"), pools(|pool| pool.residual)?, words("可分配 − 清算", "distributable − cleared")),
        fact(("预付", "Prepaid"), rows(|row| row.prepaid)?, words("年内已拨付", "paid during the year")),
        fact(("应付", "Due"), rows(|row| row.due)?, words("抵扣预付后应拨付", "balance after prepayment")),
        fact(("机构", "Institutions"), count(institutions.len() as u64), over_note(view)),
        fact(("病例", "Stays"), count(cases), case_mix_note(view)),
        fact(("拒付病例", "Refused"), count(settled.refused.len() as u64), not_selected_note(settled.not_selected)),
    ];
    facts.insert(1, price_fact(settled));
    Ok(facts)
}

/// The price of the only pool, or how many pools there are.
fn price_fact(settled: &Settled) -> Fact {
    if let [pool] = settled.pools.as_slice()
        && let Some(price) = pool.price
    {
        let points = settled.method_kinds.iter().any(|(_, kind)| kind == "points");
        let (name, note) = if points {
            (("点值", "Point value"), words("每点金额，打印值", "amount per point, as printed"))
        } else {
            (("有效费率", "Effective rate"), words("每权重金额", "amount per weight"))
        };
        return fact(name, price.to_string(), note);
    }
    fact(
        ("基金池", "Pools"),
        count(settled.pools.len() as u64),
        words("各有预算与价格，见下", "each with its budget and price, below"),
    )
}

fn fact(name: (&str, &str), value: String, note: Words) -> Fact {
    Fact { name: words(name.0, name.1), value, note }
}

fn pools_note(settled: &Settled) -> Words {
    let number = settled.pools.len();
    words(format!("{number} 个基金池"), format!("{number} pool{}", if number == 1 { "" } else { "s" }))
}

fn over_note(view: &View<'_>) -> Words {
    let over = view.summary.institutions.iter().filter(|sums| sums.gap.total() > 0).count();
    words(format!("{over} 家记账高于清算"), format!("{over} accounted over cleared"))
}

fn case_mix_note(view: &View<'_>) -> Words {
    match view.summary.all.case_mix_index() {
        Some(index) => {
            let text = format!("CMI {}", decimal(i128::from(index), 4));
            words(text.clone(), text)
        }
        None => Words::default(),
    }
}

fn not_selected_note(number: u64) -> Words {
    match number {
        0 => words("已列明原因", "reasons below"),
        _ => words(
            format!("另有 {} 例不属本次清算", count(number)),
            format!("{} more not of this settlement", count(number)),
        ),
    }
}

/// A title, or the id where there is none.
pub(super) fn named(id: &str, title: &Words) -> Words {
    if title.zh.is_empty() { words(id, id) } else { title.clone() }
}

fn period_zh(period: &str) -> String {
    match period.split_once('-') {
        None => format!("{period}年度"),
        Some((year, month)) => format!("{year}年{}月", month.trim_start_matches('0')),
    }
}
