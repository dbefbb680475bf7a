//! A method has the steps its kind of price needs (spec §0.4, §1.6, §1.11), and none that belongs to the other kind.

use yibao_policy::Path;

use super::Subject;
use crate::pack::method::{Method, PriceKind};

/// Points methods: something that gives points, points, clearing. Rate methods: something that is counted, a rate unless
/// days or a quota are money already, standard, fund; or nothing but a route to items.
pub(super) fn methods_have_the_steps_of_their_price(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    for (id, method) in &pack.method {
        let path = Path::of("method").key(id);
        if method.step.is_empty() {
            subject.error(&path, format!("method \"{id}\" has no steps"), "add [[method.ID.step]] tables");
            continue;
        }
        let (kind, needed, foreign): (_, _, &[&str]) = match method.price {
            PriceKind::Points => ("points", points_needs(method), &["price", "standard", "fund", "quota"]),
            PriceKind::Rate => ("rate", rate_needs(method), &["base_points", "points"]),
        };
        let missing: Vec<&str> = needed.iter().copied().filter(|verb| !has(method, verb)).collect();
        if !missing.is_empty() {
            let message = format!("method \"{id}\" is paid by {kind} and has no step {}", missing.join(", "));
            subject.error(
                &path,
                message,
                format!("add [[method.{id}.step]] with use = \"{}\"", missing.first().copied().unwrap_or_default()),
            );
        }
        for (at, step) in method.step.iter().enumerate().filter(|(_, step)| foreign.contains(&step.verb.word())) {
            let message =
                format!("step \"{}\" ({}) has no meaning in a method paid by {kind}", step.id, step.verb.word());
            subject.error(
                &path.key("step").at(at).key("use"),
                message,
                "take it away, or state another `price` of the method",
            );
        }
        routes_and_times(subject, method, &path);
        counted_twice(subject, method, &path);
    }
}

fn has(method: &Method, verb: &str) -> bool {
    method.step.iter().any(|step| step.verb.word() == verb)
}

fn points_needs(method: &Method) -> Vec<&'static str> {
    let given = ["base_points", "weight", "bed_day", "units"].iter().any(|verb| has(method, verb));
    if given { vec!["points", "clear"] } else { vec!["base_points", "points", "clear"] }
}

fn rate_needs(method: &Method) -> Vec<&'static str> {
    use crate::pack::step::{RouteTo, Verb};
    let money = ["bed_day", "quota"].iter().any(|verb| has(method, verb));
    let counted = money || ["weight", "units"].iter().any(|verb| has(method, verb));
    let priced = counted || ["price", "standard", "fund"].iter().any(|verb| has(method, verb));
    let items = |verb: &Verb| matches!(verb, Verb::Route(route) if route.to == RouteTo::Items);
    if !priced && method.step.iter().any(|step| items(&step.verb)) {
        return Vec::new();
    }
    let mut needed = Vec::new();
    if !counted {
        needed.push("weight");
    }
    if !money {
        needed.push("price");
    }
    needed.extend(["standard", "fund"]);
    needed
}

/// `bed_day` and `quota` are the standard of a case already; `units` would count it again.
fn counted_twice(subject: &mut Subject<'_>, method: &Method, path: &Path) {
    let Some((at, units)) = method.step.iter().enumerate().find(|(_, step)| step.verb.word() == "units") else {
        return;
    };
    let other = method.step.iter().find(|step| matches!(step.verb.word(), "bed_day" | "quota"));
    if let Some(other) = other {
        let message = format!(
            "step \"{}\" (units) counts what \"{}\" ({}) has counted already",
            units.id,
            other.id,
            other.verb.word()
        );
        subject.error(
            &path.key("step").at(at),
            message,
            "take one of them away, or make two methods with a scope each",
        );
    }
}

/// `times` of a route is what is left of cost points; a route without `when` would take every case.
fn routes_and_times(subject: &mut Subject<'_>, method: &Method, path: &Path) {
    use crate::pack::step::{RouteTo, Verb};
    for (at, step) in method.step.iter().enumerate() {
        let Verb::Route(route) = &step.verb else { continue };
        let here = path.key("step").at(at);
        if step.when.is_none() {
            subject.error(
                &here,
                format!("route \"{}\" has no `when`", step.id),
                "state which cases it takes: when = { field = \"…\", … }",
            );
        }
        if matches!(route.to, RouteTo::Standard | RouteTo::Held) {
            subject.error(
                &here.key("to"),
                "a route cannot lead there",
                "use items, special_review, cost_points, incomplete, nothing or refuse",
            );
        }
        let Some(times) = route.times else { continue };
        if route.to != RouteTo::CostPoints {
            subject.error(
                &here.key("times"),
                "`times` belongs to a route to cost_points",
                "take it away, or state to = \"cost_points\"",
            );
        }
        if times.is_negative() || times > yibao_kernel::Ratio::ONE {
            subject.error(
                &here.key("times"),
                format!("`times` {times} is not between 0 and 1"),
                "state one less the discount, like \"0.9\"",
            );
        }
    }
}
