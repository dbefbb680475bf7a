//! What is wrong with a pack, where, and what to do about it.

use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// Worth knowing; the pack is usable.
    Note,
    /// The pack is not usable.
    Error,
}

impl Severity {
    /// The word printed first.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Error => "error",
        }
    }
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, as a person finds it from where the program was started.
    pub file: String,
    /// 1-based line; `None` for the file as a whole.
    pub line: Option<u32>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: Option<Place>,
    /// What to do.
    pub hint: Option<String>,
}

/// `error: …`, `  --> file:line`, `  hint: …`.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity.word(), self.message)?;
        if let Some(place) = &self.place {
            write!(f, "\n  --> {place}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

/// All findings, in the order they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Adds an error.
    pub fn error(&mut self, message: impl Into<String>, place: Option<Place>, hint: impl Into<String>) {
        self.push(Severity::Error, message.into(), place, hint.into());
    }

    /// Adds a note.
    pub fn note(&mut self, message: impl Into<String>, place: Option<Place>, hint: impl Into<String>) {
        self.push(Severity::Note, message.into(), place, hint.into());
    }

    fn push(&mut self, severity: Severity, message: String, place: Option<Place>, hint: String) {
        let hint = (!hint.is_empty()).then_some(hint);
        let finding = Diagnostic { severity, message, place, hint };
        if !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }

    /// Adds an error whose text may end in a `hint:` line of its own.
    pub fn error_text(&mut self, text: &str, place: Option<Place>, hint: &str) {
        let (message, own) = split_hint(text);
        self.error(message, place, own.unwrap_or(hint));
    }

    /// Takes over the findings of another.
    pub fn append(&mut self, other: Diagnostics) {
        for finding in other.0 {
            if !self.0.contains(&finding) {
                self.0.push(finding);
            }
        }
    }

    /// The errors alone: what a refusal says.
    #[must_use]
    pub fn without_notes(mut self) -> Self {
        self.0.retain(|finding| finding.severity == Severity::Error);
        self
    }

    /// Number of errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.0.iter().filter(|finding| finding.severity == Severity::Error).count()
    }

    /// Number of notes.
    #[must_use]
    pub fn notes(&self) -> usize {
        self.0.len() - self.errors()
    }

    /// Whether there is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// Whether there is nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The findings by file and line, errors and notes mixed; findings without a place first.
    #[must_use]
    pub fn in_file_order(mut self) -> Self {
        self.0.sort_by(|left, right| left.place.cmp(&right.place));
        self
    }
}

/// Parts of a message that ends in `\n  hint: …`.
#[must_use]
pub fn split_hint(text: &str) -> (&str, Option<&str>) {
    match text.split_once("\n  hint: ") {
        Some((message, hint)) => (message, Some(hint)),
        None => (text, None),
    }
}

/// The findings one after another, a blank line between.
impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_what_where_and_what_to_do() {
        let mut found = Diagnostics::default();
        let place = Place { file: "examples/x/pack.toml".into(), line: Some(41) };
        found.error("no price for insurance \"390\" in 2025", Some(place), "add a row to the price table");
        found.note("share jumps", None, "");
        found.note("share jumps", None, "");
        assert_eq!(
            found.to_string(),
            "error: no price for insurance \"390\" in 2025\n  --> examples/x/pack.toml:41\n  hint: add a row to the price table\n\nnote: share jumps"
        );
        assert_eq!((found.errors(), found.notes()), (1, 1));
    }
}
