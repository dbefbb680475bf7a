//! Treatment types: what a stay's procedures amount to.

use serde::{Deserialize, Serialize};

/// The type of a procedure, of a row, of a stay; the highest first (spec §2.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum Treatment {
    /// Surgery (手术); interventions count as surgery.
    #[serde(rename = "SS")]
    Surgery,
    /// Therapeutic operation (治疗性操作).
    #[serde(rename = "ZLXCZ")]
    Therapeutic,
    /// Diagnostic operation (诊断性操作).
    #[serde(rename = "ZDXCZ")]
    Diagnostic,
    /// Conservative (保守治疗): no procedure, or only procedures without a type.
    #[serde(rename = "BSZL")]
    Conservative,
}

impl Treatment {
    /// All types, the highest first.
    pub const ALL: [Self; 4] = [Self::Surgery, Self::Therapeutic, Self::Diagnostic, Self::Conservative];

    /// The word used in catalogues.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Surgery => "SS",
            Self::Therapeutic => "ZLXCZ",
            Self::Diagnostic => "ZDXCZ",
            Self::Conservative => "BSZL",
        }
    }

    /// Reads the word; case does not matter.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word().eq_ignore_ascii_case(word))
    }

    /// In Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Surgery => "手术",
            Self::Therapeutic => "治疗性操作",
            Self::Diagnostic => "诊断性操作",
            Self::Conservative => "保守治疗",
        }
    }

    /// In English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Surgery => "surgery",
            Self::Therapeutic => "therapeutic operation",
            Self::Diagnostic => "diagnostic operation",
            Self::Conservative => "conservative",
        }
    }
}
