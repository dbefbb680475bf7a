//! The check of a pack: every rule its own small function. Rules of the written pack stand here; what only resolving
//! can find (tables, fields, curves, pools) is found by compiling every year, with the same code that settles it.

mod agreed;
mod bills;
mod budget;
mod budget_links;
mod ceilings;
mod citations;
mod feeds;
mod ids;
mod indicators;
mod input;
mod order;
mod scopes;
mod steps_needed;
mod twice;
mod weigh;
mod years;

use yibao_policy::{Diagnostics, Folder, Path};
use yibao_record::stays::Symbols;

use super::Pack;
use super::reference::ReferenceFiles;
use crate::plan::CompileInput;
use crate::plan::compile::{Purpose, compile};

/// A pack under check.
pub(crate) struct Subject<'a> {
    folder: &'a Folder,
    pack: &'a Pack,
    found: Diagnostics,
}

impl Subject<'_> {
    fn error(&mut self, path: &Path, message: impl Into<String>, hint: impl Into<String>) {
        self.found.error(message, Some(self.folder.locate(path)), hint);
    }
}

/// The rules, in the order they are applied.
const RULES: [fn(&mut Subject<'_>); 16] = [
    citations::every_source_names_a_document,
    ids::ids_are_unique,
    years::years_are_whole,
    steps_needed::methods_have_the_steps_of_their_price,
    order::steps_stand_in_a_working_order,
    ceilings::ceilings_stand_behind_what_they_lower,
    twice::no_two_steps_do_the_same,
    scopes::scopes_can_be_told_apart,
    input::inputs_can_be_read,
    feeds::feeds_can_be_read,
    bills::bills_can_be_split,
    weigh::weights_can_be_made,
    budget::budgets_add_up,
    budget_links::lines_and_pools_meet,
    agreed::agreed_values_are_decided_in_order,
    indicators::indicators_can_be_computed,
];

/// Everything the rules of the written pack find.
pub(crate) fn written(folder: &Folder, pack: &Pack) -> Diagnostics {
    let mut subject = Subject { folder, pack, found: Diagnostics::default() };
    for rule in RULES {
        rule(&mut subject);
    }
    subject.found
}

/// Everything wrong with a pack, and notes worth knowing, in the order of files and lines.
///
/// Open values, jumps, and public files that are not at hand are notes; everything else is an error.
#[must_use]
pub fn check(folder: &Folder, pack: &Pack, reference: &dyn ReferenceFiles) -> Diagnostics {
    let mut found = written(folder, pack);
    input::public_files_are_there(folder, pack, reference, &mut found);
    for year in &pack.year {
        let input = CompileInput {
            folder,
            pack,
            year: year.year,
            methods: None,
            known: None,
            reference,
            institutions_of_stays: &[],
        };
        let (_, more) = compile(&input, &mut Symbols::default(), Purpose::Check);
        found.append(more);
    }
    found.in_file_order()
}

/// What a checked pack holds, for a line of summary.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Settled years.
    pub years: usize,
    /// Methods.
    pub methods: usize,
    /// Steps of all methods.
    pub steps: usize,
    /// Value tables.
    pub tables: usize,
    /// Pools.
    pub pools: usize,
    /// Named sources.
    pub sources: usize,
}

impl Counts {
    /// Counts a pack.
    #[must_use]
    pub fn of(pack: &Pack) -> Self {
        Self {
            years: pack.year.len(),
            methods: pack.method.len(),
            steps: pack.method.values().map(|method| method.step.len()).sum(),
            tables: pack.table.len(),
            pools: pack.pool.len(),
            sources: pack.sources.len(),
        }
    }
}

#[cfg(test)]
mod tests;
