//! Lists with something wrong in them: an item or a refusal with its line for every row, and never a panic. A case that
//! fails is kept beside this file and replayed by `cargo test -p yibao-catalogue --test fuzz`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops where it fails")]

use std::cell::Cell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use yibao_catalogue::import::{self, Mapping};
use yibao_catalogue::{Catalogue, Item, LineRule, Order, diff, item, line};
use yibao_kernel::{Day, Decimal, Fen, Mode, Ratio};
use yibao_policy::{CsvTable, Diagnostics};
use yibao_record::bill::Class;

const CATALOGUE: &str = "code,name,kind,class,ratio,limit,negotiated,procured_price,procured_volume,restriction,diseases,tags,from,until,known
A1,甲片,drug,A,,,0,,,,,,2024-01-01,,
B1,乙片,drug,B,0.20,12.345,0,3.20,1000,,pressure|sugar,imported|dear,2025-01-01,2025-09-01,
B1,乙片,drug,B,1/3,,1,,,,,,2025-09-01,,2025-10-08
\"C,1\",\"丙,\n床位\",service,C,,@bed,0,,,women,,no_account,2024-01-01,,
M1,支架,consumable,B,0.1,780.00,0,,,,,,2024-01-01,2026-01-01,
";

const FOREIGN: &str = "序号,编码,名称,类别,甲乙,自付,限价,起,止
1,X1,甲片,西药,甲,,,2024-01-01,
2,X2,乙片,西药,乙,10%,99.99,2024-01-01,2025-01-01
3,X2,乙片,西药,乙,0.2,,2025-01-01,
4,\"X,3\",耗材,材料,乙,0.5,1000,2024-01-01,
5,X4,床位,项目,丙,,,2024-01-01,
";

/// Text that stands where other text should.
const HOSTILE: [&str; 28] = [
    "",
    ",",
    "\"",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\u{0}",
    "\u{feff}",
    "🏥",
    "\u{202e}",
    "A",
    "B",
    "D",
    "drug",
    "西药",
    "-1",
    "1.5",
    "1000000000000000000",
    "9223372036854775808",
    "0.0000001",
    "1/0",
    "2025-02-30",
    "9999-12-31",
    "0001-01-01",
    "@",
    "|",
    "@@bed|",
];

type Edit = (u8, u16, u16);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(any::<Edit>(), 0..4)
}

/// The text after edits of its cells, lines and characters.
fn edited(text: &str, edits: &[Edit]) -> String {
    let mut text = text.to_owned();
    for (kind, at, other) in edits {
        let (at, other) = (usize::from(*at), usize::from(*other));
        let by = HOSTILE[other % HOSTILE.len()];
        let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
        let (here, there) = (at % lines.len(), other % lines.len());
        match kind % 7 {
            0 => drop(lines.remove(here)),
            1 => lines.insert(here, lines[there].clone()),
            2 => lines.swap(here, there),
            3 | 4 => {
                let mut cells: Vec<&str> = lines[here].split(',').collect();
                let place = (at / 5) % cells.len();
                cells[place] = by;
                lines[here] = cells.join(",");
            }
            5 => {
                let places: Vec<usize> = lines[here].char_indices().map(|(at, _)| at).collect();
                let place = places.get(other % places.len().max(1)).copied().unwrap_or(0);
                lines[here].insert_str(place, HOSTILE[at % HOSTILE.len()]);
            }
            _ => {
                let mut cells: Vec<&str> = lines[here].split(',').collect();
                cells.remove(other % cells.len());
                lines[here] = cells.join(",");
            }
        }
        text = lines.join("\n");
    }
    text
}

/// Every finding says what, in which line, and what to do.
fn says_where(found: &Diagnostics, lines: usize) {
    assert!(found.has_errors());
    for one in &found.0 {
        assert!(!one.message.trim().is_empty(), "{one:?}");
        let line = one.place.as_ref().and_then(|place| place.line).unwrap_or_else(|| panic!("no line: {one:?}"));
        assert!((1..=lines + 1).contains(&usize::try_from(line).unwrap()), "{one:?}");
        assert!(one.hint.as_deref().is_some_and(|hint| !hint.trim().is_empty()), "{one:?}");
    }
}

fn lines_of(text: &str) -> usize {
    text.matches('\n').count() + text.matches('\r').count() + 1
}

/// What a catalogue says of its own items: each is found on its first day.
fn finds_its_items(catalogue: &Catalogue) {
    for item in catalogue.items() {
        let (_, found) = catalogue.find(&item.code, item.window.from, Day::MAX).unwrap();
        assert!(found.known >= item.known && found.code == item.code);
        let from_the_first = |one: &Item| one.code == item.code && one.window.contains(Day::MIN);
        assert!(
            catalogue.find(&item.code, Day::MIN, Day::MIN).is_err() || catalogue.items().iter().any(from_the_first)
        );
    }
    let today = (catalogue, Day::parse("2025-06-01").unwrap());
    assert!(diff(today, today).is_empty());
}

