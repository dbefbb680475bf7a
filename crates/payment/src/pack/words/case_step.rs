//! The steps beside DRG and DIP in words.

use yibao_kernel::Ratio;
use yibao_kernel::explain::Lang;

use super::condition::field_words;
use super::step::{pieces, route_when_missing};
use super::{either, of, percent};
use crate::pack::case_step::{
    AtLeast, BandCoefficient, BedDayStep, CapStep, CaseQuotaMode, CaseQuotaOf, CaseQuotaStep, LimitStep, TransferStep,
    UnitsStep,
};
use crate::pack::step::{Band, FactorStep, PriceStep};
use crate::plan::compile::unit_words::{capped, limited, unit};

fn table(name: &str, lang: Lang) -> String {
    format!("{} {name}", either(lang, "表", "table"))
}

fn open(lang: Lang) -> String {
    either(lang, "待定", "open").to_owned()
}

/// A stated number, a table, or nothing.
fn from<T: ToString>(name: Option<&String>, value: Option<&yibao_policy::stated::Stated<T>>, lang: Lang) -> String {
    match (name, value) {
        (Some(name), _) => table(name, lang),
        (None, Some(value)) => value.value().map_or_else(|| open(lang), ToString::to_string),
        (None, None) => String::new(),
    }
}

pub(super) fn units(step: &UnitsStep, lang: Lang) -> String {
    let (zh, en) = unit(&step.of);
    let per = step.per.filter(|per| *per != Ratio::ONE).map(|per| format!(" ÷ {per}")).unwrap_or_default();
    format!("× {}{per}", either(lang, &zh, &en))
}

pub(super) fn bed_day(step: &BedDayStep, lang: Lang) -> String {
    let days = field_words(step.days.as_deref().unwrap_or("los_days"), lang);
    let missing = route_when_missing(step.missing, lang);
    if let [only] = step.tiers.as_slice() {
        return format!("{days} × {}{missing}", from(only.table.as_ref(), only.fee.as_ref(), lang));
    }
    let mut before = 0;
    let mut text = format!("{days} × {}", either(lang, "日费用", "daily fee"));
    for tier in &step.tiers {
        let range = match (before, tier.upto) {
            (0, Some(upto)) => format!("≤ {upto}"),
            (before, Some(upto)) => format!("{}–{upto}", before + 1),
            (before, None) => format!("> {before}"),
        };
        before = tier.upto.unwrap_or(before);
        text.push_str(&format!("; {range}: {}", from(tier.table.as_ref(), tier.fee.as_ref(), lang)));
    }
    text + &missing
}

pub(super) fn quota(step: &CaseQuotaStep, lang: Lang) -> String {
    let quota = from(step.table.as_ref(), step.value.as_ref(), lang);
    let actual = match step.of.unwrap_or_default() {
        CaseQuotaOf::Cost => field_words("cost", lang),
        CaseQuotaOf::Fund => field_words("fund", lang),
    };
    let less = step.less.as_ref().map(|less| format!(" − {}", field_words(less, lang))).unwrap_or_default();
    let share = step.share.map(percent).unwrap_or_default();
    let how = match (step.mode, &step.curve) {
        (_, Some(curve)) => format!(
            "{}: {}",
            either(lang, "标准 ÷ 定额", "standard ÷ quota"),
            pieces(curve, either(lang, "实际/定额", "actual/quota"))
        ),
        (Some(CaseQuotaMode::Cap), _) => either(lang, "定额与实际取低", "the lower of quota and actual").to_owned(),
        (Some(CaseQuotaMode::Share), _) => match lang {
            Lang::Zh => format!("实际 + 结余的 {share}，不超过定额"),
            Lang::En => format!("actual + {share} of the saving, at most the quota"),
        },
        (Some(CaseQuotaMode::Corridor), _) => {
            let half = step.corridor.map(percent).unwrap_or_default();
            match lang {
                Lang::Zh => format!("± {half} 以内按实际，以外部分按 {share}"),
                Lang::En => format!("actual within ± {half}, {share} of what lies outside"),
            }
        }
        _ => either(lang, "按定额", "the quota whatever the actual").to_owned(),
    };
    let missing = route_when_missing(step.missing, lang);
    format!("{quota}; {} = {actual}{less}; {how}{missing}", either(lang, "实际", "actual"))
}

