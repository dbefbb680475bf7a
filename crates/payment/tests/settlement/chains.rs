//! Coefficients and add-ons of named regions, through packs.

use super::*;

/// Beijing's new-technology rule: both tests strict, cost > 2 × mean and share > 64% (the worked examples
/// `drg.exempt.beijing.*`; <http://0755sxk.com/news/i793814.html>).
fn beijing() -> String {
    let mut text =
        head("\"r\"") + "\n[fields.new_tech_cost]\nkind = \"fen\"\nzh = \"新技术费用\"\nen = \"new technology\"\n";
    text += &table("weights", "group", "decimal", &[("G1", "1.05")]);
    text += &table("means", "group", "fen", &[("G1", "10000")]);
    text += &table("class_costs", "group", "fen", &[("G1", "3000")]);
    text += &method("r", "fund", "rate");
    let add_on = r#"eligible = { all = [ { field = "cost", over = "group_mean", gt = "2" }, { field = "new_tech_cost", over = "cost", gt = "0.64" } ] }
field = "new_tech_cost"
less_table = "class_costs""#;
    for (id, verb, rest) in [
        ("scope", "scope", "when = { field = \"los_days\", le = 365 }"),
        ("weight", "weight", "table = \"weights\""),
        ("mean", "group_mean", "table = \"means\""),
        ("price", "price", "value = \"10000.00\""),
        ("new-technology", "add_on", add_on),
        ("standard", "standard", ""),
        ("fund", "fund", "mode = \"whole\""),
    ] {
        text += &step("r", id, verb, rest);
    }
    text + &pool("pool", "\"r\"", "900000.00", "next_year", "")
}

#[test]
fn a_new_technology_is_added_only_strictly_above_both_bounds() {
    let of = |id: &str, cost_yuan: i64, new_technology_fen: i64| Row {
        extras: vec![Some(new_technology_fen)],
        ..stay(id, "H1", "G1", cost_yuan)
    };
    let rows = [
        of("ratio-equal", 20000, 1_500_000),
        of("share-equal", 50000, 3_200_000),
        of("above", 50000, 3_200_001),
        of("floor", 20001, 1_280_065),
    ];
    let settled = settled(&beijing(), &rows);
    let standards: Vec<Fen> = settled.cases.outcome.iter().map(|outcome| outcome.standard).collect();
    assert_eq!(standards, ["10500.00", "10500.00", "39500.01", "20300.65"].map(yuan));
    let words = words(&settled, 2);
    assert!(words.contains("separately paid 32000.01 − 3000.00, at least 0.00 = added 29000.01"), "{words}");
}

#[test]
fn an_add_on_becomes_points_at_the_mean_of_all_cases() {
    let add_on = "eligible = { field = \"new_tech_cost\", gt = \"0\" }\nfield = \"new_tech_cost\"";
    let steps =
        step("m", "all", "all_mean", "value = \"10000.00\"") + &chain(&step("m", "new", "add_on", add_on)) + &clear();
    let text = points_pack("fund", &steps, "5000.00", "")
        + "\n[fields.new_tech_cost]\nkind = \"fen\"\nzh = \"新技术费用\"\nen = \"new technology\"\n";
    let rows = [
        Row { extras: vec![Some(250_000)], ..stay("A", "H1", "G1", 8000) },
        Row { extras: vec![Some(0)], ..stay("B", "H1", "G1", 8000) },
    ];
    assert_eq!(points_of(&settled(&text, &rows)), [1_050_000, 800_000]);
}

