//! Catalogues: versions, foreign lists, differences, restrictions, and the parts of a line.

use proptest::prelude::*;
use yibao_catalogue::import::{self, Mapping};
use yibao_catalogue::restriction::Patient;
use yibao_catalogue::{Catalogue, LineRule, LookupError, Order, Outcome, Restriction, diff, line, split};
use yibao_kernel::{Day, Decimal, Fen, Mode, Ratio};
use yibao_policy::CsvTable;
use yibao_record::bill::{Class, Declared};

fn read(text: &str) -> Result<Catalogue, String> {
    let table = CsvTable::parse(text, "catalogue.csv").map_err(|found| found.to_string())?;
    Catalogue::of_table(&table).map_err(|found| found.to_string())
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

const SMALL: &str = "code,name,kind,class,ratio,limit,from,until,known
A1,甲药,drug,A,,,2024-01-01,,
B1,乙药,drug,B,0.20,,2025-01-01,,
B1,乙药,drug,B,0.10,12.5,2025-09-01,,2025-10-08
";

#[test]
fn a_version_is_found_by_the_day_of_service_and_the_day_of_knowledge() {
    let catalogue = read(SMALL).unwrap();
    let ratio = |service: &str, known: &str| {
        catalogue.find("B1", day(service), day(known)).map(|(_, item)| item.ratio.unwrap().to_string())
    };
    assert_eq!(ratio("2025-09-05", "2025-09-30"), Ok("0.2".to_owned()));
    assert_eq!(ratio("2025-09-05", "2025-10-31"), Ok("0.1".to_owned()));
    assert_eq!(ratio("2025-08-31", "2025-10-31"), Ok("0.2".to_owned()));
    assert_eq!(
        ratio("2024-08-31", "2025-10-31"),
        Err(LookupError::NoVersion { code: "B1".to_owned(), day: day("2024-08-31") })
    );
    let unknown = catalogue.find("X", Day::MIN, Day::MAX).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "item X is not in the catalogue\n  hint: add it to the catalogue, or state its class on the line"
    );
}

#[test]
fn wrong_rows_are_refused_with_their_lines() {
    let refused = |row: &str| read(&format!("code,name,kind,class,ratio,limit,from,until\n{row}\n")).unwrap_err();
    assert_eq!(
        refused("A1,甲,drug,D,,,2024-01-01,"),
        "error: column \"class\": not a class\n  --> catalogue.csv:2\n  hint: A, B or C"
    );
    assert!(refused("A1,甲,pill,A,,,2024-01-01,").contains("not a kind\n  --> catalogue.csv:2"));
    assert!(refused("A1,甲,drug,B,1.5,,2024-01-01,").contains("a ratio of 1.5"));
    assert!(refused("A1,甲,drug,B,,-3,2024-01-01,").contains("not a price"));
    assert!(refused("A1,甲,drug,A,,,,").contains("column \"from\": empty"));
    assert!(refused("A1,甲,drug,A,,,2024-01-01,2023-01-01").contains("column \"until\""));
    assert!(
        refused("A1,甲,drug,A,,,2024-01-01,\nA1,甲,drug,B,,,2024-06-01,")
            .contains("two versions of item A1 apply on one day")
    );
    assert!(read("code,name,kind,clas,from\n").unwrap_err().contains("unknown column \"clas\" of a catalogue"));
}

#[test]
fn the_national_list_is_read_through_a_mapping() {
    let Some(root) = std::env::var_os("YIBAO_DATA") else {
        assert!(std::env::var_os("CI").is_none(), "YIBAO_DATA is not set");
        println!("skipped: no reference data");
        return;
    };
    let map = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let words: std::collections::BTreeMap<String, String> = map(&[
        ("医保甲类|西药部分", "A"),
        ("医保甲类|中成药部分", "A"),
        ("医保乙类|西药部分", "B"),
        ("医保乙类|中成药部分", "B"),
        ("医保乙类|西药", "B"),
        ("医保乙类|中成药", "B"),
        ("医保乙类|竞价药品部分", "B"),
        ("|基金予以支付的中药饮片", "A"),
        ("|不得纳入基金支付范围的中药饮片", "C"),
    ]);
    let mut mapping = Mapping {
        columns: map(&[("code", "id"), ("name", "name"), ("class", "kind_name|drug_type_name")]),
        constant: map(&[("kind", "drug"), ("from", "2025-01-01")]),
        values: [("class".to_owned(), words)].into_iter().collect(),
        sheet: None,
    };
    let path = std::path::Path::new(&root).join("nrdl_goodyeah/nrdl_drugs.csv.gz");
    let catalogue = import::read(&path, &mapping).unwrap_or_else(|found| panic!("{found}"));
    assert_eq!(catalogue.items().len(), 4750);
    let count = |class: Class| catalogue.items().iter().filter(|item| item.class == class).count();
    assert_eq!((count(Class::A), count(Class::B), count(Class::C)), (510 + 257 + 892, 1445 + 1187 + 348 + 58 + 21, 32));
    // A word that is not listed is refused, not guessed.
    mapping.values.get_mut("class").unwrap().remove("医保乙类|西药");
    let refused = import::read(&path, &mapping).unwrap_err().to_string();
    assert!(refused.starts_with("error: unknown word \"医保乙类|西药\" for \"class\""), "{}", &refused[..200]);
}

