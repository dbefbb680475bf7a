//! The CSV files, as printed.

use crate::sample::{Run, bilingual, institution, points_region, yuan};
use yibao_disclosure::tables::{clearing_csv, institutions_csv, monthly_csv, pools_csv, refused_csv};
use yibao_payment::settled::ClearingRow;

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_two_hospitals_of_the_notes_are_cleared_as_worked_by_hand() {
    let run = points_region();
    assert_eq!(
        text(clearing_csv(&run.settled)),
        "institution,insurance,method,district,period,cases,units,accounted,patient,cleared,charged,assessed,shared,difference,withheld,prepaid,due\n\
         H1,310,drg_points,all,2025,4,914.0000,87360.00,37440.00,71508.18,0.00,0.00,5000.00,0.00,0.00,74256.00,2252.18\n\
         H2,310,drg_points,all,2025,2,260.0000,17500.00,7500.00,23491.82,0.00,0.00,0.00,0.00,0.00,14875.00,8616.82\n"
    );
}

#[test]
fn the_pool_shows_where_the_budget_went() {
    assert_eq!(
        text(pools_csv(&points_region().settled)),
        "pool,budget,deducted,drawn,reserve_in,reserve_out,distributable,cleared,charged,residual,borne_by,difference,\
         carried,reserve_opening,reserve_saved,reserve_closing\n\
         inpatient,100000.00,0.00,0.00,5000.00,5000.00,95000.00,95000.00,0.00,0.00,reserve,0.00,0.00,0.00,0.00,0.00\n"
    );
}

#[test]
fn months_carry_the_key_of_their_row() {
    assert_eq!(
        text(monthly_csv(&points_region().settled)),
        "institution,insurance,method,district,period,cases,units,accounted,patient,prepaid\n\
         H1,310,drg_points,all,2025-01,1,64.0000,3360.00,1440.00,2856.00\n\
         H2,310,drg_points,all,2025-05,1,80.0000,4900.00,2100.00,4165.00\n"
    );
}

#[test]
fn refused_stays_say_why_in_both_languages() {
    assert_eq!(
        text(refused_csv(&points_region().settled)),
        "source_row,case_id,code,reason_zh,reason_en,feed,file\n\
         9,C7,unknown_institution,机构 H9 不在机构表中,institution H9 is not in the table,,\n"
    );
}

#[test]
fn an_institution_with_two_rows_is_one_line_with_their_sum() {
    let mut run = points_region();
    let second =
        ClearingRow { institution: 1, cases: 1, cleared: yuan("-0.03"), due: yuan("-0.03"), ..ClearingRow::default() };
    run.settled.rows.push(second);
    assert_eq!(
        text(institutions_csv(&run.settled)),
        "institution,name,level,district,cases,accounted,patient,cleared,charged,assessed,shared,difference,withheld,prepaid,due\n\
         H1,第一医院,tertiary,all,4,87360.00,37440.00,71508.18,0.00,0.00,5000.00,0.00,0.00,74256.00,2252.18\n\
         H2,第二医院,secondary,all,3,17500.00,7500.00,23491.79,0.00,0.00,0.00,0.00,0.00,14875.00,8616.79\n"
    );
}

#[test]
fn negative_units_and_amounts_keep_their_sign_and_places() {
    let mut run = points_region();
    run.settled.rows.truncate(1);
    run.settled.rows[0].units = -5;
    run.settled.rows[0].due = yuan("-0.05");
    let printed = text(clearing_csv(&run.settled));
    assert!(printed.contains(",-0.0005,"), "{printed}");
    assert!(printed.ends_with(",-0.05\n"), "{printed}");
}

#[test]
fn names_with_commas_quotes_and_line_ends_stay_one_field() {
    let mut run: Run = points_region();
    run.settled.institutions[0] = institution("H1", "甲,\"乙\"\n丙", "tertiary");
    assert!(text(institutions_csv(&run.settled)).contains("H1,\"甲,\"\"乙\"\"\n丙\",tertiary"));
    run.settled.refused[0].reason = bilingual("甲,乙", "a,b");
    assert!(text(refused_csv(&run.settled)).contains("\"甲,乙\",\"a,b\""));
}

#[test]
fn an_empty_result_is_a_heading() {
    let mut run = points_region();
    run.settled.rows.clear();
    run.settled.monthly.clear();
    assert_eq!(text(clearing_csv(&run.settled)).lines().count(), 1);
    assert_eq!(text(institutions_csv(&run.settled)).lines().count(), 1);
    assert_eq!(text(monthly_csv(&run.settled)).lines().count(), 1);
}
