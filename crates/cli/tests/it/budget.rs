//! Budgets, negotiated standards and the pools that are lines of a budget, through the program.

use crate::program::Desk;

fn desk(example: &str) -> Desk {
    let desk = Desk::empty();
    crate::program::copy(&crate::program::repository().join("examples").join(example), &desk.path("pack"));
    desk
}

#[test]
fn the_budget_is_printed_chinese_first_and_written() {
    let desk = desk("budget-points-level");
    let run = desk.run(&["budget", "pack", "--year", "2025", "-o", "out"]).ended(0);
    for text in [
        "甲市（虚构） 2025 职工医保基金支出预算 （示意，非官方 illustrative）",
        "缴费收入",
        "contributions",
        "收入合计",
        "income",
        "计划结余",
        "planned surplus",
        "上年 540,000.00 × (1 + 6%)",
        "last year 540,000.00 × (1 + 6%)",
        "基层病种（向基层倾斜）",
        "其余",
        "what is left",
        "储备 reserve 调剂金 adjustment reserve: 期初 opening 0.00 + 划入 put in 17,172.00 + 调整 changes −6,000.00 = 可用 available 11,172.00",
        "意见 2024-11-06  opinion · 甲市财政部门",
        "调整 change 2025-07-01 points 6,000.00",
    ] {
        assert!(run.out.contains(text), "{text}\nnot in\n{}", run.out);
    }
    let page = desk.text("out/budget.html");
    assert!(page.contains("<svg") && page.contains("Illustrative") && !page.contains("<script src"));
    assert!(desk.text("out/budget.csv").lines().count() > 60);
    assert!(desk.path("out/budget.xlsx").is_file() && desk.path("out/manifest.json").is_file());
    let again = desk.run(&["budget", "pack", "-o", "again"]).ended(0);
    assert_eq!(desk.text("out/budget.csv"), desk.text("again/budget.csv"));
    assert!(again.out.contains("居民医保基金支出预算"), "every budget of the latest year");
}

#[test]
fn before_adoption_the_proposal_is_shown_and_nothing_is_settled() {
    let desk = desk("budget-points-zhejiang-form");
    let run = desk.run(&["budget", "pack", "--known", "2024-12-31"]).ended(0);
    assert!(run.out.contains("拟定 proposed") && !run.out.contains("定案 adopted"), "{}", run.out);
    let refused = desk.run(&["settle", "pack", "-o", "out", "--known", "2024-12-31"]).ended(2);
    assert!(
        refused.err.contains(
            "error: the budget \"region\" of 2025 has no adopted version known on 2024-12-31\n  --> pack/pack.toml:"
        ) && refused
            .err
            .contains("hint: it was adopted on 2025-01-08 and is known from 2025-01-15: ask as of that day or later"),
        "{}",
        refused.err
    );
    assert_eq!(desk.names(), ["pack"]);
}

#[test]
fn pools_are_the_lines_of_the_adopted_budget() {
    for (example, pools) in [
        ("budget-points-level", vec!["employee-points", "employee-primary", "employee-single", "resident-points"]),
        ("budget-points-zhejiang-form", vec!["employee-east", "employee-west", "resident-east", "resident-west"]),
    ] {
        let desk = desk(example);
        desk.run(&["budget", "pack", "-o", "budget"]).ended(0);
        desk.run(&["settle", "pack", "-o", "out"]).ended(0);
        let csv = desk.text("budget/budget.csv");
        let settled = desk.text("out/pools.csv");
        for pool in pools {
            let line = csv.lines().find(|line| line.contains(&format!(",pool:{pool},in_force,"))).unwrap();
            let amount = line.split(',').nth(13).unwrap();
            let row = settled.lines().find(|row| row.starts_with(&format!("{pool},"))).unwrap();
            assert_eq!(row.split(',').nth(1), Some(amount), "{row}\n{line}");
        }
    }
}

#[test]
fn a_standard_is_proposed_from_past_stays_and_read_back_as_a_proposal() {
    let desk = desk("budget-points-level");
    let run = desk.run(&["negotiate", "pack", "--on", "2025-10-15", "-o", "out"]).ended(0);
    assert!(
        run.out.contains("白内障 cataract")
            && run.out.contains("the fund's ability: employee.single + resident.single"),
        "{}",
        run.out
    );
    let table = desk.text("out/standards.csv");
    assert!(table.starts_with("disease,level,standard\n"), "{table}");
    assert!(desk.text("out/choices.csv").contains(",current,"));
    // The proposal goes into the pack as it is, as the standard of another year.
    let proposal = desk.text("out/proposal.toml").replace("year = 2025", "year = 2026").replace("-2025\"", "-2026\"");
    desk.write("pack/proposal.toml", proposal);
    desk.write("pack/standards.csv", table);
    desk.write("pack/standards.csv.source.toml", desk.text("out/standards.csv.source.toml"));
    desk.run(&["policy", "check", "pack"]).ended(0);
}

#[test]
fn a_pack_without_a_budget_or_a_negotiation_says_so() {
    let desk = Desk::with_region();
    let run = desk.run(&["budget", "region"]).ended(2);
    assert!(run.err.starts_with("error: the pack has no [[budget]]\n  hint: "), "{}", run.err);
    let run = desk.run(&["negotiate", "region"]).ended(2);
    assert!(run.err.starts_with("error: the pack has no [negotiate] table\n  hint: "), "{}", run.err);
    let run = self::desk("budget-points-level").run(&["budget", "pack", "--year", "2019"]).ended(2);
    assert_eq!(run.err.trim_end(), "error: the pack has no budget of 2019\n  hint: it has 2025");
}
