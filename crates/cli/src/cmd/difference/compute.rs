//! Which cases of a closed year differ, and by how much.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::anyhow;
use rustc_hash::FxHashMap;
use yibao_batch::settled::closed::{self, ClosedCase};
use yibao_batch::settled::reasons::{Reasons, RowReason};
use yibao_kernel::{Day, Decimal, Fen};
use yibao_payment::plan::Plan;
use yibao_payment::plan::entries::DisputeStep;
use yibao_payment::settle::Options;
use yibao_payment::settle::closed::{Priced, price};
use yibao_payment::settle::key::RowKey;
use yibao_record::feed::STAYS;
use yibao_record::stays::Stays;

use super::ledger::{Ledger, Line};
use crate::cmd::prepare::Prepared;

/// What is taken from a closed settlement.
pub struct Closed {
    /// By row of the stays: whether it was settled.
    settled: Vec<bool>,
    /// Cases that entries name: key, group, paid.
    named: BTreeMap<String, Kept>,
    /// Printed point values by pool.
    prices: BTreeMap<String, Decimal>,
}

/// A closed case.
#[derive(Clone, Debug)]
struct Kept {
    key: [String; 4],
    group: String,
    paid: Fen,
}

/// Differences found, and what is refused.
pub struct Found {
    /// In the order of the file.
    pub lines: Vec<Line>,
    /// One line each.
    pub refused: Vec<String>,
}

impl Closed {
    /// Reads the cases of a closed settlement.
    pub fn read(
        folder: &Path,
        plan: &Plan,
        stays: &Stays,
        reasons: &Reasons,
        prices: BTreeMap<String, Decimal>,
    ) -> anyhow::Result<Self> {
        let in_year = |row: usize| stays.discharge.get(row).is_some_and(|day| plan.window.contains(*day));
        let feed = |row: usize| stays.feed_of(row).map_or(STAYS, |feed| feed.id.as_str());
        let of_year = (0..stays.len()).filter(|row| in_year(*row));
        let rows: FxHashMap<(&str, &str), usize> =
            of_year.map(|row| ((feed(row), stays.case_id.get(row)), row)).collect();
        let entries = &plan.entries;
        let disputes = entries.disputes.iter().map(|entry| entry.case_id.as_str());
        let named: BTreeSet<&str> = disputes.chain(entries.audits.iter().map(|entry| entry.case_id.as_str())).collect();
        let mut all = Self { settled: vec![false; stays.len()], named: BTreeMap::new(), prices };
        let mut twice = BTreeSet::new();
        closed::cases(folder, |case: &ClosedCase<'_>| {
            if let Some(slot) = rows.get(&(case.feed, case.case_id)).and_then(|row| all.settled.get_mut(*row)) {
                *slot = true;
            }
            if named.contains(case.case_id) {
                let key = reasons.rows.get(case.row as usize).map(key_of_row).unwrap_or_default();
                let kept = Kept { key, group: case.group.to_owned(), paid: case.paid };
                if all.named.insert(case.case_id.to_owned(), kept).is_some() {
                    twice.insert(case.case_id.to_owned());
                }
            }
        })?;
        // An id that two feeds use means no case.
        all.named.retain(|id, _| !twice.contains(id));
        Ok(all)
    }
}

fn key_of_row(row: &RowReason) -> [String; 4] {
    [row.institution.clone(), row.insurance.clone(), row.method.clone(), row.district.clone()]
}

/// All differences: late and regrouped cases in the order of the stays, then audit recoveries.
pub fn differences(
    plan: &Plan,
    prepared: &Prepared,
    closed: &Closed,
    ledger: &Ledger,
    period: &str,
) -> anyhow::Result<Found> {
    let stays = &prepared.read.stays;
    let regrouped = |row: usize| {
        let kept = closed.named.get(stays.case_id.get(row));
        let before = u32::try_from(row).ok().and_then(|row| prepared.applied.group_before(row));
        let group = stays.group.get(row).map_or("", |symbol| prepared.read.symbols.text(*symbol));
        before.is_some() && kept.is_some_and(|kept| kept.group != group)
    };
    let wanted: Vec<bool> = (0..stays.len())
        .map(|row| {
            let in_year = stays.discharge.get(row).is_some_and(|day| plan.window.contains(*day));
            let settled = closed.settled.get(row).copied().unwrap_or(false);
            in_year && (!settled || regrouped(row))
        })
        .collect();
    let options = Options { entries: Some(&prepared.applied), ..Options::new(&prepared.read.symbols) };
    let priced = price(plan, stays, &options, &wanted, &closed.prices).map_err(|error| anyhow!("{error}"))?;
    let mut found = Found { lines: Vec::new(), refused: Vec::new() };
    for case in &priced.cases {
        changed(plan, stays, closed, ledger, period, case, &mut found)?;
    }
    for refusal in &priced.refused {
        found.refused.push(format!("{} ({}): {}", refusal.case_id, refusal.code, refusal.reason.en));
    }
    for refusal in prepared.read.refused.iter() {
        found.refused.push(format!("{} ({}): {}", refusal.case_id, refusal.code, refusal.reason.en));
    }
    audits(plan, closed, ledger, period, &mut found)?;
    Ok(found)
}

