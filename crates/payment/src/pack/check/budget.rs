//! `[[budget]]`: lines that reach somewhere and sum to the budget, versions in their order, changes inside the year.

use yibao_kernel::{Day, Fen, Window};
use yibao_policy::{Path, suggest};

use super::Subject;
use crate::budget::{changed, work_out};
use crate::pack::budget::{Budget, BudgetChange, LineBasis, LineTo};
use crate::pack::version::{self, Stage};

/// Every budget divides to the fen in every version that is more than an opinion, and stays above zero.
pub(super) fn budgets_add_up(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    for (at, budget) in pack.budget.iter().enumerate() {
        let path = Path::of("budget").at(at);
        let before = subject.found.errors();
        lines_reach_somewhere(subject, budget, &path);
        reserves(subject, budget, &path);
        versions(subject, budget, &path);
        if subject.found.errors() == before {
            worked_out(subject, budget, &path);
        }
        changes(subject, budget, &path);
    }
}

/// A path below a budget, as one from the root.
fn below(path: &Path, rest: &Path) -> Path {
    Path(path.0.iter().chain(&rest.0).cloned().collect())
}

fn lines_reach_somewhere(subject: &mut Subject<'_>, budget: &Budget, path: &Path) {
    if budget.line.is_empty() {
        subject.error(
            path,
            format!("budget \"{}\" has no lines", budget.id),
            "add [[budget.line]]: what is set aside, then what goes to the pools",
        );
    }
    for (at, line) in budget.line.iter().enumerate() {
        let here = path.key("line").at(at);
        if line.id.contains('.') {
            subject.error(
                &here.key("id"),
                format!("line \"{}\" has a dot in its id", line.id),
                "pools name a line as BUDGET.LINE",
            );
        }
        if let Some(of) = &line.of {
            let earlier = budget.line.iter().take(at).map(|earlier| earlier.id.as_str());
            if !earlier.clone().any(|id| id == of) {
                let hint = format!("{}; it must stand before the lines that divide it", suggest::hint(of, earlier));
                subject.error(
                    &here.key("of"),
                    format!("line \"{}\" divides \"{of}\", which is no line before it", line.id),
                    hint,
                );
            }
        }
        match (budget.is_divided(&line.id), &line.to) {
            (true, Some(_)) => subject.error(
                &here.key("to"),
                format!("line \"{}\" is divided by other lines and goes somewhere itself", line.id),
                "take `to` away; the lines below it say where the money goes",
            ),
            (false, None) => subject.error(
                &here,
                format!("line \"{}\" goes nowhere", line.id),
                "state to = \"outside\", \"reserve\" or \"pool:ID\", or divide it by lines with `of`",
            ),
            (false, Some(to @ LineTo::Reserve(name))) if budget.reserve_of(to).is_none() => {
                let known = budget.reserve.iter().map(|reserve| reserve.id.as_str());
                let (message, hint) = match (name, budget.reserve.len()) {
                    (None, 2..) => {
                        ("a line to \"reserve\" of several".to_owned(), "name it: to = \"reserve:ID\"".to_owned())
                    }
                    (name, _) => {
                        let name = name.as_deref().unwrap_or("reserve");
                        let hint = match budget.reserve.is_empty() {
                            true => "declare [[budget.reserve]] with its opening balance".to_owned(),
                            false => suggest::hint(name, known),
                        };
                        (format!("unknown reserve \"{name}\""), hint)
                    }
                };
                subject.error(&here.key("to"), message, hint);
            }
            _ => {}
        }
        if line.basis == LineBasis::Remainder && line.value.is_some() {
            subject.error(
                &here.key("value"),
                format!("the remainder \"{}\" has a value", line.id),
                "take it away; it is what is left",
            );
        }
    }
}

fn reserves(subject: &mut Subject<'_>, budget: &Budget, path: &Path) {
    for (at, reserve) in budget.reserve.iter().enumerate() {
        if reserve.opening.is_negative() {
            subject.error(
                &path.key("reserve").at(at).key("opening"),
                format!("reserve \"{}\" opens below zero", reserve.id),
                "a reserve holds what was put aside; a debt is no reserve",
            );
        }
    }
}

