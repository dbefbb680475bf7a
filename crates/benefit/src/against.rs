//! A local pack held against the national list of benefits: what it grants beyond, what below, and by which documents.

mod exclusions;
mod figures;
mod judge;
#[cfg(test)]
mod tests;

use yibao_kernel::{Fen, Mode, Ratio};
use yibao_policy::source::Trust;

use self::figures::{Figure, Scope};
use self::judge::{Judged, Show, judge};
use crate::pack::{Floor, Pack};
use crate::plan::Engine;

/// How a pack stands to one guarantee.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// It grants less.
    Below,
    /// It leaves the value open.
    Open,
    /// It has no such benefit, or lacks what is needed to tell.
    NotFound,
    /// No value of the pack decides it.
    CannotTell,
    /// The guarantee is about a scheme the pack does not insure.
    NotAbout,
    /// The pack ends before the guarantee begins.
    NotInForce,
    /// It grants as much.
    Meets,
    /// It grants more.
    Beyond,
}

impl Verdict {
    /// Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Below => ("不及", "below"),
            Self::Open => ("未定", "open"),
            Self::NotFound => ("未见", "not found"),
            Self::CannotTell => ("无法判断", "cannot tell"),
            Self::NotAbout => ("与本险种无关", "about another scheme"),
            Self::NotInForce => ("尚未施行", "not in force then"),
            Self::Meets => ("符合", "meets"),
            Self::Beyond => ("优于", "beyond"),
        }
    }
}

/// One finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// Id of the guarantee.
    pub floor: String,
    /// Chinese title of the guarantee.
    pub zh: String,
    /// English title.
    pub en: String,
    /// Verdict.
    pub verdict: Verdict,
    /// What the pack has, worst first; empty where it has nothing.
    pub local: String,
    /// What the list asks.
    pub national: String,
    /// Document of the pack's value.
    pub local_source: String,
    /// Document of the list, with its trust.
    pub national_source: String,
    /// All of it, in lines.
    pub figures: String,
}

/// Every guarantee of the list, as the local pack stands to it on its last day.
#[must_use]
pub fn against(local: &Engine, national: &Pack) -> Vec<Finding> {
    national.floor.iter().map(|floor| finding(local, national, floor)).collect()
}

fn finding(local: &Engine, national: &Pack, floor: &Floor) -> Finding {
    let judged = match floor.from {
        Some(from) if local.pack.benefit.until <= from => {
            Judged::without(Verdict::NotInForce, String::new(), format!("from {from}"))
        }
        _ => verdict(local, floor),
    };
    let local_source = judged.rule.map(|rule| cited(local, rule)).unwrap_or_default();
    let national_source = national
        .document(&floor.source)
        .map(|document| {
            let trust = document.trust.unwrap_or(national.benefit.trust);
            with_trust(document.document.as_deref().unwrap_or_default(), document.article.as_deref(), trust)
        })
        .unwrap_or_default();
    let mut figures = match (judged.local.is_empty(), judged.national.is_empty()) {
        (true, _) => judged.national.clone(),
        (false, true) => judged.local.clone(),
        (false, false) => format!("{} ({})", judged.local, judged.national),
    };
    for (zh, en, source) in [("本地", "local", &local_source), ("国家", "national", &national_source)] {
        if !source.is_empty() {
            figures.push_str(&format!("\n    {zh} {en}: {source}"));
        }
    }
    Finding {
        floor: floor.id.clone(),
        zh: floor.title.zh.clone(),
        en: floor.title.en.clone(),
        verdict: judged.verdict,
        local: judged.local,
        national: judged.national,
        local_source,
        national_source,
        figures,
    }
}

fn with_trust(document: &str, article: Option<&str>, trust: Trust) -> String {
    let article = article.map(|article| format!(" {article}")).unwrap_or_default();
    format!("{document}{article} [{}]", trust.word())
}

/// The document of a rule, with its trust.
fn cited(local: &Engine, rule: yibao_kernel::explain::RuleId) -> String {
    let citation = local.book.rules().get(usize::from(rule.0)).and_then(|rule| rule.source.as_ref());
    let Some(citation) = citation else { return String::new() };
    let article = citation.article.as_deref().map(|article| format!(" {article}")).unwrap_or_default();
    format!("{}{article} [{}]", citation.document, citation.trust)
}

