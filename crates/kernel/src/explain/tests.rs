use super::*;
use crate::{Day, Decimal, Fen, Ratio};
use proptest::prelude::*;

fn soft_band() -> Rule {
    Rule {
        id: "drg.soft-band".to_owned(),
        zh: "病例费用为均值的 {0}，点数 = {1} ×（{0} + 0.2）= {2}".to_owned(),
        en: "cost is {0} of the mean: points = {1} x ({0} + 0.2) = {2}".to_owned(),
        source: Some(Citation {
            document: "示例〔2025〕1号".to_owned(),
            article: Some("八".to_owned()),
            quote: Some("\"0.4以上\" & <0.8".to_owned()),
            published: Some(Day::new(2025, 1, 1).unwrap()),
            url: Some("https://example.org/1?a=1&b=2".to_owned()),
            trust: "illustrative".to_owned(),
        }),
    }
}

fn paid_to() -> Rule {
    Rule {
        id: "pay".to_owned(),
        zh: "{0} 拨付 {1} 元".to_owned(),
        en: "{1} yuan are paid to {0}".to_owned(),
        source: None,
    }
}

fn sample() -> (RuleBook, Vec<u8>) {
    let mut book = RuleBook::default();
    let (band, pay) = (book.add(soft_band()).unwrap(), book.add(paid_to()).unwrap());
    let hospital = book.symbol("H1 <总院>");
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    writer
        .step(band)
        .ratio(Ratio::parse("0.6").unwrap())
        .decimal(Decimal::new(800_000, 4))
        .decimal(Decimal::new(640_000, 4));
    writer.step(pay).symbol(hospital).fen(Fen::new(7_628_756));
    (book, bytes)
}

#[test]
fn an_explanation_reads_in_both_languages() {
    let (book, bytes) = sample();
    assert_eq!(
        book.render_text(&bytes, Lang::En).unwrap(),
        "1. cost is 0.6 of the mean: points = 80.0000 x (0.6 + 0.2) = 64.0000 (示例〔2025〕1号, article 八)\n\
         2. 76287.56 yuan are paid to H1 <总院>\n"
    );
    assert_eq!(
        book.render_text(&bytes, Lang::Zh).unwrap(),
        "1. 病例费用为均值的 0.6，点数 = 80.0000 ×（0.6 + 0.2）= 64.0000（示例〔2025〕1号，第八条）\n\
         2. H1 <总院> 拨付 76287.56 元\n"
    );
    assert!(bytes.len() < 30, "{} bytes", bytes.len());
}

#[test]
fn html_is_escaped() {
    let (book, bytes) = sample();
    assert_eq!(
        book.render_html(&bytes, Lang::En).unwrap(),
        "<ol class=\"explanation\">\n\
         <li>cost is 0.6 of the mean: points = 80.0000 x (0.6 + 0.2) = 64.0000 \
         <cite title=\"&quot;0.4以上&quot; &amp; &lt;0.8\"><a href=\"https://example.org/1?a=1&amp;b=2\">示例〔2025〕1号, article 八</a></cite></li>\n\
         <li>76287.56 yuan are paid to H1 &lt;总院&gt;</li>\n</ol>\n"
    );
}

#[test]
fn an_address_that_is_not_of_the_web_is_no_link() {
    let mut rule = soft_band();
    rule.en = "x".to_owned();
    if let Some(source) = &mut rule.source {
        source.url = Some("javascript:alert(1)".to_owned());
    }
    let mut book = RuleBook::default();
    let id = book.add(rule).unwrap();
    let mut bytes = Vec::new();
    Writer::new(&mut bytes).step(id);
    assert!(!book.render_html(&bytes, Lang::En).unwrap().contains("href"));
}

#[test]
fn json_keeps_amounts_as_text() {
    let (book, bytes) = sample();
    let json = book.render_json(&bytes, Lang::En).unwrap();
    assert_eq!(
        json[1].to_string(),
        "{\"rule\":\"pay\",\"text\":\"76287.56 yuan are paid to H1 <总院>\",\"values\":[\"H1 <总院>\",\"76287.56\"]}"
    );
    assert_eq!(json[0]["source"]["article"], "八");
}

#[test]
fn the_book_is_stored_and_loaded_with_its_numbers() {
    let (mut book, bytes) = sample();
    let stored = serde_json::to_string(&book).unwrap();
    let mut loaded: RuleBook = serde_json::from_str(&stored).unwrap();
    assert_eq!(loaded, book);
    assert_eq!(loaded.render_text(&bytes, Lang::Zh), book.render_text(&bytes, Lang::Zh));
    assert_eq!(loaded.symbol("H1 <总院>"), 0);
    assert_eq!(book.symbol("H2"), 1);
    assert_eq!(book.add(paid_to()), Ok(RuleId(1)), "adding a rule again changes nothing");
    assert_eq!(book.rule_id("pay"), Some(RuleId(1)));
}

