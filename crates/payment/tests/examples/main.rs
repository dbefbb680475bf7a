//! The worked examples of provider payment as data-driven tests, from `YIBAO_DATA/payment/examples.json`.
//!
//! Every dispatcher calls the functions a settlement calls. An example is recognised by the shape of its inputs, so that
//! other examples of the same shapes with other numbers are tested as well. A shape of a required section that nobody
//! recognises fails; examples of methods that are not built yet are listed by name.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod budget;
mod case;
mod clearing;
mod indicators;
mod methods;
mod reading;
mod region;
mod review;
mod sharing;
#[path = "../support/mod.rs"]
mod support;
mod totals;
mod weights;

use reading::{Answers, Example};

/// Tries the dispatchers in order; `None` when none knows the shape.
fn answer(example: &Example) -> Option<Answers> {
    let dispatchers: [fn(&Example) -> Option<Answers>; 10] = [
        weights::answer,
        case::answer,
        review::answer,
        clearing::answer,
        sharing::answer,
        budget::answer,
        totals::answer,
        region::answer,
        methods::answer,
        indicators::answer,
    ];
    dispatchers.iter().find_map(|dispatch| dispatch(example))
}

/// Sections that must be answered. The auxiliary catalogue of DIP (a case's conditions to its level) belongs to grouping.
fn is_required(example: &Example) -> bool {
    match example.section.split('.').next() {
        Some("2") => !example.has(&["conditions"]),
        section => matches!(section, Some("0" | "1" | "3" | "4" | "5" | "7")),
    }
}

#[test]
fn worked_examples_come_out_as_stated() {
    let Some(examples) = reading::load() else { return };
    let (mut wrong, mut not_yet, mut done) = (Vec::new(), Vec::new(), 0);
    for example in &examples {
        match answer(example) {
            Some(answers) => {
                done += 1;
                wrong.extend(answers.differences(example));
            }
            None if is_required(example) => {
                wrong.push(format!("{}: section {} has a shape nobody recognises", example.id, example.section));
            }
            None => not_yet.push(format!("{} ({})", example.id, example.section)),
        }
    }
    println!("{done} examples answered; not yet: {}", not_yet.join(", "));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(done > 0, "the file has no examples");
}
