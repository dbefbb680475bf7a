//! Past stays by disease and level.

use std::collections::BTreeMap;

use yibao_kernel::Fen;
use yibao_policy::Folder;
use yibao_record::column::Column;
use yibao_record::stays::{Extra, Stays, Symbol, Symbols};

use super::NegotiateError;
use crate::pack::Pack;
use crate::pack::negotiate::Negotiate;

/// One past stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PastCase {
    /// Its cost.
    pub cost: Fen,
    /// What the fund paid.
    pub fund: Fen,
}

/// Past stays by key; the order of the stays is lost and does not matter.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Stays of each key.
    pub cases: BTreeMap<Vec<String>, Vec<PastCase>>,
    /// Stays of other years.
    pub outside_years: u64,
    /// Stays without a value in one of the key's fields, or of a disease not asked for.
    pub without_key: u64,
}

/// Where a key's text comes from.
enum From<'a> {
    Column(&'a Column<Symbol>),
    Level(BTreeMap<String, String>),
}

impl Past {
    /// Gathers stays that were read through a pack.
    ///
    /// # Errors
    /// A key field that the stays do not have.
    pub fn of_stays(
        declared: &Negotiate,
        folder: &Folder,
        pack: &Pack,
        stays: &Stays,
        symbols: &Symbols,
    ) -> Result<Self, NegotiateError> {
        let names = declared.key_fields.as_ref().unwrap_or(&declared.key);
        let fields: Vec<From<'_>> =
            names.iter().map(|name| field(name, folder, pack, stays)).collect::<Result<_, _>>()?;
        let mut past = Self::default();
        for at in 0..stays.len() {
            let year = stays.discharge.get(at).map_or(0, |day| day.year());
            if !declared.years.contains(&year) {
                past.outside_years += 1;
                continue;
            }
            let key: Option<Vec<String>> = fields.iter().map(|field| field.text(at, stays, symbols)).collect();
            let asked = |key: &Vec<String>| {
                let all = declared.diseases.as_ref();
                all.is_none_or(|all| key.first().is_some_and(|disease| all.contains(disease)))
            };
            let (Some(key), Some(cost), Some(fund)) = (key.filter(asked), stays.cost.get(at), stays.fund.get(at))
            else {
                past.without_key += 1;
                continue;
            };
            past.cases.entry(key).or_default().push(PastCase { cost: *cost, fund: *fund });
        }
        Ok(past)
    }
}

impl From<'_> {
    fn text(&self, at: usize, stays: &Stays, symbols: &Symbols) -> Option<String> {
        let (column, levels) = match self {
            From::Column(column) => (*column, None),
            From::Level(levels) => (&stays.institution, Some(levels)),
        };
        let symbol = column.get(at).filter(|symbol| symbol.is_some())?;
        let text = symbols.text(*symbol);
        match levels {
            Some(levels) => levels.get(text).or_else(|| levels.get("")).cloned(),
            None => (!text.is_empty()).then(|| text.to_owned()),
        }
    }
}

fn field<'a>(name: &str, folder: &Folder, pack: &Pack, stays: &'a Stays) -> Result<From<'a>, NegotiateError> {
    Ok(match name {
        "group" => From::Column(&stays.group),
        "adrg" => From::Column(&stays.adrg),
        "insurance" => From::Column(&stays.insurance),
        "district" => From::Column(&stays.district),
        "institution" => From::Column(&stays.institution),
        "level" => From::Level(levels(folder, pack)?),
        extra => {
            let at = pack.fields.keys().position(|field| field == extra);
            match at.and_then(|at| stays.extras.get(at)) {
                Some(Extra::Symbol(column)) => From::Column(column),
                _ => {
                    return Err(NegotiateError::Plan {
                        key: "key",
                        message: format!("\"{extra}\" is no text of a stay"),
                        hint: "use group, adrg, level, insurance, district, institution, or declare [fields.…] with kind = \"symbol\"".to_owned(),
                    });
                }
            }
        }
    })
}

/// Levels by institution; one for all under the empty id.
fn levels(folder: &Folder, pack: &Pack) -> Result<BTreeMap<String, String>, NegotiateError> {
    let declared = pack.institutions.as_ref();
    let Some(file) = declared.and_then(|declared| declared.file.as_ref()) else {
        let level = declared.and_then(|declared| declared.level.clone()).unwrap_or_else(|| "all".to_owned());
        return Ok(BTreeMap::from([(String::new(), level)]));
    };
    let unread = |found: yibao_policy::Diagnostics| NegotiateError::Plan {
        key: "key",
        message: format!("the institutions' table \"{file}\" cannot be read: {found}"),
        hint: "run yibao policy check".to_owned(),
    };
    let table = folder.csv(file).map_err(unread)?;
    let (id, level) = (table.column("institution").map_err(unread)?, table.column("level").map_err(unread)?);
    let cell = |fields: &[String], at: usize| fields.get(at).cloned().unwrap_or_default();
    Ok(table.rows.iter().map(|row| (cell(&row.fields, id), cell(&row.fields, level))).collect())
}
