//! Reference data: a folder outside the repository, named by `YIBAO_DATA`.

use std::path::PathBuf;

use yibao_grouping::{RawCase, Scheme};

/// The folder `drg` of the reference data, or `None` when there is none.
///
/// # Panics
/// On the build server the data must be there.
pub fn drg() -> Option<PathBuf> {
    match std::env::var_os("YIBAO_DATA") {
        Some(folder) => Some(PathBuf::from(folder).join("drg")),
        None if std::env::var_os("CI").is_some() => panic!("YIBAO_DATA is not set"),
        None => {
            println!("skipped: no reference data");
            None
        }
    }
}

/// Names of all reference schemes, sorted.
pub fn scheme_names(drg: &std::path::Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(drg.join("schemes"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "_icd")
        .collect();
    names.sort();
    assert_eq!(names.len(), 36);
    names
}

/// One row of a golden file.
pub struct GoldenCase {
    pub fields: csv::StringRecord,
}

impl GoldenCase {
    pub fn case(&self) -> RawCase<'_> {
        let number = |at: usize| {
            let text = &self.fields[at];
            (!text.is_empty()).then(|| text.parse::<i32>().unwrap())
        };
        RawCase {
            sex: &self.fields[1],
            age: number(2),
            age_days: number(3),
            weight_g: number(4),
            dept: &self.fields[5],
            los_days: number(6).unwrap_or(0),
            discharge: &self.fields[7],
            icu_hours: number(14).unwrap_or(0),
            dx: list(&self.fields[8]),
            proc: list(&self.fields[9]),
        }
    }

    /// Status, MDC, ADRG and DRG as published.
    pub fn expected(&self) -> [&str; 4] {
        [&self.fields[10], &self.fields[11], &self.fields[12], &self.fields[13]]
    }
}

fn list(text: &str) -> Vec<&str> {
    if text.is_empty() { Vec::new() } else { text.split('|').collect() }
}

pub fn golden(drg: &std::path::Path, name: &str) -> Vec<GoldenCase> {
    let mut reader = csv::Reader::from_path(drg.join("golden").join(name)).unwrap();
    reader.records().map(|fields| GoldenCase { fields: fields.unwrap() }).collect()
}

/// Status, MDC, ADRG and DRG of an answer.
pub fn texts(scheme: &Scheme, answer: yibao_grouping::Answer) -> [&str; 4] {
    [answer.status.text(), scheme.mdc(answer), scheme.adrg(answer), scheme.drg(answer)]
}
