//! Reads conditions from JSON. What the grammar does not know is refused, with its line.

use std::collections::BTreeSet;
use std::path::Path;

use crate::codes::PREFIXES_MAX;
use crate::error::{Place, SchemeError};
use crate::expression::{Expr, Field, Look, Sign};
use crate::json::{Json, Value};
use crate::model::{CodeSet, RegionGroup};

const WORDS: &str = "true, false, and, or, not, pdx, ppx, adx, apx, sdx, spx, adx_prefix, \
                     regions, mcc, cc, ==, <, <=, >, >=, in";

/// The texts that conditions name, gathered before they are read so that their numbers do not
/// depend on the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub prefixes: Vec<String>,
    pub depts: Vec<String>,
    pub discharges: Vec<String>,
}

impl Texts {
    /// Gathers the texts of all conditions of the document.
    pub(crate) fn gather(document: &Json) -> Self {
        let mut found = [const { BTreeSet::new() }; 3];
        gather(document, &mut found);
        let [prefixes, depts, discharges] = found.map(|set| set.into_iter().collect());
        Self { prefixes, depts, discharges }
    }

    /// Refuses more texts than there are numbers for.
    pub(crate) fn bound(&self, file: &Path) -> Result<(), SchemeError> {
        let over = |what: &str, most: usize| {
            SchemeError::refused(
                format!("more than {most} {what}"),
                Place::whole(file),
                "name fewer of them in the conditions",
            )
        };
        if self.prefixes.len() > PREFIXES_MAX {
            return Err(over("code prefixes", PREFIXES_MAX));
        }
        if self.depts.len() > 250 || self.discharges.len() > 250 {
            return Err(over("departments or discharge statuses", 250));
        }
        Ok(())
    }
}

fn gather(json: &Json, found: &mut [BTreeSet<String>; 3]) {
    let [prefixes, depts, discharges] = found;
    match &json.value {
        Value::Map(entries) => entries.iter().for_each(|(_, value)| gather(value, found)),
        Value::List(list) => {
            let word = |at: usize| list.get(at).and_then(Json::text);
            match (word(0), word(1), word(2)) {
                (Some("adx_prefix"), Some(prefix), _) => _ = prefixes.insert(prefix.to_owned()),
                (Some("=="), Some("dept"), Some(dept)) => _ = depts.insert(dept.to_owned()),
                (Some("in"), Some("discharge"), _) => {
                    let texts = list.get(2).and_then(Json::list).unwrap_or_default();
                    discharges.extend(texts.iter().filter_map(Json::text).map(str::to_owned));
                }
                _ => list.iter().for_each(|item| gather(item, found)),
            }
        }
        _ => {}
    }
}

/// Reads the conditions of one file against the sets and texts of a scheme.
pub(crate) struct Grammar<'a> {
    pub file: &'a Path,
    /// Sorted by name.
    pub sets: &'a [CodeSet],
    pub regions: &'a [RegionGroup],
    pub texts: &'a Texts,
}

