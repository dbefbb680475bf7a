//! `[[standard]]`, `[[total_control]]`: proposed, heard, adopted, in that order, with rows.

use yibao_policy::Path;

use super::Subject;
use crate::pack::agreed::Agreed;
use crate::pack::version::{self, Stage};

/// Versions stand in their order; one that proposes or decides has rows; its name is no table's.
pub(super) fn agreed_values_are_decided_in_order(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    for (list, all) in [("standard", &pack.standard), ("total_control", &pack.total_control)] {
        for (at, agreed) in all.iter().enumerate() {
            let path = Path::of(list).at(at);
            let earlier = all.iter().take(at).position(|one| one.name() == agreed.name() && one.year == agreed.year);
            if let Some(earlier) = earlier {
                let place = subject.folder.locate(&Path::of(list).at(earlier));
                let message = format!("{list} \"{}\" of {} stands twice", agreed.name(), agreed.year);
                subject.error(&path, message, format!("the first is at {place}; a revision is a version of it"));
            }
            if pack.table.iter().any(|(id, table)| table.name.as_deref().unwrap_or(id) == agreed.name()) {
                let message = format!("{list} \"{}\" has the name of a table", agreed.name());
                subject.error(&path.key("id"), message, "steps look both up by that name; give one of them another");
            }
            versions(subject, list, agreed, &path);
        }
    }
}

fn versions(subject: &mut Subject<'_>, list: &str, agreed: &Agreed, path: &Path) {
    if agreed.version.is_empty() {
        let hint = format!("add [[{list}.version]] with stage = \"proposal\", and the one that was adopted");
        subject.error(path, format!("{list} \"{}\" has no version", agreed.id), hint);
    }
    for fault in version::faults(&agreed.version) {
        let here = path.key("version").at(fault.at).key(fault.key);
        subject.error(&here, format!("{list} \"{}\": {}", agreed.id, fault.message), fault.hint);
    }
    for (at, version) in agreed.version.iter().enumerate() {
        let (file, rows) = (version.values.file.is_some(), version.values.rows.is_some());
        let needed = version.stage != Stage::Opinion;
        if (file && rows) || (needed && !file && !rows) {
            let what = if version.stage == Stage::Adopted { "adopted version" } else { version.stage.word() };
            let message = format!("the {what} of {} has none or both of `file` and `rows`", version.on);
            let hint = "state values = { file = \"…csv\" } or values = { rows = [ … ] }";
            subject.error(&path.key("version").at(at), message, hint);
        }
    }
}
