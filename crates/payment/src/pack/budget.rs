//! `[[budget]]`: income first, then a spending budget, then its ordered lines down to the pools (spec §3.1 to §3.4).

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};
use yibao_kernel::{Day, Fen, Ratio};
use yibao_policy::source::SourceRef;

use super::version::Version;
use crate::settled::Bilingual;

/// `[[budget]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// The year it is for.
    pub year: i32,
    /// Insurance schemes whose fund it is; absent = all.
    pub insurance: Option<Vec<String>>,
    /// Expected income.
    #[serde(default)]
    pub income: Vec<Income>,
    /// From income or from last year to what may be spent.
    pub base: Base,
    /// Ordered lines; a line may be divided by lines that name it in `of`.
    #[serde(default)]
    pub line: Vec<Line>,
    /// Reserves with their opening balances.
    #[serde(default)]
    pub reserve: Vec<BudgetReserve>,
    /// Proposal, opinions, adopted version.
    #[serde(default)]
    pub version: Vec<Version<BudgetValues>>,
    /// Dated changes after adoption.
    #[serde(default)]
    pub change: Vec<BudgetChange>,
    /// Source.
    pub source: SourceRef,
}

/// `[[budget.income]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Income {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// Yuan expected in the year.
    pub amount: Fen,
    /// Day of the estimate.
    pub on: Day,
    /// Source.
    pub source: SourceRef,
}

/// Where the spending budget starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BaseFrom {
    /// Last year's budget × (1 + growth).
    LastYear,
    /// Income × (1 − surplus target).
    Income,
}

/// `[budget.base]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Base {
    /// Where it starts.
    pub from: BaseFrom,
    /// Last year's budget, yuan.
    pub last_year: Option<Fen>,
    /// Growth over last year; a version may state another.
    pub growth: Option<Ratio>,
    /// Largest growth allowed.
    pub growth_cap: Option<Ratio>,
    /// Share of the income meant to be left over; a version may state another.
    pub surplus_target: Option<Ratio>,
    /// Source.
    pub source: SourceRef,
}

/// What a line's value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineBasis {
    /// Yuan.
    Fixed,
    /// Share of the whole income.
    ShareOfIncome,
    /// Share of what is divided: the budget, or the line named in `of`.
    ShareOfAmount,
    /// Share of what earlier lines left of it.
    ShareOfLeft,
    /// All that earlier lines left of it.
    Remainder,
}

/// Where a line's money goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LineTo {
    /// Out of the methods' pools: other regions, separately paid drugs.
    Outside,
    /// A reserve; the name may be left out where the budget has one reserve.
    Reserve(Option<String>),
    /// A pool.
    Pool(String),
}

impl fmt::Display for LineTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside => f.write_str("outside"),
            Self::Reserve(None) => f.write_str("reserve"),
            Self::Reserve(Some(id)) => write!(f, "reserve:{id}"),
            Self::Pool(id) => write!(f, "pool:{id}"),
        }
    }
}

impl<'de> Deserialize<'de> for LineTo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = LineTo;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("\"outside\", \"reserve\", \"reserve:ID\" or \"pool:ID\"")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<LineTo, E> {
                match text.split_once(':') {
                    None if text == "outside" => Ok(LineTo::Outside),
                    None if text == "reserve" => Ok(LineTo::Reserve(None)),
                    Some(("reserve", id)) if !id.is_empty() => Ok(LineTo::Reserve(Some(id.to_owned()))),
                    Some(("pool", id)) if !id.is_empty() => Ok(LineTo::Pool(id.to_owned())),
                    _ => Err(E::custom(format!(
                        "\"{text}\" is no target\n  hint: write \"outside\", \"reserve\", \"reserve:ID\" or \"pool:ID\""
                    ))),
                }
            }
        }
        deserializer.deserialize_str(Written)
    }
}

/// Institutions a line leans to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tilt {
    /// Primary institutions.
    Primary,
    /// Children's institutions.
    Children,
}

impl Tilt {
    /// The words printed, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Primary => ("向基层倾斜", "tilt to primary institutions"),
            Self::Children => ("向儿童机构倾斜", "tilt to children's institutions"),
        }
    }
}

