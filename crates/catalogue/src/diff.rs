//! What changed between two catalogues, or between two days of one.

use yibao_kernel::{Day, Decimal, Ratio};

use crate::item::{Catalogue, Item, Limit};

/// One difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Code of the item.
    pub code: String,
    /// Its name, the later one.
    pub name: String,
    /// What changed: a column of the catalogue, or `item` when it came or went.
    pub field: &'static str,
    /// Before; empty when the item is new or the field was empty.
    pub before: String,
    /// After.
    pub after: String,
}

/// Every difference, by code, then in the order of the columns.
#[must_use]
pub fn diff(before: (&Catalogue, Day), after: (&Catalogue, Day)) -> Vec<Change> {
    let mut codes: Vec<&str> = Vec::new();
    for (catalogue, _) in [before, after] {
        codes.extend(catalogue.items().iter().map(|item| item.code.as_str()));
    }
    codes.sort_unstable();
    codes.dedup();
    let mut changes = Vec::new();
    for code in codes {
        let find = |(catalogue, day): (&'_ Catalogue, Day)| {
            catalogue.find(code, day, Day::MAX).ok().map(|(_, item)| item.clone())
        };
        match (find(before), find(after)) {
            (Some(old), Some(new)) => changes.extend(changed(&old, &new)),
            (Some(old), None) => changes.push(whole(&old, "in", "")),
            (None, Some(new)) => changes.push(whole(&new, "", "in")),
            (None, None) => {}
        }
    }
    changes
}

fn whole(item: &Item, before: &str, after: &str) -> Change {
    Change {
        code: item.code.clone(),
        name: item.name.clone(),
        field: "item",
        before: before.to_owned(),
        after: after.to_owned(),
    }
}

/// What a version says, column by column as a file writes it; without its code and days.
#[must_use]
pub fn fields(item: &Item) -> [(&'static str, String); 11] {
    let price = |price: Option<Decimal>| price.map(|price| price.to_string()).unwrap_or_default();
    let ratio = |ratio: Option<Ratio>| ratio.map(|ratio| ratio.to_string()).unwrap_or_default();
    let limit = match &item.limit {
        Limit::None => String::new(),
        Limit::Price(limit) => limit.to_string(),
        Limit::Table(name) => format!("@{name}"),
    };
    [
        ("name", item.name.clone()),
        ("kind", item.kind.word().to_owned()),
        ("class", format!("{:?}", item.class)),
        ("ratio", item.ratio_table.as_ref().map_or_else(|| ratio(item.ratio), |name| format!("@{name}"))),
        ("limit", limit),
        ("negotiated", u8::from(item.negotiated).to_string()),
        ("procured_price", price(item.procured_price)),
        ("procured_volume", item.procured_volume.map(|volume| volume.to_string()).unwrap_or_default()),
        ("restriction", item.restriction.clone().unwrap_or_default()),
        ("diseases", item.diseases.join("|")),
        ("tags", item.tags.join("|")),
    ]
}

fn changed(old: &Item, new: &Item) -> Vec<Change> {
    fields(old)
        .into_iter()
        .zip(fields(new))
        .filter(|((_, before), (_, after))| before != after)
        .map(|((field, before), (_, after))| Change {
            code: new.code.clone(),
            name: new.name.clone(),
            field,
            before,
            after,
        })
        .collect()
}
