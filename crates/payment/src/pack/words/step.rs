//! Steps in words: the verb's name and its values.

use yibao_kernel::Ratio;
use yibao_kernel::explain::Lang;

use super::case_step::{self, at_least as floor};
use super::condition::{condition_words, field_words};
use super::{either, percent, year};
use crate::pack::step::{
    AddOnStep, Band, CoefficientForm, CoefficientStep, CurvePiece, DepositBelow, DepositStep, Elsewhere, FundMode,
    FundStep, Linear, OutlierStep, PrepayStep, Quota, QuotaScope, ReadmissionStep, RouteTo, SameInstitution, SameWhat,
    SavingTo, SpecialReviewStep, Step, Verb,
};
use crate::plan::compile::rule_words::route_words;

/// The verb's name for people.
#[must_use]
pub const fn verb_words(verb: &Verb, lang: Lang) -> &'static str {
    let (zh, en) = match verb {
        Verb::Scope => ("适用范围", "scope"),
        Verb::Route(_) => ("分流", "route"),
        Verb::Weight(_) => ("病组权重", "weight"),
        Verb::BasePoints(_) => ("基准点数", "base points"),
        Verb::GroupMean(_) => ("病组均费", "group mean"),
        Verb::AllMean(_) => ("总均费", "mean of all"),
        Verb::Coefficient(_) => ("机构系数", "hospital coefficient"),
        Verb::Factor(_) => ("附加系数", "factor"),
        Verb::OutlierBand(_) => ("费用倍率", "outlier bands"),
        Verb::AddOn(_) => ("除外支付", "add-on"),
        Verb::SpecialReview(_) => ("特例单议", "special review"),
        Verb::Readmission(_) => ("再入院", "readmission"),
        Verb::Units(_) => ("计量", "units"),
        Verb::BedDay(_) => ("床日", "bed-days"),
        Verb::Quota(_) => ("病种定额", "quota"),
        Verb::Transfer(_) => ("转诊分摊", "transfer"),
        Verb::Cap(_) => ("封顶", "cap"),
        Verb::Limit(_) => ("年度限额", "yearly limit"),
        Verb::Points(_) => ("病例点数", "case points"),
        Verb::Price(_) => ("费率", "rate"),
        Verb::Standard(_) => ("支付标准", "standard"),
        Verb::Fund(_) => ("基金支付", "fund part"),
        Verb::MonthlyPrepay(_) => ("按月预付", "monthly prepayment"),
        Verb::Clear(_) => ("年终清算", "clearing"),
        Verb::Charge(_) => ("外出扣付", "care elsewhere"),
        Verb::Assess(_) => ("考核", "assessment"),
        Verb::Compensate(_) => ("工作量增长补偿", "workload growth"),
        Verb::InnerSplit(_) => ("内部分配", "inner split"),
        Verb::Share(_) => ("结余留用超支分担", "sharing"),
        Verb::Deposit(_) => ("质量保证金", "deposit"),
        Verb::Offset(_) => ("抵扣预付", "offset"),
    };
    either(lang, zh, en)
}

/// The values of a step as a person reads them.
#[must_use]
pub fn step_words(step: &Step, lang: Lang) -> String {
    let mut parts = Vec::new();
    if let Some(when) = &step.when {
        parts.push(format!("{}{}", either(lang, "当 ", "when "), condition_words(when, lang)));
    }
    let values = values(&step.verb, lang);
    if !values.is_empty() {
        parts.push(values);
    }
    match (step.from, step.until) {
        (Some(from), Some(until)) => parts.push(format!("[{from}, {until})")),
        (Some(from), None) => parts.push(format!("{} {from}", either(lang, "起", "from"))),
        (None, Some(until)) => parts.push(format!("{} {until}", either(lang, "止于", "until"))),
        (None, None) => {}
    }
    let text = parts.join(either(lang, "：", ": "));
    match lang {
        Lang::Zh => text.replace("; ", "；"),
        Lang::En => text.replace('；', "; "),
    }
}