fn config(cases: u32) -> Config {
    let mut config = Config { cases, source_file: Some(file!()), ..Config::default() };
    // The same cases on every run; PROPTEST_RNG_SEED draws others.
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(2026);
    }
    config
}

#[test]
fn an_edited_catalogue_is_read_or_refused_by_line() {
    let (read, refused) = (Cell::new(0), Cell::new(0));
    let run = TestRunner::new(config(1500)).run(&edits(), |edits| {
        let text = edited(CATALOGUE, &edits);
        match CsvTable::parse(&text, "catalogue.csv").and_then(|table| Catalogue::of_table(&table)) {
            Ok(catalogue) => {
                finds_its_items(&catalogue);
                read.set(read.get() + 1);
            }
            Err(found) => {
                says_where(&found, lines_of(&text));
                refused.set(refused.get() + 1);
            }
        }
        Ok(())
    });
    run.unwrap_or_else(|failed| panic!("{failed}"));
    assert!(read.get() > 100 && refused.get() > 300, "{} read, {} refused", read.get(), refused.get());
}

/// How the foreign list is read, now and then with something wrong.
fn mapping(edits: &[Edit]) -> Mapping {
    let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    };
    let mut mapping = Mapping {
        columns: map(&[
            ("code", "编码"),
            ("name", "名称"),
            ("kind", "类别"),
            ("class", "甲乙"),
            ("ratio", "自付"),
            ("limit", "限价"),
            ("from", "起"),
            ("until", "止"),
        ]),
        constant: map(&[("negotiated", "0")]),
        values: BTreeMap::from([
            ("kind".to_owned(), map(&[("西药", "drug"), ("材料", "consumable"), ("项目", "service")])),
            ("class".to_owned(), map(&[("甲", "A"), ("乙", "B"), ("丙", "C")])),
            ("ratio".to_owned(), map(&[("", ""), ("10%", "0.1"), ("0.2", "0.2"), ("0.5", "0.5")])),
        ]),
        sheet: None,
    };
    for (kind, at, other) in edits {
        let (at, other) = (usize::from(*at), usize::from(*other));
        let (ours, by) =
            (item::COLUMNS[at % item::COLUMNS.len()].to_owned(), HOSTILE[other % HOSTILE.len()].to_owned());
        let columns: Vec<String> = mapping.columns.values().cloned().collect();
        let column = columns.get(other % columns.len().max(1)).cloned().unwrap_or_default();
        match kind % 6 {
            0 => drop(mapping.columns.remove(&ours)),
            1 => drop(mapping.columns.insert(ours, column)),
            2 => drop(mapping.columns.insert(ours, format!("{column}|{column}"))),
            3 => drop(mapping.constant.insert(ours, by)),
            4 => drop(mapping.values.entry(ours).or_default().insert(by.clone(), by)),
            _ => drop(mapping.columns.insert(by.clone(), by)),
        }
    }
    mapping
}

#[test]
fn an_edited_foreign_list_is_imported_row_by_row_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    let (read, refused, rows_refused) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let wrong = prop_oneof![3 => Just(Vec::new()), 1 => edits()];
    let run = TestRunner::new(config(1500)).run(&(edits(), wrong), |(edits, wrong)| {
        let (text, mapping) = (edited(FOREIGN, &edits), mapping(&wrong));
        std::fs::write(&path, &text).unwrap();
        match import::import(&path, &mapping) {
            Ok(imported) => {
                finds_its_items(&imported.catalogue);
                assert_eq!(imported.catalogue.items().len(), imported.table.rows.len());
                for row in &imported.refused {
                    assert!(!row.message.trim().is_empty() && !row.hint.trim().is_empty(), "{row:?}");
                    assert!(row.line > 0 && usize::try_from(row.line).unwrap() <= lines_of(&text), "{row:?}");
                    rows_refused.set(rows_refused.get() + 1);
                }
                // Nothing is lost: every record of the file is an item or a refused row.
                let mut reader = csv::ReaderBuilder::new()
                    .has_headers(false)
                    .flexible(true)
                    .from_reader(text.strip_prefix('\u{feff}').unwrap_or(&text).as_bytes());
                let records = reader.records().count() - 1;
                assert_eq!(imported.table.rows.len() + imported.refused.len(), records, "{imported:?}");
                // All or nothing says the same.
                assert_eq!(import::read(&path, &mapping).is_ok(), imported.refused.is_empty());
                read.set(read.get() + 1);
            }
            Err(found) => {
                assert!(found.has_errors());
                for one in &found.0 {
                    // What is wrong with the mapping has no line of the list.
                    assert!(!one.message.trim().is_empty(), "{one:?}");
                    assert!(one.place.is_some() || one.message.contains(" column"), "{one:?}");
                    assert!(one.hint.as_deref().is_some_and(|hint| !hint.trim().is_empty()), "{one:?}");
                }
                refused.set(refused.get() + 1);
            }
        }
        Ok(())
    });
    run.unwrap_or_else(|failed| panic!("{failed}"));
    let seen = (read.get(), refused.get(), rows_refused.get());
    assert!(seen.0 > 300 && seen.1 > 100 && seen.2 > 300, "read, refused, rows refused: {seen:?}");
}

