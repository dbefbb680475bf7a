//! A table of bills: one row per line, the rows of a bill together.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::bail;
use yibao_batch::{Record, find_column};
use yibao_benefit::Engine;
use yibao_kernel::{Day, Decimal, Fen, Ratio};
use yibao_record::bill::{AccountUse, Bill, Class, Declared, Line, Parts, Place, Referral, ReferralKind, StatedLine};

/// Columns and where they stand.
pub struct Columns {
    /// By [`Name`]; none where the table has no such column.
    places: [Option<usize>; NAMES.len()],
    facts: Vec<(String, usize)>,
    given: Vec<(String, usize)>,
}

/// A column, by its place in [`NAMES`].
#[derive(Clone, Copy)]
enum Name {
    BillId,
    PersonId,
    Institution,
    Level,
    Area,
    Visit,
    Start,
    End,
    Account,
    Quantity,
    Price,
    Amount,
    Facility,
    Stay,
    StayStart,
    Referral,
    ReferralFrom,
    Emergency,
    Disease,
    Diagnoses,
    LineId,
    Item,
    Day,
    Declared,
    DaysSupply,
    Class,
    FirstSelfRatio,
    Limit,
    FullSelf,
    OverLimit,
    FirstSelf,
    InScope,
    LineDiseases,
    Total,
    Voids,
}

impl Name {
    fn word(self) -> &'static str {
        NAMES.get(self as usize).copied().unwrap_or_default()
    }
}

