//! Clinical codes to payer codes, one step, before grouping.
//!
//! The reference writes each new value at the first position that holds the same value, so in
//! a list where a→b and b→c meet the later copy stays untranslated. The published answers of
//! that reference contain this, so it is kept here and shown, not repaired.

use rustc_hash::FxHashMap;
use thiserror::Error;

use crate::case::{CodeId, CodeKind};
use crate::codes::Codes;
use crate::pairs::Pairs;

/// The target that drops a code.
const DROP: &str = "-";

/// Both maps of a scheme.
#[derive(Debug)]
pub struct Translation {
    /// Diagnoses.
    pub dx: CodeMap,
    /// Procedures.
    pub proc: CodeMap,
}

/// A code as a number of one map; [`ClinicalId::UNKNOWN`] is not a key of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClinicalId(u32);

impl ClinicalId {
    /// A code that the map does not know.
    pub const UNKNOWN: Self = Self(u32::MAX);
}

/// A code that is not a key of the map, or a principal code that the map would drop.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{} code {code:?} at position {position} is not in the translation map\n  \
         hint: correct the code, or group without translation", kind_word(*kind))]
pub struct NotMapped {
    /// Diagnosis or procedure.
    pub kind: CodeKind,
    /// Position in the list, from 1.
    pub position: usize,
    /// The code as given.
    pub code: String,
}

/// [`NotMapped`] without texts: the position in the list, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotMappedAt(pub usize);

const fn kind_word(kind: CodeKind) -> &'static str {
    match kind {
        CodeKind::Diagnosis => "diagnosis",
        CodeKind::Procedure => "procedure",
    }
}

/// One translation map.
#[derive(Debug)]
pub struct CodeMap {
    kind: CodeKind,
    pairs: Pairs,
    /// Number of each key; targets that are no key follow.
    numbers: FxHashMap<Box<[u8]>, u32>,
    /// Target of each key.
    targets: Vec<u32>,
    /// Each number as a code of the scheme.
    codes: Vec<CodeId>,
    /// The number of [`DROP`].
    dropped: u32,
}

impl CodeMap {
    pub(crate) fn new(kind: CodeKind, pairs: Pairs, scheme: &Codes) -> Self {
        let mut numbers: FxHashMap<Box<[u8]>, u32> = FxHashMap::default();
        let mut codes = Vec::new();
        let mut number = |text: &str| {
            *numbers.entry(text.as_bytes().into()).or_insert_with(|| {
                codes.push(scheme.number(text.as_bytes()));
                u32::try_from(codes.len() - 1).unwrap_or(u32::MAX)
            })
        };
        for at in 0..pairs.len() {
            number(pairs.key(at));
        }
        let targets = (0..pairs.len()).map(|at| number(target(&pairs, at))).collect();
        let dropped = number(DROP);
        Self { kind, pairs, numbers, targets, codes, dropped }
    }

    /// How many codes the map knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether the map knows no code.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Translates a list of codes, first one principal.
    ///
    /// # Errors
    /// The first code that is not a key of the map; a principal code that the map drops.
    pub fn translate(&self, codes: &[&str]) -> Result<Vec<String>, NotMapped> {
        let mut list: Vec<&str> = codes.to_vec();
        let refuse = |at: usize| NotMapped {
            kind: self.kind,
            position: at + 1,
            code: codes.get(at).copied().unwrap_or_default().to_owned(),
        };
        for at in 0..list.len() {
            let code = list.get(at).copied().unwrap_or_default();
            let Some(key) = self.pairs.find(code.as_bytes()) else { return Err(refuse(at)) };
            if let Some(first) = list.iter_mut().find(|held| **held == code) {
                *first = target(&self.pairs, key);
            }
        }
        if list.first() == Some(&DROP) {
            return Err(refuse(0));
        }
        Ok(list.into_iter().filter(|code| *code != DROP).map(str::to_owned).collect())
    }

    /// The number of a code in this map, for [`CodeMap::translate_interned`].
    #[must_use]
    pub fn clinical(&self, code: &[u8]) -> ClinicalId {
        match self.numbers.get(code) {
            Some(&number) => ClinicalId(number),
            None => ClinicalId::UNKNOWN,
        }
    }

    /// Translates a list of numbers of this map into codes of the scheme. `out` is emptied
    /// first; `scratch` is working room that the caller keeps between cases.
    ///
    /// # Errors
    /// As [`CodeMap::translate`], by position.
    pub fn translate_interned(
        &self,
        codes: &[ClinicalId],
        scratch: &mut Vec<ClinicalId>,
        out: &mut Vec<CodeId>,
    ) -> Result<(), NotMappedAt> {
        out.clear();
        scratch.clear();
        scratch.extend_from_slice(codes);
        for at in 0..scratch.len() {
            let code = scratch.get(at).copied().unwrap_or(ClinicalId::UNKNOWN);
            let Some(&target) = self.targets.get(code.0 as usize) else {
                return Err(NotMappedAt(at + 1));
            };
            if let Some(first) = scratch.iter_mut().find(|held| **held == code) {
                *first = ClinicalId(target);
            }
        }
        if scratch.first() == Some(&ClinicalId(self.dropped)) {
            return Err(NotMappedAt(1));
        }
        let kept = scratch.iter().filter(|code| code.0 != self.dropped);
        out.extend(kept.map(|code| self.codes.get(code.0 as usize).copied().unwrap_or_default()));
        Ok(())
    }
}

/// The target of a pair; an empty one is the code itself.
fn target(pairs: &Pairs, at: usize) -> &str {
    match pairs.value(at) {
        "" => pairs.key(at),
        to => to,
    }
}
