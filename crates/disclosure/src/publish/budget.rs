//! The budget and its split over pools, and the price each pool came to.

use yibao_kernel::Fen;

use super::Source;
use crate::grid::{Grid, Value, number_head, text_head};
use crate::page::words;
use crate::stored::StoredPool;

/// One row per pool, then their sum.
pub(super) fn grid(source: &Source<'_>) -> Grid {
    let amounts = ["budget", "deducted", "reserve_in", "distributable", "cleared", "charged", "residual"];
    let heads = vec![
        text_head("pool", "基金池", "pool"),
        number_head("budget", "预算", "budget"),
        number_head("deducted", "扣除", "deducted"),
        number_head("reserve_in", "划入调节金", "to reserve"),
        number_head("distributable", "可分配", "distributable"),
        number_head("cleared", "清算", "cleared"),
        number_head("charged", "外出扣付", "charged"),
        number_head("residual", "结余", "residual"),
        number_head("price", "点值／费率", "point value / rate"),
    ];
    let pools = &source.stored.pools;
    let mut rows: Vec<Vec<Value>> = pools
        .iter()
        .map(|pool| {
            let mut row = vec![Value::Titled(pool.id.clone(), title(source, pool))];
            row.extend(amounts.map(|name| Value::Money(pool.figures.fen(name))));
            row.push(match pool.figures.text("price") {
                "" => Value::Blank,
                price => Value::Printed(price.to_owned()),
            });
            row
        })
        .collect();
    if pools.len() > 1 {
        let mut row = vec![Value::Titled("total".to_owned(), words("合计", "total"))];
        row.extend(amounts.map(|name| Value::Money(sum(pools.iter().map(|pool| pool.figures.fen(name))))));
        row.push(Value::Blank);
        rows.push(row);
    }
    Grid { id: "budget-table", title: words("预算与价格", "Budget and price"), heads, rows }
}

pub(super) fn title(source: &Source<'_>, pool: &StoredPool) -> crate::page::Words {
    let titled = source.stored.facts.pools.iter().find(|one| one.id == pool.id);
    match titled {
        Some(one) if !one.title.zh.is_empty() => words(&one.title.zh, &one.title.en),
        _ => words(&pool.id, &pool.id),
    }
}

/// A sum of amounts; one that does not fit stands at the edge (the settlement asserted that it fits).
pub(super) fn sum(amounts: impl Iterator<Item = Fen>) -> Fen {
    let sum: i128 = amounts.map(|amount| i128::from(amount.get())).sum();
    Fen::new(i64::try_from(sum).unwrap_or(i64::MAX))
}
