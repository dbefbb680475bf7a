//! What a special-case review panel decided about a stay (spec §1.14): the words of the field `special`.

use yibao_kernel::Fen;
use yibao_record::mapping::FieldKind;
use yibao_record::stays::{Extra, Symbol, Symbols};

use super::evaluator::Evaluator;
use crate::plan::Plan;
use crate::plan::entries::ReviewDecision;

/// The declared field (kind `fen`) with the standard that a panel has adjusted.
const SPECIAL_AMOUNT: &str = "special_amount";

/// The words of a panel's decision, as interned.
#[derive(Clone, Copy, Debug)]
pub(super) struct PanelWords {
    none: Option<Symbol>,
    items: Option<Symbol>,
    standard: Option<Symbol>,
    adjusted: Option<Symbol>,
    refused: Option<Symbol>,
    /// Place of the declared field `special_amount` in the extra fields.
    special_amount: Option<usize>,
}

/// What a special-case review panel decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Panel {
    /// No decision: no word, or `none`.
    None,
    /// Applied for and not decided: the case waits.
    Waiting,
    /// By item.
    Items,
    /// At the standard.
    Standard,
    /// At a standard of its own: the field `special_amount`.
    Adjusted,
    /// Refused: the ordinary rules.
    Refused,
    /// A word that is no decision.
    Unknown,
}

impl PanelWords {
    pub(super) fn of(plan: &Plan, symbols: &Symbols) -> Self {
        let amount = |(name, kind): &(String, FieldKind)| name == SPECIAL_AMOUNT && *kind == FieldKind::Fen;
        Self {
            none: symbols.find("none"),
            items: symbols.find("items"),
            standard: symbols.find("standard"),
            adjusted: symbols.find("adjusted"),
            refused: symbols.find("refused"),
            special_amount: plan.fields.iter().position(amount),
        }
    }
}

impl Evaluator<'_> {
    /// The last decision known of the entries, else the stay's own word.
    pub(super) fn panel(&self, row: usize) -> Panel {
        if let Some(review) = self.entries_of(row).and_then(|entries| entries.review.as_ref()) {
            return match review.decision {
                None => Panel::Waiting,
                Some(ReviewDecision::Items) => Panel::Items,
                Some(ReviewDecision::Standard) => Panel::Standard,
                Some(ReviewDecision::Adjusted) => Panel::Adjusted,
                Some(ReviewDecision::Refused) => Panel::Refused,
            };
        }
        let decision = self.stays.special.get(row).copied().filter(|symbol| symbol.is_some());
        match decision {
            None => Panel::None,
            decision if decision == self.panel.items => Panel::Items,
            decision if decision == self.panel.standard => Panel::Standard,
            decision if decision == self.panel.adjusted => Panel::Adjusted,
            decision if decision == self.panel.refused => Panel::Refused,
            decision if decision == self.panel.none => Panel::None,
            Some(_) => Panel::Unknown,
        }
    }

    /// The standard that a panel set for a stay; none where it is not given or below zero.
    pub(super) fn adjusted_standard(&self, row: usize) -> Option<Fen> {
        if let Some(review) = self.entries_of(row).and_then(|entries| entries.review.as_ref()) {
            return review.amount;
        }
        match self.stays.extras.get(self.panel.special_amount?)? {
            Extra::Fen(amounts) => amounts.get(row).copied().flatten().filter(|amount| !amount.is_negative()),
            _ => None,
        }
    }
}
