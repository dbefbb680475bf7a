//! A cap or a yearly limit lowers what a step before it has set; the days of a limit are counted by a step behind it.

use yibao_policy::Path;

use super::Subject;
use crate::pack::case_step::{CapOf, LimitOf};
use crate::pack::method::Method;
use crate::pack::step::{RouteTo, Verb};

/// Where a ceiling must stand.
enum Place {
    /// Behind this verb, and before that one, which would read the number before it is lowered.
    Behind(&'static str, Option<&'static str>),
    /// Before the verbs that count days.
    BeforeDays,
}

/// The place of a ceiling, and what it lowers.
const fn place(verb: &Verb) -> Option<(Place, &'static str)> {
    Some(match verb {
        Verb::Cap(step) => match step.of {
            CapOf::Standard => (Place::Behind("standard", Some("fund")), "the standard"),
            CapOf::Fund => (Place::Behind("fund", None), "the fund part"),
            CapOf::Points => (Place::Behind("points", None), "the points"),
        },
        Verb::Limit(step) => match step.of {
            LimitOf::Standard => (Place::Behind("standard", Some("fund")), "the standard"),
            LimitOf::Fund => (Place::Behind("fund", None), "the fund part"),
            LimitOf::Days => (Place::BeforeDays, "the days"),
        },
        _ => return None,
    })
}

pub(super) fn ceilings_stand_behind_what_they_lower(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    for (id, method) in &pack.method {
        let path = Path::of("method").key(id).key("step");
        for (at, step) in method.step.iter().enumerate() {
            let Some((place, what)) = place(&step.verb) else { continue };
            let (here, word) = (path.at(at), step.verb.word());
            let message = |why: &str| format!("step \"{}\" ({word}) lowers {what}, {why}", step.id);
            match place {
                Place::Behind(verb, before) => {
                    let of_items = verb == "fund" && routes_to_items(method);
                    if first(method, verb).is_none_or(|first| first > at)
                        && !(of_items && first(method, verb).is_none())
                    {
                        let hint = format!("put a {verb} step before it");
                        subject.error(&here, message("which no step before it sets"), hint);
                    }
                    if let Some(before) = before
                        && let Some(reader) = first(method, before).filter(|reader| *reader < at)
                        && let Some(reader) = method.step.get(reader)
                    {
                        let why = format!("but \"{}\" ({before}) has read it already", reader.id);
                        subject.error(&here, message(&why), format!("move it before \"{}\"", reader.id));
                    }
                }
                Place::BeforeDays => {
                    let counts = |verb: &Verb| match verb {
                        Verb::BedDay(_) => true,
                        Verb::Units(step) => matches!(step.of.as_str(), "days" | "los_days"),
                        _ => false,
                    };
                    if !method.step.iter().skip(at).any(|later| counts(&later.verb)) {
                        let hint = "put it before the bed_day step, or the units step of days";
                        subject.error(&here, message("which no step behind it counts"), hint);
                    }
                }
            }
        }
    }
}

fn first(method: &Method, verb: &str) -> Option<usize> {
    method.step.iter().position(|step| step.verb.word() == verb)
}

fn routes_to_items(method: &Method) -> bool {
    method.step.iter().any(|step| matches!(&step.verb, Verb::Route(route) if route.to == RouteTo::Items))
}
