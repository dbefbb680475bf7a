//! Amount expressions: sums, differences and shares of source columns, exact to the fen.

use yibao_kernel::{Fen, Mode, Ratio};
use yibao_record::mapping::{Compound, Expression};

use super::expression::{FindColumn, Text};
use super::refusal::RowRefusal;
use crate::Record;

/// The largest amount one stay may have: 100 million yuan. Beyond it a row is an input mistake, not a bill.
pub const AMOUNT_MAX_FEN: i64 = 10_000_000_000;

/// One of our own amounts, by position in [`AMOUNTS`].
pub const AMOUNTS: [&str; 3] = ["cost", "fund", "patient"];

/// A compiled amount expression.
pub enum Amount {
    /// A text read as yuan.
    Text { text: Text, grouped: bool, round: bool },
    /// Added.
    Sum(Vec<Amount>),
    /// First less the others.
    Minus(Vec<Amount>),
    /// One of ours times a ratio, half-up to the fen.
    ShareOf(usize, Ratio),
    /// One of ours.
    Own(usize),
}

/// Position of one of our amounts.
pub fn own(name: &str) -> Option<usize> {
    AMOUNTS.iter().position(|one| *one == name)
}

impl Amount {
    /// Compiles an amount expression.
    pub fn new(expression: &Expression, find: &FindColumn<'_>) -> Result<Self, String> {
        match expression {
            Expression::Column(name) => Ok(Amount::column(Text::Column(find(name)?), false, false)),
            Expression::Compound(compound) => Amount::compound(compound, find),
        }
    }

    fn column(text: Text, grouped: bool, round: bool) -> Self {
        Amount::Text { text, grouped, round }
    }

    fn compound(compound: &Compound, find: &FindColumn<'_>) -> Result<Self, String> {
        if let Some(parts) = &compound.sum {
            let parts = parts.iter().map(|part| Amount::new(part, find)).collect::<Result<Vec<_>, _>>()?;
            return Ok(Amount::Sum(parts));
        }
        if let Some(names) = &compound.minus {
            let parts = names
                .iter()
                .map(|name| match own(name) {
                    Some(at) => Ok(Amount::Own(at)),
                    None => Ok(Amount::column(Text::Column(find(name)?), compound.grouped, compound.round)),
                })
                .collect::<Result<Vec<_>, String>>()?;
            return Ok(Amount::Minus(parts));
        }
        if let Some(name) = &compound.share_of {
            let at = own(name).ok_or_else(|| format!("share_of \"{name}\" is not one of cost, fund, patient"))?;
            let ratio = compound.ratio.as_deref().unwrap_or("");
            let ratio = Ratio::parse(ratio).map_err(|error| format!("ratio \"{ratio}\": {error}"))?;
            return Ok(Amount::ShareOf(at, ratio));
        }
        let text = Text::new(&Expression::Compound(Box::new(compound.clone())), find)?;
        Ok(Amount::column(text, compound.grouped, compound.round))
    }

    /// Which of our own amounts it needs.
    pub fn needs(&self, found: &mut Vec<usize>) {
        match self {
            Amount::Text { .. } => {}
            Amount::Sum(parts) | Amount::Minus(parts) => parts.iter().for_each(|part| part.needs(found)),
            Amount::ShareOf(at, _) | Amount::Own(at) => found.push(*at),
        }
    }

    /// The amount of a record; `None` when its text is blank. `ours` holds the amounts already read.
    pub fn read(
        &self,
        field: &str,
        record: &Record<'_>,
        ours: &[Option<Fen>; 3],
        scratch: &mut Vec<u8>,
    ) -> Result<Option<Fen>, RowRefusal> {
        match self {
            Amount::Text { text, grouped, round } => {
                parse(field, text.read(record, scratch)?.trim_ascii(), *grouped, *round)
            }
            Amount::Sum(parts) => {
                let mut total = Fen::ZERO;
                for part in parts {
                    let one = part.read(field, record, ours, scratch)?.unwrap_or(Fen::ZERO);
                    total = total.checked_add(one).map_err(|_| too_large(field))?;
                }
                Ok(Some(total))
            }
            Amount::Minus(parts) => {
                let mut total: Option<Fen> = None;
                for part in parts {
                    let Some(one) = part.read(field, record, ours, scratch)? else { return Ok(None) };
                    total = Some(match total {
                        None => one,
                        Some(sum) => sum.checked_sub(one).map_err(|_| too_large(field))?,
                    });
                }
                Ok(total)
            }
            Amount::Own(at) => Ok(ours.get(*at).copied().flatten()),
            Amount::ShareOf(at, ratio) => {
                let Some(base) = ours.get(*at).copied().flatten() else { return Ok(None) };
                let part = base.ratio().checked_mul(*ratio).and_then(|part| part.to_fen(Mode::HalfUp));
                part.map(Some).map_err(|_| too_large(field))
            }
        }
    }
}

fn too_large(field: &str) -> RowRefusal {
    RowRefusal::new(
        "absurd_amount",
        format!("{field} 超出可计算范围"),
        format!("{field} is beyond what can be computed"),
    )
}

/// Reads yuan; blank is `None`.
pub fn parse(field: &str, text: &[u8], grouped: bool, round: bool) -> Result<Option<Fen>, RowRefusal> {
    if text.is_empty() {
        return Ok(None);
    }
    let read = if grouped { Fen::parse_yuan_grouped(text) } else { Fen::parse_yuan(text) };
    match read {
        Ok(fen) => Ok(Some(fen)),
        Err(_) if round => rounded(field, text).map(Some),
        Err(error) => Err(RowRefusal::unreadable(field, text, &error.to_string())),
    }
}

fn rounded(field: &str, text: &[u8]) -> Result<Fen, RowRefusal> {
    let words = std::str::from_utf8(text).unwrap_or("");
    let hundred = Ratio::from_int(100);
    Ratio::parse(words)
        .and_then(|yuan| yuan.checked_mul(hundred))
        .and_then(|fen| fen.to_fen(Mode::HalfUp))
        .map_err(|error| RowRefusal::unreadable(field, text, &error.to_string()))
}
