//! Pools that are lines of a budget, and tables of yuan that were proposed and adopted.

use yibao_kernel::{Day, Fen, Window};
use yibao_policy::Path;

use super::Compiler;
use super::rule_words::plain;
use crate::budget::{changed, work_out};
use crate::pack::agreed::Agreed;
use crate::pack::budget::{Budget, LineTo};
use crate::pack::pool::Pool as WrittenPool;
use crate::pack::version;
use crate::plan::table::Unit;
use crate::plan::{Adjustment, Lookup, OutsidePools, Table, TableId};
use crate::settled::Bilingual;

impl<'a> Compiler<'a> {
    /// The budget and line a pool names; what is wrong with them the check of the written pack has told.
    pub(super) fn budget_line(&self, pool: &WrittenPool) -> Option<(&'a Budget, usize)> {
        let (id, line) = pool.budget.as_deref()?.split_once('.')?;
        let budget = self.pack.budget.iter().find(|budget| budget.id == id)?;
        Some((budget, budget.line(line)?.0))
    }

    /// What a pool starts with: its own amount, or the adopted amount of its budget line.
    pub(super) fn pool_amount(&mut self, pool: &WrittenPool, path: &Path) -> Option<Fen> {
        if let Some(amount) = &pool.amount {
            return self.stated(amount, &path.key("amount"));
        }
        let (budget, line) = self.budget_line(pool)?;
        let Some((at, version)) = version::adopted(&budget.version, self.known) else {
            let what = format!("the budget \"{}\" of {}", budget.id, budget.year);
            let (message, hint) = version::not_adopted(&what, "budget", &budget.version, self.known);
            self.open(&path.key("budget"), message, hint);
            return None;
        };
        let worked = work_out(budget, &version.values, &Path::of("version").at(at)).ok()?;
        worked.parts.get(line).map(|part| part.amount)
    }

    /// The dated changes of a pool's budget line, as the pool's own.
    pub(super) fn budget_changes(&mut self, pool: &WrittenPool, title: &Bilingual, path: &Path) -> Vec<Adjustment> {
        let Some((budget, line)) = self.budget_line(pool) else { return Vec::new() };
        let Some(line) = budget.line.get(line) else { return Vec::new() };
        let mut changes = Vec::new();
        for (number, change) in (1..).zip(budget.changes(self.known)) {
            let amount = match (change.line == line.id, change.from.as_ref() == Some(&line.id)) {
                (true, _) => Some(change.amount),
                (false, true) => change.amount.checked_neg().ok(),
                (false, false) => None,
            };
            let Some(amount) = amount else { continue };
            let reason = change.words();
            let words = Bilingual {
                zh: format!(
                    "{}：{} 预算调整 {{0}} 元，{}（{}）",
                    plain(&title.zh),
                    change.on,
                    plain(&reason.zh),
                    plain(&change.procedure.zh)
                ),
                en: format!(
                    "{}: budget changed on {} by {{0}}, {} ({})",
                    plain(&title.en),
                    change.on,
                    plain(&reason.en),
                    plain(&change.procedure.en)
                ),
            };
            let id = format!("pool/{}/budget-change-{number}", pool.id);
            let rule = self.pool_rule(&id, &words, &change.source, path);
            changes.push(Adjustment { on: change.on, amount, reason, rule });
        }
        changes
    }

    /// What the budgets of a year leave outside the pools and put into their reserves, with dated changes. Budgets
    /// without an adopted version have been told.
    pub(super) fn outside_pools(&self, year: i32) -> OutsidePools {
        let mut sums = OutsidePools::default();
        for budget in self.pack.budget.iter().filter(|budget| budget.year == year) {
            let Some((at, version)) = version::adopted(&budget.version, self.known) else { continue };
            let Ok(worked) = work_out(budget, &version.values, &Path::of("version").at(at)) else { continue };
            let Ok(changes) = changed(budget, &budget.changes(self.known)) else { continue };
            for ((line, part), change) in budget.line.iter().zip(&worked.parts).zip(changes) {
                let Ok(amount) = part.amount.checked_add(change) else { continue };
                let sum = match line.to {
                    Some(LineTo::Outside) => &mut sums.outside,
                    Some(LineTo::Reserve(_)) => &mut sums.reserves,
                    Some(LineTo::Pool(_)) | None => continue,
                };
                *sum = sum.checked_add(amount).unwrap_or(*sum);
            }
        }
        sums
    }

    /// Negotiated standards and total-control indexes as tables: the adopted version of each year.
    pub(super) fn load_agreed(&mut self) {
        let pack = self.pack;
        for (list, all) in [("standard", &pack.standard), ("total_control", &pack.total_control)] {
            let mut names: Vec<&str> = all.iter().map(Agreed::name).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                // The same name as a table has been told.
                if self.table_ids.contains_key(name) {
                    continue;
                }
                let Ok(number) = u16::try_from(self.tables.0.len()) else { return };
                let years = all.iter().enumerate().filter(|(_, one)| one.name() == name);
                let table = self.agreed_table(list, name, &years.collect::<Vec<_>>());
                self.tables.0.push(table);
                self.table_ids.insert(name.to_owned(), TableId(number));
            }
        }
    }

    fn agreed_table(&mut self, list: &str, name: &str, years: &[(usize, &Agreed)]) -> Table {
        let mut key = None;
        let mut periods: Vec<(Window, Lookup)> = Vec::new();
        for (at, agreed) in years {
            let path = Path::of(list).at(*at);
            let Some((version_at, version)) = version::adopted(&agreed.version, self.known) else {
                let what = format!("the {} \"{}\" of {}", list.replace('_', " "), agreed.id, agreed.year);
                let (message, hint) = version::not_adopted(&what, list, &agreed.version, self.known);
                self.not_adopted.insert((name.to_owned(), agreed.year), (message, hint));
                let declared = agreed.version.first().map(|version| agreed.table(version));
                key = key.or_else(|| declared.map(|declared| self.key_fields(&declared, &path)));
                continue;
            };
            let declared = agreed.table(version);
            let fields = self.key_fields(&declared, &path);
            let values = path.key("version").at(version_at).key("values");
            // Rows that are not there, or twice, have been told.
            let stated = declared.file.is_some() != declared.rows.is_some();
            let rows = if stated { self.load_rows(&agreed.id, &declared, &fields, &values) } else { Lookup::default() };
            match &key {
                Some(first) if *first != fields => {
                    let message = format!("\"{name}\" of {} has other keys than another year's", agreed.year);
                    self.error(&path.key("key"), message, "one name has the same keys in every year");
                }
                _ => key = Some(fields),
            }
            if let Some(days) = self.days_of(agreed.year) {
                periods.push((days, rows));
            }
        }
        periods.sort_by_key(|(days, _)| days.from);
        Table { name: name.to_owned(), unit: Unit::Fen, dp: 4, key: key.unwrap_or_default(), periods }
    }

    /// A step of this year looks up a table of which this year's version was not adopted.
    pub(super) fn check_adopted(&mut self, name: &str, path: &Path) {
        let year = self.year;
        if let Some((message, hint)) = self.not_adopted.get(&(name.to_owned(), year)).cloned() {
            self.open(path, message, hint);
        }
    }

    fn days_of(&self, year: i32) -> Option<Window> {
        let calendar = Window::year(year).ok()?;
        let declared = self.pack.year_declaration(year);
        let from: Day = declared.and_then(|declared| declared.from).unwrap_or(calendar.from);
        Window::new(from, declared.and_then(|declared| declared.until).or(calendar.until)).ok()
    }
}
