//! The further steps on the year in words.

use yibao_kernel::explain::Lang;

use super::{either, percent};
use crate::pack::step::ClearStep;
use crate::pack::year_step::{ChargeStep, ClearPer, CompensateStep, InnerSplitStep, Workload};

pub(super) fn clear(step: &ClearStep, lang: Lang) -> String {
    if step.over.is_some() {
        let per = match step.per.unwrap_or(ClearPer::Year) {
            ClearPer::Year => either(lang, "按年", "per year"),
            ClearPer::Quarter => either(lang, "按季", "per quarter"),
        };
        let less = step.deduct_field.as_ref().map(|field| format!(" − {field}")).unwrap_or_default();
        let claims = either(lang, "申报", "claims");
        return format!("{claims}{less} × min(1, {} ÷ Σ {claims}), {per}", either(lang, "总额", "total"));
    }
    step.band.as_ref().map_or_else(String::new, |band| {
        format!("{} {}–{} × {}", either(lang, "点值区间", "point value within"), band.low, band.high, band.previous)
    })
}

pub(super) fn charge(step: &ChargeStep, lang: Lang) -> String {
    let times = step.times.map(|times| format!(" × {times}")).unwrap_or_default();
    let methods = step.methods.join(", ");
    match lang {
        Lang::Zh => format!("{methods} 在外发生的清算额{times} 由 {} 所指机构支付", step.by),
        Lang::En => format!("what {methods} clears elsewhere{times} is charged to the institution in {}", step.by),
    }
}

pub(super) fn compensate(step: &CompensateStep, lang: Lang) -> String {
    let what = match step.of.unwrap_or(Workload::Units) {
        Workload::Units => either(lang, "点数或权重", "units"),
        Workload::Cases => either(lang, "病例数", "cases"),
    };
    let score = match (&step.score_table, step.score_at_least) {
        (Some(table), Some(least)) => format!("；{} {table} ≥ {least}", either(lang, "得分", "score")),
        _ => String::new(),
    };
    let (above, share, table) = (percent(step.above), percent(step.share), &step.previous_table);
    match lang {
        Lang::Zh => format!("{what}较表 {table} 增长超过 {above} 的部分，由储备补偿 {share}{score}"),
        Lang::En => format!("growth of {what} over table {table} beyond {above}: {share} from the reserve{score}"),
    }
}

pub(super) fn inner_split(step: &InnerSplitStep, lang: Lang) -> String {
    let shares = step.shares.iter().map(|(tier, share)| format!("{tier} {share}")).collect::<Vec<_>>().join(" : ");
    match lang {
        Lang::Zh => format!("先付各成员内部使用，结余或超支按 {}（{shares}）分", step.by),
        Lang::En => format!("first what members used, then surplus or deficit by {} ({shares})", step.by),
    }
}

pub(super) fn keep(table: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("；结余按表 {table} 得分留用"),
        Lang::En => format!("; savings kept by the score in table {table}"),
    }
}