fn values(verb: &Verb, lang: Lang) -> String {
    let table = |name: &String| format!("{} {name}", either(lang, "表", "table"));
    let missing = |to: Option<RouteTo>| route_when_missing(to, lang);
    match verb {
        Verb::Scope => String::new(),
        Verb::Route(step) => {
            let times = step.times.map(|times| format!(" × {times}")).unwrap_or_default();
            format!("{}{times}", route(step.to, lang))
        }
        Verb::Weight(step) => {
            format!("{}{}{}", table(&step.table), floor(step.at_least.as_ref(), lang), missing(step.missing))
        }
        Verb::BasePoints(step) => {
            let from = step
                .table
                .as_ref()
                .map(table)
                .or_else(|| step.mean_table.as_ref().map(|means| format!("{} ÷ M × 100", table(means))));
            format!("{}{}{}", from.unwrap_or_default(), floor(step.at_least.as_ref(), lang), missing(step.missing))
        }
        Verb::GroupMean(step) => format!("{}{}", table(&step.table), missing(step.missing)),
        Verb::AllMean(step) => {
            step.value.value().map_or_else(|| either(lang, "待定", "open").to_owned(), ToString::to_string)
        }
        Verb::Coefficient(step) => coefficient(step, lang),
        Verb::Factor(step) => case_step::factor(step, lang),
        Verb::Units(step) => case_step::units(step, lang),
        Verb::BedDay(step) => case_step::bed_day(step, lang),
        Verb::Quota(step) => case_step::quota(step, lang),
        Verb::Transfer(step) => case_step::transfer(step, lang),
        Verb::Cap(step) => case_step::cap(step, lang),
        Verb::Limit(step) => case_step::limit(step, lang),
        Verb::OutlierBand(step) => outlier(step, lang),
        Verb::AddOn(step) => add_on(step, lang),
        Verb::SpecialReview(step) => special_review(step, lang),
        Verb::Readmission(step) => readmission(step, lang),
        Verb::Points(step) => decimals(step.dp.unwrap_or(4), lang),
        Verb::Standard(step) => decimals(step.dp.unwrap_or(2), lang),
        Verb::Price(step) => case_step::price(step, lang),
        Verb::Fund(step) => fund(step, lang),
        Verb::MonthlyPrepay(step) => prepay(step, lang),
        Verb::Clear(step) => year::clear(step, lang),
        Verb::Charge(step) => year::charge(step, lang),
        Verb::Compensate(step) => year::compensate(step, lang),
        Verb::InnerSplit(step) => year::inner_split(step, lang),
        Verb::Assess(step) => {
            let curve = step
                .curve
                .as_ref()
                .map(|curve| format!("；{}", pieces(curve, either(lang, "得分", "score"))))
                .unwrap_or_default();
            format!("{}{curve}；{}", table(&step.table), saving(step.saving_to, lang))
        }
        Verb::Share(step) => {
            let x = either(lang, "记账/清算", "accounted/cleared");
            let keep = step.keep_table.as_ref().map(|table| year::keep(table, lang)).unwrap_or_default();
            format!(
                "{}{keep}；{}；{}",
                pieces(&step.curve, x),
                either(lang, "超支由储备支付", "overruns from the reserve"),
                saving(step.saving_to, lang)
            )
        }
        Verb::Deposit(step) => deposit(step, lang),
        Verb::Offset(_) => either(lang, "应付 = 清算结果 − 已预付", "due = result − prepaid").to_owned(),
    }
}

/// What a missing row does, where the pack says so.
pub(super) fn route_when_missing(to: Option<RouteTo>, lang: Lang) -> String {
    match to {
        None | Some(RouteTo::Refuse) => String::new(),
        Some(to) => format!("{} {}", either(lang, "；缺时", "; missing:"), route(to, lang)),
    }
}

const fn route(to: RouteTo, lang: Lang) -> &'static str {
    let (zh, en) = route_words(to);
    either(lang, zh, en)
}

fn decimals(dp: u8, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("保留 {dp} 位小数"),
        Lang::En => format!("rounded to {dp} decimals"),
    }
}

const fn saving(to: SavingTo, lang: Lang) -> &'static str {
    match to {
        SavingTo::Reserve => either(lang, "结余入储备", "savings to the reserve"),
        SavingTo::Residual => either(lang, "结余留池", "savings stay in the pool"),
        SavingTo::Renormalise => either(lang, "结余按比例返还", "savings go back in proportion"),
    }
}

