//! Which classes of codes are in which sets, as bits.

use crate::bits::Bits;
use crate::case::CodeId;
use crate::codes::Codes;
use crate::model::Model;

/// Sets as bits over classes, set by set, so that the few sets a case is tested against stay
/// close together in memory.
#[derive(Debug)]
pub(crate) struct Membership {
    /// First word of each set of the model.
    starts: Vec<u32>,
    words: Vec<u64>,
    /// Per group of regions and class of diagnoses: 1 + number of the region, 0 = none.
    regions: Vec<Vec<u8>>,
}

impl Membership {
    /// Turns the class lists of the model round.
    pub(crate) fn new(model: &Model) -> Self {
        let mut sets: Vec<Bits> =
            model.sets.iter().map(|set| Bits::none(kind(model, set.dx).class_sets.len())).collect();
        for codes in [&model.dx, &model.proc] {
            for (class, members) in codes.class_sets.iter().enumerate() {
                for &set in members {
                    if let Some(bits) = sets.get_mut(usize::from(set)) {
                        bits.insert(class);
                    }
                }
            }
        }
        let mut starts = Vec::with_capacity(sets.len());
        let mut words = Vec::new();
        for bits in &sets {
            starts.push(u32::try_from(words.len()).unwrap_or(u32::MAX));
            words.extend_from_slice(bits.words());
        }
        Self { starts, words, regions: regions(model) }
    }

    /// Whether the codes of a class are in a set. Class and set are of one kind.
    #[inline]
    pub(crate) fn has(&self, set: u16, class: usize) -> bool {
        let start = self.starts.get(usize::from(set)).map_or(usize::MAX, |&start| start as usize);
        let word = self.words.get(start.wrapping_add(class / 64));
        word.is_some_and(|w| w >> (class % 64) & 1 == 1)
    }

    /// The set over the classes of its kind, with room for `length` classes.
    pub(crate) fn bits(&self, model: &Model, set: u16, length: usize) -> Bits {
        let dx = model.sets.get(usize::from(set)).is_some_and(|set| set.dx);
        let classes = kind(model, dx).class_sets.len();
        let start = self.starts.get(usize::from(set)).map_or(usize::MAX, |&start| start as usize);
        let words = self.words.get(start..start.saturating_add(classes.div_ceil(64)));
        Bits::from_words(words.unwrap_or_default(), length)
    }

    /// How many regions of the group the diagnoses fall in.
    pub(crate) fn region_count(&self, group: u16, dx: &[CodeId]) -> u32 {
        let mut seen = 0_u64;
        for &code in dx {
            seen |= self.region_bit(group, code.class());
        }
        seen.count_ones()
    }

    /// The region of a class as one bit; 0 when it is in none.
    pub(crate) fn region_bit(&self, group: u16, class: usize) -> u64 {
        let classes = self.regions.get(usize::from(group));
        match classes.and_then(|classes| classes.get(class)) {
            Some(&region @ 1..=64) => 1 << (region - 1),
            _ => 0,
        }
    }
}

fn kind(model: &Model, dx: bool) -> &Codes {
    if dx { &model.dx } else { &model.proc }
}

/// Each class belongs to one region: one printed under two belongs to the last.
fn regions(model: &Model) -> Vec<Vec<u8>> {
    let of_class = |group: &crate::model::RegionGroup, sets: &[u16]| {
        let last = group.regions.iter().rposition(|(set, _)| sets.binary_search(set).is_ok());
        last.and_then(|at| u8::try_from(at + 1).ok()).unwrap_or(0)
    };
    let of_group = |group| model.dx.class_sets.iter().map(|s| of_class(group, s)).collect();
    model.regions.iter().map(of_group).collect()
}
