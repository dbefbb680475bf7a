//! The explanation of a result: the rules applied, in order, with the numbers each one used.
//!
//! A case carries its explanation as about a hundred packed bytes ([`Writer`]); the wording, the
//! citations and the recurring words live once, in the [`RuleBook`] beside the cases.
//!
//! Packed form: a sequence of entries, each a tag byte and its content. Tag 0 begins a step and is
//! followed by the rule's number; every other tag is a value of the step begun last. Numbers are
//! little-endian base-128 (signed ones zigzag first), in the shortest form only, so that equal
//! explanations are equal bytes.

mod book;
mod packed;
mod render;

pub use book::{Citation, Lang, Rule, RuleBook, RuleId};
pub use packed::{Explanation, Step, Value, Writer, read};

use thiserror::Error;

/// Why an explanation cannot be read, worded or recorded.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ExplainError {
    /// The bytes end in the middle of an entry.
    #[error(
        "explanation ends in the middle of an entry, after {length} bytes\n  hint: the file is cut off or damaged; settle the case again"
    )]
    CutOff {
        /// Length of the explanation in bytes.
        length: usize,
    },
    /// Bytes that no writer produces.
    #[error(
        "explanation is damaged at byte {position}: {what}\n  hint: the file is not of this version or damaged; settle the case again"
    )]
    Damaged {
        /// Position of the entry, counted from 0.
        position: usize,
        /// What is wrong there.
        what: &'static str,
    },
    /// A rule number beyond the book.
    #[error(
        "explanation names rule number {rule}, which the rule book does not have\n  hint: render it with the rule book written beside it"
    )]
    UnknownRule {
        /// The number.
        rule: u16,
    },
    /// A symbol number beyond the book.
    #[error(
        "explanation names symbol number {symbol}, which the rule book does not have\n  hint: render it with the rule book written beside it"
    )]
    UnknownSymbol {
        /// The number.
        symbol: u32,
    },
    /// A template asks for a value that the step does not carry.
    #[error(
        "rule \"{rule}\" words value {index} of a step with {count} values\n  hint: correct the template of the rule"
    )]
    MissingValue {
        /// The rule's id.
        rule: String,
        /// The placeholder's number, counted from 0.
        index: usize,
        /// How many values the step carries.
        count: usize,
    },
    /// A template with a brace that is not a placeholder.
    #[error(
        "template of rule \"{rule}\" has a stray brace\n  hint: write {{0}}, {{1}} for the values and double a brace that is meant as such"
    )]
    BadTemplate {
        /// The rule's id.
        rule: String,
    },
    /// Two different rules with one id.
    #[error("rule \"{rule}\" is stated twice, differently\n  hint: give the two rules different ids")]
    RuleConflict {
        /// The rule's id.
        rule: String,
    },
    /// More rules than numbers.
    #[error("more than 65536 rules in one rule book\n  hint: write one rule per kind of step, not per case")]
    TooManyRules,
}

#[cfg(test)]
mod tests;
