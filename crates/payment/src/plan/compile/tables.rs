//! Value tables: their rows, their versions, the periods in which each version is in force.

use std::collections::BTreeMap;

use yibao_kernel::versions::{Dated, conflicts, select};
use yibao_kernel::{Day, Window};
use yibao_policy::{Path, suggest};

use super::Compiler;
use crate::pack::table::TableDeclaration;
use crate::plan::table::{KEYS_MAX, Unit};
use crate::plan::{FieldRef, Lookup, Table, TableId};

/// The words of a unit.
pub(super) const fn unit_word(unit: Unit) -> &'static str {
    match unit {
        Unit::Decimal => "decimal",
        Unit::Fen => "fen",
        Unit::Ratio => "ratio",
        Unit::List => "list",
    }
}

impl Compiler<'_> {
    /// Loads every table of the pack.
    pub(super) fn load_tables(&mut self) {
        let pack = self.pack;
        let mut by_name: BTreeMap<&str, Vec<(&str, &TableDeclaration)>> = BTreeMap::new();
        for (id, declared) in &pack.table {
            by_name.entry(declared.name.as_deref().unwrap_or(id)).or_default().push((id, declared));
        }
        for (name, versions) in by_name {
            let Ok(number) = u16::try_from(self.tables.0.len()) else { return };
            let table = self.table_of_versions(name, &versions);
            self.tables.0.push(table);
            self.table_ids.insert(name.to_owned(), TableId(number));
        }
    }

    fn table_of_versions(&mut self, name: &str, versions: &[(&str, &TableDeclaration)]) -> Table {
        let mut rows: Vec<Dated<Lookup>> = Vec::new();
        let mut key: Option<(Vec<FieldRef>, Unit, &str)> = None;
        for (id, declared) in versions {
            let at = Path::of("table").key(id);
            let fields = self.key_fields(declared, &at);
            match &key {
                None => key = Some((fields.clone(), declared.unit, id)),
                Some((first, unit, first_id)) if *first != fields || *unit != declared.unit => {
                    let message = format!(
                        "table \"{id}\" and \"{first_id}\" share the name \"{name}\" but not their keys and unit"
                    );
                    self.error(
                        &at,
                        message,
                        "versions of one table have the same key_fields and unit; else give them different names",
                    );
                }
                Some(_) => {}
            }
            let Some(effective) = self.effective(declared, &at) else { continue };
            let lookup = self.load_rows(id, declared, &fields, &at);
            rows.push(Dated {
                id: (*id).to_owned(),
                value: lookup,
                effective,
                known: declared.known.unwrap_or(Day::MIN),
                supersedes: declared.supersedes.clone(),
                exception_to: None,
            });
        }
        self.check_versions(name, versions, &rows);
        let (key, unit, _) = key.unwrap_or((Vec::new(), Unit::List, ""));
        let dp = versions.iter().map(|(_, declared)| declared.dp.unwrap_or(4)).max().unwrap_or(4).max(4);
        Table { name: name.to_owned(), unit, dp, key, periods: self.periods(&rows) }
    }

    pub(super) fn key_fields(&mut self, declared: &TableDeclaration, at: &Path) -> Vec<FieldRef> {
        if declared.key.is_empty() || declared.key.len() > KEYS_MAX {
            let message = format!("a table has one to {KEYS_MAX} key columns, found {}", declared.key.len());
            self.error(&at.key("key"), message, "name the CSV columns that identify a row");
        }
        let names = declared.key_fields.as_ref().unwrap_or(&declared.key);
        let list = if declared.key_fields.is_some() { at.key("key_fields") } else { at.key("key") };
        if names.len() != declared.key.len() {
            let message = format!("{} key_fields for {} key columns", names.len(), declared.key.len());
            self.error(&list, message, "state one field per key column, in the same order");
        }
        names.iter().enumerate().filter_map(|(index, name)| self.key_field(name, &list.at(index))).collect()
    }

    fn effective(&mut self, declared: &TableDeclaration, at: &Path) -> Option<Window> {
        match Window::new(declared.from.unwrap_or(Day::MIN), declared.until) {
            Ok(window) => Some(window),
            Err(error) => {
                self.error_text(&at.key("until"), &error.to_string());
                None
            }
        }
    }

    fn check_versions(&mut self, name: &str, versions: &[(&str, &TableDeclaration)], rows: &[Dated<Lookup>]) {
        for (id, declared) in versions {
            let Some(older) = &declared.supersedes else { continue };
            let others: Vec<&str> = versions.iter().map(|(other, _)| *other).filter(|other| other != id).collect();
            if !others.contains(&older.as_str()) {
                let path = Path::of("table").key(id).key("supersedes");
                let hint =
                    format!("{}; both must have name = \"{name}\"", suggest::hint(older, others.iter().copied()));
                self.error(
                    &path,
                    format!("table \"{id}\" supersedes \"{older}\", which is no version of \"{name}\""),
                    hint,
                );
            }
        }
        for (first, second) in conflicts(rows) {
            let (Some(first), Some(second)) = (rows.get(first), rows.get(second)) else { continue };
            let both = first.effective.intersect(&second.effective).map_or(Day::MIN, |window| window.from);
            let since = if both == Day::MIN { "on every day".to_owned() } else { format!("on {both}") };
            let path = Path::of("table").key(&second.id);
            let place = self.place(&Path::of("table").key(&first.id));
            let message = format!("tables \"{}\" and \"{}\" both apply as \"{name}\" {since}", first.id, second.id);
            let hint =
                format!("the other is at {place}; end one with `until`, state `supersedes`, or give it another name");
            self.error(&path, message, hint);
        }
    }

    /// The periods of discharge days, each with the version in force as known on the plan's day.
    fn periods(&self, rows: &[Dated<Lookup>]) -> Vec<(Window, Lookup)> {
        let mut edges: Vec<Day> =
            rows.iter().flat_map(|row| [Some(row.effective.from), row.effective.until]).flatten().collect();
        edges.sort_unstable();
        edges.dedup();
        let mut periods = Vec::new();
        for (at, from) in edges.iter().enumerate() {
            // Two versions that both apply have been told as an error already.
            let Ok(Some(row)) = select(rows, *from, self.known) else { continue };
            if let Ok(window) = Window::new(*from, edges.get(at + 1).copied()) {
                periods.push((window, row.value.clone()));
            }
        }
        periods
    }

    /// The table of a name, with one of the units a step can use.
    pub(super) fn table(&mut self, name: &str, path: &Path, units: &[Unit]) -> Option<TableId> {
        let Some(id) = self.table_ids.get(name).copied() else {
            let names: Vec<String> = self.table_ids.keys().cloned().collect();
            let hint = match names.is_empty() {
                true => format!("declare [table.{name}]"),
                false => suggest::hint(name, names.iter().map(String::as_str)),
            };
            self.error(path, format!("unknown table \"{name}\""), hint);
            return None;
        };
        self.check_adopted(name, path);
        let table = self.tables.get(id)?;
        let (unit, dp) = (table.unit, table.dp);
        if !units.contains(&unit) {
            let wanted: Vec<&str> = units.iter().map(|unit| unit_word(*unit)).collect();
            let message = format!(
                "table \"{name}\" holds values of unit {}, this step needs {}",
                unit_word(unit),
                wanted.join(" or ")
            );
            self.error(path, message, "name another table, or correct its `unit`");
            return None;
        }
        if unit == Unit::Decimal && dp > 4 {
            let message = format!("table \"{name}\" is published with {dp} decimal places, this step uses 4");
            self.error(path, message, "publish the table with dp = 4 or fewer; the published number is the one used");
            return None;
        }
        Some(id)
    }

    /// A table for a year step: keyed by what a clearing row knows.
    pub(super) fn year_table(&mut self, name: &str, path: &Path, units: &[Unit]) -> Option<TableId> {
        let id = self.table(name, path, units)?;
        let known = |field: &FieldRef| {
            matches!(
                field,
                FieldRef::Institution | FieldRef::Insurance | FieldRef::District | FieldRef::Level | FieldRef::Month
            )
        };
        let bad = self.tables.get(id).is_some_and(|table| !table.key.iter().all(known));
        if bad {
            let hint = "key it by institution, insurance, district, level or month";
            self.error(path, format!("table \"{name}\" is not keyed by what a clearing row knows"), hint);
            return None;
        }
        Some(id)
    }
}
