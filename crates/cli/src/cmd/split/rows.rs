//! A table of bills: one row per line, the rows of a bill together.

use std::collections::BTreeMap;

use yibao_batch::{Record, find_column};
use yibao_kernel::{Day, Decimal, Fen, Ratio};
use yibao_record::bill::{AccountUse, Bill, Class, Declared, Line, Parts, Place, Referral, ReferralKind, StatedLine};

/// Columns and where they stand.
pub struct Columns {
    places: BTreeMap<&'static str, usize>,
    facts: Vec<(String, usize)>,
    given: Vec<(String, usize)>,
}

/// Names of columns; the first twelve must be there.
const NAMES: [&str; 37] = [
    "bill_id",
    "person_id",
    "institution",
    "level",
    "area",
    "visit",
    "start",
    "end",
    "account",
    "quantity",
    "price",
    "amount",
    "facility",
    "stay",
    "stay_start",
    "referral",
    "referral_from",
    "emergency",
    "disease",
    "diagnoses",
    "line_id",
    "item",
    "day",
    "declared",
    "days_supply",
    "class",
    "first_self_ratio",
    "limit",
    "full_self",
    "over_limit",
    "first_self",
    "in_scope",
    "line_diseases",
    "total",
    "voids",
    "care_area",
    "note",
];
const REQUIRED: usize = 12;

impl Columns {
    /// Finds the columns; `fact:NAME` and `given:FUND` columns too.
    ///
    /// # Errors
    /// A column that must be there, or one nobody knows.
    pub fn find(header: &[String]) -> anyhow::Result<Self> {
        let mut columns = Self { places: BTreeMap::new(), facts: Vec::new(), given: Vec::new() };
        for (at, name) in NAMES.iter().enumerate() {
            match find_column(header, name, &[]) {
                Some(place) => {
                    columns.places.insert(name, place);
                }
                None if at < REQUIRED => anyhow::bail!(
                    "no column \"{name}\"\n  hint: a table of bills has at least {}",
                    NAMES.get(..REQUIRED).unwrap_or_default().join(", ")
                ),
                None => {}
            }
        }
        for (at, name) in header.iter().enumerate() {
            if let Some(fact) = name.strip_prefix("fact:") {
                columns.facts.push((fact.to_owned(), at));
            } else if let Some(fund) = name.strip_prefix("given:") {
                columns.given.push((fund.to_owned(), at));
            } else if !columns.places.values().any(|place| *place == at) {
                let hint = yibao_policy::suggest::hint(name, NAMES);
                anyhow::bail!("unknown column \"{name}\"\n  hint: {hint}");
            }
        }
        Ok(columns)
    }

    fn text<'a>(&self, record: &'a Record<'_>, name: &str) -> Result<&'a str, String> {
        let Some(place) = self.places.get(name) else { return Ok("") };
        std::str::from_utf8(record.field(*place)).map_err(|_| format!("column \"{name}\": not UTF-8 text"))
    }

