//! The items of a catalogue and their versions.

use rustc_hash::FxHashMap;
use thiserror::Error;
use yibao_kernel::{Day, Decimal, Fen, Ratio, Window};
use yibao_policy::{CsvTable, Diagnostics, Place};
use yibao_record::bill::Class;

/// What an item is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// A drug (药品).
    Drug,
    /// A service (诊疗项目、服务设施).
    Service,
    /// A consumable (医用耗材).
    Consumable,
}

impl Kind {
    /// The word used in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Drug => "drug",
            Self::Service => "service",
            Self::Consumable => "consumable",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::Drug, Self::Service, Self::Consumable].into_iter().find(|kind| kind.word() == word)
    }
}

/// The highest price of one that counts: a payment standard, a price limit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Limit {
    /// None.
    None,
    /// A price.
    Price(Decimal),
    /// A value of the pack that depends on the institution or the person: `@bed_fee`.
    Table(String),
}

/// One version of an item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: Kind,
    /// Class.
    pub class: Class,
    /// First self-pay ratio of this item; `None` takes the pack's ratio of the class.
    pub ratio: Option<Ratio>,
    /// The pack's table of ratios of this item, by name.
    pub ratio_table: Option<String>,
    /// Limit.
    pub limit: Limit,
    /// A drug whose price was negotiated (谈判药品).
    pub negotiated: bool,
    /// Price won in volume-based procurement (带量采购).
    pub procured_price: Option<Decimal>,
    /// Volume agreed there.
    pub procured_volume: Option<u64>,
    /// Id of its restriction.
    pub restriction: Option<String>,
    /// Chronic and special diseases it belongs to.
    pub diseases: Vec<String>,
    /// Marks. `no_account`: no account may pay it.
    pub tags: Vec<String>,
    /// Days of service this version is for.
    pub window: Window,
    /// From when it is known.
    pub known: Day,
    /// Line of the file.
    pub line: u32,
}

/// Why there is no item.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum LookupError {
    /// No such code.
    #[error("item {code} is not in the catalogue\n  hint: add it to the catalogue, or state its class on the line")]
    Unknown {
        /// Code.
        code: String,
    },
    /// No version for the day.
    #[error(
        "item {code} has no version for {day}\n  hint: add a row to the catalogue whose `from` and `until` hold the day"
    )]
    NoVersion {
        /// Code.
        code: String,
        /// Day of service.
        day: Day,
    },
}

/// All versions of all items.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// By code, then from the earliest day, then by the day of knowledge.
    items: Vec<Item>,
    /// Where the versions of a code stand.
    places: FxHashMap<Box<str>, (u32, u32)>,
}

/// The columns of our files.
pub const COLUMNS: [&str; 15] = [
    "code",
    "name",
    "kind",
    "class",
    "ratio",
    "limit",
    "negotiated",
    "procured_price",
    "procured_volume",
    "restriction",
    "diseases",
    "tags",
    "from",
    "until",
    "known",
];
/// Columns a file must have.
const REQUIRED: [&str; 5] = ["code", "name", "kind", "class", "from"];

impl Catalogue {
    /// A catalogue of items; `place` says where an item's line is.
    ///
    /// # Errors
    /// Two versions of one item for one day, known from the same day.
    pub fn new(mut items: Vec<Item>, place: impl Fn(u32) -> Place) -> Result<Self, Diagnostics> {
        items.sort_by(|a, b| (&a.code, a.window.from, a.known, a.line).cmp(&(&b.code, b.window.from, b.known, b.line)));
        let mut found = Diagnostics::default();
        let mut places = FxHashMap::default();
        let mut start = 0;
        while let Some(first) = items.get(start) {
            let rest = items.get(start..).unwrap_or_default();
            let versions = rest.iter().take_while(|item| item.code == first.code).count();
            for (at, one) in rest.iter().enumerate().take(versions) {
                for other in rest.iter().take(versions).skip(at + 1) {
                    if one.known == other.known && one.window.overlaps(&other.window) {
                        found.error(
                            format!("two versions of item {} apply on one day", one.code),
                            Some(place(other.line)),
                            format!("end the one of line {} first, or say from when this one is `known`", one.line),
                        );
                    }
                }
            }
            let as_u32 = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
            places.insert(first.code.clone().into_boxed_str(), (as_u32(start), as_u32(versions)));
            start += versions;
        }
        if found.has_errors() { Err(found) } else { Ok(Self { items, places }) }
    }

