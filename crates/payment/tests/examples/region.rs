//! Section 7: a region's year from end to end, as a pack through `settle`.

use yibao_kernel::{Decimal, Fen, Mode, Ratio};
use yibao_payment::settled::{ClearingRow, Settled};

use crate::reading::{Answers, Example, by_name, fen_of, plain};
use crate::support::{Row, head, method, pool, region, step, table};

pub fn answer(example: &Example) -> Option<Answers> {
    let shape =
        ["groups", "coef", "cases", "low_at", "band_to", "high_limit", "patient_share", "budget", "prepay_rate"];
    example.has(&shape).then(|| points_region(example))
}

fn points_region(example: &Example) -> Answers {
    let hospitals: Vec<String> = example.entries("coef").into_iter().map(|(name, _)| name).collect();
    let institutions: String = hospitals.iter().map(|id| format!("{id},{id},tertiary,all\n")).collect();
    let region = region(&pack(example), &format!("institution,name,level,district\n{institutions}"), &rows(example));
    answers(&hospitals, &region.settled())
}

/// The patient's part of every cost, half-up to the fen.
fn rows(example: &Example) -> Vec<Row> {
    let share = example.ratio("patient_share");
    let case = |(at, case): (usize, &serde_json::Value)| {
        let cost = fen_of(&case["cost"]);
        let patient = cost.ratio().checked_mul(share).unwrap().to_fen(Mode::HalfUp).unwrap();
        let row = Row::new(&format!("C{at}"), &plain(&case["hospital"]), &plain(&case["group"]), cost.get());
        Row { patient: patient.get(), ..row }
    };
    example.list("cases").iter().enumerate().map(case).collect()
}

fn column(example: &Example, key: &str, value: &str) -> Vec<(String, String)> {
    example.entries(key).into_iter().map(|(name, entry)| (name, plain(&entry[value]))).collect()
}

fn pairs(rows: &[(String, String)]) -> Vec<(&str, &str)> {
    rows.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

fn pack(example: &Example) -> String {
    let less = |a: Ratio, b: Ratio| a.checked_sub(b).unwrap();
    let (low, to, add, limit) =
        (example.ratio("low_at"), example.ratio("band_to"), example.ratio("band_add"), example.ratio("high_limit"));
    let above_limit = less(Ratio::ONE, limit);
    let bands = format!(
        r#"over = "group_mean"
coefficient_on = "{on}"
bands = [
  {{ upto = "{low}", times = {{ slope = "1", plus = "0" }} }},
  {{ above = "{low}", upto = "{to}", times = {{ slope = "1", plus = "{add}" }} }},
  {{ above = "{to}", upto = "{limit}", times = {{ slope = "0", plus = "1" }} }},
  {{ above = "{limit}", times = {{ slope = "1", plus = "{above_limit}" }} }},
]"#,
        on = if example.flag("coef_applies_to_outliers") { "all" } else { "standard" },
    );
    let (share, cap, keep) =
        (example.ratio("overrun_share"), example.ratio("overrun_cap"), example.ratio("surplus_keep"));
    let end = Ratio::ONE.checked_add(cap).unwrap();
    let most = Ratio::ONE.checked_add(share.checked_mul(cap).unwrap()).unwrap();
    let curve = format!(
        r#"overrun_from = "reserve"
saving_to = "reserve"
curve = [
  {{ upto = "1", times = {{ slope = "{returned}", plus = "{keep}" }} }},
  {{ above = "1", upto = "{end}", times = {{ slope = "{share}", plus = "{rest}" }} }},
  {{ above = "{end}", times = {{ slope = "0", plus = "{most}" }} }},
]"#,
        returned = less(Ratio::ONE, keep),
        rest = less(Ratio::ONE, share),
    );
    let same_price: Vec<(String, String)> = example
        .entries("groups")
        .into_iter()
        .filter(|(_, group)| group["same_price"].as_bool() == Some(true))
        .map(|(name, _)| (name, String::new()))
        .collect();
    let coefficients: Vec<(String, String)> =
        example.entries("coef").into_iter().map(|(name, value)| (name, plain(&value))).collect();
    let one = |id: &str, verb: &str, rest: &str| step("drg", id, verb, rest);
    let prepay = format!("rate = \"{}\"", example.ratio("prepay_rate"));
    let mut text = head("\"drg\"");
    text += &table("points", "group", "decimal", &pairs(&column(example, "groups", "base_points")));
    text += &table("means", "group", "fen", &pairs(&column(example, "groups", "mean")));
    text += &table("coefficients", "institution", "decimal", &pairs(&coefficients));
    let mut same = "";
    if !same_price.is_empty() {
        text += &table("same_price", "group", "list", &pairs(&same_price));
        same = "same_price = \"same_price\"";
    }
    text += &method("drg", "cost", "points");
    text += &one("scope", "scope", "when = { field = \"group\", present = true }");
    text += &one("base", "base_points", "table = \"points\"");
    text += &one("mean", "group_mean", "table = \"means\"");
    text += &one("coefficient", "coefficient", &format!("form = \"table\"\ntable = \"coefficients\"\n{same}"));
    text += &one("bands", "outlier_band", &bands);
    text += &one("points", "points", "");
    text += &one("prepay", "monthly_prepay", &prepay);
    text += &one("clear", "clear", "");
    text += &one("share", "share", &curve);
    text += &one("offset", "offset", "");
    let rate = example.ratio("adjust_rate");
    let reserve = format!(
        "[[pool.deduct]]\nid = \"adjust\"\nbasis = \"share_of_amount\"\nvalue = \"{rate}\"\nto = \"reserve\"\n{{source}}"
    );
    let budget = plain(&example.inputs["budget"]);
    text + &pool("inpatient", "\"drg\"", &budget, "reserve", &reserve)
}

fn answers(hospitals: &[String], settled: &Settled) -> Answers {
    let points = |units: i64| Decimal::new(units, 4);
    let row_of = |hospital: &String| -> &ClearingRow {
        settled.rows.iter().find(|row| settled.institutions[row.institution as usize].id == *hospital).unwrap()
    };
    let money = |of: &dyn Fn(&ClearingRow) -> Fen| {
        by_name(hospitals.iter().map(|hospital| (hospital.clone(), of(row_of(hospital)))))
    };
    let last = |row: &ClearingRow| row.cleared.checked_add(row.shared).unwrap();
    let units =
        hospitals.iter().map(|hospital| (hospital.clone(), points(i64::try_from(row_of(hospital).units).unwrap())));
    Answers::default()
        .with("case_points", settled.cases.outcome.iter().map(|outcome| points(outcome.points)).collect::<Vec<_>>())
        .with("points", by_name(units))
        .with("pv", settled.pools[0].price.unwrap())
        .with("cleared", money(&|row| row.cleared))
        .with("actual_fund", money(&|row| row.accounted))
        .with("share_wanted", money(&|row| row.share_wanted))
        .with("share_paid", money(&|row| row.shared))
        .with("final", money(&last))
        .with("prepaid", money(&|row| row.prepaid))
        .with("balance_due", money(&|row| row.due))
        .with("sum_final", yibao_kernel::sum(settled.rows.iter().map(last)).unwrap())
}