#[test]
fn a_rule_is_stated_once_and_with_whole_placeholders() {
    let (mut book, _) = sample();
    let other = Rule { zh: "别的".to_owned(), ..paid_to() };
    assert_eq!(
        book.add(other).unwrap_err().to_string(),
        "rule \"pay\" is stated twice, differently\n  hint: give the two rules different ids"
    );
    for template in ["{", "}", "{x}", "{}", "{+1}", "{0", "{99999999999999999999999}", "a } b"] {
        let bad = Rule { id: "bad".to_owned(), en: template.to_owned(), ..paid_to() };
        let error = book.add(bad).unwrap_err();
        assert_eq!(error, ExplainError::BadTemplate { rule: "bad".to_owned() }, "{template}");
    }
    assert_eq!(
        ExplainError::BadTemplate { rule: "bad".to_owned() }.to_string(),
        "template of rule \"bad\" has a stray brace\n  hint: write {0}, {1} for the values and double a brace that is meant as such"
    );
    let doubled = Rule { id: "set".to_owned(), en: "{{{0}}}".to_owned(), ..paid_to() };
    let id = book.add(doubled).unwrap();
    let mut bytes = Vec::new();
    Writer::new(&mut bytes).step(id).int(-7);
    assert_eq!(book.render_text(&bytes, Lang::En).unwrap(), "1. {-7}\n");
    let twice = "{\"rules\":[{\"id\":\"a\",\"zh\":\"\",\"en\":\"\"},{\"id\":\"a\",\"zh\":\"\",\"en\":\"\"}]}";
    assert!(serde_json::from_str::<RuleBook>(twice).is_err());
}

#[test]
fn a_book_that_does_not_belong_to_the_bytes_is_refused() {
    let (book, bytes) = sample();
    assert_eq!(
        RuleBook::default().render_text(&bytes, Lang::En).unwrap_err().to_string(),
        "explanation names rule number 0, which the rule book does not have\n  hint: render it with the rule book written beside it"
    );
    let mut short = Vec::new();
    Writer::new(&mut short).step(RuleId(1)).symbol(0);
    assert_eq!(
        book.render_text(&short, Lang::En).unwrap_err(),
        ExplainError::MissingValue { rule: "pay".to_owned(), index: 1, count: 1 }
    );
    let mut unknown = Vec::new();
    Writer::new(&mut unknown).step(RuleId(1)).symbol(9).int(1);
    assert_eq!(book.render_text(&unknown, Lang::Zh).unwrap_err(), ExplainError::UnknownSymbol { symbol: 9 });
}

#[test]
fn damaged_bytes_are_refused_where_they_are_damaged() {
    let (_, bytes) = sample();
    assert_eq!(read(&bytes[..bytes.len() - 1]), Err(ExplainError::CutOff { length: bytes.len() - 1 }));
    let damaged = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert_eq!(
        damaged(&[1, 2]),
        "explanation is damaged at byte 0: a value before the first step\n  hint: the file is not of this version or damaged; settle the case again"
    );
    let what = |bytes: &[u8]| match read(bytes) {
        Err(ExplainError::Damaged { position, what }) => (position, what),
        other => panic!("{other:?}"),
    };
    assert_eq!(what(&[0, 1, 9]), (2, "unknown kind of value"));
    assert_eq!(what(&[0, 0x81, 0]), (0, "number not in its shortest form"));
    assert_eq!(what(&[0, 0xff, 0xff, 0x04]), (0, "rule number too large"));
    assert_eq!(what(&[0, 1, 3, 19, 0]), (2, "too many decimal places"));
    assert_eq!(what(&[0, 1, 4, 4, 2]), (2, "ratio not reduced"));
    assert_eq!(what(&[0, 1, 4, 4, 0]), (2, "not a ratio"));
    assert_eq!(what(&[0, 1, 7, 1, 0xff]), (2, "text is not UTF-8"));
    assert_eq!(read(&[0, 1, 7, 5, b'a']), Err(ExplainError::CutOff { length: 5 }));
    assert_eq!(read(&[]), Ok(vec![]));
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::Int),
        any::<i64>().prop_map(|fen| Value::Fen(Fen::new(fen))),
        (any::<i64>(), 0..=Decimal::MAX_DP).prop_map(|(units, dp)| Value::Decimal(Decimal::new(units, dp))),
        (-i128::MAX..=i128::MAX, 1..=i128::MAX).prop_map(|(num, den)| Value::Ratio(Ratio::new(num, den).unwrap())),
        (Day::MIN.days()..=Day::MAX.days()).prop_map(|days| Value::Day(Day::from_days(days).unwrap())),
        any::<u32>().prop_map(Value::Symbol),
        ".{0,12}".prop_map(Value::Text),
    ]
}

fn write(steps: &[Step]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    for step in steps {
        writer.step(step.rule);
        for value in &step.values {
            match value {
                Value::Int(value) => writer.int(*value),
                Value::Fen(value) => writer.fen(*value),
                Value::Decimal(value) => writer.decimal(*value),
                Value::Ratio(value) => writer.ratio(*value),
                Value::Day(value) => writer.day(*value),
                Value::Symbol(value) => writer.symbol(*value),
                Value::Text(value) => writer.text(value),
            };
        }
    }
    bytes
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(steps in proptest::collection::vec((any::<u16>(), proptest::collection::vec(value(), 0..6)), 0..6)) {
        let steps: Vec<Step> = steps.into_iter().map(|(rule, values)| Step { rule: RuleId(rule), values }).collect();
        prop_assert_eq!(read(&write(&steps)), Ok(steps));
    }

    #[test]
    fn any_bytes_are_answered_and_accepted_ones_are_the_only_form(
        bytes in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..40),
            proptest::collection::vec(0_u8..9, 0..40),
        ],
    ) {
        if let Ok(steps) = read(&bytes) {
            prop_assert_eq!(write(&steps), bytes.clone());
        }
        let (book, _) = sample();
        let _ = book.render_text(&bytes, Lang::Zh);
        let _ = book.render_html(&bytes, Lang::En);
        let _ = book.render_json(&bytes, Lang::En);
    }
}
