//! `budget.csv`: every figure of a budget in its own row, with its stage, its day and its office.

use yibao_kernel::Fen;
use yibao_payment::budget::{Cell, Waterfall};
use yibao_payment::pack::budget::Line;
use yibao_payment::settled::Bilingual;

/// Heading of `budget.csv`.
pub const BUDGET: [&str; 17] = [
    "budget", "year", "kind", "id", "of", "title_zh", "title_en", "to", "stage", "on", "known", "by_zh", "by_en",
    "amount", "rounding", "note_zh", "note_en",
];

/// One figure.
#[derive(Default)]
struct Figure<'a> {
    kind: &'a str,
    id: &'a str,
    of: &'a str,
    title: Option<&'a Bilingual>,
    to: String,
    stage: &'a str,
    on: String,
    known: String,
    by: Option<&'a Bilingual>,
    amount: String,
    rounding: String,
    note: Option<Bilingual>,
}

/// Income, each version's figures, changes, what is in force, reserves. Amounts are yuan with two decimals; an opinion's
/// wish that adds up to no budget stands in the note.
#[must_use]
pub fn budget_csv(waterfalls: &[Waterfall<'_>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing rows of one width into memory does not fail.
    let _ = writer.write_record(BUDGET);
    for waterfall in waterfalls {
        let year = waterfall.budget.year.to_string();
        for figure in figures(waterfall) {
            let zh = |text: Option<&Bilingual>| text.map(|text| text.zh.clone()).unwrap_or_default();
            let en = |text: Option<&Bilingual>| text.map(|text| text.en.clone()).unwrap_or_default();
            let _ = writer.write_record([
                waterfall.budget.id.clone(),
                year.clone(),
                figure.kind.to_owned(),
                figure.id.to_owned(),
                figure.of.to_owned(),
                zh(figure.title),
                en(figure.title),
                figure.to,
                figure.stage.to_owned(),
                figure.on,
                figure.known,
                zh(figure.by),
                en(figure.by),
                figure.amount,
                figure.rounding,
                zh(figure.note.as_ref()),
                en(figure.note.as_ref()),
            ]);
        }
    }
    writer.into_inner().unwrap_or_default()
}

fn of_line<'a>(line: &'a Line) -> Figure<'a> {
    Figure {
        kind: "line",
        id: &line.id,
        of: line.of.as_deref().unwrap_or_default(),
        title: Some(&line.title),
        to: line.to.as_ref().map(ToString::to_string).unwrap_or_default(),
        ..Figure::default()
    }
}

fn figures<'a>(waterfall: &'a Waterfall<'a>) -> Vec<Figure<'a>> {
    let budget = waterfall.budget;
    let mut all: Vec<Figure<'a>> = budget
        .income
        .iter()
        .map(|line| Figure {
            kind: "income",
            id: &line.id,
            title: Some(&line.title),
            stage: "estimate",
            on: line.on.to_string(),
            amount: line.amount.to_string(),
            ..Figure::default()
        })
        .collect();
    for column in &waterfall.columns {
        let version = column.version;
        let stamped = |figure: Figure<'a>, cell: &Cell| {
            let (amount, note) = match cell {
                Cell::Amount(amount) => (amount.to_string(), None),
                Cell::Asked(text) => {
                    (String::new(), Some(Bilingual { zh: format!("建议 {text}"), en: format!("asks for {text}") }))
                }
                Cell::Silent => return None,
            };
            Some(Figure {
                stage: version.stage.word(),
                on: version.on.to_string(),
                known: version.known().to_string(),
                by: Some(&version.by),
                amount,
                note: note.or_else(|| version.text.clone()),
                ..figure
            })
        };
        all.extend(stamped(Figure { kind: "budget", title: Some(&budget.title), ..Figure::default() }, &column.budget));
        for (line, cell) in budget.line.iter().zip(&column.lines) {
            all.extend(stamped(of_line(line), cell));
        }
    }
    all.extend(changes(waterfall));
    all.extend(in_force(waterfall));
    all
}

fn changes<'a>(waterfall: &'a Waterfall<'a>) -> Vec<Figure<'a>> {
    let mut all = Vec::new();
    for change in &waterfall.changes {
        let reason = change.words();
        let note = Bilingual {
            zh: format!("{}；{}", reason.zh, change.procedure.zh),
            en: format!("{}; {}", reason.en, change.procedure.en),
        };
        let moved =
            [(Some(&change.line), Some(change.amount)), (change.from.as_ref(), change.amount.checked_neg().ok())];
        for (id, amount) in moved {
            let Some((_, line)) = id.and_then(|id| waterfall.budget.line(id)) else { continue };
            all.push(Figure {
                stage: "change",
                on: change.on.to_string(),
                known: change.known().to_string(),
                amount: amount.map(|amount| amount.to_string()).unwrap_or_default(),
                note: Some(note.clone()),
                ..of_line(line)
            });
        }
    }
    all
}

fn in_force<'a>(waterfall: &'a Waterfall<'a>) -> Vec<Figure<'a>> {
    let Some(total) = waterfall.in_force else { return Vec::new() };
    let stage = "in_force";
    let mut all = vec![Figure {
        kind: "budget",
        title: Some(&waterfall.budget.title),
        stage,
        amount: total.to_string(),
        ..Figure::default()
    }];
    for view in &waterfall.lines {
        all.push(Figure {
            stage,
            amount: view.in_force.map(|amount| amount.to_string()).unwrap_or_default(),
            rounding: if view.rounding.is_zero() { String::new() } else { view.rounding.to_string() },
            ..of_line(view.line)
        });
    }
    for view in &waterfall.reserves {
        let parts: [(&str, Fen); 4] = [
            ("opening", view.reserve.opening),
            ("put_in", view.put_in),
            ("change", view.changed),
            ("available", view.available),
        ];
        all.extend(parts.map(|(stage, amount)| Figure {
            kind: "reserve",
            id: &view.reserve.id,
            title: Some(&view.reserve.title),
            stage,
            amount: amount.to_string(),
            ..Figure::default()
        }));
    }
    all
}
