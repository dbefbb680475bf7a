//! Personal accounts: what they may pay, in which order.

use yibao_kernel::Fen;
use yibao_record::bill::AccountUse;
use yibao_record::person::AccountKind;

use super::Run;
use super::values::{amount, cell};
use crate::pack::step::{Balance, Bucket};
use crate::plan::table::Table;
use crate::refusal::Refusal;

impl Run<'_> {
    pub(super) fn account(&mut self, base: &[Bucket], order: &[Balance], most: Option<&Table>) -> Result<(), Refusal> {
        if self.bill.account == AccountUse::None {
            return Ok(());
        }
        let mut left: i64 = base.iter().map(|bucket| self.bucket(*bucket)).sum();
        if let Some(table) = most {
            left = left.min(amount(cell(self.engine, table, self.facts)?, table)?);
        }
        let state = self.state;
        for balance in order {
            let kind = match balance {
                Balance::Current => AccountKind::Current,
                Balance::Earlier => AccountKind::Earlier,
                Balance::Family => AccountKind::Family,
            };
            if kind == AccountKind::Family && self.bill.account != AccountUse::Family {
                continue;
            }
            for (at, account) in state.accounts.iter().enumerate().filter(|(_, account)| account.kind == kind) {
                let spent: i64 = self.out.accounts.iter().filter(|(known, _)| *known == at).map(|(_, paid)| paid).sum();
                let paid = left.min(account.balance.get() - spent);
                if paid <= 0 {
                    continue;
                }
                left -= paid;
                let before = self.buckets;
                self.take_from(base, paid);
                for (slot, (before, after)) in self.out.buckets.iter_mut().zip(before.iter().zip(self.buckets)) {
                    *slot += before - after;
                }
                match self.out.accounts.iter_mut().find(|(known, _)| *known == at) {
                    Some((_, already)) => *already += paid,
                    None => self.out.accounts.push((at, paid)),
                }
                if let Some(writer) = &mut self.writer {
                    let word = match balance {
                        Balance::Current => "当年 current",
                        Balance::Earlier => "历年 earlier",
                        Balance::Family => "家庭共济 family",
                    };
                    let rest = account.balance.get() - spent - paid;
                    writer.step(self.engine.common.account).text(word).fen(Fen::new(paid)).fen(Fen::new(rest));
                }
            }
        }
        Ok(())
    }
}