/// `[[budget.line]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// The line it divides; absent = the budget itself.
    pub of: Option<String>,
    /// What `value` is.
    pub basis: LineBasis,
    /// Yuan (fixed) or a share; none for the remainder. A version may state another.
    pub value: Option<Ratio>,
    /// Where it goes; absent on a line that others divide.
    pub to: Option<LineTo>,
    /// The insurance scheme it is for, where the budget is split by scheme.
    pub insurance: Option<String>,
    /// The district it is for, where it is split by district.
    pub district: Option<String>,
    /// The method it is for, where it is split by method.
    pub method: Option<String>,
    /// Institutions it leans to.
    pub tilt: Option<Tilt>,
    /// Source.
    pub source: SourceRef,
}

/// What a version of a budget states; what it leaves out is as written in the base and the lines.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetValues {
    /// Growth over last year.
    pub growth: Option<Ratio>,
    /// Surplus target.
    pub surplus_target: Option<Ratio>,
    /// Values of lines by id.
    #[serde(default)]
    pub line: BTreeMap<String, Ratio>,
}

/// Why a budget may change inside the year (interim measure of 2025, art. 13).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeReason {
    /// Balance of the fund.
    FundBalance,
    /// Number of patients.
    Patients,
    /// A major policy.
    Policy,
    /// A public-health event.
    PublicHealthEvent,
}

impl ChangeReason {
    /// The words printed, Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::FundBalance => ("基金收支", "fund balance"),
            Self::Patients => ("就诊人数", "number of patients"),
            Self::Policy => ("重大政策", "major policy"),
            Self::PublicHealthEvent => ("公共卫生事件", "public-health event"),
        }
    }
}

/// `[[budget.change]]`: an entry, never an overwrite.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetChange {
    /// Effective day.
    pub on: Day,
    /// Known from; absent = `on`.
    pub known: Option<Day>,
    /// The line it changes.
    pub line: String,
    /// Signed yuan.
    pub amount: Fen,
    /// The line the money comes from; absent = the budget as a whole changes.
    pub from: Option<String>,
    /// Why.
    pub reason: ChangeReason,
    /// The procedure it went through.
    pub procedure: Bilingual,
    /// In words.
    pub text: Option<Bilingual>,
    /// Source.
    pub source: SourceRef,
}

impl BudgetChange {
    /// The day from which it is known.
    #[must_use]
    pub fn known(&self) -> Day {
        self.known.unwrap_or(self.on)
    }

    /// Reason and words, as an adjustment of a pool tells them.
    #[must_use]
    pub fn words(&self) -> Bilingual {
        let (zh, en) = self.reason.words();
        match &self.text {
            Some(text) => Bilingual { zh: format!("{zh}：{}", text.zh), en: format!("{en}: {}", text.en) },
            None => Bilingual { zh: zh.to_owned(), en: en.to_owned() },
        }
    }
}

/// What a reserve is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReserveKind {
    /// Against risk to the fund as a whole.
    Risk,
    /// For changes inside the year, compensation and shared overruns.
    Adjustment,
}

/// `[[budget.reserve]]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetReserve {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Bilingual,
    /// What it is for.
    pub kind: ReserveKind,
    /// Balance at the start of the year, yuan.
    pub opening: Fen,
    /// Source.
    pub source: SourceRef,
}

impl Budget {
    /// A line and its place.
    #[must_use]
    pub fn line(&self, id: &str) -> Option<(usize, &Line)> {
        self.line.iter().enumerate().find(|(_, line)| line.id == id)
    }

    /// Whether other lines divide this one.
    #[must_use]
    pub fn is_divided(&self, id: &str) -> bool {
        self.line.iter().any(|line| line.of.as_deref() == Some(id))
    }

    /// The reserve a line's `to` means.
    #[must_use]
    pub fn reserve_of(&self, to: &LineTo) -> Option<&BudgetReserve> {
        match (to, self.reserve.as_slice()) {
            (LineTo::Reserve(None), [only]) => Some(only),
            (LineTo::Reserve(Some(id)), all) => all.iter().find(|reserve| reserve.id == *id),
            _ => None,
        }
    }

    /// The changes known on a day, in the order of their days.
    #[must_use]
    pub fn changes(&self, known: Day) -> Vec<&BudgetChange> {
        let mut all: Vec<_> = self.change.iter().filter(|change| change.known() <= known).collect();
        all.sort_by_key(|change| (change.on, change.known()));
        all
    }
}