fn key_of(plan: &Plan, key: RowKey) -> [String; 4] {
    let part = |parts: &[yibao_payment::plan::Part], at: u16| {
        parts.get(usize::from(at)).map_or_else(String::new, |part| part.named.id.clone())
    };
    [
        plan.institutions.get(key.institution as usize).map_or_else(String::new, |one| one.view.id.clone()),
        part(&plan.insurances, key.insurance),
        plan.methods.get(usize::from(key.method)).map_or_else(String::new, |method| method.id.clone()),
        part(&plan.districts, key.district),
    ]
}

/// A late or regrouped case: what it should be paid at every key, less what it was paid, less what is entered already.
fn changed(
    plan: &Plan,
    stays: &Stays,
    closed: &Closed,
    ledger: &Ledger,
    period: &str,
    case: &Priced,
    found: &mut Found,
) -> anyhow::Result<()> {
    let case_id = stays.case_id.get(case.row as usize);
    let was = closed.named.get(case_id).filter(|_| closed.settled.get(case.row as usize) == Some(&true));
    let now_key = key_of(plan, case.key);
    let mut places: BTreeMap<[String; 4], (Fen, Fen)> = BTreeMap::new();
    places.entry(now_key).or_default().1 = case.paid;
    if let Some(was) = was {
        places.entry(was.key.clone()).or_default().0 = was.paid;
    }
    // A key that an earlier entry used and the case has left.
    for key in ledger.keys_of(case_id, false) {
        places.entry(key).or_default();
    }
    let upheld = plan.entries.disputes.iter().rev();
    let upheld = upheld.filter(|entry| entry.case_id == case_id && entry.step == DisputeStep::Upheld);
    let decided: Option<Day> = upheld.map(|entry| entry.mark.on).next();
    let (reason, on) = match was {
        Some(_) => ("regrouped", decided.unwrap_or(ledger.known())),
        None => ("late", ledger.known()),
    };
    for (key, (was, now)) in places {
        let amount = now.checked_sub(was)?.checked_sub(ledger.booked(case_id, false, &key))?;
        if amount.is_zero() {
            continue;
        }
        found.lines.push(Line {
            case_id: case_id.to_owned(),
            on,
            reason,
            closed: period.to_owned(),
            key,
            was,
            now,
            amount,
            price: case.price,
        });
    }
    Ok(())
}

/// Audit recoveries: what is to be paid back, never more than was paid.
fn audits(plan: &Plan, closed: &Closed, ledger: &Ledger, period: &str, found: &mut Found) -> anyhow::Result<()> {
    let mut recovered: BTreeMap<&str, Fen> = BTreeMap::new();
    let mut lines: BTreeMap<&str, Line> = BTreeMap::new();
    for entry in &plan.entries.audits {
        let file = plan.entries.files.get(usize::from(entry.mark.file)).map_or("", |file| file.file.as_str());
        let place = format!("{file}:{}", entry.mark.line);
        let Some(kept) = closed.named.get(&entry.case_id) else {
            let message = format!("{place}: the closed settlement has no case \"{}\"", entry.case_id);
            found
                .refused
                .push(format!("{message}; hint: ids are compared byte by byte; name the year it was settled in"));
            continue;
        };
        if entry.mark.misplaced.is_some() {
            found.refused.push(format!(
                "{place}: out of its order in time; hint: append entries, with the day they are entered as `known`"
            ));
            continue;
        }
        // What the case is worth now: as it was paid, and what late entries have added.
        let booked = ledger.booked(&entry.case_id, false, &kept.key);
        let fresh = found.lines.iter().filter(|line| line.case_id == entry.case_id && line.key == kept.key);
        let fresh = yibao_kernel::sum(fresh.map(|line| line.amount))?;
        let worth = kept.paid.checked_add(booked)?.checked_add(fresh)?;
        let before = recovered.get(entry.case_id.as_str()).copied().unwrap_or(Fen::ZERO);
        let left = worth.checked_sub(before)?;
        let amount = entry.amount.unwrap_or(left);
        if amount.is_negative() || amount > left {
            found.refused.push(format!(
                "{place}: {amount} to be recovered, and the case \"{}\" was paid {left}; hint: a recovery is positive and at most what was paid",
                entry.case_id
            ));
            continue;
        }
        let total = before.checked_add(amount)?;
        recovered.insert(&entry.case_id, total);
        let line = Line {
            case_id: entry.case_id.clone(),
            on: entry.mark.on,
            reason: "audit",
            closed: period.to_owned(),
            key: kept.key.clone(),
            was: worth,
            now: worth.checked_sub(total)?,
            amount: total.checked_neg()?.checked_sub(ledger.booked(&entry.case_id, true, &kept.key))?,
            price: None,
        };
        lines.insert(&entry.case_id, line);
    }
    found.lines.extend(lines.into_values().filter(|line| !line.amount.is_zero()));
    Ok(())
}
