//! Methods printed: what `yibao policy show` says of the steps beside DRG.

use std::path::Path;

use yibao_payment::pack::words::{step_words, verb_words};

use super::*;

fn printed(method: &str, lang: Lang) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/packs/good/unit_region");
    let (_, pack) = yibao_payment::pack::load(&folder).unwrap_or_else(|error| panic!("{error}"));
    let steps = &pack.method[method].step;
    steps.iter().map(|step| format!("{} | {}", verb_words(&step.verb, lang), step_words(step, lang))).collect()
}

#[test]
fn every_step_is_printed_in_english() {
    let all: Vec<String> = ["days", "heads", "diseases", "visits", "dip", "hospice_points"]
        .iter()
        .flat_map(|method| printed(method, Lang::En))
        .filter(|line| !line.starts_with("scope") && !line.starts_with("standard") && !line.starts_with("fund"))
        .collect();
    let expected = [
        "yearly limit | days ≤ 180 a year per person; what exceeds is not paid",
        "bed-days | los_days × daily fee; ≤ 30: table fees; 31–60: 300.00; > 60: 280.00",
        "cap | the fund part ≤ advance × 1.02",
        "units | × head-months ÷ 12",
        "rate | basic package 70.00 + consultation 30.00",
        "factor | r = age_years; r < 60: 1; 60 ≤ r: 1.6",
        "factor | table risk; missing: 1",
        "weight | table weights; ≥ table matching × 0.7",
        "rate | 10000.00",
        "quota | when group listed in quotas: table quotas; actual = cost − implants; actual + 50% of the saving, at most the quota",
        "transfer | legs with the same transfer share one payment by cost",
        "cap | the standard ≤ cost × 1.2",
        "route | when cost ≥ 0: paid by item",
        "yearly limit | fund money ≤ table limits a year per person, disease; what exceeds is not paid",
        "base points | table scores",
        "group mean | table level_means",
        "outlier bands | r = cost / mean of the level; r ≤ 0.5: r; 0.5 < r ≤ 2: 1; 2 < r ≤ 5: r − 2 + K (K does not multiply); 5 < r: 1",
        "case points | rounded to 4 decimals",
        "clearing | ",
        "mean of all | 12000.00",
        "bed-days | los_days × 380.00",
        "case points | rounded to 4 decimals",
        "clearing | ",
    ];
    assert_eq!(all, expected);
}

#[test]
fn every_step_is_printed_in_chinese() {
    let all: Vec<String> =
        ["days", "heads", "diseases", "dip"].iter().flat_map(|method| printed(method, Lang::Zh)).collect();
    let expected = [
        "适用范围 | 当 kind_of_case = days",
        "年度限额 | 每人每年天数 ≤ 180，超出不付",
        "床日 | 住院天数 × 日费用；≤ 30: 表 fees；31–60: 300.00；> 60: 280.00",
        "支付标准 | 保留 2 位小数",
        "基金支付 | 基金 = 标准",
        "封顶 | 基金支付 ≤ advance × 1.02",
        "适用范围 | 当 kind_of_case = head",
        "计量 | × 人月 ÷ 12",
        "费率 | 基本服务包 70.00 + 一般诊疗费 30.00",
        "附加系数 | r = 年龄；r < 60: 1；60 ≤ r: 1.6",
        "附加系数 | 表 risk；缺时 1",
        "支付标准 | 保留 2 位小数",
        "基金支付 | 基金 = 标准",
        "适用范围 | 当 kind_of_case = disease",
        "病组权重 | 表 weights；≥ 表 matching × 0.7",
        "费率 | 10000.00",
        "病种定额 | 当 病组 在表中 quotas：表 quotas；实际 = 总费用 − implants；实际 + 结余的 50%，不超过定额",
        "转诊分摊 | transfer 相同的各段按费用分一份支付",
        "支付标准 | 保留 2 位小数",
        "封顶 | 支付标准 ≤ 总费用 × 1.2",
        "基金支付 | 基金 = 标准",
        "适用范围 | 当 kind_of_case = stay",
        "基准点数 | 表 scores",
        "病组均费 | 表 level_means",
        "费用倍率 | r = 总费用 / 同级均费；r ≤ 0.5: r；0.5 < r ≤ 2: 1；2 < r ≤ 5: r − 2 + K（不乘 K）；5 < r: 1",
        "病例点数 | 保留 4 位小数",
        "年终清算 | ",
    ];
    assert_eq!(all, expected);
}
