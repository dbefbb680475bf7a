//! A pack in words: its packages, each step with its values and their sources.

use std::fmt::Write as _;

use yibao_kernel::explain::Lang;
use yibao_policy::node::{Node, Value as NodeValue};
use yibao_policy::source::SourceRef;

use crate::answer::ILLUSTRATIVE;
use crate::pack::header::Bilingual;
use crate::pack::step::{Cap, Step, Verb};
use crate::pack::values::Adjust;
use crate::pack::{Floor, GateOutcome, LineRounding, Pack};
use crate::plan::window::word as window_word;

const fn pick(lang: Lang, zh: &'static str, en: &'static str) -> &'static str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

fn of(text: &Bilingual, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &text.zh,
        Lang::En => &text.en,
    }
}

/// The page of a pack, or of one package of it; `None` when there is no such package.
#[must_use]
pub fn page(pack: &Pack, package: Option<&str>, lang: Lang) -> Option<String> {
    let header = &pack.benefit;
    let mut text = format!("{} · {} · {}\n", of(&header.title, lang), header.id, of(&header.region, lang));
    if header.is_illustrative() {
        let _ = writeln!(text, "※ {}", pick(lang, ILLUSTRATIVE.0, ILLUSTRATIVE.1));
    }
    let _ = writeln!(
        text,
        "{}: {} – {} ({})",
        pick(lang, "适用日期", "days"),
        header.from,
        header.until,
        header.trust.word()
    );
    let _ = writeln!(text, "{}: {}", pick(lang, "来源", "source"), source(pack, Some(&header.source)));
    for gate in &pack.gate {
        let outcome = match gate.outcome {
            GateOutcome::Pass => pick(lang, "继续", "goes on"),
            GateOutcome::FullSelf => pick(lang, "全额自费", "full self-pay"),
            GateOutcome::Barred => pick(lang, "不予支付，账户也不得支付", "not payable, by no account either"),
            GateOutcome::Refuse => pick(lang, "不予受理", "refused"),
            GateOutcome::Advance => pick(lang, "先行支付，再追偿", "paid in advance, then recovered"),
        };
        let _ = writeln!(
            text,
            "{}: {} [{}] → {}",
            pick(lang, "准入", "gate"),
            of(&gate.title, lang),
            node(&gate.when),
            outcome
        );
    }
    lines(pack, lang, &mut text);
    for route in &pack.route {
        let title = route.title.as_ref().map_or(route.id.as_str(), |title| of(title, lang));
        let _ = writeln!(text, "{}: {title} [{}] → {}", pick(lang, "路径", "route"), node(&route.when), route.package);
    }
    if package.is_some_and(|id| !pack.package.contains_key(id)) {
        return None;
    }
    for (id, body) in pack.package.iter().filter(|(id, _)| package.is_none_or(|wanted| wanted == id.as_str())) {
        let _ = writeln!(text, "\n== {} ({id})", of(&body.title, lang));
        let mut number = 0;
        for step in &body.step {
            match (step.r#use, step.chain.as_ref().and_then(|name| pack.chain.get(name))) {
                (Verb::Include, Some(chain)) => {
                    chain.step.iter().for_each(|step| one(pack, step, lang, &mut number, &mut text))
                }
                _ => one(pack, step, lang, &mut number, &mut text),
            }
        }
    }
    pack.floor.iter().filter(|_| package.is_none()).for_each(|floor| guarantee(pack, floor, lang, &mut text));
    for open in &pack.open {
        let _ = writeln!(
            text,
            "{}: {} — {}",
            pick(lang, "未定", "open"),
            of(&open.what, lang),
            of(&open.until_confirmed, lang)
        );
    }
    Some(text)
}

/// A guarantee of a national list: title, first day, document with its trust.
fn guarantee(pack: &Pack, floor: &Floor, lang: Lang, text: &mut String) {
    let from = floor.from.map(|from| format!(" ({} {from})", pick(lang, "自", "from"))).unwrap_or_default();
    let trust = pack.document(&floor.source).and_then(|document| document.trust).unwrap_or(pack.benefit.trust);
    let _ = writeln!(text, "{}: {}{from}", pick(lang, "底线", "floor"), of(&floor.title, lang));
    let _ = writeln!(text, "   {} [{}]", source(pack, Some(&floor.source)), trust.word());
}

