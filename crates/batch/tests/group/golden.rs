//! The golden cases of six schemes, and clinical codes with translation.

use yibao_batch::group::GroupOptions;
use yibao_grouping::Scheme;

use crate::{Run, reference_data};

/// Without the column `reason`, which a golden file does not have.
fn without_reason(output: &str) -> String {
    let mut lines = String::new();
    for line in output.lines() {
        lines.push_str(line.rsplit_once(',').unwrap().0);
        lines.push('\n');
    }
    lines
}

fn reproduces(scheme: &str, file: &str, translate: bool) {
    let Some(data) = reference_data() else { return };
    let drg = data.join("drg");
    let scheme = Scheme::open(&drg.join("schemes").join(scheme)).unwrap();
    let golden = std::fs::read_to_string(drg.join("golden").join(file)).unwrap();
    for threads in [1, 2] {
        let options = GroupOptions { translate, threads, ..GroupOptions::default() };
        let run = Run::new(&scheme, golden.as_bytes(), &options);
        let summary = run.result.as_ref().unwrap();
        assert!(summary.is_clean(), "{summary:?}");
        let output = without_reason(&run.output());
        for (line, (ours, expected)) in output.lines().zip(golden.lines()).enumerate() {
            assert_eq!(ours, expected, "line {}", line + 1);
        }
        assert_eq!(output.lines().count(), golden.lines().count());
        assert_eq!(run.left(), ["out.csv"]);
    }
}

#[test]
fn chs_drg_11() {
    reproduces("chs_drg_11", "chs_drg_11.csv", false);
}

#[test]
fn chs_drg_20() {
    reproduces("chs_drg_20", "chs_drg_20.csv", false);
}

#[test]
fn beijing_2022() {
    reproduces("beijing_2022", "beijing_2022.csv", false);
}

#[test]
fn changzhou_2022() {
    reproduces("changzhou_2022", "changzhou_2022.csv", false);
}

#[test]
fn foshan_2022_with_hours_in_intensive_care() {
    reproduces("foshan_2022", "foshan_2022.csv", false);
}

#[test]
fn zhejiang_2022_which_tries_again() {
    reproduces("zhejiang_2022", "zhejiang_2022.csv", false);
}

#[test]
fn clinical_codes_are_translated_first() {
    reproduces("chs_drg_11", "chs_drg_11.clinical_codes.csv", true);
}
