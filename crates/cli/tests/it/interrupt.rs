//! Interrupts in the middle of a settlement: a whole result or none, and an older one stays whole.

use std::fmt::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::program::{Desk, Seeded};
use super::settled::Folder;

/// Rows of the interrupted job.
const ROWS: usize = 200_000;
/// Interrupts of each kind.
const TIMES: u64 = 6;

/// Stays of the example region, any number of them.
fn many_stays(rows: usize, seed: u64) -> String {
    let mut seeded = Seeded(seed);
    let mut text = String::from("病例号,参保人,医疗机构,险种,区县,入院日期,出院日期,病组,总费用,基金支付,个人负担\n");
    for row in 0..rows {
        let mut pick = |count: u64| seeded.below(count);
        let month = 1 + pick(12);
        let (first, days) = (1 + pick(14), pick(14));
        let (cost, group) = (200_000 + pick(4_000_000), 1 + pick(6));
        let patient = cost * (20 + pick(20)) / 100;
        let yuan = |fen: u64| format!("{}.{:02}", fen / 100, fen % 100);
        writeln!(
            text,
            "S{row:07},P{:06},H{},{},{},2025-{month:02}-{first:02},2025-{month:02}-{:02},G{group},{},{},{}",
            pick(rows as u64),
            1 + pick(3),
            ["310", "390"][usize::try_from(pick(2)).unwrap()],
            ["east", "west"][usize::try_from(pick(2)).unwrap()],
            first + days,
            yuan(cost),
            yuan(cost - patient),
            yuan(patient),
        )
        .unwrap();
    }
    text
}

/// The region with many stays as `many.csv`, and budgets to match.
pub fn many(rows: usize, seed: u64) -> Desk {
    let desk = Desk::with_region();
    desk.write("many.csv", many_stays(rows, seed));
    let budgets = [("points", "250000.00"), ("points", "120000.00"), ("rate", "260000.00"), ("rate", "200000.00")];
    for (file, budget) in budgets {
        let name = format!("region/{file}.toml");
        desk.edit(&name, &format!("amount = \"{budget}\""), "amount = \"2000000000.00\"");
    }
    desk
}

/// A desk with the large job, and how long it takes when nobody interrupts it.
fn large_job() -> (Desk, Duration) {
    let desk = many(ROWS, 3);
    let started = Instant::now();
    desk.run(&["settle", "region", "-o", "whole", "--stays", "many.csv"]).ended(0);
    (desk, started.elapsed())
}

fn start(desk: &Desk) -> Child {
    let arguments = ["settle", "region", "-o", "out", "--stays", "many.csv"];
    desk.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
    // It may have ended by itself in between.
    let _ = sent.success();
}

/// Moments spread over the run, the last shortly after its usual end.
fn moments(whole: Duration, seed: u64) -> Vec<Duration> {
    let mut seeded = Seeded(seed);
    let per_mille = (0..TIMES).map(|slice| slice * 1050 / TIMES + seeded.below(1050 / TIMES));
    per_mille.map(|share| whole * u32::try_from(share).unwrap() / 1000).collect()
}

/// Whole, or not there.
#[track_caller]
fn whole_or_none(desk: &Desk) -> bool {
    let there = desk.path("out").exists();
    if there {
        Folder(desk.path("out")).whole();
    }
    there
}

#[test]
fn ctrl_c_leaves_a_whole_result_or_nothing_at_all() {
    let (desk, whole) = large_job();
    let before = desk.names();
    for moment in moments(whole, 5) {
        let mut child = start(&desk);
        std::thread::sleep(moment);
        interrupt(&child);
        let status = child.wait().unwrap();
        if whole_or_none(&desk) {
            assert_eq!(status.code(), Some(0), "a result means success");
            std::fs::remove_dir_all(desk.path("out")).unwrap();
        } else {
            // None: the signal came before the program listened for it.
            assert!(matches!(status.code(), Some(130) | None), "no result, no success: {status}");
        }
        assert_eq!(desk.names(), before, "nothing is left beside it");
    }
}

#[test]
fn a_kill_leaves_a_whole_result_or_none() {
    let (desk, whole) = large_job();
    for moment in moments(whole, 9) {
        let mut child = start(&desk);
        std::thread::sleep(moment);
        child.kill().unwrap();
        child.wait().unwrap();
        if whole_or_none(&desk) {
            std::fs::remove_dir_all(desk.path("out")).unwrap();
        }
    }
    desk.run(&["settle", "region", "-o", "out", "--stays", "many.csv"]).ended(0);
    super::settled::same_bytes(&desk.path("out"), &desk.path("whole"));
}

#[test]
fn an_older_result_stays_whole_when_a_new_run_is_interrupted() {
    let (desk, whole) = large_job();
    desk.settle(&[]).ended(0);
    let old = desk.text("out/manifest.json");
    let new = desk.text("whole/manifest.json");
    for (at, moment) in moments(whole, 13).into_iter().enumerate() {
        let mut child = start(&desk);
        std::thread::sleep(moment);
        if at % 2 == 0 {
            interrupt(&child);
        } else {
            child.kill().unwrap();
        }
        child.wait().unwrap();
        assert!(whole_or_none(&desk), "the older result, or the new one");
        let found = desk.text("out/manifest.json");
        assert!(found == old || found == new, "one of the two results");
        if found == new {
            desk.settle(&[]).ended(0);
        }
    }
}
