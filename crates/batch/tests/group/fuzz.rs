//! Any bytes as input: the readers answer, nothing is lost, nothing panics, and block ends change nothing.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use yibao_batch::group::GroupOptions;
use yibao_batch::stays::{StayRead, StayRequest, read};
use yibao_batch::{Cancel, ReadOptions, open_table};
use yibao_kernel::Fen;
use yibao_record::column::Column;

use crate::{HEADER, Run, options, pneumonia, teaching};

/// Bytes that look like a table: many separators, quotes and line ends, now and then anything at all.
fn table_bytes() -> impl Strategy<Value = Vec<u8>> {
    let letter = prop_oneof![
        4 => prop::sample::select(b",,,\n\n\r\"|;\t".to_vec()),
        6 => prop::sample::select(b"0123456789.-JIK".to_vec()),
        1 => any::<u8>(),
    ];
    prop::collection::vec(letter, 0..400)
}

fn stays_of(path: &Path, threads: usize) -> Option<StayRead> {
    let fields = BTreeMap::new();
    let files = [path.to_owned()];
    read(&StayRequest {
        feed: "stays",
        kind: yibao_record::feed::FeedKind::Stays,
        year: None,
        blanks: false,
        files: &files,
        input: None,
        select: None,
        columns: None,
        fields: &fields,
        scheme: None,
        catalogue: None,
        insurances: &[],
        districts: &[],
        persons: true,
        threads,
        cancel: Cancel::default(),
        progress: None,
    })
    .ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_rows_are_grouped_or_rejected(rows in table_bytes()) {
        let text = [HEADER.as_bytes(), b"\n", pneumonia("1").as_bytes(), b"\n", &rows].concat();
        let scheme = teaching();
        let whole = Run::new(&scheme, &text, &GroupOptions { threads: 1, ..GroupOptions::default() });
        let cut = Run::new(&scheme, &text, &options(2));
        prop_assert_eq!(whole.result.is_ok(), cut.result.is_ok());
        if whole.result.is_ok() {
            prop_assert_eq!(whole.output(), cut.output());
            prop_assert_eq!(whole.rejects(), cut.rejects());
        }
    }

    #[test]
    fn any_rows_are_accepted_refused_or_not_selected(rows in table_bytes()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stays.csv");
        let header = b"case_id,institution,discharge,los_days,cost,fund,group\n1,H1,2025-03-01,3,10.00,7.00,G1\n";
        std::fs::write(&path, [header.as_slice(), &rows].concat()).unwrap();
        if let Some(read) = stays_of(&path, 2) {
            let seen = read.stays.len() as u64 + read.refused.len() as u64 + read.not_selected;
            prop_assert_eq!(read.rows, seen);
            for row in 0..read.stays.len() {
                let of = |column: &Column<Fen>| *column.get(row).unwrap();
                let parts = of(&read.stays.fund).checked_add(of(&read.stays.patient)).unwrap();
                prop_assert_eq!(of(&read.stays.cost), parts);
            }
        }
    }

    #[test]
    fn any_bytes_are_answered_in_every_format(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        name in prop::sample::select(vec!["a.csv", "a.csv.gz", "a.parquet"]),
        magic in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let framed = match (name, magic) {
            ("a.parquet", true) => [b"PAR1".as_slice(), &bytes, b"PAR1"].concat(),
            ("a.csv.gz", true) => [b"\x1f\x8b\x08\0\0\0\0\0\0\xff".as_slice(), &bytes].concat(),
            _ => bytes,
        };
        std::fs::write(&path, framed).unwrap();
        if let Ok(mut table) = open_table(&path, &ReadOptions::default()) {
            while let Ok(Some(block)) = table.next_block() {
                block.visit(&mut Default::default(), |_| ());
            }
        }
    }
}
