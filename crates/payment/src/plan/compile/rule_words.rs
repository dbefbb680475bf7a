//! What the explanation says for each verb, Chinese and English. `{0}`, `{1}` … are the values the engine writes.

use yibao_kernel::Fen;

use super::unit_words;
use crate::pack::method::{Method, PriceKind};
use crate::pack::step::{BasePointsStep, RouteTo, Step, Verb};

/// The wording of a step: main outcome, and the other outcome where a verb has one.
pub(super) struct Words {
    pub zh: String,
    pub en: String,
    pub other: Option<(String, String)>,
}

/// Text of a pack inside a template: braces doubled.
pub(super) fn plain(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}

/// The words of a step of this method, led by the step's title when it has one.
pub(super) fn words(step: &Step, method: Option<&Method>) -> Words {
    let (zh, en) = match &step.verb {
        Verb::Clear(step) if step.over.is_some() => {
            ("申报 {0} 元，按总额支付 = 清算 {1} 元".to_owned(), "claims {0}, under the total = cleared {1}".to_owned())
        }
        Verb::Clear(_) => clear_words(method),
        verb => main_words(verb),
    };
    let other = other_words(&step.verb);
    let Some(title) = &step.title else {
        return Words { zh, en, other };
    };
    let (title_zh, title_en) = (plain(&title.zh), plain(&title.en));
    Words {
        zh: format!("{title_zh}：{zh}"),
        en: format!("{title_en}: {en}"),
        other: other.map(|(zh, en)| (format!("{title_zh}：{zh}"), format!("{title_en}: {en}"))),
    }
}

/// Clearing: the engine writes points, point value, patient part and result, or weights and result.
fn clear_words(method: Option<&Method>) -> (String, String) {
    let (zh, en) = match method.map_or(PriceKind::Points, |method| method.price) {
        PriceKind::Points => (
            "{0} 点 × 点值 {1} − 个人及其他 {2} 元 = 按点数 {3} 元",
            "{0} points × point value {1} − patient and others {2} = by points {3}",
        ),
        PriceKind::Rate => {
            let (zh, en) = method.map_or_else(Default::default, unit_words::counted);
            return (
                format!("{{0}} {zh}，各病例基金支付相加 = 清算 {{1}} 元"),
                format!("{{0}} {en}, the amounts of its stays add up to cleared {{1}}"),
            );
        }
    };
    (zh.to_owned(), en.to_owned())
}

fn main_words(verb: &Verb) -> (String, String) {
    let pair = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match verb {
        Verb::Scope => pair("属于本办法", "in the scope of this method"),
        Verb::Route(route) => {
            let (zh, en) = route_words(route.to);
            match route.times {
                Some(times) => (format!("{zh}，乘以 {times}"), format!("{en}, times {times}")),
                None => pair(zh, en),
            }
        }
        Verb::Weight(_) => pair("病组权重 {0}", "weight of the group {0}"),
        Verb::BasePoints(BasePointsStep { mean_table: Some(_), .. }) => pair(
            "基准点数 = 病组均费 {0} 元 ÷ 全部病例均费 {1} 元 × 100 = {2}",
            "base points = group mean {0} ÷ mean of all cases {1} × 100 = {2}",
        ),
        Verb::BasePoints(_) => pair("病组基准点数 {0}", "base points of the group {0}"),
        Verb::GroupMean(_) => pair("均费 {0} 元", "mean cost {0}"),
        Verb::AllMean(_) => pair("全部病例均费 {0} 元", "mean cost of all cases {0}"),
        Verb::Coefficient(step) => super::Compiler::coefficient_words(step),
        Verb::Factor(_) => pair("系数 {0}", "factor {0}"),
        Verb::OutlierBand(step) => {
            let (zh, en) = denominator(&step.over);
            (
                format!("费用 {{0}} 元 ÷ {zh} {{1}} 元 = {{2}} 倍，系数 {{3}}"),
                format!("cost {{0}} ÷ {en} {{1}} = {{2}}, factor {{3}}"),
            )
        }
        Verb::AddOn(step) => {
            let floor = step.floor.unwrap_or(Fen::ZERO);
            (
                format!("单独支付 {{0}} 元 − {{1}} 元，不低于 {floor} 元 = 加付 {{2}} 元"),
                format!("separately paid {{0}} − {{1}}, at least {floor} = added {{2}}"),
            )
        }
        Verb::SpecialReview(_) => pair(
            "特例单议：排名第 {0}，名额 {1}（出院 {2} 例），通过",
            "special review: rank {0}, limit {1} of {2} discharges, accepted",
        ),
        Verb::Readmission(_) => {
            pair("{0} 天内再入院，本次（前次住院）乘以 {1}", "readmitted after {0} days: this earlier stay times {1}")
        }
        Verb::Units(_) | Verb::BedDay(_) | Verb::Quota(_) | Verb::Transfer(_) | Verb::Cap(_) | Verb::Limit(_) => {
            unit_words::main(verb)
        }
        Verb::Points(_) => pair("病例点数 {0}", "case points {0}"),
        Verb::Price(_) => pair("费率 {0} 元", "rate {0}"),
        Verb::Standard(_) => pair("支付标准 {0} 元", "payment standard {0}"),
        Verb::Fund(_) => pair("支付标准 {0} 元，基金支付 {1} 元", "of the standard {0} the fund pays {1}"),
        Verb::MonthlyPrepay(_) => pair("记账基金 {0} 元，预付 {1} 元", "accounted fund {0}, prepaid {1}"),
        Verb::Clear(_) => clear_words(None),
        verb => year_words(verb),
    }
}

