//! What the check finds in the reference schemes, whose defects are known.

use yibao_grouping::{Finding, Problem, Scheme};

use crate::data;

/// How many findings of each kind.
#[derive(Debug, Default, PartialEq, Eq, Clone, Copy)]
struct Counts {
    dead_rules: usize,
    dead_rows: usize,
    never: usize,
    unused: usize,
}

fn count(findings: &[Finding]) -> Counts {
    let mut counts = Counts::default();
    for finding in findings {
        match finding.problem {
            Problem::DeadRule { .. } => counts.dead_rules += 1,
            Problem::DeadRow { .. } => counts.dead_rows += 1,
            Problem::NeverTrue { .. } => counts.never += 1,
            Problem::UnusedSet { .. } => counts.unused += 1,
            Problem::SharedDiagnoses { .. } => {}
        }
    }
    counts
}

/// Dead rules, each with the rule that takes its cases.
fn dead_rules(findings: &[Finding]) -> Vec<(&str, &str)> {
    let mut list = Vec::new();
    for finding in findings {
        if let Problem::DeadRule { rule, by, .. } = &finding.problem {
            list.push((rule.as_str(), by.as_str()));
        }
    }
    list
}

/// Dead rules, dead rows and conditions that hold for no case, of the schemes that have any.
const FOUND: [(&str, [usize; 3]); 13] = [
    ("beijing_2022", [4, 4, 0]),
    // 33 rows after a catch-all, and two inside wider bands of the stay.
    ("changzhou_2022", [1, 35, 0]),
    ("chongqing_2022", [1, 0, 0]),
    ("chs_drg_10", [14, 0, 0]),
    ("chs_drg_10_bundle", [1, 0, 0]),
    ("foshan_2022", [2, 10, 4]),
    ("handan_2022", [2, 0, 0]),
    ("hefei_2023", [3, 2, 34]),
    ("liaocheng_2022", [0, 167, 0]),
    ("linfen_2022", [1, 0, 0]),
    ("nanping_2023", [4, 0, 0]),
    ("suzhou_2023", [1, 0, 0]),
    ("wlmq_2022", [0, 1, 0]),
];

const FOUND_TOO: [(&str, [usize; 3]); 3] =
    [("wuhan_2022", [14, 0, 0]), ("wuxi_2022", [3, 0, 0]), ("zhejiang_2022", [6, 19, 2])];

#[test]
fn dead_rules_and_rows_of_all_reference_schemes() {
    let Some(drg) = data::drg() else { return };
    for name in data::scheme_names(&drg) {
        let scheme = Scheme::open(&drg.join("schemes").join(&name)).unwrap();
        let counts = count(&scheme.check());
        let known = FOUND.iter().chain(&FOUND_TOO).find(|(known, _)| *known == name);
        let [dead_rules, dead_rows, never] = known.map_or([0; 3], |(_, counts)| *counts);
        assert_eq!(counts, Counts { dead_rules, dead_rows, never, unused: 0 }, "{name}");
    }
}

#[test]
fn rules_of_1_0_that_lost_their_conditions_swallow_what_follows() {
    let Some(drg) = data::drg() else { return };
    for name in ["chs_drg_10", "wuhan_2022"] {
        let scheme = Scheme::open(&drg.join("schemes").join(name)).unwrap();
        let findings = scheme.check();
        let mut by: Vec<&str> = dead_rules(&findings).into_iter().map(|(_, by)| by).collect();
        by.dedup();
        assert_eq!(by, ["PB1", "YC1", "WB1"], "{name}");
    }
    let scheme = Scheme::open(&drg.join("schemes/chs_drg_10_bundle")).unwrap();
    assert_eq!(dead_rules(&scheme.check()), [("YR2", "YC1")]);
}

#[test]
fn a_finding_names_its_place() {
    let Some(drg) = data::drg() else { return };
    let scheme = Scheme::open(&drg.join("schemes/liaocheng_2022")).unwrap();
    let findings = scheme.check();
    let dead = findings.iter().find(|f| matches!(f.problem, Problem::DeadRow { .. })).unwrap();
    let text = dead.to_string();
    assert!(text.starts_with("drg.csv:"), "{text}");
    assert!(text.contains(" can never be reached: "), "{text}");
}
