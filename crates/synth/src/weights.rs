//! Published weights, read to make costs around them.

use std::path::Path;

use rustc_hash::FxHashMap;
use yibao_kernel::Decimal;

use crate::error::SynthError;

/// Weight of a group that has none, in ten-thousandths: 1.0000.
pub const WEIGHT_UNKNOWN: i64 = 10_000;

/// Which file, and which of its columns and rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// The file.
    pub file: String,
    /// Column of the group.
    pub group: String,
    /// Column of the weight.
    pub weight: String,
    /// Only rows with this text in this column.
    pub only: Option<(String, String)>,
}

impl Choice {
    /// Reads `FILE.csv[:group_col:weight_col[:column=text]]`; the columns are `group` and `weight` when not named.
    ///
    /// # Errors
    /// Another number of parts, or a filter without `=`.
    pub fn parse(text: &str) -> Result<Self, SynthError> {
        let refused = |what: &str| SynthError::OutOfRange {
            what: format!("--weights {text}: {what}"),
            hint: "write FILE.csv, FILE.csv:group_col:weight_col or FILE.csv:group_col:weight_col:column=text".into(),
        };
        let end = text.rfind(".csv").ok_or_else(|| refused("not a .csv file"))? + ".csv".len();
        let (file, rest) = text.split_at(end);
        let parts: Vec<&str> = rest.split(':').collect();
        let (group, weight, only) = match parts.as_slice() {
            [""] => ("group", "weight", None),
            ["", group, weight] => (*group, *weight, None),
            ["", group, weight, only] => {
                let (column, value) = only.split_once('=').ok_or_else(|| refused("a filter without \"=\""))?;
                (*group, *weight, Some((column.to_owned(), value.to_owned())))
            }
            _ => return Err(refused("columns that cannot be read")),
        };
        Ok(Self { file: file.into(), group: group.into(), weight: weight.into(), only })
    }
}

/// Weights by group, in ten-thousandths.
#[derive(Debug, Default)]
pub struct Weights {
    by_group: FxHashMap<String, i64>,
}

impl Weights {
    /// Reads the chosen columns and rows.
    ///
    /// # Errors
    /// A missing file or column, a weight that is no decimal number of at most four places above zero,
    /// a group stated twice, no row at all.
    pub fn read(choice: &Choice) -> Result<Self, SynthError> {
        let path = Path::new(&choice.file);
        let bytes = std::fs::read(path).map_err(|cause| SynthError::unreadable(path, cause))?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut reader = csv::Reader::from_reader(bytes);
        let malformed = |error: csv::Error| {
            let line = error.position().map_or(1, csv::Position::line);
            SynthError::table(path, line, format!("malformed row: {error}"), "give every row the fields of the header")
        };
        let header = reader.headers().map_err(malformed)?.clone();
        let column = |name: &str| {
            header.iter().position(|column| column == name).ok_or_else(|| {
                let columns = header.iter().collect::<Vec<_>>().join(", ");
                SynthError::table(path, 1, format!("no column {name:?}"), format!("the columns are {columns}"))
            })
        };
        let (group_at, weight_at) = (column(&choice.group)?, column(&choice.weight)?);
        let only = match &choice.only {
            Some((name, value)) => Some((column(name)?, value.as_str())),
            None => None,
        };
        let mut by_group = FxHashMap::default();
        for record in reader.records() {
            let record = record.map_err(malformed)?;
            let line = record.position().map_or(0, csv::Position::line);
            let get = |at: usize| record.get(at).unwrap_or("");
            if only.is_some_and(|(at, value)| get(at) != value) {
                continue;
            }
            let weight =
                Decimal::parse(get(weight_at), 4).ok().filter(|weight| weight.units() > 0).ok_or_else(|| {
                    SynthError::table(
                        path,
                        line,
                        "a weight that is not a number above zero with at most four places",
                        "write it like 1.2345",
                    )
                })?;
            if by_group.insert(get(group_at).to_owned(), weight.units()).is_some() {
                return Err(SynthError::table(
                    path,
                    line,
                    format!("group {:?} has a weight already", get(group_at)),
                    "choose the rows of one version, for example :year=2022",
                ));
            }
        }
        if by_group.is_empty() {
            return Err(SynthError::table(path, 1, "no row is chosen", "check the filter of --weights"));
        }
        Ok(Self { by_group })
    }

    /// The weight of a group in ten-thousandths, if published.
    pub fn get(&self, group: &str) -> Option<i64> {
        self.by_group.get(group).copied()
    }
}

impl<K: Into<String>> FromIterator<(K, i64)> for Weights {
    /// From groups and their weights in ten-thousandths.
    fn from_iter<I: IntoIterator<Item = (K, i64)>>(rows: I) -> Self {
        Self { by_group: rows.into_iter().map(|(group, weight)| (group.into(), weight)).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, choice: &str) -> Result<Weights, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("w.csv");
        std::fs::write(&file, text).unwrap();
        let choice = Choice::parse(&format!("{}{choice}", file.display())).unwrap();
        let folder = format!("{}/", folder.path().display());
        Weights::read(&choice).map_err(|error| error.to_string().replace(&folder, ""))
    }

    #[test]
    fn one_version_of_a_table_is_chosen() {
        let text = "year,drg,weight\n2022,BR11,1.5\n2023,BR11,1.6021\n";
        let weights = read(text, ":drg:weight:year=2023").unwrap();
        assert_eq!(weights.get("BR11"), Some(16_021));
        assert_eq!(weights.get("BR13"), None);
    }

    #[test]
    fn two_versions_at_once_are_refused() {
        let text = "year,group,weight\n2022,BR11,1.5\n2023,BR11,1.6021\n";
        assert_eq!(
            read(text, "").unwrap_err(),
            "group \"BR11\" has a weight already\n  --> w.csv:3\n  hint: choose the rows of one version, for example :year=2022"
        );
    }

    #[test]
    fn a_weight_that_is_no_weight_is_refused() {
        for weight in ["0", "-1", "1.23456", "many", ""] {
            assert_eq!(
                read(&format!("group,weight\nBR11,{weight}\n"), "").unwrap_err(),
                "a weight that is not a number above zero with at most four places\n  --> w.csv:2\n  hint: write it like 1.2345",
                "{weight:?}"
            );
        }
    }

    #[test]
    fn a_choice_of_nothing_is_refused() {
        assert_eq!(
            read("group,weight,year\nBR11,1,2022\n", ":group:weight:year=2024").unwrap_err(),
            "no row is chosen\n  --> w.csv:1\n  hint: check the filter of --weights"
        );
        assert_eq!(
            read("drg,rw\nBR11,1\n", "").unwrap_err(),
            "no column \"group\"\n  --> w.csv:1\n  hint: the columns are drg, rw"
        );
    }

    #[test]
    fn a_choice_that_cannot_be_read_says_its_form() {
        for text in ["weights.txt", "weights.csv:group", "weights.csv:g:w:2022"] {
            let message = Choice::parse(text).unwrap_err().to_string();
            assert!(message.contains("hint: write FILE.csv, FILE.csv:group_col:weight_col"), "{message}");
        }
    }
}
