use super::*;
use proptest::prelude::*;

fn ratio(text: &str) -> Ratio {
    Ratio::parse(text).unwrap()
}

#[test]
fn ratios_as_rules_write_them() {
    for (text, num, den) in [
        ("0.85", 17, 20),
        ("-3/7", -3, 7),
        ("85%", 17, 20),
        ("5‰", 1, 200),
        ("12", 12, 1),
        ("4/8", 1, 2),
        ("2.50%", 1, 40),
        ("-0.0", 0, 1),
    ] {
        let read = ratio(text);
        assert_eq!((read.num(), read.den()), (num, den), "{text}");
    }
}

#[test]
fn what_is_not_a_ratio_is_refused() {
    for text in ["", "%", "/", "1/", "/2", "1/-2", "0.5/2", "1/2%", "+1", " 1", "1 %", "1e3", ".5", "5.", "1/2/3"] {
        assert_eq!(Ratio::parse(text), Err(RatioError::NotARatio), "{text}");
    }
    assert_eq!(Ratio::parse("1/0"), Err(RatioError::DivisionByZero));
    assert_eq!(
        Ratio::parse("half").unwrap_err().to_string(),
        "not a ratio\n  hint: write \"0.85\", \"17/20\", \"85%\" or \"850‰\""
    );
    let error = serde_json::from_str::<Ratio>("0.85").unwrap_err();
    assert!(error.to_string().contains("expected a ratio in quotes, like \"0.85\" or \"1/3\""));
}

#[test]
fn printed_as_the_shortest_exact_decimal_or_a_fraction() {
    for text in ["0.85", "1/3", "-12", "0.0001", "-3/7", "1.5"] {
        assert_eq!(ratio(text).to_string(), text);
    }
    assert_eq!(ratio("15/10").to_string(), "1.5");
    assert_eq!(serde_json::to_string(&ratio("1/3")).unwrap(), "\"1/3\"");
}

#[test]
fn a_published_point_value() {
    // 139,940 yuan over 1,174 points, printed to 6 places (specification 7.1).
    let value = ratio("139940/1174");
    assert_eq!(value.to_decimal(6, Mode::HalfUp).unwrap().to_string(), "119.199319");
    // Between steps the weight keeps its published digits: 3.1667 x 45 = 142.5015.
    let points = ratio("3.1667").checked_mul(ratio("45")).unwrap();
    assert_eq!(points.to_decimal(4, Mode::HalfUp).unwrap().to_string(), "142.5015");
    assert_eq!(ratio("2.5").to_fen(Mode::HalfUp), Ok(Fen::new(3)));
    assert_eq!(ratio("-2.5").to_fen(Mode::HalfEven), Ok(Fen::new(-2)));
}

#[test]
fn what_does_not_fit_is_an_error() {
    let huge = Ratio::new(i128::MAX, 1).unwrap();
    let tiny = Ratio::new(1, i128::MAX).unwrap();
    assert_eq!(huge.checked_add(Ratio::ONE), Err(overflow("sum of ratios")));
    assert_eq!(huge.checked_mul(ratio("2")), Err(overflow("product of ratios")));
    assert_eq!(tiny.checked_div(huge), Err(overflow("product of ratios")));
    assert_eq!(Ratio::ONE.checked_div(Ratio::ZERO), Err(RatioError::DivisionByZero));
    assert_eq!(Ratio::new(i128::MIN, 1), Err(overflow("ratio")));
    assert_eq!(huge.round(2, Mode::HalfUp), Err(overflow("rounding")));
    assert_eq!(huge.to_fen(Mode::HalfUp), Err(overflow("amount of money")));
    assert_eq!(Ratio::ONE.round(19, Mode::Down), Err(RatioError::TooManyPlaces { dp: 19 }));
    assert_eq!(Ratio::parse(&"9".repeat(50)), Err(RatioError::NotARatio));
    assert_eq!(huge.checked_mul(tiny), Ok(Ratio::ONE));
    // Wide but within reach: the whole part is taken out first.
    let wide = Ratio::new((1 << 120) + 1, 1 << 118).unwrap();
    assert_eq!(wide.round(4, Mode::HalfUp), Ok(40_000));
    assert_eq!(wide.round(4, Mode::Up), Ok(40_001));
}

fn small() -> impl Strategy<Value = Ratio> {
    let num = prop_oneof![-50_i64..50, any::<i64>()];
    let den = prop_oneof![1_i64..50, 1..=i64::MAX];
    (num, den).prop_map(|(num, den)| Ratio::new(i128::from(num), i128::from(den)).unwrap())
}