fn verdict(local: &Engine, floor: &Floor) -> Judged {
    if !floor.visits.is_empty() {
        return exclusions::visits(local, &floor.visits);
    }
    if !floor.not_payable.is_empty() {
        return exclusions::not_payable(local, &floor.not_payable);
    }
    let scope = match Scope::of(local, floor) {
        Ok(scope) => scope,
        Err(word) => {
            let verdict = if word.starts_with("scheme = ") { Verdict::NotAbout } else { Verdict::NotFound };
            return Judged::without(verdict, String::new(), format!("the pack does not know \"{word}\""));
        }
    };
    if let Some(stopped) = exclusions::stopped(local, &scope.facts) {
        return stopped;
    }
    asked(floor, &scope).unwrap_or_else(|reason| Judged::without(Verdict::NotFound, String::new(), reason))
}

/// The one figure of a guarantee against what the pack has. An error says why it cannot be compared.
fn asked(floor: &Floor, scope: &Scope<'_>) -> Result<Judged, String> {
    if let Some(least) = read(floor.ratio_at_least.as_ref())? {
        return Ok(judge(&scope.ratios(), |ratio| ratio.cmp(&least), &format!("≥ {least}"), Show::LeastRatio));
    }
    if let Some(least) = read(floor.average_at_least.as_ref())? {
        return Ok(judge::average(&scope.ratios(), least));
    }
    if let Some(least) = read(floor.ratio_more_at_least.as_ref())? {
        return Ok(judge(&scope.ratios_more(), |more| more.cmp(&least), &format!("≥ +{least}"), Show::LeastRatio));
    }
    if let Some(most) = read(floor.drop_at_most.as_ref())? {
        return Ok(judge(&scope.drops(), |drop| most.cmp(&drop), &format!("≤ {most}"), Show::MostRatio));
    }
    if let Some(share) = read(floor.deductible_share_at_most.as_ref())? {
        return Ok(judge(
            &scope.deductible_shares(),
            |found| share.cmp(&found),
            &format!("≤ × {share}"),
            Show::MostRatio,
        ));
    }
    if floor.no_cap {
        let unlimited = Ratio::from_int(i64::MAX);
        return Ok(judge(&scope.caps(), |cap| cap.cmp(&unlimited), "不设 none", Show::LeastMoney));
    }
    if let Some(more) = money(floor.cap_more_at_least.as_ref())? {
        return Ok(judge(
            &scope.caps_more(),
            |found| found.cmp(&more),
            &format!("≥ +{}", yuan(more)),
            Show::LeastMoney,
        ));
    }
    if let Some(most) =
        amount(scope, floor.deductible_at_most.as_ref(), floor.deductible_at_most_times.as_ref(), floor)?
    {
        let found = scope.deductibles();
        return Ok(judge(&found, |found| most.cmp(&found), &format!("≤ {}", yuan(most)), Show::MostMoney));
    }
    if let Some(least) = amount(scope, None, floor.cap_at_least_times.as_ref(), floor)? {
        return Ok(judge(&scope.caps(), |cap| cap.cmp(&least), &format!("≥ {}", yuan(least)), Show::LeastMoney));
    }
    if let Some(most) = amount(scope, None, floor.cap_at_most_times.as_ref(), floor)? {
        return Ok(judge::ceiling(&scope.caps(), most));
    }
    Err("the guarantee states no figure".to_owned())
}

fn read(text: Option<&String>) -> Result<Option<Ratio>, String> {
    text.map(|text| Ratio::parse(text).map_err(|_| format!("\"{text}\" is no ratio"))).transpose()
}

/// Yuan in fen.
fn money(text: Option<&String>) -> Result<Option<Ratio>, String> {
    let parse = |text: &String| Fen::parse_yuan(text.as_bytes()).map_err(|_| format!("\"{text}\" is no amount"));
    Ok(text.map(parse).transpose()?.map(Fen::ratio))
}

/// An amount in fen: stated, or a multiple of an index of the pack.
fn amount(
    scope: &Scope<'_>,
    stated: Option<&String>,
    times: Option<&String>,
    floor: &Floor,
) -> Result<Option<Ratio>, String> {
    if let Some(amount) = money(stated)? {
        return Ok(Some(amount));
    }
    let Some(times) = read(times)? else { return Ok(None) };
    let index = floor.index.as_deref().unwrap_or_default();
    let value = scope.index(index).ok_or_else(|| format!("{times} × {index}: the pack has no index \"{index}\""))?;
    Ratio::from_int(value).checked_mul(times).map(Some).map_err(|error| error.to_string())
}

/// Fen as yuan.
fn yuan(fen: Ratio) -> String {
    fen.to_fen(Mode::HalfUp).map_or_else(|_| fen.to_string(), |fen| fen.to_string())
}

/// The figures with a value.
fn known(figures: &[Figure]) -> impl Iterator<Item = (Ratio, &Figure)> {
    figures.iter().filter_map(|figure| Some((figure.value?, figure)))
}
