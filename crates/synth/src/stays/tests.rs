//! A scheme of two MDCs, small enough to read, and regions made of it.

use std::path::Path;

use super::*;
use crate::write;

const RULES: &str = r#"{
"mdc":{
"MDCP":["and",["pdx","MDCP.d"],["==","age",0]],
"MDCB":["pdx","MDCB.d"]},
"adrg":{
"PS1":["and",["adx","PS1.d"],[">","weight",0],["<","weight",1500],["<=","age_days",28]],
"PV1":["pdx","MDCP.d"],
"BB1":["and",["pdx","BB1.d"],["ppx","BB1.p"]],
"BQY":["ppx","OR"],
"BR1":["pdx","BR1.d"],
"BX1":["and",["pdx","BR1.d"],["pdx","BZ1.d"]],
"BZ1":["pdx","BZ1.d"]},
"drg":{
"any":["true"],
"mcc":["mcc"],
"cc":["or",["mcc"],["cc"]],
"child":["<","age",18]}}
"#;

/// Writes the scheme's tables.
fn scheme(folder: &Path) {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write("meta.json", r#"{"scheme":"small","retry_each_other_proc_when_ungrouped":false,"ungrouped_code":"0000"}"#);
    write("adrg_rules.json", RULES);
    write("mdc.csv", "order,mdc\n1,MDCP\n2,MDCB\n");
    write(
        "adrg.csv",
        "order,mdc,rule,adrg,kind,no_drg\n1,MDCP,PS1,PS1,adrg,next\n2,MDCP,PV1,PV1,adrg,next\n3,MDCB,BB1,BB1,adrg,next\n4,MDCB,BQY,BQY,qy,next\n5,MDCB,BR1,BR1,adrg,next\n6,MDCB,BX1,BX1,adrg,next\n7,MDCB,BZ1,BZ1,adrg,next\n",
    );
    write(
        "drg.csv",
        "rule,order,drg,cond,name\nPS1,1,PS19,any,x\nPV1,1,PV19,any,x\nBB1,1,BB11,mcc,x\nBB1,2,BB13,cc,x\nBB1,3,BB15,any,x\nBR1,1,BR11,mcc,x\nBR1,2,BR15,any,x\nBX1,1,BX19,any,x\nBZ1,1,BZ11,child,x\nBZ1,2,BZ19,any,x\n",
    );
    write(
        "code_sets.csv",
        "set,kind,n,codes\nMDCP.d,dx,2,P07.1|P59.9\nPS1.d,dx,1,P07.1\nMDCB.d,dx,4,G40.9|I63.9|G43.9|D33.0\nBB1.d,dx,1,D33.0\nBR1.d,dx,1,I63.9\nBZ1.d,dx,2,G40.9|G43.9\nBB1.p,proc,1,01.59\nOR,proc,2,01.59|03.09\n",
    );
    write("cc.csv", "code,level,table\nJ96.0,MCC,1\nI50.9,MCC,2\nE87.6,CC,3\nI10,CC,2\n");
    write("exclusion.csv", "table,code\n2,I63.9\n");
}

fn with_region<T>(cases: u64, seed: u64, weights: &Weights, test: impl FnOnce(&Region<'_>) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    scheme(folder.path());
    let tables = Tables::read(folder.path()).unwrap();
    let wanted = Wanted { cases, seed, year: 2023, rate: Fen::new(1_216_526), institutions: 10 };
    test(&Region::new(&tables, weights, wanted).unwrap())
}

fn texts(region: &Region<'_>) -> (String, String) {
    let (mut stays, mut key) = (Vec::new(), Vec::new());
    write::all(region, &mut stays, &mut key).unwrap();
    (String::from_utf8(stays).unwrap(), String::from_utf8(key).unwrap())
}

fn weights() -> Weights {
    [("BB11", 80_000), ("BB15", 40_000), ("BR15", 9_000), ("PV19", 8_000)].into_iter().collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    let weights = weights();
    let first = with_region(500, 7, &weights, texts);
    assert_eq!(with_region(500, 7, &weights, texts), first);
    assert_ne!(with_region(500, 8, &weights, texts).0, first.0);
}

#[test]
fn another_year_of_the_same_seed_is_the_same_region_with_other_stays() {
    let folder = tempfile::tempdir().unwrap();
    scheme(folder.path());
    let (tables, weights) = (Tables::read(folder.path()).unwrap(), weights());
    let year = |year| {
        let wanted = Wanted { cases: 50, seed: 7, year, rate: Fen::new(1_000_000), institutions: 10 };
        let region = Region::new(&tables, &weights, wanted).unwrap();
        (region.institutions().to_vec(), region.stays().map(|stay| stay.case).collect::<Vec<_>>())
    };
    let (first, second) = (year(2023), year(2024));
    assert_eq!(first.0, second.0);
    assert_ne!(first.1, second.1);
}

#[test]
fn a_stay_does_not_depend_on_how_many_are_asked_for() {
    let weights = weights();
    let few = with_region(50, 7, &weights, |region| region.stays().collect::<Vec<_>>());
    let many = with_region(500, 7, &weights, |region| region.stays().take(50).collect::<Vec<_>>());
    assert_eq!(few, many);
}

#[test]
fn every_group_that_can_be_met_is_met() {
    let weights = weights();
    let (_, key) = with_region(5_000, 3, &weights, texts);
    for drg in ["PS19", "PV19", "BB11", "BB13", "BB15", "BQY", "BR11", "BR15", "BZ11", "BZ19"] {
        assert!(key.lines().any(|line| line.ends_with(&format!(",{drg}"))), "{drg}");
    }
    assert!(!key.contains("BX1"), "a dead rule is never the answer");
    assert!(key.contains(",UNGROUPED,0000,00,0000\n"));
}

#[test]
fn every_stay_holds_together() {
    let weights = weights();
    with_region(5_000, 4, &weights, |region| {
        for stay in region.stays() {
            assert_eq!(stay.fund.get() + stay.patient.get(), stay.cost.get());
            assert!(stay.patient > Fen::ZERO && stay.fund > Fen::ZERO);
            assert_eq!(stay.admission.days_until(stay.discharge), stay.case.los_days);
            assert_eq!(stay.discharge.year(), 2023);
            assert_eq!(stay.case.age_years == 0, stay.case.age_days.is_some());
            if stay.case.age_days.is_some_and(|days| days <= 28) {
                assert!(stay.case.weight_g.is_some());
            }
        }
    });
}

#[test]
fn about_thirty_per_cent_are_paid_by_patients_and_both_insurances_occur() {
    let weights = weights();
    with_region(20_000, 5, &weights, |region| {
        let (mut patient, mut cost, mut employees) = (0, 0, 0);
        for stay in region.stays() {
            patient += stay.patient.get();
            cost += stay.cost.get();
            employees += u32::from(stay.insurance == Insurance::Employee);
        }
        let per_mille = patient * 1000 / cost;
        assert!((260..=340).contains(&per_mille), "{per_mille}");
        assert!((3_000..15_000).contains(&employees), "{employees}");
    });
}

#[test]
fn some_persons_come_back_within_fifteen_days() {
    let weights = weights();
    with_region(20_000, 6, &weights, |region| {
        let stays: Vec<Stay> = region.stays().collect();
        let mut back = 0;
        for stay in stays.iter().filter(|stay| stay.person != stay.number) {
            let earlier = &stays[stay.person as usize];
            let days = earlier.discharge.days_until(stay.admission);
            assert!((1..=15).contains(&days), "{days}");
            assert_eq!((earlier.case.sex, earlier.insurance), (stay.case.sex, stay.insurance));
            back += 1;
        }
        assert!((350..600).contains(&back), "{back}");
        assert!(stays.iter().any(|stay| stay.incomplete));
        assert!(stays.iter().any(|stay| stay.case.los_days > 60));
    });
}

#[test]
fn a_precompiled_scheme_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("small.scheme");
    std::fs::write(&file, "x").unwrap();
    let message = Tables::read(&file).unwrap_err().to_string().replace(&folder.path().display().to_string(), "");
    assert_eq!(
        message,
        "/small.scheme is not a folder of tables\n  hint: synthetic stays are made from the tables themselves; give the folder that holds adrg_rules.json, not a precompiled file"
    );
}

#[test]
fn a_condition_outside_the_grammar_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    scheme(folder.path());
    let rules = RULES.replace(r#"["pdx","BR1.d"],["pdx","BZ1.d"]"#, r#"["cost","BR1.d"]"#);
    std::fs::write(folder.path().join("adrg_rules.json"), rules).unwrap();
    let message =
        Tables::read(folder.path()).unwrap_err().to_string().replace(&folder.path().display().to_string(), "");
    assert_eq!(
        message,
        "unknown predicate \"cost\"\n  --> /adrg_rules.json:11\n  hint: the grammar of conditions is closed; see docs/reference/scheme.md"
    );
}

#[test]
fn numbers_out_of_range_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    scheme(folder.path());
    let tables = Tables::read(folder.path()).unwrap();
    let weights = weights();
    let usual = Wanted { cases: 10, seed: 1, year: 2023, rate: Fen::new(100), institutions: 10 };
    let refusal = |wanted: Wanted| Region::new(&tables, &weights, wanted).unwrap_err().to_string();
    assert_eq!(refusal(Wanted { cases: 0, ..usual.clone() }), "0 stays\n  hint: ask for 1 to 100000000");
    assert_eq!(
        refusal(Wanted { rate: Fen::ZERO, ..usual.clone() }),
        "a rate of 0.00 yuan\n  hint: give the price of a weight of 1 in yuan, above 0 and at most 1000000.00"
    );
    assert_eq!(refusal(Wanted { year: 23, ..usual }), "the year 23\n  hint: give a year from 1900 to 2200");
}
