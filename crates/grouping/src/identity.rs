//! The content hash: which tables decided.
//!
//! SHA-256 over one spelling of everything that decides: switches, gates, rules, rows, sets,
//! severity, exclusions, and the digests of the tables of names and translation. Line numbers,
//! the order of codes inside a set and the order of keys in a file are left out, so the hash is
//! the same for a folder of tables and for the file precompiled from it.

use std::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::codes::Codes;
use crate::model::Model;

/// SHA-256 of a scheme's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash(pub [u8; 32]);

impl fmt::Display for ContentHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl Serialize for ContentHash {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// One line of text per fact, hashed as it is written.
struct Spelling(Sha256);

impl Spelling {
    fn line(&mut self, fields: &[&str]) {
        for field in fields {
            // Lengths keep fields apart whatever they contain.
            self.0.update((field.len() as u64).to_le_bytes());
            self.0.update(field.as_bytes());
        }
        self.0.update(b"\n");
    }
}

/// The hash of a model.
pub(crate) fn content_hash(model: &Model) -> ContentHash {
    let mut out = Spelling(Sha256::new());
    let switches = format!("{:?} {}", model.checks, model.retry);
    out.line(&["scheme", &model.name, &switches, &model.ungrouped]);
    let [mdc, adrg, drg] = &model.rejected;
    out.line(&["rejected", mdc, adrg, drg]);
    for group in &model.regions {
        for (set, printed) in &group.regions {
            out.line(&["region", &group.name, model.set_name(*set), printed]);
        }
    }
    for mdc in &model.mdcs {
        out.line(&["mdc", &mdc.code, &model.spell(&mdc.gate)]);
        for rule in model.rules.get(mdc.rules.clone()).unwrap_or_default() {
            let leads = format!("{:?} {:?}", rule.kind, rule.no_drg);
            out.line(&["rule", &rule.id, &rule.adrg, &leads, &model.spell(&rule.condition)]);
            for row in model.rows.get(rule.rows.clone()).unwrap_or_default() {
                let condition = model.conditions.get(usize::from(row.condition));
                let spelled = condition.map_or(String::new(), |c| model.spell(&c.expr));
                out.line(&["row", &row.drg, &row.name, &spelled]);
            }
        }
    }
    for (code, name) in &model.extra_names {
        out.line(&["name", code, name]);
    }
    for file in model.icd.iter().flatten() {
        out.line(&["icd", &file.name]);
        out.0.update(file.digest);
    }
    for set in &model.sets {
        out.line(&["set", &set.name, if set.dx { "dx" } else { "proc" }]);
    }
    codes(&model.dx, &mut out);
    codes(&model.proc, &mut out);
    let numbers = model.severity.iter().flat_map(|severity| [severity.mcc, severity.cc]);
    let bytes: Vec<u8> = numbers.chain(model.exclusion.iter().copied()).flat_map(u16::to_le_bytes).collect();
    out.0.update(&bytes);
    ContentHash(out.0.finalize().into())
}

/// Codes are sorted and classes are numbered as they are first met, so both are spelled alike
/// whatever the order of the tables.
fn codes(codes: &Codes, out: &mut Spelling) {
    let sets = codes.class_sets.iter().flat_map(|sets| {
        let length = u16::try_from(sets.len()).unwrap_or(u16::MAX);
        std::iter::once(length).chain(sets.iter().copied())
    });
    let numbers: Vec<u8> = codes.class.iter().copied().chain(sets).flat_map(u16::to_le_bytes).collect();
    let ends: Vec<u8> = codes.ends.iter().copied().flat_map(u32::to_le_bytes).collect();
    out.0.update((codes.ends.len() as u64).to_le_bytes());
    for bytes in [&codes.text, &ends, &numbers, &codes.class_prefixes] {
        out.0.update(bytes);
    }
}