/// The steps on the year after the clearing.
fn year_words(verb: &Verb) -> (String, String) {
    let pair = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match verb {
        Verb::Charge(_) => {
            pair("外出就医 {0} 例：定额 {1} 元，点数 {2}", "care elsewhere, {0} cases: fixed amounts {1}, points {2}")
        }
        Verb::Compensate(_) => pair(
            "工作量 {0}，上年 {1}：应补偿 {2} 元，实际 {3} 元",
            "workload {0}, last year {1}: compensation wanted {2}, paid {3}",
        ),
        Verb::InnerSplit(_) => pair(
            "{0} 元：内部使用 {1} 元，结余（超支为负）{2} 元，分给 {3} 个成员",
            "{0}: used inside {1}, surplus (deficit below 0) {2}, over {3} members",
        ),
        Verb::Assess(_) => pair("考核得分 {0}，系数 {1}，影响 {2} 元", "assessment score {0}, factor {1}, effect {2}"),
        Verb::Share(_) => pair(
            "记账 {0} 元 对 清算 {1} 元：应分担 {2} 元，实际 {3} 元",
            "accounted {0} against {1}: share wanted {2}, paid {3}",
        ),
        Verb::Deposit(_) => pair(
            "得分 {0}，保证金 {1} 元，返还 {2} 元，扣留 {3} 元",
            "score {0}, deposit {1}, returned {2}, withheld {3}",
        ),
        Verb::Offset(step) if step.floor_zero == Some(true) => pair(
            "清算后 {0} 元 − 已预付 {1} 元，不低于 0.00 元 = 应付 {2} 元",
            "after clearing {0} − prepaid {1}, at least 0.00 = due {2}",
        ),
        Verb::Offset(_) => {
            pair("清算后 {0} 元 − 已预付 {1} 元 = 应付 {2} 元", "after clearing {0} − prepaid {1} = due {2}")
        }
        // Every other verb has its words above.
        _ => (String::new(), String::new()),
    }
}

fn other_words(verb: &Verb) -> Option<(String, String)> {
    let pair = |zh: &str, en: &str| Some((zh.to_owned(), en.to_owned()));
    match verb {
        Verb::BedDay(_) | Verb::Quota(_) | Verb::Cap(_) | Verb::Limit(_) => Some(unit_words::other(verb)),
        Verb::Weight(_) | Verb::BasePoints(_) | Verb::GroupMean(_) => {
            pair("表中没有这个病组", "the table has no row for the group")
        }
        Verb::Clear(step) if step.deduct_field.is_some() => {
            pair("申报 {0} 元 − 审核扣减 {1} 元 = {2} 元", "claim {0} − audit deduction {1} = {2}")
        }
        Verb::Share(step) if step.keep_table.is_some() => {
            pair("得分 {0}：留用结余的百分之 {0}", "score {0}: of a saving {0} in a hundred is kept")
        }
        Verb::Compensate(step) if step.score_table.is_some() => pair(
            "工作量 {0}，上年 {1}；得分 {2} 未达标，不补偿",
            "workload {0}, last year {1}; the score {2} is too low, nothing is compensated",
        ),
        Verb::Coefficient(_) => pair("机构系数按 1 计", "hospital coefficient taken as 1"),
        Verb::Factor(_) => pair("表中没有，系数按 1 计", "not in the table: factor 1"),
        Verb::OutlierBand(step) => {
            let (zh, en) = denominator(&step.over);
            Some((
                format!("费用 {{0}} 元 ÷ {zh} {{1}} 元 = {{2}} 倍，另行处理"),
                format!("cost {{0}} ÷ {en} {{1}} = {{2}}, routed"),
            ))
        }
        Verb::AddOn(_) => pair("不符合单独支付条件", "not eligible for separate payment"),
        Verb::SpecialReview(_) => pair(
            "特例单议：排名第 {0}，超出名额 {1}（出院 {2} 例）",
            "special review: rank {0}, over the limit {1} of {2} discharges",
        ),
        Verb::Readmission(_) => {
            pair("出院后 {0} 天内再入院，本次乘以 {1}", "readmission {0} days after discharge: this stay times {1}")
        }
        _ => None,
    }
}

/// A denominator in words.
pub(crate) fn denominator(over: &str) -> (&str, &str) {
    match over {
        "group_mean" => ("病组均费", "group mean"),
        "level_mean" => ("同级医院均费", "mean of the same level"),
        "all_mean" => ("全部病例均费", "mean of all cases"),
        "std" => ("支付标准", "payment standard"),
        "std_before_coefficient" => ("系数前支付标准", "standard before the coefficient"),
        other => (other, other),
    }
}

/// A route in words.
pub(crate) const fn route_words(to: RouteTo) -> (&'static str, &'static str) {
    match to {
        RouteTo::Items => ("按项目付费", "paid by item"),
        RouteTo::SpecialReview => ("转特例单议", "to special-case review"),
        RouteTo::CostPoints => ("按自身费用计点", "points from its own cost"),
        RouteTo::Incomplete => ("按未完成治疗处理", "paid as an incomplete stay"),
        RouteTo::Nothing => ("本办法不支付", "paid nothing here"),
        RouteTo::Refuse => ("不予受理", "refused"),
        RouteTo::Standard => ("按支付标准", "paid at the standard"),
        RouteTo::Held => ("暂不支付，待审", "held, not paid now"),
    }
}
