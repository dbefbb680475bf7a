//! The plan of a pack's `[negotiate]`: the standard in force beside it, and the line that pays.

use std::collections::BTreeMap;

use yibao_kernel::{Day, Fen};
use yibao_policy::{Folder, suggest};

use super::{Ability, NegotiateError, NegotiatePlan};
use crate::budget::{Cell, Waterfall};
use crate::pack::Pack;
use crate::pack::agreed::Agreed;
use crate::pack::negotiate::Negotiate;
use crate::pack::version::{self, Stage};
use crate::weigh::plan::trim_of;

fn refused(key: &'static str, message: impl Into<String>, hint: impl Into<String>) -> NegotiateError {
    NegotiateError::Plan { key, message: message.into(), hint: hint.into() }
}

impl NegotiatePlan {
    /// The plan of a pack.
    ///
    /// # Errors
    /// The pack has no `[negotiate]`, or something it names is not there.
    pub fn of_pack(folder: &Folder, pack: &Pack) -> Result<Self, NegotiateError> {
        let declared = pack.negotiate.as_ref().ok_or(NegotiateError::NotDeclared)?;
        check(declared)?;
        Ok(Self {
            standard: declared.standard.clone(),
            year: declared.year,
            key: declared.key.clone(),
            value: declared.value.clone().unwrap_or_else(|| "standard".to_owned()),
            of: declared.of,
            years: declared.years.clone(),
            trim: trim_of(&declared.trim),
            range: declared.range,
            propose: declared.propose,
            round_to: declared.round_to.unwrap_or(Fen::new(1)),
            steps: declared.steps.clone(),
            min_cases: u64::from(declared.min_cases.unwrap_or(5)),
            current: current(declared, folder, pack)?,
            ability: declared.budget.as_ref().map(|lines| ability(pack, lines)).transpose()?.flatten(),
        })
    }
}

fn check(declared: &Negotiate) -> Result<(), NegotiateError> {
    if declared.key.is_empty() || declared.key_fields.as_ref().is_some_and(|fields| fields.len() != declared.key.len())
    {
        return Err(refused(
            "key",
            "no key, or key_fields of another length",
            "name the disease's column, then the level's",
        ));
    }
    if declared.years.is_empty() {
        return Err(refused("years", "no years", "name the years of past stays, like [2023, 2024]"));
    }
    if let Some(year) = declared.years.iter().find(|year| **year >= declared.year) {
        let message = format!("{year} is no past year of {}", declared.year);
        return Err(refused("years", message, "a standard is proposed from the years before it"));
    }
    if declared.round_to.is_some_and(|unit| unit.is_negative() || unit.is_zero()) {
        return Err(refused("round_to", "the unit is not positive", "state yuan, like \"10.00\""));
    }
    if let Some(step) = declared.steps.iter().find(|step| step.is_negative() || **step > yibao_kernel::Ratio::ONE) {
        return Err(refused(
            "steps",
            format!("a step of {step}"),
            "state shares from 0 to 1; each is tried down and up",
        ));
    }
    let [low, high] = declared.range;
    if low == high {
        return Err(refused("range", format!("both ends are {}", low.word()), "state a lower and a higher measure"));
    }
    Ok(())
}

/// The adopted standard of the year before, else the latest before, else the year's own.
fn current(declared: &Negotiate, folder: &Folder, pack: &Pack) -> Result<BTreeMap<Vec<String>, Fen>, NegotiateError> {
    let same = pack.standard.iter().filter(|one| one.name() == declared.standard && one.year <= declared.year);
    let adopted = same.filter(|one| version::adopted(&one.version, Day::MAX).is_some());
    let Some(agreed) = adopted.max_by_key(|one| (one.year < declared.year, one.year)) else {
        return Ok(BTreeMap::new());
    };
    if agreed.key != declared.key {
        let message =
            format!("standard \"{}\" of {} is keyed by {}", agreed.name(), agreed.year, agreed.key.join(", "));
        return Err(refused("key", message, "use the same key columns in the same order"));
    }
    rows_of(agreed, folder)
}

