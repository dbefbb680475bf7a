//! The auxiliary catalogue (spec §2.6): comorbidity score, severity, age, intensive care; coefficients.

use yibao_grouping::dip::{Catalogue, Combine, DipCase, combine};
use yibao_kernel::Decimal;

use super::{HEADER, folder, refused};
use crate::dip::published::examples;

/// Classes in the shape of the spec; lists shortened, coefficients invented.
pub const AUXILIARY: &str = r#"
[auxiliary]
combine = "max"
coefficients = "auxiliary.csv"

[[auxiliary.kind]]
id = "cci"
title = { zh = "合并症指数", en = "Charlson comorbidity" }
score = [
  { id = "diabetes", points = 1, dx = ["E10", "E11"] },
  { id = "diabetes-damage", points = 2, dx = ["E11.2"], instead_of = ["diabetes"] },
  { id = "heart-failure", points = 1, dx = ["I50"] },
  { id = "metastatic", points = 6, dx = ["C77", "C78", "C79"] },
]
level = [
  { id = "none", score = { upto = 0 } },
  { id = "mild", score = { at_least = 1, upto = 2 } },
  { id = "moderate", score = { at_least = 3, upto = 4 } },
  { id = "extreme", score = { at_least = 5 } },
]

[[auxiliary.kind]]
id = "severity"
title = { zh = "疾病严重程度", en = "severity" }
level = [
  { id = "IV-A", discharge = ["5"], los_days = { below = 3 } },
  { id = "IV-B", discharge = ["5"], los_days = { at_least = 3 } },
  { id = "III", dx = ["R57", "A41", "J96"], los_days = { at_least = 3 } },
  { id = "I" },
]

[[auxiliary.kind]]
id = "age"
title = { zh = "年龄", en = "age" }
level = [{ id = "under-18", age = { below = 18 } }, { id = "65-plus", age = { at_least = 65 } }]

[[auxiliary.kind]]
id = "icu"
title = { zh = "监护病房天数", en = "days in intensive care" }
level = [
  { id = "2-7", icu_days = { at_least = 2, upto = 7 } },
  { id = "8-14", icu_days = { at_least = 8, upto = 14 } },
]
"#;

const COEFFICIENTS: &str = "group,kind,level,coefficient\n*,cci,extreme,1.10\n*,severity,III,1.30\nA,severity,III,1.2\n*,age,65-plus,1.05\nA,icu,2-7,0.9\n";

fn made(header: &str, auxiliary: &str) -> Catalogue {
    let rows = "A,core,K35.3,,,200,\nB,core,K35.8,,,200,\n";
    let folder = folder(header, rows, &[("auxiliary.toml", auxiliary), ("auxiliary.csv", COEFFICIENTS)]);
    Catalogue::open(folder.path()).unwrap_or_else(|found| panic!("{found}"))
}

fn levels(catalogue: &Catalogue, case: &DipCase<'_>) -> (Vec<String>, String) {
    let answer = catalogue.matcher().assign(case);
    let aux = catalogue.auxiliary().unwrap();
    let name = |(kind, level): (usize, &u8)| aux.level_name(kind, *level).unwrap_or("-").to_owned();
    let kinds = aux.kinds().len();
    let names = answer.levels.iter().enumerate().take(kinds).map(name).collect();
    (names, answer.auxiliary.map(|number| number.to_string()).unwrap_or_default())
}

#[test]
fn every_kind_gives_the_first_level_that_holds() {
    let c = made(HEADER, AUXILIARY);
    let quiet = DipCase { dx: b"K35.300", los_days: Some(4), age: Some(40), ..DipCase::default() };
    assert_eq!(levels(&c, &quiet), (vec!["none".into(), "I".into(), "-".into(), "-".into()], "1.0000".into()));
    let ill = DipCase {
        dx: b"K35.800|E11.900|I50.000|C78.000|J96.000",
        los_days: Some(3),
        age: Some(65),
        icu_days: Some(8),
        ..DipCase::default()
    };
    assert_eq!(
        levels(&c, &ill),
        (vec!["extreme".into(), "III".into(), "65-plus".into(), "8-14".into()], "1.3000".into())
    );
    let died = DipCase { discharge_status: b"5", los_days: Some(2), age: Some(17), ..ill };
    assert_eq!(levels(&c, &died).0, ["extreme", "IV-A", "under-18", "8-14"]);
    // Two days only: the condition of level III asks for three.
    assert_eq!(levels(&c, &DipCase { los_days: Some(2), ..ill }).0[1], "I");
}

#[test]
fn a_group_may_have_coefficients_of_its_own() {
    let c = made(HEADER, AUXILIARY);
    let case = DipCase { dx: b"K35.300|R57.000", los_days: Some(5), icu_days: Some(3), ..DipCase::default() };
    assert_eq!(levels(&c, &case).1, "1.2000");
    // One coefficient alone counts even below 1.
    assert_eq!(levels(&c, &DipCase { los_days: Some(1), ..case }).1, "0.9000");
    let product = made(HEADER, &AUXILIARY.replace("\"max\"", "\"product\""));
    assert_eq!(levels(&product, &case).1, "1.0800");
}

