//! `yibao policy` on benefit packs.

use super::program::{copy, repository};
use super::split_table::desk;

#[test]
fn a_pack_is_checked_and_its_examples_are_run() {
    let desk = desk();
    let run = desk.run(&["policy", "check", "demo-coast"]).ended(0);
    assert!(run.out.starts_with("ok: 8 packages, "), "{}", run.out);
    assert!(run.out.contains("※ 示意，未与文件核对"), "{}", run.out);
    let run = desk.run(&["policy", "test", "demo-coast"]).ended(0);
    assert!(run.out.starts_with("ok  two-quarters (") && run.out.ends_with(" examples, 0 wrong\n"), "{}", run.out);
    desk.edit("demo-coast/pack.toml", "fund = { pool = \"42640.00\" }", "fund = { pool = \"42640.01\" }");
    let run = desk.run(&["policy", "test", "demo-coast"]).ended(3);
    assert!(run.out.starts_with("not two-quarters\n"), "{}", run.out);
    assert!(run.out.ends_with(" examples, 1 wrong\n"), "{}", run.out);
    let run = desk.run(&["policy", "check", "demo-coast"]).ended(3);
    assert!(
        run.out
            .contains("error: 1 of the pack's own examples come out otherwise\n  hint: yibao policy test demo-coast")
    );
}

#[test]
fn a_wrong_pack_is_refused_by_check_test_and_split() {
    let desk = desk();
    desk.edit(
        "demo-coast/pack.toml",
        "level = \"primary\", value = \"300.00\"",
        "level = \"primery\", value = \"300.00\"",
    );
    for arguments in [&["policy", "check", "demo-coast"][..], &["policy", "test", "demo-coast"]] {
        let run = desk.run(arguments).ended(3);
        let text = run.out + &run.err;
        assert!(text.contains("error: unknown word \"primery\" of \"level\""), "{text}");
        assert!(text.contains("  --> demo-coast/pack.toml:"), "{text}");
        assert!(text.contains("  hint: did you mean \"primary\"?"), "{text}");
    }
    let run = desk.run(&["split", "bill.json", "--pack", "demo-coast", "--person", "state.json"]).ended(3);
    assert!(run.err.contains("\"primery\""), "{}", run.err);
}

#[test]
fn a_pack_is_held_against_the_national_list() {
    let desk = desk();
    copy(&repository().join("policies/national"), &desk.path("national"));
    // Level 3 without a referral pays 40 % where the list wants half.
    let run = desk.run(&["policy", "check", "demo-hill", "--against", "national"]).ended(3);
    let told = |text: &str| assert!(run.out.contains(text), "{text}\n{}", run.out);
    told("符合 meets: 两病门诊用药比例不低于50% · drugs of the two diseases at least 50% 0.5 … 0.6 (≥ 0.5)\n");
    told(
        "不及 below: 居民门诊统筹比例不低于50% · resident outpatient pooling at least 50% 0.4 … 0.65 (≥ 0.5)\n    本地 local: ",
    );
    told("与本险种无关 about another scheme: employee_deductible");
    let run = desk.run(&["policy", "check", "demo-coast", "--against", "national"]).ended(3);
    assert!(run.out.contains("不及 below: 职工门诊统筹比例不低于50%"), "{}", run.out);
    let run = desk.run(&["policy", "check", "demo-coast", "--against", "nowhere"]).ended(3);
    assert!(run.err.starts_with("error: "), "{}", run.err);
}

#[test]
fn a_package_is_shown_and_an_unknown_one_names_the_known() {
    let desk = desk();
    let run = desk.run(&["policy", "show", "demo-coast", "--package", "maternity", "--lang", "en"]).ended(0);
    assert!(run.out.starts_with("Coast Example City, employees (fictional) · demo-coast · Coast Example City\n"));
    assert!(run.out.contains("\n3. delivery: layer maternity fund in_scope [visit=delivery]"), "{}", run.out);
    let run = desk.run(&["policy", "show", "demo-coast", "--package", "matenity"]).ended(3);
    assert_eq!(run.err, "error: no package of this name\n  hint: did you mean \"maternity\"?\n");
}

#[test]
fn what_changed_between_two_packs() {
    let desk = desk();
    copy(&desk.path("demo-coast"), &desk.path("next"));
    assert_eq!(desk.run(&["policy", "diff", "demo-coast", "next"]).ended(0).out, "");
    desk.edit("next/pack.toml", "level = \"primary\", value = \"300.00\"", "level = \"primary\", value = \"350.00\"");
    assert_eq!(
        desk.run(&["policy", "diff", "demo-coast", "next"]).ended(0).out,
        "- package.inpatient.step[pool].deductible.rows: level=primary value=300.00\n+ package.inpatient.step[pool].deductible.rows: level=primary value=350.00\n"
    );
}

#[test]
fn the_schema_is_json() {
    let run = desk().run(&["policy", "schema"]).ended(0);
    let schema: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert!(schema["properties"]["package"].is_object());
}

#[test]
fn the_pack_of_the_guide_is_whole_and_its_example_comes_out() {
    let desk = desk();
    let guide = std::fs::read_to_string(repository().join("docs/methods/write-a-benefit-pack.md")).unwrap();
    let (_, rest) = guide.split_once("```toml\n").unwrap();
    let (pack, _) = rest.split_once("```").unwrap();
    desk.write("my-city/pack.toml", pack);
    let run = desk.run(&["policy", "check", "my-city"]).ended(0);
    assert!(run.out.starts_with("ok: 1 packages"));
    assert!(run.out.contains("no route takes visit = outpatient: such bills are refused\n"), "{}", run.out);
    let run = desk.run(&["policy", "test", "my-city"]).ended(0);
    assert_eq!(run.out, "ok  second-stay (10 figures)\n1 examples, 0 wrong\n");
}
