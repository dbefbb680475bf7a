//! A settled folder read back, and the sums that hold in every one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use arrow::array::Array;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use sha2::{Digest, Sha256};

/// Files of a settled folder.
pub const FILES: [&str; 17] = [
    "assessment.csv",
    "cases.parquet",
    "clearing.csv",
    "entries.csv",
    "facts.json",
    "final.csv",
    "identity.csv",
    "inner.csv",
    "manifest.json",
    "monthly.csv",
    "pack.json",
    "pools.csv",
    "reasons.json",
    "receivables.csv",
    "refused.csv",
    "report.html",
    "statements.xlsx",
];

/// A table as texts by column.
pub type Row = BTreeMap<String, String>;

/// Amounts and units of a clearing row.
const KEY: [&str; 4] = ["institution", "insurance", "method", "district"];

/// A settled folder.
pub struct Folder(pub PathBuf);

/// A decimal text as a whole number of its last place.
#[track_caller]
pub fn number(text: &str, places: usize) -> i128 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    assert_eq!(fraction.len(), places, "{text} has {places} decimals");
    sign * format!("{whole}{fraction}").parse::<i128>().unwrap()
}

/// Yuan as fen.
#[track_caller]
pub fn fen(row: &Row, column: &str) -> i128 {
    number(&row[column], 2)
}

/// The key of a clearing row.
pub fn key(row: &Row) -> [String; 4] {
    KEY.map(|column| row[column].clone())
}

/// A CSV as rows.
pub fn csv_rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows = reader.records().map(|record| {
        header.iter().zip(&record.unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    });
    rows.collect()
}

impl Folder {
    /// The bytes of a file.
    #[track_caller]
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The text of a file.
    #[track_caller]
    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// The rows of a CSV.
    pub fn csv(&self, name: &str) -> Vec<Row> {
        csv_rows(&self.text(name))
    }

