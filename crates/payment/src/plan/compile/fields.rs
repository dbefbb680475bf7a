//! Names of fields to the values of a case.

use yibao_policy::{Path, suggest};

use super::Compiler;
use crate::plan::field::NAMED;
use crate::plan::{FieldRef, Unit};

/// What is known at a step of a method.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Names of the means in slot order (of the whole method).
    pub means: Vec<String>,
    /// Derived values that earlier steps have given.
    pub derived: Vec<FieldRef>,
}

impl Known {
    /// Notes that later steps can use the value.
    pub(super) fn give(&mut self, field: FieldRef) {
        if !self.derived.contains(&field) {
            self.derived.push(field);
        }
    }
}

impl Compiler<'_> {
    /// The field of a name, if it exists and is known by now.
    pub(super) fn field(&mut self, name: &str, path: &Path, known: &Known) -> Option<FieldRef> {
        let Some(field) = self.named_field(name, known) else {
            let names = self.field_names(known);
            let hint = suggest::hint(name, names.iter().map(String::as_str));
            self.error(path, format!("unknown field \"{name}\""), hint);
            return None;
        };
        if field.is_derived() && !known.derived.contains(&field) {
            self.error(path, format!("\"{name}\" is not known yet at this step"), hint_before(field, name));
            return None;
        }
        Some(field)
    }

    /// A field that holds an amount.
    pub(super) fn amount_field(&mut self, name: &str, path: &Path, known: &Known) -> Option<FieldRef> {
        let field = self.field(name, path, known)?;
        if field.unit() != Unit::Fen {
            self.error(
                path,
                format!("\"{name}\" is not an amount"),
                "name a field in yuan: cost, fund, patient, or a declared field of kind \"fen\"",
            );
            return None;
        }
        Some(field)
    }

    fn named_field(&self, name: &str, known: &Known) -> Option<FieldRef> {
        if let Some(slot) = known.means.iter().position(|mean| mean == name) {
            return u8::try_from(slot).ok().map(FieldRef::Mean);
        }
        if name == "r" {
            return Some(FieldRef::R);
        }
        if let Some((_, field)) = NAMED.iter().find(|(known, _)| *known == name) {
            return Some(*field);
        }
        let (index, declared) = self.pack.fields.iter().enumerate().find(|(_, (declared, _))| *declared == name)?;
        Some(FieldRef::Extra { index: u16::try_from(index).ok()?, kind: declared.1.kind })
    }

    fn field_names(&self, known: &Known) -> Vec<String> {
        let named = NAMED.iter().map(|(name, _)| (*name).to_owned());
        named.chain(known.means.iter().cloned()).chain(self.pack.fields.keys().cloned()).collect()
    }

    /// The text field that a key column of a table stands for.
    pub(super) fn key_field(&mut self, name: &str, path: &Path) -> Option<FieldRef> {
        let nothing = Known::default();
        let field = self.field(name, path, &nothing)?;
        if field.unit() != Unit::Text {
            self.error(
                path,
                format!("\"{name}\" cannot be a key: it is not a text field"),
                "key by group, institution, level, insurance, district, month or a declared field of kind \"symbol\"",
            );
            return None;
        }
        Some(field)
    }
}

fn hint_before(field: FieldRef, name: &str) -> String {
    let verb = match field {
        FieldRef::Weight => "weight",
        FieldRef::BasePoints => "base_points",
        FieldRef::AllMean => "all_mean",
        FieldRef::Coefficient => "coefficient",
        FieldRef::Std | FieldRef::StdBeforeCoefficient => "price",
        FieldRef::R => "outlier_band",
        _ => return format!("put the group_mean step \"{name}\" before this one"),
    };
    format!("put a {verb} step before this one")
}
