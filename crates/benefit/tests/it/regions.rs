//! Packs in memory from the parameter sets of `data/benefit/regions.json`: what a set says is put into the mechanisms
//! of a pack, shape by shape. No region is named here.

use std::fmt::Write as _;

use serde_json::Value;
use yibao_benefit::{Engine, pack};
use yibao_kernel::Day;
use yibao_policy::Folder;

/// The reference data; `None` prints why.
pub fn data(name: &str) -> Option<Value> {
    let Some(root) = std::env::var_os("YIBAO_DATA") else {
        assert!(std::env::var_os("CI").is_none(), "YIBAO_DATA is not set");
        println!("skipped: no reference data");
        return None;
    };
    let text = std::fs::read_to_string(std::path::Path::new(&root).join("benefit").join(name)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

pub fn region(code: &str) -> Option<Value> {
    let data = data("regions.json")?;
    data["regions"].as_array().unwrap().iter().find(|region| region["code"] == code).cloned()
}

/// The number at the start of a value ("0.60 (0.65 when signed)").
fn number(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let digits: String = text.chars().take_while(|one| one.is_ascii_digit() || *one == '.').collect();
    (!digits.is_empty()).then_some(digits)
}

pub fn yuan(text: &str) -> String {
    yibao_kernel::Fen::parse_yuan(text.as_bytes()).unwrap().to_string()
}

pub const LEVELS: [&str; 12] = [
    "village_or_station",
    "township",
    "primary",
    "community",
    "level1",
    "level2",
    "level3",
    "level3B",
    "level3A",
    "level3_district",
    "other",
    "pharmacy",
];

/// Rows of one number, of numbers by level, by status, or by both.
fn rows(value: &Value, key: &str, money: bool, more: &str) -> String {
    let mut text = String::new();
    let mut put = |tests: &str, value: &Value| {
        if let Some(number) = number(value) {
            let number = if money { yuan(&number) } else { number };
            let _ = writeln!(text, "  {{ {tests}{more}{key} = \"{number}\" }},");
        }
    };
    let level = |name: &str| LEVELS.contains(&name);
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                let levels = |name: &str| match name {
                    "le_level2" => "level = [\"primary\", \"level1\", \"level2\"], ".to_owned(),
                    "level3_or_pharmacy" => "level = [\"level3\", \"pharmacy\"], ".to_owned(),
                    "level2plus" => "level = [\"level2\", \"level3\"], ".to_owned(),
                    name => format!("level = \"{name}\", "),
                };
                match (name.as_str(), inner) {
                    ("active" | "retiree", Value::String(_)) => put(&format!("status = \"{name}\", "), inner),
                    ("all", _) => put("", inner),
                    (_, Value::Object(by_status)) => {
                        for (status, inner) in by_status {
                            put(&format!("{}status = \"{status}\", ", levels(name)), inner);
                        }
                    }
                    (name, _)
                        if level(name) || name.starts_with("le_") || name.contains("plus") || name.contains("_or_") =>
                    {
                        put(&levels(name), inner);
                    }
                    _ => {}
                }
            }
        }
        other => put("", other),
    }
    text
}

/// `bands` of a list of `[upto or null, ratio]`; `pay` says whether the ratio is the fund's.
pub fn bands(list: &Value, self_pay: bool) -> String {
    let parts: Vec<String> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|band| {
            let ratio = band[1].as_str().unwrap();
            let pays = match self_pay {
                false => ratio.to_owned(),
                true => yibao_kernel::Ratio::ONE
                    .checked_sub(yibao_kernel::Ratio::parse(ratio).unwrap())
                    .unwrap()
                    .to_string(),
            };
            match band[0].as_str() {
                Some(upto) => format!("{{ upto = \"{}\", pays = \"{pays}\" }}", yuan(upto)),
                None => format!("{{ pays = \"{pays}\" }}"),
            }
        })
        .collect();
    // A set may stop at its last stated band: beyond it nothing is said.
    let open = list.as_array().unwrap().last().is_some_and(|band| !band[0].is_null());
    if open { format!("[{}, {{ pays = \"0\" }}]", parts.join(", ")) } else { format!("[{}]", parts.join(", ")) }
}

