//! meta.json: what a scheme says about itself. An unknown key is refused.

use std::path::Path;

use crate::error::{Place, SchemeError};
use crate::json::{self, Json, JsonError, Value};
use crate::model::{IcdTable, InputChecks};

/// The keys that are read.
const READ: [&str; 8] = [
    "scheme",
    "retry_each_other_proc_when_ungrouped",
    "ungrouped_code",
    "rejected",
    "trauma_regions",
    "icd",
    "drg_named_but_no_rule",
    "input_checks",
];

/// The keys that describe the origin and decide nothing, apart from `source_language`:
/// `java` means the input checks of the Java edition unless `input_checks` says otherwise.
const DESCRIBING: [&str; 9] = [
    "source_language",
    "extra_fields",
    "sex_literal_type",
    "counts",
    "unused_sets",
    "source",
    "source_label",
    "known_doubts",
    "repaired",
];

/// meta.json, typed.
#[derive(Debug)]
pub(crate) struct Meta {
    pub name: String,
    pub checks: InputChecks,
    pub retry: bool,
    pub ungrouped: String,
    pub rejected: [String; 3],
    /// Set name and printed name, with the line.
    pub regions: Vec<(String, String, u32)>,
    pub extra_names: Vec<(String, String)>,
    /// File names in the order of [`IcdTable::ALL`], with lines.
    pub icd: [Option<(String, u32)>; 4],
}

/// A JSON error as a refusal.
pub(crate) fn refuse_json(file: &Path, error: JsonError) -> SchemeError {
    SchemeError::refused(error.what, Place::line(file, error.line), "correct the JSON")
}

struct Reader<'a> {
    file: &'a Path,
    json: &'a Json,
}

impl Reader<'_> {
    fn refuse(&self, line: u32, what: String, hint: &str) -> SchemeError {
        SchemeError::refused(what, Place::line(self.file, line), hint)
    }

    fn need(&self, key: &str) -> Result<&Json, SchemeError> {
        self.json.get(key).ok_or_else(|| {
            SchemeError::refused(
                format!("key {key:?} is missing"),
                Place::whole(self.file),
                "a scheme states its name, its retry switch and its codes for ungrouped and \
                 rejected cases",
            )
        })
    }

    fn text(&self, key: &str) -> Result<String, SchemeError> {
        let json = self.need(key)?;
        let text = json.text().map(str::to_owned);
        text.ok_or_else(|| self.refuse(json.line, format!("{key:?} is not a text"), "quote it"))
    }

    /// A map of texts; empty when the key is absent.
    fn texts(&self, key: &str) -> Result<Vec<(String, String, u32)>, SchemeError> {
        let Some(json) = self.json.get(key) else { return Ok(Vec::new()) };
        let wrong = |line| self.refuse(line, format!("{key:?} is not a map of texts"), "write {\"key\": \"text\"}");
        let entries = json.map().ok_or_else(|| wrong(json.line))?;
        let pair = |(key, value): &(String, Json)| {
            let text = value.text().ok_or_else(|| wrong(value.line))?;
            Ok((key.clone(), text.to_owned(), value.line))
        };
        entries.iter().map(pair).collect()
    }

    fn rejected(&self) -> Result<[String; 3], SchemeError> {
        let json = self.need("rejected")?;
        let texts: Option<Vec<String>> =
            json.list().and_then(|list| list.iter().map(|item| item.text().map(str::to_owned)).collect());
        texts.and_then(|texts| texts.try_into().ok()).ok_or_else(|| {
            self.refuse(
                json.line,
                "\"rejected\" is not a list of three texts".into(),
                "write the MDC, ADRG and DRG texts of a rejected case",
            )
        })
    }

    fn retry(&self) -> Result<bool, SchemeError> {
        let key = "retry_each_other_proc_when_ungrouped";
        let json = self.need(key)?;
        match json.value {
            Value::Bool(retry) => Ok(retry),
            _ => Err(self.refuse(json.line, format!("{key:?} is not true or false"), "say which")),
        }
    }

    fn checks(&self) -> Result<InputChecks, SchemeError> {
        let java = self.json.get("source_language").and_then(Json::text) == Some("java");
        let Some(json) = self.json.get("input_checks") else {
            return Ok(if java { InputChecks::SexAndDiagnosis } else { InputChecks::Full });
        };
        match json.text() {
            Some("full") => Ok(InputChecks::Full),
            Some("sex_and_diagnosis") => Ok(InputChecks::SexAndDiagnosis),
            _ => Err(self.refuse(
                json.line,
                "\"input_checks\" is unknown".into(),
                "write \"full\" or \"sex_and_diagnosis\"",
            )),
        }
    }

    fn icd(&self) -> Result<[Option<(String, u32)>; 4], SchemeError> {
        let mut icd = [const { None }; 4];
        for (key, name, line) in self.texts("icd")? {
            if name.is_empty() || name.contains(['/', '\\', ':']) || name.starts_with('.') {
                return Err(self.refuse(
                    line,
                    format!("{name:?} is not a plain file name"),
                    "name a file of the folder _icd beside the scheme, or of the scheme's own",
                ));
            }
            let known = IcdTable::ALL.into_iter().zip(&mut icd).find(|(t, _)| t.key() == key);
            let Some((_, slot)) = known else {
                return Err(self.refuse(
                    line,
                    format!("unknown key {key:?} under \"icd\""),
                    "use dx_names, proc_names, dx_map, proc_map",
                ));
            };
            *slot = Some((name, line));
        }
        Ok(icd)
    }
}

/// Reads meta.json.
///
/// # Errors
/// Unknown, missing or ill-typed keys, with file and line.
pub(crate) fn read(file: &Path) -> Result<Meta, SchemeError> {
    let text = std::fs::read_to_string(file).map_err(|e| SchemeError::unreadable(file, e))?;
    let json = json::parse(&text).map_err(|e| refuse_json(file, e))?;
    let reader = Reader { file, json: &json };
    for (key, value) in json.map().unwrap_or_default() {
        if !READ.contains(&key.as_str()) && !DESCRIBING.contains(&key.as_str()) {
            return Err(reader.refuse(
                value.line,
                format!("unknown key {key:?}"),
                &format!("use only: {}, {}", READ.join(", "), DESCRIBING.join(", ")),
            ));
        }
    }
    let name = reader.text("scheme")?;
    if name.is_empty() {
        return Err(reader.refuse(json.line, "\"scheme\" is empty".into(), "name the scheme"));
    }
    let extra = reader.texts("drg_named_but_no_rule")?;
    Ok(Meta {
        name,
        checks: reader.checks()?,
        retry: reader.retry()?,
        ungrouped: reader.text("ungrouped_code")?,
        rejected: reader.rejected()?,
        regions: reader.texts("trauma_regions")?,
        extra_names: extra.into_iter().map(|(code, name, _)| (code, name)).collect(),
        icd: reader.icd()?,
    })
}
