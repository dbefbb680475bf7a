//! Feeds: their ids, their grouping, their columns.

use yibao_policy::{Path, suggest};
use yibao_record::feed::{FeedKind, STAYS};
use yibao_record::payment_field::{GROUPING_FIELDS, PAYMENT_FIELDS};

use super::Subject;
use super::input::encoding_is_known;
use crate::pack::feed::Feed;
use crate::pack::header::SchemeRef;

/// The most feeds beside the stays.
const FEEDS_MAX: usize = 60;

/// Every feed can be read in one way.
pub(super) fn feeds_can_be_read(subject: &mut Subject<'_>) {
    let pack = subject.pack;
    if pack.feed.len() > FEEDS_MAX {
        let message = format!("{} feeds, at most {FEEDS_MAX} are read", pack.feed.len());
        subject.error(&Path::of("feed"), message, "join feeds of the same layout: a feed may have several files");
    }
    for (id, feed) in &pack.feed {
        let path = Path::of("feed").key(id);
        id_is_its_own(subject, id, &path);
        grouped_one_way(subject, id, feed, &path);
        columns_are_ours(subject, feed, &path);
        encoding_is_known(subject, feed.encoding.as_ref(), &path.key("encoding"));
    }
    for (at, year) in pack.year.iter().enumerate() {
        let path = Path::of("year").at(at);
        grouping_is_one(subject, &format!("year {}", year.year), (&year.scheme, &year.catalogue), &path);
    }
}

fn id_is_its_own(subject: &mut Subject<'_>, id: &str, path: &Path) {
    if id == STAYS {
        subject.error(
            path,
            "two feeds with the id \"stays\": [input], [columns] and the year's scheme are the feed \"stays\"",
            "give this feed another id, or describe it under [input] and [columns]",
        );
    }
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if id.is_empty() || !id.chars().all(plain) {
        let hint = "use letters, digits, _ and -: the id is written after --feed and in the outputs";
        subject.error(path, format!("the id \"{id}\" of a feed is not plain"), hint);
    }
}

fn grouped_one_way(subject: &mut Subject<'_>, id: &str, feed: &Feed, path: &Path) {
    grouping_is_one(subject, &format!("feed \"{id}\""), (&feed.scheme, &feed.catalogue), path);
    if feed.kind == FeedKind::Heads && (feed.scheme.is_some() || feed.catalogue.is_some()) {
        let key = if feed.scheme.is_some() { "scheme" } else { "catalogue" };
        let hint = "a head has no diagnosis: take the key away, or map its column `group`";
        subject.error(&path.key(key), format!("feed \"{id}\" is of heads, which are not grouped"), hint);
    }
}

/// A scheme or a catalogue, and it is where it says.
fn grouping_is_one(
    subject: &mut Subject<'_>,
    what: &str,
    (scheme, catalogue): (&Option<SchemeRef>, &Option<SchemeRef>),
    path: &Path,
) {
    if scheme.is_some() && catalogue.is_some() {
        subject.error(
            &path.key("catalogue"),
            format!("{what} has a scheme and a catalogue"),
            "a row has one group: keep the scheme (DRG) or the catalogue (DIP), and give the other rows a feed of their own",
        );
    }
    // The scheme of a year is looked at with the year.
    let places = [(scheme, "scheme", "grouping scheme"), (catalogue, "catalogue", "DIP catalogue")];
    for (place, key, name) in places.into_iter().filter(|(_, key, _)| *key != "scheme" || what.starts_with("feed")) {
        let Some(SchemeRef::Path(place)) = place else { continue };
        if !subject.folder.root().join(place).exists() {
            let hint = "write the path relative to the pack's folder, or { reference = \"…\", obtain = \"…\" }";
            subject.error(&path.key(key), format!("the {name} \"{place}\" is not there"), hint);
        }
    }
}

fn columns_are_ours(subject: &mut Subject<'_>, feed: &Feed, path: &Path) {
    let pack = subject.pack;
    let known: Vec<&str> = PAYMENT_FIELDS
        .iter()
        .map(|field| field.name)
        .chain(GROUPING_FIELDS.iter().copied())
        .chain(feed.kind.fields().iter().copied())
        .chain(pack.fields.keys().map(String::as_str))
        .collect();
    for name in feed.columns.iter().flat_map(|columns| columns.keys()) {
        if !known.contains(&name.as_str()) {
            let hint = suggest::hint(name, known.iter().copied());
            let message = format!("unknown field \"{name}\" of a feed of {}", feed.kind.word());
            subject.error(&path.key("columns").key(name), message, hint);
        }
    }
    let has = |name: &str| feed.columns.as_ref().is_some_and(|columns| columns.contains_key(name));
    if has("head_months") && (has("from") || has("until")) {
        subject.error(
            &path.key("columns").key("head_months"),
            "head_months is mapped, and from or until too",
            "map the number of months, or the days from which to until which the person was registered",
        );
    }
    if has("until") && !has("from") {
        let hint = "map from: the first day the person was registered";
        subject.error(&path.key("columns").key("until"), "until is mapped without from", hint);
    }
    if has("visit") && has("discharge") {
        let hint = "a visit has one day: map visit";
        subject.error(&path.key("columns").key("visit"), "visit is mapped, and discharge too", hint);
    }
}
