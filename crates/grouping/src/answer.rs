//! What a grouper answers.

use serde::Serialize;

/// How a decision ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(u8)]
pub enum Status {
    /// A group was found.
    Grouped,
    /// A valid operation that matches no surgical group of its MDC (歧义组 QY).
    Ambiguous,
    /// No rule holds.
    Ungrouped,
    /// The input checks failed; nothing was grouped.
    Rejected,
    /// Translation: a diagnosis is not a key of the map.
    DxNotMapped,
    /// Translation: a procedure is not a key of the map.
    ProcNotMapped,
}

impl Status {
    /// The text used in files.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Grouped => "GROUPED",
            Self::Ambiguous => "AMBIGUOUS",
            Self::Ungrouped => "UNGROUPED",
            Self::Rejected => "REJECTED",
            Self::DxNotMapped => "DX_NOT_MAPPED",
            Self::ProcNotMapped => "PROC_NOT_MAPPED",
        }
    }
}

/// Why the input checks failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Rejection {
    /// Sex is neither `1` nor `2`.
    BadSex,
    /// No age in years.
    NoAge,
    /// Age 0 without age in days.
    NoAgeDays,
    /// At most 28 days old without a weight.
    NoWeight,
    /// No diagnosis.
    NoDiagnosis,
}

impl Rejection {
    /// The reason in English.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::BadSex => "sex is neither 1 nor 2",
            Self::NoAge => "no age in years",
            Self::NoAgeDays => "age 0 without age in days",
            Self::NoWeight => "at most 28 days old without a weight",
            Self::NoDiagnosis => "no diagnosis",
        }
    }

    /// The reason in Chinese.
    #[must_use]
    pub const fn text_zh(self) -> &'static str {
        match self {
            Self::BadSex => "性别不是1或2",
            Self::NoAge => "缺少年龄",
            Self::NoAgeDays => "不足1岁但缺少日龄",
            Self::NoWeight => "日龄不超过28天但缺少体重",
            Self::NoDiagnosis => "缺少诊断",
        }
    }
}

/// The answer for one case. The numbers index the scheme's tables of texts
/// ([`Scheme::mdcs`](crate::Scheme::mdcs), `adrgs`, `drg_codes`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Answer {
    /// How the decision ended.
    pub status: Status,
    /// Why it was rejected, when it was.
    pub rejection: Option<Rejection>,
    /// Index of the MDC text.
    pub mdc: u16,
    /// Index of the ADRG text.
    pub adrg: u16,
    /// Index of the DRG text.
    pub drg: u16,
}
