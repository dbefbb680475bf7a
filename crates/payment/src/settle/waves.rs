//! Evaluates all stays, in waves of chunks: parallel inside a wave, outcomes packed and reasons put away between waves.

use std::sync::Arc;

use rayon::prelude::*;
use yibao_record::stays::Stays;

use super::claims::{CHUNK, RefusedRow};
use super::error::SettleError;
use super::key::{KeySpace, NO_ROW};
use super::options::Progress;
use super::payer::AfterCase;
use crate::case::{Decisions, Evaluator};
use crate::plan::Plan;
use crate::settled::explanations::{Store, narrow};
use crate::settled::{CaseOutcome, Explanations, Outcomes};

/// Chunks per wave and thread: what a wave makes is joined before the next one begins.
const WAVE_CHUNKS: usize = 2;

/// The evaluated stays.
#[derive(Default)]
pub struct Evaluation {
    /// One outcome per stay.
    pub outcome: Outcomes,
    /// The explanations.
    pub explanations: Explanations,
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

/// A chunk's stays.
struct Part {
    outcome: Outcomes,
    ends: Vec<u32>,
    bytes: Vec<u8>,
    refused: Vec<RefusedRow>,
}

impl Evaluating<'_> {
    /// Evaluates every stay that has a key. The keys of refused stays become [`NO_ROW`]. The reasons go to the store, or
    /// stay in memory when there is none.
    ///
    /// # Errors
    /// The first failure in input order; [`SettleError::Interrupted`]; [`SettleError::Reasons`].
    pub fn run(&self, keys: &mut [u32], store: Option<Arc<dyn Store>>) -> Result<Evaluation, SettleError> {
        let total = keys.len();
        let mut all = Evaluation {
            outcome: Outcomes::with_capacity(total),
            explanations: Explanations::new(store),
            refused: Vec::new(),
        };
        // Chunks, and so the result, do not depend on how many of them a wave has.
        let wave_rows = WAVE_CHUNKS * CHUNK * rayon::current_num_threads().max(1);
        for (wave, keys) in keys.chunks_mut(wave_rows).enumerate() {
            let first = wave * wave_rows;
            let done = first + keys.len();
            let parts: Vec<Result<Part, SettleError>> = keys
                .par_chunks_mut(CHUNK)
                .enumerate()
                .map(|(chunk, keys)| self.chunk(first + chunk * CHUNK, keys))
                .collect();
            for part in parts {
                let part = part?;
                all.outcome.append(&part.outcome);
                all.explanations.push_block(&part.ends, &part.bytes).map_err(SettleError::reasons)?;
                all.refused.extend(part.refused);
            }
            if self.progress.is_some_and(|progress| !progress(done as u64, total as u64)) {
                return Err(SettleError::Interrupted);
            }
        }
        all.outcome.close();
        Ok(all)
    }

    fn chunk(&self, first: usize, keys: &mut [u32]) -> Result<Part, SettleError> {
        let mut part = Part {
            outcome: Outcomes::with_capacity(keys.len()),
            ends: Vec::with_capacity(keys.len()),
            bytes: Vec::with_capacity(64 * keys.len()),
            refused: Vec::new(),
        };
        for (row, key) in (first..).zip(keys) {
            let mut outcome = CaseOutcome::default();
            if *key != NO_ROW {
                let before = part.bytes.len();
                let number = u32::try_from(row).unwrap_or(NO_ROW);
                let row_key = self.space.key(*key);
                let decision = self.decisions.of(number);
                let evaluated = self
                    .evaluator
                    .evaluate(row, row_key, &decision, &mut part.bytes)
                    .map_err(|failure| SettleError::of_case(self.plan, self.stays, row_key.method, row, &failure))?;
                outcome = evaluated.outcome;
                if evaluated.refused.is_none() {
                    self.after.finish(self.evaluator, row, row_key, &mut outcome, &mut part.bytes);
                }
                if let Some(refused) = evaluated.refused {
                    part.refused.push((number, Some(row_key.method), refused));
                    part.bytes.truncate(before);
                    *key = NO_ROW;
                }
            }
            part.outcome.push(outcome);
            part.ends.push(narrow(part.bytes.len() as u64).map_err(SettleError::reasons)?);
        }
        Ok(part)
    }
}