pub(super) fn transfer(step: &TransferStep, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("{} 相同的各段按费用分一份支付", field_words(&step.link, lang)),
        Lang::En => format!("legs with the same {} share one payment by cost", step.link),
    }
}

pub(super) fn cap(step: &CapStep, lang: Lang) -> String {
    let (zh, en) = capped(step.of);
    let over = step.field.as_ref().map(|field| field_words(field, lang).to_owned());
    let over = over.or_else(|| step.table.as_ref().map(|name| table(name, lang))).unwrap_or_default();
    let times = step.times.map(|times| format!(" × {times}")).unwrap_or_default();
    format!("{} ≤ {over}{times}", either(lang, zh, en))
}

pub(super) fn limit(step: &LimitStep, lang: Lang) -> String {
    let (zh, en) = limited(step.of);
    let per: Vec<&str> = step
        .per
        .iter()
        .map(|name| if name == "person" { either(lang, "每人", "person") } else { field_words(name, lang) })
        .collect();
    let value = from(step.table.as_ref(), step.value.as_ref(), lang);
    match lang {
        Lang::Zh => format!("{}每年{zh} ≤ {value}，超出不付", per.join("、")),
        Lang::En => format!("{en} ≤ {value} a year per {}; what exceeds is not paid", per.join(", ")),
    }
}

pub(super) fn at_least(floor: Option<&AtLeast>, lang: Lang) -> String {
    let Some(floor) = floor else { return String::new() };
    let times = floor.times.map(|times| format!(" × {times}")).unwrap_or_default();
    format!("; ≥ {}{times}", table(&floor.table, lang))
}

pub(super) fn price(step: &PriceStep, lang: Lang) -> String {
    let Some(lines) = &step.lines else { return from(step.table.as_ref(), step.value.as_ref(), lang) };
    let lines = lines.iter().map(|line| {
        let title = line.title.as_ref().map_or(line.id.as_str(), |title| of(title, lang));
        format!("{title} {}", from(line.table.as_ref(), line.value.as_ref(), lang))
    });
    lines.collect::<Vec<_>>().join(" + ")
}

pub(super) fn factor(step: &FactorStep, lang: Lang) -> String {
    let number = |field: &str, over: Option<&String>| match over {
        Some(over) => format!("{}/{}", field_words(field, lang), field_words(over, lang)),
        None => field_words(field, lang).to_owned(),
    };
    let value = match (step.times, &step.table, &step.curve, &step.sum) {
        (Some(times), ..) => format!("× {times}"),
        (_, Some(name), ..) => {
            let one = if step.missing_is_one == Some(true) { either(lang, "; 缺时 1", "; missing: 1") } else { "" };
            format!("{}{one}", table(name, lang))
        }
        (.., Some(curve), _) => pieces(curve, &number(step.field.as_deref().unwrap_or_default(), step.over.as_ref())),
        (.., Some(terms)) => {
            let terms =
                terms.iter().map(|term| format!("{} × {}", number(&term.field, term.over.as_ref()), term.times));
            format!("Σ {}", terms.collect::<Vec<_>>().join(" + "))
        }
        _ => String::new(),
    };
    let family = step.family.as_ref().map(|family| format!("（max: {family}）")).unwrap_or_default();
    format!("{value}{family}")
}

/// What K does in a band that says so.
pub(super) fn band_coefficient(band: &Band, lang: Lang) -> String {
    let plus = if band.plus_coefficient == Some(true) { " + K" } else { "" };
    let times = match band.coefficient {
        Some(BandCoefficient::None) => either(lang, "（不乘 K）", " (K does not multiply)"),
        Some(BandCoefficient::Applies) | None => "",
    };
    format!("{plus}{times}")
}
