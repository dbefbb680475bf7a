//! The compiled scheme against the slow interpreter, on drawn cases of every scheme.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use yibao_grouping::{RawCase, Scheme, Status};

use crate::data;
use crate::naive::Naive;

/// SplitMix64: the same cases everywhere for one seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % bound as u64).unwrap()
    }

    fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// Codes of a scheme to draw from.
struct Pool<'a> {
    naive: &'a Naive,
    sets: std::collections::HashMap<&'a str, Vec<&'a str>>,
    dx: Vec<&'a str>,
    proc: Vec<&'a str>,
}

const STRANGE_DX: [&str; 7] = ["", "A00", "Z37.999x9", "P07.x", "U99.999", "i21.000", "Z37"];
const STRANGE_PROC: [&str; 4] = ["", "99.9999x999", "96.04", "霍"];

impl<'a> Pool<'a> {
    fn new(naive: &'a Naive, dir: &Path) -> Self {
        let mut sets = std::collections::HashMap::new();
        let (mut dx, mut proc) = (BTreeSet::new(), BTreeSet::new());
        let mut reader = csv::Reader::from_path(dir.join("code_sets.csv")).unwrap();
        for row in reader.records() {
            let row = row.unwrap();
            let (name, codes) = naive.sets.get_key_value(&row[0]).unwrap();
            let mut codes: Vec<&str> = codes.iter().map(String::as_str).collect();
            codes.sort_unstable();
            if &row[1] == "dx" { &mut dx } else { &mut proc }.extend(codes.iter().copied());
            sets.insert(name.as_str(), codes);
        }
        let (dx, proc) = (dx.into_iter().collect(), proc.into_iter().collect());
        Self { naive, sets, dx, proc }
    }

    /// Steers a case towards a condition: puts codes where the condition looks.
    fn satisfy(&self, expr: &Value, case: &mut RawCase<'a>, random: &mut Random) {
        let list = expr.as_array().unwrap();
        let word = list[0].as_str().unwrap();
        let codes = list.get(1).and_then(Value::as_str).and_then(|name| self.sets.get(name));
        let code = codes.filter(|codes| !codes.is_empty()).map(|codes| random.pick(codes));
        match (word, code) {
            ("and", _) => {
                list[1..].iter().for_each(|part| self.satisfy(part, case, random));
            }
            ("or", _) => {
                let part = 1 + random.below(list.len() - 1);
                self.satisfy(&list[part], case, random);
            }
            ("pdx", Some(code)) if !case.dx.is_empty() => case.dx[0] = code,
            ("pdx" | "adx" | "sdx", Some(code)) => case.dx.push(code),
            ("ppx", Some(code)) if !case.proc.is_empty() => case.proc[0] = code,
            ("ppx" | "apx" | "spx", Some(code)) => case.proc.push(code),
            ("regions", _) => {
                let name = |k: usize| format!("MDCZ.r{k}");
                for _ in 0..2 {
                    if let Some(codes) = self.sets.get(name(1 + random.below(9)).as_str()) {
                        case.dx.push(random.pick(codes));
                    }
                }
            }
            ("==", _) if list[1] == "sex" => {
                case.sex = if list[2] == "1" { "1" } else { "2" };
            }
            ("==" | "<" | "<=" | ">" | ">=", _) => near(list, case, random),
            ("in", _) => case.discharge = "2",
            _ => {}
        }
    }

