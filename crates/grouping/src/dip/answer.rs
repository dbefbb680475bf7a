//! What a catalogue answers.

use serde::Serialize;
use yibao_kernel::Decimal;

use super::auxiliary::Levels;
use super::rows::Kind;
use super::treatment::Treatment;

/// How a decision ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DipStatus {
    /// A group was found (the blank row and the chapter defaults are groups of kind `fallback`).
    Grouped,
    /// No group.
    Ungrouped,
}

impl DipStatus {
    /// The text used in files.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Grouped => "GROUPED",
            Self::Ungrouped => "UNGROUPED",
        }
    }
}

/// Why there is no group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DipReason {
    /// The stay has no principal diagnosis that is a code.
    NoDiagnosis,
    /// The stay was not discharged on a day of the catalogue.
    OtherVersion,
    /// No row takes the diagnosis with this treatment, and the catalogue refuses the rest.
    NoRow,
}

impl DipReason {
    /// In English.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::NoDiagnosis => "no principal diagnosis",
            Self::OtherVersion => "discharged outside the days of the catalogue",
            Self::NoRow => "no group for this diagnosis and treatment",
        }
    }

    /// In Chinese.
    #[must_use]
    pub const fn text_zh(self) -> &'static str {
        match self {
            Self::NoDiagnosis => "无主要诊断",
            Self::OtherVersion => "出院日期不在目录有效期内",
            Self::NoRow => "目录中没有该诊断与治疗方式的病种",
        }
    }
}

/// A stay's group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DipAnswer<'c> {
    /// How the decision ended.
    pub status: DipStatus,
    /// The group's code; empty without one.
    pub group: &'c str,
    /// The group's place in [`super::Catalogue::rows`].
    pub row: Option<u32>,
    /// What the group is.
    pub kind: Option<Kind>,
    /// The stay's treatment type.
    pub treatment: Treatment,
    /// The group's points, where the catalogue states them.
    pub points: Option<Decimal>,
    /// Why there is no group.
    pub reason: Option<DipReason>,
    /// Whether several rows met every criterion alike, so that the catalogue's order decided.
    pub tie: bool,
    /// How many of the stay's procedures have no type.
    pub untyped: u32,
    /// The stay's level of each kind of the auxiliary catalogue; 0 is none. Names: [`super::Auxiliary::level_name`].
    pub levels: Levels,
    /// K_aux; `None` without a group, without an auxiliary catalogue, or when a product is beyond every number.
    pub auxiliary: Option<Decimal>,
}
