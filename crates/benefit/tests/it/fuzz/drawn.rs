//! A person and bills that use what a pack declares: every visit, level, disease and item, every kind of line.

use serde_json::{Map, Value, json};
use yibao_benefit::Engine;
use yibao_kernel::Fen;
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

const BILLS: usize = 14;

fn words<'e>(engine: &'e Engine, name: &str) -> &'e [String] {
    engine.pack.dimension.get(name).map_or(&[], |dimension| &dimension.values)
}

fn nth(words: &[String], at: usize) -> Option<&str> {
    words.get(at % words.len().max(1)).map(String::as_str)
}

/// Facts a pack declares under `bill.` or `person.`, each with one of its words.
fn facts(engine: &Engine, of: &str, at: usize) -> Vec<(String, String)> {
    let fact = |dimension: &yibao_benefit::pack::Dimension| {
        let name = dimension.of.as_deref()?.strip_prefix(of)?.to_owned();
        Some((name, nth(&dimension.values, at).unwrap_or("10").to_owned()))
    };
    engine.pack.dimension.values().filter_map(fact).collect()
}

pub fn person(engine: &Engine, at: usize) -> PersonState {
    let since = |value: &str| json!({ "value": value, "from": "2000-01-01" });
    let registrations: Vec<Value> = words(engine, "disease").iter().map(|word| since(word)).collect();
    let facts: Map<String, Value> =
        facts(engine, "person.", at).into_iter().map(|(name, word)| (name, json!([since(&word)]))).collect();
    serde_json::from_value(json!({
        "person": {
            "id": "P", "birth": (if at.is_multiple_of(2) { "1949-06-01" } else { "2021-06-01" }), "sex": "2",
            "insured": [{
                "scheme": nth(words(engine, "scheme"), at), "status": nth(words(engine, "status"), at), "grade": nth(words(engine, "grade"), at),
                "area": engine.pack.benefit.area, "from": "2000-01-01",
            }],
            "groups": nth(words(engine, "group"), at).map(since).into_iter().collect::<Vec<_>>(),
            "registrations": registrations, "designated": [since("H1")], "signed": [since("H2")],
            "filings": [{ "value": "long_term", "from": "2025-09-01" }], "facts": facts,
        },
        "accounts": [
            { "id": "A", "kind": "current", "balance": "4000.00" }, { "id": "E", "kind": "earlier", "balance": "250.55" },
            { "id": "F", "kind": "family", "balance": "900.00" },
        ],
    }))
    .unwrap()
}

/// Lines of every kind the pack accepts; their sum.
fn lines(engine: &Engine, at: usize, end: &str) -> (Vec<Value>, Fen) {
    use yibao_benefit::pack::Accept;
    let accepts = |what: Accept| engine.pack.lines.accept.contains(&what);
    let mut lines = Vec::new();
    let codes = engine.catalogue.items().iter().map(|item| item.code.as_str()).skip(at * 3).step_by(2).take(5);
    for code in codes.filter(|_| accepts(Accept::Item)) {
        lines.push(json!({ "item": code, "day": end, "quantity": "3", "price": "177.77", "amount": "533.31", "declared": (["met", "nothing"][at % 2]), "days_supply": 7 }));
    }
    for (number, class) in ["A", "B", "C"].into_iter().enumerate().filter(|_| accepts(Accept::Stated)) {
        let (ratio, limit) = (["0", "0.15", "1"][number], ["900.00", "333.335", "0"][(number + at) % 3]);
        let stated = json!({ "class": class, "first_self_ratio": ratio, "limit": limit });
        lines.push(json!({ "quantity": "2.5", "price": "1234.56", "amount": "3086.40", "stated": stated, "diseases": ["hypertension"] }));
    }
    for amount in ["0.01", "40000.00", "9.99"].into_iter().filter(|_| accepts(Accept::Parts)) {
        lines.push(json!({ "id": format!("L{amount}"), "quantity": "1", "price": amount, "amount": amount, "parts": { "in_scope": amount } }));
    }
    let amount = |line: &Value| Fen::parse_yuan(line["amount"].as_str().unwrap().as_bytes()).unwrap();
    let total = yibao_kernel::sum(lines.iter().map(amount)).unwrap();
    (lines, total)
}

pub fn bills(engine: &Engine, who: usize) -> Vec<Bill> {
    let area = &engine.pack.benefit.area;
    let bill = |at: usize| -> Bill {
        let start = yibao_kernel::Day::new(2025, 3, 1).unwrap().add_days(i32::try_from(at * 25).unwrap()).unwrap();
        let end = start.add_days([0, 5, 40][at % 3]).unwrap();
        let (lines, total) = lines(engine, at, &end.to_string());
        let facts: Map<String, Value> =
            facts(engine, "bill.", (at + who) % 2).into_iter().map(|(name, word)| (name, json!(word))).collect();
        let mut bill = json!({
            "id": format!("D{at}"), "visit": nth(words(engine, "visit"), at + who), "start": start, "end": end,
            "institution": {
                "code": format!("H{}", at % 3), "level": nth(words(engine, "level"), at), "area": ([area.as_str(), area, "440101"][at % 3]),
                "facility": nth(words(engine, "facility"), at).into_iter().collect::<Vec<_>>(),
            },
            "stay": format!("S{at}"), "emergency": at.is_multiple_of(5), "account": (["own", "family", "none"][at % 3]),
            "amount": total, "facts": facts, "lines": lines, "diagnoses": ["I10"],
        });
        if let Some(disease) = nth(words(engine, "disease"), at) {
            bill["disease"] = json!(disease);
        }
        if at % 4 == 3 {
            let kind = if at % 8 == 3 { "up" } else { "down" };
            bill["referral"] = json!({ "kind": kind, "from": format!("S{}", at - 1) });
        }
        serde_json::from_value(bill).unwrap()
    };
    (0..BILLS).map(bill).collect()
}