/// What the words about later stays mean, as adjustments.
fn later_stays(text: &str) -> String {
    let part = |nth: &str, operation: &str| format!("  {{ when = {{ nth = {nth} }}, {operation} }},\n");
    let mut out = String::new();
    for clause in text.split([',', ';']).map(str::trim) {
        let nth = if clause.starts_with("second and later") || clause.starts_with("later") {
            "{ from = 2 }"
        } else if clause.starts_with("second") {
            "2"
        } else if clause.starts_with("third and later") {
            "{ from = 3 }"
        } else {
            continue;
        };
        let last = clause.rsplit(' ').next().unwrap();
        let operation = if clause.ends_with("halved") {
            "times = \"0.5\"".to_owned()
        } else if clause.ends_with("waived") {
            "set = \"0.00\"".to_owned()
        } else if let Some(percent) = last.strip_prefix('-').and_then(|last| last.strip_suffix('%')) {
            format!("times = \"{}/100\"", 100 - percent.parse::<i32>().unwrap())
        } else {
            format!("set = \"{}\"", yuan(last))
        };
        out += &part(nth, &operation);
    }
    out
}

/// Filings at which the ratio falls, as adjustments: "-20pp".
fn drops(cross: &Value) -> String {
    let mut out = String::new();
    for (key, filings) in [
        ("filed_referral", "[\"referral\", \"emergency\"]"),
        ("referral_or_emergency", "[\"referral\", \"emergency\"]"),
        ("unfiled", "[\"unfiled\"]"),
    ] {
        if let Some(points) = cross[key].as_str().and_then(|text| text.strip_suffix("pp")) {
            let points: i32 = points.parse().unwrap();
            let _ = writeln!(out, "  {{ when = {{ filing = {filings} }}, add = \"{points}/100\" }},");
        }
    }
    out
}

/// A pack of one scheme of one set.
pub struct Builder {
    text: String,
    routes: Vec<(String, Vec<String>)>,
}

impl Builder {
    pub fn new(scheme: &str, side: &str) -> Self {
        let levels = LEVELS.map(|level| format!("\"{level}\"")).join(", ");
        let statuses = if scheme == "employee" { "\"active\", \"retiree\"" } else { "\"adult\"" };
        let text = format!(
            r#"
[benefit]
id = "set"
title = {{ zh = "参数集", en = "a parameter set" }}
region = {{ zh = "参数集", en = "a parameter set" }}
area = "990100"
area_digits = 4
trust = "secondary_low"
from = 2010-01-01
until = 2030-01-01
void = "resettle"
rounding = {{ side = "{side}" }}
source = {{ fictional = true, note = "test" }}
[lines]
accept = ["stated", "parts"]
source = {{ fictional = true, note = "test" }}
[dimension.scheme]
values = ["{scheme}"]
[dimension.status]
values = [{statuses}]
[dimension.visit]
values = ["inpatient", "outpatient", "chronic", "two_disease", "critical", "assistance"]
[dimension.level]
values = [{levels}]
[dimension.group]
values = ["poor", "none"]
otherwise = "none"
[dimension.disease]
values = ["hypertension", "diabetes", "both"]
[counter.nth]
when = {{ visit = "inpatient" }}
window = "year"
source = {{ fictional = true, note = "test" }}
[fund.pool]
title = {{ zh = "统筹", en = "pool" }}
code = "310100"
field = "hifp_pay"
[fund.large]
title = {{ zh = "大额", en = "large" }}
code = "330100"
field = "hifob_pay"
[fund.critical]
title = {{ zh = "大病", en = "critical" }}
code = "390200"
field = "hifmi_pay"
[fund.civil]
title = {{ zh = "公务员", en = "civil servants" }}
code = "320100"
field = "cvlserv_pay"
[fund.assistance]
title = {{ zh = "救助", en = "assistance" }}
code = "610100"
field = "maf_pay"
[fund.commercial]
title = {{ zh = "商业", en = "commercial" }}
code = "620100"
field = "oth_pay"
kind = "commercial"
"#
        );
        Self { text, routes: Vec::new() }
    }

    /// Begins a package for a visit.
    pub fn package(&mut self, visit: &str) -> &mut Self {
        let _ = writeln!(self.text, "[package.{visit}]\ntitle = {{ zh = \"{visit}\", en = \"{visit}\" }}");
        self.routes.push((visit.to_owned(), Vec::new()));
        self
    }

    fn here(&self) -> &str {
        &self.routes.last().unwrap().0
    }