impl Grammar<'_> {
    fn refuse(&self, json: &Json, what: String, hint: &str) -> SchemeError {
        SchemeError::refused(what, Place::line(self.file, json.line), hint)
    }

    /// Reads one condition.
    ///
    /// # Errors
    /// A word, set, field or shape outside the grammar, with file and line.
    pub(crate) fn read(&self, json: &Json) -> Result<Expr, SchemeError> {
        let Some((word, rest)) = json.list().and_then(<[Json]>::split_first) else {
            return Err(self.refuse(
                json,
                "a condition is not a list that starts with a word".into(),
                "write it like [\"pdx\", \"AB1.d\"]",
            ));
        };
        let Some(word) = word.text() else {
            return Err(self.refuse(
                json,
                "the first item of a condition is not a word".into(),
                &format!("start it with one of: {WORDS}"),
            ));
        };
        if let Some(look) = Look::ALL.into_iter().find(|look| look.word() == word) {
            return self.member(json, look, rest);
        }
        if let Some(sign) = Sign::ALL.into_iter().find(|sign| sign.word() == word) {
            return self.comparison(json, sign, rest);
        }
        match word {
            "true" => self.bare(json, Expr::True, rest),
            "false" => self.bare(json, Expr::False, rest),
            "mcc" => self.bare(json, Expr::Mcc, rest),
            "cc" => self.bare(json, Expr::Cc, rest),
            "and" => Ok(Expr::And(self.parts(json, word, rest)?)),
            "or" => Ok(Expr::Or(self.parts(json, word, rest)?)),
            "not" => match rest {
                [part] => Ok(Expr::Not(Box::new(self.read(part)?))),
                _ => Err(self.shape(json, "[\"not\", condition]")),
            },
            "adx_prefix" => match rest {
                [prefix] => self.prefix(json, prefix),
                _ => Err(self.shape(json, "[\"adx_prefix\", \"Z37.\"]")),
            },
            "regions" => self.regions(json, rest),
            "in" => self.discharge(json, rest),
            _ => Err(self.refuse(
                json,
                format!("unknown predicate {word:?}"),
                &format!("the grammar is closed; use one of: {WORDS}"),
            )),
        }
    }

    fn shape(&self, json: &Json, right: &str) -> SchemeError {
        self.refuse(json, "a condition of the wrong shape".into(), &format!("write it like {right}"))
    }

    fn bare(&self, json: &Json, expr: Expr, rest: &[Json]) -> Result<Expr, SchemeError> {
        if rest.is_empty() { Ok(expr) } else { Err(self.shape(json, "[\"true\"] or [\"mcc\"]")) }
    }

    fn parts(&self, json: &Json, word: &str, rest: &[Json]) -> Result<Vec<Expr>, SchemeError> {
        if rest.is_empty() {
            return Err(self.shape(json, &format!("[\"{word}\", condition, condition]")));
        }
        rest.iter().map(|part| self.read(part)).collect()
    }

    fn member(&self, json: &Json, look: Look, rest: &[Json]) -> Result<Expr, SchemeError> {
        let [Json { value: Value::Text(name), .. }] = rest else {
            return Err(self.shape(json, &format!("[\"{}\", \"AB1.p\"]", look.word())));
        };
        let found = self.sets.binary_search_by(|set| set.name.as_str().cmp(name));
        let set = found.ok().and_then(|at| Some((u16::try_from(at).ok()?, self.sets.get(at)?)));
        let Some((index, set)) = set else {
            return Err(self.refuse(
                json,
                format!("unknown set {name:?}"),
                "add it to code_sets.csv, or correct its name",
            ));
        };
        if set.dx != look.at_dx() {
            let (is, wants) = if set.dx { ("dx", "procedures") } else { ("proc", "diagnoses") };
            return Err(self.refuse(
                json,
                format!("set {name:?} is of kind {is}, but {:?} looks at {wants}", look.word()),
                "use the predicate of the other kind, or correct the kind in code_sets.csv",
            ));
        }
        Ok(Expr::Member(look, index))
    }

    fn prefix(&self, json: &Json, prefix: &Json) -> Result<Expr, SchemeError> {
        let text = prefix.text().filter(|text| !text.is_empty());
        match text.and_then(|text| index_of(&self.texts.prefixes, text)) {
            Some(index) => Ok(Expr::Prefix(index)),
            None => Err(self.shape(json, "[\"adx_prefix\", \"Z37.\"]")),
        }
    }

    fn regions(&self, json: &Json, rest: &[Json]) -> Result<Expr, SchemeError> {
        let [Json { value: Value::Text(name), .. }, Json { value: Value::Whole(least), .. }] = rest else {
            return Err(self.shape(json, "[\"regions\", \"MDCZ\", 2]"));
        };
        let group = self.regions.iter().position(|group| group.name == *name);
        let Some(group) = group.and_then(|at| u16::try_from(at).ok()) else {
            return Err(self.refuse(
                json,
                format!("unknown group of regions {name:?}"),
                "name its sets in meta.json under trauma_regions, like MDCZ.r1",
            ));
        };
        match u16::try_from(*least) {
            Ok(least) if least >= 1 => Ok(Expr::Regions { group, least }),
            _ => Err(self.shape(json, "[\"regions\", \"MDCZ\", 2] with a number from 1")),
        }
    }

    fn comparison(&self, json: &Json, sign: Sign, rest: &[Json]) -> Result<Expr, SchemeError> {
        let [Json { value: Value::Text(field), .. }, right] = rest else {
            return Err(self.shape(json, "[\"<=\", \"age\", 17]"));
        };
        match (field.as_str(), sign, &right.value) {
            ("sex", Sign::Equal, Value::Text(sex)) if sex == "1" => Ok(Expr::Male(true)),
            ("sex", Sign::Equal, Value::Text(sex)) if sex == "2" => Ok(Expr::Male(false)),
            ("sex", ..) => Err(self.shape(json, "[\"==\", \"sex\", \"1\"] or \"2\"")),
            ("dept", Sign::Equal, Value::Text(dept)) => index_of(&self.texts.depts, dept)
                .map(Expr::Dept)
                .ok_or_else(|| self.shape(json, "[\"==\", \"dept\", \"ICU\"]")),
            ("dept", ..) => Err(self.shape(json, "[\"==\", \"dept\", \"ICU\"]")),
            _ => self.number(json, sign, field, right),
        }
    }

    fn number(&self, json: &Json, sign: Sign, field: &str, right: &Json) -> Result<Expr, SchemeError> {
        let Some(field) = Field::ALL.into_iter().find(|known| known.word() == field) else {
            return Err(self.refuse(
                json,
                format!("unknown field {field:?}"),
                "use one of: age, age_days, weight, los, icu_hours, sex, dept, discharge",
            ));
        };
        match right.value {
            Value::Whole(value) => match i32::try_from(value) {
                Ok(value) => Ok(Expr::Number(field, sign, value)),
                Err(_) => Err(self.shape(json, "[\"<=\", \"age\", 17] with a number of 32 bits")),
            },
            _ => Err(self.shape(json, "[\"<=\", \"age\", 17]")),
        }
    }

    fn discharge(&self, json: &Json, rest: &[Json]) -> Result<Expr, SchemeError> {
        const RIGHT: &str = "[\"in\", \"discharge\", [\"2\", \"5\"]]";
        let [field, Json { value: Value::List(texts), .. }] = rest else {
            return Err(self.shape(json, RIGHT));
        };
        if field.text() != Some("discharge") {
            return Err(self.refuse(json, "\"in\" looks at discharge only".into(), &format!("write it like {RIGHT}")));
        }
        let mut list = Vec::with_capacity(texts.len());
        for text in texts {
            let known = text.text().and_then(|text| index_of(&self.texts.discharges, text));
            list.push(known.ok_or_else(|| self.shape(json, RIGHT))?);
        }
        list.sort_unstable();
        list.dedup();
        Ok(Expr::Discharge(list))
    }
}

fn index_of(list: &[String], text: &str) -> Option<u16> {
    list.iter().position(|known| known == text).and_then(|at| u16::try_from(at).ok())
}