fn rows_of(agreed: &Agreed, folder: &Folder) -> Result<BTreeMap<Vec<String>, Fen>, NegotiateError> {
    let Some((_, version)) = version::adopted(&agreed.version, Day::MAX) else { return Ok(BTreeMap::new()) };
    let unread = |why: String| {
        refused("standard", format!("\"{}\" cannot be read: {why}", agreed.name()), "run yibao policy check")
    };
    let mut texts: Vec<(Vec<String>, String)> = Vec::new();
    if let Some(file) = &version.values.file {
        let table = folder.csv(file).map_err(|found| unread(found.to_string()))?;
        let column = |name: &str| table.column(name).map_err(|found| unread(found.to_string()));
        let keys: Vec<usize> = agreed.key.iter().map(|name| column(name)).collect::<Result<_, _>>()?;
        let value = column(&agreed.value)?;
        let cell = |fields: &[String], at: usize| fields.get(at).cloned().unwrap_or_default();
        let rows = table.rows.iter();
        texts
            .extend(rows.map(|row| (keys.iter().map(|at| cell(&row.fields, *at)).collect(), cell(&row.fields, value))));
    }
    for row in version.values.rows.iter().flatten() {
        let text = |name: &String| row.get(name).map(ToString::to_string).unwrap_or_default();
        texts.push((agreed.key.iter().map(text).collect(), text(&agreed.value)));
    }
    let amount = |(key, text): (Vec<String>, String)| match Fen::parse_yuan(text.as_bytes()) {
        Ok(amount) => Ok((key, amount)),
        Err(error) => Err(unread(format!("{}: {error}", key.join(" ")))),
    };
    texts.into_iter().map(amount).collect()
}

/// The amounts of the lines together.
fn ability(pack: &Pack, lines: &[String]) -> Result<Option<Ability>, NegotiateError> {
    let mut all = Vec::with_capacity(lines.len());
    for line in lines {
        all.push(amount_of_line(pack, line)?);
    }
    let amount = yibao_kernel::sum(all.iter().map(|(amount, _)| *amount))?;
    let adopted = all.iter().all(|(_, stage)| *stage == Stage::Adopted);
    let stage = if adopted { Stage::Adopted } else { Stage::Proposal };
    Ok((!all.is_empty()).then(|| Ability { line: lines.join(" + "), amount, stage: stage.word() }))
}

/// The amount of a line in force, else of the latest proposal.
fn amount_of_line(pack: &Pack, reference: &str) -> Result<(Fen, Stage), NegotiateError> {
    let unknown = |what: &str, known: Vec<&str>| {
        refused("budget", format!("unknown {what} in \"{reference}\""), suggest::hint(reference, known))
    };
    let (id, line) = reference.split_once('.').unwrap_or((reference, ""));
    let budget = pack.budget.iter().find(|budget| budget.id == id);
    let budget = budget.ok_or_else(|| unknown("budget", pack.budget.iter().map(|one| one.id.as_str()).collect()))?;
    let at = budget.line(line).map(|(at, _)| at);
    let at = at.ok_or_else(|| unknown("line", budget.line.iter().map(|one| one.id.as_str()).collect()))?;
    let waterfall = Waterfall::of(budget, Day::MAX)
        .map_err(|fault| refused("budget", fault.message.clone(), fault.hint.clone()))?;
    if let Some(amount) = waterfall.lines.get(at).and_then(|view| view.in_force) {
        return Ok((amount, Stage::Adopted));
    }
    let proposal = waterfall.columns.iter().rev().find(|column| column.version.stage == Stage::Proposal);
    match proposal.and_then(|column| column.lines.get(at)) {
        Some(Cell::Amount(amount)) => Ok((*amount, Stage::Proposal)),
        _ => Err(refused("budget", format!("\"{reference}\" has no amount yet"), "propose the budget first")),
    }
}
