//! Writes the report of a made-up region, to look at in a browser:
//! `cargo run -p yibao-disclosure --example look -- OUT [institutions groups cases]`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a tool for looking, not shipped code")]

#[path = "../tests/disclosure/sample.rs"]
mod sample;

use std::path::Path;
use std::time::Instant;
use yibao_disclosure::summary::Summary;
use yibao_disclosure::{InputFile, ReportInputs, report_html, statements_xlsx};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |at: usize, otherwise: usize| arguments.get(at).map_or(otherwise, |text| text.parse().unwrap());
    let folder = Path::new(arguments.get(1).map_or(".", |text| text.as_str()));
    let start = Instant::now();
    let run = sample::region(number(2, 40), number(3, 200), number(4, 60_000));
    println!("made in {:?}", start.elapsed());
    let inputs = ReportInputs {
        pack_hash: "3f9a…".repeat(4),
        scheme: Some(("teaching".to_owned(), "77ab…".repeat(4))),
        program_version: "0.1.0".to_owned(),
        inputs: vec![InputFile { name: "stays.csv".to_owned(), sha256: "c0ffee".to_owned(), rows: 60_400 }],
        ..ReportInputs::default()
    };
    let start = Instant::now();
    let summary = Summary::of(&run.settled, &run.stays).unwrap();
    println!("summed {} cases in {:?}", summary.all.cases, start.elapsed());
    let start = Instant::now();
    let html = report_html(&run.settled, &run.stays, &run.symbols, &inputs).unwrap();
    println!("report of {} bytes in {:?}", html.len(), start.elapsed());
    std::fs::write(folder.join("report.html"), html).unwrap();
    let start = Instant::now();
    let book = statements_xlsx(&run.settled, &run.stays, &run.symbols).unwrap();
    println!("statements of {} bytes in {:?}", book.len(), start.elapsed());
    std::fs::write(folder.join("statements.xlsx"), book).unwrap();
}
