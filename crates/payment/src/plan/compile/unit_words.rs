//! What the explanation says for units, bed-days, quotas per disease, transfers, caps and yearly limits.

use super::rule_words::plain;
use crate::pack::case_step::{CapOf, CaseQuotaOf, LimitOf};
use crate::pack::method::{Method, PriceKind};
use crate::pack::step::Verb;

/// The main outcome. `{0}` … are the values the engine writes.
pub(super) fn main(verb: &Verb) -> (String, String) {
    let pair = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match verb {
        Verb::Units(step) => {
            let (zh, en) = unit(&step.of);
            if step.per.is_none() {
                return (format!("计 {{0}} {zh}"), format!("times {{0}} {en}"));
            }
            (format!("{{0}} {zh} ÷ {{1}} = {{2}} 个单位"), format!("{{0}} {en} ÷ {{1}} = {{2}} units"))
        }
        Verb::BedDay(_) => pair("床日 {0} 天 = {1}", "{0} bed-days = {1}"),
        Verb::Quota(step) => {
            let (zh, en) = match step.of.unwrap_or_default() {
                CaseQuotaOf::Cost => ("费用", "cost"),
                CaseQuotaOf::Fund => ("基金", "fund"),
            };
            (
                format!("实际{zh} {{0}} 元 ÷ 定额 {{1}} 元 = {{2}}，标准 {{3}} 元"),
                format!("actual {en} {{0}} ÷ quota {{1}} = {{2}}, standard {{3}}"),
            )
        }
        Verb::Transfer(_) => pair(
            "转诊共 {0} 段：本段费用 {1} 元 ÷ 各段合计 {2} 元 = {3}",
            "transfer of {0} legs: cost of this leg {1} ÷ all legs {2} = {3}",
        ),
        Verb::Cap(step) => {
            let (zh, en) = capped(step.of);
            (
                format!("{zh}封顶 {{0}} × {{1}} = {{2}}，{{3}} 降为 {{2}}"),
                format!("{en} at most {{0}} × {{1}} = {{2}}: {{3}} lowered to {{2}}"),
            )
        }
        Verb::Limit(step) => {
            let (zh, en) = limited(step.of);
            (
                format!("年度{zh}限额 {{0}}，此前已用 {{1}}，本例 {{2}}，按 {{3}}"),
                format!("yearly limit of {en} {{0}}, used before {{1}}, this case {{2}}: {{3}}"),
            )
        }
        _ => (String::new(), String::new()),
    }
}

/// The other outcome.
pub(super) fn other(verb: &Verb) -> (String, String) {
    let pair = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match verb {
        Verb::BedDay(_) => pair("表中没有床日费用", "the table has no fee of a day"),
        Verb::Quota(_) => pair("表中没有定额", "the table has no quota"),
        Verb::Cap(step) => {
            let (zh, en) = capped(step.of);
            (
                format!("{zh} {{3}} 不超过 {{0}} × {{1}} = {{2}}"),
                format!("{en} {{3}} is not above {{0}} × {{1}} = {{2}}"),
            )
        }
        Verb::Limit(step) => {
            let (zh, en) = limited(step.of);
            (format!("在年度{zh}限额 {{0}} 之内"), format!("within the yearly limit of {en} {{0}}"))
        }
        _ => (String::new(), String::new()),
    }
}

/// What is counted, in words.
pub(crate) fn unit(of: &str) -> (String, String) {
    let (zh, en) = match of {
        "cases" => ("例", "cases"),
        "days" | "los_days" => ("天", "days"),
        "head_months" => ("人月", "head-months"),
        other => return (plain(other), plain(other)),
    };
    (zh.to_owned(), en.to_owned())
}

/// What a cap lowers, in words.
pub(crate) const fn capped(of: CapOf) -> (&'static str, &'static str) {
    match of {
        CapOf::Standard => ("支付标准", "the standard"),
        CapOf::Fund => ("基金支付", "the fund part"),
        CapOf::Points => ("点数", "the points"),
    }
}

/// What a yearly limit limits, in words.
pub(crate) const fn limited(of: LimitOf) -> (&'static str, &'static str) {
    match of {
        LimitOf::Fund => ("基金", "fund money"),
        LimitOf::Standard => ("支付标准", "the standard"),
        LimitOf::Days => ("天数", "days"),
    }
}

/// What the cases of a method paid by rate add up, in words: weights, days, heads, cases.
pub(super) fn counted(method: &Method) -> (String, String) {
    let verbs = || method.step.iter().map(|step| &step.verb);
    let units = verbs().find_map(|verb| match verb {
        Verb::Units(step) => Some((step.of.as_str(), step.per)),
        _ => None,
    });
    let pair = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match units {
        _ if method.price == PriceKind::Points || verbs().any(|verb| matches!(verb, Verb::Weight(_))) => {
            pair("权重", "weights")
        }
        Some((of, None)) => unit(of),
        Some(_) => pair("个单位", "units"),
        None if verbs().any(|verb| matches!(verb, Verb::BedDay(_))) => pair("天", "days"),
        None => pair("例", "cases"),
    }
}
