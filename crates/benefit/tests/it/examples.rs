//! The observed, official, published and derived settlements of `data/benefit/examples.json`, by shape.

use serde_json::{Value, json};
use yibao_benefit::answer::{self, Answer};
use yibao_benefit::{Engine, Split, Splitter, State};
use yibao_kernel::{Day, Fen};
use yibao_record::bill::{AccountUse, Bill};
use yibao_record::person::PersonState;
use yibao_record::settlement::Settlement;

use crate::regions::{Builder, bands, data, region, yuan};

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}"))
}

fn fen(text: &str) -> Fen {
    Fen::parse_yuan(text.as_bytes()).unwrap()
}

pub fn person(status: &str, group: Option<&str>, scheme: &str) -> PersonState {
    let groups: Vec<Value> = group.map(|group| json!({ "value": group, "from": "2000-01-01" })).into_iter().collect();
    serde_json::from_value(json!({
        "person": { "id": "P", "birth": "1950-01-01", "sex": "1", "groups": groups,
            "insured": [{ "scheme": scheme, "area": "990100", "status": status, "from": "2000-01-01" }] },
    }))
    .unwrap()
}

pub fn bill(id: &str, visit: &str, level: &str, lines: Value) -> Bill {
    let total: i64 = lines.as_array().unwrap().iter().map(|line| fen(text(line, "amount")).get()).sum();
    serde_json::from_value(json!({
        "id": id, "institution": { "code": "H", "level": level, "area": "990101" }, "visit": visit,
        "start": "2025-03-01", "end": "2025-03-11", "stay": id, "account": "none",
        "amount": Fen::new(total).to_string(), "lines": lines,
    }))
    .unwrap()
}

/// One line whose parts are given.
pub fn in_scope(amount: &str) -> Value {
    let amount = yuan(amount);
    json!([{ "quantity": "1", "price": amount, "amount": amount, "parts": { "in_scope": amount } }])
}

fn run(engine: &Engine, bill: &Bill, state: &PersonState) -> (Answer, PersonState) {
    let (answer, after, reasons) =
        answer::split(engine, None, bill, state).unwrap_or_else(|refusal| panic!("{refusal}"));
    for lang in [yibao_kernel::explain::Lang::Zh, yibao_kernel::explain::Lang::En] {
        assert!(!answer::reasons(engine, &reasons, lang).unwrap().is_empty());
    }
    (answer, after)
}

struct Checked<'a> {
    example: &'a Value,
    left: Vec<&'a str>,
}

impl<'a> Checked<'a> {
    fn is(&mut self, name: &'a str, found: Fen) {
        let expected = self.example["expect"][name].as_str();
        if let Some(expected) = expected {
            assert_eq!(found, fen(expected), "{} {name}", self.example["id"]);
            self.left.retain(|left| *left != name);
        }
    }

