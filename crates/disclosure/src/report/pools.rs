//! Budget and price: where each pool's money went.

use super::{View, unit_words};
use crate::chart::waterfall::{self, Bar};
use crate::page::{Section, Table, Words, decimal, figure, money_cell, number_cell, number_column, text_column, words};
use maud::html;
use yibao_kernel::Fen;
use yibao_payment::settled::PoolRow;

/// How many pools are drawn; all are in the table.
const DRAWN: usize = 4;

pub(super) fn section(view: &View<'_>) -> Section {
    let pools = &view.settled.pools;
    let body = html! {
        @for pool in pools.iter().take(DRAWN) {
            @if pools.len() > 1 { h3 { (titled(pool)) } }
            (figure(waterfall::draw(&bars(pool)), "从预算到结余：扣除与划入调节金之后为可分配额，减去清算额为结余。", "From budget to residual: what is left after deductions and the reserve is distributable; less what was cleared it is the residual."))
        }
        @if pools.len() > DRAWN { p.small { (words(format!("其余 {} 个基金池见下表。", pools.len() - DRAWN), format!("The other {} pools are in the table.", pools.len() - DRAWN))) } }
        (table(view).render())
    };
    Section { id: "pools", title: words("预算与价格", "Budget and price"), lead: lead(view), body }
}

/// The identities, and how the kind of price in force divides the money.
fn lead(view: &View<'_>) -> Words {
    let kinds = |wanted: &str| view.settled.method_kinds.iter().any(|(_, price)| price == wanted);
    let mut zh = "预算 = 扣除 + 划入调节金 + 可分配；可分配 = 清算 + 外出扣付 + 结余，分毫不差。".to_owned();
    let mut en =
        "Budget = deducted + to reserve + distributable; distributable = cleared + charged + residual, to the fen."
            .to_owned();
    if kinds("points") {
        zh += "点值只打印不相乘：总额按点数用最大余数法分到机构与病例。";
        en += " The point value is printed, never multiplied: the pool is split by points with the largest remainder.";
    }
    if kinds("rate") {
        zh += "费率法逐例按 权重 × 费率 × 系数 支付，结余为正为余、为负为超。";
        en += " By rate each stay is paid weight × rate × factors; a positive residual is left over, a negative one overspent.";
    }
    words(zh, en)
}

fn bars(pool: &PoolRow) -> Vec<Bar> {
    let bar = |zh: &str, en: &str, start: Fen, end: Fen, amount: Fen, colour| Bar {
        name: words(zh, en),
        start,
        end,
        amount,
        colour,
    };
    // Positions on paper: a sum that does not fit is drawn at the edge.
    let less = |from: Fen, amount: Fen| from.checked_sub(amount).unwrap_or(from);
    let after_deducted = less(pool.budget, pool.deducted);
    vec![
        bar("预算", "budget", Fen::ZERO, pool.budget, pool.budget, "var(--blue)"),
        bar("扣除", "deducted", pool.budget, after_deducted, pool.deducted, "var(--grey)"),
        bar(
            "划入调节金",
            "to reserve",
            after_deducted,
            less(after_deducted, pool.reserve_in),
            pool.reserve_in,
            "var(--orange)",
        ),
        bar("可分配", "distributable", Fen::ZERO, pool.distributable, pool.distributable, "var(--blue)"),
        bar(
            "清算净额",
            "cleared, net",
            pool.distributable,
            pool.residual,
            pool.cleared.checked_add(pool.charged).unwrap_or(pool.cleared),
            "var(--green)",
        ),
        bar(
            "结余",
            "residual",
            Fen::ZERO,
            pool.residual,
            pool.residual,
            if pool.residual.is_negative() { "var(--red)" } else { "var(--sky)" },
        ),
    ]
}

fn table(view: &View<'_>) -> Table {
    let rows = view.settled.pools.iter().map(|pool| {
        html! { tr {
            td { (titled(pool)) }
            @for amount in [pool.budget, pool.deducted, pool.reserve_in, pool.distributable, pool.cleared, pool.charged, pool.residual] { (money_cell(amount)) }
            td { (borne_by(&pool.borne_by)) }
            (number_cell(&decimal(pool.units, 4)))
            (number_cell(&pool.price.map(|price| price.to_string()).unwrap_or_default()))
            (money_cell(pool.reserve_out))
            (money_cell(pool.reserve_closing))
        } }
    });
    let units = unit_words(view.settled);
    Table {
        id: "pools-table",
        columns: vec![
            text_column("基金池", "pool"),
            number_column("预算", "budget"),
            number_column("扣除", "deducted"),
            number_column("划入调节金", "to reserve"),
            number_column("可分配", "distributable"),
            number_column("清算", "cleared"),
            number_column("外出扣付", "charged"),
            number_column("结余", "residual"),
            text_column("结余承担", "borne by"),
            number_column(&units.zh, &units.en),
            number_column("点值或费率", "price"),
            number_column("动用调节金", "from reserve"),
            number_column("调节金余额", "reserve left"),
        ],
        rows: rows.collect(),
        totals: None,
        filter: false,
        first: 60,
        dense: true,
    }
}

/// Its title, else its id.
fn titled(pool: &PoolRow) -> Words {
    match pool.title.zh.is_empty() {
        true => words(&pool.id, &pool.id),
        false => words(&pool.title.zh, &pool.title.en),
    }
}

fn borne_by(word: &str) -> Words {
    match word {
        "reserve" => words("调节金", "reserve"),
        "next_year" => words("下年度", "next year"),
        "institutions" => words("机构", "institutions"),
        other => words(other, other),
    }
}
