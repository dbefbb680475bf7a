//! Two steps that both give the same value on the same day are exclusive rows that both apply.

use yibao_kernel::{Day, Window};
use yibao_policy::Path;

use super::Subject;
use crate::pack::step::{Step, Verb};

/// Verbs of which one case (or year) has one.
const SINGLE: [&str; 23] = [
    "scope",
    "weight",
    "base_points",
    "group_mean",
    "all_mean",
    "coefficient",
    "special_review",
    "readmission",
    "units",
    "bed_day",
    "quota",
    "transfer",
    "points",
    "price",
    "standard",
    "fund",
    "monthly_prepay",
    "clear",
    "assess",
    "share",
    "compensate",
    "inner_split",
    "offset",
];

/// Two steps of a single verb need windows or conditions that keep them apart.
pub(super) fn no_two_steps_do_the_same(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    for (id, method) in &pack.method {
        let path = Path::of("method").key(id).key("step");
        for (at, step) in method.step.iter().enumerate().filter(|(_, step)| SINGLE.contains(&step.verb.word())) {
            let clash = method.step.iter().take(at).enumerate().find(|(_, earlier)| both_apply(earlier, step));
            if let Some((first, earlier)) = clash {
                let place = subject.folder.locate(&path.at(first));
                let message = format!("steps \"{}\" and \"{}\" ({}) both apply", earlier.id, step.id, step.verb.word());
                subject.error(
                    &path.at(at),
                    message,
                    format!("the other is at {place}; keep them apart by from and until, or by `when`"),
                );
            }
        }
    }
}

fn both_apply(one: &Step, other: &Step) -> bool {
    let same = one.verb.word() == other.verb.word() && mean_name(&one.verb) == mean_name(&other.verb);
    let days = |step: &Step| Window::new(step.from.unwrap_or(Day::MIN), step.until).ok();
    let overlap = days(one).zip(days(other)).is_some_and(|(one, other)| one.overlaps(&other));
    // Different conditions cannot be compared here; the engine refuses a case that meets both.
    let apart = match (&one.when, &other.when) {
        (Some(one), Some(other)) => format!("{one:?}") != format!("{other:?}"),
        _ => false,
    };
    same && overlap && !apart
}

fn mean_name(verb: &Verb) -> &str {
    match verb {
        Verb::GroupMean(mean) => mean.name.as_deref().unwrap_or("group_mean"),
        _ => "",
    }
}
