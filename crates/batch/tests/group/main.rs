//! Grouping of files: against the golden cases, with bad input, at several thread counts, in both formats.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod bad;
mod fuzz;
mod golden;
mod parquet;

use std::path::{Path, PathBuf};

use yibao_batch::group::{GroupError, GroupOptions, Summary, group_file};
use yibao_batch::{ReadOptions, Rejects};
use yibao_grouping::Scheme;

/// The reference-data folder; `None` (said aloud) when there is none. Under `CI` its absence is a failure.
fn reference_data() -> Option<PathBuf> {
    match std::env::var_os("YIBAO_DATA") {
        Some(folder) => Some(PathBuf::from(folder)),
        None => {
            assert!(std::env::var_os("CI").is_none(), "CI needs YIBAO_DATA");
            println!("skipped: no reference data");
            None
        }
    }
}

/// The scheme that ships with the program.
fn teaching() -> Scheme {
    Scheme::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemes/teaching")).unwrap()
}

const HEADER: &str = "case_id,sex,age_years,age_days,birth_weight_g,dept,los_days,discharge_status,dx,proc,icu_hours";

/// A case of pneumonia, to be varied.
fn pneumonia(id: &str) -> String {
    format!("{id},1,58,21273,,0401,8,1,J18.900,,")
}

/// A run over a small CSV text.
struct Run {
    folder: tempfile::TempDir,
    result: Result<Summary, GroupError>,
}

impl Run {
    fn new(scheme: &Scheme, text: &[u8], options: &GroupOptions) -> Run {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("in.csv");
        std::fs::write(&input, text).unwrap();
        let output = folder.path().join("out.csv");
        let result = group_file(scheme, &input, &output, Rejects::beside(&output), options, &|_| ());
        Run { folder, result }
    }

    fn output(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("out.csv")).unwrap()
    }

    fn rejects(&self) -> Option<String> {
        std::fs::read_to_string(self.folder.path().join("out.csv.rejects.csv")).ok()
    }

    /// Files in the folder besides the input.
    fn left(&self) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .filter(|name| name != "in.csv")
            .collect();
        names.sort();
        names
    }

    /// The message of a refusal, with the folder left out; nothing may be left behind.
    fn refusal(&self) -> String {
        assert_eq!(self.left(), Vec::<String>::new());
        let message = self.result.as_ref().unwrap_err().to_string();
        message.replace(&format!("{}/", self.folder.path().display()), "")
    }
}

/// Blocks of a few rows, so that their ends fall everywhere.
fn options(threads: usize) -> GroupOptions {
    let read = ReadOptions { block_bytes: 200, batch_rows: 7, ..ReadOptions::default() };
    GroupOptions { threads, read, ..GroupOptions::default() }
}