    /// Reads our columns from a table.
    ///
    /// # Errors
    /// Everything wrong with the table, each with its line.
    pub fn of_table(table: &CsvTable) -> Result<Self, Diagnostics> {
        let mut found = Diagnostics::default();
        for name in &table.header {
            if !COLUMNS.contains(&name.as_str()) {
                let hint = yibao_policy::suggest::hint(name, COLUMNS);
                found.error(format!("unknown column \"{name}\" of a catalogue"), Some(table.place(1)), hint);
            }
        }
        for name in REQUIRED {
            if let Err(missing) = table.column(name) {
                found.append(missing);
            }
        }
        if found.has_errors() {
            return Err(found);
        }
        let mut items = Vec::with_capacity(table.rows.len());
        for row in &table.rows {
            let cell = |name: &str| {
                let at = table.header.iter().position(|column| column == name);
                at.and_then(|at| row.fields.get(at)).map_or("", String::as_str)
            };
            match item(cell, row.line) {
                Ok(item) => items.push(item),
                Err((column, message)) => {
                    found.error_text(
                        &format!("column \"{column}\": {message}"),
                        Some(table.place(row.line)),
                        "correct the cell",
                    );
                }
            }
        }
        if found.has_errors() {
            return Err(found);
        }
        Self::new(items, |line| table.place(line))
    }

    /// The version of an item for a day of service, as known on `known`: of several, the one known last.
    ///
    /// # Errors
    /// [`LookupError`].
    #[inline]
    pub fn find(&self, code: &str, day: Day, known: Day) -> Result<(u32, &Item), LookupError> {
        let Some((start, count)) = self.places.get(code).copied() else {
            return Err(LookupError::Unknown { code: code.to_owned() });
        };
        let mut best: Option<(u32, &Item)> = None;
        for at in start..start.saturating_add(count) {
            let Some(item) = usize::try_from(at).ok().and_then(|at| self.items.get(at)) else { continue };
            let applies = item.known <= known && item.window.contains(day);
            if applies && best.is_none_or(|(_, other)| other.known < item.known) {
                best = Some((at, item));
            }
        }
        best.ok_or_else(|| LookupError::NoVersion { code: code.to_owned(), day })
    }

    /// All versions, by code and day.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }
}

/// One row; the wrong column and what is wrong with it.
fn item<'a>(cell: impl Fn(&'static str) -> &'a str, line: u32) -> Result<Item, (&'static str, String)> {
    let text = |name: &'static str| match cell(name) {
        "" => Err((name, "empty\n  hint: every item states it".to_owned())),
        text => Ok(text.to_owned()),
    };
    let words = |name: &'static str| cell(name).split('|').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let decimal = |name: &'static str| match cell(name) {
        "" => Ok(None),
        text => price(text).map(Some).map_err(|message| (name, message)),
    };
    let day = |name: &'static str| match cell(name) {
        "" => Ok(None),
        text => Day::parse(text).map(Some).map_err(|error| (name, error.to_string())),
    };
    let class = match cell("class") {
        "A" => Class::A,
        "B" => Class::B,
        "C" => Class::C,
        _ => return Err(("class", "not a class\n  hint: A, B or C".to_owned())),
    };
    let kind = Kind::of(cell("kind")).ok_or(("kind", "not a kind\n  hint: drug, service or consumable".to_owned()))?;
    let ratio = match cell("ratio") {
        "" => None,
        text if text.starts_with('@') => None,
        text => Some(share(text).map_err(|message| ("ratio", message))?),
    };
    let limit = match cell("limit") {
        "" => Limit::None,
        text => match text.strip_prefix('@') {
            Some(name) => Limit::Table(name.to_owned()),
            None => Limit::Price(price(text).map_err(|message| ("limit", message))?),
        },
    };
    let negotiated = match cell("negotiated") {
        "" | "0" => false,
        "1" => true,
        _ => return Err(("negotiated", "not 0 or 1\n  hint: 1 for a negotiated drug".to_owned())),
    };
    let procured_volume = match cell("procured_volume") {
        "" => None,
        text => Some(text.parse().map_err(|_| ("procured_volume", "not a whole number".to_owned()))?),
    };
    let from = day("from")?.ok_or(("from", "empty\n  hint: every version says from when it applies".to_owned()))?;
    Ok(Item {
        code: text("code")?,
        name: text("name")?,
        kind,
        class,
        ratio,
        ratio_table: cell("ratio").strip_prefix('@').map(str::to_owned),
        limit,
        negotiated,
        procured_price: decimal("procured_price")?,
        procured_volume,
        restriction: Some(cell("restriction").to_owned()).filter(|id| !id.is_empty()),
        diseases: words("diseases"),
        tags: words("tags"),
        window: Window::new(from, day("until")?).map_err(|error| ("until", error.to_string()))?,
        known: day("known")?.unwrap_or(Day::MIN),
        line,
    })
}

/// A ratio from 0 to 1.
fn share(text: &str) -> Result<Ratio, String> {
    let ratio = Ratio::parse(text).map_err(|error| error.to_string())?;
    if ratio.is_negative() || ratio > Ratio::ONE {
        return Err(format!("a ratio of {ratio}\n  hint: a ratio lies between 0 and 1, like \"0.10\""));
    }
    Ok(ratio)
}

/// A price with at most six decimals, not negative.
fn price(text: &str) -> Result<Decimal, String> {
    let price = Decimal::parse_as_written(text).map_err(|error| error.to_string())?;
    if price.units() < 0 || price.dp() > 6 || price.ratio() > Fen::new(Fen::MAX_ABS).ratio() {
        return Err("not a price\n  hint: yuan with at most six decimals, not negative".to_owned());
    }
    Ok(price)
}
