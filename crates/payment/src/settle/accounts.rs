//! Final accounts: institutions and pools added up from the clearing rows, each way of adding asserted against the other.

use super::pool_year::RowWork;
use crate::plan::Plan;
use crate::settled::PoolRow;
use crate::settled::accounts::{AccountOf, AccountRow};
use crate::settled::entries::EntriesView;

/// The lines: institutions in rank order (those with a row or a receivable), pools, the region.
pub fn final_accounts(plan: &Plan, rows: &[RowWork], pools: &[PoolRow], entries: &EntriesView) -> Vec<AccountRow> {
    let mut institutions: Vec<Option<AccountRow>> = vec![None; plan.institutions.len()];
    let mut of_pools: Vec<AccountRow> = pools.iter().zip(0_u32..).map(|(pool, at)| of_pool(pool, at)).collect();
    for row in rows {
        if let Some(slot) = institutions.get_mut(row.key.institution as usize) {
            add(slot.get_or_insert_with(AccountRow::default), row);
        }
        let pool = plan.pool_of(row.key.method, row.key.insurance, row.key.district);
        if let Some(account) = pool.and_then(|at| of_pools.get_mut(usize::from(at))) {
            add(account, row);
        }
    }
    for receivable in &entries.receivables {
        if let Some(slot) = institutions.get_mut(receivable.institution as usize) {
            slot.get_or_insert_with(AccountRow::default);
        }
    }
    let mut lines = Vec::new();
    for (at, account) in (0_u32..).zip(institutions) {
        let Some(account) = account else { continue };
        let receivable = Some(entries.receivable_of(at));
        lines.push(AccountRow { of: AccountOf::Institution(at), receivable, ..account });
    }
    let region = region(&lines, &of_pools);
    for pool in &of_pools {
        check(pool);
    }
    check(&region);
    lines.extend(of_pools);
    lines.push(region);
    lines
}

fn exact(amount: yibao_kernel::Fen) -> i128 {
    i128::from(amount.get())
}

fn of_pool(pool: &PoolRow, at: u32) -> AccountRow {
    AccountRow {
        of: AccountOf::Pool(at),
        budget: Some(exact(pool.budget)),
        deducted: Some(exact(pool.deducted)),
        carried: Some(exact(pool.carried)),
        reserve_opening: Some(exact(pool.reserve_opening)),
        reserve_closing: Some(exact(pool.reserve_closing)),
        ..AccountRow::default()
    }
}

fn add(account: &mut AccountRow, row: &RowWork) {
    let columns = &row.columns;
    account.cleared += exact(columns.cleared);
    account.charged += exact(columns.charged);
    account.assessed += exact(columns.assessed);
    account.shared += exact(columns.shared);
    account.difference += exact(columns.difference);
    account.withheld += exact(columns.withheld);
    account.prepaid += exact(columns.prepaid);
    account.due += exact(row.due);
    account.owed = account.entitled() - account.withheld - account.prepaid - account.due;
}

/// The region, added up over institutions; asserted to be the sum over pools.
fn region(institutions: &[AccountRow], pools: &[AccountRow]) -> AccountRow {
    let over = |lines: &[AccountRow], of: fn(&AccountRow) -> i128| lines.iter().map(of).sum::<i128>();
    let columns: [fn(&AccountRow) -> i128; 9] = [
        |line| line.cleared,
        |line| line.charged,
        |line| line.assessed,
        |line| line.shared,
        |line| line.difference,
        |line| line.withheld,
        |line| line.prepaid,
        |line| line.due,
        |line| line.owed,
    ];
    for column in columns {
        assert!(
            over(institutions, column) == over(pools, column),
            "the final accounts of the institutions add up to those of the pools"
        );
    }
    let [cleared, charged, assessed, shared, difference, withheld, prepaid, due, owed] =
        columns.map(|column| over(institutions, column));
    let of_pools = |of: fn(&AccountRow) -> Option<i128>| Some(pools.iter().filter_map(of).sum::<i128>());
    AccountRow {
        of: AccountOf::Region,
        budget: of_pools(|line| line.budget),
        deducted: of_pools(|line| line.deducted),
        cleared,
        charged,
        assessed,
        shared,
        difference,
        withheld,
        prepaid,
        due,
        owed,
        receivable: Some(institutions.iter().filter_map(|line| line.receivable).sum()),
        carried: of_pools(|line| line.carried),
        reserve_opening: of_pools(|line| line.reserve_opening),
        reserve_closing: of_pools(|line| line.reserve_closing),
    }
}

/// Conservation, asserted in production: budget + opening reserve = deducted + paid + carried + closing reserve. Prepaid
/// working capital is in none of them.
fn check(line: &AccountRow) {
    let of = |amount: Option<i128>| amount.unwrap_or(0);
    assert!(
        of(line.budget) + of(line.reserve_opening)
            == of(line.deducted) + line.entitled() + of(line.carried) + of(line.reserve_closing),
        "budget + opening reserve = deducted + paid + carried + closing reserve"
    );
    assert!(
        line.entitled() == line.due + line.withheld + line.prepaid + line.owed,
        "paid = due + withheld + prepaid + owed"
    );
}
