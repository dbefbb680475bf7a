//! Numbers for answers: the answers of many rows are a few hundred different ones.

use rustc_hash::FxHashMap;
use yibao_grouping::Answer;

/// Distinct answers in the order in which they were met.
#[derive(Default)]
pub(crate) struct AnswerTable {
    answers: Vec<Answer>,
    places: FxHashMap<(u16, u16, u8, u8), u16>,
    /// Per DRG, the place of the answer that had it last: nearly always the one that has it next.
    last: Vec<u16>,
}

impl AnswerTable {
    /// The place of an answer in [`AnswerTable::answers`].
    #[inline]
    pub(crate) fn place(&mut self, answer: Answer) -> u16 {
        if let Some(place) = self.last.get(usize::from(answer.drg))
            && self.answers.get(usize::from(*place)) == Some(&answer)
        {
            return *place;
        }
        self.look_up(answer)
    }

    #[cold]
    fn look_up(&mut self, answer: Answer) -> u16 {
        // the DRG text fixes MDC and ADRG except for the answers without a group
        let key = (answer.drg, answer.mdc, answer.status as u8, answer.rejection.map_or(0, |reason| reason as u8 + 1));
        let place = *self.places.entry(key).or_insert_with(|| {
            self.answers.push(answer);
            self.answers.len() as u16 - 1
        });
        let at = usize::from(answer.drg);
        if self.last.len() <= at {
            self.last.resize(at + 1, 0);
        }
        if let Some(last) = self.last.get_mut(at) {
            *last = place;
        }
        place
    }

    /// The distinct answers.
    pub(crate) fn answers(&self) -> &[Answer] {
        &self.answers
    }
}
