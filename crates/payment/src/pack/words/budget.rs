//! Budget lines in words.

use yibao_kernel::Ratio;
use yibao_kernel::explain::Lang;

use super::{either, of, percent};
use crate::pack::budget::{Budget, Line, LineBasis, LineTo};

/// What a line takes: `5% of the budget`, `2/3 of "groups by points"`, `what is left`.
#[must_use]
pub fn line_words(budget: &Budget, line: &Line, value: Option<Ratio>, lang: Lang) -> String {
    let whole = match line.of.as_deref().and_then(|id| budget.line(id)) {
        Some((_, above)) => match lang {
            Lang::Zh => format!("“{}”", above.title.zh),
            Lang::En => format!("\"{}\"", above.title.en),
        },
        None => either(lang, "预算", "the budget").to_owned(),
    };
    let share = value.map_or_else(|| either(lang, "待定", "open").to_owned(), percent);
    match (line.basis, lang) {
        (LineBasis::Fixed, _) => either(lang, "定额", "fixed").to_owned(),
        (LineBasis::ShareOfIncome, Lang::Zh) => format!("收入的 {share}"),
        (LineBasis::ShareOfIncome, Lang::En) => format!("{share} of the income"),
        (LineBasis::ShareOfAmount, Lang::Zh) => format!("{whole}的 {share}"),
        (LineBasis::ShareOfAmount, Lang::En) => format!("{share} of {whole}"),
        (LineBasis::ShareOfLeft, Lang::Zh) => format!("余额的 {share}"),
        (LineBasis::ShareOfLeft, Lang::En) => format!("{share} of what is left"),
        (LineBasis::Remainder, _) => either(lang, "其余", "what is left").to_owned(),
    }
}

/// Where a line's money goes.
#[must_use]
pub fn target_words(budget: &Budget, line: &Line, lang: Lang) -> String {
    match &line.to {
        None => either(lang, "再分", "divided").to_owned(),
        Some(LineTo::Outside) => either(lang, "池外", "outside the pools").to_owned(),
        Some(LineTo::Pool(id)) => format!("{} {id}", either(lang, "基金池", "pool")),
        Some(to @ LineTo::Reserve(_)) => {
            let title = budget.reserve_of(to).map_or("", |reserve| of(&reserve.title, lang));
            format!("{}{title}", either(lang, "储备：", "reserve: "))
        }
    }
}