/// Names of columns; the first twelve must be there, the last two are not read.
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
        let mut columns = Self { places: [None; NAMES.len()], facts: Vec::new(), given: Vec::new() };
        for ((at, name), place) in NAMES.iter().enumerate().zip(&mut columns.places) {
            match find_column(header, name, &[]) {
                Some(found) => *place = Some(found),
                None if at < REQUIRED => bail!(
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
            } else if !columns.places.contains(&Some(at)) {
                let hint = yibao_policy::suggest::hint(name, NAMES);
                bail!("unknown column \"{name}\"\n  hint: {hint}");
            }
        }
        Ok(columns)
    }

    /// Whether the packs read every `fact:NAME` and `given:FUND` column.
    ///
    /// # Errors
    /// The first they do not read.
    pub fn are_read_by(&self, home: &Engine, care: Option<&Engine>) -> anyhow::Result<()> {
        let dimensions = || [Some(home), care].into_iter().flatten().flat_map(|engine| engine.pack.dimension.values());
        let facts = || dimensions().filter_map(|dimension| dimension.of.as_deref()?.strip_prefix("bill."));
        for (name, _) in &self.facts {
            if !facts().any(|fact| fact == name) {
                let known: BTreeSet<&str> = facts().collect();
                let hint = yibao_policy::suggest::hint(name, known);
                bail!("column \"fact:{name}\": no dimension of the pack reads bill.{name}\n  hint: {hint}");
            }
        }
        for (name, _) in &self.given {
            if home.fund(name).is_none() {
                let hint = yibao_policy::suggest::hint(name, home.funds.iter().map(|fund| fund.id.as_str()));
                bail!("column \"given:{name}\": the pack has no fund \"{name}\"\n  hint: {hint}");
            }
        }
        Ok(())
    }

    fn text<'a>(&self, record: &'a Record<'_>, name: Name) -> Result<&'a str, String> {
        let Some(Some(place)) = self.places.get(name as usize) else { return Ok("") };
        std::str::from_utf8(record.field(*place)).map_err(|_| format!("column \"{}\": not UTF-8 text", name.word()))
    }

    /// Identifier of the bill and of the person of a row.
    ///
    /// # Errors
    /// Not text.
    pub fn ids<'a>(&self, record: &'a Record<'_>) -> Result<(&'a str, &'a str), String> {
        Ok((self.text(record, Name::BillId)?, self.text(record, Name::PersonId)?))
    }

    /// The bill a row voids; empty for a bill.
    ///
    /// # Errors
    /// Not text.
    pub fn voids<'a>(&self, record: &'a Record<'_>) -> Result<&'a str, String> {
        self.text(record, Name::Voids)
    }

    /// The last day of a bill, the day of a void.
    ///
    /// # Errors
    /// Not a date.
    pub fn end(&self, record: &Record<'_>) -> Result<Day, String> {
        Day::parse(self.text(record, Name::End)?).map_err(|_| "column \"end\": not a date".to_owned())
    }

    /// The bill's total, where the table states it.
    ///
    /// # Errors
    /// Not an amount.
    pub fn total(&self, record: &Record<'_>) -> Result<Option<Fen>, String> {
        match self.text(record, Name::Total)? {
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
        let text = |name: Name| self.text(record, name);
        let some = |name: Name| text(name).map(|text| (!text.is_empty()).then(|| text.to_owned()));
        let list = |name: Name| {
            text(name).map(|text| text.split('|').filter(|one| !one.is_empty()).map(str::to_owned).collect::<Vec<_>>())
        };
        let day = |name: Name| Day::parse(text(name)?).map_err(|_| format!("column \"{}\": not a date", name.word()));
        let referral = match text(Name::Referral)? {
            "" => None,
            "up" => Some(ReferralKind::Up),
            "down" => Some(ReferralKind::Down),
            _ => return Err("column \"referral\": up or down".to_owned()),
        };
        let referral_from = some(Name::ReferralFrom)?.unwrap_or_default();
        let mut bill = Bill {
            id: text(Name::BillId)?.to_owned(),
            person: text(Name::PersonId)?.to_owned(),
            institution: Place {
                code: text(Name::Institution)?.to_owned(),
                level: text(Name::Level)?.to_owned(),
                area: text(Name::Area)?.to_owned(),
                facility: list(Name::Facility)?,
            },
            visit: text(Name::Visit)?.to_owned(),
            start: day(Name::Start)?,
            end: day(Name::End)?,
            part_of: None,
            stay: some(Name::Stay)?,
            stay_start: if text(Name::StayStart)?.is_empty() { None } else { Some(day(Name::StayStart)?) },
            referral: referral.map(|kind| Referral { kind, from: referral_from }),
            emergency: flag(text(Name::Emergency)?).ok_or("column \"emergency\": 0 or 1")?,
            disease: some(Name::Disease)?,
            diagnoses: list(Name::Diagnoses)?,
            account: match text(Name::Account)? {
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
        let text = |name: Name| self.text(record, name);
        let decimal = |name: Name| {
            Decimal::parse_as_written(text(name)?).map_err(|_| format!("column \"{}\": not a number", name.word()))
        };
        let amount = |name: Name| match text(name)? {
            "" => Ok(Fen::ZERO),
            value => {
                Fen::parse_yuan(value.as_bytes()).map_err(|_| format!("column \"{}\": not an amount", name.word()))
            }
        };
        let class = match text(Name::Class)? {
            "" => None,
            "A" => Some(Class::A),
            "B" => Some(Class::B),
            "C" => Some(Class::C),
            _ => return Err("column \"class\": A, B or C".to_owned()),
        };
        let ratio = match text(Name::FirstSelfRatio)? {
            "" => None,
            value => Some(Ratio::parse(value).map_err(|_| "column \"first_self_ratio\": not a ratio".to_owned())?),
        };
        let limit = if text(Name::Limit)?.is_empty() { None } else { Some(decimal(Name::Limit)?) };
        let item = Some(text(Name::Item)?.to_owned()).filter(|item| !item.is_empty());
        let has_parts = [Name::FullSelf, Name::OverLimit, Name::FirstSelf, Name::InScope]
            .iter()
            .any(|name| text(*name).is_ok_and(|text| !text.is_empty()));
        let parts = Parts {
            full_self: amount(Name::FullSelf)?,
            over_limit: amount(Name::OverLimit)?,
            first_self: amount(Name::FirstSelf)?,
            in_scope: amount(Name::InScope)?,
        };
        Ok(Line {
            id: text(Name::LineId)?.to_owned(),
            item,
            day: match text(Name::Day)? {
                "" => None,
                value => Some(Day::parse(value).map_err(|_| "column \"day\": not a date".to_owned())?),
            },
            quantity: decimal(Name::Quantity)?,
            price: decimal(Name::Price)?,
            amount: amount(Name::Amount)?,
            declared: match text(Name::Declared)? {
                "" | "0" | "nothing" => Declared::Nothing,
                "1" | "met" => Declared::Met,
                "2" | "self_pay" => Declared::SelfPay,
                _ => return Err("column \"declared\": nothing, met or self_pay".to_owned()),
            },
            days_supply: match text(Name::DaysSupply)? {
                "" => None,
                value => Some(value.parse().map_err(|_| "column \"days_supply\": not a whole number".to_owned())?),
            },
            stated: class.map(|class| StatedLine { class, first_self_ratio: ratio, limit }),
            parts: has_parts.then_some(parts),
            diseases: text(Name::LineDiseases)?.split('|').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
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