fn any_size() -> impl Strategy<Value = Ratio> {
    let wide = (-i128::MAX..=i128::MAX, 1..=i128::MAX);
    prop_oneof![small(), wide.prop_map(|(num, den)| Ratio::new(num, den).unwrap())]
}

fn is_reduced(ratio: Ratio) -> bool {
    ratio.den > 0 && gcd_wide(ratio.num.unsigned_abs(), ratio.den.unsigned_abs()) == 1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_fast_path_agrees_with_the_wide_one(a in small(), b in small()) {
        let sum = a.checked_add(b).unwrap();
        let product = a.checked_mul(b).unwrap();
        prop_assert!(is_reduced(sum) && is_reduced(product));
        if let Some(wide) = a.add_wide(b) {
            prop_assert_eq!(sum, wide);
        }
        prop_assert_eq!(Some(product), a.mul_wide(b));
    }

    #[test]
    fn addition_and_multiplication_commute(a in any_size(), b in any_size()) {
        prop_assert_eq!(a.checked_add(b), b.checked_add(a));
        prop_assert_eq!(a.checked_mul(b), b.checked_mul(a));
    }

    #[test]
    fn what_is_added_can_be_taken_away(a in small(), b in small()) {
        let sum = a.checked_add(b).unwrap();
        if let Ok(back) = sum.checked_sub(b) {
            prop_assert_eq!(back, a);
        }
        if !b.is_zero() {
            let product = a.checked_mul(b).unwrap();
            if let Ok(back) = product.checked_div(b) {
                prop_assert_eq!(back, a);
            }
        }
    }

    #[test]
    fn association_and_distribution(
        a in -1_000_i128..1_000, b in -1_000_i128..1_000, c in -1_000_i128..1_000,
        d in 1_i128..1_000, e in 1_i128..1_000, f in 1_i128..1_000,
    ) {
        let (x, y, z) = (Ratio::new(a, d).unwrap(), Ratio::new(b, e).unwrap(), Ratio::new(c, f).unwrap());
        let add = |a: Ratio, b: Ratio| a.checked_add(b).unwrap();
        let mul = |a: Ratio, b: Ratio| a.checked_mul(b).unwrap();
        prop_assert_eq!(add(add(x, y), z), add(x, add(y, z)));
        prop_assert_eq!(mul(mul(x, y), z), mul(x, mul(y, z)));
        prop_assert_eq!(mul(x, add(y, z)), add(mul(x, y), mul(x, z)));
        prop_assert_eq!(add(x, x.negated()), Ratio::ZERO);
    }

    #[test]
    fn the_order_is_that_of_the_difference(a in any_size(), b in any_size()) {
        if let Ok(difference) = a.checked_sub(b) {
            prop_assert_eq!(a.cmp(&b), difference.num().cmp(&0));
        }
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a.cmp(&b).is_eq(), a == b);
    }

    #[test]
    fn printed_ratios_read_back(a in any_size()) {
        prop_assert_eq!(Ratio::parse(&a.to_string()), Ok(a));
    }

    #[test]
    fn rounding_moves_less_than_one_unit(a in small(), dp in 0_u8..=6) {
        let scale = 10_i128.pow(u32::from(dp));
        for mode in [Mode::HalfUp, Mode::HalfEven, Mode::Down, Mode::Up, Mode::Floor, Mode::Ceiling] {
            let units = a.round(dp, mode).unwrap();
            if let Ok(moved) = a.checked_sub(Ratio::new(units, scale).unwrap()) {
                let unit = Ratio::new(1, scale).unwrap();
                prop_assert!(moved < unit && moved.negated() < unit);
            }
        }
    }

    #[test]
    fn wide_rounding_agrees_with_narrow(num: i64, den in 1_i64..=i64::MAX, dp in 1_u8..=6) {
        // The same value with and without room to multiply first.
        let value = Ratio::new(i128::from(num), i128::from(den)).unwrap();
        for mode in [Mode::HalfUp, Mode::HalfEven, Mode::Floor] {
            let scale = 10_i128.pow(u32::from(dp));
            let (whole, rest) = (value.num / value.den, value.num % value.den);
            let split = whole * scale + mode.divide(rest * scale, value.den);
            prop_assert_eq!(value.round(dp, mode).unwrap(), split);
        }
    }

    #[test]
    fn any_text_is_answered(text in ".{0,20}") {
        let _ = Ratio::parse(&text);
        let _ = Decimal::parse(&text, 4);
    }
}
