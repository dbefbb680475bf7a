//! `yibao explain` on a folder of split bills.

use super::program::Desk;
use super::split_table::{desk, person};

const BILLS: &str =
    "bill_id,person_id,institution,level,area,visit,start,end,account,quantity,price,amount,stay,in_scope,voids
B1,P,H1,level3,990102,inpatient,2025-08-01,2025-08-21,own,1,50000.00,50000.00,S-B1,50000.00,
B2,P,H1,level3,990102,inpatient,2025-10-01,2025-10-11,none,1,10000.00,10000.00,S-B2,10000.00,
V1,P,,,,,,2025-11-01,,,,,,,B1
B3,P,H1,level9,990102,inpatient,2025-12-01,2025-12-11,none,1,10000.00,10000.00,S-B3,10000.00,
B2,Q,H1,level3,990102,inpatient,2025-10-01,2025-10-11,none,1,10000.00,10000.00,S-B2,10000.00,
";

fn split() -> Desk {
    let desk = desk();
    desk.write("bills.csv", BILLS);
    desk.write("persons.jsonl", person("P", &[]) + &person("Q", &[]));
    let arguments =
        ["split", "bills.csv", "--pack", "demo-coast", "--person", "persons.jsonl", "-o", "out", "--explain"];
    desk.run(&arguments).ended(3);
    desk
}

#[test]
fn a_bill_says_why_also_after_a_void() {
    let desk = split();
    let run = desk.run(&["explain", "out", "B2", "--person", "P", "--lang", "en"]).ended(0);
    let text = run.out;
    assert!(
        text.starts_with(
            "Bill B2 · demo-coast\n※ 示意，未与文件核对，不作为待遇依据; illustrative until confirmed against its documents\n  total            10000.00\n"
        ),
        "{text}"
    );
    let pool = |pays: &str| {
        format!("pooled fund: pays {pays} of 10000.00 (滨海示例市职工基本医疗保险办法（虚构）, article 第六条)\n")
    };
    let (first, again) = text.split_once("Split again after the void V1:\n").unwrap();
    assert!(first.contains(&pool("7310.00")), "{first}");
    assert!(
        again.starts_with("  deductible       +200.00\n  fund:pool        -170.00\n  cash             +170.00\n1. "),
        "{again}"
    );
    assert!(again.contains(&pool("7140.00")), "{again}");
    let text = desk.run(&["explain", "out", "B1"]).ended(0).out;
    assert!(text.contains("\n已由 V1 退费\n1. "), "{text}");
    assert_eq!(
        desk.run(&["explain", "out", "V1", "--lang", "en"]).ended(0).out,
        "V1 voids B1: every amount negated.\n"
    );
    let run = desk.run(&["explain", "out", "B2", "--person", "P", "--json"]).ended(0);
    let answer: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(answer["bill"]["fund:pool"], "7310.00");
    assert_eq!(answer["stored"][1]["after_void"], "V1");
    assert_eq!(answer["stored"][1]["difference"]["fund:pool"], "-170.00");
}

#[test]
fn what_is_not_there_is_said() {
    let desk = split();
    let says = |arguments: &[&str], message: &str| assert_eq!(desk.run(arguments).ended(2).err, message);
    says(&["explain", "out", "B2"], "error: bill B2 stands at several persons\n  hint: say whose: --person P\n");
    says(
        &["explain", "out", "B3"],
        "error: bill B3 was refused (unknown_word), line 5: the pack does not know this word of \"level\"\n  hint: did you mean \"level2\"?\n",
    );
    says(
        &["explain", "out", "B9"],
        "error: bill B9 is not in out\n  hint: ids are compared byte by byte; see splits.csv and refused.csv\n",
    );
    says(
        &["explain", "demo-coast", "B1"],
        "error: demo-coast: not a folder of split bills\n  hint: yibao split TABLE … -o OUT --explain\n",
    );
    std::fs::remove_file(desk.path("out/reasons.csv")).unwrap();
    says(
        &["explain", "out", "B1"],
        "error: out: the reasons were not kept\n  hint: split the table again with --explain\n",
    );
}
