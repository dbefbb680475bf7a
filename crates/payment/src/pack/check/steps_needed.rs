//! A method has the steps its kind of price needs (spec §0.4, §1.6, §1.11), and none that belongs to the other kind.

use yibao_policy::Path;

use super::Subject;
use crate::pack::method::{Method, PriceKind};

/// Points methods: base points, points, clearing. Rate methods: weight, rate, standard, fund.
pub(super) fn methods_have_the_steps_of_their_price(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    for (id, method) in &pack.method {
        let path = Path::of("method").key(id);
        if method.step.is_empty() {
            subject.error(&path, format!("method \"{id}\" has no steps"), "add [[method.ID.step]] tables");
            continue;
        }
        let (kind, needed, foreign): (_, &[&str], &[&str]) = match method.price {
            PriceKind::Points => ("points", &["base_points", "points", "clear"], &["price", "standard", "fund"]),
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
    }
}

/// A rate needs its chain; a method that only routes to items needs nothing.
fn rate_needs(method: &Method) -> &'static [&'static str] {
    use crate::pack::step::{RouteTo, Verb};
    const CHAIN: [&str; 4] = ["weight", "price", "standard", "fund"];
    let items = |verb: &Verb| matches!(verb, Verb::Route(route) if route.to == RouteTo::Items);
    match method.step.iter().any(|step| items(&step.verb)) && !CHAIN.iter().any(|verb| has(method, verb)) {
        true => &[],
        false => &CHAIN,
    }
}

fn has(method: &Method, verb: &str) -> bool {
    method.step.iter().any(|step| step.verb.word() == verb)
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