    /// Begins a layer.
    pub fn layer(&mut self, fund: &str, base: &str) -> &mut Self {
        let here = self.here().to_owned();
        let _ = writeln!(
            self.text,
            "[[package.{here}.step]]\nid = \"{fund}\"\nuse = \"layer\"\nfund = \"{fund}\"\nbase = {base}\nsource = {{ fictional = true, note = \"test\" }}"
        );
        self
    }

    pub fn key(&mut self, text: &str) -> &mut Self {
        let _ = writeln!(self.text, "{text}");
        self
    }

    pub fn part(&mut self, name: &str, keys: &str, rows: &str, adjust: &str) -> &mut Self {
        let here = self.here().to_owned();
        let brackets = if name == "cap" { ("[[", "]]") } else { ("[", "]") };
        let _ = writeln!(
            self.text,
            "{}package.{here}.step.{name}{}\n{keys}\nrows = [\n{rows}]\nadjust = [\n{adjust}]",
            brackets.0, brackets.1
        );
        self
    }

    /// Account for everything the person bears.
    pub fn account(&mut self) -> &mut Self {
        let here = self.here().to_owned();
        let _ = writeln!(
            self.text,
            "[[package.{here}.step]]\nid = \"account\"\nuse = \"account\"\nbase = [\"deductible\", \"copay\", \"over_cap\", \"first_self\", \"over_limit\", \"full_self\"]\norder = [\"current\", \"earlier\", \"family\"]\nsource = {{ fictional = true, note = \"test\" }}"
        );
        self
    }

    pub fn engine(&self) -> Engine {
        let mut text = self.text.clone();
        for (visit, levels) in &self.routes {
            let levels = if levels.is_empty() { String::new() } else { format!(", level = [{}]", levels.join(", ")) };
            let _ = writeln!(
                text,
                "[[route]]\nid = \"{visit}\"\nwhen = {{ visit = \"{visit}\"{levels} }}\npackage = \"{visit}\"\nsource = {{ fictional = true, note = \"test\" }}"
            );
        }
        let folder = Folder::of_text("set.toml", &text).unwrap_or_else(|found| panic!("{found}\n{text}"));
        let pack = folder.decode::<pack::Pack>().unwrap_or_else(|found| panic!("{found}\n{text}"));
        Engine::compile(&folder, pack, Day::MAX).unwrap_or_else(|found| panic!("{found}\n{text}"))
    }

    /// Keeps a visit to the levels its rows name.
    fn only_levels(&mut self, rows: &str) {
        let named: Vec<String> =
            LEVELS.iter().map(|level| format!("\"{level}\"")).filter(|level| rows.contains(level.as_str())).collect();
        if let Some((_, levels)) = self.routes.last_mut()
            && levels.is_empty()
        {
            *levels = named;
        }
    }

