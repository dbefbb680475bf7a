//! The same input gives the same bytes: again, with other threads, and with the rows in another order.

use super::program::{Desk, Seeded};
use super::settled::{Folder, same_bytes};

/// Rows of the larger file: several blocks of input and of work.
const ROWS: usize = 40_000;

#[test]
fn every_file_is_the_same_again_and_at_any_thread_count() {
    let desk = super::interrupt::many(ROWS, 7);
    for method in ["drg_points", "drg_rate"] {
        let settle = |folder: &str, threads: &str| {
            let common = ["settle", "region", "-o", folder, "--stays", "many.csv", "--method", method];
            desk.run(&[&common[..], &["--threads", threads]].concat()).ended(0);
            desk.path(folder)
        };
        let one = settle(&format!("{method}-one"), "1");
        same_bytes(&one, &settle(&format!("{method}-again"), "1"));
        same_bytes(&one, &settle(&format!("{method}-two"), "2"));
        same_bytes(&one, &settle(&format!("{method}-three"), "3"));
        Folder(one).adds_up();
    }
}

#[test]
fn the_order_of_the_rows_does_not_change_the_clearing() {
    let desk = Desk::with_region();
    let stays = desk.text("region/stays.csv");
    let mut lines: Vec<&str> = stays.lines().collect();
    let mut seeded = Seeded(11);
    for at in (2..lines.len()).rev() {
        let other = 1 + usize::try_from(seeded.below(at as u64)).unwrap();
        lines.swap(at, other);
    }
    let shuffled = lines.join("\n") + "\n";
    assert_ne!(shuffled, stays);
    desk.write("shuffled.csv", shuffled);
    for method in ["drg_points", "drg_rate"] {
        desk.run(&["settle", "region", "-o", "plain", "--method", method]).ended(0);
        desk.run(&["settle", "region", "-o", "other", "--method", method, "--stays", "shuffled.csv"]).ended(0);
        for name in ["clearing.csv", "monthly.csv", "pools.csv"] {
            assert_eq!(desk.text(&format!("plain/{name}")), desk.text(&format!("other/{name}")), "{method} {name}");
        }
    }
}