fn coefficient(step: &CoefficientStep, lang: Lang) -> String {
    let none = String::new;
    let mut text = match step.form {
        CoefficientForm::Table => format!("{} {}", either(lang, "表", "table"), step.table.clone().unwrap_or_default()),
        CoefficientForm::Weighted => {
            let terms = step.factors.iter().flatten().map(|(name, factor)| format!("{}×{name}", factor.weight));
            terms.collect::<Vec<_>>().join(" + ")
        }
        CoefficientForm::Additive => {
            let base = step.base.iter().flatten().map(|(level, base)| format!("{level} {base}"));
            let parts = step.parts.iter().flatten().map(|part| format!("{} +{}/{}", part.id, part.add, part.per));
            format!("{}；{}", base.collect::<Vec<_>>().join(", "), parts.collect::<Vec<_>>().join(", "))
        }
        CoefficientForm::MeanRatio => format!(
            "{} ÷ {}",
            step.hospital_means.clone().unwrap_or_default(),
            step.city_means.clone().unwrap_or_default()
        ),
    };
    text.push_str(&step.min.map_or_else(none, |min| format!("；≥ {min}")));
    text.push_str(&step.max.map_or_else(none, |max| format!("；≤ {max}")));
    text.push_str(&step.same_price.as_ref().map_or_else(none, |list| format!("；K = 1: {list}")));
    text
}

/// `0.4 < r ≤ 0.8`.
fn range(lower: (Option<Ratio>, Option<Ratio>), upper: (Option<Ratio>, Option<Ratio>), x: &str) -> String {
    let low = match lower {
        (Some(above), _) => format!("{above} < "),
        (None, Some(from)) => format!("{from} ≤ "),
        (None, None) => String::new(),
    };
    let high = match upper {
        (Some(below), _) => format!(" < {below}"),
        (None, Some(upto)) => format!(" ≤ {upto}"),
        (None, None) => String::new(),
    };
    format!("{low}{x}{high}")
}

fn line(linear: &Linear) -> String {
    match (linear.slope, linear.plus) {
        (slope, plus) if slope.is_zero() => format!("{plus}"),
        (slope, plus) => {
            let slope = match slope {
                one if one == Ratio::ONE => "r".to_owned(),
                slope if slope.den() == 1 || !slope.to_string().contains('/') => format!("{slope}r"),
                slope => format!("{slope} × r"),
            };
            match plus {
                plus if plus.is_zero() => slope,
                plus if plus.is_negative() => format!("{slope} − {}", plus.negated()),
                plus => format!("{slope} + {plus}"),
            }
        }
    }
}

pub(super) fn pieces(curve: &[CurvePiece], x: &str) -> String {
    let words = curve.iter().map(|piece| {
        format!("{}: {}", range((piece.above, piece.from), (piece.below, piece.upto), "r"), line(&piece.times))
    });
    format!("r = {x}; {}", words.collect::<Vec<_>>().join("; "))
}

fn outlier(step: &OutlierStep, lang: Lang) -> String {
    let less = step.less.as_ref().map(|less| format!(" − {}", field_words(less, lang))).unwrap_or_default();
    let mut text = format!("r = {}{less} / {}", field_words("cost", lang), field_words(&step.over, lang));
    for band in &step.bands {
        text.push_str("; ");
        text.push_str(&band_words(band, lang));
    }
    if step.elsewhere == Some(Elsewhere::Full) {
        text.push_str(either(lang, "; 其余: 1", "; else: 1"));
    }
    text
}

fn band_words(band: &Band, lang: Lang) -> String {
    let range = range((band.above, band.from), (band.below, band.upto), "r");
    let when = band.when.as_ref().map(|when| format!(" ({})", condition_words(when, lang))).unwrap_or_default();
    let does = match (band.to, &band.times) {
        (Some(to), _) => {
            let quota = band.quota.as_ref().map(|quota| format!(" {}", quota_words(quota, lang))).unwrap_or_default();
            format!("{}{quota}", route(to, lang))
        }
        (None, Some(times)) => format!("{}{}", line(times), case_step::band_coefficient(band, lang)),
        (None, None) => String::new(),
    };
    format!("{range}{when}: {does}")
}

fn quota_words(quota: &Quota, lang: Lang) -> String {
    let scope = match quota.scope {
        QuotaScope::Region => either(lang, "全区", "of the region's discharges"),
        QuotaScope::Institution => either(lang, "各院", "of each institution's discharges"),
    };
    match lang {
        Lang::Zh => format!("（不超过{scope}出院人次的 {}）", percent(quota.share)),
        Lang::En => format!("(at most {} {scope})", percent(quota.share)),
    }
}

