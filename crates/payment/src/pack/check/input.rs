//! The inputs a pack names, and the columns it maps.

use yibao_policy::{Diagnostics, Folder, Path, suggest};
use yibao_record::mapping::StayFile;
use yibao_record::payment_field::{GROUPING_FIELDS, PAYMENT_FIELDS};

use super::Subject;
use crate::pack::Pack;
use crate::pack::header::SchemeRef;
use crate::pack::reference::ReferenceFiles;

/// Files of stays are named in one way, and mapped columns are ours.
pub(super) fn inputs_can_be_read(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    for (path, file) in stay_files(pack) {
        match (&file.file, &file.reference, file.bills) {
            (Some(name), None, None) => {
                let there = subject.folder.inside(name).is_some_and(|path| path.is_file());
                let obtained = file.obtain.as_ref().is_some_and(|how| !how.is_empty());
                if !there && obtained {
                    let how = file.obtain.as_deref().unwrap_or_default();
                    let place = subject.folder.locate(&path);
                    subject.found.note(
                        format!("the file of stays \"{name}\" is not in the pack yet"),
                        Some(place),
                        format!("obtain it ({how}), or name the stays with --stays"),
                    );
                } else if !there {
                    subject.error(
                        &path,
                        format!("the file of stays \"{name}\" is not in the pack"),
                        "correct the path, or name the stays with --stays",
                    );
                }
            }
            (None, Some(_), None) => {
                if file.obtain.as_ref().is_none_or(String::is_empty) {
                    subject.error(
                        &path,
                        "a public file without `obtain`",
                        "add obtain = \"where anyone gets the file\"",
                    );
                }
            }
            (None, None, Some(_)) => bills_are_declared(subject, &path),
            _ => subject.error(
                &path,
                "a file of stays has none or several of `file`, `reference` and `bills`",
                "state exactly one of them",
            ),
        }
    }
    let ours = || PAYMENT_FIELDS.iter().map(|field| field.name).chain(GROUPING_FIELDS.iter().copied());
    for name in pack.columns.iter().flat_map(|columns| columns.keys()) {
        let known = || ours().chain(pack.fields.keys().map(String::as_str));
        if !known().any(|field| field == name) {
            let known: Vec<&str> = known().collect();
            let hint = suggest::hint(name, known);
            subject.error(&Path::of("columns").key(name), format!("unknown field \"{name}\""), hint);
        }
    }
    let encoding = pack.input.as_ref().and_then(|input| input.encoding.as_ref());
    encoding_is_known(subject, encoding, &Path::of("input").key("encoding"));
}

/// Rows made of bills need bills.
fn bills_are_declared(subject: &mut Subject<'_>, path: &Path) {
    if subject.pack.bills.is_empty() {
        let hint = "declare [[bills]] with the benefit pack, the bills and the persons";
        subject.error(&path.key("bills"), "rows made of bills, but the pack has no bills", hint);
    }
}

/// An encoding that is read.
pub(super) fn encoding_is_known(subject: &mut Subject<'_>, encoding: Option<&String>, path: &Path) {
    if let Some(encoding) = encoding.filter(|encoding| !["utf-8", "gbk", "gb18030"].contains(&encoding.as_str())) {
        subject.error(path, format!("unknown encoding \"{encoding}\""), "use utf-8, gbk or gb18030");
    }
}

/// Public inputs and schemes are in the reference-data folder; without one they are noted.
pub(super) fn public_files_are_there(
    folder: &Folder,
    pack: &Pack,
    reference: &dyn ReferenceFiles,
    found: &mut Diagnostics,
) {
    let files = stay_files(pack)
        .into_iter()
        .filter_map(|(path, file)| Some((path, file.reference.clone()?, file.obtain.clone().unwrap_or_default())));
    let of_years = pack.year.iter().enumerate().flat_map(|(at, year)| {
        let path = Path::of("year").at(at);
        [(path.key("scheme"), &year.scheme), (path.key("catalogue"), &year.catalogue)]
    });
    let of_feeds = pack.feed.iter().flat_map(|(id, feed)| {
        let path = Path::of("feed").key(id);
        [(path.key("scheme"), &feed.scheme), (path.key("catalogue"), &feed.catalogue)]
    });
    let schemes = of_years.chain(of_feeds).filter_map(|(path, place)| match place {
        Some(SchemeRef::Reference(place)) => Some((path, place.reference.clone(), place.obtain.clone())),
        _ => None,
    });
    for (path, name, obtain) in files.chain(schemes) {
        if reference.find(&name).is_some() {
            continue;
        }
        let place = Some(folder.locate(&path));
        let message = format!("the public file \"{name}\" is not in the reference-data folder");
        let hint = format!("obtain it ({obtain}) and name its folder with --data or YIBAO_DATA");
        match reference.is_given() {
            true => found.error(message, place, hint),
            false => found.note(message, place, hint),
        }
    }
}

fn stay_files(pack: &Pack) -> Vec<(Path, &StayFile)> {
    let of = |list: &'static str| move |(at, file)| (Path::of(list).key("stays").at(at), file);
    let feeds = pack.feed.iter().flat_map(|(id, feed)| {
        let path = Path::of("feed").key(id).key("files");
        feed.files.iter().enumerate().map(move |(at, file)| (path.at(at), file))
    });
    let input = pack.input.iter().flat_map(|input| input.stays.iter().enumerate()).map(of("input"));
    let weigh = pack.weigh.iter().flat_map(|weigh| weigh.stays.iter().flatten().enumerate()).map(of("weigh"));
    let bills = pack.bills.iter().enumerate().flat_map(|(at, bills)| {
        let path = Path::of("bills").at(at);
        let lists = bills.lists.iter().map({
            let path = path.clone();
            move |file| (path.key("lists"), file)
        });
        [(path.key("table"), &bills.table), (path.key("persons"), &bills.persons)].into_iter().chain(lists)
    });
    input.chain(weigh).chain(feeds).chain(bills).collect()
}
