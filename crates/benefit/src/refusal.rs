//! Why a bill is not split: what is missing or wrong, and what to do. Never a person's data.

use std::fmt;

use yibao_record::bill::Line;

/// A refusal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// A stable word: "unknown_item", "not_insured".
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: hint.into() }
    }

    /// A refusal from a text whose last line may be a hint.
    #[must_use]
    pub fn of_text(code: &'static str, text: &str) -> Self {
        let (message, hint) = yibao_policy::split_hint(text);
        Self::new(code, message, hint.unwrap_or("correct the bill"))
    }

    /// The refusal of one line: its identifier, or its number where it has none.
    #[must_use]
    pub fn of_line(mut self, at: usize, line: &Line) -> Self {
        self.message = match line.id.trim() {
            "" => format!("line {}: {}", at.saturating_add(1), self.message),
            id => format!("line {id}: {}", self.message),
        };
        self
    }
}

impl Refusal {
    /// The refusal of a line by the pack of the place of care.
    #[must_use]
    pub fn of_care(mut self, pack: &str) -> Self {
        self.message = format!("by the pack of the place of care \"{pack}\": {}", self.message);
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  hint: {}", self.message, self.hint)
    }
}

impl std::error::Error for Refusal {}

/// An amount that does not fit.
#[must_use]
pub fn too_large() -> Refusal {
    Refusal::new("too_large", "an amount does not fit", "look for an amount with misplaced digits")
}