    fn amounts(&mut self, engine: &Engine, answer: &Answer, names: &[(&'a str, &str)]) {
        for (name, ours) in names {
            let found = answer.amount(engine, ours).unwrap_or_else(|| panic!("{ours}"));
            self.is(name, found);
        }
    }
}

#[test]
fn every_example_comes_out() {
    let Some(data) = data("examples.json") else { return };
    let examples = data["examples"].as_array().unwrap();
    let mut shapes = 0;
    for example in examples {
        let left: Vec<&str> = match example["check"].as_str() {
            // Only the sums named in the note.
            Some("identity") => Vec::new(),
            _ => example["expect"].as_object().unwrap().keys().map(String::as_str).collect(),
        };
        let mut checked = Checked { example, left };
        dispatch(&mut checked);
        assert!(checked.left.is_empty(), "{}: not checked: {:?}", example["id"], checked.left);
        shapes += 1;
    }
    assert!(shapes > 20);
}

/// Which shape an example has is read from what it gives.
fn dispatch(checked: &mut Checked<'_>) {
    let example = checked.example;
    let given = &example["given"];
    let has = |key: &str| given.get(key).is_some();
    if example["check"] == "identity" {
        identity(example);
    } else if has("original") {
        reversal(checked);
    } else if has("line") || has("price") {
        line(checked);
    } else if has("self_pay_bands") || has("pool_cap_year_fund_pay") {
        banded_stay(checked);
    } else if has("quota_in_scope (inferred)") {
        quota(checked);
    } else if has("basic_pay") {
        critical(checked);
    } else if has("civil_ratio") {
        civil(checked);
    } else if has("self_pay_bills") {
        cumulative(checked);
    } else if has("base") {
        assistance(checked);
    } else if text(example, "visit").contains("two-disease") {
        two_diseases(checked);
    } else if text(example, "visit").contains("outpatient") {
        outpatient(checked);
    } else {
        stay(checked);
    }
}

/// The sums of a platform's message, as far as it gives them.
fn identity(example: &Value) {
    let mut info = serde_json::Map::new();
    for (from, name, wire) in [
        ("given", "total", "medfee_sumamt"),
        ("given", "fulamt_ownpay_amt", "fulamt_ownpay_amt"),
        ("given", "own", "fulamt_ownpay_amt"),
        ("given", "overlmt_selfpay", "overlmt_selfpay"),
        ("given", "preselfpay_amt", "preselfpay_amt"),
        ("given", "first_self_pay", "preselfpay_amt"),
        ("expect", "inscp_scp_amt", "inscp_scp_amt"),
        ("expect", "in_scope", "inscp_scp_amt"),
        ("expect", "hifob_pay", "hifob_pay"),
        ("expect", "hosp_part_amt", "hosp_part_amt"),
        ("expect", "fund_pay_sumamt", "fund_pay_sumamt"),
        ("expect", "psn_part_amt", "psn_part_amt"),
        ("expect", "person", "psn_part_amt"),
        ("expect", "acct_pay", "acct_pay"),
        ("expect", "account", "acct_pay"),
        ("expect", "psn_cash_pay", "psn_cash_pay"),
        ("expect", "cash", "psn_cash_pay"),
        ("given", "hifp_pay", "hifp_pay"),
    ] {
        if let Some(amount) = example[from][name].as_str() {
            info.insert(wire.to_owned(), json!(amount));
        }
    }
    if let Some(layers) = example["expect"]["fund_layers"].as_array() {
        for (wire, layer) in ["hifp_pay", "hifob_pay", "cvlserv_pay"].iter().zip(layers) {
            info.insert((*wire).to_owned(), layer.clone());
        }
        let sum: i64 = layers.iter().map(|layer| fen(layer.as_str().unwrap()).get()).sum();
        info.insert("fund_pay_sumamt".to_owned(), json!(Fen::new(sum).to_string()));
        info.insert("hosp_part_amt".to_owned(), json!("0"));
    }
    let output = json!({ "setlinfo": info, "setldetail": [] });
    let read = Settlement::read(&output).unwrap();
    read.check().unwrap_or_else(|error| panic!("{}: {error}", example["id"]));
    if let Some(after) = example["given"]["in_scope_after_deductible"].as_str() {
        // The pooled fund is in-scope times the stated ratio.
        let mut pack = Builder::new("employee", "fund");
        let row = format!("  {{ pays = \"{}\" }},\n", text(&example["given"], "ratio"));
        pack.package("inpatient").layer("pool", "[\"in_scope\"]").part("bands", "", &row, "");
        pack.layer("commercial", "[\"copay\"]").key("given = true");
        let mut bill = bill("B", "inpatient", "level3", in_scope(after));
        bill.given.insert("commercial".to_owned(), fen(text(&example["expect"], "620100")));
        let engine = pack.engine();
        let (answer, _) = run(&engine, &bill, &person("active", None, "employee"));
        assert_eq!(answer.amount(&engine, "fund.pool").unwrap(), fen(text(&example["expect"], "310100")));
        assert_eq!(answer.amount(&engine, "fund.commercial").unwrap(), fen(text(&example["expect"], "620100")));
    }
}

/// One charge line; an outpatient bill with a deductible and an account when they are given.
fn line(checked: &mut Checked<'_>) {
    let given = &checked.example["given"];
    let line = if given["line"].is_object() { &given["line"] } else { given };
    let ratio = line["first_self_pay_ratio"].as_str().or(line["selfpay_prop"].as_str());
    let class = match (line["class"].as_str(), line["chrgitm_lv"].as_str()) {
        (Some(class), _) => class,
        (_, Some("01")) => "A",
        (_, Some("03")) => "C",
        _ => "B",
    };
    let mut stated = json!({ "class": class });
    if class == "B" {
        stated["first_self_ratio"] = json!(ratio.unwrap());
    }
    if let Some(limit) = line["price_limit"].as_str().filter(|limit| !limit.contains("none")) {
        stated["limit"] = json!(limit);
    }
    let amount = given["total"].as_str().unwrap_or(text(line, "price"));
    let lines = json!([{ "quantity": text(line, "qty"), "price": text(line, "price"), "amount": yuan(amount), "stated": stated }]);
    let mut pack = Builder::new("employee", "fund");
    pack.package("outpatient").layer("pool", "[\"in_scope\"]");
    let left = given["outpatient_deductible_left"].as_str().map_or("0", |text| text.trim_start_matches(">= "));
    pack.part("deductible", "window = \"year\"", &format!("  {{ value = \"{}\" }},\n", yuan(left)), "");
    pack.part("bands", "", "  { pays = \"0.60\" },\n", "").account();
    let engine = pack.engine();
    let mut state = person("active", None, "employee");
    let mut bill = bill("B", "outpatient", "level2", lines);
    if let Some(balance) = given["personal_account_before"].as_str() {
        state.accounts = serde_json::from_value(json!([{ "id": "A", "kind": "current", "balance": balance }])).unwrap();
        bill.account = AccountUse::Own;
    }
    let (answer, _) = run(&engine, &bill, &state);
    checked.amounts(
        &engine,
        &answer,
        &[
            ("preselfpay_amt", "first_self"),
            ("first_self_pay", "first_self"),
            ("inscp_scp_amt", "in_scope"),
            ("in_scope", "in_scope"),
            ("overlmt_amt", "over_limit"),
            ("over_limit", "over_limit"),
            ("fulamt_ownpay_amt", "full_self"),
            ("act_pay_dedc", "deductible"),
            ("hifp_pay", "fund.pool"),
            ("psn_part_amt", "person"),
            ("acct_pay", "account"),
            ("psn_cash_pay", "cash"),
            ("balance_after", "balance"),
        ],
    );
    message(checked, &answer);
}

/// Figures that only the message has.
fn message(checked: &mut Checked<'_>, answer: &Answer) {
    let written = answer::message(answer);
    let read = Settlement::read(&written).unwrap();
    read.check().unwrap_or_else(|error| panic!("{error}"));
    checked.is("fund_pay_sumamt", read.amounts.funds.unwrap());
    if let Some(expected) = checked.example["expect"]["setldetail"].as_object() {
        for (code, amount) in expected {
            let found = read.details.iter().find(|detail| detail.fund == *code).unwrap();
            assert_eq!(found.amount, fen(amount.as_str().unwrap()), "{code}");
        }
        checked.left.retain(|left| *left != "setldetail");
    }
}

/// A reversal is the same record with every amount negated, and restores the year so far.
fn reversal(checked: &mut Checked<'_>) {
    let original = &checked.example["given"]["original"];
    let parts = json!({ "first_self": text(original, "preselfpay_amt"), "in_scope": text(original, "inscp_scp_amt") });
    let total = text(original, "total");
    let lines = json!([{ "quantity": "1", "price": total, "amount": total, "parts": parts }]);
    let mut pack = Builder::new("employee", "fund");
    pack.package("outpatient").layer("pool", "[\"in_scope\"]");
    pack.part("deductible", "window = \"year\"", "  { value = \"500.00\" },\n", "")
        .part("bands", "", "  { pays = \"0.60\" },\n", "")
        .account();
    let engine = pack.engine();
    let mut bill = bill("B", "outpatient", "level2", lines);
    bill.account = AccountUse::Own;
    let mut state = person("active", None, "employee");
    state.accounts = serde_json::from_value(json!([{ "id": "A", "kind": "current", "balance": "1403.25" }])).unwrap();
    let mut year = State::read(&engine, &state.accumulators, &state.accounts).unwrap();
    let before = year.write(&engine);
    let mut split = Split::default();
    Splitter::new(&engine).split(&bill, &state.person, &mut year, &mut split, None).unwrap();
    let first = Answer::of(&engine, &bill, &split, &year);
    assert_eq!(first.amount(&engine, "deductible").unwrap(), fen(text(original, "act_pay_dedc")));
    assert_eq!(first.amount(&engine, "account").unwrap(), fen(text(original, "acct_pay")));
    let minus = split.negated();
    year.undo(&split);
    assert_eq!(year.write(&engine), before);
    assert_eq!(year.accounts, state.accounts);
    let answer = Answer::of(&engine, &bill, &minus, &year);
    checked.amounts(
        &engine,
        &answer,
        &[
            ("total", "total"),
            ("preselfpay_amt", "first_self"),
            ("inscp_scp_amt", "in_scope"),
            ("act_pay_dedc", "deductible"),
            ("acct_pay", "account"),
        ],
    );
    message(checked, &answer);
}

/// A stay under marginal bands that start at zero, capped on payment.
fn banded_stay(checked: &mut Checked<'_>) {
    let example = checked.example;
    let given = &example["given"];
    let retired = text(example, "person");
    let before = given["pool_paid_before (inferred)"].as_str().unwrap_or("8240.49");
    let third = example["visit"].as_str().unwrap();
    assert!(third.contains("third stay") || third.contains("same bill"));
    let state = |mut state: PersonState| {
        state.accumulators = serde_json::from_value(json!([
            { "key": "count:nth", "window": "2025", "count": 2 },
            { "key": "paid:inpatient.pool", "window": "2025", "amount": before },
        ]))
        .unwrap();
        state
    };
    // The set of the region, and the bands the bill itself prints, must agree.
    let region = region(text(example, "region")).unwrap();
    let mut by_region = Builder::new("employee", "person");
    by_region.inpatient(&region, "employee");
    let mut engines = vec![by_region.engine()];
    if given["self_pay_bands"].is_array() {
        let mut own = Builder::new("employee", "person");
        own.package("inpatient").layer("pool", "[\"in_scope\"]");
        own.part(
            "deductible",
            "window = \"stay\"",
            &format!("  {{ value = \"{}\" }},\n", yuan(text(given, "deductible"))),
            "",
        );
        let adjust = format!(
            "  {{ when = {{ status = \"{retired}\" }}, self_times = \"{}\" }},\n",
            text(given, "retiree_self_pay_factor")
        );
        own.part(
            "bands",
            "from = \"zero\"",
            &format!("  {{ bands = {} }},\n", bands(&given["self_pay_bands"], true)),
            &adjust,
        );
        own.part("cap", "on = \"payment\"\nwindow = \"year\"", "  { value = \"100000.00\" },\n", "");
        engines.push(own.engine());
    }
    for engine in &engines {
        let amount = text(given, "in_scope");
        let mut lines = in_scope(amount);
        if let Some(out) = given["out_of_scope"].as_str() {
            lines
                .as_array_mut()
                .unwrap()
                .push(json!({ "quantity": "1", "price": out, "amount": out, "parts": { "full_self": out } }));
        }
        let bill = bill("B", "inpatient", "level3", lines);
        let state = state(person(retired, None, "employee"));
        let (answer, _, reasons) = answer::split(engine, None, &bill, &state).unwrap();
        checked.amounts(engine, &answer, &[("pool_pay", "fund.pool"), ("pool_self_pay", "bears.copay")]);
        let steps = engine.book.render_json(reasons.bytes(), yibao_kernel::explain::Lang::En).unwrap();
        let absorbed = steps.as_array().unwrap().iter().find(|step| step["rule"] == "split.absorbed").unwrap();
        let figure = |at: usize| fen(absorbed["values"][at].as_str().unwrap());
        let inside = answer.amount(engine, "deductible").unwrap().get() + figure(1).get();
        if let Some(expected) = given["amount_inside_pool"].as_str() {
            assert_eq!(Fen::new(inside), fen(expected));
        }
        checked.is("in_scope_absorbed_by_pool", Fen::new(inside));
        checked.is("passes_to_large_amount", figure(2));
        if let Some(selves) = example["expect"]["band_self_pay"].as_array() {
            let printed: Vec<Fen> =
                slices(&steps, "pool").iter().map(|(slice, paid)| Fen::new(slice.get() - paid.get())).collect();
            assert_eq!(printed, selves.iter().map(|one| fen(one.as_str().unwrap())).collect::<Vec<_>>());
            checked.left.retain(|left| *left != "band_self_pay");
        }
    }
}

/// The slices a layer's explanation names: amount and payment of each band.
fn slices(steps: &Value, fund: &str) -> Vec<(Fen, Fen)> {
    let of_fund = |step: &&Value| {
        step["rule"].as_str().unwrap().contains(".bands.rows") && step["text"].as_str().unwrap().starts_with(fund)
    };
    let figure = |step: &Value, at: usize| fen(step["values"][at].as_str().unwrap());
    steps.as_array().unwrap().iter().filter(of_fund).map(|step| (figure(step, 1), figure(step, 3))).collect()
}

/// A chronic disease with a quota on the in-scope amount of the period.
fn quota(checked: &mut Checked<'_>) {
    let given = &checked.example["given"];
    let mut pack = Builder::new("resident", "fund");
    pack.package("chronic").layer("pool", "[\"in_scope\"]");
    pack.part(
        "deductible",
        "window = \"year\"",
        &format!("  {{ value = \"{}\" }},\n", yuan(text(given, "deductible"))),
        "",
    );
    pack.part("bands", "", &format!("  {{ pays = \"{}\" }},\n", text(given, "ratio")), "");
    pack.part(
        "cap",
        "on = \"base\"\nwindow = \"month\"\nper = [\"disease\"]",
        &format!("  {{ value = \"{}\" }},\n", yuan(text(given, "quota_in_scope (inferred)"))),
        "",
    );
    let engine = pack.engine();
    let mut bill = bill("B", "chronic", "pharmacy", in_scope(text(given, "in_scope")));
    bill.disease = Some("hypertension".to_owned());
    let (answer, _) = run(&engine, &bill, &person("adult", None, "resident"));
    checked.amounts(&engine, &answer, &[("hifp_pay", "fund.pool"), ("person", "person"), ("cash", "cash")]);
}

/// Critical illness on what the basic layer left.
fn critical(checked: &mut Checked<'_>) {
    let example = checked.example;
    let given = &example["given"];
    let region = region(text(example, "region")).unwrap();
    let mut pack = Builder::new("resident", "fund");
    pack.package("critical").layer("pool", "[\"in_scope\"]").part("bands", "", "  { pays = \"1\" },\n", "");
    pack.part(
        "cap",
        "on = \"payment\"\nwindow = \"year\"",
        &format!("  {{ value = \"{}\" }},\n", yuan(text(given, "basic_pay"))),
        "",
    );
    pack.critical(&region, "resident");
    let engine = pack.engine();
    let out = fen(text(given, "total")).get() - fen(text(given, "in_scope")).get();
    let mut lines = in_scope(text(given, "in_scope"));
    let out = Fen::new(out).to_string();
    lines
        .as_array_mut()
        .unwrap()
        .push(json!({ "quantity": "1", "price": out, "amount": out, "parts": { "full_self": out } }));
    let bill = bill("B", "critical", "level3", lines);
    let state = person("adult", None, "resident");
    let (answer, _, reasons) = answer::split(&engine, None, &bill, &state).unwrap();
    checked.amounts(&engine, &answer, &[("critical_pay", "fund.critical")]);
    let paid: i64 = answer.funds.iter().map(|fund| fund.paid.get()).sum();
    checked.is("total_paid", Fen::new(paid));
    let steps = engine.book.render_json(reasons.bytes(), yibao_kernel::explain::Lang::En).unwrap();
    let layer = steps
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["text"].as_str().unwrap().starts_with("critical: pays"))
        .unwrap();
    checked.is("self_pay_after_basic", fen(layer["values"][0].as_str().unwrap()));
    let found: Vec<Fen> = slices(&steps, "critical").iter().map(|(_, paid)| *paid).collect();
    assert_eq!(
        found,
        example["expect"]["slices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| fen(one.as_str().unwrap()))
            .collect::<Vec<_>>()
    );
    checked.left.retain(|left| *left != "slices");
}

/// A civil servant's layer after the pool and a critical layer that is not reached: parameters of the example's own.
fn civil(checked: &mut Checked<'_>) {
    let given = &checked.example["given"];
    let mut pack = Builder::new("employee", "fund");
    let ratio = |key: &str| format!("  {{ pays = \"{}\" }},\n", text(given, key));
    pack.package("inpatient").layer("pool", "[\"in_scope\"]").part("bands", "", &ratio("pool_ratio"), "");
    pack.layer("critical", "[\"copay\"]").key("[package.inpatient.step.cumulative]\nwindow = \"year\"");
    pack.part("deductible", "", &format!("  {{ value = \"{}\" }},\n", yuan(text(given, "critical_trigger"))), "");
    pack.part("bands", "", "  { pays = \"0.90\" },\n", "");
    pack.layer("civil", "[\"copay\"]").part("bands", "", &ratio("civil_ratio"), "");
    let engine = pack.engine();
    let (answer, _) = run(
        &engine,
        &bill("B", "inpatient", "level3", in_scope(text(given, "in_scope"))),
        &person("active", None, "employee"),
    );
    checked.amounts(
        &engine,
        &answer,
        &[("pool", "fund.pool"), ("critical", "fund.critical"), ("civil_servant", "fund.civil"), ("person", "person")],
    );
}

/// A layer on the year's sum over several bills, and over one bill of the same sum.
fn cumulative(checked: &mut Checked<'_>) {
    let example = checked.example;
    let rule = text(&example["given"], "F");
    // "deductible 15000; 60% to 50000; 70% above (from 0)"
    let words: Vec<&str> = rule.split([' ', ';', '%']).filter(|word| !word.is_empty()).collect();
    let after = |word: &str| words.iter().position(|one| *one == word).map(|at| words[at + 1]).unwrap();
    let before = |word: &str| words.iter().position(|one| *one == word).map(|at| words[at - 1]).unwrap();
    let mut pack = Builder::new("resident", "fund");
    pack.package("critical")
        .layer("critical", "[\"full_self\"]")
        .key("[package.critical.step.cumulative]\nwindow = \"year\"");
    pack.part("deductible", "", &format!("  {{ value = \"{}\" }},\n", yuan(after("deductible"))), "");
    let row = format!(
        "  {{ bands = [{{ upto = \"{}\", pays = \"{}%\" }}, {{ pays = \"{}%\" }}] }},\n",
        yuan(after("to")),
        before("to"),
        before("above")
    );
    assert!(rule.contains("(from 0)"));
    pack.part("bands", "from = \"zero\"", &row, "");
    let engine = pack.engine();
    let self_pay = |amount: &str| {
        let amount = yuan(amount);
        json!([{ "quantity": "1", "price": amount, "amount": amount, "parts": { "full_self": amount } }])
    };
    let mut state = person("adult", None, "resident");
    let (mut paid, mut sum) = (Vec::new(), 0);
    for (at, amount) in example["given"]["self_pay_bills"].as_array().unwrap().iter().enumerate() {
        let amount = amount.as_str().unwrap();
        sum += fen(amount).get();
        let (answer, after) = run(&engine, &bill(&format!("B{at}"), "critical", "level3", self_pay(amount)), &state);
        paid.push(answer.amount(&engine, "fund.critical").unwrap());
        state = after;
    }
    let expected: Vec<Fen> =
        example["expect"]["pays"].as_array().unwrap().iter().map(|one| fen(one.as_str().unwrap())).collect();
    assert_eq!(paid, expected);
    let whole = Fen::new(sum).to_string();
    let (answer, _) =
        run(&engine, &bill("B", "critical", "level3", self_pay(&whole)), &person("adult", None, "resident"));
    checked.left.retain(|left| *left != "pays");
    checked.is("sum_equals_one_bill", answer.amount(&engine, "fund.critical").unwrap());
    assert_eq!(yibao_kernel::sum(paid).unwrap(), answer.amount(&engine, "fund.critical").unwrap());
}

/// Medical assistance on a given base.
fn assistance(checked: &mut Checked<'_>) {
    let given = &checked.example["given"];
    let mut pack = Builder::new("resident", "fund");
    pack.package("assistance").layer("assistance", "[\"first_self\"]");
    pack.part("bands", "", &format!("  {{ pays = \"{}\" }},\n", text(given, "ratio")), "");
    let cap = text(given, "cap").split(' ').next().unwrap();
    pack.part("cap", "on = \"payment\"\nwindow = \"year\"", &format!("  {{ value = \"{}\" }},\n", yuan(cap)), "");
    let engine = pack.engine();
    let base = text(given, "base");
    let lines = json!([{ "quantity": "1", "price": base, "amount": base, "parts": { "first_self": base } }]);
    let (answer, _) = run(&engine, &bill("B", "assistance", "level3", lines), &person("adult", None, "resident"));
    checked.amounts(&engine, &answer, &[("assistance", "fund.assistance"), ("person", "person")]);
}

fn level(visit: &str) -> String {
    let at = visit.find("level").map(|at| visit[at + 5..].trim_start_matches([' ', '-']).chars().next().unwrap());
    format!("level{}", at.unwrap_or('3'))
}

fn two_diseases(checked: &mut Checked<'_>) {
    let example = checked.example;
    let region = region(text(example, "region")).unwrap();
    let mut pack = Builder::new("resident", "fund");
    pack.two_diseases(&region, "resident");
    let engine = pack.engine();
    let visit = text(example, "visit");
    let mut bill = bill("B", "two_disease", &level(visit), in_scope(text(&example["given"], "in_scope")));
    bill.disease =
        ["both", "hypertension", "diabetes"].into_iter().find(|disease| visit.contains(disease)).map(str::to_owned);
    let (answer, _) = run(&engine, &bill, &person("adult", None, "resident"));
    checked.amounts(&engine, &answer, &[("pool", "fund.pool")]);
}

/// Outpatient bills in a row: "two level-3 outpatient bills of 1500 in-scope".
fn outpatient(checked: &mut Checked<'_>) {
    let example = checked.example;
    let region = region(text(example, "region")).unwrap();
    let visit = text(example, "visit");
    let amount =
        visit.split(' ').find(|word| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_digit())).unwrap();
    let mut pack = Builder::new("employee", "fund");
    pack.outpatient(&region, "employee");
    let engine = pack.engine();
    let mut state = person(text(example, "person"), None, "employee");
    for name in ["bill1", "bill2", "bill3"] {
        if example["expect"].get(name).is_some() {
            let (answer, after) = run(&engine, &bill(name, "outpatient", &level(visit), in_scope(amount)), &state);
            checked.amounts(&engine, &answer, &[(name, "fund.pool")]);
            state = after;
        }
    }
}

/// A stay by the region's own set.
fn stay(checked: &mut Checked<'_>) {
    let example = checked.example;
    let scheme = text(example, "scheme");
    let visit = text(example, "visit");
    let region = region(text(example, "region")).unwrap();
    let mut pack = Builder::new(scheme, "fund");
    pack.inpatient(&region, scheme);
    let engine = pack.engine();
    let poor = example["person"].as_str().is_some_and(|person| person.contains("low-income"));
    let status = match (scheme, example["person"].as_str()) {
        ("resident", _) => "adult",
        (_, Some(person)) => person,
        _ => "active",
    };
    let mut state = person(status, poor.then_some("poor"), scheme);
    let nth = ["first", "second", "third", "fourth"]
        .iter()
        .position(|word| visit.contains(&format!("{word} stay")))
        .unwrap_or(0);
    if nth > 0 {
        state.accumulators =
            serde_json::from_value(json!([{ "key": "count:nth", "window": "2025", "count": nth }])).unwrap();
    }
    let amount = example["given"]["in_scope"].as_str().unwrap_or("10000");
    let mut bill = bill("B", "inpatient", &level(visit), in_scope(amount));
    if visit.contains("cross-province") {
        bill.institution.area = "110101".to_owned();
    } else if visit.contains("in-province") {
        bill.institution.area = "990201".to_owned();
    }
    if visit.contains("referral") {
        state.person.filings = serde_json::from_value(json!([{ "value": "referral", "from": "2025-01-01" }])).unwrap();
    }
    let (answer, _, reasons) =
        answer::split(&engine, None, &bill, &state).unwrap_or_else(|refusal| panic!("{}: {refusal}", example["id"]));
    checked.amounts(
        &engine,
        &answer,
        &[
            ("pool", "fund.pool"),
            ("critical", "fund.critical"),
            ("large", "fund.large"),
            ("deductible", "deductible"),
            ("first_self_pay", "bears.area_first_self"),
            ("in_scope_self", "person"),
        ],
    );
    let steps = engine.book.render_json(reasons.bytes(), yibao_kernel::explain::Lang::En).unwrap();
    if let Some(expected) = example["expect"]["slices"].as_array() {
        let found: Vec<Fen> = slices(&steps, "pool").iter().map(|(_, paid)| *paid).collect();
        assert_eq!(
            found,
            expected.iter().map(|one| fen(one.as_str().unwrap())).collect::<Vec<_>>(),
            "{}",
            example["id"]
        );
        checked.left.retain(|left| *left != "slices");
    }
    let pool = answer.amount(&engine, "fund.pool").unwrap();
    checked.is("self_after_pool", Fen::new(answer.parts.in_scope.get() - pool.get()));
    if example["expect"].get("uncapped_pool").is_some() {
        let absorbed = steps.as_array().unwrap().iter().find(|step| step["rule"] == "split.absorbed").unwrap();
        let inside = fen(absorbed["values"][1].as_str().unwrap()).get() + answer.deductible.get();
        checked.is("in_scope_absorbed_incl_deductible", Fen::new(inside));
        // Without the cap: the same set with none.
        let mut free = region.clone();
        free[scheme]["inpatient"]["pool_cap"] = Value::Null;
        let mut pack = Builder::new(scheme, "fund");
        pack.inpatient(&free, scheme);
        let engine = pack.engine();
        let (answer, _) = run(&engine, &bill, &state);
        checked.is("uncapped_pool", answer.amount(&engine, "fund.pool").unwrap());
    }
    let _ = Day::MAX;
}
