//! Pools in words.

use yibao_kernel::explain::Lang;
use yibao_kernel::{Mode, Ratio};

use super::{either, of, percent};
use crate::pack::pool::{BorneBy, DeductionBasis, Pool};

/// A pool: budget, deductions, changes, reserve, who bears the residual; a line each.
#[must_use]
pub fn pool_words(pool: &Pool, lang: Lang) -> Vec<String> {
    let title = pool.title.as_ref().map_or(pool.id.as_str(), |title| of(title, lang));
    let open = || either(lang, "待定", "open").to_owned();
    let amount = match (&pool.amount, &pool.budget) {
        (Some(amount), _) => amount.value().map_or_else(open, ToString::to_string),
        (None, Some(line)) => format!("{} {line}", either(lang, "取自", "of")),
        (None, None) => open(),
    };
    let insurance = pool.insurance.as_ref().map(|ids| format!(" [{}]", ids.join(", "))).unwrap_or_default();
    let mut lines = vec![format!("{title}{insurance}: {} {amount}", either(lang, "预算", "budget"))];
    for deduction in &pool.deduct {
        let name = deduction.title.as_ref().map_or(deduction.id.as_str(), |title| of(title, lang));
        let value = deduction.value.value().map_or_else(open, |value| match deduction.basis {
            DeductionBasis::Fixed => yuan(*value),
            DeductionBasis::ShareOfAmount => {
                format!("{} {}", percent(*value), either(lang, "（占预算）", "of the budget"))
            }
            DeductionBasis::ShareOfLeft => {
                format!("{} {}", percent(*value), either(lang, "（占余额）", "of what is left"))
            }
        });
        let to = if deduction.to.is_some() { either(lang, " → 储备", " → reserve") } else { "" };
        lines.push(format!("  {} {name} {value}{to}", either(lang, "扣除", "less")));
    }
    for change in &pool.adjust {
        lines.push(format!(
            "  {} {} {}: {}",
            match change.from {
                None => either(lang, "调整", "change"),
                Some(_) => either(lang, "从储备调入", "from the reserve"),
            },
            change.on,
            change.amount,
            of(&change.reason, lang)
        ));
    }
    if let Some(reserve) = &pool.reserve {
        lines.push(format!("  {} {}", either(lang, "储备期初", "reserve at the start"), reserve.opening));
        for draw in &reserve.draw {
            let (what, reason) = (either(lang, "从储备调入", "from the reserve"), of(&draw.reason, lang));
            lines.push(format!("  {what} {} {}: {reason}", draw.on, draw.amount));
        }
    }
    let borne = match pool.borne_by {
        BorneBy::Reserve => either(lang, "由储备承担", "the reserve"),
        BorneBy::NextYear => either(lang, "结转下年", "the next year"),
        BorneBy::Institutions => either(lang, "由医疗机构分担", "the institutions"),
    };
    lines.push(format!("  {} {borne}", either(lang, "差额", "residual borne by")));
    lines
}

/// An amount written in yuan, with its two decimals.
fn yuan(value: Ratio) -> String {
    let fen = value.checked_mul(Ratio::from_int(100)).and_then(|fen| fen.to_fen(Mode::HalfUp));
    fen.map_or_else(|_| value.to_string(), |fen| fen.to_string())
}
