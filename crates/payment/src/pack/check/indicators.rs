//! `[indicators]`: fields, tables and targets exist and can be computed with.

use yibao_policy::{Path, suggest};
use yibao_record::mapping::FieldKind;

use super::Subject;
use crate::indicator::spec::{Excluded, target_share};
use crate::pack::indicators::{Coverage, Indicators};
use crate::pack::table::Unit;

/// The largest number of parts of the cost, and of readmission rates.
const LISTED_MAX: usize = 16;

/// Definitions name what the pack has.
pub(super) fn indicators_can_be_computed(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    let Some(chosen) = &pack.indicators else { return };
    let path = Path::of("indicators");
    if chosen.small_sample == Some(0) {
        subject.error(&path.key("small_sample"), "the threshold of small samples is 0", "state 1 to show everything");
    }
    for (method, points) in &chosen.points_per_weight {
        let path = path.key("points_per_weight").key(method);
        if !pack.method.contains_key(method) {
            let hint = suggest::hint(method, pack.method.keys().map(String::as_str));
            subject.error(&path, format!("unknown method \"{method}\""), hint);
        }
        if ![1, 10, 100, 1_000, 10_000].contains(points) {
            subject.error(&path, format!("{points} points for a weight of one"), "state 1, 10, 100, 1000 or 10000");
        }
    }
    for (at, written) in chosen.grouping.iter().flat_map(|grouping| grouping.exclude.iter().enumerate()) {
        if let Err((message, hint)) = Excluded::of(written) {
            subject.error(&path.key("grouping").key("exclude").at(at), message, hint);
        }
    }
    lists(subject, chosen, &path);
    fields(subject, chosen, &path);
    if let Some(low) = &chosen.low_risk {
        low_risk_table(subject, &low.table, &path.key("low_risk").key("table"));
        if low.died.is_empty() {
            let path = path.key("low_risk").key("died");
            subject.error(&path, "no discharge status means death", "state died = [\"5\"]");
        }
    }
    if let Some(heads) = &chosen.heads
        && heads.insured.is_some() == heads.from.is_some()
    {
        let message = "heads are counted in none or both of two ways";
        subject.error(&path.key("heads"), message, "state insured = 1200000, or from = \"facts\"");
    }
    if let Some(plan) = &chosen.plan {
        plan_targets(subject, plan, &path.key("plan"));
    }
}

fn lists(subject: &mut Subject<'_>, chosen: &Indicators, path: &Path) {
    let ids = [
        ("readmission", chosen.readmission.iter().map(|one| one.id.as_str()).collect::<Vec<_>>()),
        ("structure", chosen.structure.iter().map(|one| one.id.as_str()).collect()),
    ];
    for (list, ids) in ids {
        let path = path.key(list);
        for (at, id) in ids.iter().enumerate() {
            if ids.iter().take(at).any(|earlier| earlier == id) {
                let message = format!("{list} \"{id}\" stands twice");
                subject.error(&path.at(at).key("id"), message, "give one of them another id");
            }
        }
        if ids.len() > LISTED_MAX {
            let message = format!("{} entries of {list}, at most {LISTED_MAX}", ids.len());
            subject.error(&path, message, "keep those that are published");
        }
    }
    for (at, rate) in chosen.readmission.iter().enumerate() {
        if rate.window_days == 0 || rate.window_days > 366 {
            let message = format!("a readmission window of {} days", rate.window_days);
            subject.error(&path.key("readmission").at(at).key("window_days"), message, "state 1 to 366 days");
        }
    }
}

/// Extra fields that are declared, of a kind that fits.
fn fields(subject: &mut Subject<'_>, chosen: &Indicators, path: &Path) {
    let amounts = chosen.structure.iter().enumerate().map(|(at, part)| (path.key("structure").at(at), &part.field));
    let outside = chosen.out_of_list.iter().map(|one| (path.key("out_of_list"), &one.field));
    let referred = chosen.referral.iter().map(|one| (path.key("referral"), &one.field));
    let amounts: Vec<_> = amounts.chain(outside).map(|(path, field)| (path, field, true)).collect();
    for (path, field, amount) in amounts.into_iter().chain(referred.map(|(path, field)| (path, field, false))) {
        let path = path.key("field");
        let declared = &subject.pack.fields;
        match declared.get(field) {
            None => {
                let hint = match declared.is_empty() {
                    true => format!("declare [fields.{field}]"),
                    false => suggest::hint(field, declared.keys().map(String::as_str)),
                };
                subject.error(&path, format!("unknown field \"{field}\""), hint);
            }
            Some(found) if amount && found.kind != FieldKind::Fen => {
                let message = format!("field \"{field}\" is not an amount");
                subject.error(&path, message, "declare it with kind = \"fen\"");
            }
            Some(_) => {}
        }
    }
}

fn low_risk_table(subject: &mut Subject<'_>, name: &str, path: &Path) {
    let tables = &subject.pack.table;
    let found = tables.iter().find(|(id, table)| table.name.as_deref().unwrap_or(id) == name);
    let Some((_, table)) = found else {
        let known: Vec<&str> = tables.iter().map(|(id, table)| table.name.as_deref().unwrap_or(id)).collect();
        let hint = match known.is_empty() {
            true => format!("declare [table.{name}] with unit = \"list\" and key = [\"group\"]"),
            false => suggest::hint(name, known),
        };
        subject.error(path, format!("unknown table \"{name}\""), hint);
        return;
    };
    let keys = table.key_fields.as_ref().unwrap_or(&table.key);
    if table.unit != Unit::List || keys.as_slice() != ["group"] {
        let message = format!("table \"{name}\" is not a list of groups");
        subject.error(path, message, "declare it with unit = \"list\" and key = [\"group\"]");
    }
}

fn plan_targets(subject: &mut Subject<'_>, plan: &Coverage, path: &Path) {
    for (at, id) in plan.methods.iter().enumerate() {
        if !subject.pack.method.contains_key(id) {
            let hint = suggest::hint(id, subject.pack.method.keys().map(String::as_str));
            subject.error(&path.key("methods").at(at), format!("unknown method \"{id}\""), hint);
        }
    }
    let counted = [("regions", &plan.regions), ("institutions", &plan.institutions), ("diseases", &plan.diseases)];
    for (key, target) in counted {
        let Some(target) = target else { continue };
        let share = target_share(plan.programme_year, target.added.as_deref(), target.at_least.as_deref());
        if let Err((message, hint)) = share {
            subject.error(&path.key(key), message, hint);
        }
        if target.all == 0 || target.covered.is_some_and(|covered| covered > target.all) {
            let message = format!("{} of {} cannot be covered", target.covered.unwrap_or(0), target.all);
            subject.error(&path.key(key), message, "`all` is the larger number, and not 0");
        }
    }
    if plan.regions.as_ref().is_some_and(|regions| regions.covered.is_none()) {
        let message = "how many regions are covered is not in the facts of one region";
        subject.error(&path.key("regions"), message, "state `covered`");
    }
    if let Some(target) = &plan.fund
        && let Err((message, hint)) =
            target_share(plan.programme_year, target.added.as_deref(), target.at_least.as_deref())
    {
        subject.error(&path.key("fund"), message, hint);
    }
}
