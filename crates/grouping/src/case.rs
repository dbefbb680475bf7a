//! What a grouper is asked: one stay, as interned columns or as texts.

use serde::Serialize;

/// The sex of the patient, as far as the rules tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Sex {
    /// No text given.
    Missing = 0,
    /// `1`.
    Male = 1,
    /// `2`.
    Female = 2,
    /// Any other text.
    Other = 3,
}

impl Sex {
    /// Reads the national code: `1` male, `2` female (GB/T 2261.1). Nothing is trimmed.
    #[must_use]
    pub fn from_text(text: &[u8]) -> Self {
        match text {
            b"" => Self::Missing,
            b"1" => Self::Male,
            b"2" => Self::Female,
            _ => Self::Other,
        }
    }
}

/// A diagnosis or procedure code as a number of one scheme. Numbers of another scheme mean
/// nothing here; an out-of-range one reads as a code that no table knows.
///
/// The class of the code rides along in the upper half, so that a decision need not look it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct CodeId(u32);

impl CodeId {
    pub(crate) fn new(number: u16, class: u16) -> Self {
        Self(u32::from(class) << 16 | u32::from(number))
    }

    /// Place of the code among the codes of its kind.
    #[inline]
    pub(crate) fn number(self) -> usize {
        (self.0 & 0xFFFF) as usize
    }

    /// Codes of one class are in the same sets.
    #[inline]
    pub(crate) fn class(self) -> usize {
        (self.0 >> 16) as usize
    }
}

/// A discharge status or department as a number of one scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct TextId(pub(crate) u8);

impl TextId {
    /// A text that no rule of the scheme names; also the empty text.
    pub const OTHER: Self = Self(0);
}

/// Diagnosis or procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeKind {
    /// ICD-10 diagnosis.
    Diagnosis,
    /// ICD-9-CM-3 operation or procedure.
    Procedure,
}

/// One stay on interned columns.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Sex of the patient.
    pub sex: Sex,
    /// Age in whole years; `None` when absent.
    pub age: Option<i32>,
    /// Age in days; `None` when absent.
    pub age_days: Option<i32>,
    /// Birth or admission weight in grams; `None` when absent. 0 is given but unknown.
    pub weight_g: Option<i32>,
    /// Length of stay in days.
    pub los_days: i32,
    /// Discharge status, from [`Scheme::discharge`](crate::Scheme::discharge).
    pub discharge: TextId,
    /// Department, from [`Scheme::dept`](crate::Scheme::dept).
    pub dept: TextId,
    /// Hours in intensive care; 0 when absent.
    pub icu_hours: i32,
    /// Diagnoses; the first is the principal one.
    pub dx: &'a [CodeId],
    /// Procedures; the first is the principal one; may be empty.
    pub proc: &'a [CodeId],
}

/// One stay as texts: for explanations, tests and single cases.
#[derive(Debug, Clone, Default, Serialize)]
pub struct RawCase<'a> {
    /// `1` male, `2` female; anything else as it stands.
    pub sex: &'a str,
    /// Age in whole years.
    pub age: Option<i32>,
    /// Age in days.
    pub age_days: Option<i32>,
    /// Birth or admission weight in grams.
    pub weight_g: Option<i32>,
    /// Length of stay in days.
    pub los_days: i32,
    /// Discharge status text.
    pub discharge: &'a str,
    /// Department text.
    pub dept: &'a str,
    /// Hours in intensive care.
    pub icu_hours: i32,
    /// Diagnoses; the first is the principal one.
    pub dx: Vec<&'a str>,
    /// Procedures; the first is the principal one.
    pub proc: Vec<&'a str>,
}