#[test]
fn the_principal_diagnosis_is_no_comorbidity_and_a_grave_condition_replaces_the_mild_one() {
    let c = made(HEADER, AUXILIARY);
    let aux = c.auxiliary().unwrap();
    let score = |dx: &str| {
        let facts = yibao_grouping::dip::AuxFacts { dx: dx.as_bytes(), ..Default::default() };
        aux.score(0, &facts).unwrap()
    };
    assert_eq!(score("E11.900"), 0);
    assert_eq!(score("K35.300|E11.900|E10.900"), 1);
    assert_eq!(score("K35.300|E11.900|E11.200"), 2);
    assert_eq!(score("K35.300|C78.000|C79.900|I50.900"), 7);
}

#[test]
fn an_auxiliary_catalogue_is_refused_where_it_names_what_is_not_there() {
    let rows = "A,core,K35.3,,,200,\n";
    let with = |auxiliary: &str, coefficients: &str| {
        refused(HEADER, rows, &[("auxiliary.toml", auxiliary), ("auxiliary.csv", coefficients)])
    };
    assert_eq!(
        with(AUXILIARY, "group,kind,level,coefficient\nB,cci,mild,1.1\n"),
        "error: no group \"B\" in the catalogue\n  --> auxiliary.csv:2\n  hint: write a code of groups.csv, or * for all groups"
    );
    assert_eq!(
        with(AUXILIARY, "group,kind,level,coefficient\n*,cci,milde,1.1\n"),
        "error: kind \"cci\" has no level \"milde\"\n  --> auxiliary.csv:2\n  hint: did you mean \"mild\"?"
    );
    assert_eq!(
        with(AUXILIARY, "group,kind,level,coefficient\n*,cci,mild,0\n"),
        "error: coefficient \"0\"\n  --> auxiliary.csv:2\n  hint: a number above 0 with at most 4 places"
    );
    let score = with(
        &AUXILIARY.replace("{ id = \"under-18\", age = { below = 18 } }", "{ id = \"x\", score = { upto = 1 } }"),
        COEFFICIENTS,
    );
    assert!(
        score.starts_with("error: auxiliary kind \"age\": level \"x\" asks for a score\n  --> auxiliary.toml:2"),
        "{score}"
    );
    let unknown = with(&AUXILIARY.replace("[\"diabetes\"]", "[\"diabetis\"]"), COEFFICIENTS);
    assert!(unknown.contains("stands instead of \"diabetis\", which is not there"), "{unknown}");
}

/// The worked examples `dip.cci` and `dip.aux.max`.
#[test]
fn worked_examples_of_the_auxiliary_catalogue() {
    let Some(examples) = examples() else { return };
    let (mut scores, mut combined) = (0, 0);
    for example in &examples {
        let inputs = &example["inputs"];
        if let Some(conditions) = inputs["conditions"].as_object() {
            scores += 1;
            score_example(conditions, &example["expected"]);
        }
        if let Some(coefficients) = inputs["coefs"].as_object() {
            combined += 1;
            let how = if inputs["combine"] == "max" { Combine::Max } else { Combine::Product };
            let numbers = coefficients.values().map(|value| Decimal::parse(value.as_str().unwrap(), 4).unwrap());
            let k = combine(how, numbers).unwrap();
            assert_eq!(k.to_string(), example["expected"]["k"].as_str().unwrap(), "{}", example["id"]);
        }
    }
    assert!(scores > 0 && combined > 0, "the examples of §2.6 are gone");
}

/// A stay that has every condition of the example, each by a code of its own.
fn score_example(conditions: &serde_json::Map<String, serde_json::Value>, expected: &serde_json::Value) {
    let mut lines = Vec::new();
    let mut dx = vec!["K35.300".to_owned()];
    for (at, (name, points)) in conditions.iter().enumerate() {
        lines.push(format!("{{ id = \"{name}\", points = {points}, dx = [\"Z{at:02}\"] }}"));
        dx.push(format!("Z{at:02}.900"));
    }
    let levels_of_example = AUXILIARY.split("score = [").next().unwrap().to_owned()
        + &format!("score = [{}]\n", lines.join(", "))
        + &AUXILIARY[AUXILIARY.find("level = [\n  { id = \"none\"").unwrap()..];
    let c = made(HEADER, &levels_of_example);
    let dx = dx.join("|");
    let facts = yibao_grouping::dip::AuxFacts { dx: dx.as_bytes(), ..Default::default() };
    let aux = c.auxiliary().unwrap();
    assert_eq!(aux.score(0, &facts).unwrap(), i32::try_from(expected["score"].as_i64().unwrap()).unwrap());
    let case = DipCase { dx: dx.as_bytes(), ..DipCase::default() };
    assert_eq!(levels(&c, &case).0[0], expected["level"].as_str().unwrap());
}
