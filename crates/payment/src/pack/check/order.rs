//! Steps run in the order written; an order that cannot work is refused.

use yibao_policy::Path;

use super::Subject;
use crate::pack::method::Method;
use crate::pack::step::Step;

/// Pairs of verbs: the first must stand before the second.
const BEFORE: [(&str, &str); 44] = [
    ("base_points", "outlier_band"),
    ("base_points", "points"),
    ("coefficient", "points"),
    ("factor", "points"),
    ("outlier_band", "points"),
    ("weight", "price"),
    ("weight", "standard"),
    ("price", "standard"),
    ("coefficient", "standard"),
    ("factor", "standard"),
    ("outlier_band", "fund"),
    ("add_on", "fund"),
    ("standard", "fund"),
    ("units", "points"),
    ("units", "standard"),
    ("bed_day", "points"),
    ("bed_day", "standard"),
    ("quota", "standard"),
    ("transfer", "points"),
    ("transfer", "standard"),
    ("units", "outlier_band"),
    ("bed_day", "outlier_band"),
    ("quota", "outlier_band"),
    ("bed_day", "fund"),
    ("quota", "fund"),
    ("transfer", "fund"),
    ("units", "fund"),
    ("points", "clear"),
    ("fund", "clear"),
    ("charge", "clear"),
    ("clear", "compensate"),
    ("clear", "inner_split"),
    ("assess", "inner_split"),
    ("share", "inner_split"),
    ("compensate", "inner_split"),
    ("compensate", "offset"),
    ("clear", "assess"),
    ("clear", "share"),
    ("clear", "deposit"),
    ("clear", "offset"),
    ("assess", "offset"),
    ("share", "offset"),
    ("deposit", "offset"),
    ("monthly_prepay", "offset"),
];

/// `scope` first, steps on cases before steps on the year, and the pairs of [`BEFORE`].
pub(super) fn steps_stand_in_a_working_order(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    for (id, method) in &pack.method {
        let path = Path::of("method").key(id).key("step");
        for (first, second) in BEFORE {
            before(subject, method, &path, first, second);
        }
        for (at, step) in method.step.iter().enumerate() {
            let here = path.at(at);
            if step.verb.word() == "scope" && at > 0 {
                subject.error(
                    &here,
                    format!("step \"{}\" (scope) is not the first step", step.id),
                    "move it to the top: it says which stays the method claims",
                );
            }
            let year_before = method.step.iter().take(at).find(|earlier| earlier.verb.is_of_the_year());
            if let Some(earlier) = year_before.filter(|_| !step.verb.is_of_the_year()) {
                let message = format!(
                    "step \"{}\" ({}) works on cases but stands after \"{}\" ({}), which works on the year",
                    step.id,
                    step.verb.word(),
                    earlier.id,
                    earlier.verb.word()
                );
                subject.error(&here, message, "steps on cases come first");
            }
            year_step_names_no_cases(subject, step, &here);
        }
    }
}

/// `when`, `from` and `until` choose cases; a step on the year has none to choose and would run as if they were not
/// there.
fn year_step_names_no_cases(subject: &mut Subject<'_>, step: &Step, path: &Path) {
    if !step.verb.is_of_the_year() {
        return;
    }
    let (id, word) = (&step.id, step.verb.word());
    if step.when.is_some() {
        let message = format!("step \"{id}\" ({word}) works on the year: there is no case to test");
        subject.error(&path.key("when"), message, "take `when` away");
    }
    for (key, stated) in [("from", step.from.is_some()), ("until", step.until.is_some())] {
        if stated {
            let message = format!("step \"{id}\" ({word}) works on the year: `{key}` would choose by discharge date");
            subject.error(&path.key(key), message, format!("take `{key}` away, or state it on the method"));
        }
    }
}

fn before(subject: &mut Subject<'_>, method: &Method, path: &Path, first: &str, second: &str) {
    let last_first = method.step.iter().enumerate().rev().find(|(_, step)| step.verb.word() == first);
    let first_second = method.step.iter().enumerate().find(|(_, step)| step.verb.word() == second);
    if let (Some((early, one)), Some((late, other))) = (last_first, first_second)
        && early > late
    {
        let message = format!("step \"{}\" ({second}) stands before \"{}\" ({first})", other.id, one.id);
        subject.error(&path.at(late), message, format!("move \"{}\" up: {first} comes before {second}", one.id));
    }
}

impl crate::pack::step::Verb {
    /// Whether the verb works on the year after the cases.
    #[must_use]
    pub const fn is_of_the_year(&self) -> bool {
        matches!(
            self,
            Self::MonthlyPrepay(_)
                | Self::Charge(_)
                | Self::Clear(_)
                | Self::Assess(_)
                | Self::Compensate(_)
                | Self::InnerSplit(_)
                | Self::Share(_)
                | Self::Deposit(_)
                | Self::Offset(_)
        )
    }
}
