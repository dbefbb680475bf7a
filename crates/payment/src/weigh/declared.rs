//! The plan of a pack's `[weigh]`, with the small tables it names, and its input out of the stays.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use yibao_kernel::Fen;
use yibao_policy::{CsvTable, Folder};
use yibao_record::column::Column;
use yibao_record::mapping::FieldDeclaration;
use yibao_record::stays::{Extra, GroupStatus, Stays, Symbol, Symbols};

use super::error::WeighError;
use super::input::WeighInput;
use super::plan::{Tables, WeighPlan};
use crate::pack::Pack;
use crate::pack::reference::ReferenceFiles;
use crate::pack::table::TableDeclaration;
use crate::pack::weigh::Weigh;

impl WeighPlan {
    /// The plan of a pack. It is checked.
    ///
    /// # Errors
    /// The pack has no `[weigh]`, a table cannot be read, or any refusal of [`WeighPlan::check`].
    pub fn of_pack(folder: &Folder, pack: &Pack, reference: &dyn ReferenceFiles) -> Result<Self, WeighError> {
        let weigh = pack.weigh.as_ref().ok_or(WeighError::NotDeclared)?;
        let source = crate::plan::compile::citation(pack, &weigh.source);
        Self::resolve(weigh, &PackTables { folder, pack, reference }, source)
    }
}

/// The tables of a pack as rows of text.
struct PackTables<'a> {
    folder: &'a Folder,
    pack: &'a Pack,
    reference: &'a dyn ReferenceFiles,
}

impl Tables for PackTables<'_> {
    fn rows(&self, id: &str) -> Result<Vec<(String, String)>, String> {
        let declared = self.pack.table.get(id).ok_or_else(|| format!("there is no [table.{id}]"))?;
        let rows = match (&declared.file, &declared.reference, &declared.rows) {
            (Some(file), None, None) => of_csv(declared, &self.folder.csv(file).map_err(|found| found.to_string())?)?,
            (None, Some(name), None) => of_csv(declared, &self.public(declared, name)?)?,
            (None, None, Some(rows)) => {
                let text = |row: &BTreeMap<_, yibao_policy::scalar::Scalar>, column: &str| {
                    row.get(column).map(ToString::to_string).unwrap_or_default()
                };
                let key = key_of(declared)?;
                let value = declared.value.as_deref().unwrap_or_default();
                rows.iter().map(|row| (text(row, key), text(row, value))).collect()
            }
            _ => return Err("it has none or several of `file`, `reference`, `rows`".to_owned()),
        };
        let mut seen = BTreeSet::new();
        match rows.iter().find(|(group, _)| !seen.insert(group.as_str())) {
            Some((group, _)) => Err(format!("group \"{group}\" stands twice")),
            None => Ok(rows),
        }
    }
}

impl PackTables<'_> {
    fn public(&self, declared: &TableDeclaration, name: &str) -> Result<CsvTable, String> {
        let obtain = declared.obtain.as_deref().unwrap_or("see its source");
        let path = self.reference.find(name).ok_or_else(|| {
            format!("the public file \"{name}\" is not in the reference-data folder; obtain it ({obtain}) and name its folder with --data or YIBAO_DATA")
        })?;
        CsvTable::read(&path, &path.to_string_lossy()).map_err(|found| found.to_string())
    }
}

fn key_of(declared: &TableDeclaration) -> Result<&str, String> {
    match declared.key.as_slice() {
        [key] => Ok(key),
        keys => Err(format!("its key has {} columns, and the weight run reads tables by group", keys.len())),
    }
}

fn of_csv(declared: &TableDeclaration, table: &CsvTable) -> Result<Vec<(String, String)>, String> {
    let column = |name: &str| table.column(name).map_err(|found| found.to_string());
    let key = column(key_of(declared)?)?;
    let value = declared.value.as_deref().map(column).transpose()?;
    let mut filters = Vec::new();
    for (name, text) in &declared.r#where {
        filters.push((column(name)?, text));
    }
    let cell = |fields: &[String], at: Option<usize>| at.and_then(|at| fields.get(at)).cloned().unwrap_or_default();
    let kept = table.rows.iter().filter(|row| filters.iter().all(|(at, text)| row.fields.get(*at) == Some(text)));
    Ok(kept.map(|row| (cell(&row.fields, Some(key)), cell(&row.fields, value))).collect())
}

impl<'a> WeighInput<'a> {
    /// The weight run's columns of stays that were read through a pack. `fields` are the pack's extra fields, in whose
    /// order the stays hold them.
    ///
    /// # Errors
    /// A fee class that is not an extra field of amounts, or a stay without its amount.
    pub fn of_stays(
        weigh: &Weigh,
        fields: &BTreeMap<String, FieldDeclaration>,
        stays: &'a Stays,
        names: &'a Symbols,
    ) -> Result<Self, WeighError> {
        let mut classes = Vec::new();
        for (class, field) in weigh.five_class.iter().flat_map(|five| &five.fields) {
            let at = fields.keys().position(|name| name == field);
            let Some(Extra::Fen(amounts)) = at.and_then(|at| stays.extras.get(at)) else {
                return Err(WeighError::ClassField { class: class.clone(), field: field.clone() });
            };
            classes.push(Cow::Owned(class_column(class, stays, amounts)?));
        }
        Ok(Self {
            names,
            group: grouped(stays),
            year: Cow::Owned(stays.discharge.iter().map(|day| day.year()).collect()),
            amount: stays.cost.values(),
            classes,
        })
    }
}

/// The groups of the stays; what grouping left ambiguous or rejected has none.
fn grouped(stays: &Stays) -> Cow<'_, [Symbol]> {
    if stays.group_status.iter().all(|status| *status == GroupStatus::Grouped) {
        return stays.group.values();
    }
    let of_status = |(group, status): (&Symbol, &GroupStatus)| match status {
        GroupStatus::Grouped => *group,
        GroupStatus::Ambiguous | GroupStatus::Ungrouped | GroupStatus::Rejected => Symbol::NONE,
    };
    Cow::Owned(stays.group.iter().zip(stays.group_status.iter()).map(of_status).collect())
}

fn class_column(class: &str, stays: &Stays, amounts: &Column<Option<Fen>>) -> Result<Vec<Fen>, WeighError> {
    let stated = |(row, amount): (usize, &Option<Fen>)| {
        amount.ok_or_else(|| WeighError::ClassMissing {
            class: class.to_owned(),
            row: stays.source_row.get(row).copied().unwrap_or(0),
        })
    };
    amounts.iter().enumerate().map(stated).collect()
}
