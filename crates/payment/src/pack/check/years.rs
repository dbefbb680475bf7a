//! Years: their days, their methods, their grouping scheme.

use yibao_policy::Path;

use super::Subject;
use crate::pack::header::SchemeRef;

/// A year has methods, its days are no other year's, its scheme is where it says.
pub(super) fn years_are_whole(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    if pack.year.is_empty() && pack.weigh.is_none() && pack.negotiate.is_none() {
        subject.error(
            &Path::of("pack"),
            "the pack settles no year and makes no weights",
            "add [[year]] with its methods, or [weigh]",
        );
    }
    for (at, year) in pack.year.iter().enumerate() {
        let path = Path::of("year").at(at);
        if year.methods.is_empty() {
            subject.error(
                &path.key("methods"),
                format!("year {} has no method", year.year),
                "name its methods: methods = [\"…\"]",
            );
        }
        for (index, method) in year.methods.iter().enumerate() {
            if year.methods.iter().take(index).any(|earlier| earlier == method) {
                subject.error(
                    &path.key("methods").at(index),
                    format!("method \"{method}\" stands twice"),
                    "name it once",
                );
            }
        }
        if let Some(SchemeRef::Path(scheme)) = &year.scheme
            && !subject.folder.root().join(scheme).exists()
        {
            let hint = "write the path relative to the pack's folder, or { reference = \"…\", obtain = \"…\" }";
            subject.error(&path.key("scheme"), format!("the grouping scheme \"{scheme}\" is not there"), hint);
        }
        for earlier in pack.year.iter().take(at) {
            let overlap = earlier.window().zip(year.window()).is_some_and(|(one, other)| one.overlaps(&other));
            if overlap && earlier.year != year.year {
                let message = format!("years {} and {} share days", earlier.year, year.year);
                subject.error(&path.key("year"), message, "end one year before the other begins (from, until)");
            }
        }
    }
}
