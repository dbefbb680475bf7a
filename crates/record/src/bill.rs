//! A bill as the split reads it: where, when, what for, and its lines.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yibao_kernel::{Day, Decimal, Fen, Ratio};

/// A bill (费用单): everything one settlement is asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bill {
    /// Identifier of the bill.
    pub id: String,
    /// Identifier of the insured person (`psn_no`).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub person: String,
    /// Where the care was given.
    pub institution: Place,
    /// Kind of visit, a word of the pack ("inpatient", "outpatient", "pharmacy").
    pub visit: String,
    /// First day of the care billed.
    pub start: Day,
    /// Last day of the care billed.
    pub end: Day,
    /// Identifier of the stay; bills of one stay (interim settlement) share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay: Option<String>,
    /// First day of the whole stay, when this bill is an interim one; default `start`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay_start: Option<Day>,
    /// The bill this is a part of, where one bill was divided over two years: what is granted once per bill is granted
    /// once over its parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<String>,
    /// The stay this one was referred from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    /// Emergency care (急诊): counts as filed out of area.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub emergency: bool,
    /// The chronic or special disease the visit is for (`dise_codg`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disease: Option<String>,
    /// Diagnoses, the principal one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnoses: Vec<String>,
    /// Which account the person lets pay (`acct_used_flag`).
    pub account: AccountUse,
    /// The bill's total (`medfee_sumamt`).
    pub amount: Fen,
    /// Amounts decided elsewhere, by payer of the pack: borne by the hospital, paid by a commercial insurer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub given: BTreeMap<String, Fen>,
    /// Further facts a pack declares as dimensions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// The institution of a bill.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Code (`fixmedins_code`).
    pub code: String,
    /// Level, a word of the pack.
    pub level: String,
    /// Administrative division of the place of care (`mdtrtarea_admvs`).
    pub area: String,
    /// Marks: traditional medicine, community, dual-channel pharmacy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facility: Vec<String>,
}

/// A referral from another stay.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Referral {
    /// Direction.
    pub kind: ReferralKind,
    /// Identifier of the stay it came from.
    pub from: String,
}

/// Direction of a referral.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralKind {
    /// To a higher level (上转).
    Up,
    /// To a lower level (下转).
    Down,
}

/// Which personal account may pay.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountUse {
    /// None.
    None,
    /// The person's own.
    Own,
    /// The person's own, then those of the family.
    Family,
}

/// One line (`feedetl_sn`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Identifier of the line; default its number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Code of the item in the catalogue (`med_list_codg`); also beside `parts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Day of service; default the bill's last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Day>,
    /// Quantity (`cnt`), above zero.
    pub quantity: Decimal,
    /// Price of one (`pric`).
    pub price: Decimal,
    /// Amount (`det_item_fee_sumamt`), within a fen of price × quantity.
    pub amount: Fen,
    /// What the doctor declared about a restriction.
    #[serde(default, skip_serializing_if = "Declared::is_nothing")]
    pub declared: Declared,
    /// Days' supply, for restrictions that limit it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_supply: Option<u32>,
    /// Class, ratio and limit as the message states them, instead of an item of the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated: Option<StatedLine>,
    /// The four parts as already decided. An `item` beside them says what the line is, and decides nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Parts>,
    /// Diseases the line belongs to, where no catalogue says so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diseases: Vec<String>,
}

/// The doctor's declaration on a restricted item (`hosp_appr_flag`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Declared {
    /// Nothing (0).
    #[default]
    Nothing,
    /// The restriction is met (1).
    Met,
    /// The person pays (2).
    SelfPay,
}

impl Declared {
    /// Whether nothing was declared.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }
}

/// Class, ratio and limit of a line as stated (`chrgitm_lv`, `selfpay_prop`, `pric_uplmt_amt`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedLine {
    /// Class A, B or C.
    pub class: Class,
    /// First self-pay ratio, for class B.
    #[serde(default, with = "ratio_text", skip_serializing_if = "Option::is_none")]
    pub first_self_ratio: Option<Ratio>,
    /// Highest price of one that counts; none when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Decimal>,
}

/// Class of an item (甲、乙、丙).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Class {
    /// 甲: in scope in full.
    A,
    /// 乙: a first part by the person.
    B,
    /// 丙: outside.
    C,
}

/// The four parts of a line: they add up to its amount.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    /// Full self-pay (`fulamt_ownpay_amt`).
    #[serde(default)]
    pub full_self: Fen,
    /// Above the limit (`overlmt_amt`).
    #[serde(default)]
    pub over_limit: Fen,
    /// First self-pay (`preselfpay_amt`).
    #[serde(default)]
    pub first_self: Fen,
    /// In scope (`inscp_scp_amt`).
    #[serde(default)]
    pub in_scope: Fen,
}

/// Ratios as text, exact.
mod ratio_text {
    use serde::{Deserialize, Deserializer, Serializer, de};
    use yibao_kernel::Ratio;

    #[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
    pub fn serialize<S: Serializer>(ratio: &Option<Ratio>, serializer: S) -> Result<S::Ok, S::Error> {
        match ratio {
            Some(ratio) => serializer.collect_str(ratio),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Ratio>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| Ratio::parse(&text).map_err(de::Error::custom)).transpose()
    }
}
