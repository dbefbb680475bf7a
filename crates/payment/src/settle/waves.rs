//! Evaluates all stays, in waves of chunks: parallel inside a wave, explanations joined between waves, so that they stand
//! in memory once.

use rayon::prelude::*;
use yibao_record::stays::Stays;

use super::claims::{CHUNK, RefusedRow};
use super::error::SettleError;
use super::key::{KeySpace, NO_ROW};
use super::options::Progress;
use super::payer::AfterCase;
use crate::case::{Decisions, Evaluator};
use crate::plan::Plan;
use crate::settled::CaseOutcome;

/// Chunks per wave.
const WAVE_CHUNKS: usize = 32;

/// The evaluated stays.
#[derive(Default)]
pub struct Evaluation {
    /// One outcome per stay.
    pub outcome: Vec<CaseOutcome>,
    /// End of each stay's explanation.
    pub explanation_end: Vec<u64>,
    /// The explanations.
    pub explanation: Vec<u8>,
    /// Stays refused by the steps, in input order.
    pub refused: Vec<RefusedRow>,
}

/// What the evaluation reads.
pub struct Evaluating<'a> {
    /// The evaluator.
    pub evaluator: &'a Evaluator<'a>,
    /// The plan, for messages.
    pub plan: &'a Plan,
    /// The stays, for messages.
    pub stays: &'a Stays,
    /// The keys.
    pub space: &'a KeySpace,
    /// Decisions over all cases.
    pub decisions: &'a Decisions,
    /// What the year steps do to a single case.
    pub after: &'a AfterCase<'a>,
    /// Called between waves.
    pub progress: Option<Progress<'a>>,
}

struct Part {
    bytes: Vec<u8>,
    refused: Vec<RefusedRow>,
}

impl Evaluating<'_> {
    /// Evaluates every stay that has a key. The keys of refused stays become [`NO_ROW`].
    ///
    /// # Errors
    /// The first failure in input order; [`SettleError::Interrupted`].
    pub fn run(&self, keys: &mut [u32]) -> Result<Evaluation, SettleError> {
        const WAVE: usize = WAVE_CHUNKS * CHUNK;
        let total = keys.len();
        let mut all = Evaluation {
            outcome: vec![CaseOutcome::default(); total],
            explanation_end: vec![0; total],
            ..Evaluation::default()
        };
        let waves = all.outcome.chunks_mut(WAVE).zip(all.explanation_end.chunks_mut(WAVE)).zip(keys.chunks_mut(WAVE));
        for (wave, ((outcome, ends), keys)) in waves.enumerate() {
            let first = wave * WAVE;
            let parts: Vec<Result<Part, SettleError>> = outcome
                .par_chunks_mut(CHUNK)
                .zip(ends.par_chunks_mut(CHUNK))
                .zip(keys.par_chunks_mut(CHUNK))
                .enumerate()
                .map(|(chunk, ((outcome, ends), keys))| self.chunk(first + chunk * CHUNK, outcome, ends, keys))
                .collect();
            for (part, ends) in parts.into_iter().zip(ends.chunks_mut(CHUNK)) {
                let part = part?;
                let base = all.explanation.len() as u64;
                ends.iter_mut().for_each(|end| *end += base);
                all.explanation.extend_from_slice(&part.bytes);
                all.refused.extend(part.refused);
            }
            if wave == 0 && total > WAVE {
                // One allocation for the rest, with a little air, instead of doublings.
                let rest = all.explanation.len() / WAVE * (total - WAVE);
                all.explanation.reserve(rest + rest / 16);
            }
            let done = total.min(first + WAVE) as u64;
            if self.progress.is_some_and(|progress| !progress(done, total as u64)) {
                return Err(SettleError::Interrupted);
            }
        }
        Ok(all)
    }

    fn chunk(
        &self,
        first: usize,
        outcome: &mut [CaseOutcome],
        ends: &mut [u64],
        keys: &mut [u32],
    ) -> Result<Part, SettleError> {
        let mut part = Part { bytes: Vec::with_capacity(64 * outcome.len()), refused: Vec::new() };
        for (row, ((outcome, end), key)) in (first..).zip(outcome.iter_mut().zip(ends).zip(keys)) {
            if *key != NO_ROW {
                let before = part.bytes.len();
                let number = u32::try_from(row).unwrap_or(NO_ROW);
                let row_key = self.space.key(*key);
                let decision = self.decisions.of(number);
                let evaluated = self
                    .evaluator
                    .evaluate(row, row_key, &decision, &mut part.bytes)
                    .map_err(|failure| SettleError::of_case(self.plan, self.stays, row_key.method, row, &failure))?;
                *outcome = evaluated.outcome;
                if evaluated.refused.is_none() {
                    self.after.finish(self.evaluator, row, row_key, outcome, &mut part.bytes);
                }
                if let Some(refused) = evaluated.refused {
                    part.refused.push((number, Some(row_key.method), refused));
                    part.bytes.truncate(before);
                    *key = NO_ROW;
                }
            }
            *end = part.bytes.len() as u64;
        }
        Ok(part)
    }
}
