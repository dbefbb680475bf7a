//! Edits of a text or of a record: what a hand, a broken export or malice does to it.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// One edit; places are taken modulo what there is.
#[derive(Clone, Debug)]
pub struct Edit {
    kind: u8,
    at: usize,
    other: usize,
}

/// Some edits.
pub fn edits(most: usize) -> impl Strategy<Value = Vec<Edit>> {
    let edit = (any::<u8>(), any::<u16>(), any::<u16>());
    let edit = edit.prop_map(|(kind, at, other)| Edit { kind, at: usize::from(at), other: usize::from(other) });
    prop::collection::vec(edit, 1..=most)
}

/// Numbers nobody means.
const NUMBERS: [&str; 20] = [
    "0",
    "-1",
    "-0.01",
    "1",
    "2",
    "0.5",
    "1.01",
    "100",
    "101",
    "0.005",
    "9999999999999.99",
    "10000000000000.00",
    "1000000000000000000",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "1/3",
    "7/0",
    "0.000000000000000001",
    "1e9",
];

/// Lines nobody writes.
const LINES: [&str; 14] = [
    "when = { not = { not = { any = [{ not = { visit = \"inpatient\" } }, {}] } } }",
    "when = { any = [] }",
    "when = { not = {} }",
    "{ value = \"0.00\" },",
    "{ value = \"open\", exception = true },",
    "{ pays = \"open\" },",
    "for_each = \"age\"",
    "above = -9223372036854775808",
    "adjust = [{ times = \"1000000000000\" }, { add = \"-1.00\" }]",
    "adjust = [{ for_each = \"age\", above = 0, upto = 100, times = \"2\" }]",
    "given = true",
    "window = \"lifetime\"",
    "[[route]]",
    "a = [[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
];

/// Characters that do not belong there.
const CHARACTERS: [&str; 12] =
    ["[", "]", "{", "}", "\"", "=", ",", "\u{0}", "\u{7f}", "\u{feff}", "\u{1f3e5}", "\u{202e}"];

fn pick<'a, T: ?Sized>(list: &[&'a T], at: usize) -> &'a T {
    list[at % list.len()]
}

/// Words of a text: stretches of letters of keys and words.
fn words(line: &str) -> Vec<(usize, usize)> {
    stretches(line, |letter| letter.is_ascii_alphabetic() || letter == '_')
}

fn numbers(line: &str) -> Vec<(usize, usize)> {
    stretches(line, |letter| letter.is_ascii_digit() || letter == '.')
}

fn stretches(line: &str, of: impl Fn(char) -> bool) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, letter) in line.char_indices().chain([(line.len(), '\n')]) {
        match (of(letter), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    found
}

fn replaced(line: &str, place: Option<&(usize, usize)>, by: &str) -> String {
    match place {
        Some((from, to)) => format!("{}{by}{}", &line[..*from], &line[*to..]),
        None => line.to_owned(),
    }
}

/// The text after the edits.
pub fn edited(text: &str, edits: &[Edit]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for Edit { kind, at, other } in edits {
        if lines.is_empty() {
            break;
        }
        let (here, there) = (at % lines.len(), other % lines.len());
        let line = lines[here].clone();
        let places = |found: &[(usize, usize)]| found.get(other % found.len().max(1)).copied();
        match kind % 14 {
            0 => drop(lines.remove(here)),
            1 => lines.insert(here, line),
            2 => lines.swap(here, there),
            4..=6 => {
                let (number, from) = numbered(&lines, here);
                let found = numbers(&number);
                lines[from] = replaced(&number, places(&found).as_ref(), pick(&NUMBERS, other / 7));
            }
            7 | 8 => {
                let from = words(&lines[there]);
                let by = from.get(at % from.len().max(1)).map_or("", |(from, to)| &lines[there][*from..*to]).to_owned();
                lines[here] = replaced(&line, places(&words(&line)).as_ref(), &by);
            }
            9 => {
                let marks: Vec<usize> =
                    line.match_indices(['[', ']', '{', '}', '"', '=', ',']).map(|(at, _)| at).collect();
                if let Some(mark) = marks.get(other % marks.len().max(1)) {
                    lines[here].remove(*mark);
                }
            }
            10 => {
                let places: Vec<usize> = line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
                lines[here].insert_str(places[other % places.len()], pick(&CHARACTERS, at / 3));
            }
            3 => lines.insert(here, pick(&LINES, *other).to_owned()),
            11 => lines[here] = line.replace("when = {", "when = { not = { not = {").replace('}', "} }"),
            12 => lines[here] = replaced(&line, places(&words(&line)).as_ref(), ""),
            _ => {
                // A list names a word twice: `base = ["copay", "copay"]`.
                let at = (here..lines.len()).find(|at| lines[*at].contains("= [\"")).unwrap_or(here);
                if let Some((before, after)) = lines[at].clone().split_once("[\"") {
                    let word = after.split('"').next().unwrap_or("");
                    lines[at] = format!("{before}[\"{word}\", \"{after}");
                }
            }
        }
    }
    lines.join("\n")
}

/// The next line with a number, and its place.
fn numbered(lines: &[String], from: usize) -> (String, usize) {
    let at = (from..lines.len()).find(|at| !numbers(&lines[*at]).is_empty()).unwrap_or(from);
    (lines[at].clone(), at)
}

/// Values that stand where others should.
fn values() -> Vec<Value> {
    let mut list: Vec<Value> = NUMBERS.iter().map(|number| json!(number)).collect();
    list.extend([
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!([]),
        json!({}),
        json!("\u{0}"),
        json!("\u{1f3e5}".repeat(70)),
        json!("0001-01-01"),
        json!("9999-12-31"),
        json!("2025-02-29"),
        json!("2024-12-31"),
        json!("2025-06-30"),
        json!("2025-07-01"),
        json!("2026-03-01"),
        json!("up"),
        json!("other"),
        json!("own"),
        json!("family"),
        json!("none"),
        json!("met"),
        json!("self_pay"),
        json!("A"),
        json!("B"),
        json!("C"),
        json!("yes"),
        json!("no"),
        json!("full_self"),
    ]);
    list
}

/// Days at the edges of packs, years and the calendar.
const DAYS: [&str; 12] = [
    "0001-01-01",
    "0001-01-02",
    "1949-10-01",
    "2023-12-31",
    "2024-02-29",
    "2024-12-31",
    "2025-06-30",
    "2025-07-01",
    "2026-12-31",
    "2027-07-01",
    "9999-12-30",
    "9999-12-31",
];

/// Another text of the same kind: a day for a day, an amount for an amount, a word for a word.
fn likely(text: &str, other: usize) -> String {
    const WORDS: [&str; 16] = [
        "",
        "up",
        "down",
        "own",
        "family",
        "none",
        "open",
        "arrears",
        "inpatient",
        "A",
        "B",
        "C",
        "yes",
        "S1",
        "2025",
        "stay#2147483647",
    ];
    if yibao_kernel::Day::parse(text).is_ok() {
        pick(&DAYS, other).to_owned()
    } else if text.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) && !text.contains('-') {
        pick(&NUMBERS, other).to_owned()
    } else {
        pick(&WORDS, other).to_owned()
    }
}

