//! Benchmark of the benefit split in memory: bills of eight lines, the year so far brought up to date, one thread.
//!
//! ```text
//! cargo run --release -p yibao-bench --bin split -- --date 2026-01-01 [--bills 2000000] [--results bench/results]
//! ```
//! Bills stand in memory as records with their codes as text: what is measured is everything from the record to the
//! split, look-ups of items and words included.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, anyhow};
use clap::Parser;
use yibao_bench::machine;
use yibao_benefit::{Engine, Split, Splitter, State};
use yibao_kernel::explain::Explanation;
use yibao_kernel::{Day, Fen};
use yibao_record::bill::Bill;
use yibao_record::person::PersonState;

/// Measures the split.
#[derive(Parser)]
struct Args {
    /// Number of bills.
    #[arg(long, default_value_t = 2_000_000)]
    bills: usize,
    /// Date of the results, as they print it.
    #[arg(long, default_value = "undated")]
    date: String,
    /// Folder of the results page.
    #[arg(long, default_value = "bench/results")]
    results: PathBuf,
}

/// Bills a person has in the year.
const BILLS_OF_A_PERSON: usize = 20;
/// Different bills, used again for every person.
const DIFFERENT: usize = 1000;

fn main() -> Result<()> {
    let args = Args::parse();
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/demo-coast");
    let engine = Engine::read(&pack, Day::MAX).map_err(|found| anyhow!("{found}"))?;
    let bills = bills()?;
    let person: PersonState = serde_json::from_value(serde_json::json!({
        "person": { "id": "P", "birth": "1970-05-05", "sex": "1",
            "insured": [{ "scheme": "employee", "area": "990101", "status": "active", "from": "2020-01-01" }],
            "facts": { "tenure_years": [{ "value": "9", "from": "2020-01-01" }] } },
        "accounts": [{ "id": "A", "kind": "current", "balance": "2000.00" }],
    }))?;
    let mut table = String::from("| explanation | bills | seconds | bills/s | bytes a bill |\n|---|---|---|---|---|\n");
    for explain in [false, true] {
        let (seconds, bytes, sum) = measure(&engine, &bills, &person, args.bills, explain)?;
        let rate = (args.bills as u128 * 1000 / u128::from(seconds.max(1))) as u64;
        let line = format!(
            "| {} | {} | {}.{:03} | {} | {} |",
            if explain { "stored" } else { "off" },
            machine::grouped(args.bills as u64),
            seconds / 1000,
            seconds % 1000,
            machine::grouped(rate),
            bytes / args.bills as u64
        );
        println!("{line}   (funds paid {})", Fen::new(sum));
        writeln!(table, "{line}")?;
    }
    let page = format!(
        "# Splitting bills\n\n{}, {}. One thread, in memory; `policies/demo-coast`, eight lines a bill (items of the catalogue),\n{BILLS_OF_A_PERSON} bills a person in time order, accumulators and the account brought up to date. Peak {} MiB.\n\n{table}\nMeasured from the record with its codes as text to the split, look-ups of items and words and the rules across lines\nincluded: `cargo run --release -p yibao-bench --bin split`. Asked for: 300 000 bills/s, 100 000 with explanations.\n",
        args.date,
        machine::description(),
        machine::peak_memory_mib()
    );
    std::fs::write(args.results.join("split.md"), page)?;
    Ok(())
}

/// Milliseconds, bytes of explanations, fen paid.
fn measure(
    engine: &Engine,
    bills: &[Bill],
    person: &PersonState,
    count: usize,
    explain: bool,
) -> Result<(u64, u64, i64)> {
    let mut splitter = Splitter::new(engine);
    let mut split = Split::default();
    let (mut sum, mut bytes) = (0_i64, 0_u64);
    let start = State::read(engine, &person.accumulators, &person.accounts).map_err(|refusal| anyhow!("{refusal}"))?;
    let mut state = start.clone();
    let mut stored = Explanation::default();
    let began = Instant::now();
    for number in 0..count {
        if number % BILLS_OF_A_PERSON == 0 {
            state = start.clone();
        }
        let at = (number / BILLS_OF_A_PERSON * 7 + number) % bills.len();
        let Some(bill) = bills.get(at) else { continue };
        let before = stored.bytes().len();
        let reasons = if explain { Some(&mut stored) } else { None };
        splitter
            .split(bill, &person.person, &mut state, &mut split, reasons)
            .map_err(|refusal| anyhow!("{refusal}"))?;
        sum += split.paid().get();
        bytes += (stored.bytes().len() - before) as u64;
        if stored.bytes().len() > 1 << 24 {
            stored = Explanation::default();
        }
    }
    let milliseconds = u64::try_from(began.elapsed().as_millis())?;
    Ok((milliseconds, bytes, sum))
}

/// Bills of eight lines, a tenth of them stays.
fn bills() -> Result<Vec<Bill>> {
    const ITEMS: [(&str, i64); 8] = [
        ("D001", 2350),
        ("D002", 11_200),
        ("D004", 5_000),
        ("D006", 8_800),
        ("S001", 7_000),
        ("S002", 43_000),
        ("S004", 15_000),
        ("M001", 90_000),
    ];
    let mut made = Vec::with_capacity(DIFFERENT);
    for number in 0..DIFFERENT {
        let stay = number % 10 == 0;
        let mut total = 0;
        let mut lines = Vec::new();
        for (at, (item, price)) in ITEMS.iter().enumerate() {
            let quantity = 1 + (number * 7 + at * 3) % 5;
            let fen = price * i64::try_from(quantity)?;
            total += fen;
            lines.push(serde_json::json!({ "item": item, "quantity": quantity.to_string(), "price": Fen::new(*price), "amount": Fen::new(fen), "declared": "met", "days_supply": 14 }));
        }
        let month = 1 + number % 6;
        made.push(serde_json::from_value(serde_json::json!({
            "id": format!("B{number}"), "institution": { "code": "H1", "level": if stay { "level3" } else { "level2" }, "area": "990101" },
            "visit": if stay { "inpatient" } else { "outpatient" }, "start": format!("2026-{month:02}-03"), "end": format!("2026-{month:02}-12"),
            "stay": if stay { serde_json::json!(format!("S{number}")) } else { serde_json::Value::Null }, "account": "own",
            "amount": Fen::new(total), "lines": lines,
        }))?);
    }
    Ok(made)
}
