//! The words of the report, explained.

use super::View;
use crate::page::{Section, Words, words};
use maud::html;

const TERMS: [(&str, &str, &str, &str); 16] = [
    (
        "记账基金",
        "accounted",
        "出院结算时已按政策记账的统筹基金支付额。",
        "The fund's part recorded at discharge under the benefit rules.",
    ),
    (
        "个人及其他",
        "patient",
        "个人与其他支付方已支付的金额；费用 = 记账基金 + 个人及其他。",
        "What the patient and other payers paid; cost = accounted + patient.",
    ),
    (
        "点数",
        "points",
        "病例的公布点数 = 基准点数 × 机构系数 × 其他系数，四位小数。",
        "A case's published points = base points × hospital coefficient × other factors, 4 decimals.",
    ),
    (
        "点值",
        "point value",
        "可分配额（“费用”口径含个人支付）÷ 总点数，打印六位小数；不用于逐例相乘。",
        "Distributable money (with patients' part in the `cost` basis) ÷ all points, printed with 6 decimals; nobody is paid by multiplying with it.",
    ),
    (
        "权重、费率",
        "weight, rate",
        "病组相对权重；每一权重的支付金额。标准 = 权重 × 费率 × 系数。",
        "A group's relative weight; the money per weight. Standard = weight × rate × factors.",
    ),
    ("支付标准", "standard", "该病例按支付方式应有的总费用标准。", "What the method holds the whole stay to be worth."),
    (
        "清算",
        "cleared",
        "按支付方式应由基金支付的金额，已扣除个人及其他支付。",
        "What the method gives from the fund, after what patients and others paid.",
    ),
    (
        "外出扣付",
        "charged",
        "签约（参保）人员在外就医、由本机构的总额支付的部分，记负数。",
        "Care of its own people elsewhere that this institution's total pays for, a negative figure.",
    ),
    ("考核", "assessed", "年度考核对清算额的影响。", "Effect of the yearly assessment on the cleared amount."),
    (
        "分担",
        "shared",
        "超支分担（正）或结余上交（负）；受调节金余额限制。",
        "Share of an overrun paid (positive) or of a saving returned (negative); bounded by the reserve.",
    ),
    (
        "往期差额",
        "difference",
        "已关账期间的迟报、申诉重新分组、稽核追回，记入本期。",
        "Late lists, regrouped appeals and audit recoveries of closed periods, booked in this one.",
    ),
    ("扣留", "withheld", "质量保证金扣留未返还部分。", "Quality deposit withheld and not returned."),
    ("预付", "prepaid", "年内按月已拨付。", "Paid month by month during the year."),
    (
        "应付",
        "due",
        "清算 + 外出扣付 + 考核 + 分担 + 往期差额 − 扣留 − 预付；负数为应收回。",
        "Cleared + charged + assessed + shared + difference − withheld − prepaid; negative = to be returned.",
    ),
    (
        "低倍率、高倍率",
        "low, high outlier",
        "费用远低于或远高于病组均费（或标准）的病例，按极值规则另行计算。",
        "A stay far below or above its group's mean (or standard), paid by the outlier rule.",
    ),
    (
        "特例单议",
        "special review",
        "由专家审议决定支付方式的病例，有比例上限。",
        "A stay whose payment a panel decides, up to a quota.",
    ),
];

pub(super) fn section(_view: &View<'_>) -> Section {
    let body = html! { dl.terms { @for (zh, en, about_zh, about_en) in TERMS {
        dt { (term(zh, en)) } dd { (words(about_zh, about_en)) }
    } } };
    Section { id: "terms", title: words("术语", "Terms"), lead: Words::default(), body }
}

/// The Chinese page shows the English word in files beside its own.
fn term(zh: &str, en: &str) -> Words {
    words(format!("{zh}（{en}）"), format!("{en} ({zh})"))
}
