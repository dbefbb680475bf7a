//! Why: stored reasons as text, HTML or JSON, for a case, a clearing row, a pool.

use crate::error::DisclosureError;
use crate::page::{decimal, money};
use crate::tables::id_of;
use maud::{PreEscaped, html};
use serde_json::{Map, Value, json};
use yibao_kernel::Fen;
use yibao_kernel::explain::{ExplainError, Lang, RuleBook};
use yibao_payment::settled::{ClearingRow, PoolRow, Settled};

/// The form an explanation is wanted in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Form {
    /// Numbered lines.
    #[default]
    Text,
    /// A fragment of HTML.
    Html,
    /// JSON, indented.
    Json,
}

/// The stored reasons of a case as numbered lines.
///
/// # Errors
/// [`DisclosureError::Explanation`] when the bytes are damaged or belong to another rule book.
pub fn case(book: &RuleBook, reasons: &[u8], lang: Lang) -> Result<String, DisclosureError> {
    case_as(book, reasons, lang, Form::Text)
}

/// The stored reasons of a case in the wanted form.
///
/// # Errors
/// As [`case`].
pub fn case_as(book: &RuleBook, reasons: &[u8], lang: Lang, form: Form) -> Result<String, DisclosureError> {
    rendered(book, reasons, lang, form)
        .map_err(|source| DisclosureError::Explanation { what: "the case".to_owned(), source })
}

/// A clearing row: its figures, the identity of `due`, and its stored reasons.
///
/// # Errors
/// As [`case`].
pub fn clearing_row(settled: &Settled, row: &ClearingRow, lang: Lang, form: Form) -> Result<String, DisclosureError> {
    let institution = settled.institutions.get(row.institution as usize);
    let id = institution.map_or("", |view| view.id.as_str());
    let name = institution.map_or("", |view| view.name.as_str());
    let key = [
        (("机构", "institution"), format!("{id} {name}").trim_end().to_owned()),
        (("险种", "insurance"), id_of(&settled.insurances, row.insurance).to_owned()),
        (("支付方式", "method"), id_of(&settled.methods, row.method).to_owned()),
        (("区县", "district"), id_of(&settled.districts, row.district).to_owned()),
        (("期间", "period"), row.period.clone()),
        (("病例", "cases"), row.cases.to_string()),
    ];
    let mut figures: Vec<Figure> = key.into_iter().map(|(words, text)| Figure::text(words, text)).collect();
    figures.push(Figure::number(("点数或权重", "units"), decimal(row.units, 4)));
    figures.extend(clearing_amounts(row).map(|(words, amount)| Figure::number(words, money(amount))));
    figures.push(Figure { words: ("应付", "due"), shown: identity(row), plain: row.due.to_string() });
    let what = format!("institution {id}, period {}", row.period);
    explained(&figures, &settled.book, &row.explanation, lang, form, what)
}

/// A pool row: its figures and its stored reasons.
///
/// # Errors
/// As [`case`].
pub fn pool_row(settled: &Settled, pool: &PoolRow, lang: Lang, form: Form) -> Result<String, DisclosureError> {
    let amounts = [
        (("预算", "budget"), pool.budget),
        (("扣除", "deducted"), pool.deducted),
        (("调入", "drawn"), pool.drawn),
        (("划入调节金", "reserve_in"), pool.reserve_in),
        (("动用调节金", "reserve_out"), pool.reserve_out),
        (("可分配", "distributable"), pool.distributable),
        (("清算", "cleared"), pool.cleared),
        (("外出扣付", "charged"), pool.charged),
        (("结余", "residual"), pool.residual),
    ];
    let mut figures = vec![Figure::text(("基金池", "pool"), pool.id.clone())];
    figures.extend(amounts.map(|(words, amount)| Figure::number(words, money(amount))));
    figures.push(Figure::text(("结余承担", "borne_by"), pool.borne_by.clone()));
    if let Some(price) = pool.price {
        figures.push(Figure::text(("点值或费率", "price"), price.to_string()));
    }
    explained(&figures, &settled.book, &pool.explanation, lang, form, format!("pool {}", pool.id))
}

/// The amounts of a clearing row before `due`, in the order of the table.
pub(crate) fn clearing_amounts(row: &ClearingRow) -> [((&'static str, &'static str), Fen); 9] {
    [
        (("记账基金", "accounted"), row.accounted),
        (("个人及其他", "patient"), row.patient),
        (("清算", "cleared"), row.cleared),
        (("外出扣付", "charged"), row.charged),
        (("考核", "assessed"), row.assessed),
        (("分担", "shared"), row.shared),
        (("往期差额", "difference"), row.difference),
        (("扣留", "withheld"), row.withheld),
        (("预付", "prepaid"), row.prepaid),
    ]
}

/// `due = cleared + charged + assessed + shared + difference − withheld − prepaid`, in figures; charges and differences
/// where there are any.
pub fn identity(row: &ClearingRow) -> String {
    let part = |amount: Fen| if amount.is_negative() { format!("({})", money(amount)) } else { money(amount) };
    let or_none = |amount: Fen| if amount.is_zero() { String::new() } else { format!(" + {}", part(amount)) };
    format!(
        "{} = {}{} + {} + {}{} \u{2212} {} \u{2212} {}",
        money(row.due),
        part(row.cleared),
        or_none(row.charged),
        part(row.assessed),
        part(row.shared),
        or_none(row.difference),
        part(row.withheld),
        part(row.prepaid)
    )
}

/// A named figure: as people read it, and as programs do.
struct Figure {
    words: (&'static str, &'static str),
    shown: String,
    plain: String,
}

impl Figure {
    fn text(words: (&'static str, &'static str), text: String) -> Figure {
        Figure { words, plain: text.clone(), shown: text }
    }

    fn number(words: (&'static str, &'static str), shown: String) -> Figure {
        let plain = shown.replace(',', "").replace('\u{2212}', "-");
        Figure { words, shown, plain }
    }
}

fn explained(
    figures: &[Figure],
    book: &RuleBook,
    reasons: &[u8],
    lang: Lang,
    form: Form,
    what: String,
) -> Result<String, DisclosureError> {
    let wrong = |source| DisclosureError::Explanation { what, source };
    if form == Form::Json {
        let steps = book.render_json(reasons, lang).map_err(wrong)?;
        let mut object = Map::new();
        for figure in figures {
            object.insert(figure.words.1.to_owned(), json!(figure.plain));
        }
        object.insert("steps".to_owned(), steps);
        return Ok(indented(&Value::Object(object)));
    }
    let steps = rendered(book, reasons, lang, form).map_err(wrong)?;
    let word = |figure: &Figure| if lang == Lang::Zh { figure.words.0 } else { figure.words.1 };
    if form == Form::Html {
        let page = html! {
            dl.plain { @for figure in figures { dt { (word(figure)) } dd { (figure.shown) } } }
            (PreEscaped(steps))
        };
        return Ok(page.into_string());
    }
    let lines: String = figures.iter().map(|figure| format!("{}: {}\n", word(figure), figure.shown)).collect();
    Ok(lines + &steps)
}

fn rendered(book: &RuleBook, reasons: &[u8], lang: Lang, form: Form) -> Result<String, ExplainError> {
    match form {
        Form::Text => book.render_text(reasons, lang),
        Form::Html => book.render_html(reasons, lang),
        Form::Json => book.render_json(reasons, lang).map(|steps| indented(&steps)),
    }
}

fn indented(value: &Value) -> String {
    format!("{value:#}\n")
}