/// Keys records have, and one they do not have.
const KEYS: [&str; 24] = [
    "stay",
    "stay_start",
    "part_of",
    "referral",
    "emergency",
    "disease",
    "given",
    "facts",
    "day",
    "item",
    "stated",
    "parts",
    "limit",
    "first_self_ratio",
    "declared",
    "days_supply",
    "until",
    "benefit",
    "amount",
    "count",
    "quantity",
    "price",
    "groups",
    "unknown_key",
];

/// Paths of every value of a record, from the outside in.
fn paths(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| paths(value, &format!("{here}/{key}"), found));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| paths(value, &format!("{here}/{at}"), found))
        }
        _ => {}
    }
}

/// The record after the edits.
pub fn altered(record: &Value, edits: &[Edit]) -> Value {
    let mut record = record.clone();
    let hostile = values();
    for Edit { kind, at, other } in edits {
        let mut found = Vec::new();
        paths(&record, "", &mut found);
        let path = found[at % found.len()].clone();
        let elsewhere = record.pointer(&found[other % found.len()]).cloned();
        let Some(value) = record.pointer_mut(&path) else { continue };
        match (kind % 8, &mut *value) {
            (0, Value::Object(entries)) => {
                entries.insert(pick(&KEYS, *other).to_owned(), hostile[at % hostile.len()].clone());
            }
            (1, Value::Object(entries)) => {
                let key = entries.keys().nth(other % entries.len().max(1)).cloned();
                key.and_then(|key| entries.remove(&key));
            }
            (2, Value::Object(entries)) => {
                let amount = json!("1000.00");
                let stated = json!({ "class": "B", "first_self_ratio": "1/3", "limit": pick(&NUMBERS, *other) });
                let word = |word: &str| entries.contains_key(word);
                let (key, by) =
                    if word("quantity") { ("stated", stated) } else { ("given", json!({ "hospital": amount })) };
                entries.insert(key.to_owned(), by);
            }
            (0 | 1, Value::Array(list)) if !list.is_empty() => list.push(list[other % list.len()].clone()),
            (2, Value::Array(list)) => list.clear(),
            (3, Value::Array(list)) if list.len() > 1 => {
                let (one, two) = (other % list.len(), at % list.len());
                list.swap(one, two);
            }
            (4, _) => *value = elsewhere.unwrap_or(Value::Null),
            (_, Value::Object(_) | Value::Array(_)) if kind % 3 > 0 => {}
            (_, Value::String(text)) if kind % 5 > 0 => *text = likely(text, *other),
            _ => *value = hostile[other % hostile.len()].clone(),
        }
    }
    record
}

/// A bill whose amounts go together again, so that more than its sums is looked at.
pub fn mended(mut bill: Value) -> Value {
    let mut total = yibao_kernel::Fen::ZERO;
    for line in bill.get_mut("lines").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(entries) = line.as_object_mut() else { continue };
        let amount =
            entries.get("amount").and_then(Value::as_str).map(|text| yibao_kernel::Fen::parse_yuan(text.as_bytes()));
        let Some(Ok(amount)) = amount else { continue };
        entries.insert("price".to_owned(), json!(amount.to_string()));
        entries.insert("quantity".to_owned(), json!("1"));
        if entries.get("parts").is_some_and(Value::is_object) {
            let half = yibao_kernel::Fen::new(amount.get() / 2);
            let rest = yibao_kernel::Fen::new(amount.get() - half.get());
            entries.insert("parts".to_owned(), json!({ "in_scope": rest.to_string(), "first_self": half.to_string() }));
        }
        total = yibao_kernel::sum([total, amount]).unwrap_or(total);
    }
    if let Some(entries) =
        bill.as_object_mut().filter(|entries: &&mut Map<String, Value>| entries.contains_key("amount"))
    {
        entries.insert("amount".to_owned(), json!(total.to_string()));
    }
    bill
}