    /// A JSON file.
    pub fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_slice(&self.bytes(name)).unwrap()
    }

    /// Columns of the settled cases, as texts, in file order.
    pub fn cases(&self, columns: &[&str]) -> Vec<Row> {
        let file = File::open(self.0.join("cases.parquet")).unwrap();
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
        let mut rows = Vec::new();
        for batch in builder.with_projection(mask).build().unwrap() {
            let batch = batch.unwrap();
            let schema = batch.schema();
            let from = rows.len();
            rows.resize(from + batch.num_rows(), Row::new());
            for (field, column) in schema.fields().iter().zip(batch.columns()) {
                let formatter = ArrayFormatter::try_new(column, &FormatOptions::default()).unwrap();
                for (at, row) in rows[from..].iter_mut().enumerate() {
                    let text = if column.is_null(at) { String::new() } else { formatter.value(at).to_string() };
                    row.insert(field.name().clone(), text);
                }
            }
        }
        rows
    }

    /// A count of the manifest.
    pub fn count(&self, name: &str) -> u64 {
        self.json("manifest.json")["counts"][name].as_u64().unwrap()
    }

    /// Fails unless the folder is whole: every file there, each with the size and hash of the manifest.
    #[track_caller]
    pub fn whole(&self) {
        assert_eq!(super::program::names(&self.0), FILES);
        let manifest = self.json("manifest.json");
        let outputs = manifest["outputs"].as_array().unwrap();
        assert_eq!(outputs.len(), FILES.len() - 1);
        for output in outputs {
            let name = output["name"].as_str().unwrap();
            let bytes = self.bytes(name);
            let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(output["bytes"].as_u64().unwrap(), bytes.len() as u64, "{name}");
            assert_eq!(output["sha256"].as_str().unwrap(), hash, "{name}");
        }
    }

    /// Fails unless every sum that must hold in a settled year holds, to the fen.
    #[track_caller]
    pub fn adds_up(&self) {
        let (rows, pools) = (self.csv("clearing.csv"), self.csv("pools.csv"));
        for pool in &pools {
            let of = |column| fen(pool, column);
            assert_eq!(of("budget") + of("drawn"), of("deducted") + of("reserve_in") + of("distributable"), "{pool:?}");
            assert_eq!(of("distributable"), of("cleared") + of("charged") + of("residual"), "{pool:?}");
        }
        for row in &rows {
            let of = |column| fen(row, column);
            let entitled = of("cleared") + of("charged") + of("assessed") + of("shared") + of("difference");
            let due = entitled - of("withheld") - of("prepaid");
            assert_eq!(of("due"), due, "{row:?}");
        }
        let sum = |rows: &[Row], column: &str| rows.iter().map(|row| fen(row, column)).sum::<i128>();
        assert_eq!(sum(&rows, "cleared"), sum(&pools, "cleared"), "rows and pools");
        let lines = self.csv("identity.csv");
        let side =
            |side: &'static str| lines.iter().filter(move |line| line["side"] == side).map(|line| fen(line, "amount"));
        assert_eq!(side("source").sum::<i128>(), side("use").sum::<i128>(), "what came in is what went out");
        self.cases_add_up(&rows);
        self.months_add_up(&rows);
        let cases: u64 = rows.iter().map(|row| row["cases"].parse::<u64>().unwrap()).sum();
        assert_eq!(self.count("settled"), cases);
        assert_eq!(self.count("refused"), self.csv("refused.csv").len() as u64);
        let counted = cases + self.count("refused") + self.count("not_selected");
        assert_eq!(self.count("read"), counted, "every row read is settled, refused or of another job");
    }

    #[track_caller]
    fn cases_add_up(&self, rows: &[Row]) {
        let cases = self.cases(&["institution", "insurance", "method", "district", "cost", "fund", "patient", "paid"]);
        let mut sums: BTreeMap<[String; 4], [i128; 4]> = BTreeMap::new();
        for case in &cases {
            assert_eq!(fen(case, "cost"), fen(case, "fund") + fen(case, "patient"), "{case:?}");
            let sum = sums.entry(key(case)).or_default();
            let parts = [1, fen(case, "fund"), fen(case, "patient"), fen(case, "paid")];
            sum.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
        assert_eq!(sums.len(), rows.len(), "one clearing row per key that has cases");
        for row in rows {
            let [count, fund, patient, paid] = sums[&key(row)];
            assert_eq!(row["cases"], count.to_string(), "{row:?}");
            assert_eq!(fen(row, "accounted"), fund, "{row:?}");
            assert_eq!(fen(row, "patient"), patient, "{row:?}");
            assert_eq!(fen(row, "cleared"), paid, "the cases of {row:?} are paid what it is cleared");
        }
    }

    #[track_caller]
    fn months_add_up(&self, rows: &[Row]) {
        let mut sums: BTreeMap<[String; 4], [i128; 5]> = BTreeMap::new();
        for month in &self.csv("monthly.csv") {
            let sum = sums.entry(key(month)).or_default();
            let parts = [
                month["cases"].parse().unwrap(),
                number(&month["units"], 4),
                fen(month, "accounted"),
                fen(month, "patient"),
                fen(month, "prepaid"),
            ];
            sum.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
        for row in rows {
            let [cases, units, accounted, patient, prepaid] = sums.get(&key(row)).copied().unwrap_or_default();
            assert_eq!(row["cases"], cases.to_string(), "{row:?}");
            assert_eq!(number(&row["units"], 4), units, "{row:?}");
            assert_eq!(fen(row, "accounted"), accounted, "{row:?}");
            assert_eq!(fen(row, "patient"), patient, "{row:?}");
            assert_eq!(fen(row, "prepaid"), prepaid, "{row:?}");
        }
    }
}

/// Fails unless two folders hold the same files, byte for byte.
#[track_caller]
pub fn same_bytes(left: &Path, right: &Path) {
    assert_eq!(super::program::names(left), super::program::names(right));
    for name in super::program::names(left) {
        let same = fs::read(left.join(&name)).unwrap() == fs::read(right.join(&name)).unwrap();
        assert!(same, "{name} differs between {} and {}", left.display(), right.display());
    }
}