/// Xiamen 2024: whole steps of relative deviation, capped by level; a primary institution gets no bonus (the worked
/// examples `dip.coef.xiamen.*`; <https://iqb.jimei.gov.cn/ztfw/yljk/bzgf/202405/t20240528_1056008.htm>).
#[test]
fn an_additive_coefficient_counts_whole_steps_up_to_the_cap_of_the_level() {
    let institutions = "institution,name,level,district,cmi,cmi_b,child,child_b,elder,elder_b,tcm,tcm_b\n\
        H1,First,tertiary,all,1.30,1.18,0.12,0.10,0.33,0.30,0.06,0.055\n\
        H2,Second,tertiary,all,2.16,1.20,0.10,0.10,0.30,0.30,0.05,0.055\n\
        H3,Third,secondary,all,2.16,1.20,0.10,0.10,0.30,0.30,0.05,0.055\n\
        H4,Fourth,primary,all,2.16,1.20,0.20,0.10,0.60,0.30,0.11,0.055\n";
    let part = |id: &str, per: &str, more: &str, caps: [&str; 2]| {
        let [tertiary, secondary] = caps;
        format!(
            "  {{ id = \"{id}\", column = \"{id}\", reference_column = \"{id}_b\", deviation = \"relative\", per = \"{per}\", add = \"0.01\", steps = \"whole\", {more}caps = {{ tertiary = \"{tertiary}\", secondary = \"{secondary}\" }}, levels = [\"tertiary\", \"secondary\"] }},\n"
        )
    };
    let coefficient =
        "form = \"additive\"\nbase = { tertiary = \"0.93\", secondary = \"0.72\", primary = \"0.55\" }\nparts = [\n"
            .to_owned()
            + &part("cmi", "0.05", "", ["0.13", "0.06"])
            + &part("child", "0.10", "", ["0.06", "0.03"])
            + &part("elder", "0.20", "above_add = \"0.01\", ", ["0.03", "0.01"])
            + &part("tcm", "0.03", "", ["0.05", "0.03"])
            + "]";
    let text = points_pack("fund", &(chain(&step("m", "k", "coefficient", &coefficient)) + &clear()), "5000.00", "");
    let rows = ["H1", "H2", "H3", "H4"].map(|institution| stay(institution, institution, "G2", 20000));
    let settled = region(&text, institutions, &rows).settled();
    let coefficients: Vec<i64> = settled.cases.outcome.iter().map(|outcome| outcome.coefficient).collect();
    assert_eq!(coefficients, [10_100, 10_600, 7_800, 5_500]);
    assert_eq!(points_of(&settled), [2_020_000, 2_120_000, 1_560_000, 1_100_000]);
    let words = words(&settled, 0);
    assert!(
        words.contains("hospital coefficient 1.0100 = base 0.93 + cmi 0.02 + child 0.02 + elder 0.01 + tcm 0.03"),
        "{words}"
    );
}

/// Jinhua 2017: hospital mean over city mean (the worked example `drg.points.jinhua`;
/// <http://www.victorzhang.cn/page/2017/0326/19560049.shtml>).
#[test]
fn a_coefficient_of_means_is_one_for_a_hospital_without_its_own() {
    let hospital_means = "\n[table.own]\nkey = [\"institution\", \"group\"]\nunit = \"fen\"\nvalue = \"value\"\n{source}\nrows = [ { institution = \"H1\", group = \"G1\", value = \"13200\" } ]\n";
    let base = "mean_table = \"city\"";
    let coefficient = "form = \"mean_ratio\"\nhospital_means = \"own\"\ncity_means = \"city\"";
    let mut text = head("\"m\"") + hospital_means + &table("city", "group", "fen", &[("G1", "12000")]);
    text += &method("m", "fund", "points");
    for (id, verb, rest) in [
        ("scope", "scope", "when = { field = \"los_days\", le = 365 }"),
        ("all", "all_mean", "value = \"10000.00\""),
        ("base", "base_points", base),
        ("k", "coefficient", coefficient),
        ("points", "points", ""),
        ("clear", "clear", ""),
    ] {
        text += &step("m", id, verb, rest);
    }
    text += &pool("pool", "\"m\"", "5000.00", "next_year", "");
    let settled = settled(&text, &[stay("A", "H1", "G1", 13200), stay("B", "H2", "G1", 13200)]);
    assert_eq!(points_of(&settled), [1_320_000, 1_200_000]);
    let (own, new) = (words(&settled, 0), words(&settled, 1));
    assert!(own.contains("hospital coefficient = hospital mean 13200.00 ÷ city mean 12000.00 = 1.1000"), "{own}");
    assert!(new.contains("hospital coefficient taken as 1"), "{new}");
}