    /// The inpatient package of a set.
    pub fn inpatient(&mut self, region: &Value, scheme: &str) -> &mut Self {
        let set = &region[scheme]["inpatient"];
        self.package("inpatient");
        if let Some(text) =
            region["cross_province"]["method"].as_str().filter(|text| text.starts_with("first self-pay"))
        {
            assert!(text.contains("in-scope"));
            let cross = &region["cross_province"];
            let ratio = |key: &str| cross[key]["first_self_pay"].as_str().unwrap().to_owned();
            let _ = writeln!(
                self.text,
                "[[package.inpatient.step]]\nid = \"area\"\nuse = \"first_self\"\nsource = {{ fictional = true, note = \"test\" }}\n[package.inpatient.step.ratio]\nrows = [{{ filing = \"local\", value = \"0\" }}, {{ filing = \"long_term\", value = \"{}\" }}, {{ filing = [\"referral\", \"emergency\"], value = \"{}\" }}, {{ filing = \"unfiled\", value = \"{}\" }}]",
                ratio("long_term"),
                ratio("referral_or_emergency"),
                ratio("other_unfiled")
            );
        }
        self.layer("pool", "[\"in_scope\"]");
        let away = &region[scheme]["out_of_area"];
        let home = if away.is_null() { String::new() } else { "filing = \"local\", ".to_owned() };
        // The deductible: by level, by status, by the n-th stay.
        let deductible = &set["deductible"];
        let (mut amounts, mut adjust) = (String::new(), String::new());
        match deductible["nth"].as_array() {
            Some(list) => {
                for (at, value) in list.iter().enumerate() {
                    let nth =
                        if at + 1 == list.len() { format!("{{ from = {} }}", at + 1) } else { (at + 1).to_string() };
                    let _ = writeln!(amounts, "  {{ nth = {nth}, value = \"{}\" }},", yuan(value.as_str().unwrap()));
                }
            }
            None => amounts = rows(deductible, "value", true, &home),
        }
        if let Some(text) = set["nth"].as_str() {
            adjust = later_stays(text);
        }
        for (key, tests) in [
            ("in_province", "filing = [\"referral\", \"emergency\", \"long_term\"], place = \"in_province\", "),
            ("cross_province", "filing = [\"referral\", \"emergency\", \"long_term\"], place = \"cross_province\", "),
            ("unfiled", "filing = \"unfiled\", "),
        ] {
            if let Some(value) = away[key]["deductible"].as_str() {
                let _ = writeln!(amounts, "  {{ {tests}value = \"{}\" }},", yuan(value));
            }
        }
        self.part("deductible", "window = \"stay\"", &amounts, &adjust);
        // Ratios: one by level, or bands by level.
        let (mut ratios, mut adjust) = (String::new(), String::new());
        let mut keys = "from = \"deductible\"";
        if let Some(by_level) = set["bands_active"].as_object() {
            keys = if set["band_base"].as_str().is_some_and(|text| text.contains("counted from 0")) {
                "from = \"zero\""
            } else {
                keys
            };
            for (level, list) in by_level {
                let _ = writeln!(ratios, "  {{ level = \"{level}\", bands = {} }},", bands(list, false));
            }
            if let Some(times) = set["retiree"].as_str().and_then(|text| text.rsplit(' ').next()) {
                let _ = writeln!(adjust, "  {{ when = {{ status = \"retiree\" }}, self_times = \"{times}\" }},");
            }
        } else if set["ratio_retiree"].is_object() {
            ratios += &rows(&set["ratio_active"], "pays", false, "status = \"active\", ");
            ratios += &rows(&set["ratio_retiree"], "pays", false, "status = \"retiree\", ");
        } else {
            let plain = if set["ratio"].is_null() { &set["ratio_active"] } else { &set["ratio"] };
            ratios += &rows(plain, "pays", false, &home);
        }
        for (key, when) in
            [("retiree_plus", "{ status = \"retiree\" }"), ("poor_plus", "{ group = \"poor\", filing = \"local\" }")]
        {
            if let Some(plus) = set[key].as_str() {
                let _ = writeln!(adjust, "  {{ when = {when}, add = \"{plus}\" }},");
            }
        }
        for (key, tests) in [
            ("in_province", "filing = [\"referral\", \"emergency\", \"long_term\"], place = \"in_province\", "),
            ("cross_province", "filing = [\"referral\", \"emergency\", \"long_term\"], place = \"cross_province\", "),
            ("unfiled", "filing = \"unfiled\", "),
        ] {
            if let Some(value) = away[key]["ratio"].as_str() {
                let _ = writeln!(ratios, "  {{ {tests}pays = \"{value}\" }},");
            }
        }
        adjust += &drops(&region[scheme]["cross_region"]);
        adjust += &drops(&region["cross_province"]);
        adjust += "  { at_most = \"1\" },\n  { at_least = \"0\" },\n";
        self.part("bands", keys, &ratios, &adjust);
        self.only_levels(&(amounts + &ratios));
        let cap = [&set["pool_cap"]["amount"], &set["pool_cap"], &set["cap"], &region[scheme]["pool_cap"]];
        if let Some(cap) = cap.into_iter().find_map(number) {
            self.part(
                "cap",
                "on = \"payment\"\nwindow = \"year\"",
                &format!("  {{ value = \"{}\" }},\n", yuan(&cap)),
                "",
            );
        } else if !Self::large_of(region, scheme).is_null() {
            // The set leaves the cap open, and a later layer takes what lies beyond it.
            self.part("cap", "on = \"payment\"\nwindow = \"year\"", "  { value = \"none\" },\n", "");
        }
        self.large(region, scheme);
        self.critical(region, scheme);
        self
    }

