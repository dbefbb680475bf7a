//! Why a row is refused: a stable code and words in both languages.

use yibao_payment::settled::{Bilingual, Refusal};

/// A refused row, before the row number is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRefusal {
    /// Stable code.
    pub code: &'static str,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl RowRefusal {
    /// A refusal with its words.
    pub fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        RowRefusal { code, zh: zh.into(), en: en.into() }
    }

    /// A required field without a value.
    pub fn missing(field: &str) -> Self {
        RowRefusal::new("missing_value", format!("缺少 {field}"), format!("no value for {field}"))
    }

    /// A value that cannot be read.
    pub fn unreadable(field: &str, text: &[u8], cause: &str) -> Self {
        let shown = shorten(text);
        // A reason is one line of a table.
        let cause = cause.replace("\n  hint: ", "; hint: ");
        RowRefusal::new(
            "unreadable_value",
            format!("{field} 的值“{shown}”无法读取：{cause}"),
            format!("{field} \"{shown}\" cannot be read: {cause}"),
        )
    }

    /// With its place.
    pub fn at(self, source_row: u64, case_id: &str) -> Refusal {
        Refusal {
            source: 0,
            source_row,
            case_id: case_id.to_owned(),
            code: self.code.to_owned(),
            reason: Bilingual { zh: self.zh, en: self.en },
        }
    }
}

/// At most 40 characters of a value, for messages.
pub fn shorten(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
