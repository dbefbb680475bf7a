//! An insured person as the split reads it: facts with their days, accounts, and the year so far.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yibao_kernel::{Day, Fen};

/// A person and the year so far.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonState {
    /// Facts about the person.
    pub person: Person,
    /// Accounts the person may use, in no particular order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<Account>,
    /// What was used so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accumulators: Vec<Accumulator>,
    /// Bills settled so far that stand, so that none is settled twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<String>,
}

/// Facts about a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Identifier (`psn_no`).
    pub id: String,
    /// Day of birth.
    pub birth: Day,
    /// 1 male, 2 female.
    pub sex: String,
    /// Insurance, each with its days.
    pub insured: Vec<Insured>,
    /// Groups of assistance (特困, 低保 …).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Held>,
    /// Registered chronic and special diseases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub registrations: Vec<Held>,
    /// Institutions chosen for first visits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub designated: Vec<Held>,
    /// Institutions of a family-doctor contract.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed: Vec<Held>,
    /// Filings for out-of-area care: `long_term`, `referral`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filings: Vec<Filing>,
    /// Further facts a pack declares as dimensions, each with its days.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Vec<Held>>,
}

/// One stretch of insurance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Insured {
    /// Scheme, a word of the pack ("employee", "resident").
    pub scheme: String,
    /// Administrative division that insures (`insuplc_admdvs`).
    pub area: String,
    /// Status, a word of the pack ("active", "retiree", "adult", "minor").
    pub status: String,
    /// Contribution grade, where the pack has grades.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Whether benefits are paid: `open`, `waiting`, `arrears`; default `open`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub benefit: Option<String>,
    /// First day.
    pub from: Day,
    /// First day after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

/// A fact that holds for some days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// What holds.
    pub value: String,
    /// First day.
    pub from: Day,
    /// First day after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}

/// A filing for out-of-area care (异地就医备案).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filing {
    /// `long_term` or `referral`.
    pub value: String,
    /// First day.
    pub from: Day,
    /// First day after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// The place it is for, the beginning of an administrative division; everywhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
}

impl Filing {
    /// Whether it holds on the day for care in an administrative division.
    #[must_use]
    pub fn holds(&self, day: Day, area: &str) -> bool {
        let here = self.area.as_deref().is_none_or(|filed| area.starts_with(filed));
        here && self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

impl Held {
    /// Whether it holds on the day.
    #[must_use]
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

impl Insured {
    /// Whether the person is insured by it on the day.
    #[must_use]
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// An account and its balance.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Identifier, one for all persons.
    pub id: String,
    /// Which of the person's accounts it is.
    pub kind: AccountKind,
    /// Balance, never below zero.
    pub balance: Fen,
    /// The last month credited (`2025-07`), so that none is credited twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credited: Option<String>,
}

/// Kind of account.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// This year's credit.
    Current,
    /// Earlier years' balance.
    Earlier,
    /// A family member's account (家庭共济).
    Family,
}

/// What was used of one measure in one window.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accumulator {
    /// Measure and group: "deductible:outpatient", "paid:pool", "count:stays".
    pub key: String,
    /// Values of the dimensions it is kept by, joined by `|`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub of: String,
    /// Window: a year, a month, a stay.
    pub window: String,
    /// Amount of money, for every measure but counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Fen>,
    /// A count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
}