    fn large_of<'v>(region: &'v Value, scheme: &str) -> &'v Value {
        let inside = &region[scheme]["inpatient"]["large_amount"];
        if inside.is_null() { &region[scheme]["large_amount"] } else { inside }
    }

    fn large(&mut self, region: &Value, scheme: &str) {
        let large = Self::large_of(region, scheme);
        let ratio = if large["ratio"].is_null() { large } else { &large["ratio"] };
        if large.is_null() {
            return;
        }
        self.layer("large", "[\"over_cap\"]");
        self.part("bands", "", &rows(ratio, "pays", false, ""), "");
        if let Some(cap) = number(&large["cap"]) {
            self.part(
                "cap",
                "on = \"payment\"\nwindow = \"year\"",
                &format!("  {{ value = \"{}\" }},\n", yuan(&cap)),
                "",
            );
        }
    }

    /// The critical-illness layer of a set, on the year's sum.
    pub fn critical(&mut self, region: &Value, scheme: &str) -> &mut Self {
        let set = &region[scheme]["critical_illness"];
        let (Some(deductible), true) = (number(&set["deductible"]), scheme == "resident") else { return self };
        let has_rule = set["bands"].is_array() || set["ratio"].is_string();
        if !has_rule {
            return self;
        }
        self.layer("critical", "[\"deductible\", \"copay\", \"over_cap\"]");
        let here = self.here().to_owned();
        let _ = writeln!(self.text, "[package.{here}.step.cumulative]\nwindow = \"year\"");
        let poor = number(&set["poor"]["deductible"]).or(number(&set["poor_deductible"]));
        let mut amounts = format!("  {{ group = \"none\", value = \"{}\" }},\n", yuan(&deductible));
        let _ = writeln!(
            amounts,
            "  {{ group = \"poor\", value = \"{}\" }},",
            yuan(poor.as_deref().unwrap_or(&deductible))
        );
        self.part("deductible", "", &amounts, "");
        let row = match set["bands"].is_array() {
            true => format!("  {{ bands = {} }},\n", bands(&set["bands"], false)),
            false => format!("  {{ pays = \"{}\" }},\n", set["ratio"].as_str().unwrap()),
        };
        let keys = if set["band_base"].as_str().is_some_and(|text| text.contains("from 0")) {
            "from = \"zero\""
        } else {
            "from = \"deductible\""
        };
        self.part("bands", keys, &row, "");
        if let Some(cap) = number(&set["cap"]) {
            let poor = if set["poor"].get("cap").is_some_and(Value::is_null)
                || set.get("poor_cap").is_some_and(Value::is_null)
            {
                "none".to_owned()
            } else {
                yuan(&cap)
            };
            self.part(
                "cap",
                "on = \"payment\"\nwindow = \"year\"",
                &format!(
                    "  {{ group = \"none\", value = \"{}\" }},\n  {{ group = \"poor\", value = \"{poor}\" }},\n",
                    yuan(&cap)
                ),
                "",
            );
        }
        self
    }

    /// The general outpatient package of a set: deductible and cap of the year.
    pub fn outpatient(&mut self, region: &Value, scheme: &str) -> &mut Self {
        let set = &region[scheme]["outpatient"];
        self.package("outpatient").layer("pool", "[\"in_scope\"]");
        let amounts = rows(&set["deductible"], "value", true, "");
        let amounts = if amounts.is_empty() { "  { value = \"0.00\" },\n".to_owned() } else { amounts };
        self.part("deductible", "window = \"year\"", &amounts, "");
        let plain = if set["ratio"].is_null() { &set["ratio_active"] } else { &set["ratio"] };
        let ratios = rows(plain, "pays", false, "");
        let adjust = set["retiree_plus"]
            .as_str()
            .map_or(String::new(), |plus| format!("  {{ when = {{ status = \"retiree\" }}, add = \"{plus}\" }},\n"));
        self.part("bands", "", &ratios, &adjust);
        self.only_levels(&(amounts + &ratios));
        let caps = rows(&set["cap"], "value", true, "");
        if !caps.is_empty() {
            self.part("cap", "on = \"payment\"\nwindow = \"year\"", &caps, "");
        }
        self.account()
    }

    /// Drugs of the two diseases, each with its own yearly cap.
    pub fn two_diseases(&mut self, region: &Value, scheme: &str) -> &mut Self {
        let set = &region[scheme]["two_diseases"];
        self.package("two_disease").layer("pool", "[\"in_scope\"]");
        let ratios = rows(&set["ratio"], "pays", false, "");
        self.part("bands", "", &ratios, "");
        self.only_levels(&ratios);
        let mut caps = String::new();
        for (disease, cap) in set["cap"].as_object().unwrap() {
            let _ = writeln!(caps, "  {{ disease = \"{disease}\", value = \"{}\" }},", yuan(cap.as_str().unwrap()));
        }
        self.part("cap", "on = \"payment\"\nwindow = \"year\"\nper = [\"disease\"]", &caps, "")
    }
}