    /// Identifier of the bill and of the person of a row.
    ///
    /// # Errors
    /// Not text.
    pub fn ids<'a>(&self, record: &'a Record<'_>) -> Result<(&'a str, &'a str), String> {
        Ok((self.text(record, "bill_id")?, self.text(record, "person_id")?))
    }

    /// The bill a row voids; empty for a bill.
    ///
    /// # Errors
    /// Not text.
    pub fn voids<'a>(&self, record: &'a Record<'_>) -> Result<&'a str, String> {
        self.text(record, "voids")
    }

    /// The last day of a bill, the day of a void.
    ///
    /// # Errors
    /// Not a date.
    pub fn end(&self, record: &Record<'_>) -> Result<Day, String> {
        Day::parse(self.text(record, "end")?).map_err(|_| "column \"end\": not a date".to_owned())
    }

    /// The bill's total, where the table states it.
    ///
    /// # Errors
    /// Not an amount.
    pub fn total(&self, record: &Record<'_>) -> Result<Option<Fen>, String> {
        match self.text(record, "total")? {
            "" => Ok(None),
            text => {
                Fen::parse_yuan(text.as_bytes()).map(Some).map_err(|_| "column \"total\": not an amount".to_owned())
            }
        }
    }

    /// The bill a row begins, still without lines.
    ///
    /// # Errors
    /// What cannot be read, with its column.
    pub fn bill(&self, record: &Record<'_>) -> Result<Bill, String> {
        let text = |name: &str| self.text(record, name);
        let some = |name: &str| text(name).map(|text| (!text.is_empty()).then(|| text.to_owned()));
        let list = |name: &str| {
            text(name).map(|text| text.split('|').filter(|one| !one.is_empty()).map(str::to_owned).collect::<Vec<_>>())
        };
        let day = |name: &str| Day::parse(text(name)?).map_err(|_| format!("column \"{name}\": not a date"));
        let referral = match text("referral")? {
            "" => None,
            "up" => Some(ReferralKind::Up),
            "down" => Some(ReferralKind::Down),
            _ => return Err("column \"referral\": up or down".to_owned()),
        };
        let referral_from = some("referral_from")?.unwrap_or_default();
        let mut bill = Bill {
            id: text("bill_id")?.to_owned(),
            person: text("person_id")?.to_owned(),
            institution: Place {
                code: text("institution")?.to_owned(),
                level: text("level")?.to_owned(),
                area: text("area")?.to_owned(),
                facility: list("facility")?,
            },
            visit: text("visit")?.to_owned(),
            start: day("start")?,
            end: day("end")?,
            part_of: None,
            stay: some("stay")?,
            stay_start: if text("stay_start")?.is_empty() { None } else { Some(day("stay_start")?) },
            referral: referral.map(|kind| Referral { kind, from: referral_from }),
            emergency: flag(text("emergency")?).ok_or("column \"emergency\": 0 or 1")?,
            disease: some("disease")?,
            diagnoses: list("diagnoses")?,
            account: match text("account")? {
                "none" | "0" => AccountUse::None,
                "own" | "1" => AccountUse::Own,
                "family" | "2" => AccountUse::Family,
                _ => return Err("column \"account\": none, own or family".to_owned()),
            },
            amount: Fen::ZERO,
            given: BTreeMap::new(),
            facts: BTreeMap::new(),
            lines: Vec::new(),
        };
        for (name, at) in &self.facts {
            let value = std::str::from_utf8(record.field(*at))
                .map_err(|_| format!("column \"fact:{name}\": not UTF-8 text"))?;
            if !value.is_empty() {
                bill.facts.insert(name.clone(), value.to_owned());
            }
        }
        for (name, at) in &self.given {
            let value = record.field(*at);
            if !value.is_empty() {
                let amount = Fen::parse_yuan(value).map_err(|_| format!("column \"given:{name}\": not an amount"))?;
                bill.given.insert(name.clone(), amount);
            }
        }
        Ok(bill)
    }

    /// The line of a row.
    ///
    /// # Errors
    /// What cannot be read, with its column.
    pub fn line(&self, record: &Record<'_>) -> Result<Line, String> {
        let text = |name: &str| self.text(record, name);
        let decimal =
            |name: &str| Decimal::parse_as_written(text(name)?).map_err(|_| format!("column \"{name}\": not a number"));
        let amount = |name: &str| match text(name)? {
            "" => Ok(Fen::ZERO),
            value => Fen::parse_yuan(value.as_bytes()).map_err(|_| format!("column \"{name}\": not an amount")),
        };
        let class = match text("class")? {
            "" => None,
            "A" => Some(Class::A),
            "B" => Some(Class::B),
            "C" => Some(Class::C),
            _ => return Err("column \"class\": A, B or C".to_owned()),
        };
        let ratio = match text("first_self_ratio")? {
            "" => None,
            value => Some(Ratio::parse(value).map_err(|_| "column \"first_self_ratio\": not a ratio".to_owned())?),
        };
        let limit = if text("limit")?.is_empty() { None } else { Some(decimal("limit")?) };
        let item = Some(text("item")?.to_owned()).filter(|item| !item.is_empty());
        let has_parts = ["full_self", "over_limit", "first_self", "in_scope"]
            .iter()
            .any(|name| text(name).is_ok_and(|text| !text.is_empty()));
        let parts = Parts {
            full_self: amount("full_self")?,
            over_limit: amount("over_limit")?,
            first_self: amount("first_self")?,
            in_scope: amount("in_scope")?,
        };
        Ok(Line {
            id: text("line_id")?.to_owned(),
            item,
            day: match text("day")? {
                "" => None,
                value => Some(Day::parse(value).map_err(|_| "column \"day\": not a date".to_owned())?),
            },
            quantity: decimal("quantity")?,
            price: decimal("price")?,
            amount: amount("amount")?,
            declared: match text("declared")? {
                "" | "0" | "nothing" => Declared::Nothing,
                "1" | "met" => Declared::Met,
                "2" | "self_pay" => Declared::SelfPay,
                _ => return Err("column \"declared\": nothing, met or self_pay".to_owned()),
            },
            days_supply: match text("days_supply")? {
                "" => None,
                value => Some(value.parse().map_err(|_| "column \"days_supply\": not a whole number".to_owned())?),
            },
            stated: class.map(|class| StatedLine { class, first_self_ratio: ratio, limit }),
            parts: has_parts.then_some(parts),
            diseases: text("line_diseases")?.split('|').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
        })
    }
}

fn flag(text: &str) -> Option<bool> {
    match text {
        "" | "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}
