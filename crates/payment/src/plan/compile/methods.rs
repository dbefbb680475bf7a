//! Methods: their steps in order, each seeing what the steps before it have given.

use yibao_kernel::explain::{Rule, RuleId};
use yibao_kernel::{Day, Window};
use yibao_policy::{Path, suggest};

use super::fields::Known;
use super::rule_words::{Words, words};
use super::{Compiler, citation};
use crate::pack::capitation::form;
use crate::pack::method::PriceKind;
use crate::pack::step::{Step, Verb};
use crate::plan::{CompiledStep, CompiledVerb, FieldRef, Method};

/// What is collected over the steps of a method.
pub(super) struct MethodState {
    pub known: Known,
    pub families: Vec<String>,
    pub price: PriceKind,
}

impl Compiler<'_> {
    pub(super) fn methods(&mut self, in_force: &[String], year: &Window, list: &Path) -> Vec<Method> {
        let pack = self.pack;
        let mut methods = Vec::new();
        for (index, id) in in_force.iter().enumerate() {
            let Some(method) = pack.method.get(id) else {
                let hint = suggest::hint(id, pack.method.keys().map(String::as_str));
                self.error(&list.at(index), format!("unknown method \"{id}\""), hint);
                continue;
            };
            methods.extend(self.method(id, method, year));
        }
        if self.purpose == super::Purpose::Check {
            for (id, method) in
                pack.method.iter().filter(|(id, _)| !pack.year.iter().any(|year| year.methods.contains(id)))
            {
                let place = self.place(&Path::of("method").key(id));
                self.found.note(
                    format!("method \"{id}\" is in force in no year"),
                    Some(place),
                    "name it in `methods` of a year, or with --method",
                );
                self.method(id, method, year);
            }
        }
        methods
    }

    fn method(&mut self, id: &str, method: &crate::pack::method::Method, year: &Window) -> Option<Method> {
        let path = Path::of("method").key(id);
        let mut state = MethodState { known: Known::default(), families: Vec::new(), price: method.price };
        state.known.means = means_of(&method.step);
        let (mut case_steps, mut year_steps) = (Vec::new(), Vec::new());
        for (index, step) in method.step.iter().enumerate() {
            let here = path.key("step").at(index);
            let Some(step) = self.step(id, step, &here, &mut state) else { continue };
            match step.verb.is_of_the_year() {
                true => year_steps.push(step),
                false => case_steps.push(step),
            }
        }
        let own = match Window::new(method.from.unwrap_or(Day::MIN), method.until) {
            Ok(window) => window,
            Err(error) => {
                self.error_text(&path.key("until"), &error.to_string());
                return None;
            }
        };
        let leads = match &method.pays {
            Some(column) => Some(self.leads(column, &path.key("pays"))?),
            None => None,
        };
        self.check_members(method, &year_steps, leads.as_deref(), &path);
        let Some(window) = own.intersect(year) else {
            self.error(
                &path,
                format!("method \"{id}\" is not in force on any day of the year"),
                "correct its from and until, or take it out of the year's `methods`",
            );
            return None;
        };
        Some(Method {
            id: id.to_owned(),
            title: method.title.clone(),
            basis: method.basis,
            price: method.price,
            window,
            means: state.known.means,
            case_steps,
            year_steps,
            families: u8::try_from(state.families.len()).unwrap_or(u8::MAX),
            leads,
            capitation: form(method),
        })
    }

    fn step(&mut self, method: &str, step: &Step, path: &Path, state: &mut MethodState) -> Option<CompiledStep> {
        let window = match Window::new(step.from.unwrap_or(Day::MIN), step.until) {
            Ok(window) => Some(window),
            Err(error) => {
                self.error_text(&path.key("until"), &error.to_string());
                None
            }
        };
        let when = step.when.as_ref().map(|predicate| self.condition(predicate, &path.key("when"), &state.known));
        let (rule, rule_other) = self.rules_of(method, step, path);
        let verb = self.verb(step, path, state, rule);
        let when = match when {
            Some(condition) => Some(condition?),
            None => None,
        };
        Some(CompiledStep { id: step.id.clone(), rule, rule_other, when, window: window?, verb: verb? })
    }

    fn rules_of(&mut self, method: &str, step: &Step, path: &Path) -> (RuleId, RuleId) {
        let Words { zh, en, other } = words(step, self.pack.method.get(method));
        let source = citation(self.pack, &step.source);
        let id = format!("{method}/{}", step.id);
        if self.book.rule_id(&id).is_some() {
            // Told by the check of step ids; the second rule would be refused by the book.
            let known = self.book.rule_id(&id).unwrap_or(RuleId(0));
            return (known, known);
        }
        let rule = self.rule(Rule { id: id.clone(), zh, en, source: source.clone() }, path);
        let rule_other = match other {
            Some((zh, en)) => self.rule(Rule { id: format!("{id}#other"), zh, en, source }, path),
            None => rule,
        };
        (rule, rule_other)
    }

    fn verb(&mut self, step: &Step, path: &Path, state: &mut MethodState, rule: RuleId) -> Option<CompiledVerb> {
        match &step.verb {
            Verb::MonthlyPrepay(_)
            | Verb::Charge(_)
            | Verb::Clear(_)
            | Verb::Assess(_)
            | Verb::Share(_)
            | Verb::Compensate(_)
            | Verb::InnerSplit(_)
            | Verb::Deposit(_)
            | Verb::Offset(_) => self.year_verb(&step.verb, path, &state.known),
            verb => self.case_verb(verb, path, state, rule),
        }
    }
}

/// The names of the means a method looks up, in order of first appearance.
fn means_of(steps: &[Step]) -> Vec<String> {
    let mut means: Vec<String> = Vec::new();
    for step in steps {
        if let Verb::GroupMean(mean) = &step.verb {
            let name = mean.name.clone().unwrap_or_else(|| "group_mean".to_owned());
            if !means.contains(&name) {
                means.push(name);
            }
        }
    }
    means
}

impl CompiledVerb {
    /// Whether the step works on the year after the cases.
    #[must_use]
    pub const fn is_of_the_year(&self) -> bool {
        matches!(
            self,
            Self::MonthlyPrepay(_)
                | Self::Charge { .. }
                | Self::Clear { .. }
                | Self::Assess { .. }
                | Self::Compensate(_)
                | Self::InnerSplit(_)
                | Self::Share { .. }
                | Self::Deposit { .. }
                | Self::Offset { .. }
        )
    }
}

/// The slot of a mean.
pub(super) fn slot_of(known: &Known, name: &str) -> Option<(u8, FieldRef)> {
    let slot = u8::try_from(known.means.iter().position(|mean| mean == name)?).ok()?;
    Some((slot, FieldRef::Mean(slot)))
}
