//! `pack.json`: every value of the pack a folder was settled by, by its place, so that another settlement can say which
//! numbers differ.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yibao_payment::pack::Pack;
use yibao_policy::Folder;
use yibao_policy::node::{Node, Value};

use super::SettledError;
use super::facts::SettledFolder;

/// File name in the settled folder.
pub const VALUES: &str = "pack.json";

/// Values of one table that are stored at most; longer tables are compared by their hash only.
const TABLE_VALUES_MAX: usize = 100_000;

/// The file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackValues {
    /// Format number.
    pub format: u32,
    /// Pack id.
    pub pack: String,
    /// Content hash.
    pub sha256: String,
    /// Values by place: `method.drg_points.step[bands].bands[0].upto`, `table.weights[FM11]`.
    pub values: BTreeMap<String, String>,
}

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Place.
    pub place: String,
    /// Before; `None` where it was not there.
    pub old: Option<String>,
    /// Now.
    pub new: Option<String>,
}

impl PackValues {
    /// Of an opened pack.
    #[must_use]
    pub fn of(folder: &Folder, pack: &Pack) -> Self {
        let mut values = BTreeMap::new();
        flatten(folder.tree(), String::new(), &mut values);
        for (id, table) in &pack.table {
            if let Some(file) = &table.file {
                table_values(folder, id, file, &table.key, table.value.as_deref(), &mut values);
            }
        }
        if let Some(file) = pack.institutions.as_ref().and_then(|list| list.file.as_ref()) {
            rows_of(folder, file, &["institution".to_owned()], None, &mut |key, column, value| {
                if column.is_empty() {
                    return;
                }
                values.insert(format!("institutions[{key}].{column}"), value.to_owned());
            });
        }
        PackValues { format: 1, pack: pack.pack.id.clone(), sha256: folder.hash().to_owned(), values }
    }

    /// Of a settled folder.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn read(folder: &SettledFolder) -> Result<Self, SettledError> {
        let path = folder.file(VALUES);
        let bytes = std::fs::read(&path).map_err(|cause| SettledError::io(&path, cause))?;
        serde_json::from_slice(&bytes)
            .map_err(|error| SettledError::Damaged { path, what: format!("it cannot be read ({error})") })
    }

    /// What differs from another, by place; what is only counted (`indicators`) after what is paid by.
    #[must_use]
    pub fn against(&self, old: &PackValues) -> Vec<Change> {
        let places: std::collections::BTreeSet<&String> = self.values.keys().chain(old.values.keys()).collect();
        let changes = places.into_iter().filter_map(|place| {
            let (old, new) = (old.values.get(place), self.values.get(place));
            (old != new).then(|| Change { place: place.clone(), old: old.cloned(), new: new.cloned() })
        });
        let mut changes: Vec<Change> = changes.collect();
        changes.sort_by_key(|change| change.place.starts_with("indicators"));
        changes
    }
}

fn flatten(node: &Node, place: String, values: &mut BTreeMap<String, String>) {
    match &node.value {
        Value::Text(text) | Value::Float(text) | Value::Date(text) => {
            values.insert(place, text.clone());
        }
        Value::Integer(number) => {
            values.insert(place, number.to_string());
        }
        Value::Boolean(truth) => {
            values.insert(place, truth.to_string());
        }
        Value::Table(entries) => {
            for (key, node) in entries {
                // Where a value comes from is not a value.
                if key != "source" && !(place.is_empty() && key == "sources") {
                    flatten(node, if place.is_empty() { key.clone() } else { format!("{place}.{key}") }, values);
                }
            }
        }
        Value::List(entries) => {
            let mut named: BTreeMap<String, u32> = BTreeMap::new();
            for (at, node) in entries.iter().enumerate() {
                let name = name_of(node).unwrap_or_else(|| at.to_string());
                let times = named.entry(name.clone()).or_insert(0);
                *times += 1;
                let name = if *times > 1 { format!("{name}~{times}") } else { name };
                flatten(node, format!("{place}[{name}]"), values);
            }
        }
        Value::LeftOut => {}
    }
}

/// What an entry of a list is called: its id, its year, its day.
fn name_of(node: &Node) -> Option<String> {
    ["id", "year", "on"].iter().find_map(|key| match &node.get(key)?.value {
        Value::Text(text) | Value::Date(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        _ => None,
    })
}

fn table_values(
    folder: &Folder,
    id: &str,
    file: &str,
    key: &[String],
    value: Option<&str>,
    values: &mut BTreeMap<String, String>,
) {
    let mut found = Vec::new();
    rows_of(folder, file, key, value, &mut |key, column, text| {
        let listed = value.is_none() && column.is_empty();
        if value == Some(column) || listed {
            found.push((format!("table.{id}[{key}]"), if listed { "listed".to_owned() } else { text.to_owned() }));
        }
    });
    if found.len() <= TABLE_VALUES_MAX {
        values.extend(found);
    }
}

/// Calls with key, column and text for every cell of a table of the pack; with an empty column once per row.
fn rows_of(folder: &Folder, file: &str, key: &[String], value: Option<&str>, found: &mut dyn FnMut(&str, &str, &str)) {
    let Ok(table) = folder.csv(file) else { return };
    let keys: Vec<usize> =
        key.iter().filter_map(|name| table.header.iter().position(|column| column == name)).collect();
    for row in &table.rows {
        let text = |at: usize| row.fields.get(at).map_or("", String::as_str);
        let name = keys.iter().map(|at| text(*at)).collect::<Vec<_>>().join(",");
        if value.is_none() {
            found(&name, "", "");
        }
        for (at, column) in table.header.iter().enumerate() {
            if !keys.contains(&at) && (value.is_none() || value == Some(column)) {
                found(&name, column, text(at));
            }
        }
    }
}
