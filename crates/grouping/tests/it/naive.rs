//! A slow interpreter of the tables, straight from their files: the second opinion.
//!
//! It shares no code with the crate: conditions stay JSON, sets stay sets of texts.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::Value;
use yibao_grouping::RawCase;

pub struct Naive {
    rules_json: Value,
    pub meta: Value,
    mdcs: Vec<String>,
    /// mdc, rule, adrg, kind, no_drg.
    pub rules: Vec<[String; 5]>,
    /// Per rule: DRG and condition key.
    rows: HashMap<String, Vec<(String, String)>>,
    pub sets: HashMap<String, HashSet<String>>,
    /// In the order of the file, for region numbers.
    set_names: Vec<String>,
    levels: HashMap<String, Vec<(String, String)>>,
    exclusion: HashMap<String, String>,
    java: bool,
}

fn table(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

impl Naive {
    pub fn read(dir: &Path) -> Self {
        let json =
            |name: &str| -> Value { serde_json::from_str(&std::fs::read_to_string(dir.join(name)).unwrap()).unwrap() };
        let mut rows: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for row in table(&dir.join("drg.csv")) {
            rows.entry(row[0].clone()).or_default().push((row[2].clone(), row[3].clone()));
        }
        let mut levels: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for row in table(&dir.join("cc.csv")) {
            levels.entry(row[0].clone()).or_default().push((row[1].clone(), row[2].clone()));
        }
        let lists = table(&dir.join("code_sets.csv"));
        let codes = |text: &str| -> HashSet<String> {
            text.split('|').filter(|code| !code.is_empty()).map(str::to_owned).collect()
        };
        let rule = |row: Vec<String>| [row[1].clone(), row[2].clone(), row[3].clone(), row[4].clone(), row[5].clone()];
        let meta = json("meta.json");
        let java = meta.get("source_language").and_then(Value::as_str) == Some("java");
        Self {
            rules_json: json("adrg_rules.json"),
            meta,
            mdcs: table(&dir.join("mdc.csv")).into_iter().map(|row| row[1].clone()).collect(),
            rules: table(&dir.join("adrg.csv")).into_iter().map(rule).collect(),
            rows,
            set_names: lists.iter().map(|row| row[0].clone()).collect(),
            sets: lists.iter().map(|row| (row[0].clone(), codes(&row[3]))).collect(),
            levels,
            exclusion: table(&dir.join("exclusion.csv"))
                .into_iter()
                .map(|row| (row[1].clone(), row[0].clone()))
                .collect(),
            java,
        }
    }

    /// The condition of a rule and the gate of its MDC, as JSON.
    pub fn conditions(&self, rule: &[String; 5]) -> [&Value; 2] {
        [&self.rules_json["mdc"][&rule[0]], &self.rules_json["adrg"][&rule[1]]]
    }

    /// Conditions of the DRG rows of a rule.
    pub fn row_conditions(&self, rule: &[String; 5]) -> Vec<&Value> {
        let rows = self.rows.get(&rule[1]).map_or(&[][..], Vec::as_slice);
        rows.iter().map(|(_, key)| &self.rules_json["drg"][key]).collect()
    }

    /// Status, MDC, ADRG, DRG.
    pub fn group(&self, case: &RawCase<'_>) -> [String; 4] {
        let mut case = case.clone();
        if self.java {
            case.age = Some(case.age.unwrap_or(0));
            case.age_days = Some(case.age_days.unwrap_or(0));
            case.weight_g = Some(case.weight_g.unwrap_or(0));
        }
        if self.rejects(&case) {
            let text = |at: usize| self.meta["rejected"][at].as_str().unwrap().to_owned();
            return ["REJECTED".to_owned(), text(0), text(1), text(2)];
        }
        if let Some(found) = self.walk(&case) {
            return found;
        }
        if self.meta["retry_each_other_proc_when_ungrouped"] == Value::Bool(true) {
            for other in case.proc.iter().skip(1) {
                let alone = RawCase { proc: vec![other], ..case.clone() };
                if let Some(found) = self.walk(&alone) {
                    return found;
                }
            }
        }
        let ungrouped = self.meta["ungrouped_code"].as_str().unwrap();
        ["UNGROUPED", "0000", "00", ungrouped].map(str::to_owned)
    }

    fn rejects(&self, case: &RawCase<'_>) -> bool {
        if self.java {
            return case.sex.is_empty() || case.dx.is_empty();
        }
        !["1", "2"].contains(&case.sex)
            || case.age.is_none()
            || (case.age == Some(0) && case.age_days.is_none())
            || (case.age == Some(0) && case.age_days.is_some_and(|days| days <= 28) && case.weight_g.is_none())
            || case.dx.is_empty()
    }

    fn walk(&self, case: &RawCase<'_>) -> Option<[String; 4]> {
        for mdc in &self.mdcs {
            if !self.holds(&self.rules_json["mdc"][mdc], case) {
                continue;
            }
            for rule in self.rules.iter().filter(|rule| rule[0] == *mdc) {
                if !self.holds(&self.rules_json["adrg"][&rule[1]], case) {
                    continue;
                }
                let letter = &rule[2][..1];
                if rule[3] == "qy" {
                    let drg = format!("{letter}QY");
                    return Some(["AMBIGUOUS".into(), format!("MDC{letter}"), "QY".into(), drg]);
                }
                let found = |drg: &str| {
                    let mdc = format!("MDC{}", &drg[..1]);
                    Some(["GROUPED".to_owned(), mdc, drg[..3].to_owned(), drg.to_owned()])
                };
                for (drg, key) in self.rows.get(&rule[1]).map_or(&[][..], Vec::as_slice) {
                    if self.holds(&self.rules_json["drg"][key], case) {
                        return found(drg);
                    }
                }
                if rule[4] == "stop" {
                    return found(&rule[2]);
                }
            }
        }
        None
    }

    fn has(&self, level: &str, case: &RawCase<'_>) -> bool {
        let principal = self.exclusion.get(case.dx[0]);
        case.dx.iter().skip(1).any(|code| {
            let levels = self.levels.get(*code).map_or(&[][..], Vec::as_slice);
            levels.iter().any(|(own, table)| own == level && Some(table) != principal)
        })
    }

    fn regions(&self, group: &str, case: &RawCase<'_>) -> usize {
        let prefix = format!("{group}.r");
        let mut names: Vec<(u32, &String)> =
            self.set_names.iter().filter_map(|name| Some((name.strip_prefix(&prefix)?.parse().ok()?, name))).collect();
        names.sort();
        let region = |code: &str| names.iter().rev().find(|(_, name)| self.sets[*name].contains(code)).map(|(k, _)| *k);
        case.dx.iter().filter_map(|code| region(code)).collect::<HashSet<_>>().len()
    }

    fn holds(&self, expr: &Value, case: &RawCase<'_>) -> bool {
        let list = expr.as_array().unwrap();
        let set = || &self.sets[list[1].as_str().unwrap()];
        let some = |codes: &[&str]| codes.iter().any(|code| set().contains(*code));
        let later = |codes: &[&str]| some(codes.get(1..).unwrap_or(&[]));
        let first = |codes: &[&str]| some(&codes[..codes.len().min(1)]);
        match list[0].as_str().unwrap() {
            "true" => true,
            "false" => false,
            "and" => list[1..].iter().all(|part| self.holds(part, case)),
            "or" => list[1..].iter().any(|part| self.holds(part, case)),
            "not" => !self.holds(&list[1], case),
            "pdx" => first(&case.dx),
            "adx" => some(&case.dx),
            "sdx" => later(&case.dx),
            "ppx" => first(&case.proc),
            "apx" => some(&case.proc),
            "spx" => later(&case.proc),
            "adx_prefix" => case.dx.iter().any(|code| code.starts_with(list[1].as_str().unwrap())),
            "regions" => {
                let least = usize::try_from(list[2].as_u64().unwrap()).unwrap();
                self.regions(list[1].as_str().unwrap(), case) >= least
            }
            "mcc" => self.has("MCC", case),
            "cc" => self.has("CC", case),
            "in" => list[2].as_array().unwrap().iter().any(|text| text == case.discharge),
            sign => compare(sign, &list[1], &list[2], case),
        }
    }
}

fn compare(sign: &str, field: &Value, right: &Value, case: &RawCase<'_>) -> bool {
    let left = match field.as_str().unwrap() {
        "sex" => return right == case.sex,
        "dept" => return right == case.dept,
        "age" => case.age,
        "age_days" => case.age_days,
        "weight" => case.weight_g,
        "los" => Some(case.los_days),
        "icu_hours" => Some(case.icu_hours),
        other => panic!("field {other}"),
    };
    let right = right.as_i64().unwrap();
    left.map(i64::from).is_some_and(|left| match sign {
        "==" => left == right,
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        ">=" => left >= right,
        other => panic!("sign {other}"),
    })
}