fn versions(subject: &mut Subject<'_>, budget: &Budget, path: &Path) {
    let list = path.key("version");
    if budget.version.is_empty() {
        subject.error(
            path,
            format!("budget \"{}\" has no version", budget.id),
            "add [[budget.version]] with stage = \"proposal\", and the one that was adopted",
        );
    }
    for fault in version::faults(&budget.version) {
        subject.error(
            &list.at(fault.at).key(fault.key),
            format!("budget \"{}\": {}", budget.id, fault.message),
            fault.hint,
        );
    }
    for (at, version) in budget.version.iter().enumerate() {
        for id in version.values.line.keys() {
            let here = list.at(at).key("values").key("line").key(id);
            match budget.line(id) {
                None => {
                    let hint = suggest::hint(id, budget.line.iter().map(|line| line.id.as_str()));
                    subject.error(&here, format!("unknown line \"{id}\" of budget \"{}\"", budget.id), hint);
                }
                Some((_, line)) if line.basis == LineBasis::Remainder => {
                    subject.error(&here, format!("the remainder \"{id}\" has a value"), "state the lines before it");
                }
                Some(_) => {}
            }
        }
    }
    let first = version::in_order(&budget.version, Day::MAX).first().map(|(_, version)| version.on);
    for (at, income) in budget.income.iter().enumerate() {
        if let Some(first) = first.filter(|first| income.on > *first) {
            subject.error(
                &path.key("income").at(at).key("on"),
                format!(
                    "income \"{}\" was estimated on {}, after the budget was proposed on {first}",
                    income.id, income.on
                ),
                "income comes first: state the day of the estimate that the proposal rests on",
            );
        }
    }
}

/// Proposals and the adopted version add up; an opinion may ask for what does not.
fn worked_out(subject: &mut Subject<'_>, budget: &Budget, path: &Path) {
    for (at, version) in budget.version.iter().enumerate().filter(|(_, version)| version.stage != Stage::Opinion) {
        if let Err(fault) = work_out(budget, &version.values, &Path::of("version").at(at)) {
            subject.error(&below(path, &fault.path), fault.message, fault.hint);
        }
    }
    never_below_zero(subject, budget, path);
}

fn changes(subject: &mut Subject<'_>, budget: &Budget, path: &Path) {
    let pack = subject.pack;
    let adopted = version::adopted(&budget.version, Day::MAX).map(|(_, version)| version.on);
    let calendar = Window::year(budget.year).ok();
    let declared = pack.year_declaration(budget.year);
    let window = calendar.and_then(|calendar| {
        let from = declared.and_then(|year| year.from).unwrap_or(calendar.from);
        Window::new(from, declared.and_then(|year| year.until).or(calendar.until)).ok()
    });
    for (at, change) in budget.change.iter().enumerate() {
        let here = path.key("change").at(at);
        if window.is_some_and(|window| !window.contains(change.on)) {
            let message = format!("the change of {} is outside the year {}", change.on, budget.year);
            subject.error(
                &here.key("on"),
                message,
                "state a day of the budget's year; another year has its own budget",
            );
        } else if let Some(adopted) = adopted.filter(|adopted| change.on < *adopted) {
            let message = format!("the change of {} is older than the budget adopted on {adopted}", change.on);
            subject.error(&here.key("on"), message, "what was changed before adoption is a version, not a change");
        }
        for (key, id) in [("line", Some(&change.line)), ("from", change.from.as_ref())] {
            let Some(id) = id else { continue };
            if budget.line(id).is_none() {
                let hint = suggest::hint(id, budget.line.iter().map(|line| line.id.as_str()));
                subject.error(&here.key(key), format!("unknown line \"{id}\" of budget \"{}\"", budget.id), hint);
            } else if budget.is_divided(id) {
                let message = format!("line \"{id}\" is divided: a change says which part it changes");
                subject.error(&here.key(key), message, "name a line below it, one change each");
            }
        }
        same_line(subject, change, &here);
    }
}

fn same_line(subject: &mut Subject<'_>, change: &BudgetChange, here: &Path) {
    if change.from.as_ref() == Some(&change.line) {
        subject.error(
            &here.key("from"),
            format!("line \"{}\" pays for itself", change.line),
            "name the line that gives",
        );
    }
    if change.from.is_some() && change.amount.is_negative() {
        subject.error(&here.key("amount"), "a negative amount moved from another line", "swap `line` and `from`");
    }
    if change.amount.is_zero() {
        subject.error(&here.key("amount"), "a change of nothing", "state the amount, or take the entry away");
    }
}

/// After each change in order no line is below zero.
fn never_below_zero(subject: &mut Subject<'_>, budget: &Budget, path: &Path) {
    let Some((at, version)) = version::adopted(&budget.version, Day::MAX) else { return };
    let Ok(worked) = work_out(budget, &version.values, &Path::of("version").at(at)) else { return };
    let ordered = budget.changes(Day::MAX);
    for count in 1..=ordered.len() {
        let so_far = ordered.get(..count).unwrap_or_default();
        let Ok(sums) = changed(budget, so_far) else { return };
        let broken = budget.line.iter().zip(worked.parts.iter().zip(sums)).find_map(|(line, (part, moved))| {
            let now = part.amount.checked_add(moved).unwrap_or(Fen::ZERO);
            now.is_negative().then_some((line, now))
        });
        let (Some((line, now)), Some(change)) = (broken, so_far.last()) else { continue };
        let place = budget.change.iter().position(|one| std::ptr::eq(one, *change)).unwrap_or(0);
        let message = format!("the change of {} leaves line \"{}\" at {now}", change.on, line.id);
        subject.error(
            &path.key("change").at(place).key("amount"),
            message,
            "a line cannot give more than it has; take the rest from another",
        );
        return;
    }
}
