//! The region's identity: what came in (budgets, opening reserves) is what was paid, kept, carried and deducted, to the
//! fen, over all pools. Asserted whenever anything is settled.

use yibao_kernel::Fen;

use super::pool_year::RowWork;
use crate::plan::OutsidePools;
use crate::settled::{Bilingual, IdentityLine, PoolRow};

/// The lines: sources first. `apart` is what the year's budgets give to no pool (nothing in a month). Asserts that both sides are the same.
pub fn lines(rows: &[RowWork], pools: &[PoolRow], apart: OutsidePools) -> Vec<IdentityLine> {
    let (outside, reserves) = (exact(apart.outside), exact(apart.reserves));
    let of_pools = |amount: fn(&PoolRow) -> Fen| pools.iter().map(|pool| exact(amount(pool))).sum::<i128>();
    let of_rows = |amount: fn(&RowWork) -> Fen| rows.iter().map(|row| exact(amount(row))).sum::<i128>();
    let due = of_rows(|row| row.due);
    let prepaid = of_rows(|row| row.columns.prepaid);
    let withheld = of_rows(|row| row.columns.withheld);
    let entitled = rows.iter().map(|row| {
        let columns = &row.columns;
        [columns.cleared, columns.charged, columns.assessed, columns.shared, columns.difference]
            .into_iter()
            .map(exact)
            .sum::<i128>()
    });
    let entitled: i128 = entitled.sum();
    let sources = [
        line("budget", ("预算", "budgets"), true, of_pools(|pool| pool.budget) + outside + reserves),
        line("reserve_opening", ("期初调剂金", "opening reserves"), true, of_pools(|pool| pool.reserve_opening)),
    ];
    let uses = [
        line("outside", ("池外支付", "paid outside the pools"), false, outside),
        line("budget_reserves", ("转入预算储备", "put into budget reserves"), false, reserves),
        line("deducted", ("分配前扣除", "deducted before distribution"), false, of_pools(|pool| pool.deducted)),
        line("prepaid", ("已预付", "prepaid"), false, prepaid),
        line("due", ("应付", "due"), false, due),
        line("withheld", ("扣留的保证金", "deposits kept"), false, withheld),
        // A negative due that is paid as nothing is still owed: it stands as a receivable.
        line("receivable", ("转为应收", "carried as receivables"), false, entitled - prepaid - due - withheld),
        line("reserve_closing", ("期末调剂金", "closing reserves"), false, of_pools(|pool| pool.reserve_closing)),
        line("carried", ("结转", "carried"), false, of_pools(|pool| pool.carried)),
    ];
    let total = |lines: &[(IdentityLine, i128)]| lines.iter().map(|(_, amount)| *amount).sum::<i128>();
    assert!(
        total(&sources) == total(&uses),
        "budgets + opening reserves = outside + budget reserves + deducted + prepaid + due + deposits + receivables + closing reserves + carried"
    );
    sources.into_iter().chain(uses).map(|(line, _)| line).collect()
}

fn exact(amount: Fen) -> i128 {
    i128::from(amount.get())
}

fn line(id: &str, (zh, en): (&str, &str), is_source: bool, amount: i128) -> (IdentityLine, i128) {
    // Sums of a region beyond 90,000 billion yuan are shown at the edge; the assertion is on the exact sums.
    let edge = if amount < 0 { i64::MIN } else { i64::MAX };
    let shown = Fen::new(i64::try_from(amount).unwrap_or(edge));
    let title = Bilingual { zh: zh.to_owned(), en: en.to_owned() };
    (IdentityLine { id: id.to_owned(), title, is_source, amount: shown }, amount)
}