/// Rules across lines, and newborns.
fn lines(pack: &Pack, lang: Lang, text: &mut String) {
    for rule in &pack.lines.exclusive {
        let words = format!("{:?}, {:?} → {:?}", rule.within, rule.keep, rule.outcome).to_ascii_lowercase();
        let title = pick(lang, "不得同时收费", "not charged together");
        let _ = writeln!(text, "{title}: {} ({words})  ({})", rule.items.join(" / "), source(pack, Some(&rule.source)));
    }
    for rule in &pack.lines.daily {
        let over: Vec<&str> = rule.items.iter().chain(&rule.tag).map(String::as_str).collect();
        let when = rule.when.as_ref().map(|when| format!(" [{}]", node(when))).unwrap_or_default();
        let title = pick(lang, "每日限量限额", "ceiling per day");
        let most = rule.quantity.as_deref().map(|most| format!(" ≤ {most}")).unwrap_or_default();
        let _ = writeln!(text, "{title}: {}{most}{when}  ({})", over.join(" + "), source(pack, Some(&rule.source)));
        values(pack, &rule.rows, &rule.adjust, None, text);
    }
    if pack.lines.rounding == LineRounding::Bill {
        let _ = writeln!(text, "{}", pick(lang, "先行自付按单取整", "first self-pay is rounded once per bill"));
    }
    if let Some(newborn) = &pack.newborn {
        let title = pick(lang, "新生儿出生后参保天数", "days after birth a newborn may be insured");
        let _ = writeln!(text, "{title}: {}  ({})", newborn.within_days, source(pack, Some(&newborn.source)));
    }
}

fn one(pack: &Pack, step: &Step, lang: Lang, number: &mut usize, text: &mut String) {
    *number += 1;
    let title = step.title.as_ref().map_or(step.id.as_str(), |title| of(title, lang));
    let verb = match step.r#use {
        Verb::FirstSelf => pick(lang, "先行自付", "first self-pay"),
        Verb::Layer => pick(lang, "支付层", "layer"),
        Verb::TopUp => pick(lang, "兜底", "top-up"),
        Verb::Account => pick(lang, "个人账户", "account"),
        Verb::Include => pick(lang, "引用", "include"),
    };
    let fund = step.fund.as_ref().and_then(|fund| pack.fund.get(fund)).map_or("", |fund| of(&fund.title, lang));
    let base: Vec<&str> = step.base.iter().map(|bucket| bucket.word()).collect();
    let when = step.when.as_ref().map(|when| format!(" [{}]", node(when))).unwrap_or_default();
    let _ = writeln!(
        text,
        "{number}. {title}: {verb} {fund} {}{when}  ({})",
        base.join(" + "),
        source(pack, step.source.as_ref())
    );
    if let Some(cumulative) = &step.cumulative {
        let _ = writeln!(text, "   {} {}", pick(lang, "累计计算", "counted over"), window_word(cumulative.window));
    }
    if let Some(deductible) = &step.deductible {
        let window = deductible.window.map(|window| format!(" ({})", window_word(window))).unwrap_or_default();
        let _ = writeln!(text, "   {}{window}:", pick(lang, "起付线", "deductible"));
        values(pack, &deductible.rows, &deductible.adjust, deductible.value.as_deref(), text);
    }
    if let Some(bands) = &step.bands {
        let _ = writeln!(text, "   {}:", pick(lang, "支付比例", "bands"));
        values(pack, &bands.rows, &bands.adjust, bands.value.as_deref(), text);
    }
    if let Some(ratio) = &step.ratio {
        values(pack, &ratio.rows, &ratio.adjust, None, text);
    }
    step.cap.iter().for_each(|cap| cap_words(pack, cap, lang, text));
}

fn cap_words(pack: &Pack, cap: &Cap, lang: Lang, text: &mut String) {
    let on = format!("{:?}", cap.on).to_ascii_lowercase();
    let _ = writeln!(text, "   {} ({on}, {}):", pick(lang, "封顶", "cap"), window_word(cap.window));
    values(pack, &cap.rows, &cap.adjust, cap.value.as_deref(), text);
}

