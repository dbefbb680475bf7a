//! A pack in plain words: what `yibao policy show` prints.

mod budget;
mod case_step;
mod condition;
mod pool;
mod step;
mod year;

use yibao_kernel::Ratio;
use yibao_kernel::explain::Lang;
use yibao_policy::source::SourceRef;

use super::Pack;
use super::method::{Basis, PriceKind};
use crate::settled::Bilingual;

pub use self::budget::{line_words, target_words};
pub use self::condition::condition_words;
pub use self::pool::pool_words;
pub use self::step::{step_words, verb_words};

/// The text of a language.
#[must_use]
pub fn of(text: &Bilingual, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &text.zh,
        Lang::En => &text.en,
    }
}

/// One of two texts.
const fn either<'t>(lang: Lang, zh: &'t str, en: &'t str) -> &'t str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// The basis in words.
#[must_use]
pub const fn basis_words(basis: Basis, lang: Lang) -> &'static str {
    match (basis, lang) {
        (Basis::Cost, Lang::Zh) => "总费用（基金和个人的钱都在池中，清算减个人部分）",
        (Basis::Cost, Lang::En) => "cost (fund and patient money in the pool, less what patients paid)",
        (Basis::Fund, Lang::Zh) => "基金（池中只有基金的钱）",
        (Basis::Fund, Lang::En) => "fund (fund money only)",
    }
}

/// The kind of price in words.
#[must_use]
pub const fn price_words(price: PriceKind, lang: Lang) -> &'static str {
    match (price, lang) {
        (PriceKind::Points, Lang::Zh) => "点数（预算按点数分完）",
        (PriceKind::Points, Lang::En) => "points (the pool is split by points)",
        (PriceKind::Rate, Lang::Zh) => "费率（价格固定，池有结余或超支）",
        (PriceKind::Rate, Lang::En) => "rate (a fixed price, the pool keeps a residual)",
    }
}

/// A source in a few words: document, article.
#[must_use]
pub fn source_words(pack: &Pack, source: &SourceRef, lang: Lang) -> String {
    let Some(document) = pack.document(source) else { return "?".to_owned() };
    let title = match (&document.document, document.fictional) {
        (Some(title), _) => title.clone(),
        (None, true) => either(lang, "虚构", "fictional").to_owned(),
        (None, false) => "?".to_owned(),
    };
    match document.article {
        Some(article) => format!("{title} {article}"),
        None => title,
    }
}

/// A share as a percentage where that is short: `5%`, else the number as it is.
fn percent(share: Ratio) -> String {
    let text = share.checked_mul(Ratio::from_int(100)).map(|share| share.to_string());
    match text {
        Ok(text) if text.len() <= 6 && !text.contains('/') => format!("{text}%"),
        _ => share.to_string(),
    }
}
