//! `[weigh]`: years, trimming, fallbacks and tables of a weight run.

use yibao_kernel::Ratio;
use yibao_policy::{Path, suggest};
use yibao_record::mapping::FieldKind;

use super::Subject;
use crate::pack::weigh::{Fallback, FiveClass, Trim, Weigh};

/// A weight run has data years with weights, bounds in order, and tables that exist.
pub(super) fn weights_can_be_made(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    let Some(weigh) = &pack.weigh else { return };
    let path = Path::of("weigh");
    data_years(subject, weigh, &path);
    trim(subject, &weigh.trim, &path.key("trim"));
    let tables = [
        ("parent", &weigh.parent),
        ("adjust", &weigh.adjust),
        ("frozen", &weigh.frozen),
        ("previous", &weigh.previous),
    ];
    for (key, name) in tables {
        let Some(name) = name else { continue };
        let known: Vec<&str> = pack.table.iter().map(|(id, table)| table.name.as_deref().unwrap_or(id)).collect();
        if !known.contains(&name.as_str()) {
            subject.error(&path.key(key), format!("unknown table \"{name}\""), suggest::hint(name, known));
        }
    }
    if weigh.scale.is_zero() || weigh.scale.is_negative() {
        subject.error(&path.key("scale"), format!("the scale {} is not positive", weigh.scale), "state 1, 100 or 1000");
    }
    if weigh.dp.is_some_and(|dp| dp > 4) {
        subject.error(&path.key("dp"), "weights are published with at most 4 decimal places", "state dp = 4 or fewer");
    }
    let last = |fallback: &Fallback| !matches!(fallback, Fallback::Parent);
    if let Some(at) = weigh.unstable.iter().position(last).filter(|at| at + 1 < weigh.unstable.len()) {
        subject.error(
            &path.key("unstable").at(at + 1),
            "a fallback that is never reached",
            "only `parent` can fail; put it before the others",
        );
    }
    if let Some(classes) = &weigh.five_class {
        five_class(subject, classes, &path.key("five_class"));
    }
}

fn data_years(subject: &mut Subject<'_>, weigh: &Weigh, path: &Path) {
    let years = path.key("years");
    if weigh.years.is_empty() {
        subject.error(&years, "no data years", "state years = [ { year = 2024, weight = \"1\" } ]");
    }
    for (at, year) in weigh.years.iter().enumerate() {
        if year.weight.is_negative() || year.weight.is_zero() {
            subject.error(
                &years.at(at),
                format!("the weight of {} is not positive", year.year),
                "take the year out, or give it a weight",
            );
        }
        if weigh.years.iter().take(at).any(|earlier| earlier.year == year.year) {
            subject.error(&years.at(at), format!("data year {} stands twice", year.year), "state each year once");
        }
    }
}

fn trim(subject: &mut Subject<'_>, trim: &Trim, path: &Path) {
    let not_positive = |ratio: &Ratio| ratio.is_negative() || ratio.is_zero();
    match trim {
        Trim::Iqr { k, .. } | Trim::Sigma { k, .. } if not_positive(k) => {
            subject.error(&path.key("k"), format!("k = {k} is not positive"), "state k like \"1.5\" or \"3\"");
        }
        Trim::MedianMultiple { low, high } | Trim::MeanMultiple { low, high } | Trim::Percentile { low, high }
            if low.is_negative() || low >= high =>
        {
            subject.error(path, format!("the bounds {low} and {high} keep nothing"), "state low below high");
        }
        Trim::Percentile { high, .. } if *high > Ratio::ONE => {
            subject.error(
                &path.key("high"),
                format!("the percentile {high} is above 1"),
                "write it as a share, like \"0.975\"",
            );
        }
        _ => {}
    }
}

fn five_class(subject: &mut Subject<'_>, classes: &FiveClass, path: &Path) {
    let pack = subject.pack;
    for (class, field) in &classes.fields {
        let here = path.key("fields").key(class);
        match pack.fields.get(field).map(|declared| declared.kind) {
            Some(FieldKind::Fen) => {}
            Some(_) => subject.error(&here, format!("\"{field}\" is not an amount"), "declare it with kind = \"fen\""),
            None => {
                let hint = suggest::hint(field, pack.fields.keys().map(String::as_str));
                subject.error(&here, format!("unknown field \"{field}\""), hint);
            }
        }
    }
    let count = i64::try_from(classes.fields.len()).unwrap_or(i64::MAX);
    let sum = classes.weight.checked_mul(Ratio::from_int(count));
    if sum != Ok(Ratio::ONE) {
        subject.error(
            &path.key("weight"),
            format!("{count} classes of weight {} do not sum to 1", classes.weight),
            "state one part for each class, like \"0.2\" for five",
        );
    }
}
