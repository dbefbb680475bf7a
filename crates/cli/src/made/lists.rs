//! The settlement lists: the clinical half of a stay, which its bills do not know.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use yibao_payment::pack::Pack;
use yibao_record::mapping::{Columns, Expression};
use yibao_record::payment_field::PAYMENT_FIELDS;
use yibao_record::stay::GROUPING_FIELDS;

/// What the bills say of a row; a settlement list brings the rest and repeats none of it.
pub const OF_BILLS: [&str; 16] = [
    "case_id",
    "person",
    "institution",
    "insurance",
    "admission",
    "discharge",
    "los_days",
    "sex",
    "age_years",
    "age_days",
    "cost",
    "fund",
    "patient",
    "other_funds",
    "hospital",
    "bills",
];

/// The settlement lists: every column but `case_id`, by stay.
#[derive(Debug, Default)]
pub struct Lists {
    columns: Vec<String>,
    rows: BTreeMap<String, (csv::StringRecord, bool)>,
}

impl Lists {
    /// Reads them; `known` are the columns somebody reads.
    ///
    /// # Errors
    /// A file that is no table, a column the bills say already or nobody reads, a stay twice.
    pub fn read(path: &Path, known: &[String]) -> anyhow::Result<Self> {
        let mut reader = csv::Reader::from_path(path).with_context(|| format!("cannot read {}", path.display()))?;
        let header = reader.headers().with_context(|| path.display().to_string())?.clone();
        let Some(key) = header.iter().position(|name| name == "case_id") else {
            bail!(
                "{}: no column \"case_id\"\n  hint: a settlement list names its stay, as the bills do",
                path.display()
            );
        };
        for name in header.iter().filter(|name| *name != "case_id") {
            if OF_BILLS.contains(&name) {
                bail!(
                    "{}: column \"{name}\" comes from the bills\n  hint: leave it out of the settlement lists",
                    path.display()
                );
            }
            if !known.iter().any(|known| known == name) {
                let known = known.iter().map(String::as_str).filter(|known| !OF_BILLS.contains(known));
                let near = yibao_policy::suggest::nearest(name, known);
                let hint = near.map(|near| format!("did you mean \"{near}\"?"));
                bail!(
                    "{}: column \"{name}\" is no field of a stay\n  hint: {}",
                    path.display(),
                    hint.as_deref().unwrap_or("leave it out, or declare it under [fields] of the pack")
                );
            }
        }
        let mut lists = Self { columns: header.iter().map(str::to_owned).collect(), rows: BTreeMap::new() };
        lists.columns.remove(key);
        for (at, record) in reader.records().enumerate() {
            let record = record.with_context(|| path.display().to_string())?;
            let id = record.get(key).unwrap_or_default().to_owned();
            let rest: csv::StringRecord =
                record.iter().enumerate().filter(|(column, _)| *column != key).map(|(_, cell)| cell).collect();
            if lists.rows.insert(id.clone(), (rest, false)).is_some() {
                bail!("{}:{}: a second settlement list of stay {id}\n  hint: a stay has one", path.display(), at + 2);
            }
        }
        Ok(lists)
    }

    /// Names of the columns.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The stays.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }

    /// The list of a stay, which is then no list without bills.
    pub fn take(&mut self, stay: &str) -> Option<&csv::StringRecord> {
        let (list, used) = self.rows.get_mut(stay)?;
        *used = true;
        Some(list)
    }

    /// Stays whose list was not taken.
    pub fn unused(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().filter(|(_, (_, used))| !used).map(|(id, _)| id.as_str())
    }
}

/// The columns of settlement lists a pack reads: our fields under their names and the national ones, its own fields,
/// and what its columns are mapped from.
#[must_use]
pub fn columns_of(pack: &Pack) -> Vec<String> {
    let payment = PAYMENT_FIELDS.iter().flat_map(|field| [field.name].into_iter().chain(field.aliases.iter().copied()));
    let grouping =
        GROUPING_FIELDS.iter().flat_map(|field| [field.name].into_iter().chain(field.aliases.iter().copied()));
    let mut known: Vec<String> = payment.chain(grouping).map(str::to_owned).collect();
    known.extend(pack.fields.keys().cloned());
    let mapped = pack.columns.iter().chain(pack.feed.values().filter_map(|feed| feed.columns.as_ref()));
    mapped.flat_map(Columns::values).for_each(|expression| sources(expression, &mut known));
    known
}

/// The columns an expression is over.
fn sources(expression: &Expression, to: &mut Vec<String>) {
    match expression {
        Expression::Column(name) => to.push(name.clone()),
        Expression::Compound(compound) => {
            to.extend(compound.column.iter().chain(compound.minus.iter().flatten()).cloned());
            compound.concat.iter().chain(&compound.sum).flatten().for_each(|one| sources(one, to));
        }
    }
}