fn add_on(step: &AddOnStep, lang: Lang) -> String {
    let less =
        step.less_field.as_ref().or(step.less_table.as_ref()).map(|less| format!(" − {less}")).unwrap_or_default();
    format!("{}{} → + {}{less}", either(lang, "当 ", "when "), condition_words(&step.eligible, lang), step.field)
}

fn special_review(step: &SpecialReviewStep, lang: Lang) -> String {
    let accepted = route(step.accepted.unwrap_or(RouteTo::Items), lang);
    let over = route(step.over_quota, lang);
    match lang {
        Lang::Zh => format!("{}；通过：{accepted}；超出：{over}", quota_words(&step.quota, lang)),
        Lang::En => format!("{}; accepted: {accepted}; over: {over}", quota_words(&step.quota, lang)),
    }
}

fn readmission(step: &ReadmissionStep, lang: Lang) -> String {
    let sign = if step.inclusive { "≤" } else { "<" };
    let same = match step.same {
        SameWhat::Group => either(lang, "同病组", "same group"),
        SameWhat::Adrg => either(lang, "同核心组", "same ADRG"),
        SameWhat::Any => either(lang, "任何病组", "any group"),
    };
    let place = match step.institution {
        SameInstitution::Same => either(lang, "同一医院", "same institution"),
        SameInstitution::Any => either(lang, "任何医院", "any institution"),
    };
    let mut text = format!("{sign} {} {}, {same}, {place}", step.window_days, either(lang, "天", "days"));
    if let Some(times) = step.earlier_times {
        text.push_str(&format!("; {} × {times}", either(lang, "前次", "earlier stay")));
    }
    if let Some(times) = step.later_times {
        text.push_str(&format!("; {} × {times}", either(lang, "本次", "later stay")));
    }
    if let Some(exempt) = &step.exempt {
        text.push_str(&format!("; {} {}", either(lang, "除外", "except"), condition_words(exempt, lang)));
    }
    text
}

fn fund(step: &FundStep, lang: Lang) -> String {
    let ratio = step
        .ratio
        .map(|ratio| ratio.to_string())
        .or_else(|| step.table.clone())
        .or_else(|| step.ratio_field.clone())
        .unwrap_or_default();
    let less: String = step.less.iter().flatten().map(|field| format!(" − {field}")).collect();
    let std = either(lang, "标准", "standard");
    let text = match step.mode {
        FundMode::MinusPatient => format!("{std} − {}", either(lang, "个人及其他", "patient and others")),
        FundMode::PolicyRatio => format!("({std}{less}) × {ratio}"),
        FundMode::AvgRatio => format!("{std} × {ratio}"),
        FundMode::Whole => format!("{} = {std}", either(lang, "基金", "fund")),
    };
    let floor = if step.floor_zero == Some(true) { either(lang, "，不低于 0", ", not below 0") } else { "" };
    format!("{text}{floor}")
}

fn prepay(step: &PrepayStep, lang: Lang) -> String {
    let what = either(lang, "记账基金", "of the accounted fund");
    match (step.rate, &step.table) {
        (Some(rate), _) => {
            let floor = step.floor.map(|floor| format!(" (≥ {})", percent(floor))).unwrap_or_default();
            format!("{} {what}{floor}", percent(rate))
        }
        (None, Some(table)) => format!("{} {table}", either(lang, "表", "table")),
        (None, None) => String::new(),
    }
}

fn deposit(step: &DepositStep, lang: Lang) -> String {
    let below = match step.below {
        DepositBelow::ScoreOverThreshold => format!("{}/{}", either(lang, "得分", "score"), step.full_at),
        DepositBelow::ScoreOver100 => format!("{}/100", either(lang, "得分", "score")),
        DepositBelow::None => "0".to_owned(),
    };
    match lang {
        Lang::Zh => format!("清算额的 {}；得分 ≥ {} 全返，否则返还 {below}", percent(step.rate), step.full_at),
        Lang::En => {
            format!("{} of cleared; score ≥ {}: all returned, else {below} of it", percent(step.rate), step.full_at)
        }
    }
}
