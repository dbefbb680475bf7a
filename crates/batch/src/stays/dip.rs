//! Rows matched to the groups of a DIP catalogue while they are read.

use yibao_grouping::dip::{Catalogue, DipCase, DipStatus, Matcher};
use yibao_record::feed::CATALOGUE_FIELDS;
use yibao_record::stays::GroupStatus;

/// Kinds of the auxiliary catalogue behind the fields after `dip_kind` and `dip_type`.
const PREFIX: &str = "aux_";

/// One worker's matcher and its last answer.
pub struct Dip<'c> {
    catalogue: &'c Catalogue,
    matcher: Matcher<'c>,
    /// Place of each field's kind in the auxiliary catalogue.
    kinds: [Option<usize>; CATALOGUE_FIELDS.len()],
    texts: [&'c str; CATALOGUE_FIELDS.len()],
}

impl<'c> Dip<'c> {
    /// A matcher over a catalogue.
    pub fn new(catalogue: &'c Catalogue) -> Self {
        let kinds = CATALOGUE_FIELDS.map(|(field, ..)| {
            let kind = field.strip_prefix(PREFIX)?;
            catalogue.auxiliary()?.kinds().iter().position(|declared| declared.id == kind)
        });
        Dip { catalogue, matcher: catalogue.matcher(), kinds, texts: [""; CATALOGUE_FIELDS.len()] }
    }

    /// The group of a row; empty without one.
    pub fn assign(&mut self, case: &DipCase<'_>) -> (&'c str, GroupStatus) {
        let answer = self.matcher.assign(case);
        self.texts = [""; CATALOGUE_FIELDS.len()];
        if answer.status != DipStatus::Grouped {
            return ("", GroupStatus::Ungrouped);
        }
        for ((text, (field, ..)), kind) in self.texts.iter_mut().zip(CATALOGUE_FIELDS).zip(self.kinds) {
            *text = match (field, kind) {
                ("dip_kind", _) => answer.kind.map_or("", |kind| kind.word()),
                ("dip_type", _) => answer.treatment.word(),
                (_, Some(kind)) => {
                    let level = answer.levels.get(kind).copied().unwrap_or_default();
                    self.catalogue.auxiliary().and_then(|auxiliary| auxiliary.level_name(kind, level)).unwrap_or("")
                }
                (_, None) => "",
            };
        }
        (answer.group, GroupStatus::Grouped)
    }

    /// What the last answer says for a field of the catalogue.
    pub fn text(&self, field: usize) -> &'c str {
        self.texts.get(field).copied().unwrap_or("")
    }
}

/// Position of a field among those a catalogue fills.
pub fn field(name: &str) -> Option<usize> {
    CATALOGUE_FIELDS.iter().position(|(known, ..)| *known == name)
}
