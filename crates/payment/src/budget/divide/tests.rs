//! Lines against what they divide.

use proptest::prelude::*;

use super::*;

fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text.as_bytes()).unwrap()
}

fn share(of: Option<usize>, basis: LineBasis, value: &str) -> Share {
    let value = if value.is_empty() { Ratio::ZERO } else { Ratio::parse(value).unwrap() };
    let value = if basis == LineBasis::Fixed { value.checked_mul(Ratio::from_int(100)).unwrap() } else { value };
    Share { of, basis, value }
}

use LineBasis::{Fixed, Remainder, ShareOfAmount, ShareOfIncome, ShareOfLeft};

#[test]
fn lines_are_taken_in_their_order_and_divided_again() {
    let lines = [
        share(None, ShareOfAmount, "5%"),
        share(None, Fixed, "20000"),
        share(None, ShareOfIncome, "1%"),
        share(None, ShareOfLeft, "50%"),
        share(None, Remainder, ""),
        share(Some(4), ShareOfAmount, "2/3"),
        share(Some(4), ShareOfAmount, "1/3"),
    ];
    let parts = divide(yuan("100000"), yuan("120000"), &lines).unwrap();
    let amounts: Vec<String> = parts.iter().map(|part| part.amount.to_string()).collect();
    assert_eq!(amounts, ["5000.00", "20000.00", "1200.00", "36900.00", "36900.00", "24600.00", "12300.00"]);
    assert!(parts.iter().all(|part| part.rounding.is_zero()));
}

#[test]
fn the_fen_of_rounding_is_named() {
    let thirds =
        [share(None, ShareOfAmount, "1/3"), share(None, ShareOfAmount, "1/3"), share(None, ShareOfAmount, "1/3")];
    let parts = divide(yuan("100.00"), Fen::ZERO, &thirds).unwrap();
    assert_eq!(parts.iter().map(|part| part.amount.get()).collect::<Vec<_>>(), [3333, 3333, 3334]);
    assert_eq!(parts.iter().map(|part| part.rounding.get()).collect::<Vec<_>>(), [0, 0, 1]);
    // Ten halves of a fen round up to ten fen of five: five lines give one back, the last ones first.
    let tenths = [share(None, ShareOfAmount, "0.1"); 10];
    let parts = divide(Fen::new(5), Fen::ZERO, &tenths).unwrap();
    assert_eq!(parts.iter().map(|part| part.amount.get()).collect::<Vec<_>>(), [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
    // The remainder takes what rounding leaves, and says so.
    let halves = [share(None, ShareOfAmount, "0.25"), share(None, ShareOfAmount, "0.25"), share(None, Remainder, "")];
    let parts = divide(Fen::new(2), Fen::ZERO, &halves).unwrap();
    assert_eq!(
        parts.iter().map(|part| (part.amount.get(), part.rounding.get())).collect::<Vec<_>>(),
        [(1, 0), (1, 0), (0, -1)]
    );
}

#[test]
fn lines_that_do_not_divide_it_are_refused() {
    let refused = |lines: &[Share]| divide(yuan("100"), yuan("100"), lines).unwrap_err().to_string();
    assert_eq!(
        refused(&[share(None, Fixed, "60"), share(None, ShareOfLeft, "0.5")]),
        "the lines sum to 80.00, what they divide is 100.00: 20.00 goes nowhere"
    );
    assert_eq!(
        refused(&[share(None, Fixed, "60"), share(None, Fixed, "60")]),
        "the line takes 60.00 of the 40.00 that earlier lines left of 100.00"
    );
    assert_eq!(
        refused(&[share(None, Remainder, ""), share(None, Remainder, "")]),
        "a second remainder: line 0 takes all that is left already"
    );
    assert_eq!(
        refused(&[share(None, Remainder, ""), share(None, Fixed, "1")]),
        "a line after the remainder 0, which leaves nothing"
    );
    assert_eq!(refused(&[share(None, ShareOfAmount, "1.2")]), "the share 1.2 is above 1");
    assert_eq!(refused(&[share(None, Fixed, "-1")]), "the line is negative: -100");
    assert_eq!(refused(&[share(None, Fixed, "0.001")]), "a fixed line has parts of a fen");
    // What a line's parts leave is found too.
    assert_eq!(
        refused(&[share(None, Remainder, ""), share(Some(0), Fixed, "70")]),
        "the lines sum to 70.00, what they divide is 100.00: 30.00 goes nowhere"
    );
}

/// Weights as shares of their sum: they use up what they divide.
fn whole_shares(weights: &[u32]) -> Vec<Share> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    weights
        .iter()
        .map(|weight| Share { of: None, basis: ShareOfAmount, value: Ratio::new(i128::from(*weight), sum).unwrap() })
        .collect()
}

proptest! {
    /// Any shares that sum to one divide any budget to the fen, each within a fen of its exact share.
    #[test]
    fn shares_of_one_divide_every_budget(fen in 0_i64..10_000_000_000, weights in proptest::collection::vec(1_u32..1000, 1..14)) {
        let lines = whole_shares(&weights);
        let parts = divide(Fen::new(fen), Fen::ZERO, &lines).unwrap();
        prop_assert_eq!(parts.iter().map(|part| part.amount.get()).sum::<i64>(), fen);
        for (part, line) in parts.iter().zip(&lines) {
            let exact = Fen::new(fen).ratio().checked_mul(line.value).unwrap();
            let off = part.amount.ratio().checked_sub(exact).unwrap();
            prop_assert!(!part.amount.is_negative());
            prop_assert!(off < Ratio::ONE && off.negated() < Ratio::ONE, "{} off by {off}", part.amount);
        }
    }

    /// Any list of lines that ends in a remainder sums to the budget or is refused; so do the parts of its remainder.
    #[test]
    fn lines_with_a_remainder_sum_to_the_budget(
        fen in 0_i64..10_000_000_000,
        income in 0_i64..10_000_000_000,
        lines in proptest::collection::vec((0_u8..4, 0_i64..60), 0..8),
        weights in proptest::collection::vec(1_u32..50, 1..6),
    ) {
        let basis = |kind: u8| [Fixed, ShareOfIncome, ShareOfAmount, ShareOfLeft][usize::from(kind)];
        let mut shares: Vec<Share> = lines
            .iter()
            .map(|(kind, value)| match basis(*kind) {
                Fixed => Share { of: None, basis: Fixed, value: Ratio::from_int(value * 1_000_000) },
                other => Share { of: None, basis: other, value: Ratio::new(i128::from(*value), 301).unwrap() },
            })
            .collect();
        let remainder = shares.len();
        shares.push(share(None, Remainder, ""));
        shares.extend(whole_shares(&weights).into_iter().map(|line| Share { of: Some(remainder), ..line }));
        match divide(Fen::new(fen), Fen::new(income), &shares) {
            Ok(parts) => {
                let sum = |range: std::ops::Range<usize>| parts[range].iter().map(|part| part.amount.get()).sum::<i64>();
                prop_assert_eq!(sum(0..remainder + 1), fen);
                prop_assert_eq!(sum(remainder + 1..parts.len()), parts[remainder].amount.get());
                prop_assert!(parts.iter().all(|part| !part.amount.is_negative()));
            }
            Err(error) => prop_assert!(matches!(error, DivideError::TooMuch { .. }), "{error}"),
        }
    }
}