    fn draw(&self, random: &mut Random) -> RawCase<'a> {
        let ages = [None, Some(0), Some(0), Some(1), Some(6), Some(14), Some(17), Some(60)];
        let days = [None, Some(0), Some(7), Some(28), Some(29), Some(364), Some(20_000)];
        let grams = [None, Some(0), Some(999), Some(1499), Some(1500), Some(2000), Some(2500), Some(3300)];
        let mut case = RawCase {
            sex: random.pick(&["1", "2", "1", "2", "1", "2", "1", "2", "1", "2", "", "3"]),
            age: random.pick(&ages),
            age_days: random.pick(&days),
            weight_g: random.pick(&grams),
            los_days: random.pick(&[0, 1, 3, 4, 5, 6, 7, 14, 30, 60, 61]),
            discharge: random.pick(&["1", "2", "3", "4", "5", "9", ""]),
            dept: random.pick(&["ICU", "0301", "", "icu"]),
            icu_hours: random.pick(&[0, 0, 1, 24, 120, 121]),
            dx: Vec::new(),
            proc: Vec::new(),
        };
        for _ in 0..random.below(5) {
            case.dx.push(random.pick(&self.dx));
        }
        for _ in 0..random.below(4) {
            case.proc.push(random.pick(&self.proc));
        }
        let rule = &self.naive.rules[random.below(self.naive.rules.len())];
        let [gate, condition] = self.naive.conditions(rule);
        let rows = self.naive.row_conditions(rule);
        let mut wanted = vec![gate, condition];
        if !rows.is_empty() {
            wanted.push(rows[random.below(rows.len())]);
        }
        for expr in wanted {
            if !random.one_in(8) {
                self.satisfy(expr, &mut case, random);
            }
        }
        self.disturb(&mut case, random);
        case
    }

    fn disturb(&self, case: &mut RawCase<'a>, random: &mut Random) {
        if random.one_in(20) {
            case.dx.insert(random.below(case.dx.len() + 1), random.pick(&STRANGE_DX));
        }
        if random.one_in(20) {
            case.proc.insert(random.below(case.proc.len() + 1), random.pick(&STRANGE_PROC));
        }
        if random.one_in(10) && !case.dx.is_empty() {
            case.dx.push(random.pick(&case.dx));
        }
        if random.one_in(6) && case.proc.len() > 1 {
            case.proc.rotate_left(1);
        }
        if random.one_in(15) && case.dx.len() > 1 {
            case.dx.rotate_left(1);
        }
    }
}

/// A number at or beside the bound of a comparison.
fn near(list: &[Value], case: &mut RawCase<'_>, random: &mut Random) {
    let Some(bound) = list[2].as_i64() else {
        case.dept = "ICU";
        return;
    };
    let value = i32::try_from(bound).unwrap() + random.pick(&[-1, 0, 0, 1]);
    match list[1].as_str().unwrap() {
        "age" => case.age = Some(value),
        "age_days" => case.age_days = Some(value),
        "weight" => case.weight_g = Some(value),
        "los" => case.los_days = value,
        "icu_hours" => case.icu_hours = value,
        _ => {}
    }
}

/// Compares on drawn cases; returns how many distinct DRGs were met.
fn agree(drg: &Path, name: &str, seed: u64, count: usize) -> usize {
    let dir = drg.join("schemes").join(name);
    let tables = Scheme::load_tables(&dir).unwrap();
    let bytes = tables.to_bytes().unwrap();
    let scheme = Scheme::from_bytes(bytes).unwrap();
    assert_eq!(scheme.content_hash(), tables.content_hash());
    assert_eq!(scheme.computed_hash(), tables.content_hash());
    let naive = Naive::read(&dir);
    let pool = Pool::new(&naive, &dir);
    let mut random = Random(seed);
    let mut met = BTreeSet::new();
    for number in 0..count {
        let case = pool.draw(&mut random);
        let answer = scheme.group_raw(&case);
        let found = data::texts(&scheme, answer);
        assert_eq!(found.map(str::to_owned), naive.group(&case), "{name} case {number}: {case:?}");
        assert_eq!(answer.rejection.is_some(), answer.status == Status::Rejected);
        assert_eq!(answer, tables.group_raw(&case));
        if number % 8 == 0 {
            let explained = scheme.explain(&case).unwrap();
            assert_eq!(explained.answer.drg, scheme.drg(answer));
        }
        met.insert(found[3].to_owned());
    }
    met.len()
}

/// `YIBAO_CASES` and `YIBAO_SEED` draw more and other cases.
#[test]
fn every_scheme_decides_as_its_tables_say() {
    let Some(drg) = data::drg() else { return };
    let count = std::env::var("YIBAO_CASES").map_or(200, |count| count.parse().unwrap());
    let seed = std::env::var("YIBAO_SEED").map_or(7, |seed| seed.parse().unwrap());
    let names = data::scheme_names(&drg);
    let (first, second) = names.split_at(names.len() / 2);
    std::thread::scope(|scope| {
        for half in [first, second] {
            let drg = &drg;
            scope.spawn(move || {
                for name in half {
                    let met = agree(drg, name, seed, count);
                    assert!(met > (count / 8).min(200), "{name}: only {met} groups met");
                }
            });
        }
    });
}
