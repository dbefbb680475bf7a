//! Bills: who insures them, what is made of them, and that somebody reads it.

use yibao_policy::{Path, suggest};
use yibao_record::mapping::{MadeOfBills, StayFile};

use super::Subject;
use crate::pack::bills::Bills;

/// Every table of bills can be split and made into rows that a feed reads.
pub(super) fn bills_can_be_split(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    for (at, bills) in pack.bills.iter().enumerate() {
        let path = Path::of("bills").at(at);
        id_is_a_folder(subject, &bills.id, &path.key("id"));
        insurance_is_known(subject, bills, &path.key("insurance"));
        let root = subject.folder.root().join(&bills.benefit);
        if !root.is_dir() {
            let message = format!("the benefit pack \"{}\" is not there", bills.benefit);
            subject.error(
                &path.key("benefit"),
                message,
                "write the path of its folder, relative to this pack's folder",
            );
        }
        if bills.accounted.is_empty() {
            let hint = "name the funds of the benefit pack that this pack's pools pay: accounted = [\"pool\"]";
            subject.error(&path.key("accounted"), "no fund is the accounted fund", hint);
        }
        if !bills.stays.is_empty() && bills.lists.is_none() {
            let hint = "name the diagnoses and procedures of the stays: lists = { file = \"lists.csv\" }";
            subject.error(&path.key("lists"), "bills of stays, but no settlement lists", hint);
        }
    }
    if !pack.bills.is_empty() && !made(pack).any(|file| file.bills.is_some()) {
        let hint = "take what is made of them: stays = [{ bills = \"stays\" }] in [input], files = [{ bills = \"visits\" }] in a feed";
        subject.error(&Path::of("bills"), "bills that nobody reads", hint);
    }
    let wants_stays = made(pack).any(|file| file.bills == Some(MadeOfBills::Stays));
    if wants_stays && pack.bills.iter().all(|bills| bills.stays.is_empty() && bills.lists.is_none()) {
        let hint = "say which kinds of visit make a stay: stays = [\"inpatient\"]";
        subject.error(&Path::of("bills").at(0).key("stays"), "stays made of bills, but no bill makes one", hint);
    }
}

fn made(pack: &crate::pack::Pack) -> impl Iterator<Item = &StayFile> {
    let input = pack.input.iter().flat_map(|input| &input.stays);
    input.chain(pack.feed.values().flat_map(|feed| &feed.files))
}

fn id_is_a_folder(subject: &mut Subject<'_>, id: &str, path: &Path) {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if id.is_empty() || !id.chars().all(plain) {
        let hint = "use letters, digits, _ and -: the id names a folder of the output";
        subject.error(path, format!("the id \"{id}\" of a table of bills is not plain"), hint);
    }
}

fn insurance_is_known(subject: &mut Subject<'_>, bills: &Bills, path: &Path) {
    let known: Vec<&str> = match subject.pack.insurance.is_empty() {
        true => vec!["all"],
        false => subject.pack.insurance.iter().map(|one| one.id.as_str()).collect(),
    };
    if !known.contains(&bills.insurance.as_str()) {
        let hint = suggest::hint(&bills.insurance, known);
        subject.error(path, format!("unknown insurance \"{}\"", bills.insurance), hint);
    }
}