#[test]
fn what_changed_between_two_days() {
    let catalogue = read(SMALL).unwrap();
    let changes = diff((&catalogue, day("2024-06-01")), (&catalogue, day("2025-09-01")));
    assert_eq!(changes.iter().map(|change| (change.code.as_str(), change.field)).collect::<Vec<_>>(), [("B1", "item")]);
    let changes = diff((&catalogue, day("2025-01-01")), (&catalogue, day("2025-09-01")));
    let shown: Vec<_> = changes
        .iter()
        .map(|change| format!("{} {} {} → {}", change.code, change.field, change.before, change.after))
        .collect();
    assert_eq!(shown, ["B1 ratio 0.2 → 0.1", "B1 limit  → 12.5"]);
}

#[test]
fn a_restriction_has_three_outcomes_and_respects_the_declaration() {
    let patient = Patient {
        sex: "2",
        age: 40,
        diagnoses: &["C50.9".to_owned()],
        level: "level3",
        visit: "inpatient",
        days_supply: None,
        emergency: false,
    };
    let decided =
        Restriction { diagnoses: vec!["C".to_owned()], levels: vec!["level3".to_owned()], ..Restriction::default() };
    let judged = Restriction { judged: true, ..Restriction::default() };
    let children = Restriction { age_below: Some(14), ..Restriction::default() };
    for (restriction, declared, outcome) in [
        (&decided, Declared::Nothing, Outcome::In),
        (&decided, Declared::SelfPay, Outcome::Out),
        (&judged, Declared::Nothing, Outcome::Review),
        (&judged, Declared::Met, Outcome::In),
        (&children, Declared::Nothing, Outcome::Out),
        // The doctor says yes, the machine knows no: somebody has to look.
        (&children, Declared::Met, Outcome::Review),
    ] {
        assert_eq!(restriction.outcome(&patient, declared), outcome, "{restriction:?} {declared:?}");
    }
    let without = Patient { diagnoses: &[], ..patient };
    assert_eq!(decided.outcome(&without, Declared::Nothing), Outcome::Review);
}

#[test]
fn the_limit_or_the_first_self_pay_comes_first() {
    let rule = |order| LineRule {
        class: Class::B,
        ratio: Ratio::new(1, 10).unwrap(),
        limit: Some(Decimal::new(110, 0)),
        order,
        mode: Mode::HalfUp,
    };
    let parts = |order| {
        let parts = split(Decimal::new(1, 0), Fen::new(12_000), &rule(order)).unwrap();
        [parts.over_limit, parts.first_self, parts.in_scope].map(|part| part.to_string())
    };
    assert_eq!(parts(Order::LimitFirst), ["10.00", "11.00", "99.00"]);
    assert_eq!(parts(Order::RatioFirst), ["0.00", "12.00", "108.00"]);
}

proptest! {
    #[test]
    fn the_parts_of_a_line_add_up(
        amount in 0_i64..100_000_000_000, quantity in 1_i64..1_000_000, percent in 0_i128..=100, limit in proptest::option::of(0_i64..10_000_000),
        class in 0_u8..3, first in any::<bool>(),
    ) {
        let rule = LineRule {
            class: [Class::A, Class::B, Class::C][usize::from(class)],
            ratio: Ratio::new(percent, 100).unwrap(),
            limit: limit.map(|limit| Decimal::new(limit, 3)),
            order: if first { Order::RatioFirst } else { Order::LimitFirst },
            mode: Mode::HalfUp,
        };
        let parts = split(Decimal::new(quantity, 2), Fen::new(amount), &rule).unwrap();
        let all = [parts.full_self, parts.over_limit, parts.first_self, parts.in_scope];
        prop_assert!(all.iter().all(|part| !part.is_negative()));
        prop_assert_eq!(yibao_kernel::sum(all).unwrap(), Fen::new(amount));
    }

    #[test]
    fn a_share_is_rounded_as_the_exact_ratio_is(amount in 0_i64..i64::MAX / 4, num in 0_i128..10_000, den in 1_i128..10_000) {
        let ratio = Ratio::new(num.min(den), den).unwrap();
        let exact = Ratio::from_int(amount).checked_mul(ratio).unwrap().to_fen(Mode::HalfUp).unwrap().get();
        prop_assert_eq!(line::share(amount, ratio, Mode::HalfUp).unwrap(), exact);
    }
}
