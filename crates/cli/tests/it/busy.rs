//! A busier region to count in: the fixture's pack with three hundred stays of its own, one institution with a handful.

use std::fmt::Write as _;

use super::program::{Desk, Seeded};

/// Cases of the small institution.
pub const FEW: u32 = 6;

const INDICATORS: &str = r#"
[indicators]
small_sample = 10
persons = true
source = { fictional = true, note = "for the tests" }

[indicators.grouping]
exclude = [{ field = "los_days", gt = 60 }, { field = "cost", lt = "5.00" }]
source = { fictional = true, note = "for the tests" }

[[indicators.readmission]]
id = "any-30"
title = { zh = "30 日再入院率", en = "readmission, 30 days" }
window_days = 30
inclusive = true
same = "any"
institution = "any"
source = { fictional = true, note = "for the tests" }

[indicators.plan]
programme_year = 2
methods = ["drg_points"]
institutions = { all = 4, added = ["0.40", "0.30", "0.30"] }
fund = { at_least = ["0.30", "0.50", "0.70"] }
source = { fictional = true, note = "for the tests" }
"#;

/// A stay as written.
pub struct Stay {
    pub id: String,
    pub person: String,
    pub institution: &'static str,
    pub group: &'static str,
    pub days: i64,
    pub cost_fen: i64,
}

/// The stays: H1 and H2 in turn, H3 at the end with [`FEW`]. Persons come again now and then.
pub fn stays() -> Vec<Stay> {
    let mut seeded = Seeded(7);
    (0_u32..300)
        .map(|at| {
            let institution = if at >= 300 - FEW { "H3" } else { ["H1", "H2"][at as usize % 2] };
            let group = if seeded.below(3) == 0 { "G2" } else { "G1" };
            let mean = if group == "G1" { 800_000 } else { 2_000_000 };
            Stay {
                id: format!("CASE-{at:05}"),
                person: format!("PERSON-{:05}", seeded.below(240)),
                institution,
                group,
                days: 2 + seeded.below(12) as i64,
                cost_fen: mean * (70 + seeded.below(60) as i64) / 100,
            }
        })
        .collect()
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// A desk with the busy region as `region`.
pub fn desk() -> Desk {
    let desk = Desk::with_region();
    let heading = desk.text("region/stays.csv").lines().next().unwrap().to_owned();
    let mut text = heading + "\n";
    for (at, stay) in stays().iter().enumerate() {
        let (month, day) = (at % 11 + 1, at % 14 + 1);
        let patient = stay.cost_fen * 3 / 10;
        let insurance = ["310", "390"][at / 2 % 2];
        let district = ["east", "west"][at / 5 % 2];
        writeln!(
            text,
            "{},{},{},{insurance},{district},2025-{month:02}-{day:02},2025-{month:02}-{:02},{},{},{},{}",
            stay.id,
            stay.person,
            stay.institution,
            day as i64 + stay.days,
            stay.group,
            yuan(stay.cost_fen),
            yuan(stay.cost_fen - patient),
            yuan(patient)
        )
        .unwrap();
    }
    desk.write("region/stays.csv", text);
    desk.write("region/indicators.toml", INDICATORS);
    desk
}
