//! Procedure expressions: `+` all of, `/` any of; `/` binds tighter, and parentheses may stand around an any-of part.

use std::fmt;

use thiserror::Error;

use super::code::{CODE_BYTES_MAX, Code};

/// Most parts joined by `+`, and most codes joined by `/` in one of them.
pub const PARTS_MAX: usize = 64;

/// All of the terms, each any of its codes; no terms is "no procedure is asked for".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Expression {
    /// The terms, in the order written.
    pub terms: Vec<Vec<Code>>,
}

/// Why a text is no procedure expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ExpressionError {
    /// A code is missing.
    #[error(
        "a procedure code is missing at character {position}\n  hint: codes are joined by + (all of) or / (any of)"
    )]
    CodeMissing {
        /// Position, counted from 1.
        position: usize,
    },
    /// A character that no code holds.
    #[error(
        "unexpected character at {position}\n  hint: codes are letters, digits, points and hyphens, joined by + (all of) or / (any of)"
    )]
    Character {
        /// Position, counted from 1.
        position: usize,
    },
    /// A parenthesis that does not stand around an any-of part.
    #[error("a parenthesis at character {position} has no partner\n  hint: write A+(B/C); parentheses do not nest")]
    Parenthesis {
        /// Position, counted from 1.
        position: usize,
    },
    /// A code too long to be one.
    #[error("the code at character {position} is longer than {CODE_BYTES_MAX} characters\n  hint: was a + or / lost?")]
    TooLong {
        /// Position, counted from 1.
        position: usize,
    },
    /// Too many parts.
    #[error("more than {PARTS_MAX} parts\n  hint: split the group into several rows")]
    TooMany,
}

impl Expression {
    /// Reads an expression; an empty text asks for no procedure.
    ///
    /// # Errors
    /// [`ExpressionError`] with the position.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let mut terms: Vec<Vec<Code>> = Vec::new();
        let mut start = 0;
        for part in text.split('+') {
            if terms.len() >= PARTS_MAX {
                return Err(ExpressionError::TooMany);
            }
            let term = any_of(part, start)?;
            // All of A and A again is all of A.
            if !terms.contains(&term) {
                terms.push(term);
            }
            start += part.len() + 1;
        }
        Ok(Self { terms })
    }

    /// Whether no procedure is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Every code of the expression.
    pub fn codes(&self) -> impl Iterator<Item = Code> + '_ {
        self.terms.iter().flatten().copied()
    }

    /// Whether the procedures hold a code of every term; further procedures do not matter.
    #[must_use]
    pub fn is_satisfied(&self, procedures: &[Code]) -> bool {
        self.terms.iter().all(|term| term.iter().any(|code| procedures.contains(code)))
    }

    /// The expression with codes and terms in ascending order: equal for expressions that differ in order only.
    #[must_use]
    pub fn sorted(&self) -> Self {
        let mut terms = self.terms.clone();
        for term in &mut terms {
            term.sort_unstable();
            term.dedup();
        }
        terms.sort_unstable();
        terms.dedup();
        Self { terms }
    }
}

/// A part between two `+`: codes joined by `/`, possibly in parentheses. `start` is its place in the text.
fn any_of(part: &str, start: usize) -> Result<Vec<Code>, ExpressionError> {
    let lead = part.len() - part.trim_start().len();
    let trimmed = part.trim();
    let (body, offset) = match (trimmed.strip_prefix('('), trimmed.strip_suffix(')')) {
        (Some(_), Some(_)) if trimmed.len() >= 2 => (trimmed.get(1..trimmed.len() - 1).unwrap_or_default(), lead + 1),
        (None, None) => (trimmed, lead),
        (Some(_), _) => return Err(ExpressionError::Parenthesis { position: start + lead + 1 }),
        (None, Some(_)) => return Err(ExpressionError::Parenthesis { position: start + lead + trimmed.len() }),
    };
    let mut term = Vec::new();
    let mut at = start + offset;
    for code in body.split('/') {
        let position = at + 1;
        at += code.len() + 1;
        let code = code.trim();
        if code.is_empty() {
            return Err(ExpressionError::CodeMissing { position });
        }
        if let Some(bad) =
            code.bytes().position(|byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'-'))
        {
            let position = position + bad;
            return Err(match code.as_bytes().get(bad) {
                Some(b'(' | b')') => ExpressionError::Parenthesis { position },
                _ => ExpressionError::Character { position },
            });
        }
        let code = Code::fold(code.as_bytes()).ok_or(ExpressionError::TooLong { position })?;
        if !term.contains(&code) {
            term.push(code);
        }
        if term.len() > PARTS_MAX {
            return Err(ExpressionError::TooMany);
        }
    }
    Ok(term)
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, term) in self.terms.iter().enumerate() {
            if place > 0 {
                f.write_str("+")?;
            }
            let several = term.len() > 1 && self.terms.len() > 1;
            let codes: Vec<String> = term.iter().map(ToString::to_string).collect();
            match several {
                true => write!(f, "({})", codes.join("/"))?,
                false => f.write_str(&codes.join("/"))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn satisfied(expression: &str, procedures: &str) -> bool {
        let procedures: Vec<Code> = procedures.split('|').filter_map(|code| Code::fold(code.as_bytes())).collect();
        Expression::parse(expression).unwrap().is_satisfied(&procedures)
    }

    #[test]
    fn plus_is_all_of_and_slash_is_any_of() {
        assert!(satisfied("47.0100+54.5101", "54.5101|47.0100|88.7600"));
        assert!(!satisfied("47.0100+54.5101", "47.0100"));
        assert!(satisfied("47.0100/47.0901", "47.0901"));
        assert!(satisfied("47.0100+(54.5101/54.5901)", "47.0100|54.5901"));
        assert!(!satisfied("47.0100+54.5101/54.5901", "54.5901"));
        assert!(satisfied("", ""));
    }

    #[test]
    fn an_expression_is_written_as_it_is_read() {
        assert_eq!(Expression::parse(" 47.0100x001 + ( a/B ) ").unwrap().to_string(), "47.0100X001+(A/B)");
        assert_eq!(Expression::parse("A/B").unwrap().to_string(), "A/B");
        assert_eq!(Expression::parse("B+A+B").unwrap().sorted(), Expression::parse("A+B").unwrap());
    }

    #[test]
    fn an_expression_that_is_none_is_refused_with_the_place() {
        let refused = |text: &str| Expression::parse(text).unwrap_err();
        assert_eq!(refused("47.0100+"), ExpressionError::CodeMissing { position: 9 });
        assert_eq!(refused("47.0100//47.0901"), ExpressionError::CodeMissing { position: 9 });
        assert_eq!(refused("47.0100，54.5101"), ExpressionError::Character { position: 8 });
        assert_eq!(refused("A+(B/C"), ExpressionError::Parenthesis { position: 3 });
        assert_eq!(refused("A+B)"), ExpressionError::Parenthesis { position: 4 });
        assert_eq!(refused("((A))"), ExpressionError::Parenthesis { position: 2 });
        assert_eq!(refused("A+12345678901234567"), ExpressionError::TooLong { position: 3 });
        assert_eq!(
            refused("A++B").to_string(),
            "a procedure code is missing at character 3\n  hint: codes are joined by + (all of) or / (any of)"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[A-C0-1+/() .x，]{0,24}") {
            if let Ok(expression) = Expression::parse(&text) {
                let again = Expression::parse(&expression.to_string()).unwrap();
                prop_assert_eq!(again, expression);
            }
        }

        #[test]
        fn no_text_at_all_breaks_the_reader(text in any::<String>()) {
            let _read = Expression::parse(&text);
        }
    }
}