fn values(pack: &Pack, rows: &[Node], adjust: &[Adjust], named: Option<&str>, text: &mut String) {
    if let Some(value) = named.and_then(|name| pack.value.get(name)) {
        values(pack, &value.rows, &value.adjust, None, text);
    }
    for row in rows {
        let _ = writeln!(text, "     {}", node(row));
    }
    for adjust in adjust {
        let when = adjust.when.as_ref().map(|when| format!("{}: ", node(when))).unwrap_or_default();
        let operation: Vec<String> =
            adjust.operations().into_iter().map(|(key, value)| format!("{key} {value}")).collect();
        let each = adjust.for_each.as_ref().map(|each| {
            let (above, upto) =
                (adjust.above.unwrap_or(0), adjust.upto.map_or_else(String::new, |upto| format!(" … {upto}")));
            format!(" × ({each} − {above}{upto})")
        });
        let each = each.unwrap_or_default();
        let _ = writeln!(text, "     → {when}{}{each}", operation.join(", "));
    }
}

/// A condition or a row in one line.
#[must_use]
pub fn node(node: &Node) -> String {
    match &node.value {
        NodeValue::Text(text) | NodeValue::Float(text) | NodeValue::Date(text) => text.clone(),
        NodeValue::Integer(number) => number.to_string(),
        NodeValue::Boolean(truth) => truth.to_string(),
        NodeValue::List(list) => list.iter().map(self::node).collect::<Vec<_>>().join("|"),
        NodeValue::Table(entries) => {
            let shown = entries.iter().filter(|(key, _)| key != "source" && key != "note");
            shown.map(|(key, value)| format!("{key}={}", self::node(value))).collect::<Vec<_>>().join(" ")
        }
        NodeValue::LeftOut => String::new(),
    }
}

fn source(pack: &Pack, source: Option<&SourceRef>) -> String {
    let Some(document) = source.and_then(|source| pack.document(source)) else { return String::new() };
    let mut text = document.document.or(document.note).unwrap_or_else(|| "fictional".to_owned());
    if let Some(article) = document.article {
        let _ = write!(text, " {article}");
    }
    text
}

/// What changed between two packs, value by value. Lists are compared as sets of rows: a row that stands in both is left out.
#[must_use]
pub fn diff(before: &Node, after: &Node) -> Vec<String> {
    let mut found = Vec::new();
    changed("", before, after, &mut found);
    found
}

fn changed(path: &str, before: &Node, after: &Node, found: &mut Vec<String>) {
    match (&before.value, &after.value) {
        (NodeValue::Table(old), NodeValue::Table(new)) => {
            let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            for (key, value) in old {
                match after.get(key) {
                    Some(other) => changed(&below(key), value, other, found),
                    None => found.push(format!("- {}: {}", below(key), node(value))),
                }
            }
            for (key, value) in new.iter().filter(|(key, _)| before.get(key).is_none()) {
                found.push(format!("+ {}: {}", below(key), node(value)));
            }
        }
        (NodeValue::List(old), NodeValue::List(new)) => {
            let id = |node: &Node| node.get("id").and_then(Node::text).map(str::to_owned);
            let same = |a: &Node, b: &Node| id(a).is_some() && id(a) == id(b);
            for one in old {
                match new.iter().find(|other| same(one, other)) {
                    Some(other) => changed(&format!("{path}[{}]", id(one).unwrap_or_default()), one, other, found),
                    None if new.iter().any(|other| node(other) == node(one)) => {}
                    None => found.push(format!("- {path}: {}", node(one))),
                }
            }
            for one in new.iter().filter(|one| !old.iter().any(|other| same(one, other) || node(other) == node(one))) {
                found.push(format!("+ {path}: {}", node(one)));
            }
        }
        (NodeValue::List(_) | NodeValue::Table(_), _) | (_, NodeValue::List(_) | NodeValue::Table(_)) => {
            found.push(format!("- {path}: {}", node(before)));
            found.push(format!("+ {path}: {}", node(after)));
        }
        (old, new) if old == new => {}
        _ => found.push(format!("~ {path}: {} → {}", node(before), node(after))),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

    use super::{Lang, page};

    #[test]
    fn the_page_of_a_list_names_every_guarantee_with_its_document_and_trust() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/national");
        let (_, list) = crate::pack::load(&folder).unwrap_or_else(|found| panic!("{found}"));
        let page = page(&list, None, Lang::En).unwrap();
        assert_eq!(page.lines().filter(|line| line.starts_with("floor: ")).count(), list.floor.len());
        assert!(page.contains(
            "floor: care abroad is not payable (from 2011-07-01)\n   中华人民共和国社会保险法（2018年修正） 第三十条 [secondary]\n"
        ));
        assert!(
            page.starts_with("national list of benefits, floors · national · China\n※ illustrative until confirmed")
        );
        assert_eq!(super::page(&list, Some("inpatient"), Lang::Zh), None);
    }
}