#[test]
fn any_bytes_are_imported_or_refused_in_every_format() {
    let folder = tempfile::tempdir().unwrap();
    let name = prop::sample::select(vec!["a.csv", "a.csv.gz", "a.xlsx", "a.xls", "a.ods"]);
    let start = prop::sample::select(vec![
        &b""[..],
        b"PK\x03\x04",
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        b"\x1f\x8b\x08\0\0\0\0\0\0\xff",
        b"code,name\n",
    ]);
    let strategy = (name, start, prop::collection::vec(any::<u8>(), 0..700));
    let run = TestRunner::new(config(300)).run(&strategy, |(name, start, bytes)| {
        let path = folder.path().join(name);
        std::fs::write(&path, [start, &bytes].concat()).unwrap();
        if let Err(found) = import::import(&path, &mapping(&[])) {
            assert!(found.0.iter().all(|one| !one.message.is_empty() && one.place.is_some()), "{found}");
        }
        Ok(())
    });
    run.unwrap_or_else(|failed| panic!("{failed}"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Any line, any rule: parts that add up, none below zero, or a refusal with a hint.
    #[test]
    fn any_line_is_split_or_refused(
        quantity in (any::<i64>(), 0_u8..=18), price in (any::<i64>(), 0_u8..=18), limit in prop::option::of((any::<i64>(), 0_u8..=18)),
        small in any::<bool>(), amount in any::<i64>(), ratio in (0_i64..=1000, 1_i64..=1000), class in 0_usize..3, first in any::<bool>(),
    ) {
        let decimal = |(units, dp): (i64, u8)| Decimal::new(if small { units % 100_000 } else { units }, dp);
        let (quantity, limit) = (decimal(quantity), limit.map(decimal));
        let amount = Fen::new(amount % Fen::MAX_ABS);
        if let Err(error) = line::check(quantity, decimal(price), amount) {
            prop_assert!(error.to_string().contains("\n  hint: "), "{}", error);
        }
        let rule = LineRule {
            class: [Class::A, Class::B, Class::C][class],
            ratio: Ratio::new(i128::from(ratio.0.min(ratio.1)), i128::from(ratio.1)).unwrap(),
            limit,
            order: if first { Order::RatioFirst } else { Order::LimitFirst },
            mode: Mode::HalfUp,
        };
        if amount.is_negative() || quantity.units() <= 0 {
            return Ok(());
        }
        match line::split(quantity, amount, &rule) {
            Ok(parts) => {
                let four = [parts.full_self, parts.over_limit, parts.first_self, parts.in_scope];
                prop_assert!(four.iter().all(|part| !part.is_negative()));
                prop_assert_eq!(yibao_kernel::sum(four).unwrap(), amount);
            }
            Err(error) => prop_assert!(error.to_string().contains("\n  hint: "), "{}", error),
        }
    }
}

/// Rows of a list whose lines end in a carriage return alone were taken for one line: all but one refusal were lost.
#[test]
fn every_row_has_its_line_whatever_ends_the_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.csv");
    let mapping = mapping(&[]);
    for end in ["\n", "\r\n", "\r", "\n\n", "\r\r"] {
        let text = FOREIGN.replace("材料", "其他").replace("项目", "其他").replace('\n', end);
        std::fs::write(&path, text).unwrap();
        let imported = import::import(&path, &mapping).unwrap();
        let refused: Vec<u32> = imported.refused.iter().map(|row| row.line).collect();
        let blank = if end == "\n\n" || end == "\r\r" { 2 } else { 1 };
        assert_eq!(refused, [1 + 4 * blank, 1 + 5 * blank], "{end:?}");
        assert_eq!(imported.table.rows.len(), 3);
    }
}

#[test]
fn a_limit_below_zero_is_refused() {
    let rule = LineRule {
        class: Class::A,
        ratio: Ratio::ZERO,
        limit: Some(Decimal::new(-1, 2)),
        order: Order::LimitFirst,
        mode: Mode::HalfUp,
    };
    let refused = line::split(Decimal::new(1, 0), Fen::new(100), &rule).unwrap_err();
    assert_eq!(refused.to_string(), "the limit price is negative\n  hint: leave `limit` out where there is none");
}
