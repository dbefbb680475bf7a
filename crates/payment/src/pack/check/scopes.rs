//! Methods of one year must not claim the same stay. What can be seen without stays is refused here; a stay that two
//! methods claim all the same is refused when it is settled.

use yibao_kernel::{Day, Window};
use yibao_policy::Path;

use super::Subject;
use crate::pack::method::Method;
use crate::pack::predicate::Predicate;
use crate::pack::step::Verb;

/// Scopes of a year's methods are neither equal nor always true.
pub(super) fn scopes_can_be_told_apart(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    for year in &pack.year {
        for (at, id) in year.methods.iter().enumerate() {
            for earlier in year.methods.iter().take(at).filter(|earlier| *earlier != id) {
                let (Some(one), Some(other)) = (pack.method.get(earlier), pack.method.get(id)) else { continue };
                if days(one).zip(days(other)).is_some_and(|(one, other)| !one.overlaps(&other)) {
                    continue;
                }
                let why = match (scope(one), scope(other)) {
                    (None, _) => format!("\"{earlier}\" claims every stay"),
                    (_, None) => format!("\"{id}\" claims every stay"),
                    (Some(one), Some(other)) if format!("{one:?}") == format!("{other:?}") => {
                        "their scopes are the same".to_owned()
                    }
                    _ => continue,
                };
                let message = format!("methods \"{earlier}\" and \"{id}\" of {} both claim a stay: {why}", year.year);
                let hint = "give each a step use = \"scope\" whose `when` leaves out the other's stays";
                subject.error(&Path::of("method").key(id), message, hint);
            }
        }
    }
    for (id, method) in &pack.method {
        for (at, _) in
            method.step.iter().enumerate().filter(|(_, step)| matches!(step.verb, Verb::Scope) && step.when.is_none())
        {
            let path = Path::of("method").key(id).key("step").at(at);
            subject.error(
                &path,
                "a scope without `when`",
                "say which stays the method claims, or take the step away: then it claims all",
            );
        }
    }
}

fn scope(method: &Method) -> Option<&Predicate> {
    method.step.iter().find(|step| matches!(step.verb, Verb::Scope)).and_then(|step| step.when.as_ref())
}

fn days(method: &Method) -> Option<Window> {
    Window::new(method.from.unwrap_or(Day::MIN), method.until).ok()
}
