//! Budget lines and pools meet: a line to a pool is the pool's budget, and the pool pays what the line is for.

use yibao_policy::{Path, suggest};

use super::Subject;
use crate::pack::budget::{Budget, Line, LineTo};
use crate::pack::pool::Pool;

/// Lines and pools name each other; labels of lines are declared and the pool's.
pub(super) fn lines_and_pools_meet(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    for (at, pool) in pack.pool.iter().enumerate() {
        pool_has_money(subject, pool, &Path::of("pool").at(at));
    }
    for (at, budget) in pack.budget.iter().enumerate() {
        let path = Path::of("budget").at(at);
        parts_are_declared(subject, budget, &path);
        for (at, line) in budget.line.iter().enumerate() {
            line_meets_pool(subject, budget, line, &path.key("line").at(at));
        }
    }
}

fn pool_has_money(subject: &mut Subject<'_>, pool: &Pool, path: &Path) {
    let pack = subject.pack;
    let reference = match (&pool.amount, &pool.budget) {
        (Some(_), None) => return,
        (None, Some(reference)) => reference,
        (None, None) => {
            let hint = "state amount in yuan, or budget = \"BUDGET.LINE\"";
            return subject.error(path, format!("pool \"{}\" has no budget", pool.id), hint);
        }
        (Some(_), Some(_)) => {
            let message = format!("pool \"{}\" has both `amount` and `budget`", pool.id);
            return subject.error(&path.key("budget"), message, "state exactly one of them");
        }
    };
    let here = path.key("budget");
    let Some((id, line_id)) = reference.split_once('.') else {
        return subject.error(
            &here,
            format!("\"{reference}\" names no budget line"),
            "write BUDGET.LINE, like \"employee.inpatient\"",
        );
    };
    let Some(budget) = pack.budget.iter().find(|budget| budget.id == id) else {
        let hint = suggest::hint(id, pack.budget.iter().map(|budget| budget.id.as_str()));
        return subject.error(&here, format!("unknown budget \"{id}\""), hint);
    };
    let Some((_, line)) = budget.line(line_id) else {
        let hint = suggest::hint(line_id, budget.line.iter().map(|line| line.id.as_str()));
        return subject.error(&here, format!("unknown line \"{line_id}\" of budget \"{id}\""), hint);
    };
    if budget.year != pool.year {
        let message = format!("pool \"{}\" of {} is a line of the budget of {}", pool.id, pool.year, budget.year);
        return subject.error(&here, message, "name the budget of the pool's own year");
    }
    if line.to != Some(LineTo::Pool(pool.id.clone())) {
        let to = line.to.as_ref().map_or_else(|| "its own lines".to_owned(), |to| format!("\"{to}\""));
        let message = format!("pool \"{}\" takes line \"{reference}\", which goes to {to}", pool.id);
        subject.error(&here, message, format!("let the line have to = \"pool:{}\", or name another line", pool.id));
    }
}

/// The line a budget's line divides, and so on upwards; the line itself first.
fn with_those_above<'b>(budget: &'b Budget, line: &'b Line) -> Vec<&'b Line> {
    let mut all = vec![line];
    while let Some(of) = all.last().and_then(|line| line.of.as_deref()) {
        match budget.line(of) {
            Some((_, above)) if all.len() <= budget.line.len() => all.push(above),
            _ => break,
        }
    }
    all
}

fn line_meets_pool(subject: &mut Subject<'_>, budget: &Budget, line: &Line, path: &Path) {
    let pack = subject.pack;
    let Some(LineTo::Pool(id)) = &line.to else { return };
    let reference = format!("{}.{}", budget.id, line.id);
    let Some((at, pool)) = pack.pool.iter().enumerate().find(|(_, pool)| pool.id == *id) else {
        let hint = suggest::hint(id, pack.pool.iter().map(|pool| pool.id.as_str()));
        return subject.error(&path.key("to"), format!("line \"{}\" goes to the unknown pool \"{id}\"", line.id), hint);
    };
    if pool.budget.as_ref() != Some(&reference) {
        let place = subject.folder.locate(&Path::of("pool").at(at));
        let message = format!("line \"{}\" goes to pool \"{id}\", which does not take it", line.id);
        let hint = format!("let the pool at {place} have budget = \"{reference}\", and no amount");
        return subject.error(&path.key("to"), message, hint);
    }
    let all = with_those_above(budget, line);
    let insurance = all.iter().find_map(|line| line.insurance.as_ref()).map(std::slice::from_ref);
    let labels = [
        ("insurance", insurance.or(budget.insurance.as_deref()), pool.insurance.as_deref()),
        (
            "districts",
            all.iter().find_map(|line| line.district.as_ref()).map(std::slice::from_ref),
            pool.districts.as_deref(),
        ),
        (
            "methods",
            all.iter().find_map(|line| line.method.as_ref()).map(std::slice::from_ref),
            Some(pool.methods.as_slice()),
        ),
    ];
    for (key, of_line, of_pool) in labels {
        let Some(of_line) = of_line else { continue };
        let same = of_pool.is_some_and(|of_pool| {
            of_pool.iter().all(|id| of_line.contains(id))
                && (key == "methods" || of_line.iter().all(|id| of_pool.contains(id)))
        });
        if !same {
            let place = subject.folder.locate(path);
            let paid = of_pool.map_or_else(|| "all".to_owned(), |ids| ids.join(", "));
            let message = format!("pool \"{id}\" pays {key} {paid}, its budget line is for {}", of_line.join(", "));
            let hint = format!("the line is at {place}; let both say the same");
            subject.error(&Path::of("pool").at(at).key(key), message, hint);
        }
    }
}

fn parts_are_declared(subject: &mut Subject<'_>, budget: &Budget, path: &Path) {
    let pack = subject.pack;
    let mut used: Vec<(&str, Path, &String)> = Vec::new();
    for (at, id) in budget.insurance.iter().flatten().enumerate() {
        used.push(("insurance", path.key("insurance").at(at), id));
    }
    for (at, line) in budget.line.iter().enumerate() {
        let here = path.key("line").at(at);
        let labels = [("insurance", &line.insurance), ("district", &line.district), ("method", &line.method)];
        used.extend(labels.into_iter().filter_map(|(what, id)| Some((what, here.key(what), id.as_ref()?))));
    }
    for (what, here, id) in used {
        let known: Vec<&str> = match what {
            "insurance" => pack.insurance.iter().map(|part| part.id.as_str()).collect(),
            "district" => pack.district.iter().map(|part| part.id.as_str()).collect(),
            _ => pack.method.keys().map(String::as_str).collect(),
        };
        if !known.contains(&id.as_str()) {
            subject.error(&here, format!("unknown {what} \"{id}\""), suggest::hint(id, known));
        }
    }
}
